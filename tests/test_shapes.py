"""Shapes are annotations: plain tensors at run time, checked by jaxtyping and beartype when asked."""

import os
import subprocess
import sys

FLOORS = ("dynamics", "integrate", "systems", "tasks", "models", "training", "analysis")
CHECKED = ",".join(f"course_lib.{name}" for name in FLOORS) + ",beartype.beartype"


def run(code: str, root, **environment: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "COURSE_CHECK_SHAPES": "", **environment}
    return subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True)


def test_the_library_imports_where_jaxtyping_is_not_installed(root):
    code = (
        "import sys; sys.modules['jaxtyping'] = None\n"
        "import course_lib.analysis, course_lib.training, course_lib.tasks, course_lib.shapes as s, torch\n"
        "assert s.State is torch.Tensor"
    )
    done = run(code, root)
    assert done.returncode == 0, done.stderr


def test_what_the_library_returns_has_the_annotated_shapes(root):
    tests = ["tests/conformance", "tests/test_forecast_scores.py", "tests/test_training.py"]
    tests += [f"tests/test_{name}.py" for name in ("ctrnn", "ei_rate", "gated")]
    # what tests wrong input is left out: there the checker would speak before the library
    options = ["-p", "no:cacheprovider", "-k", "not refuse and not broadcasting", f"--jaxtyping-packages={CHECKED}"]
    code = f"import pytest, sys; sys.exit(pytest.main({[*tests, *options]}))"
    done = run(code, root, COURSE_CHECK_SHAPES="1")
    assert done.returncode == 0, done.stdout[-3000:]


def test_a_wrong_shape_is_caught_when_shapes_are_checked(root):
    code = (
        "from jaxtyping import install_import_hook\n"
        "with install_import_hook('course_lib.dynamics', 'beartype.beartype'):\n"
        "    from course_lib.systems import Lorenz63\n"
        "import torch\n"
        "flow = Lorenz63()\n"
        "flow.jacobian_product(torch.zeros(4, 3), torch.zeros(4, 3, 2))\n"
        "flow.jacobian_product(torch.zeros(4, 3), torch.zeros(5, 3, 2))\n"
    )
    done = run(code, root, COURSE_CHECK_SHAPES="1")
    assert done.returncode != 0
    assert "TypeCheckError" in done.stderr
