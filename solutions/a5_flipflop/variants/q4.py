"""Right answers to question 4, differently written; each gets every point."""

import numpy as np
import torch
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import root


def scipy_root(W, b, starts):
    """scipy's hybrid method from each start, a Newton step or two at the end, and a look at the speed."""
    eye, found = np.eye(len(b)), []

    def velocity(x):
        return W @ np.tanh(x) + b - x

    def jacobian(x):
        return W * (1 - np.tanh(x) ** 2) - eye

    for start in starts:
        x = root(velocity, start, jac=jacobian).x
        for _ in range(2):
            x = x - np.linalg.solve(jacobian(x), velocity(x))
        if np.linalg.norm(velocity(x)) < 1e-10 and all(np.abs(x - other).max() > 1e-3 for other in found):
            found.append(x)
    return np.array(found)


def newton_with_line_search(W, b, starts):
    """Torch, Newton steps that are halved until they slow down, clusters at the end."""
    W, b, x = (torch.as_tensor(part, dtype=torch.float64) for part in (W, b, starts))

    def velocity(x):
        return torch.tanh(x) @ W.T + b - x

    for _ in range(60):
        here = velocity(x)
        J = W * (1 - torch.tanh(x)[:, None] ** 2) - torch.eye(len(b), dtype=torch.float64)
        step = torch.linalg.solve(J, here)
        size = torch.ones(len(x), 1, dtype=torch.float64)
        for _ in range(8):
            worse = velocity(x - size * step).norm(dim=1, keepdim=True) > (1 - 1e-4 * size) * here.norm(
                dim=1, keepdim=True
            )
            if not worse.any():
                break
            size = torch.where(worse, size / 2, size)
        x = x - size * step
    x = x[velocity(x).norm(dim=1) < 1e-11].numpy()
    groups = fcluster(linkage(x), 1e-3, "distance")
    return [x[groups == group][0] for group in np.unique(groups)]


def in_the_other_network(W, b, starts):
    """Newton for h = tanh(W h + b), whose rest points belong to those of the currents one by one: x = W h + b."""
    h, eye = np.tanh(starts), np.eye(len(b))
    for round_ in range(80):
        said = np.tanh(h @ W.T + b)
        J = (1 - said**2)[..., None] * W - eye
        step = np.linalg.solve(J, (said - h)[..., None])[..., 0]
        size = np.linalg.norm(step, axis=1, keepdims=True)
        h = h - step * (np.minimum(1, 0.3 / (size + 1e-30)) if round_ < 60 else 1.0)
    x = h @ W.T + b
    x = x[np.linalg.norm(np.tanh(x) @ W.T + b - x, axis=1) < 1e-11]
    return x[np.unique(np.round(x, 4), axis=0, return_index=True)[1]]
