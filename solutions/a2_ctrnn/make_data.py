"""Make the data of a2_ctrnn: `python solutions/a2_ctrnn/make_data.py` from the repository's root (under a minute).

Public, in course_lib/student/data/a2_ctrnn, with checksums: scores.npz, forecasts of Lorenz runs with one bad
coordinate (question 5); flow.npz, runs of one member of the Lorenz family in mixed coordinates, to train and to test
on (question 8). Private, beside this file: members.npz, members of the family with their largest exponents.
"""

import hashlib
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
PUBLIC = HERE.parents[1] / "course_lib" / "student" / "data" / "a2_ctrnn"
STEP = 0.02  # sampling interval and solver step, in time units
RHO, BETA = np.linspace(28, 44, 5), np.linspace(2.3, 2.9, 4)
PUBLIC_MEMBER = (10.0, 33.0, 2.6)


def velocity(x, sigma, rho, beta):
    """The Lorenz family; x (..., 3)."""
    a, b, c = np.moveaxis(x, -1, 0)
    return np.stack([sigma * (b - a), a * (rho - c) - b, a * b - beta * c], axis=-1)


def step(x, parameters, h):
    """One Runge-Kutta step; x (..., 3)."""
    k1 = velocity(x, *parameters)
    k2 = velocity(x + h / 2 * k1, *parameters)
    k3 = velocity(x + h / 2 * k2, *parameters)
    k4 = velocity(x + h * k3, *parameters)
    return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def runs(rng, parameters, n, samples, h=STEP, spin_up=1000):
    """Independent runs on the attractor, (n, samples, 3), every h time units."""
    x = rng.normal(size=(n, 3)) * 8 + [0, 0, 25]
    found = []
    for k in range(spin_up + samples):
        if k >= spin_up:
            found.append(x)
        x = step(x, parameters, h)
    return np.stack(found, axis=1)


def largest_exponent(rng, parameters, n=64, samples=4000, spin_up=2000, apart=1e-7):
    """Mean growth rate per time unit of a small distance that is made small again after every step."""
    x = runs(rng, parameters, n, 1)[:, 0]
    near = x + apart * np.array([1.0, 0, 0])
    grown = 0.0
    for k in range(spin_up + samples):
        x, near = step(x, parameters, STEP), step(near, parameters, STEP)
        ratio = np.linalg.norm(near - x, axis=1, keepdims=True) / apart
        near = x + (near - x) / ratio
        grown += np.log(ratio).mean() * (k >= spin_up)
    return grown / (samples * STEP)


def scores(rng):
    """Forecasts one sample ahead: x and z nearly right, y noisy; some runs end early and are filled with NaN."""
    orbit = runs(rng, (10.0, 28.0, 8 / 3), 8, 241)
    target, previous = orbit[:, 1:].copy(), orbit[:, :-1].copy()
    pred = target + rng.normal(size=target.shape) * [0.1, 2.4, 0.1]
    for run, end in zip(range(1, 8, 2), (90, 150, 200, 120), strict=True):
        target[run, end:] = np.nan
        previous[run, end + 1 :] = np.nan
    return {"pred": pred, "target": target, "previous": previous}


def flow(rng):
    """Standardised runs in mixed coordinates, to train on (24, 400, 3) and to test on (16, 500, 3)."""
    mixing = np.array([[0.9, 0.3, -0.2], [-0.1, 0.7, 0.4], [0.3, -0.4, 0.8]])
    x, held_out = (runs(rng, PUBLIC_MEMBER, n, samples) @ mixing.T for n, samples in ((24, 400), (16, 500)))
    mean, std = x.mean(axis=(0, 1)), x.std(axis=(0, 1))
    lyap = STEP * largest_exponent(rng, PUBLIC_MEMBER)  # per sample
    return {"x": (x - mean) / std, "held_out": (held_out - mean) / std, "lyap": np.array(lyap)}


def main() -> None:
    """Write all files and the checksums of the public ones."""
    PUBLIC.mkdir(parents=True, exist_ok=True)
    rng, lines = np.random.default_rng(2), []
    for name, arrays in (("flow", flow(rng)), ("scores", scores(rng))):
        path = PUBLIC / f"{name}.npz"
        np.savez_compressed(path, **{key: value.astype(np.float32) for key, value in arrays.items()})
        lines.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
    (PUBLIC / "SHA256SUMS").write_text("".join(lines))
    members = np.array([(10.0, rho, beta) for rho in RHO for beta in BETA])
    exponents = [largest_exponent(rng, tuple(member)) for member in members]
    np.savez_compressed(HERE / "members.npz", parameters=members, exponent=np.array(exponents))


if __name__ == "__main__":
    main()
