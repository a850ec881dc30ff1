"""The doctor on sound and on broken notebooks: what would cost points is named, nothing else is."""

import copy
import json
import sys
import tomllib
import types

import nbformat
import pytest
from checkout import ROOT

from course_lib.staff.publishing.assignment_source import source_notebook
from course_lib.student import checks as checks_package
from course_lib.student import diagnosis
from course_lib.student.begin import checks_of
from course_lib.student.diagnosis import COSTS, FINE, LOOK, OPEN, Finding, examine_notebook
from course_lib.student.doctor import HAND_IN, diagnose, doctor, opened, report
from course_lib.student.newer_syntax import is_newer_fstring

NAME = "a1_lorenz"


@pytest.fixture(scope="module")
def solved():
    """A notebook with every answer in its place, as a student would hand it in."""
    return json.loads(nbformat.writes(source_notebook(ROOT, NAME)))


@pytest.fixture
def notebook(solved):
    return copy.deepcopy(solved)


def cell(notebook, grade_id):
    return next(cell for cell in notebook["cells"] if cell.get("id") == grade_id)


def change(notebook, grade_id, old, new):
    source = "".join(cell(notebook, grade_id)["source"])
    assert old in source
    cell(notebook, grade_id)["source"] = source.replace(old, new)


def text_cell(source):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}


def said(notebook, verdict):
    """Findings of one verdict as lines, without running anything."""
    found = examine_notebook(notebook, NAME, checks_of(NAME))
    return [f"{finding.what}: {finding.found}" for finding in found if finding.verdict == verdict]


def ending(findings):
    """The sentence below the table: what stands between it and how to hand in."""
    table, told, how = "\n".join(report(findings)).rsplit("\n\n", 2)
    assert how.replace("\n", " ") == HAND_IN and "verdict" in table
    return told


def test_a_solved_notebook_is_ready(notebook):
    found = diagnose(notebook, NAME)
    assert {finding.verdict for finding in found} == {FINE}
    assert sum("public checks passed" in finding.found for finding in found) == 6
    assert ending(found) == "Ready to hand in."


