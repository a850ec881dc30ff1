"""Solutions against solutions on paper; every refusal says when, where and what to do."""

import math

import pytest
import torch
from problems import CAT_MAP, F64, INPUT, LOGISTIC_MAP, PROBLEMS, SPIRAL, network
from torch.testing import assert_close

from course_lib.dynamics import FunctionFlow
from course_lib.integrate import integrate, iterate
from course_lib.systems import Linear, Lorenz63
from course_lib.validation import CourseError

TOLERANCE = {"euler": 6e-2, "rk4": 1e-6, "dopri5": 1e-6}
every_problem = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.name)


def largest_error(problem, method: str, max_step: float) -> float:
    t = torch.linspace(0.0, problem.duration, 7, dtype=F64)
    step = None if method == "dopri5" else max_step
    x = integrate(problem.flow, problem.x0, t, method=method, max_step=step).x
    return float((x - problem.exact(t, problem.x0)).abs().max())


@every_problem
@pytest.mark.parametrize("method", ["euler", "rk4", "dopri5"])
def test_solutions_known_on_paper(problem, method):
    assert largest_error(problem, method, 0.01) < TOLERANCE[method]


@every_problem
@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("rk4", 4)])
def test_the_error_falls_with_the_order_of_the_method(problem, method, order):
    ratio = largest_error(problem, method, 0.04) / largest_error(problem, method, 0.02)
    assert ratio == pytest.approx(2**order, rel=0.25)


@every_problem
@pytest.mark.parametrize("method", ["rk4", "dopri5"])
def test_decreasing_times_run_backwards(problem, method):
    t = torch.linspace(0.0, problem.duration, 5, dtype=F64)
    end = problem.exact(t, problem.x0)[:, -1]
    back = integrate(problem.flow, end, t.flip(0), method=method, max_step=None if method == "dopri5" else 0.01)
    assert_close(back.x, problem.exact(t, problem.x0).flip(1), rtol=1e-5, atol=1e-6)
    assert_close(back.t, t.flip(0))


def test_one_step_of_rk4_is_the_taylor_polynomial_of_order_four():
    t = torch.tensor([0.0, 0.1], dtype=F64)
    x = integrate(FunctionFlow(lambda x: x, 1), torch.ones(1, 1, dtype=F64), t).x[0, 1, 0]
    assert float(x) == pytest.approx(sum(0.1**n / math.factorial(n) for n in range(5)), abs=1e-15)


def test_sub_steps_are_equal_and_no_longer_than_max_step():
    seen = []

    def counting(x):
        seen.append(float(x[0, 0]))
        return torch.ones_like(x)

    t = torch.tensor([0.0, 0.1, 0.4], dtype=F64)
    integrate(FunctionFlow(counting, 1), torch.zeros(1, 1, dtype=F64), t, method="euler", max_step=0.04)
    steps = torch.tensor(seen[1:], dtype=F64).diff()  # the first call only checks the field
    assert_close(steps, torch.tensor([0.1 / 3] * 3 + [0.3 / 8] * 8, dtype=F64))


def test_a_max_step_that_divides_the_interval_is_met_exactly():
    t = torch.arange(0, 1.0001, 0.1, dtype=F64)
    count = []
    flow = FunctionFlow(lambda x: count.append(1) or -x, 1)
    integrate(flow, torch.ones(1, 1, dtype=F64), t, method="euler", max_step=0.1)
    assert len(count) == 12  # one check, the first slope, ten steps


def test_samples_lie_at_uneven_times():
    problem = PROBLEMS[0]
    t = torch.tensor([0.0, 0.013, 0.5, 0.51, 2.0], dtype=F64)
    assert_close(
        integrate(problem.flow, problem.x0, t, max_step=0.01).x, problem.exact(t, problem.x0), atol=1e-7, rtol=0
    )


def test_the_answer_is_batch_time_dim_also_for_a_single_state():
    t = torch.linspace(0, 1, 11, dtype=F64)
    assert integrate(Lorenz63(), torch.ones(3, dtype=F64), t, max_step=0.01).x.shape == (1, 11, 3)
    assert integrate(Lorenz63(), torch.ones(5, 3, dtype=F64), t, max_step=0.01).x.shape == (5, 11, 3)
    assert integrate(Lorenz63(), torch.ones(5, 3, dtype=F64), t[:1]).x.shape == (5, 1, 3)


def test_float32_solves_in_float32():
    x = integrate(Lorenz63(), torch.ones(2, 3), torch.linspace(0, 1, 101)).x
    assert x.dtype == torch.float32


def test_gradients_pass_through_the_steps():
    x0 = torch.tensor([[1.0, 0.0]], dtype=F64, requires_grad=True)
    t = torch.linspace(0, 1, 201, dtype=F64)
    integrate(Linear(SPIRAL), x0, t).x[0, -1, 0].backward()
    assert_close(x0.grad[0], torch.linalg.matrix_exp(SPIRAL)[0], rtol=0, atol=1e-9)


