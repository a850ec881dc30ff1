"""Recurrent networks. Each becomes a Flow or a Map once its input is held or comes from its own readout."""

from course_lib.models.connectivity import (
    Spectrum,
    column_signs,
    draw_dale_weights,
    shuffle_signs,
    sign_violations,
    weight_spectrum,
)
from course_lib.models.ctrnn import CTRNN
from course_lib.models.ei_rate import Currents, EIRateNetwork
from course_lib.models.noise import Noise
from course_lib.models.nonlinearity import NONLINEARITIES, Nonlinearity
from course_lib.models.rate_flow import RampFlow, RateFlow
from course_lib.models.rate_network import RateNetwork

__all__ = [
    "CTRNN",
    "NONLINEARITIES",
    "Currents",
    "EIRateNetwork",
    "Noise",
    "Nonlinearity",
    "RampFlow",
    "RateFlow",
    "RateNetwork",
    "Spectrum",
    "column_signs",
    "draw_dale_weights",
    "shuffle_signs",
    "sign_violations",
    "weight_spectrum",
]
