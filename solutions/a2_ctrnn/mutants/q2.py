"""Wrong answers to question 2. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _limits(J):
    """Modes and their limits, (n, N)."""
    modes = np.linalg.eigvals(J)
    return modes, -2 * modes.real / np.abs(modes) ** 2


def _answer(modes, dt, mode):
    """The pair for given steps and modes, 0 where the flow is unstable."""
    stable = modes.real.max(axis=-1) < 0
    return np.where(stable, dt, 0.0), np.where(stable, np.abs(np.angle(1 + dt * mode)), 0.0)


def _of(modes, limits, place):
    """The answer that one chosen mode gives; place (n,)."""
    pick = (np.arange(len(modes)), place)
    return _answer(modes, limits[pick], modes[pick])


def modulus(J):
    """Every mode is treated as if it decayed without turning, by its modulus."""
    modes, _ = _limits(J)
    first = np.abs(modes).argmax(axis=-1)
    return _answer(modes, 2 / np.abs(modes).max(axis=-1), modes[np.arange(len(modes)), first])


def real_part(J):
    """Only the rates of decay count, turning is left out."""
    modes, _ = _limits(J)
    first = modes.real.argmin(axis=-1)
    return _answer(modes, 2 / np.abs(modes.real).max(axis=-1), modes[np.arange(len(modes)), first])


def no_overshoot(J):
    """The step at which the fastest mode is gone at once: beyond it modes overshoot, and still shrink."""
    modes, _ = _limits(J)
    first = modes.real.argmin(axis=-1)
    return _answer(modes, 1 / np.abs(modes.real).max(axis=-1), modes[np.arange(len(modes)), first])


def square_forgotten(J):
    """The limit of a mode has no unit of time: a square is missing."""
    modes, _ = _limits(J)
    limits = -2 * modes.real / np.abs(modes)
    return _of(modes, limits, limits.argmin(axis=-1))


def half_of_it(J):
    """The step at which each mode shrinks most, not the one at which it stops shrinking."""
    modes, limits = _limits(J)
    return _of(modes, limits / 2, limits.argmin(axis=-1))


def last_mode(J):
    """The step at which the last mode goes, when all others have grown long since."""
    modes, limits = _limits(J)
    return _of(modes, limits, limits.argmax(axis=-1))


def slowest_mode(J):
    """The mode that decides about the flow, the slowest one, is taken to decide about the step."""
    modes, limits = _limits(J)
    return _of(modes, limits, modes.real.argmax(axis=-1))


def norm(J):
    """The norm of the matrix for its eigenvalues: sheared directions are taken for fast ones, so it is too careful."""
    modes, _ = _limits(J)
    return _answer(modes, 2 / np.linalg.norm(J, 2, axis=(-2, -1)), modes[:, 0].real)


def symmetric_part(J):
    """Eigenvalues of the symmetric part: turning is averaged away."""
    modes = np.linalg.eigvalsh((J + np.swapaxes(J, -1, -2)) / 2)
    return _of(modes, 2 / np.abs(modes), np.abs(modes).argmax(axis=-1))


def diagonal(J):
    """Entries on the diagonal are taken for eigenvalues."""
    modes = np.diagonal(J, axis1=-2, axis2=-1)
    return _of(modes, 2 / np.abs(modes), np.abs(modes).argmax(axis=-1))


def map_for_flow(J):
    """The Jacobian of the flow is judged as that of a map: moduli below one."""
    modes, _ = _limits(J)
    size = np.abs(modes).max(axis=-1)
    return np.where(size < 1, 1 / size, 0.0), np.where(size < 1, np.pi, 0.0)


def unstable_ignored(J):
    """Growing modes are left out: a step is given where the flow itself runs away."""
    modes, limits = _limits(J)
    limits = np.where(limits > 0, limits, np.inf)
    first = (np.arange(len(modes)), limits.argmin(axis=-1))
    return limits[first], np.abs(np.angle(1 + limits[first] * modes[first]))


def one_unstable_spoils_all(J):
    """One unstable rest point makes the whole stack unstable."""
    modes, limits = _limits(J)
    dt, turn = _of(modes, limits, limits.argmin(axis=-1))
    return dt * (dt > 0).all(), turn * (dt > 0).all()


def one_step_for_all(J):
    """The shortest limit of the stack is given to all rest points."""
    modes, limits = _limits(J)
    dt, turn = _of(modes, limits, limits.argmin(axis=-1))
    return np.where(dt > 0, dt[dt > 0].min(), 0.0), turn


def turn_of_the_flow(J):
    """The angle by which the flow turns in one step, not the map."""
    modes, limits = _limits(J)
    first = (np.arange(len(modes)), limits.argmin(axis=-1))
    dt, _ = _answer(modes, limits[first], modes[first])
    return dt, np.abs(dt * modes[first].imag)


def turn_of_the_mode(J):
    """The angle of the eigenvalue of the Jacobian, not of the factor by which a step multiplies the mode."""
    modes, limits = _limits(J)
    first = (np.arange(len(modes)), limits.argmin(axis=-1))
    dt, _ = _answer(modes, limits[first], modes[first])
    return dt, np.where(dt > 0, np.abs(np.angle(-modes[first])), 0.0)


def degrees(J):
    """Right steps, and angles in degrees."""
    modes, limits = _limits(J)
    dt, turn = _of(modes, limits, limits.argmin(axis=-1))
    return dt, np.degrees(turn)
