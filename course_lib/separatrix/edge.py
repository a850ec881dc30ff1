"""The edge between two basins: bisection of a segment, and the state that hovers on the edge for ever."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict, Unpack

import torch
from torch import Tensor

from course_lib.analysis.fixed_points import fixed_points
from course_lib.analysis.stepping import check_states, check_system
from course_lib.dynamics import Flow, Map
from course_lib.separatrix.settling import advance, capture_radius, settle, speed, time_step
from course_lib.shapes import State
from course_lib.validation import check_count, check_positive, complaint

ROWS = 512  # states labelled in one go, so that few segments are cut into more pieces at a time
STRETCH = 1e3  # how far the two states of a bracket may part before the edge is bisected anew
STILL = 1e-2  # of the capture radius: an edge state that moves less in a round is about to rest


class Settling(TypedDict, total=False):
    """The keywords of `settle` that every search passes on to it."""

    duration: float | None
    dt: float | None
    radius: float | None


@dataclass(frozen=True)
class Edge:
    """Brackets of the border: two states in different basins, closer than the tolerance.

    x: (n, dim), their middle.  low, high: (n, dim).  labels: (n, 2) int, the basins of low and high.
    width: (n,), ‖high - low‖ [state units].
    """

    x: State
    low: State
    high: State
    labels: Tensor
    width: Tensor


@dataclass(frozen=True)
class EdgeState:
    """What the border's own orbit comes to.

    x: (n, dim).  speed: (n,), ‖f‖, or ‖F(x) - x‖ of a map.  saddle_index: (n,) int; -1 where x is not at rest.
    labels: (n, 2) int, the basins on both sides.  rounds: (n,) int, bisections used.
    path: (n, rounds, dim), a state on the border after each.
    """

    x: State
    speed: Tensor
    saddle_index: Tensor
    labels: Tensor
    rounds: Tensor
    path: Tensor


@torch.no_grad()
def bisect_to_edge(
    system: Flow | Map, a: State, b: State, attractors: State, *, tol: float = 1e-6, **settling: Unpack[Settling]
) -> Edge:
    """States on the border between two basins, on the straight segments from a to b.

    a, b: (dim,) or (n, dim).  attractors: (k, dim).  tol: largest width of the bracket [state units].
    settling: duration, dt and radius of `settle`.  With more than two attractors a segment may cross other basins;
    `labels` says which border was found.

    Returns Edge. Raises when both ends of a segment reach the same attractor, or one of them reaches none.
    Taught on the page "Separatrices of known systems".

    >>> import torch
    >>> from course_lib.systems import Bistable
    >>> attractors = torch.tensor([[-1.0], [1.0]], dtype=torch.float64)
    >>> a, b = torch.tensor([-0.7], dtype=torch.float64), torch.tensor([0.9], dtype=torch.float64)
    >>> edge = bisect_to_edge(Bistable(), a, b, attractors)
    >>> abs(edge.x.item()) < 1e-6, edge.labels.tolist()
    (True, [[0, 1]])
    """
    check_system(system)
    a, b = check_states("a", a, system.dim), check_states("b", b, system.dim)
    if a.shape != b.shape:
        raise complaint("b", wanted=f"shape {tuple(a.shape)}, like a", got=f"{tuple(b.shape)}", do="One end each.")
    check_positive("tol", tol)
    if settling.get("dt") is None:
        settling["dt"] = time_step(system, torch.cat((a, b, attractors)))
    ends = settle(system, torch.cat((a, b)), attractors, **settling)
    labels = torch.stack((ends[: len(a)], ends[len(a) :]), dim=1)
    _check_ends(a, b, labels)
    low, high = a.clone(), b.clone()

    def label_of(x: Tensor) -> Tensor:
        return settle(system, x, attractors, **settling)

    while True:
        width = (high - low).norm(dim=-1)
        open_ = (width > tol).nonzero().squeeze(-1)
        if not len(open_):
            return Edge((low + high) / 2, low, high, labels, width)
        low[open_], high[open_], labels[open_] = cut(low[open_], high[open_], labels[open_], label_of)


def cut(
    low: Tensor, high: Tensor, labels: Tensor, label_of: Callable[[Tensor], Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """A shorter bracket for every row: the first change of label among evenly spaced points between its ends.

    low, high: (n, m), states or places on curves.  labels: (n, 2).  label_of: takes (rows, m). Points without a label
    are left out; a row none of whose points has one raises.
    """
    inner = max(1, min(7, ROWS // len(low)))
    shares = torch.linspace(0, 1, inner + 2, dtype=low.dtype)
    points = low.unsqueeze(1) + shares[:, None] * (high - low).unsqueeze(1)  # (n, inner + 2, m)
    found = label_of(points[:, 1:-1].reshape(-1, low.shape[1])).reshape(len(low), inner)
    lost = (found < 0).all(dim=1)
    if bool(lost.any()):
        row = int(lost.nonzero()[0])
        raise complaint(
            f"bisection of segment {row}",
            wanted="states that reach an attractor",
            got=f"none, at a width of {float((high[row] - low[row]).norm()):.3g}",
            do="Pass a longer duration, or a larger tol: next to the border a state leaves it slowly.",
        )
    found = torch.cat((labels[:, :1], found, labels[:, 1:]), dim=1)
    for k in range(1, inner + 1):  # an unlabelled point takes its left neighbour's label and ends no bracket
        found[:, k] = torch.where(found[:, k] < 0, found[:, k - 1], found[:, k])
    first = (found[:, 1:] != found[:, :-1]).to(torch.int8).argmax(dim=1)
    rows = torch.arange(len(low))
    return points[rows, first], points[rows, first + 1], torch.stack((found[rows, first], found[rows, first + 1]), 1)


@torch.no_grad()
def edge_state(
    system: Flow | Map,
    a: State,
    b: State,
    attractors: State,
    *,
    tol: float = 1e-8,
    max_rounds: int = 40,
    **settling: Unpack[Settling],
) -> EdgeState:
    """Follow the border from the segment a-b to what attracts within it, by edge tracking (Skufca et al. 2006).

    Two states closer than tol on both sides of the border run until they are 1000 times as far apart; then the border
    between them is bisected anew. A run ends when a round moves the state by less than a hundredth of the capture
    radius; the state is then polished to a fixed point. Where it is none (a cycle or chaos on the edge), saddle_index
    is -1.

    a, b: (dim,) or (n, dim).  tol: width of the bracket [state units].  Returns EdgeState.
    Taught on the page "Separatrices of known systems".
    """
    check_count("max_rounds", max_rounds)
    ends = torch.cat([check_states(name, x, system.dim) for name, x in (("a", a), ("b", b))])
    h = settling.get("dt") or time_step(system, torch.cat((ends, attractors)))
    settling["dt"] = h  # one step length throughout: with another one the border lies elsewhere by more than tol
    edge = bisect_to_edge(system, a, b, attractors, tol=tol, **settling)
    path, rounds = [edge.x], torch.zeros(len(edge.x), dtype=torch.long)
    x, labels, still = edge.x.clone(), edge.labels.clone(), STILL * capture_radius(attractors)
    going = torch.arange(len(x))
    low, high = edge.low, edge.high
    for _ in range(max_rounds):
        low, high = _part(system, low, high, h, STRETCH * tol)
        edge = bisect_to_edge(system, low, high, attractors, tol=tol, **settling)
        stay = (edge.x - x[going]).norm(dim=-1) > still
        x[going], labels[going] = edge.x, edge.labels
        rounds[going] += 1
        path.append(x.clone())
        going, low, high = going[stay], edge.low[stay], edge.high[stay]
        if not len(going):
            break
    return _polished(system, x, labels, rounds, torch.stack(path, dim=1), capture_radius(attractors))


def _part(system: Flow | Map, low: Tensor, high: Tensor, h: float, apart: float) -> tuple[Tensor, Tensor]:
    """Both states of every bracket after the time in which they have parted by `apart` at most."""
    low, high = low.clone(), high.clone()
    going = torch.arange(len(low))
    for _ in range(100_000):
        both = advance(system, torch.cat((low[going], high[going])), h, 1)
        new_low, new_high = both.chunk(2)
        low[going], high[going] = new_low, new_high
        going = going[(new_high - new_low).norm(dim=-1) < apart]
        if not len(going):
            break
    return low, high


def _polished(system: Flow | Map, x: Tensor, labels: Tensor, rounds: Tensor, path: Tensor, near: float) -> EdgeState:
    found = fixed_points(system, x)
    points, index = found.x[found.converged], found.saddle_index[found.converged]
    at_rest = torch.full((len(x),), -1)
    if len(points):
        distance, nearest = torch.cdist(x, points).min(dim=1)
        close = distance <= near
        x = torch.where(close.unsqueeze(-1), points[nearest], x)
        at_rest = torch.where(close, index[nearest], at_rest)
    return EdgeState(x, speed(system, x), at_rest, labels, rounds, path)


def _check_ends(a: Tensor, b: Tensor, labels: Tensor) -> None:
    bad = (labels < 0).any(dim=1) | (labels[:, 0] == labels[:, 1])
    if not bool(bad.any()):
        return
    row = int(bad.nonzero()[0])
    one, two = labels[row].tolist()
    got = f"attractor {one} from both" if one == two and one >= 0 else f"labels {one} and {two} (-1: none reached)"
    raise complaint(
        f"a[{row}], b[{row}]",
        wanted="two states in different basins",
        got=f"{got}, starting at {_words(a[row])} and {_words(b[row])}",
        do="There may be no border between them; choose ends next to two attractors, or pass a longer duration.",
    )


def _words(x: Tensor) -> str:
    return f"{[round(value, 4) for value in x.tolist()[:4]]}{' ...' if len(x) > 4 else ''}"
