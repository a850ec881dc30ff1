"""The book's table of forecasts of Lorenz: who stands in it, on which data, and the record of it that is shipped.

`python -m course_lib.studies.lorenz_table FILE` measures what FILE does not hold yet, one seed of one candidate after
the other, and writes after each; a run can be interrupted. The shipped record took about 40 CPU minutes.
"""

import json
import sys
from dataclasses import dataclass, field
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from course_lib.models import CTRNN, EIRateNetwork, GatedRNN
from course_lib.models.recurrent import RecurrentNetwork
from course_lib.studies.baselines import Autoregression, LinearExtrapolation, Persistence, TrueFlow
from course_lib.studies.candidate import Candidate, Fitted, Network, NotApplicable
from course_lib.studies.compare import COLUMNS, ComparedRow, Comparison, Figure
from course_lib.studies.problem import lorenz_problem
from course_lib.studies.scores import score
from course_lib.studies.spiking import DrivenSpikes, SlowSynapse
from course_lib.tasks import LorenzForecast, Trial
from course_lib.training import fit_forecaster, fit_reservoir

DT = 0.02
TASK = LorenzForecast(DT)
table_problem = partial(lorenz_problem, dt=DT, n_test=20, n_states=100, n_spectrum=32, spectrum_time=30.0)
N_SEEDS, N_SEEDS_SPIKING = 5, 3
FILE = "comparison.json"


def _ct_rnn(units: int, draw: torch.Generator) -> CTRNN:
    return CTRNN(units, 3, 3, tau=2 * DT, dt=DT, generator=draw)


def _dale(units: int, gain: float, draw: torch.Generator) -> EIRateNetwork:
    n_e = round(0.8 * units)
    return EIRateNetwork(n_e, units - n_e, 3, 3, tau_e=2 * DT, tau_i=2 * DT, dt=DT, generator=draw, gain=gain)


def _ridge(model: RecurrentNetwork, trial: Trial, draw: torch.Generator) -> None:
    fit_reservoir(model, trial.inputs, trial.targets, ridge=1e-12, warm_up=50)


def _train(n_steps: int, model: RecurrentNetwork, trial: Trial, draw: torch.Generator) -> None:
    fit_forecaster(model, trial.inputs, trial.targets, generator=draw, n_steps=n_steps)


def table_candidates() -> dict[str, Candidate]:
    """Every row of the table, by name, the cheap ones first."""
    flow = TASK.standardised_flow()
    rows: tuple[Candidate, ...] = (
        Persistence(),
        LinearExtrapolation(),
        Autoregression("cubic polynomial", delays=2, degree=3),
        Network("CT-RNN, random", partial(_ct_rnn, 300), _ridge, readout_only=True),
        Network("CT-RNN, trained", partial(_ct_rnn, 64), partial(_train, 400)),
        Network("Dale E/I, random", partial(_dale, 300, 0.1), _ridge, readout_only=True),
        Network("Dale E/I, trained", partial(_dale, 64, 0.3), partial(_train, 500)),
        Network("GRU, trained", lambda draw: GatedRNN("gru", 48, 3, 3, generator=draw), partial(_train, 400)),
        DrivenSpikes(),
        SlowSynapse(flow, DT),
        TrueFlow(flow, dt=DT, max_step=TASK.solver_step),
    )
    return {row.name: row for row in rows}


@dataclass(frozen=True)
class RecordedRow(ComparedRow):
    """A row whose figures were measured before. kept: column -> figure, one dictionary a seed.

    orbit: (time, 3), what its closed loop said by itself on the first seed, three samples apart, standardised; empty
    where it has none.
    """

    kept: tuple[dict[str, Figure], ...] = ()
    orbit: Tensor = field(default_factory=lambda: torch.zeros(0, 3, dtype=torch.float64))

    def figures(self, column: str) -> list[Figure]:
        return [figures[column] for figures in self.kept]


def recorded_table() -> Comparison:
    """The shipped record of the table: figures of every candidate and seed, and an orbit of every closed loop."""
    text = (resources.files("course_lib.data") / FILE).read_text(encoding="utf-8")
    rows = []
    for name, row in json.loads(text).items():
        kept = [{column: _figure(value) for column, value in seed.items()} for seed in row["seeds"].values()]
        orbit = torch.tensor(row["orbit"], dtype=torch.float64).reshape(-1, 3)
        rows.append(RecordedRow(name, (), tuple(kept), orbit))
    return Comparison(tuple(rows), tuple(range(max(len(row.kept) for row in rows))))


def measure(name: str, seed: int) -> tuple[dict[str, float | str], list[list[float]]]:
    """Figures of one candidate on the problem of one seed, as the record holds them, and the orbit of its loop."""
    fits: list[Fitted] = []

    @dataclass(frozen=True)
    class Kept:
        name: str

        def fit(self, trial: Trial, *, generator: torch.Generator) -> Fitted:
            fits.append(table_candidates()[name].fit(trial, generator=generator))
            return fits[0]

    problem = table_problem(seed)
    scores = score(Kept(name), problem, generator=torch.Generator().manual_seed(seed))
    figures = {column: read(scores) for column, read in COLUMNS.items()}
    forecast, orbit = fits[0].forecast, []
    if not isinstance(forecast, NotApplicable):
        with torch.no_grad():
            orbit = forecast(problem.starts[:1], 900)[0, ::3].clamp(-9, 9).nan_to_num(9.0).tolist()
    plain = {column: str(v) if isinstance(v, NotApplicable) else float(f"{v:.10g}") for column, v in figures.items()}
    return plain, [[round(v, 2) for v in point] for point in orbit]


def _figure(value: float | str) -> Figure:
    return NotApplicable(value.removeprefix("– (").removesuffix(")")) if isinstance(value, str) else value


def main(file: str) -> None:
    """Measure what FILE lacks."""
    path = Path(file)
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    names = list(table_candidates())
    for seed in range(N_SEEDS):
        for name in names:
            row = record.setdefault(name, {"seeds": {}, "orbit": []})
            if str(seed) in row["seeds"] or (name.startswith("spiking") and seed >= N_SEEDS_SPIKING):
                continue
            row["seeds"][str(seed)], orbit = measure(name, seed)
            row["orbit"] = orbit if seed == 0 else row["orbit"]
            text = json.dumps({key: record[key] for key in names if key in record}, ensure_ascii=False)
            path.write_text(text.replace('"seeds"', '\n"seeds"').replace("}, ", "},\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
