"""Wrong answers to question 4. The docstring of each says the misconception; matrix.toml says what it must lose."""

import torch


def _slopes(psi, x, keep=True):
    """psi (n,) and its gradient (n, dim) at each state."""
    x = x.detach().requires_grad_()
    value = psi(x)
    return value, torch.autograd.grad(value.sum(), x, create_graph=keep)[0]


def _with(psi, f, x, right_side):
    value, slopes = _slopes(psi, x)
    return (slopes * f(x)).sum(dim=1) - right_side(value)


def linear_right_side(psi, f, x, lam):
    """The right side was lam psi, that of the eigenfunction before it was squashed: it grows without end."""
    return _with(psi, f, x, lambda value: lam * value)


def rate_left_out(psi, f, x, lam):
    """The rate was left out: psi changes along the flow at a rate of its own, not at one."""
    return _with(psi, f, x, lambda value: value - value**3)


def rate_on_the_linear_term_alone(psi, f, x, lam):
    """The rate was multiplied with psi alone, not with its cube."""
    return _with(psi, f, x, lambda value: lam * value - value**3)


def sides_added(psi, f, x, lam):
    """The two sides were added, not compared: where the equation holds, their sum does not vanish."""
    return _with(psi, f, x, lambda value: -lam * (value - value**3))


def cube_of_the_wrong_sign(psi, f, x, lam):
    """The cube was given the sign of the linear term: psi would run off instead of levelling off at one."""
    return _with(psi, f, x, lambda value: lam * (value + value**3))


def squared(psi, f, x, lam):
    """The residual was squared: what is wanted is the residual itself, with its sign."""
    return _with(psi, f, x, lambda value: lam * (value - value**3)) ** 2


def mean_over_the_batch(psi, f, x, lam):
    """The mean of psi was differentiated: with n states each gradient is n times too small."""
    x = x.detach().requires_grad_()
    value = psi(x)
    (slopes,) = torch.autograd.grad(value.mean(), x, create_graph=True)
    return (slopes * f(x)).sum(dim=1) - lam * (value - value**3)


def one_gradient_for_all(psi, f, x, lam):
    """The gradients of all states were averaged, and the mean was used for each of them."""
    value, slopes = _slopes(psi, x)
    return f(x) @ slopes.mean(dim=0) - lam * (value - value**3)


def every_state_with_every_velocity(psi, f, x, lam):
    """Gradients were multiplied with the velocities of all states and summed over the batch as well."""
    value, slopes = _slopes(psi, x)
    return (slopes @ f(x).T).sum(dim=1) - lam * (value - value**3)


def length_times_speed(psi, f, x, lam):
    """The lengths of gradient and velocity were multiplied: a flow along the level lines would change psi, too."""
    value, slopes = _slopes(psi, x)
    return slopes.norm(dim=1) * f(x).norm(dim=1) - lam * (value - value**3)


def unit_velocity(psi, f, x, lam):
    """Only the direction of the flow was used, not its speed."""
    value, slopes = _slopes(psi, x)
    velocity = f(x)
    return (slopes * velocity / velocity.norm(dim=1, keepdim=True)).sum(dim=1) - lam * (value - value**3)


def psi_times_flow(psi, f, x, lam):
    """psi itself was multiplied with the flow, not its gradient."""
    value = psi(x)
    return value * f(x).sum(dim=1) - lam * (value - value**3)


def one_step_of_a_map(psi, f, x, lam):
    """psi was compared before and after a step of length one: that is a map, and the equation is that of the flow."""
    value = psi(x)
    return psi(x + f(x)) - value - lam * (value - value**3)


def flow_backwards(psi, f, x, lam):
    """The flow was taken backwards."""
    return _with(psi, lambda x: -f(x), x, lambda value: lam * (value - value**3))


def detached(psi, f, x, lam):
    """The residual was cut off from psi: it has the right values, and no weight can learn from it."""
    return _with(psi, f, x, lambda value: lam * (value - value**3)).detach()


def gradient_without_history(psi, f, x, lam):
    """The gradient of psi was made without create_graph: the weights hear of lam (psi - psi^3) alone."""
    value, slopes = _slopes(psi, x)
    return (slopes.detach() * f(x)).sum(dim=1) - lam * (value - value**3)


def right_side_without_history(psi, f, x, lam):
    """The right side was cut off as if it were a target: the weights hear of the change along the flow alone."""
    return _with(psi, f, x, lambda value: (lam * (value - value**3)).detach())
