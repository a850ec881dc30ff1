"""Recurrent networks. Each becomes a Flow or a Map once its input is held or comes from its own readout."""

from course_lib.models.ctrnn import CTRNN, RateFlow
from course_lib.models.nonlinearity import NONLINEARITIES, Nonlinearity

__all__ = ["CTRNN", "NONLINEARITIES", "Nonlinearity", "RateFlow"]
