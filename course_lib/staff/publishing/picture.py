"""The picture in the README: the Lorenz system, and a trained network that runs on its own outputs."""

from pathlib import Path

import matplotlib.pyplot as plt
import torch
from scipy.interpolate import CubicSpline
from torch import Tensor

from course_lib.models import CTRNN
from course_lib.plotting import COLORS, new_axes, plot_phase
from course_lib.tasks import LorenzForecast
from course_lib.training import fit_forecaster

PICTURE = Path("book") / "_static" / "readme.png"
SEED = 0
LET_GO = 1500  # steps of 0.02 t.u. that the network runs by itself


def draw_picture(root: Path, *, n_train: int = 400, dpi: int = 110) -> Path:
    """Train the network of the page "The CT-RNN", let it go, and draw both orbits side by side.

    n_train: gradient steps. Returns the file under `root` that was written.
    """
    generator = torch.Generator().manual_seed(SEED)
    task = LorenzForecast()
    trial = task.sample(100, generator=generator)
    network = CTRNN(64, 3, 3, tau=2 * task.dt, dt=task.dt, generator=generator)
    fit_forecaster(network, trial.inputs, trial.targets, generator=generator, n_steps=n_train)
    driven = task.sample(1, generator=generator)
    forecast = network.forecast(driven.inputs[:, :100], LET_GO)
    truth = task.truth(driven.conditions["start"], (100 + LET_GO) * task.dt)

    figure, axes = new_axes(1, 2, size=(9.0, 3.9))
    orbits = ((truth.x[:, 101:], "truth", "the Lorenz system"), (forecast, "model", "a network of 64 units, let go"))
    for ax, (orbit, color, title) in zip(axes, orbits, strict=True):
        plot_phase(ax, smooth(orbit), coordinates=(0, 2), color=COLORS[color], linewidth=0.9)
        ax.set_title(title)
        ax.set_axis_off()
    path = root / PICTURE
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=dpi)
    plt.close(figure)
    return path


def smooth(orbit: Tensor, *, per_sample: int = 5) -> Tensor:
    """The samples joined by a cubic spline, so that no corner of the sampling shows. orbit: (batch, time, dim)."""
    time = range(orbit.shape[1])
    fine = torch.linspace(0, orbit.shape[1] - 1, per_sample * (orbit.shape[1] - 1) + 1)
    return torch.from_numpy(CubicSpline(time, orbit.numpy(), axis=1)(fine.numpy()))
