"""What the tests of the instructor's pack know of pages, widgets and sets: read from these, never from the pack."""

import re
import tomllib
from functools import cache
from pathlib import Path

from course_lib.staff.grading import sets
from course_lib.staff.publishing.misconceptions import headings

ROOT = Path(__file__).resolve().parents[1]
PACK = ROOT / "solutions" / "teaching"
WIDGETS = ROOT / "course_lib" / "student" / "widgets"
EXERCISE_MINUTES, LESSON_MINUTES = 10, 75
WORDS = {
    "five": 5, "ten": 10, "fifteen": 15, "twenty-five": 25, "thirty": 30, "half an hour": 30, "thirty-five": 35,
    "forty": 40, "three quarters of an hour": 45,
}  # fmt: skip
TOUR = "book/start/two_valleys"
KEYS = {"←": "arrowleft", "→": "arrowright", "↑": "arrowup", "↓": "arrowdown", "space": " "}


@cache
def page_text(page: str) -> str:
    return (ROOT / f"{page}.md").read_text(encoding="utf-8")


def lesson_text(name: str) -> str:
    return (PACK / "lessons" / f"{name}.md").read_text(encoding="utf-8")


def chapters() -> list[str]:
    """Docnames of the chapters, in the book's order, without the tour."""
    listed = re.findall(r"file: (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [page for page in listed if page.startswith(("book/flows/", "book/networks/", "book/computation/"))]


def labels(page: str) -> set[str]:
    """Names of the figures, equations and exercises of a page."""
    text = page_text(page)
    figures = re.findall(r"^ +name: (fig-[\w-]+)$", text, re.M)
    return {*figures, *re.findall(r"\(eq-[\w-]+\)", text), *re.findall(r"^:label: (\S+)$", text, re.M)} | {
        found.strip("()") for found in re.findall(r"\(eq-[\w-]+\)", text)
    }


def page_minutes(page: str) -> int:
    """The reading time that stands in a page's aim."""
    said = re.search(r"\*\*Time:\*\*\s+(.*?)(?:;|\.\n)", page_text(page), re.S)[1]
    said = " ".join(said.split())
    for words in sorted(WORDS, key=len, reverse=True):
        if words.count(" "):
            said = said.replace(words, str(WORDS[words]))
    found = [int(w) if w.isdigit() else WORDS[w] for w in re.findall(r"[a-z-]+|\d+", said) if w.isdigit() or w in WORDS]
    assert found, (page, said)
    return sum(found)


def exercise_minutes(page: str) -> int:
    """Ten minutes an exercise; the tour's time contains its exercises."""
    return 0 if page == TOUR else EXERCISE_MINUTES * len(re.findall(r"^:label: ", page_text(page), re.M))


def planned() -> dict[str, list[int]]:
    return tomllib.loads((PACK / "planned.toml").read_text(encoding="utf-8"))


@cache
def question_minutes() -> dict[str, dict[str, int]]:
    """Set -> question -> minutes: what the sets' texts state, and what is planned for those that are not there."""
    plan = {name: {f"q{n}": m for n, m in enumerate(minutes, 1)} for name, minutes in planned().items()}
    there = {name: {q: row[2] for q, row in headings(ROOT, name).items()} for name in sets.available(ROOT)}
    return plan | there


def widget(page: str) -> str:
    """The name of the widget that a page shows with `student.widget`."""
    return re.search(r'student\.widget\(\s*"([\w-]+)"', page_text(page))[1]


@cache
def widget_source(name: str) -> str:
    return (WIDGETS / f"{name}.js").read_text(encoding="utf-8")


def sliders(name: str) -> dict[str, tuple[str, str]]:
    """Label -> (least, most) of a widget's sliders, as its source writes them."""
    block = re.search(r"sliders: \[(.*?)\]\s*,\s*(?:changed|buttons|turns)", widget_source(name), re.S)
    rows = re.findall(r'\["\w+", "([^"]+)", ([^,]+), ([^,]+),', block[1] if block else "")
    return {label: (least, most) for label, least, most in rows}


def keys(name: str) -> set[str]:
    """The keys that a widget listens to, in lower case."""
    source = widget_source(name)
    found = set(re.findall(r'\["\w+", (?:"[^"]*"|`[^`]*`), "([^"]*)"', source))
    for block in re.findall(r"\bkeys: \{(.*?)\},?\n", source, re.S):
        found |= set(re.findall(r"(\w+): \(?", block)) | set(re.findall(r"\b(enter)\b", block))
    if "choices:" in source or "String(i + 1)" in source:
        found |= set("123456")
    return found - {""}
