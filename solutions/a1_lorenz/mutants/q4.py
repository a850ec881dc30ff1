"""Wrong answers to question 4. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _line(lag, s, first, last):
    """Slope and window of a fit over the samples first .. last - 1."""
    return np.polyfit(lag[first:last], s[first:last], 1)[0], (lag[first], lag[last - 1])


def _middle(lag, s):
    """First and last sample between 30 and 80 % of the rise."""
    rise = np.median(s[-len(s) // 5 :]) - s[0]
    return int(np.argmax(s > s[0] + 0.3 * rise)), int(np.argmax(s > s[0] + 0.8 * rise))


def early_window(lag, s):
    """The first straight-looking piece: turning into the growing direction is taken for growth."""
    return _line(lag, s, 0, max(4, len(s) * 6 // 100))


def whole_record(lag, s):
    """A line through everything, the plateau included."""
    return _line(lag, s, 0, len(s))


def first_half(lag, s):
    """A fixed share of the record: the first half."""
    return _line(lag, s, 0, len(s) // 2)


def last_part(lag, s):
    """The end of the record, where nothing grows any more."""
    return _line(lag, s, len(s) * 7 // 10, len(s))


def steepest_step(lag, s):
    """The largest single step: noise is taken for slope."""
    k = int(np.argmax(np.diff(s)))
    return (s[k + 1] - s[k]) / (lag[k + 1] - lag[k]), (lag[k], lag[k + 1])


def per_sample(lag, s):
    """Slope and window in samples instead of time units."""
    first, last = _middle(lag, s)
    return np.polyfit(np.arange(first, last), s[first:last], 1)[0], (first, last - 1)


def base_ten(lag, s):
    """The natural logarithm is taken for a decimal one and converted once more."""
    slope, window = _line(lag, s, *_middle(lag, s))
    return slope / np.log(10), window


def end_points(lag, s):
    """Last value minus first, divided by the time between."""
    return (s[-1] - s[0]) / (lag[-1] - lag[0]), (lag[0], lag[-1])


def middle_half(lag, s):
    """A fixed share of the record: its middle half."""
    return _line(lag, s, len(s) // 4, len(s) * 3 // 4)


def median_local_slope(lag, s):
    """The median of all local slopes, the plateau's included."""
    return float(np.median(np.diff(s) / np.diff(lag))), (lag[0], lag[-1])


def window_of_the_record(lag, s):
    """The right slope, with the whole record reported as its window."""
    return _line(lag, s, *_middle(lag, s))[0], (lag[0], lag[-1])


def too_generous(lag, s):
    """Ninety-five percent of the rise taken in, both bends with it."""
    rise = np.median(s[-len(s) // 5 :]) - s[0]
    return _line(lag, s, 0, int(np.argmax(s > s[0] + 0.97 * rise)))


def library_window(lag, s):
    """The library's window finder taken over: its levels and its distance to the ceiling are for other curves."""
    span, end = len(s) // 20, int(np.argmax(s > np.sort(s)[-len(s) // 10 :].mean() - 3))  # three e-folds below the top
    local = (s[span:] - s[:-span]) / (lag[span] - lag[0])
    best, width = None, int(0.75 * span)
    for low in range(max(0, end - span)):
        for high in range(low + width + 1, end - span + 1):
            slopes = local[low : high + 1]
            if s[high + span] - s[low] >= 1 and np.all(np.abs(slopes - slopes.mean()) <= 0.08 * slopes.mean()):
                best, width = (low, high), high - low
    if best is None:
        return np.nan, (np.nan, np.nan)
    return local[best[0] : best[1] + 1].mean(), (lag[best[0]], lag[best[1] + span])
