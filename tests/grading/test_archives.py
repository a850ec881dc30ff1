"""Archives and files that mean harm, or nothing: each costs its own student at most."""

import io
import json
import os
import stat
import zipfile

import handed
import pytest
import tiny
from handed import collected
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.staff.grading import archive
from course_lib.staff.grading.found import find, notebooks, student_id
from course_lib.staff.grading.places import STUDENT_ID
from course_lib.validation import CourseError


def raw_zip(path, *members):
    """Members as (name, data, change of the entry)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data, *change in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for key, value in (change[0] if change else {}).items():
                setattr(info, key, value)
            made.writestr(info, data)
    return path


def inner(*names, data=None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, handed.answers("right") if data is None else data)
    return out.getvalue()


GOOD = ("good/tiny.ipynb", handed.answers("right"))
LINK = {"create_system": 3, "external_attr": (stat.S_IFLNK | 0o777) << 16}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ([("bad/link.ipynb", b"/etc/passwd", LINK)], "a link"),
        ([("../../bad/x.ipynb", b"{}")], "out of the archive"),
        ([("/bad/x.ipynb", b"{}")], "out of the archive"),
        ([("..\\bad\\x.ipynb", b"{}")], "out of the archive"),
        ([("bad/x.ipynb", b"{}"), ("bad/x.ipynb", handed.answers("right"))], "two files"),
        ([("bad/cafe\u0301.ipynb", b"{}"), ("bad/caf\u00e9.ipynb", b"{}")], "two files"),
        ([("bad/x.ipynb", b"0" * 5_000_000)], "compressed more"),
        ([("bad/x.ipynb", os.urandom(100), {"flag_bits": 1})], "encrypted"),
        ([("bad/x.zip", b"PK nothing")], "not a zip"),
        ([("bad/x.zip", inner("a.txt"))], "no notebook"),
        ([("bad/x.zip", inner("b.zip", data=inner("c.ipynb")))], "another zip"),
        ([("bad/x.zip", inner(*(f"{n}.txt" for n in range(2001)), data=b""))], "more than 2000"),
        ([("bad/x.zip", inner("x.ipynb", data=b"0" * 5_000_000))], "compressed more"),
        ([("bad/" + "x" * 600 + ".ipynb", b"{}")], "too long"),
        ([("bad/x.ipynb", b"[" + b"{}," * 1_000_001, {"compress_type": zipfile.ZIP_STORED})], "too many parts"),
    ],
)
def test_a_member_that_cannot_be_trusted_is_put_aside_and_costs_nobody_else(
    course, tmp_path, monkeypatch, members, reason
):
    monkeypatch.chdir(tmp_path)
    before = sorted(os.listdir(tmp_path))
    path = raw_zip(tmp_path / "in.zip", GOOD, *members)
    if "encrypted" in reason:
        data = path.read_bytes()
        place = data.rindex(b"PK\x01\x02")
        path.write_bytes(data[: place + 8] + b"\x01" + data[place + 9 :])
    items = collected(course, path)
    assert items["good"].status == "collected"
    (bad,) = [item for name, item in items.items() if name != "good"]
    assert bad.status == "quarantined" and reason in bad.reason, bad
    assert sorted(os.listdir(tmp_path)) == sorted([*before, "in.zip"])


def test_a_zip_that_a_student_handed_in_is_opened(course, tmp_path):
    members = {"doejane_101_9001_work.zip": inner("work/helpers.txt", "work/tiny.ipynb", "__MACOSX/._tiny.ipynb")}
    item = collected(course, handed.write_zip(tmp_path / "in.zip", {**handed.CANVAS, **members}))["doejane-101"]
    assert item.status == "collected" and "work/tiny.ipynb" in " ".join(item.handed_in)


def test_a_zip_of_many_large_notebooks_is_not_read(course, tmp_path, monkeypatch):
    """Each may be as large as a notebook may; all of them together are work for an hour."""
    monkeypatch.setattr(archive, "NESTED", 3 * len(handed.answers("right")))
    few, many = inner("a.ipynb", "b.ipynb"), inner(*(f"{number}.ipynb" for number in range(4)))
    path = raw_zip(tmp_path / "in.zip", ("few/work.zip", few), ("many/work.zip", many))
    found = collected(course, path)
    assert found["few"].status == "collected" and found["many"].reason.startswith("the notebooks in the zip are larger")


def test_a_broken_stream_costs_its_own_student(course, tmp_path):
    """Each compression has errors of its own: zlib's is neither an OSError nor a bad zip."""
    broken = bytearray(inner("tiny.ipynb"))
    broken[40] = 0
    items = collected(course, raw_zip(tmp_path / "in.zip", GOOD, ("bad/work.zip", bytes(broken))))
    assert items["good"].status == "collected" and "cannot be read" in items["bad"].reason


def test_a_folder_that_holds_the_systems_zip_is_that_zip(course, tmp_path):
    (tmp_path / "in").mkdir()
    handed.write_zip(tmp_path / "in" / "submissions.zip", handed.CANVAS)
    assert "doejane-101" in collected(course, tmp_path / "in")


