"""Question 2: points on the border of basins by bisection, and rows of nan where the ends promise none.

The library bisects for a system that it integrates itself, in brackets, and raises where two ends agree: neither a call
nor a copy takes a label, or refuses row by row.

Labels are closed forms with arbitrary names, so that judging asks the same label as the student did. A point is right
when the label changes along its segment within tol on either side of it: any change will do, every method of halving
or sectioning is exact (class A), and a hundredth of the finest tol beyond it is allowed for float32. Segments are 2
to 32 units long, so that tol as a share of them, eight halvings and a hundred even points miss by far more than tol in
most rows of the fine cases (tol 0.0001 to 0.001). In the case of three basins five segments have their middle in the
basin that neither end lies in; a search that stops there is guarded against (two rows or more are seen).
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded
from course_lib.staff.grading.question import Case, Property, Question, per_case
from course_lib.student.cases import build

from .reference import edge_points

SEGMENTS = 24
KINDS = {"agree": 6, "hidden": 2, "open": 3}  # of a case's segments: ends that agree, some with a border in between
UNITS = (4.0, 8.0)  # of length: the size of the regions
THIRD = 5  # segments whose middle lies in the third basin
SLACK = 1e-6

SENTENCES = {"edge": "{seen}", "refuse": "{seen}", "fine": "{seen}"}
SEEN = {
    "form": "You do not return one row of {dim} coordinates a segment.",
    "off": "Your point of row {row} does not lie on its segment from a to b.",
    "nan": "Row {row} runs from basin {first} to basin {last}, and you return no point.",
    "edge": "In {wrong} of {n} rows nothing changes at your point: in row {row} the label is {before} tol before it "
    "and {behind} tol behind it. Go on with that half of a segment whose two ends differ.",
    "fine": "With tol = {tol:.1g}, {wrong} of {n} points are too rough: in row {row} the label is {before} tol before "
    "your point and {behind} tol behind it. tol is a length, in the units of the states, for every row by itself.",
    "promised": "You refuse in row {row}, whose ends lie in the basins {first} and {last}: somewhere between them the "
    "label must change.",
    "agree": "In row {row} both ends have label {first}, and you return a point. There may be a border on this "
    "segment, or none: two ends that agree do not tell, and bisection needs two that differ.",
    "open": "In row {row} the ends have labels {first} and {last}, and you return a point. -1 is no basin: that end "
    "has not settled, and what you found is where your patience ends.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """A wavy border, balls in more dimensions and sectors at a plain tol; a wavy border and balls at a fine one."""
    plain, fine = rng.uniform(0.05, 0.08, 3), 10 ** rng.uniform(-4, -3, 2)
    return [
        _case(rng, "plain", *_curtain(rng), plain[0]),
        _case(rng, "plain", *_balls(rng, (3, 4)), plain[1]),
        _case(rng, "three", *_sectors(rng), plain[2]),
        _case(rng, "fine", *_curtain(rng), fine[0]),
        _case(rng, "fine", *_balls(rng, (2, 5)), fine[1]),
    ]


def _names(rng, count):
    return rng.permutation(10)[:count]


def _curtain(rng):
    unit = rng.uniform(*UNITS)
    shape = {"shear": unit * rng.uniform(0.4, 0.9), "waves": rng.uniform(1.0, 1.6) / unit}
    return {"kind": "curtain", **shape, "names": _names(rng, 2), "reach": 2.2 * unit}, 2, unit


def _balls(rng, dims):
    """One ball about the middle, one beside it, and what lies outside both."""
    dim, unit = int(rng.integers(*dims, endpoint=True)), rng.uniform(*UNITS)
    centres = unit * np.concatenate([rng.uniform(-0.2, 0.2, (1, dim)), 1.6 * _directions(rng, 1, dim)])
    radii = unit * rng.uniform(0.7, 1.0, 2)
    return (
        {"kind": "balls", "centres": centres, "radii": radii, "names": _names(rng, 3), "reach": 2.4 * unit},
        dim,
        unit,
    )


def _sectors(rng):
    unit = rng.uniform(*UNITS)
    angles = rng.uniform(-np.pi, np.pi) + np.array([0.0, 2.0, 4.1]) + rng.uniform(-0.2, 0.2, 3)
    angles = np.sort((angles + np.pi) % (2 * np.pi) - np.pi)
    shape = {"centre": unit * rng.uniform(-0.4, 0.4, 2), "angles": angles}
    return {"kind": "sectors", **shape, "names": _names(rng, 3), "reach": 2.2 * unit}, 2, unit


def _case(rng, stratum, field, dim, unit, tol):
    """Segments of quite different lengths: most from one basin to another, some not."""
    label, rows = build(field), []
    wanted = [kind for kind, count in KINDS.items() for _ in range(count)]
    if stratum == "three":  # sectors narrower than a half-plane hide no border
        wanted = ["agree" if kind == "hidden" else kind for kind in wanted] + ["third"] * THIRD
    wanted += ["differ"] * (SEGMENTS - len(wanted))
    while wanted:
        a = unit * 1.2 * rng.normal(size=(200, dim))
        b = a + unit * _directions(rng, 200, dim) * np.exp(rng.uniform(np.log(0.5), np.log(4), 200))[:, None]
        for row, labels in enumerate(np.stack([label(a), label((a + b) / 2), label(b)], axis=1)):
            kind = _kind(labels)
            if kind in wanted:
                wanted.remove(kind)
                rows.append((a[row], b[row]))
    a, b = np.swapaxes(np.array(rows)[rng.permutation(SEGMENTS)], 0, 1)
    inputs = (field, a, b, float(tol))
    expected = edge_points(label, a, b, tol)
    return Case(stratum, inputs, expected, {"nan": int(np.isnan(expected).sum())})


def _kind(labels):
    """What a segment with these labels at its ends and in its middle is good for."""
    first, middle, last = labels
    if first < 0 or last < 0:
        return "open" if first != last else "both open"
    if first == last:
        return "agree" if middle == first else "hidden"
    return "differ" if middle in (first, last) else "third"


def _directions(rng, n, dim):
    arrows = rng.normal(size=(n, dim))
    return arrows / np.linalg.norm(arrows, axis=1, keepdims=True)


def _read(case, value):
    """Points (n, dim), whatever is not finite left as it is; None for another form."""
    try:
        found = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    return found if found.shape == case.expected.shape else None


def _labels(case, points):
    return build(case.inputs[0])(points)


def _ends(case, row):
    _, a, b, _ = case.inputs
    first, last = _labels(case, np.stack([a[row], b[row]]))
    return {"row": row, "first": int(first), "last": int(last)}


def _looked_at(case, found):
    """For each segment with a border: whether the point lies on it, whether a change is near, labels before, behind."""
    _, a, b, tol = case.inputs
    rows = np.flatnonzero(np.isfinite(case.expected[:, 0]))
    a, p, length = a[rows], found[rows], np.linalg.norm((b - a)[rows], axis=1)
    along = (b[rows] - a) / length[:, None]
    place = np.sum((p - a) * along, axis=1)
    off = np.linalg.norm(p - a - place[:, None] * along, axis=1) > 0.1 * tol + SLACK
    off |= (place < -tol - SLACK) | (place > length + tol + SLACK)
    places = np.clip(place[:, None] + (tol + SLACK) * np.linspace(-1, 1, 9), 0, length[:, None])
    points = a[:, None] + np.nan_to_num(places)[..., None] * along[:, None]
    labels = _labels(case, points.reshape(-1, a.shape[1])).reshape(len(rows), 9)
    near = (labels[:, 1:] != labels[:, :-1]).any(axis=1) & ~off & np.isfinite(p).all(axis=1)
    return rows, off, near, labels[:, [0, -1]]


def edge_miss(case: Case, value) -> float:
    """Segments with a border whose point is not near a change of label, two of which are to be seen."""
    found = _read(case, value)
    return float("inf") if found is None else 2.5 * float(np.sum(~_looked_at(case, found)[2]))


def _edge(code):
    def holds(case, value):
        found = _read(case, value)
        if found is None:
            return False, {"seen": SEEN["form"].format(dim=case.expected.shape[1])}
        rows, off, near, labels = _looked_at(case, found)
        if near.all():
            return True, {}
        place = int(np.argmin(near))
        if not np.isfinite(found[rows[place]]).all():
            return False, {"seen": SEEN["nan"].format(**_ends(case, rows[place]))}
        figures = {"wrong": int(np.sum(~near)), "n": len(rows), "tol": case.inputs[-1], "row": rows[place]}
        before, behind = labels[place]
        return False, {"seen": SEEN["off" if off[place] else code].format(before=before, behind=behind, **figures)}

    return holds


def _refuse(case, value):
    found = _read(case, value)
    if found is None:
        return False, {"seen": SEEN["form"].format(dim=case.expected.shape[1])}
    refused, wanted = np.isnan(found).all(axis=1), np.isnan(case.expected[:, 0])
    if (refused == wanted).all():
        return True, {}
    ends = _ends(case, int(np.argmax(refused != wanted)))
    kind = "promised" if refused[ends["row"]] else "open" if min(ends["first"], ends["last"]) < 0 else "agree"
    return False, {"seen": SEEN[kind].format(**ends)}


def _stops_at_a_third(field, a, b, tol):
    """Halving that ends where it meets a basin that neither end lies in."""
    label = build(field)
    low, high, first, last = a, b, label(a), label(b)
    for _ in range(30):
        middle = (low + high) / 2
        found = label(middle)[:, None]
        low, high = np.where(found == first[:, None], middle, low), np.where(found == last[:, None], middle, high)
    return (low + high) / 2


QUESTION = Question(
    name="q2",
    title="Bisection that knows when to refuse",
    function="edge_points",
    draw=Guarded(draw, edge_miss, {"third": _stops_at_a_third}, strata=("three",)),
    properties=(
        Property("edge", 7, per_case(_edge("edge"), strata=("plain", "three"))),
        Property("refuse", 4, per_case(_refuse), needs="edge"),
        Property("fine", 3, per_case(_edge("fine"), strata=("fine",))),
    ),
    sentences=SENTENCES,
    cpu_seconds=4.0,
)
