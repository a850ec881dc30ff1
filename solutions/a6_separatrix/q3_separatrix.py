"""Question 3: both branches of a saddle's stable manifold in the plane, evenly spaced in arc length up to a length.

The library follows such curves until they leave a box, one arm after the other in one row of states: a call or a copy
gives a curve that is too long by a third or more, in another layout.

Judging is geometry alone: drawing traces each branch to 1.25 times the length, in two steps an interval, and an
answer is compared with that polygon.
Tolerances (class B). Border: 0.01 state units. Right methods (unit speed, steps of time with interpolation, adaptive,
float32) stay within 0.003 of the traced curve, and 0.003 beside it on either side starts end in two basins; a straight
line along the eigenvector is 0.05 off or more (guarded). Spacing: 5 % of a step; a chord is at most 2 % shorter than
its arc on these curves. Departure: 5 degrees; the first chord turns from the eigenvector by less than 1.
tests/assignments recomputes them. Networks of two units are not drawn: their borders are so nearly straight that a
ruler follows them (0.1 off at most on the way of 2.5).
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array
from course_lib.staff.grading.question import Case, Property, Question, per_case
from course_lib.student.cases import build

from .reference import separatrix_2d

BORDER, POINTS = 0.01, 0.98  # state units, and the share of the points that must be as near
SPACING, ANGLE, START = 0.05, 5.0, 0.01  # of a step; degrees; state units
ROUGH = 0.05  # state units: the right curve, not well drawn
SHORTEST, LONGEST = 0.4, 1.12  # of the length that is asked for
BEYOND, PARTS = 1.25, 2

SENTENCES = {"border": "{seen}", "spacing": "{seen}", "branches": "{seen}", "departure": "{seen}"}
SEEN = {
    "form": "You do not return finite numbers in the layout (2, n, 2): branch, point, coordinate.",
    "off": "{wrong} of {n} points lie beside the border, the first at arc length {s:.2g} on your branch {branch}: "
    "starts on both sides of it end in one basin. Which way in time does this curve draw neighbours to itself?",
    "rough": "{wrong} of {n} points lie more than 0.01 beside the border, the farthest {far:.2g}. This is the right "
    "curve, roughly drawn: take smaller steps, or tell your solver to be more accurate.",
    "length": "Your longer branch has a length of {yours:.2g}, and {length:.2g} was asked for. A length is no time: "
    "near the saddle everything is slow, farther out it is not.",
    "even": "{share:.0f} % of your points lie within a twentieth of the length from the saddle, and your longest step "
    "is {ratio} your shortest. Equal in time is not equal in length.",
    "step": "Your steps are even, and {yours:.3g} long. n points from the saddle to the length, both of them counted, "
    "make n - 1 steps.",
    "twice": "Both your branches run along the same side of the saddle: the border comes in from two sides.",
    "start": "Your branches begin {gap:.2g} and {other:.2g} away from the saddle, which is the first point of each.",
    "angle": "At the saddle your branch leaves at {angle:.0f} degrees to the direction in which states come in.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Two tilted double wells and two wavy shears, each with its saddle away from the origin."""
    return [
        *(_double_well(rng) for _ in range(2)),
        *(_wavy(rng) for _ in range(2)),
    ]


def _double_well(rng):
    tilt = rng.choice([-1.0, 1.0]) * rng.uniform(0.03, 0.15)
    field = {"kind": "duffing", "damping": rng.uniform(0.15, 0.5), "tilt": tilt}
    f, saddle = build(field), np.zeros((1, 2))
    for _ in range(8):
        saddle = saddle - np.linalg.solve(f.jac(saddle), f(saddle)[..., None])[..., 0]
    return _case(rng, "double well", field, saddle[0], rng.uniform(3, 6))


def _wavy(rng):
    shear, centre = rng.uniform(0.5, 0.9), rng.choice([-1.0, 1.0], 2) * rng.uniform(0.3, 1.0, 2)
    rates = {"rate": rng.uniform(0.5, 1.5), "decay": rng.uniform(0.5, 1.5)}
    field = {"kind": "sheared", **rates, "shear": shear, "waves": rng.uniform(1.3, 1.6) / shear, "centre": centre}
    return _case(rng, "wavy", field, centre, rng.uniform(3, 5))


def _case(rng, stratum, field, saddle, length):
    n = 4 * int(rng.integers(9, 13)) + 1
    f = build(field)
    traced = separatrix_2d(f, f.jac, saddle, BEYOND * length, round(BEYOND * (n - 1)) * PARTS + 1)
    values, vectors = np.linalg.eig(f.jac(saddle))
    facts = {"traced": traced, "direction": vectors[:, np.argmin(values)]}
    inputs = (field, {"kind": "jacobian", "of": field}, saddle, float(length), n)
    return Case(stratum, inputs, traced[:, : (n - 1) * PARTS + 1 : PARTS], facts)


