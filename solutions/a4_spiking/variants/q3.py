"""Right answers to question 3, differently written; each gets every point."""

from itertools import pairwise

import numpy as np
import torch


def table_of_intervals(s, dt, t_ref):
    """All intervals in one table with their owners, sums by owner, no loop."""
    cell, time = np.nonzero(np.asarray(s).T)
    same = np.diff(cell) == 0
    owner, wait = cell[1:][same], dt * np.diff(time)[same] - t_ref
    n = np.shape(s)[1]
    count = np.bincount(owner, minlength=n)
    with np.errstate(all="ignore"):
        mean = np.bincount(owner, wait, n) / count
        variance = np.bincount(owner, (wait - mean[owner]) ** 2, n) / count
        cv = np.where(count >= 2, np.sqrt(variance) / mean, np.nan)
    spikes = np.sum(s, axis=0)
    return spikes / (np.shape(s)[0] * dt - spikes * t_ref), cv


def sample_deviation_float32(s, dt, t_ref):
    """The other standard deviation, tensors in single precision, the dead time ending with the record."""
    trains = torch.as_tensor(np.asarray(s)).T
    rates, spreads = [], []
    for train in trains:
        times = train.nonzero().ravel().float() * dt
        lost = torch.clamp(len(train) * dt - times, max=t_ref).sum()
        rates.append(len(times) / (len(train) * dt - lost))
        free = times.diff() - t_ref
        spreads.append(free.std() / free.mean() if len(times) > 2 else torch.tensor(torch.nan))
    return torch.stack(rates), torch.stack(spreads)


def plain_lists(s, dt, t_ref):
    """Lists and sums, the record counted from the first sample to the last."""
    rates, spreads = [], []
    for train in np.asarray(s).T.tolist():
        times = [k for k, spike in enumerate(train) if spike]
        free = [(b - a) * dt - t_ref for a, b in pairwise(times)]
        rates.append(len(times) / ((len(train) - 1) * dt - len(times) * t_ref))
        if len(free) < 2:
            spreads.append(float("nan"))
            continue
        mean = sum(free) / len(free)
        spreads.append((sum((wait - mean) ** 2 for wait in free) / len(free)) ** 0.5 / mean)
    return rates, spreads
