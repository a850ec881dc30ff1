"""What students read in the notebook: visible checks, `begin`, `data`, `hello`."""

import re
import subprocess
import sys

import answer_matrix as matrix
import numpy as np
import pytest
from conftest import SETS

import course_lib.student.begin
from course_lib.student import data, hello
from course_lib.student.begin import checks_of
from course_lib.student.check import check, examine, report

begins = sys.modules["course_lib.student.begin"]


@pytest.fixture
def begun(monkeypatch, request):
    """The set that the test looks at (otherwise the first) is declared, without closing any import of this process."""
    looked_at = request.getfixturevalue("problems").name if "problems" in request.fixturenames else "a1_lorenz"
    monkeypatch.setattr(begins, "_current", [looked_at])


def printed(capsys, question, function):
    """What `check` prints."""
    check(question, function)
    return capsys.readouterr().out


def stub(*inputs):
    raise NotImplementedError()


def test_a_stub_is_one_line(begun, capsys, problems):
    for name in problems.questions:
        assert printed(capsys, name, stub) == f"Question {name.lstrip('q')}: not started yet.\n"


def test_right_answers_pass_and_hear_what_is_hidden(begun, problems):
    checks = checks_of(problems.name).CHECKS
    for name, question in problems.questions.items():
        for written, function in matrix.variants(problems, question).items():
            found = examine(checks[name], function)
            said = " ".join(" ".join(report(name, checks[name], found)).split())
            assert "fails" not in said, (written, said)
            assert "Public checks passed. The hidden cases differ in: " in said
            assert "correct" not in said and "all right" not in said
            for row in found.rows:  # `wanted` holds laws: no number but small ones
                assert not re.search(r"\d\.\d", row.wanted), row


def failing(checks, name, function):
    """The text of a report without the rows that hold."""
    found = examine(checks[name], function)
    return found.status, [row for row in found.rows if not row.holds]


def test_wrong_answers_read_about_their_own_mistake(begun, problems):
    """The first failing row names the phenomenon, for nearly every mutant that is written down (matrix.toml, reads)."""
    checks = checks_of(problems.name).CHECKS
    missed, unseen, count = [], [], 0
    for name, question in problems.questions.items():
        written = matrix.mutants(problems, question)
        for mutant, expected in matrix.pattern(problems, question).items():
            status, rows = failing(checks, name, written[mutant])
            said = " | ".join(f"{row.what}: {row.yours}: {row.wanted}" for row in rows)
            count += 1
            if not expected["reads"]:
                assert status == "passed" and len(expected["unseen"]) > 20, (name, mutant, said)
                unseen.append(mutant)
            elif status != "failed" or expected["reads"] not in said:
                missed.append((name, mutant, said))
    assert missed == []
    assert len(unseen) <= count / 8, f"only the hidden cases see {unseen}"


def test_an_error_of_the_students_is_a_row_with_its_line_and_no_traceback(begun, capsys):
    def broken(x, *parameters):
        return x @ np.zeros((7, 7))

    text = printed(capsys, "q1", broken)
    assert re.search(r"gives an answer +ValueError", text) and "of your cell)" in " ".join(text.split())
    assert "Traceback" not in text and "fails ✗" in text


class Wordless(Exception):
    """An error whose words are an error."""

    def __str__(self):
        raise RuntimeError("no words")


def test_an_error_without_words_or_with_many_is_still_a_row(begun, capsys):
    def failing(error):
        def function(*inputs):
            raise error

        return printed(capsys, "q1", function)

    assert re.search(r"gives an answer +Wordless \(line", failing(Wordless()))
    long = " ".join(failing(ValueError("word " * 100)).split())
    assert "ValueError: word word" in long and "... (line" in long and long.count("word") < 30


def test_odd_answers_are_told_not_raised(begun, capsys, problems):
    for name in problems.questions:
        for odd in (None, 3, "text", {}, [], [1, [2, 3]], object(), np.array(["a"]), (1, 2, 3)):
            text = printed(capsys, name, lambda *inputs, odd=odd: odd)
            assert "fails ✗" in text and "Traceback" not in text
        assert "is a function" in printed(capsys, name, 5)


def test_numbers_that_are_not_finite_fail(begun, capsys, problems):
    for name, question in problems.questions.items():
        right = matrix.reference(problems, question)

        def spoiled(*inputs, right=right):
            return _nan(right(*inputs))

        assert "fails ✗" in printed(capsys, name, spoiled)


def _nan(value):
    return tuple(_nan(part) for part in value) if isinstance(value, tuple) else np.full(np.shape(value), np.nan)


def test_check_is_silent_when_grading(begun, capsys, monkeypatch):
    module = sys.modules["course_lib.student.check"]
    monkeypatch.setattr(module.wire, "channel", lambda: object())
    assert printed(capsys, "q1", stub) == ""


def test_an_unknown_question_and_a_missing_begin_say_so(begun, monkeypatch):
    with pytest.raises(ValueError, match="q1, q2, q3, q4, q5, q7, got 'q9'"):
        check("q9", stub)
    monkeypatch.setattr(begins, "_current", [])
    with pytest.raises(RuntimeError, match="first code cell"):
        check("q1", stub)


