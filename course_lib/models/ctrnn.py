"""The continuous-time recurrent network and the flows it becomes.

    τ ẋ = -x + φ(W x + U u + b),    y = C x + d                                                     (Beer 1995)

In code W is `W_rec`, U is `W_in`; rows receive. With the input held at u this is an autonomous flow with weights W and
bias b + U u. With its own readout as input, u = y, it is again such a flow, with weights W + U C and bias b + U d.
"""

import math

import torch
from torch import Tensor, nn

from course_lib.dynamics import EulerMap, Flow
from course_lib.models.nonlinearity import NONLINEARITIES, Nonlinearity
from course_lib.shapes import Edges, ForecastSequence, Frame, Input, InputSequence, Jacobian, Output, Sequence, State
from course_lib.validation import (
    check_choice,
    check_count,
    check_finite,
    check_generator,
    check_positive,
    check_shape,
    check_tensor,
    complaint,
)


class RateFlow(Flow):
    """τ ẋ = -x + φ(W x + bias): a network whose input is held, or whose loop is closed.

    W: (dim, dim).  bias: (dim,).  tau: () or (dim,).
    """

    def __init__(self, W: Tensor, bias: Tensor, tau: Tensor, nonlinearity: Nonlinearity):
        self.W, self.bias, self.tau, self.nonlinearity = W, bias, tau, nonlinearity
        self.dim = W.shape[0]

    def vector_field(self, x: State) -> State:
        return (self.nonlinearity.phi(self._drive(x)) - x) / self.tau

    def jacobian(self, x: State) -> Jacobian:
        gain = self.nonlinearity.derivative(self._drive(x))  # (..., dim)
        identity = torch.eye(self.dim, dtype=x.dtype, device=x.device)
        return (gain[..., None] * self.W - identity) / self.tau[..., None]

    def jacobian_product(self, x: State, frame: Frame) -> Frame:
        gain = self.nonlinearity.derivative(self._drive(x))[..., None]  # (..., dim, 1)
        pushed = (frame.mT @ self.W.T).mT  # one large product instead of a batch of small ones
        return torch.addcmul(-frame, gain, pushed) / self.tau[..., None]

    def variational_field(self, z: State) -> State:
        pushed = z @ self.W.T  # (..., 1 + k, dim), for the state and its tangent vectors in one product
        drive = pushed[..., :1, :] + self.bias
        gain = self.nonlinearity.derivative(drive)
        return (torch.cat((self.nonlinearity.phi(drive), gain * pushed[..., 1:, :]), dim=-2) - z) / self.tau

    def parameters(self) -> tuple[Tensor, ...]:
        return tuple(p for p in (self.W, self.bias) if p.requires_grad)

    def _drive(self, x: Tensor) -> Tensor:
        return x @ self.W.T + self.bias


