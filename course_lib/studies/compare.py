"""One table of many candidates over many seeds: the same data, the same measures, the spread beside the median."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch

from course_lib.analysis import CorrelationDimension
from course_lib.studies.candidate import Candidate, NotApplicable
from course_lib.studies.problem import ForecastProblem
from course_lib.studies.scores import Scores, score
from course_lib.validation import check_choice, complaint

Figure = float | NotApplicable


def _dimension(record: CorrelationDimension | NotApplicable) -> Figure:
    return record if isinstance(record, NotApplicable) else record.dimension


def _exponent(i: int) -> Callable[[Scores], Figure]:
    def value(s: Scores) -> Figure:
        if isinstance(s.spectrum, NotApplicable):
            return s.spectrum
        if i >= len(s.spectrum.exponents):
            return NotApplicable(f"the loop has {len(s.spectrum.exponents)} exponents")
        return float(s.spectrum.exponents[i])

    return value


#: The columns of the table -> how a figure is read off the scores of one run.
COLUMNS: dict[str, Callable[[Scores], Figure]] = {
    "rmse": lambda s: float(s.rmse.max()),
    "skill over persistence": lambda s: float(s.over_persistence.min()),
    "skill over a line": lambda s: float(s.over_line.min()),
    "VPT [LT]": lambda s: s.vpt if isinstance(s.vpt, NotApplicable) else s.vpt.median,
    "λ₁": _exponent(0),
    "λ₂": _exponent(1),
    "λ₃": _exponent(2),
    "D₂": lambda s: _dimension(s.dimension),
    "D₂ of the truth": lambda s: _dimension(s.true_dimension),
    "distance": lambda s: s.distance if isinstance(s.distance, NotApplicable) else s.distance.distance,
    "distance by chance": lambda s: s.distance if isinstance(s.distance, NotApplicable) else s.distance.chance,
    "fitted numbers": lambda s: float(s.n_fitted),
    "training [CPU s]": lambda s: s.training_seconds,
    "steps per CPU s": lambda s: s.steps_per_second,
    "spikes per s": lambda s: s.spikes if isinstance(s.spikes, NotApplicable) else s.spikes.per_second,
    "spikes per sample": lambda s: s.spikes if isinstance(s.spikes, NotApplicable) else s.spikes.per_sample,
}


@dataclass(frozen=True)
class Spread:
    """A figure over the seeds: its median, least and largest value, and how many seeds have one."""

    median: float
    least: float
    largest: float
    n: int


@dataclass(frozen=True)
class ComparedRow:
    """One candidate with its scores, one a seed."""

    name: str
    scores: tuple[Scores, ...]

    def figures(self, column: str) -> list[Figure]:
        """The column's figure of every seed, or why it has none."""
        return [COLUMNS[column](s) for s in self.scores]

    def spread(self, column: str) -> Spread | NotApplicable:
        """The column's figure over the seeds that have it, or why none has."""
        figures = self.figures(check_choice("column", column, COLUMNS))
        values = [f for f in figures if not isinstance(f, NotApplicable)]
        if not values:
            return next(f for f in figures if isinstance(f, NotApplicable))
        return Spread(statistics.median(values), min(values), max(values), len(values))


@dataclass(frozen=True)
class Comparison:
    """rows: in the order of the candidates.  seeds: of data and fits alike."""

    rows: tuple[ComparedRow, ...]
    seeds: tuple[int, ...]

    def row(self, name: str) -> ComparedRow:
        """The row of that name."""
        check_choice("name", name, [row.name for row in self.rows])
        return next(row for row in self.rows if row.name == name)

    def cells(self, columns: Sequence[str] = tuple(COLUMNS)) -> list[list[str]]:
        """The table as text: a head, then one list a candidate. A spread reads "median (least to largest)".

        A skill so near to one that four digits would say 1 reads "1 - 2.1e-07", so that rows can be told apart.
        """
        head = ["", *columns]
        return [head, *([row.name, *(_text(row.spread(c), len(self.seeds), c) for c in columns)] for row in self.rows)]

    def markdown(self, columns: Sequence[str] = tuple(COLUMNS)) -> str:
        """The table in Markdown."""
        head, *body = [
            "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in self.cells(columns)
        ]
        return "\n".join([head, "|---" * (len(columns) + 1) + "|", *body])


def compare(
    candidates: Iterable[Candidate],
    problem: Callable[[int], ForecastProblem],
    *,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    on_score: Callable[[str, int, Scores], None] | None = None,
) -> Comparison:
    """Fit and measure every candidate on the problem of every seed.

    problem: from a seed to data; `lorenz_problem` is one.  The seed also makes the generator of the candidate's weights
    and batches, a fresh one for each candidate, so that a row does not depend on its neighbours.
    on_score: called with (name, seed, scores) after each.
    Taught on the page "The CT-RNN learns Lorenz".
    """
    chosen = list(candidates)
    names = [candidate.name for candidate in chosen]
    if not chosen or len(set(names)) < len(names):
        raise complaint("candidates", wanted="at least one, each with its own name", got=str(names), do="Rename them.")
    if not seeds:
        raise complaint("seeds", wanted="at least one", got="none", do="Five show a spread.")
    found: dict[str, list[Scores]] = {name: [] for name in names}
    for seed in seeds:
        data = problem(seed)
        for candidate in chosen:
            result = score(candidate, data, generator=torch.Generator().manual_seed(seed))
            found[candidate.name].append(result)
            if on_score is not None:
                on_score(candidate.name, seed, result)
    return Comparison(tuple(ComparedRow(name, tuple(found[name])) for name in names), tuple(seeds))


def _text(spread: Spread | NotApplicable, n_seeds: int, column: str) -> str:
    if isinstance(spread, NotApplicable):
        return str(spread)
    text = _figure(spread.median, column)
    if spread.least != spread.largest:
        text += f" ({_figure(spread.least, column)} to {_figure(spread.largest, column)})"
    return text if spread.n == n_seeds else f"{text}, {spread.n} of {n_seeds} seeds"


def _figure(value: float, column: str) -> str:
    if column.startswith("skill") and 0.999 < value < 1:
        return f"1 - {1 - value:.2g}"
    return f"{value:.4g}"
