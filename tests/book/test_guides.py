"""The guides hold: every command in them exists, and those that are marked as tried are run, in order.

A bash block of a guide stands under a comment that says how it was tried:

    % tried                  here, each time
    % tried slowly           here, in `make test-all`
    % tried by hand          by a person; it needs a built book or waits for somebody
    % not tried here: why    by nobody here

All guides of the part "For instructors" share one checkout, in their order, as in a term. A text block behind a tried
one shows some lines of what it says.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from benchmarks import grading_costs
from typer.main import get_command

from course_lib.staff import firstrun
from course_lib.staff.cli import app
from course_lib.staff.grading.places import Places
from course_lib.staff.grading.term import read_term
from course_lib.staff.publishing import guide_pictures

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(?:^% (?P<mark>[^\n]+)\n)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.M | re.S)
MARK = re.compile(r"tried|tried slowly|tried by hand|not tried here: .{10,}")
TRIED = ("tried", "tried slowly")
SAID = re.compile(r"(?<!`)`(course [a-z][^`]*|make [a-z][^`]*)`")


@dataclass(frozen=True)
class Block:
    """A fenced block of a guide: its mark ("" where it has none), its language, what it holds."""

    mark: str
    kind: str
    body: str


def guides() -> list[str]:
    """The pages of the instructors' part, in order."""
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    (part,) = [part for part in parts if part["caption"] == "For instructors"]
    return [chapter["file"] for chapter in part["chapters"]]


def text(page: str) -> str:
    return (ROOT / f"{page}.md").read_text(encoding="utf-8")


def blocks(page: str) -> list[Block]:
    return [Block(m["mark"] or "", m["kind"], m["body"]) for m in BLOCK.finditer(text(page))]


def commands(page: str) -> list[str]:
    """Every `course ...` and `make ...` of a page, in blocks and in sentences."""
    lines = [line.strip() for block in blocks(page) if block.kind == "bash" for line in block.body.splitlines()]
    lines = [line for line in lines if line.startswith(("course ", "make "))]
    return [*lines, *SAID.findall(" ".join(BLOCK.sub("", text(page)).split()))]


def wrong(command: str) -> str:
    """What of a command does not exist; "" when all does."""
    words = shlex.split(command.partition("|")[0], comments=True)
    if words[0] == "make":
        targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
        return "" if words[1] in targets else words[1]
    known = get_command(app).commands
    if words[1].startswith("--"):
        return ""
    if words[1] not in known:
        return words[1]
    options = {name for parameter in known[words[1]].params for name in parameter.opts} | {"--help"}
    return " ".join(word for word in words[2:] if word.startswith("--") and word not in options)


@pytest.mark.parametrize("page", [*guides(), "book/start/colab"])
def test_every_command_of_a_guide_exists(page):
    assert [command for command in commands(page) if wrong(command)] == []


def test_a_command_an_option_and_a_target_that_do_not_exist_are_seen():
    assert wrong("course grades a1_lorenz") == "grades" and wrong("make books") == "books"
    assert wrong("course export a1_lorenz --so-far --too-far") == "--too-far"
    assert wrong("course export a1_lorenz --so-far | grep x") == ""


@pytest.mark.parametrize("page", guides())
def test_every_block_says_how_it_was_tried(page):
    found = [block for block in blocks(page) if block.kind in ("bash", "sh", "console")]
    assert [block.body for block in found if not MARK.fullmatch(block.mark)] == []
    assert all(block.kind == "bash" for block in found)


@pytest.mark.parametrize("page", guides())
def test_settings_that_a_guide_shows_can_be_read(page, tmp_path):
    (tmp_path / "solutions").symlink_to(ROOT / "solutions")
    for block in blocks(page):
        shown = re.findall(r"^cat > gradebook/term\.toml <<'END'\n(.*?)^END$", block.body, re.M | re.S)
        for settings in shown if block.kind == "bash" else [block.body] * (block.kind == "toml"):
            (tmp_path / "gradebook").mkdir(exist_ok=True)
            (tmp_path / "gradebook" / "roster.csv").write_text("id\nada\n")
            (tmp_path / "gradebook" / "term.toml").write_text(settings)
            assert read_term(Places(tmp_path)).assignments


def test_messages_in_the_table_of_symptoms_are_those_of_the_program():
    said = " ".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "course_lib").rglob("*.py")))
    said += (ROOT / ".ci" / "python-is-new-enough").read_text(encoding="utf-8")
    plain = re.sub(r"\{[^{}]*\}", "...", re.sub(r'"\s*f?"', "", said))
    rows = re.findall(r"^\| ([^|]+) \|", text("book/instructors/troubleshooting"), re.M)
    quoted = [code for row in rows for code in re.findall(r"`((?:Wanted|these|with|in use)[^`]*)`", row)]
    pieces = [piece.strip() for code in quoted for piece in code.split("...") if piece.strip()]
    assert len(quoted) >= 10
    assert [piece for piece in pieces if piece not in plain] == []


