"""Commands to shell and Colab are taken out; what only looks like one stays."""

import pytest

from course_lib.staff.grading.magics import neutralise


@pytest.mark.parametrize(
    "source",
    [
        "x = 7 % 3",
        "x = (7\n% 3)",
        'text = """\n!ls\n%cd /\n"""',
        "a != b",
        "# !pip install torch",
        "%time x = f(3)",
        "%timeit f(3)",
        "x = %time 3",
        "def f(x):\n    return x % 2  # %cd",
    ],
)
def test_what_is_no_command_stays_as_it_is(source):
    assert neutralise(source) == (source, [])


@pytest.mark.parametrize(
    ("source", "name", "value"),
    [
        ("!pip install norse\nx = 1", "x", 1),
        ("if True:\n    !ls\nx = 2", "x", 2),
        ("files = !ls\nx = len(files)", "x", 0),
        ("x = %env HOME", "x", None),
        ("%cd /content\n%matplotlib inline\nx = 4", "x", 4),
        ("!wget a \\\n  --quiet\nx = 5", "x", 5),
        ("%%time\nx = 6", "x", 6),
        ("%%capture out\nx = 7\n!ls", "x", 7),
        ("%pip install a; x = 0\nx = 8", "x", 8),
        ("for i in range(2):\n    !echo {i}\n    x = i", "x", 1),
        (">>> x = 9\n>>> !ls", "x", 9),
        ("#@title Install\n\n%%capture\nx = 10\n!ls", "x", 10),
        ("%pylab inline\nx = int(zeros(11).size)", "x", 11),
    ],
)
def test_what_is_left_is_python(source, name, value):
    text, taken = neutralise(source)
    space: dict = {}
    exec(text, space)
    assert space[name] == value
    assert taken


def test_shell_cells_become_comments():
    text, taken = neutralise("%%bash\nrm -rf /\n")
    assert all(line.startswith("#") for line in text.splitlines()) and taken == ["%%bash"]


def test_help_and_broken_code_pass_through():
    assert neutralise("print?")[1] == []
    assert neutralise("def f(:\n  !ls")[0]
    assert neutralise("")[0] == ""


def test_a_cell_magic_below_a_title_is_seen_and_one_below_code_is_not():
    assert all(line.startswith("#") for line in neutralise("# a title\n%%bash\nls")[0].splitlines())
    assert "\nls" in neutralise("x = 1\n%%bash\nls")[0]


@pytest.mark.parametrize(
    ("source", "first"),
    [
        ("%%writefile a.py\nx = 1", "%%writefile a.py"),
        ("%%writefile /content/lib/a.py\nx = 1", "%%writefile lib/a.py"),
        ("%%writefile -a ./a.py\nx = 1", "%%writefile -a a.py"),
        ("#@title Mine\n%%writefile a.py\nx = 1", "%%writefile a.py"),
    ],
)
def test_files_are_written_in_the_working_folder(source, first):
    assert neutralise(source) == (f"{first}\nx = 1", [])


def test_folders_are_made_in_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text, taken = neutralise("!mkdir -p /content/lib/deep\nx = 1")
    exec(text, {})
    assert (tmp_path / "lib" / "deep").is_dir() and taken == []
