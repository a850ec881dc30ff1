"""Question 5: a spike with a gradient: a step on the way forward, a bell of area one on the way back.

The library's bells have height one, and its step is open (a spike where v > v_th). Here the area is one, as a step
rises by one, and a cell exactly at threshold spikes; alpha stays away from 2, where the two heights meet. Each case
holds cells exactly at threshold: so neither a call of the library nor a copy of it fits.

The probe calls the function through the public kinds `gradient` and `unrolled`: the record holds forward values and the
gradient by v. What is expected comes from formulas in numpy: drawing needs no torch.

Tolerance (class A): membranes are multiples of 2^-10 mV, exact in float32, so v - v_th is exact and the rounding of the
slope stays below 1e-6 of its height; 1e-5 is allowed on one call. Over three steps membranes are no longer exact:
float32 at 70 mV is off by 4e-6 mV, times the relative steepness 2 alpha (at most 8) and three steps that is 1e-4; 1e-3
is allowed. Every mutant is off by more than 1e-2; tests/assignments recomputes the three.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss, parts
from course_lib.staff.grading.question import Case, Finding, Property, Question, per_case

TOLERANCE, STEPS_TOLERANCE = 1e-5, 1e-3
STEPS, CLEAR_OF_THRESHOLD = 3, 0.05  # mV; nearer than this to threshold, rounding would decide on a spike
GRID = 2.0**-10  # mV

SENTENCES = {
    "forward": "Forward a spike is a step: 1 where v has reached v_th, 0 below it. {seen}",
    "slope": "The slope that your spike shows on the way back is not the bell. {seen}",
    "upstream": (
        "The same membranes, once with losses that depend on each spike with weight one and once with other weights: "
        "your gradient did not follow the weights (the first is {yours}). What arrives from behind has to be passed on."
    ),
    "chain": (
        "Three calls one after the other, then back through all of them: your first gradient is {yours}, which is not "
        "the product of what each call has to hand on. {seen}"
    ),
}
SEEN = {
    "missing": "Return one tensor of the shape of v, made from v by torch.",
    "between": "Yours holds {yours}, which is neither 0 nor 1.",
    "tie": "A cell exactly at threshold has reached it; yours gives it {yours}.",
    "side": "Yours gives {yours} for a cell at {v} mV from threshold.",
    "none": "No gradient arrives at all: the derivative of a step is zero nearly everywhere.",
    "uphill": "It is negative on both sides: more membrane would mean fewer spikes.",
    "twice": "It is negative above threshold ({yours}): that is a slope of a slope.",
    "one-sided": "It is zero on the side below threshold: silent cells could never learn to spike.",
    "flat": "It is {yours} everywhere: a cell far from threshold should pass on little.",
    "off-centre": "It is not largest at threshold: {near} there, {most} elsewhere.",
    "height": "Its form is right; its area is not one. At threshold it is {near}, and alpha is {alpha} per mV.",
    "calls": "Single calls are right: does each one keep its own membranes for the way back, and pass on what arrives?",
    "single": "Single calls are not right either: mend those first.",
    "form": "It is {near} at threshold and {far} at the cell furthest away: it falls off in another way.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Cells at all distances with weights of one, the same with other weights, and three steps of a small network."""
    cases = []
    for shape, alpha in (((24,), _alpha(rng, False)), ((3, 9), _alpha(rng, True))):
        v, v_th = _membranes(rng, shape, at_threshold=3)
        weights = rng.uniform(0.5, 3, shape) * rng.choice([-1.0, 1.0], shape)
        for stratum, upstream in (("slope", np.ones(shape)), ("upstream", weights)):
            cases.append(_single(stratum, upstream, v, v_th, alpha))
    return [*cases, _unrolled(rng), _unrolled(rng)]


def _alpha(rng, narrow):
    """Steepness per mV, away from 2, where area one and height one are the same."""
    return float(rng.uniform(2.8, 4.0) if narrow else rng.uniform(0.3, 1.3))


