"""The students' notebook: made from its source, the same every time, without a line of the solution."""

import ast
import html
import json
import re
from itertools import pairwise

import nbformat
import pytest
from checkout import ROOT, copy_of, edit
from conftest import SETS

from course_lib import __version__
from course_lib.staff.publishing import leaks
from course_lib.staff.publishing.assignment_source import source_notebook
from course_lib.staff.publishing.config import read_names
from course_lib.staff.publishing.release import STUB, release
from course_lib.validation import CourseError

NAME = "a1_lorenz"
TAG = f"v{__version__}"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A copy of the checkout in which the release was made anew."""
    folder = copy_of(ROOT, tmp_path_factory.mktemp("made"))
    (folder / "assignments" / NAME / f"{NAME}.ipynb").unlink()
    (report,) = release(folder, [NAME])
    assert report.changed
    return folder


@pytest.fixture
def copy(root, tmp_path):
    """A copy to plant faults in."""
    return copy_of(root, tmp_path)


def read(folder, name=NAME):
    """A released notebook of a checkout."""
    return nbformat.read(folder / "assignments" / name / f"{name}.ipynb", as_version=4)


def test_making_it_anew_gives_the_committed_bytes(made, root):
    path = f"assignments/{NAME}/{NAME}.ipynb"
    assert (made / path).read_bytes() == (root / path).read_bytes()


def test_making_it_again_changes_nothing(made):
    before = (made / "assignments" / NAME / f"{NAME}.ipynb").stat().st_mtime_ns
    (report,) = release(made, [NAME], check=True)
    assert not report.changed
    assert (made / "assignments" / NAME / f"{NAME}.ipynb").stat().st_mtime_ns == before
    assert str(report).startswith(f"assignments/{NAME}/{NAME}.ipynb: Flows and chaos, 7 questions, 100 points")


def test_the_committed_releases_are_those_of_their_sources(root):
    reports = release(root, None, check=True)
    assert [report.path.parent.name for report in reports] == list(SETS)
    assert not any(report.changed for report in reports)


def test_the_release_is_what_was_promised(root, problems):
    notebook = read(root, problems.name)
    label = {"id": "rnn-dynamics", "assignment": problems.name, "version": problems.version, "tag": TAG}
    assert notebook.metadata.course == label
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert ids == [cell.metadata.nbgrader.grade_id for cell in notebook.cells] and len(set(ids)) == len(ids)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)


def test_every_question_has_its_cells(root, problems):
    cells = {cell.id: cell for cell in read(root, problems.name).cells}
    for name, question in problems.questions.items():
        answer, checked, probed = (cells[f"{name}-{role}"] for role in ("answer", "check", "probe"))
        (function,) = (node for node in ast.parse(answer.source).body if isinstance(node, ast.FunctionDef))
        assert function.name == question.function and ast.get_docstring(function)
        assert [ast.unparse(statement) for statement in function.body[1:]] == [STUB]
        assert answer.metadata.nbgrader.solution and not answer.metadata.nbgrader.locked
        assert checked.source == f'check("{name}", {question.function})' and checked.metadata.nbgrader.locked
        number = name.lstrip("q")
        assert probed.source == f"# Question {number} is graded here after you hand in. Leave this cell as it is."
        grader = probed.metadata.nbgrader
        assert (grader.grade, grader.solution, grader.locked, grader.points) == (True, False, True, question.points)
    for name, points in problems.manual.items():
        written = cells[f"{name}-written"]
        grader = written.metadata.nbgrader
        assert (written.cell_type, grader.grade, grader.solution, grader.points) == ("markdown", True, True, points)
        assert "Write your answer here" in written.source


def test_code_fits_the_width_of_a_notebook(root, problems):
    """Without a bar to scroll; the line that installs is as long as the address."""
    cells = [cell for cell in read(root, problems.name).cells if cell.cell_type == "code"]
    lines = [(cell.id, line) for cell in cells for line in cell.source.splitlines()]
    assert [(name, line) for name, line in lines if len(line) > 100 and "%pip" not in line] == []


def test_given_cells_bind_no_names_that_students_use(root, problems):
    """Checks and probes are expressions, so that `g` or `t` of the student's stay theirs."""
    for cell in read(root, problems.name).cells:
        if cell.id.endswith(("-check", "-probe")) or cell.id == "doctor":
            assert all(isinstance(node, ast.Expr) for node in ast.parse(cell.source).body), cell.id


def test_the_source_stops_a_stock_kernel_and_solves_everything(root, problems):
    notebook = source_notebook(root, problems.name)
    assert notebook.metadata.kernelspec.name == "course-sandbox"
    cells = {cell.id: cell for cell in notebook.cells}
    for name, question in problems.questions.items():
        assert "{solution}" not in cells[f"{name}-answer"].source
        assert "import" not in cells[f"{name}-answer"].source, "self-contained, with numpy from the first cell"
        probe = cells[f"{name}-probe"].source
        assert f'.probe("{name}", {question.function})' in probe.split("### BEGIN HIDDEN TESTS")[1]


