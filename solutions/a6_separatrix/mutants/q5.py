"""Wrong answers to question 5. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _gathered(rows):
    """Curve and place of lists of places, one list a curve."""
    pairs = [(k, place) for k, places in enumerate(rows) for place in places]
    return tuple(np.array(pairs, dtype=float).reshape(-1, 2).T)


def _steps(values):
    """Samples before which and after which psi has opposite signs; zeros are left out."""
    signed = np.flatnonzero(values)
    turns = np.flatnonzero(np.diff(np.sign(values[signed])))
    return [(signed[k], signed[k + 1]) for k in turns]


def _between(s, values, i, j):
    """Where the straight line from sample i to the next one is zero, or the zero itself that lies between i and j."""
    return s[i + 1] if j - i == 2 else s[i] - values[i] * (s[j] - s[i]) / (values[j] - values[i])


def _all_places(s, values):
    return [_between(s, values, i, j) for i, j in _steps(values)]


def smallest_magnitude(s, psi):
    """The place of the smallest |psi| was taken on every curve: each has one, also where nothing is crossed."""
    return np.arange(len(psi)), s[np.abs(psi).argmin(axis=1)]


def smallest_below_a_threshold(s, psi):
    """The place of the smallest |psi| was taken where it is below a hundredth: a dip can be as small as a crossing."""
    least = np.abs(psi).argmin(axis=1)
    (curves,) = np.nonzero(np.abs(psi).min(axis=1) < 0.01)
    return curves, s[least[curves]]


def valleys_of_the_magnitude(s, psi):
    """All local minima of |psi| were taken: where it touches zero or dips and turns back, nothing is crossed."""
    size = np.abs(psi)
    low = (size[:, 1:-1] <= size[:, :-2]) & (size[:, 1:-1] < size[:, 2:])
    curves, k = np.nonzero(low)
    return curves, s[k + 1]


def first_crossing_only(s, psi):
    """The search stopped at the first change of sign of each curve."""
    return _gathered([_all_places(s, values)[:1] for values in psi])


def upwards_only(s, psi):
    """Only changes from minus to plus were counted."""
    return _gathered([[_between(s, v, i, j) for i, j in _steps(v) if v[j] > 0] for v in psi])


def sample_before(s, psi):
    """The last sample before the change of sign was returned: psi changes sign between two samples."""
    return _gathered([[s[i] if j - i == 1 else s[i + 1] for i, j in _steps(values)] for values in psi])


def middle_of_the_step(s, psi):
    """The middle of the step was returned: the straight line between the two samples was not drawn."""
    return _gathered([[(s[i] + s[j]) / 2 for i, j in _steps(values)] for values in psi])


def weights_swapped(s, psi):
    """The two weights of the interpolation were swapped: the place moves towards the larger |psi|, not the smaller."""

    def mirrored(values, i, j):
        return s[i] + s[j] - _between(s, values, i, j)

    return _gathered([[mirrored(values, i, j) for i, j in _steps(values)] for values in psi])


def both_sides_of_a_zero(s, psi):
    """Steps with a product of zero or less were counted: a zero at a sample is found from both its sides."""
    rows = []
    for values in psi:
        steps = np.flatnonzero(values[:-1] * values[1:] <= 0)
        rows.append([s[i] + (s[i + 1] - s[i]) * values[i] / (values[i] - values[i + 1]) for i in steps])
    return _gathered(rows)


def negative_products_only(s, psi):
    """Steps with a negative product were counted: a crossing exactly at a sample has none and is lost."""
    return _gathered([[_between(s, v, i, j) for i, j in _steps(v) if j - i == 1] for v in psi])


def touch_counted(s, psi):
    """Every sample at which psi is zero was counted as a crossing, also where psi comes back on the same side."""
    rows = []
    for values in psi:
        through = [_between(s, values, i, j) for i, j in _steps(values) if j - i == 1]
        rows.append(np.sort([*through, *s[values == 0]]))
    return _gathered(rows)


def counted_in_samples(s, psi):
    """The place was counted in samples, not in the unit of s."""
    return _gathered([_all_places(np.arange(len(s)), values) for values in psi])


def first_step_throughout(s, psi):
    """The first step's length was used throughout: the samples were taken for even."""
    return _gathered([_all_places(s[0] + (s[1] - s[0]) * np.arange(len(s)), values) for values in psi])


def one_place_a_curve(s, psi):
    """Every curve got a place: a number that means none where psi keeps its sign."""
    return _gathered([_all_places(s, values) or [np.nan] for values in psi])


def changes_of_the_slope(s, psi):
    """Changes of sign of the slope were taken: there psi turns round, it does not cross."""
    curves, k = np.nonzero(np.diff(np.sign(np.diff(psi, axis=1)), axis=1))
    return curves, s[k + 1]
