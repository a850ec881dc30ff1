"""Sphinx extension of the book: everything local, theme cures, status table.

What it cures (Sphinx 7.4, sphinx-book-theme 1.3, pydata-sphinx-theme 0.17): the thebe script is emitted twice
and raises in the console; a second search bar stands in a top header; MathJax and its fonts come from a CDN.
"""

import importlib.metadata
import importlib.util
import json
import platform
import re
import shutil
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive

from course_lib.staff.publishing import furniture, pdf
from course_lib.staff.publishing.house import CourseHouse, CourseModules
from course_lib.staff.publishing.icons import slim_icons
from course_lib.staff.publishing.licences import CourseLicences
from course_lib.staff.publishing.notebooks import toc_pages
from course_lib.staff.publishing.results import CourseResults
from course_lib.staff.publishing.set_pages import ProblemSet
from course_lib.staff.publishing.tables import table

PACKAGES = ("course-lib", "numpy", "scipy", "torch", "matplotlib", "scikit-learn", "jupyter-book", "sphinx", "myst-nb")
PAGE_BUDGET, BOOK_BUDGET = 75, 600  # CPU seconds of one page and of all pages on an ordinary laptop
MAPS = ("*.js.map", "*.css.map")


class StatusTable(nodes.General, nodes.Element):
    """Place holder, replaced when every page has been executed."""


class StatusDirective(Directive):
    """`{course-status}`: versions of this build and the CPU seconds of each page."""

    def run(self) -> list[nodes.Node]:
        return [StatusTable()]


def repository_link(name: str, form: str):
    """Role {name}`text <path>`: a link to a file of the public repository; `form` takes url and path."""

    def role(role_name, rawtext, text, lineno, inliner, options=None, content=()):
        found = re.fullmatch(r"(.+?)\s*<([^>]+)>", text, re.S)
        label, path = (found[1], found[2]) if found else (text, text)
        app = inliner.document.settings.env.app
        if not Path(app.srcdir, path).is_file():
            message = inliner.reporter.error(f"{{{name}}}: there is no file {path}", line=lineno)
            return [inliner.problematic(rawtext, rawtext, message)], [message]
        theme = app.config.html_theme_options
        address = f"{theme['repository_url']}/blob/{theme['repository_branch']}/{path}"
        return [nodes.reference(rawtext, label, refuri=form.format(address.removeprefix("https://github.com/")))], []

    return role


def mathjax_files() -> Path:
    """Folder `mathjax` of the installed sphinx-mathjax-offline (its name has hyphens, so it is only located)."""
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "Wanted the package sphinx-mathjax-offline for mathematics without a network, found none. "
            'Install the book extra: pip install -e ".[book]"'
        )
    return Path(spec.origin).parent / "static" / "mathjax"


def stage_mathjax(target: Path) -> None:
    """Copy tex-chtml.js and its woff fonts, nothing else (the package holds 24 MB)."""
    source = mathjax_files()
    fonts = Path("output/chtml/fonts/woff-v2")
    (target / fonts).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / "tex-chtml.js", target / "tex-chtml.js")
    for font in (source / fonts).glob("*.woff"):
        shutil.copyfile(font, target / fonts / font.name)


def stage_plotly(target: Path) -> None:
    """Copy plotly.min.js, which `student.plotly_html` fetches when a reader wants to turn a picture."""
    spec = importlib.util.find_spec("plotly")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "Wanted the package plotly for pictures in space, found none. "
            'Install the book extra: pip install -e ".[book]"'
        )
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(spec.origin).parent / "package_data" / "plotly.min.js", target / "plotly.min.js")


def on_config(app, config) -> None:
    """Stage local files and set the theme options that Jupyter Book's own configuration cannot."""
    stage = Path(app.doctreedir).parent / "staged"
    stage_mathjax(stage / "static" / "mathjax")
    stage_plotly(stage / "static")
    furniture.on_config(app, config, stage / "static")
    config.html_static_path.append(str(stage / "static"))
    config.html_theme_options.update(
        navbar_persistent=[], show_toc_level=2, pygments_light_style="a11y-light", pygments_dark_style="a11y-dark"
    )


