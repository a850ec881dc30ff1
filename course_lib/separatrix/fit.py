"""`fit_separatrix`: learn ψ, whose zero set is the border between basins, from the field alone."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from course_lib.analysis.stepping import check_states, check_system
from course_lib.dynamics import Flow, Map, check_flow
from course_lib.separatrix.borders import Borders, find_borders
from course_lib.separatrix.eigenfunction import FORMS, Eigenfunction
from course_lib.separatrix.member import Recipe, finish, share_right, train_member
from course_lib.separatrix.objective import PIN, Problem
from course_lib.separatrix.record import Separatrix
from course_lib.separatrix.sampling import Sampler, default_sampling
from course_lib.separatrix.settling import STEP, Lookahead, advance, capture_radius, settle, speed, time_step
from course_lib.shapes import State
from course_lib.training import History, TrainingStopped
from course_lib.training.device import check_device
from course_lib.validation import CourseError, check_choice, check_count, check_generator, check_positive, complaint

HALF_SIDE = 1.8  # of the default domain, in largest distances of an attractor from their mean
HOLDOUT = 500  # states whose basins are the score
RUNAWAY = 1e3  # of the states' median distance from the attractors' mean: a state that moves further is left out
LARGEST_LOSS_OF_STATES = 0.5  # share of the drawn states that may run away before the fit is refused
UNSOLVED = 5e-3  # residual of a network that got stuck (0.009 and 0.013 were seen); others ended below 0.004
STARTS = 3  # networks drawn until one solves its equation: about one in five gets stuck in 64 dimensions


class FitStopped(CourseError):
    """A fit that could not be finished. `found`: the borders, or the Separatrix as far as it came."""

    def __init__(self, message: str, found: Borders | Separatrix):
        super().__init__(message)
        self.found = found


def fit_separatrix(
    system: Flow | Map,
    attractors: State,
    *,
    generator: torch.Generator,
    saddles: State | None = None,
    domain: State | None = None,
    rate: float | None = None,
    rhs: str = "squashed",
    integrated: bool = True,
    horizon: float = 1.5,
    lookahead: float = 0.0,
    sampling: Sampler | None = None,
    normalise: bool = True,
    balance: float = 0.1,
    pin: bool = True,
    hold: str = "pins",
    members: int = 1,
    n_states: int = 20_000,
    n_steps: int = 600,
    batch: int = 300,
    lr: float = 3e-3,
    width: int = 64,
    depth: int = 3,
    head_steps: int = 8,
    patience: int | None = None,
    score_every: int = 50,
    on_step: Callable[[int, float], None] | None = None,
    duration: float | None = None,
    dt: float | None = None,
    device: torch.device | str = "cpu",
) -> Separatrix:
    """Learn ψ with ψ' = Λ(ψ - ψ³) along the flow, -1 and +1 at two attractors, 0 on the border between them.

    attractors: (k, dim), k ≥ 2, float64; of a limit cycle one point (then pass duration).  More than two: one ψ for
        every pair, by one network.
    saddles: (s, dim); None: searched for.  rate: Λ [1/time]; None: the unstable rate of each pair's saddle, with which
        ψ crosses 0 with a finite slope.
    domain: (2, dim) corners; None: the cube round the attractors' mean with half side 1.8 × the largest distance of an
        attractor from it.  sampling: draws states; None: `default_sampling`.  n_states: how many.
    rhs: "squashed", or "linear" for ψ' = Λψ, which is infinite at the attractors.
    integrated: hold ψ(x(T)) against the growth of ψ(x(0)) over T = horizon/Λ, the multiplicative form; False: the
        differential equation itself (flows only).
    lookahead: time [1/Λ] by which the system carries a state forward before the network is asked; ψ then follows from
        φ(x) = e^(-Λt) φ(x(t)). In many dimensions the network learns its border on states that are nearer to where the
        dynamics leads; ψ costs that much integration in return.
    normalise: divide by the same residual against shuffled states, so that ψ = 0 does not win.  balance: weight of
        (mean ψ)².  pin: hold ψ at ±1 at the attractors.
    n_steps, batch, lr: of Adam.  head_steps: Gauss-Newton steps for the last layer on all states at the end (squashed
        and pinned only).  hold: what is held then, ψ at the "pins", where ψ = 0 comes out best by far, or its "slope"
        at the saddle, where ψ itself comes out best.  width, depth: of the tanh network.
    members: networks with their own weights and batches, whose disagreement is an uncertainty. One that got stuck, as
        its residual tells, is replaced, twice at most.
    patience: stop when the share of 500 states with the right basin has not grown for so many scores, taken every
        score_every steps; the best weights are kept. None: no score.  on_step: called with (step, loss).
    duration, dt: of `settle`; with these and rate no derivative of the field is asked for.
    device: where the network is trained.

    Returns Separatrix.  Raises for a single attractor, for attractors outside the domain or not at rest, for saddles
    that are none; FitStopped where the fit itself fails, with what was found until then in `.found`.
    Dabholkar and Barak 2025, arXiv 2505.15231; squashed in their post on the UniReps blog. Taught on the
    page "Separatrices of known systems".
    """
    check_system(system)
    check_generator(generator)
    check_choice("rhs", rhs, FORMS)
    check_choice("hold", hold, ("pins", "slope"))
    attractors = _check_attractors(system, attractors, at_rest=duration is None)
    domain = _check_domain(attractors, domain)
    place = check_device(device)
    is_map = isinstance(system, Map)
    if is_map and not integrated:
        raise complaint("integrated", wanted="True for a Map", got="False", do="A map has no field; leave it out.")
    recipe = Recipe(rhs, integrated, check_positive("horizon", horizon), normalise, balance, pin,
                    check_count("n_states", n_states), n_steps, batch, lr, hold)  # fmt: skip
    borders = find_borders(system, attractors, saddles=saddles, rate=rate, duration=duration, dt=dt)
    sampler = sampling or default_sampling(domain, torch.cat((attractors, borders.saddles)))
    x = sampler(n_states, generator)
    ahead = _ahead(system, borders, torch.cat((attractors, x)), lookahead, dt)
    problem = _pool(system, borders, attractors, x, recipe, ahead, dt)
    held_out = None
    if patience is not None:
        states = sampler(HOLDOUT, generator)
        held_out = _carried(ahead, states), settle(system, states, attractors, duration=duration, dt=dt)
    fits = _Fits(problem, borders, recipe, "map" if is_map else "flow", domain, ahead)
    for _ in range(check_count("members", members)):
        for _ in range(STARTS):
            net = Eigenfunction(problem.x, len(borders.pairs), width=width, depth=depth, form=FORMS[rhs],
                                generator=generator, dtype=torch.float32)  # fmt: skip
            score = None if held_out is None else share_right(net, borders.pairs, *held_out)
            try:
                history = train_member(net, problem, recipe, generator, score, score_every, patience, on_step, place)
            except TrainingStopped as reason:
                fits.add(net, reason.history, fits.finish(net, 0))
                raise FitStopped(f"fit_separatrix: {reason}", fits.record()) from reason
            residual = fits.finish(net, head_steps if pin and rhs == "squashed" else 0)
            if not residual > UNSOLVED:  # NaN without a solution to judge by
                break
        fits.add(net, history, residual)
    return fits.record()


@dataclass
class _Fits:
    """The members so far, and the Separatrix that they make."""

    problem: Problem
    borders: Borders
    recipe: Recipe
    kind: str
    domain: Tensor
    ahead: Lookahead | None
    nets: list[Eigenfunction] = field(default_factory=list)
    histories: list[History] = field(default_factory=list)
    residuals: list[float] = field(default_factory=list)

    def finish(self, net: Eigenfunction, head_steps: int) -> float:
        return finish(net, self.problem, self.borders, head_steps, self.recipe.hold)

    def add(self, net: Eigenfunction, history: History, residual: float) -> None:
        self.nets.append(net)
        self.histories.append(history)
        self.residuals.append(residual)

    def record(self) -> Separatrix:
        loss = torch.full((len(self.nets), max(len(h.loss) for h in self.histories)), torch.nan, dtype=torch.float64)
        for row, history in enumerate(self.histories):
            loss[row, : len(history.loss)] = history.loss
        residual = torch.tensor(self.residuals, dtype=torch.float64)
        scores = tuple(history.scores for history in self.histories)
        attractors = self.problem.attractors
        nets = tuple(self.nets)
        return Separatrix(attractors, self.domain, self.borders, nets, loss, residual, scores, self.kind, self.ahead)


def _check_attractors(system: Flow | Map, attractors: Tensor, *, at_rest: bool) -> Tensor:
    attractors = check_states("attractors", attractors, system.dim)
    if len(attractors) < 2:
        raise complaint(
            "attractors",
            wanted="at least two, to have a border",
            got=str(len(attractors)),
            do="find_attractors with more starts, or a wider spread of them, may show another.",
        )
    radius = capture_radius(attractors)
    if not at_rest:
        return attractors
    with torch.no_grad():
        offset = speed(system, attractors) * time_step(system, attractors) / STEP
    worst = int(offset.argmax())
    if float(offset[worst]) > radius:
        raise complaint(
            f"attractors[{worst}]",
            wanted="a state at rest",
            got=f"a speed of {float(speed(system, attractors)[worst]):.3g} at "
            f"{[round(value, 4) for value in attractors[worst].tolist()[:4]]}",
            do="find_attractors polishes them; for a point on a limit cycle pass duration.",
        )
    return attractors


def _check_domain(attractors: Tensor, domain: Tensor | None) -> Tensor:
    if domain is None:
        middle = attractors.mean(dim=0)
        half = HALF_SIDE * (attractors - middle).norm(dim=-1).max()
        return torch.stack((middle - half, middle + half))
    domain = check_states("domain", domain, attractors.shape[1])
    if len(domain) != 2 or not bool((domain[0] < domain[1]).all()):
        raise complaint("domain", wanted="(2, dim), low < high", got=f"{domain.tolist()}", do="Order the corners.")
    outside = ((attractors < domain[0]) | (attractors > domain[1])).any(dim=1)
    if bool(outside.any()):
        row = int(outside.nonzero()[0])
        raise complaint(
            f"attractors[{row}]",
            wanted="a point inside the domain",
            got=f"{[round(value, 4) for value in attractors[row].tolist()[:4]]}, outside",
            do="Widen the domain, or leave it out; ψ learns nothing where no state is drawn.",
        )
    return domain


def _span(system: Flow | Map, states: Tensor, time: float, dt: float | None) -> tuple[float, int]:
    """Length and number of the steps of `advance` that fill a time; at least one."""
    if isinstance(system, Map):
        return 1.0, max(1, round(time))
    n = max(1, round(time / (time_step(system, states) if dt is None else dt)))
    return time / n, n


def _ahead(system: Flow | Map, borders: Borders, states: Tensor, time: float, dt: float | None) -> Lookahead | None:
    if check_positive("lookahead", time, or_zero=True) == 0:
        return None
    h, n = _span(system, states, time / float(borders.rates.median()), dt)
    return Lookahead(system, h, n, borders.rates * (h * n))


@torch.no_grad()
def _carried(ahead: Lookahead | None, x: Tensor) -> Tensor:
    return x if ahead is None else ahead.carry(x)


@torch.no_grad()
def _pool(
    system: Flow | Map,
    borders: Borders,
    attractors: Tensor,
    start: Tensor,
    recipe: Recipe,
    ahead: Lookahead | None,
    dt: float | None,
) -> Problem:
    """The states with where they are after the horizon, or with the field there; all carried ahead before."""
    rates, x = borders.rates, _carried(ahead, start)
    if recipe.integrated:
        h, n = _span(system, torch.cat((attractors, start)), recipe.horizon / float(rates.median()), dt)
        y, growth = advance(system, x, h, n), rates * (h * n)
    else:
        y, growth = check_flow("system", system).vector_field(x), rates
    far = RUNAWAY * (start - attractors.mean(dim=0)).norm(dim=-1).median()
    finite = (x - y if recipe.integrated else y / rates.median()).norm(dim=-1) < far  # False for NaN
    if float(finite.double().mean()) < 1 - LARGEST_LOSS_OF_STATES:
        row = int((~finite).nonzero()[0])
        raise FitStopped(
            f"fit_separatrix: wanted states that stay finite, got {int((~finite).sum())} of {len(x)} that do not, "
            f"for example {[round(value, 4) for value in start[row].tolist()[:4]]}. Pass a smaller domain, or dt.",
            borders,
        )
    pins = attractors.new_zeros(len(attractors), len(borders.pairs))
    for column, (i, j) in enumerate(borders.pairs):
        pins[i, column], pins[j, column] = -PIN, PIN
    return Problem(x[finite], y[finite], growth, attractors, pins, recipe.integrated)
