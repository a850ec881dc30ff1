"""The reference solution of a5_flipflop: one plain function a question, the text of the solution notebook."""

import numpy as np


def latch(pulses):
    """For every step the sign of the bit's last non-zero entry up to there, or 0; (batch, time, bits) both."""
    pulses = np.asarray(pulses, dtype=float)
    steps = np.arange(pulses.shape[1])[:, None]
    last = np.maximum.accumulate(np.where(pulses != 0, steps, 0), axis=1)
    return np.take_along_axis(np.sign(pulses), last, axis=1)
