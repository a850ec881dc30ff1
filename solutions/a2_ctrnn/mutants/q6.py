"""Wrong answers to question 6. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _off(pred, truth, std):
    """Errors in standard deviations, (n, time, k)."""
    return np.abs(pred - truth[:, -pred.shape[1] :]) / std


def _first(lost, otherwise):
    """Steps to the first lost sample of each row."""
    return np.where(lost.any(axis=1), lost.argmax(axis=1), otherwise)


def _lost(off, threshold):
    return ~(off <= threshold).all(axis=-1)


def root_mean_square(pred, truth, std, dt, lyap, threshold):
    """The coordinates were averaged (root mean square), so that good ones hide the one that is lost."""
    mean = np.sqrt((_off(pred, truth, std) ** 2).mean(axis=-1))
    return _first(~(mean <= threshold), pred.shape[1]) * dt * lyap


def sum_of_coordinates(pred, truth, std, dt, lyap, threshold):
    """The errors of the coordinates were added up, so that more coordinates mean an earlier end."""
    return _first(~(_off(pred, truth, std).sum(axis=-1) <= threshold), pred.shape[1]) * dt * lyap


def one_spread_for_all(pred, truth, std, dt, lyap, threshold):
    """One standard deviation was used for all coordinates, so that the wide ones are lost too early."""
    return _first(_lost(_off(pred, truth, np.mean(std)), threshold), pred.shape[1]) * dt * lyap


def not_scaled(pred, truth, std, dt, lyap, threshold):
    """The error was compared with the threshold in its own unit, not in standard deviations."""
    return _first(_lost(_off(pred, truth, 1.0), threshold), pred.shape[1]) * dt * lyap


def squared_error(pred, truth, std, dt, lyap, threshold):
    """The squared error was compared with the threshold, which lets an error through that is too large."""
    return _first(_lost(_off(pred, truth, std) ** 2, threshold), pred.shape[1]) * dt * lyap


def one_sided(pred, truth, std, dt, lyap, threshold):
    """Only forecasts that are too high were counted as lost, not those that are too low."""
    signed = (pred - truth[:, -pred.shape[1] :]) / std
    return _first(_lost(signed, threshold), pred.shape[1]) * dt * lyap


def all_must_be_lost(pred, truth, std, dt, lyap, threshold):
    """The forecast was called lost only when all coordinates were beyond their bands at once."""
    return _first(~(_off(pred, truth, std) <= threshold).any(axis=-1), pred.shape[1]) * dt * lyap


def first_coordinate(pred, truth, std, dt, lyap, threshold):
    """Only the first coordinate was looked at."""
    return _first(_lost(_off(pred, truth, std)[..., :1], threshold), pred.shape[1]) * dt * lyap


def truth_from_its_beginning(pred, truth, std, dt, lyap, threshold):
    """The forecast was laid beside the samples that the network had been shown, not beside those after them."""
    return _first(_lost(_off(pred, truth[:, : pred.shape[1]], std), threshold), pred.shape[1]) * dt * lyap


def last_good_sample(pred, truth, std, dt, lyap, threshold):
    """The last good sample was taken: a forecast that comes back by chance counts as never lost."""
    good = ~_lost(_off(pred, truth, std), threshold)
    return (pred.shape[1] - good[:, ::-1].argmax(axis=1)) * dt * lyap


def good_samples_counted(pred, truth, std, dt, lyap, threshold):
    """All good samples were counted, also those after the forecast was lost for the first time."""
    return (~_lost(_off(pred, truth, std), threshold)).sum(axis=1) * dt * lyap


def zero_when_never_lost(pred, truth, std, dt, lyap, threshold):
    """argmax of a row without any loss is 0: a perfect forecast got the time 0."""
    return _lost(_off(pred, truth, std), threshold).argmax(axis=1) * dt * lyap


def blown_up_is_good(pred, truth, std, dt, lyap, threshold):
    """NaN is not larger than anything, so that a forecast that has blown up counts as good."""
    return _first((_off(pred, truth, std) > threshold).any(axis=-1), pred.shape[1]) * dt * lyap


def time_units(pred, truth, std, dt, lyap, threshold):
    """The answer is in time units: the largest exponent was not used."""
    return _first(_lost(_off(pred, truth, std), threshold), pred.shape[1]) * dt


def divided_by_the_exponent(pred, truth, std, dt, lyap, threshold):
    """The time was divided by the exponent: a faster system would have fewer Lyapunov times."""
    return _first(_lost(_off(pred, truth, std), threshold), pred.shape[1]) * dt / lyap


def in_samples(pred, truth, std, dt, lyap, threshold):
    """The answer counts samples; how long a sample lasts was left out."""
    return _first(_lost(_off(pred, truth, std), threshold), pred.shape[1]) * lyap


def mean_of_the_starts(pred, truth, std, dt, lyap, threshold):
    """One mean time was given to every start, where each has its own."""
    times = _first(_lost(_off(pred, truth, std), threshold), pred.shape[1]) * dt * lyap
    return np.full(len(times), times.mean())
