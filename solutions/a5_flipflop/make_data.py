"""Make the data of a5_flipflop: `python solutions/a5_flipflop/make_data.py` from the repository's root (half a minute).

Public, in course_lib/student/data/a5_flipflop: net.npz, a network of 16 units that holds three bits, trained by the
recipe of the page on flip-flops with fewer units, and written in the currents x = W h + b of the page's h: left alone,
x' = -x + W tanh(x) + b, and at rest its outputs are C tanh(x) + d. With it come states that it visits. Trained anew on
another machine it has the same quality, not the same weights.
"""

import hashlib
from pathlib import Path

import numpy as np
import torch

from course_lib.models import CTRNN
from course_lib.models.noise import Noise
from course_lib.tasks import FlipFlop
from course_lib.training import fit_task

HERE = Path(__file__).resolve().parent
PUBLIC = HERE.parents[1] / "course_lib" / "student" / "data" / "a5_flipflop"
UNITS, BITS, VISITED = 16, 3, 240


def train(seed: int = 0) -> CTRNN:
    """The network, trained with noise on its states; asserts that it holds every bit of trials ten times as long."""
    generator, task = torch.Generator().manual_seed(seed), FlipFlop(BITS)
    model = CTRNN(UNITS, BITS, BITS, tau=5.0, dt=1.0, generator=generator, dtype=torch.float32)
    fit_task(model, task, generator=generator, n_steps=700, noise=Noise(state=0.05), rate_penalty=1e-3, lr=1e-2)
    model = model.double()
    far = FlipFlop(BITS, n_steps=1000).sample(64, generator=generator)
    with torch.no_grad():
        assert task.correct(model.readout(model.run(far.inputs)), far).all()
    return model


def as_currents(model: CTRNN, seed: int = 1) -> dict[str, np.ndarray]:
    """The weights, and currents (VISITED, UNITS) at random moments of unseen trials at which no pulse is on."""
    generator = torch.Generator().manual_seed(seed)
    trial = FlipFlop(BITS).sample(64, generator=generator)
    with torch.no_grad():
        states = model.run(trial.inputs)
    quiet = torch.nonzero((trial.inputs == 0).all(dim=-1))
    chosen = quiet[torch.randperm(len(quiet), generator=generator)[:VISITED]]
    W, b = model.W_rec.detach(), model.b.detach()
    net = {"W": W, "b": b, "C": model.C, "d": model.d}
    net["states"] = states[chosen[:, 0], chosen[:, 1]] @ W.T + b
    return {name: value.detach().numpy() for name, value in net.items()}


def main() -> None:
    """Write the file and its checksum."""
    PUBLIC.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(PUBLIC / "net.npz", **as_currents(train()))
    digest = hashlib.sha256((PUBLIC / "net.npz").read_bytes()).hexdigest()
    (PUBLIC / "SHA256SUMS").write_text(f"{digest}  net.npz\n")


if __name__ == "__main__":
    main()