def test_the_costs_on_the_page_of_scale_are_those_of_the_records():
    assert grading_costs.FILE.read_text(encoding="utf-8") == grading_costs.text()


def test_pictures_are_small_and_every_one_is_shown():
    folder = ROOT / "book" / "pictures"
    names = {path.name for path in folder.iterdir() if path.is_file()}  # those of the README have a folder of their own
    shown = set(re.findall(r"\{figure\} \.\./pictures/(\S+)", " ".join(map(text, [*guides(), "book/start/colab"]))))
    assert names == shown and {f"{name}.webp" for name in guide_pictures.SHOTS} <= names
    assert max(path.stat().st_size for path in folder.iterdir()) <= guide_pictures.LARGEST


@pytest.fixture
def copied(tmp_path):
    """A folder with a repository to clone, of this checkout's files as they stand."""
    origin = tmp_path / "origin"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, done.stdout.split("\0")):
        if (ROOT / name).is_file():
            (origin / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, origin / name)
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "As it came"]):
        subprocess.run(["git", *words], cwd=origin, env=settings(), check=True)
    return tmp_path


def settings() -> dict[str, str]:
    """An environment that knows who commits and nothing of this session's Python."""
    names = {f"GIT_{who}_{what}": "course@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("COURSE_", "PYTHON"))}
    return {**kept, **names, "OMP_NUM_THREADS": "1", "GIT_PAGER": "cat"}


def install(course: Path) -> None:
    """What `make course` leaves behind, but for the book: the environment, and the sample class, not yet graded."""
    (course / ".venv").symlink_to(sys.prefix)
    firstrun.make_sample_class(course, firstrun.sample_course(course))


def follow(page: str, folder: Path, marks: tuple[str, ...]) -> list[str]:
    """Run a page's blocks with these marks in one shell, from the course's folder; what each of them says.

    A block fails when any of its commands does. The clone of the first page is where the others work.
    """
    course, said = folder / "course", []
    script = f"set -eo pipefail\ncd {shlex.quote(str(course if course.exists() else folder))}\n"
    script += ". .venv/bin/activate\n" if course.exists() else ""
    chosen = [block for block in blocks(page) if block.kind == "bash" and block.mark in marks]
    for number, block in enumerate(chosen):
        body = block.body.replace("ADDRESS", shlex.quote(str(folder / "origin")))
        script += f"echo '<<<{number}>>>'\n{body}\n"
        if "git clone" in body:
            script += f"{shlex.quote(sys.executable)} -c {shlex.quote(INSTALL)} .\n"
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=settings(), capture_output=True, text=True)
    assert done.returncode == 0, f"{page}: {done.stdout[-1500:]}{done.stderr[-1500:]}"
    said = re.split(r"^<<<\d+>>>\n", done.stdout, flags=re.M)[1:]
    assert len(said) == len(chosen)
    return said


INSTALL = f"""
import importlib.util, sys, pathlib
spec = importlib.util.spec_from_file_location("guides", {str(Path(__file__))!r})
guides = sys.modules["guides"] = importlib.util.module_from_spec(spec)
sys.path.insert(0, {str(ROOT / "tests")!r})
spec.loader.exec_module(guides)
guides.install(pathlib.Path(sys.argv[1]).resolve())
"""


def promised(page: str, marks: tuple[str, ...]) -> list[tuple[int, list[str]]]:
    """The lines that a text block shows, with the number of the tried block above it."""
    found, number = [], -1
    for block in blocks(page):
        if block.kind == "bash":
            number += block.mark in marks
        elif block.kind == "text" and number >= 0:
            found.append((number, block.body.splitlines()))
    return found


def missing(page: str, marks: tuple[str, ...], said: list[str]) -> list[str]:
    """Shown lines that the command did not say."""
    return [line for number, lines in promised(page, marks) for line in lines if line.strip() not in said[number]]


def test_the_guides_quick_commands_work_in_a_fresh_clone(copied):
    for page in guides():
        follow(page, copied, TRIED[:1])
    assert (copied / "course" / "_build" / "sample-class" / "submissions" / "ada").is_dir()


@pytest.mark.slow
def test_the_guides_can_be_followed_from_top_to_bottom(copied):
    for page in guides():
        said = follow(page, copied, TRIED)
        assert missing(page, TRIED, said) == [], page
    course = copied / "course"
    assert not list((course / "_build" / "sample-class" / "gradebook" / "quarantine").glob("*/*"))
    assert "YOUR--ORG" not in (course / "_config.yml").read_text(encoding="utf-8")
    assert json.loads((course / "course_lib" / "data" / "grading_costs.json").read_text(encoding="utf-8"))


def test_a_line_that_was_not_said_is_missed(monkeypatch):
    page = "% tried\n```bash\necho one\n```\n\n```text\none\ntwo\n```\n"
    monkeypatch.setitem(globals(), "text", lambda name: page)
    assert missing("page", TRIED, ["one\n"]) == ["two"]
