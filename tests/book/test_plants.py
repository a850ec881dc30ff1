"""Planted faults that a build has to see, on a book of two pages."""

import pytest
from two_pages import write_page

from course_lib.staff.publishing.build import BookError, build_book, explain_failure


def test_a_page_that_raises_fails_the_build_and_a_mended_one_is_not_executed_in_it(miniature):
    write_page(miniature, "two", "wings = 2\nraise ValueError('no third wing')")
    for _ in range(2):  # also when the build is repeated
        with pytest.raises(BookError) as caught:
            build_book(miniature)
        for words in ("book/two.md", "wings = 2", "ValueError: no third wing", "book.log"):
            assert words in str(caught.value)
    write_page(miniature, "two", "import os\nprint(os.environ['COURSE_BOOK'] + ' thread')")
    lines = []
    html = build_book(miniature, say=lines.append) / "book" / "two.html"
    assert "1 thread" in html.read_text() and lines == [lines[0]] and lines[0].startswith("1 of 1 pages executed")
    log = (miniature / "_build" / "book.log").read_text()
    assert log.count("Using cached notebook") == 2 and "Executing notebook" not in log
    before = html.stat().st_mtime_ns
    (miniature / "_build" / "book.log").unlink()
    assert build_book(miniature) == html.parents[1] and html.stat().st_mtime_ns == before
    assert not (miniature / "_build" / "book.log").exists()  # nothing has changed: nothing is built


def test_a_warning_fails_the_build(miniature):
    page = miniature / "book" / "two.md"
    page.write_text(page.read_text() + "\n[nowhere](gone.md)\n")
    with pytest.raises(BookError, match=r"two\.md.*gone"):
        build_book(miniature)


def test_a_folder_without_a_book_is_refused(tmp_path):
    with pytest.raises(BookError, match=r"_config\.yml"):
        build_book(tmp_path)


def test_a_failure_without_a_page_shows_the_end_of_the_log():
    assert explain_failure("one\ntwo\n") == "one\ntwo"
