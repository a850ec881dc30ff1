"""Sphinx extension: pages of the library's reference, made from its docstrings.

`course-api` (inside eval-rst) takes modules and writes, for each of their files, what it is about and every public
name. Nothing is listed by hand: a name enters the reference when it enters `__all__`.
"""

import ast
import dataclasses
import importlib
import inspect
import re
import typing
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective
from sphinx.util.inspect import getdoc
from sphinx.util.typing import stringify_annotation

import course_lib
from course_lib.staff.publishing.docstrings import RETURNS, first_sentence, to_rst
from course_lib.staff.publishing.notebooks import page_title, toc_pages

PACKAGE = Path(course_lib.__file__).parent
MODULES = (
    "course_lib.dynamics",
    "course_lib.integrate",
    "course_lib.systems",
    "course_lib.tasks",
    "course_lib.models",
    "course_lib.training",
    "course_lib.analysis",
    "course_lib.separatrix",
    "course_lib.studies",
    "course_lib.plotting",
    "course_lib.student",
)
OPTIONS = {"class": "   :members:", "data": "   :no-value:"}  # of the directives autoclass and autodata


@cache
def public_names(module: str) -> dict[str, str]:
    """Every public name of a module and the module that it is written in, files in the order of the alphabet.

    Public is what `__all__` lists; without one, functions and classes of the module's own that have no underscore.
    """
    found = importlib.import_module(module)
    if not hasattr(found, "__all__"):
        own = [n for n, v in vars(found).items() if not n.startswith("_") and getattr(v, "__module__", "") == module]
        return {name: module for name in own if callable(getattr(found, name))}
    homes = {name: getattr(getattr(found, name), "__module__", module) for name in found.__all__}
    for statement in ast.parse(inspect.getsource(found)).body:
        if isinstance(statement, ast.ImportFrom) and statement.module:
            homes |= {alias.name: statement.module for alias in statement.names if alias.name in homes}
    return {name: homes[name] for name in sorted(homes, key=lambda name: (homes[name], _line(found, name)))}


def _line(module: ModuleType, name: str) -> tuple[bool, str]:
    """Functions stand before the records that they return."""
    return inspect.isclass(getattr(module, name)), name


@cache
def targets() -> dict[str, str]:
    """Public name -> the role that leads to it, for names that only one module has."""
    found: dict[str, list[str]] = {}
    for module in MODULES:
        for name in public_names(module):
            found.setdefault(name, []).append(documented_at(module, name))
    return {name: f":py:obj:`{name} <{full[0]}>`" for name, full in found.items() if len(full) == 1}


def documented_at(module: str, name: str) -> str:
    """The full name under which the reference shows it: a constant's words stand in the file that makes it."""
    value = getattr(importlib.import_module(module), name)
    home = module if inspect.isclass(value) or inspect.isfunction(value) else public_names(module)[name]
    return f"{home}.{name}"


def is_record(value: object) -> bool:
    """A dataclass that functions return: none of its fields has a default."""
    nothing = dataclasses.MISSING
    return (
        inspect.isclass(value)
        and dataclasses.is_dataclass(value)
        and all(f.default is nothing and f.default_factory is nothing for f in dataclasses.fields(value))
    )


class CourseApi(SphinxDirective):
    """`.. course-api:: MODULE ...`: an index of the modules' files and names, then every name with its docstring."""

    required_arguments = 1
    optional_arguments = 20
    has_content = False

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(__file__)
        index: list[str] = []
        body: list[str] = []
        for module in self.arguments:
            self.env.note_dependency(str(importlib.import_module(module).__file__))
            files: dict[str, list[str]] = {}
            for name, home in public_names(module).items():
                files.setdefault(home, []).append(name)
            for home, names in files.items():
                document = getdoc(importlib.import_module(home)) or ""
                link = _links(self.env, ())
                index += [f"{' · '.join(targets().get(n, f'``{n}``') for n in names)}"]
                index += [f"    {' '.join(to_rst(first_sentence(document), {}, link)).strip()}", ""]
                body += self._file(module, home, names, document)
        return self.parse_text_to_nodes("\n".join([*index, *body]), allow_section_headings=True)

    def _file(self, module: str, home: str, names: list[str], document: str) -> list[str]:
        theme = self.config.html_theme_options
        place = Path(inspect.getfile(importlib.import_module(home))).relative_to(PACKAGE.parent).as_posix()
        address = f"{theme['repository_url']}/blob/{theme['repository_branch']}/{place}"
        title = home.removeprefix("course_lib.")
        lines = ["", title, "-" * len(title), "", *to_rst(document, {}, _links(self.env, ())), ""]
        lines += [f"Source: `{place} <{address}>`__", ""]
        for name in names:
            value = getattr(importlib.import_module(module), name)
            kind = "class" if inspect.isclass(value) else "function" if inspect.isfunction(value) else "data"
            lines += [f".. auto{kind}:: {documented_at(module, name)}", OPTIONS.get(kind, ""), ""]
        return lines


