"""What the bench measured, for the page on the status of the build: out of the records into a file beside the page.

    python -m tests.benchmarks.status          (the bench does it at the end of each run)

The published tree has no tests and no records; tests/test_benchmarks.py holds the file to them. `results.md` has the
figures of every seed; here are the targets, what came out over the seeds, and what others reach.
"""

import json
from collections.abc import Sequence
from typing import Any

from . import records
from .rows import Criterion, Figures, Row
from .table import SECTIONS

FILE = records.HERE.parents[1] / "book" / "reference" / "results.json"


def contents() -> list[dict[str, Any]]:
    """A section after the other: title, rows, and the targets that tests hold."""
    held = records.read_toml("held.toml")
    return [
        {
            "title": title,
            "rows": [of_row(row) for row in rows],
            "held": [
                {key: entry.get(key, "") for key in ("target", "wanted", "elsewhere", "tests")}
                for entry in held
                if entry["section"] == title
            ],
        }
        for title, rows in SECTIONS.items()
    ]


def of_row(row: Row) -> dict[str, Any]:
    """A row: its targets, where it was measured, the peers' figures, and what is said of a target that is missed."""
    record = records.load(row.name)
    known = all(str(seed) in record["seeds"] for seed in row.seeds)
    figures = records.figures_of(row, record) if known else []
    return {
        "title": row.title,
        "notes": row.notes,
        "targets": [of_criterion(criterion, figures) for criterion in row.criteria if known],
        "measured": records.provenance(row, record) if known else "Not measured yet.",
        "peers": [
            {"figure": e["figure"], "value": records.peer_value(e), "how": f"{e['kind']}: {e['source']}, {e['date']}"}
            for e in records.peers_of(row)
        ],
        "short": [
            {key: str(entry[key]) for key in ("criterion", "measured", "tried", "next_step")}
            for entry in records.read_toml("short.toml")
            if entry["row"] == row.name
        ],
    }


def of_criterion(criterion: Criterion, figures: Sequence[Figures]) -> dict[str, Any]:
    """A target: what was wanted, what came out of all seeds, and what each seed alone would give."""
    alone = sorted(criterion.value([seed]) for seed in figures)
    return {
        "words": criterion.words,
        "wanted": records.bound(criterion),
        "ours": f"{criterion.value(figures):.4g}",
        "seeds": f"{alone[0]:.4g} to {alone[-1]:.4g}" if alone[0] != alone[-1] else f"{alone[0]:.4g}",
        "met": criterion.met(figures),
    }


def text() -> str:
    """The file as it has to be."""
    return json.dumps(contents(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
