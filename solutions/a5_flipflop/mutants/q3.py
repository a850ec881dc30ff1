"""Wrong answers to question 3. The docstring of each says the misconception; matrix.toml says what it must lose."""

import math

import numpy as np


def _copies(state):
    return {name: np.array(weights) for name, weights in state.items()}


def _trained(step, validate, state, n, better, keep=_copies):
    """The loop, with its own idea of what is better; `better(loss, best, epoch)`."""
    best, best_epoch, best_loss = keep(state), 0, math.inf
    for epoch in range(1, n + 1):
        step(state)
        loss = validate(state)
        if better(loss, best_loss):
            best, best_epoch, best_loss = keep(state), epoch, loss
    return best, best_epoch, best_loss


def copied_the_names_only(step, validate, state, n):
    """The dictionary was copied, or only given a second name, but not its arrays: training went on writing in them."""
    return _trained(step, validate, state, n, lambda loss, best: loss < best, keep=dict)


def last(step, validate, state, n):
    """The last epoch was kept: training that goes on for too long makes weights worse."""
    for _ in range(n):
        step(state)
        loss = validate(state)
    return state, n, loss


def largest_loss(step, validate, state, n):
    """The largest loss was taken for the best, as if it were a score."""
    best, best_epoch, best_loss = _copies(state), 0, -math.inf
    for epoch in range(1, n + 1):
        step(state)
        loss = validate(state)
        if loss > best_loss:
            best, best_epoch, best_loss = _copies(state), epoch, loss
    return best, best_epoch, best_loss


def looked_before_the_step(step, validate, state, n):
    """The weights were validated before the step: every loss belongs to the epoch before."""
    best, best_epoch, best_loss = _copies(state), 0, math.inf
    for epoch in range(1, n + 1):
        loss = validate(state)
        if loss < best_loss:
            best, best_epoch, best_loss = _copies(state), epoch, loss
        step(state)
    return best, best_epoch, best_loss


def kept_from_before_the_step(step, validate, state, n):
    """The copy was made before the step and the loss after it: the weights kept are one epoch too old."""
    best, best_epoch, best_loss = _copies(state), 0, math.inf
    for epoch in range(1, n + 1):
        before = _copies(state)
        step(state)
        loss = validate(state)
        if loss < best_loss:
            best, best_epoch, best_loss = before, epoch, loss
    return best, best_epoch, best_loss


def latest_of_equals(step, validate, state, n):
    """Of two equal losses the later one was kept: "not larger" was asked where "smaller" was meant."""
    return _trained(step, validate, state, n, lambda loss, best: loss <= best)


def nan_is_better(step, validate, state, n):
    """NaN was kept as the best: a comparison with NaN is false, so that its negation is true."""
    return _trained(step, validate, state, n, lambda loss, best: not loss >= best)


def nan_at_first_for_good(step, validate, state, n):
    """The first loss was taken to begin with, and when it was NaN nothing was ever smaller."""
    step(state)
    best, best_epoch, best_loss = _copies(state), 1, validate(state)
    for epoch in range(2, n + 1):
        step(state)
        loss = validate(state)
        if loss < best_loss:
            best, best_epoch, best_loss = _copies(state), epoch, loss
    return best, best_epoch, best_loss


def never_replaced(step, validate, state, n):
    """The first epoch was kept, and nothing that came later was put in its place."""
    return _trained(step, validate, state, n, lambda loss, best: best == math.inf)


def stopped_at_nan(step, validate, state, n):
    """Training was stopped at the first NaN, although it came back."""
    best, best_epoch, best_loss = _copies(state), 0, math.inf
    for epoch in range(1, n + 1):
        step(state)
        loss = validate(state)
        if math.isnan(loss):
            break
        if loss < best_loss:
            best, best_epoch, best_loss = _copies(state), epoch, loss
    return best, best_epoch, best_loss


def stopped_at_the_first_rise(step, validate, state, n):
    """Training was stopped when the loss rose for the first time: the valley came later."""
    best, best_epoch, best_loss = _copies(state), 0, math.inf
    for epoch in range(1, n + 1):
        step(state)
        loss = validate(state)
        if loss > best_loss:
            break
        if loss < best_loss:
            best, best_epoch, best_loss = _copies(state), epoch, loss
    return best, best_epoch, best_loss


def last_loss_reported(step, validate, state, n):
    """The best weights came with the loss of the last epoch, not with their own."""
    best, best_epoch, best_loss = _copies(state), 0, math.inf
    for epoch in range(1, n + 1):
        step(state)
        loss = validate(state)
        if loss < best_loss:
            best, best_epoch, best_loss = _copies(state), epoch, loss
    return best, best_epoch, loss


def counted_from_zero(step, validate, state, n):
    """Epochs were counted from zero: epoch 1 is the first one."""
    best, best_epoch, best_loss = _trained(step, validate, state, n, lambda loss, best: loss < best)
    return best, best_epoch - 1, best_loss


def one_epoch_short(step, validate, state, n):
    """Only n - 1 epochs were trained: the last one of the range was left out."""
    return _trained(step, validate, state, n - 1, lambda loss, best: loss < best)


def looked_twice(step, validate, state, n):
    """Good weights were validated a second time to note their loss: a look costs time, and may differ."""
    best, best_epoch, best_loss = _copies(state), 0, math.inf
    for epoch in range(1, n + 1):
        step(state)
        if validate(state) < best_loss:
            best, best_epoch, best_loss = _copies(state), epoch, validate(state)
    return best, best_epoch, best_loss


def start_compared_too(step, validate, state, n):
    """The weights from before the training were validated as well, which is one look too many."""
    validate(state)
    best, best_epoch, best_loss = _copies(state), 0, math.inf
    for epoch in range(1, n + 1):
        step(state)
        loss = validate(state)
        if loss < best_loss:
            best, best_epoch, best_loss = _copies(state), epoch, loss
    return best, best_epoch, best_loss
