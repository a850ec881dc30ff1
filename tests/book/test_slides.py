"""Slides of a page: what is on them, what to say, that they need nothing else and print one a page."""

import base64
import subprocess
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from course_lib.staff.publishing import frozen, slides
from course_lib.validation import CourseError

HEAD = """<article class="bd-article"><h1>One<a class="headerlink" href="#x">#</a></h1>
<div class="aim admonition"><p class="admonition-title">Aim</p><p>"Why?" After this page you can.
<strong>Needs:</strong> little. <strong>Time:</strong> ten minutes.</p></div>"""
FIGURE = """<figure id="fig-a"><img src="../_images/a.png" alt="a curve"><figcaption><p>
<span class="caption-number">Figure 3
</span><span class="caption-text"><strong>A curve.</strong> It rises. Look at the end: level. Look again.</span></p>
</figcaption></figure><figure id="fig-live"><div class="course-widget" id="w"><figure class="cw-still">
<img src="data:image/png;base64,PNG" alt="still"></figure><script>run()</script></div><figcaption><p>
<span class="caption-number">Figure 4 </span><span class="caption-text"><strong>Live.</strong> Two things.</span></p>
<p>On paper: which one? None of it matters.</p></figcaption></figure>"""
REST = """<section id="s"><h2>A law</h2><div class="math notranslate" id="equation-eq-a"><span class="eqno">(1)</span>
\\[\\dot x = -x\\]</div><p>Read aloud:
it decays <a href="x" title="Somebody. A work. 1997.">[1997]</a>. The method is old.</p></section>
<section id="self-check"><h2>Self-check</h2><details class="sd-dropdown"><summary>
<span class="sd-summary-text">Is it (a) or (b)?
</span></summary><div class="sd-card-body"><p><strong>(b).</strong> Because.</p></div></details></section>
<div class="keep admonition"><ul><li>One thing.</li></ul></div></article>"""
TOC = "format: jb-book\nroot: book/one\n"


@pytest.fixture
def made(root, tmp_path) -> Path:
    """The root of a built book of one page, with what sets its formulas."""
    site = tmp_path / "_build" / "html"
    (site / "book").mkdir(parents=True)
    (site / "_images").mkdir()
    (site / "_static").mkdir()
    picture = (root / "book" / "_static" / "readme.png").read_bytes()
    (site / "_images" / "a.png").write_bytes(picture)
    page = f"<html><body>{HEAD}{FIGURE}{REST}</body></html>".replace("PNG", base64.b64encode(picture).decode())
    (site / "book" / "one.html").write_text(page)
    (site / "index.html").write_text("")
    (tmp_path / "_toc.yml").write_text(TOC)
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "one.md").write_text("---\nkernelspec: {name: python3}\n---\n# One\n")
    return tmp_path


@pytest.fixture
def deck(made) -> BeautifulSoup:
    return BeautifulSoup(slides.deck(made / "_build" / "html", "book/one"), "html.parser")


def words(tag) -> str:
    return " ".join(tag.get_text().split())


def test_a_deck_has_aim_figures_formulas_and_questions_in_the_pages_order(deck):
    heads = [words(slide.find(["h1", "h2"])) for slide in deck.select(".slide")]
    assert heads == ["One", "A curve", "Live", "A law", "Before you leave", "Answers", "Keep"]
    title = words(deck.select_one(".title p"))
    assert title == '"Why?" After this page you can.'
    assert [words(s) for s in deck.select(".aloud")] == ["Read aloud: it decays [1997]."]
    assert all(slide.select_one(".foot") for slide in deck.select(".slide"))
    assert "(b)." not in words(deck.select(".slide")[4]) and "Because." in words(deck.select(".slide")[5])
    assert [words(foot)[-5:] for foot in deck.select(".foot")] == [f"{n} / 7" for n in range(1, 8)]


def test_what_to_say_is_the_first_look_else_the_question(deck):
    assert [words(s) for s in deck.select(".say")] == ["Look at the end: level.", "On paper: which one?"]
    assert words(deck.select_one(".caption")) == "It rises. Look again."
    moves = [bool(slide.find(string="It moves on the page.")) for slide in deck.select(".slide")]
    assert moves == [False, False, True, False, False, False, False]


def test_pictures_are_inside_and_nothing_leads_out(deck):
    assert all(image["src"].startswith("data:image/png;base64,") and image["alt"] for image in deck.select("img"))
    assert deck.select("a[href]") == [] and "run()" not in str(deck)


def test_refusals(made):
    with pytest.raises(CourseError, match="table of contents"):
        slides.make_slides(made, ["nowhere"])
    (made / "_build" / "html" / "book" / "one.html").write_text("<article><h1>Empty</h1></article>")
    with pytest.raises(CourseError, match="has none"):
        slides.deck(made / "_build" / "html", "book/one")
    (made / "_build" / "html" / "book" / "one.html").unlink()
    with pytest.raises(CourseError, match="course book"):
        slides.deck(made / "_build" / "html", "book/one")


@pytest.mark.browser
def test_a_deck_stands_alone_fits_its_slides_and_prints_one_a_page(made, browser, needs, tmp_path):
    needs("chromium"), needs("pdfinfo")
    import importlib.util

    mathjax = Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
    (made / "_build" / "html" / "_static" / "mathjax").symlink_to(mathjax)
    site = made / "_build" / "html"
    path = tmp_path / "one.html"
    path.write_text(frozen.freeze(browser, site, slides.deck(site, "book/one")), encoding="utf-8")
    page, asked = browser.new_page(viewport={"width": 1280, "height": 720}), []
    page.on("request", lambda r: asked.append(r.url) if not r.url.startswith(("data:", "file:")) else None)
    page.goto(path.as_uri())
    assert page.evaluate("document.querySelectorAll('mjx-math').length") == 1 and "\\dot" not in page.inner_text("body")
    assert page.evaluate("[...document.querySelectorAll('.slide')].every((s) => s.scrollHeight <= s.clientHeight)")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("Math.round(scrollY) === 720")
    page.pdf(path=str(tmp_path / "one.pdf"), prefer_css_page_size=True, print_background=True)
    page.close()
    told = subprocess.check_output(["pdfinfo", tmp_path / "one.pdf"], text=True)
    assert "Pages:           7" in told and "960 x 540" in told and asked == []