def on_page(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Take the thebe scripts off the page: it has no live cells, and the second copy raises."""
    context["script_files"] = [s for s in context.get("script_files", ()) if "thebe" not in str(s)]
    context["css_files"] = [s for s in context.get("css_files", ()) if "thebe" not in str(s)]


def on_read(app, doctree) -> None:
    """Show a computed picture at half its pixels: crisp on a fine screen, and never wider than it was drawn."""
    for image in doctree.findall(nodes.image):
        path = Path(app.srcdir, image["uri"])
        if path.suffix == ".png" and path.is_file() and "width" not in image:
            with path.open("rb") as stream:
                head = stream.read(24)  # PNG: the width stands in bytes 16 to 19
            image["width"] = f"{int.from_bytes(head[16:20], 'big') // 2}px"


def cpu_seconds(app, page: str) -> str | None:
    """What the page's last cell glued as `cpu_seconds`, or None for a page without code."""
    path = Path(app.env.mystnb_config.output_folder) / f"{page}.glue.json"
    if not path.is_file():
        return None
    entry = json.loads(path.read_text(encoding="utf-8")).get("cpu_seconds")
    return entry["data"]["text/plain"].strip("'") if entry else None


def on_doctree(app, doctree, docname: str) -> None:
    """Fill the status table, now that every page has been executed."""
    for place in list(doctree.findall(StatusTable)):
        pages = [(page, cpu_seconds(app, page)) for page in toc_pages(Path(app.srcdir))]
        known = [(app.env.titles[page].astext(), seconds) for page, seconds in pages if seconds is not None]
        timed = [(title, seconds, str(PAGE_BUDGET)) for title, seconds in known]
        timed.append(("all pages", f"{sum(float(seconds) for _, seconds in known):.0f}", str(BOOK_BUDGET)))
        versions = [("Python", platform.python_version())]
        versions += [(name, importlib.metadata.version(name)) for name in PACKAGES]
        place.replace_self(
            [table(("page", "CPU seconds", "budget"), timed, 1), table(("package", "version"), versions, 1)],
        )


def refresh_status(app, env) -> list[str]:
    """The status page follows every other page, so it is written again each time."""
    return [page for page in env.found_docs if page.endswith("reference/status")]


def on_finish(app, error) -> None:
    """Make the folder fit for static hosting: no Jekyll, no source maps, no page that left the table of contents."""
    if error is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    (out / ".nojekyll").touch()
    slim_icons(out)
    pdf.offer(out, out.parent / pdf.NAME)
    for pattern in MAPS:
        for path in (out / "_static").rglob(pattern):
            path.unlink()
    for path in (out / "book").rglob("*.html"):
        if path.relative_to(out).with_suffix("").as_posix() not in app.env.found_docs:
            path.unlink()


def setup(app) -> dict:
    """Entry point for Sphinx."""
    app.add_node(StatusTable)
    app.add_directive("course-status", StatusDirective)
    app.add_directive("course-results", CourseResults)
    app.add_directive("problem-set", ProblemSet)
    app.add_directive("course-licences", CourseLicences)
    app.add_directive("course-house", CourseHouse)
    app.add_directive("course-modules", CourseModules)
    app.add_role("colab", repository_link("colab", "https://colab.research.google.com/github/{}"))
    app.add_role("repo", repository_link("repo", "https://github.com/{}"))
    app.connect("config-inited", on_config)
    app.connect("doctree-read", on_read)
    app.connect("html-page-context", on_page, priority=900)
    app.connect("html-page-context", furniture.on_page)
    app.connect("html-collect-pages", furniture.lost_page)
    app.connect("env-updated", refresh_status)
    app.connect("doctree-resolved", on_doctree)
    app.connect("build-finished", on_finish)
    return {
        "version": importlib.metadata.version("course-lib"),
        "parallel_read_safe": True,
        "parallel_write_safe": False,
    }
