"""a2_ctrnn answered by the library: see library_answers.py."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from library_answers import pasted

from course_lib.analysis import skill, valid_prediction_time
from course_lib.models import CTRNN
from course_lib.training import fit_forecaster, fit_reservoir

Function = Callable[..., Any]


def _scores(pred: Any, target: Any, previous: Any) -> Any:
    found = skill(*(torch.as_tensor(series) for series in (pred, target, previous)))
    return found.r2, found.skill


def _valid_time(pred: Any, truth: Any, std: Any, dt: float, lyap: float, threshold: float) -> Any:
    pred, truth, std = (torch.as_tensor(series) for series in (pred, truth, std))
    n = pred.shape[1]
    t = dt * torch.arange(n, dtype=torch.float64)
    options = {"lyapunov_time": 1 / lyap, "std": std, "threshold": threshold, "cap": n * dt * lyap}
    return valid_prediction_time(t, pred, truth[:, -n:], **options).times


def _reservoir(x: Any, rng: np.random.Generator) -> Any:
    """The library's own readout of a network: C and d without the network they belong to."""
    x = torch.as_tensor(x)
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    model = CTRNN(20, 3, 3, tau=0.04, dt=0.02, generator=generator)
    readout = fit_reservoir(model, x[:, :-1], x[:, 1:])
    return readout.C, readout.d


LIBRARY_OF_SET: dict[str, dict[str, Function]] = {
    "q5": {"call": _scores, "copy": pasted(skill, "skill")},
    "q6": {"call": _valid_time, "copy": pasted(valid_prediction_time, "valid_prediction_time")},
    "q8": {"call": _reservoir, "copy": pasted(fit_forecaster, "fit_forecaster")},
}
