"""The two kinds of system that every analysis accepts: a flow and a map.

A flow is ẋ = f(x), a map is x ↦ F(x). Both are autonomous; a driven network becomes one once its input is held
(`model.flow_at(u)`) or comes from its own readout (`model.closed_loop_flow()`). Stability belongs to the type: a
fixed point of a flow is stable when all eigenvalues of its Jacobian have negative real parts, one of a map when all
have modulus below one.
"""

import abc
from collections.abc import Callable

import torch
from torch import Tensor

from course_lib.shapes import Frame, Jacobian, State
from course_lib.validation import check_count, check_positive, complaint


def batched_jacobian(f: Callable[[Tensor], Tensor], x: State) -> Jacobian:
    """Jacobian of `f` at every state of a batch by reverse-mode differentiation (torch.func).

    f: takes and returns (..., dim).  x: (..., dim).  Returns (..., dim, dim), entry (i, j) = ∂fᵢ/∂xⱼ.
    """
    flat = x.reshape(-1, x.shape[-1])
    jacobian = torch.func.vmap(torch.func.jacrev(f))(flat)  # (n, dim, dim)
    return jacobian.reshape(*x.shape, x.shape[-1])  # type: ignore[no-any-return]


def batched_jacobian_product(f: Callable[[Tensor], Tensor], x: State, frame: Frame) -> Frame:
    """J(x) V for columns V. frame: (..., dim, k). Returns (..., dim, k).

    Where no gradient is asked for, J is never formed: g = Jᵀw is linear in w, and the derivative of gᵀv with respect to
    w is J v, so that two backward passes do for all columns.
    """
    if torch.is_grad_enabled():
        return batched_jacobian(f, x) @ frame
    vectors = frame.mT  # (..., k, dim)
    with torch.enable_grad():
        states = x[..., None, :].expand_as(vectors).clone().requires_grad_()
        value = f(states)
        if not value.requires_grad:  # f does not depend on the state
            return torch.zeros_like(frame)
        w = torch.ones_like(value, requires_grad=True)
        (pulled,) = torch.autograd.grad(value, states, w, create_graph=True)
        return torch.autograd.grad(pulled, w, vectors)[0].mT


class Flow(abc.ABC):
    """An autonomous flow ẋ = f(x). A subclass sets `dim` and writes `vector_field`, and `jacobian` if it is known.

    Taught on the page "Map versus flow and solvers".
    """

    dim: int

    @abc.abstractmethod
    def vector_field(self, x: State) -> State:
        """f(x), in state units per time unit. x: (..., dim). Returns (..., dim)."""

    def jacobian(self, x: State) -> Jacobian:
        """∂fᵢ/∂xⱼ at x: (..., dim). Returns (..., dim, dim), by automatic differentiation unless known on paper."""
        return batched_jacobian(self.vector_field, x)

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        """J(x) V for tangent vectors in columns. frame: (..., dim, k). Returns (..., dim, k)."""
        return self.jacobian(x) @ frame

    def variational_field(self, z: State) -> State:
        """The field of a state and of its tangent vectors together, for systems where they share work.

        z: (..., 1 + k, dim), row 0 the state x, the others tangent vectors v. Returns rows f(x) and J(x) v.
        """
        x, frame = z[..., 0, :], z[..., 1:, :].mT
        return torch.cat((self.vector_field(x)[..., None, :], self.jacobian_product(x, frame).mT), dim=-2)

    def parameters(self) -> tuple[Tensor, ...]:
        """Tensors with respect to which the adjoint method differentiates a solution; none unless a flow has some."""
        return ()


class Map(abc.ABC):
    """An iterated map x ↦ F(x). A subclass sets `dim` and writes `step`, and `jacobian` if it is known."""

    dim: int

    @abc.abstractmethod
    def step(self, x: State) -> State:
        """F(x), the next state. x: (..., dim). Returns (..., dim)."""

    def jacobian(self, x: State) -> Jacobian:
        """∂Fᵢ/∂xⱼ at x: (..., dim). Returns (..., dim, dim), by automatic differentiation unless known on paper."""
        return batched_jacobian(self.step, x)

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        """J(x) V for tangent vectors in columns. frame: (..., dim, k). Returns (..., dim, k)."""
        return self.jacobian(x) @ frame

    def variational_step(self, z: State) -> State:
        """The next state and its tangent vectors. z: (..., 1 + k, dim), rows x and v. Returns rows F(x) and J(x) v."""
        x, frame = z[..., 0, :], z[..., 1:, :].mT
        return torch.cat((self.step(x)[..., None, :], self.jacobian_product(x, frame).mT), dim=-2)


