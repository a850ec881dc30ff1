"""Wrong answers to question 5. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _differences(x):
    """Differences of all coordinates of all ordered pairs, (n, n, d)."""
    return x[:, None] - x[None]


def _largest(x):
    """Distances of all ordered pairs, (n, n)."""
    return np.abs(_differences(x)).max(axis=-1)


def _steps(n):
    """Steps in time between all ordered pairs, (n, n)."""
    return np.abs(np.arange(n)[:, None] - np.arange(n))


def _share(distances, radii, counted):
    """Share of the counted pairs within each radius."""
    return np.array([(distances[counted] <= radius).mean() for radius in radii])


def neighbours_in_time(x, radii, w):
    """Pairs of neighbours in time were counted too: w was not used."""
    return _share(_largest(x), radii, _steps(len(x)) > 0)


def pairs_with_itself(x, radii, w):
    """Every state was counted as its own neighbour."""
    steps = _steps(len(x))
    return _share(_largest(x), radii, (steps >= w) | (steps == 0))


def divided_by_all(x, radii, w):
    """The close pairs were divided by the square of the number of states, not by the number of pairs that count."""
    distances, counted = _largest(x), _steps(len(x)) >= w
    return np.array([(distances[counted] <= radius).sum() for radius in radii]) / len(x) ** 2


def left_out_of_the_close_ones(x, radii, w):
    """Neighbours in time were taken out of the close pairs, not out of the pairs that they were divided by."""
    distances, counted, n = _largest(x), _steps(len(x)) >= w, len(x)
    return np.array([(distances[counted] <= radius).sum() for radius in radii]) / (n * (n - 1))


def each_pair_once(x, radii, w):
    """The close pairs were counted once each, all pairs twice: half of the share."""
    return _share(_largest(x), radii, _steps(len(x)) >= w) / 2


def straight_line(x, radii, w):
    """Distances were measured along the straight line (Euclid), not by the coordinate that differs most."""
    return _share(np.linalg.norm(_differences(x), axis=-1), radii, _steps(len(x)) >= w)


def city_blocks(x, radii, w):
    """Distances were measured as the sum of the differences of all coordinates."""
    return _share(np.abs(_differences(x)).sum(axis=-1), radii, _steps(len(x)) >= w)


def squared(x, radii, w):
    """Squared distances were compared with radii that are not squared."""
    return _share(_largest(x) ** 2, radii, _steps(len(x)) >= w)


def standardised(x, radii, w):
    """The coordinates were brought to one spread first: the radii are in the unit of the states as given."""
    return _share(_largest(x / x.std(axis=0)), radii, _steps(len(x)) >= w)


def window_inverted(x, radii, w):
    """The window was taken the wrong way round: only pairs fewer than w + 1 steps apart were counted."""
    steps = _steps(len(x))
    return _share(_largest(x), radii, (steps > 0) & (steps <= w))


def rings(x, radii, w):
    """Pairs were sorted into rings between one radius and the next, and the rings not added up."""
    shares = _share(_largest(x), radii, _steps(len(x)) >= w)
    return np.diff(shares, prepend=0.0)


def only_w_apart(x, radii, w):
    """Only pairs exactly w steps apart were compared."""
    return _share(np.abs(x[w:] - x[:-w]).max(axis=1), radii, slice(None))


def some_states(x, radii, w):
    """Two hundred random states were taken for all of them: the share scatters."""
    chosen = np.random.default_rng(0).permutation(len(x))[:200]
    return _share(_largest(x)[chosen], radii, (_steps(len(x)) >= w)[chosen])
