"""Successive maxima of one coordinate: Lorenz's way of turning a flow into a map of the interval."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from course_lib.shapes import Series
from course_lib.validation import check_finite, check_float64, check_shape, complaint


@dataclass(frozen=True)
class ReturnMap:
    """Pairs of successive values. current, next: (n,), next[i] is the value that follows current[i].

    what: "maximum" of a coordinate, or "passage" through a section.
    """

    current: Tensor
    next: Tensor
    what: Literal["maximum", "passage"] = "maximum"


@torch.no_grad()
def return_map(series: Series) -> ReturnMap:
    """Successive maxima of a sampled coordinate, each refined by the parabola through its three highest samples.

    series: (batch, time) or (time,), float64, evenly sampled, fine enough that a maximum spans several samples.
    Pairs never join two trajectories. Lorenz 1963, figure 4.
    Taught on the page "Phase space and the Lorenz system".
    """
    check_float64("series", series)
    x = series[None] if series.ndim == 1 else series
    check_finite("series", check_shape("series", x, "batch time"))
    if x.shape[1] < 3:
        raise complaint("series", wanted="at least 3 samples", got=str(x.shape[1]), do="Integrate for longer.")
    left, middle, right = x[:, :-2], x[:, 1:-1], x[:, 2:]
    is_peak = (middle > left) & (middle >= right)
    curvature = (left - 2 * middle + right).clamp(max=-torch.finfo(x.dtype).tiny)
    peak = middle - (right - left) ** 2 / (8 * curvature)  # (batch, time - 2), the vertex of the parabola
    current, following = [], []
    for row, marks in zip(peak, is_peak, strict=True):
        heights = row[marks]
        current.append(heights[:-1])
        following.append(heights[1:])
    pairs = ReturnMap(torch.cat(current), torch.cat(following))
    if len(pairs.current) == 0:
        raise complaint(
            "series", wanted="at least two maxima in one trajectory", got="fewer", do="Integrate for longer."
        )
    return pairs
