"""Where a training runs: on the CPU or on a GPU, with the same batches on both."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from course_lib.validation import complaint


@runtime_checkable
class Movable(Protocol):
    """A torch module, or anything else with its `to` and `parameters`."""

    def to(self, device: torch.device) -> object: ...

    def parameters(self) -> Iterator[Tensor]: ...


def check_device(device: torch.device | str) -> torch.device:
    """`device` when this machine has it."""
    try:
        place = torch.device(device)
        torch.zeros(1, device=place).cpu()
    except (RuntimeError, AssertionError, NotImplementedError) as reason:
        raise complaint(
            "device",
            wanted="a device that torch can use on this machine",
            got=f"{str(device)!r} ({str(reason).splitlines()[0]})",
            do="Leave it out to stay on the CPU; torch.cuda.is_available() says whether there is a GPU.",
        ) from reason
    return place


@contextmanager
def moved(model: Movable, device: torch.device | str | None) -> Iterator[torch.device]:
    """The model on `device` (None: where it is), and back where it was at the end, also after an error."""
    home = next(iter(model.parameters())).device
    place = home if device is None else check_device(device)
    if place == home:
        yield place
        return
    model.to(place)
    try:
        yield place
    finally:
        model.to(home)
