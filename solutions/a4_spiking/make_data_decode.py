"""Make the data of question 7: `python solutions/a4_spiking/make_data_decode.py` from the repository's root (a second).

Public, in course_lib/student/data/a4_spiking: decode.npz, spikes of 48 cells with the signal that drove them, split
into six trajectories to learn from and three to try on, and the share of the variance that a plain decoder leaves on
those. Hidden draws have other numbers of cells, trajectories and steps.
"""

import hashlib
from pathlib import Path

import numpy as np
from q7_decode import draw_signal, draw_spikes, plain_decoder

PUBLIC = Path(__file__).resolve().parents[2] / "course_lib" / "student" / "data" / "a4_spiking"
SEED, CELLS, TRAIN, TEST, STEPS, DT = 4, 48, 6, 3, 600, 0.002  # s
EDGE = round(0.15 / DT)


def arrays() -> dict[str, np.ndarray]:
    """What the file holds."""
    rng = np.random.default_rng(SEED)
    signal = draw_signal(rng, TRAIN + TEST, STEPS, DT).round(3)
    spikes = draw_spikes(rng, signal, CELLS, DT)
    given = {"s_train": spikes[:TRAIN], "y_train": signal[:TRAIN], "s_test": spikes[TRAIN:], "y_test": signal[TRAIN:]}
    truth = signal[TRAIN:, EDGE:-EDGE]
    gap = plain_decoder(given["s_train"], given["y_train"], given["s_test"], DT)[:, EDGE:-EDGE] - truth
    left = (gap**2).sum(axis=(0, 1)) / ((truth - truth.mean(axis=(0, 1))) ** 2).sum(axis=(0, 1))
    return {**given, "dt": np.array(DT), "plain": left.mean().round(4)}


def main() -> None:
    """Write the file, and its line among the checksums."""
    given = arrays()
    for name in ("y_train", "y_test"):
        given[name] = given[name].astype(np.float32)
    PUBLIC.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(PUBLIC / "decode.npz", **given)
    sums = PUBLIC / "SHA256SUMS"
    others = [line for line in (sums.read_text().splitlines() if sums.exists() else []) if "decode.npz" not in line]
    line = f"{hashlib.sha256((PUBLIC / 'decode.npz').read_bytes()).hexdigest()}  decode.npz"
    sums.write_text("\n".join(sorted([*others, line], key=lambda entry: entry.split()[1])) + "\n")


if __name__ == "__main__":
    main()
