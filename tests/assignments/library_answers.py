"""Answers that lean on the library: its nearest call, and its own function under the asked name. All must earn nothing.

One module a set (library_a1.py and so on). When grading, these parts of the library are not even there; here they are,
so that the questions themselves are shown to have no ready call.
"""

import importlib
import inspect
from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]


def pasted(thing: Any, name: str) -> Function:
    """The source of a library function or class as a student would paste it, under the asked name."""
    module = inspect.getmodule(thing)
    namespace = dict(vars(module))
    exec(inspect.getsource(thing), namespace)

    def answer(*inputs: Any) -> Any:
        return namespace[name](*inputs)

    answer.thing = thing
    return answer


def source_of(copy: Function) -> str:
    """What a "copy" of a set's table was pasted from."""
    return inspect.getsource(getattr(copy, "thing", copy))


def library_answers(assignment: str) -> dict[str, dict[str, Function]]:
    """question -> {"call": ..., "copy": ...} of a set, for instance "a1_lorenz"."""
    return importlib.import_module(f"library_{assignment.partition('_')[0]}").LIBRARY_OF_SET
