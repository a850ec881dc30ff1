"""Make the data of a1_lorenz: `python solutions/a1_lorenz/make_data.py` from the repository's root (three minutes).

Public, in course_lib/student/data/a1_lorenz: one Lorenz trajectory and its divergence curve. A trajectory computed
again on another machine differs after about 25 time units, so it ships with a checksum (SHA256SUMS). Private, beside
this file: curves.npz, divergence curves of other members of the family with the exponents of their tangent maps, and
family.npz, stretches of orbits of slow and fast members (in exponents a turn), each with its own exponent.
"""

import hashlib
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

HERE = Path(__file__).resolve().parent
PUBLIC = HERE.parents[1] / "course_lib" / "student" / "data" / "a1_lorenz"
DT, STEP = 0.02, 0.01  # sampling interval and solver step, in time units
FAMILY = [(10.0, rho, beta, -1.0) for rho in (32.0, 38.0, 44.0, 50.0) for beta in (2.7, 3.0, 3.3)]

SAMPLES, PER_TURN, SUBSTEPS = 3200, 32, 5  # of a stretch, of a turn, and solver steps a sample
SLOW = [  # sigma, rho, beta, delta, time units a turn; 0.4 to 0.45 e-folds a turn
    (8.0, 40.0, 3.3, 0.5, 0.53), (10.0, 40.0, 3.8, 1.5, 0.46), (10.0, 45.0, 3.3, 1.5, 0.45),
    (10.0, 60.0, 3.3, 1.0, 0.4), (10.0, 60.0, 3.8, 0.5, 0.4), (8.0, 28.0, 2.8, 1.5, 0.61), (7.0, 32.0, 2.4, 1.0, 0.63),
    (8.0, 32.0, 3.3, 1.0, 0.57),
    (9.0, 28.0, 3.8, 1.5, 0.56), (9.0, 32.0, 3.3, 1.5, 0.54), (7.0, 32.0, 3.3, 0.5, 0.62), (10.0, 50.0, 3.8, 1.0, 0.42),
]  # fmt: skip
FAST = [  # 0.78 or more e-folds a turn
    (16.0, 50.0, 2.4, 1.4, 0.5), (14.0, 70.0, 2.0, 1.4, 0.44), (16.0, 70.0, 2.4, 0.3, 0.43),
    (14.0, 70.0, 2.0, 0.8, 0.46), (14.0, 40.0, 2.4, 1.4, 0.55), (16.0, 60.0, 2.0, 0.8, 0.52),
]  # fmt: skip
KEPT = [0, 1, 6, 7, 8, 11, 12, 13, 14, 15]  # steady within 3 %, no window for the library if fast
ENDS = [(first, last) for first in range(0, 641, 32) for last in (0, 16, 32, 64, 128, 192)]  # samples left out


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


def turned(v, x, sigma, rho, beta, delta):
    """Velocity of a small displacement v from x, both (..., 3)."""
    (a, b, c), (da, db, dc) = np.moveaxis(x, -1, 0), np.moveaxis(v, -1, 0)
    return np.stack([sigma * (db - da), (rho - c) * da + delta * db - a * dc, b * da + a * db - beta * dc], axis=-1)


def tangent_runs(parameters, dt, samples, starts, rng):
    """Orbits with a tangent vector each: x (samples, members, starts, 3), log growth after each (the same less 3)."""
    p, h = [parameters[:, k, None] for k in range(4)], (dt / SUBSTEPS)[:, None, None]
    x = rng.uniform(1, 5, (len(dt), starts, 3)) + np.array([0, 0, 20])
    v = rng.normal(size=x.shape)
    states, grown = np.empty((samples, *x.shape), np.float32), np.empty((samples, *x.shape[:-1]))
    for k in range(-500, samples):
        states[k] = x  # the first 500 are written over
        for _ in range(SUBSTEPS):
            k1, l1 = velocity(x, *p), turned(v, x, *p)
            k2, l2 = velocity(x + h / 2 * k1, *p), turned(v + h / 2 * l1, x + h / 2 * k1, *p)
            k3, l3 = velocity(x + h / 2 * k2, *p), turned(v + h / 2 * l2, x + h / 2 * k2, *p)
            k4, l4 = velocity(x + h * k3, *p), turned(v + h * l3, x + h * k3, *p)
            x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            v = v + h / 6 * (l1 + 2 * l2 + 2 * l3 + l4)
        size = np.linalg.norm(v, axis=-1)
        v /= size[..., None]
        grown[k] = np.log(size)
    return states, grown


def steady_stretch(states, grown):
    """The stretch whose growth a sample, with and without its ENDS, is nearest to that of all; states, own growth."""
    total = np.concatenate([np.zeros((1, grown.shape[1])), np.cumsum(grown, axis=0)])
    places = len(states) - SAMPLES + 1
    worst = np.zeros((places, grown.shape[1]))
    for first, last in ENDS:
        n = SAMPLES - 1 - first - last
        own = (total[first + n : first + n + places] - total[first : first + places]) / n
        worst = np.maximum(worst, np.abs(own / grown.mean() - 1))
    k, start = np.unravel_index(worst.argmin(), worst.shape)
    return states[k : k + SAMPLES, start], (total[k + SAMPLES - 1, start] - total[k, start]) / (SAMPLES - 1)


def write_family() -> None:
    """family.npz: x (members, SAMPLES, 3), dt and exponent (members,) in time units, fast (members,)."""
    table = np.array([*SLOW, *FAST])
    dt = table[:, 4] / PER_TURN
    states, grown = tangent_runs(table[:, :4], dt, 24000, 8, np.random.default_rng(7))
    found = [steady_stretch(states[:, m], grown[:, m]) for m in KEPT]
    np.savez_compressed(
        HERE / "family.npz",
        x=np.array([x for x, _ in found]),
        dt=dt[KEPT],
        exponent=np.array([growth for _, growth in found]) / dt[KEPT],
        fast=np.array(KEPT) >= len(SLOW),
    )


def main() -> None:
    """Write all three files and the checksum of the public one."""
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
    write_family()


if __name__ == "__main__":
    main()
