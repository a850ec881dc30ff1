"""Studies: many ways to forecast one system in one table, each with its reasons where a figure is missing."""

from course_lib.studies.baselines import Autoregression, LinearExtrapolation, Persistence, TrueFlow
from course_lib.studies.candidate import Candidate, Fitted, Network, NotApplicable, SpikeCount, of_network
from course_lib.studies.compare import COLUMNS, ComparedRow, Comparison, Spread, compare
from course_lib.studies.echo_state import EchoState
from course_lib.studies.problem import ForecastProblem, lorenz_problem
from course_lib.studies.scores import Scores, score
from course_lib.studies.spiking import DrivenSpikes, SlowSynapse

__all__ = [
    "COLUMNS",
    "Autoregression",
    "Candidate",
    "ComparedRow",
    "Comparison",
    "DrivenSpikes",
    "EchoState",
    "Fitted",
    "ForecastProblem",
    "LinearExtrapolation",
    "Network",
    "NotApplicable",
    "Persistence",
    "Scores",
    "SlowSynapse",
    "SpikeCount",
    "Spread",
    "TrueFlow",
    "compare",
    "lorenz_problem",
    "of_network",
    "score",
]
