"""Visible checks of question 1: the velocity of a network of currents."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short
from course_lib.student.checks.a2_ctrnn.figures import plain

Function = Callable[..., Any]
N, M = 5, 2


def _network(seed: int = 1, clocks: bool = False) -> list[np.ndarray]:
    """W_rec, W_in, b and tau of a small network; tau is 1 for all unless every unit has its own clock."""
    rng = np.random.default_rng(seed)
    tau = np.array([0.3, 0.9, 1.7, 3.0, 6.0]) if clocks else np.ones(N)
    return [rng.normal(size=(N, N)), rng.normal(size=(N, M)), rng.normal(size=N), tau]


def _state(*lead: int, seed: int = 2, size: int = N) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1.5, 1.5, (*lead, size))


def _moves(field: Function, h: np.ndarray, u: np.ndarray, network: list[np.ndarray]) -> np.ndarray:
    """The student's velocity, for copies."""
    return numbers(field(h.copy(), u.copy(), *(part.copy() for part in network)))


def q1_form(field: Function) -> Iterator[Row]:
    """Shapes, and a batch against its states one by one."""
    network = _network()
    found = _moves(field, _state(), _state(size=M), network).shape
    yield Row("shape for h (5,), u (2,)", str(found), "(5,)", found == (N,))
    h, u = _state(N), _state(N, size=M)
    batch = _moves(field, h, u, network)
    alone = np.array([_moves(field, *pair, network) for pair in zip(h, u, strict=True)])
    same = batch.shape == (N, N)
    gap = np.abs(batch - alone).max() if same else np.inf
    yours = f"off by up to {plain(gap)}" if same else f"shape {batch.shape}"
    if same and gap > 1e-3 and np.allclose(batch, alone.T, atol=1e-3):
        yours = "units along the first axis"
    yield Row("5 states of 5 units", yours, "the velocity of each state alone, in its row", gap < 1e-3)
    found = _moves(field, _state(2, 1), _state(3, size=M), network).shape
    yield Row("shape for h (2, 1, 5), u (3, 2)", str(found), "(2, 3, 5): one for every pair", found == (2, 3, N))


def q1_leak(field: Function) -> Iterator[Row]:
    """Without weights and bias every current decays."""
    h, u, silent = _state(4), np.zeros(M), [np.zeros((N, N)), np.zeros((N, M)), np.zeros(N)]
    ratio = _moves(field, h, u, [*silent, np.ones(N)]) / h + 0.0
    gap = np.abs(ratio + 1).max()
    yours = f"from {short(ratio.min())} to {short(ratio.max())}"
    yield Row("no weights, velocity over current", yours, "minus one, at every current", gap < 1e-3)
    tau = _network(clocks=True)[3]
    rate = -_moves(field, h, u, [*silent, tau]) / h * tau
    gap = np.abs(rate - 1).max()
    yours = f"from {short(rate.min())} to {short(rate.max())}"
    yield Row("rate of decay times tau", yours, "one, for every unit", gap < 1e-3)


def q1_clocks(field: Function) -> Iterator[Row]:
    """Time constants in a network that hears."""
    h, u, network = _state(4), _state(4, size=M), _network(clocks=True)
    base = _moves(field, h, u, network)
    slow = _moves(field, h, u, [*network[:3], 2 * network[3]]) / base
    yours = f"velocities times {short(slow.min())} to {short(slow.max())}"
    yield Row("all tau twice as long", yours, "half of each", np.abs(slow - 0.5).max() < 1e-3)
    tau = network[3].copy()
    tau[1] *= 2
    moved = np.abs(_moves(field, h, u, [*network[:3], tau]) / base - 1).max(axis=0)
    others = np.delete(moved, 1).max()
    yours = f"others change by {plain(100 * others)} %"
    yield Row("tau of unit 1 twice as long", yours, "only its own velocity changes", others < 1e-3)


def q1_drive(field: Function) -> Iterator[Row]:
    """What bias, input and senders do."""
    h, u, network = _state(4), _state(4, size=M), _network()
    W_rec, W_in, b, tau = network
    base = _moves(field, h, u, network)
    moved = _moves(field, h, u, [W_rec, W_in, b + np.eye(N)[2], tau]) - base
    own, others = moved[:, 2], np.delete(moved, 2, axis=1)
    yours = f"its velocity moves by {short(own.min())} to {short(own.max())}, others by {plain(np.abs(others).max())}"
    ok = np.abs(own - 1).max() < 1e-3 and np.abs(others).max() < 1e-3
    yield Row("bias of unit 2 grows by one", yours, "by one, no other: nothing squeezes the sum", ok)
    without, once, tenfold = (_moves(field, h, factor * u, network) for factor in (0, 1, 10))
    if np.abs(once - without).max() < 1e-6:
        yield Row("input from 0 to u", "nothing moves", "the network hears it", False)
    gain = np.abs(tenfold - without).sum() / max(np.abs(once - without).sum(), 1e-300)
    yield Row("input ten times as large", f"its effect grows {short(gain)}-fold", "tenfold", abs(gain - 10) < 1e-2)
    strong = [
        _moves(field, np.eye(N)[1] * size, 0 * u[0], [W_rec, W_in, 0 * b, tau]) for size in (0.0, 12.0, 24.0, -12.0)
    ]
    effect = [np.delete(found - strong[0], 1) for found in strong]
    gap = np.abs(effect[2] - effect[1]).max() / max(np.abs(effect[1]).max(), 1e-300)
    yours = f"its effect on others changes by {plain(100 * gap)} %"
    yield Row("a sender at 24 instead of 12", yours, "not at all: a sender has a ceiling", gap < 1e-3)
    gap = np.abs(effect[3] + effect[1]).max()
    yield Row("a sender at -12 instead of 12", f"off by {plain(gap)}", "its effect turns round", gap < 1e-3)


def q1_wiring(field: Function) -> Iterator[Row]:
    """One weight of W_rec more."""
    h, u, network = _state(4), _state(4, size=M), _network()
    more = network[0].copy()
    more[3, 1] += 1
    moved = np.abs(_moves(field, h, u, [more, *network[1:]]) - _moves(field, h, u, network)).max(axis=0)
    units = ", ".join(str(unit) for unit in np.flatnonzero(moved > 1e-6)) or "no unit"
    ok = moved[3] > 1e-6 and np.delete(moved, 3).max() < 1e-6
    yield Row("W_rec[3, 1] grows", f"moves {units}", "moves unit 3: rows receive, columns send", bool(ok))
