"""Visible checks of question 4: velocity and Jacobian of a closed loop."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short
from course_lib.student.checks.a2_ctrnn.figures import plain

Function = Callable[..., Any]
N, K = 5, 2
FAR = 18.0  # a current at which tanh has reached its ceiling


def _network(seed: int = 1) -> dict[str, np.ndarray]:
    """Arguments of the student's function but for h, by name."""
    rng = np.random.default_rng(seed)
    shapes = {"W_rec": (N, N), "W_in": (N, K), "b": (N,), "C": (K, N), "d": (K,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()} | {
        "tau": np.array([0.4, 2.0, 0.6, 3.0, 1.7])
    }


def _state(*lead: int, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1.0, 1.0, (*lead, N))


def _answer(loop: Function, h: np.ndarray, **network: np.ndarray) -> list[np.ndarray]:
    """Velocity and Jacobian of the student's, for copies."""
    parts = {**_network(), **network}
    dh, J = loop(h.copy(), *(parts[name].copy() for name in ("W_rec", "W_in", "b", "C", "d", "tau")))
    return [numbers(dh), numbers(J)]


def q4_form(loop: Function) -> Iterator[Row]:
    """Shapes for three leading shapes."""
    for lead in ((), (4,), (2, 3)):
        answer = loop(_state(*lead), *(_network()[name] for name in ("W_rec", "W_in", "b", "C", "d", "tau")))
        pair = isinstance(answer, tuple | list) and len(answer) == 2
        found = [numbers(part).shape for part in answer] if pair else []
        yours = f"dh {found[0]}, J {found[1]}" if pair else f"a {type(answer).__name__}, not the pair dh, J"
        ok = found == [(*lead, N), (*lead, N, N)]
        yield Row(f"shapes for states {(*lead, N)}", yours, "dh (..., N), J (..., N, N)", ok)


def q4_open(loop: Function) -> Iterator[Row]:
    """The loop cut: C = 0."""
    h, network, cut = _state(4), _network(), np.zeros((K, N))
    base = _answer(loop, h, C=cut)[0]
    moved = (_answer(loop, h, C=cut, b=network["b"] + 1)[0] - base) * network["tau"]
    yours = f"velocity times tau moves by {short(moved.min())} to {short(moved.max())}"
    law = "by one: nothing squeezes the sum"
    yield Row("C = 0, all biases grow by one", yours, law, bool(np.abs(moved - 1).max() < 1e-3))
    heard = network["W_in"] @ network["d"]
    gap = np.abs(_answer(loop, h, C=cut, d=0 * network["d"], b=network["b"] + heard)[0] - base).max()
    law = "the same velocity: the input is d"
    yield Row("C = 0, W_in d put into the bias", f"off by {plain(gap)}", law, bool(gap < 1e-3))
    nothing = {"W_rec": np.zeros((N, N)), "C": cut}
    own = np.einsum("...ii->...i", _answer(loop, h, **nothing)[1]) * network["tau"]
    yours = f"{short(own.min())} to {short(own.max())}"
    law = "minus one: each current leaks"
    yield Row("no weights: J[i, i] times tau_i", yours, law, bool(np.abs(own + 1).max() < 1e-3))


def q4_loop(loop: Function) -> Iterator[Row]:
    """What the readout does to the velocity, and closing to the Jacobian."""
    h, network = _state(4), _network()
    cut, once, twice = (_answer(loop, h, C=factor * network["C"]) for factor in (0, 1, 2))
    effect, double = once[0] - cut[0], twice[0] - cut[0]
    yield Row(
        "C from 0 to C", f"velocities move by {plain(np.abs(effect).max())}", "they move", np.abs(effect).max() > 1e-3
    )
    gain = np.abs(double).sum() / max(np.abs(effect).sum(), 1e-300)
    yield Row("C twice as large", f"its effect grows {short(gain)}-fold", "twofold", abs(gain - 2) < 1e-3)
    positive = {name: np.abs(network[name]) for name in ("W_in", "C")}
    push = (
        _answer(loop, np.abs(h), **positive)[0] - _answer(loop, np.abs(h), **{**positive, "C": 0 * network["C"]})[0]
    ).min()
    law = "up: what is read is added"
    yield Row("all of it positive: the loop pushes", "up" if push > 0 else "down", law, bool(push > 0))
    far = [_answer(loop, h[0] * 0 + size * np.eye(N)[1])[0] for size in (FAR, 2 * FAR)]
    gap = np.abs(np.delete(far[1] - far[0], 1)).max()
    yours = f"others move by {plain(gap)}"
    yield Row("current of unit 1 from 18 to 36", yours, "not at all: rates are read, and sent", bool(gap < 1e-3))
    sizes = np.linalg.svd(network["tau"][:, None] * (once[1] - cut[1])[0], compute_uv=False)
    rank = int((sizes > 1e-4 * max(sizes[0], 1e-3)).sum())
    law = "rank 2: two numbers go back"
    yield Row("J, closed minus cut, times tau", f"rank {rank}", law, rank == K)


def q4_derivative(loop: Function) -> Iterator[Row]:
    """The Jacobian: a silent sender, and the student's own velocity nudged."""
    h = _state(3, seed=3)
    h[1, 2] = FAR
    J = _answer(loop, h)[1][1].copy()
    J[2, 2] = 0
    size = np.abs(J[:, 2]).max()
    law = "none: its rate no longer changes"
    yield Row("slopes of a sender at its ceiling", f"up to {plain(size)}", law, bool(size < 1e-3))
    h = _state(4, seed=4)
    J = _answer(loop, h)[1]
    for j in range(N):
        nudge = 1e-4 * np.eye(N)[j]
        forward, backward = (_answer(loop, h + sign * nudge)[0] for sign in (1, -1))
        rate = (forward - backward) / 2e-4
        gap = np.abs(rate - J[..., j])
        n, i = np.unravel_index(gap.argmax(), gap.shape)
        yours = f"unit {i} changes by {short(rate[n, i])}, your J says {short(J[n, i, j])}"
        law = "J[i, j]: change of dh_i per current of j"
        yield Row(f"nudging unit {j}, your own dh", yours, law, bool(gap[n, i] < 0.02 * (1 + np.abs(rate).max())))
