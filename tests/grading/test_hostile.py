"""The hostile corpus, graded in one batch beside honest victims: no point is gained, and nobody else loses one.

Only the entries whose tests were asked for are graded, so that one of them alone takes seconds.
"""

import contextlib
import csv
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import a0_corpus
import hostile
import pytest
from a0_corpus.course import NAME, answered, make_course
from a0_corpus.entry import FULL, asked_for
from hostile import real_sets
from hostile.outside import Outside, outside
from hostile.threats import FIRST, SECOND
from rich.console import Console

from course_lib.staff.grading import bubble, isolation, report, sets, verdicts
from course_lib.staff.grading.grade import Report, grade
from course_lib.staff.grading.places import STUDENT_ID, Places

ROOT = Path(__file__).resolve().parents[2]
READ = [name for name, entry in hostile.ENTRIES.items() if not entry.reason]
ASIDE = [name for name, entry in hostile.ENTRIES.items() if entry.reason]
VICTIMS = {  # honest notebooks that need processes, threads, files and figures, among all others by the alphabet
    "b-victim": "processes-and-threads",
    "e-victim": "writes-files",
    "j-victim": "classes",
    "m-victim": "many-figures",
    "r-victim": "threads-left-running",
    "u-victim": "a-module-of-ones-own",
    "x-victim": "short-functions",
}
NAMES = ("=cmd|' /C calc'!A0", "<script>document.title='taken'</script>", "[link=x]n\x1b[2J", "-rf ..", "{{ 7*7 }}'--")
CELL_SECONDS = 2.0
MEMORY = 3_300_000_000
"""Bytes: a fifth more than a notebook may have."""


@dataclass(frozen=True)
class Batch:
    """The graded batch: what lay outside, the course, its report, and collect's account by student."""

    outside: Outside
    root: Path
    report: Report
    account: dict[str, dict]

    @property
    def places(self) -> Places:
        return Places(self.root)

    def said(self, student: str) -> str:
        """All that was said of a submission to a person."""
        graded = verdicts.read(self.places, NAME, student)
        words = [*self.account[student]["flags"]]
        if graded is not None:
            words += [*graded.flags, *graded.notes]
            words += [text for verdict in graded.verdicts.values() for text in (verdict.human, verdict.reason)]
        return "\n".join(words)


@pytest.fixture(scope="session")
def attacked(request) -> Iterator[Batch]:
    """The victims and all entries that were asked for, graded together, two at a time."""
    level = isolation.measure()
    if level.level == "none":
        pytest.skip("hostile code runs only behind walls: apt-get install bubblewrap (or `make system`)")
    with outside(memory=MEMORY) as place:
        root = make_course(place.folder / "course")
        with open(root / "solutions" / NAME / "questions.py", "a") as file:
            file.write(f"CELL_SECONDS = {CELL_SECONDS}\n")
        write(
            root / "in",
            {
                name: hostile.ENTRIES[name].files(place.words)
                for name in asked_for(request, "attacked", hostile.ENTRIES)
            },
        )
        write(root / "in", {name: a0_corpus.ENTRIES[entry].files() for name, entry in VICTIMS.items()})
        write(root / "in", {name: {"a0.ipynb": json.dumps(answered()).encode()} for name in NAMES})
        done = grade(root, NAME, root / "in", jobs=2, accept_partial=True)
        account = json.loads((Places(root).account(NAME) / "account.json").read_text())
        yield Batch(place, root, done, {item["student"]: item for item in account["students"]})


def write(folder: Path, handed: dict[str, dict[str, bytes]]) -> None:
    """Write submissions, a folder each."""
    for student, files in handed.items():
        for name, data in files.items():
            path = folder / student / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def test_the_corpus_is_large_and_each_entry_says_what_it_tries():
    assert len(hostile.ENTRIES) >= 60
    assert all(entry.make.__doc__.endswith(".") for entry in hostile.ENTRIES.values())


