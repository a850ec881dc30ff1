"""The problem sets of this checkout, loaded once; small helpers of these tests stand beside this file."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from course_lib.staff.grading.sets import available, load

ROOT = Path(__file__).resolve().parents[2]
SETS = {name: load(ROOT, name) for name in available(ROOT)}
QUICK_SEEDS, SLOW_SEEDS = (0,), tuple(range(1, 20))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `problems` runs for every set, one that asks for `question_of` for every question of each.

    One that asks for `seed` runs for one draw; nineteen more are marked slow.
    """
    if "problems" in metafunc.fixturenames:
        metafunc.parametrize("problems", list(SETS.values()), ids=list(SETS))
    if "question_of" in metafunc.fixturenames:
        pairs = [(problems, question) for problems in SETS.values() for question in problems.questions.values()]
        names = [f"{problems.name}-{question.name}" for problems, question in pairs]
        metafunc.parametrize("question_of", pairs, ids=names)
    if "seed" in metafunc.fixturenames:
        slow = [pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW_SEEDS]
        metafunc.parametrize("seed", [*QUICK_SEEDS, *slow])


@pytest.fixture
def a1():
    """The first problem set."""
    return SETS["a1_lorenz"]
