"""Question 4: how slow inhibition may be before a state of rest turns into a rhythm.

The page solves two populations with slope one, where a trace of zero is the whole story. Here the slopes of the
working point are given, and half of the circuits have two excitatory and two inhibitory populations, where the trace
says nothing; the library has no search for a critical time constant, so neither a call of it nor a copy fits.

A change of clocks never moves a real eigenvalue through zero (the determinant of -1 + gain W does not know them), so
what is lost is lost to a rotating pair: the rhythm is there in every case. Dividing columns by tau instead of rows, or
multiplying columns by the slopes, leaves the spectrum as it is: both are right answers, and stand among the variants.

Drawn: the rest is stable with fast inhibition, and is lost once and for all between 0.2 and 6 tau_e on a grid of 160
time constants from 0.001 to 100 tau_e (or never there, with room to spare), so that any way of searching finds the
same. A rest that is never lost is told as 100 tau_e, a number, since infinity is no answer that can be averaged.

Tolerance: 1e-3 of the time constant, as the text says, 1e-2 of the frequency. Drawn are crossings that are steep (the
leading real part changes by at least 0.03 of the fastest rate per unit of ln tau), of one pair alone (all others are
0.02 of the fastest rate behind it), and whose frequency changes by less than 3 % per per cent of tau_i. Float32
eigenvalues are good to 1e-6 of the fastest rate, which is 3e-5 in ln tau. A search on whole milliseconds is 0.5 ms off
on average: five tolerances on some case of every draw (guarded).
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import critical_tau_i

TAU, FREQUENCY = 1e-3, 1e-2
STEEP, APART, DRIFT = 0.03, 0.02, 3.0
PAIR, GROUPS = (1, 1), (2, 2)  # excitatory and inhibitory populations

SENTENCES = {
    "pair": "One population of each kind. {seen}",
    "groups": "Two populations of each kind. {seen}",
    "rhythm": "Your rhythm has {yours} Hz. {seen}",
    "never": "A circuit that rests at all tau_i up to 100 tau_e comes out as {yours:.4g} ms. {seen}",
}
SEEN = {
    "form": "What came back is no pair of finite numbers, the time constant in ms and the frequency in Hz.",
    "rest": "At your tau_i of {yours:.4g} ms the circuit rests: its leading real part is {lead:.2g} per ms. {how}",
    "gone": "At your tau_i of {yours:.4g} ms the rest is long lost: its leading real part is {lead:.2g} per ms. {how}",
    "close": "Your tau_i of {yours:.4g} ms is near the limit and not on it: a closer search is needed.",
    "below": "Your tau_i of {yours:.4g} ms is no time constant.",
    "how": "The limit is where the largest real part among all eigenvalues of the Jacobian crosses zero, each row "
    "with its slope and its clock.",
    "turn": "The pair that crosses zero turns through its imaginary part, in radians per ms; a Hz is a turn a second.",
    "first": "The time constant is not right yet: begin there.",
    "cap": "It rests at all tau_i that were asked for, so the answer is 100 tau_e, with a frequency of 0.",
    "frequency": "Nothing oscillates there, so the frequency is 0.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Lost with a pair of populations (2) and with two of each kind (3); never lost (2)."""
    return [
        _case(rng, "pair", PAIR, True),
        _case(rng, "groups", GROUPS, True),
        _case(rng, "pair", PAIR, True),
        *(_case(rng, "groups", GROUPS, True) for _ in range(2)),
        _case(rng, "never", PAIR, False),
        _case(rng, "never", GROUPS, False),
    ]


def _case(rng, stratum, sizes, lost):
    while True:
        inputs = _circuit(rng, *sizes)
        if _sound(*inputs, lost):
            answer = critical_tau_i(*inputs)
            if not lost or _clear(*inputs, answer[0]):
                return Case(stratum, inputs, answer)


def _circuit(rng, n_exc, n_inh):
    """Weights, slopes, and clocks; the connections within and between kinds differ up to fivefold."""
    n = n_exc + n_inh
    W = rng.uniform(0.3, 1.5, (n, n)) * np.where(np.arange(n) < n_exc, 1.0, -1.0)
    tau_e = float(rng.uniform(5, 20))
    return W, rng.uniform(0.4, 2.5, n), n_exc, tau_e


def modes(W, gain, n_exc, tau_e, tau_i):
    """Eigenvalues of the Jacobian, real parts falling, for each of the time constants tau_i (m,), (m, n), per ms."""
    tau = np.where(np.arange(len(W)) < n_exc, tau_e, np.asarray(tau_i, dtype=float)[:, None])
    found = np.linalg.eigvals((gain[:, None] * W - np.eye(len(W))) / tau[:, :, None])
    return np.take_along_axis(found, np.argsort(-found.real, axis=1), axis=1)


