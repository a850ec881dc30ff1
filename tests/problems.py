"""Systems whose truth stands on paper, and one of every kind of Flow and Map that the library offers."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.dynamics import DifferenceFlow, EulerMap, Flow, FunctionFlow, FunctionMap, Map, TimeReversed
from course_lib.models import CTRNN, EIRateNetwork, GatedRNN, RampFlow
from course_lib.systems import Bistable, Duffing, Hopf, Hopfield, Linear, Lorenz63, Lorenz96, Rossler, VanDerPol

F64 = torch.float64


@dataclass(frozen=True)
class Problem:
    """A flow with its solution: x(t) = exact(t, x0), t: (time,), x0: (batch, dim) -> (batch, time, dim)."""

    name: str
    flow: Flow
    x0: Tensor
    duration: float
    exact: Callable[[Tensor, Tensor], Tensor]


SPIRAL = torch.tensor([[-0.3, 2.0], [-2.0, -0.3]], dtype=F64)
DECAY = torch.tensor([[-1.0, 4.0], [0.0, -2.0]], dtype=F64)  # not normal: its frame needs time to align


def _linear_solution(A: Tensor) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda t, x0: torch.einsum("tij,bj->bti", torch.linalg.matrix_exp(t[:, None, None] * A), x0)


def _bistable_solution(t: Tensor, x0: Tensor) -> Tensor:
    grown = x0[:, None] * t.exp()[None, :, None]
    return grown / (1 - x0[:, None] ** 2 + grown**2).sqrt()


def _logistic_solution(t: Tensor, x0: Tensor) -> Tensor:
    return 1 / (1 + (1 / x0[:, None] - 1) * (-t).exp()[None, :, None])


PROBLEMS = (
    Problem(
        "spiral", Linear(SPIRAL), torch.tensor([[1.0, 0.0], [0.5, -2.0]], dtype=F64), 3.0, _linear_solution(SPIRAL)
    ),
    Problem("decay", Linear(DECAY), torch.tensor([[1.0, 1.0]], dtype=F64), 2.0, _linear_solution(DECAY)),
    Problem(
        "bistable",
        FunctionFlow(lambda x: x - x**3, 1),
        torch.tensor([[0.1], [-0.4], [0.9]], dtype=F64),
        3.0,
        _bistable_solution,
    ),
    Problem(
        "logistic",
        FunctionFlow(lambda x: x * (1 - x), 1),
        torch.tensor([[0.05], [0.6]], dtype=F64),
        4.0,
        _logistic_solution,
    ),
)

CAT = torch.tensor([[2.0, 1.0], [1.0, 1.0]], dtype=F64)
CAT_EXPONENT = math.log((3 + math.sqrt(5)) / 2)  # Arnold's cat map: ln of the eigenvalues of CAT, and its negative
CAT_MAP = FunctionMap(lambda x: torch.remainder(x @ CAT.T, 1.0), 2)
LOGISTIC_MAP = FunctionMap(lambda x: 4 * x * (1 - x), 1)  # exponent ln 2
HENON = FunctionMap(lambda x: torch.stack((1 - 1.4 * x[..., 0] ** 2 + x[..., 1], 0.3 * x[..., 0]), -1), 2)  # sum ln 0.3


def network(nonlinearity: str = "tanh", *, seed: int = 3, tau: float | Tensor = 0.5, dim: int = 6) -> CTRNN:
    """A small network with two inputs and two outputs."""
    generator = torch.Generator().manual_seed(seed)
    model = CTRNN(dim, 2, 2, tau=tau, dt=0.1, generator=generator, nonlinearity=nonlinearity)
    model.set_readout(model.C.detach(), torch.tensor([0.4, -0.7], dtype=F64))  # an offset that a closed loop must carry
    return model


def ei_network(nonlinearity: str = "softplus", *, tau_i: float = 0.3, seed: int = 4, **options) -> EIRateNetwork:
    """Four excitatory and two inhibitory cells with two inputs and two outputs."""
    generator = torch.Generator().manual_seed(seed)
    options = {"gain": 0.9, **options}
    model = EIRateNetwork(
        4, 2, 2, 2, tau_e=0.5, tau_i=tau_i, dt=0.1, generator=generator, nonlinearity=nonlinearity, **options
    )
    model.set_readout(model.C.detach(), torch.tensor([0.4, -0.7], dtype=F64))
    return model


def gated_network(kind: str, *, seed: int = 6, n_hidden: int = 3) -> GatedRNN:
    """A small gated network with two inputs and two outputs, its weights large enough to bend."""
    model = GatedRNN(kind, n_hidden, 2, 2, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(2.0)
    model.set_readout(model.C.detach(), torch.tensor([0.4, -0.7], dtype=F64))
    return model


INPUT = torch.tensor([0.3, -0.2], dtype=F64)
UNEVEN_TAU = torch.linspace(0.2, 0.9, 6, dtype=F64)


def _weights_and_bias(dim: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(5)
    weights = torch.randn(dim, dim, generator=generator, dtype=F64)
    return weights, torch.randn(dim, generator=generator, dtype=F64)


FLOWS: dict[str, Flow] = {
    "Lorenz63": Lorenz63(),
    "Lorenz63 at other parameters": Lorenz63(sigma=4.0, rho=0.5, beta=1.0),
    "Linear": Linear(SPIRAL),
    "Rossler": Rossler(),
    "Lorenz96": Lorenz96(),
    "Lorenz96, the smallest ring": Lorenz96(4, forcing=-1.0),
    "VanDerPol": VanDerPol(2.0),
    "Duffing": Duffing(),
    "Hopf": Hopf(0.7, 2.0),
    "Hopf before the bifurcation": Hopf(-0.3, 1.0),
    "Bistable": Bistable(),
    "Bistable, two dimensions": Bistable(2, decay=0.5),
    "Bistable, three bits and a rest, tilted": Bistable(4, bits=3, tilt=0.2),
    "Hopfield": Hopfield(*_weights_and_bias(5)),
    "Hopfield, one memory": Hopfield.rank_one(_weights_and_bias(5)[1], 1.7),
    "FunctionFlow": FunctionFlow(lambda x: torch.sin(x).cumsum(-1), 4),
    "TimeReversed": TimeReversed(Lorenz63()),
    "DifferenceFlow": DifferenceFlow(HENON, 0.5),
    "CTRNN tanh, input held": network().flow_at(INPUT),
    "CTRNN softplus, input held": network("softplus").flow_at(INPUT),
    "CTRNN relu, input held": network("relu").flow_at(INPUT),
    "CTRNN, one tau a unit": network(tau=UNEVEN_TAU).flow_at(INPUT),
    "CTRNN, loop closed": network().closed_loop_flow(),
    "CTRNN logistic, input held": network("logistic").flow_at(INPUT),
    "CTRNN, input on a ramp": RampFlow(
        network().W_rec.detach(), torch.ones(6, dtype=F64), UNEVEN_TAU, UNEVEN_TAU, network().nonlinearity
    ),
    "EIRateNetwork, input held": ei_network().flow_at(INPUT),
    "DifferenceFlow of a GRU": DifferenceFlow(gated_network("gru").map_at(INPUT)),
    "EIRateNetwork, loop closed": ei_network("logistic").closed_loop_flow(),
}
MAPS: dict[str, Map] = {
    "FunctionMap": HENON,
    "EulerMap": EulerMap(Lorenz63(), 0.01),
    "CTRNN, input held": network().map_at(INPUT),
    "CTRNN, loop closed": network("softplus", tau=UNEVEN_TAU).closed_loop_map(0.05),
    "GRU, input held": gated_network("gru").map_at(INPUT),
    "GRU, loop closed": gated_network("gru").closed_loop_map(),
    "LSTM, input held": gated_network("lstm").map_at(INPUT),
    "LSTM, loop closed": gated_network("lstm").closed_loop_map(),
    "vanilla RNN, input held": gated_network("rnn").map_at(INPUT),
    "vanilla RNN, loop closed": gated_network("rnn").closed_loop_map(),
    "EIRateNetwork, input held": ei_network(tau_i=0.5).map_at(INPUT),
    "EIRateNetwork, loop closed": ei_network("relu").closed_loop_map(),
}


def draw_states(system: Flow | Map, n: int, *, generator: torch.Generator) -> Tensor:
    """(n, dim) states of order one, where every system above is defined."""
    return torch.randn(n, system.dim, generator=generator, dtype=F64)


def central_difference(f: Callable[[Tensor], Tensor], x: Tensor, h: float = 1e-6) -> Tensor:
    """Jacobian of f at x (n, dim) by central differences, (n, dim, dim)."""
    columns = [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in torch.eye(x.shape[-1], dtype=x.dtype)]
    return torch.stack(columns, dim=-1)