def _links(env: Any, own: tuple[str, ...]):
    """What a word in backquotes, or a page's title, leads to; `own` names do not lead to themselves."""
    titles = _titles(Path(env.srcdir))

    def link(text: str) -> str | None:
        if text in titles:
            return f":doc:`{text} </{titles[text]}>`"
        return None if text in own else targets().get(text)

    return link


@cache
def _titles(root: Path) -> dict[str, str]:
    """Title -> page, of every page that has one."""
    return {title: page for page in toc_pages(root) if (title := page_title(root, page))}


def on_docstring(app, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Put a docstring of ours into reStructuredText, in place."""
    own = (name.rsplit(".", 1)[-1],)
    words = to_rst("\n".join(lines), types_of(obj), _links(app.env, own), all_types=what in ("class", "function"))
    lines[:] = [*_bases(obj), *words]


def _bases(obj: Any) -> list[str]:
    """Which public class an object extends, as a line; nothing for what other people wrote."""
    bases = obj.__bases__ if inspect.isclass(obj) else ()
    links = [targets()[b.__name__] for b in bases if b.__module__.startswith("course_lib.") and b.__name__ in targets()]
    return [f"A kind of {' and '.join(links)}.", ""] if links else []


def types_of(obj: Any) -> dict[str, str]:
    """Parameter or field -> its type in reStructuredText; "return" -> what a function returns."""
    if dataclasses.is_dataclass(obj):
        return {field.name: type_text(field.type) for field in dataclasses.fields(obj)}
    if typing.is_typeddict(obj):
        return {name: type_text(annotation) for name, annotation in obj.__annotations__.items()}
    if not callable(obj):
        return {}
    signature = inspect.signature(obj)
    found = {name: type_text(parameter.annotation) for name, parameter in signature.parameters.items()}
    returned = "" if inspect.isclass(obj) else type_text(signature.return_annotation)
    return found | ({RETURNS: returned} if returned not in ("", "None") else {})


def type_text(annotation: Any) -> str:
    """A type without the names of modules, our own classes as links."""
    if annotation is inspect.Signature.empty:
        return ""
    text = re.sub(r"(?:\w+\.)+(\w+)", r"\1", stringify_annotation(annotation))
    parts = [f"\\ {targets()[word]}\\ " if word in targets() else word for word in re.split(r"(\W+)", text)]
    return "".join(parts).removeprefix("\\ ").removesuffix("\\ ")


def on_signature(app, what: str, name: str, obj: Any, options: Any, signature: str, returns: str):
    """A record is made by functions, not by hand: its fields are told below, its head is its name."""
    return (None, None) if is_record(obj) else None


def on_read(app, doctree: nodes.document) -> None:
    """Make a signature's parameters one piece of text: seven elements each make a page slow to draw and to check."""
    for parameters in list(doctree.findall(addnodes.desc_parameterlist)):
        words = re.sub(r"^\((.*)\)$", r"\1", parameters.astext())
        parameters.replace_self(addnodes.desc_inline("py", "", f"({words})", classes=["sig-parameters"]))


def on_page(app, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Take the span off every word of code, for the same reason."""
    if doctree is not None and next(doctree.findall(addnodes.desc), None) is not None:
        context["body"] = re.sub(r'<span class="pre">([^<]*)</span>', r"\1", context["body"])


def setup(app) -> dict:
    """Entry point for Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_directive("course-api", CourseApi)
    app.connect("autodoc-process-docstring", on_docstring)
    app.connect("autodoc-process-signature", on_signature)
    app.connect("doctree-read", on_read)
    app.connect("html-page-context", on_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
