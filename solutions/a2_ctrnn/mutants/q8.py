"""Wrong and weaker answers to question 8: its ladder. matrix.toml says which rungs each must miss."""

import numpy as np


def _drawn(rng, k, units=80, gain=0.3, drive=0.2, bias=1.0):
    """Recurrent weights, input weights and bias of a random network."""
    W_rec = gain / np.sqrt(units) * rng.normal(size=(units, units))
    return W_rec, drive * rng.normal(size=(units, k)), bias * rng.uniform(-1, 1, units)


def _states(x, W_rec, W_in, b, leak=0.5):
    """The driven network's rates, (runs, time, units)."""
    h, states = np.zeros((len(x), len(b))), np.empty((*x.shape[:2], len(b)))
    for j in range(x.shape[1]):
        h += leak * (np.tanh(h) @ W_rec.T + x[:, j] @ W_in.T + b - h)
        states[:, j] = np.tanh(h)
    return states


def _fit(states, x, ridge=1e-10, ahead=1, first=50):
    """Readout C (k, units) and d (k,) for the sample `ahead` of each state."""
    a, y = states[:, first : x.shape[1] - ahead], x[:, first + ahead :]
    a, y = a.reshape(-1, a.shape[-1]), y.reshape(-1, y.shape[-1])
    mean, level = a.mean(axis=0), y.mean(axis=0)
    gram = (a - mean).T @ (a - mean) / len(a) + ridge * np.eye(a.shape[1])
    C = np.linalg.solve(gram, (a - mean).T @ (y - level) / len(a)).T
    return C, level - C @ mean


def _trained(x, rng, ridge=1e-10, ahead=1, **drawn):
    network = _drawn(rng, x.shape[2], **drawn)
    return (*network, *_fit(_states(x, *network), x, ridge, ahead))


def persistence(x, rng):
    """A network that hands its input through, so that its loop stands still."""
    k = x.shape[2]
    small = 1e-3 * np.eye(k)
    return np.zeros((k, k)), small, np.zeros(k), 1e3 * np.eye(k), np.zeros(k)


def linear_map(x, rng):
    """Three units in their linear range: no more than a linear map from sample to sample."""
    return _trained(x, rng, units=3, gain=0.1, drive=0.01, bias=0.0)


def strong_weights(x, rng):
    """Recurrent weights so strong that the network is busy with itself."""
    return _trained(x, rng, units=100, gain=2.0, drive=1.0)


def the_same_sample(x, rng):
    """The readout was fitted to the sample that the network has just seen, not to the one after it."""
    return _trained(x, rng, ahead=0)


def two_samples_ahead(x, rng):
    """The readout was fitted to the sample after the next one: the loop runs twice as fast as the truth."""
    return _trained(x, rng, ahead=2)


def transposed(x, rng):
    """The weights were handed back transposed: columns receive in place of rows."""
    W_rec, *others = _trained(x, rng, gain=0.9)
    return W_rec.T, *others


def without_leak(x, rng):
    """The network was trained as a map without leak; the one that is run moves half way in each step."""
    network = _drawn(rng, x.shape[2])
    return (*network, *_fit(_states(x, *network, leak=1.0), x))


def the_sum_is_squeezed(x, rng):
    """The network was trained in the chapter's form, which squeezes the sum; here the senders are squeezed."""
    W_rec, W_in, b = _drawn(rng, x.shape[2])
    h, states = np.zeros((len(x), len(b))), []
    for sample in x.swapaxes(0, 1):
        h = (h + np.tanh(h @ W_rec.T + sample @ W_in.T + b)) / 2
        states.append(h)
    return (W_rec, W_in, b, *_fit(np.stack(states, axis=1), x))


def readout_forgotten(x, rng):
    """The readout stayed as it was drawn: nothing was fitted."""
    W_rec, W_in, b = _drawn(rng, x.shape[2])
    return W_rec, W_in, b, rng.normal(size=(x.shape[2], len(b))) / np.sqrt(len(b)), np.zeros(x.shape[2])


def level_forgotten(x, rng):
    """The readout's constant d was left out of the answer."""
    *others, d = _trained(x, rng)
    return *others, 0 * d


def too_many_units(x, rng):
    """More units than are allowed."""
    W_rec, W_in, b = _drawn(rng, x.shape[2], units=240)
    return W_rec, W_in, b, np.zeros((x.shape[2], 240)), np.zeros(x.shape[2])


def readout_lying(x, rng):
    """The readout came back with units first."""
    W_rec, W_in, b, C, d = _trained(x, rng)
    return W_rec, W_in, b, C.T, d


def heavy_ridge(x, rng):
    """A ridge of a ten-thousandth, which shrinks what small differences between states have to say."""
    return _trained(x, rng, ridge=1e-4)


def twenty_units(x, rng):
    """Twenty units: too few shapes to bend the readout along the flow."""
    return _trained(x, rng, units=20)


def no_bias(x, rng):
    """No bias: a network that is odd, for a flow that is not."""
    return _trained(x, rng, bias=0.0)


def moderate_ridge(x, rng):
    """A ridge of a millionth."""
    return _trained(x, rng, units=150, ridge=1e-6)


def rounded(x, rng):
    """The normal equations were solved in single precision, where a small ridge is lost in rounding."""
    W_rec, W_in, b = _drawn(rng, x.shape[2], units=150)
    states = _states(x, W_rec, W_in, b).astype(np.float32)
    a, y = states[:, 50:-1].reshape(-1, 150), x[:, 51:].reshape(-1, x.shape[2]).astype(np.float32)
    mean, level = a.mean(axis=0), y.mean(axis=0)
    gram = (a - mean).T @ (a - mean) / np.float32(len(a)) + np.float32(1e-6) * np.eye(150, dtype=np.float32)
    C = np.linalg.solve(gram, (a - mean).T @ (y - level) / np.float32(len(a))).T
    return W_rec, W_in, b, C, level - C @ mean


def sixty_units(x, rng):
    """A good network of sixty units: more would do better."""
    return _trained(x, rng, units=60)


def small_ridge(x, rng):
    """Enough units, and a ridge of a hundred-millionth."""
    return _trained(x, rng, units=150, ridge=1e-8)
