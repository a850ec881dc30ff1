"""Make the data of question 5: `python solutions/a6_separatrix/make_data.py` from the repository's root (ten seconds).

Public, in course_lib/student/data/a6_separatrix: curves.npz, a hundred curves c(s) in the plane of the damped double
well, with a psi that was learnt in a hurry (200 steps of Adam, last layer not solved for). s (101,); x (100, 101, 2),
states along each curve; psi (100, 101), its values there; true (100,), the place at which the basin changes, by
bisection of labels, nan on the thirty curves that stay in one basin all along. The curves come in drawn order. net.npz
is made by make_data_nets.py. Checksums of both stand in SHA256SUMS.
"""

import hashlib
from pathlib import Path

import numpy as np
import torch

from course_lib import separatrix
from course_lib.systems import Duffing

PUBLIC = Path(__file__).resolve().parents[2] / "course_lib" / "student" / "data" / "a6_separatrix"
CROSSING, STAYING, SAMPLES = 70, 30, 101
WELLS = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
HURRIED = {"n_states": 2000, "n_steps": 200, "width": 16, "depth": 1, "head_steps": 0}


def psi_in_a_hurry(system):
    """A psi of one hidden layer."""
    square = torch.tensor([[-2.0, -2.0], [2.0, 2.0]], dtype=torch.float64)
    return separatrix.fit_separatrix(
        system, WELLS, generator=torch.Generator().manual_seed(0), domain=square, **HURRIED
    )


def along(curves, s):
    """States (curves, samples, 2)."""
    n = len(curves.start)
    return curves.at(torch.arange(n).repeat_interleave(len(s)), s.repeat(n)).reshape(n, len(s), 2)


def loops(system, s):
    """States along curves that leave a well and come back to it, and stay in its basin all along."""
    draw = torch.Generator().manual_seed(8)
    home = WELLS[torch.arange(40 * STAYING) % 2]
    leaving, arriving = (4 * torch.randn(home.shape, generator=draw, dtype=torch.float64) for _ in range(2))
    x = along(separatrix.Curves(home, home, leaving, arriving, torch.zeros(len(home), 2, dtype=torch.long)), s)
    label = separatrix.settle(system, x.reshape(-1, 2), WELLS, duration=60.0, dt=0.1).reshape(x.shape[:2])
    far = (x - home[:, None]).norm(dim=-1).max(dim=1).values > 0.6
    return x[(label == label[:, :1]).all(dim=1) & far][:STAYING]


def arrays():
    """What curves.npz holds."""
    system, s = Duffing(damping=0.5), torch.linspace(0, 1, SAMPLES, dtype=torch.float64)
    fit = psi_in_a_hurry(system)
    curves = separatrix.hermite_curves(WELLS, CROSSING, generator=torch.Generator().manual_seed(5))
    found = separatrix.validate_on_curves(fit, system, curves)
    assert torch.equal(found.curve, torch.arange(CROSSING)), "each curve between the wells changes basin once"
    x = torch.cat([along(curves, s), loops(system, s)])
    true = torch.cat([found.place, torch.full((STAYING,), torch.nan, dtype=torch.float64)])
    order = torch.as_tensor(np.random.default_rng(5).permutation(len(x)))
    psi = fit.psi(x.reshape(-1, 2)).reshape(len(x), SAMPLES)
    return {"s": s.numpy(), "x": x[order].numpy(), "psi": psi[order].detach().numpy(), "true": true[order].numpy()}


def main() -> None:
    """Write curves.npz and the checksums."""
    PUBLIC.mkdir(parents=True, exist_ok=True)
    made = arrays()
    np.savez_compressed(
        PUBLIC / "curves.npz", **{name: made[name].astype("f4") for name in ("x", "psi", "true")}, s=made["s"]
    )
    lines = [
        f"{hashlib.sha256((PUBLIC / name).read_bytes()).hexdigest()}  {name}" for name in ("curves.npz", "net.npz")
    ]
    (PUBLIC / "SHA256SUMS").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
