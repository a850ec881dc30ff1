"""The maintainers' part: picture and list made from the code, examples that run, licences judged, what canaries say."""

import math
import re
import shutil
from types import SimpleNamespace

import pytest
import torch
from problems import central_difference, draw_states
from torch.testing import assert_close

from course_lib.analysis import linearize
from course_lib.staff.publishing import canary, house, licences
from course_lib.staff.publishing.floors import ROOMS, allowed, imports
from course_lib.staff.publishing.modules import modules

OWN = re.compile(r'app\.add_(?:role|directive)\("([\w-]+)"')
FENCED = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


@pytest.fixture(scope="module")
def rooms(root):
    return modules(root)


def test_the_picture_has_a_number_where_a_room_imports_another(root):
    package = root / "course_lib"
    found = imports(package)
    drawn = house.picture(package)
    assert drawn.count('text-anchor="middle"') == len(found) > 40
    assert drawn.count("<rect") == len(ROOMS) ** 2
    assert all(allowed(*edge) for edge in found)
    assert "plotting imports shapes, validation, integrate" in drawn


def test_an_import_up_a_floor_stands_on_a_white_square(root, tmp_path):
    package = tmp_path / "course_lib"
    shutil.copytree(root / "course_lib", package, ignore=shutil.ignore_patterns("__pycache__", "data", "*.js"))
    path = package / "dynamics.py"
    path.write_text(path.read_text() + "\nfrom course_lib.analysis import lyapunov_spectrum\n")
    assert imports(package)["dynamics", "analysis"] == 1 and not allowed("dynamics", "analysis")
    assert "dynamics imports shapes, validation, analysis" in house.picture(package)


def test_every_module_says_what_it_is_for_and_has_a_test_and_a_page(rooms):
    everything = [module for members in rooms.values() for module in members]
    assert len(everything) > 250
    assert [module.path for module in everything if not module.about.endswith((".", "?"))] == []
    assert [module.path for module in everything if not module.tests.names] == []
    assert [module.path for module in everything if "*Page:* ." in house.where(module)] == []


def test_a_module_is_listed_with_those_that_name_it(rooms):
    found = {module.name: module for members in rooms.values() for module in members}
    assert found["analysis.poincare"].tests.names[0] == "tests/test_poincare.py"
    assert found["analysis.fixed_points"].pages.names[0] == "book/computation/fixed_points"
    assert found["systems.lorenz63"].pages.names[0] == "book/flows/lorenz"
    assert found["analysis.sampled"].pages.through in {module for module in found if module.startswith("analysis.")}
    assert "problem_sets/a3_ei_rate" in house.where(found["student.checks.a3_ei_rate.q1"])


def test_a_module_that_nothing_names_has_no_test(tmp_path):
    package = tmp_path / "course_lib"
    (package / "analysis").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: intro\n")
    (tmp_path / "intro.md").write_text("# Words\n")
    (package / "__init__.py").write_text('"""The package."""\n')
    (package / "analysis" / "__init__.py").write_text('"""Tools."""\n\nfrom course_lib.analysis.a import f\n')
    (package / "analysis" / "a.py").write_text('"""First. Second."""\n\nfrom course_lib.analysis.b import g\n\nf = g\n')
    (package / "analysis" / "b.py").write_text('"""Used by the first alone."""\n\ng = 1\n')
    (package / "analysis" / "c.py").write_text('"""Used by nobody."""\n\nh = 1\n')
    (tmp_path / "tests" / "test_tools.py").write_text("from course_lib.analysis import f\n")
    a, b, c = modules(tmp_path)["analysis"]
    assert (a.about, a.tests.names, a.tests.through) == ("First.", ("tests/test_tools.py",), None)
    assert (b.tests.names, b.tests.through) == (("tests/test_tools.py",), "analysis.a")
    assert (c.tests.names, c.tests.through) == ((), None)


