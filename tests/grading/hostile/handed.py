"""What is handed in besides code: metadata, identities, archives, links, files that would be run, magics."""

import io
import json
import zipfile

from a0_corpus.course import NAME, RIGHT, answered, cell_of, insert, own, stubs

from hostile.entry import cheats, harmless, instead, put_aside

RUNS = b"open('@MARKS@/ran', 'w').write('ran')\n"


def packed(*members: tuple[str, bytes]) -> bytes:
    """A zip archive with these members, whatever their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members:
            made.writestr(name, data)
    return out.getvalue()


@cheats("q1", "q2", "q3")
def points_in_metadata():
    """The untouched release, with its points, scores and comments written into every field that could hold them."""
    notebook = stubs()
    for cell in notebook["cells"]:
        grader = cell["metadata"].get("nbgrader", {})
        grader.update(points=99, score=99, manual_score=99, comment="very good", extra_credit=99)
        cell["metadata"].update(score=99, course={"role": "own", "run": "worked = True"})
    cell_of(notebook, "q4-written")["source"] = "An answer."
    return notebook


@harmless()
def metadata_of_another_time():
    """A schema that there is not, points below zero, ids that are lists, a kernel of its own."""
    notebook = answered()
    for number, cell in enumerate(notebook["cells"]):
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"].update(schema_version=99, points=-1 if number % 2 else [], checksum={"x": 1})
    notebook["metadata"]["kernelspec"] = {"name": "python3", "display_name": "x", "language": "python"}
    return notebook


@harmless()
def in_anothers_name():
    """Another student's name and number stand in every place of the metadata that could be asked who it is."""
    notebook = answered()
    notebook["metadata"]["course"].update(student="b-victim", mark="0" * 64, digest="0" * 64)
    notebook["metadata"].update(student="b-victim", colab={"name": "b-victim.ipynb"}, nbgrader={"student": "b-victim"})
    return notebook


@cheats("q1", "q2", "q3")
def answers_already_there():
    """Outputs that look like records stand in the notebook; its cells do nothing."""
    notebook = stubs()
    cell_of(notebook, "q4-written")["source"] = "An answer."
    for name in ("q1-probe", "q2-probe", "q3-probe"):
        data = {"application/x-course-record": {"score": 3}, "text/plain": "3"}
        cell_of(notebook, name)["outputs"] = [
            {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
        ]
    return notebook


@cheats("q1")
def its_own_probe():
    """The cell that grades is rewritten, and a second one bears its name; `probe` and `check` are its own functions."""
    notebook = instead(
        "q1", "def probe(*args): return 99\ncheck = doctor = probe\ndef step(x, rate, dt):\n    return 0 * x"
    )
    probe = cell_of(notebook, "q1-probe")
    probe["source"] = "3.0"
    notebook["cells"].append({**probe, "source": "score = 3.0\nscore"})
    return notebook


@cheats("q2")
def one_function_for_two_questions():
    """The second answer's cell bears the first one's name, and is right for the first."""
    notebook = insert(answered(), "q1-answer", RIGHT["q1"])
    cell_of(notebook, "q2-answer").update(source=RIGHT["q1"].replace("step", "drive"))
    return notebook


@harmless()
def commands_in_every_form():
    """Commands for the shell, through every magic, call and library that would run them."""
    lines = (
        "import os, subprocess\nshell = get_ipython()\n"
        "touch = 'touch @MARKS@/command'\n"
        "ways = [lambda: shell.system(touch), lambda: shell.getoutput(touch),\n"
        "        lambda: shell.run_line_magic('sx', touch),\n"
        "        lambda: shell.run_line_magic('system', touch), lambda: shell.run_cell_magic('bash', '', touch),\n"
        "        lambda: shell.run_cell_magic('script', 'sh', touch), lambda: os.system(touch),\n"
        "        lambda: os.popen(touch),\n"
        "        lambda: subprocess.run(touch, shell=True), lambda: subprocess.run(touch.split()),\n"
        "        lambda: os.execvp('touch', touch.split()), lambda: os.posix_spawnp('touch', touch.split(), {})]\n"
        "for way in ways:\n    try:\n        way()\n    except Exception as error:\n        print(error)\n"
    )
    return insert(answered(), "setup", "!touch @MARKS@/command", "%%bash\ntouch @MARKS@/command", lines)


@harmless(file=f"{NAME}.ipynb")
def among_files_that_would_run():
    """Beside the notebook lie configurations and modules that tools run when they find them."""
    names = ("nbgrader_config.py", "torch.py", "sitecustomize.py", "conftest.py", "colorsys.py", "setup.cfg")
    return {
        f"{NAME}.ipynb": json.dumps(answered()).encode(),
        **{name: RUNS for name in names},
        ".ipython/profile_default/startup/00.py": RUNS,
        "__init__.py": RUNS,
        "jupyter_nbconvert_config.py": RUNS,
    }


@put_aside("leads out of the archive", file="work.zip")
def a_zip_that_climbs():
    """Members with paths that lead elsewhere."""
    data = json.dumps(answered()).encode()
    return packed((f"../../b-victim/{NAME}.ipynb", data), ("/tmp/x.ipynb", data), ("..\\..\\x.ipynb", data))


@put_aside("link", file="work.zip")
def a_zip_with_a_link():
    """A member that is a link to the reference."""
    info = zipfile.ZipInfo("a0.ipynb")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(info, "/etc/passwd")
    return out.getvalue()


@put_aside("compressed more than", file="work.zip")
def a_zip_that_swells():
    """Ninety megabytes in a few kilobytes."""
    return packed((f"{NAME}.ipynb", b" " * 90_000_000))


@put_aside("two files of exactly this name", file="work.zip")
def a_zip_with_twins():
    """Two members of one name, so that the one that is looked at need not be the one that counts."""
    return packed(("a0.ipynb", json.dumps(answered()).encode()), ("a0.ipynb", json.dumps(stubs()).encode()))


@put_aside("far too many parts")
def code_without_end():
    """More code than anybody writes, one line deep in brackets."""
    notebook = answered()
    notebook["cells"] += [own("x = " + "[" * 190_000) for _ in range(17)]
    return notebook


@put_aside("not JSON to its end")
def json_without_end():
    """Lists within lists, a hundred thousand deep."""
    return b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@harmless(said="metadata")
def brackets_without_end():
    """Markdown and code that cost parsers more than they are worth."""
    notebook = answered()
    notebook["metadata"].pop("course")
    notebook["cells"] += [
        own("[" * 20_000 + "](" * 20_000, "markdown"),
        own(">" * 3000 + " quoted", "markdown"),
        own("# " + "%" * 50_000),
        own("x = " + "(" * 150 + "1" + ")" * 150),
    ]
    return notebook
