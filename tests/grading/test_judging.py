"""The judge in its own process: same verdicts, its own limits; what fails there is not graded and costs nobody else."""

import os
import signal

import pytest

from course_lib.staff.grading import deal, judge_server, process, sets
from course_lib.staff.grading.inprocess import answers_of
from course_lib.staff.grading.judge import judge, judge_record
from course_lib.staff.grading.judging import Judge, JudgeFailed, shared
from course_lib.student import wire
from course_lib.student.probe import answer_cases
from course_lib.validation import CourseError

SEED = bytes(range(32))


@pytest.fixture
def change(course):
    """`change(old, new)` edits questions.py and loads the set again, `change()` loads it as it is."""

    def edit(old: str = "", new: str = ""):
        path = course / "solutions" / "tiny" / "questions.py"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new) if old else text)
        return sets.load(course, "tiny")

    return edit


def recorded(inputs: bytes, function, again=None) -> bytes:
    """What a probe would send."""
    cases = wire.decode(inputs)
    second = answer_cases(again, cases) if again else []
    return wire.encode({"answers": answer_cases(function, cases), "again": second})


def double(x):
    return 2 * x


def test_it_draws_and_judges_as_this_process_would(course, change):
    problem_set = change()
    question = problem_set.questions["q1"]
    cases = deal.draw(question, SEED)
    with Judge(problem_set) as bench:
        inputs = bench.draw("q1", SEED)
        assert inputs == wire.encode([case.inputs for case in cases])
        for function in (double, lambda x: 3 * x, lambda x: 1 / 0, lambda x: object()):
            verdict = bench.judge("q1", SEED, recorded(inputs, function))
            assert verdict == judge(question, cases, answers_of(function, cases))


def test_either_try_counts(course, change):
    problem_set = change()
    with Judge(problem_set) as bench:
        inputs = bench.draw("q1", SEED)
        wrong = lambda x: x  # noqa: E731
        assert bench.judge("q1", SEED, recorded(inputs, wrong, double)).score == 4
        assert bench.judge("q1", SEED, recorded(inputs, double, wrong)).score == 4
        assert bench.judge("q1", SEED, recorded(inputs, wrong, wrong)).score == 0


@pytest.mark.parametrize(
    "record",
    [b"", b"\xff" * 50, wire.encode("x"), wire.encode({"answers": 3, "again": ()}), wire.encode({"answers": ()})],
)
def test_a_record_that_is_none_earns_nothing_and_is_looked_at(change, record):
    question = change().questions["q1"]
    verdict = judge_record(question, deal.draw(question, SEED), record)
    assert (verdict.outcome, verdict.score) == ("student", 0) and verdict.human


DEADLY = {
    "it was killed": "import os\n    os.kill(os.getpid(), 9)",
    "it took too much processor time": "while True:\n        pass",
    "it took too long": "import time\n    time.sleep(600)",
    "MemoryError": "np.empty(8 * 10**8)",
    "it ended with 3": "import os\n    os._exit(3)",
}


@pytest.mark.parametrize("reason", DEADLY)
def test_a_judge_that_fails_is_not_graded_and_judges_the_next_question(course, change, monkeypatch, reason):
    problem_set = change("def shaped(case, value):", f"def shaped(case, value):\n    {DEADLY[reason]}")
    if "too" in reason:  # the limits are in the process itself, so they are made small in its source
        small = (
            f"judge_server.CPU_SECONDS, judge_server.WALL_SECONDS = {(1.0, 60.0) if 'much' in reason else (9.0, 2.0)}"
        )
        code = f"import course_lib.staff.grading.judge_server as judge_server; {small}; judge_server.main()"
        before = judging_command()
        monkeypatch.setattr(
            "course_lib.staff.grading.judging._command", lambda *a: [*before(*a)[:6], "-c", code, *before(*a)[8:]]
        )
    with Judge(problem_set) as bench:
        verdict = bench.judge("q1", SEED, recorded(bench.draw("q1", SEED), double))
        assert (verdict.outcome, verdict.score) == ("not_graded", None) and verdict.human
        assert reason in verdict.reason
        shift = recorded(bench.draw("q2", SEED), lambda x, by: x + by)
        assert bench.judge("q2", SEED, shift).score == 4


