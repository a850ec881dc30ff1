"""Values from the literature, or measured once at length, that tests and pages compare with.

They stand apart from the systems' code. Each says where it comes from and how far it can be trusted:
`kind` is "exact" (on paper), "published" (the source prints it) or "computed" (measured for this course; the source
says how, and a test or a bench row measures it again).
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Reference:
    """One quantity of one system at stated parameters. uncertainty is one standard error, per value; 0 if exact."""

    value: tuple[float, ...]
    uncertainty: tuple[float, ...]
    unit: str
    kind: Literal["exact", "published", "computed"]
    source: str


LORENZ63: dict[str, Reference] = {
    "lyapunov_spectrum": Reference(
        value=(0.9056, 0.0, -14.572),
        uncertainty=(0.0001, 0.0, 0.0005),
        unit="1/t.u.",
        kind="published",
        source="Sprott 2003, Chaos and Time-Series Analysis; his web page prints (0.906, 0, -14.572). The fourth digit "
        "follows from the exact sum and agrees with 0.90574(5), measured over 7.2 million t.u. with RK4 steps of 0.005",
    ),
    "lyapunov_sum": Reference(
        value=(-41 / 3,),
        uncertainty=(0.0,),
        unit="1/t.u.",
        kind="exact",
        source="the divergence of the field, -(sigma + 1 + beta)",
    ),
    "kaplan_yorke_dimension": Reference(
        value=(2.0621,),
        uncertainty=(0.0001,),
        unit="1",
        kind="published",
        source="Sprott 2003 (2.062); 2.06215 from the spectrum above",
    ),
    "mean": Reference(
        value=(0.0, 0.0, 23.544),
        uncertainty=(0.05, 0.05, 0.01),
        unit="state",
        kind="computed",
        source="200 orbits of 50 t.u., RK4; zero for x and y by symmetry",
    ),
    "std": Reference(
        value=(7.924, 9.013, 8.628),
        uncertainty=(0.01, 0.01, 0.01),
        unit="state",
        kind="computed",
        source="200 orbits of 50 t.u., RK4",
    ),
    "upward_crossings_of_z_27": Reference(
        value=(1.33,),
        uncertainty=(0.005,),
        unit="1/t.u.",
        kind="computed",
        source="counts of z rising through rho - 1 = 27, RK4",
    ),
    "sign_changes_of_x": Reference(
        value=(0.575,),
        uncertainty=(0.005,),
        unit="1/t.u.",
        kind="computed",
        source="counts of lobe changes, RK4, sampled at 0.05 t.u.",
    ),
    "hopf_rho": Reference(
        value=(24.736842105263158,),
        uncertainty=(0.0,),
        unit="1",
        kind="exact",
        source="sigma (sigma + beta + 3) / (sigma - beta - 1), Sparrow 1982",
    ),
}
"""Lorenz-63 at sigma = 10, rho = 28, beta = 8/3."""

ROSSLER: dict[str, Reference] = {
    "lyapunov_spectrum": Reference(
        value=(0.0714, 0.0, -5.3943),
        uncertainty=(0.0003, 0.0, 0.0008),
        unit="1/time",
        kind="published",
        source="Sprott 2003, as several code bases quote it; measured here (0.0716(3), 0.0000(1), -5.3937(8)): "
        "512 orbits of 500 time units, RK4 steps of 0.01. The uncertainties are those of the measurement",
    ),
    "kaplan_yorke_dimension": Reference(
        value=(2.0132,),
        uncertainty=(0.0001,),
        unit="1",
        kind="published",
        source="Sprott 2003, as quoted; 2.0133 from the measured spectrum",
    ),
}
"""Rössler at a = b = 0.2, c = 5.7."""

LORENZ96: dict[str, Reference] = {
    "largest_lyapunov_exponent": Reference(
        value=(1.691,),
        uncertainty=(0.005,),
        unit="1/time",
        kind="computed",
        source="16 orbits of 1431 time units, RK4 steps of 0.0125; 1.691(8) again from 64 of 100. Code bases state "
        "1.67 without a page that prints it",
    ),
    "positive_exponents": Reference(
        value=(13.0,),
        uncertainty=(0.5,),
        unit="1",
        kind="computed",
        source="a count on the same orbits: the 13th is 0.032(2), the 14th is the zero of the flow; code bases agree",
    ),
    "lyapunov_sum": Reference(
        value=(-40.0,),
        uncertainty=(0.0,),
        unit="1/time",
        kind="exact",
        source="the divergence of the field, -1 for every place",
    ),
    "kaplan_yorke_dimension": Reference(
        value=(27.08,),
        uncertainty=(0.02,),
        unit="1",
        kind="computed",
        source="the same orbits; code bases state 27.1",
    ),
}
"""Lorenz-96 with 40 places at F = 8."""

VAN_DER_POL: dict[str, Reference] = {
    "period": Reference(
        value=(6.66328686,),
        uncertainty=(1e-8,),
        unit="time",
        kind="computed",
        source="successive maxima of x on the cycle, RK4 steps of 0.02, 0.01 and 0.005, converging",
    ),
    "amplitude": Reference(
        value=(2.00861986,),
        uncertainty=(1e-8,),
        unit="state",
        kind="computed",
        source="the maxima themselves",
    ),
    "lyapunov_spectrum": Reference(
        value=(0.0, -1.059377),
        uncertainty=(0.0, 1e-6),
        unit="1/time",
        kind="computed",
        source="zero along the cycle; the other is the mean of the divergence mu (1 - x^2) over one period",
    ),
}
"""Van der Pol at mu = 1."""

DUFFING: dict[str, Reference] = {
    "lyapunov_spectrum": Reference(
        value=(-0.25, -0.25),
        uncertainty=(0.0, 0.0),
        unit="1/time",
        kind="exact",
        source="every orbit off the separatrix ends at a focus with eigenvalues -d/2 +- i sqrt(2 - d^2/4)",
    ),
    "saddle_eigenvalues": Reference(
        value=(0.7807764064044151, -1.2807764064044151),
        uncertainty=(0.0, 0.0),
        unit="1/time",
        kind="exact",
        source="roots of m^2 + d m - 1",
    ),
}
"""The damped Duffing oscillator at d = 0.5."""

HOPF: dict[str, Reference] = {
    "lyapunov_spectrum": Reference(
        value=(0.0, -2.0), uncertainty=(0.0, 0.0), unit="1/time", kind="exact", source="0 and -2 mu on the circle"
    ),
    "radius": Reference(value=(1.0,), uncertainty=(0.0,), unit="state", kind="exact", source="sqrt(mu)"),
}
"""The Hopf normal form at mu = 1, any omega."""

BISTABLE: dict[str, Reference] = {
    "lyapunov_spectrum": Reference(
        value=(-2.0,), uncertainty=(0.0,), unit="1/time", kind="exact", source="1 - 3 x^2 in the valleys at -1 and 1"
    ),
    "tilt_of_the_fold": Reference(
        value=(0.3849001794597505,),
        uncertainty=(0.0,),
        unit="1/time",
        kind="exact",
        source="2 / (3 sqrt(3)), the largest tilt at which x - x^3 + u = 0 has three roots",
    ),
}
"""The one-dimensional switch at tilt 0."""

HOPFIELD: dict[str, Reference] = {
    "pitchfork_gain": Reference(
        value=(1.0,), uncertainty=(0.0,), unit="1", kind="exact", source="-1 + gain, the eigenvalue along the pattern"
    ),
}
"""The rank-one Hopfield network."""
