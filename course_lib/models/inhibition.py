"""What inhibition does at rest: stabilisation of an excitatory population that would run away, and its paradox.

In the steady state of one excitatory and one inhibitory population with rectified rates, both active,

    ∂r_I/∂I_I = (1 - w_EE) / Δ,    Δ = (1 - w_EE)(1 + w_II) + w_EI w_IE,

so that more drive to the inhibitory cells lowers their rate exactly where w_EE > 1: where excitation alone is unstable
and inhibition holds it (Tsodyks, Skaggs, Sejnowski, McNaughton 1997; Ozeki et al. 2009).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.models.ei_rate import EIRateNetwork
from course_lib.shapes import Jacobian, State
from course_lib.validation import check_finite, check_positive, check_shape, complaint

REST = 1e-6  # largest speed, per time unit and relative to the state, that counts as rest
_WEIGHTS = ("w_ee", "w_ei", "w_ie", "w_ii")


@dataclass(frozen=True)
class Stabilisation:
    """Stability of a network with steady input at a state, and of its excitatory cells with inhibition frozen.

    spectral_abscissa: (...,), largest real part of the Jacobian's eigenvalues [1/time].  excitatory_abscissa: (...,),
    the same of the block of the excitatory cells.  speed: (...,), ‖ẋ‖; the verdict belongs to a state of rest.
    """

    spectral_abscissa: Tensor
    excitatory_abscissa: Tensor
    speed: Tensor

    @property
    def stable(self) -> Tensor:
        """Whether the whole network returns after a small push, (...,)."""
        return self.spectral_abscissa < 0

    @property
    def inhibition_stabilised(self) -> Tensor:
        """Whether the whole is stable and the excitatory cells alone would run away, (...,)."""
        return self.stable & (self.excitatory_abscissa > 0)


@dataclass(frozen=True)
class SteadyResponse:
    """How the rates at rest answer a small steady current.

    matrix: (..., dim, dim), entry (a, b) = ∂r_a/∂I_b.  n_e: number of excitatory cells, which come first.
    """

    matrix: Tensor
    n_e: int

    @property
    def to_inhibitory_drive(self) -> Tensor:
        """Change of every rate per unit of current into all inhibitory cells, (..., dim)."""
        return self.matrix[..., self.n_e :].sum(dim=-1)

    @property
    def paradoxical(self) -> Tensor:
        """Whether the inhibitory population's mean rate falls when all its cells are driven more, (...,)."""
        return self.to_inhibitory_drive[..., self.n_e :].mean(dim=-1) < 0


def two_populations(
    *,
    w_ee: float = 2.0,
    w_ei: float = 2.0,
    w_ie: float = 2.5,
    w_ii: float = 1.0,
    tau_e: float = 20.0,
    tau_i: float = 10.0,
    dt: float = 0.1,
) -> EIRateNetwork:
    """One excitatory and one inhibitory population, rectified, each with an input of its own; times in ms.

    Weights are magnitudes, w_ei from I to E. With inputs (10, 5) the defaults rest at r = (10/3, 20/3).
    Taught on the page "E/I rate networks".
    """
    sizes = [check_positive(name, w, or_zero=True) for name, w in zip(_WEIGHTS, (w_ee, w_ei, w_ie, w_ii), strict=True)]
    W = torch.tensor([[sizes[0], -sizes[1]], [sizes[2], -sizes[3]]], dtype=torch.float64)
    return EIRateNetwork.from_weights(W, 1, tau_e=tau_e, tau_i=tau_i, dt=dt, nonlinearity="relu")


@torch.no_grad()
def stabilisation(network: EIRateNetwork, x: State, u: Tensor) -> Stabilisation:
    """Who keeps a network at x. x: (..., dim), states of rest under the steady input u: (n_in,).

    Taught on the page "E/I rate networks".
    """
    flow = network.flow_at(u)
    check_finite("x", check_shape("x", x, f"... {network.dim}"))
    jacobian = flow.jacobian(x)
    return Stabilisation(
        _abscissa(jacobian),
        _abscissa(jacobian[..., : network.n_e, : network.n_e]),
        flow.vector_field(x).norm(dim=-1),
    )


@torch.no_grad()
def steady_response(network: EIRateNetwork, x: State, u: Tensor) -> SteadyResponse:
    """Linear response of a state of rest to steady currents into its cells: (1 - Φ W)⁻¹ Φ, Φ = diag φ'(currents).

    x: (..., dim), states of rest under the steady input u: (n_in,); another state is refused. Time constants do not
    enter. With many cells of one kind the paradox of the population is no longer the same statement as its
    stabilisation; `stabilisation` gives the latter.
    Taught on the page "E/I rate networks".
    """
    flow = network.flow_at(u)
    check_finite("x", check_shape("x", x, f"... {network.dim}"))
    speed = float(flow.vector_field(x).norm(dim=-1).max())
    if speed > REST * max(1.0, float(x.abs().max())):
        raise complaint(
            "x",
            wanted="a state of rest",
            got=f"one that moves at speed {speed:.3g}",
            do="analysis.fixed_points(network.flow_at(u), starts) finds states of rest.",
        )
    identity = torch.eye(network.dim, dtype=x.dtype, device=x.device)
    gain = flow.nonlinearity.derivative(x @ flow.W.T + flow.bias)  # (..., dim)
    leak = identity - gain[..., None] * flow.W
    if float(torch.linalg.cond(leak).max()) > 1 / torch.finfo(x.dtype).eps:
        raise complaint(
            "x",
            wanted="a state of rest that answers a small current by a small shift",
            got="one at a bifurcation",
            do="Change a weight or the input a little.",
        )
    return SteadyResponse(torch.linalg.solve(leak, torch.diag_embed(gain)), network.n_e)


def _abscissa(jacobian: Jacobian) -> Tensor:
    return torch.linalg.eigvals(jacobian).real.amax(dim=-1)
