"""Right answers to question 5, differently written; each gets every point."""

import torch


def autograd_function(v, v_th, alpha):
    """Both ways written down in an autograd function, made anew in each call."""

    class Step(torch.autograd.Function):
        @staticmethod
        def forward(ctx, excess):
            ctx.save_for_backward(excess)
            return torch.where(excess >= 0, 1.0, 0.0).to(excess.dtype)

        @staticmethod
        def backward(ctx, arriving):
            (excess,) = ctx.saved_tensors
            return arriving * (alpha / 2) / (1 + alpha * excess.abs()) ** 2

    return Step.apply(v - v_th)


def hook(v, v_th, alpha):
    """A copy of the membrane with a hook that scales what passes back through it."""
    x = v - v_th
    through = x.clone()
    slope = 0.5 * alpha / (1 + alpha * x.detach().abs()).square()
    if through.requires_grad:
        through.register_hook(lambda arriving: arriving * slope)
    hard = torch.heaviside(x.detach(), torch.ones_like(x))
    return hard + (through - through.detach())


class _Single(torch.autograd.Function):
    """Single precision both ways; the slope is worked out on the way forward."""

    @staticmethod
    def forward(ctx, v, v_th, alpha):
        ctx.save_for_backward((alpha / 2) / (1 + alpha * torch.abs(v - v_th)) ** 2)
        return torch.ge(v, v_th).float()

    @staticmethod
    def backward(ctx, grad_output):
        (window,) = ctx.saved_tensors
        return grad_output * window, None, None


def single_precision(v, v_th, alpha):
    """An autograd function in float32."""
    return _Single.apply(v.float(), v_th, alpha)


def slope_times_detached(v, v_th, alpha):
    """The bell as a constant factor of a line through the membrane."""
    with torch.no_grad():
        slope = 1 / (2 / alpha * (1 + alpha * (v - v_th).abs()) ** 2)
        hard = ((v - v_th) >= 0).double()
    line = slope * v
    return hard + (line - line.detach())
