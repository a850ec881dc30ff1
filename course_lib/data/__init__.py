"""Data sets that come with the library, verified by checksum when they are loaded."""

import hashlib
import io
from dataclasses import dataclass
from importlib import resources

import numpy as np
import torch
from torch import Tensor

from course_lib.validation import CourseError, check_choice

CHECKSUMS = {"lorenz63": "79d331f8ee0f5140e195500dd74db114299bf4193e658c93a1f552689a8a1874"}  # SHA-256 of NAME.npz


@dataclass(frozen=True)
class Dataset:
    """Sampled states of one system. samples: (batch, time, dim), many short orbits, `samples_dt` between two samples.

    orbit: (time, dim), one long orbit, `orbit_dt` between two samples.  Both float64, on the attractor.
    """

    name: str
    samples: Tensor
    samples_dt: float
    orbit: Tensor
    orbit_dt: float


def load(name: str) -> Dataset:
    """A shipped data set: "lorenz63". A file that differs from the released one raises.

    The orbits are one realisation: another machine's integration parts from them after about 25 time units, so
    compare statistics, never samples. `python -m course_lib.data.make_lorenz63 FOLDER` makes the file anew.
    """
    check_choice("name", name, CHECKSUMS)
    content = (resources.files(__package__) / f"{name}.npz").read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != CHECKSUMS[name]:
        raise CourseError(
            f"{name}.npz: wanted the released file (SHA-256 {CHECKSUMS[name][:9]}...), got another ({found[:9]}...). "
            "Install the library anew."
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return Dataset(
            name=name,
            samples=torch.from_numpy(arrays["samples"]),
            samples_dt=float(arrays["samples_dt"]),
            orbit=torch.from_numpy(arrays["orbit"]),
            orbit_dt=float(arrays["orbit_dt"]),
        )
