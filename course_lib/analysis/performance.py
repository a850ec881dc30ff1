"""How well a task is done: choices against evidence, and what is left of a memory after long waiting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.shapes import OutputSequence
from course_lib.tasks.flip_flop import FlipFlop
from course_lib.tasks.timed import TimedTask
from course_lib.tasks.trial import Trial
from course_lib.validation import check_count, check_finite, check_float64, check_generator, check_shape, complaint

Respond = Callable[[Trial], OutputSequence]
TWO_SIGMA = 1.96  # standard normal: 95 % lie within


@dataclass(frozen=True)
class Psychometric:
    """Share of choices of one alternative at each strength of the evidence, with 95 % intervals.

    evidence: (k,), increasing.  share: (k,).  lower, upper: (k,), Wilson's interval, which has a width even where all
    choices agree.  n_trials: (k,).
    """

    evidence: Tensor
    share: Tensor
    lower: Tensor
    upper: Tensor
    n_trials: Tensor


@dataclass(frozen=True)
class Retention:
    """A score against the time over which something had to be kept.

    hold: (k,), in the unit of the task's times.  score: (k,), 1 at best.  n_trials: behind each score.
    """

    hold: Tensor
    score: Tensor
    n_trials: int

    def lasts(self, least: float) -> float:
        """The longest time up to which no score is below `least`; 0 when the first one is."""
        below = (self.score < least).nonzero()
        last = int(below[0]) - 1 if len(below) else len(self.hold) - 1
        return float(self.hold[last]) if last >= 0 else 0.0


def psychometric_curve(evidence: Tensor, chosen: Tensor) -> Psychometric:
    """The share of trials in which an alternative was chosen, for every strength of evidence that occurs.

    evidence: (batch,), float64, for example the signed coherence that counts.  chosen: (batch,) bool.
    Strengths that differ by less than 1e-9 are one.  Wilson 1927, J. Am. Stat. Assoc. 22:209.
    Taught on the page "Cognitive tasks, line and ring attractors".
    """
    check_finite("evidence", check_shape("evidence", check_float64("evidence", evidence), "batch"))
    if not isinstance(chosen, Tensor) or chosen.dtype != torch.bool or chosen.shape != evidence.shape:
        raise complaint(
            "chosen",
            wanted=f"a bool tensor of shape ({len(evidence)},)",
            got=f"{getattr(chosen, 'dtype', type(chosen).__name__)} {tuple(getattr(chosen, 'shape', ()))}",
            do="For example task.choices(outputs, trial) == 1.",
        )
    values, place = (evidence / 1e-9).round().unique(return_inverse=True)
    n = torch.bincount(place, minlength=len(values))
    share = torch.bincount(place, weights=chosen.double(), minlength=len(values)) / n
    z = TWO_SIGMA**2 / n.double()
    centre = (share + z / 2) / (1 + z)
    half = (share * (1 - share) * z + z**2 / 4).sqrt() / (1 + z)
    return Psychometric(values * 1e-9, share, centre - half, centre + half, n)


@torch.no_grad()
def retention_of_bits(task: FlipFlop, outputs: OutputSequence, trial: Trial) -> Retention:
    """The share of trials in which all bits are right, at every step from the first that counts for all.

    outputs: (batch, time, n_out) on `task.hold_trials(...)`.  hold: steps since the pulse ended.
    """
    right = task.right(outputs, trial).all(dim=-1)  # (batch, time)
    counts = trial.mask if trial.mask.ndim == 2 else trial.mask.all(dim=-1)
    begin = int(counts.all(dim=0).int().argmax())
    if not bool(counts[:, begin:].all()):
        raise complaint(
            "trial",
            wanted="one pulse and then a hold in every trial",
            got="pulses at other times",
            do="Take the trial from task.hold_trials(...).",
        )
    score = right[:, begin:].double().mean(dim=0)
    return Retention(torch.arange(1, len(score) + 1).double(), score, len(right))


@torch.no_grad()
def retention_over_delays(
    respond: Respond, task: TimedTask, delays: Sequence[float], *, batch: int = 500, generator: torch.Generator
) -> Retention:
    """The task's own score on fresh trials, at one delay [ms] after another.

    respond: outputs (batch, time, n_out) of what is tested, for example a network's with noise of its own.
    Taught on the page "Cognitive tasks, line and ring attractors".
    """
    check_count("batch", batch)
    check_generator(generator)
    if not len(delays):
        raise complaint("delays", wanted="at least one delay", got="none", do="For example (500.0, 1000.0, 2000.0).")
    tests = [task.with_delay(delay) for delay in delays]
    trials = [test.sample(batch, generator=generator) for test in tests]
    scores = [test.score(respond(trial), trial) for test, trial in zip(tests, trials, strict=True)]
    hold = torch.tensor([test.delay[1] for test in tests], dtype=torch.float64)
    return Retention(hold, torch.tensor(scores, dtype=torch.float64), batch)
