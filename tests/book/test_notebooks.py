"""MyST pages into Colab notebooks: nothing drifts, nothing is left half converted, every directive has a plain form."""

import json
import re
import shutil
from pathlib import Path

import pytest

from course_lib import __version__
from course_lib.staff.publishing.config import read_names
from course_lib.staff.publishing.notebooks import Drift, colab_notebook, has_code, toc_pages, write_notebooks
from course_lib.staff.publishing.plain_markdown import DIRECTIVES, FENCE, convert
from course_lib.staff.publishing.plain_roles import ConversionError, Page

# cells, and what only pages without a notebook hold
BOOK_ONLY = {"code-cell", "bibliography", "course-status", "eval-rst", "figure", "problem-set"}
BOOK_ONLY |= {"course-house", "course-licences", "course-modules", "course-results"}  # on pages without cells

FAR = {
    (kind, label): (value, "book/far", "Far")
    for kind, label, value in (
        ("equations", "eq-far", 7),
        ("figures", "fig-far", "The moon"),
        ("exercises", "ex-far", 5),
    )
}


def in_colab(root: Path) -> str:
    """Where Colab finds the files of the public repository."""
    course = read_names(root)
    return f"https://colab.research.google.com/github/{course.url.removeprefix('https://github.com/')}/blob/{course.branch}"


@pytest.fixture
def page(root):
    return Page(
        "book/flows/lorenz",
        root,
        figures={"fig-a": "The butterfly"},
        equations={"eq-a": 3},
        exercises={"ex-a": 2},
        citations={"l63": ("Lorenz", "1963"), "jh04": ("Jaeger and Haas", "2004")},
        elsewhere=lambda kind, label: FAR.get((kind, label)),
        address=lambda name: f"https://example.org/{name}",
        glued=[re.compile("here")],
        to_come=[re.compile("here"), re.compile(r"late_\w+")],
    )


def test_the_notebooks_match_their_pages(root):
    assert write_notebooks(root, check=True) == []


def sources(root: Path) -> list[tuple[str, list[str]]]:
    """Each notebook with the sources of its cells."""
    names = [name for name in toc_pages(root) if has_code(root, name)]
    return [(n, [c["source"] for c in json.loads((root / f"{n}.ipynb").read_text())["cells"]]) for n in names]


def test_a_notebook_holds_nothing_that_colab_cannot_show(root):
    for name in (n for n in toc_pages(root) if has_code(root, n)):
        for cell in json.loads((root / f"{name}.ipynb").read_text())["cells"]:
            text = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                assert not re.search(r"\{[a-z:]+\}`|^\s*(:::|```\{)|^\([\w-]+\)=", text, re.M), f"{name}: {text[:200]}"
            else:
                assert cell["outputs"] == [] and cell["execution_count"] is None


def test_notebooks_come_out_the_same_twice_with_ids_of_their_own(root):
    first = colab_notebook(root, "book/networks/ctrnn")
    assert first == colab_notebook(root, "book/networks/ctrnn")
    ids = [cell["id"] for cell in json.loads(first)["cells"]]
    assert len(set(ids)) == len(ids)


def test_the_first_cell_installs_the_release_from_the_public_address(root):
    for name, cells in sources(root):
        assert f'"course-lib @ git+{read_names(root).url}@v{__version__}"' in "".join(cells[0]), name


def test_a_notebook_begins_with_its_title_and_ends_with_licences_and_the_form_for_mistakes(root):
    for name, cells in sources(root):
        title, last = "".join(cells[1]), "".join(cells[-1])
        assert title.startswith("# "), name
        assert f"issues/new?title=Mistake%20on%20{name.replace('/', '%2F')}&" in last, name
        for words in ("LICENSE-content", "blob/main/LICENSE", f"Version v{__version__}", f"blob/main/{name}.md"):
            assert words in last, name
        assert ("`name`↑" in "".join(cells[2])) == any("student.glue(" in "".join(cell) for cell in cells), name


def test_a_notebook_speaks_of_nothing_that_only_the_book_has(root):
    for name, cells in sources(root):
        text = "".join(map("".join, cells))
        assert not re.search(r"rocket above|at the foot\.|printed above\)|\.\*\* \*\*|On paper: ", text), name


