"""Slides for a lecture, made from a page of the built book: title and aim, each numbered figure, formulas, questions.

A deck is one HTML file. On a screen each slide fills it (arrows, Page Down or Space go on); printed, it is one slide a
page. Words, numbers and pictures are those of the page: what to say at a figure is the first "Look" of its caption, so
there is no second text that could grow old.
"""

import base64
import html
import re
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from course_lib.staff.publishing.frozen import MATHJAX, as_data, freeze
from course_lib.staff.publishing.looks import chromium
from course_lib.staff.publishing.notebooks import has_code, toc_pages
from course_lib.validation import CourseError

FOLDER = "slides"  # in _build
MOVES = "div.course-widget, div.course-space"
STYLE = """
@page { size: 1280px 720px; margin: 0; }
* { box-sizing: border-box; }
html { font-size: min(1.65vw, 2.93vh); scroll-snap-type: y mandatory; }
body { margin: 0; font-family: "Source Sans 3", "Segoe UI", Helvetica, Arial, sans-serif; color: #1b1b1f;
  background: #fff; }
.slide { width: 100%; height: 100vh; padding: 1.9rem 2.4rem 2.4rem; scroll-snap-align: start; overflow: hidden;
  position: relative; display: flex; flex-direction: column; break-inside: avoid; }
.slide h1 { font-size: 2.6rem; margin: auto 0 1rem; line-height: 1.15; }
.slide h2 { font-size: 1.7rem; margin: 0 0 1rem; }
.slide p { margin: 0 0 0.8rem; line-height: 1.4; }
.title p { font-size: 1.35rem; max-width: 50rem; margin-bottom: auto; }
.foot { position: absolute; left: 2.4rem; right: 2.4rem; bottom: 0.8rem; display: flex; justify-content: space-between;
  font-size: 0.72rem; color: #5c5c66; }
.figure { display: grid; grid-template-columns: minmax(0, 1.75fr) minmax(0, 1fr); gap: 2rem; flex: 1; min-height: 0; }
.figure .picture { min-height: 0; display: flex; align-items: center; justify-content: center; }
.figure img { max-width: 100%; max-height: 100%; width: 100%; height: 100%; object-fit: contain; }
.figure .words { align-self: center; } .caption { font-size: 0.86rem; color: #3d3d46; }
.long .caption { font-size: 0.72rem; }
.wide.figure { grid-template-columns: 1fr; grid-template-rows: minmax(0, 1fr) auto; gap: 1rem; padding-bottom: 0.6rem; }
.wide .words { display: grid; grid-template-columns: 1fr 1.4fr; gap: 0 2rem; } .wide .words p { margin-bottom: 0.3rem; }
.wide .words .say { grid-row: span 3; align-self: start; }
.say { font-size: 1.12rem; border-left: 0.25rem solid #d96f0e; padding-left: 0.8rem; } .long .say { font-size: 1rem; }
.formula { margin: auto; font-size: 1.55rem; } .aloud { font-size: 1.2rem; max-width: 56rem; margin: 0 auto auto; }
.list { margin: 1.5rem 0 auto; font-size: 1.4rem; max-width: 60rem; } .list > * { margin: 0 0 1.6rem; }
.answers { font-size: 1.15rem; } .list p { margin: 0 0 0.3rem; }
ul.list { padding-left: 1.4rem; } .moves { font-size: 0.78rem; color: #5c5c66; }
a { color: inherit; text-decoration: none; }
mjx-container[display="true"] { margin: 0.4em 0 !important; }
@media print { html { font-size: 21px; } .slide { width: 1280px; height: 720px; break-after: page; }
  .slide:last-of-type { break-after: auto; } }
"""
GO_ON = """
const slides = [...document.querySelectorAll(".slide")];
addEventListener("keydown", (event) => {
  const way = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 }[event.key];
  if (!way || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const at = slides.findIndex((slide) => slide.getBoundingClientRect().bottom > innerHeight / 2);
  const next = slides[Math.max(0, Math.min(slides.length - 1, at + way))];
  if (next) next.scrollIntoView();
});
"""
LOOK = re.compile(r"\bLook\b.*?[.?!](?=\s|$|<)", re.S)
LONG = 620  # characters of a caption from which it is set smaller
WIDE = 1.9  # width by height of a picture from which the words stand below it


