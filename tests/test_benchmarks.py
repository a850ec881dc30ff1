"""Recorded figures meet their targets, or stand in short.toml; nothing is computed here."""

import copy
import dataclasses
import importlib.util
import math
from types import SimpleNamespace

import pytest
from benchmarks import peers, records, rotation, status
from benchmarks.rows import Criterion, median
from benchmarks.table import ROWS, SECTIONS

SHORT = records.read_toml("short.toml")
HELD = ("section", "target", "wanted", "elsewhere", "tests")


def recorded() -> dict:
    return {name: records.load(name) for name in ROWS}


def test_every_recorded_figure_meets_its_target_or_is_listed_as_short():
    assert records.complaints(recorded(), SHORT) == []


def test_the_page_of_results_is_made_from_the_records():
    assert (records.HERE / "results.md").read_text() == records.render()


def test_the_figures_of_the_status_page_are_made_from_the_records():
    assert status.FILE.read_text(encoding="utf-8") == status.text()


def test_a_target_on_the_status_page_has_its_bound_its_figure_and_the_range_of_single_seeds():
    shown = status.of_criterion(Criterion("a", "a things", median("a"), 2.0, at_least=True), [{"a": 3.0}, {"a": 1.0}])
    assert shown == {"words": "a things", "wanted": "≥ 2", "ours": "2", "seeds": "1 to 3", "met": True}


def test_targets_that_are_yes_or_no_are_held_by_tests_that_exist():
    tests = records.HERE.parent
    for entry in records.read_toml("held.toml"):
        assert {"section", "target", "wanted", "tests"} <= set(entry) <= set(HELD), entry
        assert entry["section"] in SECTIONS and entry["tests"], entry
        for named in entry["tests"]:
            file, _, test = named.partition("::")
            assert f"def {test or 'test_'}" in (tests / file).read_text(encoding="utf-8"), named


def test_records_name_commit_modules_and_machine_and_no_computer():
    for name in ROWS:
        for seed in records.load(name)["seeds"].values():
            assert set(seed) == {"figures", "machine", "commit", "modules", "date"}
            assert set(seed["machine"]) == {"cpu", "cores"}
            assert len(seed["commit"]) == 40 and len(seed["modules"]) == 16


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_a_figure_that_misses_its_target_is_found(row):
    worse = recorded()
    criterion = row.criteria[0]
    for seed in worse[row.name]["seeds"].values():
        seed["figures"] = {key: 0.0 if criterion.at_least else 1e6 for key in seed["figures"]}
        seed["figures"].update({key: 1.0 for key in seed["figures"] if key.endswith("_error")})
    found = records.complaints(worse, [])
    assert any(criterion.words in sentence and row.name in sentence for sentence in found)
    listed = [{"row": row.name, "criterion": c.name} for c in row.criteria]
    assert not any(criterion.words in sentence for sentence in records.complaints(worse, listed))


def test_a_listed_target_that_is_met_is_found():
    row = ROWS["ctrnn_lorenz"]
    entry = {"row": row.name, "criterion": "bounded"}
    assert any("take it off short.toml" in sentence for sentence in records.complaints(recorded(), [*SHORT, entry]))


def test_a_listed_target_that_nobody_has_is_found():
    found = records.complaints(recorded(), [{"row": "ctrnn_lorenz", "criterion": "beauty"}])
    assert any("ctrnn_lorenz.beauty, which no row has" in sentence for sentence in found)


def test_figures_of_an_earlier_release_are_stale():
    assert any("measured at" in sentence for sentence in records.complaints(recorded(), SHORT, version="9.9.9"))


def test_a_seed_that_was_never_measured_is_found():
    holes = copy.deepcopy(recorded())
    del holes["lorenz_spectrum"]["seeds"]["3"]
    assert any("no figures for seeds [3]" in sentence for sentence in records.complaints(holes, SHORT))


def test_a_figure_that_is_not_a_number_meets_nothing():
    for at_least in (True, False):
        assert not Criterion("a", "a", median("a"), 1.0, at_least=at_least).met([{"a": float("nan")}])


def test_peers_say_value_source_date_and_how():
    for entry in [*records.read_toml("peers.toml"), *records.read_measured_peers()]:
        assert set(entry) == {"row", "figure", "value", "unit", "kind", "source", "date"}
        assert entry["row"] in ROWS and entry["kind"] in ("measured", "published")
    for entry in SHORT:
        assert set(entry) == {"row", "criterion", "measured", "tried", "next_step"}


def test_shipped_networks_that_were_trained_anew_are_as_good():
    assert rotation.complaints(rotation.load()) == []


def test_the_next_network_is_the_one_longest_ago_and_its_figures_are_kept(monkeypatch, tmp_path):
    made = []

    def regenerate(name: str, folder: str) -> SimpleNamespace:
        made.append(name)
        return SimpleNamespace(quality={"score": 0.9 + len(made) / 1000})

    monkeypatch.setattr(rotation.pretrained, "CATALOGUE", {"a": None, "b": None})
    monkeypatch.setattr(rotation.pretrained, "regenerate", regenerate)
    monkeypatch.setattr(rotation.pretrained, "load", lambda name: SimpleNamespace(quality={"score": 1.0}))
    for _ in range(3):
        rotation.rotate("0" * 40, tmp_path)
    assert made == ["a", "b", "a"]
    found = rotation.load(tmp_path)
    assert found["a"]["anew"] == {"score": 0.903} and found["b"]["anew"] == {"score": 0.902}
    assert rotation.complaints(found) == [
        f"pretrained {name}, score: trained anew {score}, shipped 1" for name, score in (("a", 0.903), ("b", 0.902))
    ]
    assert any("| a | score | 1.0000 | 0.9030 |" in line for line in rotation.render(found))