def _membranes(rng, shape, at_threshold):
    """Membranes on both sides of a threshold, some cells exactly at it; mV, exact in single precision."""
    v_th = float(rng.integers(-440, -360)) / 8
    distance = np.exp(rng.uniform(np.log(0.06), np.log(15), shape)) * rng.choice([-1.0, 1.0], shape)
    flat = distance.reshape(-1)
    flat[rng.permutation(flat.size)[:at_threshold]] = 0.0
    return v_th + np.round(distance / GRID) * GRID, v_th


def bell(v, v_th, alpha):
    """Slope of a spike by its membrane, 1/mV."""
    return alpha / 2 / (1 + alpha * np.abs(v - v_th)) ** 2


def _single(stratum, upstream, v, v_th, alpha):
    expected = ((v >= v_th).astype(float), upstream * bell(v, v_th, alpha))
    facts = {"scale": alpha / 2 * np.abs(upstream), "distance": v - v_th, "alpha": alpha}
    return Case(stratum, ({"kind": "gradient", "upstream": upstream}, v, v_th, alpha), expected, facts)


def _unrolled(rng):
    """Three steps of eight cells; drawn again until no membrane comes so near to threshold that rounding decides."""
    while True:
        v, v_th = _membranes(rng, (8,), at_threshold=0)
        alpha = _alpha(rng, bool(rng.integers(2)))
        W = rng.integers(-24, 25, (8, 8)) / 8
        keep, rest = float(rng.integers(12, 16)) / 16, v_th - float(rng.integers(4, 12))
        upstream = rng.uniform(0.5, 2, 8) * rng.choice([-1.0, 1.0], 8)
        inputs = ({"kind": "unrolled", "upstream": upstream, "W": W, "keep": keep, "rest": rest, "steps": STEPS}, v)
        path = _path(*inputs, v_th)
        slopes = [bell(here, v_th, alpha) for here in path]
        rough = [alpha / 2 * np.ones(8)] * STEPS
        gradient, scale = _back(upstream, W, keep, slopes), _back(np.abs(upstream), np.abs(W), keep, rough)
        near = min(np.abs(here - v_th).min() for here in path[1:])
        apart = np.abs(gradient - upstream * slopes[0] * keep**2).max()
        if near > CLEAR_OF_THRESHOLD and apart > 0.02 * np.abs(gradient).max():
            facts = {"scale": np.abs(gradient).max(), "bound": scale, "distance": path[-1] - v_th, "alpha": alpha}
            return Case("chain", (*inputs, v_th, alpha), ((path[-1] >= v_th).astype(float), gradient), facts)


def _path(table, v, v_th):
    """Membranes of all steps."""
    path = [v]
    for _ in range(STEPS - 1):
        rest, here = table["rest"], path[-1]
        path.append(rest + table["keep"] * (here - rest) + table["W"] @ (here >= v_th))
    return path


def _back(upstream, W, keep, slopes):
    """Gradient by the first membranes: through the spikes of each step, and through what the membranes keep."""
    by_v = upstream * slopes[-1]
    for slope in slopes[-2::-1]:
        by_v = keep * by_v + slope * (W.T @ by_v)
    return by_v


def _read(case, value):
    """Forward values and gradient of an answer; None for what is missing."""
    found = parts(value, 2)
    shape = np.shape(case.expected[0])
    return (None, None) if found is None else (array(found[0], shape), array(found[1], shape))


def forward_miss(case: Case, value) -> float:
    """Error of the forward values in tolerances."""
    return miss(_read(case, value)[0], case.expected[0], TOLERANCE)


def slope_miss(case: Case, value) -> float:
    """Error of the gradient in tolerances."""
    tolerance = STEPS_TOLERANCE if case.stratum == "chain" else TOLERANCE
    return miss(_read(case, value)[1], case.expected[1], tolerance * case.facts["scale"])


