"""Right answers to question 1, differently written; each gets every point."""

import numpy as np
import torch


def step_by_step(pulses):
    """A loop over time that writes where there is a pulse."""
    said = np.zeros(pulses.shape)
    state = np.zeros(pulses[:, 0].shape)
    for k in range(pulses.shape[1]):
        state = np.where(pulses[:, k] > 0, 1.0, np.where(pulses[:, k] < 0, -1.0, state))
        said[:, k] = state
    return said


def in_torch(pulses):
    """Indices of the last pulse by a running maximum, whole numbers as the answer."""
    pulses = torch.as_tensor(pulses)
    steps = torch.arange(pulses.shape[1])[None, :, None]
    last = torch.where(pulses != 0, steps, torch.zeros_like(steps)).cummax(dim=1).values
    return torch.gather(pulses.sign(), 1, last).to(torch.int8)


def one_number_after_the_other(pulses):
    """Plain lists."""
    said = []
    for trial in pulses.tolist():
        state, rows = [0] * len(trial[0]), []
        for row in trial:
            state = [(p > 0) - (p < 0) or old for p, old in zip(row, state, strict=True)]
            rows.append(list(state))
        said.append(rows)
    return said


def single_precision(pulses):
    """Sums of what each pulse changes, in float32."""
    signs = np.sign(np.float32(pulses))
    said = np.zeros_like(signs)
    for trial in range(len(signs)):
        for bit in range(signs.shape[2]):
            places = np.flatnonzero(signs[trial, :, bit])
            jumps = np.zeros(signs.shape[1], np.float32)
            jumps[places] = np.diff(signs[trial, places, bit], prepend=0)
            said[trial, :, bit] = np.cumsum(jumps)
    return said
