"""Names for the shapes of tensors, one axis order for the whole library: (batch, time, dim).

A type checker reads them as jaxtyping annotations. At run time they are plain tensors, so that nothing but torch is
needed, unless COURSE_CHECK_SHAPES=1 asks for the checked form (the test suite does; see tests/test_shapes.py).
"""

import os
from typing import TYPE_CHECKING

from torch import Tensor

if TYPE_CHECKING or os.environ.get("COURSE_CHECK_SHAPES") == "1":
    from jaxtyping import Bool, Float

    State = Float[Tensor, "*batch dim"]
    Jacobian = Float[Tensor, "*batch dim dim"]
    Frame = Float[Tensor, "*batch dim k"]
    Input = Float[Tensor, "*batch n_in"]
    Output = Float[Tensor, "*batch n_out"]
    Features = Float[Tensor, "*batch n_read"]  # the part of a state that a readout sees
    Times = Float[Tensor, " time"]
    Edges = Float[Tensor, " edges"]  # of intervals: one more than there are intervals
    Sequence = Float[Tensor, "batch time dim"]
    InputSequence = Float[Tensor, "batch time n_in"]
    OutputSequence = Float[Tensor, "batch time n_out"]
    ForecastSequence = Float[Tensor, "batch steps n_out"]
    Series = Float[Tensor, "batch time"]
    PerSample = Float[Tensor, " batch"]
    PerCoordinate = Float[Tensor, " dim"]
    Exponents = Float[Tensor, " k"]
    Mask = Bool[Tensor, "batch time *outputs"]  # outputs where each output has times of its own
else:
    State = Tensor
    Jacobian = Tensor
    Frame = Tensor
    Input = Tensor
    Output = Tensor
    Features = Tensor
    Times = Tensor
    Edges = Tensor
    Sequence = Tensor
    InputSequence = Tensor
    OutputSequence = Tensor
    ForecastSequence = Tensor
    Series = Tensor
    PerSample = Tensor
    PerCoordinate = Tensor
    Exponents = Tensor
    Mask = Tensor

__all__ = [
    "Edges",
    "Exponents",
    "Features",
    "ForecastSequence",
    "Frame",
    "Input",
    "InputSequence",
    "Jacobian",
    "Mask",
    "Output",
    "OutputSequence",
    "PerCoordinate",
    "PerSample",
    "Sequence",
    "Series",
    "State",
    "Tensor",
    "Times",
]
