"""Right answers to question 3, differently written; each gets every point."""

import numpy as np
import torch
from scipy.optimize import fsolve


def inverse_of_the_question(W, r, power):
    """The currents as a function of the rates, its derivative by automatic differentiation, and the inverse."""
    weights = torch.as_tensor(W, dtype=torch.float64)

    def currents(rates):
        return rates ** (1 / power) - weights @ rates

    rates = torch.as_tensor(r, dtype=torch.float64)
    return currents(rates), torch.linalg.inv(torch.func.jacrev(currents)(rates))


def difference_quotient(W, r, power):
    """Central differences of the currents, inverted."""

    def currents(rates):
        return rates ** (1 / power) - W @ rates

    columns = []
    for k in range(len(r)):
        step = 1e-5 * r[k] * np.eye(len(r))[k]
        columns.append((currents(r + step) - currents(r - step)) / (2 * step[k]))
    return currents(r).tolist(), np.linalg.inv(np.stack(columns, axis=1)).tolist()


def solved_again(W, r, power):
    """Every current nudged both ways, the rates found again by a root finder."""
    currents = r ** (1 / power) - W @ r

    def rest(given):
        return fsolve(lambda x: np.maximum(W @ x + given, 0) ** power - x, r, xtol=1e-13)

    nudges = 1e-5 * np.eye(len(r))
    return currents, np.stack([(rest(currents + n) - rest(currents - n)) / 2e-5 for n in nudges], axis=1)


def single_precision(W, r, power):
    """Everything in float32, the slopes on the other side of the inverse."""
    weights, rates = np.float32(W), np.float32(r)
    drive = rates ** np.float32(1 / power)
    slope = np.float32(power) * rates / drive
    inverse = np.linalg.inv(np.eye(len(rates), dtype=np.float32) - weights * slope)
    return drive - weights @ rates, slope[:, None] * inverse


def eliminated(W, r, power):
    """Gauss elimination by hand on the relaxed equations."""
    n, drive = len(r), [float(rate) ** (1 / power) for rate in r]
    slope = [power * d ** (power - 1) for d in drive]
    rows = [
        [(i == j) - slope[i] * W[i, j] for j in range(n)] + [slope[i] * (i == j) for j in range(n)] for i in range(n)
    ]
    for k in range(n):
        best = max(range(k, n), key=lambda row: abs(rows[row][k]))
        rows[k], rows[best] = rows[best], rows[k]
        rows[k] = [entry / rows[k][k] for entry in rows[k]]
        for other in range(n):
            if other != k:
                factor = rows[other][k]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[k], strict=True)]
    return [drive[i] - sum(W[i, j] * r[j] for j in range(n)) for i in range(n)], [row[n:] for row in rows]
