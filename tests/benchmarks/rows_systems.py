"""Rows on known systems: their exponents, the search for fixed points, sections and basins."""

import math
import time

import torch
from torch import Tensor

from course_lib.analysis import basins, draw_starts, fixed_points, grid_starts, lyapunov_spectrum, poincare_section
from course_lib.dynamics import EulerMap, Flow, TimeReversed
from course_lib.integrate import integrate
from course_lib.systems import Bistable, Duffing, Hopf, Hopfield, Linear, Lorenz63, Lorenz96, Rossler, VanDerPol
from course_lib.systems.references import DUFFING, HOPF, LORENZ63, LORENZ96, ROSSLER, VAN_DER_POL

from .rows import Criterion, Figures, Row, largest, median, smallest

F64 = torch.float64


def normal(n: int, dim: int, generator: torch.Generator) -> Tensor:
    return torch.randn(n, dim, generator=generator, dtype=F64)


def settled(flow: Flow, x0: Tensor, duration: float, dt: float) -> Tensor:
    """States after `duration`, on the attractor."""
    return integrate(flow, x0, torch.tensor([0.0, duration], dtype=F64), max_step=dt).x[:, -1]


# --- exponents of systems with values on paper or in print

DUFFING_TURN = 2 * math.pi / math.sqrt(2 - 0.0625)
ALLOWED = 2e-3  # of the largest |exponent|, where three standard errors are less


def distance(flow: Flow, x0: Tensor, expected: tuple[float, ...], **options: float) -> tuple[float, float, Tensor]:
    """Largest distance from the expected leading exponents in units of what is allowed, and the largest relative error.

    Allowed are 3 standard errors or 2e-3 of the largest |exponent|, whichever is more.
    """
    record = lyapunov_spectrum(flow, x0, **options)
    size = float(record.exponents.abs().max())
    k = len(expected)
    off = (record.exponents[:k] - torch.tensor(expected, dtype=F64)).abs()
    allowed = torch.clamp(3 * record.standard_error[:k].nan_to_num(), min=ALLOWED * size)
    return float((off / allowed).max()), float(record.standard_error.nan_to_num().max()) / size, record.exponents


def measure_spectra(seed: int) -> Figures:
    """One spectrum for each system; starts, the linear flow and the memory are drawn from the seed."""
    generator = torch.Generator().manual_seed(seed)
    pattern = normal(1, 16, generator)[0].sign()
    memory = Hopfield.rank_one(pattern, 1.5)
    m = float(memory.rest_points()[1].abs()[0])
    at_memory = (-1 + 1.5 * (1 - math.tanh(m) ** 2), *[-1.0] * 15)
    A = normal(5, 5, generator) / math.sqrt(5) - torch.eye(5, dtype=F64)
    on_paper = tuple(torch.linalg.eigvals(A).real.sort(descending=True).values.tolist())
    rossler, ring, van_der_pol, duffing, hopf = Rossler(), Lorenz96(), VanDerPol(), Duffing(), Hopf(1.0, 2.0)
    cases = {
        "rossler": (rossler, normal(32, 3, generator), 150.0, ROSSLER["lyapunov_spectrum"].value, 0.03, 200.0, 40.0),
        "lorenz96": (
            ring,
            8 + normal(32, 40, generator),
            20.0,
            LORENZ96["largest_lyapunov_exponent"].value,
            0.025,
            40.0,
            10.0,
        ),
        "van_der_pol": (
            van_der_pol,
            normal(16, 2, generator),
            60.0,
            VAN_DER_POL["lyapunov_spectrum"].value,
            0.03,
            10 * VAN_DER_POL["period"].value[0],
            20.0,
        ),
        "duffing": (
            duffing,
            normal(16, 2, generator),
            60.0,
            DUFFING["lyapunov_spectrum"].value,
            0.05,
            25 * DUFFING_TURN,
            20.0,
        ),
        "hopf": (hopf, normal(16, 2, generator), 40.0, HOPF["lyapunov_spectrum"].value, 0.03, 40.0, 10.0),
        "linear": (Linear(A), normal(1, 5, generator), 0.1, on_paper, 0.1, 1000.0, 100.0),
        "hopfield": (memory, normal(8, 16, generator), 80.0, at_memory, 0.05, 40.0, 60.0),
    }
    figures: Figures = {}
    for name, (flow, x0, settle, expected, dt, duration, spin_up) in cases.items():
        x = settled(flow, x0, settle, dt)
        off, error, exponents = distance(flow, x, expected, duration=duration, dt=dt, spin_up=spin_up)
        figures[f"{name}_off"], figures[f"{name}_error"] = off, error
        figures[f"{name}_lambda_1"] = float(exponents[0])
        if name == "lorenz96":
            figures["lorenz96_sum_off"] = abs(float(exponents.sum()) + 40)
    return figures


