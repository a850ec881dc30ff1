"""Visible checks of question 5: 0.99 and wrong."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from course_lib.student.checks import Row, numbers
from course_lib.student.checks.a2_ctrnn.figures import plain

Function = Callable[..., Any]
Series = Sequence[np.ndarray]


def _series(early: bool = True) -> Series:
    """Forecast, target, previous: four runs of three coordinates; two of them end early and are filled with NaN."""
    rng = np.random.default_rng(5)
    pace, phase = rng.uniform(0.05, 0.1, (4, 1, 3)), rng.uniform(0, 6, (4, 1, 3))
    level = np.array([-0.8, -0.2, 0.3, 0.9])[:, None, None]
    x = np.array([4.0, 1.0, 2.0]) * (level + np.sin(pace * np.arange(71)[:, None] + phase)) + [3.0, -2.0, 9.0]
    target, previous = x[:, 1:].copy(), x[:, :-1].copy()
    pred = target + [0.1, 0.7, 0.1] * rng.normal(size=target.shape)
    if early:
        for run, end in ((1, 30), (2, 55)):
            target[run, end:], previous[run, end + 1 :] = np.nan, np.nan
    return pred, target, previous


def _scores(function: Function, series: Series) -> np.ndarray:
    """R^2 and skill, (2, 3)."""
    r2, skill = function(*(array.copy() for array in series))
    return np.stack([numbers(r2).reshape(3), numbers(skill).reshape(3)])


def _moved(before: np.ndarray, after: np.ndarray) -> tuple[float, bool]:
    change = float(np.abs(after - before).max())
    return change, change < 1e-3


def _told(values: np.ndarray) -> str:
    return ", ".join(plain(value) for value in values)


def q5_form(coordinate_scores: Function) -> Iterator[Row]:
    """Two numbers a coordinate, all of them finite."""
    answer = coordinate_scores(*(array.copy() for array in _series(early=False)))
    pair = isinstance(answer, tuple | list | np.ndarray) and len(answer) == 2
    shapes = [numbers(part).shape for part in answer] if pair else []
    yours = f"r2 {shapes[0]}, skill {shapes[1]}" if pair else f"a {type(answer).__name__}, not the pair r2, skill"
    yield Row("form of the answer", yours, "r2 (k,), skill (k,)", shapes == [(3,), (3,)])
    found = _scores(coordinate_scores, _series())
    law = "numbers: NaN marks what does not exist"
    yield Row("runs that end early", f"R^2 {_told(found[0])}", law, bool(np.isfinite(found).all()))


def q5_filler(coordinate_scores: Function) -> Iterator[Row]:
    """Samples that do not exist."""
    series = _series()
    longer = [np.concatenate([array, np.full((4, 40, 3), np.nan)], axis=1) for array in series]
    longer[0] = np.nan_to_num(longer[0], nan=1.0)
    change, ok = _moved(_scores(coordinate_scores, series), _scores(coordinate_scores, longer))
    yours = f"a score moves by {plain(change)}" if np.isfinite(change) else "a score is no number any more"
    yield Row("40 more empty samples after every run", yours, "nothing moves: they do not exist", ok)


def q5_alone(coordinate_scores: Function) -> Iterator[Row]:
    """Every coordinate by itself."""
    pred, target, previous = _series()
    before = _scores(coordinate_scores, (pred, target, previous))
    up = np.array([0.0, 0.0, 100.0])
    change, ok = _moved(before, _scores(coordinate_scores, (pred + up, target + up, previous + up)))
    law = "nothing moves: z is measured from another zero"
    yield Row("adding 100 to z, everywhere", f"a score moves by {plain(change)}", law, ok)
    after = _scores(coordinate_scores, (pred * [1.0, 1.0, 3.0], target, previous))
    change, ok = _moved(before[:, :2], after[:, :2])
    yield Row("spoiling the forecast of z alone", f"x or y moves by {plain(change)}", "x and y stay as they were", ok)


def q5_runs(coordinate_scores: Function) -> Iterator[Row]:
    """Runs are only where samples come from."""
    series = _series(early=False)
    halves = [array.reshape(8, 35, 3) for array in series]
    change, ok = _moved(_scores(coordinate_scores, series), _scores(coordinate_scores, halves))
    law = "nothing moves: the samples are the same"
    yield Row("every run cut into two runs", f"a score moves by {plain(change)}", law, ok)


def q5_r2(coordinate_scores: Function) -> Iterator[Row]:
    """Forecasts whose R^2 is known by hand."""
    _, target, previous = _series()
    mean = np.nanmean(target, axis=(0, 1))
    r2 = _scores(coordinate_scores, (np.broadcast_to(mean, target.shape), target, previous))[0]
    yield Row("forecasting the mean: R^2", _told(r2), "0 for all: the mean explains nothing", np.abs(r2).max() < 1e-3)
    r2 = _scores(coordinate_scores, (target + 10.0, target, previous))[0]
    law = "below 0: always too high is bad"
    yield Row("a forecast that is 10 too high: R^2", _told(r2), law, bool((r2 < 0).all()))


def q5_skill(coordinate_scores: Function) -> Iterator[Row]:
    """Forecasts whose skill is known by hand."""
    _, target, previous = _series()
    for what, share, law, low, high in (
        ("forecasting `previous`: skill", 1.0, "0: as good as standing still", -1e-3, 1e-3),
        ("a forecast without error: skill", 0.0, "1, the best there is", 0.999, 1.001),
        ("half way from previous to target", 0.5, "three quarters: errors count squared", 0.749, 0.751),
        ("three times as far off as previous", 3.0, "negative: worse than standing still", -8.1, -7.9),
    ):
        skill = _scores(coordinate_scores, (target + share * (previous - target), target, previous))[1]
        yield Row(what, _told(skill), law, bool((skill > low).all() and (skill < high).all()))
