"""a1_lorenz, the student's side: what is open, the heads of the functions, and the visible checks.

The public cases come from other ranges than the hidden ones, and every property is a law, never an answer.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course_lib.student.checks import Check, Row, numbers, short
from course_lib.student.data import data

TITLE = "Problem set 1, Flows and chaos"
VERSION = 1
OPEN: tuple[str, ...] = ()
CLOSED = {
    "systems": "question 1",
    "dynamics": "question 1",
    "integrate": "question 2",
    "analysis": "question 3",
}
WRITTEN = {"q6": (80, 250)}  # words

Function = Callable[..., Any]


# question 1


def _states(shape: tuple[int, ...], seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-6, 9, shape)


def q1_form(lorenz: Function) -> Iterator[Row]:
    """Shapes for three leading shapes."""
    for shape in ((3,), (4, 3), (2, 5, 3)):
        answer = lorenz(_states(shape), 9.0, 25.0, 2.0, -1.0)
        pair = isinstance(answer, tuple | list) and len(answer) == 2
        found = [numbers(part).shape for part in answer] if pair else []
        yours = f"f {found[0]}, J {found[1]}" if pair else f"a {type(answer).__name__}, not the pair f, J"
        yield Row(f"shapes for states {shape}", yours, "f (..., 3), J (..., 3, 3)", found == [shape, (*shape, 3)])


def q1_rest(lorenz: Function) -> Iterator[Row]:
    """Rest points and symmetry of the velocity."""
    parameters = (9.0, 25.0, 2.0, -1.3)
    speed = np.abs(numbers(lorenz(np.zeros((2, 3)), *parameters)[0])).max()
    yield Row("the origin rests", f"speed {short(speed)}", "speed 0, for all parameters", speed < 1e-9)
    x = _states((6, 3))
    turned = np.array([-1.0, -1.0, 1.0])
    f, g = (numbers(lorenz(state, *parameters)[0]) for state in (x, x * turned))
    gap = np.abs(f * turned - g).max()
    wanted = "f_x, f_y turn round too, f_z stays"
    yield Row("turn x and y round", f"off by up to {short(gap)}", wanted, gap < 1e-3)
    height = parameters[1] + parameters[3]
    side = np.sqrt(parameters[2] * height)
    speeds = np.linalg.norm(
        numbers(lorenz(np.array([[side, side, height], [-side, -side, height]]), *parameters)[0]), axis=-1
    )
    law = "speed 0 at x = y = ±sqrt(beta z), z = rho + delta"
    yield Row("two more points rest", f"speeds {short(speeds[0])}, {short(speeds[1])}", law, speeds.max() < 1e-3)


def q1_terms(lorenz: Function) -> Iterator[Row]:
    """Every parameter counts where it stands."""
    x = _states((5, 3), seed=2)
    base = numbers(lorenz(x, 9.0, 25.0, 2.0, -1.0)[0])
    for name, parameters, column, change in (
        ("delta", (9.0, 25.0, 2.0, 0.0), 1, x[:, 1]),
        ("rho", (9.0, 26.0, 2.0, -1.0), 1, x[:, 0]),
        ("sigma", (10.0, 25.0, 2.0, -1.0), 0, x[:, 1] - x[:, 0]),
        ("beta", (9.0, 25.0, 3.0, -1.0), 2, -x[:, 2]),
    ):
        moved = numbers(lorenz(x, *parameters)[0]) - base
        law = {"delta": "y", "rho": "x", "sigma": "y - x", "beta": "-z"}[name]
        ok = np.abs(moved[:, column] - change).max() < 1e-3 and np.abs(np.delete(moved, column, 1)).max() < 1e-3
        yours = f"f changes by {', '.join(short(part) for part in moved[0])} at the first state"
        yield Row(f"{name} grows by one", yours, f"only f_{'xyz'[column]} changes, by {law}", ok)


def q1_derivative(lorenz: Function) -> Iterator[Row]:
    """The Jacobian against the student's own velocity."""
    parameters = (9.0, 25.0, 2.0, -1.3)
    x = _states((5, 3), seed=3)
    J = numbers(lorenz(x, *parameters)[1])
    traces = np.trace(J, axis1=-2, axis2=-1)
    ok = np.ptp(traces) < 1e-3 * (1 + np.abs(traces).max())
    law = "one value: volumes change at one rate everywhere"
    yield Row("trace of J over five states", f"from {short(traces.min())} to {short(traces.max())}", law, ok)
    for j in range(3):
        nudge = np.zeros(3)
        nudge[j] = 0.5
        forward, backward = (numbers(lorenz(x + sign * nudge, *parameters)[0]) for sign in (1, -1))
        rate = forward - backward
        gap = np.abs(rate - J[..., j])
        n, i = np.unravel_index(gap.argmax(), gap.shape)
        yours = f"f_{'xyz'[i]} changes by {short(rate[n, i])}, your J says {short(J[n, i, j])}"
        yield Row(f"nudging {'xyz'[j]}, your own f", yours, "J[i, j]: change of f_i per x_j", gap[n, i] < 1e-3)