def judging_command():
    from course_lib.staff.grading import judging

    return judging._command


def test_a_judge_killed_between_two_questions_is_started_again(course, change):
    with Judge(change()) as bench:
        inputs = bench.draw("q1", SEED)
        os.kill(bench.process.pid, signal.SIGKILL)
        assert bench.judge("q1", SEED, recorded(inputs, double)).score == 4


def test_one_process_serves_the_class_and_ends_with_it(course, change):
    with Judge(change()) as bench:
        bench.draw("q1", SEED)
        pid = bench.process.pid
        for number in range(2 * judge_server.KEPT):
            seed = bytes([number]) * 32
            assert bench.judge("q1", seed, recorded(bench.draw("q1", seed), double)).score == 4
        assert bench.process.pid == pid
    status = process.status_of(pid)
    assert status is None or status.ended


def test_a_draw_that_fails_says_why(course, change):
    problem_set = change("def draw_double(rng):", "def draw_double(rng):\n    raise RuntimeError('no case fits')")
    with Judge(problem_set) as bench:
        with pytest.raises(JudgeFailed, match="no case fits"):
            bench.draw("q1", SEED)
        assert bench.draw("q2", SEED)


def test_questions_that_change_under_it_stop_the_run(course, change):
    """Half a class by other rules is worse than none."""
    with Judge(change()) as bench:
        bench.draw("q1", SEED)
        change("Keep the shape.", "Keep its shape.")
        bench.draw("q1", SEED)
        os.kill(bench.process.pid, signal.SIGKILL)
        with pytest.raises(CourseError, match="Do not edit them while it grades"):
            bench.draw("q1", SEED)


def test_a_set_that_does_not_load_there_is_said(course, change, monkeypatch):
    problem_set = change()
    (course / "solutions" / "tiny" / "questions.py").write_text("import nothing_like_it")
    with Judge(problem_set) as bench, pytest.raises(JudgeFailed, match="nothing_like_it"):
        bench.draw("q1", SEED)


def test_what_it_said_before_is_not_said_again(course, change):
    problem_set = change()
    (course / "solutions" / "tiny" / "questions.py").write_text("import sys\nsys.exit('gone')")
    with Judge(problem_set) as bench:
        for _ in range(2):
            with pytest.raises(JudgeFailed) as failed:
                bench.draw("q1", SEED)
            assert str(failed.value) == "it did not start: gone"


def test_it_has_no_secret_and_no_way_in(course, change, monkeypatch):
    monkeypatch.setenv("DATABASE_PASSWORD", "canary")
    with Judge(change()) as bench:
        bench.draw("q1", SEED)
        with open(f"/proc/{bench.process.pid}/environ", "rb") as file:
            assert b"canary" not in file.read()
        assert os.readlink(f"/proc/{bench.process.pid}/cwd") == "/"


def test_nbgraders_notebooks_share_one_until_the_questions_change(course, change):
    first = shared(change())
    assert shared(change()) is first
    first.draw("q1", SEED)
    second = shared(change("Keep the shape.", "Keep its shape."))
    assert second is not first and first.process is None
    assert second.draw("q1", SEED)
    second.close()


def test_cases_that_were_dealt_are_not_drawn_twice(change, tmp_path):
    drawn = []
    question = change().questions["q1"]
    counting = type(question)(**{**vars(question), "draw": lambda rng: drawn.append(1) or question.draw(rng)})
    bench = judge_server.Bench({"q1": counting}, tmp_path)
    bench.inputs("q1", SEED)
    bench.verdict("q1", SEED, recorded(bench.inputs("q1", SEED), double))
    assert len(drawn) == 1
    for number in range(judge_server.KEPT):
        bench.inputs("q1", bytes([number]) * 32)
    bench.inputs("q1", SEED)
    assert len(drawn) == 2 + judge_server.KEPT
