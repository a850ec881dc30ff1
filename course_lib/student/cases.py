"""Tables that stand for callables: a case travels as plain values, and becomes a function in the student's process.

No kind holds an answer to a question: a kind is the subject of a question (a field to integrate), never its object.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.student.fields import FIELDS, like, states
from course_lib.student.nets import NETS

Value = Any


@dataclass(frozen=True)
class Through:
    """A first argument that says how the student's function is called: ``call(function, *inputs)`` gives the answer."""

    call: Callable[..., Value]


def build(table: Mapping[str, Value], assignment: str | None = None) -> Any:
    """The callable, generator or `Through` that ``{"kind": name, ...numbers and arrays}`` stands for.

    assignment: the set the table belongs to; kinds bear the same name in every set, so it is not needed.

    Fields are called as ``f(t, x)`` with a number and states (batch, dim), and return velocities (batch, dim): a numpy
    array for a numpy array, a tensor for a tensor, in its precision. Those of `course_lib.student.fields` do not
    depend on time and are called as ``f(x)``.

    Raises ValueError for a kind that does not exist.
    """
    kind = table.get("kind")
    if kind not in KINDS:
        raise ValueError(f"Wanted a kind out of {', '.join(sorted(KINDS))}, got {kind!r}. Name one of them.")
    return KINDS[kind](**{name: value for name, value in table.items() if name != "kind"})


def linear(A: np.ndarray) -> Callable[..., Value]:
    """x' = A x; A (dim, dim)."""

    def field(t: float, x: Value) -> Value:
        x, _ = states(x)
        return x @ like(A.T, x)

    return field


def pendulum(damping: float, push: float, beat: float) -> Callable[..., Value]:
    """A damped pendulum, pushed in time: angle' = speed, speed' = -sin(angle) - damping speed + push cos(beat t)."""

    def field(t: float, x: Value) -> Value:
        x, library = states(x)
        angle, speed = x[..., 0], x[..., 1]
        return library.stack([speed, -library.sin(angle) - damping * speed + push * np.cos(beat * float(t))], -1)

    return field


def van_der_pol(mu: float, push: float, beat: float) -> Callable[..., Value]:
    """The oscillator of van der Pol, pushed in time: x' = v, v' = mu (1 - x^2) v - x + push cos(beat t)."""

    def field(t: float, x: Value) -> Value:
        x, library = states(x)
        place, speed = x[..., 0], x[..., 1]
        return library.stack([speed, mu * (1 - place**2) * speed - place + push * np.cos(beat * float(t))], -1)

    return field


def generator(seed: int) -> np.random.Generator:
    """A generator of random numbers with a start of its own."""
    return np.random.default_rng(seed)


def gradient(upstream: np.ndarray) -> Through:
    """Torch's way through a function: its values, and the gradient of sum(upstream * values) by its first input.

    upstream: of the shape of the values. The first input comes as a float64 tensor that wants a gradient; the answer is
    the pair (values, gradient), both (...); a function that lets no gradient through gives zeros.
    """

    def call(function: Callable[..., Value], first: np.ndarray, *inputs: Value) -> tuple[Value, Value]:
        import torch

        leaf = torch.tensor(first, dtype=torch.float64, requires_grad=True)
        values = function(leaf, *inputs)
        if values.requires_grad:
            values.backward(torch.as_tensor(upstream, dtype=values.dtype))
        return values.detach(), torch.zeros_like(leaf) if leaf.grad is None else leaf.grad

    return Through(call)


def unrolled(upstream: np.ndarray, W: np.ndarray, keep: float, rest: float, steps: int) -> Through:
    """Torch's way back through cells that send their spikes to each other, several steps long.

    The function is called on the membranes, first input (cells,); from one step to the next they keep a share of
    their distance to rest and receive W times the spikes, and the function is called again. The answer is the pair
    (values of the last step, gradient of sum(upstream * values) by the first membranes), both (cells,).
    """

    def call(function: Callable[..., Value], first: np.ndarray, *inputs: Value) -> tuple[Value, Value]:
        def last(v: Value, *others: Value) -> Value:
            weights = sys.modules["torch"].as_tensor(W, dtype=v.dtype)
            values = function(v, *others)
            for _ in range(steps - 1):
                v = rest + keep * (v - rest) + weights @ values.to(v.dtype)
                values = function(v, *others)
            return values

        return gradient(upstream).call(last, first, *inputs)

    return Through(call)


