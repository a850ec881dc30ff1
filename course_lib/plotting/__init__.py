"""Pictures of records. Every function draws on the Axes it is given, computes nothing, and returns that Axes."""

from course_lib.plotting.apart import tell_apart
from course_lib.plotting.chaos import plot_divergence, plot_eigenvalues, plot_return_map, plot_spectrum_convergence
from course_lib.plotting.estimates import (
    plot_correlation_sum,
    plot_divergence_curve,
    plot_local_slopes,
    plot_window_slopes,
)
from course_lib.plotting.forecast import plot_bars, plot_forecast, plot_prediction_times
from course_lib.plotting.geometry import (
    figure_3d,
    plot_drift,
    plot_index_spectra,
    plot_manifolds,
    plot_slow_curve,
)
from course_lib.plotting.networks import plot_currents, plot_step_response, plot_weight_spectrum, plot_weights
from course_lib.plotting.phase import plot_phase, plot_time_series
from course_lib.plotting.portraits import plot_basins, plot_linearization, plot_phase_plane, plot_rest_points
from course_lib.plotting.sections import plot_bifurcation, plot_exponents, plot_section
from course_lib.plotting.separatrix import plot_crossings, plot_psi, plot_validation
from course_lib.plotting.series import (
    plot_density,
    plot_embedding,
    plot_false_neighbours,
    plot_mutual_information,
    plot_power_spectrum,
    plot_recurrence,
)
from course_lib.plotting.spikes import (
    plot_cell_currents,
    plot_membrane,
    plot_raster,
    plot_scaling,
    plot_surrogates,
)
from course_lib.plotting.style import COLORS, new_axes, use_style
from course_lib.plotting.tasks import (
    plot_answers,
    plot_channels,
    plot_explained_variance,
    plot_psychometric,
    plot_retention,
)

__all__ = [
    "COLORS",
    "figure_3d",
    "new_axes",
    "plot_answers",
    "plot_bars",
    "plot_basins",
    "plot_bifurcation",
    "plot_cell_currents",
    "plot_channels",
    "plot_correlation_sum",
    "plot_crossings",
    "plot_currents",
    "plot_density",
    "plot_divergence",
    "plot_divergence_curve",
    "plot_drift",
    "plot_eigenvalues",
    "plot_embedding",
    "plot_explained_variance",
    "plot_exponents",
    "plot_false_neighbours",
    "plot_forecast",
    "plot_index_spectra",
    "plot_linearization",
    "plot_local_slopes",
    "plot_manifolds",
    "plot_membrane",
    "plot_mutual_information",
    "plot_phase",
    "plot_phase_plane",
    "plot_power_spectrum",
    "plot_prediction_times",
    "plot_psi",
    "plot_psychometric",
    "plot_raster",
    "plot_recurrence",
    "plot_rest_points",
    "plot_retention",
    "plot_return_map",
    "plot_scaling",
    "plot_section",
    "plot_slow_curve",
    "plot_spectrum_convergence",
    "plot_step_response",
    "plot_surrogates",
    "plot_time_series",
    "plot_validation",
    "plot_weight_spectrum",
    "plot_weights",
    "plot_window_slopes",
    "tell_apart",
    "use_style",
]
