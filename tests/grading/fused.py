"""Grades a tiny course in a process that kills itself, or is killed, at a chosen moment.

    python fused.py ROOT N      kill -9 before the N-th step that makes something lasting (0: never; says how many)

The steps are every flush to the disk, every rename and every commit of the gradebook. The walls are measured before,
which takes longer than grading three students and writes nothing that lasts.
"""

import os
import sys
import time
from pathlib import Path

from sqlalchemy.orm import Session


def burning(function, fuse):
    """The function, with the fuse burning before each call."""

    def call(*args, **kwargs):
        fuse["steps"] += 1
        if fuse["steps"] == fuse["end"]:
            os.kill(os.getpid(), 9)
        return function(*args, **kwargs)

    return call


def main() -> None:
    root, fuse = Path(sys.argv[1]), {"steps": 0, "end": int(sys.argv[2])}
    from course_lib.staff.grading import isolation
    from course_lib.staff.grading.grade import grade

    isolation.measure()
    os.replace, os.fsync = burning(os.replace, fuse), burning(os.fsync, fuse)
    Session.commit = burning(Session.commit, fuse)
    print("begins", flush=True)
    began = time.monotonic()
    grade(root, "tiny", root / "in", unsandboxed=True)
    print(fuse["steps"], time.monotonic() - began, flush=True)


if __name__ == "__main__":
    main()
