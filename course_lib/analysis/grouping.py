"""Points that are the same within a tolerance, as groups: end points of a search, ends of orbits."""

import torch
from torch import Tensor


def group_points(points: Tensor, within: float) -> tuple[Tensor, Tensor]:
    """Index of each row's group, (n,), and of the row that founded each group, (groups,).

    points: (n, dim), the most trusted first. The first row that is left claims all rows whose coordinates differ from
    its own by at most `within`. Claimed rows claim no others, so that a ring of points stays a ring.
    """
    place = torch.full((len(points),), -1)
    left = torch.arange(len(points))
    founders: list[int] = []
    while len(left):
        same = (points[left] - points[left[0]]).abs().amax(-1) <= within
        same[0] = True
        place[left[same]] = len(founders)
        founders.append(int(left[0]))
        left = left[~same]
    return place, torch.tensor(founders, dtype=torch.long)
