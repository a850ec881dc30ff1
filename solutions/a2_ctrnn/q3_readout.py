"""Question 3: a ridge readout with weighted rows, a free offset, and a penalty that does not grow with their number.

The library's `fit_readout` takes no weights and measures its penalty against the variance of the states; neither can be
folded into its data, because it centres them by their plain mean. So neither a call nor a copy of it fits.

Strata, so that one slip costs its own points. `even`: 200 to 320 rows of 6 to 12 units with equal weights (not 1).
`run`: a first tenth to fifth without weight, then weights that follow the states, so that plain and weighted means
differ by about half a standard deviation. In both all weighted means are zero: a punished offset is not seen there.
`shifted`: both runs with h and y moved far from zero. `rescaled`: the second run with weights several times as large,
its heavier half written twice with half the weight, and other numbers in the rows without weight. `heavy`: far from
zero, with lam of 3e6 to 3e7.

Tolerance (class C): 0.0012 of the standard deviation of y, for predictions. Of right answers (augmented least squares,
scikit-learn, singular values, normal equations) the worst is off by 0.0003: float32, with the offset as a free column
and states far from zero. The nearest wrong ones (plain means, a penalty in variances of the states) miss by 0.01 and
more on the worst of the runs; tests/assignments recomputes both. An answer that predicts nothing keeps next to nothing:
`shifted` and `rescaled` ask that the readout explains a third of what the best one does, `heavy` and `layout` that
`rescaled` holds.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, parts, shape_of
from course_lib.staff.grading.question import Case, Finding, Property, Question, per_case

from .reference import ridge_readout

TOLERANCE = 1.2e-3

SENTENCES = {
    "slopes": (
        "With equal weights your C predicts other differences than the best one: {seen} Write down what is minimised, "
        "term by term: a mean over weights, a sum over outputs, lam times the sum of all squared entries of C."
    ),
    "weights": (
        "With unequal weights your C predicts other differences than the best one: {seen} "
        "Each row counts by its weight, in the squares and in every mean that you subtract."
    ),
    "shifted": (
        "Shifting all states by one constant and all targets by another {seen} "
        "A constant is not to be punished, only d takes it up."
    ),
    "rescaled": (
        "Weights {factor} times as large, heavy rows written twice with half the weight, and other numbers in rows of "
        "weight 0 {seen} Only shares of the whole weight count."
    ),
    "heavy": (
        "With a lam that forbids any slope your readout says {yours} at the mean state, in standard deviations of y "
        "from the weighted mean of y. With C at 0 the best constant is that mean."
    ),
    "layout": "Your C has shape {C} and your d {d}, for {units} units and {outputs} outputs. C is (k, N), d is (k,).",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Two runs with equal weights, two with unequal ones, these again shifted and rescaled, and a heavy penalty."""
    kinds = ("even", "even", "run", "run")
    lams = np.exp(rng.permutation(np.log([0.03, 0.055, 0.1, 0.17])) + rng.uniform(0, 0.35, 4))
    cases = [_case(name, *_data(rng, name), float(lam)) for name, lam in zip(kinds, lams, strict=True)]
    for h, y, weight, lam in (case.inputs for case in cases[2:4]):
        cases.append(_case("shifted", *_moved(rng, h, y), weight, lam))
    h, y, weight, lam = cases[3].inputs
    absent, twice, factor = weight == 0, weight > np.median(weight), float(rng.uniform(3, 9))
    h, y = (np.where(absent[:, None], rng.normal(size=value.shape), value) for value in (h, y))
    weight = factor * np.where(twice, weight / 2, weight)
    h, y, weight = (np.concatenate([value, value[twice]]) for value in (h, y, weight))
    cases.append(_case("rescaled", h, y, weight, lam, factor=factor))
    h, y, weight = _data(rng, "run")
    return [*cases, _case("heavy", *_moved(rng, h, y), weight, float(10 ** rng.uniform(6.5, 7.5)))]


def _moved(rng, h, y):
    """States and targets far from zero."""
    sign = rng.choice([-1.0, 1.0], h.shape[1])
    return h + sign * rng.uniform(2, 5, h.shape[1]), y + rng.uniform(3, 10, y.shape[1])


def _data(rng, stratum):
    """States, targets and weights of one run, with weighted means of zero; h (n, N), y (n, k), weight (n,)."""
    n, N, k = int(rng.integers(200, 321)), int(rng.integers(6, 13)), int(rng.integers(2, 4))
    slow = np.cumsum(rng.normal(size=(n, 3)), axis=0)
    slow = (slow - slow.mean(axis=0)) / slow.std(axis=0)
    h = slow @ rng.normal(size=(3, N)) * 0.5 + 0.7 * rng.normal(size=(n, N))
    h = h * np.exp(rng.uniform(-1.5, -0.1, N))
    y = (
        h @ rng.normal(size=(N, k)) / np.sqrt(N)
        + 0.6 * slow[:, :1] * (slow[:, :1] + slow[:, 1:2])
        + 0.3 * rng.normal(size=(n, k))
    )
    weight = np.full(n, rng.uniform(1.8, 4))
    if stratum == "run":
        weight = weight * rng.uniform(0.4, 1.6, n) * np.exp(0.8 * slow[:, 1])
        weight[: int(n * rng.uniform(0.1, 0.2))] = 0
    share = weight / weight.sum()
    return h - share @ h, y - share @ y, weight


def _case(stratum, h, y, weight, lam, **facts):
    share = weight / weight.sum()
    mean_h, mean_y = share @ h, share @ y
    facts |= {"share": share, "mean_h": mean_h, "mean_y": mean_y, "centred": h - mean_h}
    facts["std"] = np.sqrt(share @ (y - mean_y) ** 2)
    return Case(stratum, (h, y, weight, lam), ridge_readout(h, y, weight, lam), facts)


