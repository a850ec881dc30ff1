"""Shipped networks trained anew, one in every full run of the bench: is the recipe still as good as the file says?"""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course_lib.studies import pretrained

NAME = "pretrained"
RESULTS = Path(__file__).resolve().parent / "results"


def load(folder: Path = RESULTS) -> dict[str, Any]:
    """What was found so far: name of the network -> {"shipped", "anew", "date", "commit"}."""
    path = folder / f"{NAME}.json"
    return json.loads(path.read_text()) if path.is_file() else {}


def next_name(found: dict[str, Any]) -> str:
    """The network that was longest ago trained anew, one that never was before all others."""
    return min(pretrained.CATALOGUE, key=lambda name: found.get(name, {}).get("date", ""))


def rotate(commit: str, folder: Path = RESULTS) -> str:
    """Train the next network anew, keep what came out with the commit at hand, and return the network's name."""
    found = load(folder)
    name = next_name(found)
    with tempfile.TemporaryDirectory() as scratch:
        anew = pretrained.regenerate(name, scratch).quality
    shipped = pretrained.load(name).quality
    date = datetime.now(UTC).isoformat(timespec="seconds")
    found[name] = {"shipped": shipped, "anew": anew, "date": date, "commit": commit}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.json").write_text(json.dumps(dict(sorted(found.items())), indent=2) + "\n")
    return name


def complaints(found: dict[str, Any]) -> list[str]:
    """Networks whose recipe no longer gives the quality of the shipped file."""
    return [
        f"{NAME} {name}, {test}: trained anew {score:.4g}, shipped {entry['shipped'][test]:.4g}"
        for name, entry in found.items()
        for test, score in entry["anew"].items()
        if not pretrained.is_as_good(score, entry["shipped"][test])
    ]


def render(found: dict[str, Any]) -> list[str]:
    """The section of results.md, as lines."""
    lines = ["## Shipped networks, trained anew", "", "One a run of `make bench`, the one longest ago first.", ""]
    if not found:
        return [*lines, "None yet.", ""]
    lines += ["| network | test | shipped | anew | date |", "|---|---|---|---|---|"]
    for name, entry in sorted(found.items()):
        for test, score in entry["anew"].items():
            lines.append(f"| {name} | {test} | {entry['shipped'][test]:.4f} | {score:.4f} | {entry['date'][:10]} |")
    return [*lines, ""]
