"""The reference solution of a4_spiking: one plain function a question, the text of the solution notebook."""

import numpy as np


def lif_spikes(i, dt, tau, v_rest, v_reset, v_th, t_ref):
    """Spikes (n, time) of n leaky cells under the drives i (n, time) in mV; times in s, tau and t_ref one a cell."""
    i, part = np.asarray(i, dtype=float), dt / np.asarray(tau, dtype=float)
    held = np.rint(np.asarray(t_ref) / dt).astype(int)  # samples at v_reset after a spike
    v, left = np.full(len(i), float(v_rest)), np.zeros(len(i), dtype=int)
    s = np.zeros(i.shape, dtype=bool)
    for k, drive in enumerate(i.T):
        free = left == 0
        v = np.where(free, v + part * (v_rest - v + drive), v_reset)
        fired = v >= v_th
        v[fired] = v_reset
        left = np.where(fired, held, np.maximum(left - 1, 0))
        s[:, k] = fired
    return s


def fi_curve(i, tau, v_rest, v_reset, v_th, t_ref):
    """Firing rate (m,) in Hz under steady drives i (m,) in mV; 0 up to threshold."""
    end = v_rest + np.asarray(i, dtype=float)  # where v would settle without a threshold
    hz = np.zeros(end.shape)
    fires = end > v_th
    charging = tau * np.log((end[fires] - v_reset) / (end[fires] - v_th))
    hz[fires] = 1 / (t_ref + charging)
    return hz


def free_rate_and_cv(s, dt, t_ref):
    """Rate in Hz while a cell is free to fire, and CV of the free part of its intervals, both (n,); s (time, n)."""
    s = np.asarray(s, dtype=bool)
    duration, n = len(s) * dt, s.shape[1]
    hz, cv = np.zeros(n), np.full(n, np.nan)
    for cell in range(n):
        times = dt * np.flatnonzero(s[:, cell])
        hz[cell] = len(times) / (duration - len(times) * t_ref)
        if len(times) >= 3:
            waits = np.diff(times) - t_ref
            cv[cell] = np.std(waits) / np.mean(waits)
    return hz, cv


def to_si(tau_mem_ms, tau_syn_ms, dt_ms, i_target):
    """Settings in SI for code that decays the synaptic current before the membrane sees it, and its feed a step."""
    tau_mem_inv, tau_syn_inv, dt = 1000 / tau_mem_ms, 1000 / tau_syn_ms, dt_ms / 1000
    lost = dt * tau_syn_inv  # share of the synaptic current that a step takes away
    feed = i_target * lost / (1 - lost)
    return tau_mem_inv, tau_syn_inv, dt, feed


def spike(v, v_th, alpha):
    """Spikes 0 or 1 of membranes v (...), a tensor; on the way back a bell of area one around v_th."""
    excess = v - v_th
    hard = (excess >= 0).to(v.dtype)
    soft = alpha * excess / (2 * (1 + alpha * excess.abs()))
    return hard + (soft - soft.detach())


def decode(s_train, y_train, s_test, dt):
    """The signal (traj, time, 3) behind spikes s_test, read by a linear readout of spikes smoothed to both sides."""
    width = 0.02 / dt
    steps = np.arange(s_train.shape[1])
    kernel = np.exp(-0.5 * ((steps[:, None] - steps) / width) ** 2)
    kernel /= kernel.sum(axis=1, keepdims=True)
    rates, unseen = kernel @ s_train, kernel @ s_test
    mean_rate, mean_y = rates.mean(axis=(0, 1)), y_train.mean(axis=(0, 1))
    features = (rates - mean_rate).reshape(-1, rates.shape[-1])
    gram = features.T @ features
    ridge = 1e-3 * np.trace(gram) / len(gram)
    weights = np.linalg.solve(gram + ridge * np.eye(len(gram)), features.T @ (y_train - mean_y).reshape(-1, 3))
    return (unseen - mean_rate) @ weights + mean_y
