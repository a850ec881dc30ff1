"""The book on paper: nothing shut, nothing that moves, every link led on; and no link to a PDF that is not there."""

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from course_lib.staff.publishing import pdf
from course_lib.validation import CourseError

PUBLIC = "https://example.org/"
PAGES = {"book/one", "book/part/two"}
CONFIG = """title: Miniature
author: Somebody
repository: {url: https://github.com/somebody/miniature, branch: main}
html: {baseurl: https://example.org/}
"""
TOC = """root: book/one
parts:
  - caption: A part
    chapters:
      - file: book/part/two
"""
ONE = """<html><head><link rel="stylesheet" href="../_static/course.css"></head><body><p>outside</p>
<article class="bd-article"><h1 id="top">One<a class="headerlink" href="#top">#</a></h1>
<div class="course-widget" id="w"><figure class="cw-still"><img src="data:image/png;base64,PNG" alt="still"></figure>
<script>run()</script><div class="cw-live">live</div></div>
<details class="sd-dropdown"><summary>Hint</summary><p>Think of rest points.</p></details>
<details class="admonition hide"><summary>Show code</summary><pre>hidden = 1</pre></details>
<p>So <span class="math">\\(\\alpha + \\beta\\)</span>.</p>
<img src="../_images/a.png" loading="lazy" alt="b"><a href="#top">up</a> <a href="part/two.html#x">two</a>
<a href="../genindex.html">index</a> <a href="https://example.com/">out</a></article></body></html>"""
TWO = """<html><body><article class="bd-article"><h1 id="top">Two</h1><h2 id="x">Deeper</h2>
<a href="../one.html">one</a></article></body></html>"""


@pytest.fixture
def miniature(root, tmp_path) -> Path:
    """The root of a built book of two pages, with what prints mathematics."""
    site = tmp_path / "_build" / "html"
    (site / "book" / "part").mkdir(parents=True)
    (site / "_images").mkdir()
    picture = (root / "book" / "_static" / "readme.png").read_bytes()
    (site / "_images" / "a.png").write_bytes(picture)
    (site / "book" / "one.html").write_text(ONE.replace("PNG", base64.b64encode(picture).decode()))
    (site / "book" / "part" / "two.html").write_text(TWO)
    (site / "index.html").write_text("")
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text(TOC)
    return tmp_path


@pytest.fixture
def one(miniature) -> BeautifulSoup:
    return pdf.article(miniature / "_build" / "html", "book/one", PAGES, PUBLIC, shift=1)


def test_everything_is_open_and_nothing_moves(one):
    assert one.select("script, .cw-live, button, details:not([open])") == []
    assert "Think of rest points." in one.get_text() and "hidden = 1" in one.get_text()
    assert "Show code" not in one.get_text() and "outside" not in one.get_text()
    box = one.select_one(".course-widget")
    assert box.img["alt"] == "still" and box.get_text() == "moves on the page: https://example.org/book/one.html"


def test_headings_go_down_and_links_lead_on(one):
    assert one.h2.get_text() == "One" and one.h1 is None
    links = {a.get_text(): a["href"] for a in one.select("a")}
    ids = {tag["id"] for tag in one.find_all(id=True)} | {one["id"]}
    assert links["up"] == "#book-one--top" and links["up"][1:] in ids
    assert links["two"] == "#" + pdf.anchor("book/part/two", "x")
    assert links["index"] == "https://example.org/genindex.html" and links["out"] == "https://example.com/"
    assert [image["src"] for image in one.select("img")][1] == "_images/a.png"


def test_the_document_has_every_page_in_order_and_no_dead_link(miniature):
    told: list[str] = []
    text = pdf.document(miniature, miniature / "_build" / "html", told.append)
    places = re.findall(r' id="([^"]+)"', text)
    assert len(places) == len(set(places)) and len(told) == 2
    assert text.index('id="book-one--"') < text.index("A part</h1>") < text.index('id="book-part-two--"')
    assert "<h1>" not in text and '<h2 id="book-part-two--top">' in text
    inside = re.findall(r'href="#([^"]*)"', text)
    assert len(inside) == 5 and set(inside) <= set(places)


def test_what_the_pages_of_the_book_link_to_stays_in_the_document(root, site, monkeypatch):
    few = ["book/reference/notation", "book/reference/bibliography"]
    monkeypatch.setattr(pdf, "parts", lambda root: [("", ["book/intro"]), ("Reference", few)])
    text = pdf.document(root, site, lambda line: None)
    assert {pdf.anchor(page) for page in few} <= set(inside := re.findall(r'href="#([^"]*)"', text))
    assert set(inside) <= set(re.findall(r' id="([^"]+)"', text))


def test_a_link_is_offered_only_when_the_pdf_is_there(tmp_path):
    page = tmp_path / "site" / "book" / "one.html"
    page.parent.mkdir(parents=True)
    page.write_text('<div><p class="made">Version</p></div>')
    pdf.offer(tmp_path / "site", tmp_path / pdf.NAME)
    assert pdf.NAME not in page.read_text() and not (tmp_path / "site" / pdf.NAME).exists()
    (tmp_path / pdf.NAME).write_bytes(b"%PDF")
    for _ in range(2):
        pdf.offer(tmp_path / "site", tmp_path / pdf.NAME)
    assert page.read_text().count(f'<a href="../{pdf.NAME}">') == 1
    assert (tmp_path / "site" / pdf.NAME).read_bytes() == b"%PDF"


def test_without_a_built_book_it_says_what_to_do(tmp_path):
    with pytest.raises(CourseError, match="course book"):
        pdf.make_pdf(tmp_path)


@pytest.mark.browser
def test_the_print_holds_text_hints_mathematics_and_the_still_picture(miniature, site, browser, needs):
    needs("chromium")
    reader = needs("pdftotext")
    built, path = miniature / "_build" / "html", miniature / "book.pdf"
    shutil.copytree(site / "_static" / "mathjax", built / "_static" / "mathjax")
    pdf.print_document(browser, built, pdf.document(miniature, built, lambda line: None), path, "Miniature")
    text = " ".join(subprocess.run([reader, path, "-"], capture_output=True, text=True, check=True).stdout.split())
    for words in ("Contents", "A part", "Deeper", "Think of rest points.", "hidden = 1", "moves on the page: https"):
        assert words in text, words
    assert "alpha" not in text and "outside" not in text
    raw = path.read_bytes()
    assert b"/Outlines" in raw and raw.count(b"/Subtype /Image") >= 2
    assert re.findall(r"Miniature (\d)", text)[-1] == "5"  # pages are numbered: front, contents, one, part, two
