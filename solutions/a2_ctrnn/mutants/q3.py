"""Wrong answers to question 3. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _fit(h, y, share, lam):
    """Readout for rows with shares that sum to one; lam: a number, or one a unit."""
    mean_h, mean_y = share @ h, share @ y
    a, z = h - mean_h, y - mean_y
    C = np.linalg.solve(a.T @ (share[:, None] * a) + np.diag(np.ones(h.shape[1]) * lam), a.T @ (share[:, None] * z)).T
    return C, mean_y - C @ mean_h


def _shares(weight):
    return weight / weight.sum()


def offset_punished(h, y, weight, lam):
    """The offset is shrunk together with the slopes: a column of ones pays like a unit."""
    share = _shares(weight)
    wide = np.concatenate([h, np.ones((len(h), 1))], axis=1)
    full = np.linalg.solve(
        wide.T @ (share[:, None] * wide) + lam * np.eye(wide.shape[1]), wide.T @ (share[:, None] * y)
    )
    return full[:-1].T, full[-1]


def not_centred(h, y, weight, lam):
    """Slopes are fitted through the origin, and an offset is added afterwards."""
    share = _shares(weight)
    C = np.linalg.solve(h.T @ (share[:, None] * h) + lam * np.eye(h.shape[1]), h.T @ (share[:, None] * y)).T
    return C, share @ (y - h @ C.T)


def no_offset(h, y, weight, lam):
    """There is no offset at all."""
    share = _shares(weight)
    C = np.linalg.solve(h.T @ (share[:, None] * h) + lam * np.eye(h.shape[1]), h.T @ (share[:, None] * y)).T
    return C, np.zeros(y.shape[1])


def targets_not_centred_back(h, y, weight, lam):
    """States are centred before the fit, and the offset forgets it."""
    share = _shares(weight)
    C, _ = _fit(h, y, share, lam)
    return C, share @ y


def sum_for_mean(h, y, weight, lam):
    """The errors are summed, not averaged: the more rows, the less the penalty counts."""
    return _fit(h, y, _shares(weight), lam / weight.sum())


def mean_over_rows(h, y, weight, lam):
    """The weighted errors are divided by the number of rows instead of the sum of weights."""
    return _fit(h, y, _shares(weight), lam * len(h) / weight.sum())


def no_penalty(h, y, weight, lam):
    """There is no penalty: an ordinary least squares fit."""
    return _fit(h, y, _shares(weight), 1e-9)


def penalty_squared(h, y, weight, lam):
    """The penalty is lam squared, as if C were multiplied by lam before squaring."""
    return _fit(h, y, _shares(weight), lam**2)


def penalty_shared_by_outputs(h, y, weight, lam):
    """The errors are averaged over outputs instead of summed, so that the penalty counts several times."""
    return _fit(h, y, _shares(weight), lam * y.shape[1])


def half_the_penalty(h, y, weight, lam):
    """A factor of two between the errors and the penalty."""
    return _fit(h, y, _shares(weight), lam / 2)


def relative_penalty(h, y, weight, lam):
    """The penalty is counted in variances of the states: the more they vary, the more it shrinks."""
    share = _shares(weight)
    return _fit(h, y, share, lam * (share @ (h - share @ h) ** 2).mean())


def standardised(h, y, weight, lam):
    """Every unit is brought to variance one before it pays: a quiet unit pays as much as a loud one."""
    share = _shares(weight)
    return _fit(h, y, share, lam * (share @ (h - share @ h) ** 2))


def weights_ignored(h, y, weight, lam):
    """All rows count alike, those of weight 0 too."""
    return _fit(h, y, np.full(len(h), 1 / len(h)), lam)


def weights_as_a_mask(h, y, weight, lam):
    """Weights only say which rows count, not how much."""
    return _fit(h, y, _shares((weight > 0).astype(float)), lam)


def weights_squared(h, y, weight, lam):
    """States and targets are multiplied by the weights before squaring, so that weights count twice."""
    return _fit(h, y, _shares(weight**2), lam)


def plain_means(h, y, weight, lam):
    """The errors are weighted, the means that are subtracted are not."""
    share = _shares(weight)
    a, z = h - h.mean(axis=0), y - y.mean(axis=0)
    C = np.linalg.solve(a.T @ (share[:, None] * a) + lam * np.eye(h.shape[1]), a.T @ (share[:, None] * z)).T
    return C, y.mean(axis=0) - C @ h.mean(axis=0)


def first_hundred(h, y, weight, lam):
    """Fitted on the first hundred rows alone."""
    return _fit(h[:100], y[:100], _shares(weight[:100]), lam)


def transposed(h, y, weight, lam):
    """Right numbers, and C with a row for every unit instead of every output."""
    C, d = _fit(h, y, _shares(weight), lam)
    return C.T, d
