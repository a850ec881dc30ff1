"""Input checks whose messages say what was wanted, what came, and what to do.

torch is imported inside the functions: the notebooks' side of the library uses `CourseError` without torch.
"""

import math
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


class CourseError(ValueError):
    """An input that this library cannot work with; the message says wanted, got and what to do."""


def complaint(name: str, *, wanted: str, got: str, do: str) -> CourseError:
    """The one form of every message: `name: wanted ..., got .... What to do.`"""
    return CourseError(f"{name}: wanted {wanted}, got {got}. {do}")


def check_choice(name: str, value: str, allowed: Collection[str]) -> str:
    """`value` when it is one of `allowed`."""
    if value not in allowed:
        raise complaint(
            name, wanted="one of " + ", ".join(sorted(allowed)), got=repr(value), do="Choose a listed name."
        )
    return value


def check_positive(name: str, value: float, *, or_zero: bool = False) -> float:
    """`value` as a finite float above zero (or zero, where `or_zero` allows it)."""
    wanted = "a finite number, at least 0" if or_zero else "a finite number above 0"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise complaint(name, wanted=wanted, got=repr(value), do=f"Pass {name} as a plain number.")
    if value < 0 or (value == 0 and not or_zero):
        raise complaint(name, wanted=wanted, got=repr(value), do=f"Choose a larger {name}.")
    return float(value)


def check_number(name: str, value: float) -> float:
    """`value` as a finite float of either sign."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise complaint(name, wanted="a finite number", got=repr(value), do=f"Pass {name} as a plain number.")
    return float(value)


def check_count(name: str, value: int, *, least: int = 1) -> int:
    """`value` as a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise complaint(name, wanted=f"a whole number of at least {least}", got=repr(value), do=f"Change {name}.")
    return value


def check_tensor(name: str, value: Any) -> "torch.Tensor":
    """`value` when it is a torch tensor of floating point numbers."""
    import torch

    if not isinstance(value, torch.Tensor):
        raise complaint(
            name,
            wanted="a torch tensor",
            got=type(value).__name__,
            do=f"Convert it: torch.as_tensor({name}, dtype=torch.float64).",
        )
    if not value.is_floating_point():
        raise complaint(
            name, wanted="floating point numbers", got=str(value.dtype), do=f"Convert it: {name}.to(torch.float64)."
        )
    return value


def check_shape(name: str, value: Any, shape: str) -> "torch.Tensor":
    """`value` when its shape fits `shape`, for example "batch time 3": names take any size, numbers only their own.

    The same name twice asks for equal sizes. A leading "..." allows any further axes in front.
    """
    tensor = check_tensor(name, value)
    axes = shape.split()
    free = bool(axes) and axes[0] == "..."
    axes = axes[1:] if free else axes
    sizes = tuple(tensor.shape)
    fits = len(sizes) >= len(axes) if free else len(sizes) == len(axes)
    seen: dict[str, int] = {}
    if fits:
        for axis, size in zip(axes, sizes[len(sizes) - len(axes) :], strict=True):
            fits = fits and size == (int(axis) if axis.isdigit() else seen.setdefault(axis, size))
    if not fits:
        wanted = ", ".join((["..."] if free else []) + axes)
        raise complaint(
            name,
            wanted=f"shape ({wanted})",
            got=f"{sizes}",
            do="Axes are ordered (batch, time, dim); x[None] adds a missing first axis.",
        )
    return tensor


def check_float64(name: str, value: Any) -> "torch.Tensor":
    """`value` when it is a float64 tensor: analysis needs the digits that float32 does not have."""
    import torch

    tensor = check_tensor(name, value)
    if tensor.dtype != torch.float64:
        raise complaint(
            name,
            wanted="float64",
            got=str(tensor.dtype).removeprefix("torch."),
            do=f"Convert it: {name}.to(torch.float64) (and a model by model.double()).",
        )
    return tensor


def check_finite(name: str, value: Any) -> "torch.Tensor":
    """`value` when it holds neither NaN nor infinity."""
    import torch

    tensor = check_tensor(name, value)
    bad = ~torch.isfinite(tensor)
    if bad.any():
        first = tuple(torch.nonzero(bad)[0].tolist())
        raise complaint(
            name,
            wanted="finite numbers",
            got=f"{int(bad.sum())} that are not, the first at index {first}",
            do=f"Look where {name} was made; a step that was too large is the usual cause.",
        )
    return tensor


def check_generator(generator: Any) -> "torch.Generator":
    """`generator` when it is a torch generator; a seed or None is refused, so that every draw has a named source."""
    import torch

    if not isinstance(generator, torch.Generator):
        raise complaint(
            "generator",
            wanted="a torch.Generator",
            got=repr(generator),
            do="Make one: torch.Generator().manual_seed(0).",
        )
    return generator
