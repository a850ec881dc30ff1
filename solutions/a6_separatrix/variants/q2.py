"""Right answers to question 2, differently written; each gets every point."""

import numpy as np
import torch


def one_segment_at_a_time(label, a, b, tol):
    """A loop over segments, one state at a time, the far end of the last bracket."""
    points = []
    for low, high in zip(a, b, strict=True):
        last = label(high[None])[0]
        if min(label(low[None])[0], last) == -1 or label(low[None])[0] == last:
            points.append([np.nan] * len(low))
            continue
        while np.sqrt(((high - low) ** 2).sum()) > tol:
            half = low + (high - low) / 2
            if label(half[None])[0] == last:
                high = half
            else:
                low = half
        points.append(high)
    return points


def twenty_sections(label, a, b, tol):
    """Twenty points on each segment, the last change among them, and again between its two."""
    start, way = a, b - a
    differ = label(a) != label(b)
    while np.linalg.norm(way, axis=1).max() > tol:
        points = start[:, None] + np.linspace(0, 1, 21)[:, None] * way[:, None]
        found = label(points.reshape(-1, a.shape[1])).reshape(len(a), 21)
        k = 19 - (found[:, 1:] != found[:, :-1])[:, ::-1].argmax(axis=1)
        start, way = points[np.arange(len(a)), k], way / 20
    known = (label(a) >= 0) & (label(b) >= 0)
    return np.where((differ & known)[:, None], start + way / 2, np.nan)


def torch_shares(label, a, b, tol):
    """Tensors, and the border as a share of each segment until the end."""
    a, b = torch.as_tensor(a), torch.as_tensor(b)
    first, last = label(a), label(b)
    low, high = torch.zeros(len(a), dtype=a.dtype), torch.ones(len(a), dtype=a.dtype)
    while bool(((high - low) * (b - a).norm(dim=1) > tol).any()):
        half = (low + high) / 2
        same = label(a + half[:, None] * (b - a)) == first
        low, high = torch.where(same, half, low), torch.where(same, high, half)
    p = a + low[:, None] * (b - a)
    p[(first == last) | (first == -1) | (last == -1)] = float("nan")
    return p


def single_precision(label, a, b, tol):
    """Everything in float32, the number of halvings worked out beforehand."""
    low, high = a.astype(np.float32), b.astype(np.float32)
    home = label(a)
    rounds = int(np.ceil(np.log2(np.linalg.norm(b - a, axis=1).max() / tol)))
    for _ in range(rounds):
        half = np.float32(0.5) * (low + high)
        stays = (label(half) == home)[:, None]
        low, high = np.where(stays, half, low), np.where(stays, high, half)
    ends = np.stack([home, label(b)])
    low[(ends.min(axis=0) < 0) | (ends[0] == ends[1])] = np.nan
    return low
