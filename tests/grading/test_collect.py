"""Collect: who from the folder, what from the metadata, every honest cell kept, nothing else let through."""

import copy
import json
import os
import zipfile

import handed
import nbformat
import pytest
import tiny

from course_lib.staff.grading import archive, quarantine, roles, sanitise, sets
from course_lib.staff.grading import rebuild as building
from course_lib.staff.grading.cells import read_cells
from course_lib.staff.grading.collect import collect
from course_lib.staff.grading.deal import course_key
from course_lib.staff.grading.found import find, student_id
from course_lib.staff.grading.places import Places
from course_lib.validation import CourseError


def rebuilt(notebook: dict):
    made, account = building.rebuild(tiny.released(), read_cells(notebook), key=b"k", student="ada")
    nbformat.validate(nbformat.from_dict(copy.deepcopy(made)))
    return made, account


def order(made: dict) -> list[str]:
    """What stands where: grade ids, and the first word of the student's own cells."""
    return [
        cell["metadata"].get("nbgrader", {}).get("grade_id") or cell["metadata"]["course"]["role"]
        for cell in made["cells"]
    ]


RELEASED = order({"cells": rebuilt(tiny.answered())[0]["cells"]})


def source(made: dict, name: str) -> str:
    return made["cells"][tiny.place(made, name)]["source"]


def run_text(made: dict) -> str:
    return "\n".join(step.source or f"probe {step.question}" for step in roles.plan(made["cells"], ("q1", "q2")))


def test_an_ordinary_notebook_comes_out_in_the_releases_order():
    made, account = rebuilt(tiny.answered())
    assert RELEASED == [
        *("intro", "setup", "q1-text", "q1-answer", "q1-check", "q1-probe"),
        *("explore", "q2-text", "q2-answer", "q2-check", "q2-probe", "q3-written"),
    ]
    assert source(made, "q1-answer") == tiny.RIGHT["q1-answer"]
    assert account.changes == [] and account.flags == []
    assert made["metadata"]["kernelspec"]["name"] == "course-sandbox"


def test_reordered_and_deleted_cells_come_back_in_order():
    notebook = tiny.answered()
    notebook["cells"].reverse()
    del notebook["cells"][tiny.place(notebook, "q1-probe")]
    made, _ = rebuilt(notebook)
    assert order(made) == RELEASED and source(made, "q2-answer") == tiny.RIGHT["q2-answer"]


def test_a_deleted_answer_is_the_stub_again_and_said():
    notebook = tiny.answered()
    del notebook["cells"][tiny.place(notebook, "q1-answer")]
    made, account = rebuilt(notebook)
    assert "NotImplementedError" in source(made, "q1-answer")
    assert account.changes == ["Cells that were missing come from the release: q1-answer."]


def test_locked_cells_come_from_the_release_and_added_lines_run_once():
    notebook = tiny.answered()
    setup = notebook["cells"][tiny.place(notebook, "setup")]
    setup["source"] = "import numpy as np\nimport math\nCONSTANT = 3\ncheck('q1', 2)"
    probe = notebook["cells"][tiny.place(notebook, "q1-probe")]
    probe["source"] = "probe('q2', double)\nhelper = 4"
    probe["metadata"]["nbgrader"]["points"] = 99
    made, account = rebuilt(notebook)
    assert source(made, "setup") == "import numpy as np"
    text = run_text(made)
    assert "import math\nCONSTANT = 3" in text and "check(" not in text and "probe(" not in text
    assert text.index("helper = 4") < text.index("probe q1")
    assert made["cells"][tiny.place(made, "q1-probe")]["metadata"]["nbgrader"]["points"] == 4
    assert len(account.changes) == 2


def test_words_typed_into_a_locked_cell_run_by_themselves():
    notebook = tiny.answered()
    notebook["cells"][tiny.place(notebook, "setup")]["source"] = "import numpy as np\noops oops"
    made, account = rebuilt(notebook)
    assert source(made, "setup") == "import numpy as np" and "\noops oops" in run_text(made)
    assert account.changes == ["Lines added to the locked cell setup run as a cell of their own."]


def test_copies_cost_nothing_and_all_that_was_worked_on_runs():
    notebook = tiny.answered(q1="A = 1")
    first = notebook["cells"][tiny.place(notebook, "q1-answer")]
    second = {**copy.deepcopy(first), "source": "def double(x):\n    return 2 * x * A"}
    stub = tiny.released()["cells"][3]
    end = tiny.place(notebook, "q2-text")
    notebook["cells"][end:end] = [second, copy.deepcopy(stub), copy.deepcopy(second)]
    made, _ = rebuilt(notebook)
    assert [name for name in order(made) if name != "own"] == RELEASED
    text = run_text(made)
    assert text.count("def double") == 1 and text.index("A = 1") < text.index("def double") < text.index("probe q1")


