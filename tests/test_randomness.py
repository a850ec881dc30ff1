"""The library draws only from the generator it is handed: torch's and numpy's global states stay as they were."""

import numpy as np
import torch
from problems import HENON

from course_lib.analysis import lyapunov_spectrum
from course_lib.models import CTRNN
from course_lib.tasks import LorenzForecast
from course_lib.training import fit_forecaster


def work(seed: int) -> torch.Tensor:
    """Every part that draws: a task, a network, a training, an analysis."""
    generator = torch.Generator().manual_seed(seed)
    trial = LorenzForecast(n_steps=30, transient=1.0).sample(4, generator=generator)
    model = CTRNN(5, 3, 3, tau=0.04, dt=0.02, generator=generator)
    fit_forecaster(model, trial.inputs, trial.targets, generator=generator, n_steps=2, batch=2, window=20, warm_up=5)
    exponents = lyapunov_spectrum(HENON, torch.zeros(1, 2, dtype=torch.float64), duration=5).exponents
    return torch.cat((model.W_rec.detach().flatten(), exponents))


def test_the_global_states_are_left_alone():
    before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    work(0)
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(np.random.get_state()[1], numpy_before)


def test_one_generator_decides_everything():
    torch.manual_seed(1)
    first = work(0)
    torch.manual_seed(2)
    assert torch.equal(first, work(0))
    assert not torch.equal(first, work(1))
