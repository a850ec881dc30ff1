"""The whole book as one PDF: the built pages in their order as one document, printed by Chromium.

Everything is open on paper: hints, solutions and hidden code. What moves is its still picture with the address where it
moves. One document, so that pages are numbered through, links between pages lead inside it, and the outline holds all.
"""

import html
import os
import posixpath
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlparse

import yaml
from bs4 import BeautifulSoup, Tag

import course_lib
from course_lib.staff.publishing.addresses import licence_line
from course_lib.staff.publishing.config import read_names
from course_lib.staff.publishing.looks import built_book, chromium, serve, settle
from course_lib.validation import CourseError

NAME = "rnn-dynamics.pdf"
PLACE = "print-all.html"  # the document's address while it is printed; no such file is written
MOVING = "div.course-widget, div.course-space"
LEFT_OUT = "script, style, a.headerlink, button, .copybtn, details.hide > summary, .cw-live, canvas, nav, [hidden]"
FOOTER = (
    '<div style="width: 100%; font: 8px sans-serif; color: #555; padding: 0 18mm; display: flex; '
    'justify-content: space-between"><span>{title}</span><span class="pageNumber"></span></div>'
)
MARGIN = {"top": "18mm", "bottom": "18mm", "left": "18mm", "right": "18mm"}
STYLE = """
html { --pst-font-size-base: 10pt; }
html, body { font-size: 10pt; background: #fff; color: #000; height: auto; overflow: visible; display: block; }
section.page { break-before: page; }
section.page h2 { font-size: 20pt; margin-top: 0; } section.page h3 { font-size: 14pt; } h4 { font-size: 12pt; }
h1.part { break-before: page; padding-top: 35%; font-size: 30pt; }
.front { text-align: center; padding-top: 20%; } .front img { max-width: 100%; margin: 12mm 0; }
.contents li { list-style: none; } .contents a, .contents a:visited { color: #000; text-decoration: none; }
h1, h2, h3, h4, h5, summary, .admonition-title { break-after: avoid; }
figure, tr, mjx-container[display="true"], .cell_output img { break-inside: avoid; }
p, li { orphans: 3; widows: 3; }
pre { white-space: pre-wrap !important; overflow-wrap: anywhere; font-size: 8pt !important; line-height: 1.35; }
div.highlight, pre { break-inside: auto; }
table { font-size: 9pt; width: 100%; } td, th { overflow-wrap: break-word; }
.pst-scrollable-table-container { overflow: visible; }
img { max-width: 100%; height: auto; } figure img { max-height: 95mm; width: auto; }
.admonition, div.exercise, div.solution { break-inside: auto !important; }
details.sd-dropdown { border: 0.5pt solid #aaa; break-inside: auto; } summary { font-weight: 600; }
summary svg, summary::after, summary::before { display: none !important; }
.sd-container-fluid, .sd-row { display: block; }
.sd-card { break-inside: avoid; } .moves { font-size: 9pt; color: #444; text-align: center; }
"""


