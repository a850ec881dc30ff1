"""Systems whose answers are known: hand-written fields and Jacobians, with cited reference values beside them."""

from course_lib.systems.bistable import Bistable
from course_lib.systems.duffing import Duffing
from course_lib.systems.hopf import Hopf
from course_lib.systems.hopfield import Hopfield
from course_lib.systems.linear import Linear
from course_lib.systems.lorenz63 import Lorenz63
from course_lib.systems.lorenz96 import Lorenz96
from course_lib.systems.references import Reference
from course_lib.systems.rossler import Rossler
from course_lib.systems.van_der_pol import VanDerPol

__all__ = [
    "Bistable",
    "Duffing",
    "Hopf",
    "Hopfield",
    "Linear",
    "Lorenz63",
    "Lorenz96",
    "Reference",
    "Rossler",
    "VanDerPol",
]