def _read(case, value):
    """C (k, N) and d (k,) of an answer, C also when it came transposed; None for what is missing."""
    answers = parts(value, 2)
    if answers is None:
        return None, None
    C, d = map(array, answers)
    k, N = case.expected[0].shape
    if C is not None and C.squeeze().shape == (N, k):
        C = C.squeeze().T
    C = C.reshape(k, N) if C is not None and C.squeeze().shape == (k, N) else None
    return C, d.reshape(k) if d is not None and d.size == k else None


def _apart(case, C, other):
    """Weighted root mean square difference of two slopes' predictions, in standard deviations of y."""
    gap = (case.facts["centred"] @ (C - other).T) / case.facts["std"]
    return float(np.sqrt((case.facts["share"] @ gap**2).max()))


def slopes_miss(case: Case, value) -> float:
    """Error of what C predicts, in tolerances."""
    C, _ = _read(case, value)
    return float("inf") if C is None else _apart(case, C, case.expected[0]) / TOLERANCE


def _residual(case, value):
    """Weighted mean of the residuals, the largest over outputs, in standard deviations of y."""
    C, d = _read(case, value)
    if C is None or d is None:
        return float("inf")
    mean = case.facts["mean_y"] - C @ case.facts["mean_h"] - d
    return float(np.abs(mean / case.facts["std"]).max())


def _explains(case, C):
    """Whether slopes predict at all: they explain a third of what the best ones explain."""
    y = case.inputs[1] - case.facts["mean_y"]
    left, least = (
        (case.facts["share"] @ (y - case.facts["centred"] @ slopes.T) ** 2).sum() for slopes in (C, case.expected[0])
    )
    variance = (case.facts["std"] ** 2).sum()
    return bool(variance - left > (variance - least) / 3)


def _slopes(case, value):
    C, _ = _read(case, value)
    if C is None:
        return False, {"seen": "no C (k, N) came with your d."}
    size = [_apart(case, slopes, 0 * C) for slopes in (C, case.expected[0])]
    seen = f"they are of {size[0]:.3g} standard deviations of y, "
    seen += "too large: shrunk too little." if size[0] > size[1] else "too small or in other directions."
    return slopes_miss(case, value) <= 1, {"seen": seen}


def _stays(evidence, before, after):
    """Why C of one case is not that of the case it was made from, or predicts nothing; empty when well."""
    case = evidence[after][0]
    C, other = (_read(evidence[place][0], evidence[place][1].value)[0] for place in (after, before))
    if C is None or other is None:
        return "gave no C to compare."
    moved = _apart(case, C, other)
    if moved > TOLERANCE:
        return f"changed what C predicts by {moved:.3g} standard deviations of y."
    return "" if _explains(case, C) else "changed nothing, but your C predicts next to nothing anyway."


def _shifted(evidence):
    """C stays, and d takes up the shift: no mean residual is left."""
    told = []
    for before, after in ((2, 4), (3, 5)):
        seen = _stays(evidence, before, after)
        residual = _residual(evidence[after][0], evidence[after][1].value)
        if not seen and residual > TOLERANCE:
            seen = f"left C alone, but the residuals then have a weighted mean of {residual:.3g} standard deviations."
        told.append(seen)
    return Finding(not any(told), told.count(""), 2, {"seen": max(told, key=bool)})


def _rescaled(evidence):
    """C stays."""
    seen = _stays(evidence, 3, 6)
    return Finding(not seen, int(not seen), 1, {"factor": f"{evidence[6][0].facts['factor']:.1f}", "seen": seen})


def _heavy(case, value):
    C, d = _read(case, value)
    if C is None or d is None:
        return False, {"yours": "nothing"}
    gap = float(np.abs((d - case.facts["mean_y"] + C @ case.facts["mean_h"]) / case.facts["std"]).max())
    return gap <= TOLERANCE and _apart(case, C, 0 * C) <= TOLERANCE, {"yours": gap}


def _layout(case, value):
    answers = parts(value, 2)
    shapes = ["?", "?"] if answers is None else [shape_of(answer) for answer in answers]
    k, N = case.expected[0].shape
    figures = {"C": str(shapes[0]), "d": str(shapes[1]), "units": str(N), "outputs": str(k)}
    return shapes == [(k, N), (k,)], figures


def _standardised(h, y, weight, lam):
    spread = np.sqrt(weight @ (h - weight @ h / weight.sum()) ** 2 / weight.sum())
    C, d = ridge_readout(h / spread, y, weight, lam)
    return C / spread, d


CRITICAL = {
    "weights ignored": lambda h, y, weight, lam: ridge_readout(h, y, np.ones(len(h)), lam),
    "weights squared": lambda h, y, weight, lam: ridge_readout(h, y, weight**2, lam),
    "weights as a mask": lambda h, y, weight, lam: ridge_readout(h, y, weight > 0, lam),
    "standardised": _standardised,
    "no penalty": lambda h, y, weight, lam: ridge_readout(h, y, weight, 0.0),
}

QUESTION = Question(
    name="q3",
    title="A readout with honest shrinkage",
    function="ridge_readout",
    draw=Guarded(draw, slopes_miss, CRITICAL, strata=("run",), on=2),
    properties=(
        Property("slopes", 4, per_case(_slopes, strata=("even",))),
        Property("weights", 3, per_case(_slopes, strata=("run",))),
        Property("shifted", 3, _shifted),
        Property("rescaled", 2, _rescaled),
        Property("heavy", 1, per_case(_heavy, strata=("heavy",)), needs="rescaled"),
        Property("layout", 1, per_case(_layout), needs="rescaled"),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