SPECTRA_NAMES = ("rossler", "lorenz96", "van_der_pol", "duffing", "hopf", "linear", "hopfield")
SPECTRA = Row(
    name="systems_spectra",
    title="Exponents of Rössler, Lorenz-96 (N = 40), van der Pol, Duffing, Hopf, linear, Hopfield",
    measure=measure_spectra,
    modules=("analysis/lyapunov.py", "systems", "dynamics.py", "integrate.py"),
    criteria=(
        *(
            Criterion(f"{name}_off", f"{name}: worst exponent [of what is allowed]", largest(f"{name}_off"), 1.0)
            for name in SPECTRA_NAMES
        ),
        *(
            Criterion(
                f"{name}_error", f"{name}: standard error [of the largest exponent]", largest(f"{name}_error"), 0.02
            )
            for name in SPECTRA_NAMES
        ),
        Criterion("lorenz96_sum", "lorenz96: sum of the exponents off -40", largest("lorenz96_sum_off"), 2e-3),
    ),
    notes="Allowed are 3 standard errors or 2e-3 of the largest |exponent|, whichever is more. Lorenz-96: the largest "
    "exponent against 1.691(5), measured at length; code bases state 1.67. Rössler against Sprott 2003.",
)


# --- the search for fixed points

CELLS = [8, 12, 6, 1]


def memory_network(generator: torch.Generator) -> tuple[Hopfield, Tensor]:
    """64 tanh units that hold three random patterns (pseudo-inverse rule, gain 2), and 1000 starts near its orbits."""
    patterns = normal(64, 3, generator).sign()
    flow = Hopfield(2 * patterns @ torch.linalg.pinv(patterns))
    x0 = normal(50, 3, generator) @ patterns.T + 0.05 * normal(50, 64, generator)
    orbits = integrate(flow, x0, torch.linspace(0, 5, 41, dtype=F64))
    return flow, draw_starts(orbits, 1000, noise=0.05, generator=generator)


def measure_fixed_points(seed: int, *, runs: int = 3) -> Figures:
    """Speed on the network, and what is found where the answer stands on paper."""
    generator = torch.Generator().manual_seed(seed)
    flow, starts = memory_network(generator)
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        found = fixed_points(flow, starts)
        seconds.append(time.process_time() - start)
    roots = found.x[found.converged]
    gaps = torch.cdist(roots, roots, p=math.inf) + torch.eye(len(roots), dtype=F64)
    cube = fixed_points(Bistable(3, bits=3), 3 * torch.rand(300, 3, generator=generator, dtype=F64) - 1.5)
    counts = cube.index_counts()
    lorenz = fixed_points(Lorenz63(), draw_starts(Lorenz63().rest_points(), 60, noise=3.0, generator=generator))
    as_flow = fixed_points(Duffing(), grid_starts((-2.0, -2.0), (2.0, 2.0), 6))
    as_map = fixed_points(EulerMap(Duffing(), 0.6), grid_starts((-2.0, -2.0), (2.0, 2.0), 6))
    return {
        "starts_per_second": len(starts) / min(seconds),
        "network_speed": float(flow.vector_field(roots).norm(dim=-1).max()),
        "network_points": float(len(roots)),
        "network_failed": float(found.n_failed),
        "signed_count": float(found.signed_count()),
        "smallest_gap": float(gaps.min()),
        "cube_wrong": float(sum(abs(a - b) for a, b in zip(counts, CELLS, strict=False)) + 100 * (len(counts) != 4)),
        "paper_missing": float(6 - len(lorenz.x) - len(as_flow.x)),
        "index_wrong": float(
            (sorted(as_flow.saddle_index.tolist()) != [0, 0, 1])
            + (sorted(as_map.saddle_index.tolist()) != [1, 2, 2])  # |1 + 0.6 mu| > 1 at the foci too
        ),
    }


FIXED_POINTS = Row(
    name="fixed_points",
    title="Fixed points: 64-unit tanh network, three switches, Lorenz, Duffing as flow and as map",
    measure=measure_fixed_points,
    modules=(
        "analysis/fixed_points.py",
        "analysis/descent.py",
        "analysis/grouping.py",
        "analysis/starts.py",
        "systems",
        "dynamics.py",
    ),
    criteria=(
        Criterion("speed", "largest ‖F‖ of a fixed point, worst seed", largest("network_speed"), 1e-10),
        Criterion("cube", "cells of the cube off [8, 12, 6, 1], worst seed", largest("cube_wrong"), 0.0),
        Criterion("paper", "points on paper that were missed, worst seed", largest("paper_missing"), 0.0),
        Criterion("index", "stability told wrongly as flow or map, worst seed", largest("index_wrong"), 0.0),
        Criterion("gap", "smallest distance of two points, worst seed", smallest("smallest_gap"), 1e-4, at_least=True),
        Criterion("failed", "searches that came to rest nowhere, worst seed", largest("network_failed"), 0.0),
        Criterion(
            "rate_median", "starts per CPU second, N = 64, median", median("starts_per_second"), 1000.0, at_least=True
        ),
        Criterion(
            "rate_worst", "starts per CPU second, worst seed", smallest("starts_per_second"), 850.0, at_least=True
        ),
    ),
    notes="1000 starts near orbits of a network with three stored patterns; CPU seconds are the least of three runs.",
)