def test_own_cells_stay_where_they_stood():
    notebook = tiny.inserted(tiny.answered(), "q1-answer", "behind = 1")
    notebook = tiny.inserted(notebook, "q2-text", "before = 1")
    notebook["cells"].insert(0, {"cell_type": "code", "metadata": {}, "source": "first = 1", "outputs": []})
    made, _ = rebuilt(notebook)
    names = order(made)
    assert names[0] == "own" and names[names.index("q1-answer") + 1] == "own"
    assert names[names.index("q2-answer") - 1] == "own"


def test_explorations_run_only_what_was_defined_in_them():
    notebook = tiny.answered()
    for cell in notebook["cells"]:
        if "explore" in cell["metadata"].get("tags", ()):
            cell["source"] = "import math\nslow = [i for i in range(10**9)]\ndef mine():\n    return 1"
    text = run_text(rebuilt(notebook)[0])
    assert "import math" in text and "def mine" in text and "slow" not in text and "SystemError" not in text


def test_lost_metadata_is_found_by_text_place_and_name():
    notebook = tiny.answered()
    notebook["cells"][-1]["source"] = "My own words."
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    made, account = rebuilt(notebook)
    assert order(made) == RELEASED
    assert source(made, "q2-answer") == tiny.RIGHT["q2-answer"] and source(made, "q3-written") == "My own words."
    assert len(account.flags) == 3


@pytest.mark.parametrize("kind", ["raw", "markdown"])
def test_an_answer_whose_type_was_changed_is_still_code(kind):
    notebook = tiny.answered()
    cell = notebook["cells"][tiny.place(notebook, "q1-answer")]
    cell["cell_type"] = kind
    made, _ = rebuilt(notebook)
    assert made["cells"][tiny.place(made, "q1-answer")]["cell_type"] == "code"
    assert source(made, "q1-answer") == tiny.RIGHT["q1-answer"]


def test_outputs_people_and_unknown_metadata_are_dropped():
    notebook = tiny.answered()
    cell = notebook["cells"][tiny.place(notebook, "q1-answer")]
    cell["metadata"].update(
        executionInfo={"user": "someone@example.org"}, nbgrader=cell["metadata"]["nbgrader"] | {"score": 9}
    )
    cell["outputs"] = [{"output_type": "display_data", "data": {"text/html": "<script>"}, "metadata": {}}]
    notebook["metadata"]["colab"] = {"name": "someone@example.org"}
    text = json.dumps(rebuilt(notebook)[0])
    assert "someone" not in text and "<script" not in text and '"score"' not in text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a </b> <!-- c --> <?php",
        "[a](javascript:alert(1)) ![b]( JavaScript:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[r]: javascript:alert(1)",
        "<svg/onload=alert(1)>",
        "[x](data:text/html;base64,AAAA)",
        "[x](\tjava\nscript:alert(1))",
        "<javascript:alert(1)>",
    ],
)
def test_markdown_loses_what_could_run_and_keeps_its_words(text):
    import mistune

    page = mistune.html(sanitise.markdown(text)).lower()
    tags = {"<p>", "</p>", "<a", "</a>", "<img", "<br"}
    for piece in page.replace(">", "> ").split("<")[1:]:
        assert any(f"<{piece}".startswith(tag) for tag in tags), page
    assert 'href="javascript' not in page and 'href="data' not in page and 'src="javascript' not in page


def test_honest_markdown_keeps_its_meaning():
    text = "# A\n\n$a < b$ and `x < y`, **bold** [site](https://a.org) R&D, & more\n\n- one\n- two"
    assert sanitise.markdown(text) == text.replace("R&D", "R& D")


# ------------------------------------------------------------------------------------------------ who handed in what


def names(path) -> dict[str, str]:
    return {item.name: item.student for item in find(path)}


