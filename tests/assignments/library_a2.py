"""The library's nearest answers to a2_ctrnn: its own call, and its pasted source under the asked name."""

from typing import Any

import numpy as np
import torch
from library_answers import pasted

from course_lib.analysis import linearize, skill, valid_prediction_time
from course_lib.dynamics import FunctionFlow
from course_lib.models import CTRNN
from course_lib.models.rate_flow import RateFlow
from course_lib.training import fit_forecaster, fit_readout, fit_reservoir


def _network(W_rec: Any, W_in: Any, b: Any, tau: Any) -> CTRNN:
    """The library's network with given weights; its step must not exceed its shortest time constant."""
    tau = torch.as_tensor(tau)
    model = CTRNN(len(b), W_in.shape[1], W_in.shape[1], tau=tau, dt=float(tau.min()), generator=torch.Generator())
    with torch.no_grad():
        for parameter, value in ((model.W_rec, W_rec), (model.W_in, W_in), (model.b, b)):
            parameter.copy_(torch.as_tensor(value))
    return model


def _field(h: Any, u: Any, W_rec: Any, W_in: Any, b: Any, tau: Any) -> Any:
    model = _network(W_rec, W_in, b, tau)
    lead = np.broadcast_shapes(h.shape[:-1], u.shape[:-1])
    states = np.broadcast_to(h, (*lead, h.shape[-1])).reshape(-1, h.shape[-1])
    inputs = np.broadcast_to(u, (*lead, u.shape[-1])).reshape(-1, u.shape[-1])
    pairs = zip(torch.tensor(states), torch.tensor(inputs), strict=True)
    velocities = [model.flow_at(heard).vector_field(state) for state, heard in pairs]
    return torch.stack(velocities).reshape(*lead, -1)


def _limit(J: Any) -> Any:
    """What `linearize` knows of each rest point: a time of decay, and no step."""
    steps, turns = [], []
    for matrix in torch.as_tensor(J):
        found = linearize(FunctionFlow(lambda x, A=matrix: x @ A.T, len(matrix)), torch.zeros(1, len(matrix)).double())
        steps.append(-1 / float(found.spectral_abscissa))
        turns.append(float(found.eigenvalues.imag.abs().max()))
    return np.array(steps), np.array(turns)


def _readout(h: Any, y: Any, weight: Any, lam: float) -> Any:
    kept = weight > 0
    found = fit_readout(torch.as_tensor(h[kept])[None], torch.as_tensor(y[kept])[None], ridge=lam)
    return found.C, found.d


def _loop(h: Any, W_rec: Any, W_in: Any, b: Any, C: Any, d: Any, tau: Any) -> Any:
    model = _network(W_rec, W_in, b, tau)
    with torch.no_grad():
        model.C.copy_(torch.as_tensor(C))
        model.d.copy_(torch.as_tensor(d))
    flow, states = model.closed_loop_flow(), torch.as_tensor(h)
    return flow.vector_field(states), flow.jacobian(states)


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


LIBRARY_OF_SET = {
    "q1": {"call": _field, "copy": pasted(RateFlow, "RateFlow")},
    "q2": {"call": _limit, "copy": pasted(linearize, "linearize")},
    "q3": {"call": _readout, "copy": pasted(fit_readout, "fit_readout")},
    "q4": {"call": _loop, "copy": pasted(RateFlow, "RateFlow")},
    "q5": {"call": _scores, "copy": pasted(skill, "skill")},
    "q6": {"call": _valid_time, "copy": pasted(valid_prediction_time, "valid_prediction_time")},
    "q8": {"call": _reservoir, "copy": pasted(fit_forecaster, "fit_forecaster")},
}