def _forward(case, value):
    found, distance = _read(case, value)[0], case.facts["distance"]
    if found is None:
        return False, {"seen": SEEN["missing"]}
    wrong = np.abs(found - case.expected[0]) > TOLERANCE
    if not wrong.any():
        return True, {}
    between = wrong & (np.abs(found) > TOLERANCE) & (np.abs(found - 1) > TOLERANCE)
    kind = "between" if between.any() else "tie" if (wrong & (distance == 0)).any() else "side"
    place = tuple(np.argwhere({"between": between, "tie": wrong & (distance == 0), "side": wrong}[kind])[0])
    return False, {"seen": SEEN[kind].format(yours=f"{found[place]:.3g}", v=f"{distance[place]:.3g}")}


def _slope(case, value):
    found = _read(case, value)[1]
    if found is None:
        return False, {"seen": SEEN["missing"]}
    kind, figures = _told(found, case.facts["distance"], case.facts["alpha"])
    figures = {name: f"{number:.3g}" for name, number in figures.items()}
    return slope_miss(case, value) <= 1, {"seen": SEEN[kind].format(**figures)}


def _told(slope, distance, alpha):
    """Which of the things that a bell may lack is lacking, and the student's own figures."""
    near, far = float(slope[distance == 0][0]), float(slope.flat[np.abs(distance).argmax()])
    most, below, above = float(slope.max()), slope[distance < 0], slope[distance > 0]
    if np.abs(slope).max() < 1e-9:
        return "none", {}
    if below.max() < 0 and above.max() < 0:
        return "uphill", {}
    if above.min() < 0:
        return "twice", {"yours": float(above.min())}
    if below.max() == 0:
        return "one-sided", {}
    if np.ptp(slope) < 1e-6 * most:
        return "flat", {"yours": near}
    if near < (1 - 1e-6) * most:
        return "off-centre", {"near": near, "most": most}
    same = np.abs(slope / near - bell(distance, 0, alpha) / (alpha / 2)).max() < 1e-3
    return ("height", {"near": near, "alpha": alpha}) if same else ("form", {"near": near, "far": far})


def _upstream(evidence):
    """The gradient follows the weights: judged against the student's own slope on the same membranes."""
    pairs = [(case, _read(case, answer.value)[1]) for case, answer in evidence if case.stratum in ("slope", "upstream")]
    held, first = 0, None
    for (_, own), (case, weighted) in zip(pairs[::2], pairs[1::2], strict=True):
        wanted = None if own is None else own * case.inputs[0]["upstream"]
        ok = wanted is not None and miss(weighted, wanted, TOLERANCE * case.facts["scale"]) <= 1
        held += ok
        if not ok and first is None:
            first = {"yours": "missing" if weighted is None else float(weighted.flat[0])}
    return Finding(held == 2, held, 2, first or {})


def _chain(evidence):
    """Three steps go back right; what is said depends on whether single calls do."""
    single = all(
        slope_miss(case, answer.value) <= 1 and forward_miss(case, answer.value) <= 1
        for case, answer in evidence
        if case.stratum == "slope"
    )

    def holds(case, value):
        found = _read(case, value)[1]
        yours = "missing" if found is None else float(found.flat[0])
        return slope_miss(case, value) <= 1, {"yours": yours, "seen": SEEN["calls" if single else "single"]}

    return per_case(holds, strata=("chain",))(evidence)


CRITICAL = {
    "height one": lambda table, v, v_th, alpha: (v >= v_th, table["upstream"] * bell(v, v_th, alpha) * 2 / alpha),
    "no square": lambda table, v, v_th, alpha: (
        v >= v_th,
        table["upstream"] * alpha / 2 / (1 + alpha * np.abs(v - v_th)),
    ),
}

QUESTION = Question(
    name="q5",
    title="Learning through a step",
    function="spike",
    draw=Guarded(draw, slope_miss, CRITICAL, strata=("slope", "upstream"), on=4),
    properties=(
        Property("forward", 4, per_case(_forward)),
        Property("slope", 6, per_case(_slope, strata=("slope",))),
        Property("upstream", 3, _upstream, needs="slope"),
        Property("chain", 3, _chain),
    ),
    sentences=SENTENCES,
    cpu_seconds=3.0,
)
