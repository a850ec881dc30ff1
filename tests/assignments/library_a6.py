"""a6_separatrix answered by the library: see library_answers.py."""

from collections.abc import Callable
from typing import Any

import torch
from library_answers import pasted

from course_lib.analysis import basins
from course_lib.dynamics import FunctionFlow
from course_lib.separatrix import bisect_to_edge, smallest_kick, validate_on_curves
from course_lib.separatrix.compare import stable_manifold
from course_lib.separatrix.eigenfunction import FORMS, Eigenfunction
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
    return stable_manifold(FunctionFlow(f, 2), at, domain=box, n=n, dt=0.3).reshape(2, n, 2)


def _koopman_residual(psi: Any, f: Function, x: Any, lam: float) -> Any:
    """The library carries tangents through a network of its own; of another psi it knows nothing."""
    generator = torch.Generator().manual_seed(0)
    options = {"width": 8, "depth": 1, "form": FORMS["squashed"], "generator": generator, "dtype": x.dtype}
    net = Eigenfunction(x, 1, **options)
    features, along = net.features_along(x, f(x))
    g = (features @ net.head).squeeze(-1)
    value = FORMS["squashed"].psi(g)
    return FORMS["squashed"].slopes(g)[0] * (along @ net.head).squeeze(-1) - lam * FORMS["squashed"].rate(value)[0]


def _border_places(s: Any, psi: Any) -> Any:
    """The library bisects a learnt Separatrix along curves; samples alone are none."""
    return validate_on_curves(torch.as_tensor(psi), torch.as_tensor(s), None).predicted


def _cheapest_kick(f: Function, jac: Function, start: Any, attractors: Any, rng: Any) -> Any:
    """The library descends a fitted psi; a bare field has none."""
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    return smallest_kick(FunctionFlow(f, 6), torch.as_tensor(start)[None], generator=generator).kick[0]


LIBRARY_OF_SET: dict[str, dict[str, Function]] = {
    "q1": {"call": _destinations, "copy": pasted(basins, "basins")},
    "q2": {"call": _edge_points, "copy": pasted(bisect_to_edge, "bisect_to_edge")},
    "q3": {"call": _separatrix, "copy": pasted(stable_manifold, "stable_manifold")},
    "q4": {"call": _koopman_residual, "copy": pasted(Eigenfunction, "Eigenfunction")},
    "q5": {"call": _border_places, "copy": pasted(validate_on_curves, "validate_on_curves")},
    "q7": {"call": _cheapest_kick, "copy": pasted(smallest_kick, "smallest_kick")},
}
