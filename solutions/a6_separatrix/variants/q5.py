"""Right answers to question 5, differently written; each gets every point."""

import numpy as np
import torch


def plain_loop(s, psi):
    """One sample after the other, the last sign remembered."""
    curves, places = [], []
    for k in range(len(psi)):
        last, zero = None, None
        for i, value in enumerate(psi[k]):
            if value == 0:
                zero = i
                continue
            if last is not None and (value > 0) != (psi[k][last] > 0):
                share = psi[k][last] / (psi[k][last] - value)
                curves.append(k)
                places.append(float(s[zero]) if zero is not None else float(s[last] + share * (s[i] - s[last])))
            last, zero = i, None
    return curves, places


def all_at_once(s, psi):
    """No loop: products of neighbours, and zeros whose neighbours differ."""
    curve, k = np.nonzero(psi[:, :-1] * psi[:, 1:] < 0)
    before, after = psi[curve, k], psi[curve, k + 1]
    place = (s[k] * after - s[k + 1] * before) / (after - before)
    on, at = np.nonzero((psi[:, 1:-1] == 0) & (psi[:, :-2] * psi[:, 2:] < 0))
    curve, place = np.concatenate([curve, on]), np.concatenate([place, s[at + 1]])
    order = np.lexsort((place, curve))
    return np.stack([curve[order], place[order]])


def single_precision_torch(s, psi):
    """Tensors in float32; zeros take the sign of the sample before them."""
    s, psi = torch.as_tensor(s, dtype=torch.float32), torch.as_tensor(psi, dtype=torch.float32)
    sign = psi.sign()
    for k in range(1, sign.shape[1]):
        sign[:, k] = torch.where(sign[:, k] == 0, sign[:, k - 1], sign[:, k])
    curve, k = (sign[:, 1:] != sign[:, :-1]).nonzero(as_tuple=True)
    share = psi[curve, k] / (psi[curve, k] - psi[curve, k + 1])
    return curve, s[k] + share * (s[k + 1] - s[k])


def by_interpolation(s, psi):
    """numpy's interpolation of s as a function of psi over each pair of samples around a change."""
    rows = []
    for k, values in enumerate(psi):
        kept = values != 0
        sign = np.sign(values[kept])
        for i in np.flatnonzero(sign[:-1] != sign[1:]):
            pair = np.flatnonzero(kept)[i], np.flatnonzero(kept)[i + 1]
            inside = slice(pair[0], pair[1] + 1)
            order = np.argsort(values[inside])
            rows.append((k, np.interp(0.0, values[inside][order], s[inside][order])))
    return np.array(rows).T
