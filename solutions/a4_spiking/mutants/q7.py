"""Rungs of the ladder of question 7 and wrong turns: what each way of decoding earns stands in matrix.toml."""

import numpy as np


def _looking_back(s, tau, dt):
    """An exponential filter in time, (traj, time, cells)."""
    trace, out = np.zeros((s.shape[0], s.shape[2])), np.empty(s.shape)
    for k in range(s.shape[1]):
        trace = trace + s[:, k] - dt / tau * trace
        out[:, k] = trace
    return out


def _read(train, y_train, test, offset=True, ridge=1e-3):
    """Ridge regression of the signal on features."""
    mean_x = train.mean(axis=(0, 1)) if offset else 0.0
    mean_y = y_train.mean(axis=(0, 1)) if offset else 0.0
    x = (train - mean_x).reshape(-1, train.shape[-1])
    gram = x.T @ x
    gram = gram + ridge * np.trace(gram) / len(gram) * np.eye(len(gram))
    return (test - mean_x) @ np.linalg.solve(gram, x.T @ (y_train - mean_y).reshape(-1, 3)) + mean_y


def _filtered(s_train, y_train, s_test, dt, tau):
    return _read(_looking_back(s_train, tau, dt), y_train, _looking_back(s_test, tau, dt))


def mean_of_the_signal(s_train, y_train, s_test, dt):
    """The mean of the training signal was returned: the spikes were not listened to."""
    return np.zeros((*s_test.shape[:2], 3)) + y_train.mean(axis=(0, 1))


def a_training_trajectory(s_train, y_train, s_test, dt):
    """Trajectories of the training set were returned for those that are to be decoded."""
    return y_train[: len(s_test)]


def raw_spikes(s_train, y_train, s_test, dt):
    """Spikes were read out as they are: at any moment nearly all cells are silent."""
    return _read(s_train.astype(float), y_train, s_test.astype(float))


def counted_from_the_start(s_train, y_train, s_test, dt):
    """The filter's time constant was taken for milliseconds: it never forgets, and counts all spikes so far."""
    return _filtered(s_train, y_train, s_test, dt, tau=20.0)


def tenth_of_a_second_late(s_train, y_train, s_test, dt):
    """The filter was made so long that the estimate comes a tenth of a second late."""
    return _filtered(s_train, y_train, s_test, dt, tau=0.1)


def too_long(s_train, y_train, s_test, dt):
    """The filter was made a little too long: the estimate is smooth, and late."""
    return _filtered(s_train, y_train, s_test, dt, tau=0.05)


def too_short(s_train, y_train, s_test, dt):
    """The filter was made too short: the estimate is in time, and noisy."""
    return _filtered(s_train, y_train, s_test, dt, tau=0.005)


def length_in_steps(s_train, y_train, s_test, dt):
    """The filter's length was given in steps: with another step it is another time."""
    return _filtered(s_train, y_train, s_test, dt, tau=25 * dt)


def looking_back_only(s_train, y_train, s_test, dt):
    """The best single filter that looks back only: half of what could be known comes later."""
    return _filtered(s_train, y_train, s_test, dt, tau=0.02)


def two_filters_that_smooth(s_train, y_train, s_test, dt):
    """The traces of a short and a long filter were added up: no readout can set one against the other."""
    train, test = (_looking_back(s, 0.01, dt) + _looking_back(s, 0.03, dt) for s in (s_train, s_test))
    return _read(train, y_train, test)


def three_filters(s_train, y_train, s_test, dt):
    """Three filters that look back only were read out together: they foresee a little, and are noisier for it."""
    train, test = (
        np.concatenate([_looking_back(s, tau, dt) for tau in (0.01, 0.02, 0.05)], axis=-1) for s in (s_train, s_test)
    )
    return _read(train, y_train, test)


def moved_ahead(s_train, y_train, s_test, dt):
    """A filter that looks back was moved ahead in time by its own length: in time, but still one-sided."""
    ahead = round(0.02 / dt)
    train, test = (np.roll(_looking_back(s, 0.02, dt), -ahead, axis=1) for s in (s_train, s_test))
    return _read(train, y_train, test)


def no_offset(s_train, y_train, s_test, dt):
    """The readout was given no offset: the cells' resting rates had to serve as one."""
    train, test = (_looking_back(s, 0.02, dt) for s in (s_train, s_test))
    return _read(train, y_train, test, offset=False)


def one_coordinate(s_train, y_train, s_test, dt):
    """One coordinate was decoded and returned three times."""
    return np.repeat(_filtered(s_train, y_train, s_test, dt, tau=0.02)[..., :1], 3, axis=-1)


def one_trajectory(s_train, y_train, s_test, dt):
    """The readout was fitted on a single trajectory: too little for sixty weights."""
    return _filtered(s_train[:1], y_train[:1], s_test, dt, tau=0.02)


def shifted_the_wrong_way(s_train, y_train, s_test, dt):
    """The estimate was moved by 0.15 s in the wrong direction."""
    return np.roll(_filtered(s_train, y_train, s_test, dt, tau=0.02), round(0.15 / dt), axis=1)


def cells_in_one_pot(s_train, y_train, s_test, dt):
    """All cells were added up before decoding: what tells them apart is lost."""
    train, test = (s.sum(axis=-1, keepdims=True).astype(float) for s in (s_train, s_test))
    return _filtered(train, y_train, test, dt, tau=0.02)
