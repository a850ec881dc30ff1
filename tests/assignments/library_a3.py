"""a3_ei_rate: the library's nearest call to each question, and its source under the asked name."""

from typing import Any

import torch
from library_answers import Function, pasted

from course_lib.models.balanced import Couplings
from course_lib.models.connectivity import draw_dale_weights
from course_lib.models.currents import Currents, current_balance


def _balanced(J: Any, J0: Any, m0: float, gain: Any, theta: Any, K: int) -> Any:
    return Couplings(J[0, 0], -J[0, 1], J[1, 0], -J[1, 1], J0[0], J0[1]).rates(m0)


def _cancellation(exc: Any, inh: Any, ext: Any) -> Any:
    outside, up, down = (torch.as_tensor(current).T for current in (ext, exc, inh))  # the library's samples come first
    return current_balance(Currents(outside, up, down)).index


def _memory(signs: Any, rng: Any) -> Any:
    n_exc = int((signs > 0).sum())
    return draw_dale_weights(n_exc, len(signs) - n_exc, gain=0.9, generator=torch.Generator().manual_seed(0))


LIBRARY_OF_SET: dict[str, dict[str, Function]] = {
    "q5": {"call": _balanced, "copy": pasted(Couplings, "Couplings")},
    "q6": {"call": _cancellation, "copy": pasted(current_balance, "current_balance")},
    "q8": {"call": _memory, "copy": pasted(draw_dale_weights, "draw_dale_weights")},
}
