"""Rulers: every function takes a Flow, a Map or sampled states, and returns a frozen record or a plain number."""

from course_lib.analysis.basins import Basins, basins
from course_lib.analysis.components import PrincipalComponents, principal_components
from course_lib.analysis.correlation import CorrelationDimension, CorrelationSum, correlation_dimension, correlation_sum
from course_lib.analysis.density import AttractorDistance, InvariantDensity, attractor_distance, invariant_density
from course_lib.analysis.embedding import (
    DelayEmbedding,
    FalseNeighbours,
    MutualInformation,
    delay_embedding,
    false_nearest_neighbours,
    mutual_information,
)
from course_lib.analysis.fixed_points import FixedPoints, fixed_points
from course_lib.analysis.forecast import Skill, ValidPredictionTime, r_squared, skill, valid_prediction_time
from course_lib.analysis.from_data import LyapunovFromData, lyapunov_from_data, window_slope, window_slopes
from course_lib.analysis.linearize import Linearization, linearize
from course_lib.analysis.lyapunov import LyapunovSpectrum, kaplan_yorke_dimension, lyapunov_spectrum
from course_lib.analysis.manifolds import UnstableManifolds, unstable_manifolds
from course_lib.analysis.performance import (
    Psychometric,
    Retention,
    psychometric_curve,
    retention_of_bits,
    retention_over_delays,
)
from course_lib.analysis.phase_plane import PhasePlane, phase_plane
from course_lib.analysis.poincare import PoincareSection, poincare_section
from course_lib.analysis.power_spectrum import PowerSpectrum, power_spectrum
from course_lib.analysis.recurrence import (
    Recurrence,
    RecurrenceQuantification,
    recurrence_matrix,
    recurrence_quantification,
)
from course_lib.analysis.returns import ReturnMap, return_map
from course_lib.analysis.slow_curve import SlowCurve, slow_curve
from course_lib.analysis.spike_trains import (
    FanoFactor,
    FiringRates,
    IntervalStatistics,
    Raster,
    SpikeCorrelations,
    fano_factor,
    firing_rates,
    interval_statistics,
    raster,
    spike_correlations,
)
from course_lib.analysis.starts import cell_seeds, draw_starts, grid_starts
from course_lib.analysis.surrogates import phase_surrogate
from course_lib.analysis.sweep import BifurcationSweep, bifurcation_sweep

__all__ = [
    "AttractorDistance",
    "Basins",
    "BifurcationSweep",
    "CorrelationDimension",
    "CorrelationSum",
    "DelayEmbedding",
    "FalseNeighbours",
    "FanoFactor",
    "FiringRates",
    "FixedPoints",
    "IntervalStatistics",
    "InvariantDensity",
    "Linearization",
    "LyapunovFromData",
    "LyapunovSpectrum",
    "MutualInformation",
    "PhasePlane",
    "PoincareSection",
    "PowerSpectrum",
    "PrincipalComponents",
    "Psychometric",
    "Raster",
    "Recurrence",
    "RecurrenceQuantification",
    "Retention",
    "ReturnMap",
    "Skill",
    "SlowCurve",
    "SpikeCorrelations",
    "UnstableManifolds",
    "ValidPredictionTime",
    "attractor_distance",
    "basins",
    "bifurcation_sweep",
    "cell_seeds",
    "correlation_dimension",
    "correlation_sum",
    "delay_embedding",
    "draw_starts",
    "false_nearest_neighbours",
    "fano_factor",
    "firing_rates",
    "fixed_points",
    "grid_starts",
    "interval_statistics",
    "invariant_density",
    "kaplan_yorke_dimension",
    "linearize",
    "lyapunov_from_data",
    "lyapunov_spectrum",
    "mutual_information",
    "phase_plane",
    "phase_surrogate",
    "poincare_section",
    "power_spectrum",
    "principal_components",
    "psychometric_curve",
    "r_squared",
    "raster",
    "recurrence_matrix",
    "recurrence_quantification",
    "retention_of_bits",
    "retention_over_delays",
    "return_map",
    "skill",
    "slow_curve",
    "spike_correlations",
    "unstable_manifolds",
    "valid_prediction_time",
    "window_slope",
    "window_slopes",
]