# question 2


def _pushed(t: float, x: Any) -> Any:
    """A pushed spring, x'' = -x + cos 2t; arrays in, arrays out, tensors in, tensors out."""
    swapped = x[..., [1, 0]]
    return swapped * _like([1.0, -1.0], x) + _like([0.0, float(np.cos(2 * float(t)))], x)


def _like(values: list[float], x: Any) -> Any:
    return x.new_tensor(values) if hasattr(x, "new_tensor") else np.array(values)


def _exact(x0: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The pushed spring on paper, (batch, time, 2), for a grid that starts at 0."""
    a, b = x0[:, :1] + 1 / 3, x0[:, 1:]
    place = a * np.cos(t) + b * np.sin(t) - np.cos(2 * t) / 3
    return np.stack([place, -a * np.sin(t) + b * np.cos(t) + 2 * np.sin(2 * t) / 3], axis=-1)


_STARTS = np.array([[1.0, 0.0], [0.2, -1.0], [-0.7, 0.4]])


def q2_form(rk4: Function) -> Iterator[Row]:
    """Layout and first sample."""
    t = np.linspace(0, 1, 5)
    x = numbers(rk4(_pushed, _STARTS.copy(), t))
    yield Row("shape for 3 starts, 5 times", str(x.shape), "(batch, time, dim)", x.shape == (3, 5, 2))
    gap = np.abs(x[:, 0] - _STARTS).max()
    yield Row("the first sample", f"{short(gap)} away from the start", "the start itself", gap < 1e-6)


def q2_constant(rk4: Function) -> Iterator[Row]:
    """The weights sum to one."""
    x = numbers(rk4(lambda t, x: 0 * x + 2.0, _STARTS.copy(), np.array([0.0, 0.5])))
    moved = (x[:, 1] - x[:, 0]).mean()
    wanted = "step times velocity"
    yield Row("constant velocity 2, step 0.5", f"moves by {short(moved)}", wanted, abs(moved - 1) < 1e-5)


def _error(rk4: Function, t: np.ndarray) -> float:
    return float(np.sqrt(np.mean((numbers(rk4(_pushed, _STARTS.copy(), t)) - _exact(_STARTS, t)) ** 2)))


def q2_order(rk4: Function) -> Iterator[Row]:
    """Observed order on a pushed spring."""
    rough, fine = (_error(rk4, np.linspace(0, 6, n + 1)) for n in (15, 30))
    gain = rough / max(fine, 1e-300)
    order = np.log2(gain) if gain > 0 else 0.0
    yours = f"divides the error by {gain:.1f}: order {order:.1f}"
    yield Row("halving the step, pushed spring", yours, "order 4: sixteen times less", order > 3.4 and fine < 0.01)


def q2_uneven(rk4: Function) -> Iterator[Row]:
    """Uneven grids, and time that runs back."""
    t = np.concatenate([[0.0], np.cumsum(np.tile([0.1, 0.3, 0.2], 8))])
    uneven, even = _error(rk4, t), _error(rk4, np.linspace(0, t[-1], len(t)))
    yours = f"{short(uneven / max(even, 1e-300))} times the error of an even one"
    yield Row("an uneven grid", yours, "about the same: each step its own length", uneven < 20 * even + 1e-6)
    forth = np.linspace(0, 3, 31)
    end = numbers(rk4(_pushed, _STARTS.copy(), forth))[:, -1]
    gap = np.abs(numbers(rk4(_pushed, end, forth[::-1].copy()))[:, -1] - _STARTS).max()
    yield Row("there and back again", f"{short(gap)} away from home", "home: a step may be negative", gap < 1e-3)


# question 3


def _maps(n: int = 400, d: int = 3) -> np.ndarray:
    return np.random.default_rng(4).normal(size=(n, d, d))


def q3_form(spectrum: Function) -> Iterator[Row]:
    """Shape and order."""
    found = numbers(spectrum(_maps(), 0.5, 50))
    yield Row("shape for 3 x 3 maps", str(found.shape), "(d,)", found.shape == (3,))
    finite = bool(np.isfinite(found).all())
    yield Row("finite numbers", ", ".join(short(e) for e in found), "no overflow in 400 maps", finite)
    falling = bool(np.all(np.diff(found) <= 1e-9))
    yield Row("order", ", ".join(short(e) for e in found), "descending", falling)


def q3_diagonal(spectrum: Function) -> Iterator[Row]:
    """Maps that are diagonal and constant."""
    rates = np.array([0.3, -0.2, -1.1])
    found = numbers(spectrum(np.broadcast_to(np.diag(np.exp(rates)), (200, 3, 3)).copy(), 1.0, 20))
    gap = np.abs(found - rates).max()
    yours = ", ".join(short(e) for e in found)
    yield Row("constant diagonal maps", yours, "natural logarithms of the diagonal", gap < 1e-4)


def q3_volume(spectrum: Function) -> Iterator[Row]:
    """Sum rule, and whether the directions stay apart."""
    maps = _maps()
    found = numbers(spectrum(maps, 1.0, 50))
    alike = np.ptp(found) < 0.05
    yours = ", ".join(short(e) for e in found)
    law = "apart: vectors that are only shortened all turn into the fastest"
    yield Row("your exponents", yours, law, not alike)
    volume = np.log(np.abs(np.linalg.det(maps[50:]))).mean()
    law = "the mean log of the volume change, over the same maps"
    yield Row("sum rule", f"your sum is {short(found.sum())}", law, abs(found.sum() - volume) < 1e-2)


def q3_time(spectrum: Function) -> Iterator[Row]:
    """Units of time, and the maps that do not count."""
    maps = _maps()
    base, slow = (numbers(spectrum(maps, dt, 50)) for dt in (1.0, 2.0))
    ratio = slow[0] / base[0]
    yield Row("twice as long a step", f"first exponent times {short(ratio)}", "half of it", abs(ratio - 0.5) < 1e-3)
    other = maps.copy()
    other[:50] *= 3.0
    moved = np.abs(numbers(spectrum(other, 1.0, 50)) - base).max()
    yield Row("tripled maps before skip", f"exponents move by {short(moved)}", "they do not count", moved < 1e-3)


# question 4


def _curve(slope: float, lift: float, ceiling: float, length: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    lag = np.linspace(0, length, 260)
    line = -8 + lift * (1 - np.exp(-4 * slope * lag)) + slope * lag
    noise = 0.01 * np.random.default_rng(seed).normal(size=len(lag))
    return lag, -np.logaddexp(-3 * line, -3 * ceiling) / 3 + noise


PUBLIC_CURVES = {
    "curve A": (0.6, 0.6, 0.5, 22.0, 1),
    "curve B": (1.4, 1.0, 1.0, 12.0, 2),
    "curve C": (0.9, 0.8, 1.5, 14.0, 3),
}


def _public(name: str) -> tuple[np.ndarray, np.ndarray]:
    if name in PUBLIC_CURVES:
        return _curve(*PUBLIC_CURVES[name])
    stored = data("lorenz")
    return stored["lag"], stored["s"]


def _answer(fit_growth: Function, lag: np.ndarray, s: np.ndarray) -> tuple[float, np.ndarray]:
    slope, window = fit_growth(lag.copy(), s.copy())
    return float(numbers(slope).reshape(())), np.sort(numbers(window).reshape(2))


def q4_form(fit_growth: Function) -> Iterator[Row]:
    """A number and a window inside the record."""
    lag, s = _public("curve A")
    answer = fit_growth(lag.copy(), s.copy())
    pair = isinstance(answer, tuple | list) and len(answer) == 2 and np.size(answer[0]) == 1 and np.size(answer[1]) == 2
    yield Row("form of the answer", "as wanted" if pair else type(answer).__name__, "slope, (start, stop)", bool(pair))
    _, window = _answer(fit_growth, lag, s)
    inside = lag[0] <= window[0] < window[1] <= lag[-1]
    law = "inside the record, in the unit of lag"
    yield Row("your window", f"{short(window[0])} to {short(window[1])}", law, bool(inside))


def q4_steady(fit_growth: Function) -> Iterator[Row]:
    """Slopes in the first and the last third of the student's own window."""
    for name in (*PUBLIC_CURVES, "the Lorenz curve"):
        lag, s = _public(name)
        slope, window = _answer(fit_growth, lag, s)
        edges = np.linspace(*window, 4)
        thirds = [
            (lag >= a) & (lag <= b) for a, b in ((edges[0], edges[1]), (edges[2], edges[3]), (edges[0], edges[3]))
        ]
        if min(part.sum() for part in thirds) < 3:
            yield Row(f"{name}: your window", f"{thirds[2].sum()} points", "enough points to see a slope", False)
            continue
        early, late, whole = (float(np.polyfit(lag[part], s[part], 1)[0]) for part in thirds)
        yours = f"slope {short(early)} in its first third, {short(late)} in its last"
        slack = 0.35 if name == "the Lorenz curve" else 0.15
        yield Row(f"{name}: growth is steady", yours, "alike", abs(early - late) <= slack * abs(whole))
        rise = abs(whole) * np.ptp(window) / np.ptp(s)
        yield Row(f"{name}: part of the rise", f"{100 * rise:.0f} %", "at least a fifth", rise >= 0.2)
        law = "the slope inside your window"
        yield Row(f"{name}: your slope", short(slope), law, abs(slope - whole) <= 0.05 * abs(whole) + 1e-9)


def q4_time(fit_growth: Function) -> Iterator[Row]:
    """Units of time."""
    lag, s = _public("curve B")
    (slope, window), (slow, wide) = (_answer(fit_growth, unit * lag, s) for unit in (1.0, 10.0))
    yours = f"slope times {short(slow / slope)}, window times {short(wide[1] / window[1])}"
    ok = abs(10 * slow / slope - 1) < 0.01 and abs(wide[1] / window[1] / 10 - 1) < 0.05
    yield Row("time axis stretched tenfold", yours, "a tenth, and ten times", bool(ok))


CHECKS = {
    "q1": Check(
        "The Lorenz family and its Jacobian",
        "lorenz",
        ("x", "sigma", "rho", "beta", "delta"),
        (q1_form, q1_rest, q1_terms, q1_derivative),
        "parameters (sigma 5 to 15, rho 10 to 60, beta 1 to 4, delta -4 to 3), states, and leading shapes.",
        2.0,
    ),
    "q2": Check(
        "Runge-Kutta you can trust",
        "rk4",
        ("f", "x0", "t"),
        (q2_form, q2_constant, q2_order, q2_uneven),
        "fields (linear in 2 and 3 dimensions with large steps, a pushed pendulum, a pushed van der Pol oscillator), "
        "grids, and numbers of starts.",
        3.0,
    ),
    "q3": Check(
        "A spectrum out of tangent maps",
        "spectrum",
        ("J", "dt", "skip"),
        (q3_form, q3_diagonal, q3_volume, q3_time),
        "dimension (2 to 4), number of maps, dt, skip, and where the maps come from (sheared frames, an orbit, "
        "a planar map; the skipped ones may belong to another system).",
        4.0,
    ),
    "q4": Check(
        "The straight line that is not the slope",
        "fit_growth",
        ("lag", "s"),
        (q4_form, q4_steady, q4_time),
        "slope (0.3 to 2.5), noise, length, share of each regime, and the unit of time.",
        4.0,
    ),
}
