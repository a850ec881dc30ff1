"""Wrong answers to question 2. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _halved(label, a, b, go_on, keeps_low=None):
    """Halve all segments as long as go_on(width, count) says; keeps_low(middle, low, high labels) moves the low end."""
    low, high = a.copy(), b.copy()
    first, last = label(a), label(b)
    keeps_low = keeps_low or (lambda middle, first, last: middle == first)
    count = 0
    while count < 60 and go_on(np.linalg.norm(high - low, axis=1), count):
        middle = (low + high) / 2
        up = keeps_low(label(middle), first, last)
        low, high = np.where(up[:, None], middle, low), np.where(up[:, None], high, middle)
        count += 1
    return (low + high) / 2


def _refused(label, a, b, p, open_too=True):
    first, last = label(a), label(b)
    none = (first == last) | (open_too & ((first < 0) | (last < 0)))
    return np.where(none[:, None], np.nan, p)


def _fine(tol):
    return lambda width, count: (width > tol).any()


def middle_of_the_segment(label, a, b, tol):
    """The middle of each segment whose ends differ: the border is taken to lie half-way."""
    return _refused(label, a, b, (a + b) / 2)


def eight_halvings(label, a, b, tol):
    """Eight halvings of every segment, whatever tol and its length."""
    return _refused(label, a, b, _halved(label, a, b, lambda width, count: count < 8))


def hundred_points(label, a, b, tol):
    """A hundred even points along each segment, and no search between two of them."""
    shares = np.linspace(0, 1, 101)
    points = a[:, None] + shares[:, None] * (b - a)[:, None]
    found = label(points.reshape(-1, a.shape[1])).reshape(len(a), -1)
    k = (found[:, 1:] != found[:, :-1]).argmax(axis=1)
    rows = np.arange(len(a))
    return _refused(label, a, b, (points[rows, k] + points[rows, k + 1]) / 2)


def never_refuses(label, a, b, tol):
    """A point for every segment, also where both ends lie in one basin: bisection then walks to an end."""
    return _halved(label, a, b, _fine(tol))


def open_is_a_basin(label, a, b, tol):
    """An end without a label counts as a basin of its own."""
    return _refused(label, a, b, _halved(label, a, b, _fine(tol)), open_too=False)


def wrong_half(label, a, b, tol):
    """The half that is kept is the one whose ends agree."""
    return _refused(label, a, b, _halved(label, a, b, _fine(tol), lambda middle, first, last: middle != first))


def tol_as_a_share(label, a, b, tol):
    """Tol is taken as a share of each segment instead of a length."""
    length = np.linalg.norm(b - a, axis=1)
    return _refused(label, a, b, _halved(label, a, b, lambda width, count: (width > tol * length).any()))


def until_one_is_short(label, a, b, tol):
    """Halving stops for all segments as soon as the shortest is within tol."""
    return _refused(label, a, b, _halved(label, a, b, lambda width, count: (width > tol).all()))


def zero_on_the_left(label, a, b, tol):
    """The basin at a is taken to be called 0."""
    return _refused(label, a, b, _halved(label, a, b, _fine(tol), lambda middle, first, last: middle == 0))


def smaller_on_the_left(label, a, b, tol):
    """The basin at a is taken to have the smaller number: labels are compared by size."""

    def smaller(middle, first, last):
        return middle < np.maximum(first, last)

    return _refused(label, a, b, _halved(label, a, b, _fine(tol), smaller))


def sign_change(label, a, b, tol):
    """Labels are treated like a curve that crosses zero: without a change of sign no point is given."""
    p = _halved(label, a, b, _fine(tol), lambda middle, first, last: middle * first > 0)
    return np.where((label(a) * label(b) < 0)[:, None], p, np.nan)


def third_basin_ends_it(label, a, b, tol):
    """A search that meets a third basin stops there."""
    low, high = a.copy(), b.copy()
    first, last = label(a), label(b)
    for _ in range(60):
        middle = (low + high) / 2
        found = label(middle)
        wide = np.linalg.norm(high - low, axis=1) > tol
        up, down = wide & (found == first), wide & (found == last)
        low, high = np.where(up[:, None], middle, low), np.where(down[:, None], middle, high)
    return _refused(label, a, b, (low + high) / 2)


def one_refusal_for_all(label, a, b, tol):
    """One segment without a border makes the whole answer nan."""
    p = _refused(label, a, b, _halved(label, a, b, _fine(tol)))
    return np.full_like(p, np.nan) if np.isnan(p).any() else p


def share_of_the_segment(label, a, b, tol):
    """How far along each segment the border lies, as a share, instead of the point itself."""
    p = _refused(label, a, b, _halved(label, a, b, _fine(tol)))
    return np.linalg.norm(p - a, axis=1) / np.linalg.norm(b - a, axis=1)
