"""Right answers to question 2, differently written; each gets every point."""

import itertools

import numpy as np
import torch


def codes_by_rows(y_hat, y, valid, margin):
    """Valid steps laid in one row, memories found as rows that differ."""
    right = (np.sign(y_hat) == y) & (np.abs(y_hat) > margin)
    steps, asked = right[valid], y[valid]
    which = np.unique(asked, axis=0, return_inverse=True)[1].reshape(-1)
    share = np.bincount(which, weights=steps.all(axis=1)) / np.bincount(which)
    faults = (~right.all(axis=2) & valid).sum(axis=1)
    return [steps.mean(), (faults == 0).mean(), int((share >= 0.95).sum())]


def in_torch(y_hat, y, valid, margin):
    """Torch in single precision, memories as numbers by a sum of powers."""
    y_hat, y, valid = torch.as_tensor(y_hat).float(), torch.as_tensor(y).float(), torch.as_tensor(valid)
    right = y_hat * y > margin
    whole = right.all(-1)
    words = ((y + 1) / 2 * 2 ** torch.arange(y.shape[-1])).sum(-1).long()[valid]
    asked = torch.bincount(words)
    kept = torch.bincount(words, weights=whole[valid].float())
    corners = (kept[asked > 0] / asked[asked > 0] >= 0.95).sum()
    return right[valid].float().mean(), (whole | ~valid).all(1).float().mean(), corners


def loops(y_hat, y, valid, margin):
    """One trial, one step and one bit after the other."""
    right_bits = all_bits = right_trials = 0
    asked, kept = dict.fromkeys(itertools.product([-1, 1], repeat=y.shape[2]), 0), {}
    for outputs, targets, mask in zip(y_hat.tolist(), y.tolist(), valid.tolist(), strict=True):
        faultless = True
        for said, wanted, counts in zip(outputs, targets, mask, strict=True):
            if not counts:
                continue
            right = [s > margin if w > 0 else s < -margin for s, w in zip(said, wanted, strict=True)]
            right_bits += sum(right)
            all_bits += len(right)
            faultless = faultless and all(right)
            word = tuple(int(w) for w in wanted)
            asked[word] += 1
            kept[word] = kept.get(word, 0) + all(right)
        right_trials += faultless
    corners = sum(kept[word] >= 0.95 * count for word, count in asked.items() if count)
    return right_bits / all_bits, right_trials / len(y), corners


def weighted_means(y_hat, y, valid, margin):
    """The mask as weights, memories by the product with all words."""
    weight = valid.astype(float)
    right = (y_hat * y > margin).astype(float)
    whole = right.prod(axis=-1)
    all_words = np.array(list(itertools.product([-1.0, 1.0], repeat=y.shape[-1])))
    asked = (np.einsum("btk,wk->btw", y, all_words) > y.shape[-1] - 0.5) * weight[..., None]
    count = asked.sum(axis=(0, 1))
    share = np.einsum("btw,bt->w", asked, whole) / np.maximum(count, 1)
    bits = (right * weight[..., None]).sum() / weight.sum() / y.shape[-1]
    return bits, np.mean((weight * (1 - whole)).sum(axis=1) == 0), np.sum((share >= 0.95) & (count > 0))
