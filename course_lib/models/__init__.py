"""Recurrent networks. Each becomes a Flow or a Map once its input is held or comes from its own readout."""

from course_lib.models.balanced import BalancedNetwork, BalancedRun, Couplings
from course_lib.models.connectivity import (
    Spectrum,
    column_signs,
    draw_dale_weights,
    draw_senders,
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
from course_lib.models.lif import LIFCell, LIFRun, firing_rate, interval_in_steps, lif_step, run_cells
from course_lib.models.mean_field import MeanField, siegert_rate
from course_lib.models.noise import Noise
from course_lib.models.nonlinearity import NONLINEARITIES, Nonlinearity
from course_lib.models.rate_flow import RampFlow, RateFlow
from course_lib.models.rate_network import RateNetwork
from course_lib.models.recurrent import RecurrentNetwork
from course_lib.models.spiking import SpikingEINetwork, SpikingRun, SpikingState
from course_lib.models.spiking_loop import LoopState, SpikingLoop
from course_lib.models.surrogate import Surrogate

__all__ = [
    "CTRNN",
    "NONLINEARITIES",
    "Balance",
    "BalancedNetwork",
    "BalancedRun",
    "Couplings",
    "Currents",
    "EIRateNetwork",
    "GRUMap",
    "GatedMap",
    "GatedRNN",
    "LIFCell",
    "LIFRun",
    "LSTMMap",
    "LoopState",
    "MeanField",
    "Noise",
    "Nonlinearity",
    "RampFlow",
    "RateFlow",
    "RateNetwork",
    "RecurrentNetwork",
    "Spectrum",
    "SpikingEINetwork",
    "SpikingLoop",
    "SpikingRun",
    "SpikingState",
    "Stabilisation",
    "SteadyResponse",
    "Surrogate",
    "VanillaMap",
    "column_signs",
    "current_balance",
    "draw_dale_weights",
    "draw_senders",
    "firing_rate",
    "interval_in_steps",
    "lif_step",
    "run_cells",
    "shuffle_signs",
    "siegert_rate",
    "sign_violations",
    "stabilisation",
    "steady_response",
    "two_populations",
    "weight_spectrum",
]
