"""Ways to decode that earn every point of question 7."""

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d


def gaussian_of_scipy(s_train, y_train, s_test, dt):
    """A Gaussian of 25 ms from scipy, least squares with a column of ones."""

    def features(s):
        smooth = gaussian_filter1d(s.astype(float), 0.025 / dt, axis=1)
        return np.concatenate([smooth, np.ones((*smooth.shape[:2], 1))], axis=-1)

    x = features(s_train)
    weights, *_ = np.linalg.lstsq(x.reshape(-1, x.shape[-1]), y_train.reshape(-1, 3), rcond=None)
    return features(s_test) @ weights


def there_and_back(s_train, y_train, s_test, dt):
    """An exponential filter forwards, then backwards over the result, in a loop; torch's solver in float32."""

    def smooth(s):
        for _ in range(2):
            trace, out = np.zeros((s.shape[0], s.shape[2]), np.float32), np.empty(s.shape, np.float32)
            for k in range(s.shape[1]):
                trace = trace + np.float32(dt / 0.02) * (s[:, k] - trace)
                out[:, k] = trace
            s = out[:, ::-1]
        return torch.as_tensor(s.copy())

    x, y = smooth(s_train).flatten(0, 1), torch.as_tensor(y_train, dtype=torch.float32).flatten(0, 1)
    x_mean, y_mean = x.mean(0), y.mean(0)
    x, y = x - x_mean, y - y_mean
    gram = x.T @ x
    weights = torch.linalg.solve(gram + 1e-3 * gram.diagonal().mean() * torch.eye(len(gram)), x.T @ y)
    return (smooth(s_test) - x_mean) @ weights + y_mean


def both_sides_apart(s_train, y_train, s_test, dt):
    """Traces of the past and of the future as features of their own, one test trajectory after the other."""

    def traces(s):
        now, out = np.zeros(s.shape[-1]), np.empty(s.shape)
        for k, fired in enumerate(s):
            now = now * np.exp(-dt / 0.022) + fired
            out[k] = now
        return out

    def features(s):
        return np.hstack([traces(s), traces(s[::-1])[::-1], np.ones((len(s), 1))])

    x = np.vstack([features(s) for s in s_train])
    gram = x.T @ x + 1e-3 * np.eye(x.shape[1]) * np.mean(np.sum(x**2, axis=0)) * 0.1
    weights = np.linalg.solve(gram, x.T @ np.vstack(list(y_train)))
    return [features(s) @ weights for s in s_test]


def box(s_train, y_train, s_test, dt):
    """Spikes counted in a window of 60 ms around each moment, by differences of running sums."""
    half = round(0.03 / dt)

    def counts(s):
        total = np.cumsum(np.pad(s.astype(float), ((0, 0), (half + 1, half), (0, 0))), axis=1)
        return total[:, 2 * half + 1 :] - total[:, : -2 * half - 1]

    x, unseen = counts(s_train), counts(s_test)
    x_mean, y_mean = x.mean(axis=(0, 1)), y_train.mean(axis=(0, 1))
    weights = np.linalg.lstsq((x - x_mean).reshape(-1, x.shape[-1]), (y_train - y_mean).reshape(-1, 3), rcond=None)[0]
    return (unseen - x_mean) @ weights + y_mean
