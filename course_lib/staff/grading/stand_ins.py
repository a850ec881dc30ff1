"""Imports in the worker that are answered instead of failing: closed parts of the library, and google.colab.

view.py copies this file beside the worker's library.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any


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


def colab() -> types.ModuleType:
    """A google.colab whose parts do nothing: mounting a drive costs no cell."""
    package = types.ModuleType("google.colab")
    package.__path__ = []
    for part in ("drive", "files", "output", "userdata", "widgets", "patches", "data_table", "auth"):
        module = types.ModuleType(f"google.colab.{part}")
        module.__dict__["__getattr__"] = lambda name: getattr(Nothing(), name)
        sys.modules[module.__name__] = module
        setattr(package, part, module)
    return package


class Colab(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes that package when it is imported, and not before: a notebook asks sys.modules whether it is in Colab."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name == "google" or name == "google.colab":
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> Any:
        return colab() if spec.name == "google.colab" else None

    def exec_module(self, module: Any) -> None:
        """Made complete by create_module."""
