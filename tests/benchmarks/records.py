"""Results as JSON files, one a row, kept after every seed, with what they depend on; and the page made from them."""

import ast
import hashlib
import inspect
import json
import os
import platform
import subprocess
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course_lib import __version__
from course_lib.staff.publishing.used import without_words

from . import rotation
from .rows import Criterion, Row
from .table import ROWS

HERE = Path(__file__).resolve().parent
LIBRARY = HERE.parent.parent / "course_lib"
RESULTS = HERE / "results"
PEERS = HERE / "peers.json"  # of peers that are run here; peers.toml has the others


def fingerprint(row: Row, library: Path = LIBRARY) -> str:
    """A hash of the code of the library's modules that the row uses and of what measures it; words do not count."""
    digest = hashlib.sha256()
    for name in row.modules:
        path = library / name
        for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            code = without_words(ast.parse(source.read_bytes()))
            digest.update(f"{os.path.relpath(source, library)}\0{code}".encode())
    digest.update(without_words(ast.parse(inspect.getsource(inspect.getmodule(row.measure)))).encode())
    return digest.hexdigest()[:16]


def machine() -> dict[str, Any]:
    """The processor's model and the number of cores; nothing that names a computer."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        models = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = models[0] if models else model
    return {"cpu": model, "cores": os.cpu_count()}


def commit() -> str:
    """The checked-out commit, "unknown" outside a checkout."""
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=HERE, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def load(name: str, folder: Path = RESULTS) -> dict[str, Any]:
    """The record of a row: {"row", "version", "seeds": {seed: {"figures", ...}}}; without seeds when never measured."""
    path = folder / f"{name}.json"
    return json.loads(path.read_text()) if path.is_file() else {"row": name, "version": __version__, "seeds": {}}


def measure(row: Row, seed: int, folder: Path = RESULTS) -> dict[str, float]:
    """Measure one seed and keep it at once, so that an interrupted bench loses at most one seed."""
    figures = row.measure(seed)
    record = load(row.name, folder)
    record["version"] = __version__
    record["seeds"][str(seed)] = {
        "figures": figures,
        "machine": machine(),
        "commit": commit(),
        "modules": fingerprint(row),
        "date": datetime.now(UTC).date().isoformat(),
    }
    record["seeds"] = dict(sorted(record["seeds"].items(), key=lambda item: int(item[0])))
    _keep(record, folder)
    return figures


def confirm(row: Row, folder: Path = RESULTS) -> None:
    """Write that the figures are this version's, when none is due: its code is the code that they were measured on."""
    record = load(row.name, folder)
    if not due(row, folder) and record["version"] != __version__:
        _keep(record | {"version": __version__}, folder)