def parts(root: Path) -> list[tuple[str, list[str]]]:
    """The parts of _toc.yml as (caption, docnames); the front page stands first, without a caption."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    found = toc.get("parts", [toc])
    return [("", [toc["root"]])] + [(p.get("caption", ""), [c["file"] for c in p.get("chapters", [])]) for p in found]


def anchor(page: str, fragment: str = "") -> str:
    """The name of a place of a page within the one document."""
    return f"{page.replace('/', '-')}--{fragment}"


def article(site: Path, page: str, pages: set[str], public: str, shift: int) -> Tag:
    """The article of a built page, fit for paper. shift: by how much its headings go down.

    pages: docnames of the document; links to them stay inside, links to other files lead to `public`, the site.
    """
    whole = BeautifulSoup((site / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
    found = whole.select_one("article")
    if found is None:
        raise CourseError(f"Wanted an article in {page}.html of the built book, found none. Run: course book")
    for box in found.select(MOVING):
        still = box.select_one("figure")
        if still is not None:
            address = f"{public}{page}.html"
            line = whole.new_tag("p", attrs={"class": "moves"})
            line.append("moves on the page: ")
            line.append(whole.new_tag("a", href=address, string=address))
            box.clear()
            box.extend([still, line])
    for tag in found.select(LEFT_OUT):
        tag.decompose()
    for tag in found.find_all("details"):
        if tag.summary is None:  # hidden code, shown on paper as other code is
            tag.unwrap()
        else:
            tag["open"] = ""
    for tag in found.find_all(re.compile(r"^h[1-5]$")):
        tag.name = f"h{int(tag.name[1]) + shift}"
    for tag in found.find_all(id=True):
        tag["id"] = anchor(page, str(tag["id"]))
    for tag in found.select("a[href]"):
        tag["href"] = target(page, str(tag["href"]), pages, public)
    for tag in found.select("img[src]"):
        source = str(tag["src"])
        if not source.startswith("data:"):
            tag["src"] = posixpath.normpath(posixpath.join(posixpath.dirname(page), source))
            del tag["loading"]
    found.name = "section"
    found.attrs = {"class": "page bd-article", "id": anchor(page)}
    return found


def target(page: str, href: str, pages: set[str], public: str) -> str:
    """Where a link of a page leads on paper."""
    if urlparse(href).scheme:
        return href
    path, fragment = urldefrag(href)
    if not path:
        return "#" + anchor(page, fragment)
    file = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    other = file.removesuffix(".html")
    return "#" + anchor(other, fragment) if other in pages else public + file


def document(root: Path, site: Path, say: Callable[[str], object]) -> str:
    """All pages as the HTML of one document, to be served from the site's own folder."""
    course = read_names(root)
    public = course.site
    listed = parts(root)
    pages = {page for _, names in listed for page in names}
    first = BeautifulSoup((site / f"{listed[0][1][0]}.html").read_text(encoding="utf-8"), "html.parser")
    up = listed[0][1][0].count("/") * "../"
    sheets = [str(link["href"]).removeprefix(up) for link in first.select("link[rel=stylesheet]")]
    body, contents, done = [], [], 0
    for caption, names in listed:
        shift = 1 if caption else 0
        if caption:
            body.append(f'<h1 class="part">{html.escape(caption)}</h1>')
            contents.append(f"<li><strong>{html.escape(caption)}</strong></li>")
        for page in names:
            made = article(site, page, pages, public, shift)
            heading = made.find(re.compile(r"^h\d$"))
            words = html.escape(heading.get_text() if heading else page)
            contents.append(f'<li><a href="#{anchor(page)}">{words}</a></li>')
            body.append(str(made))
            done += 1
            say(f"{done} of {len(pages)} read: {page}")
    title = html.escape(course.title)
    links = "".join(f'<link rel="stylesheet" href="{html.escape(sheet)}">' for sheet in sheets)
    front = (
        f'<div class="front"><p style="font-size: 32pt; font-weight: 600">{title}</p><p>{html.escape(course.author)}'
        f"</p><p>Version {course_lib.__version__}. The same pages, with what moves: "
        f'<a href="{public}">{public}</a></p><p>{licence_line(course.url, course.branch)}</p></div>'
        f'<div class="page contents"><p style="font-size: 20pt; break-before: page">Contents</p>'
        f"<ul>{''.join(contents)}</ul></div>"
    )
    mathjax = 'window.MathJax = {options: {enableMenu: false, processHtmlClass: "math", ignoreHtmlClass: "page"}};'
    return (
        f'<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{title}</title>{links}'
        f'<style>{STYLE}</style><script>{mathjax}</script><script defer src="_static/mathjax/tex-chtml.js"></script>'
        f"</head><body>{front}{''.join(body)}</body></html>"
    )


def print_document(browser: Any, site: Path, text: str, path: Path, title: str) -> None:
    """Print a document of the site's folder into `path`, with page numbers and an outline. browser: from `chromium`."""

    def fulfil(route: Any) -> None:
        route.fulfill(body=text, content_type="text/html; charset=utf-8")

    with serve(site) as address:
        page = browser.new_page(color_scheme="light", reduced_motion="reduce")
        page.set_default_timeout(0)  # thousands of formulas
        page.route(f"{address}/{PLACE}", fulfil)
        page.goto(f"{address}/{PLACE}")
        settle(page)
        footer = FOOTER.format(title=html.escape(title))
        page.pdf(path=str(path), format="A4", margin=MARGIN, print_background=True, display_header_footer=True,
                 header_template="<span></span>", footer_template=footer, outline=True, tagged=True)  # fmt: skip
        page.close()


def make_pdf(root: Path, say: Callable[[str], object] = lambda line: None) -> Path:
    """Print the book that stands in `_build/html` into `_build/rnn-dynamics.pdf`, and offer it on the site.

    say: gets a line of progress.  Raises CourseError when there is no built book or no Chromium.
    """
    root = Path(root)
    site = built_book(root)
    text = document(root, site, say)
    say("typesetting the mathematics and printing: some minutes")
    path = root / "_build" / NAME
    draft = path.with_suffix(".part.pdf")
    title = read_names(root).title
    with chromium() as browser:
        print_document(browser, site, text, draft, title)
    os.replace(draft, path)
    offer(site, path)
    return path


def offer(site: Path, pdf: Path) -> None:
    """Copy the PDF into the site and link it in the foot of every page; without a PDF there is no link."""
    if not pdf.is_file():
        return
    shutil.copyfile(pdf, site / NAME)
    for path in [*site.glob("*.html"), *(site / "book").rglob("*.html")]:
        text = path.read_text(encoding="utf-8")
        up = (len(path.relative_to(site).parts) - 1) * "../"
        linked = f'<p class="pdf"><a href="{up}{NAME}">The whole book as a PDF</a></p>\n<p class="made">'
        if f"{up}{NAME}" not in text and '<p class="made">' in text:
            path.write_text(text.replace('<p class="made">', linked), encoding="utf-8")
