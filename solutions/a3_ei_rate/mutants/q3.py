"""Wrong answers to question 3. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _drive(r, power):
    return r ** (1 / power)


def _gain(r, power):
    return power * _drive(r, power) ** (power - 1)


def _currents(W, r, power):
    return _drive(r, power) - W @ r


def _response(W, gain):
    return np.linalg.solve(np.eye(len(gain)) - gain[:, None] * W, np.diag(gain))


def power_left_out(W, r, power):
    """The rates were taken for the drives: the transfer function is a power, not a line."""
    return r - W @ r, np.linalg.inv(np.eye(len(r)) - W)


def slope_one(W, r, power):
    """The currents know the power, the response was taken with slope one at all rates."""
    return _currents(W, r, power), np.linalg.inv(np.eye(len(r)) - W)


def slope_at_the_rate(W, r, power):
    """The slope of the power was taken at the rate, not at the drive that makes this rate."""
    return _currents(W, r, power), _response(W, power * r ** (power - 1))


def slopes_of_the_senders(W, r, power):
    """Each weight was multiplied by the slope of its sender; it is the receiver whose slope turns drive into rate."""
    gain = _gain(r, power)
    return _currents(W, r, power), np.linalg.solve(np.eye(len(r)) - W * gain, np.diag(gain))


def slope_of_the_entry_forgotten(W, r, power):
    """The new current meets no slope: the loops know the working point, their input does not."""
    gain = _gain(r, power)
    return _currents(W, r, power), np.linalg.inv(np.eye(len(r)) - gain[:, None] * W)


def added_to_the_loop(W, r, power):
    """The recurrent input has the wrong sign: what arrives through W was added to the current from outside."""
    gain = _gain(r, power)
    return _drive(r, power) + W @ r, np.linalg.solve(np.eye(len(r)) + gain[:, None] * W, np.diag(gain))


def signs_once_more(W, r, power):
    """Inhibitory columns got a minus although W has its signs already: inhibition excites."""
    return _currents(np.abs(W), r, power), _response(np.abs(W), _gain(r, power))


def transposed_weights(W, r, power):
    """The weights were transposed: each population listens to those it sends to."""
    return _currents(W.T, r, power), _response(W.T, _gain(r, power))


def transposed_response(W, r, power):
    """The response has rows and columns exchanged: it says who is driven where it should say who answers."""
    return _currents(W, r, power), _response(W, _gain(r, power)).T


def not_inverted(W, r, power):
    """What a shift of the rates asks of the currents was returned for its inverse."""
    return _currents(W, r, power), np.diag(1 / _gain(r, power)) - W


def no_feedback(W, r, power):
    """Each population answers its own current by its slope alone, as if nobody were connected."""
    return _currents(W, r, power), np.diag(_gain(r, power))


def own_loop_only(W, r, power):
    """Each population was asked with all the others held fixed, and added up to a response without side effects."""
    gain = _gain(r, power)
    return _currents(W, r, power), np.diag(gain / (1 - gain * np.diag(W)))


def never_below_zero(W, r, power):
    """A negative answer to more drive was taken for a mistake and set to zero."""
    response = _response(W, _gain(r, power))
    response[1:, 1:] = np.maximum(response[1:, 1:], 0.0)
    return _currents(W, r, power), response


def absolute_response(W, r, power):
    """The size of the response was returned without its sign."""
    return _currents(W, r, power), np.abs(_response(W, _gain(r, power)))


def few_rounds(W, r, power):
    """The feedback was followed for ten rounds and summed: strong loops are far from done, or grow."""
    gain = _gain(r, power)
    total = term = np.diag(gain)
    for _ in range(10):
        term = gain[:, None] * (W @ term)
        total = total + term
    return _currents(W, r, power), total