def test_every_threat_has_its_entries_and_tests_and_no_entry_is_idle():
    threats = [*FIRST.values(), *SECOND.values()]
    named = {word for words in threats for word in words}
    assert all(threats) and {word for word in named if "::" not in word} == set(hostile.ENTRIES)
    for word in named:
        if "::" in word:
            file, test = word.split("::")
            assert f"def {test}(" in (Path(__file__).parents[1] / file).read_text(), word


@pytest.mark.parametrize("name", READ)
def test_it_gains_nothing_and_costs_at_most_its_own_question(attacked, name):
    entry, got = hostile.ENTRIES[name], attacked.report.students[name]
    assert got["status"] != "quarantined", (name, got.get("reason"))
    scores = {question: got["questions"][question]["score"] for question in FULL}
    wrong = {q: score for q, score in scores.items() if score is None or not entry.allows(q, score)}
    assert not wrong, (entry.make.__doc__, attacked.said(name))
    assert entry.said in attacked.said(name)


@pytest.mark.parametrize("name", ASIDE)
def test_what_must_not_be_read_is_put_aside(attacked, name):
    got = attacked.report.students[name]
    assert (got["status"], got["score"]) == ("quarantined", None)
    assert hostile.ENTRIES[name].reason in got["reason"]


def test_no_victim_loses_a_mark(attacked):
    honest = {name: attacked.report.students[name]["questions"] for name in VICTIMS}
    assert {name: {q: found[q]["score"] for q in FULL} for name, found in honest.items()} == dict.fromkeys(
        VICTIMS, FULL
    )


def test_nothing_outside_was_reached(attacked):
    assert attacked.outside.touched() == []


def test_everybody_has_an_id_that_nothing_takes_for_its_own(attacked):
    strangers = [name for name in attacked.report.students if name not in hostile.ENTRIES and name not in VICTIMS]
    assert len(strangers) == len(NAMES) and all(STUDENT_ID.fullmatch(name) for name in attacked.report.students)
    assert all(attacked.report.students[name]["questions"]["q1"]["score"] == FULL["q1"] for name in strangers)


def test_only_the_machine_wrote_points(attacked):
    with contextlib.closing(sqlite3.connect(attacked.places.database)) as book:
        lines = book.execute("select count(*), count(manual_score), max(auto_score) from grade").fetchall()
    assert lines[0][0] > len(FULL) and lines[0][1:] == (0, max(FULL.values()))


def test_no_page_shows_a_case_or_a_place_of_this_machine(attacked):
    told = re.compile(rb"CASE[^\n]*?\d\.\d{3}")
    files = [
        path for path in attacked.places.gradebook.rglob("*") if path.is_file() and path.suffix in (".html", ".csv")
    ]
    files += list((attacked.places.gradebook / "autograded").rglob("*.ipynb"))
    assert len(files) > len(attacked.report.students)
    for path in files:
        assert not told.search(path.read_bytes()), path
    for path in attacked.report.feedback.glob("*.html"):
        assert str(attacked.outside.folder) not in path.read_text(), path


def test_the_terminal_and_the_table_show_text_and_nothing_else(attacked):
    out = io.StringIO()
    report.show(attacked.report, Console(file=out, width=300, force_terminal=True, color_system=None))
    plain = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    assert all(letter.isprintable() or letter == "\n" for letter in plain) and "http://127" not in plain
    for path in attacked.places.gradebook.rglob("*.csv"):
        for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()):
            assert not [cell for cell in row if re.match(r"\s*[=+@\t\r]|\s*-(?!\d)", cell)], (path, row)


