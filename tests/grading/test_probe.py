"""probe asks, calls the function on copies, and hands back what came, case by case."""

import os
import socket
import sys
import threading
import warnings

import numpy as np
import pytest
import torch

import course_lib.student.probe
from course_lib.student import wire

NONCE = b"0123456789abcdef" * 2
channels = sys.modules["course_lib.student.channel"]
probing = sys.modules["course_lib.student.probe"]


def test_the_name_stays_the_function_when_its_file_is_imported():
    assert callable(course_lib.student.probe)


def test_without_a_channel_it_says_when_grading_comes(monkeypatch, capsys):
    monkeypatch.delenv(channels.CHANNEL_VARIABLE, raising=False)
    monkeypatch.setattr(channels, "_CHANNEL", None)
    probing.probe("q2", lambda: 1 / 0)
    assert capsys.readouterr().out == "Question 2 is graded after you hand in.\n"


def test_an_exception_in_one_case_is_that_case_alone():
    def function(x):
        if x[0] > 1:
            raise ValueError("first line\nsecond line")
        return x

    answers = probing.answer_cases(function, [(np.array([float(i)]),) for i in range(4)])
    assert [a["status"] for a in answers] == ["ok", "ok", "raised", "raised"]
    assert answers[2]["error"] == "ValueError: first line"


def test_work_in_place_reaches_no_other_case():
    x = np.ones(3)

    def function(values, table):
        values *= 0
        table["w"][:] = 5
        return values

    w = np.zeros(2)
    probing.answer_cases(function, [(x, {"w": w}), (x, {"w": w})])
    assert x.tolist() == [1, 1, 1] and w.tolist() == [0, 0]


def test_exits_and_unreadable_answers_and_bad_exceptions_are_statuses():
    class Odd(Exception):
        def __str__(self):
            raise RuntimeError("no words")

    def function(kind):
        if kind == "exit":
            raise SystemExit(3)
        if kind == "odd":
            raise Odd
        return object()

    answers = probing.answer_cases(function, [("exit",), ("odd",), ("object",)])
    assert [a["status"] for a in answers] == ["raised", "raised", "unreadable"]
    assert answers[1]["error"] == "Odd"


def test_an_interrupt_keeps_the_finished_cases():
    def function(i):
        if i == 2:
            raise KeyboardInterrupt
        return i

    answers = probing.answer_cases(function, [(i,) for i in range(5)])
    assert [a["status"] for a in answers] == ["ok", "ok", "timeout", "timeout", "timeout"]


def dialogue(monkeypatch, function, cases, reply=b"C"):
    """What a grader that deals ``cases`` hears from probe."""
    here, there = socket.socketpair()
    monkeypatch.setattr(channels, "_CHANNEL", wire.Channel(there))
    monkeypatch.setenv(channels.CHANNEL_VARIABLE, "unused")
    grader, heard = wire.Channel(here), []

    def deal():
        heard.append(grader.recv(timeout=5))
        grader.send(reply, NONCE + wire.encode(cases) if reply == b"C" else b"")
        if reply == b"C":
            heard.append(grader.recv(timeout=5))

    thread = threading.Thread(target=deal)
    thread.start()
    probing.probe("q1", function)
    thread.join()
    return heard


