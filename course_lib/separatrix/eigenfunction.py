"""The function that is learnt: ψ = s(g), g linear in the features of a small tanh network.

g plays the part of a Koopman eigenfunction φ with φ(x(t)) = e^(Λt) φ(x(0)), which is infinite at the attractors.
ψ = φ/√(1+φ²) is its squashed form, ψ' = Λ(ψ - ψ³), which is ±1 there (Dabholkar and Barak 2025: the ratio loss
in arXiv 2505.15231, the squashing in their post on the UniReps blog).
"""

import math

import torch
from torch import Tensor, nn

from course_lib.shapes import State

FIRST = 1.0  # standard deviation of a first-layer unit's input over the sampled states
HEAD = 0.3  # of g over its features at the start, so that |ψ| < 1


class Squashed:
    """ψ = g/√(1+g²) and ψ' = Λ(ψ - ψ³)."""

    bounded = True

    def psi(self, g: Tensor) -> Tensor:
        return g * torch.rsqrt(1 + g * g)

    def slopes(self, g: Tensor) -> tuple[Tensor, Tensor]:
        """dψ/dg and d²ψ/dg²."""
        q = torch.rsqrt(1 + g * g)
        return q**3, -3 * g * q**5

    def rate(self, psi: Tensor) -> tuple[Tensor, Tensor]:
        """ψ'/Λ and its derivative with respect to ψ."""
        return psi - psi**3, 1 - 3 * psi**2

    def grown(self, psi: Tensor, growth: Tensor) -> tuple[Tensor, Tensor]:
        """ψ after φ has grown by the factor e^growth, and the derivative of that with respect to ψ."""
        factor = growth.exp()
        q = torch.rsqrt(1 + psi**2 * (factor**2 - 1))
        return factor * psi * q, factor * q**3


class Linear:
    """ψ = g and ψ' = Λψ, the eigenfunction itself."""

    bounded = False

    def psi(self, g: Tensor) -> Tensor:
        return g

    def slopes(self, g: Tensor) -> tuple[Tensor, Tensor]:
        return torch.ones_like(g), torch.zeros_like(g)

    def rate(self, psi: Tensor) -> tuple[Tensor, Tensor]:
        return psi, torch.ones_like(psi)

    def grown(self, psi: Tensor, growth: Tensor) -> tuple[Tensor, Tensor]:
        factor = growth.exp().expand_as(psi)
        return factor * psi, factor


FORMS: dict[str, Squashed | Linear] = {"squashed": Squashed(), "linear": Linear()}


class Eigenfunction(nn.Module):
    """ψ of one network: states (n, dim) to (n, pairs).

    features: the scaled state, the tanh units of every layer and a one. Each layer adds to the sum that the next one
    reads. All features reach the head, (features, pairs), which is what can be solved for exactly.
    """

    centre: Tensor
    size: Tensor

    def __init__(
        self,
        states: State,
        n_pairs: int,
        *,
        width: int,
        depth: int,
        form: Squashed | Linear,
        generator: torch.Generator,
        dtype: torch.dtype,
    ):
        """states: (n, dim), typical ones, which set centre and scale."""
        super().__init__()
        dim, self.form = states.shape[1], form
        centre = states.mean(dim=0)
        self.register_buffer("centre", centre)
        self.register_buffer("size", (states - centre).square().sum(-1).mean().sqrt())
        fans = [dim] + [width] * (depth - 1)
        gains = [FIRST] + [1 / math.sqrt(width)] * (depth - 1)

        def draw(*size: int, scale: float) -> nn.Parameter:
            return nn.Parameter(scale * torch.randn(size, generator=generator, dtype=torch.float64))

        self.weights = nn.ParameterList(draw(width, n, scale=gain) for n, gain in zip(fans, gains, strict=True))
        self.biases = nn.ParameterList(draw(width, scale=FIRST if i == 0 else 0.3) for i in range(depth))
        n_features = dim + depth * width + 1
        self.head = nn.Parameter(draw(n_features, n_pairs, scale=HEAD / math.sqrt(n_features)).detach())
        self.to(dtype)

    def features(self, x: Tensor) -> Tensor:
        """(n, features) of states (n, dim)."""
        h = z = (x - self.centre) / self.size
        kept = [z]
        for layer, (W, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            unit = torch.tanh(nn.functional.linear(h, W, b))
            h = unit if layer == 0 else h + unit
            kept.append(unit)
        return torch.cat((*kept, torch.ones_like(z[:, :1])), dim=1)

    def features_along(self, x: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """The features and their derivatives along v, both (n, features): tangents carried forward by hand."""
        h = z = (x - self.centre) / self.size
        t = v / self.size
        kept, slopes = [z], [t]
        for layer, (W, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            unit = torch.tanh(nn.functional.linear(h, W, b))
            slope = (1 - unit * unit) * nn.functional.linear(t, W)
            h, t = (unit, slope) if layer == 0 else (h + unit, t + slope)
            kept.append(unit)
            slopes.append(slope)
        return (
            torch.cat((*kept, torch.ones_like(z[:, :1])), dim=1),
            torch.cat((*slopes, torch.zeros_like(z[:, :1])), dim=1),
        )

    def forward(self, x: Tensor, growth: Tensor | float = 0.0) -> Tensor:
        """ψ, (n, pairs), where φ was smaller than at x by the factor e^growth, (pairs,)."""
        g = self.features(x) @ self.head
        return self.form.psi(g if isinstance(growth, float) else g * (-growth).exp())