class CTRNN(nn.Module):
    """A continuous-time recurrent network, simulated by Euler steps of length dt with the input held over each.

    dim: units.  n_in, n_out: sizes of input and readout.  tau: time constant, one number or (dim,).
    dt: step, at most the shortest tau; its ratio dt / tau is the leak per step.  generator: draws the weights, so that
    torch's global state is left alone.  nonlinearity: "tanh", "softplus" or "relu".
    gain: W_rec ~ N(0, gain² / dim), spectral radius about `gain`.  input_scale, bias_scale: standard deviations of
    W_in and b.  Weights are float64 unless dtype says otherwise.
    """

    tau: Tensor

    def __init__(
        self,
        dim: int,
        n_in: int,
        n_out: int,
        *,
        tau: float | Tensor,
        dt: float,
        generator: torch.Generator,
        nonlinearity: str = "tanh",
        gain: float = 0.6,
        input_scale: float = 0.3,
        bias_scale: float = 0.3,
        dtype: torch.dtype = torch.float64,
    ):
        super().__init__()
        self.dim, self.n_in, self.n_out = (
            check_count("dim", dim),
            check_count("n_in", n_in),
            check_count("n_out", n_out),
        )
        self.dt = check_positive("dt", dt)
        self.nonlinearity = NONLINEARITIES[check_choice("nonlinearity", nonlinearity, NONLINEARITIES)]
        self.register_buffer("tau", _time_constants(tau, self.dim, self.dt, dtype))
        check_generator(generator)

        def normal(*size: int, scale: float) -> nn.Parameter:
            return nn.Parameter(scale * torch.randn(*size, generator=generator, dtype=torch.float64).to(dtype))

        self.W_rec = normal(dim, dim, scale=gain / math.sqrt(dim))
        self.W_in = normal(dim, n_in, scale=input_scale)
        self.b = normal(dim, scale=bias_scale)
        self.C = normal(n_out, dim, scale=1 / math.sqrt(dim))
        self.d = nn.Parameter(torch.zeros(n_out, dtype=dtype))

    def step(self, x: State, u: Input) -> State:
        """One Euler step of length dt. x: (..., dim).  u: (..., n_in), held over the step.  Returns (..., dim)."""
        drive = x @ self.W_rec.T + u @ self.W_in.T + self.b
        return torch.lerp(x, self.nonlinearity.phi(drive), torch.div(self.dt, self.tau).expand_as(x))

    def run(self, inputs: InputSequence, t: Edges | None = None, *, x0: State | None = None) -> Sequence:
        """States after each input, (batch, time, dim).

        inputs: (batch, time, n_in).  t: (time + 1,), increasing; input k is held from t[k] to t[k + 1], in equal Euler
        steps of at most dt; None: each input is held for one step of dt.  x0: (batch, dim), zeros when None.
        """
        check_tensor("inputs", inputs)
        self._check_dtype("inputs", inputs)
        check_finite("inputs", check_shape("inputs", inputs, f"batch time {self.n_in}"))
        lengths = self._hold_times(t, inputs.shape[1])
        x = inputs.new_zeros(len(inputs), self.dim) if x0 is None else self._check_state("x0", x0, len(inputs))
        drives = (inputs @ self.W_in.T + self.b).unbind(dim=1)  # time x (batch, dim)
        W_T, phi, states = self.W_rec.T, self.nonlinearity.phi, []
        for drive, (n, leak) in zip(drives, lengths, strict=True):
            for _ in range(n):
                x = torch.lerp(x, phi(torch.addmm(drive, x, W_T)), leak)
            states.append(x)
        return torch.stack(states, dim=1)

    def readout(self, x: State) -> Output:
        """y = C x + d. x: (..., dim). Returns (..., n_out)."""
        return x @ self.C.T + self.d

    def set_readout(self, C: Tensor, d: Tensor) -> None:
        """Put fitted readout weights in place. C: (n_out, dim).  d: (n_out,)."""
        check_finite("C", check_shape("C", C, f"{self.n_out} {self.dim}"))
        check_finite("d", check_shape("d", d, f"{self.n_out}"))
        with torch.no_grad():
            self.C.copy_(C)
            self.d.copy_(d)

    def dynamics_parameters(self) -> list[nn.Parameter]:
        """W_rec, W_in and b: all that shapes the states of a driven network; the readout is not among them."""
        return [self.W_rec, self.W_in, self.b]

    def flow_at(self, u: Tensor, *, differentiable: bool = False) -> RateFlow:
        """The autonomous flow with the input held at u: (n_in,). differentiable: keep the weights' gradients."""
        self._check_dtype("u", check_finite("u", check_shape("u", u, f"{self.n_in}")))
        return self._flow(self.W_rec, self.b + self.W_in @ u, differentiable)

    def map_at(self, u: Tensor, *, differentiable: bool = False) -> EulerMap:
        """`step` with the input held at u, as a Map: one Euler step of `flow_at(u)` of length dt."""
        return EulerMap(self.flow_at(u, differentiable=differentiable), self.dt)

    def closed_loop_flow(self, *, differentiable: bool = False) -> RateFlow:
        """The autonomous flow with the readout as input: weights W + U C, bias b + U d. Needs n_in = n_out."""
        if self.n_in != self.n_out:
            raise complaint(
                "closed loop",
                wanted="a readout of the input's size",
                got=f"n_out = {self.n_out}, n_in = {self.n_in}",
                do="Only a network that predicts its own input can feed itself.",
            )
        return self._flow(self.W_rec + self.W_in @ self.C, self.b + self.W_in @ self.d, differentiable)

    def closed_loop_map(self, dt: float | None = None, *, differentiable: bool = False) -> EulerMap:
        """The closed loop as it runs in discrete time: one Euler step of `closed_loop_flow()`; dt None: the model's."""
        return EulerMap(self.closed_loop_flow(differentiable=differentiable), self.dt if dt is None else dt)

    @torch.no_grad()
    def forecast(self, inputs: InputSequence, n_steps: int) -> ForecastSequence:
        """Drive the network by inputs, let go, and return what it predicts: (batch, n_steps, n_out).

        inputs: (batch, time, n_in), time >= 1.  The first forecast is for the time one step after the last input.
        """
        check_count("n_steps", n_steps)
        x = self.run(inputs)[:, -1]
        loop = self.closed_loop_map()
        states = [x]
        for _ in range(n_steps - 1):
            x = loop.step(x)
            states.append(x)
        return self.readout(torch.stack(states, dim=1))

    def _flow(self, W: Tensor, bias: Tensor, differentiable: bool) -> RateFlow:
        if not differentiable:
            W, bias = W.detach().clone(), bias.detach().clone()
        return RateFlow(W, bias, self.tau, self.nonlinearity)

    def _hold_times(self, t: Tensor | None, n_inputs: int) -> list[tuple[int, Tensor | float]]:
        """(steps, leak per step) for every input."""
        tau = self.tau if self.tau.ndim else float(self.tau)  # lerp is faster with a plain number
        if t is None:
            return [(1, self.dt / tau)] * n_inputs
        check_finite("t", check_shape("t", t, f"{n_inputs + 1}"))
        spans = t.diff().tolist()
        if min(spans, default=1.0) <= 0:
            raise complaint("t", wanted="increasing times", got=f"a step of {min(spans):.3g}", do="Sort t.")
        counts = [max(1, math.ceil(span / self.dt * (1 - 1e-12))) for span in spans]
        return [(n, (span / n) / tau) for n, span in zip(counts, spans, strict=True)]

    def _check_state(self, name: str, x: Tensor, batch: int) -> Tensor:
        self._check_dtype(name, check_finite(name, check_shape(name, x, f"{batch} {self.dim}")))
        return x

    def _check_dtype(self, name: str, value: Tensor) -> None:
        if value.dtype != self.b.dtype:
            raise complaint(
                name,
                wanted=f"the model's precision {self.b.dtype}",
                got=str(value.dtype),
                do=f"Convert: {name}.to({self.b.dtype}).",
            )


def _time_constants(tau: float | Tensor, dim: int, dt: float, dtype: torch.dtype) -> Tensor:
    """() or (dim,), checked against the step."""
    value = torch.as_tensor(tau, dtype=dtype)
    if value.ndim:
        check_shape("tau", value, f"{dim}")
    if not bool(torch.isfinite(value).all()) or float(value.min()) < dt:
        raise complaint(
            "tau",
            wanted=f"finite time constants of at least the step dt = {dt:g}",
            got=f"{float(value.min()):g}",
            do="Take a smaller dt: an Euler step longer than tau overshoots.",
        )
    return value
