"""Lyapunov exponents of a flow or a map from its own Jacobians."""

import itertools
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.dynamics import Flow, Map
from course_lib.shapes import Exponents, State
from course_lib.validation import (
    CourseError,
    check_count,
    check_finite,
    check_float64,
    check_positive,
    check_shape,
    complaint,
)

LARGEST_LOG_STRETCH = 20.0  # a frame stretched further between two QR steps has lost half of its digits


@dataclass(frozen=True)
class LyapunovSpectrum:
    """The k largest exponents with their quality.

    exponents: (k,), descending [1/time].  standard_error: (k,), over the trajectories; NaN for one trajectory.
    per_trajectory: (batch, k), whose mean is `exponents`.
    t: (time,) and running: (time, k): the estimate as it was after each time t, the mean over the trajectories.
    running_error: (time, k), its standard error then; NaN for one trajectory.
    duration, spin_up: time that counted, and time that was dropped before it.
    """

    exponents: Exponents
    standard_error: Exponents
    n_trajectories: int
    per_trajectory: Tensor
    t: Tensor
    running: Tensor
    duration: float
    spin_up: float
    running_error: Tensor


@torch.no_grad()
def lyapunov_spectrum(
    system: Flow | Map,
    x0: State,
    *,
    duration: float,
    dt: float | None = None,
    spin_up: float | None = None,
    k: int | None = None,
    orthonormalise_every: int | None = None,
) -> LyapunovSpectrum:
    """The k largest Lyapunov exponents by repeated QR of the tangent dynamics.

    A flow carries a frame of k tangent vectors by ẋ = f(x), V̇ = J(x) V, one RK4 step for both; a map by
    x ↦ F(x), V ↦ J(x) V. Every few steps V = QR, Q goes on, and exponent i is the mean of log Rᵢᵢ per unit time.

    x0: (batch, dim) or (dim,), float64, states on the attractor, independent of each other.
    duration: time that counts, per trajectory.  dt: for a Flow the longest RK4 step (required); for a Map the time of
    one iteration (default 1).  spin_up: time run before, in the unit of duration and not counted in it, in which the
    frame aligns with the stretching directions; None: a quarter of duration; 0: off.  k: how many; None: all.
    orthonormalise_every: steps between two QR decompositions; None: 10 for a flow, 1 for a map.

    Returns LyapunovSpectrum. Many short trajectories cost less than one long one and give the standard error.
    Method: Benettin, Galgani, Giorgilli, Strelcyn 1980. Taught on the page "Measuring chaos".

    >>> import torch
    >>> from course_lib.systems import Linear
    >>> node = Linear(torch.tensor([[-1.0, 5.0], [0.0, -2.0]], dtype=torch.float64))
    >>> start = torch.ones(1, 2, dtype=torch.float64)
    >>> spectrum = lyapunov_spectrum(node, start, duration=4.0, dt=0.05, spin_up=12.0)
    >>> spectrum.exponents.round(decimals=3).tolist()  # the eigenvalues
    [-1.0, -2.0]
    """
    if not isinstance(system, Flow | Map):
        raise complaint(
            "system",
            wanted="a Flow or a Map",
            got=type(system).__name__,
            do="Of a network take closed_loop_map(dt), closed_loop_flow(), flow_at(u) or map_at(u).",
        )
    x = _check_start(system, x0)
    k = system.dim if k is None else check_count("k", k)
    if k > system.dim:
        raise complaint("k", wanted=f"at most dim = {system.dim} exponents", got=str(k), do="Choose a smaller k.")
    duration = check_positive("duration", duration)
    spin_up = duration / 4 if spin_up is None else check_positive("spin_up", spin_up, or_zero=True)
    h, n_spin, n_steps = _steps(system, duration, spin_up, dt)
    every = (1 if isinstance(system, Map) else 10) if orthonormalise_every is None else orthonormalise_every
    check_count("orthonormalise_every", every)

    frame = _first_frame(system.dim, k).to(x).mT.expand(len(x), k, system.dim)
    z = torch.cat((x[:, None], frame), dim=1)  # (batch, 1 + k, dim)
    z, _ = _carry(system, z, h, n_spin, every)
    z, logs = _carry(system, z, h, n_steps, every)  # logs: (qr steps, batch, k)
    if not torch.isfinite(z).all():
        raise CourseError(
            f"lyapunov_spectrum: wanted a bounded orbit, got a non-finite state within {duration + spin_up:.6g} time "
            "units. Take a smaller dt, or starts on the attractor."
        )
    return _record(logs, h, n_steps, every, n_spin * h)


def kaplan_yorke_dimension(exponents: Exponents) -> float:
    """j + (λ₁ + ... + λⱼ) / |λⱼ₊₁|, with j the largest number of leading exponents whose sum is not negative.

    exponents: (k,), descending; enough of them for the sum to turn negative, unless all of the system's are given
    and none is contracting. Returns 0 for a stable rest point. Kaplan and Yorke 1979.
    Taught on the page "Measuring chaos".

    >>> import torch
    >>> round(kaplan_yorke_dimension(torch.tensor([0.9056, 0.0, -14.572], dtype=torch.float64)), 3)
    2.062
    """
    check_finite("exponents", check_shape("exponents", exponents, "k"))
    values = exponents.tolist()
    if any(b > a for a, b in itertools.pairwise(values)):
        raise complaint("exponents", wanted="descending order", got=str(values), do="Sort them, the largest first.")
    total = 0.0
    for j, value in enumerate(values):
        if total + value < 0:
            return j + total / abs(value)  # type: ignore[no-any-return]
        total += value
    raise complaint(
        "exponents",
        wanted="enough exponents for their sum to turn negative",
        got=f"{len(values)} with the sum {total:.4g}",
        do="Ask lyapunov_spectrum for a larger k.",
    )