def make_slides(root: Path, pages: Sequence[str] = (), to: Path | None = None) -> list[Path]:
    """A deck for each page, written into `_build/slides`.

    pages: docnames, or their last parts ("fixed_points"); all pages with code when none is named.  to: another folder.
    Raises CourseError for an unknown page, a page without figures, and when there is no built book or no Chromium.
    """
    root = Path(root)
    site = root / "_build" / "html"
    folder = root / "_build" / FOLDER if to is None else Path(to)
    names = [docname(root, page) for page in pages] or [
        n for n in toc_pages(root) if has_code(root, n) and figures(site, n)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with chromium() as browser:
        for name in names:
            path = folder / f"{name.rpartition('/')[2]}.html"
            path.write_text(freeze(browser, site, deck(site, name)), encoding="utf-8")
            made.append(path)
    return made


def docname(root: Path, page: str) -> str:
    """The page's name in the table of contents. Raises CourseError when there is none, or more than one."""
    found = [name for name in toc_pages(root) if page in (name, name.rpartition("/")[2])]
    if len(found) != 1:
        raise CourseError(f"Wanted a page of the table of contents, got {page!r}. Name it as _toc.yml does.")
    return found[0]


def article(site: Path, page: str) -> Tag:
    """The article of a built page, without the marks beside headings. Raises CourseError when it is not built."""
    path = site / f"{page}.html"
    found = (
        BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select_one("article") if path.is_file() else None
    )
    if found is None:
        raise CourseError(f"Wanted the built page {path}, found none. Run: course book")
    for mark in found.select("a.headerlink"):
        mark.decompose()
    for link in found.select("a[href]"):
        del link["href"]  # a deck leads nowhere else
    for named in found.select("[title]"):
        del named["title"]  # full stops in it would end a sentence
    return found


def figures(site: Path, page: str) -> list[Tag]:
    """The numbered figures of a built page, in their order."""
    return [f for f in article(site, page).select("figure[id]") if f.select_one(".caption-number")]


def deck(site: Path, page: str) -> str:
    """The deck of a page as HTML, with formulas still to be set."""
    whole = article(site, page)
    heading = whole.find("h1")
    title = heading.get_text() if heading else page
    inside = [title_slide(whole, title)]
    for part in whole.select("figure[id], div.math[id^=equation-]"):
        if part.name == "figure" and part.select_one(".caption-number"):
            inside.append(figure_slide(site, page, part))
        elif part.name == "div":
            inside.append(formula_slide(part))
    if len(inside) < 2:
        raise CourseError(f"Wanted a page with figures, got {page}, which has none.")
    inside += closing(whole)
    slides = "\n".join(
        f'<section class="slide {kind}">{body}<div class="foot"><span>{html.escape(title)}</span>'
        f"<span>{number} / {len(inside)}</span></div></section>"
        for number, (kind, body) in enumerate(inside, 1)
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}'
        f'</style>{MATHJAX}</head><body class="page">{slides}<script data-keep>{GO_ON}</script></body></html>'
    )


def inner(tag: Tag | None) -> str:
    """What stands inside a tag, as HTML."""
    return tag.decode_contents().strip() if tag else ""


def title_slide(whole: Tag, title: str) -> tuple[str, str]:
    """The page's title with its aim; what a reader needs and how long it takes stay on the page."""
    aim = inner(whole.select_one("div.aim p:not(.admonition-title)"))
    return "title", f"<h1>{html.escape(title)}</h1><p>{aim.partition('<strong>Needs:</strong>')[0]}</p>"


