"""The comparison on rows whose figures are known: the true system, doing nothing, a straight line, an exact model."""

import math
from dataclasses import dataclass, replace

import pytest
import torch
from problems import F64, HENON
from torch.testing import assert_close

from course_lib.analysis import valid_prediction_time
from course_lib.dynamics import FunctionMap
from course_lib.integrate import iterate
from course_lib.models import CTRNN, GatedRNN
from course_lib.studies import (
    COLUMNS,
    Autoregression,
    ComparedRow,
    EchoState,
    Fitted,
    ForecastProblem,
    LinearExtrapolation,
    Network,
    NotApplicable,
    Persistence,
    TrueFlow,
    compare,
    lorenz_problem,
    score,
)
from course_lib.studies.baselines import delay_states, evaluate, monomials
from course_lib.systems import Lorenz63
from course_lib.systems.references import LORENZ63
from course_lib.tasks import LorenzForecast, StandardisedFlow, Trial
from course_lib.training import fit_reservoir
from course_lib.validation import CourseError

TASK = LorenzForecast(0.02)
TRUTH = TrueFlow(TASK.standardised_flow(), dt=0.02, max_step=TASK.solver_step)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def problem() -> ForecastProblem:
    return lorenz_problem(0, n_train=20, n_test=20, n_states=100, n_spectrum=48, spectrum_time=20.0)


@pytest.fixture(scope="module")
def small() -> ForecastProblem:
    return lorenz_problem(3, n_train=6, n_train_steps=120, n_test=4, n_states=30, n_spectrum=4, spectrum_time=2.0)


def orbits_of(system, x0: torch.Tensor, n_steps: int, *, washout: int = 100) -> torch.Tensor:
    return iterate(system, x0, n_steps + washout).x[:, washout:]


def henon_problem(n: int = 30, n_steps: int = 400) -> ForecastProblem:
    """Hénon's map: its orbits are exact polynomials of the state before."""
    draws = [orbits_of(HENON, 0.1 * torch.rand(n, 2, generator=generator(s), dtype=F64), n_steps) for s in range(3)]
    train, test, other = draws
    mask = torch.ones(n, n_steps, dtype=torch.bool)
    return ForecastProblem(
        train=Trial(train[:, :-1], train[:, 1:], mask, {}),
        test=Trial(test[:, :-1], test[:, 1:], mask, {}),
        attractor=other,
        std=other.std(dim=(0, 1)),
        dt=1.0,
        lyapunov_time=1 / 0.4192,
        warm_up=20,
        stride=1,
        n_exponents=2,
        n_spectrum=100,
        spectrum_time=400.0,
        spectrum_spin_up=50.0,
    )


# --- ground truth


def test_the_true_flow_has_every_figure_of_the_truth(problem):
    found = score(TRUTH, problem, generator=generator())
    assert found.vpt.n_capped == 20 and found.vpt.median == found.vpt.cap == 14.0
    assert found.rmse.max() < 1e-12
    assert_close(found.over_persistence, torch.ones(3, dtype=F64), rtol=0, atol=1e-15)
    reference = torch.tensor(LORENZ63["lyapunov_spectrum"].value, dtype=F64)
    off = (found.spectrum.exponents - reference).abs()
    assert (off < 3 * found.spectrum.standard_error + 1e-3).all()
    assert not found.distance.differs
    assert found.dimension.dimension == pytest.approx(found.true_dimension.dimension, abs=0.15)
    assert found.true_dimension.dimension == pytest.approx(2.06, abs=0.1)
    assert found.n_fitted == 0


def test_persistence_has_no_skill_and_comes_to_rest(problem):
    found = score(Persistence(), problem, generator=generator())
    assert (found.over_persistence == 0).all()
    assert (found.over_line < 0).all()
    moved = (problem.test.targets - problem.test.inputs)[:, problem.warm_up :]
    assert_close(found.rmse, moved.square().mean(dim=(0, 1)).sqrt())
    assert_close(found.spectrum.exponents, torch.zeros(3, dtype=F64), rtol=0, atol=1e-12)
    still = problem.starts[:, -1:].expand_as(problem.future)
    t = 0.02 * torch.arange(1, still.shape[1] + 1, dtype=F64)
    by_hand = valid_prediction_time(t, still, problem.future, lyapunov_time=problem.lyapunov_time, std=problem.std)
    assert found.vpt.median == by_hand.median < 0.5
    for gone in (found.dimension, found.distance):
        assert gone == NotApplicable("every loop comes to rest")


