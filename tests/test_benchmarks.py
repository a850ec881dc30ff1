"""Recorded figures meet their targets, or stand in short.toml; nothing is computed here."""

import copy

import pytest
from benchmarks import records
from benchmarks.rows import ROWS, Criterion, median

SHORT = records.read_toml("short.toml")


def recorded() -> dict:
    return {name: records.load(name) for name in ROWS}


def test_every_recorded_figure_meets_its_target_or_is_listed_as_short():
    assert records.complaints(recorded(), SHORT) == []


def test_the_page_of_results_is_made_from_the_records():
    assert (records.HERE / "results.md").read_text() == records.render()


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
    for entry in records.read_toml("peers.toml"):
        assert set(entry) == {"row", "figure", "value", "unit", "kind", "source", "date"}
        assert entry["row"] in ROWS and entry["kind"] in ("measured", "published")
    for entry in SHORT:
        assert set(entry) == {"row", "criterion", "measured", "tried", "next_step"}


def test_the_fingerprint_follows_the_modules(tmp_path):
    row = ROWS["lorenz_spectrum"]
    for name in row.modules:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((records.LIBRARY / name).read_bytes())
    before = records.fingerprint(row, tmp_path)
    assert before == records.fingerprint(row)
    with open(tmp_path / row.modules[0], "a") as module:
        module.write("# changed\n")
    assert records.fingerprint(row, tmp_path) != before


def test_a_measured_seed_is_kept_at_once_and_is_not_due_again(tmp_path):
    row = ROWS["lorenz_spectrum"]
    quick = type(row)(row.name, row.title, _quick, row.modules, row.criteria, seeds=(0, 1))
    assert records.due(quick, tmp_path) == [0, 1]
    records.measure(quick, 1, tmp_path)
    assert records.due(quick, tmp_path) == [0]
    assert records.load(row.name, tmp_path)["seeds"]["1"]["figures"] == {"cpu": 1.0}


def _quick(seed: int) -> dict[str, float]:
    return {"cpu": float(seed)}
