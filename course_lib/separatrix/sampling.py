"""Where the eigenfunction is asked to hold: samplers, functions that draw n states with a generator.

A sampler is any `f(n, generator) -> (n, dim)`. `fit_separatrix(..., sampling=...)` takes one; `default_sampling` is its
own choice, and `mixture` puts several together.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from course_lib.analysis import draw_starts
from course_lib.integrate import Trajectory
from course_lib.shapes import State
from course_lib.validation import check_finite, check_float64, check_positive, check_shape, complaint

Sampler = Callable[[int, torch.Generator], Tensor]
SCALES = (0.1, 0.3, 1.0)  # of the domain's half side: close to a fixed point, near it, and everywhere
MOST_BOXED = 4  # dimensions up to which a box can be filled; in 64 all of it is far from everything


def box(domain: State) -> Sampler:
    """Uniform between two corners. domain: (2, dim).

    Taught on the page "Separatrices of known systems".
    """
    low, high = check_finite("domain", check_shape("domain", check_float64("domain", domain), "2 dim"))
    if not bool((low < high).all()):
        raise complaint("domain", wanted="corners low < high", got=f"{domain.tolist()}", do="Order the corners.")
    return lambda n, generator: low + (high - low) * _uniform((n, len(low)), generator)


def gaussian(mean: Tensor, covariance: Tensor) -> Sampler:
    """Normal with a mean (dim,) and a covariance (dim, dim), for example that of visited states."""
    check_shape("covariance", covariance, f"{len(mean)} {len(mean)}")
    values, vectors = torch.linalg.eigh(check_float64("covariance", covariance))
    if float(values[0]) < -1e-9 * float(values[-1]):
        raise complaint("covariance", wanted="no negative variance", got=f"{float(values[0]):.3g}", do="x.T.cov().")
    factor = vectors * values.clamp_min(0).sqrt()
    return lambda n, generator: mean + _normal((n, len(mean)), generator) @ factor.T


def around(points: State, scales: Tensor) -> Sampler:
    """Normal round points that are chosen at random, with a standard deviation chosen at random from the rows of
    `scales`, (m, dim) [state units]. points: (k, dim)."""
    check_shape("points", points, "k dim")
    check_shape("scales", scales, f"m {points.shape[1]}")

    def draw(n: int, generator: torch.Generator) -> Tensor:
        chosen = points[torch.randint(len(points), (n,), generator=generator)]
        size = scales[torch.randint(len(scales), (n,), generator=generator)]
        return chosen + size * _normal(tuple(chosen.shape), generator)

    return draw


def empirical(states: Trajectory | State, *, noise: float = 0.0) -> Sampler:
    """Visited states, each moved by Gaussian noise. states: a Trajectory or (..., dim).  noise: [state units]."""
    return lambda n, generator: draw_starts(states, n, noise=noise, generator=generator)


def convex(states: Trajectory | State, *, noise: float = 0.0) -> Sampler:
    """Points at random on segments between two visited states, moved by noise of that norm (RMS) [state units].

    States of two memories give states between the memories, where no trial goes and where the border lies.
    """
    check_positive("noise", noise, or_zero=True)

    def draw(n: int, generator: torch.Generator) -> Tensor:
        ends = draw_starts(states, 2 * n, generator=generator)
        share = _uniform((n, 1), generator)
        each = noise / math.sqrt(ends.shape[1])
        return share * ends[:n] + (1 - share) * ends[n:] + each * _normal((n, ends.shape[1]), generator)

    return draw


def along_axis(a: Tensor, b: Tensor, *, along: float, across: float) -> Sampler:
    """Normal round the middle of two attractors, wide along the axis between them and narrow across.

    a, b: (dim,).  along, across: standard deviations [state units], across for each of the other directions. Where
    further attractors stand aside of the axis, this stays in the two basins that are asked about.
    """
    axis = check_shape("b", b, f"{len(a)}") - a
    axis = axis / axis.norm()

    def draw(n: int, generator: torch.Generator) -> Tensor:
        z = _normal((n, len(axis)), generator)
        on_axis = z @ axis
        return (a + b) / 2 + across * z + (along - across) * on_axis.unsqueeze(-1) * axis

    return draw


def mixture(parts: Sequence[Sampler], weights: Sequence[float] | None = None) -> Sampler:
    """Shares of several samplers. weights: one each, of any sum; None: equal."""
    shares = [1.0] * len(parts) if weights is None else [check_positive("weights", w) for w in weights]
    if len(shares) != len(parts) or not parts:
        raise complaint("weights", wanted=f"{len(parts)}, one a sampler", got=str(len(shares)), do="Pass as many.")
    edges = torch.tensor([0.0, *shares], dtype=torch.float64).cumsum(0) / sum(shares)

    def draw(n: int, generator: torch.Generator) -> Tensor:
        counts = (edges * n).round().long().diff().tolist()
        return torch.cat([part(count, generator) for part, count in zip(parts, counts, strict=True) if count])

    return draw


def default_sampling(domain: State, points: State) -> Sampler:
    """What measured best. domain: (2, dim).  points: (k, dim), all attractors and saddles.

    Two thirds round all points at three scales; one third uniform in the box, or beyond four dimensions on segments
    between the points with noise of the widest scale. The other two thirds alone miss what is far from every point.
    """
    half = (domain[1] - domain[0]) / 2
    scales = torch.tensor(SCALES, dtype=half.dtype).unsqueeze(-1) * half / math.sqrt(2 * len(half))
    rest = box(domain) if len(half) <= MOST_BOXED else convex(points, noise=float(half.mean()) / 2)
    return mixture((rest, around(points, scales)), (1.0, 2.0))


def _normal(size: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return torch.randn(size, generator=generator, dtype=torch.float64)


def _uniform(size: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return torch.rand(size, generator=generator, dtype=torch.float64)
