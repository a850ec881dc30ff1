"""Each released notebook, worked through with wrong ideas on the way: the checks say what was read once."""

import subprocess
import sys
from pathlib import Path

from walk import differences


def test_the_checks_say_what_was_read(problems, root):
    """In a process of its own: `begin` closes imports for good."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("walk.py")), problems.name],
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    kept = (problems.folder / "walk.txt").read_text(encoding="utf-8")
    assert differences(kept, done.stdout) == []
    assert kept.count("not started yet.") == len(problems.questions)
    assert kept.count("Public checks passed.") == len(problems.questions)
    assert kept.count("Begin with the first.") >= 3


def test_a_changed_word_or_number_is_seen():
    kept = "order  3.9  fails\nrounding 1e-16\n"
    assert differences(kept, "order  3.95  fails\nrounding 3e-17\n") == []
    assert differences(kept, "order  3.2  fails\nrounding 1e-16\n")
    assert differences(kept, "order  3.9  holds\nrounding 1e-16\n")
    assert differences(kept, "order  3.9  fails\n")