def test_tables_fit_a_notebook(begun, problems):
    checks = checks_of(problems.name).CHECKS
    for name, question in problems.questions.items():
        lines = report(name, checks[name], examine(checks[name], matrix.reference(problems, question)))
        assert max(map(len, lines)) <= 118


def test_data_come_checked_and_fresh(begun, a1):
    first, second = data("lorenz"), data("lorenz")
    assert first["x"].shape == (12000, 3) and first["lag"].shape == first["s"].shape == (501,)
    first["x"][:] = 0
    assert second["x"].std() > 5
    early = second["lag"] <= 0.5
    slope = np.polyfit(second["lag"][early], second["s"][early], 1)[0]
    assert round(slope / 0.906, 1) == 1.9, "almost twice, as the text says"
    assert round(np.corrcoef(second["lag"][early], second["s"][early])[0, 1], 3) == 0.998
    with pytest.raises(ValueError, match="There are: lorenz"):
        data("rossler")


def test_damaged_data_are_refused(begun, monkeypatch, tmp_path):
    module = sys.modules["course_lib.student.data"]
    (tmp_path / "a1_lorenz").mkdir()
    for name in ("lorenz.npz", "SHA256SUMS"):
        content = (module.FOLDER / "a1_lorenz" / name).read_bytes()
        (tmp_path / "a1_lorenz" / name).write_bytes(content)
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    assert data("lorenz")
    path = tmp_path / "a1_lorenz" / "lorenz.npz"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(ValueError, match="checksum"):
        data("lorenz")


def test_data_are_small_and_hold_no_answer(a1):
    folder = sys.modules["course_lib.student.data"].FOLDER / "a1_lorenz"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 300_000
    with np.load(folder / "lorenz.npz") as given:
        assert sorted(given.files) == ["lag", "s", "t", "x"]


@pytest.mark.slow
def test_the_stored_curve_is_that_of_the_stored_trajectory(begun, a1):
    make = matrix.load_module(a1.folder / "make_data.py")
    stored = data("lorenz")
    np.testing.assert_allclose(make.divergence(stored["x"].astype(float), 500), stored["s"], atol=1e-9)


def test_hello_names_the_versions(capsys):
    hello()
    assert capsys.readouterr().out.startswith(f"course_lib {course_lib.__version__} is ready: Python 3.")


def run(code, root):
    """Run a script in a process of its own, with the checkout on the path."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=False)


def test_begin_closes_what_grading_closes(root):
    code = """
import course_lib.dynamics
from course_lib.student import begin
begin("a1_lorenz")
for line in ("from course_lib.systems import Lorenz63", "import course_lib.integrate",
             "from course_lib import analysis", "import course_lib.dynamics", "import course_lib.plotting",
             "import torchdiffeq", "import norse"):
    try:
        exec(line)
        print("open", line)
    except ImportError as error:
        print(error)
import course_lib.validation, numpy, scipy.signal
from course_lib.student import check, probe, data
print("still there")
"""
    done = run(code, root)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[1] == "course_lib.systems is switched off in a1_lorenz: question 1 asks you to write this."
    assert lines[2] == "course_lib.integrate is switched off in a1_lorenz: question 2 asks you to write this."
    assert lines[3] == "course_lib.analysis is switched off in a1_lorenz: question 3 asks you to write this."
    assert lines[4].startswith("course_lib.dynamics is switched off")
    assert lines[5] == "course_lib.plotting is switched off in a1_lorenz: grading does not have it."
    assert lines[6].startswith("torchdiffeq is not available") and lines[7].startswith("norse is not available")
    assert lines[8] == "still there" and "open" not in done.stdout


def test_begin_names_the_sets_there_are(root):
    done = run("from course_lib.student import begin\nbegin('a9')", root)
    assert f"Wanted a problem set out of {', '.join(SETS)}, got 'a9'" in done.stderr


def test_the_students_side_needs_the_standard_library_and_numpy_alone(root):
    """Every module of course_lib.student is imported while all else is refused."""
    code = """
import importlib, pkgutil, sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in ("numpy", "course_lib"):
            raise ImportError("blocked: " + name)
        if name.startswith("course_lib.") and name.split(".")[1] not in ("student", "validation", "shapes"):
            raise ImportError("blocked: " + name)
sys.meta_path.insert(0, Refuse())
import course_lib.student as student
names = [found.name for found in pkgutil.walk_packages(student.__path__, "course_lib.student.")]
for name in names:
    importlib.import_module(name)
print(len(names), sorted(n for n in sys.modules if n.partition(".")[0] in ("torch", "scipy", "IPython")))
"""
    done = run(code, root)
    assert done.returncode == 0, done.stderr
    count, loaded = done.stdout.split(maxsplit=1)
    assert int(count) > 15 and loaded.strip() == "[]"


def test_the_students_side_never_names_the_solutions(root):
    for path in (root / "course_lib" / "student").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(from|import) +(solutions|course_lib\.staff)", text, re.MULTILINE), path.name


def test_only_say_prints(root):
    for path in (root / "course_lib" / "student").rglob("*.py"):
        if path.name != "say.py":
            assert not re.search(r"(?<![\w.\"'])print\(", path.read_text(encoding="utf-8")), path.name


def test_names_stay_functions_when_their_files_are_imported():
    assert course_lib.student.begin is begins.begin and course_lib.student.data is data
