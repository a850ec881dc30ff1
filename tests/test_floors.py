"""Imports point down. The rule is shown to bite on a copy in which one points up."""

import shutil

import pytest

from course_lib.staff.publishing.floors import FLOORS, SIDES, broken_imports


def test_imports_point_to_a_lower_floor(root):
    assert broken_imports(root / "course_lib") == []


def test_every_room_has_a_floor(root):
    rooms = {p.stem for p in (root / "course_lib").iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    assert rooms - {"__init__"} <= set(FLOORS) | SIDES


@pytest.mark.parametrize(
    ("file", "line", "arrow"),
    [
        ("dynamics.py", "from course_lib.analysis import lyapunov_spectrum", "dynamics -> analysis"),
        ("integrate.py", "def late():\n    import course_lib.models", "integrate -> models"),
        ("analysis/__init__.py", "from ..plotting import phase", "analysis -> plotting"),
        ("systems/__init__.py", "from course_lib.tasks import LorenzForecast", "systems -> tasks"),
        ("student/__init__.py", "from course_lib.dynamics import Flow", "student -> dynamics"),
        ("training/__init__.py", "from course_lib import staff", "training -> staff"),
    ],
)
def test_an_import_up_a_floor_is_caught(root, tmp_path, file, line, arrow):
    package = tmp_path / "course_lib"
    shutil.copytree(root / "course_lib", package, ignore=shutil.ignore_patterns("__pycache__", "data", "*.js"))
    planted = package / file
    planted.write_text(planted.read_text() + f"\n{line}\n")
    assert [problem for problem in broken_imports(package) if arrow in problem]
