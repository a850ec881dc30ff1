"""The directive `{course-results}`: what the bench measured, beside what was wanted and what others reach.

The bench writes `results.json` beside the page that uses the directive: sections of rows, each row with its targets,
the range over the seeds, machine and commit, peers' figures, and of a missed target what was tried. Targets that are
yes or no are listed with the tests that hold them.
"""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from course_lib.staff.publishing.tables import table


def summary(sections: list[dict[str, Any]]) -> str:
    """How many targets there are, how many are missed, and how many more are held by tests."""
    rows = [row for section in sections for row in section["rows"]]
    targets = [target for row in rows for target in row["targets"]]
    missed = sum(not target["met"] for target in targets)
    held = sum(len(section["held"]) for section in sections)
    counts = f"{len(targets)} targets in {len(rows)} rows, {missed or 'none'} of them missed"
    return f"{counts}; {held} more are yes or no, and tests hold them."


def of_section(section: dict[str, Any]) -> nodes.section:
    """Rows of the bench, then what tests hold."""
    found = titled(section["title"])
    for row in section["rows"]:
        found += of_row(row)
    if section["held"]:
        held = titled(f"{section['title']}: held by tests")
        lines = [(e["target"], e["wanted"], e["elsewhere"] or "–", ", ".join(e["tests"])) for e in section["held"]]
        held += table(("target", "wanted", "elsewhere", "tests"), lines, 4)
        found += held
    return found


def of_row(row: dict[str, Any]) -> nodes.section:
    """The targets of a row with the range over its seeds, where they were measured, and the peers' figures."""
    found = titled(row["title"])
    found += nodes.paragraph(text=row["notes"])
    lines = [
        (t["words"], t["wanted"], t["ours"] + ("" if t["met"] else " (missed)"), t["seeds"]) for t in row["targets"]
    ]
    if lines:
        found += table(("target", "wanted", "reached", "single seeds"), lines, 1)
    found += nodes.paragraph(text=row["measured"])
    if row["peers"]:
        others = [(peer["figure"], peer["value"], peer["how"]) for peer in row["peers"]]
        found += table(("elsewhere", "figure", "how"), others, 3)
    for entry in row["short"]:
        words = "{criterion}: measured {measured}. Tried: {tried} Next: {next_step}".format(**entry)
        found += nodes.paragraph(text=words)
    return found


def titled(title: str) -> nodes.section:
    """An empty section with an address of its own."""
    found = nodes.section(ids=[nodes.make_id(f"bench-{title}")])
    found += nodes.title(text=title)
    return found


class CourseResults(SphinxDirective):
    """`{course-results}`: a section for each part of the targets, and in it one for each row of the bench."""

    def run(self) -> list[nodes.Node]:
        path = Path(self.env.doc2path(self.env.docname)).with_name("results.json")
        self.env.note_dependency(str(path))
        if not path.is_file():
            raise self.error(f"Wanted the figures of the bench in {path}, found none. Run `make bench`.")
        sections = json.loads(path.read_text(encoding="utf-8"))
        return [nodes.paragraph(text=summary(sections)), *map(of_section, sections)]