def leading(W, gain, n_exc, tau_e, tau_i):
    """Largest real part for each of the time constants tau_i (m,), (m,), per ms."""
    return modes(W, gain, n_exc, tau_e, tau_i)[:, 0].real


def _sound(W, gain, n_exc, tau_e, lost):
    """Whether the rest is lost once, between 0.2 and 6 tau_e, or clearly never."""
    grid = np.geomspace(1e-3, 100, 160) * tau_e
    ends = leading(W, gain, n_exc, tau_e, grid[[0, -1]])
    if (ends > 0).tolist() != [False, lost]:
        return False
    real = leading(W, gain, n_exc, tau_e, grid)
    if not lost:
        return (real * np.maximum(grid, tau_e)).max() < -0.02
    return (np.diff(real > 0) != 0).sum() == 1 and 0.2 * tau_e < grid[np.argmax(real > 0)] < 6 * tau_e


def _clear(W, gain, n_exc, tau_e, tau_i):
    """Whether one pair crosses zero steeply, apart from the others, at a frequency that changes slowly with tau_i."""
    near = modes(W, gain, n_exc, tau_e, [0.99 * tau_i, 1.01 * tau_i])
    low, high = near[:, 0]
    fastest = np.abs(gain[:, None] * W - np.eye(len(W))).max() / min(tau_e, tau_i)
    apart = len(W) == 2 or (near[:, 0] - near[:, 2]).real.min() > APART * fastest
    if not apart or min(abs(low.imag), abs(high.imag)) == 0:
        return False
    steep, drift = (high - low).real / 0.02 / fastest, abs(np.log(abs(high.imag / low.imag))) / 0.02
    return steep > STEEP and drift < DRIFT


def _read(value):
    """Time constant and frequency; None when they are not two finite numbers."""
    found = array(value)
    return None if found is None or found.size != 2 else found.reshape(2)


def tau_miss(case: Case, value) -> float:
    """Error of the time constant in tolerances; an answer without a frequency may hold it alone."""
    found = array(value)
    first = None if found is None or found.size not in (1, 2) else found.reshape(-1)[:1]
    return miss(first, np.array(case.expected[:1]), TAU * case.expected[0])


def frequency_miss(case: Case, value) -> float:
    """Error of the frequency in tolerances."""
    found = _read(value)
    second = None if found is None else found[1:]
    return miss(second, np.array(case.expected[1:]), FREQUENCY * case.expected[1])


def _lost(case, value):
    found = array(value)
    if found is None or found.size not in (1, 2):
        return False, {"seen": SEEN["form"]}
    yours = float(found.reshape(-1)[0])
    if yours <= 0:
        seen = SEEN["below"].format(yours=yours)
    elif abs(yours / case.expected[0] - 1) < 0.1:
        seen = SEEN["close"].format(yours=yours)
    else:
        lead = float(leading(*case.inputs, [yours])[0])
        seen = SEEN["gone" if lead > 0 else "rest"].format(yours=yours, lead=lead, how=SEEN["how"])
    return tau_miss(case, value) <= 1, {"seen": seen}


def _rhythm(case, value):
    found = _read(value)
    if found is None:
        return False, {"yours": "no", "seen": SEEN["form"]}
    seen = SEEN["first" if tau_miss(case, value) > 1 else "turn"]
    return frequency_miss(case, value) <= 1, {"yours": float(found[1]), "seen": seen}


def _never(case, value):
    found = _read(value)
    if found is None:
        return False, {"seen": SEEN["form"]}
    right = tau_miss(case, value) <= 1
    ok = right and abs(found[1]) < 1e-6
    return ok, {"yours": float(found[0]), "seen": SEEN["frequency" if right else "cap"]}


def _whole_milliseconds(W, gain, n_exc, tau_e):
    grid = np.arange(1.0, 7 * tau_e)
    lost = leading(W, gain, n_exc, tau_e, grid) > 0
    return float(grid[np.argmax(lost)]), 0.0


def _trace(W, gain, n_exc, tau_e):
    slopes = gain * np.diag(W) - 1
    return -slopes[n_exc:].sum() * tau_e / max(slopes[:n_exc].sum(), 1e-9), 0.0


QUESTION = Question(
    name="q4",
    title="How slow may inhibition be?",
    function="critical_tau_i",
    draw=Guarded(draw, tau_miss, {"whole milliseconds": _whole_milliseconds, "trace": _trace}, strata=("groups",)),
    properties=(
        Property("pair", 4, per_case(_lost, strata=("pair",))),
        Property("groups", 3, per_case(_lost, strata=("groups",))),
        Property("rhythm", 3, per_case(_rhythm, strata=("pair", "groups"))),
        Property("never", 2, per_case(_never, strata=("never",)), needs="pair"),
    ),
    sentences=SENTENCES,
    cpu_seconds=3.0,
)
