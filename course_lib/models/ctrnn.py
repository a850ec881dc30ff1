"""The continuous-time recurrent network.

    τ ẋ = -x + φ(W x + U u + b),    y = C x + d                                                     (Beer 1995)

What it shares with the other rate networks, and what it becomes once its loop is closed, stands in `rate_network`.
"""

import math

import torch
from torch import Tensor, nn

from course_lib.models.connectivity import check_density
from course_lib.models.rate_network import RateNetwork, check_tau
from course_lib.validation import check_count, check_generator


class CTRNN(RateNetwork):
    """A continuous-time recurrent network, simulated by Euler steps of length dt with the input held over each.

    dim: units.  n_in, n_out: sizes of input and readout.  tau: time constant, one number or (dim,).
    dt: step, at most the shortest tau; its ratio dt / tau is the leak per step.  generator: draws the weights, so that
    torch's global state is left alone.  nonlinearity: "tanh", "softplus", "relu" or "logistic".
    gain: W_rec ~ N(0, gain² / (density dim)), spectral radius about `gain`.  density: probability of a recurrent
    connection; `fit_task` keeps absent ones absent.  input_scale, bias_scale: standard deviations of W_in and b.
    Weights are float64 unless dtype says otherwise.
    Taught on the page "The CT-RNN learns Lorenz".

    >>> import torch
    >>> model = CTRNN(16, 2, 1, tau=1.0, dt=0.1, generator=torch.Generator().manual_seed(0))
    >>> states = model.run(torch.zeros(4, 30, 2, dtype=torch.float64))
    >>> tuple(states.shape), tuple(model.readout(states).shape)
    ((4, 30, 16), (4, 30, 1))
    >>> model.flow_at(torch.zeros(2, dtype=torch.float64)).dim
    16
    """

    W_rec: nn.Parameter

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
        density: float = 1.0,
        input_scale: float = 0.3,
        bias_scale: float = 0.3,
        dtype: torch.dtype = torch.float64,
    ):
        check_count("dim", dim)
        times = check_tau("tau", tau, dim, dt, dtype)
        super().__init__(dim, n_in, n_out, dim, tau=times, dt=dt, nonlinearity=nonlinearity)
        check_generator(generator)

        def normal(*size: int, scale: float) -> nn.Parameter:
            return nn.Parameter(scale * torch.randn(*size, generator=generator, dtype=torch.float64).to(dtype))

        self.W_rec = normal(dim, dim, scale=gain / math.sqrt(check_density(density) * dim))
        self.W_in = normal(dim, n_in, scale=input_scale)
        self.b = normal(dim, scale=bias_scale)
        self.C = normal(n_out, dim, scale=1 / math.sqrt(dim))
        self.d = nn.Parameter(torch.zeros(n_out, dtype=dtype))
        if density < 1:
            absent = torch.rand(dim, dim, generator=generator, dtype=torch.float64) >= density
            with torch.no_grad():
                self.W_rec.masked_fill_(absent, 0.0)

    def dynamics_parameters(self) -> list[nn.Parameter]:
        """W_rec, W_in and b."""
        return [self.W_rec, self.W_in, self.b]
