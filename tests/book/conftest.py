"""The built book, once a session, and a browser that sees this machine only."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from two_pages import make_book

from course_lib.staff.publishing.build import build_book
from course_lib.staff.publishing.notebooks import toc_pages

ROOT = Path(__file__).resolve().parents[2]
STYLE_SHEET = re.compile(r'<link [^>]*rel="stylesheet"[^>]*>')
HEAD = '<!doctype html><html lang="en"><meta charset="utf-8">'
ROOM = '<div style="height: 300vh"></div>'  # below the widget, to scroll into
WIDGET = re.compile(r'<div class="course-widget" id="course-[\w-]+-\d+">.*?</script>', re.DOTALL)


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built book; a second session finds it built and only looks."""
    return build_book(ROOT)


@pytest.fixture
def miniature(tmp_path: Path) -> Path:
    """The folder of a book of two pages, `one` and `two`."""
    return make_book(tmp_path)


@pytest.fixture(scope="session")
def pages() -> list[str]:
    """Docnames in the order of the table of contents."""
    return toc_pages(ROOT)


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served, on this machine only."""
    from course_lib.staff.publishing.looks import serve

    with serve(site) as found:
        yield found


@pytest.fixture(scope="session")
def widgets(site: Path, pages: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the widgets are served by themselves: each page's style sheets and widget, in a room to scroll.

    A whole page costs a browser seconds, of mathematics above all, and most tests look at the widget only.
    """
    from course_lib.staff.publishing.looks import serve

    folder = tmp_path_factory.mktemp("widgets")
    (folder / "_static").symlink_to(site / "_static")
    for name in pages:
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        parts = [*STYLE_SHEET.findall(text), "<title>widget</title><body>", *WIDGET.findall(text), ROOM]
        target = folder / f"{name}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join([HEAD, *parts]), encoding="utf-8")
    with serve(folder) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """One headless Chromium for all browser tests."""
    from course_lib.staff.publishing.looks import chromium

    if shutil.which("chromium") is None:
        yield None
        return
    with chromium() as found:
        yield found


@pytest.fixture
def open_page(browser: object, needs: Callable[[str], str], request: pytest.FixtureRequest) -> Callable[..., object]:
    """`open_page(url, **context options)`: a page whose errors and outside requests are kept in `page.faults`."""
    needs("chromium")

    def open_at(url: str | None = None, **options: object) -> object:
        context = browser.new_context(**options)
        request.addfinalizer(context.close)
        page = context.new_page()
        page.faults = []

        def guard(route: object) -> None:
            if route.request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
                route.continue_()
            else:
                page.faults.append(f"request to {route.request.url}")
                route.abort()

        context.route("**/*", guard)
        page.on("console", lambda m: page.faults.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda error: page.faults.append(f"error: {error}"))
        page.on("response", lambda r: page.faults.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        if url is not None:
            page.goto(url)
        return page

    return open_at
