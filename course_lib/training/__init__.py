"""Fitting: readouts by ridge, forecasters with an exact readout, plain BPTT under forcing, and one loop for all."""

from course_lib.training.bptt import fit_bptt, forced_predictions
from course_lib.training.curricula import (
    TEACHER,
    Forcing,
    annealed,
    generalised_forcing,
    growing_delays,
    predictability_interval,
    sparse_forcing,
    sufficient_strength,
)
from course_lib.training.device import check_device
from course_lib.training.forecaster import ForecasterFit, driven_states, fit_forecaster, fit_reservoir
from course_lib.training.loop import History, LoopOptions, TrainingStopped, train
from course_lib.training.losses import log_mse, mse
from course_lib.training.progress import ProgressBar
from course_lib.training.readout import Readout, fit_readout
from course_lib.training.slow_synapse import FieldFit, fit_slow_synapse
from course_lib.training.state import TrainingState, load_state, save_state
from course_lib.training.streams import fit_streams
from course_lib.training.tasks import fit_task, respond, score_task

__all__ = [
    "TEACHER",
    "FieldFit",
    "Forcing",
    "ForecasterFit",
    "History",
    "LoopOptions",
    "ProgressBar",
    "Readout",
    "TrainingState",
    "TrainingStopped",
    "annealed",
    "check_device",
    "driven_states",
    "fit_bptt",
    "fit_forecaster",
    "fit_readout",
    "fit_reservoir",
    "fit_slow_synapse",
    "fit_streams",
    "fit_task",
    "forced_predictions",
    "generalised_forcing",
    "growing_delays",
    "load_state",
    "log_mse",
    "mse",
    "predictability_interval",
    "respond",
    "save_state",
    "score_task",
    "sparse_forcing",
    "sufficient_strength",
    "train",
]
