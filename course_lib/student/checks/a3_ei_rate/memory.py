"""The network of question 8 and its measure, for the visible check and for the judge.

The notebook shows `run_network` and `steps_remembered` in full, so that everybody can measure a design at home; only
the seeds of the judge's inputs and noise are others.
"""

import numpy as np

RUNGS = (("some", 5, 1.25), ("more", 4, 3.0), ("most", 5, 6.0), ("all", 4, 9.0))
"""Name, points and least number of steps of each part of the points: they stand in the question's text."""
CEILING = 10.0
PULSE_AT, PULSE_END = 200, 330  # steps: when a pulse comes, and when one stops looking for its trace
ABOVE_NOISE = 0.03  # three standard deviations of the noise


def run_network(
    W: np.ndarray,
    w_in: np.ndarray,
    b: np.ndarray,
    u: np.ndarray,
    noise: np.ndarray,
) -> np.ndarray:
    """Rates (time, trials, n) from silence; inputs u (time, trials), noise like the rates.

    r <- r / 2 + phi(W r + w_in u + b) / 2 + noise, phi a soft threshold with a ceiling of 10.
    """
    rates, r = np.empty_like(noise), np.zeros(noise.shape[1:])
    for k in range(len(u)):
        drive = r @ W.T + u[k][:, None] * w_in + b
        phi = np.minimum(np.logaddexp(0, 5 * drive) / 5, 10)
        rates[k] = r = r / 2 + phi / 2 + noise[k]
    return rates


def steps_remembered(
    W: np.ndarray, w_in: np.ndarray, b: np.ndarray, signs: np.ndarray, rng: np.random.Generator
) -> float:
    """R squared of the input of each of the last 60 steps, as E cells (signs > 0) tell it, summed.

    A linear readout of the E cells is fitted on 1600 steps for each delay and scored on the next
    1200, where less than 0 counts as 0; mean of three trials with inputs between -1 and 1 and
    noise of standard deviation 0.01.
    """
    u = rng.uniform(-1, 1, (3000, 3))
    rates = run_network(W, w_in, b, u, 0.01 * rng.normal(size=(3000, 3, len(b))))
    exc, now, total = np.flatnonzero(signs > 0), np.arange(200, 3000), 0.0
    for trial in range(3):
        cells = np.column_stack([rates[200:, trial, exc], np.ones(len(now))])
        past = np.stack([u[now - delay, trial] for delay in range(1, 61)], axis=1)
        square = cells[:1600].T @ cells[:1600] + 1e-3 * np.eye(len(exc) + 1)
        weights = np.linalg.solve(square, cells[:1600].T @ past[:1600])
        missed = ((past[1600:] - cells[1600:] @ weights) ** 2).mean(axis=0)
        total += np.maximum(1 - missed / past[1600:].var(axis=0), 0).sum()
    return float(total / 3)


def offence(W: np.ndarray, signs: np.ndarray) -> str:
    """The first column of W (n, n) that breaks Dale's law or holds a self-connection, in words; empty if none does."""
    for j, column in enumerate(W.T):
        if (column > 0).any() and (column < 0).any():
            return f"column {j} holds both signs, and the sign belongs to the sender"
        if (column < 0).any() and signs[j] > 0:
            return f"column {j} inhibits, and sender {j} is excitatory"
        if (column > 0).any() and signs[j] < 0:
            return f"column {j} excites, and sender {j} is inhibitory"
        if column[j] != 0:
            return f"column {j} sends to its own cell"
    return ""


def pulse(W: np.ndarray, w_in: np.ndarray, b: np.ndarray, signs: np.ndarray) -> tuple[int, float, int]:
    """What one pulse does to the E cells of a resting network without noise.

    Returns how many E cells rest at the ceiling; how much an input of -1 moves them in all, as a share of what an
    input of 1 does (or the other way round, so at most 1; 0 if neither moves any); and after how many steps the last
    trace of the larger one sinks below the noise.
    """
    u = np.zeros((PULSE_END, 3))
    u[PULSE_AT, 1:] = 1.0, -1.0
    rates = run_network(W, w_in, b, u, np.zeros((PULSE_END, 3, len(b))))[:, :, signs > 0]
    moved = np.abs(rates[PULSE_AT:, 1:] - rates[PULSE_AT:, :1])
    up, down = moved.sum(axis=(0, 2))
    seen = np.flatnonzero(moved.max(axis=(1, 2)) > ABOVE_NOISE)
    stuck = int((rates[PULSE_AT - 1, 0] > 0.99 * CEILING).sum())
    share = float(min(up, down) / max(up, down)) if max(up, down) > ABOVE_NOISE else 0.0
    return stuck, share, int(seen[-1]) + 1 if len(seen) else 0


def diagnosis(W: np.ndarray, w_in: np.ndarray, b: np.ndarray, signs: np.ndarray) -> str:
    """The first thing that stands in the way of a longer memory, in a sentence with the network's own figure."""
    stuck, share, steps = pulse(W, w_in, b, signs)
    if stuck > 0:
        return f"At rest {stuck} of its E cells sit at the ceiling, where nothing moves them."
    if share < 0.5:
        return f"Inputs of one sign move its E cells {share:.2g} times as much as the other: lost below threshold."
    if steps >= PULSE_END - PULSE_AT:
        return f"After {steps} steps a single pulse is still there: what never leaves covers what comes later."
    return f"After {steps} steps a single pulse has sunk below the noise in every E cell."
