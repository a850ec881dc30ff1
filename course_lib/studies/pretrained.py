"""Trained networks that come with the library, each with its recipe, its seed and its measured quality.

`load(name)` gives one, `verify(name)` measures it anew, `regenerate(name, folder)` trains it anew, and so
does `python -m course_lib.studies.pretrained NAME ...`, which replaces the shipped file. A network that was trained
anew on another machine has the same quality, not the same weights.
"""

import io
import json
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_lib.models import CTRNN, EIRateNetwork, RateNetwork
from course_lib.studies import recipes
from course_lib.tasks import (
    ContextDecision,
    DelayedMatchToSample,
    FlipFlop,
    GoNoGo,
    MemoryAngle,
    MemoryNumber,
    Task,
    TimedTask,
)
from course_lib.training import score_task
from course_lib.validation import CourseError, check_choice, complaint

FOLDER = "pretrained"  # beside the parts of the library
TEST_SEED = 7000  # of the trials on which quality is measured; training never draws from it
SLACK = 2.0  # a measured shortfall from 1 may be this much larger than the recorded one, or 0.01


@dataclass(frozen=True)
class Entry:
    """How one network is made.  recipe: its name in `recipes`.  task: what it is trained on.  seed: of its generator.

    tests: name -> (task, trials), the measures of its quality.
    """

    recipe: str
    task: Task
    seed: int
    tests: dict[str, tuple[Task, int]]

    def train(self) -> RateNetwork:
        """The network, trained anew."""
        make = getattr(recipes, self.recipe)
        what = self.task.bits if isinstance(self.task, FlipFlop) else self.task
        return make(what, generator=torch.Generator().manual_seed(self.seed))

    def measure(self, model: RateNetwork) -> dict[str, float]:
        """The task's own score under every test, with the noise of training in the cognitive tasks."""
        noise = None if isinstance(self.task, FlipFlop) else recipes.COGNITIVE_NOISE
        generator = torch.Generator().manual_seed(TEST_SEED + self.seed)
        return {
            name: score_task(model, task, trials, generator=generator, noise=noise)
            for name, (task, trials) in self.tests.items()
        }


@dataclass(frozen=True)
class Pretrained:
    """A shipped network.  model: in float64, its weights exact.  task: as in training.  recipe, seed: how it was made.

    quality: name of a test -> the score that was measured when the file was written.
    """

    name: str
    model: RateNetwork
    task: Task
    recipe: str
    seed: int
    quality: dict[str, float]


def _flip_flop(bits: int, kind: str) -> Entry:
    task = FlipFlop(bits)
    return Entry(f"flip_flop_{kind}", task, 0, {"bits": (replace(task, n_steps=1000), 100)})


def _cognitive(task: TimedTask, kind: str) -> Entry:
    tests: dict[str, tuple[Task, int]] = {
        "score": (task, 400),
        "twice the delay": (task.with_delay(2 * task.delay[1]), 200),
    }
    return Entry(f"cognitive_{kind}", task, 0, tests)


TASKS: dict[str, Callable[[], TimedTask]] = {
    "context_decision": ContextDecision,
    "match_to_sample": DelayedMatchToSample,
    "go_no_go": GoNoGo,
    "memory_number": MemoryNumber,
    "memory_angle": MemoryAngle,
}
CATALOGUE: dict[str, Entry] = {
    **{f"flip_flop_{bits}_ctrnn": _flip_flop(bits, "ctrnn") for bits in (1, 2, 3)},
    "flip_flop_3_dale": _flip_flop(3, "dale"),
    **{f"{name}_{kind}": _cognitive(make(), kind) for name, make in TASKS.items() for kind in ("ctrnn", "dale")},
}


def load(name: str) -> Pretrained:
    """A shipped network by its name in CATALOGUE. A file that does not read as a checkpoint raises."""
    entry = CATALOGUE[check_choice("name", name, CATALOGUE)]
    content = (resources.files("course_lib") / FOLDER / f"{name}.npz").read_bytes()
    return read_checkpoint(name, entry, content)


