"""Wrong answers to question 5. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _mse(guess, target):
    """Mean squared error of each coordinate."""
    return np.nanmean((guess - target) ** 2, axis=(0, 1))


def _r2(pred, target):
    return 1 - _mse(pred, target) / np.nanvar(target, axis=(0, 1))


def _skill(pred, target, previous):
    return 1 - _mse(pred, target) / _mse(previous, target)


def pooled(pred, target, previous):
    """All coordinates were thrown together and measured against their grand mean, as in the cell that prints 0.99."""
    ones = np.ones(target.shape[2])
    error = np.nanmean((pred - target) ** 2)
    return ones * (1 - error / np.nanvar(target)), ones * (1 - error / np.nanmean((previous - target) ** 2))


def grand_variance(pred, target, previous):
    """The error was taken per coordinate, but compared with one variance of all coordinates together."""
    return 1 - _mse(pred, target) / np.nanvar(target), _skill(pred, target, previous)


def mean_of_the_coordinates(pred, target, previous):
    """The scores of the coordinates were averaged, so that a good one hides a bad one."""
    ones = np.ones(target.shape[2])
    return ones * _r2(pred, target).mean(), ones * _skill(pred, target, previous).mean()


def mean_of_the_runs(pred, target, previous):
    """Each run was scored alone and the scores were averaged, so that a short or quiet run counts like a long one."""
    error, still = np.nanmean((pred - target) ** 2, axis=1), np.nanmean((previous - target) ** 2, axis=1)
    return (1 - error / np.nanvar(target, axis=1)).mean(axis=0), (1 - error / still).mean(axis=0)


def own_mean_of_each_run(pred, target, previous):
    """The spread of the target was measured about each run's own mean, not about the mean of all runs."""
    spread = np.nanmean((target - np.nanmean(target, axis=1, keepdims=True)) ** 2, axis=(0, 1))
    return 1 - _mse(pred, target) / spread, _skill(pred, target, previous)


def squared_correlation(pred, target, previous):
    """R^2 was read as a squared correlation, which does not mind a forecast that is off by a constant."""
    seen = ~np.isnan(target[..., 0])
    r2 = [np.corrcoef(pred[seen][:, j], target[seen][:, j])[0, 1] ** 2 for j in range(target.shape[2])]
    return np.array(r2), _skill(pred, target, previous)


def spread_of_the_forecast(pred, target, previous):
    """The error was compared with the variance of the forecast, not of the target."""
    seen = np.where(np.isnan(target), np.nan, pred)
    return 1 - _mse(pred, target) / np.nanvar(seen, axis=(0, 1)), _skill(pred, target, previous)


def spread_about_zero(pred, target, previous):
    """The error was compared with the mean square of the target instead of its variance about the mean."""
    return 1 - _mse(pred, target) / np.nanmean(target**2, axis=(0, 1)), _skill(pred, target, previous)


def ratio_of_roots(pred, target, previous):
    """The skill was made of root mean squared errors, not of mean squared ones."""
    return _r2(pred, target), 1 - np.sqrt(_mse(pred, target) / _mse(previous, target))


def skill_against_the_mean(pred, target, previous):
    """The skill was measured against a constant, which R^2 does already, not against standing still."""
    return _r2(pred, target), _r2(pred, target)


def clipped_at_zero(pred, target, previous):
    """Negative scores were set to zero, so that worse than nothing looks like nothing."""
    return np.maximum(_r2(pred, target), 0), np.maximum(_skill(pred, target, previous), 0)


def shifted_once_more(pred, target, previous):
    """`previous` was shifted by one more sample, so that the skill is measured against an older state."""
    earlier = np.concatenate([previous[:, :1], previous[:, :-1]], axis=1)
    return _r2(pred, target), _skill(pred, target, earlier)


def roles_swapped(pred, target, previous):
    """The two errors of the skill changed places."""
    return _r2(pred, target), 1 - _mse(previous, target) / _mse(pred, target)


def filled_with_zeros(pred, target, previous):
    """What is missing was filled with zeros and counted as if it had been forecast."""
    seen = ~np.isnan(target)
    pred, target, previous = (np.where(seen, series, 0.0) for series in (pred, target, previous))
    return _r2(pred, target), _skill(pred, target, previous)


def whole_runs_only(pred, target, previous):
    """Runs that ended early were left out altogether."""
    whole = ~np.isnan(target).any(axis=(1, 2))
    pred, target, previous = pred[whole], target[whole], previous[whole]
    return _r2(pred, target), _skill(pred, target, previous)
