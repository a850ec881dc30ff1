"""a5_flipflop answered by the library: see library_answers.py."""

from collections.abc import Callable
from typing import Any

import torch
from library_answers import pasted

from course_lib.analysis import fixed_points
from course_lib.analysis.fixed_points import saddle_index
from course_lib.models import CTRNN
from course_lib.systems import Hopfield
from course_lib.tasks import FlipFlop
from course_lib.tasks.trial import Trial
from course_lib.training import train

Function = Callable[..., Any]


def _latch(pulses: Any) -> Any:
    batch, time, bits = pulses.shape
    return FlipFlop(bits, n_steps=time, width=1).sample(batch, generator=torch.Generator().manual_seed(0)).targets


def _memory_scores(y_hat: Any, y: Any, valid: Any, margin: float) -> Any:
    outputs, targets, mask = (torch.as_tensor(part) for part in (y_hat, y, valid))
    task = FlipFlop(y.shape[-1])
    trial = Trial(torch.zeros_like(targets), targets, mask[..., None].expand(targets.shape), {})
    whole = task.correct(outputs, trial).double().mean()
    return task.score(outputs, trial), whole, float(2 ** y.shape[-1]) * whole


def _keep_best(step: Any, validate: Any, state: Any, n: int) -> Any:
    parameters = [torch.nn.Parameter(torch.as_tensor(weights)) for weights in state.values()]

    def loss(generator: torch.Generator) -> Any:
        return sum((p**2).sum() for p in parameters)

    history = train(parameters, loss, n_steps=n, generator=torch.Generator().manual_seed(0))
    return state, history.best_step, history.loss[-1]


def _resting_states(W: Any, b: Any, starts: Any) -> Any:
    network = CTRNN(len(b), 1, 1, tau=1.0, dt=0.1, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        network.W_rec.copy_(torch.as_tensor(W))
        network.b.copy_(torch.as_tensor(b))
        return fixed_points(network.flow_at(torch.zeros(1, dtype=torch.float64)), torch.as_tensor(starts)).x


def _escapes(J: Any, kind: str, wait: float) -> Any:
    return saddle_index(torch.linalg.eigvals(torch.as_tensor(J)), kind == "map")


def _pin_down(W: Any, b: Any, x: Any, radius: float) -> Any:
    points = fixed_points(Hopfield(torch.as_tensor(W), torch.as_tensor(b)), torch.as_tensor(x)[None])
    return points.x[0], points.converged[0] & ((points.x[0] - torch.as_tensor(x)).norm() <= radius)


def _imprint(patterns: Any) -> Any:
    return Hopfield.rank_one(torch.as_tensor(patterns[0]), 1.5).W


LIBRARY_OF_SET: dict[str, dict[str, Function]] = {
    "q1": {"call": _latch, "copy": pasted(FlipFlop, "FlipFlop")},
    "q2": {"call": _memory_scores, "copy": pasted(FlipFlop, "FlipFlop")},
    "q3": {"call": _keep_best, "copy": pasted(train, "train")},
    "q4": {"call": _resting_states, "copy": pasted(fixed_points, "fixed_points")},
    "q5": {"call": _escapes, "copy": pasted(saddle_index, "saddle_index")},
    "q6": {"call": _pin_down, "copy": pasted(fixed_points, "fixed_points")},
    "q8": {"call": _imprint, "copy": pasted(Hopfield, "Hopfield")},
}