def test_a_straight_line_has_no_skill_over_a_line_and_leaves(problem):
    found = score(LinearExtrapolation(), problem, generator=generator())
    assert (found.over_line == 0).all()
    assert (found.over_persistence > 0.9).all()
    assert found.vpt.median > score(Persistence(), problem, generator=generator()).vpt.median
    for gone in (found.dimension, found.distance, found.spectrum):
        assert "leave 10 standard deviations, the first after" in gone.why


def test_a_quadratic_autoregression_is_henon_s_map_itself():
    found = score(Autoregression("NVAR", delays=1, degree=2, ridge=1e-14), henon_problem(), generator=generator())
    assert found.rmse.max() < 1e-8
    assert found.n_fitted == 2 * (5 + 1)
    assert float(found.spectrum.exponents.sum()) == pytest.approx(math.log(0.3), abs=1e-6)  # log |det J| is constant
    assert float(found.spectrum.exponents[0]) == pytest.approx(0.4192, abs=0.005)
    assert found.vpt.median > 6.0
    assert not found.distance.differs
    assert found.dimension.dimension == pytest.approx(found.true_dimension.dimension, abs=0.1)


def test_a_linear_autoregression_of_henon_s_map_is_no_chaos():
    found = score(Autoregression("AR", delays=2, degree=1), henon_problem(), generator=generator())
    assert found.rmse.max() > 0.1
    assert float(found.spectrum.exponents[0]) < 0
    assert found.distance == NotApplicable("every loop comes to rest")


def test_a_quadratic_autoregression_forecasts_lorenz_for_some_lyapunov_times(problem):
    brief = replace(problem, n_spectrum=4, spectrum_time=1.0, spectrum_spin_up=0.2, attractor=problem.attractor[:, :20])
    found = score(Autoregression("NVAR"), brief, generator=generator())
    assert found.n_fitted == 3 * 28  # the features of the paper: 1 + 6 + 21
    assert found.over_line.min() > 0.99
    assert found.vpt.median > 2.0


# --- the parts


def test_delay_states_hold_the_newest_sample_first():
    x = torch.arange(8, dtype=F64).reshape(1, 4, 2)
    expected = [[0, 1, 0, 1, 0, 1], [2, 3, 0, 1, 0, 1], [4, 5, 2, 3, 0, 1], [6, 7, 4, 5, 2, 3]]
    assert_close(delay_states(x, 3), torch.tensor([expected], dtype=F64))


def test_monomials_are_all_products_once():
    products = monomials(3, 3)
    assert len(products) == math.comb(3 + 3, 3) - 1
    assert len(set(products)) == len(products)
    x = torch.tensor([2.0, 3.0, 5.0], dtype=F64)
    assert sorted(evaluate(products, x).tolist())[-1] == 125.0
    by_hand = [math.prod(x[i].item() for i in factors) for factors in products]
    assert evaluate(products, x.expand(4, 2, 3))[3, 1].tolist() == by_hand


def test_the_loop_of_an_autoregression_is_its_forecast(small):
    fitted = Autoregression("NVAR", delays=3, degree=2).fit(small.train, generator=generator())
    system, x0 = fitted.loop(small.starts)
    assert_close(iterate(system, x0, 9).x[:, 1:, :3], fitted.forecast(small.starts, 9))
    assert_close(fitted.predict(small.starts)[:, -1], fitted.forecast(small.starts, 1)[:, 0])


@pytest.mark.parametrize(
    "make",
    [lambda g: CTRNN(20, 3, 3, tau=0.04, dt=0.02, generator=g), lambda g: GatedRNN("lstm", 8, 3, 3, generator=g)],
    ids=["CTRNN", "LSTM"],
)
def test_a_network_row_is_the_network(small, make):
    kept = []

    def train(model, trial, g):
        kept.append(model)
        fit_reservoir(model, trial.inputs, trial.targets)

    fitted = Network("net", make, train, readout_only=True).fit(small.train, generator=generator(4))
    model = kept[0]
    with torch.no_grad():
        assert_close(fitted.predict(small.test.inputs), model.readout(model.run(small.test.inputs)))
    assert_close(fitted.forecast(small.starts, 7), model.forecast(small.starts, 7))
    system, x0 = fitted.loop(small.starts)
    with torch.no_grad():
        assert_close(model.readout(iterate(system, x0, 6).x), fitted.forecast(small.starts, 7))
    assert fitted.n_fitted == model.C.numel() + 3
    assert Network("net", make, train).fit(small.train, generator=generator(4)).n_fitted > fitted.n_fitted


