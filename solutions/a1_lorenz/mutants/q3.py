"""Wrong answers to question 3. The docstring of each says the misconception; matrix.toml says what it must lose."""

import numpy as np


def _logs(J):
    """Logarithms of the growth of an orthonormal frame, map by map, (n, d)."""
    frame, logs = np.eye(J.shape[-1]), []
    for matrix in J:
        frame, upper = np.linalg.qr(matrix @ frame)
        logs.append(np.log(np.abs(np.diag(upper))))
    return np.array(logs)


def _falling(exponents):
    return np.sort(np.real(exponents))[::-1]


def not_orthogonal(J, dt, skip):
    """Vectors are shortened but not made orthogonal: all turn into the fastest direction."""
    arrows, total = np.eye(J.shape[-1]), np.zeros(J.shape[-1])
    for k, matrix in enumerate(J):
        arrows = matrix @ arrows
        lengths = np.linalg.norm(arrows, axis=0)
        arrows = arrows / lengths
        if k >= skip:
            total += np.log(lengths)
    return _falling(total / ((len(J) - skip) * dt))


def one_product(J, dt, skip):
    """All maps multiplied first, singular values at the end: numbers overflow, small directions drown."""
    product = np.eye(J.shape[-1])
    for matrix in J[skip:]:
        product = matrix @ product
    return _falling(np.log(np.linalg.svd(product, compute_uv=False)) / ((len(J) - skip) * dt))


def local_eigenvalues(J, dt, skip):
    """The mean of log|eigenvalues| of the single maps: growth at a point taken for growth along the orbit."""
    return _falling(np.log(np.abs(np.linalg.eigvals(J[skip:]))).mean(axis=0) / dt)


def local_singular_values(J, dt, skip):
    """The mean of log singular values: every map is credited with its own best direction."""
    return _falling(np.log(np.linalg.svd(J[skip:], compute_uv=False)).mean(axis=0) / dt)


def mean_map(J, dt, skip):
    """Eigenvalues of the mean map: averaged before multiplying."""
    return _falling(np.log(np.abs(np.linalg.eigvals(J[skip:].mean(axis=0)))) / dt)


def reversed_order(J, dt, skip):
    """The last map acts first."""
    return _falling(_logs(J[::-1])[skip:].mean(axis=0) / dt)


def transposed(J, dt, skip):
    """Every map transposed: rows taken for columns."""
    return _falling(_logs(np.swapaxes(J, -1, -2))[skip:].mean(axis=0) / dt)


def map_read_as_flow(J, dt, skip):
    """The map read as a flow: eigenvalues of (J - 1) / dt averaged."""
    return _falling(np.linalg.eigvals((J[skip:] - np.eye(J.shape[-1])) / dt).real.mean(axis=0))


def per_map(J, dt, skip):
    """Per map instead of per time unit: dt is not divided out."""
    return _falling(_logs(J)[skip:].mean(axis=0))


def base_ten(J, dt, skip):
    """Decimal logarithms instead of natural ones."""
    return _falling(_logs(J)[skip:].mean(axis=0) / dt / np.log(10))


def skip_ignored(J, dt, skip):
    """All maps are averaged, those before skip too."""
    return _falling(_logs(J).mean(axis=0) / dt)


def divided_by_all(J, dt, skip):
    """The skipped maps are left out of the sum, not of the number it is divided by."""
    return _falling(_logs(J)[skip:].sum(axis=0) / (len(J) * dt))


def ascending(J, dt, skip):
    """Right exponents in rising order."""
    return _falling(_logs(J)[skip:].mean(axis=0) / dt)[::-1]


def no_absolute_value(J, dt, skip):
    """Logarithms of the diagonal of R without absolute values: negative entries give no number."""
    frame, total = np.eye(J.shape[-1]), np.zeros(J.shape[-1])
    for k, matrix in enumerate(J):
        frame, upper = np.linalg.qr(matrix @ frame)
        if k >= skip:
            total += np.log(np.diag(upper))
    return _falling(total / ((len(J) - skip) * dt))