def by_weights(upstream: np.ndarray) -> Through:
    """Torch's way through a function of a module: its values, and the gradient of their sum by the module's weights.

    The function is called with the module, a field, states (n, dim) as a float64 tensor, and further inputs, and gives
    numbers (n,); upstream (n,): their weights in the sum. The answer is the pair (numbers, gradient), the gradient by
    all weights in one row; a function that lets no gradient through gives zeros.
    """

    def call(
        function: Callable[..., Value], psi: Value, f: Value, x: np.ndarray, *inputs: Value
    ) -> tuple[Value, Value]:
        import torch

        values = function(psi, f, torch.tensor(x, dtype=torch.float64), *inputs)
        weights = list(psi.parameters())
        slopes: tuple[Value, ...] = (None,) * len(weights)
        if isinstance(values, torch.Tensor) and values.requires_grad and values.numel() == len(upstream):
            total = (values.reshape(-1) * torch.as_tensor(upstream, dtype=values.dtype)).sum()
            slopes = torch.autograd.grad(total, weights, allow_unused=True)
        pairs = zip(weights, slopes, strict=True)
        row = [(torch.zeros_like(weight) if slope is None else slope).reshape(-1) for weight, slope in pairs]
        return (values.detach() if isinstance(values, torch.Tensor) else values), torch.cat(row)

    return Through(call)


def training(
    start: Mapping[str, np.ndarray],
    changes: Mapping[str, np.ndarray],
    look: Mapping[str, np.ndarray],
    losses: np.ndarray,
) -> Through:
    """A training that was recorded: the function is called as ``function(step, validate, state, *inputs)``.

    start: name -> array, the weights before; changes: name -> (epochs, ...), what each step adds to them, in place;
    look: name -> array, a direction along which the recorded weights are told apart; losses: (epochs + 1,), what
    `validate` says of the weights before and after each of the steps. Of other weights it says what it says of the
    recorded ones that look most like them.

    The answer is (weights, epoch, loss, calls): the arrays of the returned state by the order of their names, the two
    numbers, and which of the two was called one after the other, 1 for a step and 0 for a validation. A returned thing
    that is no such triple is the answer as it is.
    """
    names = sorted(start)
    marks = [sum(float(np.vdot(look[name], start[name])) for name in names)]
    marks += [sum(float(np.vdot(look[name], changes[name][k])) for name in names) for k in range(len(losses) - 1)]
    places = np.cumsum(marks)

    def call(function: Callable[..., Value], *inputs: Value) -> Value:
        state = {name: np.array(start[name], dtype=float) for name in start}
        calls: list[int] = []

        def step(weights: Value) -> None:
            k = sum(calls) % (len(losses) - 1)
            for name in names:
                weights[name] += changes[name][k]
            calls.append(1)

        def validate(weights: Value) -> float:
            calls.append(0)
            seen = sum(float(np.vdot(look[name], np.asarray(weights[name]))) for name in names)
            return float(losses[np.argmin(np.abs(places - seen))])

        answer = function(step, validate, state, *inputs)
        if not isinstance(answer, tuple | list) or len(answer) != 3 or not isinstance(answer[0], Mapping):
            return answer
        best, epoch, loss = answer
        return tuple(best.get(name) for name in names), epoch, loss, np.array(calls)

    return Through(call)


KINDS: dict[str, Callable[..., Any]] = {
    "linear": linear,
    "pendulum": pendulum,
    "van_der_pol": van_der_pol,
    "generator": generator,
    "gradient": gradient,
    "training": training,
    "unrolled": unrolled,
    "by_weights": by_weights,
    **FIELDS,
    **NETS,
}
