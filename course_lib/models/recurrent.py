"""What every recurrent network with a linear readout shares, whatever its cells are."""

import abc

import torch
from torch import Tensor, nn

from course_lib.dynamics import Map
from course_lib.models.noise import Noise, check_noise, gaussian
from course_lib.shapes import Features, ForecastSequence, Input, InputSequence, Output, Sequence, State
from course_lib.validation import check_count, check_finite, check_shape, check_tensor, complaint


class RecurrentNetwork(nn.Module, abc.ABC):
    """A driven network with states x, readout y = C x + d, and the map that it becomes once its loop is closed.

    dim: size of the state.  n_in, n_out: sizes of input and readout.  n_read: the readout sees entries 0 to n_read - 1
    of the state.  Weights of the readout: C (n_out, n_read), d (n_out,); a subclass makes them.
    """

    C: nn.Parameter
    d: nn.Parameter

    def __init__(self, dim: int, n_in: int, n_out: int, n_read: int):
        super().__init__()
        self.dim, self.n_read = dim, n_read
        self.n_in, self.n_out = check_count("n_in", n_in), check_count("n_out", n_out)

    @abc.abstractmethod
    def dynamics_parameters(self) -> list[nn.Parameter]:
        """All parameters that shape the states of a driven network; the readout is not among them."""

    @abc.abstractmethod
    def step(self, x: State, u: Input) -> State:
        """The next state. x: (..., dim).  u: (..., n_in), held over the step.  Returns (..., dim)."""

    @abc.abstractmethod
    def run(self, inputs: InputSequence, *, x0: State | None = None) -> Sequence:
        """States of the driven network, (batch, time, dim). inputs: (batch, time, n_in).  x0: (batch, dim)."""

    @abc.abstractmethod
    def map_at(self, u: Tensor, *, differentiable: bool = False) -> Map:
        """`step` with the input held at u: (n_in,). differentiable: keep the weights' gradients."""

    @abc.abstractmethod
    def closed_loop_map(self, dt: float | None = None, *, differentiable: bool = False) -> Map:
        """`step` with the readout as input. Needs n_in = n_out."""

    def features(self, x: State) -> Features:
        """What the readout sees of the states: (..., dim) becomes (..., n_read)."""
        return x[..., : self.n_read]

    def readout(self, x: State, *, noise: Noise | None = None, generator: torch.Generator | None = None) -> Output:
        """y = C x + d of what is read. x: (..., dim). Returns (..., n_out), with noise.output when asked."""
        y = self.features(x) @ self.C.T + self.d
        noise = check_noise(noise, generator)
        return y + noise.output * gaussian(y, generator) if noise.output and generator is not None else y

    def set_readout(self, C: Tensor, d: Tensor) -> None:
        """Put fitted readout weights in place. C: (n_out, n_read), fitted on `features(x)`.  d: (n_out,)."""
        check_finite("C", check_shape("C", C, f"{self.n_out} {self.n_read}"))
        check_finite("d", check_shape("d", d, f"{self.n_out}"))
        with torch.no_grad():
            self.C.copy_(C)
            self.d.copy_(d)

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

    def _check_loop(self) -> None:
        if self.n_in != self.n_out:
            raise complaint(
                "closed loop",
                wanted="a readout of the input's size",
                got=f"n_out = {self.n_out}, n_in = {self.n_in}",
                do="Only a network that predicts its own input can feed itself.",
            )

    def _check_inputs(self, inputs: Tensor) -> Tensor:
        check_tensor("inputs", inputs)
        self._check_dtype("inputs", inputs)
        check_finite("inputs", check_shape("inputs", inputs, f"batch time {self.n_in}"))
        if inputs.shape[1] == 0:
            raise complaint("inputs", wanted="at least one sample in time", got="none", do="Look how they were cut.")
        return inputs

    def _check_input(self, u: Tensor) -> Tensor:
        self._check_dtype("u", check_finite("u", check_shape("u", u, f"{self.n_in}")))
        return u

    def _check_state(self, name: str, x: Tensor, batch: int) -> Tensor:
        self._check_dtype(name, check_finite(name, check_shape(name, x, f"{batch} {self.dim}")))
        return x

    def _check_dtype(self, name: str, value: Tensor) -> None:
        if value.dtype != self.C.dtype:
            raise complaint(
                name,
                wanted=f"the model's precision {self.C.dtype}",
                got=str(value.dtype),
                do=f"Convert: {name}.to({self.C.dtype}).",
            )
