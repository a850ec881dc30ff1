"""The nets of question 7: `python solutions/a6_separatrix/make_data_nets.py` (ten minutes, one core).

nets.npz, kept beside this file: W (m, 6, 6) and b (m, 6) of networks h' = -h + tanh(W h + b) with two states of rest
that attract, start and other (m, 6), and best (m,), the length of the shortest kick from start to the basin of other
that a long search found. Kept are nets on which the ways of the ladder are told apart: see `worth_it`. One more, made
the same way, is public: course_lib/student/data/a6_separatrix/net.npz holds W, b, start and other, without best.
"""

from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
UNITS, KEPT, DT, SEED = 6, 15, 0.25, 6
FLAT = 1.02  # of the best length: a border that bends more between start and saddle is left out (2 of 17 nets)


def step(W, b, h):
    """One Runge-Kutta step of states (n, 6)."""
    first = np.tanh(h @ W.T + b) - h
    second = np.tanh((h + DT / 2 * first) @ W.T + b) - h - DT / 2 * first
    third = np.tanh((h + DT / 2 * second) @ W.T + b) - h - DT / 2 * second
    fourth = np.tanh((h + DT * third) @ W.T + b) - h - DT * third
    return h + DT / 6 * (first + 2 * second + 2 * third + fourth)


def run(W, b, h, T=60.0):
    """States (n, 6) after time T."""
    for _ in range(round(T / DT)):
        h = step(W, b, h)
    return h


def speed(W, b, h):
    """How fast states (n, 6) move."""
    return np.linalg.norm(np.tanh(h @ W.T + b) - h, axis=-1)


def jacobian(W, b, h):
    """Jacobian (6, 6) at one state."""
    return (1 - np.tanh(W @ h + b) ** 2)[:, None] * W - np.eye(UNITS)


def lengths(W, b, start, other, directions, longest=4.0, points=16, rounds=4):
    """Shortest kick along each direction (n, 6) that ends at other; infinite where none up to `longest` does."""
    directions = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    low, high, rows = np.zeros(len(directions)), np.full(len(directions), longest), np.arange(len(directions))
    crosses = np.ones(len(directions), dtype=bool)
    for k in range(rounds):
        tried = low[:, None] + (high - low)[:, None] * np.arange(1, points + 1) / points
        ends = run(W, b, start + (tried[..., None] * directions[:, None]).reshape(-1, UNITS))
        there = (np.linalg.norm(ends - other, axis=1) < 0.01).reshape(tried.shape)
        crosses &= (k > 0) | there.any(axis=1)
        first = np.where(there.any(axis=1), there.argmax(axis=1), points - 1)
        low = np.where(first > 0, tried[rows, np.maximum(first - 1, 0)], low)
        high = tried[rows, first]
    return np.where(crosses, high, np.inf)


def attractors(W, b, rng):
    """The states of rest (k, 6) that 64 starts end at; None where one has not settled."""
    ends = run(W, b, rng.uniform(-1.2, 1.2, (64, UNITS)), T=120)
    if speed(W, b, ends).max() > 1e-6:
        return None
    return ends[np.unique(ends.round(3), axis=0, return_index=True)[1]]


def saddle(W, b, start, other):
    """The state of rest on the border between the two, with one way down to each side; None where none is found."""
    low, high = 0.0, 1.0
    for _ in range(6):
        share = np.linspace(low, high, 33)
        there = np.linalg.norm(run(W, b, start + share[:, None] * (other - start)) - other, axis=1) < 0.01
        k = there.argmax()
        low, high = share[max(k - 1, 0)], share[k]
    path = [start + low * (other - start)]
    for _ in range(240):
        path.append(step(W, b, path[-1]))
    path = np.array(path)
    away = np.minimum(np.linalg.norm(path - start, axis=1), np.linalg.norm(path - other, axis=1)) > 0.1
    h = path[np.where(away, speed(W, b, path), np.inf).argmin()]
    for _ in range(30):
        h = h - np.linalg.solve(jacobian(W, b, h), np.tanh(W @ h + b) - h)
    rates = np.linalg.eigvals(jacobian(W, b, h)).real
    return h if np.isfinite(h).all() and (rates > 0).sum() == 1 and rates.max() > 0.35 else None


def ways(W, b, start, other):
    """Directions of the ladder (4, 6): left eigenvector at the saddle, right one, to the saddle, to other."""
    rest = saddle(W, b, start, other)
    if rest is None:
        return None
    found = []
    for matrix in (jacobian(W, b, rest).T, jacobian(W, b, rest)):
        rates, vectors = np.linalg.eig(matrix)
        vector = vectors[:, rates.real.argmax()].real
        found.append(vector * np.sign(vector @ (rest - start)))
    return np.array([*found, rest - start, other - start])


def worth_it(W, b, start, other):
    """The direction to begin the search with where the ladder's ways cost clearly more; otherwise None."""
    along = ways(W, b, start, other)
    if along is None:
        return None
    left, right, rest, straight = lengths(W, b, start, other, along, longest=6.0)
    axes = lengths(W, b, start, other, np.concatenate([np.eye(UNITS), -np.eye(UNITS)])).min()
    apart = min(right, rest, axes) > 1.36 * left and 1.36 * left < straight < 2.7 * left and left > 0.25
    return along[0] if apart else None


def shortest(W, b, start, other, direction, rng):
    """Length of the shortest kick that 16 rounds of turning the best one so far find."""
    best, length, width = direction, lengths(W, b, start, other, direction[None])[0], 0.4
    for _ in range(16):
        turned = best / np.linalg.norm(best) + width * rng.normal(size=(24, UNITS)) / np.sqrt(UNITS)
        found = lengths(W, b, start, other, turned, longest=1.3 * length, points=8, rounds=5)
        if found.min() < length:
            length, best = found.min(), turned[found.argmin()]
        width *= 0.75
    return length


def drawn(rng):
    """Random weights and one memory on top of them, and a bias, with few decimals."""
    memory = rng.choice([-1.0, 1.0], UNITS)
    W = 1.2 * rng.normal(size=(UNITS, UNITS)) + 1.6 * np.outer(memory, rng.uniform(0.3, 1, UNITS) * memory)
    return (W / np.sqrt(UNITS)).round(3), rng.normal(0, 0.25, UNITS).round(3)


def bank(rng, kept):
    """So many nets, one direction of kick each."""
    found = []
    while len(found) < kept:
        W, b = drawn(rng)
        rest = attractors(W, b, rng)
        if rest is None or len(rest) != 2:
            continue
        for start, other in (rest, rest[::-1]):
            direction = worth_it(W, b, start, other)
            if direction is None:
                continue
            best = shortest(W, b, start, other, direction, rng)
            if lengths(W, b, start, other, direction[None])[0] <= FLAT * best:
                found.append((W, b, start, other, best))
            break
    columns = zip(*found, strict=True)
    return {name: np.array(column) for name, column in zip(("W", "b", "start", "other", "best"), columns, strict=True)}


def main() -> None:
    """Write the hidden bank and the public net."""
    made = bank(np.random.default_rng(SEED), KEPT)
    np.savez_compressed(HERE / "nets.npz", **{name: value[1:] for name, value in made.items()})
    public = HERE.parents[1] / "course_lib" / "student" / "data" / "a6_separatrix"
    public.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(public / "net.npz", **{name: made[name][0] for name in ("W", "b", "start", "other")})


if __name__ == "__main__":
    main()
