"""Tasks with a choice at the end: by context, by memory, or whether to act at all."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from course_lib.tasks.timed import DecisionTask
from course_lib.tasks.trial import Trial
from course_lib.validation import check_count, complaint


@dataclass(frozen=True)
class ContextDecision(DecisionTask):
    """Two streams of evidence; the context says which of them decides.

    inputs: 0, 1 the context, on throughout; 2, 3 evidence for left and right in the first stream, (1 - c) / 2 and
    (1 + c) / 2 at coherence c; 4, 5 the same in the second; 6 the cue.  outputs: left, right.
    coherences: sizes |c| that both streams draw from, each with a random sign.
    conditions: "context" (batch,) 0 or 1; "coherence" (batch, 2), signed; "relevant" (batch,), the one that decides.

    Mante, Sussillo, Shenoy and Newsome 2013, Nature 503:78.
    Taught on the page "Cognitive tasks, line and ring attractors".
    """

    stimulus: float = 800.0
    delay: tuple[float, float] = (0.0, 200.0)
    coherences: tuple[float, ...] = (0.1, 0.2, 0.4, 0.8)

    n_in = 7
    n_out = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.coherences or not all(0 < c <= 1 for c in self.coherences):
            raise complaint(
                "coherences", wanted="sizes above 0, at most 1", got=repr(self.coherences), do="The sign is drawn."
            )

    def sample(self, batch: int, *, generator: torch.Generator) -> Trial:
        conditions = self.draw_cues(batch, generator)
        context = torch.randint(2, (batch,), generator=generator)
        sizes = torch.tensor(self.coherences, dtype=torch.float64)
        size = sizes[torch.randint(len(sizes), (batch, 2), generator=generator)]
        coherence = size * (2 * torch.randint(2, (batch, 2), generator=generator) - 1)
        return self.show(context, coherence, conditions)

    def show(self, context: Tensor, coherence: Tensor, conditions: dict[str, Tensor]) -> Trial:
        """The trials with these contexts (batch,) and signed coherences (batch, 2), at the times of `draw_cues`."""
        evidence = torch.stack((1 - coherence, 1 + coherence), dim=-1).flatten(1) / 2  # (batch, 4)
        relevant = coherence.gather(1, context[:, None])[:, 0]
        always = torch.ones(len(context), self.n_steps, 1, dtype=torch.float64)
        parts = (
            always * one_hot(context, 2)[:, None],
            self.shown() * evidence[:, None],
            self.asked(conditions),
        )
        answer = one_hot((relevant > 0).long(), 2).double()
        conditions = {**conditions, "context": context, "coherence": coherence, "relevant": relevant}
        return self.make_trial(torch.cat(parts, dim=-1), answer, conditions)


@dataclass(frozen=True)
class DelayedMatchToSample(DecisionTask):
    """A sample, a delay, a test: are they the same?

    inputs: one channel an item; sample and test are each shown for `stimulus`, and the test is the cue.
    outputs: match, non-match.  items: how many there are; half of the trials match.
    conditions: "sample", "test" (batch,) int.  `grace` reaches at least to the test's end.

    Freedman and Assad 2006, Nature 443:85, in its simplest form.
    Taught on the page "Cognitive tasks, line and ring attractors".
    """

    delay: tuple[float, float] = (200.0, 1000.0)
    report: float = 600.0
    grace: float = 200.0
    items: int = 2

    n_out = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count("items", self.items, least=2)
        if self.grace < self.stimulus:
            raise complaint(
                "grace",
                wanted=f"at least the {self.stimulus:g} ms of the test",
                got=f"{self.grace:g}",
                do="An answer cannot count before the test is over.",
            )

    @property
    def n_in(self) -> int:
        """One channel an item."""
        return self.items

    def sample(self, batch: int, *, generator: torch.Generator) -> Trial:
        conditions = self.draw_cues(batch, generator)
        first = torch.randint(self.items, (batch,), generator=generator)
        match = torch.randint(2, (batch,), generator=generator).bool()
        other = (first + torch.randint(1, self.items, (batch,), generator=generator)) % self.items
        second = torch.where(match, first, other)
        items = one_hot(torch.stack((first, second)), self.items).double()[:, :, None]  # (2, batch, 1, items)
        test = self.between(conditions["cue"], conditions["cue"] + self.stimulus)
        inputs = self.shown() * items[0] + test * items[1]
        conditions |= {"sample": first, "test": second}
        return self.make_trial(inputs, one_hot((~match).long(), 2).double(), conditions)


@dataclass(frozen=True)
class GoNoGo(DecisionTask):
    """One of two stimuli says whether to act at the cue.

    inputs: go, no-go, cue.  outputs: act, withhold.  conditions: "go" (batch,) bool.
    """

    delay: tuple[float, float] = (100.0, 800.0)

    n_in = 3
    n_out = 2

    def sample(self, batch: int, *, generator: torch.Generator) -> Trial:
        conditions = self.draw_cues(batch, generator)
        kind = torch.randint(2, (batch,), generator=generator)  # 0: go
        answer = one_hot(kind, 2).double()
        inputs = torch.cat((self.shown() * answer[:, None], self.asked(conditions)), dim=-1)
        return self.make_trial(inputs, answer, {**conditions, "go": kind == 0})