def test_the_record_carries_nonce_and_answers(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    heard = dialogue(monkeypatch, lambda x: 2 * x, [(1.5,), (2,)])
    assert heard[0] == (b"Q", wire.encode("q1"))
    assert heard[1][0] == b"R"
    assert heard[1][1][:32] == NONCE
    record = wire.decode(heard[1][1][32:])
    assert [a["value"] for a in record["answers"]] == [3.0, 4]


def test_no_cases_means_no_record(monkeypatch):
    heard = dialogue(monkeypatch, lambda x: x, (), reply=b"N")
    assert len(heard) == 1


def test_a_changed_process_gets_a_second_chance(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    os.chdir(elsewhere)
    torch.set_grad_enabled(False)
    torch.set_default_dtype(torch.float64)
    try:
        heard = dialogue(monkeypatch, lambda: [torch.is_grad_enabled(), torch.ones(1).dtype == torch.float32], [()])
    finally:
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)
    record = wire.decode(heard[1][1][32:])
    assert record["answers"][0]["value"] == (False, False)
    assert record["again"][0]["value"] == (True, True)
    assert os.path.realpath(os.getcwd()) == os.path.realpath(tmp_path)


def test_an_unchanged_process_answers_once(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    calls = []
    monkeypatch.setattr(probing, "_reset_what_was_changed", lambda: False)
    record = wire.decode(dialogue(monkeypatch, lambda: calls.append(1), [()])[1][1][32:])
    assert record["again"] == () and calls == [1]


def undone(monkeypatch, tmp_path, enter, leave, function):
    """First and second answer of a function in a process that a notebook has changed."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    enter()
    try:
        heard = dialogue(monkeypatch, function, [()])
    finally:
        leave()
    record = wire.decode(heard[1][1][32:])
    return record["answers"][0]["value"], record["again"][0]["value"]


@pytest.mark.parametrize(
    ("enter", "leave", "function", "wanted"),
    [
        (
            lambda: torch.set_default_dtype(torch.float64),
            lambda: torch.set_default_dtype(torch.float32),
            lambda: str(torch.ones(1).dtype),
            ("torch.float64", "torch.float32"),
        ),
        (
            lambda: torch.set_default_device("meta"),
            lambda: torch.set_default_device(None),
            lambda: torch.ones(1).device.type,
            ("meta", "cpu"),
        ),
        (
            lambda: torch.set_grad_enabled(False),
            lambda: torch.set_grad_enabled(True),
            torch.is_grad_enabled,
            (False, True),
        ),
        (
            lambda: torch.use_deterministic_algorithms(True),
            lambda: torch.use_deterministic_algorithms(False),
            torch.are_deterministic_algorithms_enabled,
            (True, False),
        ),
        (
            lambda: torch.autograd.set_detect_anomaly(True),
            lambda: torch.autograd.set_detect_anomaly(False),
            torch.is_anomaly_enabled,
            (True, False),
        ),
        (
            lambda: sys.setrecursionlimit(400),
            lambda: sys.setrecursionlimit(1000),
            lambda: sys.getrecursionlimit() >= 1000,
            (False, True),
        ),
    ],
)
def test_what_an_honest_notebook_changes_is_undone_for_the_second_try(
    monkeypatch, tmp_path, enter, leave, function, wanted
):
    assert undone(monkeypatch, tmp_path, enter, leave, function) == wanted


def test_threads_are_undone(monkeypatch, tmp_path):
    before = torch.get_num_threads()
    got = undone(
        monkeypatch,
        tmp_path,
        lambda: torch.set_num_threads(3),
        lambda: torch.set_num_threads(before),
        torch.get_num_threads,
    )
    assert got == (3, 1)


def test_an_inference_mode_entered_by_hand_is_left_for_the_second_try(monkeypatch, tmp_path):
    mode = torch.inference_mode()
    got = undone(
        monkeypatch,
        tmp_path,
        mode.__enter__,
        lambda: mode.__exit__(None, None, None),
        lambda: torch.ones(1, requires_grad=True).mul(2).requires_grad,
    )
    assert got == (False, True)


def test_the_second_try_meets_the_same_random_numbers(monkeypatch, tmp_path):
    def enter():
        torch.set_default_dtype(torch.float64)
        probing.seed()

    first, second = undone(
        monkeypatch,
        tmp_path,
        enter,
        lambda: torch.set_default_dtype(torch.float32),
        lambda: float(torch.rand((), dtype=torch.float64)) + float(np.random.rand()),
    )
    assert first == second


def test_warnings_turned_into_errors_cost_nothing():
    """Its own warnings and numpy error state hold in both tries: nothing is to be reset."""

    def function():
        warnings.warn("loud", stacklevel=1)
        return np.array([1.0]) / 0.0 > 1

    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        assert probing.answer_cases(function, [()])[0]["status"] == "ok"
