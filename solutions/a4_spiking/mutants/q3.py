"""Wrong answers to question 3. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _trains(s):
    """Sample numbers of the spikes, cell by cell."""
    return [np.flatnonzero(train) for train in np.asarray(s).T]


def _answer(s, dt, t_ref, **other):
    """Rates and CVs, with one thing done otherwise."""
    rate = other.get("rate", lambda times: len(times) / (len(s) * dt - len(times) * t_ref))
    waits = other.get("waits", lambda times: np.diff(times) - t_ref)
    spread = other.get("spread", lambda free: np.std(free) / np.mean(free))
    least, none = other.get("least", 3), other.get("none", np.nan)
    with np.errstate(all="ignore"):
        hz = np.array([rate(dt * train) for train in _trains(s)])
        cv = [spread(waits(dt * train)) if len(train) >= least else none for train in _trains(s)]
    return hz, np.array(cv)


def dead_time_ignored(s, dt, t_ref):
    """The dead time is not used at all: a cell that cannot fire is counted as one that does not."""
    return _answer(s, dt, 0.0)


def dead_time_in_the_rate_alone(s, dt, t_ref):
    """The dead time is taken out of the record, but not out of the intervals."""
    return _answer(s, dt, t_ref, waits=np.diff)


def dead_time_added(s, dt, t_ref):
    """The dead time is added to the record instead of taken off."""
    return _answer(s, dt, t_ref, rate=lambda times: len(times) / (len(s) * dt + len(times) * t_ref))


def dead_time_once(s, dt, t_ref):
    """The dead time is taken off the record once, not once a spike."""
    return _answer(s, dt, t_ref, rate=lambda times: len(times) / (len(s) * dt - t_ref))


def samples_for_seconds(s, dt, t_ref):
    """Record and intervals are counted in samples when a dead time in s is taken off them."""
    return _answer(
        s,
        dt,
        t_ref,
        rate=lambda times: len(times) / (len(s) - len(times) * t_ref),
        waits=lambda times: np.diff(times) / dt - t_ref,
    )


def one_pot(s, dt, t_ref):
    """The intervals of all cells are put together: slow and fast clocks look irregular in one pot."""
    hz, cv = _answer(s, dt, t_ref)
    pot = np.concatenate([np.diff(dt * train) - t_ref for train in _trains(s)])
    return hz, np.where(np.isnan(cv), np.nan, np.std(pot) / np.mean(pot))


def trains_end_to_end(s, dt, t_ref):
    """One list of all times, cell after cell: the jumps back from one cell to the next are counted as intervals."""
    hz, cv = _answer(s, dt, t_ref)
    waits = dt * np.diff(np.nonzero(np.asarray(s).T)[1]) - t_ref
    return hz, np.where(np.isnan(cv), np.nan, np.std(waits) / np.mean(waits))


def population_train(s, dt, t_ref):
    """The intervals between spikes of any cells: the train of the population, not those of its cells."""
    hz, cv = _answer(s, dt, t_ref)
    waits = dt * np.diff(np.flatnonzero(np.asarray(s).any(axis=1))) - t_ref
    return hz, np.where(np.isnan(cv), np.nan, np.std(waits) / np.mean(waits))


def variance_over_mean(s, dt, t_ref):
    """Variance over mean instead of standard deviation over mean: the number has a unit."""
    return _answer(s, dt, t_ref, spread=lambda free: np.var(free) / np.mean(free))


def root_of_fano(s, dt, t_ref):
    """Counts in windows, variance over mean, its root: related to the CV, and not the CV."""
    hz, cv = _answer(s, dt, t_ref)
    width = max(1, round(0.1 / dt))
    whole = np.asarray(s)[: len(s) // width * width]
    counts = whole.reshape(-1, width, whole.shape[1]).sum(axis=1)
    with np.errstate(all="ignore"):
        return hz, np.where(np.isnan(cv), np.nan, np.sqrt(counts.var(axis=0) / counts.mean(axis=0)))


def spread_of_rates(s, dt, t_ref):
    """Standard deviation over mean of the momentary rates, one over each interval."""
    return _answer(s, dt, t_ref, spread=lambda free: np.std(1 / free) / np.mean(1 / free))


def silence_counted(s, dt, t_ref):
    """The silence from the start of the record to the first spike is counted as an interval."""
    return _answer(s, dt, t_ref, waits=lambda times: np.diff(times, prepend=0.0) - t_ref)


def per_ms(s, dt, t_ref):
    """Spikes per ms instead of per second."""
    hz, cv = _answer(s, dt, t_ref)
    return hz / 1000, cv


def first_to_last(s, dt, t_ref):
    """The record is taken to last from the first spike to the last."""
    return _answer(s, dt, t_ref, rate=lambda times: len(times) / (np.ptp(times) + dt) if len(times) else 0.0)


def zero_for_few(s, dt, t_ref):
    """No spikes, no irregularity: a CV of 0 calls a silent cell a clock."""
    return _answer(s, dt, t_ref, none=0.0)


def one_interval_is_enough(s, dt, t_ref):
    """A single interval gets a CV: it has a mean and, by itself, no spread."""
    return _answer(s, dt, t_ref, least=2)


def one_number_for_all(s, dt, t_ref):
    """The mean over the cells is returned for each of them."""
    hz, cv = _answer(s, dt, t_ref)
    return np.full(len(hz), hz.mean()), np.where(np.isnan(cv), np.nan, np.nanmean(cv))
