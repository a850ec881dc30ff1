"""Torch's GRU, LSTM and vanilla RNN as recurrent networks of this library: maps, never flows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import torch
from torch import Tensor, nn

from course_lib.models.gated_maps import GatedMap, GRUMap, LSTMMap, VanillaMap
from course_lib.models.noise import Noise, check_noise, gaussian
from course_lib.models.recurrent import RecurrentNetwork
from course_lib.shapes import InputSequence, Sequence, State
from course_lib.validation import check_choice, check_count, check_finite, check_generator, check_shape, complaint


@dataclass(frozen=True)
class Kind:
    """A cell of torch, the map that it is, its gates in torch's order, and the state's size per hidden unit."""

    cell: Callable[..., nn.RNNCellBase]
    map: type[GatedMap]
    gates: str
    parts: int = 1


KINDS = {
    "gru": Kind(nn.GRUCell, GRUMap, "rzn"),
    "lstm": Kind(nn.LSTMCell, LSTMMap, "ifgo", parts=2),
    "rnn": Kind(nn.RNNCell, VanillaMap, "h"),
}
_NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


class GatedRNN(RecurrentNetwork):
    """A GRU, an LSTM or a vanilla tanh RNN, one layer, with a linear readout of its hidden units.

    kind: "gru", "lstm" or "rnn".  n_hidden: hidden units; the state x is (batch, n_hidden), and for the LSTM the hidden
    and the cell state one after the other, (batch, 2 n_hidden).  generator: draws all weights in torch's own way and
    leaves torch's global state alone.  Weights are float64 unless dtype says otherwise. One step is one unit of time.
    Taught on the page "Map versus flow and solvers".
    """

    def __init__(
        self,
        kind: str,
        n_hidden: int,
        n_in: int,
        n_out: int,
        *,
        generator: torch.Generator,
        dtype: torch.dtype = torch.float64,
    ):
        chosen = KINDS[check_choice("kind", kind, KINDS)]
        check_count("n_hidden", n_hidden)
        super().__init__(n_hidden * chosen.parts, n_in, n_out, n_hidden)
        self.kind = kind
        check_generator(generator)
        seed = int(torch.randint(2**62, (1,), generator=generator, device=generator.device))
        with torch.random.fork_rng(devices=[]):
            torch.random.default_generator.manual_seed(seed)
            self.cell = chosen.cell(n_in, n_hidden, dtype=torch.float64).to(dtype)
            readout = nn.Linear(n_hidden, n_out, dtype=torch.float64).to(dtype)
        self.C = nn.Parameter(readout.weight.detach())
        self.d = nn.Parameter(torch.zeros(n_out, dtype=dtype))

    @classmethod
    def from_weights(cls, kind: str, weights: Mapping[str, Any]) -> "GatedRNN":
        """A network from plain arrays, tensors or nested lists, in float64.

        Either torch's names, weight_ih, weight_hh (with or without _l0), with all gates one below the other; or one
        matrix for every gate: W_ir, W_hr, W_iz, ... for the GRU (gates r, z, n), W_ii, W_hi, W_if, ... for the LSTM
        (gates i, f, g, o), W_ih, W_hh for the vanilla RNN. First letter: i from the input, h from the hidden units.
        Rows receive. Biases (bias_ih, bias_hh; b_ir, b_hr, ...) may be left out and are zero then. C (n_out, n_hidden)
        and d (n_out,) are the readout; without them it is the hidden units themselves.
        """
        gates = KINDS[check_choice("kind", kind, KINDS)].gates
        given = {name.removesuffix("_l0"): _array(name, value) for name, value in weights.items()}
        C, d = given.pop("C", None), given.pop("d", None)
        if "weight_hh" not in given:
            given = _stack_gates(given, gates)
        _check_names(given, ("weight_ih", "weight_hh"), _NAMES)
        n = check_shape("weight_hh", given["weight_hh"], "rows n_hidden").shape[1]
        n_in = check_shape("weight_ih", given["weight_ih"], "rows n_in").shape[1]
        C = torch.eye(n, dtype=torch.float64) if C is None else check_shape("C", C, f"n_out {n}")
        network = cls(kind, n, n_in, len(C), generator=torch.Generator())
        rows = len(gates) * n
        shapes = dict(zip(_NAMES, (f"{rows} {n_in}", f"{rows} {n}", f"{rows}", f"{rows}"), strict=True))
        with torch.no_grad():
            for name, shape in shapes.items():
                target = getattr(network.cell, name)
                target.copy_(check_shape(name, given.get(name, torch.zeros_like(target)), shape))
        network.set_readout(C, torch.zeros(len(C), dtype=torch.float64) if d is None else d)
        return network

    def dynamics_parameters(self) -> list[nn.Parameter]:
        """The cell's weights and biases."""
        return list(self.cell.parameters())

    def step(self, x: State, u: Tensor) -> State:
        """One step of torch's cell. x: (..., dim).  u: (..., n_in), or (n_in,) for all states.  Returns (..., dim)."""
        flat = x.reshape(-1, self.dim)
        inputs = u.expand(*x.shape[:-1], self.n_in).reshape(-1, self.n_in)
        if self.kind == "lstm":
            h, c = flat.split(self.n_read, dim=-1)
            return torch.cat(self.cell(inputs, (h.contiguous(), c.contiguous())), dim=-1).reshape(x.shape)
        return self.cell(inputs, flat).reshape(x.shape)

    def run(
        self,
        inputs: InputSequence,
        *,
        x0: State | None = None,
        noise: Noise | None = None,
        generator: torch.Generator | None = None,
    ) -> Sequence:
        """States after each input, (batch, time, dim).

        inputs: (batch, time, n_in).  x0: (batch, dim), zeros when None.  noise: on input, and on the state after every
        step with standard deviation noise.state; there is no single φ that could take noise.drive.
        """
        inputs = self._check_inputs(inputs)
        x = inputs.new_zeros(len(inputs), self.dim) if x0 is None else self._check_state("x0", x0, len(inputs))
        noise = check_noise(noise, generator)
        if noise.drive:
            raise complaint(
                "noise.drive",
                wanted="0 in a gated network",
                got=f"{noise.drive:g}",
                do="It has several nonlinearities; use Noise(state=...).",
            )
        if noise.input and generator is not None:
            inputs = inputs + noise.input * gaussian(inputs, generator)
        states = []
        for u in inputs.unbind(dim=1):
            x = self.step(x, u)
            if noise.state and generator is not None:
                x = x + noise.state * gaussian(x, generator)
            states.append(x)
        return torch.stack(states, dim=1)

    def map_at(self, u: Tensor, *, differentiable: bool = False) -> GatedMap:
        """`step` with the input held at u: (n_in,), as a Map with its Jacobian. differentiable: keep gradients."""
        W_ih, bias = self.cell.weight_ih, self.cell.bias_ih
        return self._map(torch.zeros_like(self.cell.weight_hh), bias + W_ih @ self._check_input(u), differentiable)

    def closed_loop_map(self, dt: float | None = None, *, differentiable: bool = False) -> GatedMap:
        """`step` with the readout as input, as a Map. dt: None; a gated network has one step only."""
        self._check_loop()
        if dt is not None:
            raise complaint(
                "dt", wanted="None", got=f"{dt:g}", do="The step of a gated network is part of its weights."
            )
        W_ih, bias = self.cell.weight_ih, self.cell.bias_ih
        return self._map(W_ih @ self.C, bias + W_ih @ self.d, differentiable)

    def flow_at(self, u: Tensor) -> NoReturn:
        """Raises: a gated network is a map. `DifferenceFlow(network.map_at(u))` is a flow with its fixed points."""
        raise self._no_flow("flow_at", "map_at(u)")

    def closed_loop_flow(self) -> NoReturn:
        """Raises: a gated network is a map. `DifferenceFlow(network.closed_loop_map())` has its fixed points."""
        raise self._no_flow("closed_loop_flow", "closed_loop_map()")

    def _no_flow(self, call: str, map_call: str) -> ValueError:
        return complaint(
            f"{call} of a {self.kind}",
            wanted="a differential equation",
            got="a network that was never more than a map",
            do=f"Take {map_call}; DifferenceFlow of it is a flow with the same fixed points, but other stability.",
        )

    def _map(self, A: Tensor, a: Tensor, differentiable: bool) -> GatedMap:
        parts = (A, a, self.cell.weight_hh, self.cell.bias_hh)
        return KINDS[self.kind].map(*(parts if differentiable else (p.detach().clone() for p in parts)))


