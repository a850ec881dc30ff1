"""Tells a slip from a newer Python: what the grader's own version cannot read is not the student's fault."""

import re

_TYPE_PARAMETERS = re.compile(r"(?m)^(\s*(?:async\s+)?(?:def|class)\s+\w+)\[[^\]\n]*\]")
_TYPE_ALIAS = re.compile(r"(?m)^(\s*)type\s+(\w+)(?:\[[^\]\n]*\])?\s*=")
_QUOTE_IN_FIELD = re.compile(r"""(?i)\bf(["'])(?:(?!\1).)*\{[^{}\n]*\1[^{}\n]*\}""")
_MANY_EXCEPTIONS = re.compile(r"(?m)^(\s*except)\s+(\w+(?:\s*,\s*\w+)+)\s*:")


def is_newer_python(source: str) -> bool:
    """Whether a cell that does not compile here would in a later Python.

    Known are type parameters and ``type`` aliases (PEP 695), quotes reused inside f-strings (PEP 701), and several
    exceptions without parentheses (PEP 758): the cell must compile once those are written the older way.
    """
    if _compiles(source):
        return False
    older = _TYPE_PARAMETERS.sub(r"\1", source)
    older = _TYPE_ALIAS.sub(r"\1\2 =", older)
    older = _MANY_EXCEPTIONS.sub(r"\1 (\2):", older)
    older = _QUOTE_IN_FIELD.sub(r"f\1", older)
    return older != source and _compiles(older)


def _compiles(source: str) -> bool:
    try:
        compile(source, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
