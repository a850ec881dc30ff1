"""a3_ei_rate answered by the library: see library_answers.py."""

from collections.abc import Callable
from typing import Any

import torch
from library_answers import pasted

from course_lib.models import EIRateNetwork, draw_dale_weights, steady_response, two_populations
from course_lib.models.balanced import Couplings
from course_lib.models.currents import Currents, current_balance

Function = Callable[..., Any]


def _dale_weights(V: Any, n_exc: int, edge: float) -> Any:
    draw = torch.Generator().manual_seed(0)
    return draw_dale_weights(n_exc, len(V) - n_exc, generator=draw, gain=edge)


def _ei_velocity(r: Any, i_ext: Any, W: Any, tau_e: float, tau_i: float, n_exc: int, power: float) -> Any:
    clocks = {"tau_e": tau_e, "tau_i": tau_i, "dt": 0.1}
    network = EIRateNetwork.from_weights(torch.as_tensor(W), n_exc, **clocks)
    return network.flow_at(torch.as_tensor(i_ext)).vector_field(torch.as_tensor(r))


def _response_at_rest(W: Any, r: Any, power: float) -> Any:
    network = EIRateNetwork.from_weights(torch.as_tensor(W), 1, tau_e=20.0, tau_i=10.0, dt=0.1)
    currents = torch.as_tensor(r - W @ r)
    return currents, steady_response(network, torch.as_tensor(r), currents).matrix


def _critical_tau_i(W: Any, gain: Any, n_exc: int, tau_e: float) -> Any:
    circuit = two_populations(w_ee=W[0, 0], w_ei=-W[0, 1], w_ie=W[1, 0], w_ii=-W[1, 1], tau_e=tau_e)
    at_rest = circuit.flow_at(torch.tensor([10.0, 5.0], dtype=torch.float64)).jacobian(torch.ones(2).double())
    modes = torch.linalg.eigvals(at_rest)
    return modes.real.max(), modes.imag.max()


def _balanced(J: Any, J0: Any, m0: float, gain: Any, theta: Any, K: int) -> Any:
    return Couplings(J[0, 0], -J[0, 1], J[1, 0], -J[1, 1], J0[0], J0[1]).rates(m0)


def _cancellation(exc: Any, inh: Any, ext: Any) -> Any:
    outside, up, down = (torch.as_tensor(current).T for current in (ext, exc, inh))  # the library's samples come first
    return current_balance(Currents(outside, up, down)).index


def _memory(signs: Any, rng: Any) -> Any:
    n_exc = int((signs > 0).sum())
    return draw_dale_weights(n_exc, len(signs) - n_exc, gain=0.9, generator=torch.Generator().manual_seed(0))


LIBRARY_OF_SET: dict[str, dict[str, Function]] = {
    "q1": {"call": _dale_weights, "copy": pasted(draw_dale_weights, "draw_dale_weights")},
    "q2": {"call": _ei_velocity, "copy": pasted(EIRateNetwork, "EIRateNetwork")},
    "q3": {"call": _response_at_rest, "copy": pasted(steady_response, "steady_response")},
    "q4": {"call": _critical_tau_i, "copy": pasted(two_populations, "two_populations")},
    "q5": {"call": _balanced, "copy": pasted(Couplings, "Couplings")},
    "q6": {"call": _cancellation, "copy": pasted(current_balance, "current_balance")},
    "q8": {"call": _memory, "copy": pasted(draw_dale_weights, "draw_dale_weights")},
}
