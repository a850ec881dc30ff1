"""What the cognitive tasks share: something is shown, has to be kept over a delay, and is asked for at a cue."""

import abc
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from course_lib.shapes import OutputSequence
from course_lib.tasks.trial import Trial, check_outputs
from course_lib.validation import check_count, check_generator, check_positive, complaint


@dataclass(frozen=True)
class TimedTask(abc.ABC):
    """Fixation, stimulus, delay, report, in that order. All times in ms, each a whole number of steps.

    dt: length of a step.  fixation: silence at the start.  stimulus: how long it is shown.
    delay: shortest and longest time between stimulus and cue; each trial draws its own.
    report: time from the cue on in which the answer is given; its first `grace` do not count.

    A trial is as long as the longest delay needs. Until the cue the outputs are to be zero; after a trial's report, and
    during the grace, nothing counts. conditions of every task: "delay" and "cue" (batch,), in ms, the cue's time
    counted from the start of the trial.
    """

    dt: float = 20.0
    fixation: float = 100.0
    stimulus: float = 200.0
    delay: tuple[float, float] = (100.0, 1000.0)
    report: float = 500.0
    grace: float = 100.0

    def __post_init__(self) -> None:
        check_positive("dt", self.dt)
        for name, least in (("fixation", 0), ("stimulus", 1), ("report", 1), ("grace", 0)):
            self._steps(name, getattr(self, name), least)
        if not isinstance(self.delay, tuple) or len(self.delay) != 2 or self.delay[0] > self.delay[1]:
            raise complaint(
                "delay", wanted="(shortest, longest) in ms", got=repr(self.delay), do="For example (100.0, 1000.0)."
            )
        for value in self.delay:
            self._steps("delay", value, 0)
        if self.grace >= self.report:
            raise complaint(
                "grace",
                wanted=f"less than the report's {self.report:g} ms",
                got=f"{self.grace:g}",
                do="Some of the report has to count.",
            )

    @property
    @abc.abstractmethod
    def n_in(self) -> int:
        """Channels of the inputs; a subclass may simply write n_in = 3."""

    @property
    @abc.abstractmethod
    def n_out(self) -> int:
        """Channels of the outputs."""

    @abc.abstractmethod
    def sample(self, batch: int, *, generator: torch.Generator) -> Trial:
        """`batch` random trials."""

    @abc.abstractmethod
    def score(self, outputs: OutputSequence, trial: Trial) -> float:
        """The task's own measure, 1 at best. outputs: (batch, time, n_out)."""

    @property
    def n_steps(self) -> int:
        """Steps of a trial."""
        return round((self.fixation + self.stimulus + self.delay[1] + self.report) / self.dt)

    @property
    def times(self) -> Tensor:
        """(time,) [ms], the beginning of every step."""
        return self.dt * torch.arange(self.n_steps, dtype=torch.float64)

    def with_delay(self, shortest: float, longest: float | None = None) -> "TimedTask":
        """The same task with other delays [ms], rounded to steps; one number: the same delay in all trials."""
        longest = shortest if longest is None else longest
        return replace(self, delay=(self.dt * round(shortest / self.dt), self.dt * round(longest / self.dt)))

    def draw_cues(self, batch: int, generator: torch.Generator) -> dict[str, Tensor]:
        """The conditions "delay" and "cue" of `batch` trials, (batch,) each, in ms; delays are uniform over steps."""
        check_count("batch", batch)
        low, high = (round(end / self.dt) for end in self.delay)
        delay = self.dt * torch.randint(low, high + 1, (batch,), generator=check_generator(generator)).double()
        return {"delay": delay, "cue": self.fixation + self.stimulus + delay}

    def between(self, begin: Tensor | float, end: Tensor | float) -> Tensor:
        """(batch, time, 1) of 0 and 1: whether a step begins at or after `begin` and before `end` [ms], (batch,)."""
        edges = [torch.as_tensor(edge, dtype=torch.float64).reshape(-1, 1) - self.dt / 2 for edge in (begin, end)]
        return ((self.times >= edges[0]) & (self.times < edges[1])).double()[..., None]

    def shown(self) -> Tensor:
        """(1, time, 1) of 0 and 1: while the stimulus is there."""
        return self.between(self.fixation, self.fixation + self.stimulus)

    def asked(self, conditions: dict[str, Tensor]) -> Tensor:
        """(batch, time, 1) of 0 and 1: from the cue to the end of the report."""
        return self.between(conditions["cue"], conditions["cue"] + self.report)

    def make_trial(self, inputs: Tensor, answer: Tensor, conditions: dict[str, Tensor]) -> Trial:
        """The trial with these inputs, (batch, time, n_in), whose outputs are `answer`, (batch, n_out), when asked."""
        cue = conditions["cue"]
        counts = self.between(0.0, cue) + self.between(cue + self.grace, cue + self.report)
        return Trial(inputs, self.asked(conditions) * answer[:, None], counts[..., 0] > 0, conditions)

    def reported(self, outputs: OutputSequence, trial: Trial) -> Tensor:
        """The answers, (batch, n_out): outputs averaged over the part of the report that counts."""
        cue = trial.conditions["cue"]
        window = self.between(cue + self.grace, cue + self.report)
        return (check_outputs(outputs, trial) * window).sum(dim=1) / window.sum(dim=1)

    def wanted(self, trial: Trial) -> Tensor:
        """The right answers, (batch, n_out)."""
        return self.reported(trial.targets, trial)

    def _steps(self, name: str, value: float, least: int) -> None:
        n = check_positive(name, value, or_zero=True) / self.dt
        if abs(n - round(n)) > 1e-9 * max(n, 1) or round(n) < least:
            raise complaint(
                name,
                wanted=f"a multiple of dt = {self.dt:g} ms, at least {least * self.dt:g}",
                got=f"{value:g}",
                do=f"For example {self.dt * max(round(n), least):g}.",
            )


class DecisionTask(TimedTask):
    """A task whose answer is one of n_out alternatives: the output that is largest over the report."""

    def choices(self, outputs: OutputSequence, trial: Trial) -> Tensor:
        """(batch,) int, the alternative that was chosen."""
        return self.reported(outputs, trial).argmax(dim=1)

    def correct(self, outputs: OutputSequence, trial: Trial) -> Tensor:
        """(batch,) bool, whether it was the right one."""
        return self.choices(outputs, trial) == self.wanted(trial).argmax(dim=1)

    def score(self, outputs: OutputSequence, trial: Trial) -> float:
        """The share of trials that are answered rightly."""
        return float(self.correct(outputs, trial).double().mean())


class ReportTask(TimedTask):
    """A task whose answer is a number on every output."""

    def r_squared(self, outputs: OutputSequence, trial: Trial) -> Tensor:
        """(n_out,): 1 - squared error / variance of each output's answers over the batch."""
        wanted = self.wanted(trial)
        error = (self.reported(outputs, trial) - wanted).square().sum(dim=0)
        return 1 - error / (wanted - wanted.mean(dim=0)).square().sum(dim=0)

    def score(self, outputs: OutputSequence, trial: Trial) -> float:
        """R² of the worst output."""
        return float(self.r_squared(outputs, trial).min())
