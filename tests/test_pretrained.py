"""Shipped networks: every file reads, says how it was made, and is as good as it says."""

import io
from importlib import resources

import numpy as np
import pytest
import torch

from course_lib.models import CTRNN, EIRateNetwork
from course_lib.studies import pretrained
from course_lib.studies.pretrained import CATALOGUE, Entry
from course_lib.tasks import FlipFlop, GoNoGo
from course_lib.validation import CourseError

FILES = resources.files("course_lib") / "pretrained"
LEAST = {"flip_flop": 0.999, "memory_number": 0.97, "memory_angle": 0.985}  # of every score; elsewhere 0.99


def content(name: str) -> bytes:
    return (FILES / f"{name}.npz").read_bytes()


def test_the_folder_holds_the_catalogue_and_nothing_heavy():
    assert {path.name for path in FILES.iterdir()} == {f"{name}.npz" for name in CATALOGUE}
    sizes = {name: len(content(name)) for name in CATALOGUE}
    assert max(sizes.values()) < 100_000 and sum(sizes.values()) < 1_000_000


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_network_comes_with_its_recipe_its_seed_and_its_quality(name):
    shipped, entry = pretrained.load(name), CATALOGUE[name]
    assert (shipped.name, shipped.recipe, shipped.seed, shipped.task) == (name, entry.recipe, entry.seed, entry.task)
    assert set(shipped.quality) == set(entry.tests)
    least = next((bound for kind, bound in LEAST.items() if name.startswith(kind)), 0.99)
    assert min(shipped.quality.values()) >= least
    model = shipped.model
    assert isinstance(model, EIRateNetwork if name.endswith("dale") else CTRNN)
    assert (model.n_in, model.n_out) == (entry.task.n_in, entry.task.n_out)
    assert all(value.dtype == torch.float64 for value in model.state_dict().values())
    assert model.dt == (1.0 if isinstance(entry.task, FlipFlop) else entry.task.dt)
    if isinstance(model, EIRateNetwork):
        W = model.W_rec.detach()
        assert bool((W[:, : model.n_e] >= 0).all()) and bool((W[:, model.n_e :] <= 0).all())


@pytest.mark.parametrize("name", ["flip_flop_1_ctrnn", "go_no_go_dale"])
def test_a_networks_quality_is_still_what_it_says(name):
    assert pretrained.verify(name).keys() == pretrained.load(name).quality.keys()


def test_a_network_that_got_worse_is_found(monkeypatch):
    shipped = pretrained.load("flip_flop_1_ctrnn")
    with torch.no_grad():
        shipped.model.C.neg_()
    monkeypatch.setattr(pretrained, "load", lambda name: shipped)
    with pytest.raises(CourseError, match=r"flip_flop_1_ctrnn: wanted the recorded quality .bits .*, got bits 0\."):
        pretrained.verify("flip_flop_1_ctrnn")


@pytest.mark.parametrize(("score", "recorded", "fine"), [(0.991, 1.0, True), (0.985, 1.0, False), (0.96, 0.98, True)])
def test_a_shortfall_may_double_or_be_one_percent(score, recorded, fine):
    assert pretrained.is_as_good(score, recorded) == fine


def small_entry() -> Entry:
    task = GoNoGo(stimulus=100.0, delay=(40.0, 60.0), report=200.0)
    return Entry("cognitive_dale", task, 3, {"score": (task, 20)})


def test_a_network_made_anew_is_what_its_file_gives_back(monkeypatch, tmp_path):
    """Weights are written in the precision of training, so that the network that comes back is the same."""
    entry = small_entry()
    monkeypatch.setitem(CATALOGUE, "small", entry)
    monkeypatch.setitem(pretrained.recipes.COGNITIVE_STEPS, GoNoGo, 3)
    made = pretrained.regenerate("small", tmp_path)
    back = pretrained.read_checkpoint("small", entry, (tmp_path / "small.npz").read_bytes())
    assert back.quality == made.quality == entry.measure(back.model) and back.seed == 3
    u = torch.ones(2, 5, 3, dtype=torch.float64)
    assert torch.equal(back.model.run(u), made.model.run(u))
    again = pretrained.regenerate("small", tmp_path)
    assert torch.equal(again.model.run(u), made.model.run(u))


def test_time_constants_of_two_populations_come_back(tmp_path):
    entry = small_entry()
    generator = torch.Generator().manual_seed(1)
    model = EIRateNetwork(6, 2, 3, 2, tau_e=100.0, tau_i=50.0, dt=20.0, generator=generator, dtype=torch.float32)
    back = pretrained.read_checkpoint("two", entry, pretrained.write_checkpoint(entry, model.double(), {})).model
    assert back.tau.tolist() == [100.0] * 6 + [50.0] * 2 and torch.equal(back.W_rec, model.W_rec)


def test_files_hold_no_pickle_and_a_broken_one_is_refused():
    with np.load(io.BytesIO(content("flip_flop_3_ctrnn")), allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fU" for name in arrays.files)
    entry = CATALOGUE["flip_flop_3_ctrnn"]
    for broken in (content("flip_flop_3_ctrnn")[:-200], b"", content("flip_flop_1_ctrnn").replace(b"C.npy", b"D.npy")):
        with pytest.raises(CourseError, match=r"flip_flop_3_ctrnn\.npz: wanted a checkpoint of this library"):
            pretrained.read_checkpoint("flip_flop_3_ctrnn", entry, broken)
    with pytest.raises(CourseError, match=r"name: wanted one of .*go_no_go_dale"):
        pretrained.load("go")