def test_a_fresh_release_is_open_everywhere_and_costs_nothing(root):
    released = json.loads((root / "assignments" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8"))
    found = diagnose(released, NAME)
    assert [finding.verdict for finding in found] == [OPEN] * 7
    assert ending(found) == "Ready to hand in. 7 of the questions are still open."


def _delete(notebook):
    notebook["cells"] = [c for c in notebook["cells"] if c.get("id") != "q1-answer"]


def _double(notebook):
    notebook["cells"].append(copy.deepcopy(cell(notebook, "q1-answer")))


def _elsewhere(notebook):
    source = cell(notebook, "q1-answer")["source"]
    notebook["cells"].insert(5, text_cell(source))
    cell(notebook, "q1-answer")["source"] = "# moved up"


def _retype(notebook):
    cell(notebook, "q1-answer")["cell_type"] = "markdown"


def _explore_only(notebook):
    cell(notebook, "q2-explore")["source"] = "STEP = sum([6])"
    change(notebook, "q2-answer", "h / 6", "h / STEP")


def _helper(notebook):
    notebook["cells"].insert(4, text_cell("def half(h):\n    return h / 2"))
    change(notebook, "q2-answer", "t[k] + h / 2", "t[k] + half(h)")


def test_the_thing_named_first_is_the_first_of_the_table():
    found = [Finding("Question 3", "does not parse", COSTS), Finding("Question 1", "stops in a fresh notebook", COSTS)]
    assert ending(found) == "2 things would cost points, the first: Question 1, stops in a fresh notebook."


@pytest.mark.parametrize(
    ("spoil", "verdict", "words"),
    [
        (_delete, COSTS, "Question 1: the answer cell is missing"),
        (_retype, COSTS, "Question 1: the answer cell was turned into text"),
        (_double, LOOK, "Question 1: the answer cell stands there 2 times"),
        (_elsewhere, LOOK, "Question 1: lorenz is defined in cell 6, outside the answer cell"),
        (_explore_only, COSTS, "Question 2: uses STEP, which an explore cell computes"),
        (("q3-answer", "np.sort(", "(np.sort("), COSTS, "Question 3: does not parse"),
        (
            ("q3-answer", "def spectrum(", "def spectra("),
            COSTS,
            "Question 3: the function spectrum(J, dt",
        ),
        (("q3-answer", "(J, dt, skip)", "(J, skip)"), COSTS, "Question 3: called as spectrum(J, dt, skip)"),
        (("q3-answer", "(J, dt, skip)", "(maps, dt, skip)"), LOOK, "Question 3: arguments were renamed"),
        (("q3-answer", "(J, dt, skip)", "(J, dt, skip, *, k)"), COSTS, "asks for keywords"),
        (("q2-answer", "x0, t = np.asarray", "!ls\n    x0, t = np.asarray"), LOOK, "lines with % or !"),
        (("q2-answer", "k1 = f(", "k1 = speed * f("), COSTS, "Question 2: uses speed, which no cell defines"),
        (("q2-answer", "k1 = f(", "k1 = lorenz and f("), LOOK, "calls lorenz of question 1"),
        (
            ("q4-answer", "lag, s =", "import course_lib.analysis\n    lag, s ="),
            COSTS,
            "analysis is switched",
        ),
        (
            ("q4-answer", "lag, s =", "from course_lib import systems\n    lag, s ="),
            COSTS,
            "systems is switched",
        ),
        (("q4-answer", "lag, s =", "np.load('x.npy')\n    lag, s ="), LOOK, "np.load() reads a file"),
        (("q4-answer", "lag, s =", "input()\n    lag, s ="), COSTS, "input() gets no answer"),
        (("q6-written", "No.", "No."), None, ""),
    ],
)
def test_each_defect_is_named(notebook, spoil, verdict, words):
    if callable(spoil):
        spoil(notebook)
    else:
        change(notebook, *spoil)
    if verdict is None:
        assert said(notebook, COSTS) == said(notebook, LOOK) == []
        return
    assert any(words in line for line in said(notebook, verdict)), (said(notebook, COSTS), said(notebook, LOOK))
    assert len({line.partition(":")[0] for line in said(notebook, COSTS)}) == (verdict == COSTS), "one defect"


def test_a_helper_of_ones_own_and_a_broken_exploration_are_fine(notebook):
    _helper(notebook)
    cell(notebook, "q2-explore")["source"] = "raise RuntimeError('explored')"
    found = diagnose(notebook, NAME)
    assert {finding.verdict for finding in found} == {FINE}


def test_constants_and_functions_of_an_exploration_count_as_they_do_in_grading(notebook):
    lines = "STEP = 6\nhalf = lambda h: h / STEP\nimport math as m\nplotted = half(undefined)"
    cell(notebook, "q2-explore")["source"] = lines
    change(notebook, "q2-answer", "h / 6", "m.fsum([half(h)])")
    found = diagnose(notebook, NAME)
    assert {finding.verdict for finding in found} == {FINE}, found


def test_written_answers_are_counted(notebook):
    cell(notebook, "q6-written")["source"] = ""
    assert "Question 6 (written): empty" in said(notebook, OPEN)
    cell(notebook, "q6-written")["source"] = "It depends on the exponent."
    assert any("5 words" in line for line in said(notebook, LOOK))
    notebook["cells"] = [c for c in notebook["cells"] if c.get("id") != "q6-written"]
    assert any("its cell is missing" in line for line in said(notebook, COSTS))


def test_another_set_an_old_version_and_lost_labels_are_told(notebook):
    notebook["metadata"]["course"]["version"] = 7
    assert any("version 7, current is 1: still gradable" in line for line in said(notebook, LOOK))
    notebook["metadata"]["course"]["assignment"] = "a2_ctrnn"
    assert any("belongs to a2_ctrnn" in line for line in said(notebook, COSTS))
    notebook["metadata"] = {}
    for each in notebook["cells"]:
        each["metadata"] = {}
    assert any("has lost its label" in line for line in said(notebook, LOOK))
    assert any("lorenz is defined in cell" in line for line in said(notebook, LOOK))


def test_a_name_from_a_deleted_cell_is_caught_by_the_fresh_run(notebook):
    change(notebook, "q2-answer", "def rk4", "WEIGHT = remembered\ndef rk4")
    found = [finding for finding in diagnose(notebook, NAME) if finding.verdict == COSTS]
    assert any("uses remembered, which no cell defines" in finding.found for finding in found)
    assert any("NameError: name 'remembered'" in finding.found for finding in found)
    assert not ending(found).startswith("Ready to hand in.")


def test_a_wrong_answer_shows_its_first_failing_check(notebook):
    change(notebook, "q2-answer", "2 * k2 + 2 * k3", "k2 + k3")
    (found,) = [finding for finding in diagnose(notebook, NAME) if finding.verdict == COSTS]
    assert found.what == "Question 2" and "constant velocity" in found.found
    assert "One thing would cost points: Question 2" in "\n".join(report([found]))


def test_a_cell_that_ends_the_process_is_reported(notebook):
    notebook["cells"].append(text_cell("import os\nos._exit(3)"))
    assert any("ended early (exit 3)" in finding.found for finding in diagnose(notebook, NAME))


def test_the_doctor_finds_the_file_and_changes_nothing(notebook, tmp_path, monkeypatch, capsys):
    begins = sys.modules["course_lib.student.begin"]
    monkeypatch.setattr(begins, "_current", [NAME])
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    doctor()
    assert "I cannot see this notebook here" in capsys.readouterr().out
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    (tmp_path / "other.ipynb").write_text('{"cells": [], "metadata": {}}', encoding="utf-8")
    path = tmp_path / "Copy of a1.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    before = path.read_bytes()
    assert opened(None, NAME)[1].startswith("Copy of a1.ipynb as it was saved at ")
    doctor("Copy of a1.ipynb")
    shown = capsys.readouterr().out
    assert (
        shown.startswith("Looking at Copy of a1.ipynb")
        and "Ready to hand in." in shown
        and shown.endswith("replaces what was there.\n")
    )
    assert path.read_bytes() == before and sorted(p.name for p in tmp_path.iterdir()) == [
        "Copy of a1.ipynb",
        "broken.ipynb",
        "other.ipynb",
    ]


def test_in_colab_the_open_notebook_is_asked_for(notebook, monkeypatch):
    """Colab's page is asked through google.colab; when that changes, the doctor falls back to files."""
    colab = types.ModuleType("google.colab")
    colab._message = types.SimpleNamespace(blocking_request=lambda name, timeout_sec: {"ipynb": notebook})
    monkeypatch.setitem(sys.modules, "google", types.ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    assert opened(None, NAME) == (notebook, "the notebook that is open")
    colab._message = types.SimpleNamespace()
    assert opened("missing.ipynb", NAME) is None


def test_where_nothing_can_be_asked_it_says_so_and_what_to_do(notebook, monkeypatch, tmp_path, capsys):
    """In Colab, when Colab's page does not answer and no file is there."""
    colab = types.ModuleType("google.colab")
    colab._message = types.SimpleNamespace()
    monkeypatch.setitem(sys.modules, "google", types.ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    monkeypatch.setattr(sys.modules["course_lib.student.begin"], "_current", [NAME])
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.chdir(tmp_path)
    doctor()
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.startswith("I cannot see this notebook here") and "download it (File > Download > .ipynb)" in shown
    (tmp_path / "downloaded.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    doctor("downloaded.ipynb")
    assert "Ready to hand in." in capsys.readouterr().out


def test_jupyterlab_and_vs_code_say_which_file_is_open(notebook, monkeypatch, tmp_path):
    """JupyterLab by its session's name, VS Code by a variable; both before what else lies in the folder."""
    far, near = tmp_path / "far", tmp_path / "near"
    for folder in (far, near):
        folder.mkdir()
    (far / "mine.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (near / "old.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    monkeypatch.chdir(near)
    monkeypatch.setenv("JPY_SESSION_NAME", str(far / "mine.ipynb"))
    assert opened(None, NAME)[1].startswith("mine.ipynb as it was saved at ")
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert opened(None, NAME)[1].startswith("old.ipynb")
    shell = types.SimpleNamespace(user_ns={"__vsc_ipynb_file__": str(far / "mine.ipynb")})
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    assert opened(None, NAME)[1].startswith("mine.ipynb")


def test_syntax_that_an_older_grader_cannot_read_is_told(notebook, monkeypatch):
    """With the limit lowered: this test's own Python is the oldest that the package runs on."""
    change(notebook, "q2-answer", "x0, t =", "match 1:\n        case _:\n            pass\n    x0, t =")
    assert said(notebook, COSTS) == []
    monkeypatch.setattr(diagnosis, "PYTHON", (3, 9))
    assert any("Pattern matching is only supported in Python 3.10" in line for line in said(notebook, COSTS))


def test_the_limit_is_the_packages_own(root):
    wanted = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert wanted == f">={checks_package.PYTHON[0]}.{checks_package.PYTHON[1]}"


@pytest.mark.parametrize(
    ("text", "newer"),
    [
        ("f'{x}'", False),
        ("f'{{x}}'", False),
        ('f"{x:.3g} of {y!r}"', False),
        ("f\"{d['a']}\"", False),
        ('f"{d["a"]}"', True),
        ("rf'{d['a']}'", True),
        ('f"{chr(10).join(x)}"', False),
        ("f\"{'\\n'.join(x)}\"", True),
        ('f"a\\n{x}"', False),
        ('f"{x\n}"', True),
        ('f"""{x\n}"""', False),
        ('f"""{d["a"]}"""', False),
        ("f'{x:#.3g} {n:>+#10x} {x:#>8}'", False),
        ("f\"{d['#']}\"", True),
        ('f"""{x  # why\n}"""', True),
        ("'no f {d['", False),
    ],
)
def test_f_strings_of_a_later_python(text, newer):
    assert is_newer_fstring(text) == newer
