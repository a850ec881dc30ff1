"""GRU, LSTM and vanilla RNN as maps in equations that can be read, with their Jacobians by hand.

Every gate has an input part A h + a, with A = 0 and a = W_ih u + b_ih where the input is held, and A = W_ih C,
a = W_ih d + b_ih where the loop is closed, and a recurrent part W h + b. Gates stand one below the other in the rows of
A, a, W and b, in torch's order. σ is the logistic function, * the product entry by entry.
"""

import torch
from torch import Tensor

from course_lib.dynamics import Map
from course_lib.shapes import Jacobian, State


class GatedMap(Map):
    """The common part: which rows belong to which gate.

    A, W: (gates * n, n).  a, b: (gates * n,).  n: number of hidden units.
    """

    def __init__(self, A: Tensor, a: Tensor, W: Tensor, b: Tensor):
        self.A, self.a, self.W, self.b = A, a, W, b
        self.n = W.shape[1]

    def _parts(self, h: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """The input part and the recurrent part of every gate, each (..., n)."""
        outside, inside = h @ self.A.T + self.a, h @ self.W.T + self.b
        return list(outside.split(self.n, dim=-1)), list(inside.split(self.n, dim=-1))

    def _slopes(self) -> tuple[list[Tensor], list[Tensor]]:
        """The derivatives of both with respect to h, each (n, n)."""
        return list(self.A.split(self.n)), list(self.W.split(self.n))


class VanillaMap(GatedMap):
    """h ↦ tanh(A h + a + W h + b)."""

    def __init__(self, A: Tensor, a: Tensor, W: Tensor, b: Tensor):
        super().__init__(A, a, W, b)
        self.dim = self.n

    def step(self, x: State) -> State:
        (outside,), (inside,) = self._parts(x)
        return torch.tanh(outside + inside)

    def jacobian(self, x: State) -> Jacobian:
        (A,), (W,) = self._slopes()
        return (1 - self.step(x) ** 2)[..., None] * (A + W)


class GRUMap(GatedMap):
    """r, z = σ(parts), n = tanh(A_n h + a_n + r * (W_n h + b_n)), h ↦ (1 - z) * n + z * h (torch's variant).

    The reset gate r multiplies the recurrent part after its matrix, not h before it. Cho et al. 2014.
    """

    def __init__(self, A: Tensor, a: Tensor, W: Tensor, b: Tensor):
        super().__init__(A, a, W, b)
        self.dim = self.n

    def step(self, x: State) -> State:
        z, new = self._gates(x)[1:3]
        return new + z * (x - new)

    def jacobian(self, x: State) -> Jacobian:
        r, z, new, inside = self._gates(x)
        (A_r, A_z, A_n), (W_r, W_z, W_n) = self._slopes()
        d_r = (r * (1 - r))[..., None] * (A_r + W_r)
        d_z = (z * (1 - z))[..., None] * (A_z + W_z)
        d_new = (1 - new**2)[..., None] * (A_n + r[..., None] * W_n + inside[..., None] * d_r)
        return torch.diag_embed(z) + (x - new)[..., None] * d_z + (1 - z)[..., None] * d_new

    def _gates(self, h: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """r, z, n and the recurrent part of n."""
        (out_r, out_z, out_n), (in_r, in_z, in_n) = self._parts(h)
        r, z = torch.sigmoid(out_r + in_r), torch.sigmoid(out_z + in_z)
        return r, z, torch.tanh(out_n + r * in_n), in_n


class LSTMMap(GatedMap):
    """i, f, o = σ(parts), g = tanh(part), c ↦ f * c + i * g, h ↦ o * tanh(c). The state is (h, c): dim = 2 n.

    Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    """

    def __init__(self, A: Tensor, a: Tensor, W: Tensor, b: Tensor):
        super().__init__(A, a, W, b)
        self.dim = 2 * self.n

    def step(self, x: State) -> State:
        i, f, g, o = self._gates(x)
        c = f * x[..., self.n :] + i * g
        return torch.cat((o * torch.tanh(c), c), dim=-1)

    def jacobian(self, x: State) -> Jacobian:
        i, f, g, o = self._gates(x)
        old = x[..., self.n :]
        d_i, d_f, d_g, d_o = (a + w for a, w in zip(*self._slopes(), strict=True))
        squashed = torch.tanh(f * old + i * g)
        c_h = (
            (old * f * (1 - f))[..., None] * d_f
            + (g * i * (1 - i))[..., None] * d_i
            + (i * (1 - g**2))[..., None] * d_g
        )
        c_c = torch.diag_embed(f)
        through = (o * (1 - squashed**2))[..., None]
        h_h = (squashed * o * (1 - o))[..., None] * d_o + through * c_h
        return torch.cat((torch.cat((h_h, through * c_c), dim=-1), torch.cat((c_h, c_c), dim=-1)), dim=-2)

    def _gates(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """i, f, g, o."""
        i, f, g, o = (outside + inside for outside, inside in zip(*self._parts(x[..., : self.n]), strict=True))
        return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
