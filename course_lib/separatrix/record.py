"""The result of a fit: ψ as a function of the state, labels, and how sure it is."""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.separatrix.borders import Borders
from course_lib.separatrix.eigenfunction import Eigenfunction
from course_lib.separatrix.settling import Lookahead
from course_lib.shapes import State
from course_lib.validation import check_float64, check_shape, complaint

ROWS = 16384  # states whose features are held at a time


@dataclass(frozen=True)
class Separatrix:
    """ψ with ψ = 0 on the border of two basins: negative on the side of attractor i of a pair (i, j), positive on j's.

    The equation leaves the scale of φ open, and with it ψ at the attractors. Next to the saddle ψ counts the distance
    from the border in halves of the distance between the two; that it ends at ±1, as in x - x³, is a special case.

    attractors: (k, dim).  domain: (2, dim), the box in which states were drawn.  borders: saddles, neighbours, rates.
    members: the networks of the ensemble; ψ is their mean.
    loss: (members, steps), while training.  residual: (members,), mean squared, after the head was solved for.
    scores: of each member, (step, share of states with the right basin), where a score was asked for.
    kind: "flow" or "map".  lookahead: None, or what carries a state forward before the networks are asked.
    """

    attractors: State
    domain: State
    borders: Borders
    members: tuple[Eigenfunction, ...]
    loss: Tensor
    residual: Tensor
    scores: tuple[tuple[tuple[int, float], ...], ...]
    kind: str
    lookahead: Lookahead | None = None

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """(i, j) of every column of ψ."""
        return self.borders.pairs

    @property
    def saddles(self) -> State:
        """(s, dim)."""
        return self.borders.saddles

    def psi(self, x: State) -> Tensor:
        """ψ at x: (n, dim). Returns (n,) for two attractors, (n, pairs) for more."""
        return self._squeeze(self.all_members(x).mean(dim=0))

    def disagreement(self, x: State) -> Tensor:
        """Standard deviation of ψ over the members, in the shape of ψ; needs at least two."""
        if len(self.members) < 2:
            raise complaint(
                "disagreement", wanted="an ensemble", got="one member", do="fit_separatrix(..., members=4)."
            )
        return self._squeeze(self.all_members(x).std(dim=0))

    @torch.no_grad()
    def label(self, x: State) -> Tensor:
        """The attractor whose side x is on, (n,) int: the one that wins all of its pairs; -1 where none does."""
        psi = self.all_members(x).mean(dim=0)
        k = len(self.attractors)
        least = torch.full((len(psi), k), torch.inf, dtype=psi.dtype)  # the narrowest win of each attractor
        for column, (i, j) in zip(psi.unbind(dim=1), self.pairs, strict=True):
            least[:, i] = torch.minimum(least[:, i], -column)
            least[:, j] = torch.minimum(least[:, j], column)
        win, who = least.max(dim=1)
        return torch.where(win > 0, who, -1)

    def gradient(self, x: State, pair: int = 0) -> tuple[Tensor, Tensor]:
        """ψ of one pair and its gradient: (n,), (n, dim)."""
        with torch.enable_grad():
            x = x.detach().clone().requires_grad_()
            psi = self._ask(x)[:, :, pair].mean(dim=0)
            return psi.detach(), torch.autograd.grad(psi.sum(), x)[0]

    @torch.no_grad()
    def all_members(self, x: State) -> Tensor:
        """(members, n, pairs)."""
        check_shape("x", check_float64("x", x), f"n {self.attractors.shape[1]}")
        return torch.cat([self._ask(part) for part in x.split(ROWS)], dim=1)

    def _ask(self, x: State) -> Tensor:
        if self.lookahead is None:
            return torch.stack([member(x) for member in self.members])
        later = self.lookahead.carry(x)
        return torch.stack([member(later, self.lookahead.growth) for member in self.members])

    def _squeeze(self, psi: Tensor) -> Tensor:
        return psi[:, 0] if len(self.attractors) == 2 else psi
