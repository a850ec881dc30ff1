"""What stands round every page: preview, foot, icon, and a page for addresses that are not there."""

import re
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from docutils import nodes

from course_lib import __version__
from course_lib.staff.publishing.addresses import site_address
from course_lib.staff.publishing.config import read_names
from course_lib.staff.publishing.furniture import CARD, CARD_SIZE, draw_card, shorten, summary
from course_lib.staff.publishing.looks import settle

NAMES = read_names(Path(__file__).resolve().parents[2])
REPOSITORY, SITE = NAMES.url, NAMES.site
HOME = urlparse(SITE).path
EXTRA = ("search", "genindex", "404")


def complaints(name: str, text: str) -> list[str]:
    """What a page of the built site lacks. name: docname.  text: its HTML."""
    ends = text.partition("</head>")[0] + text[max(text.find('<footer class="bd-footer-content"'), 0) :]
    page, found = BeautifulSoup(ends, "html.parser"), []  # the article is not looked at, and most of the cost
    if not (icon := page.select_one("link[rel=icon]")) or not icon["href"].endswith("_static/favicon.svg"):
        found.append("no icon")
    foot = page.select_one(".bd-footer-content")
    made = re.search(r"Version (\S+), built on (\d+ \w+ \d{4})\.", foot.get_text() if foot else "")
    if not made or made[1] != __version__ or not datetime.strptime(made[2], "%d %B %Y"):
        found.append("no version and date")
    links = {a.get_text(): a["href"] for a in foot.select("a")} if foot else {}
    for licence, file in (("CC BY 4.0", "LICENSE-content"), ("MIT", "LICENSE")):
        if links.get(licence) != f"{REPOSITORY}/blob/main/{file}":
            found.append(f"no licence {licence}")
    report = urlparse(links.get("Report a mistake on this page", ""))
    if (
        f"https://{report.netloc}{report.path}" != f"{REPOSITORY}/issues/new"
        or name not in parse_qs(report.query)["title"][0]
    ):
        found.append("no form for mistakes")
    if '"enableMenu": false' not in text and "tex-chtml.js" in text:
        found.append("formulas stop the Tab key")
    if name in EXTRA:
        return found
    tags = {tag.get("property") or tag.get("name"): tag.get("content", "") for tag in page.select("meta")}
    if tags.get("og:title") != re.search(r"<h1>([^<]+)<a class=.headerlink", text)[1]:
        found.append(f"title of the preview: {tags.get('og:title')}")
    if not 30 <= len(tags.get("og:description", "")) <= 203 or tags["og:description"] != tags["description"]:
        found.append(f"words of the preview: {tags.get('og:description')}")
    if tags.get("og:image") != f"{SITE}_static/{CARD}" or tags.get("twitter:card") != "summary_large_image":
        found.append("no picture of the preview")
    if tags.get("og:url") != f"{SITE}{name}.html" or page.select_one("link[rel=canonical]")["href"] != tags["og:url"]:
        found.append("no public address")
    return found


def test_every_page_has_icon_foot_and_preview(site, pages):
    texts = {name: (site / f"{name}.html").read_text(encoding="utf-8") for name in (*pages, *EXTRA)}
    assert {name: found for name, text in texts.items() if (found := complaints(name, text))} == {}
    said = [re.search(r'og:description" content="([^"]*)', texts[name])[1] for name in pages]
    assert len(set(said)) == len(said)
    width, height = (int.from_bytes((site / "_static" / CARD).read_bytes()[a : a + 4], "big") for a in (16, 20))
    assert (width, height) == CARD_SIZE


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ('rel="icon"', "no icon"),
        ("built on", "no version and date"),
        ("LICENSE-content", "no licence CC BY 4.0"),
        ("issues/new", "no form for mistakes"),
        ("enableMenu", "formulas stop the Tab key"),
        ("og:title", "title of the preview: None"),
        ("og:description", "words of the preview: None"),
        ("social-card", "no picture of the preview"),
        ("og:url", "no public address"),
    ],
)
def test_what_is_taken_away_is_missed(site, pattern, fault):
    text = (site / "book" / "flows" / "lorenz.html").read_text(encoding="utf-8")
    assert complaints("book/flows/lorenz", text.replace(pattern, "gone")) == [fault]


def test_a_preview_says_the_aim_in_whole_sentences():
    aim = nodes.admonition("", nodes.title(text="Aim"), nodes.paragraph(text="Why \\rho? " * 3), classes=["aim"])
    page = nodes.document(None, None, "", nodes.paragraph(text="Before."), aim)
    assert summary(page) == "Why rho? Why rho? Why rho?"
    assert summary(nodes.document(None, None, "", nodes.paragraph(text="Only."))) == "Only."
    assert shorten("A word. " * 40) == ("A word. " * 25).strip()
    assert shorten("Short. " + "word " * 60) == "Short. " + "word " * 38 + "…"


def test_the_site_follows_from_the_repository():
    assert site_address(REPOSITORY) == SITE


def test_the_card_is_drawn_again_when_its_picture_is_newer(root, tmp_path):
    picture, card = root / "book" / "_static" / "readme.png", tmp_path / CARD
    draw_card(picture, card, "Title")
    first = card.read_bytes()
    draw_card(picture, card, "Another title")
    assert card.read_bytes() == first
    card.touch()
    newer = tmp_path / "picture.png"
    newer.write_bytes(picture.read_bytes())
    draw_card(newer, card, "Another title")
    assert card.read_bytes() != first


@pytest.mark.browser
@pytest.mark.parametrize("folder", ["/", HOME])
def test_a_lost_reader_finds_the_way_from_any_depth(open_page, address, site, folder):
    page = open_page(color_scheme="dark" if folder == "/" else "light", reduced_motion="reduce")
    lost = (site / "404.html").read_text(encoding="utf-8")
    page.route(f"{address}{HOME}**", lambda route: route.fulfill(path=under(site, route.request.url)))
    page.route("**/gone/**", lambda route: route.fulfill(body=lost, content_type="text/html"))
    page.goto(f"{address}{folder}book/gone/deeper/page.html")
    settle(page)
    assert page.faults == []
    front = page.get_by_role("link", name="Go to the front page")
    assert front.evaluate("(a) => a.href") == f"{address}{folder}book/intro.html"
    chapter = page.locator("nav.bd-links a", has_text="Measuring chaos")
    assert chapter.evaluate("(a) => a.href") == f"{address}{folder}book/flows/measuring.html"
    assert page.evaluate("getComputedStyle(document.querySelector('.bd-article h1')).fontWeight") == "600"
    skip = page.locator("#pst-skip-link a").evaluate("(a) => a.href")
    assert skip == f"{address}{folder}book/gone/deeper/page.html#main-content"
    assert Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"] == []


def under(site: Path, url: str) -> Path:
    """The file of the site that an address of the public host names."""
    return site / urlparse(url).path.removeprefix(HOME)
