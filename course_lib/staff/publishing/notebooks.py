"""The Colab notebook beside every page: written from the page, never edited."""

import hashlib
import re
from pathlib import Path

import jupytext
import nbformat
import yaml
from pybtex.database import parse_file

import course_lib
from course_lib.staff.grading.places import write_safely
from course_lib.staff.publishing.addresses import colab_address, licence_line, report_address
from course_lib.staff.publishing.config import read_names
from course_lib.staff.publishing.plain_markdown import FENCE, convert
from course_lib.staff.publishing.plain_roles import ConversionError, Page
from course_lib.validation import CourseError

INSTALL = """\
# In Colab this installs the course's library; elsewhere it does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install -q "course-lib @ git+{url}@{tag}\""""
POINTERS = "*In the text `name`↑ is the number that a cell above prints as `name = …`, and `name`↓ one printed below.*"
LAST = """\
---
Something is wrong here? [Report a mistake on this page]({report}).

{licences} Version {tag}, written from [{name}.md]({address}): edit that page, not this copy."""
HIDDEN = {"hide-cell", "hide-input", "remove-input"}
GLUED = re.compile(r"""\bglue\(\s*(f?)["']([^"']+)["']""")


class Drift(CourseError):
    """A notebook does not match its page; the message names them all."""


def toc_pages(root: Path) -> list[str]:
    """Docnames in the order of _toc.yml."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [chapter["file"] for part in toc.get("parts", [toc]) for chapter in part.get("chapters", [])]
    return [toc["root"], *chapters]


def has_code(root: Path, page: str) -> bool:
    """Whether the page is a notebook in MyST form."""
    text = (root / f"{page}.md").read_text(encoding="utf-8")
    front = re.match(r"---\n(.*?)\n---\n", text, re.S)
    return bool(front and "kernelspec" in (yaml.safe_load(front[1]) or {}))


def page_title(root: Path, page: str) -> str:
    """The first heading of a page; empty when it has none."""
    found = re.search(r"^# (.+)$", (root / f"{page}.md").read_text(encoding="utf-8"), re.M)
    return found[1] if found else ""


def citations(root: Path) -> dict[str, tuple[str, str]]:
    """Key -> ("Jaeger and Haas", "2004") for every work in references.bib."""
    path = root / "book" / "references.bib"
    if not path.is_file():
        return {}
    found = {}
    for key, entry in parse_file(str(path)).entries.items():
        people = [[*person.rich_prelast_names, *person.rich_last_names] for person in entry.persons["author"]]
        names = [" ".join(str(name) for name in person) for person in people]  # accents of TeX become letters
        short = names[0] if len(names) == 1 else " and ".join(names) if len(names) == 2 else f"{names[0]} et al."
        found[key] = (short, entry.fields["year"])
    return found


def figure_title(caption: str) -> str:
    """The first sentence of a caption, without emphasis and full stop."""
    return re.split(r"\.(?:\s|$)", caption.replace("**", "").strip(), maxsplit=1)[0]


def gather(root: Path, name: str, notebook: nbformat.NotebookNode) -> Page:
    """Everything that the text of a page refers to, and the addresses of the other pages."""
    course = read_names(root)
    url, branch = course.url, course.branch
    notebooks = {page for page in toc_pages(root) if has_code(root, page)}

    def address(page: str) -> str:
        if page in notebooks:
            return file_address("colab", f"{page}.ipynb")
        return file_address("repo", f"{page}.md")

    def file_address(host: str, path: str) -> str:
        return colab_address(url, branch, path) if host == "colab" else f"{url}/blob/{branch}/{path}"

    def elsewhere(kind: str, label: str) -> tuple[str, str, str] | None:
        for other in toc_pages(root):
            source = (root / f"{other}.md").read_text(encoding="utf-8")
            if other != name and label in source:
                cells = jupytext.reads(source, fmt="md:myst")
                if label in (known := getattr(gather(root, other, cells), kind)):
                    return str(known[label]), other, page_title(root, other)
        return None

    page = Page(name, root, citations=citations(root), address=address, file_address=file_address, elsewhere=elsewhere)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            figure = cell.metadata.get("mystnb", {}).get("figure")
            if figure:
                page.figures[figure["name"]] = figure_title(figure["caption"])
            continue
        for label in re.findall(r"^\$\$ *\(([\w:-]+)\) *$", cell.source, re.M):
            page.equations[label] = len(page.equations) + 1
        opened = False
        for line in cell.source.split("\n"):
            fence = FENCE.match(line)
            opened = fence[3] == "exercise" if fence else opened
            label = re.match(r"^ *:label: *(\S+)", line)
            if opened and label:
                page.exercises[label[1]] = len(page.exercises) + 1
    return page


def glued_names(source: str) -> list[re.Pattern]:
    """What a cell glues, as patterns: glue(f"r2_{name}", ...) in a loop stands for every name of that form."""
    return [
        re.compile(re.sub(r"\\\{.*?\\\}", r"\\w+", re.escape(name)) if form else re.escape(name))
        for form, name in GLUED.findall(source)
    ]


def code_cells(cell: nbformat.NotebookNode, page: Page) -> list[nbformat.NotebookNode]:
    """A code cell without the book's metadata, and under it the caption of its figure."""
    tags = set(cell.metadata.get("tags", []))
    if "book-only" in tags:
        return []
    metadata = {"cellView": "form", "jupyter": {"source_hidden": True}} if tags & HIDDEN else {}
    cells = [nbformat.v4.new_code_cell(cell.source, metadata=metadata)]
    page.glued += glued_names(cell.source)
    myst = cell.metadata.get("mystnb", {})
    if "figure" in myst:
        alt = myst.get("image", {}).get("alt", "").strip()  # a widget brings its own
        caption = myst["figure"]["caption"].strip()
        if "student.widget(" in cell.source:
            caption = caption.partition("\n\n")[0]  # the rest tells of the still picture, which Colab never shows
        text = f"**Figure.** {convert(caption, page)}".replace(".** **", ". ", 1)
        cells.append(nbformat.v4.new_markdown_cell(f"{text}\n\n*In words: {alt}*" if alt else text))
    return cells


