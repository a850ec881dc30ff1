"""`probe`: where a question is graded.

In the grader's worker it asks for this student's cases, calls the student's function on them, and hands the answers
back as plain values. It pulls: the grader answers only for the question whose probe is running now, and only once.
Everywhere else it says that grading comes later.
"""

import contextlib
import os
import random
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib.student import wire
from course_lib.student.say import say

ERROR_LENGTH = 300
NONCE = 32  # the first bytes of a deal; the record gives them back


def probe(question: str, function: Callable[..., Any]) -> None:
    """Let ``function`` answer this student's cases of ``question``; the cases come from the grader alone.

    question: its name, for instance "q2"; function: the student's function of that question.
    """
    channel = wire.channel()
    if channel is None:
        say(f"Question {question.lstrip('qQ')} is graded after you hand in.")
        return
    channel.send(b"Q", wire.encode(question))
    tag, payload = channel.recv()
    if tag != b"C":
        return
    nonce, cases = payload[:NONCE], wire.decode(payload[NONCE:])
    answers = answer_cases(function, cases)
    again: list[dict[str, Any]] = []
    if _reset_what_was_changed():
        seed()
        with _out_of_inference():
            again = answer_cases(function, cases)
    channel.send(b"R", nonce + _record(answers, again))


def seed() -> None:
    """The same start for every cell and every try: a regrade of the same bytes meets the same random numbers."""
    random.seed(0)
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if numpy is not None and hasattr(numpy, "random"):
        numpy.random.seed(0)
    if torch is not None and hasattr(torch, "manual_seed"):
        torch.manual_seed(0)


def answer_cases(function: Callable[..., Any], cases: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """What ``function`` answers, one table ``{"status", "value", "error"}`` a case.

    cases: positional arguments of each call. Every call gets its own copies. status: "ok"; "raised" with the
    exception's name and first line; "unreadable" for a value that the wire does not carry; "timeout" for the case
    that was interrupted and all after it. An exception in one case is that case's alone.
    """
    answers: list[dict[str, Any]] = []
    try:
        with warnings.catch_warnings(), np.errstate(all="warn"):
            warnings.simplefilter("ignore")
            for inputs in cases:
                answers.append(_answer(function, inputs))
    except KeyboardInterrupt:
        missing = {"status": "timeout", "value": None, "error": "no answer within the time of this question"}
        answers.extend(dict(missing) for _ in range(len(cases) - len(answers)))
    return answers


def _answer(function: Callable[..., Any], inputs: tuple[Any, ...]) -> dict[str, Any]:
    try:
        value = _called(function, [_prepared(value) for value in inputs])
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit() in a function is that case's error, not the end of the worker
        return {"status": "raised", "value": None, "error": first_line(error)}
    try:
        return {"status": "ok", "value": wire.decode(wire.encode(value)), "error": ""}
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return {"status": "unreadable", "value": None, "error": first_line(error)}


def _called(function: Callable[..., Any], inputs: list[Any]) -> Any:
    """The function's answer; a first input of the kind `Through` says how it is called."""
    cases = sys.modules.get("course_lib.student.cases")
    if inputs and cases is not None and isinstance(inputs[0], cases.Through):
        return inputs[0].call(function, *inputs[1:])
    return function(*inputs)


def _prepared(value: Any) -> Any:
    """A copy of one argument, so that work in place cannot reach another case; tables of a kind become callables."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple):
        return tuple(_prepared(item) for item in value)
    if isinstance(value, dict):
        copied = {key: _prepared(item) for key, item in value.items()}
        if "kind" in copied:
            from course_lib.student import cases

            return cases.build(copied)
        return copied
    return value


def first_line(error: BaseException) -> str:
    """Name and first line of an exception; its ``__str__`` is the student's and may fail itself."""
    name = type(error).__name__
    try:
        text = str(error).strip().split("\n")[0]
    except Exception:
        text = ""
    return (f"{name}: {text}" if text else name)[:ERROR_LENGTH]


def _record(answers: list[dict[str, Any]], again: list[dict[str, Any]]) -> bytes:
    """The record; answers that are too large together are given up from the last to the first."""
    answers, again = list(answers), list(again)
    for place in range(len(answers), -1, -1):
        try:
            data = wire.encode({"answers": answers, "again": again})
            wire.decode(data)  # the grader's limits hold for all answers together
            return data
        except wire.WireError as error:
            again = []
            if place:
                answers[place - 1] = {"status": "unreadable", "value": None, "error": first_line(error)}
    raise wire.WireError("Wanted a record that fits, got none.")


def _reset_what_was_changed() -> bool:
    """Bring back the state in which a notebook starts; whether anything had been changed.

    An honest notebook may set the default dtype, turn gradients off or leave its folder, and lose a later question
    by it. So a probe in a changed process is tried again in a clean one, and the better answer counts. Warnings and
    numpy's error state need no reset: the calls run in their own.
    """
    changed = _reset_folder()
    if sys.getrecursionlimit() < 1000:
        sys.setrecursionlimit(3000)
        changed = True
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "set_default_dtype"):
        changed = _reset_torch(torch) or changed
    return changed


def _out_of_inference() -> contextlib.AbstractContextManager[Any]:
    """Outside an inference mode that a notebook entered by hand, which nothing else leaves."""
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "inference_mode"):
        return contextlib.nullcontext()
    return torch.inference_mode(False)


def _reset_folder() -> bool:
    home = os.environ.get("COURSE_FOLDER") or os.environ.get("HOME", tempfile.gettempdir())
    try:
        here = os.getcwd()
    except OSError:
        here = None
    if here is not None and os.path.realpath(here) == os.path.realpath(home):
        return False
    os.chdir(home)
    return True


def _reset_torch(torch: Any) -> bool:
    changed = False
    if torch.get_default_dtype() != torch.float32:
        torch.set_default_dtype(torch.float32)
        changed = True
    if torch.get_default_device().type != "cpu":
        torch.set_default_device(None)
        changed = True
    if not torch.is_grad_enabled():
        torch.set_grad_enabled(True)
        changed = True
    if torch.is_inference_mode_enabled():
        changed = True  # `_out_of_inference` leaves it for the second try
    if torch.get_num_threads() != 1:
        torch.set_num_threads(1)
        changed = True
    if torch.are_deterministic_algorithms_enabled():
        torch.use_deterministic_algorithms(False)
        changed = True
    if torch.is_anomaly_enabled():
        torch.autograd.set_detect_anomaly(False)
        changed = True
    return changed
