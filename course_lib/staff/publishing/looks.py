"""Screenshots of every page, light and dark, wide and narrow, for somebody to open and look at."""

import contextlib
import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course_lib.staff.publishing.notebooks import toc_pages
from course_lib.validation import CourseError

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
WIDTHS = {"wide": (1280, 900), "narrow": (390, 844)}
SCHEMES = ("light", "dark")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal still."""


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine only; yields its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium of the distribution, driven by Playwright. Raises CourseError where there is none."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    if program is None:
        raise CourseError("Wanted Chromium, found none. Install it: apt-get install chromium (or `make system`).")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def settle(page: Any) -> None:
    """Wait until fonts, mathematics and widgets have drawn themselves."""
    page.wait_for_load_state("networkidle")
    page.evaluate("async () => { if (window.MathJax && MathJax.startup) await MathJax.startup.promise; }")
    page.evaluate("async () => { await document.fonts.ready; }")
    page.wait_for_timeout(300)


def built_book(root: Path) -> Path:
    """The folder of the built book's HTML. Raises CourseError when it is not built."""
    site = Path(root) / "_build" / "html"
    if not (site / "index.html").is_file():
        raise CourseError(f"Wanted a built book in {site}, found none. Run: course book")
    return site


def take(root: Path, out: Path | None = None) -> list[Path]:
    """One PNG for each page, colour scheme and width, of the book that stands in `_build/html`.

    root: the repository.  out: folder of the pictures; None: `_build/looks`, emptied first.
    Raises CourseError when there is no built book or no Chromium.
    """
    root = Path(root)
    site = built_book(root)
    out = root / "_build" / "looks" if out is None else Path(out)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    made = []
    with serve(site) as address, chromium() as browser:
        for width, (w, h) in WIDTHS.items():
            for scheme in SCHEMES:
                context = browser.new_context(
                    viewport={"width": w, "height": h}, color_scheme=scheme, reduced_motion="reduce"
                )
                page = context.new_page()
                for name in toc_pages(root):
                    page.goto(f"{address}/{name}.html")
                    settle(page)
                    path = out / f"{name.replace('/', '_')}-{scheme}-{width}.png"
                    page.screenshot(path=str(path), full_page=True)
                    made.append(path)
                context.close()
    return made