# --- sections and basins


def passage_error(generator: torch.Generator) -> float:
    """Largest error of the times of rising passages through y = 0 of Hopf orbits at dt = 0.01."""
    flow, x0 = Hopf(1.0, 2.0), normal(20, 2, generator)
    section = poincare_section(flow, x0, duration=20, dt=0.01, coordinate=1)
    angle = torch.atan2(x0[:, 1], x0[:, 0])[section.trajectory]
    first = torch.remainder(-angle, 2 * math.pi) / 2
    turns = ((section.t - first) / math.pi).round()
    return float((section.t - first - math.pi * turns).abs().max())


def measure_sections(seed: int) -> Figures:
    """Times on Hopf's circle, Lorenz's plane z = 27, basins of a switch and of Duffing's oscillator."""
    generator = torch.Generator().manual_seed(seed)
    n = 200
    x0 = torch.tensor([1.0, 1.0, 25.0], dtype=F64) + normal(n, 3, generator)
    section = poincare_section(Lorenz63(), x0, duration=40, dt=0.02, coordinate=2, level=27.0, spin_up=10)
    counts = torch.bincount(section.trajectory, minlength=n).to(F64) / 40
    reference = LORENZ63["upward_crossings_of_z_27"]
    error = math.hypot(float(counts.std()) / math.sqrt(n), reference.uncertainty[0])
    starts = 4 * torch.rand(2000, 2, generator=generator, dtype=F64) - 2
    switch = basins(Bistable(2), starts, duration=30, dt=0.1)
    right = int(switch.attractors[:, 0].argmax())
    wrong = (switch.label == right) != (starts[:, 0] > 0)
    duffing = basins(Duffing(), starts, duration=60, dt=0.05)
    slope = (-0.5 - math.sqrt(4.25)) / 2
    seeds = 1e-5 * torch.tensor([[1.0, slope], [-1.0, -slope]], dtype=F64)
    t = torch.linspace(0, 10.5, 211, dtype=F64)
    back = integrate(TimeReversed(Duffing()), seeds, t).x[:, 180:].reshape(-1, 2)
    field = Duffing().vector_field(back)
    across = torch.stack((-field[:, 1], field[:, 0]), -1) / field.norm(dim=-1, keepdim=True)
    beside = torch.cat((back + 1e-4 * across, back - 1e-4 * across))
    one, other = basins(Duffing(), beside, duration=80, dt=0.05, attractors=duffing.attractors).label.chunk(2)
    return {
        "hopf_time_error": passage_error(generator),
        "level_error": float((section.x[:, 2] - 27).abs().max()),
        "lorenz_rate": float(counts.mean()),
        "lorenz_off": abs(float(counts.mean()) - reference.value[0]) / error,
        "switch_wrong": float(wrong.double().mean()),
        "duffing_attractors": float(len(duffing.attractors)),
        "duffing_off": float((duffing.fractions - 0.5).abs().max() / duffing.standard_error.max()),
        "duffing_undecided": duffing.undecided,
        "same_side": float((one == other).double().mean()),
    }


SECTIONS = Row(
    name="sections_basins",
    title="Poincaré sections and basin fractions on analytic ground truth",
    measure=measure_sections,
    modules=(
        "analysis/poincare.py",
        "analysis/basins.py",
        "analysis/stepping.py",
        "analysis/grouping.py",
        "systems",
        "dynamics.py",
        "integrate.py",
    ),
    criteria=(
        Criterion("hopf_time", "Hopf: error of a passage's time, worst seed", largest("hopf_time_error"), 1e-6),
        Criterion("level", "Lorenz: distance from the plane z = 27, worst seed", largest("level_error"), 1e-10),
        Criterion("lorenz_rate", "Lorenz: passages per t.u. [standard errors off]", largest("lorenz_off"), 3.0),
        Criterion("switch", "switch: share of wrong labels, worst seed", largest("switch_wrong"), 0.0),
        Criterion("duffing", "Duffing: fraction off 1/2 [standard errors], worst seed", largest("duffing_off"), 3.5),
        Criterion("undecided", "Duffing: undecided, worst seed", largest("duffing_undecided"), 0.0),
        Criterion("manifold", "Duffing: pairs 2e-4 apart across the boundary, same label", largest("same_side"), 0.0),
    ),
    notes="Hopf at dt = 0.01 over 20 time units; Duffing from 2000 random starts in [-2, 2]²; the boundary is the "
    "saddle's stable manifold, integrated backwards.",
)

SYSTEMS_ROWS = (SPECTRA, FIXED_POINTS, SECTIONS)
