"""The built book, once a session, and a browser that sees this machine only."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from course_lib.staff.publishing.build import build_book
from course_lib.staff.publishing.notebooks import toc_pages

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built book; a second session finds it built and only looks."""
    return build_book(ROOT)


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