def figure_slide(site: Path, page: str, figure: Tag) -> tuple[str, str]:
    """A figure with its caption, and the caption's first "Look" as the line to say."""
    picture, caption = figure.select_one("img"), figure.find("figcaption", recursive=False)
    if picture is None or not isinstance(caption, Tag):
        raise CourseError(f"Wanted a picture and a caption in {figure.get('id')} of {page}, found none.")
    source = str(picture["src"])
    source = source if source.startswith("data:") else as_data(site, source)
    number = caption.select_one(".caption-number")
    numbered = number.extract().get_text().strip() if number else ""
    paragraphs = [inner(p.select_one(".caption-text") or p) for p in caption.find_all("p")]
    words = "\n".join(paragraphs)
    name = re.match(r"<strong>(.*?)</strong>", words, re.S)
    words = words[name.end() :].strip() if name else words
    say, rest = line_to_say(words)
    long = " long" if len(BeautifulSoup(rest + say, "html.parser").get_text()) > LONG else ""
    wide = " wide" if shape(source) > WIDE else ""
    moves = '<p class="moves">It moves on the page.</p>' if figure.select_one(MOVES) else ""
    return "", (
        f"<h2>{name[1].rstrip('.') if name else numbered}</h2>"
        f'<div class="figure{long}{wide}"><div class="picture">'
        f'<img src="{source}" alt="{html.escape(str(picture["alt"]))}"></div>'
        f'<div class="words"><p class="say">{say}</p>'
        f'<p class="caption">{rest.replace(chr(10), "</p><p class=caption>")}</p>'
        f'<p class="moves">{numbered} of the book</p>{moves}</div></div>'
    )


def shape(source: str) -> float:
    """Width by height of a picture that is a PNG in a data address; one for any other kind."""
    start = base64.b64decode(source.partition(",")[2][:64])
    if not start.startswith(b"\x89PNG"):
        return 1.0
    width, height = struct.unpack(">II", start[16:24])
    return float(width / height)


def line_to_say(words: str) -> tuple[str, str]:
    """The first "Look" of a caption, else its last question, else its last sentence; and what is left of it."""
    look = LOOK.search(words)
    if look:
        return look[0], (words[: look.start()] + words[look.end() :]).strip()
    sentences = re.split(r"(?<=[.?!])\s+", words)
    at = max(range(len(sentences)), key=lambda k: (sentences[k].endswith("?"), k))
    return sentences.pop(at), " ".join(sentences)


def formula_slide(formula: Tag) -> tuple[str, str]:
    """A numbered formula under its section's heading, with the words that follow it where they say it aloud."""
    heading = formula.find_previous(re.compile(r"^h[1-3]$"))
    after = formula.find_next_sibling("p")
    text = inner(after) if isinstance(after, Tag) else ""
    spoken = re.search(r"(?i)read aloud:?\s*(.*?[.?!])(?=\s|$)", text, re.S)
    aloud = (
        f'<p class="aloud">Read aloud: {BeautifulSoup(spoken[1], "html.parser")}</p>'
        if spoken
        else '<p class="aloud"></p>'
    )
    for number in formula.select(".eqno"):
        number.decompose()
    return "", f'<h2>{inner(heading)}</h2><div class="formula">{formula}</div>{aloud}'


def closing(whole: Tag) -> Iterator[tuple[str, str]]:
    """The self-check without its answers, then with them, and what to keep."""
    asked = whole.select("#self-check details.sd-dropdown")
    questions = [inner(found.select_one(".sd-summary-text")) for found in asked]
    answers = [inner(found.select_one(".sd-card-body, .sd-summary-content")) for found in asked]
    if asked:
        yield "", f'<h2>Before you leave</h2><div class="list">{"".join(f"<p>{q}</p>" for q in questions)}</div>'
        both = "".join(f"<div><p>{q}</p>{a}</div>" for q, a in zip(questions, answers, strict=True))
        yield "", f'<h2>Answers</h2><div class="list answers">{both}</div>'
    keep = whole.select("div.keep li")
    if keep:
        yield "", f'<h2>Keep</h2><ul class="list">{"".join(f"<li>{inner(line)}</li>" for line in keep)}</ul>'
