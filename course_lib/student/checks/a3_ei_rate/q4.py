"""Visible checks of question 4: how slow inhibition may be."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers, short

Function = Callable[..., Any]
Circuit = tuple[np.ndarray, np.ndarray, int, float]
PAIR: Circuit = (np.array([[1.4, -1.2], [1.3, -0.7]]), np.array([1.5, 0.8]), 1, 25.0)
GROUPS: Circuit = (
    np.array([[1.2, 0.4, -1.0, -0.5], [0.5, 0.9, -0.4, -1.1], [1.1, 0.3, -0.6, -0.4], [0.4, 1.3, -0.3, -0.5]]),
    np.array([1.6, 1.3, 0.9, 1.1]),
    2,
    25.0,
)
CALM: Circuit = (np.array([[1.4, -1.2], [1.3, -0.7]]), np.array([0.5, 0.8]), 1, 25.0)


def _answer(critical_tau_i: Function, circuit: Circuit) -> np.ndarray:
    """Time constant and frequency, two numbers."""
    W, gain, n_exc, tau_e = circuit
    return numbers(critical_tau_i(W.copy(), gain.copy(), n_exc, tau_e)).reshape(2)


def _step(circuit: Circuit, tau_i: float) -> tuple[np.ndarray, float]:
    """What one short step of the linear circuit makes of small pushes, (n, n), and its length in ms."""
    W, gain, n_exc, tau_e = circuit
    clocks = np.repeat([tau_e, tau_i], [n_exc, len(W) - n_exc])[:, None]
    dt = 0.05 * min(tau_e, tau_i)

    def velocity(push: np.ndarray) -> np.ndarray:
        return np.asarray((gain[:, None] * (W @ push) - push) / clocks)

    start = np.eye(len(W))
    k1 = velocity(start)
    k2 = velocity(start + dt / 2 * k1)
    k3 = velocity(start + dt / 2 * k2)
    return start + dt / 6 * (k1 + 2 * k2 + 2 * k3 + velocity(start + dt * k3)), dt


def _growth(circuit: Circuit, tau_i: float) -> float:
    """The rate at which a small push grows in the long run, per ms: the step doubled thirty times."""
    step, time = _step(circuit, tau_i)
    total = 0.0
    for _ in range(30):
        step, time = step @ step, 2 * time
        size = np.abs(step).max()
        step, total = step / size, 2 * total + float(np.log(size))
    return total / time


def _swings(circuit: Circuit, tau_i: float) -> float:
    """Swings of the first population in a second, counted between crossings of zero after a while; 0 for none."""
    step, dt = _step(circuit, tau_i)
    push, seen = np.ones(len(step)), []
    for _ in range(6000):
        push = step @ push
        push = push / np.abs(push).max()
        seen.append(push[0])
    late = np.array(seen[2000:])
    crossings = np.flatnonzero(late[1:] * late[:-1] < 0)
    if len(crossings) < 5:
        return 0.0
    places = crossings + late[crossings] / (late[crossings] - late[crossings + 1])
    return float(1000 * (len(places) - 1) / 2 / ((places[-1] - places[0]) * dt))


def q4_form(critical_tau_i: Function) -> Iterator[Row]:
    """Two finite numbers that can be a time constant and a frequency."""
    for name, circuit in (("one population of each kind", PAIR), ("two of each kind", GROUPS)):
        found = numbers(critical_tau_i(circuit[0].copy(), circuit[1].copy(), circuit[2], circuit[3]))
        ok = found.size == 2 and bool(np.isfinite(found).all()) and bool(found.reshape(-1)[0] > 0)
        yours = ", ".join(short(part) for part in found.reshape(-1)[:3])
        yield Row(name, yours, "tau_i above zero, frequency", ok)


def q4_limit(critical_tau_i: Function) -> Iterator[Row]:
    """On both sides of the student's own value the circuit must do something else."""
    for name, circuit in (("pair", PAIR), ("two of each kind", GROUPS)):
        tau = _answer(critical_tau_i, circuit)[0]
        for width in (0.05, 0.001):
            below, above = (
                "dies out" if _growth(circuit, share * tau) < 0 else "grows" for share in (1 - width, 1 + width)
            )
            yours = f"a small push {below} {100 * width:g} % below and {above} {100 * width:g} % above"
            law = "dies out below, grows above: the fate of the slowest push to die"
            yield Row(f"{name}: around your tau_i", yours, law, (below, above) == ("dies out", "grows"))


def q4_rhythm(critical_tau_i: Function) -> Iterator[Row]:
    """A small push at the student's own time constant swings once in a period of the student's own frequency."""
    for name, circuit in (("pair", PAIR), ("two of each kind", GROUPS)):
        tau, frequency = _answer(critical_tau_i, circuit)
        swings = _swings(circuit, tau)
        ratio = frequency / swings if swings > 0 else 0.0
        yours = f"one swing lasts {short(ratio)} of your periods" if swings > 0 else "it does not swing at your tau_i"
        law = "one: a Hz is a swing in a second, clocks are in ms"
        yield Row(f"{name}: a push at your tau_i", yours, law, bool(abs(ratio - 1) < 0.01))


def q4_never(critical_tau_i: Function) -> Iterator[Row]:
    """A circuit that is never lost, and the unit of time."""
    tau, frequency = _answer(critical_tau_i, CALM)
    yours = f"{short(tau / CALM[3])} tau_e, {short(frequency)} Hz"
    law = "100 tau_e, 0 Hz: it rests with every clock"
    yield Row("excitation alone is calm", yours, law, bool(abs(tau / CALM[3] - 100) < 1e-6 and frequency == 0))
    (first, fast), (second, slow) = (_answer(critical_tau_i, (*GROUPS[:3], unit * GROUPS[3])) for unit in (1.0, 3.0))
    yours = f"tau_i {short(second / first)} times, frequency {short(slow / fast)} times" if fast else "no frequency"
    ok = bool(fast and abs(second / first - 3) < 0.01 and abs(3 * slow / fast - 1) < 0.02)
    yield Row("tau_e three times as long", yours, "three times, a third: only the ratio of clocks counts", ok)