def colab_notebook(root: Path, name: str) -> str:
    """The text of the page's notebook. Raises ConversionError for a directive or role without a plain form."""
    source = (root / f"{name}.md").read_text(encoding="utf-8")
    notebook = jupytext.reads(source, fmt="md:myst")
    page = gather(root, name, notebook)
    course = read_names(root)
    url, branch = course.url, course.branch
    tag = f"v{course_lib.__version__}"
    code = [c for c in notebook.cells if c.cell_type == "code" and "book-only" not in c.metadata.get("tags", [])]
    page.to_come = [name for cell in code for name in glued_names(cell.source)]
    cells = [nbformat.v4.new_code_cell(INSTALL.format(url=url, tag=tag))]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cells += code_cells(cell, page)
        else:
            text = convert(cell.source, page)
            cells += [nbformat.v4.new_markdown_cell(text)] if text else []
    if page.glued:
        cells.insert(2, nbformat.v4.new_markdown_cell(POINTERS))
    address, report = f"{url}/blob/{branch}/{name}.md", report_address(url, name)
    last = LAST.format(name=name, address=address, report=report, licences=licence_line(url, branch), tag=tag)
    cells.append(nbformat.v4.new_markdown_cell(last))
    seen: dict[str, int] = {}
    for cell in cells:
        count = seen[cell.source] = seen.get(cell.source, 0) + 1
        cell["id"] = hashlib.sha1(f"{name}\0{cell.source}\0{count}".encode(), usedforsecurity=False).hexdigest()[:12]
    made = nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "colab": {"name": Path(name).name + ".ipynb"},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
    )
    made.nbformat_minor = 5
    nbformat.validate(made)
    return nbformat.writes(made, indent=1, sort_keys=True) + "\n"


def write_notebooks(root: Path, check: bool = False) -> list[Path]:
    """Write the sibling .ipynb of every page that holds code, and return those that changed.

    check: write nothing. Raises Drift when a notebook is missing, differs, or has no page any more, and
    ConversionError when a page uses what Colab cannot show.
    """
    root = Path(root).resolve()
    wanted = {root / f"{page}.ipynb": page for page in toc_pages(root) if has_code(root, page)}
    texts = {path: colab_notebook(root, page) for path, page in wanted.items()}
    strays = [
        path for path in sorted((root / "book").rglob("*.ipynb")) if path not in wanted and ".ipynb_" not in str(path)
    ]
    changed = [path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if check:
        if changed or strays:
            names = ", ".join(path.relative_to(root).as_posix() for path in [*changed, *strays])
            raise Drift(f"Wanted notebooks that match their pages, got drift in {names}. Run: course notebooks")
        return []
    for path in changed:
        write_safely(path, texts[path].encode())
    for path in strays:
        path.unlink()
    return changed


__all__ = ["ConversionError", "Drift", "colab_notebook", "has_code", "page_title", "toc_pages", "write_notebooks"]
