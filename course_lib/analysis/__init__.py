"""Rulers: every function takes a Flow, a Map or sampled states, and returns a frozen record or a plain number."""

from course_lib.analysis.forecast import Skill, ValidPredictionTime, r_squared, skill, valid_prediction_time
from course_lib.analysis.lyapunov import LyapunovSpectrum, kaplan_yorke_dimension, lyapunov_spectrum
from course_lib.analysis.returns import ReturnMap, return_map

__all__ = [
    "LyapunovSpectrum",
    "ReturnMap",
    "Skill",
    "ValidPredictionTime",
    "kaplan_yorke_dimension",
    "lyapunov_spectrum",
    "r_squared",
    "return_map",
    "skill",
    "valid_prediction_time",
]
