"""Counts what another version of Jupyter Book says of this book: `make canary`.

python canary.py LOG     prints, for a build's log, how often each role, directive and option was not understood
"""

import re
import sys
from collections import Counter
from pathlib import Path

NOT_KNOWN = re.compile(r"unknown (role|directive): (\S+)|(unexpected option|value is not a string for option) \S+")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def counts(log: str) -> Counter[str]:
    """What was not understood -> how often, from the text of a build's log."""
    found: Counter[str] = Counter()
    for kind, name, option in NOT_KNOWN.findall(COLOURS.sub("", log)):
        found[f"{kind} {name}" if kind else option] += 1
    return found


if __name__ == "__main__":
    for what, count in counts(Path(sys.argv[1]).read_text(encoding="utf-8")).most_common():
        print(f"{count:>6}  {what}")
