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
