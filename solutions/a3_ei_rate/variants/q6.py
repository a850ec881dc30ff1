"""Right answers to question 6, differently written; each gets every point."""

import numpy as np
import torch


def in_torch(exc, inh, ext):
    """Tensors, with the net current first."""
    exc, inh, ext = (torch.as_tensor(current) for current in (exc, inh, ext))
    return 1 - (exc + inh + ext).mean(dim=1).abs() / (exc + ext).mean(dim=1)


def cell_by_cell(exc, inh, ext):
    """A loop over cells with sums, a list of numbers."""
    found = []
    for k in range(len(exc)):
        push = sum(exc[k]) + sum(ext[k])
        found.append(float(1 - abs(push + sum(inh[k])) / push))
    return found


def single_precision(exc, inh, ext):
    """float32."""
    push = np.float32(exc) + np.float32(ext)
    return np.float32(1) - np.abs(np.mean(push + np.float32(inh), axis=-1)) / np.mean(push, axis=-1)


def by_the_ratio(exc, inh, ext):
    """The ratio of inhibition to push, folded down where it exceeds one."""
    ratio = -inh.sum(axis=1) / (exc.sum(axis=1) + ext.sum(axis=1))
    return np.where(ratio < 1, ratio, 2 - ratio)
