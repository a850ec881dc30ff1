"""What a system does in the long run as one of its parameters changes: the data of a bifurcation diagram."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.analysis.lyapunov import lyapunov_spectrum
from course_lib.analysis.poincare import check_coordinate, maxima_surface, passages
from course_lib.analysis.stepping import check_states, check_system, last_state, orbit, step_length
from course_lib.dynamics import Flow, Map
from course_lib.shapes import State
from course_lib.validation import check_choice, check_count, check_finite, check_positive, check_shape, complaint

OBSERVE = ("maxima", "minima", "states")
AT_REST = 1e-6  # speed of an orbit at rest, of 1 + ‖x‖


@dataclass(frozen=True)
class BifurcationSweep:
    """Long-run values of one coordinate for every parameter, as pairs, and the exponents.

    parameters: (p,).  parameter: (m,) and value: (m,), one pair for every value seen: a maximum, a minimum or a state.
    n_values: (p,) int, pairs of each parameter.
    at_rest: (p,) bool, every orbit had come to rest, so that the values are rest states.
    exponents, standard_error: (p, k), descending [1/time]; k = 0 when none were asked for.
    """

    parameters: Tensor
    parameter: Tensor
    value: Tensor
    n_values: Tensor
    at_rest: Tensor
    exponents: Tensor
    standard_error: Tensor


@torch.no_grad()
def bifurcation_sweep(
    make_system: Callable[[float], Flow | Map],
    parameters: Tensor,
    x0: State,
    *,
    duration: float,
    spin_up: float,
    dt: float | None = None,
    coordinate: int = 0,
    observe: str | None = None,
    exponents: int = 0,
    follow: bool = False,
    on_step: Callable[[int, int], None] | None = None,
) -> BifurcationSweep:
    """Run a system for every parameter and collect what one coordinate does after the spin-up.

    make_system: takes a parameter, returns the Flow or Map.  parameters: (p,), in the order of the sweep.
    x0: (batch, dim) or (dim,), float64, starts for every parameter.
    duration, spin_up: time per parameter that counts, and before it.  dt: as in `lyapunov_spectrum`.
    observe: "maxima" or "minima" of the coordinate (flows, located to the solver's accuracy) or "states" (maps: every
        iterate); None: maxima of a flow, states of a map. Orbits at rest give their rest state.
    exponents: how many Lyapunov exponents to measure over `duration`.
    follow: start each parameter from the last states of the one before; run both ways to see hysteresis.
    on_step: called as on_step(i, p) after each parameter.

    Returns BifurcationSweep. May 1976, Nature 261:459, draws the first of these pictures for the logistic map.
    """
    parameters = check_finite("parameters", check_shape("parameters", parameters, "p"))
    check_count("exponents", exponents, least=0)
    check_positive("duration", duration)
    check_positive("spin_up", spin_up, or_zero=True)
    if observe is not None:
        check_choice("observe", observe, OBSERVE)
    x, values, rests, spectra, errors = x0, [], [], [], []
    for i, parameter in enumerate(parameters.tolist()):
        system = check_system(make_system(parameter))
        check_coordinate(coordinate, system.dim)
        start = check_states("x0", x if follow else x0, system.dim)
        h, n_spin = step_length(system, spin_up, dt)
        x = last_state(orbit(system, start, h, n_spin))
        h, n_steps = step_length(system, duration, dt)
        seen, at_rest = _long_run(system, x, h, n_steps, coordinate, observe)
        values.append(seen)
        rests.append(at_rest)
        if exponents:
            spectrum = lyapunov_spectrum(system, x, duration=duration, dt=dt, k=exponents)
            spectra.append(spectrum.exponents)
            errors.append(spectrum.standard_error)
        if on_step is not None:
            on_step(i, len(parameters))
    counts = torch.tensor([len(seen) for seen in values])
    none = torch.zeros(len(parameters), 0, dtype=torch.float64)
    return BifurcationSweep(
        parameters=parameters,
        parameter=parameters.repeat_interleave(counts),
        value=torch.cat(values) if values else none[:, 0:0].reshape(-1),
        n_values=counts,
        at_rest=torch.tensor(rests, dtype=torch.bool),
        exponents=torch.stack(spectra) if spectra else none,
        standard_error=torch.stack(errors) if errors else none,
    )


def _long_run(
    system: Flow | Map, x: Tensor, h: float, n_steps: int, coordinate: int, observe: str | None
) -> tuple[Tensor, bool]:
    """Values of one coordinate along orbits from x, (m,), and whether all of them are at rest."""
    is_map = isinstance(system, Map)
    if observe is None:
        observe = "states" if is_map else "maxima"
    if is_map != (observe == "states"):
        raise complaint(
            "observe",
            wanted="states for a Map, maxima or minima for a Flow",
            got=f"{observe} for a {'Map' if is_map else 'Flow'}",
            do="Leave observe out, or turn the system into the other kind.",
        )
    slope = system.step(x) - x if isinstance(system, Map) else system.vector_field(x)
    still = slope.norm(dim=-1) <= AT_REST * (1 + x.norm(dim=-1))
    values = [x[still, coordinate]]
    if not bool(still.all()):
        moving = x[~still]
        if isinstance(system, Map):
            states = [state[:, coordinate] for state, _ in orbit(system, moving, h, n_steps)]
            values.append(torch.stack(states[1:], dim=1).reshape(-1))
        else:
            surface, direction = maxima_surface(system, coordinate), -1 if observe == "maxima" else 1
            values.append(passages(system, moving, surface, h, n_steps, direction).x[:, coordinate])
    return torch.cat(values), bool(still.all())
