"""Losses over (batch, time, dim) with a mask over (batch, time), or over each output apart."""

from torch import Tensor

from course_lib.shapes import Mask, OutputSequence
from course_lib.validation import complaint


def mse(prediction: OutputSequence, target: OutputSequence, mask: Mask | None = None) -> Tensor:
    """Mean squared error over the samples where mask is True (all when None), a scalar."""
    if prediction.shape != target.shape:
        raise complaint(
            "prediction",
            wanted=f"the target's shape {tuple(target.shape)}",
            got=str(tuple(prediction.shape)),
            do="Both are (batch, time, n_out).",
        )
    error = (prediction - target) ** 2
    if mask is None:
        return error.mean()
    if not bool(mask.any()):
        raise complaint("mask", wanted="at least one True", got="none", do="Pass mask=None to count every sample.")
    return error[mask].mean()


def log_mse(prediction: OutputSequence, target: OutputSequence, mask: Mask | None = None) -> Tensor:
    """Natural logarithm of `mse`: its gradient is relative, so that an error of 1e-6 is still worth improving."""
    return mse(prediction, target, mask).log()
