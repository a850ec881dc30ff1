"""Right answers to question 6, differently written; each gets every point."""

import numpy as np
import torch


def with_a_guard_sample(pred, truth, std, dt, lyap, threshold):
    """A lost sample is appended to every row, so that argmax always finds one; the last good sample is counted."""
    worst = np.max(np.abs(pred - truth[:, truth.shape[1] - pred.shape[1] :]) / std, axis=2)
    lost = np.concatenate([~(worst <= threshold), np.ones((len(pred), 1), dtype=bool)], axis=1)
    return [float(max(k - 1, 0) * dt * lyap) for k in lost.argmax(axis=1)]


def loop(pred, truth, std, dt, lyap, threshold):
    """Start by start, sample by sample."""
    shown, times = truth.shape[1] - pred.shape[1], []
    for start in range(len(pred)):
        k = 0
        while k < pred.shape[1] and all(abs(pred[start, k] - truth[start, shown + k]) <= threshold * std):
            k += 1
        times.append(k * dt * lyap)
    return np.array(times)


def torch_and_running_product(pred, truth, std, dt, lyap, threshold):
    """Good samples up to the first lost one, counted with a running product."""
    pred, truth, std = (torch.as_tensor(item) for item in (pred, truth, std))
    off = ((pred - truth[:, -pred.shape[1] :]) / std).abs().nan_to_num(nan=float("inf"))
    good = (off.amax(dim=-1) <= threshold).long().cumprod(dim=1)
    return good.sum(dim=1) * dt * lyap


def single_precision(pred, truth, std, dt, lyap, threshold):
    """float32, and one more sample counted: the first one is already one step ahead."""
    off = np.abs(np.float32(pred) - np.float32(truth)[:, -pred.shape[1] :]) / np.float32(std)
    still = np.logical_and.accumulate(np.all(off <= np.float32(threshold), axis=2), axis=1)
    return np.float32(np.minimum(still.sum(axis=1) + 1, pred.shape[1]) * dt * lyap)
