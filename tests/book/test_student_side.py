"""glue, widget and explore: what they print, what they refuse, what they need."""

import importlib.resources
import json
import re
import sys

import numpy as np
import pytest
import torch

from course_lib.student import explore, glue, typeset, widget
from course_lib.student.widget import NAMES

SCRIPTS = importlib.resources.files("course_lib.student") / "widgets"


@pytest.mark.parametrize(
    ("value", "fmt", "wanted"),
    [
        (0.9056, ".2f", "0.91"),
        (-13.6667, ".3f", "−13.667"),
        (1.2e-6, ".1e", "1.2\u00a0×\u00a010⁻⁶"),
        (-4e10, ".0e", "−4\u00a0×\u00a010¹⁰"),
        (-0.0004, ".2f", "0.00"),
        (-0.04, ".2f", "−0.04"),
        (torch.tensor(2.0), ".1f", "2.0"),
        (np.int64(7), "d", "7"),
        ("a, b-c", "", "a, b-c"),
    ],
)
def test_numbers_are_typeset_as_prose_prints_them(value, fmt, wanted):
    assert typeset(value, fmt) == wanted


@pytest.mark.parametrize(("value", "fmt"), [("text", ".2f"), (torch.zeros(2), ".1f"), (None, ".1f")])
def test_a_value_that_does_not_fit_is_refused(value, fmt):
    with pytest.raises((ValueError, RuntimeError)):
        typeset(value, fmt)


def test_glue_prints_outside_the_book(monkeypatch, capsys):
    monkeypatch.delenv("COURSE_BOOK", raising=False)
    glue("lambda_1", 0.90561, ".3f")
    assert capsys.readouterr().out == "lambda_1 = 0.906\n"


def test_glue_keeps_the_number_in_the_book(monkeypatch, capsys):
    kept = {}
    monkeypatch.setenv("COURSE_BOOK", "1")
    monkeypatch.setattr("myst_nb.glue", lambda name, value, display: kept.update({name: (value, display)}))
    glue("lambda_1", 0.90561, ".3f")
    assert kept == {"lambda_1": ("0.906", False)} and capsys.readouterr().out == ""


def test_glue_refuses_a_name_that_no_role_can_hold():
    with pytest.raises(ValueError, match="letters, digits"):
        glue("lambda 1", 1.0, ".1f")


@pytest.mark.parametrize("name", ("kit", "net", "space", *NAMES))
def test_a_script_is_small_and_stands_alone(name):
    text = (SCRIPTS / f"{name}.js").read_text(encoding="utf-8")
    assert len(text.encode()) <= 15_000
    assert not re.search(r"\b(import|require|fetch|XMLHttpRequest)\b\s*[({\"'*]|https?://", text)


@pytest.mark.parametrize("name", NAMES)
def test_the_script_defines_what_the_page_mounts(name):
    mounted = re.search(r"\b(course\w+)\.mount\(document", widget(name)._repr_html_())[1]
    assert f"root.{mounted} = {{" in (SCRIPTS / f"{name}.js").read_text(encoding="utf-8")


def test_a_widget_is_one_piece_of_html_whose_options_cannot_break_out():
    shown = widget("lorenz", start=torch.tensor([1.0, 2.0, 3.0]), slope=0.9, note="</script><b>")._repr_html_()
    assert shown.count("</script>") == 1
    options = re.search(r"getElementById\('course-lorenz-\d+'\), (\{.*\})\);", shown)[1]
    assert json.loads(options) == {"start": [1.0, 2.0, 3.0], "slope": 0.9, "note": "</script><b>"}
    assert "JavaScript" in shown and shown != widget("lorenz", slope=0.9)._repr_html_()


def test_a_still_picture_carries_its_text():
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1, 1))
    shown = widget("lorenz", still=figure, alt='Two "wings"')._repr_html_()
    assert 'alt="Two &quot;wings&quot;"' in shown and "data:image/png;base64," in shown
    with pytest.raises(ValueError, match="alt="):
        widget("lorenz", still=figure)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("rossler", {}), "lorenz"), (("lorenz", {"slope": float("nan")}), "finite"), (("lorenz", {"f": len}), "option")],
)
def test_a_widget_refuses_what_it_cannot_show(arguments, message):
    name, options = arguments
    with pytest.raises(ValueError, match=message):
        widget(name, **options)


def test_explore_calls_the_function_with_the_ranges_names():
    shown = explore(lambda rho, n: None, rho=(0.0, 40.0), n=[1, 2])
    assert [type(child).__name__ for child in shown.children[:2]] == ["FloatSlider", "Dropdown"]


def test_explore_says_what_to_do_without_ipywidgets(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(ImportError, match="pip install ipywidgets"):
        explore(print, x=(0, 1))


def test_explore_refuses_a_range_that_is_none():
    with pytest.raises(ValueError, match="low < high"):
        explore(print, x=(1.0, 0.0))
