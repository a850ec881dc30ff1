"""What of a rebuilt notebook runs, and when: stubs, copies, moved answers, playgrounds."""

import json

import pytest
import tiny

from course_lib.staff.grading import rebuild as building
from course_lib.staff.grading import roles
from course_lib.staff.grading.cells import read_cells
from course_lib.student import diagnosis

SHIFT = "def shift(x, by):\n    return x + by"


def rebuilt(notebook: dict):
    return building.rebuild(tiny.released(), read_cells(notebook), key=b"k", student="ada")


def steps(made: dict) -> list[str]:
    """What runs, in order; "? q1" is the probe of q1."""
    return [step.source or f"? {step.question}" for step in roles.plan(made["cells"], ("q1", "q2"))]


def stub(name: str) -> str:
    return tiny.released()["cells"][tiny.place(tiny.released(), name)]["source"]


def test_a_stub_runs_unless_its_function_is_defined_elsewhere():
    notebook = tiny.answered(q2=stub("q2-answer"))
    assert any("NotImplementedError" in step for step in steps(rebuilt(notebook)[0]))
    made, account = rebuilt(tiny.inserted(notebook, "q1-text", SHIFT))
    assert not any("NotImplementedError" in step for step in steps(made))
    assert account.changes == ["Stub not run, q2-answer: shift is defined in another cell."]
    assert "NotImplementedError" in made["cells"][tiny.place(made, "q2-answer")]["source"], "it is shown all the same"


def test_a_function_used_only_as_a_name_does_not_count_as_defined():
    notebook = tiny.inserted(tiny.answered(q2=stub("q2-answer")), "q1-text", "print(shift)\n# def shift(x): pass")
    assert any("NotImplementedError" in step for step in steps(rebuilt(notebook)[0]))


def test_a_probe_waits_for_a_helper_that_stands_below_it():
    notebook = tiny.answered(q1="def double(x):\n    return two() * x")
    made, account = rebuilt(tiny.inserted(notebook, "q3-written", "def two():\n    return 2"))
    order = steps(made)
    assert order.index("def two():\n    return 2") < order.index("? q1") and order.index("? q2") < order.index("? q1")
    assert account.changes == ["q1-probe runs later: it needs two, which is defined below it."]
    ids = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in made["cells"]]
    assert ids.index("q1-probe") < ids.index("q2-probe"), "it stands where the release has it"


def test_the_last_of_several_attempts_bears_the_name():
    notebook = tiny.answered()
    at = tiny.place(notebook, "q1-answer")
    old = json.loads(json.dumps(notebook["cells"][at])) | {"source": "def double(x):\n    return 3 * x"}
    notebook["cells"].insert(at, old)
    made, _ = rebuilt(notebook)
    assert made["cells"][tiny.place(made, "q1-answer")]["source"] == tiny.RIGHT["q1-answer"]
    order = steps(made)
    assert order.index(old["source"]) < order.index(tiny.RIGHT["q1-answer"]) < order.index("? q1")


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ("EPS = 0.25", True),
        ("EPS: float = 0.25", True),
        ("half = lambda x: x / 2", True),
        ("import math", True),
        ("data = train()", False),
        ("data += 1", False),
        ("data: int", False),
        ("STEP = 2 * 3", False),
        ("class Own:\n    pass", True),
    ],
)
def test_a_playground_gives_what_costs_nothing(line, runs):
    notebook = tiny.answered()
    (cell,) = [cell for cell in notebook["cells"] if "explore" in cell["metadata"].get("tags", ())]
    cell["source"] += f"\n{line}"
    text = "\n".join(steps(rebuilt(notebook)[0]))
    assert (line in text) == runs and "SystemError" not in text
    assert len(diagnosis.definitions(line)) == runs, "the doctor knows what runs"


def test_a_playground_lends_what_an_answer_uses_and_no_more():
    release = tiny.released()
    (play,) = [cell for cell in release["cells"] if "explore" in cell["metadata"].get("tags", ())]
    play["source"] = "import math\nimport cmath\nWIDTH = 3\nraise SystemError"
    notebook = tiny.answered(q1="def double(x):\n    return 2 * math.prod([x])")
    (cell,) = [cell for cell in notebook["cells"] if "explore" in cell["metadata"].get("tags", ())]
    cell["source"] = play["source"] + "\ndef broad():\n    return WIDTH"
    made, _ = building.rebuild(release, read_cells(notebook), key=b"k", student="ada")
    (run,) = [cell["metadata"]["course"]["run"] for cell in made["cells"] if "run" in cell["metadata"]["course"]]
    assert run == "import math\nWIDTH = 3\ndef broad():\n    return WIDTH"


def test_half_a_letter_leaves_a_notebook_that_can_be_written():
    made, _ = rebuilt(tiny.inserted(tiny.answered(), "q1-text", 'note = "\ud83d"'))
    again = json.loads(json.dumps(made, ensure_ascii=False).encode("utf-8", "replace"))
    assert roles.is_collected(again, b"k", "tiny", "ada")


@pytest.mark.parametrize(("kind", "becomes"), [("code", "code"), ("markdown", "markdown")])
def test_a_text_that_became_code_is_code_when_it_can_be_read(kind, becomes):
    notebook = tiny.answered()
    notebook["cells"][tiny.place(notebook, "q1-text")].update(cell_type=kind, source="HELPER = 1")
    made, _ = rebuilt(notebook)
    (own,) = [cell for cell in made["cells"] if cell["metadata"]["course"]["role"] == "own"]
    assert (own["cell_type"], own["source"]) == (becomes, "HELPER = 1")


def test_what_is_missing_moved_or_retyped_is_said():
    notebook = tiny.answered()
    notebook["cells"][tiny.place(notebook, "q1-probe")]["cell_type"] = "raw"
    del notebook["cells"][tiny.place(notebook, "q2-check")]
    notebook["cells"].reverse()
    assert rebuilt(notebook)[1].changes == [
        "Cells that were missing come from the release: q2-check.",
        "The cell q1-probe had become raw; it is code again.",
        "The cells stood in another order; they stand in the release's again.",
    ]


def test_more_code_than_anybody_writes_is_refused():
    notebook = tiny.answered()
    notebook["cells"] += [tiny.inserted(tiny.released(), "setup", "x = 1\n" * 30_000)["cells"][2]] * 20
    with pytest.raises(ValueError, match="characters of code"):
        rebuilt(notebook)
