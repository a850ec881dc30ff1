"""Right answers to question 1, differently written; each gets every point."""

import numpy as np
import torch


def exact_exponential(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """The exact solution over each sample, and a spike noted one sample later."""
    n, steps = i.shape
    kept, v = np.exp(-dt / tau), np.full(n, v_rest)
    free_from, s = np.zeros(n), np.zeros((n, steps), dtype=int)
    for k in range(steps):
        s[:, k] = v >= v_th
        crossed = s[:, k] == 1
        v[crossed] = v_reset
        free_from[crossed] = k * dt + t_ref[crossed]
        end = v_rest + i[:, k]
        v = np.where(k * dt >= free_from - 1e-12, end + (v - end) * kept, v_reset)
    return s


def cell_by_cell(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """Plain Python, one cell after the other."""
    trains = []
    for drive, clock, wait in zip(i.tolist(), tau.tolist(), t_ref.tolist(), strict=True):
        v, last, train = v_rest, -1e9, []
        for k, now in enumerate(drive):
            spike = False
            if (k - last) * dt > wait:
                v = v + dt * (v_rest + now - v) / clock
                if v >= v_th:
                    v, last, spike = v_reset, k, True
            train.append(spike)
        trains.append(train)
    return trains


def single_precision(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """Tensors in single precision, the voltage counted from rest."""
    drive = torch.as_tensor(np.asarray(i), dtype=torch.float32)
    clock, pause = torch.as_tensor(tau).float(), torch.as_tensor(t_ref).float()
    v, wait, marks = torch.zeros(len(drive)), torch.zeros(len(drive)), []
    for now in drive.unbind(dim=1):
        v = torch.where(wait > dt / 2, torch.full_like(v, v_reset - v_rest), v + (now - v) * dt / clock)
        mark = (v >= v_th - v_rest).float()
        v = v * (1 - mark) + (v_reset - v_rest) * mark
        wait = torch.clamp(wait - dt, min=0) * (1 - mark) + pause * mark
        marks.append(mark)
    return torch.stack(marks, dim=1)


def floor_of_the_refractory_period(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """The refractory period rounded down to whole samples; threshold and reset before the step."""
    i = np.asarray(i)
    left, v, s = np.zeros(len(i), int), np.full(len(i), float(v_rest)), np.zeros(i.shape)
    for k in range(i.shape[1]):
        step = (left <= 0) * (dt / tau) * (v_rest + i[:, k] - v)
        v = v + step
        over = v >= v_th
        s[over, k] = 1
        v[over] = v_reset
        left = left - 1
        left[over] = (t_ref[over] / dt).astype(int)
    return s
