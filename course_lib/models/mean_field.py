"""Mean-field rates of a network of LIF cells: a flow at rest where the rates agree with the currents they make.

    τ_syn ṙ = -r + φ(M r + m, √(V r)),      M, V: mean and variance of the current per rate;  m: current from outside

φ is the rate of one cell under a steady current with fast noise. Spikes are taken as Poisson, their arrivals as many
small jumps, and the cells as independent: that is the theory, and where it fails is worth measuring. Rates follow the
synaptic current, hence τ_syn; the rest points do not depend on it. Units as in `course_lib.models.lif`.
"""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from course_lib.dynamics import Flow
from course_lib.models.lif import LIFCell
from course_lib.shapes import Jacobian, State
from course_lib.validation import check_finite, check_shape

SHIFT = 1.4603545088095868 / math.sqrt(2)  # |ζ(1/2)| / √2
LEAST = 1e-4  # a deviation below it counts as this one: the rate without noise to many digits
KNEE, FARTHEST = -3.0, 6.0  # below it the integrand is nearly 1 / (√π |y|); beyond it a cell is silent


def siegert_rate(mean: Tensor, deviation: Tensor, cell: LIFCell) -> Tensor:
    """Rate [Hz] of a cell under a noisy current, elementwise.

        1 / r = τ_mem √π ∫ exp(y²) (1 + erf y) dy,   from (v_reset - mean) / σ to (v_th - mean) / σ

    mean: of the current.  deviation: σ, √2 times the standard deviation that v would have without a threshold.
    Both limits are raised by √(τ_syn / τ_mem) |ζ(1/2)| / √2, the first-order effect of a filtering synapse.
    For σ → 0 this is `firing_rate`.

    Siegert 1951; Brunel, Journal of Computational Neuroscience 8, 2000, equation 21, without refractory time; the
    shift: Fourcaud and Brunel, Neural Computation 14, 2002.
    """
    sigma = deviation.clamp(min=LEAST)
    shift = SHIFT * math.sqrt(cell.tau_syn / cell.tau_mem)
    low, high = (cell.v_reset - mean) / sigma + shift, (cell.v_th - mean) / sigma + shift
    beyond = (high - FARTHEST).clamp(min=0)
    low, high = low - beyond, high - beyond
    left = _integral(_left_part, (-low.clamp(max=KNEE)).log(), (-high.clamp(max=KNEE)).log())
    right = _integral(lambda y: torch.special.erfcx(-y), low.clamp(min=KNEE), high.clamp(min=KNEE))
    return 1000.0 / (cell.tau_mem * math.sqrt(math.pi) * (left + right))


class MeanField(Flow):
    """The flow of the rates r [Hz] in time [ms]; `mean_field()` of a spiking network makes it.

    M: (dim, dim), current per Hz.  V: (dim, dim), its variance σ² per Hz (see `siegert_rate`).  external: (dim,),
    current from outside.  A state is (..., dim), a rate for each cell or each population.
    """

    def __init__(self, M: Tensor, V: Tensor, external: Tensor, cell: LIFCell):
        self.external = check_finite("external", check_shape("external", external, "dim"))
        self.dim = len(external)
        self.M = check_finite("M", check_shape("M", M, f"{self.dim} {self.dim}"))
        self.V = check_finite("V", check_shape("V", V, f"{self.dim} {self.dim}"))
        self.cell = cell

    def rates(self, r: State) -> State:
        """φ: what the cells fire [Hz] under the currents that rates r make. r: (..., dim)."""
        return siegert_rate(*self.currents(r), self.cell)

    def currents(self, r: State) -> tuple[State, State]:
        """Mean and σ of the current into every cell under rates r: (..., dim) each."""
        return r @ self.M.T + self.external, (r @ self.V.T).clamp(min=LEAST**2).sqrt()

    def vector_field(self, x: State) -> State:
        return (self.rates(x) - x) / self.cell.tau_syn

    def jacobian(self, x: State) -> Jacobian:
        mean, sigma = self.currents(x.detach())
        with torch.enable_grad():
            mean, sigma = mean.requires_grad_(), sigma.requires_grad_()
            by_mean, by_sigma = torch.autograd.grad(siegert_rate(mean, sigma, self.cell).sum(), (mean, sigma))
        noisy = (sigma > LEAST).to(x) / (2 * sigma)  # ∂σ/∂σ², none where σ is held at its least value
        slope = by_mean[..., None] * self.M + (by_sigma * noisy)[..., None] * self.V
        return (slope - torch.eye(self.dim, dtype=x.dtype)) / self.cell.tau_syn


def _left_part(s: Tensor) -> Tensor:
    """The integrand at y = -exp(s), times dy/ds: smooth however far to the left."""
    return -torch.special.erfcx(s.exp()) * s.exp()


@lru_cache
def _gauss_legendre() -> tuple[Tensor, Tensor]:
    nodes, weights = np.polynomial.legendre.leggauss(40)
    return torch.from_numpy(nodes), torch.from_numpy(weights)


def _integral(f: Callable[[Tensor], Tensor], low: Tensor, high: Tensor) -> Tensor:
    """∫ f from low to high, elementwise, by Gauss and Legendre."""
    nodes, weights = (x.to(low) for x in _gauss_legendre())
    half = (high - low) / 2
    return half * (f((low + half)[..., None] + half[..., None] * nodes) @ weights)
