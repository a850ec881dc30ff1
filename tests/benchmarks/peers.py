"""Estimators that pip installs, on the data of our own rows, with their ordinary settings and with the best we found.

python -m tests.benchmarks.peers              every peer that is installed
python -m tests.benchmarks.peers nolds ...    these packages

They are not among the pins, because neurokit2 0.2.13 wants a setuptools older than ours: `pip install nolds neurokit2`
in an environment of its own, beside `pip install -e .`.

What was measured is kept in peers.json, with version and date; results.md shows it beside our figures. The peers take
one series, so they get the x coordinate of the row's orbit, embedded by their own means. "Best" is what an informed
reader would choose without knowing the answer: lag 0.15 and dimension 3 as mutual information and false neighbours say,
neighbours at least two turns apart in time, and a fit that leaves out the first half time unit where the call allows
it. nolds' "RANSAC" fit draws from numpy's global state and is left as it is: its figures scatter in the third digit.
"""

import importlib
import importlib.metadata
import importlib.util
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np
import torch

from . import records
from .rows_from_data import DIMENSION, FROM_DATA, lorenz

SEEDS = (0, 1, 2, 3, 4)
N = 5_000  # samples: all of them compare every pair, which takes minutes and gigabytes for the 20 000 of our row
EXPONENT_DT, DIMENSION_DT = 0.05, 0.1
REGION = np.geomspace(0.03, 0.2, 12)  # radii of the best settings, in RMS radii of the delay vectors


@dataclass(frozen=True)
class Peer:
    """One call of one package: on which row it bears, on how many samples dt apart, and how its answer is read."""

    row: str
    package: str
    words: str
    n: int
    dt: float
    unit: str
    run: Callable[[Any, np.ndarray, float], float]


def load(package: str) -> ModuleType:
    """The package, imported.

    nolds 0.6.3 asks importlib.resources for the files of a module of its own, which Python before 3.12 refuses: while
    it is imported, the question is answered for the package.
    """
    files = resources.files
    inside = f"{package}.datasets"
    with mock.patch.object(resources, "files", lambda anchor: files(package if anchor == inside else anchor)):
        return importlib.import_module(package)


def _region(x: np.ndarray, dim: int) -> list[float]:
    return (REGION * x.std() * dim**0.5).tolist()


def _peers() -> tuple[Peer, ...]:
    exponent, dimension = FROM_DATA.name, DIMENSION.name
    rate, none = "1/t.u.", ""
    best_r = {"emb_dim": 3, "lag": 3, "min_tsep": 64, "trajectory_len": 50, "fit_offset": 10, "fit": "poly"}
    best_e = {"emb_dim": 7, "matrix_dim": 3, "min_tsep": 64}
    best_k = {"delay": 3, "dimension": 3, "separation": 64, "len_trajectory": 60}
    embedded = {"delay": 2, "dimension": 3}

    def rows(package: str, call: str, row: str, ordinary: Callable, best: Callable) -> tuple[Peer, ...]:
        dt, unit = (EXPONENT_DT, rate) if row == exponent else (DIMENSION_DT, none)
        what = "first exponent from x alone" if row == exponent else "dimension from x alone"
        return tuple(
            Peer(row, package, f"{what}, {call}, {settings} settings", N, dt, unit, run)
            for settings, run in (("ordinary", ordinary), ("best", best))
        )

    return (
        *rows(
            "nolds",
            "lyap_r",
            exponent,
            lambda p, x, dt: p.lyap_r(x, tau=dt),
            lambda p, x, dt: p.lyap_r(x, tau=dt, **best_r),
        ),
        *rows(
            "nolds",
            "lyap_e",
            exponent,
            lambda p, x, dt: max(p.lyap_e(x, tau=dt)),
            lambda p, x, dt: max(p.lyap_e(x, tau=dt, **best_e)),
        ),
        *rows(
            "neurokit2",
            "complexity_lyapunov",
            exponent,
            lambda p, x, dt: p.complexity_lyapunov(x)[0] / dt,
            lambda p, x, dt: p.complexity_lyapunov(x, **best_k)[0] / dt,
        ),
        *rows(
            "nolds",
            "corr_dim",
            dimension,
            lambda p, x, dt: p.corr_dim(x, emb_dim=10),
            lambda p, x, dt: p.corr_dim(x, emb_dim=3, lag=2, rvals=_region(x, 3), fit="poly"),
        ),
        *rows(
            "neurokit2",
            "fractal_correlation",
            dimension,
            lambda p, x, dt: p.fractal_correlation(x)[0],
            lambda p, x, dt: p.fractal_correlation(x, radius="nolds", **embedded)[0],
        ),
    )


PEERS = _peers()


def measure(peer: Peer, package: Any, seed: int) -> tuple[float, float]:
    """The peer's answer on the row's orbit of one seed, and its CPU seconds."""
    x = lorenz(1, peer.n, peer.dt, seed)[0, :, 0].numpy().copy()
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the peers' own libraries; the answer is judged, not the log
        value = float(peer.run(package, x, peer.dt))
    return value, time.process_time() - start


def entry(peer: Peer, version: str, answers: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """One line of peers.json: the median, with the range over the seeds and the time in words."""
    values, seconds = [value for value, _ in answers], [cpu for _, cpu in answers]
    spread = f"{min(values):.3g} to {max(values):.3g} over {len(values)} seeds"
    return {
        "row": peer.row,
        "figure": f"{peer.words}, {peer.n} samples ({spread}, {statistics.median(seconds):.2g} CPU s)",
        "value": float(f"{statistics.median(values):.3g}"),
        "unit": peer.unit,
        "kind": "measured",
        "source": f"{peer.package} {version}",
        "date": datetime.now(UTC).date().isoformat(),
    }


def keep(new: dict[str, Any], path: Path) -> None:
    """Put an entry into peers.json in the place of an earlier one of the same call, at once."""
    call = new["figure"].partition(" (")[0]
    package = new["source"].partition(" ")[0]
    kept = [
        old
        for old in records.read_measured_peers(path)
        if (old["figure"].partition(" (")[0], old["source"].partition(" ")[0]) != (call, package)
    ]
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(sorted([*kept, new], key=lambda e: (e["row"], e["figure"])), indent=2) + "\n")
    partial.replace(path)


def main(names: list[str]) -> int:
    """Run the installed peers; 1 when one that was asked for is not installed."""
    known = sorted({peer.package for peer in PEERS})
    wanted = names or known
    missing = [name for name in wanted if name not in known or importlib.util.find_spec(name) is None]
    torch.set_num_threads(1)
    for peer in PEERS:
        if peer.package not in wanted or peer.package in missing:
            continue
        package, version = load(peer.package), importlib.metadata.version(peer.package)
        new = entry(peer, version, [measure(peer, package, seed) for seed in SEEDS])
        keep(new, records.PEERS)
        print(f"{new['source']}: {new['value']} {new['unit']}: {new['figure']}", flush=True)
    (records.HERE / "results.md").write_text(records.render())
    if missing:
        print(f"not here: {', '.join(missing)}. Peers: {', '.join(known)}; pip install 'course-lib[bench]'.")
    return 1 if names and missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
