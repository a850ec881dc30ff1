"""The status page shows what the bench measured: targets, what is reached, what is missed, what tests hold."""

from benchmarks import status
from bs4 import BeautifulSoup

from course_lib.staff.publishing.results import of_section, summary

PEER = {"figure": "another's speed", "value": "3 m/s", "how": "measured: somewhere, 2026-01-01"}
MET = {"words": "speed, median", "wanted": "≥ 2", "ours": "4", "seeds": "3 to 5", "met": True}
MISSED = {"words": "weight", "wanted": "≤ 1", "ours": "2", "seeds": "2", "met": False}
SHORT = {"criterion": "weight", "measured": "2", "tried": "a lighter frame.", "next_step": "a lighter engine."}
HELD = {"target": "wings", "wanted": "two", "elsewhere": "", "tests": ["test_wings.py"]}
ROW = {"title": "A plane", "notes": "By day.", "measured": "at 123", "targets": [MET, MISSED], "peers": [PEER]}
SECTIONS = [{"title": "Planes", "rows": [ROW | {"short": [SHORT]}], "held": [HELD]}]


def test_the_summary_counts_targets_misses_and_what_tests_hold():
    assert summary(SECTIONS).startswith("2 targets in 1 rows, 1 of them missed; 1 more")


def test_the_status_page_has_every_row_and_its_targets(site):
    page = (site / "book/reference/status.html").read_text(encoding="utf-8").replace("’", "'")
    article = BeautifulSoup(page, "html.parser").article
    assert summary(status.contents()) in " ".join(article.get_text(" ").split())
    titles = {heading.get_text().removesuffix("#").strip() for heading in article.find_all(["h3", "h4"])}
    lines = [[cell.get_text().strip() for cell in line.find_all("td")] for line in article.find_all("tr")]
    for section in status.contents():
        assert {section["title"], *(row["title"] for row in section["rows"])} <= titles
        for target in (target for row in section["rows"] for target in row["targets"]):
            assert [target[key] for key in ("words", "wanted", "ours", "seeds")] in lines


def test_a_row_shows_its_targets_its_misses_with_what_was_tried_and_what_others_reach():
    words = of_section(SECTIONS[0]).astext().split("\n\n")
    assert words[words.index("speed, median") :][:4] == ["speed, median", "≥ 2", "4", "3 to 5"]
    assert words[words.index("weight") :][:3] == ["weight", "≤ 1", "2 (missed)"]
    assert "weight: measured 2. Tried: a lighter frame. Next: a lighter engine." in words
    assert words[words.index("another's speed") :][:3] == list(PEER.values())
    assert words[words.index("wings") :] == ["wings", "two", "–", "test_wings.py"]
