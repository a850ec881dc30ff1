"""`doctor`: what the last cell of a problem set checks before you hand in. It changes nothing and asks nothing."""

import ast
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import course_lib
from course_lib.student import wire
from course_lib.student.begin import checks_of, current
from course_lib.student.diagnosis import (
    COSTS,
    FINE,
    LOOK,
    OPEN,
    Cell,
    Finding,
    cells_of,
    definitions,
    examine_notebook,
    plain,
)
from course_lib.student.say import say

TIME_LIMIT = 180
WIDTHS = (24, 72)
NOT_SEEN = (
    "I cannot see this notebook here, so I cannot tell whether it is complete. Save it and download it "
    '(File > Download > .ipynb), put the file beside this notebook and run doctor("its_name.ipynb"), or hand it in as '
    "it is: what the cells above said of your answers still holds."
)
HAND_IN = (
    "How to hand in: save, then File > Download > Download .ipynb (in JupyterLab: File > Download), and upload that "
    "file where your course collects it. Its name does not matter. Handing in again replaces what was there."
)


def doctor(notebook: str | None = None) -> None:
    """Look the notebook over, run its answers in a fresh process, and print what would cost points.

    notebook: path of the file; None: the one that is open, as it was last saved (in Colab as it stands).

    Raises RuntimeError before `begin`.
    """
    if wire.channel() is not None:
        return
    assignment = current()
    found = opened(notebook, assignment)
    if found is None:
        say(*textwrap.wrap(NOT_SEEN, 110))
        return
    content, where = found
    say(f"Looking at {where}.", *report(diagnose(content, assignment)))


def diagnose(notebook: Mapping[str, Any], assignment: str) -> list[Finding]:
    """All findings about a notebook, those about running it last."""
    checks = checks_of(assignment)
    findings = examine_notebook(notebook, assignment, checks)
    return [*findings, *_rehearsed(notebook, assignment, checks, findings)]


def report(findings: list[Finding]) -> list[str]:
    """The doctor's table, the sentence below it, and how to hand in."""
    lines = [f"{'':{WIDTHS[0]}}  {'found':{WIDTHS[1]}}  verdict", "-" * (sum(WIDTHS) + 18)]
    findings = sorted(findings, key=lambda finding: finding.what)
    for finding in findings:
        wrapped = textwrap.wrap(finding.found, WIDTHS[1]) or [""]
        for k, text in enumerate(wrapped):
            head, verdict = (finding.what, finding.verdict) if k == 0 else ("", "")
            lines.append(f"{head:{WIDTHS[0]}}  {text:{WIDTHS[1]}}  {verdict}".rstrip())
    costs = [finding for finding in findings if finding.verdict == COSTS]
    unfinished = sum(finding.verdict == OPEN for finding in findings)
    left = f" {unfinished} of the questions {'is' if unfinished == 1 else 'are'} still open." if unfinished else ""
    ending = ["", *textwrap.wrap(HAND_IN, 110)]
    if not costs:
        return [*lines, "", f"Ready to hand in.{left}", *ending]
    told = "One thing would cost points" if len(costs) == 1 else f"{len(costs)} things would cost points, the first"
    return [*lines, "", *textwrap.wrap(f"{told}: {costs[0].what}, {costs[0].found}.{left}", 110), *ending]


