"""An echo state network made and fitted by reservoirpy, then run as the CT-RNN that it is.

reservoirpy's leaky reservoir is x ← (1 - lr) x + lr tanh(W x + W_in u + b), our Euler step with dt / τ = lr. Its
weights make a CTRNN, whose closed loop has analytic Jacobians.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_lib.models import CTRNN
from course_lib.studies.candidate import Fitted, of_network
from course_lib.tasks import Trial
from course_lib.validation import CourseError


@dataclass(frozen=True)
class EchoState:
    """Jaeger and Haas 2004, by reservoirpy's Reservoir and Ridge nodes.

    units, leak (per step), radius (spectral), input_scale, bias_scale, connectivity: of the reservoir.
    ridge: reservoirpy's, absolute.  warm_up: samples dropped from every trial.  dt: time between samples.
    """

    name: str = "echo state (reservoirpy)"
    units: int = 300
    leak: float = 0.5
    radius: float = 0.3
    input_scale: float = 0.3
    bias_scale: float = 0.3
    connectivity: float = 0.1
    ridge: float = 1e-7
    warm_up: int = 50
    dt: float = 0.02

    def fit(self, trial: Trial, *, generator: torch.Generator) -> Fitted:
        reservoir, readout = self.fit_nodes(trial, generator=generator)
        model = CTRNN(
            self.units,
            trial.inputs.shape[-1],
            trial.targets.shape[-1],
            tau=self.dt / self.leak,
            dt=self.dt,
            generator=generator,
        )
        with torch.no_grad():
            model.W_rec.copy_(_dense(reservoir.W))
            model.W_in.copy_(_dense(reservoir.Win))
            model.b.copy_(_dense(reservoir.bias).flatten())
        model.set_readout(_dense(readout.Wout).T.contiguous(), _dense(readout.bias).flatten())
        return of_network(model, model.C.numel() + model.d.numel())

    def fit_nodes(self, trial: Trial, *, generator: torch.Generator) -> tuple[Any, Any]:
        """reservoirpy's own two nodes, fitted: reservoir >> ridge."""
        try:
            from reservoirpy.mat_gen import normal
            from reservoirpy.nodes import Reservoir, Ridge
        except ImportError as reason:
            raise CourseError(
                "EchoState: wanted the package reservoirpy, got none installed. pip install course-lib[bench]"
            ) from reason
        seed = int(torch.randint(2**31, (1,), generator=generator))
        reservoir = Reservoir(
            self.units,
            lr=self.leak,
            sr=self.radius,
            rc_connectivity=self.connectivity,
            Win=normal(scale=self.input_scale, connectivity=1.0),
            bias=normal(scale=self.bias_scale, connectivity=1.0),
            seed=seed,
        )
        readout = Ridge(ridge=self.ridge)
        (reservoir >> readout).fit(trial.inputs.numpy(), trial.targets.numpy(), warmup=self.warm_up)
        return reservoir, readout


def _dense(weights: Any) -> Tensor:
    dense = weights.toarray() if hasattr(weights, "toarray") else weights
    return torch.from_numpy(np.array(dense, dtype=np.float64))