def _gaps(case, points):
    """Distance of points (m, 2) to each traced branch, (2, m)."""
    found = []
    for branch in case.facts["traced"]:
        start, way = branch[:-1], np.diff(branch, axis=0)
        rel = points[:, None] - start
        share = np.clip((rel * way).sum(-1) / (way**2).sum(-1), 0, 1)
        found.append(np.linalg.norm(rel - share[..., None] * way, axis=-1).min(axis=1))
    return np.array(found)


def _read(case, value):
    return array(value, case.expected.shape)


def _steps(found):
    return np.linalg.norm(np.diff(found, axis=1), axis=-1)


def border_miss(case: Case, value) -> float:
    """The distance to the border below which 98 % of the points stay, in tolerances; infinite for a wrong length."""
    found = _read(case, value)
    if found is None:
        return float("inf")
    length = _steps(found).sum(axis=1).max() / case.inputs[3]
    gaps = np.sort(_gaps(case, found.reshape(-1, 2)).min(axis=0))
    inside = SHORTEST <= length <= LONGEST
    return float(gaps[int(np.ceil(POINTS * len(gaps))) - 1] / BORDER) if inside else float("inf")


def _border(case, value):
    found = _read(case, value)
    if found is None:
        return False, {"seen": SEEN["form"]}
    gaps, length = _gaps(case, found.reshape(-1, 2)).min(axis=0), _steps(found).sum(axis=1).max()
    if border_miss(case, value) <= 1:
        return True, {}
    wrong = gaps > BORDER
    if wrong.sum() > (1 - POINTS) * len(gaps) and gaps.max() < ROUGH:
        return False, {"seen": SEEN["rough"].format(wrong=wrong.sum(), n=len(gaps), far=gaps.max())}
    if wrong.sum() > (1 - POINTS) * len(gaps):
        branch, k = divmod(int(np.argmax(wrong)), found.shape[1])
        s = _steps(found)[branch, :k].sum()
        return False, {"seen": SEEN["off"].format(wrong=wrong.sum(), n=len(gaps), s=s, branch=branch)}
    return False, {"seen": SEEN["length"].format(yours=length, length=case.inputs[3])}


def _spacing(case, value):
    found = _read(case, value)
    if found is None:
        return False, {"seen": SEEN["form"]}
    steps, wanted = _steps(found), case.inputs[3] / (case.inputs[4] - 1)
    if np.all(np.abs(steps / wanted - 1) <= SPACING):
        return True, {}
    if np.ptp(steps) <= 2 * SPACING * steps.max():
        return False, {"seen": SEEN["step"].format(yours=steps.mean())}
    near = np.linalg.norm(found - case.inputs[2], axis=-1) < case.inputs[3] / 20
    ratio = steps.max() / max(steps.min(), 1e-300)
    told = f"{ratio:.3g} times" if ratio < 1e4 else "thousands of times"
    return False, {"seen": SEEN["even"].format(share=100 * near.mean(), ratio=told)}


def _branches(case, value):
    found = _read(case, value)
    if found is None:
        return False, {"seen": SEEN["form"]}
    sides = [_gaps(case, branch).sum(axis=1).argmin() for branch in found]
    return sides[0] != sides[1], {"seen": SEEN["twice"]}


def _departure(case, value):
    found = _read(case, value)
    if found is None:
        return False, {"seen": SEEN["form"]}
    gap, other = np.linalg.norm(found[:, 0] - case.inputs[2], axis=-1)
    if max(gap, other) > START:
        return False, {"seen": SEEN["start"].format(gap=gap, other=other)}
    chords = found[:, 1] - found[:, 0]
    along = np.abs(chords @ case.facts["direction"]) / np.maximum(np.linalg.norm(chords, axis=1), 1e-12)
    angle = float(np.degrees(np.arccos(np.clip(along.min(), 0, 1))))
    return angle <= ANGLE, {"seen": SEEN["angle"].format(angle=angle)}


def _ruler(field, jac, saddle, length, n):
    """A straight line along the stable eigenvector."""
    values, vectors = np.linalg.eig(build(field).jac(saddle))
    way = length * np.linspace(0, 1, n)[:, None] * vectors[:, np.argmin(values)]
    return np.stack([saddle + way, saddle - way])


QUESTION = Question(
    name="q3",
    title="The curve nobody can follow forwards",
    function="separatrix_2d",
    draw=Guarded(draw, border_miss, {"straight": _ruler}, on=4),
    properties=(
        Property("border", 8, per_case(_border)),
        Property("spacing", 4, per_case(_spacing), needs="border"),
        Property("branches", 3, per_case(_branches), needs="border"),
        Property("departure", 3, per_case(_departure), needs="border"),
    ),
    sentences=SENTENCES,
    cpu_seconds=6.0,
)
