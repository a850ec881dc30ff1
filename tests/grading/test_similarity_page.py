"""The similarity report on whole submissions: what is read, what is told, and what the page shows."""

import html
import json
import time
from pathlib import Path

import tiny
from alike import LONG, OTHER, pairs, report_of
from disguises import renamed
from typer.testing import CliRunner

from course_lib.staff.cli import app
from course_lib.staff.grading import similarity, similarity_page
from course_lib.staff.grading.similarity import Report
from course_lib.staff.grading.similarity_code import code_of, released_pieces


def submissions(folder: Path, **notebooks) -> Path:
    for student, notebook in notebooks.items():
        tiny.hand_in(folder, student, notebook)
    return folder


def test_helpers_in_cells_of_their_own_belong_to_the_answer(course, tmp_path):
    body = LONG.replace("def shift", "def helper")
    split = tiny.inserted(tiny.answered(q2="def shift(x, by):\n    return helper(x, by)"), "setup", body)
    folder = submissions(tmp_path / "in", ada=tiny.answered(q2=LONG), ben=split, cleo=tiny.released())
    report = similarity.similar(course, "tiny", folder)
    assert [(f.question, *pair) for f, pair in zip(report.findings, pairs(report), strict=True)] == [
        ("q2", "ada", "ben")
    ]
    assert report.students == 3 and not (course / "gradebook").exists(), "nothing is kept"


def test_the_untouched_release_lists_nothing(course, tmp_path):
    folder = submissions(tmp_path / "in", ada=tiny.released(), ben=tiny.released())
    report = similarity.similar(course, "tiny", folder)
    assert not report.findings and not report.unread and not report.compared.total() and not report.short.total()


def test_an_earlier_term_is_compared(course, tmp_path):
    folder = submissions(tmp_path / "in", ada=tiny.answered(q2=renamed(LONG)))
    before = submissions(tmp_path / "before", zoe=tiny.answered(q2=LONG), ada=tiny.answered(q2=OTHER))
    report = similarity.similar(course, "tiny", folder, previous=before)
    assert pairs(report) == {("ada", "zoe")} and report.findings[0].second.kind == "earlier" and report.earlier == 2


def test_hostile_notebooks_end_in_a_note_soon(course, tmp_path):
    long = "def shift(x, by):\n" + "    x = x + by * 2\n" * 6000
    deep = "def shift(x, by):\n    return " + "(" * 3000 + "x" + ")" * 3000
    tower = "def shift(x, by):\n    return " + "-" * 3000 + "x"
    folder = submissions(
        tmp_path / "in",
        long=tiny.answered(q2=long),
        deep=tiny.answered(q2=deep),
        tower=tiny.answered(q2=tower),
        broken=tiny.answered(q2="def shift(x, by:\n    return"),
        null=tiny.answered(q2="def shift(x, by):\n    return x\0 + by"),
        latin=json.dumps(tiny.answered(q2="# é\n" + LONG), ensure_ascii=False).encode("latin-1"),
        bytes=b"\xff\xfe\x00\x01\x02",
        cut=json.dumps(tiny.answered()).encode()[:200],
        fine=tiny.answered(q2=LONG),
    )
    trace = f"open({str(tmp_path / 'trace')!r}, 'w').close()\n"
    submissions(folder, runs=tiny.answered(q2=trace + OTHER))
    begin = time.process_time()
    report = similarity.similar(course, "tiny", folder)
    assert time.process_time() - begin < 6
    told = {student for student, _ in report.unread}
    assert told >= {"long", "deep", "tower", "broken", "null", "bytes", "cut"} and not told & {"fine", "latin", "runs"}
    assert pairs(report) == {("fine", "latin")} and not (tmp_path / "trace").exists()


def test_rows_of_one_thing_over_and_over_are_compared_soon():
    rows = "def shift(x, by):\n" + "    x = x + by * 2\n" * 220
    begin = time.process_time()
    report = report_of({"ada": rows, "ben": rows, "cleo": LONG})
    assert time.process_time() - begin < 2 and ("ada", "cleo") not in pairs(report)


def test_the_page_escapes_and_says_what_it_does_not_show(course, tmp_path, monkeypatch):
    (course / "_toc.yml").write_text("")
    monkeypatch.chdir(course)
    nasty = LONG.replace("rows, columns", "rows_, columns").replace("1 - by", "len('<script>\x1b[31m') - by")
    folder = submissions(tmp_path / "in", ada=tiny.answered(q2=nasty), ben=tiny.answered(q2=nasty), cut=b"{")
    words = ["similar", "tiny", "--submissions", str(folder), "--out", "p.html", "--json", "p.json"]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0 and "1 to look at" in done.output and "not read: cut" in done.output
    page = (course / "p.html").read_text(encoding="utf-8")
    assert "<script" not in page and "&lt;script&gt;" in page and "\x1b" not in page
    assert "Content-Security-Policy" in page and "src=" not in page and "http" not in page.replace("http-equiv", "")
    assert "Alike is not copied" in page and "changes no points" in page and "nothing left this computer" in page
    kept = json.loads((course / "p.json").read_text(encoding="utf-8"))
    (found,) = kept["findings"]
    assert (found["first"]["name"], found["second"]["name"]) == ("ada", "ben") and found["reason"] in html.unescape(
        page
    )
    assert not (course / "gradebook").exists()


def test_a_large_ring_does_not_make_an_endless_page():
    report = Report("tiny", "Tiny", students=100)
    ring = report_of({f"s{number}": LONG for number in range(5)}).findings
    report.findings = ring * 30
    assert "100 more are not shown here" in similarity_page.text_of(report)
    assert len(similarity_page.table(report)["findings"]) == 300


def test_what_the_release_says_is_read_from_its_code_cells():
    notebook = tiny.released()
    notebook["cells"][1]["source"] = "%matplotlib inline\n" + LONG
    assert frozenset(code_of("", LONG).pieces) <= released_pieces(notebook)
