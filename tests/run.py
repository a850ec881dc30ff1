"""Run the whole suite in parts, on two cores, each with a budget that it prints; `make test` calls this.

    python tests/run.py                 what `make test` runs
    python tests/run.py --all           also what is marked slow
    python tests/run.py --coverage      also which lines of the library no test runs, and whether they are too many
    python tests/run.py units book      these parts alone

A part fails when its tests do, or when it takes more than twice its budget in CPU seconds of all its processes: wall
time depends on what runs beside it. A part that others wait for (the book is built once and shared) stands in their
`after`; one that is itself at work on two cores says so.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORES = 2
COVERED = 95  # per cent of the library's lines
SLOW_FACTOR = 12  # budgets of `--all`, which holds the long tests, and of `--coverage`, which slows all of them


@dataclass(frozen=True)
class Part:
    """One part: its pytest arguments or its commands, its budget in minutes, what must end first, and its cores."""

    name: str
    minutes: float
    arguments: tuple[str, ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()
    after: tuple[str, ...] = ()
    cores: int = 1


@dataclass(frozen=True)
class Outcome:
    """How one part ended: test counts, CPU and wall seconds, and the words to show when it failed."""

    part: Part
    passed: int
    failed: int
    skipped: int
    cpu: float
    wall: float
    reason: str
    output: str


PYTHON = sys.executable
COURSE = (PYTHON, "-m", "course_lib.staff.cli")
PARTS = (
    Part("build", 10, commands=((*COURSE, "book"),), cores=CORES),
    Part(
        "static",
        2,
        commands=(
            (PYTHON, "-m", "ruff", "check", "."),
            (PYTHON, "-m", "ruff", "format", "--check", "."),
            (PYTHON, "-m", "mypy"),
        ),
    ),
    Part("browser", 6, ("tests/book", "-m", "browser"), after=("build",)),
    Part("plants", 10, ("tests/mutations",)),
    Part("grading", 8, ("tests/grading",)),
    Part(
        "units",
        6,
        ("tests", *(f"--ignore=tests/{d}" for d in ("assignments", "book", "grading", "mutations", "quality"))),
    ),
    Part("book", 4, ("tests/book", "-m", "not browser"), after=("build",)),
    Part("quality", 4, ("tests/quality",)),
    Part("assignments", 4, ("tests/assignments",)),
)

REPORT = Part(
    "coverage",
    2,
    commands=(
        (PYTHON, "-m", "coverage", "combine", "--quiet"),
        (PYTHON, "-m", "coverage", "report", "--skip-covered", "--sort=cover", f"--fail-under={COVERED}"),
    ),
)


def environment() -> dict[str, str]:
    """One thread for numerics, no bytecode beside the sources."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def call(command: Sequence[str]) -> tuple[int, str, float]:
    """Run a command in the repository: exit code, all output, CPU seconds of it and of what it waited for."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        child = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        return child.returncode, output.read(), used.ru_utime + used.ru_stime


def with_slow(arguments: tuple[str, ...], slow: bool) -> list[str]:
    """The part's pytest arguments, with the tests marked slow left out unless they are wanted."""
    if slow:
        return list(arguments)
    words = list(arguments)
    if "-m" in words:
        place = words.index("-m") + 1
        words[place] = f"({words[place]}) and not slow"
        return words
    return [*words, "-m", "not slow"]


def run_tests(part: Part, slow: bool, coverage: bool) -> tuple[int, int, int, float, str, str]:
    """Run one pytest part: passed, failed, skipped, CPU seconds, reason of failure, output."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            PYTHON,
            *(("-m", "coverage", "run") if coverage else ()),
            "-m",
            "pytest",
            *with_slow(part.arguments, slow),
            f"--junitxml={report}",
            "-rs",
            "-p",
            "no:cacheprovider",
        ]
        code, output, cpu = call(command)
        if not report.exists():
            return 0, 1, 0, cpu, f"pytest ended with {code} and wrote no report", output
        suite = ElementTree.parse(report).getroot().find("testsuite")
        counts = {key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")}
    failed = counts["failures"] + counts["errors"]
    passed = counts["tests"] - failed - counts["skipped"]
    if code == 5:
        return 0, 1, 0, cpu, "no test was found", output
    if code and not failed:
        return passed, 1, counts["skipped"], cpu, f"pytest ended with {code}", output
    return passed, failed, counts["skipped"], cpu, "tests failed" if failed else "", output


def run_commands(part: Part, coverage: bool) -> tuple[int, int, int, float, str, str]:
    """Run the commands of one part, all of them even when one fails; the library's own are measured when asked."""
    failed, texts, total = [], [], 0.0
    for command in part.commands:
        measured = coverage and command[: len(COURSE)] == COURSE
        code, output, cpu = call((PYTHON, "-m", "coverage", "run", *command[1:]) if measured else command)
        total += cpu
        texts.append(f"$ {' '.join(command)}\n{output}")
        if code:
            said = output.strip().splitlines()  # where only a part of this is kept, the error should be in it
            failed.append(" ".join([*command[1:], "said:", said[-1] if said else "nothing"]))
    reason = f"failed: {'; '.join(failed)}" if failed else ""
    return len(part.commands) - len(failed), len(failed), 0, total, reason, "\n".join(texts)


