"""formgrader in a browser, on this machine only: a score is read, one is typed, and it survives grading again."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import tiny

from course_lib.staff.grading import record
from course_lib.staff.grading.grade import grade
from course_lib.staff.grading.places import Places

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def formgrader(course, tmp_path):
    """A Jupyter server with formgrader on a graded course; its address."""
    shutil.copy(ROOT / "nbgrader_config.py", course)
    tiny.hand_in(course / "in", "ada", tiny.answered())
    tiny.hand_in(course / "in", "ben", tiny.answered(q1="def double(x):\n    return x"))
    grade(course, "tiny", course / "in", unsandboxed=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path / "home"
    folders = {f"JUPYTER_{part}_DIR": str(home / part) for part in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--IdentityProvider.token=", f"--ServerApp.root_dir={course}"]
    command += ['--ServerApp.jpserver_extensions={"nbgrader.server_extensions.formgrader": True}']
    with open(tmp_path / "server.log", "wb") as log:
        server = subprocess.Popen(
            command,
            cwd=course,
            env={**os.environ, **folders, "HOME": str(home), "COURSE_UNSANDBOXED": "1"},
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/api"))
        yield f"http://127.0.0.1:{port}/formgrader"
    finally:
        server.terminate()
        server.wait(30)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url) as reply:
            return reply.status == 200
    except OSError:
        return False


def until(true, seconds: float = 120.0) -> None:
    """Wait for something that must come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_score_is_read_and_a_typed_one_survives(course, formgrader, needs):
    needs("chromium")
    from course_lib.staff.publishing.looks import chromium

    places = Places(course)

    def line(student: str, cell: str) -> record.CellGrade:
        return next(c for c in record.grades(places, "tiny", student) if c.name == cell)

    with chromium() as browser:
        page = browser.new_page()
        page.route("**/*", lambda r: r.continue_() if "//127.0.0.1" in r.request.url else r.abort())
        page.set_default_timeout(60_000)
        page.goto(f"{formgrader}/gradebook/tiny/tiny")
        rows = page.locator("tbody tr", has_text="Submission #")
        rows.first.wait_for()
        shown = sorted(rows.nth(n).inner_text().split("\t")[2] for n in range(rows.count()))
        assert shown == ["4 / 10", "8 / 10"]

        rows.filter(has_text="8 / 10").locator("a").first.click()
        page.locator("#q1-probe[placeholder='4']").wait_for()
        page.wait_for_function("formgrader.grades?.loaded && formgrader.comments?.loaded")  # it listens from then on
        page.locator("#q3-written").fill("1.5")
        with page.expect_response(lambda r: "/api/grade/" in r.url and r.request.method == "PUT") as saved:
            page.locator("#q3-written").press("Tab")
        assert saved.value.ok, saved.value.text()
        assert line("ada", "q3-written").manual == 1.5

        page.goto(f"{formgrader}/manage_submissions/tiny")
        button = page.locator("tr", has_text="ada").locator("td.autograde a").first
        button.click()
        page.get_by_text("Successfully").first.wait_for()
    assert line("ada", "q3-written").manual == 1.5 and line("ada", "q3-written").auto is None
    assert [line("ada", name).auto for name in ("q1-probe", "q2-probe")] == [4, 4]

    assert grade(course, "tiny", course / "in", unsandboxed=True).fresh == 0, "formgrader's run counts as done"
    tiny.hand_in(course / "in", "ada", tiny.answered(q2="def shift(x, by):\n    return x"))
    report = grade(course, "tiny", course / "in", unsandboxed=True)
    assert report.fresh == 1 and report.students["ada"]["score"] == 5.5
