"""Right answers to question 4, differently written; each gets every point."""

import torch
from torch.func import grad as slope_of
from torch.func import jvp, vmap


def forward_mode(psi, f, x, lam):
    """The change along the flow by one forward pass with a tangent."""
    value, along = jvp(psi, (x,), (f(x),))
    return along - lam * (value - value**3)


def state_by_state(psi, f, x, lam):
    """A gradient a state, by torch.func."""
    slopes = vmap(slope_of(lambda state: psi(state[None])[0]))(x)
    return torch.einsum("ij,ij->i", slopes, f(x)) - lam * (psi(x) - psi(x) ** 3)


def central_difference(psi, f, x, lam):
    """psi a little ahead and a little behind on the flow."""
    step, velocity = 1e-4, f(x)
    along = (psi(x + step * velocity) - psi(x - step * velocity)) / (2 * step)
    value = psi(x)
    return (along - lam * value * (1 - value**2))[:, None]


def single_precision(psi, f, x, lam):
    """Everything in float32; the weights of psi follow."""
    x = x.float().requires_grad_()
    value = psi(x)
    (slopes,) = torch.autograd.grad(value, x, torch.ones_like(value), create_graph=True)
    return torch.stack([slopes[i] @ f(x)[i] for i in range(len(x))]) - lam * (value - value**3)
