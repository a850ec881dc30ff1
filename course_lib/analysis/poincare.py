"""Poincaré sections: where orbits of a flow pass through a plane, to the accuracy of the solver."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis.returns import ReturnMap
from course_lib.analysis.stepping import check_states, last_state, orbit, rk4_by, step_length
from course_lib.dynamics import Flow, check_flow
from course_lib.shapes import PerCoordinate, State
from course_lib.validation import check_finite, check_number, check_positive, check_shape, complaint

LOCATE_STEPS = 60  # bisection alone would need 53
DIRECTIONS = (-1, 0, 1)


@dataclass(frozen=True)
class PoincareSection:
    """Passages through a plane, sorted by trajectory and time.

    x: (n, dim), states on the plane.  t: (n,), time of each since the end of the spin-up.
    trajectory: (n,) int, which start.  direction: (n,) int, +1 rising through the level, -1 falling.
    residual: (n,), distance to the level that was left, in the unit of the level.
    n_grazing: steps within which an orbit seems to have touched the plane and turned back; their passages are not
    in the section. Above zero, take a smaller dt.
    duration: time per trajectory.
    """

    x: State
    t: Tensor
    trajectory: Tensor
    direction: Tensor
    residual: Tensor
    n_grazing: int
    duration: float

    def return_times(self) -> Tensor:
        """(m,): times between successive passages of the same trajectory."""
        return self.t.diff()[self._successive()]

    def return_map(self, coordinate: int) -> ReturnMap:
        """One coordinate of each passage and of the next one of the same trajectory."""
        values, pairs = self.x[:, coordinate], self._successive()
        return ReturnMap(values[:-1][pairs], values[1:][pairs], "passage")

    def _successive(self) -> Tensor:
        return self.trajectory[1:] == self.trajectory[:-1]


@dataclass(frozen=True)
class Surface:
    """g(x) = 0: `value(x)` is g, `rate(x, slope)` its time derivative along the flow, both (n,)."""

    value: Callable[[Tensor], Tensor]
    rate: Callable[[Tensor, Tensor], Tensor]


@torch.no_grad()
def poincare_section(
    flow: Flow,
    x0: State,
    *,
    duration: float,
    dt: float,
    coordinate: int | None = None,
    normal: PerCoordinate | None = None,
    level: float = 0.0,
    direction: int = 1,
    spin_up: float = 0.0,
) -> PoincareSection:
    """Where orbits pass through the plane normal·x = level.

    x0: (batch, dim) or (dim,), float64.  duration: time per trajectory, after spin_up, which is run first and dropped.
    dt: longest RK4 step; it must be short against the time between two passages.
    coordinate: the plane is x[coordinate] = level; or else normal: (dim,).
    direction: 1 only rising passages, -1 only falling ones, 0 both. An orbit that starts on the plane has not passed.

    A change of sign in a step is located by Newton's method on the length of the step itself, so that the passage is
    as accurate as the solver (order dt⁴); interpolation between samples would be of order dt². Returns PoincareSection.
    Hénon 1982, Physica D 5:412, has the same aim in one step. Taught on the page "Measuring chaos".
    """
    check_flow("flow", flow)
    x = check_states("x0", x0, flow.dim)
    surface = _plane(flow, coordinate, normal, check_number("level", level))
    if direction not in DIRECTIONS:
        raise complaint("direction", wanted="1, -1 or 0", got=repr(direction), do="0 takes both directions.")
    h, n_spin = step_length(flow, check_positive("spin_up", spin_up, or_zero=True), dt)
    x = last_state(orbit(flow, x, h, n_spin))
    h, n_steps = step_length(flow, check_positive("duration", duration), dt)
    return passages(flow, x, surface, h, n_steps, direction)


def passages(flow: Flow, x: Tensor, surface: Surface, h: float, n_steps: int, direction: int) -> PoincareSection:
    """Passages through any surface. x: (n, dim).  h, n_steps: RK4 steps.  direction: 1, -1 or 0."""
    before: list[tuple[Tensor, ...]] = []  # step, row, state, slope and g before a passage, g after it
    touching = 0
    old = None
    for step, (state, slope) in enumerate(orbit(flow, x, h, n_steps)):
        g, rate = surface.value(state), surface.rate(state, slope)
        if old is not None:
            g_old, rate_old, state_old, slope_old = old
            rises, falls = (g_old < 0) & (g >= 0), (g_old > 0) & (g <= 0)
            crosses = rises if direction > 0 else falls if direction < 0 else rises | falls
            rows = crosses.nonzero().squeeze(-1)
            if len(rows):
                start = torch.full_like(rows, step - 1)
                before.append((start, rows, state_old[rows], slope_old[rows], g_old[rows], g[rows]))
            turns = (g_old * g > 0) & (g_old * rate_old < 0) & (g * rate > 0)
            if bool(turns.any()):
                touching += _grazing(g_old[turns], g[turns], h * rate_old[turns], h * rate[turns])
        old = g, rate, state, slope
    if not before:
        none = x.new_zeros(0)
        whole = torch.zeros(0, dtype=torch.long)
        return PoincareSection(x[:0], none, whole, whole, none, touching, h * n_steps)
    steps, rows, states, slopes, g_old, g_new = (torch.cat(parts) for parts in zip(*before, strict=True))
    share, states = _locate(flow, surface, states, slopes, g_old, g_new, h)
    t = h * (steps + share)
    order = torch.argsort(rows * (n_steps + 1.0) * h + t)
    return PoincareSection(
        x=states[order],
        t=t[order],
        trajectory=rows[order],
        direction=torch.where(g_old < 0, 1, -1)[order],
        residual=surface.value(states).abs()[order],
        n_grazing=touching,
        duration=h * n_steps,
    )


def maxima_surface(flow: Flow, coordinate: int) -> Surface:
    """The surface on which a coordinate stands still, ẋᵢ = 0; it is passed downward at a maximum."""

    def rate(x: Tensor, slope: Tensor) -> Tensor:
        return flow.jacobian_product(x, slope.unsqueeze(-1)).squeeze(-1)[:, coordinate]

    return Surface(lambda x: flow.vector_field(x)[:, coordinate], rate)


def check_coordinate(coordinate: int, dim: int) -> int:
    """`coordinate` when a state has it."""
    if isinstance(coordinate, bool) or not isinstance(coordinate, int) or not 0 <= coordinate < dim:
        raise complaint(
            "coordinate", wanted=f"a whole number from 0 to {dim - 1}", got=repr(coordinate), do="Count from 0."
        )
    return coordinate


def _plane(flow: Flow, coordinate: int | None, normal: Tensor | None, level: float) -> Surface:
    if (coordinate is None) == (normal is None):
        raise complaint(
            "coordinate, normal",
            wanted="one of the two",
            got="both" if normal is not None else "neither",
            do="coordinate=2, level=27.0 is the plane z = 27.",
        )
    if coordinate is not None:
        i = check_coordinate(coordinate, flow.dim)
        return Surface(lambda x: x[:, i] - level, lambda x, slope: slope[:, i])
    vector = check_finite("normal", check_shape("normal", normal, f"{flow.dim}"))
    if not bool((vector != 0).any()):
        raise complaint("normal", wanted="a vector that is not 0", got="zeros", do="It stands upright on the plane.")
    return Surface(lambda x: x @ vector - level, lambda x, slope: slope @ vector)


def _locate(
    flow: Flow, surface: Surface, x: Tensor, slope: Tensor, g_old: Tensor, g_new: Tensor, h: float
) -> tuple[Tensor, Tensor]:
    """The share θ of an RK4 step of length h after which g = 0, (n,), and the states there, (n, dim).

    Newton on θ ↦ g(one RK4 step of length θh), with a bisection wherever Newton leaves the bracket.
    """
    sign = torch.where(g_old < 0, 1.0, -1.0).to(x.dtype)
    low, high = torch.zeros_like(g_old), torch.ones_like(g_old)
    share = g_old / (g_old - g_new)
    small = 1e-14 * torch.maximum(g_old.abs(), g_new.abs())
    for _ in range(LOCATE_STEPS):
        state = rk4_by(flow.vector_field, x, share * h, slope)
        g = surface.value(state)
        if bool((g.abs() <= small).all()):
            break
        beyond = sign * g > 0
        low, high = torch.where(beyond, low, share), torch.where(beyond, share, high)
        newton = share - g / (h * surface.rate(state, flow.vector_field(state)))
        inside = (newton > low) & (newton < high)
        proposal = torch.where(inside, newton, (low + high) / 2)
        share = torch.where(g.abs() <= small, share, proposal)
    return share, state


def _grazing(g_old: Tensor, g_new: Tensor, rise_old: Tensor, rise_new: Tensor) -> int:
    """Steps whose cubic through values and slopes at both ends changes sign in between. All (n,), per step."""
    s = torch.linspace(0, 1, 41, dtype=g_old.dtype).unsqueeze(-1)
    cubic = (
        (1 + 2 * s) * (1 - s) ** 2 * g_old
        + s * (1 - s) ** 2 * rise_old
        + s**2 * (3 - 2 * s) * g_new
        - s**2 * (1 - s) * rise_new
    )
    return int((cubic * g_old < 0).any(dim=0).sum())
