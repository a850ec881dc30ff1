"""Row on the driven spiking network: one step ahead from filtered spikes, every coordinate apart."""

import time

import torch

from course_lib.analysis import skill
from course_lib.models.spiking import SpikingEINetwork
from course_lib.tasks import LorenzForecast
from course_lib.training import fit_readout

from .rows import Criterion, Figures, Row, median, smallest

WASHOUT = 25  # inputs, 500 ms


def measure_driven(seed: int) -> Figures:
    """400 cells driven by 24 orbits of 3 s, ridge on three traces; scores on 24 other orbits."""
    start = time.process_time()
    task = LorenzForecast(0.02, 150)
    data = task.sample(24, generator=torch.Generator().manual_seed(1000 + seed))
    network = SpikingEINetwork(320, 80, 3, 3, K=40, hold=20, generator=torch.Generator().manual_seed(seed))
    fit = fit_readout(network.run(data.inputs).features, data.targets, ridge=1e-4, washout=WASHOUT)
    network.set_readout(fit.C, fit.d)
    seconds = time.process_time() - start
    test = task.sample(24, generator=torch.Generator().manual_seed(900_000 + seed))
    run = network.run(test.inputs)
    said = network.readout(run.features)[:, WASHOUT:]
    scores = skill(said, test.targets[:, WASHOUT:], test.inputs[:, WASHOUT:])
    return {
        **{f"r2_{name}": float(value) for name, value in zip("xyz", scores.r2, strict=True)},
        **{f"skill_{name}": float(value) for name, value in zip("xyz", scores.skill, strict=True)},
        "r2_lowest": float(scores.r2.min()),
        "skill_lowest": float(scores.skill.min()),
        "rate": float(run.rates.mean()),
        "cpu": seconds,
    }


DRIVEN = Row(
    name="spiking_driven",
    title="Spiking E/I network (norse), driven by Lorenz, one step ahead",
    measure=measure_driven,
    modules=(
        "models/lif.py",
        "models/balanced.py",
        "models/spiking.py",
        "models/surrogate.py",
        "training/readout.py",
        "tasks",
        "analysis/forecast.py",
    ),
    criteria=(
        Criterion("r2", "R² of the worst coordinate, worst seed", smallest("r2_lowest"), 0.998, at_least=True),
        Criterion("skill", "skill against persistence, worst coordinate, median", median("skill_lowest"), 0.9, True),
    ),
    notes="320 + 80 cells, K = 40, one Lorenz time unit in 1 s, sampled every 20 ms and held; dt 1 ms; ridge 1e-4 on "
    "traces of 20, 50 and 200 ms of all cells; 24 unseen orbits, the first 500 ms of each left out. CPU seconds: data, "
    "run and fit.",
)

DRIVEN_ROWS = (DRIVEN,)
