"""Wrong answers to question 5. The docstring of each says the misconception; matrix.toml says what it must lose."""

import torch


def _with(forward, backward):
    """A spike whose two ways are given: forward(x, alpha), and backward(x, alpha, arriving), of x = v - v_th."""

    class Spike(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, alpha):
            ctx.save_for_backward(x)
            ctx.alpha = alpha
            return forward(x, alpha)

        @staticmethod
        def backward(ctx, arriving):
            return backward(*ctx.saved_tensors, ctx.alpha, arriving), None

    return lambda v, v_th, alpha: Spike.apply(v - v_th, alpha)


def _step(x, alpha):
    return (x >= 0).to(x.dtype)


def _bell(x, alpha):
    return alpha / 2 * (1 + alpha * x.abs()) ** -2


def derivative_of_the_bell(v, v_th, alpha):
    """The bell was differentiated once more: its slope is negative above threshold and positive below it."""
    twice = lambda x, alpha, arriving: arriving * -(alpha**2) * x.sign() * (1 + alpha * x.abs()) ** -3  # noqa: E731
    return _with(_step, twice)(v, v_th, alpha)


def plain_step(v, v_th, alpha):
    """A comparison alone: it has no derivative that could be passed back."""
    return (v >= v_th).to(v.dtype)


def soft_forward(v, v_th, alpha):
    """The smooth curve was returned on the way forward too: values between silence and a spike."""
    x = v - v_th
    return 0.5 + alpha * x / (2 * (1 + alpha * x.abs()))


def upstream_dropped(v, v_th, alpha):
    """The slope itself was returned on the way back: what arrives from the loss was dropped."""
    return _with(_step, lambda x, alpha, arriving: _bell(x, alpha))(v, v_th, alpha)


def around_zero(v, v_th, alpha):
    """The bell was put around zero millivolts, not around the threshold."""

    def shifted(x, alpha, arriving):
        return arriving * _bell(x + v_th, alpha)

    return _with(_step, shifted)(v, v_th, alpha)


def height_one(v, v_th, alpha):
    """The bell was given height one: its area then shrinks as it narrows."""
    return _with(_step, lambda x, alpha, arriving: arriving * 2 / alpha * _bell(x, alpha))(v, v_th, alpha)


def no_square(v, v_th, alpha):
    """The square was forgotten: the slope falls off too slowly and has no finite area."""
    return _with(_step, lambda x, alpha, arriving: arriving * alpha / 2 / (1 + alpha * x.abs()))(v, v_th, alpha)


def alpha_outside_alone(v, v_th, alpha):
    """The steepness changes the height alone: all bells have one width."""
    return _with(_step, lambda x, alpha, arriving: arriving * alpha / 2 * (1 + x.abs()) ** -2)(v, v_th, alpha)


def straight_through(v, v_th, alpha):
    """The gradient was passed straight through: each cell counts alike, however far from threshold."""
    return _with(_step, lambda x, alpha, arriving: arriving)(v, v_th, alpha)


def where_it_spiked(v, v_th, alpha):
    """The slope was multiplied by the spike: cells below threshold pass nothing on."""
    return _with(_step, lambda x, alpha, arriving: arriving * _bell(x, alpha) * _step(x, alpha))(v, v_th, alpha)


def minus_sign(v, v_th, alpha):
    """A minus sign slipped in, as from differentiating by the threshold instead of the membrane."""
    return _with(_step, lambda x, alpha, arriving: -arriving * _bell(x, alpha))(v, v_th, alpha)


def above_alone(v, v_th, alpha):
    """A cell was asked to lie above threshold: one exactly at threshold stays silent."""
    above = lambda x, alpha: (x > 0).to(x.dtype)  # noqa: E731
    return _with(above, lambda x, alpha, arriving: arriving * _bell(x, alpha))(v, v_th, alpha)


def plus_and_minus_one(v, v_th, alpha):
    """Silence was written as minus one, as the sign function does it."""
    sign = lambda x, alpha: 2 * _step(x, alpha) - 1  # noqa: E731
    return _with(sign, lambda x, alpha, arriving: arriving * _bell(x, alpha))(v, v_th, alpha)


_kept = {}


def last_call_remembered(v, v_th, alpha):
    """The membranes were kept in one place for all calls: on the way back every call finds those of the last one."""
    _kept["x"] = (v - v_th).detach()
    late = lambda x, alpha, arriving: arriving * _bell(_kept["x"], alpha)  # noqa: E731
    return _with(_step, late)(v, v_th, alpha)