def run_part(part: Part, slow: bool, coverage: bool) -> Outcome:
    """Run one part and hold it to its budget."""
    start = time.monotonic()
    passed, failed, skipped, cpu, reason, output = (
        run_commands(part, coverage) if part.commands else run_tests(part, slow, coverage)
    )
    wall = time.monotonic() - start
    limit = 2 * 60 * part.minutes * (SLOW_FACTOR if slow or coverage else 1)
    if cpu > limit and not reason:
        failed, reason = failed + 1, f"took {cpu:.0f} CPU s, more than twice its budget of {60 * part.minutes:.0f} s"
    return Outcome(part, passed, failed, skipped, cpu, wall, reason, output)


def show(outcome: Outcome) -> None:
    """One line a part; all of its output when it failed."""
    word = "FAILED" if outcome.failed else "ok"
    print(
        f"{outcome.part.name:<12} {word:<7} {outcome.passed:>5} passed {outcome.failed:>3} failed "
        f"{outcome.skipped:>3} skipped {outcome.cpu:>6.0f} of {60 * outcome.part.minutes:.0f} CPU s "
        f"{outcome.wall:>6.0f} s wall  {outcome.reason}",
        flush=True,
    )
    if outcome.failed:
        print(outcome.output, flush=True)
    elif outcome.skipped:
        lines = [line for line in outcome.output.splitlines() if line.startswith("SKIPPED")]
        print("\n".join(f"    {line}" for line in lines), flush=True)


def run_parts(parts: Sequence[Part], slow: bool, coverage: bool) -> Iterator[Outcome]:
    """Run parts beside each other while cores are free, in their order, none before what it waits for."""
    waiting, running, free = list(parts), {}, CORES
    with ThreadPoolExecutor(CORES) as pool:
        while waiting or running:
            unfinished = {part.name for part in (*waiting, *running.values())}
            for part in list(waiting):
                if part.cores <= free and not unfinished & set(part.after):
                    waiting.remove(part)
                    running[pool.submit(run_part, part, slow, coverage)] = part
                    free -= part.cores
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                free += running.pop(future).cores
                yield future.result()


def main() -> int:
    """Run the wanted parts and print the counts of all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=", ".join(part.name for part in PARTS))
    parser.add_argument("--all", action="store_true", help="also run what is marked slow")
    parser.add_argument("--coverage", action="store_true", help="also say which lines of course_lib no test runs")
    wanted = parser.parse_args()
    unknown = set(wanted.parts) - {part.name for part in PARTS}
    if unknown:
        parser.error(f"wanted parts out of {', '.join(part.name for part in PARTS)}; got {', '.join(sorted(unknown))}")
    parts = [part for part in PARTS if not wanted.parts or part.name in wanted.parts]
    start = time.monotonic()
    outcomes = []
    if wanted.coverage:
        call((PYTHON, "-m", "coverage", "erase"))  # of a run that was ended
        (ROOT / "_build" / ".fingerprint-rendered").unlink(missing_ok=True)  # so that the site is written anew
    for outcome in run_parts(parts, wanted.all, wanted.coverage):
        outcomes.append(outcome)
        show(outcome)
    if wanted.coverage:
        outcomes.append(run_part(REPORT, wanted.all, False))
        show(outcomes[-1])
        if not outcomes[-1].failed:
            print(outcomes[-1].output, flush=True)
    passed, failed, skipped = (sum(getattr(o, key) for o in outcomes) for key in ("passed", "failed", "skipped"))
    print(f"\nwhole suite: {time.monotonic() - start:.0f} s wall, {len(parts)} parts on {CORES} cores")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
