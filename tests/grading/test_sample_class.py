"""The sample class of twelve of a1_lorenz, as `make course` grades it, and what each of them must get."""

import shutil

import pytest
import sample_class

from course_lib.staff.grading.grade import grade


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The class graded in a copy of the course."""
    root = tmp_path_factory.mktemp("sample")
    for folder in ("solutions", "assignments"):
        shutil.copytree(sample_class.ROOT / folder, root / folder)
    sample_class.write_class(root / "handed-in")
    return grade(root, sample_class.NAME, root / "handed-in", unsandboxed=True, jobs=2)


@pytest.mark.parametrize("student", sample_class.EXPECTED)
def test_each_gets_what_is_due(report, student):
    entry, expected = report.students[student], sample_class.EXPECTED[student]
    if expected is None:
        assert entry["status"] == "quarantined" and entry["score"] is None
        return
    assert {name: entry["questions"][name]["score"] for name in expected} == expected
    assert entry["questions"]["q6"]["score"] is None and entry["status"] == "needs-manual"
    assert entry["auto_max"] == sum(sample_class.FULL.values())


def test_nothing_went_wrong_on_our_side(report):
    assert all(entry["status"] in ("needs-manual", "quarantined") for entry in report.students.values())
    waiting, unread = report.notes
    assert waiting.startswith("Points so far: written answers of 11 wait") and unread.endswith("read: ivan.")
    assert report.csv is not None
    assert len(list(report.feedback.glob("*.html"))) == 12
