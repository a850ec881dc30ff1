"""The instructor's pack says nothing of a page, a widget or a set that is not so, and its sums add up."""

import math
import re
import shutil
from itertools import pairwise

import pack
import pytest
from pack import PACK, ROOT

from course_lib.staff.grading import sets
from course_lib.staff.publishing import handouts, misconceptions
from course_lib.validation import CourseError

LESSONS = sorted(path.stem for path in (PACK / "lessons").glob("*.md"))
OPENER = "two_valleys"
KINDS = ("Predict", "Live", "Board", "Vote", "Exercise", "Close")
BLOCK = re.compile(r"^### (\d+) to (\d+)\. (\w+): .", re.M)
FORMULA, CODE, COMMENT = re.compile(r"\$.*?\$", re.S), re.compile(r"`[^`]*`"), re.compile(r"<!--.*?-->", re.S)
RANGE = re.compile(r"\(-?[\d.]+ to -?[\d.]+\)")  # of a slider, compared elsewhere
DECIMAL = re.compile(r"(?<![\w.])[-−]?\d+\.\d+(?![\w.])")
PLAIN = dict(vars(math))


def page_of(lesson: str) -> str:
    return handouts.PAGE.search(pack.lesson_text(lesson))[1]


def named_questions(text: str) -> list[tuple[str, str]]:
    return re.findall(r"`(a\d_\w+)\.(q\d)`", text)


def shown(value: float, text: str) -> bool:
    """Whether a value is written as `text`, to the digits that `text` has."""
    plain = text.replace("−", "-")
    return abs(value - float(plain)) <= 0.5 * 10.0 ** -len(plain.partition(".")[2]) + 1e-9


def test_every_chapter_has_a_lesson_and_every_lesson_a_chapter():
    assert {page_of(name) for name in LESSONS} == {*pack.chapters(), pack.TOUR}
    assert all(page_of(name).endswith(f"/{name}") for name in LESSONS) and len(pack.chapters()) == 15


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_has_its_parts_and_its_minutes_add_up(name):
    text = pack.lesson_text(name)
    title = re.search(r"^# (.*)$", pack.page_text(page_of(name)), re.M)[1]
    assert re.search(r"^# (.*)$", text, re.M)[1].startswith(title)
    blocks = [(int(a), int(b), kind) for a, b, kind in BLOCK.findall(text)]
    assert blocks[0][0] == 0 and blocks[-1][1] == (15 if name == OPENER else pack.LESSON_MINUTES)
    assert all(one[1] == other[0] and one[0] < one[1] for one, other in pairwise([*blocks, (blocks[-1][1], 0, "")]))
    assert name == OPENER or [kind for *_, kind in blocks] == list(KINDS)
    for part in (
        "**Goal.**",
        "**Students need.**",
        "**Before class.**",
        "## Minutes",
        "## Misunderstandings",
        "## Homework",
    ):
        assert part in text, part
    if name != OPENER:
        short = re.search(r"^45 = (.*)$", text, re.M)[1]
        assert sum(int(n) for n in re.findall(r"\d+", short)) == 45 and re.findall(r"[A-Z]\w+", short) == list(KINDS)


@pytest.mark.parametrize("name", LESSONS)
def test_what_a_lesson_names_is_on_its_page(name):
    text, page = COMMENT.sub("", pack.lesson_text(name)), page_of(name)
    named = set(re.findall(r"`((?:fig|eq|ex|solvers)-[\w-]+)`", text))
    assert named <= pack.labels(page), named - pack.labels(page)
    assert name == OPENER or (
        any(n.startswith("fig-") for n in named) and any(n.startswith(("ex-", "solvers-")) for n in named)
    )
    assert set(re.findall(r"widget `([\w-]+)`", text)) == {pack.widget(page)}
    assert all((ROOT / f"{other}.md").is_file() for other in re.findall(r"`(book/[\w/]+)`", text))
    keys = set(re.findall(r'glue\(\s*f?"(\w+)"', pack.page_text(page)))
    computed = re.findall(r'glue\(\s*f"([^"]+)"', pack.page_text(page))
    patterns = [re.sub(r"\\{.*?\\}", r"\\w+", re.escape(key)) for key in computed]
    for key in handouts.GLUED.findall(text):
        assert key in keys or any(re.fullmatch(pattern, key) for pattern in patterns), key


@pytest.mark.parametrize("name", LESSONS)
def test_what_a_lesson_sets_in_a_widget_can_be_set(name):
    text, widget = pack.lesson_text(name), pack.widget(page_of(name))
    sliders = pack.sliders(widget)
    assert set(re.findall(r'slider "([^"]+)"', text)) <= set(sliders)
    for label, least, most in re.findall(r'slider "([^"]+)" \((-?[\d.]+) to (-?[\d.]+)\)', text):
        assert (float(least), float(most)) == tuple(map(float, sliders[label])), label
    for label, value in re.findall(r'slider "([^"]+)"(?: \([^)]*\))? to (-?\d[\d.]*\d|\d)', text):
        least, most = sliders[label]
        assert float(least) <= float(value) and (not most.isdigit() or float(value) <= float(most)), (label, value)
    pressed = {pack.KEYS.get(key.lower(), key.lower()) for key in re.findall(r"[Kk]eys? `([^`]+)`", text)}
    assert pressed and pressed <= pack.keys(widget), pressed - pack.keys(widget)


