"""`data`: what a problem set gives, read from the package and checked against its checksum."""

import hashlib
from pathlib import Path

import numpy as np

from course_lib.student.begin import current

FOLDER = Path(__file__).resolve().parent / "data"


def data(name: str) -> dict[str, np.ndarray]:
    """The arrays of one file of the current problem set, by name; every call gives fresh copies.

    name: for instance "lorenz", without the ending.

    Raises ValueError for a name that the set does not have, and for a file that has changed since it was made,
    RuntimeError before `begin`.
    """
    folder = FOLDER / current()
    sums = {line.split()[1]: line.split()[0] for line in (folder / "SHA256SUMS").read_text().splitlines() if line}
    path = folder / f"{name}.npz"
    if path.name not in sums:
        known = ", ".join(sorted(file.removesuffix(".npz") for file in sums))
        raise ValueError(f"Wanted data of {folder.name}, got {name!r}. There are: {known}.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != sums[path.name]:
        raise ValueError(f"The file {path.name} is damaged: its checksum differs. Install course_lib again.")
    with np.load(path, allow_pickle=False) as arrays:
        return {key: arrays[key] for key in arrays.files}