def test_what_another_page_labels_is_found_there(root, tmp_path):
    copy_book(root, tmp_path)
    source = tmp_path / "book" / "networks" / "ctrnn.md"
    words = "See {eq}`eq-lorenz`, {numref}`fig-butterfly` and {ref}`ex-wings`."
    source.write_text(source.read_text().replace("Two cost nothing.", words))
    text = "".join(
        line
        for _, cells in [("", json.loads(colab_notebook(tmp_path, "book/networks/ctrnn"))["cells"])]
        for cell in cells
        for line in cell["source"]
    )
    link = f"[Phase space and the Lorenz system]({in_colab(root)}"
    for said in ("(1)", "figure “The butterfly”", "exercise 2"):
        assert f"{said} of {link}/book/flows/lorenz.ipynb)" in text


def test_links_between_pages_lead_to_colab(root):
    text = (root / "book" / "networks" / "ctrnn.ipynb").read_text()
    assert f"{in_colab(root)}/book/flows/lorenz.ipynb" in text
    assert "../flows/lorenz.md" not in text


def test_a_one_word_edit_changes_one_cell(root, tmp_path):
    copy_book(root, tmp_path)
    before = json.loads(colab_notebook(tmp_path, "book/networks/ctrnn"))["cells"]
    source = tmp_path / "book" / "networks" / "ctrnn.md"
    source.write_text(source.read_text().replace("Two cost nothing.", "Two cost little."))
    after = json.loads(colab_notebook(tmp_path, "book/networks/ctrnn"))["cells"]
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def copy_book(root: Path, target: Path) -> None:
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(root / name, target / name)
    for name in ("book", "assignments"):
        shutil.copytree(root / name, target / name)
    for path in (root / "course_lib").rglob("*.py"):
        copy = target / path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    shutil.copy(root / "CONTRIBUTING.md", target / "CONTRIBUTING.md")


CONVERSIONS = {
    "admonition": (":::{admonition} Aim\n:class: aim\nText.\n:::", "> **Aim**\n>\n> Text."),
    "card": (":::{card} Door\nOpen it.\n:::", "**Door**\n\nOpen it."),
    "div": ("A\n\n:::{div} book-only foot\nHidden.\n:::\n\nB", "A\n\nB"),
    "dropdown": (
        ":::{dropdown} Hint 1\nLook at $x$.\n:::",
        "<details><summary>Hint 1</summary>\n\nLook at $x$.\n\n</details>",
    ),
    "exercise": (
        "::::{exercise} Better\n:label: ex-a\nHow long?\n\n:::{dropdown} Hint\nThink.\n:::\n::::",
        "> **Exercise 2 (Better)**\n>\n> How long?\n>\n"
        "> <details><summary>Hint</summary>\n>\n> Think.\n>\n> </details>",
    ),
    "glossary": ("```{glossary}\nflow\n  A rule $f$.\n```", "- **flow**:\n  A rule $f$."),
    "grid": (
        "::::{grid} 1 1 2 2\n:gutter: 3\n\n:::{grid-item-card} One\nBody.\n:::\n::::",
        "**One**\n\nBody.",
    ),
    "grid-item-card": (":::{grid-item-card} One\nBody.\n:::", "**One**\n\nBody."),
    "math": ("```{math}\n:label: eq-a\nx = 1\n```", "$$\nx = 1\\tag{3}\n$$"),
    "note": (":::{note}\nMind.\n:::", "> **Note**\n>\n> Mind."),
    "solution": (
        "::::{solution} ex-a\n:class: dropdown\nSo.\n::::",
        "<details><summary>Solution of exercise 2</summary>\n\nSo.\n\n</details>",
    ),
}


@pytest.mark.parametrize("name", CONVERSIONS)
def test_a_directive_becomes_plain_markdown(page, name):
    source, wanted = CONVERSIONS[name]
    assert convert(source, page) == wanted


@pytest.mark.parametrize("name", ["tip", "important", "warning", "seealso"])
def test_the_other_boxes_are_admonitions(page, name):
    assert convert(f":::{{{name}}} Title\nText.\n:::", page) == "> **Title**\n>\n> Text."


def test_literalinclude_copies_one_object_as_it_stands(page):
    source = "```{literalinclude} ../../course_lib/systems/lorenz63.py\n:pyobject: Lorenz63.divergence\n:dedent: 4\n```"
    text = convert(source, page)
    assert text.startswith("From `course_lib/systems/lorenz63.py`:\n\n```python\ndef divergence(self) -> float:")
    assert text.endswith("return -(self.sigma + 1 + self.beta)\n```")