@pytest.fixture(scope="module")
def examples(root):
    """What the examples of the page on extending define."""
    found = FENCED.findall((root / "book" / "maintainers" / "extend.md").read_text(encoding="utf-8"))
    assert len(found) == 2
    names: dict = {"__name__": "extend"}
    for text in found:
        exec(text, names)
    return SimpleNamespace(**names)


def test_the_system_of_the_page_is_a_system_and_loses_its_stability_where_the_page_says(examples, rng):
    system = examples.Brusselator(1.0, 3.0)
    x = draw_states(system, 5, generator=rng)
    assert_close(system.jacobian(x), central_difference(system.vector_field, x), rtol=1e-6, atol=1e-6)
    a = 1.4
    for b, sign in ((1 + a**2 - 0.01, -1), (1 + a**2 + 0.01, 1)):
        system = examples.Brusselator(a, b)
        (rest,) = system.rest_points()
        assert_close(system.vector_field(rest), torch.zeros(2, dtype=torch.float64))
        assert math.copysign(1, float(linearize(system, rest[None]).spectral_abscissa[0])) == sign


def test_the_estimator_of_the_page_gives_the_speed_on_a_circle(examples):
    dt, omega = 1e-3, 2.0
    t = dt * torch.arange(1000, dtype=torch.float64)
    circles = torch.stack([r * torch.stack((torch.cos(omega * t), torch.sin(omega * t)), -1) for r in (1.0, 3.0)])
    record = examples.mean_speed(circles, dt=dt)
    assert record.speed == pytest.approx(2.0 * omega, rel=1e-5)
    assert record.standard_error == pytest.approx(omega, rel=1e-5)
    assert math.isnan(examples.mean_speed(circles[0], dt=dt).standard_error)


def test_every_package_that_asks_for_more_is_judged_and_nobody_else(root):
    found = licences.audit(licences.pinned(root))
    asking = {name for kind in licences.ASK_MORE for name in found.get(kind, ())}
    assert asking == set(licences.JUDGED)
    assert sum(map(len, found.values())) == len(licences.pinned(root))


@pytest.mark.parametrize(
    ("words", "family"),
    [
        ("MIT", "MIT"),
        ("BSD License", "BSD"),
        ("Apache-2.0 AND BSD-3-Clause", "Apache 2.0"),
        ("GPL-3.0-or-later", "GPL"),
        ("GNU General Public License (GPL)", "GPL"),
        ("GNU LESSER GENERAL PUBLIC LICENSE", "LGPL"),
        ("LGPL-3.0-only", "LGPL"),
        ("MPL-2.0 AND MIT", "MPL 2.0"),
        ("GPL-3.0-or-later OR MIT", "MIT"),
        ("", "unknown"),
        ("Proprietary", "unknown"),
    ],
)
def test_a_licence_is_put_into_its_family(words, family):
    assert licences.family(words) == family


def test_the_canary_counts_what_was_not_understood():
    log = (
        "\x1b[31m⛔️ book/a.md:1 unknown role: glue:text\x1b[39m\n⛔️ book/b.md:2 unknown role: glue:text\n"
        "⛔️ book/a.md:5 unknown directive: eval-rst\n⚠️  unexpected option 'tags' for code\n📖 Built book/a.md in 3 s.\n"
    )
    assert canary.counts(log) == {"role glue:text": 2, "directive eval-rst": 1, "unexpected option": 1}


def test_the_page_on_upkeep_names_every_role_and_directive_of_our_own(root):
    extensions = [root / "course_lib/staff/publishing" / f"{name}.py" for name in ("sphinx_ext", "api_pages")]
    own = {name for path in extensions for name in OWN.findall(path.read_text(encoding="utf-8"))}
    text = (root / "book" / "maintainers" / "upkeep.md").read_text(encoding="utf-8")
    assert {name for name in own if f"`{name}`" not in text} == {"course-api"}  # inside eval-rst, which the page names
