"""Pictures of tasks and of how well they are done: a trial, choices against evidence, memory against time."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from course_lib.analysis.components import PrincipalComponents
from course_lib.analysis.performance import Psychometric, Retention
from course_lib.plotting.style import COLORS, CYCLE, legend_above, told_apart
from course_lib.shapes import OutputSequence
from course_lib.tasks.trial import Trial, check_outputs
from course_lib.validation import complaint

GAP = 1.4  # between the zero lines of neighbouring channels, in units of the largest value


def plot_channels(
    ax: Axes, trial: Trial, *, k: int = 0, dt: float = 1.0, names: Sequence[str] = (), time_label: str = "time [steps]"
) -> Axes:
    """The inputs of trial k, one line a channel, the first on top.  dt: length of a step.  names: of the channels."""
    u = trial.inputs[k].numpy()
    t = dt * np.arange(len(u))
    labels = _names(names, u.shape[1], "input")
    step = GAP * float(np.abs(u).max() or 1.0)
    for channel, label in enumerate(labels):
        level = -step * channel
        ax.axhline(level, color=COLORS["guide"], linewidth=0.5)
        ax.step(t, u[:, channel] + level, where="post", color=CYCLE[channel % len(CYCLE)])
        ax.text(t[0], level + 0.15 * step, label, color=COLORS["text"], fontsize=9)
    ax.set_yticks([])
    ax.set_xlabel(time_label)
    return ax


def plot_answers(
    ax: Axes,
    trial: Trial,
    outputs: OutputSequence,
    *,
    k: int = 0,
    dt: float = 1.0,
    names: Sequence[str] = (),
    time_label: str = "time [steps]",
) -> Axes:
    """Outputs of trial k over their targets (dashed, drawn where they count). outputs: (batch, time, n_out)."""
    y, wanted = check_outputs(outputs, trial)[k].numpy(), trial.targets[k].numpy()
    counts = trial.mask[k].numpy()
    t = dt * np.arange(len(y))
    for channel, label in enumerate(_names(names, y.shape[1], "output")):
        color = CYCLE[channel % len(CYCLE)]
        shown = counts if counts.ndim == 1 else counts[:, channel]
        ax.plot(t, y[:, channel], color=color, label=label, **told_apart(channel, len(t), of=y.shape[1]))
        ax.plot(t, np.where(shown, wanted[:, channel], np.nan), color=COLORS["truth"], linestyle="--", linewidth=1.0)
    ax.set_xlabel(time_label)
    ax.set_ylabel("output")
    legend_above(ax, min(y.shape[1], 4))
    return ax


def plot_psychometric(
    ax: Axes,
    record: Psychometric,
    *,
    color: str = COLORS["model"],
    label: str | None = None,
    marker: str = "o",
    evidence_label: str = "coherence",
    choice_label: str = "share of choices",
) -> Axes:
    """Share of choices against evidence, with its 95 % intervals.  marker: tells curves apart without colour.

    Taught on the page "Cognitive tasks, line and ring attractors".
    """
    x, share = record.evidence.numpy(), record.share.numpy()
    reach = np.maximum(np.stack((share - record.lower.numpy(), record.upper.numpy() - share)), 0.0)
    ax.errorbar(x, share, reach, color=color, marker=marker, markersize=4, linewidth=1.2, label=label)
    ax.axhline(0.5, color=COLORS["guide"], linestyle=":", linewidth=0.9)
    ax.set_ylim(-0.05, 1.05)
    ax.set_xlabel(evidence_label)
    ax.set_ylabel(choice_label)
    return ax


def plot_retention(
    ax: Axes,
    record: Retention,
    *,
    color: str = COLORS["model"],
    label: str | None = None,
    trained_up_to: float | None = None,
    chance: float | None = None,
    time_label: str = "hold time [steps]",
    score_label: str = "share right",
) -> Axes:
    """Score against hold time.  trained_up_to: the longest in training, a vertical line.  chance: a dashed line.

    Taught on the page "Cognitive tasks, line and ring attractors".
    """
    marker = "o" if len(record.hold) <= 30 else None
    ax.plot(record.hold.numpy(), record.score.numpy(), color=color, marker=marker, markersize=4, label=label)
    if trained_up_to is not None:
        ax.axvline(trained_up_to, color=COLORS["guide"], linestyle=":", linewidth=1.2)
    if chance is not None:
        ax.axhline(chance, color=COLORS["guide"], linestyle="--", linewidth=0.9)
    ax.set_xlabel(time_label)
    ax.set_ylabel(score_label)
    return ax


def plot_explained_variance(ax: Axes, record: PrincipalComponents, *, color: str = COLORS["x"]) -> Axes:
    """Share of the variance along each component as bars, and their running sum as a line."""
    share = record.explained.numpy()
    place = np.arange(1, len(share) + 1)
    ax.bar(place, share, color=color, label="each")
    ax.plot(place, share.cumsum(), color=COLORS["accent"], marker="o", markersize=4, label="up to here")
    ax.set_xticks(place)
    ax.set_ylim(0.0, 1.05)
    ax.set_xlabel("principal component")
    ax.set_ylabel("share of variance")
    legend_above(ax, 2)
    return ax


def _names(names: Sequence[str], n: int, kind: str) -> Sequence[str]:
    if names and len(names) != n:
        raise complaint("names", wanted=f"{n}, one a channel", got=str(len(names)), do="Or leave names out.")
    return names or [f"{kind} {i + 1}" for i in range(n)]
