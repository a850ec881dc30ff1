"""A network of firing rates in an excitatory and an inhibitory population, with Dale's law by construction.

    τ_E ṙ_E = -r_E + φ(W_EE r_E - W_EI r_I + U_E u + b_E)
    τ_I ṙ_I = -r_I + φ(W_IE r_E - W_II r_I + U_I u + b_I),      y = C r_E + d              (Wilson and Cowan 1972)

The signed matrix is W = |V| s, where V is what training may change and s holds the sign of every sender's column (zero
where there is no connection). Whatever training does to V, no weight changes its sign and no connection appears
(Song, Yang, Wang 2016).
"""

import torch
from torch import Tensor, nn

from course_lib.models.connectivity import column_signs, draw_dale_weights
from course_lib.models.currents import Currents
from course_lib.models.nonlinearity import RATES
from course_lib.models.rate_network import RateNetwork, check_tau
from course_lib.shapes import Input, State
from course_lib.validation import check_count, check_finite, check_generator, check_shape, complaint


class EIRateNetwork(RateNetwork):
    """Excitatory cells 0 to n_e - 1, then n_i inhibitory ones; the readout sees the excitatory cells only.

    tau_e, tau_i: time constants, in the unit of dt (ms for circuits).  dt: Euler step, at most the shorter of both.
    generator: draws the weights.  nonlinearity: "softplus", "relu" or "logistic"; a rate is never negative.
    gain, density, balance, self_connections: of the recurrent weights, see `draw_dale_weights`.
    input_scale: standard deviation of W_in, whose entries have both signs: what comes from outside is a current, not a
    cell.  bias_mean, bias_scale: of b.  Weights are float64 unless dtype says otherwise.

    Parameters: V (dim, dim), W_in (dim, n_in), b (dim,), C (n_out, n_e), d (n_out,).
    Taught on the page "E/I rate networks".
    """

    signs: Tensor
    rates_only = True

    def __init__(
        self,
        n_e: int,
        n_i: int,
        n_in: int,
        n_out: int,
        *,
        tau_e: float,
        tau_i: float,
        dt: float,
        generator: torch.Generator,
        nonlinearity: str = "softplus",
        gain: float | None = 0.3,
        density: float = 1.0,
        balance: str = "mean",
        self_connections: bool = False,
        input_scale: float = 0.3,
        bias_mean: float = 0.5,
        bias_scale: float = 0.5,
        dtype: torch.dtype = torch.float64,
    ):
        for name, size in (("n_e", n_e), ("n_i", n_i)):
            check_count(name, size)
        _check_rates(nonlinearity)
        dim = n_e + n_i
        tau = _population_times(tau_e, tau_i, n_e, n_i, dt, dtype)
        super().__init__(dim, n_in, n_out, n_e, tau=tau, dt=dt, nonlinearity=nonlinearity)
        self.n_e, self.n_i = n_e, n_i
        W = draw_dale_weights(
            n_e,
            n_i,
            generator=check_generator(generator),
            gain=gain,
            density=density,
            balance=balance,
            self_connections=self_connections,
        )

        def normal(*size: int, mean: float = 0.0, scale: float) -> nn.Parameter:
            draw = torch.randn(*size, generator=generator, dtype=torch.float64)
            return nn.Parameter((mean + scale * draw).to(dtype))

        self.register_buffer("signs", W.sign().to(dtype))
        self.V = nn.Parameter(W.abs().to(dtype))
        self.W_in = normal(dim, n_in, scale=input_scale)
        self.b = normal(dim, mean=bias_mean, scale=bias_scale)
        self.C = normal(n_out, n_e, scale=1 / n_e**0.5)
        self.d = nn.Parameter(torch.zeros(n_out, dtype=dtype))

    @classmethod
    def from_weights(
        cls,
        W_rec: Tensor,
        n_e: int,
        *,
        tau_e: float,
        tau_i: float,
        dt: float,
        W_in: Tensor | None = None,
        b: Tensor | None = None,
        nonlinearity: str = "relu",
    ) -> "EIRateNetwork":
        """A network with the given weights, signed, excitatory columns first.

        W_rec: (dim, dim).  W_in: (dim, n_in); None: every cell has an input of its own.  b: (dim,), zeros when None.
        The readout is the excitatory rates themselves. A column that holds both signs is refused by its number.
        """
        check_finite("W_rec", check_shape("W_rec", W_rec, "dim dim"))
        dim = W_rec.shape[0]
        columns = column_signs(check_count("n_e", n_e), dim - n_e, dtype=W_rec.dtype)
        wrong = ((W_rec * columns) < 0).any(dim=0).nonzero().flatten().tolist()
        if wrong:
            kind = "excitatory" if wrong[0] < n_e else "inhibitory"
            raise complaint(
                "W_rec",
                wanted="one sign per column, n_e excitatory columns first",
                got=f"the wrong sign in column {wrong[0]}, an {kind} sender",
                do="Rows receive: the weights that a cell sends stand in its column.",
            )
        W_in = torch.eye(dim, dtype=W_rec.dtype) if W_in is None else check_shape("W_in", W_in, f"{dim} n_in")
        b = W_rec.new_zeros(dim) if b is None else check_shape("b", b, f"{dim}")
        network = cls(
            n_e,
            dim - n_e,
            W_in.shape[1],
            n_e,
            tau_e=tau_e,
            tau_i=tau_i,
            dt=dt,
            generator=torch.Generator(),
            nonlinearity=nonlinearity,
            gain=None,
            dtype=W_rec.dtype,
        )
        with torch.no_grad():
            network.signs.copy_(W_rec.sign())
            network.V.copy_(W_rec.abs())
            network.W_in.copy_(check_finite("W_in", W_in))
            network.b.copy_(check_finite("b", b))
        network.set_readout(torch.eye(n_e, dtype=W_rec.dtype), W_rec.new_zeros(n_e))
        return network

    @property
    def W_rec(self) -> Tensor:  # type: ignore[override]
        """The signed weights |V| s, (dim, dim)."""
        return self.V.abs() * self.signs

    def dynamics_parameters(self) -> list[nn.Parameter]:
        """V, W_in and b."""
        return [self.V, self.W_in, self.b]

    def currents(self, x: State, u: Input) -> Currents:
        """The parts of what enters φ. x: (..., dim).  u: (..., n_in), at the same times."""
        check_shape("x", x, f"... {self.dim}")
        check_shape("u", u, f"... {self.n_in}")
        W = self.W_rec
        return Currents(
            external=(u @ self.W_in.T + self.b).expand_as(x),
            excitatory=x[..., : self.n_e] @ W[:, : self.n_e].T,
            inhibitory=x[..., self.n_e :] @ W[:, self.n_e :].T,
        )


def _check_rates(nonlinearity: str) -> None:
    if nonlinearity == "tanh":
        raise complaint(
            "nonlinearity",
            wanted="one of " + ", ".join(sorted(RATES)),
            got="'tanh'",
            do="An excitatory cell whose rate is negative would inhibit; take CTRNN for signed states.",
        )


def _population_times(tau_e: float, tau_i: float, n_e: int, n_i: int, dt: float, dtype: torch.dtype) -> Tensor:
    """(dim,), or () where both populations have the same time constant."""
    e, i = check_tau("tau_e", tau_e, n_e, dt, dtype), check_tau("tau_i", tau_i, n_i, dt, dtype)
    return e if e.ndim == i.ndim == 0 and e == i else torch.cat((e.expand(n_e), i.expand(n_i)))
