"""The built site: no warning, no dead link, every figure described, nothing from outside, light enough."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

import numpy as np
import pytest
from benchmarks.rows_book import FIRST_VISIT, first_visit, page_seconds, soup
from matplotlib.image import imread, imsave

from course_lib.staff.publishing.config import read_names
from course_lib.staff.publishing.notebooks import has_code
from course_lib.staff.publishing.sphinx_ext import BOOK_BUDGET, PAGE_BUDGET

MACHINES_DIFFER = 2  # budgets are those of an ordinary laptop


@cache
def anchors(path: Path) -> set[str]:
    return {tag["id"] for tag in soup(path).find_all(id=True)} | {tag["name"] for tag in soup(path).select("a[name]")}


def html_files(site: Path) -> list[Path]:
    return [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]


def test_the_log_holds_no_warning(site, root):
    log = (root / "_build" / "book.log").read_text(encoding="utf-8")
    assert not re.findall(r"^.*\b(?:WARNING|ERROR|CRITICAL): .*$", log, re.M)


def test_every_page_of_the_contents_is_built_in_english(site, pages):
    for page in pages:
        assert soup(site / f"{page}.html").html["lang"] == "en", page
    assert (site / ".nojekyll").is_file()


def broken_links(site: Path) -> list[str]:
    broken = []
    for path in html_files(site):
        for tag, key in (("a", "href"), ("img", "src"), ("script", "src"), ("link", "href")):
            for found in soup(path).find_all(tag):
                target, fragment = urldefrag(found.get(key) or "")
                if urlparse(target).scheme or (not target and not fragment):
                    continue
                file = path if not target else (path.parent / unquote(target.split("?")[0])).resolve()
                if not file.is_file():
                    broken.append(f"{path.relative_to(site)}: {target}")
                elif fragment and file.suffix == ".html" and unquote(fragment) not in anchors(file):
                    broken.append(f"{path.relative_to(site)}: {target}#{fragment}")
    return broken


def test_no_link_and_no_anchor_is_dead(site):
    assert broken_links(site) == []


def test_the_link_checker_sees_a_dead_link_and_a_dead_anchor(tmp_path):
    (tmp_path / "a.html").write_text('<a href="gone.html">x</a><a href="b.html#gone">y</a><a href="b.html#here">z</a>')
    (tmp_path / "b.html").write_text('<p id="here"></p>')
    assert broken_links(tmp_path) == ["a.html: gone.html", "a.html: b.html#gone"]


def test_every_picture_has_a_text_and_every_figure_a_numbered_caption(site, pages):
    seen = 0
    for page in pages:
        article = soup(site / f"{page}.html").select_one("article")
        for image in article.find_all("img"):
            assert len(image.get("alt", "").strip()) >= 20, f"{page}: {image.get('src', '')[:60]}"
            assert not image["alt"].endswith(".png"), page
            seen += 1
        for figure in article.select("figure:not(.cw-still, .cs-still)"):
            assert figure.select_one(".caption-number"), f"{page}: {figure.get('id')}"
    assert seen >= 12


def grounds(folder: Path) -> list[str]:
    """The drawn pictures whose corner is not transparent: they would stand as a card on the dark page."""
    return [
        path.name for path in sorted(folder.glob("*.png")) if imread(path).shape[2] < 4 or imread(path)[0, 0, 3] > 0
    ]


def test_drawn_pictures_have_no_ground_of_their_own(site, tmp_path):
    assert grounds(site / "_images") == [] and len(list((site / "_images").glob("*.png"))) >= 40
    imsave(tmp_path / "card.png", np.ones((2, 2, 4)))
    assert grounds(tmp_path) == ["card.png"]


def test_nothing_is_loaded_from_outside(site):
    for path in html_files(site):
        for tag, key in (("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src")):
            for found in soup(path).find_all(tag):
                if found.name == "link" and "canonical" in (found.get("rel") or []):
                    continue
                assert not urlparse(found.get(key) or "").netloc, f"{path.relative_to(site)}: {found}"


def test_the_first_visit_is_light(site, pages):
    weights = {page: first_visit(site, page) for page in pages}
    assert max(weights.values()) <= FIRST_VISIT, weights


def over_budget(seconds: dict[str, float]) -> list[str]:
    """The pages that take more than twice their budget, and `all pages` when the book does."""
    found = [page for page, used in seconds.items() if used > MACHINES_DIFFER * PAGE_BUDGET]
    return found + ["all pages"] * (sum(seconds.values()) > MACHINES_DIFFER * BOOK_BUDGET)


def test_each_page_keeps_its_budget_and_says_what_it_took(site, pages, root):
    found = {}
    for page in (page for page in pages if has_code(root, page)):
        found[page] = page_seconds(root, page)
        assert f"{found[page]:g} CPU seconds" in soup(site / f"{page}.html").select_one(".page-foot").get_text(), page
    assert over_budget(found) == []


def test_a_slow_page_and_a_slow_book_are_over_budget():
    assert over_budget({"quick": 10.0, "slow": 2.1 * PAGE_BUDGET}) == ["slow"]
    assert over_budget({f"page {n}": 1.9 * PAGE_BUDGET for n in range(9)}) == ["all pages"]


def test_the_status_page_names_pages_and_versions(site):
    text = soup(site / "book/reference/status.html").select_one("article").get_text(" ")
    for word in ("Phase space and the Lorenz system", "all pages", "torch", "Python"):
        assert word in text


@pytest.mark.parametrize("name", ["README", "CONTRIBUTING"])
def test_files_outside_the_contents_are_not_built(site, name):
    assert not (site / f"{name}.html").exists()


def test_the_badge_leads_to_the_notebook_in_colab(root, site):
    links = [a["href"] for a in soup(site / "book/flows/lorenz.html").select("a[href*='colab.research.google.com']")]
    course = read_names(root)
    short = course.url.removeprefix("https://github.com/")
    assert links[0].endswith(f"/{short}/blob/{course.branch}/book/flows/lorenz.ipynb")
