"""Sets of states whose dimension, exponent or recurrences are known on paper."""

import math

import torch
from torch import Tensor


def draw(n: int, dim: int, generator: torch.Generator) -> Tensor:
    """Uniform in the unit cube, (n, dim)."""
    return torch.rand(n, dim, generator=generator, dtype=torch.float64)


def disc(n: int, generator: torch.Generator) -> Tensor:
    """Uniform in the unit disc, (n, 2): dimension 2."""
    radius, angle = draw(n, 2, generator).unbind(1)
    return radius.sqrt()[:, None] * torch.stack((torch.cos(math.tau * angle), torch.sin(math.tau * angle)), dim=1)


def cantor(n: int, generator: torch.Generator) -> Tensor:
    """On the middle-thirds Cantor set, (n, 1): dimension ln 2 / ln 3."""
    digits = 2.0 * (draw(n, 32, generator) < 0.5).to(torch.float64)
    return (digits @ 3.0 ** -torch.arange(1, 33, dtype=torch.float64))[:, None]


def circle(n: int, per_turn: float) -> Tensor:
    """An orbit once round the unit circle in `per_turn` samples, (n, 2): dimension 1, exponent 0."""
    angle = math.tau / per_turn * torch.arange(n, dtype=torch.float64)
    return torch.stack((angle.cos(), angle.sin()), dim=1)


def logistic(n: int) -> Tensor:
    """An orbit of x -> 4 x (1 - x), (n, 1): exponent ln 2, density 1 / (pi sqrt(x (1 - x)))."""
    x, orbit = 0.3137, []
    for _ in range(n):
        x = 4 * x * (1 - x)
        orbit.append(x)
    return torch.tensor(orbit, dtype=torch.float64)[:, None]


def cat_map(n: int) -> Tensor:
    """An orbit of (x, y) -> (2x + y, x + y) mod 1 on the flat torus in R^4, (n, 4): exponent ln((3 + sqrt 5) / 2)."""
    x, y, orbit = 0.1234567, 0.7654321, []
    for _ in range(n):
        x, y = (2 * x + y) % 1, (x + y) % 1
        orbit.append((x, y))
    angles = math.tau * torch.tensor(orbit, dtype=torch.float64)
    return torch.cat((angles.cos(), angles.sin()), dim=1)
