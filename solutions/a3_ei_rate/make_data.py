"""Make the data of a3_ei_rate: `python solutions/a3_ei_rate/make_data.py` from the repository's root (half a minute).

Public, in course_lib/student/data/a3_ei_rate: net_a.npz and net_b.npz, the three currents of 24 cells of two networks
of threshold-linear cells, 18 of them excitatory. Every cell hears K excitatory and K inhibitory ones and a
fluctuating outside. In net_a single connections are of size 1 / K, in net_b of size 1 / sqrt(K): the second cancels
its inputs, the first does not, and a measure that leaves the outside out says the opposite of both.
"""

import hashlib
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
PUBLIC = HERE.parents[1] / "course_lib" / "student" / "data" / "a3_ei_rate"
N_EXC, N_INH, K = 900, 450, 300
STEP, EVERY, SAMPLES, SPIN_UP = 0.1, 3, 240, 60  # in time constants of a cell; steps a sample; samples; samples
SHOWN = np.r_[0:18, N_EXC : N_EXC + 6]
NETS = {  # couplings E from E, E from I, I from E, I from I, E and I from outside; size of them all; seed
    "net_a": (np.array([[1.0, -0.65], [1.0, -0.65]]), np.array([1.2, 1.2]), 1.0, 11),
    "net_b": (np.array([[1.0, -2.0], [1.0, -1.8]]), np.array([1.09, 0.89]), np.sqrt(K), 12),
}


def weights(couplings: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """Signed weights (cells, cells): K senders of each kind to every cell, together size times the coupling."""
    W = np.zeros((N_EXC + N_INH, N_EXC + N_INH))
    for kind, (first, count) in enumerate(((0, N_EXC), (N_EXC, N_INH))):
        for cell in range(len(W)):
            W[cell, first + rng.permutation(count)[:K]] = couplings[int(cell >= N_EXC), kind] * size / K
    return W


def currents(couplings: np.ndarray, outside: np.ndarray, size: float, seed: int) -> dict[str, np.ndarray]:
    """Currents of the shown cells, (24, SAMPLES) each: from E cells, from I cells, and from outside."""
    rng = np.random.default_rng(seed)
    W = weights(couplings, size, rng)
    external = size * np.repeat(outside, (N_EXC, N_INH))
    r, slow, own = np.full(len(W), 1.0), 0.0, np.zeros(len(W))
    found: dict[str, list[np.ndarray]] = {"exc": [], "inh": [], "ext": []}
    for k in range((SAMPLES + SPIN_UP) * EVERY):
        slow += -0.05 * slow + 0.06 * rng.normal()
        own += -0.2 * own + 0.2 * rng.normal(size=len(W))
        exc, inh = W[:, :N_EXC] @ r[:N_EXC], W[:, N_EXC:] @ r[N_EXC:]
        ext = external * (1 + slow) + own
        r += STEP * (-r + np.maximum(exc + inh + ext, 0))
        if k % EVERY == 0 and k >= SPIN_UP * EVERY:
            for name, current in (("exc", exc), ("inh", inh), ("ext", ext)):
                found[name].append(current[SHOWN])
    return {name: np.array(rows, dtype=np.float32).T for name, rows in found.items()}


def main() -> None:
    """Write both files and their checksums."""
    PUBLIC.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, net in NETS.items():
        np.savez_compressed(PUBLIC / f"{name}.npz", **currents(*net))
        lines.append(f"{hashlib.sha256((PUBLIC / f'{name}.npz').read_bytes()).hexdigest()}  {name}.npz\n")
    (PUBLIC / "SHA256SUMS").write_text("".join(lines))


if __name__ == "__main__":
    main()
