"""Question 2: the largest step of a stable Euler map at a rest point, and how the mode that goes first then turns.

The library judges a given map (`linearize(EulerMap(flow, dt), x)`); it solves for no step. Rest points come as a stack,
because a rule that looks at one eigenvalue, or at one rest point, must be seen; and the stack "unstable" mixes both
kinds. The angle is asked because it tells an artefact of the step from a rhythm of the network.

Strata. `real`: symmetric matrices. `sheared`: real spectra, and norms that exceed every eigenvalue (a rule with the
norm is too careful there, and right for `real`). `rotating`: the mode that goes first is a lightly damped pair,
turning 3 to 10 times as fast as it decays; a second pair turns more slowly. `unstable`: one rest point of each of the
three kinds and three of which the flow runs away, by a real mode, by a pair, and by a pair slower than all else.

Tolerance (class B): one part in a thousand of the step, 0.01 rad of the angle. Right answers differ by the eigenvalues'
rounding or by a bisection's end; the second limit of a rest point lies at least 5 % above the first, so that no two
modes can be confused. Shear makes eigenvalues blunt: in 1000 draws one matrix moved its step by 1.1e-3 in
float32, so matrices whose deciding eigenvalue is more than BLUNT times as sensitive as that of a multiple of the
identity are not drawn; float32 then moves a step by at most 4 BLUNT roundings, 1.2e-4. Wrong steps miss by 9 % and
more on the worst rest point of a stack, wrong angles by pi where nothing turns; tests/assignments recomputes this.
"""

import numpy as np
from scipy.linalg import eig

from course_lib.staff.grading.guard import Guarded, array, parts
from course_lib.staff.grading.question import Case, Property, Question, per_case

from .reference import euler_limit

TOLERANCE, ANGLE = 1e-3, 1e-2
APART = 1.05
BLUNT = 500.0  # norm of the matrix over the eigenvalue, times the eigenvalue's condition number
STABLE = ("real", "sheared", "rotating")

SENTENCES = {
    "step": (
        "For a rest point whose modes do not turn your step is {yours}. {seen} "
        "An Euler step multiplies a mode of rate l by 1 + dt l: every mode must shrink."
    ),
    "rotating": (
        "For a rest point with a mode that turns your step is {yours}. {seen} "
        "The modulus of 1 + dt l counts, and l is complex: its real part alone, or its modulus alone, is not enough."
    ),
    "unstable": (
        "In a stack of stable and unstable rest points {seen}. "
        "Where the flow itself runs away no step makes it stable, and both numbers are 0; the others keep their own."
    ),
    "turn": (
        "At the limit the first mode turns by another angle per step than your {yours}. It is the angle of 1 + dt l, "
        "from 0 to pi: pi is a zigzag, and the flow's own angle, dt times the imaginary part, is not the map's."
    ),
}


def draw(rng: np.random.Generator) -> list[Case]:
    """Two stacks of rotating rest points, one each of real, sheared and mixed ones; 4 to 12 units, any unit of time."""
    stacks = [("real", "r" * 4), ("sheared", "s" * 4), ("rotating", "o" * 3), ("rotating", "o" * 4)]
    mixed = "".join(rng.permutation(list("rsoABC")))
    return [_case(rng, stratum, kinds) for stratum, kinds in [*stacks, ("unstable", mixed)]]


def _case(rng, stratum, kinds):
    size, unit = int(rng.integers(5, 13)), float(np.exp(rng.uniform(-2, 2)))
    J = np.array([_apart(rng, kind, size) * np.exp(rng.uniform(-0.7, 0.7)) for kind in kinds]) / unit
    return Case(stratum, (J,), euler_limit(J), {"unstable": np.array([kind in "ABC" for kind in kinds])})


def _apart(rng, kind, size):
    """A matrix of one kind whose first and second limit are not neighbours, and whose first is sharp."""
    while True:
        J = _matrix(rng, kind, size)
        modes = np.linalg.eigvals(J)
        steps = np.sort((-2 * modes.real / np.abs(modes) ** 2)[modes.imag >= 0])
        if kind in "ABC" or (steps[1] > APART * steps[0] and bluntness(J) < BLUNT):
            return J


def bluntness(J: np.ndarray) -> float:
    """By how much a relative error of the matrix may move the eigenvalue that sets the limit, relatively."""
    modes, left, right = eig(J, left=True, right=True)
    first = int((-2 * modes.real / np.abs(modes) ** 2).argmin())
    condition = 1 / abs(np.vdot(left[:, first], right[:, first]))  # both have length one
    return float(condition * np.linalg.norm(J, 2) / abs(modes[first]))


