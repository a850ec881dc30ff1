"""Where states end: steps of a length that suits the system, and labels by the attractor that is reached."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis.stepping import check_states, check_system
from course_lib.dynamics import Flow, Map
from course_lib.integrate import rk4_step
from course_lib.shapes import State
from course_lib.validation import check_positive, complaint

STEP = 0.3  # of 1/‖J‖: RK4 then errs by about 1e-4 of the fastest motion in a step, and is stable up to 2.7
JACOBIANS = 128  # states at which ‖J‖ is taken
CAPTURE = 0.02  # of the smallest distance between two attractors
PATIENCE = 100.0  # of the slowest time constant of the attractors
LOOK_EVERY = 10  # steps


@torch.no_grad()
def time_step(system: Flow | Map, states: State) -> float:
    """An RK4 step for a Flow: 0.3 over the largest ‖J‖ at up to 128 of the states, (n, dim). 1 for a Map."""
    if isinstance(system, Map):
        return 1.0
    chosen = states[:: max(1, len(states) // JACOBIANS)]
    size = torch.linalg.matrix_norm(jacobian_at(system, chosen), 2).max()
    if not bool(torch.isfinite(size)) or float(size) == 0:
        raise complaint(
            f"jacobian of {type(system).__name__}",
            wanted="finite slopes, not all zero",
            got=f"a largest norm of {float(size):g}",
            do="Pass dt, or leave out states at which the field has no slope.",
        )
    return STEP / float(size)


def advance(system: Flow | Map, x: Tensor, h: float, n_steps: int) -> Tensor:
    """The states after n_steps RK4 steps of length h, or iterations. x: (n, dim). Returns (n, dim)."""
    for _ in range(n_steps):
        if isinstance(system, Map):
            x = system.step(x)
        else:
            x, _ = rk4_step(system.vector_field, x, h, system.vector_field(x))
    return x


@dataclass(frozen=True)
class Lookahead:
    """φ(x) = e^(-Λt) φ(x(t)) holds for every t, so that ψ at x follows exactly from what a network says of x(t).

    system, h, n_steps: of `advance`.  growth: (pairs,), Λt.
    """

    system: Flow | Map
    h: float
    n_steps: int
    growth: Tensor

    def carry(self, x: Tensor) -> Tensor:
        """x(t), with its derivative."""
        return advance(self.system, x, self.h, self.n_steps)


def speed(system: Flow | Map, x: Tensor) -> Tensor:
    """‖f(x)‖ of a flow, ‖F(x) - x‖ of a map, (n,)."""
    return (system.step(x) - x if isinstance(system, Map) else system.vector_field(x)).norm(dim=-1)


@torch.no_grad()
def growth_rates(system: Flow | Map, x: State) -> Tensor:
    """Growth rate of every eigendirection at x, (n, dim), largest first: Re λ of a flow, ln|μ| of a map."""
    values = torch.linalg.eigvals(jacobian_at(system, x))
    rates = values.abs().log() if isinstance(system, Map) else values.real
    return rates.sort(dim=-1, descending=True).values


@torch.no_grad()
def settle(
    system: Flow | Map,
    x: State,
    attractors: State,
    *,
    duration: float | None = None,
    dt: float | None = None,
    radius: float | None = None,
) -> Tensor:
    """Which attractor every state reaches, (n,) int; -1 for states that reach none within `duration`, or escape.

    x: (n, dim).  attractors: (k, dim); of a limit cycle one point on it.
    duration: the longest time; None: 100 time constants of the slowest attractor.  dt: RK4 step; None: `time_step`.
    radius: distance [state units] at which an attractor counts as reached; None: 0.02 of the smallest distance
    between two attractors. It has to lie well inside the basin, and for a point on a cycle be longer than a step.
    Taught on the page "Separatrices of known systems".

    >>> import torch
    >>> from course_lib.systems import Bistable
    >>> attractors = torch.tensor([[-1.0], [1.0]], dtype=torch.float64)
    >>> settle(Bistable(), torch.tensor([[-0.3], [0.0], [0.2]], dtype=torch.float64), attractors).tolist()
    [0, -1, 1]
    """
    check_system(system)
    x, attractors = check_states("x", x, system.dim), check_states("attractors", attractors, system.dim)
    h = time_step(system, torch.cat((attractors, x))) if dt is None else check_positive("dt", dt)
    radius = capture_radius(attractors) if radius is None else check_positive("radius", radius)
    duration = patience(system, attractors) if duration is None else check_positive("duration", duration)
    label = torch.full((len(x),), -1)
    left, n_steps = torch.arange(len(x)), max(1, math.ceil(duration / h * (1 - 1e-12)))
    for start in range(0, n_steps + 1, LOOK_EVERY):
        distance, nearest = torch.cdist(x, attractors).min(dim=1)
        there = distance <= radius
        label[left[there]] = nearest[there]
        stay = ~there & torch.isfinite(distance)
        left, x = left[stay], x[stay]
        if not len(left) or start >= n_steps:
            break
        x = advance(system, x, h, min(LOOK_EVERY, n_steps - start))
    return label


def capture_radius(attractors: Tensor) -> float:
    """0.02 of the smallest distance between two attractors. (k, dim) with k > 1."""
    if len(attractors) < 2:
        raise complaint("radius", wanted="a number for a single attractor", got="None", do="Pass radius [state units].")
    spacing = float(torch.pdist(attractors).min())
    if spacing == 0:
        raise complaint("attractors", wanted="distinct points", got="two that are equal", do="Drop one of them.")
    return CAPTURE * spacing


def patience(system: Flow | Map, attractors: Tensor) -> float:
    """100 time constants of the slowest attractor; raises where one of them is not stable."""
    slowest = growth_rates(system, attractors)[:, 0]
    worst = int(slowest.argmax())
    if not float(slowest[worst]) < 0:
        raise complaint(
            f"attractors[{worst}]",
            wanted="a stable fixed point",
            got=f"a growth rate of {float(slowest[worst]):.3g}",
            do="find_attractors finds the stable ones; of a limit cycle or a line of fixed points pass duration.",
        )
    return PATIENCE / float(-slowest[worst])


def jacobian_at(system: Flow | Map, x: Tensor) -> Tensor:
    """∂f/∂x, (n, dim, dim), or a sentence about a field that has none."""
    try:
        return system.jacobian(x)
    except RuntimeError as reason:
        raise complaint(
            f"jacobian of {type(system).__name__}",
            wanted="a field that can be differentiated",
            got=str(reason).splitlines()[0],
            do="Write jacobian(x) by hand, or pass dt, duration, rate and saddles where the function takes them.",
        ) from reason