def test_the_adjoint_gives_the_gradient_of_the_steps():
    t = torch.linspace(0, 1, 5, dtype=F64)
    gradients = []
    for adjoint in (True, False):
        model = network()
        flow = model.flow_at(INPUT, differentiable=True)
        x0 = torch.full((2, model.dim), 0.4, dtype=F64, requires_grad=True)
        integrate(flow, x0, t, method="dopri5", adjoint=adjoint).x[:, -1].square().sum().backward()
        gradients.append((x0.grad, model.W_rec.grad, model.b.grad))
    for by_adjoint, by_steps in zip(*gradients, strict=True):
        assert by_steps.abs().max() > 1e-3
        assert_close(by_adjoint, by_steps, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("method", ["euler", "rk4"])
def test_too_large_a_step_raises_and_names_max_step(method):
    t = torch.arange(0, 10, 0.4, dtype=F64)
    with pytest.raises(CourseError, match=r"at most 0\.01 of the state.*max_step=0\.04"):
        integrate(Lorenz63(), torch.ones(1, 3, dtype=F64), t, method=method)


def test_the_estimate_is_the_error_of_the_third_order_companion():
    # x' = -x over one step h from 1: h (k4 - f(x1)) / 6 = h^4 / 72 + h^5 / 144
    flow = FunctionFlow(lambda x: -x, 1)
    x0 = torch.ones(1, 1, dtype=F64)
    integrate(flow, x0, torch.tensor([0.0, 0.8], dtype=F64))  # 0.0080
    with pytest.raises(CourseError, match=r"estimate of 0\.0132 for a step of 0\.9"):
        integrate(flow, x0, torch.tensor([0.0, 0.9], dtype=F64))


def test_a_step_chosen_by_the_caller_is_the_callers_own():
    t = torch.arange(0, 2, 0.4, dtype=F64)
    assert torch.isfinite(
        integrate(FunctionFlow(lambda x: -x, 1), torch.ones(1, 1, dtype=F64), t, max_step=0.4).x
    ).all()


def test_the_error_names_the_trajectory_and_the_time_of_the_bad_step():
    x0 = torch.tensor([[0.1], [50.0]], dtype=F64)
    t = torch.linspace(0, 1, 21, dtype=F64)
    with pytest.raises(CourseError, match=r"trajectory 1, t = 0:"):
        integrate(FunctionFlow(lambda x: x - x**3, 1), x0, t)


BLOW_UP = FunctionFlow(lambda x: x**2, 1)  # x(t) = 1 / (1 - t) from 1: infinite at t = 1


def test_a_state_that_leaves_the_finite_is_said_when_and_where():
    x0 = torch.tensor([[0.1], [1.0]], dtype=F64)
    t = torch.linspace(0, 2, 21, dtype=F64)
    with pytest.raises(CourseError, match=r"trajectory 1: .*non-finite one at t = 1\.[1-5]"):
        integrate(BLOW_UP, x0, t, max_step=0.001)


def test_the_adaptive_solver_says_where_it_got_stuck():
    t = torch.linspace(0, 2, 21, dtype=F64)
    with pytest.raises(CourseError, match=r"stuck near t = (1|0\.99)"):
        integrate(BLOW_UP, torch.ones(1, 1, dtype=F64), t, method="dopri5", rtol=1e-4, atol=1e-4)


X0, T = torch.ones(2, 3, dtype=F64), torch.linspace(0, 1, 101, dtype=F64)


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ((CAT_MAP, X0[:, :2], T), {}, "wanted a Flow, got a Map"),
        ((Lorenz63(), X0[:, :2], T), {}, r"x0: wanted shape \(batch, 3\), got \(2, 2\)"),
        ((Lorenz63(), X0.int(), T), {}, "x0: wanted floating point"),
        ((Lorenz63(), X0 * float("nan"), T), {}, "x0: wanted finite"),
        ((Lorenz63(), X0, T[None]), {}, r"t: wanted shape \(time\)"),
        ((Lorenz63(), X0, T[[0, 2, 1]]), {}, "strictly increasing or strictly decreasing"),
        ((Lorenz63(), X0, T[:0]), {}, "at least one time"),
        ((Lorenz63(), X0, T), {"method": "rk45"}, "one of dopri5, euler, rk4, got 'rk45'"),
        ((Lorenz63(), X0, T), {"max_step": 0.0}, "max_step: wanted a finite number above 0"),
        ((Lorenz63(), X0, T), {"method": "dopri5", "rtol": -1.0}, "rtol"),
        ((Lorenz63(), X0, T), {"adjoint": True}, "method='dopri5'"),
        ((FunctionFlow(lambda x: x.sum(-1), 3), X0, T), {}, "one slope for every state"),
        ((Linear(SPIRAL), torch.ones(1, 2), T), {}, "precision of the flow's parameters"),
    ],
)
def test_bad_input_is_refused_with_the_reason(arguments, options, words):
    with pytest.raises(CourseError, match=words):
        integrate(*arguments, **options)


def test_the_orbit_of_a_map_holds_its_start_and_its_times():
    orbit = iterate(LOGISTIC_MAP, torch.tensor([[0.75], [0.5]], dtype=F64), 3, dt=0.5)
    assert_close(orbit.x[..., 0], torch.tensor([[0.75] * 4, [0.5, 1.0, 0.0, 0.0]], dtype=F64))
    assert_close(orbit.t, torch.tensor([0.0, 0.5, 1.0, 1.5], dtype=F64))


def test_an_orbit_that_runs_away_is_said_when_and_where():
    with pytest.raises(CourseError, match=r"trajectory 0: .*non-finite"):
        iterate(LOGISTIC_MAP, torch.tensor([[1.5]], dtype=F64), 50)


def test_a_flow_is_not_iterated():
    with pytest.raises(CourseError, match="wanted a Map, got a Flow"):
        iterate(Lorenz63(), X0, 3)
