"""Right answers to question 3, differently written; each gets every point."""

import copy
import math

import numpy as np
import torch


def deep_copies(step, validate, state, n):
    """The standard library's deep copy, and a table of what is best."""
    best = {"loss": math.inf}
    for epoch in range(n):
        step(state)
        loss = validate(state)
        if not math.isnan(loss) and loss < best["loss"]:
            best = {"loss": loss, "epoch": epoch + 1, "state": copy.deepcopy(state)}
    return best["state"], best["epoch"], best["loss"]


def all_snapshots(step, validate, state, n):
    """Every epoch is kept, the best is chosen at the end."""
    snapshots, losses = [], []
    for _ in range(n):
        step(state)
        losses.append(validate(state))
        snapshots.append({name: weights.copy() for name, weights in state.items()})
    place = int(np.nanargmin(losses))
    return snapshots[place], place + 1, losses[place]


def clones_in_torch(step, validate, state, n):
    """Clones, in single precision."""
    best, best_epoch, best_loss = {}, None, None
    for epoch in range(1, n + 1):
        step(state)
        loss = validate(state)
        if loss == loss and (best_loss is None or loss < best_loss):
            best = {name: torch.as_tensor(weights).float().clone() for name, weights in state.items()}
            best_epoch, best_loss = torch.tensor(epoch), loss
    return best, best_epoch, best_loss


def written_over(step, validate, state, n):
    """One set of arrays that the best weights are written into, as a list of answers."""
    kept = {name: np.empty_like(weights) for name, weights in state.items()}
    losses = np.full(n, np.inf)
    for k in range(n):
        step(state)
        loss = validate(state)
        if np.isfinite(loss) and loss < losses.min():
            for name in kept:
                kept[name][...] = state[name]
        losses[k] = loss if np.isfinite(loss) else np.inf
    return [kept, losses.argmin() + 1, losses.min()]