def test_an_archive_of_the_class_that_is_broken_is_said_to_be_so(tmp_path):
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "submissions.zip"
    data = handed.write_zip(path, handed.CANVAS).read_bytes()
    for broken in (b"no zip", data.replace(b"PK\x01\x02", b"PK\x01\x03")):
        path.write_bytes(broken)
        with pytest.raises(CourseError, match="zip file that can be opened"):
            find(tmp_path / "in")


def test_a_lying_size_is_counted_while_reading(tmp_path, monkeypatch):
    path = raw_zip(tmp_path / "in.zip", ("a/x.ipynb", os.urandom(5000)), GOOD)
    monkeypatch.setattr(archive, "LARGEST", 4000)
    monkeypatch.setattr(archive, "_member_problem", lambda path, info: "")
    problems = {item.student: item.read()[1] for item in find(path)}
    assert "larger than" in problems["a"]


def test_links_pipes_and_what_cannot_be_read_in_a_folder(course, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(handed.answers("right"))
    folder = handed.write_folder(tmp_path / "in", {"good/tiny.ipynb": "right", "link/x.txt": b"", "pipe/x.txt": b""})
    (folder / "link" / "x.ipynb").symlink_to(secret)
    (folder / "outside").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe" / "x.ipynb")
    items = collected(course, folder)
    assert {name: item.status for name, item in items.items()} == {
        "good": "collected",
        "link": "quarantined",
        "pipe": "quarantined",
    }


def test_one_notebook_is_in_memory_at_a_time(course, tmp_path):
    """Twenty notebooks of 1 MB: the peak is that of a few, not of the class."""
    import tracemalloc

    big = tiny.answered()
    big["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": os.urandom(500_000).hex()}]
    data = json.dumps(big).encode()

    def peak(count) -> int:
        path = raw_zip(tmp_path / f"{count}.zip", *((f"s{number}/tiny.ipynb", data) for number in range(count)))
        tracemalloc.start()
        items = collected(course, path, fresh=True)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert [item.status for item in items.values()] == ["collected"] * count
        return top

    assert peak(20) < peak(2) + len(data)


def test_a_full_disk_is_ours_and_not_the_students(course, tmp_path, monkeypatch):
    from course_lib.staff.grading import collect as collecting

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(collecting, "write_safely", full)
    with pytest.raises(OSError, match="No space"):
        collected(course, handed.write_folder(tmp_path / "in", {"ada/tiny.ipynb": "right"}))


NAMES = st.text(st.characters(exclude_characters="\x00/", exclude_categories=("Cs",)), min_size=1, max_size=40)


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=6))
@settings(max_examples=50)
def test_whatever_the_names_everybody_has_an_id_of_their_own(tmp_path_factory, names):
    path = tmp_path_factory.getbasetemp() / "names.zip"
    with zipfile.ZipFile(path, "w") as made:
        for owner, file in dict.fromkeys(names):
            made.writestr(f"{owner}/{file}.ipynb", "{}")
    try:
        items = [part for item in find(path) for part in notebooks([item])]
    except CourseError:
        return
    owners = {(item.owner.lms, item.owner.key) for item in items}
    ids = {item.student for item in items}
    assert len({name.casefold() for name in ids}) == len(owners)
    assert all(STUDENT_ID.fullmatch(name) for name in ids)


@given(st.text(max_size=200))
@settings(max_examples=100)
def test_every_id_has_the_form_of_ids(name):
    made = student_id(name)
    assert STUDENT_ID.fullmatch(made) and made.split(".")[0].lower() not in ("con", "nul", "aux", "prn", "com1", "lpt9")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return tiny.make_course(tmp_path_factory.mktemp("shared") / "course")


@given(st.data())
@settings(max_examples=30)
def test_no_bytes_stop_the_class(shared, tmp_path_factory, data):
    """A broken archive inside, a broken notebook, a broken member: the honest student is collected all the same."""
    good = bytearray(handed.answers("right"))
    place = data.draw(st.integers(0, len(good) - 1))
    length = data.draw(st.integers(0, 60))
    good[place : place + length] = data.draw(st.binary(max_size=60))
    nested = bytearray(inner("tiny.ipynb"))
    spot = data.draw(st.integers(0, len(nested) - 1))
    nested[spot] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "bytes.zip"
    raw_zip(path, GOOD, ("bad/tiny.ipynb", bytes(good)), ("zipped/work.zip", bytes(nested)))
    items = collected(shared, path)
    assert items["good"].status == "collected" and set(items) == {"good", "bad", "zipped"}


KEYS = [
    "cells",
    "metadata",
    "nbgrader",
    "grade_id",
    "course",
    "assignment",
    "version",
    "source",
    "cell_type",
    "worksheets",
]
SHAPELESS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(SHAPELESS, SHAPELESS, SHAPELESS)
@settings(max_examples=40)
def test_no_shape_of_json_stops_the_class(shared, tmp_path_factory, whole, metadata, cell):
    own = tiny.answered()
    own["metadata"] = metadata
    own["cells"].insert(1, cell)
    path = tmp_path_factory.getbasetemp() / "json.zip"
    raw_zip(path, GOOD, ("whole/tiny.ipynb", json.dumps(whole)), ("part/tiny.ipynb", json.dumps(own)))
    items = collected(shared, path)
    assert items["good"].status == "collected" and items["whole"].status == "quarantined"
