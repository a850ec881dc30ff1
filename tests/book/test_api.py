"""The library's reference: docstrings turned into reStructuredText, and every public name once, with words."""

import re
from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import course_lib
from course_lib.staff.publishing.api_pages import MODULES, documented_at, public_names, types_of
from course_lib.staff.publishing.docstrings import first_sentence, to_rst
from course_lib.staff.publishing.notebooks import toc_pages

ROOT = Path(course_lib.__file__).resolve().parents[1]
PAGES = sorted((ROOT / "book" / "reference").glob("api_*.md"))
TYPES = {"x0": "Tensor", "rtol": "float", "atol": "float", "flow": "Flow", "return": ":py:obj:`Trajectory <t.T>`"}


def rst(text: str, types: dict[str, str] | None = None, **options: bool) -> str:
    links = {"Flow": ":py:obj:`Flow <d.Flow>`", "Measuring chaos": ":doc:`Measuring chaos </m>`"}
    return "\n".join(to_rst(text, TYPES if types is None else types, links.get, **options))


def test_parameters_become_a_list_with_their_types():
    text = rst("Solve.\n\nx0: (batch, dim).  rtol, atol: tolerances\n    of dopri5.\nReturns Trajectory.\n\nThe end.")
    assert "``x0`` : Tensor\n    (batch, dim)." in text
    assert "``rtol``, ``atol`` : float\n    tolerances of dopri5." in text
    assert "Returns : :py:obj:`Trajectory <t.T>`\n    Trajectory." in text
    assert text.index("Solve.") < text.index("``x0``") < text.index("The end.")


def test_what_is_no_parameter_stays_prose():
    assert "wide: open" in rst("A door.\nwide: open").splitlines()[0]
    after = rst("x0: states.\nWeights are float64.  Raises for NaN.")
    assert after.index("``x0``") < after.index("Weights are float64. Raises for NaN.")
    assert "    states.\n" in after


def test_a_field_in_the_first_sentence_is_seen_where_more_follow():
    assert "``x0`` : Tensor\n    (n,)." in rst("A run. x0: (n,).\nrtol: small.")
    assert rst("f(x). x0: (n,).", {"x0": "Tensor"}).strip() == "f(x). x0: (n,)."


def test_types_without_words_are_told_for_functions():
    assert "Also ``flow`` (Flow)" in rst("Solve.\n\nx0: start.  rtol, atol: small.", all_types=True)
    assert "Types: ``flow`` (Flow)." in rst("Solve.", {"flow": "Flow"}, all_types=True)


def test_nothing_of_the_prose_is_markup_but_code_emphasis_and_links():
    text = rst('|λ| of W_ * x, *not* `k` or `Flow`s; see the page "Measuring chaos".', {})
    assert text.startswith(r"\|λ\| of W\_ \* x, *not* \ ``k``\  or \ :py:obj:`Flow <d.Flow>`\ s; see the page :doc:")


def test_examples_and_formulas_are_left_as_they_are():
    text = rst("Twice.\n\n    y = 2 * x_\n\n>>> 2 * 2\n4", {})
    assert ".. code-block:: text\n\n    y = 2 * x_\n" in text and "\n>>> 2 * 2\n4\n" in text


def test_the_first_sentence_ends_at_its_stop():
    assert first_sentence("Switches, e.g. two: `x`.\nThen more.\n\nEnd.") == "Switches, e.g. two: `x`."


def test_types_name_our_classes_by_link_and_others_without_their_module():
    from course_lib.integrate import integrate

    types = types_of(integrate)
    assert types["flow"] == ":py:obj:`Flow <course_lib.dynamics.Flow>`"
    assert (types["x0"], types["max_step"]) == ("Tensor", "float | None")


def test_the_pages_ask_for_every_part_of_the_library():
    asked = [name for page in PAGES for name in re.findall(r"^\.\. course-api:: (.*)$", page.read_text(), re.M)]
    parts = {
        f"course_lib.{path.parent.name}"
        for path in (ROOT / "course_lib").glob("*/__init__.py")
        if "__all__" in path.read_text(encoding="utf-8")
    }
    assert sorted(" ".join(asked).split()) == sorted(MODULES) and parts <= set(MODULES)


def test_every_page_that_a_docstring_names_is_there():
    titles = {line[2:] for page in toc_pages(ROOT) for line in (ROOT / f"{page}.md").read_text("utf-8").splitlines()}
    named = set()
    for path in (ROOT / "course_lib").rglob("*.py"):
        if "staff" not in path.parts:
            named |= set(re.findall(r'Taught on the\s+page "([^"]+)"', path.read_text(encoding="utf-8")))
    assert len(named) >= 6 and named <= titles


def wanted() -> list[str]:
    """The full name of every public name of the library."""
    return [documented_at(module, name) for module in MODULES for name in public_names(module)]


def read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def out_of_place(pages: list[BeautifulSoup], names: list[str]) -> list[str]:
    """Names that do not stand on exactly one page, or have no words there."""
    shown: Counter[str] = Counter()
    silent = []
    for page in pages:
        for head in page.select("dl.py > dt.sig[id]"):
            shown[head["id"]] += 1
            if head["id"] in names and not head.find_next_sibling("dd").get_text(strip=True):
                silent.append(f"{head['id']} has no words")
    return [f"{name} stands {shown[name]} times" for name in names if shown[name] != 1] + silent


@pytest.fixture(scope="module")
def built(site) -> dict[str, BeautifulSoup]:
    return {page.stem: read(site / "book" / "reference" / f"{page.stem}.html") for page in PAGES}


def test_every_public_name_stands_on_one_page_with_words(built):
    names = wanted()
    assert len(names) == len(set(names)) >= 300
    assert out_of_place(list(built.values()), names) == []


def test_a_name_that_is_missing_doubled_or_silent_is_seen():
    entry = '<dl class="py function"><dt class="sig" id="{}"></dt><dd>{}</dd></dl>'
    entries = (("a", "words"), ("b", "words"), ("b", "words"), ("c", ""))
    page = BeautifulSoup("".join(entry.format(*words) for words in entries), "html.parser")
    assert out_of_place([page], ["a", "b", "c", "d"]) == ["b stands 2 times", "d stands 0 times", "c has no words"]


def test_the_head_of_a_page_leads_to_every_name_and_search_finds_it(built, site):
    for page in built.values():
        heads = [tag["id"] for tag in page.select("dl.py > dt.sig[id]") if tag.find_parent("dd") is None]
        index = page.select_one("article section > dl")
        assert [a["href"].removeprefix("#") for a in index.select("dt a")] == heads
    assert "lyapunov_spectrum" in (site / "searchindex.js").read_text(encoding="utf-8")
