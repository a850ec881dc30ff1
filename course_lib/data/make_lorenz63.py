"""Makes lorenz63.npz anew: `python -m course_lib.data.make_lorenz63 FOLDER`.

A new file has the same statistics (tests/test_data.py), not the same bytes on every machine: whoever ships one also
changes its checksum in `course_lib.data`.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from course_lib.integrate import integrate
from course_lib.systems import Lorenz63

SEED = 63
SPIN_UP = 30.0
MAX_STEP = 0.005


def lorenz63_arrays() -> dict[str, np.ndarray]:
    """80 orbits of 500 samples 0.1 t.u. apart, and one of 20 000 samples 0.05 t.u. apart; RK4 with steps of 0.005."""
    flow = Lorenz63()
    generator = torch.Generator().manual_seed(SEED)
    centre = torch.tensor([0.0, 0.0, 25.0], dtype=torch.float64)
    starts = centre + 5 * torch.randn(81, 3, generator=generator, dtype=torch.float64)
    spin_up = torch.tensor([0.0, SPIN_UP], dtype=torch.float64)
    starts = integrate(flow, starts, spin_up, max_step=MAX_STEP).x[:, -1]
    samples_dt, orbit_dt = 0.1, 0.05
    samples_t = samples_dt * torch.arange(500, dtype=torch.float64)
    orbit_t = orbit_dt * torch.arange(20_000, dtype=torch.float64)
    return {
        "samples": integrate(flow, starts[:80], samples_t, max_step=MAX_STEP).x.numpy(),
        "samples_dt": np.array(samples_dt),
        "orbit": integrate(flow, starts[80:], orbit_t, max_step=MAX_STEP).x[0].numpy(),
        "orbit_dt": np.array(orbit_dt),
    }


def main(folder: str) -> None:
    """Write FOLDER/lorenz63.npz."""
    arrays: dict[str, Any] = lorenz63_arrays()
    with Path(folder, "lorenz63.npz").open("wb") as file:
        np.savez_compressed(file, **arrays)


if __name__ == "__main__":
    main(sys.argv[1])
