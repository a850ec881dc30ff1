"""The reference of a0_corpus: a step, a layer and an orbit, each a line or two of numpy."""

import numpy as np


def step(x: np.ndarray, rate: float, dt: float) -> np.ndarray:
    """One Euler step of x' = -rate x; x (batch, dim)."""
    return x - dt * rate * x


def drive(W: np.ndarray, x: np.ndarray) -> np.ndarray:
    """tanh(W x) of each state; W (out, in), x (batch, in), result (batch, out)."""
    return np.tanh(x @ W.T)


def orbit(W: np.ndarray, x0: np.ndarray, n: int) -> np.ndarray:
    """x0 and its n images under x -> tanh(W x); W (dim, dim), x0 (dim,), result (n + 1, dim)."""
    states = [x0]
    for _ in range(n):
        states.append(np.tanh(W @ states[-1]))
    return np.stack(states)
