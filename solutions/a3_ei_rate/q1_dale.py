"""Question 1: weights that obey Dale's law, out of raw numbers of any sign.

The library draws its own numbers and scales by the largest modulus of an eigenvalue; here the numbers are given, some
connections are missing, and the scale is the largest real part, which is what a flow asks for. So neither a call of
the library nor a copy of it fits: its weights stand where V has none, which costs the signs, and its largest real part
is another one. The largest real part is at most the largest modulus and 0.27 to 1 of it in 400 draws.

Tolerances (class A): magnitudes 1e-5 of the largest, up to one common factor (float32 stays below 2e-7, every mutant
above 1e-2). The edge 1e-4: the judge takes the eigenvalues of the student's own weights, and a student who scales by
eigenvalues in float32 is off by at most 1.2e-5 (the weights are far from normal), the mutants by more than 5e-4 in
every draw (guarded). tests/assignments recomputes both.
"""

import numpy as np

from course_lib.staff.grading.guard import Guarded, array, miss
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import dale_weights

MAGNITUDE, EDGE = 1e-5, 1e-4
SIZES = ((8, 11), (20, 30), (20, 30), (30, 45), (45, 60), (45, 60))
ENOUGH = 0.25  # share of V's connections that must be there for signs to be read

SENTENCES = {
    "signs": "{seen}",
    "magnitudes": "{seen}",
    "diagonal": "Cell {cell} sends {yours} to itself: no cell is its own sender here.",
    "edge": "The largest real part among the eigenvalues of your W is {ratio} times the edge asked for. {seen}",
}
SEEN = {
    "form": "What came back is no matrix of finite numbers of the shape of V.",
    "empty": "Most connections of V are missing in your W.",
    "both": "Column {column} of your W holds both signs. A cell excites all its receivers or inhibits them all: "
    "the sign belongs to the sender, and rows receive.",
    "turned": "All weights of column {column} have the other sign: the first n_exc senders excite, the rest inhibit.",
    "extra": "W[{row}, {column}] is {yours} where V holds a zero: what is not connected stays unconnected.",
    "sizes": "W[{places[0]}] and W[{places[1]}] are {sizes[0]:.3g} and {sizes[1]:.3g} in size. Up to one common factor "
    "a weight is as large as its raw number, and inhibitory columns are stronger as there are fewer of them. {who}",
    "modulus": "It is the largest modulus that you have brought there; growth and decay of a flow stand in real parts.",
    "scale": "Growth and decay of a flow stand in real parts, and scaling is the last thing that happens to W.",
}
SENDERS = {
    "same": "Both belong to one sender.",
    "two": "The first belongs to an excitatory sender, the second to an inhibitory one.",
    "alike": "Both belong to senders of one kind.",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Six matrices of 8 to 60 cells, 65 to 85 % of them excitatory, a twentieth of the raw numbers exactly zero."""
    cases = []
    for low, high in SIZES:
        n = int(rng.integers(low, high + 1))
        n_exc = round(n * rng.uniform(0.65, 0.85))
        V = rng.normal(size=(n, n)) * (rng.random((n, n)) > 0.05)
        V[0, 1], V[0, 2] = 0.0, 0.7 * rng.choice([-1.0, 1.0])  # a missing connection in every case
        inputs = (V, n_exc, float(rng.uniform(0.3, 1.8)))
        cases.append(Case("matrix", inputs, dale_weights(*inputs)))
    return cases


def _read(case, value):
    """The answer as (N, N), or None."""
    return array(value, case.expected.shape)


def _kinds(case):
    """+1 for excitatory columns, -1 for inhibitory ones."""
    return np.where(np.arange(len(case.expected)) < case.inputs[1], 1.0, -1.0)


def _wires(case):
    """Where V connects two different cells."""
    return (case.inputs[0] != 0) & ~np.eye(len(case.expected), dtype=bool)


def _signs(case, value):
    W = _read(case, value)
    if W is None:
        return False, {"seen": SEEN["form"]}
    wires, between = _wires(case), ~np.eye(len(W), dtype=bool)
    noise = 1e-9 * np.abs(W).max()
    wrong = between & (W * _kinds(case) < -noise)
    if wrong.any():
        column = int(np.argwhere(wrong.T)[0][0])
        mixed = (between & (W * _kinds(case) > noise))[:, column].any()
        return False, {"seen": SEEN["both" if mixed else "turned"].format(column=column)}
    extra = np.argwhere(between & ~wires & (np.abs(W) > noise))
    if len(extra):
        row, column = map(int, extra[0])
        return False, {"seen": SEEN["extra"].format(row=row, column=column, yours=f"{W[row, column]:.3g}")}
    there = (np.abs(W[wires]) > noise).mean() if wires.any() else 0.0
    return there >= ENOUGH, {"seen": SEEN["empty"]}


def magnitude_miss(case: Case, value) -> float:
    """Error of the sizes off the diagonal in tolerances, after the best common factor."""
    W = _read(case, value)
    if W is None:
        return float("inf")
    between = ~np.eye(len(W), dtype=bool)
    found, wanted = np.abs(W[between]), np.abs(case.expected[between])
    factor = found @ wanted / (wanted @ wanted)
    if factor <= 0:
        return float("inf")
    return miss(found / factor, wanted, MAGNITUDE * wanted.max())


def _magnitudes(case, value):
    W = _read(case, value)
    if W is None:
        return False, {"seen": SEEN["form"]}
    ratio = np.where(_wires(case), np.abs(W) / np.maximum(np.abs(case.expected), 1e-300), np.nan)
    middle = np.nanmedian(ratio)
    first = np.unravel_index(np.nanargmax(np.abs(ratio - middle)), W.shape)
    second = np.unravel_index(np.nanargmin(np.abs(ratio - middle)), W.shape)
    kinds = _kinds(case)
    if kinds[first[1]] < kinds[second[1]]:
        first, second = second, first
    who = "two" if kinds[first[1]] != kinds[second[1]] else "same" if first[1] == second[1] else "alike"
    places = ["{}, {}".format(*map(int, place)) for place in (first, second)]
    seen = SEEN["sizes"].format(places=places, sizes=[abs(W[first]), abs(W[second])], who=SENDERS[who])
    return magnitude_miss(case, value) <= 1, {"seen": seen}


def _diagonal(case, value):
    W = _read(case, value)
    if W is None:
        return False
    own = np.abs(np.diag(W))
    cell = int(own.argmax())
    return own.max() <= 1e-9 * np.abs(W).max(), {"cell": cell, "yours": float(W[cell, cell])}


def edge_miss(case: Case, value) -> float:
    """Error of the largest real part in tolerances."""
    W = _read(case, value)
    if W is None:
        return float("inf")
    return abs(np.linalg.eigvals(W).real.max() / case.inputs[2] - 1) / EDGE


def _edge(case, value):
    W = _read(case, value)
    if W is None:
        return False, {"seen": SEEN["form"]}
    modes = np.linalg.eigvals(W)
    seen = "modulus" if abs(np.abs(modes).max() / case.inputs[2] - 1) < 0.01 else "scale"
    return edge_miss(case, value) <= 1, {"ratio": float(modes.real.max() / case.inputs[2]), "seen": SEEN[seen]}


def guard_miss(case: Case, value) -> float:
    """The larger of the errors of sizes and edge."""
    return max(magnitude_miss(case, value), edge_miss(case, value))


def _by_modulus(V, n_exc, edge):
    W = dale_weights(V, n_exc, edge)
    return W * edge / np.abs(np.linalg.eigvals(W)).max()


def _scaled_first(V, n_exc, edge):
    W = np.abs(V) * np.where(np.arange(len(V)) < n_exc, 1.0, -n_exc / (len(V) - n_exc))
    W = W * edge / np.linalg.eigvals(W).real.max()
    np.fill_diagonal(W, 0.0)
    return W


QUESTION = Question(
    name="q1",
    title="A matrix that obeys Dale",
    function="dale_weights",
    draw=Guarded(draw, guard_miss, {"largest modulus": _by_modulus, "scaled before the diagonal": _scaled_first}, on=2),
    properties=(
        Property("signs", 4, per_case(_signs)),
        Property("magnitudes", 3, per_case(_magnitudes)),
        Property("diagonal", 1, per_case(_diagonal), needs="signs"),
        Property("edge", 4, per_case(_edge)),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
