"""A page for each set: its table is that of the released notebook, its doors open it, no answer stands there."""

import nbformat
import pytest
from bs4 import BeautifulSoup

from course_lib.staff.grading.sets import available, load
from course_lib.staff.publishing import leaks
from course_lib.staff.publishing.set_pages import questions
from course_lib.student.begin import checks_of

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight")


@pytest.fixture
def article(site):
    """The article of a set's page."""

    def read(name):
        text = (site / f"book/problem_sets/{name}.html").read_text(encoding="utf-8")
        return BeautifulSoup(text, "html.parser").select_one("article")

    return read


def test_every_set_has_a_page_in_order_behind_the_one_on_handing_in(root, pages):
    wanted = ["handing_in", *available(root)]
    assert [page.rpartition("/")[2] for page in pages if page.startswith("book/problem_sets/")] == wanted


def test_the_table_is_that_of_the_released_notebook(root, article):
    for name in available(root):
        problems = load(root, name)
        rows = [[cell.get_text(strip=True) for cell in row.select("td")] for row in article(name).select("tbody tr")]
        found = questions(root / "assignments" / name / f"{name}.ipynb")
        assert rows[:-1] == [[f"{n}. {title}".replace("'", "’"), f"{p}", f"{m}"] for n, title, p, m in found]
        worth = {f"q{number}": points for number, _, points, _ in found}
        asked = {key: question.points for key, question in problems.questions.items()}
        assert worth == {**asked, **problems.manual}
        assert rows[-1][1:] == ["100", str(sum(minutes for *_, minutes in found))]


def test_the_page_bears_the_title_of_its_set_and_opens_it_in_colab(root, article):
    for name in available(root):
        page = article(name)
        title = page.select_one("h1").find(string=True, recursive=False).strip()
        assert title == checks_of(name).TITLE.replace(", ", ": ", 1)
        notebook = nbformat.read(root / "assignments" / name / f"{name}.ipynb", as_version=4)
        assert f"# {title}" in "\n".join(cell.source for cell in notebook.cells)
        (colab,) = [a["href"] for a in page.select("a") if a.get_text().startswith("Open problem set")]
        assert colab.startswith("https://colab.research.google.com/github/")
        assert colab.endswith(f"/assignments/{name}/{name}.ipynb")
        assert "doctor()" in page.get_text() and page.select('a[href*="handing_in"]')


def test_the_written_question_and_the_open_ended_one_are_those_of_the_set(root):
    for name in available(root):
        text = " ".join((root / f"book/problem_sets/{name}.md").read_text(encoding="utf-8").split())
        (written,) = checks_of(name).WRITTEN
        assert f"Question {WORDS[int(written[1:])]} is written." in text
        assert f"Question {WORDS[int(list(checks_of(name).CHECKS)[-1][1:])]} is open-ended" in text


def test_no_line_of_a_solution_stands_on_a_page(root):
    for name in available(root):
        secret = leaks.statements((root / "solutions" / name / "reference.py").read_text(encoding="utf-8"))
        text = leaks.normal((root / f"book/problem_sets/{name}.md").read_text(encoding="utf-8"))
        assert secret and [line for line in secret if line in text] == []


def test_a_notebook_without_questions_is_refused(root):
    with pytest.raises(ValueError, match="without a heading of a question"):
        questions(root / "book/intro.ipynb")
