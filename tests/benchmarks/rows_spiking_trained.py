"""Row on end-to-end training: a spiking network against itself frozen, and against itself with trained inputs only."""

import copy
import statistics
import time
from collections.abc import Sequence

import torch
from torch import Tensor

from course_lib.models import SpikingEINetwork, sign_violations
from course_lib.tasks import LorenzForecast
from course_lib.training import Readout, fit_readout, fit_streams

from .rows import Criterion, Figures, Row, largest, median, smallest

HOLD = 10  # ms a sample; one Lorenz time unit in 1 s
LENGTH, AHEAD, WASHOUT = 570, 20, 50  # samples: 5.7 s, 0.2 t.u., 0.5 s
N_TRAIN, N_CHOICE, N_TEST = 48, 8, 24
RIDGES = (1e-6, 1e-5, 1e-4, 1e-3)
Data = tuple[Tensor, Tensor]


def trials(n: int, seed: int) -> Data:
    """Standardised states, and the same states 0.2 t.u. later."""
    task = LorenzForecast(HOLD / 1000, LENGTH + AHEAD)
    x = task.sample(n, generator=torch.Generator().manual_seed(seed)).inputs
    return x[:, :LENGTH], x[:, AHEAD:]


def frozen_network(seed: int) -> SpikingEINetwork:
    """102 + 26 cells before any training."""
    generator = torch.Generator().manual_seed(seed)
    sizes = {"K": 20, "hold": HOLD, "strength": 0.5, "drive": 0.8, "trainable": True}
    return SpikingEINetwork(102, 26, 3, 3, generator=generator, **sizes)


def trained(network: SpikingEINetwork, data: Data, seed: int, *, inputs_only: bool = False, n_steps: int = 600):
    """A copy of the network after training, and the history."""
    model = copy.deepcopy(network)
    model.W_rec.requires_grad_(not inputs_only)
    generator = torch.Generator().manual_seed(seed)
    options = {"ridge": 1e-3, "memory": 0.05, "lr": 3e-2, "n_steps": n_steps}
    return model, fit_streams(model, *data, generator=generator, **options)


@torch.no_grad()
def same_readout(network: SpikingEINetwork, data: Data, test: Data) -> tuple[Tensor, float]:
    """RMSE on the test trials, (3,), and the mean rate [Hz]: ridge on three traces, its strength chosen on 8 trials."""
    run = network.run(torch.cat((data[0], test[0])))
    features, targets = run.features, torch.cat((data[1], test[1]))

    def error(readout: Readout, part: slice) -> Tensor:
        off = features[part, WASHOUT:] @ readout.C.T + readout.d - targets[part, WASHOUT:]
        return off.square().mean(dim=(0, 1))

    chosen, choice = slice(N_TRAIN), slice(N_TRAIN, N_TRAIN + N_CHOICE)
    fits = [fit_readout(features[chosen], targets[chosen], ridge=r, washout=WASHOUT) for r in RIDGES]
    best = min(fits, key=lambda fit: float(error(fit, choice).log().sum()))
    return error(best, slice(N_TRAIN + N_CHOICE, None)).sqrt(), float(run.rates.mean())


def measure_trained(seed: int) -> Figures:
    """RMSE 0.2 t.u. ahead of three networks that differ in what was trained, on 24 unseen orbits."""
    start = time.process_time()
    data, test = trials(N_TRAIN + N_CHOICE, 1000 + seed), trials(N_TEST, 900_000 + seed)
    network, learn = frozen_network(seed), (data[0][:N_TRAIN], data[1][:N_TRAIN])
    full, history = trained(network, learn, seed)
    own, rate = same_readout(full, data, test)
    seconds = time.process_time() - start
    frozen, _ = same_readout(network, data, test)
    inputs, _ = same_readout(trained(network, learn, seed, inputs_only=True)[0], data, test)
    signs = sign_violations(full.W_rec.detach(), 102)
    figures: Figures = {"rate": rate, "gradient": float(history.gradient_norm.median()), "signs": signs, "cpu": seconds}
    for i, name in enumerate("xyz"):
        figures[f"rmse_{name}"], figures[f"frozen_{name}"] = float(own[i]), float(frozen[i])
        figures[f"inputs_{name}"], figures[f"ratio_{name}"] = float(inputs[i]), float(own[i] / frozen[i])
    gain = 1 - own / inputs
    return {
        **figures,
        "ratio_worst": float((own / frozen).max()),
        "gain": float(gain.mean()),
        "gain_least": float(gain.min()),
    }


def median_ratio(seeds: Sequence[Figures]) -> float:
    """The largest over the coordinates of the median over the seeds."""
    return max(statistics.median(seed[f"ratio_{name}"] for seed in seeds) for name in "xyz")


SPIKING_TRAINED = Row(
    name="spiking_trained",
    title="Spiking E/I network, N = 128, trained end to end, Lorenz 0.2 t.u. ahead",
    measure=measure_trained,
    modules=(
        "models/lif.py",
        "models/connectivity.py",
        "models/spiking.py",
        "models/held_steps.py",
        "models/surrogate.py",
        "training/loop.py",
        "training/readout.py",
        "training/streams.py",
        "tasks",
    ),
    criteria=(
        Criterion("frozen_worst", "RMSE / frozen, worst coordinate, worst seed", largest("ratio_worst"), 0.6),
        Criterion("frozen_median", "RMSE / frozen, median, worst coordinate", median_ratio, 0.45),
        Criterion("inputs_mean", "below trained inputs, mean of coordinates, median", median("gain"), 0.2, True),
        Criterion("inputs_seed", "the same, worst seed", smallest("gain"), 0.17, True),
        Criterion("inputs_least", "below trained inputs, worst coordinate and seed", smallest("gain_least"), 0.1, True),
        Criterion("signs", "weights of the wrong sign, worst seed", largest("signs"), 0.0),
        Criterion("cpu_median", "data, training, run and fit, median [CPU s]", median("cpu"), 60.0),
        Criterion("cpu_worst", "the same, worst seed [CPU s]", largest("cpu"), 72.0),
    ),
    notes="102 + 26 LIF cells, K = 20, one Lorenz time unit in 1 s, 10 ms a sample; 600 steps of 32 streams of 100 ms. "
    "Three networks (trained; frozen; inputs and biases trained in as many steps) with the same ridge on traces of 20, "
    "50 and 200 ms: 48 trials of 5.7 s to fit, 8 to choose the ridge, 24 unseen to score.",
)

TRAINED_ROWS = (SPIKING_TRAINED,)
