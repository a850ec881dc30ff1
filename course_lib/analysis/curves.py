"""Curves as rows of points: arc length, even spacing."""

import torch
from torch import Tensor

from course_lib.validation import complaint


def arc_length(points: Tensor) -> Tensor:
    """Length along a polygon up to each of its points, (n,), the first 0. points: (n, dim)."""
    steps = points.diff(dim=0).norm(dim=-1)
    return torch.cat((steps.new_zeros(1), steps.cumsum(0)))


def by_arc_length(points: Tensor, samples: int) -> tuple[Tensor, Tensor]:
    """`samples` points evenly spaced along a polygon, both ends kept, (samples, dim), and its length, ().

    points: (n, dim), n >= 2. Straight lines between the points; equal neighbours count once.
    """
    arc = arc_length(points)
    length = arc[-1]
    if not bool(length > 0):
        raise complaint("curve", wanted="points that differ", got="all the same", do="Follow the state for longer.")
    wanted = torch.linspace(0, 1, samples, dtype=points.dtype) * length
    right = torch.searchsorted(arc, wanted).clamp(1, len(points) - 1)
    left = right - 1
    share = (wanted - arc[left]) / (arc[right] - arc[left]).clamp_min(torch.finfo(points.dtype).tiny)
    return torch.lerp(points[left], points[right], share.unsqueeze(-1)), length