def verify(name: str) -> dict[str, float]:
    """Measure a shipped network anew; raises where it is worse than it says. Returns the scores measured now."""
    shipped = load(name)
    measured = CATALOGUE[name].measure(shipped.model)
    worse = {test: score for test, score in measured.items() if not is_as_good(score, shipped.quality[test])}
    if worse:
        said = ", ".join(f"{test} {shipped.quality[test]:.4f}" for test in worse)
        found = ", ".join(f"{test} {score:.4f}" for test, score in worse.items())
        raise complaint(
            name,
            wanted=f"the recorded quality ({said})",
            got=found,
            do=f"Train it anew: python -m course_lib.studies.pretrained {name}.",
        )
    return measured


def is_as_good(score: float, recorded: float) -> bool:
    """Whether a score falls short of 1 by no more than SLACK times what the recorded one did, or by 0.01."""
    return 1 - score <= max(SLACK * (1 - recorded), 0.01)


def regenerate(name: str, folder: Path | str) -> Pretrained:
    """Train a network of the catalogue anew, measure it, and write it to folder/NAME.npz."""
    entry = CATALOGUE[check_choice("name", name, CATALOGUE)]
    model = entry.train()
    quality = entry.measure(model)
    (Path(folder) / f"{name}.npz").write_bytes(write_checkpoint(entry, model, quality))
    return Pretrained(name, model, entry.task, entry.recipe, entry.seed, quality)


def write_checkpoint(entry: Entry, model: RateNetwork, quality: dict[str, float]) -> bytes:
    """A compressed npz without pickles: the weights in float32, in which they were trained, and a JSON of the rest."""
    about = {"recipe": entry.recipe, "seed": entry.seed, "quality": quality, "network": _settings(model)}
    arrays = {key: value.to(torch.float32).numpy() for key, value in model.state_dict().items()}
    file = io.BytesIO()
    np.savez_compressed(file, about=np.array(json.dumps(about)), **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def read_checkpoint(name: str, entry: Entry, content: bytes) -> Pretrained:
    """The network in what write_checkpoint wrote."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            about: dict[str, Any] = json.loads(str(file["about"]))
            weights = {key: torch.from_numpy(file[key]).double() for key in file.files if key != "about"}
        model = _network(about["network"], weights["tau"])
        model.load_state_dict(weights)
        return Pretrained(name, model, entry.task, about["recipe"], about["seed"], about["quality"])
    except CourseError:
        raise
    except (KeyError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile) as reason:
        raise complaint(
            f"{name}.npz",
            wanted="a checkpoint of this library",
            got=f"a file that does not read as one ({reason})",
            do="Install the library anew.",
        ) from reason


def _settings(model: RateNetwork) -> dict[str, Any]:
    """What a network needs beside its weights."""
    sizes = {"n_in": model.n_in, "n_out": model.n_out, "dt": model.dt, "nonlinearity": model.nonlinearity.name}
    if isinstance(model, EIRateNetwork):
        return {"kind": "EIRateNetwork", "n_e": model.n_e, "n_i": model.n_i, **sizes}
    return {"kind": "CTRNN", "dim": model.dim, **sizes}


def _network(settings: dict[str, Any], tau: Tensor) -> RateNetwork:
    """An untrained network with these settings."""
    options = dict(settings)
    kind = options.pop("kind")
    if kind == "CTRNN":
        return CTRNN(tau=tau, generator=torch.Generator(), **options)
    times = tau.flatten().tolist()  # excitatory cells first, one time constant a population
    return EIRateNetwork(tau_e=times[0], tau_i=times[-1], generator=torch.Generator(), gain=None, **options)


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        regenerate(wanted, str(resources.files("course_lib") / FOLDER))
