"""Rulers: every function takes a Flow, a Map or sampled states, and returns a frozen record or a plain number."""

from course_lib.analysis.basins import Basins, basins
from course_lib.analysis.fixed_points import FixedPoints, fixed_points
from course_lib.analysis.forecast import Skill, ValidPredictionTime, r_squared, skill, valid_prediction_time
from course_lib.analysis.linearize import Linearization, linearize
from course_lib.analysis.lyapunov import LyapunovSpectrum, kaplan_yorke_dimension, lyapunov_spectrum
from course_lib.analysis.phase_plane import PhasePlane, phase_plane
from course_lib.analysis.poincare import PoincareSection, poincare_section
from course_lib.analysis.returns import ReturnMap, return_map
from course_lib.analysis.starts import cell_seeds, draw_starts, grid_starts
from course_lib.analysis.sweep import BifurcationSweep, bifurcation_sweep

__all__ = [
    "Basins",
    "BifurcationSweep",
    "FixedPoints",
    "Linearization",
    "LyapunovSpectrum",
    "PhasePlane",
    "PoincareSection",
    "ReturnMap",
    "Skill",
    "ValidPredictionTime",
    "basins",
    "bifurcation_sweep",
    "cell_seeds",
    "draw_starts",
    "fixed_points",
    "grid_starts",
    "kaplan_yorke_dimension",
    "linearize",
    "lyapunov_spectrum",
    "phase_plane",
    "poincare_section",
    "r_squared",
    "return_map",
    "skill",
    "valid_prediction_time",
]
