"""Candidates that stand beside every network: what costs nothing, what is linear in its weights, and the truth.

All but the truth are delay maps: the state is the last few samples, newest first, and the next sample is the last one
plus an increment that is a function of that state.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.dynamics import Flow, FunctionMap, Map
from course_lib.integrate import integrate
from course_lib.studies.candidate import Fitted
from course_lib.tasks import Trial
from course_lib.training.readout import solve_ridge
from course_lib.validation import check_count, check_positive

Increment = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Persistence:
    """The next sample is the last one.

    Taught on the page "The CT-RNN learns Lorenz".
    """

    name: str = "persistence"

    def fit(self, trial: Trial, *, generator: torch.Generator) -> Fitted:
        return of_increments(lambda state: torch.zeros_like(state), trial.inputs.shape[-1], 1, 0)


@dataclass(frozen=True)
class LinearExtrapolation:
    """The next sample continues the straight line through the last two.

    Taught on the page "The CT-RNN learns Lorenz".
    """

    name: str = "linear extrapolation"

    def fit(self, trial: Trial, *, generator: torch.Generator) -> Fitted:
        dim = trial.inputs.shape[-1]
        return of_increments(lambda state: state[..., :dim] - state[..., dim:], dim, 2, 0)


@dataclass(frozen=True)
class Autoregression:
    """The increment is a polynomial in the last `delays` samples, fitted by ridge regression.

    degree 1: linear autoregression.  Higher: all monomials up to it, known as nonlinear vector autoregression or next
    generation reservoir computing.  ridge: relative to the mean variance of the monomials.
    Gauthier, Bollt, Griffith, Barbosa 2021.
    Taught on the page "The CT-RNN learns Lorenz".
    """

    name: str
    delays: int = 2
    degree: int = 2
    ridge: float = 1e-10

    def fit(self, trial: Trial, *, generator: torch.Generator) -> Fitted:
        dim = trial.inputs.shape[-1]
        check_count("delays", self.delays)
        states = delay_states(trial.inputs, self.delays)[:, self.delays - 1 :].flatten(0, 1)
        steps = (trial.targets - trial.inputs)[:, self.delays - 1 :].flatten(0, 1)
        products = monomials(self.delays * dim, check_count("degree", self.degree))
        C, d = solve_ridge(evaluate(products, states), steps, check_positive("ridge", self.ridge, or_zero=True))
        return of_increments(lambda state: evaluate(products, state) @ C.T + d, dim, self.delays, C.numel() + d.numel())


@dataclass(frozen=True)
class TrueFlow:
    """The system that made the data, by the solver that made them; it learns nothing.

    flow: in the units of the trials.  dt: time between samples.  max_step: of the solver, RK4.
    """

    flow: Flow
    dt: float
    max_step: float
    name: str = "the true system"

    def fit(self, trial: Trial, *, generator: torch.Generator) -> Fitted:
        def forecast(inputs: Tensor, n_steps: int) -> Tensor:
            t = self.dt * torch.arange(n_steps + 1, dtype=inputs.dtype)
            return integrate(self.flow, inputs[:, -1], t, max_step=self.max_step).x[:, 1:]

        def predict(inputs: Tensor) -> Tensor:
            return forecast(inputs.reshape(-1, 1, inputs.shape[-1]), 1).reshape(inputs.shape)

        return Fitted(predict, 0, forecast, lambda inputs: (self.flow, inputs[:, -1]))


def of_increments(increment: Increment, dim: int, delays: int, n_fitted: int) -> Fitted:
    """A candidate whose next sample is the last one plus increment(state).

    increment: (..., delays * dim) to (..., dim); the state holds the last `delays` samples, newest first.
    """

    def step(state: Tensor) -> Tensor:
        return torch.cat((state[..., :dim] + increment(state), state[..., : (delays - 1) * dim]), dim=-1)

    loop_map = FunctionMap(step, delays * dim)

    def forecast(inputs: Tensor, n_steps: int) -> Tensor:
        state, samples = delay_states(inputs, delays)[:, -1], []
        for _ in range(n_steps):
            state = step(state)
            samples.append(state[:, :dim])
        return torch.stack(samples, dim=1)

    def loop(inputs: Tensor) -> tuple[Map, Tensor]:
        return loop_map, delay_states(inputs, delays)[:, -1]

    return Fitted(
        predict=lambda inputs: inputs + increment(delay_states(inputs, delays)),
        n_fitted=n_fitted,
        forecast=forecast,
        loop=loop,
    )


def delay_states(inputs: Tensor, delays: int) -> Tensor:
    """(batch, time, delays * dim), newest sample first; before the first sample that one is repeated."""
    first = inputs[:, :1].expand(-1, delays - 1, -1)
    padded = torch.cat((first, inputs), dim=1)
    n = inputs.shape[1]
    return torch.cat([padded[:, delays - 1 - k : delays - 1 - k + n] for k in range(delays)], dim=-1)


def monomials(n: int, degree: int) -> tuple[tuple[int, ...], ...]:
    """Every product of 1 to `degree` of n variables, as the indices of its factors."""
    return tuple(
        factors for d in range(1, degree + 1) for factors in itertools.combinations_with_replacement(range(n), d)
    )


def evaluate(products: tuple[tuple[int, ...], ...], state: Tensor) -> Tensor:
    """The monomials of (..., n) states, (..., len(products))."""
    n, degree = state.shape[-1], max(len(factors) for factors in products)
    # a last entry of ones fills up the shorter products, so that each factor is one gather and not one per monomial
    padded = torch.cat((state, torch.ones_like(state[..., :1])), dim=-1)
    index = torch.tensor([(*factors, *[n] * (degree - len(factors))) for factors in products], device=state.device)
    result = padded[..., index[:, 0]]
    for column in index[:, 1:].unbind(dim=1):
        result = result * padded[..., column]
    return result
