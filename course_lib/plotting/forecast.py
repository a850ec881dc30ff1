"""Forecasts beside the truth, and how long they last."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from course_lib.analysis.forecast import ValidPredictionTime
from course_lib.plotting.style import COLORS, CYCLE, legend_above
from course_lib.shapes import Sequence as States
from course_lib.validation import complaint


def plot_forecast(
    ax: Axes,
    record: ValidPredictionTime,
    forecast: States,
    truth: States,
    *,
    sample: int = 0,
    coordinate: int = 0,
    name: str = "x",
) -> Axes:
    """One forecast over the truth in Lyapunov times, with the moment of departure marked.

    record: from valid_prediction_time(t, forecast, truth, ...).  forecast, truth: (batch, time, dim), the same.
    sample: which start.  coordinate: which coordinate.
    Taught on the page "The CT-RNN learns Lorenz".
    """
    if forecast.shape[:2] != record.error.shape or truth.shape != forecast.shape:
        raise complaint(
            "forecast",
            wanted=f"the record's {tuple(record.error.shape)} starts and times, and the truth's shape",
            got=f"{tuple(forecast.shape)} beside a truth of {tuple(truth.shape)}",
            do="Pass the tensors that the record was made from.",
        )
    t, departure = record.t.numpy(), float(record.times[sample])
    ax.plot(t, truth[sample, :, coordinate].numpy(), color=COLORS["truth"], linewidth=2.2, label="truth")
    ax.plot(t, forecast[sample, :, coordinate].detach().numpy(), color=COLORS["model"], label="network")
    words = "still valid at the cap" if departure >= record.cap else f"departure after {departure:.1f}"
    ax.axvline(departure, color=COLORS["accent"], linestyle="--", linewidth=1.0, label=words)
    ax.set_xlabel("time since the loop was closed [Lyapunov times]")
    ax.set_ylabel(name)
    legend_above(ax, 3)
    return ax


def plot_prediction_times(
    ax: Axes, record: ValidPredictionTime, *, bins: int = 20, color: str = COLORS["model"]
) -> Axes:
    """Histogram of the valid prediction times with their median; a bar at the cap holds those still valid there.

    Taught on the page "The CT-RNN learns Lorenz".
    """
    ax.hist(record.times.numpy(), bins=np.linspace(0.0, record.cap, bins + 1).tolist(), color=color)
    ax.axvline(record.median, color=COLORS["accent"], linestyle="--", label=f"median {record.median:.1f}")
    ax.set_xlabel("valid prediction time [Lyapunov times]")
    ax.set_ylabel("forecasts")
    legend_above(ax, 1)
    return ax


def plot_bars(
    ax: Axes,
    values: Mapping[str, Sequence[float]],
    groups: Sequence[str],
    *,
    errors: Mapping[str, Sequence[float]] | None = None,
    value_label: str = "",
) -> Axes:
    """Bars side by side: one colour for each entry of `values`, one cluster for each of `groups`.

    values: name -> one number a group.  errors: name -> one standard error a group.
    Taught on the page "The CT-RNN learns Lorenz".
    """
    width = 0.8 / max(len(values), 1)
    places = np.arange(len(groups))
    for i, (name, heights) in enumerate(values.items()):
        if len(heights) != len(groups):
            raise complaint(
                f"values[{name!r}]", wanted=f"{len(groups)} numbers", got=str(len(heights)), do="One for each group."
            )
        ax.bar(
            places + (i - (len(values) - 1) / 2) * width,
            list(heights),
            width=0.92 * width,
            color=CYCLE[i % len(CYCLE)],
            yerr=None if errors is None else list(errors[name]),
            ecolor=COLORS["text"],
            label=name,
        )
    ax.set_xticks(places, groups)
    ax.set_ylabel(value_label)
    ax.axhline(0.0, color=COLORS["guide"], linewidth=0.8)
    legend_above(ax, len(values))
    return ax