class FunctionFlow(Flow):
    """A flow from any function f that takes and returns (..., dim) tensors: `FunctionFlow(lambda x: x - x**3, 1)`.

    Taught on the page "Measuring chaos".

    >>> import torch
    >>> flow = FunctionFlow(lambda x: x - x**3, 1)
    >>> flow.vector_field(torch.tensor([[0.5], [1.0]], dtype=torch.float64)).tolist()
    [[0.375], [0.0]]
    """

    def __init__(self, f: Callable[[Tensor], Tensor], dim: int):
        self.f = _check_function("f", f)
        self.dim = check_count("dim", dim)

    def vector_field(self, x: State) -> State:
        return self.f(x)

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        return batched_jacobian_product(self.f, x, frame)


class FunctionMap(Map):
    """A map from any function F that takes and returns (..., dim) tensors."""

    def __init__(self, F: Callable[[Tensor], Tensor], dim: int):
        self.F = _check_function("F", F)
        self.dim = check_count("dim", dim)

    def step(self, x: State) -> State:
        return self.F(x)

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        return batched_jacobian_product(self.F, x, frame)


class EulerMap(Map):
    """One Euler step of a flow as a map: F(x) = x + dt f(x).

    It has the flow's fixed points, but its own stability: an eigenvalue μ of the flow becomes 1 + dt μ.
    Taught on the page "Map versus flow and solvers".

    >>> import torch
    >>> decay = FunctionFlow(lambda x: -x, 1)
    >>> EulerMap(decay, 0.25).step(torch.tensor([1.0], dtype=torch.float64)).tolist()
    [0.75]
    """

    def __init__(self, flow: Flow, dt: float):
        self.flow = check_flow("flow", flow)
        self.dt = check_positive("dt", dt)
        self.dim = flow.dim

    def step(self, x: State) -> State:
        return torch.add(x, self.flow.vector_field(x), alpha=self.dt)

    def jacobian(self, x: State) -> Jacobian:
        return torch.eye(self.dim, dtype=x.dtype, device=x.device) + self.dt * self.flow.jacobian(x)

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        return torch.add(frame, self.flow.jacobian_product(x, frame), alpha=self.dt)

    def variational_step(self, z: State) -> State:
        return torch.add(z, self.flow.variational_field(z), alpha=self.dt)


class DifferenceFlow(Flow):
    """The flow whose Euler step of length dt is a given map: f(x) = (F(x) - x) / dt.

    Taught on the page "Map versus flow and solvers".
    """

    def __init__(self, map: Map, dt: float = 1.0):
        self.map = check_map("map", map)
        self.dt = check_positive("dt", dt)
        self.dim = map.dim

    def vector_field(self, x: State) -> State:
        return (self.map.step(x) - x) / self.dt

    def jacobian(self, x: State) -> Jacobian:
        return (self.map.jacobian(x) - torch.eye(self.dim, dtype=x.dtype, device=x.device)) / self.dt

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        return (self.map.jacobian_product(x, frame) - frame) / self.dt


class TimeReversed(Flow):
    """The same orbits run backwards: ẋ = -f(x). Attractors become repellers, stable manifolds unstable ones.

    Taught on the page "Map versus flow and solvers".
    """

    def __init__(self, flow: Flow):
        self.flow = check_flow("flow", flow)
        self.dim = flow.dim

    def vector_field(self, x: State) -> State:
        return -self.flow.vector_field(x)

    def jacobian(self, x: State) -> Jacobian:
        return -self.flow.jacobian(x)

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        return -self.flow.jacobian_product(x, frame)

    def parameters(self) -> tuple[Tensor, ...]:
        return self.flow.parameters()


def check_flow(name: str, system: object) -> Flow:
    """`system` when it is a Flow; a Map is told apart, because the two have different tests of stability."""
    if not isinstance(system, Flow):
        hint = "DifferenceFlow(map, dt) turns a map into a flow" if isinstance(system, Map) else "FunctionFlow(f, dim)"
        raise complaint(
            name,
            wanted="a Flow",
            got=_kind(system),
            do=f"{hint}; of a network take flow_at(u) or closed_loop_flow().",
        )
    return system


def check_map(name: str, system: object) -> Map:
    """`system` when it is a Map."""
    if not isinstance(system, Map):
        hint = "EulerMap(flow, dt) turns a flow into a map" if isinstance(system, Flow) else "FunctionMap(F, dim)"
        raise complaint(
            name,
            wanted="a Map",
            got=_kind(system),
            do=f"{hint}; of a network take map_at(u) or closed_loop_map(dt).",
        )
    return system


def _check_function(name: str, f: object) -> Callable[[Tensor], Tensor]:
    if not callable(f):
        raise complaint(name, wanted="a function of (..., dim) tensors", got=_kind(f), do=f"Pass {name} itself.")
    return f


def _kind(value: object) -> str:
    kind = "a Map, " if isinstance(value, Map) else "a Flow, " if isinstance(value, Flow) else ""
    return f"{kind}{type(value).__name__}"