def _check_start(system: Flow | Map, x0: Tensor) -> Tensor:
    check_float64("x0", x0)
    check_shape("x0", x0, f"{system.dim}" if x0.ndim == 1 else f"batch {system.dim}")
    check_finite("x0", x0)
    return x0[None] if x0.ndim == 1 else x0


def _steps(system: Flow | Map, duration: float, spin_up: float, dt: float | None) -> tuple[float, int, int]:
    """Length of one step, number of steps before counting, number of steps that count."""
    if isinstance(system, Map):
        h = 1.0 if dt is None else check_positive("dt", dt)
        n_steps = round(duration / h)
        if n_steps < 1:
            raise complaint(
                "duration",
                wanted=f"at least one iteration, dt = {h:g}",
                got=f"{duration:g}",
                do="duration is a time: iterations times dt.",
            )
        return h, round(spin_up / h), n_steps
    if dt is None:
        raise complaint(
            "dt", wanted="the RK4 step for a Flow", got="None", do="Pass dt, for example dt=0.01 for the Lorenz system."
        )
    n_steps = max(1, math.ceil(duration / check_positive("dt", dt) * (1 - 1e-12)))
    h = duration / n_steps
    return h, math.ceil(spin_up / h * (1 - 1e-12)), n_steps


def _first_frame(dim: int, k: int) -> Tensor:
    """(dim, k) orthonormal columns in general position, the same at every call.

    Columns of the identity would not do: they can lie in an invariant plane (a diagonal or triangular Jacobian), and
    then k < dim exponents need not be the largest ones.
    """
    columns = torch.randn(dim, k, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return torch.linalg.qr(columns).Q  # type: ignore[no-any-return]


def _carry(system: Flow | Map, z: Tensor, h: float, n_steps: int, every: int) -> tuple[Tensor, Tensor]:
    """States and frames after n_steps, and log |Rᵢᵢ| of each QR on the way, (qr steps, batch, k).

    z: (batch, 1 + k, dim), row 0 the state, the others the frame's vectors.
    """
    logs = [z.new_zeros(0, len(z), z.shape[1] - 1)]
    for start in range(0, n_steps, every):
        for _ in range(min(every, n_steps - start)):
            z = system.variational_step(z) if isinstance(system, Map) else _rk4(system, z, h)
        z, log = _orthonormalise(z)
        logs.append(log[None])
    return z, torch.cat(logs)


def _rk4(flow: Flow, z: Tensor, h: float) -> Tensor:
    """One RK4 step of ẋ = f(x) and V̇ = J(x) V together."""
    k1 = flow.variational_field(z)
    k2 = flow.variational_field(torch.add(z, k1, alpha=h / 2))
    k3 = flow.variational_field(torch.add(z, k2, alpha=h / 2))
    k4 = flow.variational_field(torch.add(z, k3, alpha=h))
    return torch.add(z, k1 + k4 + 2 * (k2 + k3), alpha=h / 6)


def _orthonormalise(z: Tensor) -> tuple[Tensor, Tensor]:
    """The frame in z replaced by its Q of V = QR, and log |Rᵢᵢ|, (batch, k)."""
    q, r = torch.linalg.qr(z[:, 1:].mT)
    log = r.diagonal(dim1=-2, dim2=-1).abs().log()
    if log.shape[-1] and bool((log.amax(-1) - log.amin(-1) > LARGEST_LOG_STRETCH).any()):
        raise complaint(
            "orthonormalise_every",
            wanted=f"tangent vectors that stretch apart by at most exp({LARGEST_LOG_STRETCH:g}) between two QR steps",
            got=f"exp({float((log.amax(-1) - log.amin(-1)).max()):.3g})",
            do="Take a smaller orthonormalise_every or a smaller dt, or ask for fewer exponents (k).",
        )
    return torch.cat((z[:, :1], q.mT), dim=1), log


def _record(logs: Tensor, h: float, n_steps: int, every: int, spin_up: float) -> LyapunovSpectrum:
    steps = torch.arange(1, len(logs) + 1, dtype=logs.dtype, device=logs.device).mul_(every).clamp_(max=n_steps)
    t = h * steps
    each = logs.cumsum(dim=0) / t[:, None, None]  # (qr steps, batch, k)
    per_trajectory, n = each[-1], logs.shape[1]
    order = per_trajectory.mean(dim=0).argsort(descending=True)
    error = each.std(dim=1) / math.sqrt(n) if n > 1 else torch.full_like(each[:, 0], math.nan)
    return LyapunovSpectrum(
        exponents=per_trajectory.mean(dim=0)[order],
        standard_error=error[-1, order],
        n_trajectories=n,
        per_trajectory=per_trajectory[:, order],
        t=t,
        running=each.mean(dim=1)[:, order],
        duration=h * n_steps,
        spin_up=spin_up,
        running_error=error[:, order],
    )