def test_every_directive_of_the_book_is_one_of_these_tests(root):
    used = set()
    for path in (root / "book").rglob("*.md"):
        used |= {found[3] for line in path.read_text().splitlines() if (found := FENCE.match(line))}
    tested = set(CONVERSIONS) | {"literalinclude", "tip", "important", "warning", "seealso"}
    assert used - BOOK_ONLY <= tested
    assert set(DIRECTIVES) == tested


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("{cite}`l63,jh04`", "(Lorenz, 1963; Jaeger and Haas, 2004)"),
        ("{cite:t}`l63` found", "Lorenz (1963) found"),
        ("{numref}`fig-a`", "figure “The butterfly”"),
        ("equation {eq}`eq-a`", "equation (3)"),
        ("{term}`Lyapunov\ntimes <Lyapunov time>`", "Lyapunov times"),
        ("{term}`state`", "state"),
        ("{glue:text}`here` LT", "`here`↑ LT"),
        ("({glue:text}`late_one`)", "(`late_one`↓)"),
        (
            "| a | {glue:text}`here` |\n|---|---|\n| {term}`state` | {eq}`eq-a` |",
            "| a | `here`↑ |\n|---|---|\n| state | (3) |",
        ),
        ("equation {eq}`eq-far`", "equation (7) of [Far](https://example.org/book/far)"),
        ("{numref}`fig-far`", "figure “The moon” of [Far](https://example.org/book/far)"),
        ("{ref}`ex-far`", "exercise 5 of [Far](https://example.org/book/far)"),
        ("{doc}`far <../networks/ctrnn>`", "[far](https://example.org/book/networks/ctrnn)"),
        ("**Time:** an hour; what the\ncomputations cost stands at the foot.", "**Time:** an hour."),
        ("Open this page in Colab (the rocket above) and change one thing.", "Change one thing."),
        ("In Colab (the\nrocket above): (1) hold", "(1) hold"),
        ("{math}`x^2`", "$x^2$"),
        ("{kbd}`P`", "`P`"),
        ("{ref}`ex-a`", "exercise 2"),
        ("{ref}`there <sec-b>`", "there"),
        ("`{cite}` in code", "`{cite}` in code"),
        ("[page](../networks/ctrnn.md)", "[page](https://example.org/book/networks/ctrnn)"),
        ("$$\nx\n$$ (eq-a)", "$$\nx\n\\tag{3}\n$$"),
        ("(label)=\ntext", "text"),
        ("```python\n{cite}`x`\n```", "```python\n{cite}`x`\n```"),
    ],
)
def test_a_role_becomes_words(page, source, wanted):
    assert convert(source, page) == wanted


def test_a_file_of_the_repository_becomes_a_link(root):
    page = Page("book/intro", root, file_address=lambda host, path: f"https://{host}/{path}")
    assert convert("{repo}`how <CONTRIBUTING.md>`", page) == "[how](https://repo/CONTRIBUTING.md)"
    text = "{colab}`set <assignments/a1_lorenz/a1_lorenz.ipynb>`"
    assert convert(text, page) == "[set](https://colab/assignments/a1_lorenz/a1_lorenz.ipynb)"


@pytest.mark.parametrize(
    "source",
    [
        ":::{tab-set}\nx\n:::",
        "{unknown}`x`",
        "{cite}`nobody1900`",
        "{numref}`fig-gone`",
        "{glue:text}`never`",
        "[x](gone.md)",
        ":::{note}\nnever closed",
        "{repo}`gone.txt`",
        "```{literalinclude} ../../course_lib/systems/lorenz63.py\n:pyobject: Lorenz63.gone\n```",
    ],
)
def test_what_has_no_plain_form_is_refused_by_name(page, source):
    with pytest.raises(ConversionError, match=r"book/flows/lorenz\.md: wanted"):
        convert(source, page)


def test_a_drifted_a_missing_and_a_stray_notebook_fail_the_check(root, tmp_path):
    copy_book(root, tmp_path)
    for path in (tmp_path / "book").rglob("*.ipynb"):
        path.unlink()
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/intro\nchapters:\n  - file: book/flows/lorenz\n")
    assert len(write_notebooks(tmp_path)) == 2
    assert write_notebooks(tmp_path, check=True) == []
    notebook = tmp_path / "book" / "flows" / "lorenz.ipynb"
    notebook.write_text(notebook.read_text().replace("butterfly", "moth"))
    (tmp_path / "book" / "intro.ipynb").unlink()
    (tmp_path / "book" / "old.ipynb").write_text("{}")
    with pytest.raises(Drift) as caught:
        write_notebooks(tmp_path, check=True)
    for name in ("book/flows/lorenz.ipynb", "book/intro.ipynb", "book/old.ipynb", "course notebooks"):
        assert name in str(caught.value)
    assert len(write_notebooks(tmp_path)) == 2
    assert write_notebooks(tmp_path, check=True) == []
    assert not (tmp_path / "book" / "old.ipynb").exists()
