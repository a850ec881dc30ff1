"""Autonomous fields and labels that cases hand over: what they name, their Jacobians, arrays and tensors."""

import numpy as np
import pytest

from course_lib.student.cases import build
from course_lib.student.probe import answer_cases

FIELDS = {
    "duffing": {"kind": "duffing", "damping": 0.3, "tilt": 0.1},
    "four_wells": {"kind": "four_wells", "turn": 0.2, "tilt": np.array([0.1, -0.05])},
    "sheared": {
        "kind": "sheared",
        "rate": 0.8,
        "decay": 0.6,
        "shear": 0.7,
        "waves": 1.6,
        "centre": np.array([0.2, -0.3]),
    },
    "tanh_net": {"kind": "tanh_net", "W": np.array([[1.2, -0.4], [0.3, 1.6]]), "b": np.array([0.1, -0.2])},
}
STATES = np.array([[0.3, -0.2], [1.0, 0.5], [-0.7, 1.4]])


@pytest.mark.parametrize("name", FIELDS)
def test_the_jacobian_is_the_slope_of_the_field(name):
    field, jac = build(FIELDS[name]), build({"kind": "jacobian", "of": FIELDS[name]})
    quotient = [(field(STATES + nudge) - field(STATES - nudge)) / 2e-6 for nudge in 1e-6 * np.eye(2)]
    np.testing.assert_allclose(jac(STATES), np.stack(quotient, axis=-1), atol=1e-8)
    np.testing.assert_allclose(jac(STATES[0]), jac(STATES)[0])
    np.testing.assert_allclose(field(STATES[0]), field(STATES)[0])


@pytest.mark.parametrize("name", FIELDS)
def test_fields_answer_in_kind_and_keep_gradients(name):
    torch = pytest.importorskip("torch")
    field = build(FIELDS[name])
    for dtype in (torch.float32, torch.float64):
        x = torch.as_tensor(STATES, dtype=dtype).requires_grad_()
        found, slopes = field(x), field.jac(x)
        assert (found.dtype, slopes.dtype) == (dtype, dtype)
        np.testing.assert_allclose(found.detach().numpy(), field(STATES), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(slopes.detach().numpy(), field.jac(STATES), rtol=1e-5, atol=1e-6)
        (back,) = torch.autograd.grad(found[:, 0].sum(), x)
        np.testing.assert_allclose(back.numpy(), field.jac(STATES)[:, 0], rtol=1e-4, atol=1e-5)
    assert field(STATES.astype(np.float32)).dtype == np.float32 and field.jac(STATES.astype(np.float32)).dtype == "f4"


def test_fields_are_the_equations_they_name():
    x, y = STATES.T
    found = build(FIELDS["duffing"])(STATES)
    np.testing.assert_allclose(found, np.stack([y, x - x**3 - 0.3 * y + 0.1], axis=1))
    found = build(FIELDS["four_wells"])(STATES)
    np.testing.assert_allclose(found, np.stack([x - x**3 - 0.2 * y + 0.1, y - y**3 + 0.2 * x - 0.05], axis=1))
    net = FIELDS["tanh_net"]
    np.testing.assert_allclose(build(net)(STATES), np.tanh(STATES @ net["W"].T + net["b"]) - STATES)
    sheared = build(FIELDS["sheared"])
    u = x - 0.2 - 0.7 * np.sin(1.6 * (y + 0.3))
    across = np.stack([np.ones(3), -0.7 * 1.6 * np.cos(1.6 * (y + 0.3))], axis=1)
    np.testing.assert_allclose((across * sheared(STATES)).sum(axis=1), 0.8 * (u - u**3), atol=1e-12)


def test_a_jacobian_reaches_the_student_as_a_function():
    inputs = (FIELDS["duffing"], {"kind": "jacobian", "of": FIELDS["duffing"]}, STATES)
    (answer,) = answer_cases(lambda f, jac, x: (f(x), jac(x)), [inputs])
    assert answer["status"] == "ok" and np.shape(answer["value"][1]) == (3, 2, 2)


def test_labels_name_regions():
    names = np.array([4, 7, 2])
    ball = build(
        {
            "kind": "balls",
            "centres": np.array([[0.0, 0], [3.0, 0]]),
            "radii": np.array([1.0, 2.5]),
            "names": names,
            "reach": 9.0,
        }
    )
    assert ball(np.array([[0.9, 0.0], [1.1, 0.0], [0.0, 5.0], [0.0, 9.5]])).tolist() == [4, 7, 2, -1]
    sector = build(
        {"kind": "sectors", "centre": np.zeros(2), "angles": np.array([-2.0, 0.5, 2.0]), "names": names, "reach": 9.0}
    )
    places = [[np.cos(a), np.sin(a)] for a in (-3.0, -1.9, 0.4, 0.6, 1.9, 2.1)]
    assert sector(np.array(places)).tolist() == [2, 4, 4, 7, 7, 2]
    curtain = build({"kind": "curtain", "shear": 0.5, "waves": 2.0, "names": names[:2], "reach": 9.0})
    assert curtain(np.array([[0.4, 0.75], [0.6, 0.75], [-9.1, 0.0]])).tolist() == [4, 7, -1]


def test_labels_take_tensors_and_want_rows():
    torch = pytest.importorskip("torch")
    label = build({"kind": "curtain", "shear": 0.5, "waves": 2.0, "names": np.array([0, 1]), "reach": 9.0})
    found = label(torch.as_tensor(STATES).requires_grad_())
    assert isinstance(found, torch.Tensor) and found.tolist() == label(STATES).tolist()
    with pytest.raises(ValueError, match=r"states \(n, dim\)"):
        label(STATES[0])
