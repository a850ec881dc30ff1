"""The linear readout that is best in the least-squares sense, solved exactly."""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.shapes import OutputSequence, Sequence
from course_lib.validation import check_count, check_finite, check_float64, check_positive, check_shape, complaint


@dataclass(frozen=True)
class Readout:
    """y = C x + d. C: (n_out, dim).  d: (n_out,).  rmse: (n_out,), on the data of the fit."""

    C: Tensor
    d: Tensor
    rmse: Tensor


@torch.no_grad()
def fit_readout(x: Sequence, targets: OutputSequence, *, ridge: float = 1e-10, washout: int = 0) -> Readout:
    """Ridge regression of targets on states, with an offset that is not penalised.

    x: (batch, time, dim) states, float64.  targets: (batch, time, n_out).  ridge: relative to the mean variance of the
    states; 1e-12 to 1e-9 for noiseless data, 1e-8 to 1e-6 for data with 1 % noise.  washout: samples dropped at the
    start of every trial, while the state still remembers where it began.
    Taught on the page "The CT-RNN learns Lorenz".

    >>> import torch
    >>> x = torch.randn(3, 40, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    >>> y = 2 * x[..., :1] - x[..., 1:] + 0.5
    >>> readout = fit_readout(x, y)
    >>> readout.C.round(decimals=4).tolist(), readout.d.round(decimals=4).tolist()
    ([[2.0, -1.0]], [0.5])
    """
    check_finite("x", check_shape("x", check_float64("x", x), "batch time dim"))
    check_finite("targets", check_shape("targets", check_float64("targets", targets), "batch time n_out"))
    check_positive("ridge", ridge, or_zero=True)
    check_count("washout", washout, least=0)
    if x.shape[:2] != targets.shape[:2]:
        raise complaint(
            "targets",
            wanted=f"one target for each of the {tuple(x.shape[:2])} states",
            got=str(tuple(targets.shape[:2])),
            do="Both are (batch, time, ...), of the same trials.",
        )
    if x.shape[1] <= washout:
        raise complaint(
            "washout",
            wanted=f"fewer than the {x.shape[1]} samples of a trial",
            got=str(washout),
            do="Use longer trials.",
        )
    features = x[:, washout:].reshape(-1, x.shape[-1])
    values = targets[:, washout:].reshape(-1, targets.shape[-1])
    C, d = solve_ridge(features, values, ridge)
    rmse = ((features @ C.T + d - values) ** 2).mean(dim=0).sqrt()
    return Readout(C, d, rmse)


def solve_ridge(features: Tensor, values: Tensor, ridge: float) -> tuple[Tensor, Tensor]:
    """C (n_out, dim) and d (n_out,) that minimise ‖features Cᵀ + d - values‖² + ridge s ‖C‖².

    features: (n, dim).  values: (n, n_out).  s: the mean of the diagonal of the centred Gram matrix.
    """
    mean_x, mean_y = features.mean(dim=0), values.mean(dim=0)
    centred = features - mean_x
    return _solve(centred.T @ centred, centred.T @ (values - mean_y), mean_x, mean_y, ridge)


def solve_moments(
    mean_x: Tensor, mean_y: Tensor, mean_xx: Tensor, mean_xy: Tensor, ridge: float
) -> tuple[Tensor, Tensor]:
    """The same C and d from means over the data. mean_x: (dim,).  mean_xx: (dim, dim).  mean_xy: (dim, n_out)."""
    gram = mean_xx - mean_x[:, None] * mean_x
    return _solve(gram, mean_xy - mean_x[:, None] * mean_y, mean_x, mean_y, ridge)


def _solve(gram: Tensor, cross: Tensor, mean_x: Tensor, mean_y: Tensor, ridge: float) -> tuple[Tensor, Tensor]:
    """gram: (dim, dim), overwritten.  cross: (dim, n_out)."""
    gram.diagonal().add_(ridge * gram.diagonal().mean())
    C = torch.linalg.solve(gram, cross).T
    return C, mean_y - C @ mean_x