def _keep(record: dict[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{record['row']}.json"
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(record, indent=2) + "\n")
    partial.replace(path)


def due(row: Row, folder: Path = RESULTS) -> list[int]:
    """Seeds that were never measured, or measured on other code."""
    seeds = load(row.name, folder)["seeds"]
    return [s for s in row.seeds if seeds.get(str(s), {}).get("modules") != fingerprint(row)]


def figures_of(row: Row, record: dict[str, Any]) -> list[dict[str, float]]:
    """The figures of the row's seeds, in order; KeyError for one that is missing."""
    return [record["seeds"][str(seed)]["figures"] for seed in row.seeds]


def complaints(
    records: dict[str, dict[str, Any]], short: list[dict[str, Any]], version: str = __version__
) -> list[str]:
    """What is wrong with the recorded figures; an empty list when every target is met or listed as short."""
    found = []
    listed = {(entry["row"], entry["criterion"]) for entry in short}
    known = {(row.name, criterion.name) for row in ROWS.values() for criterion in row.criteria}
    found += [f"short.toml lists {row}.{name}, which no row has" for row, name in sorted(listed - known)]
    for row in ROWS.values():
        record = records[row.name]
        missing = [seed for seed in row.seeds if str(seed) not in record["seeds"]]
        if missing:
            found.append(f"{row.name}: no figures for seeds {missing}; run `make bench ROW={row.name}`")
            continue
        if record["version"] != version:
            found.append(f"{row.name}: measured at {record['version']}, this is {version}; run `make bench`")
        figures = figures_of(row, record)
        for criterion in row.criteria:
            met, value = criterion.met(figures), criterion.value(figures)
            side = "at least" if criterion.at_least else "at most"
            if not met and (row.name, criterion.name) not in listed:
                found.append(f"{row.name}: {criterion.words} is {value:.4g}, wanted {side} {criterion.bound:g}")
            if met and (row.name, criterion.name) in listed:
                found.append(f"{row.name}: {criterion.words} is met ({value:.4g}); take it off short.toml")
    return found


def read_toml(name: str) -> list[dict[str, Any]]:
    """The entries of peers.toml or short.toml."""
    return tomllib.loads((HERE / name).read_text()).get("entry", [])


def read_measured_peers(path: Path = PEERS) -> list[dict[str, Any]]:
    """The entries that `python -m tests.benchmarks.peers` measured."""
    return json.loads(path.read_text()) if path.is_file() else []


def render() -> str:
    """results.md: every target with our figure, all seeds, and the peers' figures beside it."""
    short = {(entry["row"], entry["criterion"]) for entry in read_toml("short.toml")}
    lines = ["# Results", "", "Written by `make bench` from `results/*.json`; do not edit. LT is a Lyapunov time.", ""]
    for row in ROWS.values():
        record = load(row.name)
        lines += [f"## {row.title}", "", row.notes, ""]
        if any(str(seed) not in record["seeds"] for seed in row.seeds):
            lines += ["Not measured yet.", ""]
            continue
        figures = figures_of(row, record)
        lines += ["| target | bound | ours | met |", "|---|---|---|---|"]
        for criterion in row.criteria:
            state = "yes" if criterion.met(figures) else "no" + (", listed" * ((row.name, criterion.name) in short))
            lines.append(f"| {criterion.words} | {bound(criterion)} | {criterion.value(figures):.4g} | {state} |")
        keys = list(figures[0])
        lines += ["", "| seed | " + " | ".join(keys) + " |", "|---" * (len(keys) + 1) + "|"]
        for seed, values in zip(row.seeds, figures, strict=True):
            lines.append(f"| {seed} | " + " | ".join(f"{values[key]:.5g}" for key in keys) + " |")
        lines += ["", provenance(row, record), "", *_peers(row)]
    lines += rotation.render(rotation.load())
    return "\n".join(lines).rstrip() + "\n"


def bound(criterion: Criterion) -> str:
    """What a target asks, as a sign and a number."""
    return f"{'≥' if criterion.at_least else '≤'} {criterion.bound:g}"


def provenance(row: Row, record: dict[str, Any]) -> str:
    """When, on which machine, at which commit and version the figures were measured."""
    seeds = [record["seeds"][str(seed)] for seed in row.seeds]
    machines = sorted({f"{s['machine']['cpu']}, {s['machine']['cores']} cores" for s in seeds})
    commits = sorted({s["commit"][:10] for s in seeds})
    dates = sorted({s["date"] for s in seeds})
    return f"{'; '.join(dates)}, {'; '.join(machines)}, at {', '.join(commits)}, version {record['version']}."


def peers_of(row: Row) -> list[dict[str, Any]]:
    """The entries of other work for the same question."""
    return [e for e in (*read_toml("peers.toml"), *read_measured_peers()) if e["row"] == row.name]


def peer_value(entry: dict[str, Any]) -> str:
    """A peer's figure with its unit."""
    return f"{entry['value']} {entry['unit']}".rstrip()


def _peers(row: Row) -> list[str]:
    entries = peers_of(row)
    if not entries:
        return []
    lines = ["| peer's figure | value | how | source | date |", "|---|---|---|---|---|"]
    lines += [f"| {e['figure']} | {peer_value(e)} | {e['kind']} | {e['source']} | {e['date']} |" for e in entries]
    return [*lines, ""]