def _matrix(rng, kind, size):
    """One Jacobian. kind: r real, s sheared, o rotating; unstable by a real mode A, by a pair B, by a slow pair C."""
    if kind == "r":
        return _turned(rng, np.diag(-rng.uniform(0.3, 3.0, size)))
    if kind == "s":
        J = np.diag(-rng.uniform(0.6, 3.0, size)) + np.triu(rng.uniform(-2, 2, (size, size)), 1)
        return _turned(rng, J)
    slow, fast = rng.uniform(0.15, 0.3, 2)
    turns = {"o": rng.uniform(3, 10) * fast, "C": 0.1}.get(kind, 1.0)
    pairs = [(-slow, rng.uniform(0.1, 0.4)), ({"B": 0.1, "C": 0.02}.get(kind, -fast), turns)]
    rest = -rng.uniform(0.3, 0.9, size - 4)
    if kind == "A":
        rest[rng.integers(len(rest))] = rng.uniform(0.05, 0.3)
    J = np.diag(np.concatenate([np.repeat([pair[0] for pair in pairs], 2), rest]))
    for k, (_, turn) in enumerate(pairs):
        J[2 * k, 2 * k + 1], J[2 * k + 1, 2 * k] = turn, -turn
    mix = np.eye(size) + 0.25 * rng.normal(size=(size, size)) / np.sqrt(size)
    return _turned(rng, mix @ J @ np.linalg.inv(mix))


def _turned(rng, J):
    frame = np.linalg.qr(rng.normal(size=J.shape))[0]
    return frame @ J @ frame.T


def _read(case, value):
    """Steps and turns, each (n,); None for what is missing."""
    n = len(case.expected[0])
    answers = parts(value, 2)
    found = [array(answer) for answer in answers] if answers is not None else [None, None]
    return [answer.reshape(n) if answer is not None and answer.size == n else None for answer in found]


def step_miss(case: Case, value) -> float:
    """Largest relative error of the steps at stable rest points, in tolerances."""
    steps, _ = _read(case, value)
    stable = ~case.facts["unstable"]
    return float("inf") if steps is None else float(np.abs(steps / case.expected[0] - 1)[stable].max() / TOLERANCE)


def turn_miss(case: Case, value) -> float:
    """Largest error of the angles at stable rest points, in tolerances; the direction of a turn is free."""
    _, turns = _read(case, value)
    stable = ~case.facts["unstable"]
    return float("inf") if turns is None else float(np.abs(np.abs(turns) - case.expected[1])[stable].max() / ANGLE)


def _growth(J, dt):
    """Largest factor by which a mode grows in one Euler step."""
    return float(np.abs(1 + dt * np.linalg.eigvals(J)).max())


def _step(case, value):
    steps, _ = _read(case, value)
    if steps is None:
        return False, {"yours": "missing", "seen": "Return the pair dt, turn, each with one number a rest point."}
    wrong = np.abs(steps / case.expected[0] - 1)
    place = int(np.argmax(wrong))
    J, dt = case.inputs[0][place], float(steps[place])
    below, above = _growth(J, 0.95 * dt), _growth(J, 1.05 * dt)
    seen = f"There perturbations still shrink at 1.05 times your step, by {above:.3f} a step: too careful."
    if dt <= 0:
        seen = "There small steps are stable, so the limit lies above 0."
    elif below > 1:
        seen = f"There perturbations grow by {below:.3f} a step already at 0.95 times your step."
    elif above > 1:
        seen = "The limit is close to it, and is wanted to a thousandth."
    return step_miss(case, value) <= 1, {"yours": dt, "seen": seen}


def _unstable(case, value):
    steps, turns = _read(case, value)
    if steps is None or turns is None:
        return False, {"seen": "no number came for some of them"}
    unstable = case.facts["unstable"]
    run, kept = unstable & ((steps != 0) | (turns != 0)), ~unstable & (steps <= 0)
    seen = f"{int(run.sum())} of {int(unstable.sum())} unstable ones got a step or a turn that is not 0"
    if not run.any():
        seen = f"{int(kept.sum())} of {int((~unstable).sum())} stable ones got no step"
    return not (run.any() or kept.any()), {"seen": seen}


def _turn(case, value):
    _, turns = _read(case, value)
    if turns is None:
        return False, {"yours": "missing answer"}
    place = int(np.argmax(np.abs(np.abs(turns) - case.expected[1])))
    return turn_miss(case, value) <= 1, {"yours": float(turns[place])}


def _by_norm(J):
    return 2 / np.linalg.norm(J, 2, axis=(-2, -1)), np.full(len(J), np.pi)


def _by_modulus(J):
    return 2 / np.abs(np.linalg.eigvals(J)).max(axis=-1), np.full(len(J), np.pi)


QUESTION = Question(
    name="q2",
    title="When Euler lies",
    function="euler_limit",
    draw=Guarded(draw, step_miss, {"norm": _by_norm, "modulus": _by_modulus}, strata=("sheared", "rotating")),
    properties=(
        Property("step", 4, per_case(_step, strata=("real", "sheared"))),
        Property("rotating", 4, per_case(_step, strata=("rotating",))),
        Property("unstable", 2, per_case(_unstable, strata=("unstable",)), needs="step"),
        Property("turn", 2, per_case(_turn, strata=STABLE), needs="step"),
    ),
    sentences=SENTENCES,
    cpu_seconds=2.0,
)