def test_the_first_code_cell_installs_at_the_tag_from_the_public_address(root, problems):
    first = next(cell for cell in read(root, problems.name).cells if cell.cell_type == "code")
    address = read_names(root).url
    assert f"git+{address}@{TAG}" in first.source and f'begin("{problems.name}")' in first.source
    badge = read(root, problems.name).cells[0].source
    assert (
        f"{address.removeprefix('https://github.com/')}/blob/{TAG}/assignments/{problems.name}/{problems.name}.ipynb"
        in badge
    )


def test_hidden_text_is_nowhere_in_the_release(root, problems):
    text = json.dumps(read(root, problems.name))
    for word in ("fromlist", "HIDDEN TESTS", "BEGIN SOLUTION", "course-sandbox", "rubric", "TOLERANCE", "mutant"):
        assert word not in text


def test_the_real_release_holds_no_secret(root, problems):
    path = root / "assignments" / problems.name / f"{problems.name}.ipynb"
    source = source_notebook(root, problems.name)
    assert len(leaks.secrets(root, problems.name, source)) > 300
    assert leaks.leaks_in_notebook(root, problems.name, path, source) == []


def test_the_notebook_can_be_read_with_a_screen_reader(root, problems):
    """One title, no level of headings left out, words in every link, in place of every picture, over every column."""
    texts = [cell.source for cell in read(root, problems.name).cells if cell.cell_type == "markdown"]
    levels = [len(mark) for text in texts for mark in re.findall(r"^(#+) \S", text, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for text in texts:
        assert not re.search(r"!\[\s*\]|<img(?![^>]*\balt=\"[^\"]+\")", text), "a picture without words"
        assert not re.search(r"(?<!!)\[\s*\]\(", text), "a link without words"
        for above, rule in re.findall(r"^(\|.*\|)\n(\|[-| :]+\|)$", text, re.MULTILINE):
            assert all(cell.strip() for cell in above.strip("|").split("|")), f"a column without a name: {above} {rule}"
        assert text.count("<details>") == text.count("</details>") == text.count("<summary>")


def test_every_question_says_its_points_its_time_and_has_three_hints(root, problems):
    cells = {cell.id: cell.source for cell in read(root, problems.name).cells}
    minutes = 0
    for name, worth in [(n, q.points) for n, q in problems.questions.items()] + list(problems.manual.items()):
        head = cells[f"{name}-text"].strip().splitlines()[0]
        said = re.fullmatch(rf"## Question {name[1:]}\. .+ \((\d+) points, about (\d+) minutes\)", head)
        assert said and float(said[1]) == worth, head
        minutes += int(said[2])
        if name in problems.questions:
            assert len(re.findall(r"<summary>Hint [123]: ", cells[f"{name}-hints"])) == 3, name
    assert f"{problems.max:g} points" in cells["intro"]
    told = int(re.search(r"about (\d+) minutes", cells["intro"])[1])
    assert abs(told - minutes) <= 5, f"the questions sum to {minutes} minutes"


LINE = "x[:, k + 1] = here + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)"
QUOTED = 'Property("uneven", 3, _on_grid(_uneven_grid, "uneven"))'
PLANTS = {
    "source": lambda notebook: notebook["cells"][1]["source"].append(f"\nas in `{LINE}`"),
    "other spaces and quotes": lambda notebook: notebook["cells"][2]["source"].append("\n# " + LINE.replace(" ", "")),
    "metadata of the notebook": lambda notebook: notebook["metadata"].update(note={QUOTED: 1}),
    "metadata of a cell": lambda notebook: notebook["cells"][3]["metadata"].update(old=["a", QUOTED]),
    "an output": lambda notebook: notebook["cells"][2].update(
        outputs=[{"output_type": "stream", "name": "stdout", "text": [LINE]}]
    ),
    "split over two lines": lambda notebook: notebook["cells"][2]["source"].append(
        "\nx[:, k + 1] = (here + h / 6\n    * (k1 + 2 * k2 + 2 * k3 + k4))"
    ),
    "a line of questions.py": lambda notebook: notebook["cells"][1]["source"].append(
        "\nQUESTIONS = (Q1, Q2,  Q3, Q4, Q5, Q7)"
    ),
    "a line of a question's file": lambda notebook: notebook["cells"][1]["source"].append(
        "\nORDER, STEP_TOLERANCE, GRID_TOLERANCE, WORSE = 3.4, 1e-5, 1e-4, 10.0"
    ),
    "a hidden cell": lambda notebook: notebook["cells"][-1]["source"].append(
        '\n__import__("course_lib.student.probe", fromlist=["probe"]).probe("q2", rk4)'
    ),
    "the written solution": lambda notebook: notebook["cells"][-2]["source"].append(
        "A step ten times smaller buys ten thousand times less error and thereby only 10 time units more."
    ),
    "the rubric": lambda notebook: notebook["cells"][-2]["source"].append(
        "Ten points, given by a person. Read the whole answer before giving any."
    ),
}


@pytest.mark.parametrize("place", list(PLANTS))
def test_a_planted_line_is_found(root, tmp_path, place):
    notebook = json.loads((root / "assignments" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8"))
    PLANTS[place](notebook)
    path = tmp_path / f"{NAME}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    found = leaks.leaks_in_notebook(root, NAME, path, source_notebook(root, NAME))
    assert found, place
    assert str(found[0]).startswith(f"{NAME}.ipynb")


def test_a_leak_anywhere_in_the_public_tree_is_found(root, tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "page.md").write_text("# A page\n\nnothing\n", encoding="utf-8")
    assert leaks.leaks_in_tree(leaks.every_secret(root), tmp_path) == []
    (tmp_path / "book" / "page.md").write_text(f"# A page\n\n    {LINE}\n", encoding="utf-8")
    (found,) = leaks.leaks_in_tree(leaks.every_secret(root), tmp_path)
    assert found.place == "book/page.md" and "reference.py" in found.origin
    (tmp_path / "book" / "page.md").unlink()
    coloured = "".join(f"<span class='k'>{html.escape(word)}</span> " for word in LINE.split())
    (tmp_path / "page.html").write_text(f"<pre>{coloured}</pre>", encoding="utf-8")
    (found,) = leaks.leaks_in_tree(leaks.every_secret(root), tmp_path)
    assert found.place == "page.html"


def test_what_the_library_says_is_public(root):
    """A statement that course_lib holds too is no secret: the release may show it."""
    secret, public = leaks.secrets(root, NAME, source_notebook(root, NAME)), leaks.library(root)
    assert not any(text in public for text in secret)


def test_nothing_is_released_when_the_text_tells_the_solution(copy):
    edit(copy / "solutions" / NAME / "notebook.md", "Which axis of `x` counts", f"{LINE}\n\nWhich axis of `x` counts")
    edit(copy / "assignments" / NAME / f"{NAME}.ipynb", "Flows and chaos", "Old")
    with pytest.raises(CourseError, match=r"(?s)Nothing was released.*q2-answer|reference\.py"):
        release(copy, [NAME])
    assert "Old" in (copy / "assignments" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    assert not (copy / "_build").exists()


def test_drift_is_told_and_nothing_is_written(copy):
    path = copy / "assignments" / NAME / f"{NAME}.ipynb"
    edit(path, "Six questions", "Five questions")
    before = path.read_bytes()
    with pytest.raises(CourseError, match=rf"course release {NAME}"):
        release(copy, None, check=True)
    assert path.read_bytes() == before and not (copy / "_build").exists()


def test_a_solution_that_loses_points_is_not_released(copy):
    edit(copy / "solutions" / NAME / "notebook.md", "    {solution} rk4", "    x0 = 1.001 * x0\n    {solution} rk4")
    with pytest.raises(CourseError, match="Wanted 14 points for the solution of q2"):
        release(copy, [NAME])


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("notebook.md", "def rk4(f, x0, t):", "def rk4(f, t, x0):", "same arguments of rk4"),
        ("notebook.md", "{solution} spectrum", "{solution} rk4", "Wanted the line {solution} spectrum"),
        ("notebook.md", "grade_id: q3-check", "grade_id: q2-check", "q3-check.*q2-check"),
        ("notebook.md", "grade_id: q4-probe", "grade_id: q8-probe", "Wanted a question of a1_lorenz, got 'q8'"),
        ("notebook.md", '"grade_id": "q6-written"', '"grade_id": "q8-written"', "Wanted points for q8"),
        ("notebook.md", "nbgrader: {grade_id: q1-check}", "tags: [x]", "Wanted a grade_id"),
        ("reference.py", "def fit_growth(", "def fit(", "fit_growth"),
    ],
)
def test_a_source_that_does_not_fit_is_refused(copy, file, old, new, message):
    edit(copy / "solutions" / NAME / file, old, new)
    with pytest.raises((CourseError, ImportError), match=message):
        source_notebook(copy, NAME)


def test_an_unknown_assignment_names_those_that_exist(root):
    with pytest.raises(CourseError, match=r"got a9_nothing\. There are: a1_lorenz"):
        release(root, ["a9_nothing"])


def test_no_public_address_is_a_clear_error(copy):
    edit(copy / "_config.yml", "  url:", "  address:")
    with pytest.raises(CourseError, match="repository: url"):
        source_notebook(copy, NAME)
