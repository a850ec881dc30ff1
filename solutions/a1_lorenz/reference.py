"""The reference solution of a1_lorenz: one plain function a question, the text of the solution notebook."""

import numpy as np


def lorenz(x, sigma, rho, beta, delta):
    """Velocity and Jacobian of the Lorenz family; x (..., 3) -> f (..., 3), J (..., 3, 3)."""
    x = np.asarray(x, dtype=float)
    first, second, third = x[..., 0], x[..., 1], x[..., 2]
    f = np.stack(
        [
            sigma * (second - first),
            first * (rho - third) + delta * second,
            first * second - beta * third,
        ],
        axis=-1,
    )
    J = np.zeros((*x.shape, 3))
    J[..., 0, 0], J[..., 0, 1] = -sigma, sigma
    J[..., 1, 0], J[..., 1, 1], J[..., 1, 2] = rho - third, delta, -first
    J[..., 2, 0], J[..., 2, 1], J[..., 2, 2] = second, first, -beta
    return f, J


def rk4(f, x0, t):
    """One classical fourth-order step a grid interval; x0 (batch, dim), t (time,) -> x (batch, time, dim)."""
    x0, t = np.asarray(x0, dtype=float), np.asarray(t, dtype=float)
    x = np.empty((x0.shape[0], len(t), x0.shape[1]))
    x[:, 0] = x0
    for k in range(len(t) - 1):
        here, h = x[:, k], t[k + 1] - t[k]
        k1 = f(t[k], here)
        k2 = f(t[k] + h / 2, here + h / 2 * k1)
        k3 = f(t[k] + h / 2, here + h / 2 * k2)
        k4 = f(t[k] + h, here + h * k3)
        x[:, k + 1] = here + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return x


def spectrum(J, dt, skip):
    """Lyapunov exponents of a sequence of tangent maps; J (n, d, d) -> (d,) descending, per time unit."""
    J = np.asarray(J, dtype=float)
    n, d, _ = J.shape
    frame, growth = np.eye(d), np.zeros(d)
    for k in range(n):
        frame, upper = np.linalg.qr(J[k] @ frame)
        if k >= skip:
            growth += np.log(np.abs(np.diag(upper)))
    return np.sort(growth / ((n - skip) * dt))[::-1]


def fit_growth(lag, s):
    """Slope of the steady growth in a divergence curve, and the window it was read from, in the unit of lag."""
    lag, s = np.asarray(lag, dtype=float), np.asarray(s, dtype=float)
    ceiling = np.median(s[-len(s) // 5 :])
    rise = ceiling - s[0]
    past_low = np.flatnonzero(s > s[0] + 0.3 * rise)[0]
    past_high = np.flatnonzero(s > s[0] + 0.8 * rise)[0]
    window = slice(past_low, past_high)
    slope, _ = np.polyfit(lag[window], s[window], 1)
    return slope, (lag[window][0], lag[window][-1])


def pair_fraction(x, radii, w):
    """Share of the pairs of states at least w steps apart whose largest coordinate difference is within each radius."""
    x, radii = np.asarray(x, dtype=float), np.asarray(radii, dtype=float)
    n = len(x)
    close, pairs = np.zeros(len(radii)), 0
    for lag in range(w, n):
        distance = np.abs(x[lag:] - x[:-lag]).max(axis=1)
        close += (distance[:, None] <= radii).sum(axis=0)
        pairs += n - lag
    return close / pairs


def exponent_from_series(x, dt):
    """Largest exponent of the flow behind a series x (n, 3): one-step maps learned from it, an arrow through them."""
    z = (np.asarray(x, dtype=float) - np.mean(x, axis=0)) / np.std(x, axis=0)
    powers = [(i, j, k) for i in range(5) for j in range(5 - i) for k in range(5 - i - j)]
    terms = np.stack([np.prod(z**power, axis=1) for power in powers], axis=1)
    weights = np.linalg.lstsq(terms[:-1], z[1:], rcond=None)[0]
    J = np.zeros((len(z), 3, 3))
    for power, weight in zip(powers, weights, strict=True):
        for axis in range(3):
            if power[axis] > 0:
                lower = np.array(power) - np.eye(3, dtype=int)[axis]
                J[:, :, axis] += power[axis] * np.prod(z**lower, axis=1)[:, None] * weight
    arrow, growth, skip = np.ones(3), 0.0, 320
    for k in range(len(z) - 1):
        arrow = J[k] @ arrow
        length = np.linalg.norm(arrow)
        arrow = arrow / length
        if k >= skip:
            growth += np.log(length)
    return growth / ((len(z) - 1 - skip) * dt)
