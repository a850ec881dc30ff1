"""A template for a task of your own: copy the class, change what is shown and what is asked for."""

from dataclasses import dataclass

import torch
from torch.nn.functional import one_hot

from course_lib.tasks.timed import DecisionTask
from course_lib.tasks.trial import Trial


@dataclass(frozen=True)
class DelayedXor(DecisionTask):
    """Two signs are shown side by side; at the cue, are they equal or different?

    inputs: first sign, second sign, cue.  outputs: equal, different.  conditions: "signs" (batch, 2).
    Taught on the page "Cognitive tasks, line and ring attractors".
    """

    delay: tuple[float, float] = (100.0, 400.0)  # fields are settings; TimedTask has the other times, all in ms

    n_in = 3
    n_out = 2

    def sample(self, batch: int, *, generator: torch.Generator) -> Trial:
        conditions = self.draw_cues(batch, generator)  # when each trial's cue comes
        signs = 2.0 * torch.randint(2, (batch, 2), generator=generator).double() - 1.0
        conditions["signs"] = signs  # whatever an analysis will sort the trials by
        # self.shown() and self.asked() are 1 while the stimulus, or the cue, is there: (batch, time, 1)
        inputs = torch.cat((self.shown() * signs[:, None], self.asked(conditions)), dim=-1)
        answer = one_hot((signs[:, 0] != signs[:, 1]).long(), 2).double()  # (batch, n_out), wanted after the cue
        return self.make_trial(inputs, answer, conditions)
