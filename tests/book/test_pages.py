"""The form of a page's source: short cells, described figures, hints in three steps, words that the glossary has."""

import ast
import re
from pathlib import Path

import jupytext
import pytest

from course_lib.staff.publishing.notebooks import has_code, toc_pages

ROOT = Path(__file__).resolve().parents[2]
TOUR = "book/start/two_valleys"
CHAPTERS = [TOUR, *(p for p in toc_pages(ROOT) if p.startswith(("book/flows/", "book/networks/", "book/computation/")))]
WITH_CODE = [p for p in toc_pages(ROOT) if has_code(ROOT, p)]


def text(page: str) -> str:
    return (ROOT / f"{page}.md").read_text(encoding="utf-8")


def cells(page: str) -> list:
    return [c for c in jupytext.reads(text(page), fmt="md:myst").cells if c.cell_type == "code"]


@pytest.mark.parametrize("page", WITH_CODE)
def test_cells_that_a_reader_sees_have_at_most_twelve_lines(page):
    for cell in cells(page):
        if not {"hide-input", "hide-cell", "remove-cell"} & set(cell.metadata.get("tags", [])):
            assert len(cell.source.splitlines()) <= 12, cell.source


@pytest.mark.parametrize("page", WITH_CODE)
def test_pictures_are_drawn_by_the_library_and_described(page):
    for cell in cells(page):
        myst = cell.metadata.get("mystnb", {})
        placed = "figure" in myst or re.search(r"widget\(|plotly_html\(|student\.explore\(", cell.source)
        assert placed or "new_axes" not in cell.source, cell.source
        live = re.search(r"student\.(widget|plotly_html)\(", cell.source)  # its alt text is an argument
        assert "figure" in myst or not live or page not in CHAPTERS[1:], cell.source
        if "figure" in myst:
            assert myst["figure"]["caption"].startswith("**") and (live or len(myst["image"]["alt"]) >= 40)
        assert "pyplot" not in cell.source and "plt." not in cell.source


def told_by_colour_alone(source: str) -> list[int]:
    """Lines of a cell that draw named curves in a loop without marker or stroke of their own."""
    loops = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.For)]
    found = []
    for call in {node for loop in loops for node in ast.walk(loop) if isinstance(node, ast.Call)}:
        drawn = getattr(call.func, "attr", "") in {"plot", "semilogx", "semilogy", "loglog", "errorbar", "step"}
        words = {word.arg for word in call.keywords}
        if drawn and "label" in words and not words & {"marker", "linestyle"} and len(call.args) < 3:
            found.append(call.lineno)
    return [] if "tell_apart(" in source else sorted(found)


@pytest.mark.parametrize("page", WITH_CODE)
def test_named_curves_differ_in_more_than_their_colour(page):
    for cell in cells(page):
        assert told_by_colour_alone(cell.source) == [], cell.source


def test_curves_that_differ_in_colour_alone_are_seen():
    loop = "for n, c in pairs:\n    ax.plot(x, y[n], color=c, label=n)\n"
    assert told_by_colour_alone(loop + "ax.legend()") == [2]
    assert told_by_colour_alone(loop + "plotting.tell_apart(ax).legend()") == []
    assert told_by_colour_alone(loop.replace("color=c", "marker=c")) == []


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_chapter_has_all_its_parts_in_order(page):
    order = ["{admonition} Aim", "{admonition} Try it", "## Exercises", "## Self-check", "{admonition} Keep"]
    places = [text(page).find(part) for part in [*order, "## Further reading"]]
    assert -1 not in places and places == sorted(places)


@pytest.mark.parametrize("page", CHAPTERS)
def test_every_exercise_has_three_hints_and_a_folded_solution(page):
    exercises = re.findall(r"^:{5}\{exercise\} .*?\n:label: (\S+)\n(.*?)^:{5}$", text(page), re.M | re.S)
    assert len(exercises) == (3 if page == TOUR else 5)
    for label, body in exercises:
        assert re.findall(r"\{dropdown\} Hint (\d)", body) == ["1", "2", "3"], label
        assert re.search(rf"^:::+\{{solution\}} {label}\n:class: dropdown", text(page), re.M), label


def test_every_word_that_a_page_links_is_in_the_glossary():
    glossary = re.search(r"```\{glossary\}\n(.*?)```", text("book/reference/notation"), re.S)[1]
    words = set(re.findall(r"^(\S.*)$", glossary, re.M))
    linked = set()
    for page in toc_pages(ROOT):
        for role in re.findall(r"\{term\}`([^`]+)`", text(page)):
            target = re.search(r"<([^>]+)>", role)
            linked.add(" ".join((target[1] if target else role).split()))
    assert linked <= words and len(linked) >= 12


VOCABULARY = """
x u y r dim vector_field step jacobian fixed_point slow_point q speed saddle_index spectral_abscissa spectral_radius
lyapunov_spectrum lyapunov_time correlation_sum theiler_window valid_prediction_time koopman_eigenfunction psi
separatrix attractor basin edge_state v v_th i_syn spikes surrogate
"""


def without_entry(page: str, words: str) -> list[str]:
    """Words that are neither an entry of the page's glossary, with blanks for underscores, nor in code on the page."""
    entries = re.findall(r"^(\S.*)\n  \S", re.search(r"```\{glossary\}\n(.*?)```", page, re.S)[1], re.M)
    known = {entry.lower().replace(" ", "_") for entry in entries}
    known |= {name for code in re.findall(r"`([^`\n]+)`", page) for name in re.findall(r"\w+", code)}
    return [word for word in words.split() if word not in known]


def test_every_term_of_the_vocabulary_has_an_entry_or_a_letter():
    assert without_entry(text("book/reference/notation"), VOCABULARY) == []


def test_a_term_without_an_entry_is_seen():
    page = "| $x$ | state | `x` |\n```{glossary}\nedge state\n  On the border.\n```\n"
    assert without_entry(page, "x edge_state border basin") == ["border", "basin"]


def test_the_glossary_is_in_order_and_every_entry_says_where_it_is_taught():
    glossary = re.search(r"```\{glossary\}\n(.*?)```", text("book/reference/notation"), re.S)[1]
    entries = [entry.split("\n", 1) for entry in glossary.strip().split("\n\n")]
    words = [word.lower() for word, _ in entries]
    assert words == sorted(words) and len(words) >= 50
    assert [word for word, body in entries if not re.search(r"\{doc\}`/book/[\w/]+`\.$", body)] == []


def test_every_work_in_the_bibliography_is_cited():
    keys = set(re.findall(r"^@\w+\{([^,]+),", (ROOT / "book" / "references.bib").read_text(), re.M))
    cited = {
        k.strip()
        for p in toc_pages(ROOT)
        for r in re.findall(r"\{cite(?::t)?\}`([^`]+)`", text(p))
        for k in r.split(",")
    }
    assert cited == keys
