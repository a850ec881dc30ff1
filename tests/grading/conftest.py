"""A tiny course, and its class graded once for all tests."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

import tiny

# how long an example takes depends on what else the machine does
settings.register_profile("course", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("course")


@pytest.fixture
def course(tmp_path) -> Path:
    """A fresh tiny course."""
    return tiny.make_course(tmp_path / "course")


@pytest.fixture
def without_walls(monkeypatch):
    """A machine on which there are none."""
    from course_lib.staff.grading import isolation

    monkeypatch.setattr(isolation, "measure", lambda: isolation.Isolation("none", isolation.WITHOUT))


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """The tiny class, graded once: course root, submissions folder and report."""
    import tiny_class

    from course_lib.staff.grading.grade import grade

    root = tiny.make_course(tmp_path_factory.mktemp("graded"))
    folder = root / "handed-in"
    tiny_class.write_class(folder)
    seen = []
    report = grade(root, "tiny", folder, unsandboxed=True, jobs=2, progress=lambda *line: seen.append(line))
    return tiny_class.Graded(root, folder, report, seen)