def _array(name: str, value: Any) -> Tensor:
    array = value.detach().cpu().numpy() if isinstance(value, Tensor) else np.asarray(value)
    if array.dtype.kind not in "fiu":
        raise complaint(name, wanted="an array of numbers", got=str(array.dtype), do="Pass real numbers.")
    return check_finite(name, torch.tensor(array, dtype=torch.float64))


def _stack_gates(given: dict[str, Tensor], gates: str) -> dict[str, Tensor]:
    """Torch's layout from a matrix and a bias for every gate."""
    wanted = [f"W_{side}{gate}" for side in "ih" for gate in gates]
    biases = [f"b_{side}{gate}" for side in "ih" for gate in gates]
    _check_names(given, wanted, (*wanted, *biases))
    size = len(given[wanted[-1]])
    stacked = {}
    for side in "ih":
        stacked[f"weight_{side}h"] = _stack([given[f"W_{side}{gate}"] for gate in gates], f"W_{side}")
        rows = [given.get(f"b_{side}{gate}", torch.zeros(size, dtype=torch.float64)) for gate in gates]
        stacked[f"bias_{side}h"] = _stack(rows, f"b_{side}")
    return stacked


def _stack(parts: list[Tensor], name: str) -> Tensor:
    if len({tuple(part.shape) for part in parts}) > 1:
        shapes = ", ".join(str(tuple(part.shape)) for part in parts)
        raise complaint(f"{name}*", wanted="one shape for all gates", got=shapes, do="Rows are the hidden units.")
    return torch.cat(parts)


def _check_names(given: Mapping[str, Tensor], needed: Any, known: Any) -> None:
    missing, unknown = [n for n in needed if n not in given], [n for n in given if n not in known]
    if missing or unknown:
        raise complaint(
            "weights",
            wanted="the names " + ", ".join(known) + ", C, d",
            got=f"{'none of ' + ', '.join(missing) if missing else 'all of them'}"
            f"{', and also ' + ', '.join(unknown) if unknown else ''}",
            do="Biases, C and d may be left out.",
        )
