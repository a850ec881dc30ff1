"""Mathematics typeset once and kept: a document of the site as one file that needs no script and no other file.

MathJax of the built book sets the formulas in a headless Chromium; what it made is written down, with the fonts that it
used inside. So a lecture hall without a network shows what the book shows.
"""

import base64
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from course_lib.staff.publishing.looks import serve, settle

PLACE = "frozen.html"  # the document's address while it is typeset; no such file is written
MATHJAX = (
    '<script>window.MathJax = {options: {enableMenu: false, enableAssistiveMml: false, processHtmlClass: "math", '
    'ignoreHtmlClass: "page"}};</script><script defer src="_static/mathjax/tex-chtml.js"></script>'
)
WRITE_DOWN = """() => {
  const used = new Set([...document.fonts].filter((f) => f.status === "loaded").map((f) => f.family.replace(/"/g, "")));
  for (const style of document.querySelectorAll("style")) {
    const rules = [...(style.sheet ? style.sheet.cssRules : [])].filter(
      (r) => !(r instanceof CSSFontFaceRule) || used.has(r.style.getPropertyValue("font-family").replace(/"/g, "")));
    style.textContent = rules.map((r) => r.cssText).join("\\n");
  }
  document.querySelectorAll("script:not([data-keep]), mjx-assistive-mml").forEach((node) => node.remove());
  return "<!doctype html>\\n" + document.documentElement.outerHTML;
}"""
FONT = re.compile(r'url\("?([^")]+\.woff2?)"?\)')


def freeze(browser: Any, site: Path, text: str) -> str:
    """The document as one HTML text: formulas set, fonts inside, scripts gone but those marked `data-keep`.

    browser: from `looks.chromium`.  site: the built book, whose `_static` sets the formulas.
    text: HTML whose formulas stand as \\(..\\) in elements of class `math`, the body in an element of class `page`.
    """
    with serve(site) as address:
        page = browser.new_page(color_scheme="light")
        page.route(
            f"{address}/{PLACE}", lambda route: route.fulfill(body=text, content_type="text/html; charset=utf-8")
        )
        page.goto(f"{address}/{PLACE}")
        settle(page)
        made = str(page.evaluate(WRITE_DOWN))
        page.close()
    return FONT.sub(lambda found: f"url({as_data(site, unquote(urlparse(found[1]).path))})", made)


def as_data(site: Path, path: str) -> str:
    """A file of the site as a data address. path: as a page names it, from the site's folder or from `book/..`."""
    clean = re.sub(r"^(\.\./|/)+", "", path)
    kind = {"png": "image/png", "svg": "image/svg+xml", "woff": "font/woff", "woff2": "font/woff2"}[
        clean.rpartition(".")[2]
    ]
    return f"data:{kind};base64,{base64.b64encode((site / clean).read_bytes()).decode('ascii')}"
