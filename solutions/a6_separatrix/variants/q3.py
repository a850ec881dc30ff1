"""Right answers to question 3, differently written; each gets every point."""

import numpy as np
import torch
from scipy.integrate import solve_ivp


def time_then_length(f, jac, saddle, length, n):
    """Steps of time against the flow, one branch after the other, then interpolation by arc length."""
    values, vectors = np.linalg.eig(jac(saddle[None]))
    v = vectors[0][:, np.real(values[0]) < 0][:, 0]
    out = []
    for sign in (-1, 1):
        path, gone = [saddle, saddle + sign * 1e-4 * v], [0.0, 1e-4]
        while gone[-1] < length:
            x, h = path[-1][None], -0.08 / max(1.0, np.linalg.norm(f(path[-1][None])))
            a = f(x)
            b = f(x + h * a / 2)
            c = f(x + h * b / 2)
            path.append((x + h * (a + 2 * b + 2 * c + f(x + h * c)) / 6)[0])
            gone.append(gone[-1] + np.linalg.norm(path[-1] - path[-2]))
        s = np.linspace(0, length, n)
        out.append(np.stack([np.interp(s, gone, column) for column in np.array(path).T], axis=-1))
    return out


def adaptive_solver(f, jac, saddle, length, n):
    """An adaptive solver with the arc length as its clock."""
    values, vectors = np.linalg.eig(jac(saddle[None])[0])
    v = vectors[:, values.argmin()]
    s = np.linspace(0, length, n)

    def slope(_, x):
        velocity = f(x[None])[0]
        return -velocity / np.linalg.norm(velocity)

    branches = [
        solve_ivp(slope, (1e-5, length), saddle + sign * 1e-5 * v, t_eval=s[1:], rtol=1e-6, max_step=0.1).y.T
        for sign in (1, -1)
    ]
    return np.stack([np.concatenate([saddle[None], branch]) for branch in branches])


def torch_unit_speed(f, jac, saddle, length, n):
    """Tensors at unit speed, started a little beside the stable direction: running backwards heals that."""
    start = torch.as_tensor(saddle)
    values, vectors = torch.linalg.eig(jac(start[None])[0])
    v = vectors[:, values.real.argmin()].real
    v = v + 0.01 * torch.stack([-v[1], v[0]])
    x = torch.stack([start - 1e-5 * v, start + 1e-5 * v])
    c = [start.expand(2, 2)]
    h = length / (n - 1) / 2
    for k in range(1, 2 * (n - 1) + 1):
        a = torch.nn.functional.normalize(f(x))
        b = torch.nn.functional.normalize(f(x - h / 2 * a))
        x = x - h * torch.nn.functional.normalize(f(x - 0.75 * h * b)) * 4 / 9 - h * (2 * a + 3 * b) / 9
        if k % 2 == 0:
            c.append(x)
    return torch.stack(c, 1)


def single_precision(f, jac, saddle, length, n):
    """Everything in float32, from a hundredth off the saddle."""
    values, vectors = np.linalg.eig(jac(saddle.astype(np.float32)[None])[0])
    v = vectors[:, np.argmin(values)].astype(np.float32)
    home = saddle.astype(np.float32)
    x, h = np.stack([home + np.float32(0.004) * v, home - np.float32(0.004) * v]), np.float32(0.02)
    trail = [np.stack([home, home]), x]
    for _ in range(int(length / 0.02) + 1):
        a = f(x)
        b = f(x - h / 2 * a / np.linalg.norm(a, axis=1, keepdims=True))
        x = x - h * b / np.linalg.norm(b, axis=1, keepdims=True)
        trail.append(x)
    gone = np.concatenate([[0], 0.004 + 0.02 * np.arange(len(trail) - 1)])
    s = np.linspace(0, length, n)
    branches = np.stack(trail, axis=1)
    return np.stack([[np.interp(s, gone, branch[:, k]) for k in (0, 1)] for branch in branches]).swapaxes(1, 2)
