"""Wrong answers to question 1. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _filled(pulses, values):
    """The value of each bit's last step with a pulse, 0 before it."""
    steps = np.arange(pulses.shape[1])[:, None]
    last = np.maximum.accumulate(np.where(pulses != 0, steps, -1), axis=1)
    return np.where(last >= 0, np.take_along_axis(values, np.maximum(last, 0), axis=1), 0.0)


def _right(pulses):
    return _filled(pulses, np.sign(pulses))


def toggles(pulses):
    """Every pulse turned its bit over, whatever the sign of the pulse: that is a push-button, not a memory."""
    first = _filled(pulses, np.where(np.cumsum(pulses != 0, axis=1) == 1, np.sign(pulses), 0.0))
    start = np.sign(first.sum(axis=1, keepdims=True))
    count = np.cumsum(pulses != 0, axis=1)
    return np.where(count > 0, start * (-1.0) ** (count - 1), 0.0)


def zero_and_one(pulses):
    """A bit that is reset was called 0; here 0 says that nothing is known yet, and a reset bit is -1."""
    return np.maximum(_right(pulses), 0.0)


def last_pulse_of_any_bit(pulses):
    """The last pulse on any channel was written into all bits."""
    last = np.take_along_axis(pulses, np.abs(pulses).argmax(axis=-1)[..., None], axis=-1)
    return np.repeat(_right(last), pulses.shape[-1], axis=-1)


def one_step_late(pulses):
    """Every bit turns one step late: the step of the pulse itself still has the old value."""
    held = _right(pulses)
    return np.concatenate([np.zeros_like(held[:, :1]), held[:, :-1]], axis=1)


def clipped_sum(pulses):
    """Pulses were added up between -1 and 1: after a positive one, a negative one brings the bit to zero only."""
    state, said = np.zeros(pulses[:, 0].shape), []
    for now in np.moveaxis(np.sign(pulses), 1, 0):
        state = np.clip(state + now, -1, 1)
        said.append(state)
    return np.stack(said, axis=1)


def sign_of_the_sum(pulses):
    """All pulses so far were added up: the majority decides, not the last one."""
    return np.sign(np.cumsum(np.sign(pulses), axis=1))


def low_from_the_start(pulses):
    """Bits were -1 from the start, although nobody had reset them."""
    held = _right(pulses)
    return np.where(held == 0, -1.0, held)


def carried_over_the_trials(pulses):
    """The trials were laid end to end: a trial begins with what the one before it ended with."""
    batch, time, bits = pulses.shape
    return _right(pulses.reshape(1, batch * time, bits)).reshape(pulses.shape)


def forgets(pulses):
    """A bit went back to zero some steps after its pulse: nothing is held."""
    steps = np.arange(pulses.shape[1])[:, None]
    last = np.maximum.accumulate(np.where(pulses != 0, steps, -1), axis=1)
    return np.where(steps - last <= 10, _right(pulses), 0.0)


def no_memory(pulses):
    """The sign of the pulse was returned at its own step, and zero everywhere else."""
    return np.sign(pulses)


def height_held(pulses):
    """The height of the last pulse was held in place of its sign."""
    return _filled(pulses, pulses)


def tall_pulses_only(pulses):
    """Pulses lower than one were overlooked: any number but zero is a pulse."""
    return _right(np.where(np.abs(pulses) >= 1, pulses, 0.0))


def never_reset(pulses):
    """Only positive pulses were listened to: what is set once is never reset."""
    return _right(np.maximum(pulses, 0.0))


def first_pulse_for_good(pulses):
    """The first pulse decided for the whole trial; later ones changed nothing."""
    first = (np.cumsum(pulses != 0, axis=1) == 1) & (pulses != 0)
    return np.cumsum(np.where(first, np.sign(pulses), 0.0), axis=1)


def next_pulse(pulses):
    """Each step was given the sign of the pulse to come: time was run through backwards."""
    return _right(pulses[:, ::-1])[:, ::-1]
