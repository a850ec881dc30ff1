"""Tasks that keep a continuous value: a number or an angle, recalled as it was or as its opposite."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.tasks.timed import ReportTask
from course_lib.tasks.trial import Trial
from course_lib.validation import complaint

VERSIONS = ("pro", "anti")


@dataclass(frozen=True)
class _MemoryTask(ReportTask):
    """What both share: values are shown on some channels, then one cue asks for the value and another for its opposite.

    versions: ("pro",), ("anti",), or both, mixed in every batch; each has a cue of its own, the last two inputs.
    """

    versions: tuple[str, ...] = VERSIONS

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.versions or not set(self.versions) <= set(VERSIONS):
            raise complaint("versions", wanted="some of pro, anti", got=repr(self.versions), do='For example ("pro",).')

    def draw_versions(self, batch: int, generator: torch.Generator) -> Tensor:
        """(batch,) bool, True for an anti trial."""
        draw = torch.randint(len(self.versions), (batch,), generator=generator)
        return torch.tensor([version == "anti" for version in self.versions])[draw]

    def _recall(self, shown: Tensor, pro: Tensor, anti: Tensor, conditions: dict[str, Tensor]) -> Trial:
        """shown: (batch, channels).  pro: (batch, n_out), the answer of a pro trial; an anti trial's is -pro."""
        cues = torch.stack((~anti, anti), dim=-1).double()  # (batch, 2)
        inputs = torch.cat((self.shown() * shown[:, None], self.asked(conditions) * cues[:, None]), dim=-1)
        return self.make_trial(inputs, torch.where(anti[:, None], -pro, pro), {**conditions, "anti": anti})


@dataclass(frozen=True)
class MemoryNumber(_MemoryTask):
    """A number v in [-1, 1] is shown, kept, and recalled as v or as -v.

    inputs: (1 + v) / 2, (1 - v) / 2, cue "pro", cue "anti".  output: v or -v.
    conditions: "value", "anti" (batch,).  Taught on the page "Cognitive tasks, line and ring attractors".
    """

    n_in = 4
    n_out = 1

    def sample(self, batch: int, *, generator: torch.Generator) -> Trial:
        conditions = self.draw_cues(batch, generator)
        value = 2 * torch.rand(batch, generator=generator, dtype=torch.float64) - 1
        return self.show(value, self.draw_versions(batch, generator), conditions)

    def show(self, value: Tensor, anti: Tensor, conditions: dict[str, Tensor]) -> Trial:
        """The trials with these values (batch,) and versions (batch,) bool, at the times of `draw_cues`."""
        shown = torch.stack((1 + value, 1 - value), dim=-1) / 2
        return self._recall(shown, value[:, None], anti, {**conditions, "value": value})


@dataclass(frozen=True)
class MemoryAngle(_MemoryTask):
    """An angle is shown, kept, and recalled as it was or turned by π.

    inputs: the cosines of its distances from 0, π/2, π and 3π/2, negative ones cut to zero; cue "pro", cue "anti".
    outputs: cosine and sine of the angle, or of the opposite one.  conditions: "angle" [rad], "anti" (batch,).
    Taught on the page "Cognitive tasks, line and ring attractors".
    """

    n_in = 6
    n_out = 2

    def sample(self, batch: int, *, generator: torch.Generator) -> Trial:
        conditions = self.draw_cues(batch, generator)
        angle = 2 * math.pi * torch.rand(batch, generator=generator, dtype=torch.float64)
        return self.show(angle, self.draw_versions(batch, generator), conditions)

    def show(self, angle: Tensor, anti: Tensor, conditions: dict[str, Tensor]) -> Trial:
        """The trials with these angles (batch,) and versions (batch,) bool, at the times of `draw_cues`."""
        preferred = math.pi / 2 * torch.arange(4, dtype=torch.float64)
        shown = torch.cos(angle[:, None] - preferred).clamp_min(0.0)
        point = torch.stack((angle.cos(), angle.sin()), dim=-1)
        return self._recall(shown, point, anti, {**conditions, "angle": angle})