def test_the_fingerprint_follows_the_modules(tmp_path):
    row = ROWS["lorenz_spectrum"]
    for name in row.modules:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((records.LIBRARY / name).read_bytes())
    before = records.fingerprint(row, tmp_path)
    assert before == records.fingerprint(row)
    with open(tmp_path / row.modules[0], "a") as module:
        module.write("# words\n")
    assert records.fingerprint(row, tmp_path) == before
    with open(tmp_path / row.modules[0], "a") as module:
        module.write("CHANGED = 1\n")
    assert records.fingerprint(row, tmp_path) != before


def test_a_measured_seed_is_kept_at_once_and_is_not_due_again(tmp_path):
    row = ROWS["lorenz_spectrum"]
    quick = type(row)(row.name, row.title, _quick, row.modules, row.criteria, seeds=(0, 1))
    assert records.due(quick, tmp_path) == [0, 1]
    records.measure(quick, 1, tmp_path)
    assert records.due(quick, tmp_path) == [0]
    assert records.load(row.name, tmp_path)["seeds"]["1"]["figures"] == {"cpu": 1.0}


def test_figures_become_those_of_a_new_version_only_when_their_code_is_unchanged(monkeypatch, tmp_path):
    row = ROWS["lorenz_spectrum"]
    quick = type(row)(row.name, row.title, _quick, row.modules, row.criteria, seeds=(0,))
    records.measure(quick, 0, tmp_path)
    monkeypatch.setattr(records, "__version__", "9.9.9")
    records.confirm(quick, tmp_path)
    assert records.load(row.name, tmp_path)["version"] == "9.9.9"
    monkeypatch.setattr(records, "__version__", "9.9.10")
    records.confirm(dataclasses.replace(quick, seeds=(0, 1)), tmp_path)  # seed 1 was never measured
    monkeypatch.setattr(records, "fingerprint", lambda row: "other code")
    records.confirm(quick, tmp_path)
    assert records.load(row.name, tmp_path)["version"] == "9.9.9"


def _quick(seed: int) -> dict[str, float]:
    return {"cpu": float(seed)}


def test_a_peer_is_run_as_it_answers_and_kept_in_the_place_of_its_earlier_figure(tmp_path):
    peer = peers.Peer("lyapunov_from_data", "it", "slope", 50, 0.05, "1/t.u.", lambda it, x, dt: it * len(x) * dt)
    value, seconds = peers.measure(peer, 2.0, seed=0)
    assert (value, seconds >= 0) == (5.0, True)
    path = tmp_path / "peers.json"
    for version, values in (("1.0", (1.0, 2.0, 9.0)), ("1.1", (3.0, 4.0, 4.5))):
        peers.keep(peers.entry(peer, version, [(value, 0.5) for value in values]), path)
    (kept,) = records.read_measured_peers(path)
    assert (kept["value"], kept["source"], kept["kind"]) == (4.0, "it 1.1", "measured")
    assert "3 to 4.5 over 3 seeds" in kept["figure"] and "50 samples" in kept["figure"]
    peers.keep(peers.entry(peer, "1.1", [(1.0, 0.5)]) | {"figure": "another (1)"}, path)
    assert len(records.read_measured_peers(path)) == 2


def test_a_peer_that_is_not_installed_is_named(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(records, "HERE", tmp_path)
    monkeypatch.setattr(records, "render", lambda: "")
    monkeypatch.setattr(peers, "PEERS", (peers.Peer("lyapunov_from_data", "no_such_package", "", 1, 1.0, "", float),))
    assert peers.main(["no_such_package"]) == 1
    assert "not here: no_such_package" in capsys.readouterr().out
    assert peers.main([]) == 0


def test_nolds_is_imported_on_every_python(monkeypatch, tmp_path):
    """A package that asks importlib.resources for the files of a module of its own, as nolds 0.6.3 does."""
    package = tmp_path / "asks_for_itself"
    package.mkdir()
    (package / "__init__.py").write_text("from asks_for_itself.datasets import here\n")
    (package / "datasets.py").write_text(
        "from importlib import resources\nhere = resources.files('asks_for_itself.datasets')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert (peers.load("asks_for_itself").here / "datasets.py").is_file()


@pytest.mark.parametrize("package", sorted({peer.package for peer in peers.PEERS}))
def test_an_installed_peer_answers(package):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not among the pins (see peers.py): pip install it")
    module = peers.load(package)
    for peer in peers.PEERS:
        if peer.package == package:
            quick = dataclasses.replace(peer, n=600)
            assert math.isfinite(peers.measure(quick, module, seed=0)[0]), peer.words
