"""Numbers of one's own: the same for an id everywhere, others for others, and no easier for one than for another."""

import csv
import io
import re
import sys

import pytest

from course_lib.staff.grading.own_numbers import figures_of, margin, table
from course_lib.staff.grading.sets import available
from course_lib.student import own
from course_lib.student.begin import checks_of
from course_lib.student.own import constants
from course_lib.validation import CourseError

IDS = [f"student{number}" for number in range(6)]


@pytest.fixture
def begun(monkeypatch):
    """The first set is declared, without closing any import of this process."""
    monkeypatch.setattr(sys.modules["course_lib.student.begin"], "_current", ["a1_lorenz"])


def test_every_set_has_them_with_a_question_that_names_them(root):
    for name in available(root):
        assert checks_of(name).OWN and figures_of(root, name).FIGURE
        (written,) = checks_of(name).WRITTEN
        source = (root / "solutions" / name / "notebook.md").read_text(encoding="utf-8")
        assert f"grade_id: {written}-own-explore" in source and "= own(" in source
        rubric = (root / "solutions" / name / "rubric.md").read_text(encoding="utf-8")
        assert f"course own {name}" in rubric


def test_an_id_gives_its_own_numbers_wherever_it_is_typed(begun, capsys):
    first = own("Ada.Lovelace@uni.edu")
    printed = capsys.readouterr().out
    assert own("  ada.lovelace@uni.edu ") == first == constants("a1_lorenz", "ada.lovelace@uni.edu")
    assert all(f"{name} = {value:g}: " in printed for name, value in first.items())
    assert len({tuple(constants("a1_lorenz", student).values()) for student in IDS}) == len(IDS)
    assert constants("a1_lorenz", "ada") != constants("a1_lorenz", "bob")


def test_they_are_pinned():
    """What a student wrote down in March must be what the marker's table says in May."""
    assert constants("a1_lorenz", "ada") == {"rho": 53.4, "difference": 2.08e-10}
    assert constants("a4_spiking", "ada") == {"slow": 4.86, "fast": 50.7}


def test_they_lie_in_their_ranges_and_fill_them(root):
    for name in available(root):
        drawn = [constants(name, f"{number}") for number in range(200)]
        for key, found in checks_of(name).OWN.items():
            values = [each[key] for each in drawn]
            assert found.low <= min(values) and max(values) <= found.high
            middle = (found.low * found.high) ** 0.5 if found.log else (found.low + found.high) / 2
            assert 70 <= sum(value < middle for value in values) <= 130 or found.whole
            assert not found.whole or set(values) >= {found.low, found.high} or found.high - found.low > 100


def test_no_id_and_no_text_are_told_and_nothing_is_drawn(begun, capsys):
    assert own("") == own("   ") == {}
    assert "put your id between the quotes" in capsys.readouterr().out
    with pytest.raises(TypeError, match="Put it between quotes"):
        own(123456)


def test_the_margin_is_alike_for_everybody(root):
    """The nearest wrong way stays two tolerances off, and at most twice as far for one student as for another."""
    for name in available(root):
        found = figures_of(root, name)
        margins = [margin(found, constants(name, student)) for student in IDS]
        assert min(margins) >= 2, name
        assert max(margins) <= 2 * min(margins), (name, margins)


def test_the_markers_table(root):
    rows = list(csv.reader(io.StringIO(table(root, "a4_spiking", ["ada", "=1+1"]))))
    assert rows[0][:4] == ["id", "slow", "fast", figures_of(root, "a4_spiking").FIGURE]
    assert rows[1][:3] == ["ada", "4.86", "50.7"] and len(rows[0]) == len(rows[1])
    assert not rows[2][0].startswith("="), "no spreadsheet takes an id for a formula"
    slow, fast, cv = map(float, rows[1][1:4])
    waits = [1 / slow] * round(20 * slow) + [1 / fast] * round(20 * fast)
    mean = sum(waits) / len(waits)
    spread = (sum((wait - mean) ** 2 for wait in waits) / len(waits)) ** 0.5
    assert cv == pytest.approx(spread / mean, rel=0.01)
    with pytest.raises(CourseError, match=re.escape("got 'a9'")):
        table(root, "a9", ["ada"])
