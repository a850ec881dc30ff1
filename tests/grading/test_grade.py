"""A whole class through collect, deal, run, judge, record, feedback and table."""

import csv
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import tiny
import tiny_class

from course_lib.staff.grading import grade as grading
from course_lib.staff.grading import isolation, process, record, verdicts
from course_lib.staff.grading.explain import explain
from course_lib.staff.grading.grade import grade
from course_lib.staff.grading.places import Places
from course_lib.validation import CourseError

SCORES = {name: points for name, (_, points) in tiny_class.SUBMISSIONS.items()}


@pytest.mark.parametrize("student", [name for name, points in SCORES.items() if points is not None])
def test_each_submission_gets_its_points(graded, student):
    entry = graded.report.students[student]
    got = tuple(entry["questions"][name]["score"] for name in ("q1", "q2"))
    assert got == SCORES[student], verdicts.read(Places(graded.root), "tiny", student)
    assert entry["score"] == sum(SCORES[student])
    assert (entry["max"], entry["auto_max"]) == (10, 8)


def test_written_answers_wait_for_a_person_even_when_empty(graded):
    for student in ("right", "untouched"):
        entry = graded.report.students[student]
        assert entry["questions"]["q3"] == {"score": None, "max": 2, "outcome": "manual"}
        assert entry["status"] == "needs-manual" and entry["needs_manual"]


def test_what_cannot_be_read_is_put_aside_with_a_mail(graded):
    for student in ("not-json", "other"):
        entry = graded.report.students[student]
        assert entry["status"] == "quarantined" and entry["score"] is None
        folder = Places(graded.root).quarantine("tiny", student)
        assert (folder / "original.ipynb").read_bytes() == tiny_class.SUBMISSIONS[student][0]
        assert entry["reason"] in (folder / "mail.txt").read_text()


def test_forgers_and_early_askers_are_shown_to_a_person(graded):
    page = graded.report.triage.read_text()
    for student in ("forged", "twice", "early", "lost", "not-json"):
        assert f"<strong>{student}</strong>" in page
    assert "<strong>right</strong>" not in page
    assert graded.report.students["forged"]["needs_manual"]


def test_the_isolation_is_said_as_it_is(graded):
    level = isolation.measure().level
    assert graded.report.table()["isolation"] == level
    assert verdicts.read(Places(graded.root), "tiny", "right").isolation == level


def test_without_walls_nothing_is_run_unless_told_so(course, without_walls):
    tiny.hand_in(course / "in", "a", tiny.answered())
    with pytest.raises(CourseError, match=r"isolation level 'none'.*unsandboxed"):
        grade(course, "tiny", course / "in")
    with pytest.raises(CourseError, match="unsandboxed"):
        grade(course, "tiny", course / "in", accept_partial=True)
    assert not (course / "gradebook" / "submitted").exists()


def test_progress_counts_up_with_an_estimate(graded):
    runs = len([points for points in SCORES.values() if points is not None])
    assert [line[0] for line in graded.progress] == list(range(1, runs + 1))
    assert {line[1] for line in graded.progress} == {runs}
    assert graded.progress[-1][3] == 0 and graded.progress[0][3] > 0