def test_folders_of_students_nbgraders_layout_and_single_files(tmp_path):
    for name in ("anna/Copy of tiny (3).ipynb", "ben/tiny/tiny.ipynb", "cyd.ipynb", "dan/.ipynb_checkpoints/x.ipynb"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    assert names(tmp_path) == {"anna/Copy of tiny (3).ipynb": "anna", "ben/tiny/tiny.ipynb": "ben", "cyd.ipynb": "cyd"}


def test_names_become_ids_and_twins_stay_apart(tmp_path):
    assert student_id("Müller, Anna Maria_123") == "Muller-Anna-Maria_123"
    assert student_id("../../etc") == "etc" and student_id("=1+1") == "1-1" and student_id("...") == "unnamed"
    for name in ("Zoë", "Zoe", "zoe!"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.ipynb").write_text("{}")
    made = set(names(tmp_path).values())
    assert len(made) == 3 and len({name.casefold() for name in made}) == 3


def test_an_archive_is_read_and_never_extracted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    archive = tmp_path / "in.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for name in ("sub/anna/a.ipynb", "sub/ben/b.ipynb", "sub/ben/evil.py", "../out.ipynb", "/abs.ipynb"):
            made.writestr(name, "{}")
    found = {item.name: item for item in find(archive)}
    assert {item.student for item in found.values() if not item.problem} == {"anna", "ben"} or "sub" in {
        item.student for item in found.values()
    }
    assert {item.problem != "" for name, item in found.items() if "out" in name or "abs" in name} == {True}
    assert sorted(os.listdir(tmp_path)) == ["in.zip"]


def test_a_member_larger_than_it_may_be_is_put_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST", 1000)
    with zipfile.ZipFile(tmp_path / "in.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("anna/a.ipynb", " " * 100_000)
        made.writestr("ben/b.ipynb", "{}")
    problems = {item.student: item.read()[1] for item in find(tmp_path / "in.zip")}
    assert problems["anna"].startswith("it is larger") and problems["ben"] == ""


def collected(course, **files):
    for student, notebook in files.items():
        tiny.hand_in(course / "in", student, notebook)
    return {item.student: item for item in collect(course, sets.load(course, "tiny"), course / "in")}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b" \n", "empty"),
        (b"<!DOCTYPE html>\n<html>", "web page"),
        (b'{"cells": [', "to its end"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b"[1, 2]", "no cells"),
        (b'{"cells": 3}', "no cells"),
        (b'{"cells": [1, null, {"cell_type": "code"}, {"cell_type": "code", "source": 5}]}', "not the notebook"),
        (
            json.dumps({**tiny.answered(), "metadata": {"course": {"assignment": "a2", "version": 1}}}).encode(),
            "another",
        ),
        (
            json.dumps({**tiny.answered(), "metadata": {"course": {"assignment": "tiny", "version": 7}}}).encode(),
            "version 7",
        ),
    ],
)
def test_bad_files_are_put_aside_and_stop_nobody(course, data, reason):
    items = collected(course, bad=data, good=tiny.answered())
    assert items["bad"].status == "quarantined" and reason in items["bad"].reason
    assert items["good"].status == "collected"
    account = (Places(course).account("tiny") / "account.txt").read_text()
    assert "bad: quarantined" in account and "good: collected" in account


def test_encodings_and_the_old_format_are_read(course):
    text = json.dumps(tiny.answered())
    old = tiny.answered()
    old["worksheets"] = [{"cells": [{**c, "input": c["source"]} for c in old.pop("cells")]}]
    items = collected(course, bom=b"\xef\xbb\xbf" + text.encode(), wide=text.encode("utf-16"), old=old)
    assert {item.status for item in items.values()} == {"collected"}


def test_of_two_notebooks_the_newest_readable_counts(course):
    first = tiny.hand_in(course / "in", "ada", tiny.answered(q1="old = 1"), "tiny.ipynb")
    second = tiny.hand_in(course / "in", "ada", tiny.answered(q1="new = 1"), "Copy of tiny (1).ipynb")
    third = tiny.hand_in(course / "in", "ada", b"broken", "tiny (2).ipynb")
    for stamp, path in enumerate((first, second, third)):
        os.utime(path, (stamp, stamp))
    item = collected(course)["ada"]
    assert item.name == "ada/Copy of tiny (1).ipynb" and any("3 notebooks" in flag for flag in item.flags)
    assert "new = 1" in Places(course).submitted("tiny", "ada").read_text()


def test_the_mark_belongs_to_content_assignment_and_student(course):
    collected(course, ada=tiny.answered())
    key = course_key(Places(course).gradebook)
    made = json.loads(Places(course).submitted("tiny", "ada").read_text())
    assert roles.is_collected(made, key, "tiny", "ada")
    assert not roles.is_collected(made, key, "tiny", "ben")
    assert not roles.is_collected(made, key, "other", "ada")
    assert not roles.is_collected(made, b"another key", "tiny", "ada")
    assert not roles.is_collected(tiny.answered(), key, "tiny", "ada")
    made["cells"][tiny.place(made, "q1-answer")]["source"] += "\n# one more line"
    assert not roles.is_collected(made, key, "tiny", "ada")


