"""The linear picture at a point: eigenvalues, left and right eigenvectors, time constants, and a name."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis.fixed_points import MARGIN, saddle_index
from course_lib.analysis.stepping import check_states, check_system
from course_lib.dynamics import Flow, Map
from course_lib.shapes import Jacobian, State
from course_lib.validation import check_positive, complaint

REAL = 1e-9  # an imaginary part below this share of |λ| is rounding
WORST_CONDITION = 1e10  # of the eigenvectors; beyond it the left ones have lost most of their digits


@dataclass(frozen=True)
class Linearization:
    """What a flow or a map does to first order at n points.

    x: (n, dim).  speed: (n,), ‖f(x)‖ of a flow, ‖F(x) - x‖ of a map.  jacobian: (n, dim, dim).
    eigenvalues: (n, dim), complex, the least stable first (largest real part, or largest modulus for a map).
    right: (n, dim, dim), complex; column i is where eigenvalue i moves the state, of length 1.
    left: (n, dim, dim), complex; row i is what that motion reads: left @ right = 1. NaN where not diagonalisable.
    time_constants: (n, dim), time after which e^(-1) is left or e reached: 1/|Re λ|, or 1/|ln|λ|| iterations.
    periods: (n, dim), time of one turn: 2π/|Im λ|, or 2π/|arg λ| iterations; inf without rotation.
    saddle_index: (n,) int, unstable directions.
    names: n of "stable node", "stable focus", "unstable node", "unstable focus", "saddle", "saddle-focus", "centre",
    "degenerate" (an eigenvalue on the boundary of stability that does not turn), and "not at rest".
    diagonalisable: (n,) bool.  kind: "flow" or "map".
    """

    x: State
    speed: Tensor
    jacobian: Jacobian
    eigenvalues: Tensor
    right: Tensor
    left: Tensor
    time_constants: Tensor
    periods: Tensor
    saddle_index: Tensor
    names: tuple[str, ...]
    diagonalisable: Tensor
    kind: str

    @property
    def spectral_abscissa(self) -> Tensor:
        """(n,): the largest real part; stable below 0. Flows only."""
        if self.kind != "flow":
            raise complaint("spectral_abscissa", wanted="a flow", got="a map", do="Take spectral_radius.")
        return self.eigenvalues[:, 0].real

    @property
    def spectral_radius(self) -> Tensor:
        """(n,): the largest modulus; stable below 1. Maps only."""
        if self.kind != "map":
            raise complaint("spectral_radius", wanted="a map", got="a flow", do="Take spectral_abscissa.")
        return self.eigenvalues[:, 0].abs()


@torch.no_grad()
def linearize(system: Flow | Map, x: State, *, tol: float = 1e-8) -> Linearization:
    """Linearise a flow or a map at every row of x.

    x: (n, dim) or (dim,), float64, for example `fixed_points(...).x`.  tol: speed above which a point is named
    "not at rest": eigenvalues say nothing about stability where the state moves on.

    Returns Linearization. The names follow the type of the system: the real parts of a flow against 0, the moduli of
    a map against 1. Strogatz 2015, chapters 5 and 6. Taught on the page "Fixed points and linearisation".

    >>> import torch
    >>> from course_lib.systems import Bistable
    >>> switch = Bistable(2)
    >>> picture = linearize(switch, torch.tensor([[0.0, 0.0], [1.0, 0.0]], dtype=torch.float64))
    >>> picture.names
    ('saddle', 'stable node')
    >>> picture.eigenvalues.real.tolist()
    [[1.0, -1.0], [-1.0, -2.0]]
    """
    check_system(system)
    x = check_states("x", x, system.dim)
    check_positive("tol", tol)
    is_map = isinstance(system, Map)
    jacobian = system.jacobian(x)
    values, right = torch.linalg.eig(jacobian)
    size = values.abs() if is_map else values.real
    order = size.argsort(dim=-1, descending=True, stable=True)
    values = values.gather(-1, order)
    right = right.gather(-1, order.unsqueeze(-2).expand_as(right))
    diagonalisable = torch.linalg.cond(right) < WORST_CONDITION
    left = torch.full_like(right, complex(math.nan, math.nan))
    left[diagonalisable] = torch.linalg.inv(right[diagonalisable])
    rate, turn = (values.abs().log(), values.angle()) if is_map else (values.real, values.imag)
    turning = turn.abs() > REAL * (1.0 if is_map else values.abs())
    speed = (system.step(x) - x if isinstance(system, Map) else system.vector_field(x)).norm(dim=-1)
    return Linearization(
        x=x,
        speed=speed,
        jacobian=jacobian,
        eigenvalues=values,
        right=right,
        left=left,
        time_constants=1 / rate.abs(),
        periods=torch.where(turning, 2 * math.pi / turn.abs(), math.inf),
        saddle_index=saddle_index(values, is_map),
        names=tuple(
            _name(v, r, t, is_map) if s <= tol else "not at rest"
            for v, r, t, s in zip(values, rate, turning, speed.tolist(), strict=True)
        ),
        diagonalisable=diagonalisable,
        kind="map" if is_map else "flow",
    )


def _name(values: Tensor, rate: Tensor, turning: Tensor, is_map: bool) -> str:
    """values: (dim,), rate: (dim,) growth rates, turning: (dim,) bool, whether an eigenvalue rotates the state.

    A negative eigenvalue of a map flips the state without turning it, so that it counts as a node's.
    """
    margin = MARGIN if is_map else MARGIN * float(values.abs().amax())
    turning = turning & (values.imag.abs() > REAL * values.abs())
    still = rate.abs() <= margin
    if bool((still & ~turning).any()):
        return "degenerate"
    grows, shrinks = rate > margin, rate < -margin
    if bool(still.any()):
        return "centre" if bool(still.all()) else "degenerate"
    if bool(grows.any()) and bool(shrinks.any()):
        return "saddle-focus" if bool(turning.any()) else "saddle"
    return f"{'unstable' if bool(grows.any()) else 'stable'} {'focus' if bool(turning.any()) else 'node'}"
