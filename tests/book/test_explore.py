"""Sliders over trained networks, under Colab's ipywidgets and under ours: values set, and what is drawn read."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[1]
COLAB = Path(sys.prefix) / "colab"  # ipywidgets as Colab has it; the Makefile puts it there


def test_sliders_draw_the_networks_answer_to_every_move():
    if not (COLAB / "ipywidgets").is_dir():
        sentence = "Colab's ipywidgets is not installed here: make .venv/colab/ipywidgets"
        (pytest.fail if os.environ.get("COURSE_REQUIRE_ALL") == "1" else pytest.skip)(sentence)
    ran = subprocess.run(
        [sys.executable, str(TESTS / "explored.py"), str(COLAB), str(TESTS)],
        capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    told = [json.loads(line[line.index("{") :]) for line in ran.stdout.splitlines() if '{"version"' in line]
    assert [each["version"].split(".")[0] for each in told] == ["7", "8"], ran.stderr[-2000:]
    for each in told:
        check(each)


def check(told: dict[str, Any]) -> None:
    """Titles, curves and colours after each move."""
    whole, second, short, again = told["flipflop.md"]
    assert [seen["title"] for seen in (whole, second, short, again)] == ["flipped", "flipped", "as it was", "flipped"]
    assert len(set(whole["colours"])) == 4 and whole["above"] == [75] * 4 and again["above"] == [116] * 4
    assert whole["axes"] == ["step", "output 1", "output 2"] and second["axes"][1:] == ["output 2", "output 3"]
    assert len(whole["below"][0]) == 8  # the memories, and the path from one to the next
    small, large, astray = told["network_separatrices.md"]
    assert [seen["title"] for seen in (small, large, astray)] == ["came back", "flipped", "came back"]
    for seen in (small, large, astray):
        psi = seen["below"][0]
        assert len(psi) == 121 and psi[-1] == pytest.approx(0.76 if seen is large else -0.76, abs=0.01)
    assert small["below"][0][0] < 0 < large["below"][0][0] and small["colours"] == large["colours"]
    assert told["left"] == 0
