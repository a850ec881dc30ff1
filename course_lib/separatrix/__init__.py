"""Borders between basins: attractors, edges, the function whose zero set is the border, and what it is worth.

Every function takes a Flow or a Map. The method is the Koopman eigenfunction of Dabholkar and Barak 2025,
arXiv 2505.15231, squashed as in their post on the UniReps blog of that year, in its integrated form.
"""

from course_lib.separatrix.attractors import Attractors, find_attractors
from course_lib.separatrix.borders import Borders, find_borders
from course_lib.separatrix.compare import (
    BasinDifference,
    SaddleComparison,
    basin_difference,
    by_arc_length,
    compare_with_saddles,
    stable_manifold,
)
from course_lib.separatrix.curves import CurveErrors, Curves, hermite_curves, validate_on_curves
from course_lib.separatrix.descent import Descent, Kick, descend_to_separatrix, smallest_kick
from course_lib.separatrix.edge import Edge, EdgeState, bisect_to_edge, edge_state
from course_lib.separatrix.fit import FitStopped, fit_separatrix
from course_lib.separatrix.kicks import KickExperiment, kick_experiment
from course_lib.separatrix.record import Separatrix
from course_lib.separatrix.sampling import (
    along_axis,
    around,
    box,
    convex,
    default_sampling,
    empirical,
    gaussian,
    mixture,
)
from course_lib.separatrix.settling import settle
from course_lib.separatrix.validate import BasinScore, Validation, basin_score, validate, zero_set_error

__all__ = [
    "Attractors",
    "BasinDifference",
    "BasinScore",
    "Borders",
    "CurveErrors",
    "Curves",
    "Descent",
    "Edge",
    "EdgeState",
    "FitStopped",
    "Kick",
    "KickExperiment",
    "SaddleComparison",
    "Separatrix",
    "Validation",
    "along_axis",
    "around",
    "basin_difference",
    "basin_score",
    "bisect_to_edge",
    "box",
    "by_arc_length",
    "compare_with_saddles",
    "convex",
    "default_sampling",
    "descend_to_separatrix",
    "edge_state",
    "empirical",
    "find_attractors",
    "find_borders",
    "fit_separatrix",
    "gaussian",
    "hermite_curves",
    "kick_experiment",
    "mixture",
    "settle",
    "smallest_kick",
    "stable_manifold",
    "validate",
    "validate_on_curves",
    "zero_set_error",
]
