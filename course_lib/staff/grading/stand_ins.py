"""What makes a worker look like Colab, so that honest lines cost nothing: it protects nothing.

Closed parts of the library say why they are missing; google.colab does nothing; figures go nowhere whatever backend is
asked for; nobody is at the keyboard; ``/content`` and ``/tmp`` are the working folder where there are no walls; names
that came into the standard library after this Python are lent. view.py copies this file beside the worker's library.
"""

import builtins
import dataclasses
import getpass
import importlib.abc
import importlib.machinery
import io
import itertools
import math
import os
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

COLAB = "/content"
TEMPORARY = "/tmp"
TYPING = ("ReadOnly", "TypeIs", "override")
PATHS = ("access", "chdir", "listdir", "lstat", "mkdir", "open", "remove", "rmdir", "scandir", "stat", "unlink")


def install() -> None:
    """Put everything in its place; once, before the first cell."""
    after = {"matplotlib": _quiet_matplotlib, "matplotlib.pyplot": _quiet_pyplot}
    for name in [name for name in after if name in sys.modules]:
        after.pop(name)(sys.modules[name])
    sys.meta_path.insert(0, After(after))
    sys.meta_path.extend([Closed(), Colab()])
    builtins.input = lambda prompt="": ""
    getpass.getpass = lambda prompt="", stream=None: ""
    sys.path.insert(0, "")  # as in a notebook: a module that a cell has written can be imported
    if os.getcwd() != COLAB:
        _move_paths(os.environ["HOME"])
    _lend_names()


class Closed(importlib.abc.MetaPathFinder):
    """Says why a part of the library is missing, instead of a bare "no module"."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.startswith("course_lib.") and name.count(".") == 1:
            raise ModuleNotFoundError(
                f"{name} is not available in this problem set: a question asks you to write what it does.", name=name
            )


class Nothing:
    """Answers every call and attribute with itself: google.colab outside Colab."""

    def __call__(self, *args: Any, **kwargs: Any) -> "Nothing":
        return self

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __iter__(self) -> Any:
        return iter(())

    def __repr__(self) -> str:
        return "nothing: this is not Colab"  # a cell may show it, and two runs of one notebook must end alike


class Colab(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes google.colab when it is imported, and not before: a notebook asks sys.modules whether it is in Colab.

    Every part of it, whatever its name, does nothing: mounting a drive costs no cell.
    """

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name == "google" or name == "google.colab" or name.startswith("google.colab."):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> Any:
        if spec.name == "google":
            return None
        module = types.ModuleType(spec.name)
        module.__dict__["__getattr__"] = lambda name: getattr(Nothing(), name)
        return module

    def exec_module(self, module: Any) -> None:
        """Made complete by create_module."""


class After(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Calls a function on a module when it has been imported."""

    def __init__(self, functions: dict[str, Callable[[Any], None]]) -> None:
        self.functions = functions

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name not in self.functions:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        function, load = self.functions.pop(name), spec.loader.exec_module

        def exec_module(module: Any) -> None:
            load(module)
            function(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _quiet_matplotlib(matplotlib: Any) -> None:
    matplotlib.use = lambda *args, **kwargs: None


def _quiet_pyplot(pyplot: Any) -> None:
    """The backend without a screen is loaded and stays."""
    pyplot.switch_backend("agg")
    pyplot.switch_backend = lambda *args, **kwargs: None


def _move_paths(home: str) -> None:
    """Let calls that name a path in Colab's folder, or in the machine's temporary one, work in this worker's own."""
    home = home.rstrip("/")
    places = {os.path.dirname(home), sys.prefix, sys.base_prefix, *filter(None, sys.path)}
    kept = tuple(place.rstrip("/") + "/" for place in places)  # an interpreter may live below /tmp itself

    def moved(path: Any) -> Any:
        text = os.fspath(path) if isinstance(path, str | os.PathLike) else path
        if not isinstance(text, str) or (text + "/").startswith(kept):
            return path
        for top in (COLAB, TEMPORARY):
            if text == top or text.startswith(top + "/"):
                return home + text[len(top) :]
        return path

    def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
            return function(moved(path), *args, **kwargs)

        call.__name__, call.__doc__ = function.__name__, function.__doc__
        return call

    for module, names in ((builtins, ("open",)), (io, ("open",)), (os, PATHS)):
        for name in names:
            setattr(module, name, wrapped(getattr(module, name)))
    shell = sys.modules.get("IPython.core.interactiveshell")
    if shell is not None:
        shell.__dict__["io_open"] = io.open  # the `open` of a notebook's cells


def _lend_names() -> None:
    """Give the standard library what later versions of it have, where this one has not."""
    import copy
    import random
    import typing
    import warnings

    import typing_extensions

    lent: list[tuple[Any, str, Any]] = [
        (copy, "replace", _replace),
        (itertools, "batched", _batched),
        (math, "sumprod", _sumprod),
        (os, "process_cpu_count", os.cpu_count),
        (random, "binomialvariate", lambda n=1, p=0.5: sum(random.random() < p for _ in range(n))),
        (warnings, "deprecated", typing_extensions.deprecated),
        *((typing, name, getattr(typing_extensions, name, None)) for name in TYPING),
    ]
    for module, name, value in lent:
        if not hasattr(module, name) and value is not None:
            setattr(module, name, value)


def _batched(iterable: Iterable[Any], n: int, *, strict: bool = False) -> Iterator[tuple[Any, ...]]:
    """itertools.batched of Python 3.13."""
    if n < 1:
        raise ValueError("n must be at least one")
    iterator = iter(iterable)
    while batch := tuple(itertools.islice(iterator, n)):
        if strict and len(batch) != n:
            raise ValueError("batched(): incomplete batch")
        yield batch


def _sumprod(p: Iterable[Any], q: Iterable[Any], /) -> Any:
    """math.sumprod of Python 3.12."""
    products = [a * b for a, b in zip(p, q, strict=True)]
    return math.fsum(products) if any(isinstance(value, float) for value in products) else sum(products)


def _replace(obj: Any, /, **changes: Any) -> Any:
    """copy.replace of Python 3.13."""
    for name in ("__replace__", "_replace"):
        if hasattr(obj, name):
            return getattr(obj, name)(**changes)
    return dataclasses.replace(obj, **changes)
