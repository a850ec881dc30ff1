"""Numbers in prose have owners, and the two that no page computes are compared here."""

import inspect
import shutil

import pytest
import torch

from course_lib.analysis import valid_prediction_time
from course_lib.integrate import integrate
from course_lib.staff.publishing.numbers import check_numbers, complaints, owned_value, stated_numbers
from course_lib.systems import Lorenz63
from course_lib.validation import CourseError


def test_every_number_in_prose_has_an_owner(root):
    assert complaints(root) == []


def side_of_the_unstable_orbit(rho: float) -> float:
    """Sign of x when the orbit that leaves the origin to the right has turned for the first time."""
    flow = Lorenz63(rho=rho)
    values, vectors = torch.linalg.eig(flow.jacobian(torch.zeros(3, dtype=torch.float64)))
    out = vectors[:, values.real.argmax()].real
    start = 1e-5 * out / out[0]
    t = torch.arange(0, 8, 0.01, dtype=torch.float64)
    x = integrate(flow, start, t, max_step=0.0025).x[0]
    return float(torch.sign(x[500, 0]))


def test_the_orbit_that_leaves_the_origin_changes_sides_at_this_rho(root):
    rho = owned_value(root, "homoclinic_rho")
    assert side_of_the_unstable_orbit(rho - 0.002) == 1.0
    assert side_of_the_unstable_orbit(rho + 0.002) == -1.0


def test_the_threshold_of_the_valid_prediction_time(root):
    default = inspect.signature(valid_prediction_time).parameters["threshold"].default
    assert owned_value(root, "vpt_threshold") == default


@pytest.fixture
def miniature(root, tmp_path):
    """A book of one page whose prose states one number, owned by a test that compares it."""
    (tmp_path / "book").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/page\n")
    (tmp_path / "book" / "page.md").write_text("# Page 7\n\nIn 1963 it was 3.5, not $4$, `5` or {eq}`a6`.\n")
    (tmp_path / "book" / "numbers.toml").write_text(
        '[[number]]\npage = "book/page"\ntext = "3.5"\nvalue = 3.5\nname = "it"\nowner = "tests/test_it.py::test_it"\n'
    )
    (tmp_path / "tests" / "test_it.py").write_text('def test_it(root):\n    assert owned_value(root, "it") == 3.5\n')
    return tmp_path


def test_a_miniature_is_in_order(miniature):
    assert complaints(miniature) == []
    assert [n.text for n in stated_numbers(miniature, "book/page")] == ["3.5"]


def test_a_number_without_owner_is_found(miniature):
    page = miniature / "book" / "page.md"
    page.write_text(page.read_text() + "\nThe error is 0.02 and the gain −17.\n")
    found = "\n".join(complaints(miniature))
    assert "'0.02'" in found and "'−17'" in found and "page.md:5" in found
    with pytest.raises(CourseError, match="glue it"):
        check_numbers(miniature)


def test_an_owner_that_does_not_compare_the_value_is_found(miniature):
    (miniature / "tests" / "test_it.py").write_text("def test_it(root):\n    assert 3.5 == 3.5\n")
    assert any("does not compare" in line for line in complaints(miniature))
    shutil.rmtree(miniature / "tests")
    assert any("does not compare" in line for line in complaints(miniature))


def test_a_value_that_differs_from_the_text_is_found(miniature):
    toml = miniature / "book" / "numbers.toml"
    toml.write_text(toml.read_text().replace("value = 3.5", "value = 3.6"))
    assert any("prints '3.5' but its value is 3.6" in line for line in complaints(miniature))


def test_an_owned_number_that_left_the_page_is_found(miniature):
    (miniature / "book" / "page.md").write_text("# Page\n\nNothing.\n")
    assert any("stands in no prose" in line for line in complaints(miniature))