def test_the_echo_state_network_is_reservoirpy_s(small):
    pytest.importorskip("reservoirpy", reason="reservoirpy is not installed here: pip install reservoirpy")
    candidate = EchoState(units=40, warm_up=30)
    reservoir, readout = candidate.fit_nodes(small.train, generator=generator(5))
    fitted = candidate.fit(small.train, generator=generator(5))
    for inputs, mine in zip(small.test.inputs, fitted.predict(small.test.inputs), strict=True):
        reservoir.reset()
        theirs = torch.from_numpy((reservoir >> readout).run(inputs.numpy()))
        assert_close(mine, theirs, rtol=0, atol=1e-10)
    assert fitted.n_fitted == 3 * 41


def test_an_echo_state_network_draws_from_its_generator_alone(small):
    np = pytest.importorskip("numpy")
    pytest.importorskip("reservoirpy", reason="reservoirpy is not installed here: pip install reservoirpy")
    before = np.random.get_state()[1].copy()
    one, again, other = (
        EchoState(units=20, warm_up=30).fit(small.train, generator=generator(s)).predict(small.starts)
        for s in (1, 1, 2)
    )
    assert_close(one, again, rtol=0, atol=0)
    assert (one - other).abs().max() > 1e-9
    assert np.array_equal(np.random.get_state()[1], before)


def test_the_standardised_flow_is_the_flow_in_other_units(rng):
    mean, std = torch.tensor([1.0, -2.0, 20.0], dtype=F64), torch.tensor([2.0, 3.0, 0.5], dtype=F64)
    flow = StandardisedFlow(Lorenz63(), mean, std)
    z = torch.randn(5, 3, generator=rng, dtype=F64)
    assert_close(flow.vector_field(z), Lorenz63().vector_field(mean + std * z) / std)
    assert_close(flow.jacobian(z), super(StandardisedFlow, flow).jacobian(z))
    with pytest.raises(CourseError, match="std: wanted scales above 0"):
        StandardisedFlow(Lorenz63(), mean, torch.tensor([1.0, 0.0, 1.0], dtype=F64))


# --- reasons in the place of figures


@dataclass(frozen=True)
class Doubling:
    """A loop that runs away, x ↦ 2 x."""

    name: str = "doubling"

    def fit(self, trial: Trial, *, generator: torch.Generator) -> Fitted:
        return Fitted(
            predict=lambda u: 2 * u,
            n_fitted=0,
            forecast=lambda u, n: u[:, -1:] * 2.0 ** torch.arange(1, n + 1, dtype=F64)[:, None],
            loop=lambda u: (FunctionMap(lambda x: 2 * x, 3), u[:, -1]),
        )


@dataclass(frozen=True)
class Seer:
    """Forecasts one step and nothing else."""

    name: str = "seer"

    def fit(self, trial: Trial, *, generator: torch.Generator) -> Fitted:
        return Fitted(lambda u: u, 0, NotApplicable("it has no loop"), NotApplicable("resets have no Jacobian"))


def test_a_loop_that_runs_away_says_when(small):
    found = score(Doubling(), small, generator=generator())
    assert found.dimension.why.startswith("100% of the loops leave 10 standard deviations, the first after 0.0")
    assert found.spectrum == found.distance == found.dimension
    assert found.vpt.median < 0.2  # an overflow on the way is no figure and no error


def test_what_only_predicts_says_why_it_has_no_loop(small):
    found = score(Seer(), small, generator=generator())
    for gone in (found.vpt, found.dimension, found.distance, found.steps_per_second):
        assert gone == NotApplicable("it has no loop")
    assert found.spectrum == NotApplicable("resets have no Jacobian")
    table = compare([Seer()], lambda seed: small, seeds=(0,)).markdown()
    assert "– (it has no loop)" in table and "– (resets have no Jacobian)" in table


def test_a_loop_with_fewer_exponents_says_so(small):
    @dataclass(frozen=True)
    class Clock:
        name: str = "clock"

        def fit(self, trial, *, generator):
            still = Persistence().fit(trial, generator=generator)
            return replace(still, loop=lambda u: (FunctionMap(lambda x: x, 1), u[:, -1, :1]))

    row = compare([Clock()], lambda seed: small, seeds=(0,)).row("clock")
    assert row.spread("λ₁").median == pytest.approx(0.0, abs=1e-12)
    assert row.spread("λ₃") == NotApplicable("the loop has 1 exponents")


# --- the table