def test_the_table_is_plain_and_complete(graded):
    with open(graded.report.csv, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["student", "name", "score", "taken off", "final", "max", "status", "q1", "q2", "q3"]
    assert [row[0] for row in rows[1:]] == sorted(SCORES)
    assert dict((row[0], row[2]) for row in rows)["right"] == "8"


def test_no_case_and_no_name_from_metadata_is_in_any_file(graded):
    """`prints` printed its cases in a later cell; the numbers are drawn again here and looked for everywhere."""
    places = Places(graded.root)
    from course_lib.staff.grading import deal, sets

    problem_set = sets.load(graded.root, "tiny")
    made = verdicts.read(places, "tiny", "prints")
    key = deal.course_key(places.gradebook)
    words = {"key": key, "assignment": "tiny", "version": 1, "student": "prints", "digest": made.digest}
    cases = deal.draw(problem_set.questions["q1"], deal.seed(**words, question="q1"))
    numbers = [str(value)[:7] for case in cases for value in case.inputs[0]]
    files = [p for p in places.gradebook.rglob("*") if p.is_file() and "quarantine" not in p.parts]
    assert len(files) > 50
    for path in files:
        data = path.read_bytes()
        assert not [number for number in numbers if number.encode() in data], path
        assert tiny_class.CANARY.encode() not in data, path


def test_feedback_says_what_failed_and_shows_nothing_else(graded):
    pages = {path.stem: path.read_text() for path in graded.report.feedback.glob("*.html")}
    assert set(pages) == set(SCORES)
    assert "which is not twice of it" in pages["half"] and "0 of 4" in pages["half"]
    assert "not started" in pages["untouched"]
    assert "could not be graded" in pages["not-json"]
    for page in pages.values():
        assert "Content-Security-Policy" in page and "<script" not in page
        assert str(graded.root) not in page and "/tmp" not in page and " s<" not in page
    assert "<script" not in Places(graded.root).autograded("tiny", "script").read_text()


def test_a_second_run_runs_nothing_and_says_the_same(graded):
    again = grade(graded.root, "tiny", graded.folder, unsandboxed=True)
    assert again.fresh == 0
    assert again.students == graded.report.students


def test_explain_reproduces_the_verdict(graded):
    text = explain(graded.root, "tiny", "half", "q1", unsandboxed=True)
    assert "0 of 4 points" in text and "held on 0 of 3" in text and "3 positive" in text
    assert "Run again now: the same verdict." in text
    with pytest.raises(CourseError, match="q1, q2"):
        explain(graded.root, "tiny", "half", "q9")
    with pytest.raises(CourseError, match="none"):
        explain(graded.root, "tiny", "nobody", "q1")


def test_explain_says_when_rules_or_work_have_changed(course):
    folder = hand_in_two(course)
    grade(course, "tiny", folder, unsandboxed=True)
    questions = course / "solutions" / "tiny" / "questions.py"
    questions.write_text(questions.read_text().replace("* case.facts", "* 1e9 * case.facts"))
    text = explain(course, "tiny", "ben", "q1", unsandboxed=True)
    assert "have changed since" in text and "ANOTHER verdict" in text and "4 of 4 points" in text
    path = Places(course).submitted("tiny", "ben")
    path.write_text(path.read_text().replace('return x"', 'return x + 0"'))
    assert "is not there any more" in explain(course, "tiny", "ben", "q1", unsandboxed=True)


def hand_in_two(course):
    folder = course / "in"
    tiny.hand_in(folder, "ada", tiny.answered())
    tiny.hand_in(folder, "ben", tiny.answered(q1="def double(x):\n    return x"))
    return folder


def test_a_changed_submission_is_run_again_and_manual_grades_survive(course):
    folder, places = hand_in_two(course), Places(course)
    grade(course, "tiny", folder, unsandboxed=True)
    with record.Gradebook(places.database_url, "rnn-dynamics") as book:
        written = book.find_grade("q3-written", "tiny", "tiny", "ada")
        written.manual_score, written.needs_manual_grade = 1.5, False
        book.find_comment("q3-written", "tiny", "tiny", "ada").manual_comment = "Well said."
        probe = book.find_grade("q1-probe", "tiny", "tiny", "ben")
        probe.manual_score, probe.needs_manual_grade = 3.0, False
        book.db.commit()
    report = grade(course, "tiny", folder, unsandboxed=True)
    assert report.fresh == 0
    assert report.students["ada"]["score"] == 9.5 and report.students["ada"]["status"] == "graded"
    assert report.students["ben"]["score"] == 7
    tiny.hand_in(folder, "ada", tiny.answered(q2="def shift(x, by):\n    return x"))
    report = grade(course, "tiny", folder, unsandboxed=True)
    assert report.fresh == 1
    assert report.students["ada"]["score"] == 5.5
    assert report.students["ada"]["needs_manual"], "the work has changed since a person saw it"
    with record.Gradebook(places.database_url, "rnn-dynamics") as book:
        assert book.find_comment("q3-written", "tiny", "tiny", "ada").manual_comment == "Well said."
    assert len(list((places.gradebook / "backups").glob("*.db"))) == 2


def test_other_questions_are_other_rules(course):
    folder = hand_in_two(course)
    grade(course, "tiny", folder, unsandboxed=True)
    questions = course / "solutions" / "tiny" / "questions.py"
    questions.write_text(questions.read_text().replace("rng.uniform(10, 100, 4)", "rng.uniform(10, 99, 4)"))
    assert grade(course, "tiny", folder, unsandboxed=True).fresh == 2


def test_a_judge_that_raises_is_not_graded_and_stops_the_export(course):
    folder = hand_in_two(course)
    grade(course, "tiny", folder, unsandboxed=True)
    assert Places(course).csv("tiny").exists()
    questions = course / "solutions" / "tiny" / "questions.py"
    good = questions.read_text()
    questions.write_text(good.replace("def shaped(case, value):", "def shaped(case, value):\n    1 / 0"))
    report = grade(course, "tiny", folder, unsandboxed=True)
    for student in ("ada", "ben"):
        entry = report.students[student]
        assert entry["status"] == "not-graded" and entry["questions"]["q1"]["score"] is None
        assert entry["questions"]["q2"]["score"] == 4
    assert report.csv is None and not Places(course).csv("tiny").exists()
    assert "not graded yet" in (report.feedback / "ada.html").read_text()
    questions.write_text(good)
    assert grade(course, "tiny", folder, unsandboxed=True).students["ada"]["score"] == 8


def test_explain_runs_nothing_without_walls(graded, without_walls):
    walls = explain(graded.root, "tiny", "half", "q1")
    assert "Not run again: Wanted walls" in walls and "0 of 4 points" in walls


def test_a_worker_that_does_not_start_is_ours(course, monkeypatch, without_walls):
    folder = hand_in_two(course)
    monkeypatch.setattr(process, "command", lambda script: ["/bin/false"])
    report = grade(course, "tiny", folder, unsandboxed=True)
    assert {entry["status"] for entry in report.students.values()} == {"not-graded"}
    assert report.csv is None


def test_a_writer_that_fails_leaves_the_submission_open(course, monkeypatch):
    folder = hand_in_two(course)
    write = record.Recorder.write

    def failing(self, made, notebook):
        if made.student == "ada":
            raise OSError("the file server is away")
        write(self, made, notebook)

    monkeypatch.setattr(record.Recorder, "write", failing)
    report = grade(course, "tiny", folder, unsandboxed=True)
    assert report.students["ada"]["status"] == "not-graded" and report.students["ben"]["status"] == "needs-manual"
    assert any("file server is away" in note for note in report.notes)
    monkeypatch.setattr(record.Recorder, "write", write)
    report = grade(course, "tiny", folder, unsandboxed=True)
    assert report.fresh == 1 and report.students["ada"]["score"] == 8


def test_a_verdict_without_scores_is_done_again(course):
    """As after a kill between the two: the file alone does not say done."""
    folder, places = hand_in_two(course), Places(course)
    grade(course, "tiny", folder, unsandboxed=True)
    with record.Gradebook(places.database_url, "rnn-dynamics") as book:
        book.remove_submission("tiny", "ada")
    places.verdict("tiny", "ben").write_text("{ half a file")
    report = grade(course, "tiny", folder, unsandboxed=True)
    assert report.fresh == 2 and report.students["ada"]["score"] == 8


KILLED = """
import sys
from pathlib import Path
from course_lib.staff.grading.grade import grade
def say(done, total, student, left):
    print(done, flush=True)
grade(Path(sys.argv[1]), "tiny", Path(sys.argv[1]) / "in", unsandboxed=True, progress=say)
"""


def test_a_run_killed_in_the_middle_is_resumed_without_loss(course, needs):
    """kill -9 while one student's cell loops: nothing runs on, nothing is graded twice, nothing is lost."""
    needs("bwrap")
    folder = hand_in_two(course)
    tiny.hand_in(folder, "loop", tiny.answered(q1="import time\ndef double(x):\n    time.sleep(600)"))
    command = [sys.executable, "-c", KILLED, str(course)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert [run.stdout.readline().strip() for _ in range(2)] == ["1", "2"]
        until(lambda: any(map(is_worker, started_by(run.pid))))
        begun = started_by(run.pid)
        run.kill()
    until(lambda: not [pid for pid in begun if (status := process.status_of(pid)) and not status.ended])
    tiny.hand_in(folder, "loop", tiny.answered())
    report = grade(course, "tiny", folder, unsandboxed=True)
    assert report.fresh == 1
    assert {who: entry["score"] for who, entry in report.students.items()} == {"ada": 8, "ben": 4, "loop": 8}
    assert not list(Path(tempfile.gettempdir()).glob(f"course-worker-{run.pid}-*"))


def started_by(pid: int) -> set[int]:
    """A process's descendants."""
    seen, found = list(process.processes()), {pid}
    while more := {status.pid for status in seen if status.parent in found} - found:
        found |= more
    return found - {pid}


def is_worker(pid: int) -> bool:
    """Whether it is the first process of a namespace within the view's."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    numbers = next(line for line in text.splitlines() if line.startswith("NSpid")).split()[1:]
    return len(numbers) >= 3 and numbers[-1] == "1"


def until(true, seconds: float = 60.0) -> None:
    """Wait for something that must come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_interrupt_leaves_a_gradebook_to_go_on_with(course):
    folder = hand_in_two(course)

    def interrupt(done, total, student, left):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(course, "tiny", folder, unsandboxed=True, progress=interrupt)
    report = grade(course, "tiny", folder, unsandboxed=True)
    assert report.fresh == 1 and report.students["ben"]["score"] == 4 and report.students["ada"]["score"] == 8


def test_two_runs_do_not_write_at_the_same_time(course):
    folder = hand_in_two(course)
    with record.locked(Places(course)), pytest.raises(CourseError, match=r"in use by process \d+"):
        grade(course, "tiny", folder, unsandboxed=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"assignment": "a9"}, "There are: tiny"),
        ({"submissions": "nowhere"}, "does not exist"),
        ({"submissions": "empty"}, "got none"),
        ({"submissions": "solutions/tiny/reference.py"}, "a zip file"),
        ({"jobs": 0}, "at least one job"),
    ],
)
def test_wrong_requests_get_a_clear_error(course, change, message):
    (course / "empty").mkdir()
    folder = hand_in_two(course)
    asked = {"assignment": "tiny", "submissions": folder, **change}
    with pytest.raises(CourseError, match=message):
        grade(course, asked["assignment"], course / asked["submissions"], jobs=asked.get("jobs", 1), unsandboxed=True)


def test_points_of_release_and_questions_must_agree(course):
    folder = hand_in_two(course)
    path = course / "assignments" / "tiny" / "tiny.ipynb"
    path.write_text(re.sub(r'"points": 4', '"points": 5', path.read_text()))
    with pytest.raises(CourseError, match="points of the questions"):
        grade(course, "tiny", folder, unsandboxed=True)


def test_the_json_file_is_the_report(graded, tmp_path):
    out = tmp_path / "new" / "report.json"
    report = grading.grade(graded.root, "tiny", graded.folder, unsandboxed=True, json_file=out)
    assert json.loads(out.read_text()) == json.loads(json.dumps(report.table()))
