"""What every rate network shares: τ ẋ = -x + φ(W x + U u + b), y = C x + d, and the flows and maps it becomes.

In code W is `W_rec`, U is `W_in`; rows receive. With the input held at u this is an autonomous flow with weights W and
bias b + U u. With its own readout as input, u = y, it is again such a flow, with weights W + U C and bias b + U d.
"""

import torch
from torch import Tensor, nn

from course_lib.dynamics import EulerMap
from course_lib.integrate import METHODS
from course_lib.models.driven import (
    INTERPOLATIONS,
    Solver,
    check_times,
    equal_steps,
    euler_states,
    held_states,
    interpolated_states,
)
from course_lib.models.noise import Noise, check_noise, gaussian
from course_lib.models.nonlinearity import NONLINEARITIES
from course_lib.models.rate_flow import RateFlow
from course_lib.models.recurrent import RecurrentNetwork
from course_lib.shapes import Edges, Input, InputSequence, Sequence, State
from course_lib.validation import (
    check_choice,
    check_positive,
    check_shape,
    complaint,
)


class RateNetwork(RecurrentNetwork):
    """The common part of CTRNN and EIRateNetwork. A subclass draws the weights and says what W_rec is.

    dim: units.  n_in, n_out: sizes of input and readout.  n_read: the readout sees units 0 to n_read - 1.
    dt: Euler step.  tau: () or (dim,).  Weights: W_rec (dim, dim), W_in (dim, n_in), b (dim,), C (n_out, n_read),
    d (n_out,).
    Taught on the page "The CT-RNN learns Lorenz".
    """

    W_rec: Tensor
    W_in: nn.Parameter
    b: nn.Parameter
    tau: Tensor
    rates_only: bool = False  # whether the states are firing rates, so that noise must not push them below zero

    def __init__(self, dim: int, n_in: int, n_out: int, n_read: int, *, tau: Tensor, dt: float, nonlinearity: str):
        super().__init__(dim, n_in, n_out, n_read)
        self.dt = dt
        self.nonlinearity = NONLINEARITIES[check_choice("nonlinearity", nonlinearity, NONLINEARITIES)]
        self.register_buffer("tau", tau)

    def step(self, x: State, u: Input) -> State:
        """One Euler step of length dt. x: (..., dim).  u: (..., n_in), held over the step.  Returns (..., dim)."""
        drive = x @ self.W_rec.T + u @ self.W_in.T + self.b
        return torch.lerp(x, self.nonlinearity.phi(drive), torch.div(self.dt, self.tau).expand_as(x))

    def run(
        self,
        inputs: InputSequence,
        t: Edges | None = None,
        *,
        x0: State | None = None,
        method: str = "euler",
        interpolation: str = "hold",
        noise: Noise | None = None,
        generator: torch.Generator | None = None,
        rtol: float = 1e-8,
        atol: float = 1e-10,
        adjoint: bool = False,
    ) -> Sequence:
        """States of the driven network, (batch, time, dim).

        inputs: (batch, time, n_in).  x0: (batch, dim), the state at t[0], zeros when None.
        interpolation: "hold": t is (time + 1,), increasing, input k is held from t[k] to t[k + 1] and state k is the
            one at t[k + 1]; "linear": t is (time,), input k is the value at t[k], straight lines lie between, and state
            k is the one at t[k], so that state 0 is x0.  t None: samples dt apart.
        method: "euler" or "rk4", in equal steps of at most dt within every interval, or "dopri5" with rtol and atol.
        noise: see Noise, drawn from generator; noise on state and drive needs Euler steps with held inputs.
        adjoint: gradients by the adjoint equation (dopri5 only), to x0 and to all weights.
        """
        inputs = self._check_inputs(inputs)
        n = inputs.shape[1]
        linear = check_choice("interpolation", interpolation, INTERPOLATIONS) == "linear"
        times = None if t is None else check_times(t, n if linear else n + 1, self.dt, like=inputs)
        x = inputs.new_zeros(len(inputs), self.dim) if x0 is None else self._check_state("x0", x0, len(inputs))
        noise = self._check_noise(noise, generator)
        if noise.input and generator is not None:
            inputs = inputs + noise.input * gaussian(inputs, generator)
        drives = inputs @ self.W_in.T + self.b  # (batch, time, dim)
        euler = check_choice("method", method, METHODS) == "euler" and not linear
        if adjoint and method != "dopri5":
            raise complaint("adjoint", wanted="method='dopri5'", got=f"method={method!r}", do="Or leave adjoint out.")
        if euler:
            steps = equal_steps(times, n, self.dt)
            return euler_states(x, drives, self.W_rec, steps, self.tau, self.nonlinearity, noise, generator)
        if noise.during_steps:
            raise complaint(
                "noise",
                wanted="Euler steps with held inputs for noise on state or drive",
                got=f"method={method!r}, interpolation={interpolation!r}",
                do="Leave both at their defaults, or put the noise on the input only.",
            )
        times = check_times(times, n if linear else n + 1, self.dt, like=inputs)
        solve = interpolated_states if linear else held_states
        solver = Solver(method, self.dt, rtol, atol, adjoint)
        return solve(x, drives, self.W_rec, times, self.tau, self.nonlinearity, solver)

    def flow_at(self, u: Tensor, *, differentiable: bool = False) -> RateFlow:
        """The autonomous flow with the input held at u: (n_in,). differentiable: keep the weights' gradients."""
        return self._flow(self.W_rec, self.b + self.W_in @ self._check_input(u), differentiable)

    def map_at(self, u: Tensor, *, differentiable: bool = False) -> EulerMap:
        """`step` with the input held at u, as a Map: one Euler step of `flow_at(u)` of length dt."""
        return EulerMap(self.flow_at(u, differentiable=differentiable), self.dt)

    def closed_loop_flow(self, *, differentiable: bool = False) -> RateFlow:
        """The autonomous flow with the readout as input: weights W + U C, bias b + U d. Needs n_in = n_out.

        Where only some units are read, U C changes only their columns.
        """
        self._check_loop()
        loop = nn.functional.pad(self.W_in @ self.C, (0, self.dim - self.n_read))  # (dim, dim)
        return self._flow(self.W_rec + loop, self.b + self.W_in @ self.d, differentiable)

    def closed_loop_map(self, dt: float | None = None, *, differentiable: bool = False) -> EulerMap:
        """The closed loop as it runs in discrete time: one Euler step of `closed_loop_flow()`; dt None: the model's."""
        step = self.dt if dt is None else dt
        check_tau("tau", self.tau, self.dim, step, self.tau.dtype)
        return EulerMap(self.closed_loop_flow(differentiable=differentiable), step)

    def _flow(self, W: Tensor, bias: Tensor, differentiable: bool) -> RateFlow:
        if not differentiable:
            W, bias = W.detach().clone(), bias.detach().clone()
        return RateFlow(W, bias, self.tau, self.nonlinearity)

    def _check_noise(self, noise: Noise | None, generator: torch.Generator | None) -> Noise:
        noise = check_noise(noise, generator)
        if noise.state and self.rates_only:
            raise complaint(
                "noise.state",
                wanted="0 in a network of rates, which must not fall below zero",
                got=f"{noise.state:g}",
                do="Put the noise inside φ: Noise(drive=...).",
            )
        return noise


def check_tau(name: str, tau: float | Tensor, dim: int, dt: float, dtype: torch.dtype) -> Tensor:
    """Time constants, () or (dim,), checked against the step."""
    check_positive("dt", dt)
    value = torch.as_tensor(tau, dtype=dtype)
    if value.ndim:
        check_shape(name, value, f"{dim}")
    if not bool(torch.isfinite(value).all()) or float(value.min()) < dt:
        raise complaint(
            name,
            wanted=f"finite time constants of at least the step dt = {dt:g}",
            got=f"{float(value.min()):g}",
            do="Take a smaller dt: an Euler step longer than tau overshoots.",
        )
    return value