def test_the_spread_over_the_seeds_is_median_and_ends(small):
    one = score(Persistence(), small, generator=generator())
    row = ComparedRow("a", tuple(replace(one, training_seconds=s) for s in (5.0, 1.0, 2.0)))
    spread = row.spread("training [CPU s]")
    assert (spread.median, spread.least, spread.largest, spread.n) == (2.0, 1.0, 5.0, 3)
    with pytest.raises(CourseError, match="column: wanted one of"):
        row.spread("beauty")


def test_a_seed_without_the_figure_is_counted_out(small):
    one = score(Persistence(), small, generator=generator())
    row = ComparedRow("a", (one, replace(one, vpt=NotApplicable("gone")), one))
    assert row.spread("VPT [LT]").n == 2
    table = compare([Persistence()], lambda seed: small, seeds=(0, 1, 2))
    cells = replace(table, rows=(row,)).cells(["VPT [LT]"])
    assert cells[1][1].endswith(", 2 of 3 seeds")


def test_skills_near_one_can_be_told_apart(small):
    one = score(Persistence(), small, generator=generator())
    near = [replace(one, over_persistence=torch.full((3,), 1 - gap, dtype=F64)) for gap in (2e-7, 3e-11, 0.125)]
    table = compare([Persistence()], lambda seed: small, seeds=(0,))
    rows = tuple(ComparedRow(str(i), (scores,)) for i, scores in enumerate(near))
    cells = replace(table, rows=rows).cells(["skill over persistence", "rmse"])
    assert [row[1] for row in cells[1:]] == ["1 - 2e-07", "1 - 3e-11", "0.875"]


def test_every_column_of_every_row_is_a_figure_or_a_reason(small):
    table = compare([TRUTH, Persistence(), LinearExtrapolation(), Doubling(), Seer()], lambda seed: small, seeds=(0, 1))
    cells = table.cells()
    assert cells[0] == ["", *COLUMNS] and [row[0] for row in cells[1:]] == [row.name for row in table.rows]
    for row in cells[1:]:
        assert all(cell.startswith("– (") or math.isfinite(float(cell.split()[0])) for cell in row[1:])
    assert len(table.markdown().splitlines()) == 2 + 5


def test_a_row_does_not_depend_on_its_neighbours(small):
    net = Network(
        "net",
        lambda g: CTRNN(10, 3, 3, tau=0.04, dt=0.02, generator=g),
        lambda m, trial, g: fit_reservoir(m, trial.inputs, trial.targets),
    )
    alone = compare([net], lambda seed: small, seeds=(7,)).row("net").scores[0]
    beside = compare([Persistence(), net], lambda seed: small, seeds=(7,)).row("net").scores[0]
    assert_close(alone.rmse, beside.rmse, rtol=0, atol=0)


def test_candidates_see_training_data_and_are_told_in_order(small):
    seen, told = [], []

    @dataclass(frozen=True)
    class Witness:
        name: str = "witness"

        def fit(self, trial, *, generator):
            seen.append((trial, generator.initial_seed()))
            return Persistence().fit(trial, generator=generator)

    compare(
        [Witness(), Persistence()],
        lambda seed: small,
        seeds=(4, 9),
        on_score=lambda name, seed, scores: told.append((name, seed)),
    )
    assert [s for _, s in seen] == [4, 9] and all(trial is small.train for trial, _ in seen)
    assert told == [("witness", 4), ("persistence", 4), ("witness", 9), ("persistence", 9)]


def test_training_and_test_data_of_a_problem_are_drawn_apart():
    first, again, other = (
        lorenz_problem(s, n_train=2, n_test=2, n_states=4, test_lyapunov_times=1.0) for s in (1, 1, 2)
    )
    assert_close(first.train.inputs, again.train.inputs, rtol=0, atol=0)
    assert (first.train.inputs[:, :50] - other.train.inputs[:, :50]).abs().max() > 0.1
    for a, b in ((first.train.inputs, first.test.inputs), (first.test.inputs, first.attractor)):
        assert (a[:, 0] - b[:, 0]).abs().max() > 0.1
    assert_close(first.future[:, 0], first.test.targets[:, 99], rtol=0, atol=0)
    assert first.starts.shape == (2, 100, 3)


@pytest.mark.parametrize(
    ("candidates", "seeds", "words"),
    [
        ([], (0,), "candidates: wanted at least one"),
        ([Persistence(), Persistence()], (0,), "each with its own name"),
        ([Persistence()], (), "seeds: wanted at least one"),
    ],
)
def test_a_comparison_of_nothing_is_refused(small, candidates, seeds, words):
    with pytest.raises(CourseError, match=words):
        compare(candidates, lambda seed: small, seeds=seeds)
