"""a1_lorenz answered by the library: see library_answers.py."""

from collections.abc import Callable
from typing import Any

import torch
from library_answers import pasted

from course_lib.analysis import correlation_sum, lyapunov_from_data, lyapunov_spectrum
from course_lib.dynamics import FunctionFlow, FunctionMap
from course_lib.integrate import integrate
from course_lib.systems import Lorenz63

Function = Callable[..., Any]


def _lorenz(x: Any, sigma: float, rho: float, beta: float, delta: float) -> Any:
    flow, states = Lorenz63(sigma, rho, beta), torch.as_tensor(x)
    return flow.vector_field(states), flow.jacobian(states)


def _rk4(f: Function, x0: Any, t: Any) -> Any:
    return integrate(FunctionFlow(f, x0.shape[1]), torch.as_tensor(x0), torch.as_tensor(t), method="rk4").x


def _spectrum(J: Any, dt: float, skip: int) -> Any:
    mean = torch.as_tensor(J).mean(dim=0)
    system = FunctionMap(lambda x: x @ mean.T, len(mean))
    starts = torch.ones(2, len(mean), dtype=torch.float64)
    return lyapunov_spectrum(system, starts, duration=(len(J) - skip) * dt, spin_up=skip * dt, dt=dt).exponents


def _pair_fraction(x: Any, radii: Any, w: int) -> Any:
    return correlation_sum(torch.as_tensor(x), torch.as_tensor(radii), theiler_window=w - 1).sums


def _exponent(x: Any, dt: float) -> Any:
    return lyapunov_from_data(torch.as_tensor(x), dt=dt).exponent


LIBRARY_OF_SET: dict[str, dict[str, Function]] = {
    "q1": {"call": _lorenz, "copy": pasted(Lorenz63, "Lorenz63")},
    "q2": {"call": _rk4, "copy": pasted(integrate, "integrate")},
    "q3": {"call": _spectrum, "copy": pasted(lyapunov_spectrum, "lyapunov_spectrum")},
    "q4": {"call": lambda lag, s: lyapunov_spectrum(lag, s, duration=1.0).exponents, "copy": lyapunov_spectrum},
    "q5": {"call": _pair_fraction, "copy": pasted(correlation_sum, "correlation_sum")},
    "q7": {"call": _exponent, "copy": pasted(lyapunov_from_data, "lyapunov_from_data")},
}
