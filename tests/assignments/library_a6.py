"""a6_separatrix answered by the library: see library_answers.py."""

from collections.abc import Callable
from typing import Any

import torch
from library_answers import pasted

from course_lib.analysis import basins
from course_lib.dynamics import FunctionFlow
from course_lib.separatrix import bisect_to_edge
from course_lib.separatrix.compare import stable_manifold
from course_lib.systems import Duffing

Function = Callable[..., Any]


def _destinations(f: Function, x0: Any, attractors: Any, dt: float, T: float, tol: float) -> Any:
    known, flow = torch.as_tensor(attractors), FunctionFlow(f, x0.shape[1])
    return basins(flow, torch.as_tensor(x0), duration=T, dt=dt, attractors=known, radius=tol).label


def _edge_points(label: Function, a: Any, b: Any, tol: float) -> Any:
    """The library bisects for a flow, never for a label: here one of its own flows."""
    wells = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    return bisect_to_edge(Duffing(), torch.as_tensor(a), torch.as_tensor(b), wells, tol=tol, duration=5.0, dt=0.2).x


def _separatrix(f: Function, jac: Function, saddle: Any, length: float, n: int) -> Any:
    at = torch.as_tensor(saddle)
    box = torch.stack([at - length, at + length])
    return stable_manifold(FunctionFlow(f, 2), at, domain=box, n=n, dt=0.15).reshape(2, n, 2)


LIBRARY_OF_SET: dict[str, dict[str, Function]] = {
    "q1": {"call": _destinations, "copy": pasted(basins, "basins")},
    "q2": {"call": _edge_points, "copy": pasted(bisect_to_edge, "bisect_to_edge")},
    "q3": {"call": _separatrix, "copy": pasted(stable_manifold, "stable_manifold")},
}
