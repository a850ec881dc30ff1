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
from course_lib.models.currents import Balance, Currents, current_balance
from course_lib.models.ei_rate import EIRateNetwork
from course_lib.models.gated import GatedRNN
from course_lib.models.gated_maps import GatedMap, GRUMap, LSTMMap, VanillaMap
from course_lib.models.inhibition import (
    Stabilisation,
    SteadyResponse,
    stabilisation,
    steady_response,
    two_populations,
)
from course_lib.models.noise import Noise
from course_lib.models.nonlinearity import NONLINEARITIES, Nonlinearity
from course_lib.models.rate_flow import RampFlow, RateFlow
from course_lib.models.rate_network import RateNetwork
from course_lib.models.recurrent import RecurrentNetwork

__all__ = [
    "CTRNN",
    "NONLINEARITIES",
    "Balance",
    "Currents",
    "EIRateNetwork",
    "GRUMap",
    "GatedMap",
    "GatedRNN",
    "LSTMMap",
    "Noise",
    "Nonlinearity",
    "RampFlow",
    "RateFlow",
    "RateNetwork",
    "RecurrentNetwork",
    "Spectrum",
    "Stabilisation",
    "SteadyResponse",
    "VanillaMap",
    "column_signs",
    "current_balance",
    "draw_dale_weights",
    "shuffle_signs",
    "sign_violations",
    "stabilisation",
    "steady_response",
    "two_populations",
    "weight_spectrum",
]
