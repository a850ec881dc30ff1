"""Wrong answers to question 2. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np
from scipy.integrate import solve_ivp


def _march(step, f, x0, t):
    """Apply ``step(f, t, x, h)`` between neighbouring times."""
    states = [np.asarray(x0, dtype=float)]
    for k in range(len(t) - 1):
        states.append(step(f, t[k], states[-1], t[k + 1] - t[k]))
    return np.stack(states, axis=1)


def _rk4_step(f, t, x, h):
    a = f(t, x)
    b = f(t + h / 2, x + h / 2 * a)
    c = f(t + h / 2, x + h / 2 * b)
    d = f(t + h, x + h * c)
    return x + h * (a + 2 * b + 2 * c + d) / 6


def euler(f, x0, t):
    """One slope a step: Euler's method under another name."""
    return _march(lambda f, t, x, h: x + h * f(t, x), f, x0, t)


def midpoint(f, x0, t):
    """Two slopes, the second in the middle: order two."""
    return _march(lambda f, t, x, h: x + h * f(t + h / 2, x + h / 2 * f(t, x)), f, x0, t)


def heun(f, x0, t):
    """The mean of the slopes at start and end: order two."""

    def step(f, t, x, h):
        a = f(t, x)
        return x + h * (a + f(t + h, x + h * a)) / 2

    return _march(step, f, x0, t)


def kutta_third_order(f, x0, t):
    """Kutta's three-slope rule: order three looks like four at one step length."""

    def step(f, t, x, h):
        a = f(t, x)
        b = f(t + h / 2, x + h / 2 * a)
        return x + h * (a + 4 * b + f(t + h, x + h * (2 * b - a))) / 6

    return _march(step, f, x0, t)


def equal_weights(f, x0, t):
    """All four slopes weigh the same."""

    def step(f, t, x, h):
        a = f(t, x)
        b = f(t + h / 2, x + h / 2 * a)
        c = f(t + h / 2, x + h / 2 * b)
        return x + h * (a + b + c + f(t + h, x + h * c)) / 4

    return _march(step, f, x0, t)


def third_slope_from_the_first(f, x0, t):
    """The third slope starts from the first instead of the second."""

    def step(f, t, x, h):
        a = f(t, x)
        b = f(t + h / 2, x + h / 2 * a)
        c = f(t + h / 2, x + h / 2 * a)
        return x + h * (a + 2 * b + 2 * c + f(t + h, x + h * c)) / 6

    return _march(step, f, x0, t)


def fourth_slope_at_half(f, x0, t):
    """The last slope taken at half a step instead of a whole one."""

    def step(f, t, x, h):
        a = f(t, x)
        b = f(t + h / 2, x + h / 2 * a)
        c = f(t + h / 2, x + h / 2 * b)
        return x + h * (a + 2 * b + 2 * c + f(t + h / 2, x + h / 2 * c)) / 6

    return _march(step, f, x0, t)


def clock_stands(f, x0, t):
    """All slopes at the time of the step's start: the clock stands inside a step."""
    return _march(lambda f, t, x, h: _rk4_step(lambda _, y: f(t, y), t, x, h), f, x0, t)


def one_step_length(f, x0, t):
    """The first interval's length used throughout: the grid is taken for even."""
    return _march(lambda f, _, x, h: _rk4_step(f, _, x, t[1] - t[0]), f, x0, t)


def steps_without_sign(f, x0, t):
    """The absolute length of a step: time cannot run backwards."""
    return _march(lambda f, t, x, h: _rk4_step(f, t, x, abs(h)), f, x0, t)


def adaptive_solver(f, x0, t):
    """An adaptive solver of a library instead of one step an interval."""
    x0 = np.asarray(x0, dtype=float)
    found = solve_ivp(lambda s, y: f(s, y.reshape(x0.shape)).ravel(), (t[0], t[-1]), x0.ravel(), t_eval=t, rtol=1e-8)
    return found.y.T.reshape(len(t), *x0.shape).swapaxes(0, 1)


def time_first(f, x0, t):
    """Right values in the layout (time, batch, dim)."""
    return _march(_rk4_step, f, x0, t).swapaxes(0, 1)


def start_left_out(f, x0, t):
    """The start itself is not among the samples."""
    return _march(_rk4_step, f, x0, t)[:, 1:]
