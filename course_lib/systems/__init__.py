"""Systems whose answers are known: hand-written fields and Jacobians, with cited reference values beside them."""

from course_lib.systems.linear import Linear
from course_lib.systems.lorenz63 import Lorenz63
from course_lib.systems.references import Reference

__all__ = ["Linear", "Lorenz63", "Reference"]
