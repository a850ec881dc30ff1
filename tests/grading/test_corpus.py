"""The honest and clumsy corpus, graded in one batch: every right answer keeps every mark, and every change is said.

Only the entries whose tests were asked for are graded, so that one of them alone takes seconds.
"""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from a0_corpus import ENTRIES
from a0_corpus.colab import PERSON
from a0_corpus.course import NAME, make_course
from a0_corpus.entry import asked_for

from course_lib.staff.grading import sets, verdicts
from course_lib.staff.grading.collect import Collected, collect
from course_lib.staff.grading.grade import Report, grade
from course_lib.staff.grading.places import Places

READ = [name for name, entry in ENTRIES.items() if not entry.reason]
ASIDE = [name for name, entry in ENTRIES.items() if entry.reason]


@dataclass(frozen=True)
class Batch:
    """The graded batch: its course, its report, and collect's account by entry."""

    root: Path
    report: Report
    account: dict[str, dict]


def write(folder: Path, names: list[str]) -> None:
    """Write the submissions of these entries, a folder each; of several files the last is the newest."""
    for name in names:
        for number, (file, data) in enumerate(ENTRIES[name].files().items()):
            path = folder / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            stamp = 1_700_000_000 + number
            os.utime(path, (stamp, stamp))


@pytest.fixture(scope="session")
def collected(request, tmp_path_factory) -> dict[str, Collected]:
    """Collect's account of each entry; nothing is run."""
    root = make_course(tmp_path_factory.mktemp("collected"))
    write(root / "in", asked_for(request, "collected", ENTRIES))
    return {item.student: item for item in collect(root, sets.load(root, NAME), root / "in")}


@pytest.fixture(scope="session")
def batch(request, tmp_path_factory) -> Batch:
    """All entries, graded together."""
    root = make_course(tmp_path_factory.mktemp("corpus"))
    write(root / "in", asked_for(request, "batch", ENTRIES))
    report = grade(root, NAME, root / "in", unsandboxed=True, jobs=2)
    account = json.loads((Places(root).account(NAME) / "account.json").read_text())
    return Batch(root, report, {item["student"]: item for item in account["students"]})


def test_the_corpus_is_large_and_each_entry_says_what_was_done():
    assert len(ENTRIES) >= 60
    assert all(entry.make.__doc__.endswith(".") for entry in ENTRIES.values())


@pytest.mark.parametrize("name", READ)
def test_a_right_answer_keeps_its_marks(batch, name):
    entry, got = ENTRIES[name], batch.report.students[name]
    assert got["status"] != "quarantined", (name, got.get("reason"))
    scores = {question: got["questions"][question]["score"] for question in entry.scores}
    assert scores == entry.scores, (ENTRIES[name].make.__doc__, verdicts.read(Places(batch.root), NAME, name))
    assert got["status"] == ("not-graded" if None in scores.values() else "needs-manual")


@pytest.mark.parametrize("name", READ)
def test_what_was_changed_is_said_and_nothing_else(collected, name):
    assert collected[name].status == "collected", collected[name].reason
    assert unmatched(ENTRIES[name].changes, collected[name].changes) == ([], []), collected[name].changes


@pytest.mark.parametrize("name", READ)
def test_a_person_is_called_where_one_is_needed_and_nowhere_else(batch, name):
    graded = verdicts.read(Places(batch.root), NAME, name)
    humans = [verdict.human for verdict in graded.verdicts.values() if verdict.human]
    said = [*batch.account[name]["flags"], *graded.flags, *humans]
    wanted = tuple(flag for flag in ENTRIES[name].flags if graded.complete is False or "newer Python" not in flag)
    assert unmatched(wanted, said) == ([], []), said
    assert (name in names_on(batch.report.triage)) == bool(wanted)


def names_on(page: Path) -> set[str]:
    """The submissions that the triage page asks a person to look at."""
    return set(re.findall(r"<strong>([\w-]+)</strong>", page.read_text()))


@pytest.mark.parametrize("name", ASIDE)
def test_what_cannot_be_read_is_put_aside_with_a_mail(batch, name):
    got, folder = batch.report.students[name], Places(batch.root).quarantine(NAME, name)
    assert (got["status"], got["score"]) == ("quarantined", None)
    assert ENTRIES[name].reason in got["reason"] and ENTRIES[name].reason in (folder / "mail.txt").read_text()
    assert name in names_on(batch.report.triage)


def test_nothing_of_the_person_who_ran_it_is_kept(batch):
    """Colab writes a name and a number into every cell that was run."""
    files = [
        path for path in Places(batch.root).gradebook.rglob("*") if path.is_file() and "quarantine" not in path.parts
    ]
    assert len(files) > 10
    for path in files:
        assert not [word for word in PERSON.values() if word.encode() in path.read_bytes()], path


def unmatched(wanted: tuple[str, ...], got: Sequence[str]) -> tuple[list[str], list[str]]:
    """Pieces that no sentence holds, and sentences that hold none of them; each piece stands for one sentence."""
    left, missing = list(got), []
    for piece in wanted:
        found = next((sentence for sentence in left if piece in sentence), None)
        if found is None:
            missing.append(piece)
        else:
            left.remove(found)
    return missing, left
