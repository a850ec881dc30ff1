"""Recompute what is due and write results.md.

python -m tests.benchmarks.run            every row whose code changed, and one shipped network trained anew
python -m tests.benchmarks.run ROW ...    these rows, whether they changed or not
"""

import sys

import torch

from . import grading_costs, records, rotation, status
from .table import ROWS


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        print(f"ROW: wanted some of {', '.join(ROWS)}, got {', '.join(unknown)}.", file=sys.stderr)
        return 2
    torch.set_num_threads(1)
    for row in [ROWS[name] for name in names] or ROWS.values():
        seeds = list(row.seeds) if names else records.due(row)
        print(f"{row.name}: " + (f"seeds {seeds}" if seeds else "nothing has changed"), flush=True)
        for seed in seeds:
            figures = records.measure(row, seed)
            print(f"  seed {seed}: " + ", ".join(f"{key} {value:.5g}" for key, value in figures.items()), flush=True)
        records.confirm(row)
    if not names:
        print(f"trained anew: {rotation.rotate(records.commit())}", flush=True)
    (records.HERE / "results.md").write_text(records.render())
    for published in (grading_costs, status):  # which the book reads
        published.FILE.write_text(published.text(), encoding="utf-8")
    problems = records.complaints({name: records.load(name) for name in ROWS}, records.read_toml("short.toml"))
    problems += rotation.complaints(rotation.load())
    print("\n".join(problems) if problems else "every target is met, or listed in short.toml")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
