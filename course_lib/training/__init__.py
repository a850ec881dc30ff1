"""Fitting: a ridge readout, a forecaster with an exact readout, and one loop that knows no model."""

from course_lib.training.forecaster import ForecasterFit, fit_forecaster
from course_lib.training.loop import History, TrainingState, load_state, save_state, train
from course_lib.training.losses import log_mse, mse
from course_lib.training.readout import Readout, fit_readout

__all__ = [
    "ForecasterFit",
    "History",
    "Readout",
    "TrainingState",
    "fit_forecaster",
    "fit_readout",
    "load_state",
    "log_mse",
    "mse",
    "save_state",
    "train",
]
