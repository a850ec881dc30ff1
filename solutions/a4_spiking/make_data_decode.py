"""The data of question 7, written by make_data.py: spikes of 48 cells with the signal that drove them, split into six
trajectories to learn from and three to try on, and the share of the variance that a plain decoder leaves on those.

Hidden draws have other numbers of cells, trajectories and steps.
"""

import numpy as np
from q7_decode import draw_signal, draw_spikes, plain_decoder

SEED, CELLS, TRAIN, TEST, STEPS, DT = 4, 48, 6, 3, 600, 0.002  # s
EDGE = round(0.15 / DT)


def arrays() -> dict[str, np.ndarray]:
    """What the file holds."""
    rng = np.random.default_rng(SEED)
    signal = draw_signal(rng, TRAIN + TEST, STEPS, DT).round(3)
    spikes = draw_spikes(rng, signal, CELLS, DT)
    gap = plain_decoder(spikes[:TRAIN], signal[:TRAIN], spikes[TRAIN:], DT) - signal[TRAIN:]
    truth = signal[TRAIN:, EDGE:-EDGE]
    left = (gap[:, EDGE:-EDGE] ** 2).sum(axis=(0, 1)) / ((truth - truth.mean(axis=(0, 1))) ** 2).sum(axis=(0, 1))
    given = {"s_train": spikes[:TRAIN], "s_test": spikes[TRAIN:], "dt": np.array(DT), "plain": left.mean().round(4)}
    single = signal.astype(np.float32)
    return {**given, "y_train": single[:TRAIN], "y_test": single[TRAIN:]}