def test_no_page_runs_anything(attacked, needs):
    """Feedback, triage, and each notebook as nbconvert shows it, in a browser that may run scripts."""
    needs("chromium")
    from nbconvert import HTMLExporter

    from course_lib.staff.publishing.looks import chromium

    pages = {"triage": attacked.report.triage.read_text()}
    for name in hostile.collected_from(hostile.pages):
        pages[f"feedback {name}"] = (attacked.report.feedback / f"{name}.html").read_text()
        for path in (attacked.places.gradebook / "autograded" / name).rglob("*.ipynb"):
            pages[f"autograded {name}"] = HTMLExporter(exclude_anchor_links=True).from_filename(str(path))[0]
    asked: list[str] = []
    with chromium() as browser:
        page = browser.new_page()
        page.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
        page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        for name, text in pages.items():
            page.set_content(text, wait_until="load")
            assert page.evaluate("window.taken") is None and page.title() != "taken", name
            links = page.evaluate("[...document.querySelectorAll('[href]')].map(each => each.getAttribute('href'))")
            wild = [link for link in links if not re.match(r"(https?://|mailto:|#|$)", link)]
            if name == "triage":  # it leads to what was handed in and to what was made of it
                wild = [link for link in wild if not in_course(attacked, link)]
            assert not wild, name
    assert not [url for url in asked if "127.0.0.1" in url or "taken" in url], asked


def in_course(attacked: Batch, link: str) -> bool:
    """Whether a link of the triage page leads to a file of the course."""
    parts = urlsplit(urljoin(attacked.report.triage.as_uri(), link))
    path = Path(unquote(parts.path)).resolve()
    return parts.scheme == "file" and path.is_file() and path.is_relative_to(attacked.root.resolve())


@pytest.mark.parametrize("name", real_sets.names(ROOT))
def test_one_honest_and_one_hostile_of_each_real_set(attacked, name):
    for folder in ("solutions", "assignments"):
        shutil.copytree(ROOT / folder / name, attacked.root / folder / name)
    problem_set = sets.load(attacked.root, name)
    for student, make in (("honest", real_sets.honest), ("hostile", real_sets.hostile)):
        write(attacked.root / name, {student: {"set.ipynb": json.dumps(make(attacked.root, problem_set)).encode()}})
    done = grade(attacked.root, name, attacked.root / name, accept_partial=True)
    scores = {
        student: [done.students[student]["questions"][q]["score"] for q in problem_set.questions]
        for student in done.students
    }
    full = [question.points for question in problem_set.questions.values()]
    assert scores == {"honest": full, "hostile": [0.0] * len(full)}
    assert attacked.outside.touched() == []


AS_USER = """
set -e
for hidden in {hidden}; do  # folders that only root may enter, on the way to the interpreter
    mount -t tmpfs -o mode=0755 tmpfs /mnt && mkdir /mnt/kept && mount --bind {prefix} /mnt/kept
    mount -t tmpfs -o mode=0755 tmpfs $hidden && mkdir -p {prefix} && mount --bind /mnt/kept {prefix}
done
exec setpriv --reuid {user} --regid {user} --clear-groups --no-new-privs "$@"
"""


@pytest.mark.slow
def test_the_same_as_an_ordinary_user():
    """Grading as root leaves root; grading as anybody else has nothing to leave."""
    if os.getuid() != 0:
        pytest.skip("this run is by an ordinary user already")
    prefix = Path(sys.base_prefix)
    hidden = [str(folder) for folder in [*prefix.parents][::-1] if not folder.stat().st_mode & 0o001]
    script = AS_USER.format(hidden=" ".join(hidden[:1]), prefix=prefix, user=bubble.ordinary_user())
    with tempfile.TemporaryDirectory() as home:  # in pytest's own only root may go
        os.chmod(home, 0o777)
        environment = {"PATH": os.environ["PATH"], "HOME": home, "TMPDIR": home, "OMP_NUM_THREADS": "1"}
        tests = ["-m", "pytest", "-p", "no:cacheprovider", "-m", "not slow", __file__]
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", sys.executable, *tests]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    passed = re.search(r"(\d+) passed", done.stdout)
    assert done.returncode == 0 and passed, done.stdout[-3000:] + done.stderr[-1000:]
    assert int(passed[1]) > len(hostile.ENTRIES), "without walls they would be skipped"
