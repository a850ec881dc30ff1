"""Examples in docstrings: they run, they print what they say, and the names that a student meets first have one."""

import doctest
import importlib
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "course_lib"
FILES = [
    path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")
    for path in sorted(PACKAGE.rglob("*.py"))
    if "staff" not in path.relative_to(PACKAGE).parts and ">>> " in path.read_text(encoding="utf-8")
]
MET_FIRST = {
    "dynamics": ("FunctionFlow", "EulerMap"),
    "integrate": ("integrate", "iterate"),
    "systems.lorenz63": ("Lorenz63",),
    "systems.bistable": ("Bistable",),
    "tasks.flip_flop": ("FlipFlop",),
    "models.ctrnn": ("CTRNN",),
    "models.lif": ("firing_rate",),
    "models.connectivity": ("draw_dale_weights",),
    "training.readout": ("fit_readout",),
    "analysis.lyapunov": ("lyapunov_spectrum", "kaplan_yorke_dimension"),
    "analysis.fixed_points": ("fixed_points",),
    "analysis.linearize": ("linearize",),
    "analysis.forecast": ("skill", "valid_prediction_time"),
    "analysis.starts": ("grid_starts",),
    "separatrix.attractors": ("find_attractors",),
    "separatrix.edge": ("bisect_to_edge",),
    "separatrix.settling": ("settle",),
}


def examples(module: ModuleType) -> dict[str, list[str]]:
    """Name -> what went wrong in its example, for every docstring of the module's own that has one."""
    found = {}
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, module.__name__):
        if test.examples:
            said: list[str] = []
            doctest.DocTestRunner(verbose=False).run(test, out=said.append)
            found[test.name.removeprefix(f"{module.__name__}.")] = said
    return found


@pytest.mark.parametrize("name", sorted({*FILES, *MET_FIRST}))
def test_examples_print_what_they_say(name):
    found = examples(importlib.import_module(f"course_lib.{name}"))
    assert set(MET_FIRST.get(name, ())) <= set(found)
    assert {name: "".join(said) for name, said in found.items() if said} == {}


def test_an_example_that_lies_is_caught(tmp_path):
    path = tmp_path / "lying.py"
    path.write_text('def double(x):\n    """2 x.\n\n    >>> double(2)\n    5\n    """\n    return 2 * x\n')
    spec = importlib.util.spec_from_file_location("lying", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    said = examples(module)["double"]
    assert "Expected:\n    5\nGot:\n    4" in "".join(said)