def test_collecting_twice_writes_the_same_bytes_and_a_comment_makes_other_cases(course):
    first = collected(course, ada=tiny.answered())["ada"].digest
    data = Places(course).submitted("tiny", "ada").read_bytes()
    assert collected(course, ada=tiny.answered())["ada"].digest == first
    assert Places(course).submitted("tiny", "ada").read_bytes() == data
    other = collected(course, ada=tiny.answered(q1=tiny.RIGHT["q1-answer"] + "  # twice"))["ada"].digest
    assert other != first


def test_a_release_of_another_version_is_refused(course):
    nbformat.write(tiny.release(version=2), course / "assignments" / "tiny" / "tiny.ipynb")
    with pytest.raises(CourseError, match="course release tiny"):
        collected(course, ada=tiny.answered())
    (course / "assignments" / "tiny" / "tiny.ipynb").unlink()
    with pytest.raises(CourseError, match="course release tiny"):
        collected(course, ada=tiny.answered())


def test_a_file_put_aside_is_kept_until_a_notebook_comes_or_the_term_is_over(course):
    places = Places(course)
    (course / "gradebook").mkdir()
    places.term.write_text('roster = "roster.csv"')
    (course / "gradebook" / "roster.csv").write_text("id,name,email\nada,Ada Doe,ada@uni.example\nben,,\n")
    for student in ("ada", "ben"):
        tiny.hand_in(course / "in", student, b"{ broken")
    handed.collected(course, course / "in")
    mail = (places.quarantine("tiny", "ada") / "mail.txt").read_text()
    assert mail.startswith("To: ada@uni.example\nSubject: ") and "Hello Ada Doe," in mail
    assert (places.quarantine("tiny", "ben") / "mail.txt").read_text().startswith("Subject: ")
    tiny.hand_in(course / "in", "ada", tiny.answered())
    handed.collected(course, course / "in")
    assert not places.quarantine("tiny", "ada").exists() and places.submitted("tiny", "ada").exists()
    assert (places.quarantine("tiny", "ben") / "original.ipynb").read_bytes() == b"{ broken"
    removed, still = quarantine.purge(course, "tiny")
    assert removed.startswith("1 removed") and "ben" in still and "ada" not in still
    assert not places.quarantine("tiny", "ben").exists() and places.submitted("tiny", "ada").exists()
    assert quarantine.purge(course, "tiny")[0].startswith("0 removed")


def test_a_fresh_copy_handed_in_beside_the_work_does_not_take_its_place(course):
    for student, newest in (("ada", tiny.released()), ("ben", tiny.answered(q1="def double(x):\n    return x"))):
        os.utime(tiny.hand_in(course / "in", student, tiny.answered(), "work.ipynb"), (1e9, 1e9))
        tiny.hand_in(course / "in", student, newest, "fresh.ipynb")
    found = handed.collected(course, course / "in")
    assert found["ada"].name.endswith("work.ipynb") and found["ben"].name.endswith("fresh.ipynb")
    assert "2 notebooks were handed in" in found["ada"].flags[0]
    for path in (course / "in").glob("*/work.ipynb"):
        path.write_bytes(b"{")
    found = handed.collected(course, course / "in")
    assert found["ada"].status == "collected" and found["ada"].name.endswith("fresh.ipynb")


def test_two_who_hand_in_the_same_file_are_two_with_cases_of_their_own(course):
    for student in ("ada", "ben"):
        tiny.hand_in(course / "in", student, tiny.answered())
    found = handed.collected(course, course / "in")
    assert found["ada"].digest == found["ben"].digest and not found["ada"].flags
    marks = [json.loads(Places(course).submitted("tiny", who).read_text())["metadata"]["course"] for who in found]
    assert marks[0]["mark"] != marks[1]["mark"]


def test_more_commands_than_anybody_writes_are_put_aside(course):
    for student, count in (("ada", building.MOST_COMMANDS // 40), ("ben", building.MOST_COMMANDS + 1)):
        tiny.hand_in(course / "in", student, tiny.inserted(tiny.answered(), "setup", "x = !ls\n" * count))
    found = handed.collected(course, course / "in")
    assert (found["ada"].status, found["ben"].status) == ("collected", "quarantined")


def test_markdown_of_blank_lines_takes_no_time_and_a_link_below_them_no_script():
    text = sanitise.markdown("\n" * 100_000 + "  [a]: javascript:alert(1)")
    assert text.startswith("\n" * 100_000) and "javascript:" not in text
