"""a4_spiking answered by the library: see library_answers.py."""

from collections.abc import Callable
from typing import Any

import torch
from library_answers import pasted

from course_lib.analysis import firing_rates, interval_statistics
from course_lib.models.lif import LIFCell, firing_rate, run_cells
from course_lib.models.surrogate import Surrogate
from course_lib.training import fit_readout

Function = Callable[..., Any]


def _lif_spikes(i: Any, dt: float, tau: Any, v_rest: float, v_reset: float, v_th: float, t_ref: Any) -> Any:
    cell = LIFCell(1000 * float(tau[0]), v_th=v_th - v_rest, v_reset=v_reset - v_rest, dt=1000 * dt)
    return run_cells(cell, torch.as_tensor(i).T).spikes[0].T


def _fi_curve(i: Any, tau: float, v_rest: float, v_reset: float, v_th: float, t_ref: float) -> Any:
    return firing_rate(torch.as_tensor(i), LIFCell(1000 * tau, v_th=v_th - v_rest, v_reset=v_reset - v_rest, dt=0.1))


def _free_rate_and_cv(s: Any, dt: float, t_ref: float) -> Any:
    trains = torch.as_tensor(s)
    return firing_rates(trains, dt=1000 * dt).rate, interval_statistics(trains, dt=1000 * dt).cv


def _to_si(tau_mem_ms: float, tau_syn_ms: float, dt_ms: float, i_target: float) -> Any:
    cell = LIFCell(tau_mem_ms, tau_syn_ms, dt=dt_ms)
    return cell.leak_mem, cell.leak_syn, dt_ms, cell.leak_syn * i_target


def _spike(v: Any, v_th: float, alpha: float) -> Any:
    return Surrogate("superspike", alpha)(v - v_th)


def _copied_spike(v: Any, v_th: float, alpha: float) -> Any:
    return pasted(Surrogate, "Surrogate")("superspike", alpha)(v - v_th)


_copied_spike.thing = Surrogate


def _decode(s_train: Any, y_train: Any, s_test: Any, dt: float) -> Any:
    return fit_readout(torch.as_tensor(s_train).double(), torch.as_tensor(y_train)).C


LIBRARY_OF_SET: dict[str, dict[str, Function]] = {
    "q1": {"call": _lif_spikes, "copy": pasted(run_cells, "run_cells")},
    "q2": {"call": _fi_curve, "copy": pasted(firing_rate, "firing_rate")},
    "q3": {"call": _free_rate_and_cv, "copy": pasted(interval_statistics, "interval_statistics")},
    "q4": {"call": _to_si, "copy": pasted(LIFCell, "LIFCell")},
    "q5": {"call": _spike, "copy": _copied_spike},
    "q7": {"call": _decode, "copy": pasted(fit_readout, "fit_readout")},
}
