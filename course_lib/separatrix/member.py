"""One member of a fit: Adam on the whole network, then the last layer solved for, then sign and scale."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.separatrix.borders import Borders
from course_lib.separatrix.eigenfunction import Eigenfunction
from course_lib.separatrix.objective import Problem, pinned, sides, solve_head
from course_lib.training import History, train


@dataclass(frozen=True)
class Recipe:
    """The settings of a fit; `fit_separatrix` explains them."""

    rhs: str
    integrated: bool
    horizon: float
    normalise: bool
    balance: float
    pin: bool
    n_states: int
    n_steps: int
    batch: int
    lr: float
    hold: str


def train_member(
    net: Eigenfunction,
    problem: Problem,
    recipe: Recipe,
    generator: torch.Generator,
    score: Callable[[], float] | None,
    score_every: int,
    patience: int | None,
    on_step: Callable[[int, float], None] | None,
    place: torch.device,
) -> History:
    """Adam in float32, which takes half the time; the head is solved for in float64 afterwards."""
    net.to(place)
    data = problem.to(place, torch.float32)

    def loss(generator: torch.Generator) -> Tensor:
        rows = torch.randint(len(data.x), (recipe.batch,), generator=generator).to(place)
        psi, left, right = sides(net, data, rows)
        value = ((left - right) ** 2).mean(dim=0)
        if recipe.normalise:
            shuffled = right[torch.randperm(len(rows), generator=generator).to(place)]
            value = value / ((left - shuffled) ** 2).mean(dim=0)
        value = value.mean() + recipe.balance * (psi.mean(dim=0) ** 2).mean()
        return value + pinned(net, data) if recipe.pin and net.form.bounded else value

    try:
        return train(net.parameters(), loss, n_steps=recipe.n_steps, generator=generator, lr=recipe.lr, final_lr=0.01,
                     score=score, score_every=score_every, patience=patience, on_step=on_step)  # fmt: skip
    finally:
        net.to("cpu")


def share_right(
    net: Eigenfunction, pairs: tuple[tuple[int, int], ...], x: Tensor, label: Tensor
) -> Callable[[], float]:
    """Share of right signs over all pairs and the states in one of their two basins; `finish` turns a wrong sign."""

    def score() -> float:
        with torch.no_grad():
            psi = net(x.to(net.head)).cpu()
        right = [torch.cat((psi[label == i, p] < 0, psi[label == j, p] > 0)) for p, (i, j) in enumerate(pairs)]
        best = [max(int(column.sum()), int((~column).sum())) for column in right]
        return sum(best) / sum(len(column) for column in right)

    return score


@torch.no_grad()
def finish(net: Eigenfunction, problem: Problem, borders: Borders, head_steps: int, hold: str) -> float:
    """The head solved for, sign and scale. Returns the mean squared residual over the pairs, NaN without a solution.

    The equation leaves the scale open: with φ also c φ is a solution. It is chosen so that ψ leaves a pair's saddle
    with the slope that leads straight to the attractors, 1 over half their distance; x - x³ then has ψ = x. Held at
    the pins c is large while the head is solved for, so that the border counts most; held at the slope it is 1.
    """
    net.double().requires_grad_(False)
    total = 0.0
    for column, (i, j) in enumerate(borders.pairs):
        loss = solve_head(net, problem, column, head_steps) if head_steps else torch.nan
        at_i, at_j = net(problem.attractors[[i, j]])[:, column]
        if at_j < at_i:
            net.head[:, column] *= -1
        own = (borders.sides == torch.tensor((i, j))).all(dim=1).nonzero().squeeze(-1)
        if len(own):
            half = (problem.attractors[i] - problem.attractors[j]).norm() / 2
            slopes = half * _slopes(net, borders.saddles[own], column)
            net.head[:, column] /= (slopes @ net.head[:, column]).mean()
            loss = (
                solve_head(net, problem, column, head_steps, slopes=slopes) if head_steps and hold == "slope" else loss
            )
        total += loss / len(borders.pairs)
    return total


def _slopes(net: Eigenfunction, x: Tensor, column: int) -> Tensor:
    """(n, features): the derivatives of the features at x along ∇g there."""
    with torch.enable_grad():
        x = x.clone().requires_grad_()
        slope = torch.autograd.grad((net.features(x) @ net.head[:, column]).sum(), x)[0]
    return net.features_along(x.detach(), slope / slope.norm(dim=-1, keepdim=True))[1]
