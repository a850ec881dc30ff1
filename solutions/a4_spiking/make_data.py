"""Make the data of a4_spiking: `python solutions/a4_spiking/make_data.py` from the repository's root (a second).

Public, in course_lib/student/data/a4_spiking: trains.npz, a record of 24 cells with a dead time, of four kinds in
drawn order: nearly clocks, half-way, without memory, and without memory at a rate that slowly swings. Which cell is of
which kind is not in the file. And decode.npz, which make_data_decode.py describes. Checksums stand in SHA256SUMS.
"""

import hashlib
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
PUBLIC = HERE.parents[1] / "course_lib" / "student" / "data" / "a4_spiking"
DT, DEAD, STEPS = 0.001, 4, 20000  # s, samples, samples
IRREGULAR = (0.15, 0.5, 1.0, 1.0)  # CV of the free part of the intervals, kind by kind
SWING, PERIOD = 0.85, 4.0  # of the last kind: share of its rate, s
PER_KIND = 6


def train(rng, rate, irregular, swing):
    """One cell (STEPS,): gamma waits in a time that runs with the rate, then the dead time; rate in Hz."""
    t = DT * np.arange(STEPS)
    hazard = rate * (1 + swing * np.sin(2 * np.pi * t / PERIOD)) * DT  # expected spikes a free sample
    spikes, passed, ready = np.zeros(STEPS, dtype=bool), 0.0, 0
    wait = rng.gamma(irregular**-2, irregular**2)
    for k in range(STEPS):
        if k < ready:
            continue
        passed += hazard[k]
        if passed >= wait:
            spikes[k], passed, ready = True, 0.0, k + DEAD
            wait = rng.gamma(irregular**-2, irregular**2)
    return spikes


def record(rng):
    """All cells in drawn order: trains (STEPS, 24) and the kind of each."""
    kinds = rng.permutation(np.repeat(np.arange(len(IRREGULAR)), PER_KIND))
    rates = rng.permutation(np.geomspace(8, 45, len(kinds)))
    cells = [train(rng, rate, IRREGULAR[kind], SWING * (kind == 3)) for kind, rate in zip(kinds, rates, strict=True)]
    return np.stack(cells, axis=1), kinds


def main() -> None:
    """Write both files and their checksums."""
    import make_data_decode  # it lies beside this file, on the path of a script alone

    s, _ = record(np.random.default_rng(4))
    PUBLIC.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(PUBLIC / "trains.npz", s=s, dt=DT, t_ref=DEAD * DT)
    np.savez_compressed(PUBLIC / "decode.npz", **make_data_decode.arrays())
    files = ("decode.npz", "trains.npz")
    lines = [f"{hashlib.sha256((PUBLIC / name).read_bytes()).hexdigest()}  {name}" for name in files]
    (PUBLIC / "SHA256SUMS").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
