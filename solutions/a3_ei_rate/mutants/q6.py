"""Wrong answers to question 6. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _means(exc, inh, ext):
    """Time means of push and of inhibition, (n,) each."""
    return (exc + ext).mean(axis=1), inh.mean(axis=1)


def outside_left_out(exc, inh, ext):
    """The current from outside is left out, although it drives the cell and is cancelled like the rest."""
    return 1 - np.abs((exc + inh).mean(axis=1)) / exc.mean(axis=1)


def outside_in_the_sum_only(exc, inh, ext):
    """The outside is counted in the sum of currents, but not in the push by which it is divided."""
    return 1 - np.abs((exc + inh + ext).mean(axis=1)) / exc.mean(axis=1)


def outside_in_the_push_only(exc, inh, ext):
    """The outside is counted in the push, but not in the sum of currents."""
    return 1 - np.abs((exc + inh).mean(axis=1)) / (exc + ext).mean(axis=1)


def absolute_value_first(exc, inh, ext):
    """The absolute value is taken in every moment, so that fluctuations about zero count as imbalance."""
    return 1 - np.abs(exc + ext + inh).mean(axis=1) / (exc + ext).mean(axis=1)


def ratio_first(exc, inh, ext):
    """The ratio is taken in every moment and then averaged: moments with little push count as much as strong ones."""
    return (1 - np.abs(exc + ext + inh) / (np.abs(exc + ext) + 1e-9)).mean(axis=1)


def pooled(exc, inh, ext):
    """All cells are averaged first, and what one has too much fills up what another has too little."""
    push, pull = _means(exc, inh, ext)
    return np.full(len(exc), 1 - abs((push + pull).mean()) / push.mean())


def pooled_without_outside(exc, inh, ext):
    """The cell that was given, as it stands: no outside, and one number for the average of all cells."""
    return np.full(len(exc), 1 - abs(exc.mean() + inh.mean()) / exc.mean())


def mean_over_cells(exc, inh, ext):
    """One number for the whole network, the average of the cells' values."""
    push, pull = _means(exc, inh, ext)
    return (1 - np.abs(push + pull) / push).mean()


def inhibition_as_a_size(exc, inh, ext):
    """Inhibition is subtracted as if it were positive, though it arrives with its sign."""
    push, pull = _means(exc, inh, ext)
    return 1 - np.abs(push - pull) / push


def by_inhibition(exc, inh, ext):
    """The remainder is divided by the inhibition, not by the push that was to be cancelled."""
    push, pull = _means(exc, inh, ext)
    return 1 - np.abs(push + pull) / np.abs(pull)


def by_all_currents(exc, inh, ext):
    """The remainder is divided by all currents together, whatever their direction."""
    push, pull = _means(exc, inh, ext)
    return 1 - np.abs(push + pull) / (push - pull)


def by_the_mean_of_both(exc, inh, ext):
    """Another index: the remainder is divided by the average of push and inhibition."""
    push, pull = _means(exc, inh, ext)
    return 1 - np.abs(push + pull) / ((push - pull) / 2)


def ratio_of_both(exc, inh, ext):
    """The ratio of inhibition to push, which goes on rising when inhibition is too strong."""
    push, pull = _means(exc, inh, ext)
    return -pull / push


def standard_deviations(exc, inh, ext):
    """Fluctuations are compared instead of means: how much smaller those of the sum are than those of the push."""
    return 1 - (exc + ext + inh).std(axis=1) / ((exc + ext).std(axis=1) + 1e-9)


def axes_exchanged(exc, inh, ext):
    """The average runs over the cells instead of over time."""
    push = (exc + ext).mean(axis=0)
    return 1 - np.abs((exc + ext + inh).mean(axis=0)) / push