def opened(path: str | None, assignment: str) -> tuple[Mapping[str, Any], str] | None:
    """The notebook's content and where it was found; None when it cannot be found or is no notebook."""
    if path is None:
        asked = _from_colab()
        if asked is not None:
            return asked, "the notebook that is open"
    for candidate in [path] if path is not None else _candidates():
        try:
            content = json.loads(Path(candidate).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if not isinstance(content, dict) or "cells" not in content:
            continue
        if path is None and content.get("metadata", {}).get("course", {}).get("assignment") != assignment:
            continue
        saved = time.strftime("%H:%M", time.localtime(Path(candidate).stat().st_mtime))
        return content, f"{Path(candidate).name} as it was saved at {saved}"
    return None


def _from_colab() -> Mapping[str, Any] | None:
    """The open notebook, asked from Colab's own page; None outside Colab or when it does not answer."""
    if "google.colab" not in sys.modules:
        return None
    try:
        from google.colab import _message

        return _message.blocking_request("get_ipynb", timeout_sec=20)["ipynb"]
    except Exception:  # an inner part of Colab: when it changes, the doctor asks for the file instead
        return None


def _candidates() -> list[str]:
    """Files that may be this notebook: what JupyterLab or VS Code say, then the newest in the folder."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None else None
    named = [os.environ.get("JPY_SESSION_NAME", "")]
    named.append(str(running.user_ns.get("__vsc_ipynb_file__", "")) if running is not None else "")
    here = sorted(Path.cwd().glob("*.ipynb"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [name for name in named if name.endswith(".ipynb")] + [str(path) for path in here]


def _rehearsed(
    notebook: Mapping[str, Any], assignment: str, checks: ModuleType, before: list[Finding]
) -> list[Finding]:
    """Findings of a run in a fresh process: what stops, what fails its check, what takes too long."""
    cells = [cell for cell in cells_of(notebook) if cell.kind == "code"]
    cells = [cell for cell in cells if cell.role not in ("check", "probe", "doctor")]
    titles = {cell.number: _title(cell.grade_id, cell.number) for cell in cells if not cell.explore}
    sources = [(cell.number, source) for cell in cells for source in _run_of(cell)]
    given = {"assignment": assignment, "cells": [{"number": n, "source": source} for n, source in sources]}
    result = _run(given)
    if isinstance(result, str):
        return [Finding("a fresh run", result, COSTS)]
    findings = []
    for number, error in result["stopped"].items():
        if int(number) not in titles:
            continue  # an exploration may stop
        if not error.startswith(("NotImplementedError", "SyntaxError")):  # open, or told already
            findings.append(Finding(titles[int(number)], f"stops in a fresh notebook: {error}", COSTS))
    for number, seconds in result["slow"].items():
        if int(number) not in titles:
            continue
        text = f"works for {seconds} s before any question is asked: move that into a function or an explore cell"
        findings.append(Finding(titles[int(number)], text, LOOK))
    settled = {finding.what for finding in before if finding.verdict in (OPEN, COSTS)}
    for name, found in result["questions"].items():
        title = f"Question {name.lstrip('q')}"
        if title not in settled:
            findings.append(_checked(title, found, checks.CHECKS[name].cpu_seconds))
    return findings


def _run_of(cell: Cell) -> list[str]:
    """What of a cell runs: all of it, or the definitions of an exploration one by one."""
    if not cell.explore:
        return [plain(cell.source)]
    return [ast.unparse(statement) for statement in definitions(cell.source)]


def _title(grade_id: str, number: int) -> str:
    question, _, role = grade_id.rpartition("-")
    return f"Question {question.lstrip('q')}" if role == "answer" else f"cell {number}"


def _checked(title: str, found: Mapping[str, Any], allowed: float) -> Finding:
    """One line about a question's visible check and its time."""
    used = f"{found['seconds']:.1f} of {allowed:g} CPU s"
    if found["seconds"] > allowed:
        return Finding(title, f"too slow: {used} for the public cases alone", COSTS)
    if found["status"] == "passed":
        return Finding(title, f"public checks passed, {used}", FINE)
    if found["status"] == "missing":
        return Finding(title, "its function is not there after a fresh run", COSTS)
    if found["status"] == "not started":
        return Finding(title, "still raises NotImplementedError", OPEN)
    return Finding(title, f"a public check fails: {found['first']}", COSTS)


def _run(given: Mapping[str, Any]) -> dict[str, Any] | str:
    """The rehearsal's result, or why there is none."""
    with tempfile.TemporaryDirectory() as folder:
        cells, result = Path(folder) / "cells.json", Path(folder) / "result.json"
        cells.write_text(json.dumps(given), encoding="utf-8")
        home = str(Path(course_lib.__file__).resolve().parents[1])
        paths = os.pathsep.join([home, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]).rstrip(os.pathsep)
        environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONPATH": paths}
        command = [sys.executable, "-m", "course_lib.student.rehearsal", str(cells), str(result)]
        try:
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME_LIMIT
            )
        except subprocess.TimeoutExpired:
            return f"is not done after {TIME_LIMIT} s: something at the top of a cell runs too long"
        if not result.is_file():
            return f"ended early (exit {done.returncode}): does a cell end the whole process?"
        return json.loads(result.read_text(encoding="utf-8"))
