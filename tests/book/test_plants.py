"""Planted faults that a build has to see, on a book of two pages."""

import pytest

from course_lib.staff.publishing.build import BookError, build_book, explain_failure

CONFIG = """
title: Miniature
only_build_toc_files: true
exclude_patterns: ["_build"]
execute: {execute_notebooks: cache, timeout: 60, allow_errors: false, raise_on_error: true, show_tb: true}
latex: {use_jupyterbook_latex: false}
"""
TOC = "format: jb-book\nroot: book/one\nchapters:\n  - file: book/two\n"
PAGE = """---
file_format: mystnb
kernelspec: {{name: python3, display_name: Python 3, language: python}}
---
# Page {name}

```{{code-cell}} ipython3
{code}
```
"""


def write_page(root, name: str, code: str) -> None:
    (root / "book" / f"{name}.md").write_text(PAGE.format(name=name, code=code))


@pytest.fixture
def miniature(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text(TOC)
    write_page(tmp_path, "one", "print('first run')")
    write_page(tmp_path, "two", "print(2)")
    return tmp_path


def test_a_page_that_raises_fails_the_build_and_is_named_with_its_cell(miniature):
    write_page(miniature, "two", "wings = 2\nraise ValueError('no third wing')")
    for _ in range(2):  # also when the build is repeated
        with pytest.raises(BookError) as caught:
            build_book(miniature)
        for words in ("book/two.md", "wings = 2", "ValueError: no third wing", "book.log"):
            assert words in str(caught.value)
    write_page(miniature, "two", "print('mended')")
    assert "mended" in (build_book(miniature) / "book" / "two.html").read_text()


def test_a_warning_fails_the_build_and_a_changed_library_runs_the_pages_again(miniature, monkeypatch):
    def shown() -> str:
        return (build_book(miniature) / "book" / "one.html").read_text()

    library = miniature / "library.py"
    library.write_text("x = 1\n")
    monkeypatch.setattr("course_lib.staff.publishing.build.library_files", lambda: [library])
    write_page(miniature, "one", "import os\nprint(os.environ['COURSE_TEST_RUN'])")
    monkeypatch.setenv("COURSE_TEST_RUN", "run one")
    assert "run one" in shown()
    monkeypatch.setenv("COURSE_TEST_RUN", "run two")
    assert "run one" in shown()  # nothing changed: the page comes from the cache
    library.write_text("x = 2\n")
    assert "run two" in shown()
    page = miniature / "book" / "two.md"
    page.write_text(page.read_text() + "\n[nowhere](gone.md)\n")
    with pytest.raises(BookError, match=r"two\.md.*gone"):
        build_book(miniature)


def test_a_folder_without_a_book_is_refused(tmp_path):
    with pytest.raises(BookError, match=r"_config\.yml"):
        build_book(tmp_path)


def test_a_failure_without_a_page_shows_the_end_of_the_log():
    assert explain_failure("one\ntwo\n") == "one\ntwo"
