"""The flip-flop: short pulses set bits, and the bits have to be held until the next pulse."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.shapes import OutputSequence
from course_lib.tasks.trial import Trial, check_outputs
from course_lib.validation import check_choice, check_count, check_generator, check_positive, complaint

LOW = {"signed": -1.0, "binary": 0.0}  # the value of a bit that is reset; one that is set is 1


@dataclass(frozen=True)
class FlipFlop:
    """Every channel brings pulses of one bit, + sets it and - resets it; the target is the sign of the last pulse.

    bits: channels in and out.  n_steps: length of a trial.  width: length of a pulse [steps].  amplitude: its height.
    probability: that a bit's next pulse begins at a step at which the bit has none.
    mean_gap: in place of probability, the mean of exponential gaps between pulses [steps]. Cut to whole steps they are
        the gaps of probability 1 - exp(-1 / mean_gap).
    coding: targets -1 and 1 ("signed") or 0 and 1 ("binary"); pulses are signed in both.
    initial_pulse: every bit is written at the start. Without it a bit has no answer before its first pulse, and its
        target there is the middle of both values.

    A trial's mask is (batch, time, bits): False before a bit's first pulse and during its own pulses.
    Sussillo and Barak 2013, Neural Computation 25:626. Taught on the page "Flip-flop memory".

    >>> import torch
    >>> task = FlipFlop(bits=2, n_steps=50)
    >>> trial = task.sample(8, generator=torch.Generator().manual_seed(0))
    >>> tuple(trial.inputs.shape), tuple(trial.targets.shape), tuple(trial.mask.shape)
    ((8, 50, 2), (8, 50, 2), (8, 50, 2))
    >>> sorted(set(trial.targets.flatten().tolist()))
    [-1.0, 1.0]
    """

    bits: int = 3
    n_steps: int = 100
    width: int = 5
    amplitude: float = 1.0
    probability: float = 0.03
    mean_gap: float | None = None
    coding: str = "signed"
    initial_pulse: bool = True

    def __post_init__(self) -> None:
        for name in ("bits", "n_steps", "width"):
            check_count(name, getattr(self, name))
        check_positive("amplitude", self.amplitude)
        check_choice("coding", self.coding, LOW)
        if not 0 < check_positive("probability", self.probability) < 1:
            raise complaint(
                "probability",
                wanted="a probability above 0 and below 1",
                got=f"{self.probability:g}",
                do="0.03 leaves about 30 steps between the pulses of a bit.",
            )
        if self.mean_gap is not None:
            check_positive("mean_gap", self.mean_gap)

    @property
    def n_in(self) -> int:
        """Channels of the input, one a bit."""
        return self.bits

    @property
    def n_out(self) -> int:
        """Channels of the readout, one a bit."""
        return self.bits

    def sample(self, batch: int, *, generator: torch.Generator) -> Trial:
        """`batch` random trials. conditions: "final" (batch, bits), the last targets; "n_pulses" (batch, bits)."""
        check_count("batch", batch)
        check_generator(generator)
        most = math.ceil(self.n_steps / self.width) + 1  # pulses that fit into a trial without gaps
        size = (batch, self.bits, most)
        rate = -math.log1p(-self.probability) if self.mean_gap is None else 1 / self.mean_gap
        uniform = torch.rand(size, generator=generator, dtype=torch.float64)
        gaps = (-torch.log1p(-uniform) / rate).clamp_max(self.n_steps).floor().long()
        if self.initial_pulse:
            gaps[..., 0] = 0
        starts = (gaps + self.width).cumsum(-1) - self.width
        signs = 2.0 * torch.randint(2, size, generator=generator).double() - 1.0
        return self._trial(starts, signs, self.n_steps)

    def hold_trials(self, hold: int, *, repeats: int = 1) -> Trial:
        """Every one of the 2**bits memories, written by one pulse on each bit and then held for `hold` steps.

        The batch holds all memories in the order of `memories()`, `repeats` times over, for networks with noise.
        """
        n = self.width + check_count("hold", hold)
        signs = self.memories().repeat(check_count("repeats", repeats), 1)
        starts = torch.zeros(*signs.shape, 1, dtype=torch.long)
        return self._trial(starts, signs[..., None], n)

    def pulse_sweep(
        self, amplitudes: Sequence[float], widths: Sequence[int], *, bit: int = 0, settle: int = 50
    ) -> Trial:
        """Pulses of every height and width against one held bit, for each memory: which of them flip it?

        Each memory is written and held for `settle` steps, then `bit` gets a pulse against its sign, and `settle` steps
        follow the longest pulse. The target is what a pulse strong enough leaves; the mask begins after the pulse.
        conditions: "amplitude", "width" (batch,), "memory" (batch, bits) of ±1 before the pulse.
        """
        check_count("bit", bit, least=0)
        if bit >= self.bits:
            raise complaint("bit", wanted=f"0 to {self.bits - 1}", got=str(bit), do="Bits are counted from 0.")
        for value in amplitudes:
            check_positive("amplitudes", value, or_zero=True)
        for steps in widths:
            check_count("widths", steps)
        cases = list(itertools.product(amplitudes, widths, self.memories().unbind(0)))
        if not cases:
            raise complaint("pulse_sweep", wanted="heights and widths", got="an empty list", do="Give one of each.")
        height = torch.tensor([case[0] for case in cases], dtype=torch.float64)
        width = torch.tensor([case[1] for case in cases])
        memory = torch.stack([case[2] for case in cases])
        begin = self.width + check_count("settle", settle)
        n = begin + int(width.max()) + settle
        written = torch.zeros(*memory.shape, 1, dtype=torch.long)
        trial = self._trial(written, memory[..., None], n)
        t = torch.arange(n)
        probing = (t >= begin) & (t < begin + width[:, None])  # (batch, time)
        trial.inputs[..., bit] -= height[:, None] * memory[:, bit, None] * probing
        trial.targets[:, begin:, bit] = self._value(-memory[:, bit])[:, None]
        trial.mask[:] = (t >= begin + width[:, None])[..., None]
        return Trial(trial.inputs, trial.targets, trial.mask, {"amplitude": height, "width": width, "memory": memory})

    def memories(self) -> Tensor:
        """(2**bits, bits) of ±1: every memory, counting upwards with the last bit changing fastest."""
        return torch.cartesian_prod(*[torch.tensor([-1.0, 1.0], dtype=torch.float64)] * self.bits).reshape(
            -1, self.bits
        )

    def right(self, outputs: OutputSequence, trial: Trial) -> Tensor:
        """(batch, time, bits) bool: whether an output lies on its target's side of the middle, masked or not."""
        middle = (LOW[self.coding] + 1) / 2
        return (check_outputs(outputs, trial) > middle) == (trial.targets > middle)

    def score(self, outputs: OutputSequence, trial: Trial) -> float:
        """The share of bits that are right, over all steps that count."""
        return float(self.right(outputs, trial)[trial.mask].double().mean())

    def correct(self, outputs: OutputSequence, trial: Trial) -> Tensor:
        """(batch,) bool: whether every bit is right at every step that counts."""
        return (self.right(outputs, trial) | ~trial.mask).flatten(1).all(dim=1)

    def _value(self, sign: Tensor) -> Tensor:
        """The target that stands for a sign: -1, 0 (the middle) or 1."""
        low = LOW[self.coding]
        return low + (1 - low) * (sign + 1) / 2

    def _trial(self, starts: Tensor, signs: Tensor, n: int) -> Trial:
        """The trial of n steps whose pulses begin at `starts`, increasing, with `signs`, both (batch, bits, pulses)."""
        t = torch.arange(n).expand(*starts.shape[:2], n).contiguous()
        count = torch.searchsorted(starts, t, right=True)  # (batch, bits, time): pulses begun so far
        last = (count - 1).clamp_min(0)
        begun = count > 0
        sign = signs.gather(-1, last) * begun
        during = begun & (t - starts.gather(-1, last) < self.width)
        conditions = {"final": self._value(sign[..., -1]), "n_pulses": count[..., -1]}
        inputs, targets, mask = (
            part.transpose(1, 2).contiguous()
            for part in (self.amplitude * sign * during, self._value(sign), begun & ~during)
        )
        return Trial(inputs, targets, mask, conditions)
