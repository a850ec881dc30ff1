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


def _leading(circuit: Circuit, tau_i: float) -> complex:
    """The eigenvalue with the largest real part of the circuit with this inhibitory clock, per ms."""
    W, gain, n_exc, tau_e = circuit
    tau = np.where(np.arange(len(W)) < n_exc, tau_e, tau_i)
    modes = np.linalg.eigvals((gain[:, None] * W - np.eye(len(W))) / tau[:, None])
    return complex(modes[modes.real.argmax()])


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
        for width in (0.05, 0.002):
            below, above = (_leading(circuit, share * tau).real for share in (1 - width, 1 + width))
            percent = f"{100 * width:g} %"
            words = ["rest" if real < 0 else "no rest" for real in (below, above)]
            yours = (
                f"{words[0]} {percent} below, {words[1]} {percent} above (real parts {below:.1g}, {above:.1g} per ms)"
            )
            law = "rest below, no rest above: the largest real part crosses zero"
            yield Row(f"{name}: around your tau_i", yours, law, below < 0 < above)


def q4_rhythm(critical_tau_i: Function) -> Iterator[Row]:
    """The leading pair at the student's own time constant turns once in a period of the student's own frequency."""
    for name, circuit in (("pair", PAIR), ("two of each kind", GROUPS)):
        tau, frequency = _answer(critical_tau_i, circuit)
        turns = abs(_leading(circuit, tau).imag) * 1000 / (2 * np.pi) / frequency if frequency > 0 else np.inf
        yours = f"in one of your periods it turns {short(turns)} times" if frequency > 0 else "no frequency"
        law = "once round: a Hz is a turn in a second, clocks are in ms"
        yield Row(f"{name}: the pair that crosses zero", yours, law, bool(abs(turns - 1) < 0.01))


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
