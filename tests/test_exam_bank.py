"""The exam bank: every question has its answer, every wrong option its reason, and every number is computed."""

import math
import re
from typing import Any

import pack
import pytest

TEXT = (pack.PACK / "exam_bank.md").read_text(encoding="utf-8")
HEADING = re.compile(r"^### (\d+)\. (.+?) \((\d+) points, (choice|derivation|sketch)\)$", re.M)
CHECK = re.compile(r"<!-- check:(.*?)-->", re.S)
DECIMAL = re.compile(r"-?\d+\.\d+")
PARTS = re.split(r"^(?=### )", TEXT, flags=re.M)[1:]


def number(part: str) -> str:
    return HEADING.match(part)[1]


def test_the_bank_covers_every_page_with_enough_questions():
    assert [int(number(part)) for part in PARTS] == list(range(1, len(PARTS) + 1)) and 40 <= len(PARTS) <= 60
    pages = [re.search(r"^Page: `(book/[\w/]+)`$", part, re.M)[1] for part in PARTS]
    assert set(pages) == {*pack.chapters(), pack.TOUR} and all(pages.count(page) >= 3 for page in pages)
    kinds = [HEADING.match(part)[4] for part in PARTS]
    assert kinds.count("choice") >= 20 and kinds.count("derivation") >= 15 and kinds.count("sketch") >= 4


@pytest.mark.parametrize("part", PARTS, ids=number)
def test_a_question_has_its_answer_and_its_points(part):
    _, _, points, kind = HEADING.match(part).groups()
    asked, answer, said = CHECK.sub("", part).partition("**Answer.**")
    assert answer and said.strip()
    if kind == "choice":
        assert [f"({letter})" in asked for letter in "abcd"] == [True] * 4
        assert all(f"({letter})" in said for letter in "abcd"), "a reason for each option"
    else:
        given = [int(n) for n in re.findall(r"\((\d) points?\)", said)]
        assert sum(given) == int(points) or "One point each, at most" in said, given


@pytest.mark.parametrize("part", PARTS, ids=number)
def test_every_number_of_an_answer_is_computed(part):
    bare = CHECK.sub("", part)
    asked, _, said = bare.partition("**Answer.**")
    computed = set()

    def answer(text: str, value: float) -> None:
        """The number stands in the answer, and is this value to its digits."""
        assert text in said, text
        assert f"{value:.{len(text.partition('.')[2])}f}" == text, (text, value)
        computed.add(text.lstrip("-"))

    for code in CHECK.findall(part):
        room: dict[str, Any] = {**vars(math), "answer": answer}
        exec(code.strip(), room)
    for found in DECIMAL.findall(said):
        assert found.lstrip("-") in computed or found.lstrip("-") in asked, found
