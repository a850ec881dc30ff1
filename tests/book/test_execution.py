"""Which pages are executed again when something changes, on a made-up library and a book of two pages."""

import pytest
from two_pages import write_page

from course_lib.staff.publishing import execute
from course_lib.staff.publishing.execute import BookError, execute_pages
from course_lib.staff.publishing.kernels import STARTS
from course_lib.staff.publishing.used import Library

FILES = {
    "__init__.py": '"""A library."""\n',
    "rulers/__init__.py": "from toy.rulers.length import length\nfrom toy.rulers.weight import weigh as weight\n",
    "rulers/length.py": "from toy import units\n\n\ndef length():\n    return units.METRE\n",
    "rulers/weight.py": "def weigh():\n    return 2\n",
    "units.py": '"""Units."""\nMETRE = 1\n',
    "table.py": (
        "from pathlib import Path\n\n\ndef read():\n    return Path(__file__).with_name('table.txt').read_text()\n"
    ),
    "table.txt": "seven\n",
    "lazy/__init__.py": "def __getattr__(name):\n    return 1\n",
    "lazy/one.py": "from ..rulers import weight\n",
    "staff/secret.py": "",
}
RULERS = {"rulers/__init__.py", "rulers/length.py", "rulers/weight.py", "units.py"}


@pytest.fixture
def toy(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / "book" / "toy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Library(tmp_path / "book" / "toy")


def names(library: Library, source: str) -> set[str]:
    return {path.relative_to(library.package).as_posix() for path in library.uses(source)}


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("from toy import rulers\nrulers.length()", {"rulers/length.py", "units.py"}),
        ("from toy import rulers as r\n\ndef later():\n    return r.weight", {"rulers/weight.py"}),
        ("from toy.rulers import weight", {"rulers/weight.py"}),
        ("from toy.rulers import *", RULERS),
        ("from toy import rulers\nprint(rulers)", RULERS),
        ("from toy.rulers.length import length", {"rulers/length.py", "units.py"}),
        ("from toy.lazy import two", {"lazy/__init__.py", "lazy/one.py", "rulers/weight.py"}),
        ("from toy.lazy import one", {"lazy/__init__.py", "lazy/one.py", "rulers/weight.py"}),
        ("import toy", {name for name in FILES if name.endswith(".py") and not name.startswith("staff")}),
        ("import json", set()),
    ],
)
def test_a_text_uses_the_files_behind_its_names(toy, source, wanted):
    assert names(toy, source) == wanted


def test_words_do_not_count_and_statements_do(toy):
    path = toy.modules["toy.units"]

    def digest() -> str:
        return Library(toy.package).digest(path)

    before = digest()
    path.write_text('"""Other words."""\n# and a comment\nMETRE = 1\n')
    assert digest() == before
    path.write_text('"""Units."""\nMETRE = 2\n')
    assert digest() != before


@pytest.fixture
def book(miniature, toy):
    write_page(miniature, "one", "from toy import rulers\nprint(rulers.length())")
    write_page(miniature, "two", "from toy import table\nprint(table.read())")
    (miniature / "_build").mkdir()

    def executed() -> list[str]:
        library = Library(toy.package)
        return execute_pages(miniature, miniature / "_build", lambda line: None, library)

    assert executed() == ["book/one", "book/two"]
    return executed


def test_a_change_executes_the_pages_that_use_what_changed_and_no_others(book, toy, monkeypatch):
    assert book() == []
    toy.modules["toy.rulers.weight"].write_text("def weigh():\n    return 3\n")
    assert book() == []
    (toy.package / "table.txt").write_text("eight\n")
    assert book() == ["book/two"]
    toy.modules["toy.units"].write_text("METRE = 3\n")
    assert book() == ["book/one"]
    monkeypatch.setattr(execute, "PIXELS_PER_INCH", 100)
    assert len(execute.stale_pages(toy.package.parents[1], toy.package.parents[1] / "_build", toy)) == 2


def test_an_edit_while_a_page_is_executed_is_not_taken_for_what_it_used(book, miniature, toy):
    edit = "from pathlib import Path\nfrom toy import units\nPath(units.__file__).write_text('METRE = 5')\n"
    write_page(miniature, "one", edit + "print(units.METRE)")
    assert book() == ["book/one"]
    assert book() == ["book/one"]  # the first run saw the METRE of before


def test_a_page_that_raises_does_not_lose_the_others_work(book, miniature):
    write_page(miniature, "one", "wings = 2\nraise ValueError('no third wing')")
    write_page(miniature, "two", "print('second')")
    with pytest.raises(BookError, match=r"book/one\.md") as caught:
        book()
    assert "wings = 2" in str(caught.value) and "ValueError: no third wing" in str(caught.value)
    write_page(miniature, "one", "print('mended')")
    assert book() == ["book/one"]


FIRST_STARTS_FAIL = """
import os, pathlib, sys
if "ipykernel_launcher" in " ".join(sys.orig_argv):
    starts = pathlib.Path(os.environ["STARTS"])
    starts.write_text(starts.read_text() + "x")
    if len(starts.read_text()) <= {failing}:
        os._exit(3)
"""


@pytest.fixture
def failing_starts(tmp_path, monkeypatch):
    """A function that lets the next kernels die at their start, so many; the file it returns counts starts."""
    counter = tmp_path / "starts"
    counter.write_text("")

    def fail(failing: int):
        (tmp_path / "sitecustomize.py").write_text(FIRST_STARTS_FAIL.format(failing=failing))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setenv("STARTS", str(counter))
        return counter

    return fail


def test_a_kernel_that_does_not_start_is_started_again_and_that_is_said(miniature, toy, failing_starts):
    starts, said = failing_starts(1), []
    write_page(miniature, "one", "import toy")
    (miniature / "_build").mkdir()
    pages = execute_pages(miniature, miniature / "_build", said.append, Library(toy.package))
    assert pages == ["book/one", "book/two"] and len(starts.read_text()) == 3
    assert [line for line in said if "did not start" in line and "once more" in line]


def test_a_kernel_that_never_starts_is_an_error_of_the_book_with_its_page(miniature, toy, failing_starts):
    starts = failing_starts(10)
    (miniature / "_build").mkdir()
    with pytest.raises(BookError, match=r"book/(one|two)\.md") as caught:
        execute_pages(miniature, miniature / "_build", lambda line: None, Library(toy.package))
    assert "did not start" in str(caught.value) and "kernels.log" in str(caught.value)
    assert len(starts.read_text()) >= STARTS
