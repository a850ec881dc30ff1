"""Forecasting the Lorenz system one sampling step ahead."""

import math

import torch
from torch import Tensor

from course_lib.integrate import Trajectory, integrate
from course_lib.shapes import State
from course_lib.systems.lorenz63 import Lorenz63
from course_lib.systems.references import LORENZ63
from course_lib.tasks.standardised import StandardisedFlow
from course_lib.tasks.trial import Trial
from course_lib.validation import check_count, check_generator, check_positive, check_shape


class LorenzForecast:
    """Inputs are states of the Lorenz system, standardised; the target is the state one step dt later.

    Orbits start at random states whose first `transient` time units are dropped, and are solved by RK4 in float64 with
    equal steps of at most `solver_step`. Standardised means (state - mean) / std with the long-run moments stored in
    `systems.references`, so that training and test data share one scale. Beyond about 25 t.u. rounding decides the
    path: equal seeds give equal statistics on two machines, not equal samples.

    dt: sampling step [t.u.].  n_steps: inputs in a trial.  transient: time dropped [t.u.].
    solver_step: longest step of the solver [t.u.].
    Taught on the page "The CT-RNN learns Lorenz".
    """

    n_in = n_out = 3

    def __init__(self, dt: float = 0.02, n_steps: int = 400, *, transient: float = 20.0, solver_step: float = 0.005):
        self.dt = check_positive("dt", dt)
        self.n_steps = check_count("n_steps", n_steps)
        self.transient = check_positive("transient", transient, or_zero=True)
        self.solver_step = check_positive("solver_step", solver_step)
        self.flow = Lorenz63()
        self.mean = torch.tensor(LORENZ63["mean"].value, dtype=torch.float64)
        self.std = torch.tensor(LORENZ63["std"].value, dtype=torch.float64)

    def sample(self, batch: int, *, generator: torch.Generator) -> Trial:
        """`batch` orbits from independent starts. Use one generator for training data and another for test data."""
        starts = self.draw_starts(batch, generator=generator)
        t = self.dt * torch.arange(self.n_steps + 1, dtype=torch.float64)
        orbit = integrate(self.flow, starts, t, max_step=self.solver_step)
        x = self.standardise(orbit.x)  # (batch, n_steps + 1, 3)
        mask = torch.ones(batch, self.n_steps, dtype=torch.bool)
        return Trial(x[:, :-1], x[:, 1:], mask, {"start": starts})

    def draw_starts(self, batch: int, *, generator: torch.Generator) -> State:
        """(batch, 3) states on the attractor, in the units of the Lorenz system."""
        check_count("batch", batch)
        noise = torch.randn(batch, 3, dtype=torch.float64, generator=check_generator(generator))
        x = self.mean + self.std * noise
        if self.transient == 0:
            return x
        # A coarser step serves here: any state close to the attractor is a fair start.
        step = max(self.solver_step, 0.01)
        t = torch.linspace(0.0, self.transient, 2, dtype=torch.float64)
        return integrate(self.flow, x, t, max_step=step).x[:, -1]

    def truth(self, start: State, duration: float) -> Trajectory:
        """The standardised orbit from unstandardised starts (batch, 3), sampled every dt by the task's own solver.

        Forecasts are compared with this: another solver would part from it within about 35 Lyapunov times.
        """
        check_shape("start", start, "batch 3")
        n = math.ceil(check_positive("duration", duration) / self.dt * (1 - 1e-12))
        t = self.dt * torch.arange(n + 1, dtype=torch.float64)
        orbit = integrate(self.flow, start, t, max_step=self.solver_step)
        return Trajectory(t, self.standardise(orbit.x))

    def standardised_flow(self) -> StandardisedFlow:
        """The Lorenz flow in the units of the trials."""
        return StandardisedFlow(self.flow, self.mean, self.std)

    def standardise(self, x: Tensor) -> Tensor:
        """(x - mean) / std. x: (..., 3)."""
        return (check_shape("x", x, "... 3") - self.mean) / self.std

    def restore(self, z: Tensor) -> Tensor:
        """mean + std z, back to the units of the Lorenz system. z: (..., 3)."""
        return self.mean + self.std * check_shape("z", z, "... 3")
