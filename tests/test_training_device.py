"""CPU and GPU give one step, one gradient and one loss; a device that is not there is refused."""

import pytest
import torch
from problems import F64
from torch.testing import assert_close

from course_lib.models import CTRNN, EIRateNetwork
from course_lib.tasks import LorenzForecast
from course_lib.training import check_device, fit_bptt, fit_forecaster, fit_reservoir, generalised_forcing
from course_lib.training.device import moved
from course_lib.validation import CourseError

GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here (torch.cuda.is_available() is False)")
MODELS = pytest.mark.parametrize("kind", ["CTRNN", "EIRateNetwork"])


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def make(kind: str):
    if kind == "CTRNN":
        return CTRNN(16, 3, 3, tau=0.04, dt=0.02, generator=generator(1))
    return EIRateNetwork(12, 4, 3, 3, tau_e=0.04, tau_i=0.04, dt=0.02, generator=generator(1))


def fit(kind: str, method, device: str | None, **options):
    trial = LorenzForecast(n_steps=60, transient=2.0).sample(8, generator=generator(2))
    model = make(kind)
    settings = {"n_steps": 1, "batch": 4, "window": 40, "warm_up": 20, **options}
    result = method(model, trial.inputs, trial.targets, generator=generator(3), device=device, **settings)
    return model, getattr(result, "history", result)


@GPU
@MODELS
@pytest.mark.parametrize(
    ("method", "options"),
    [(fit_forecaster, {"ridge": 1e-4}), (fit_bptt, {}), (fit_bptt, {"forcing": generalised_forcing(0.3)})],
    ids=["forecaster", "teacher", "generalised"],
)
def test_one_step_one_gradient_and_one_loss_agree_between_cpu_and_gpu(kind, method, options):
    here, on_cpu = fit(kind, method, "cpu", **options)
    there, on_gpu = fit(kind, method, "cuda", **options)
    assert_close(on_gpu.loss, on_cpu.loss, rtol=0, atol=1e-6)
    for mine, other in zip(on_cpu.state.first_moments, on_gpu.state.first_moments, strict=True):
        assert_close(other, mine, rtol=0, atol=1e-6)  # a tenth of the clipped gradient
    for mine, other in zip(here.parameters(), there.parameters(), strict=True):
        assert other.device.type == "cpu"
        assert_close(other.detach(), mine.detach(), rtol=0, atol=1e-6)


@MODELS
def test_the_named_cpu_is_the_unnamed_one(kind):
    for method, options in ((fit_forecaster, {}), (fit_bptt, {})):
        (one, first), (other, second) = fit(kind, method, None, **options), fit(kind, method, "cpu", **options)
        assert_close(first.loss, second.loss, rtol=0, atol=0)
        for a, b in zip(one.parameters(), other.parameters(), strict=True):
            assert_close(a, b, rtol=0, atol=0)


@pytest.mark.parametrize("device", ["cuda:99", "mps:7", "kitchen", "meta"])
def test_a_device_that_is_not_there_is_refused(device):
    with pytest.raises(CourseError, match="device: wanted a device that torch can use on this machine"):
        check_device(device)


def test_every_fit_refuses_a_device_that_is_not_there_and_leaves_the_model_alone():
    inputs = torch.zeros(2, 60, 3, dtype=F64)
    model = make("CTRNN")
    before = [p.detach().clone() for p in model.parameters()]
    for method, options in ((fit_forecaster, {"generator": generator(0), "window": 30}), (fit_reservoir, {})):
        with pytest.raises(CourseError, match="device: wanted"):
            method(model, inputs, inputs, device="cuda:99", warm_up=10, **options)
    for parameter, value in zip(model.parameters(), before, strict=True):
        assert_close(parameter.detach(), value, rtol=0, atol=0)


def test_a_model_comes_home_after_an_error():
    """A stand-in that notes where it was sent: the one thing about moving that needs no second device."""

    class Sent(torch.nn.Linear):
        places: list[str] = []  # noqa: RUF012

        def to(self, device):
            self.places.append(str(device))
            return self

    model = Sent(2, 2, device="meta")
    with pytest.raises(ZeroDivisionError), moved(model, "cpu"):
        raise ZeroDivisionError
    assert model.places == ["cpu", "meta"]
