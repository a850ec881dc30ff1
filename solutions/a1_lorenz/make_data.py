"""Make the data of a1_lorenz: `python solutions/a1_lorenz/make_data.py` from the repository's root (about a minute).

Public, in course_lib/student/data/a1_lorenz: one Lorenz trajectory and its divergence curve. A trajectory computed
again on another machine differs after about 25 time units, so it ships with a checksum (SHA256SUMS). Private, beside
this file: curves.npz, divergence curves of other members of the family with the exponents of their tangent maps.
"""

import hashlib
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

HERE = Path(__file__).resolve().parent
PUBLIC = HERE.parents[1] / "course_lib" / "student" / "data" / "a1_lorenz"
DT, STEP = 0.02, 0.01  # sampling interval and solver step, in time units
FAMILY = [(10.0, rho, beta, -1.0) for rho in (32.0, 38.0, 44.0, 50.0) for beta in (2.7, 3.0, 3.3)]


def velocity(x, sigma, rho, beta, delta):
    """The Lorenz family; x (..., 3)."""
    a, b, c = np.moveaxis(x, -1, 0)
    return np.stack([sigma * (b - a), a * (rho - c) + delta * b, a * b - beta * c], axis=-1)


def trajectory(parameters, samples, spin_up=2500):
    """Samples every DT on the attractor, (samples, 3), by Runge-Kutta steps of STEP."""
    x, found = np.array([1.0, 2.0, 25.0]), []
    for k in range(round(DT / STEP) * (samples + spin_up)):
        k1 = velocity(x, *parameters)
        k2 = velocity(x + STEP / 2 * k1, *parameters)
        k3 = velocity(x + STEP / 2 * k2, *parameters)
        k4 = velocity(x + STEP * k3, *parameters)
        x = x + STEP / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        if (k + 1) % round(DT / STEP) == 0:
            found.append(x)
    return np.array(found[spin_up:])


def divergence(x, steps, window=100):
    """Mean natural log distance of nearest neighbours (at least `window` samples apart) after 0 .. steps samples."""
    n = len(x) - steps
    _, near = cKDTree(x[:n]).query(x[:n], k=min(n, 2 * window + 2))
    apart = np.abs(near - np.arange(n)[:, None]) > window
    first = near[np.arange(n), apart.argmax(axis=1)]
    distances = [np.linalg.norm(x[k : n + k] - x[first + k], axis=1) for k in range(steps + 1)]
    return np.array([np.log(d[d > 0]).mean() for d in distances])


def tangent_exponent(x, parameters):
    """Largest exponent: growth of one vector under exp(DT J) to fourth order along the samples."""
    v, grown = np.ones(3), 0.0
    sigma, rho, beta, delta = parameters
    for k in range(len(x) - 1):
        a, b, c = (x[k] + x[k + 1]) / 2
        z = DT * np.array([[-sigma, sigma, 0], [rho - c, delta, -a], [b, a, -beta]])
        v = v + z @ (v + z @ (v + z @ (v + z @ v / 4) / 3) / 2)
        grown += np.log(np.linalg.norm(v))
        v /= np.linalg.norm(v)
    return grown / ((len(x) - 1) * DT)


def main() -> None:
    """Write both files and the checksum of the public one."""
    x = trajectory((10.0, 28.0, 8 / 3, -1.0), 12000).astype(np.float32)
    s = divergence(x.astype(float), 500)
    PUBLIC.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(PUBLIC / "lorenz.npz", t=DT * np.arange(len(x)), x=x, lag=DT * np.arange(len(s)), s=s)
    digest = hashlib.sha256((PUBLIC / "lorenz.npz").read_bytes()).hexdigest()
    (PUBLIC / "SHA256SUMS").write_text(f"{digest}  lorenz.npz\n")
    runs = [trajectory(parameters, 20000) for parameters in FAMILY]
    np.savez_compressed(
        HERE / "curves.npz",
        lag=DT * np.arange(501),
        s=np.array([divergence(run, 500) for run in runs]),
        exponent=np.array([tangent_exponent(run, parameters) for run, parameters in zip(runs, FAMILY, strict=True)]),
        parameters=np.array(FAMILY),
    )


if __name__ == "__main__":
    main()
