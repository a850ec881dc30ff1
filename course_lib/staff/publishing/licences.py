"""The directive `{course-licences}`: the licences of the packages in requirements.txt, by their own metadata.

What asks for more than a notice, or says nothing, is named one by one with what was judged of it.
"""

import importlib.metadata
import re
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from course_lib.staff.publishing.tables import table

FAMILIES = {  # the first that fits; a choice of licences counts as the freest, several at once as the strictest
    "GPL": r"(?<!L)GPL|(?<!Lesser )General Public",
    "LGPL": r"LGPL|Lesser General Public",
    "MPL 2.0": r"MPL|Mozilla",
    "Apache 2.0": r"Apache",
    "BSD": r"BSD",
    "MIT": r"MIT",
    "ISC": r"ISC",
    "Python Software Foundation": r"PSF|Python Software Foundation",
}
ASK_MORE = ("GPL", "LGPL", "MPL 2.0", "unknown")
JUDGED = {
    "axe-playwright-python": "says nothing in its metadata; MIT in its repository; in tests alone",
    "certifi": "a list of authorities, used as it is",
    "docutils": "in the public domain but for a few files; used as it is",
    "fqdn": "used as it is, by a checker of schemas",
    "hypothesis": "used as it is, in tests alone",
    "norse": "imported as it is; whoever changes it publishes the change",
    "pathspec": "used as it is, by the checkers of types and layout",
    "psycopg": "imported as it is, where a gradebook is in PostgreSQL",
    "psycopg-binary": "imported as it is, where a gradebook is in PostgreSQL",
    "tqdm": "used as it is, for progress bars",
    "yamllint": "a program that a test calls; neither imported nor handed on",
}


def pinned(root: Path) -> list[str]:
    """The names in requirements.txt."""
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("==")[0] for line in lines if "==" in line and not line.startswith("#")]


def stated(name: str) -> str:
    """What the metadata of an installed package say of its licence; empty when they say nothing."""
    metadata = importlib.metadata.metadata(name)
    classified = [line.split(" :: ")[-1] for line in metadata.get_all("Classifier", []) if line.startswith("License")]
    named = " / ".join(line for line in classified if line != "OSI Approved")
    expression, words = (metadata.get_all(key, [""])[0] for key in ("License-Expression", "License"))
    return expression or named or words.strip().split("\n")[0]


def family(words: str) -> str:
    """The family of licences that words name; of a choice (`OR`) the freest, else the strictest that is named."""
    found = []
    for choice in words.split(" OR "):
        named = (name for name, pattern in FAMILIES.items() if re.search(pattern, choice, re.I))
        found.append(next(named, "unknown"))
    order = ["unknown", *FAMILIES]
    return max(found, key=order.index)


def audit(names: list[str]) -> dict[str, list[str]]:
    """Family -> its packages, the largest family first. Packages that are not installed here are left out."""
    found: dict[str, list[str]] = {}
    for name in names:
        try:
            found.setdefault(family(stated(name)), []).append(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


class CourseLicences(SphinxDirective):
    """`{course-licences}`: how many packages of each family, and those that ask for more, with our judgement."""

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        self.env.note_dependency(str(root / "requirements.txt"))
        found = audit(pinned(root))
        counts = table(("licence", "packages"), [(name, str(len(members))) for name, members in found.items()], 1)
        rows = [
            (member, name, JUDGED.get(member, "not judged yet")) for name in ASK_MORE for member in found.get(name, ())
        ]
        return [counts, table(("package", "licence", "judged"), rows, 3)]