@pytest.mark.parametrize("name", LESSONS)
def test_numbers_in_a_lesson_are_of_the_page_or_computed_here(name):
    text, page = pack.lesson_text(name), pack.page_text(page_of(name))
    posed = {n.strip() for found in re.findall(r"<!-- posed: (.*?) -->", text) for n in found.split(",")}
    computed = set()
    for found in re.findall(r"<!-- numbers: (.*?) -->", text, re.S):
        for line in found.split(";"):
            number, expression = line.split("=", 1)
            assert shown(eval(expression, dict(PLAIN)), number.strip()), line
            computed.add(number.strip())
    for number in DECIMAL.findall(RANGE.sub("", CODE.sub("", FORMULA.sub("", COMMENT.sub("", text))))):
        plain = number.replace("−", "-")
        assert plain in posed | computed or plain.lstrip("-") in page, number


def test_the_questions_named_are_there_and_each_question_is_set_once():
    minutes, given = pack.question_minutes(), {}
    for name in LESSONS:
        for which, question in named_questions(pack.lesson_text(name).partition("## Homework")[2]):
            assert (which, question) not in given, (which, question, name)
            given[which, question] = name
        for which, question in named_questions(pack.lesson_text(name)):
            assert question in minutes[which], (name, which, question)
    assert set(given) == {(which, question) for which, all_of in minutes.items() for question in all_of}


def test_what_was_planned_is_what_came():
    for name, minutes in pack.planned().items():
        if name in sets.available(ROOT):
            assert list(pack.question_minutes()[name].values()) == minutes, name


@pytest.mark.parametrize("weeks", [6, 12])
def test_the_hours_of_a_syllabus_add_up(weeks):
    text = (PACK / f"syllabus_{weeks}_weeks.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\| \d.*$", text, re.M)]
    assert [int(row[0]) for row in rows] == list(range(1, weeks + 1))
    pages = {page.rpartition("/")[2]: page for page in (*pack.chapters(), pack.TOUR)}
    taught = [re.findall(r"`(\w+)`", row[1]) for row in rows]
    assert sorted(name for week in taught for name in week) == sorted(pages)
    open_in = {name: [k for k, row in enumerate(rows) if f"`{name}`" in row[2]] for name in pack.question_minutes()}
    total = 0.0
    for k, (week, row) in enumerate(zip(taught, rows, strict=True)):
        lessons = pack.LESSON_MINUTES * sum(name != OPENER for name in week)
        reading = sum(pack.page_minutes(pages[name]) for name in week)
        exercises = sum(pack.exercise_minutes(pages[name]) for name in week)
        work = sum(sum(pack.question_minutes()[name].values()) / len(at) for name, at in open_in.items() if k in at)
        assert [float(cell) for cell in row[3:7]] == [lessons, reading, exercises, work], row
        total += lessons + reading + exercises + work
        assert shown((lessons + reading + exercises + work) / 60, row[7]), row
    assert shown(total / 60, re.search(r"^Total: ([\d.]+) hours", text, re.M)[1])
    for name in LESSONS:  # nobody is asked for homework of a lesson after the set is in
        week = next(k for k, here in enumerate(taught) if name in here)
        for which, _ in named_questions(pack.lesson_text(name).partition("## Homework")[2]):
            assert open_in[which] and week <= open_in[which][-1], (name, which)


def test_the_table_of_misconceptions_is_up_to_date_and_has_every_question():
    misconceptions.write_table(ROOT, check=True)
    text = (ROOT / misconceptions.TARGET).read_text(encoding="utf-8")
    for name in sets.available(ROOT):
        for question in sets.load(ROOT, name).questions:
            assert text.count(f"### `{name}.{question}` ") == 1, (name, question)
            for mutant, what in misconceptions.wrong_ways(ROOT / "solutions" / name, question).items():
                assert f"| {misconceptions.cell(what)} |" in text, (name, question, mutant)


def test_a_table_that_has_drifted_is_told(tmp_path):
    for name in ("solutions/teaching", "solutions/a1_lorenz"):
        shutil.copytree(ROOT / name, tmp_path / name)
    misconceptions.write_table(tmp_path)
    path = tmp_path / "solutions" / "a1_lorenz" / "mutants" / "q1.py"
    path.write_text(path.read_text().replace("The linear term of y is forgotten.", "Another slip."))
    with pytest.raises(CourseError, match="course misconceptions"):
        misconceptions.write_table(tmp_path, check=True)
    goals = tmp_path / misconceptions.SOURCE
    goals.write_text(goals.read_text().replace('"a1_lorenz.q5", ', ""))
    with pytest.raises(CourseError, match=r"a1_lorenz\.q5"):
        misconceptions.table(tmp_path)


def test_the_pack_is_neither_a_problem_set_nor_a_page():
    assert "teaching" not in sets.available(ROOT)
    assert "solutions" not in (ROOT / "_toc.yml").read_text(encoding="utf-8")


def test_every_file_of_the_pack_is_told_of():
    told = (PACK / "README.md").read_text(encoding="utf-8")
    assert all(f"`{path.name}`" in told for path in PACK.iterdir() if path.is_file() and path.name != "README.md")
