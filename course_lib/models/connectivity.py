"""Recurrent weights under Dale's law, and the spectra that random weights have on paper.

Rows receive, so that Dale's law (a cell's outgoing weights have one sign) is one sign per column.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.validation import (
    check_choice,
    check_count,
    check_finite,
    check_generator,
    check_positive,
    check_shape,
    complaint,
)

BALANCES = ("mean", "rows", "none")
CHUNK = 1000  # cells whose senders are drawn at once


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues of a weight matrix beside the disc and the outlier that its statistics predict.

    eigenvalues: (dim,), complex.  radius: of the disc that a large random matrix with these variances fills.
    outlier: the sum of the columns' means, a real eigenvalue where it lies outside the disc.
    """

    eigenvalues: Tensor
    radius: float
    outlier: float

    @property
    def spectral_radius(self) -> float:
        """The largest modulus of an eigenvalue."""
        return float(self.eigenvalues.abs().max())


def column_signs(n_e: int, n_i: int, *, dtype: torch.dtype = torch.float64) -> Tensor:
    """(n_e + n_i,): +1 for excitatory senders, which come first, -1 for inhibitory ones."""
    check_count("n_e", n_e)
    check_count("n_i", n_i)
    return torch.cat((torch.ones(n_e, dtype=dtype), -torch.ones(n_i, dtype=dtype)))


def check_density(density: float) -> float:
    """`density` as the probability of a connection."""
    if not 0 < check_positive("density", density) <= 1:
        raise complaint("density", wanted="a probability above 0, at most 1", got=f"{density:g}", do="Change density.")
    return density


def draw_dale_weights(
    n_e: int,
    n_i: int,
    *,
    generator: torch.Generator,
    gain: float | None = 0.3,
    density: float = 1.0,
    balance: str = "mean",
    self_connections: bool = False,
) -> Tensor:
    """Random weights with one sign per column, (dim, dim), dim = n_e + n_i, excitatory columns first.

    Magnitudes are squares of uniform numbers: many weak connections and few strong ones.
    balance: "mean": inhibitory columns are n_e / n_i times stronger, so that excitation and inhibition of equal rates
        cancel on average; "rows": they are rescaled so that they cancel exactly at every cell; "none": neither.
    density: probability of a connection.  gain: spectral radius to which all weights are rescaled; None: leave them.
    Taught on the page "E/I rate networks".

    >>> import torch
    >>> W = draw_dale_weights(8, 2, generator=torch.Generator().manual_seed(0))
    >>> bool((W[:, :8] >= 0).all()), bool((W[:, 8:] <= 0).all())
    (True, True)
    >>> round(float(torch.linalg.eigvals(W).abs().max()), 6)
    0.3
    """
    signs = column_signs(n_e, n_i)
    check_generator(generator)
    check_choice("balance", balance, BALANCES)
    check_density(density)
    dim = n_e + n_i
    magnitude = torch.rand(dim, dim, generator=generator, dtype=torch.float64) ** 2
    if density < 1:
        magnitude *= torch.rand(dim, dim, generator=generator, dtype=torch.float64) < density
    if not self_connections:
        magnitude.fill_diagonal_(0.0)
    if balance == "mean":
        magnitude[:, n_e:] *= n_e / n_i
    elif balance == "rows":
        magnitude[:, n_e:] *= _row_ratio(magnitude, n_e)[:, None]
    W = magnitude * signs
    return W if gain is None else _rescale(W, check_positive("gain", gain, or_zero=True))


def draw_senders(n_cells: int, first: int, n_senders: int, K: int, *, generator: torch.Generator) -> Tensor:
    """Sparse wires of one in-degree: for each of n_cells cells K different senders out of n_senders, (n_cells, K).

    Senders are counted from 0; the first of them is cell `first` of the network, and no cell is its own sender.
    """
    check_count("n_cells", n_cells)
    check_count("first", first, least=0)
    check_generator(generator)
    if check_count("K", K) >= check_count("n_senders", n_senders):
        raise complaint("K", wanted=f"fewer than the {n_senders} senders", got=str(K), do="Or take more cells.")
    drawn = []
    for low in range(0, n_cells, CHUNK):
        cells = torch.arange(low, min(low + CHUNK, n_cells))
        lot = torch.rand(len(cells), n_senders, generator=generator)
        own = (cells >= first) & (cells < first + n_senders)
        lot[own.nonzero().squeeze(1), cells[own] - first] = -1.0  # a cell never draws itself
        drawn.append(lot.topk(K, dim=1, sorted=False).indices)
    return torch.cat(drawn)


def shuffle_signs(W: Tensor, *, generator: torch.Generator) -> Tensor:
    """The same magnitudes with a random sign each: a matrix of equal variance without Dale's law. W: (dim, dim).

    Taught on the page "E/I rate networks".
    """
    check_generator(generator)
    check_finite("W", check_shape("W", W, "dim dim"))
    flips = torch.rand(W.shape, generator=generator, dtype=W.dtype) < 0.5
    return torch.where(flips, -W.abs(), W.abs())


def sign_violations(W: Tensor, n_e: int) -> float:
    """The share of connections (entries that are not zero) whose sign is not their column's. W: (dim, dim).

    Taught on the page "E/I rate networks".
    """
    check_shape("W", W, "dim dim")
    signs = column_signs(n_e, W.shape[0] - n_e, dtype=W.dtype).to(W.device)
    present = W != 0
    return float(((W * signs < 0) & present).sum() / present.sum().clamp_min(1))


def weight_spectrum(W: Tensor, n_e: int | None = None) -> Spectrum:
    """Eigenvalues of W with the disc and the outlier of its statistics.

    W: (dim, dim).  n_e: excitatory columns first; statistics are taken within each population; None: over all columns.
    Independent entries with column variances σⱼ² fill a disc of radius √(Σ σⱼ²) (circular law); means μⱼ add one
    eigenvalue near Σ μⱼ, and a few more between where the rows do not cancel.

    Girko 1984; Rajan and Abbott 2006, equation 2 for two populations.
    Taught on the page "E/I rate networks".
    """
    check_finite("W", check_shape("W", W, "dim dim"))
    W = W.detach()
    populations = (W,) if n_e is None else (W[:, : check_count("n_e", n_e)], W[:, n_e:])
    radius = math.sqrt(sum(p.shape[1] * float(p.var(correction=0)) for p in populations if p.numel()))
    outlier = sum(p.shape[1] * float(p.mean()) for p in populations if p.numel())
    return Spectrum(torch.linalg.eigvals(W), radius, outlier)


def _row_ratio(magnitude: Tensor, n_e: int) -> Tensor:
    """Excitation over inhibition of every row, (dim,)."""
    excitation, inhibition = magnitude[:, :n_e].sum(dim=1), magnitude[:, n_e:].sum(dim=1)
    lonely = ((excitation == 0) | (inhibition == 0)).nonzero()
    if len(lonely):
        raise complaint(
            "balance='rows'",
            wanted="excitatory and inhibitory inputs to every cell",
            got=f"cell {int(lonely[0])} without one kind",
            do="Raise density or the smaller population, or take balance='mean'.",
        )
    return excitation / inhibition


def _rescale(W: Tensor, gain: float) -> Tensor:
    radius = float(torch.linalg.eigvals(W).abs().max())
    if radius < 1e-12 * float(W.abs().max().clamp_min(1e-300)) or radius == 0:
        raise complaint(
            "gain",
            wanted="weights with an eigenvalue that is not zero",
            got="a network without loops",
            do="Raise density, or pass gain=None and scale the weights yourself.",
        )
    return W * (gain / radius)
