"""Files under another name, in another encoding, in an older format, or heavier than a notebook should be."""

import copy
import io
import json
import zipfile

from a0_corpus.course import NAME, RIGHT, Notebook, answered, cell_of, insert, own, stubs
from a0_corpus.entry import honest

HEAVY = 60_000_000


def text_of(notebook: Notebook, **more) -> str:
    return json.dumps(notebook, ensure_ascii=False, **more)


def with_accents() -> Notebook:
    """A right notebook with letters that each encoding writes its own way."""
    notebook = answered(q1=f"# für Zoë\n{RIGHT['q1']}")
    cell_of(notebook, "q4-written")["source"] = "Die Bahn vergißt ihren Anfang – für immer."
    return notebook


@honest(file="Copy of a0_corpus (2).ipynb")
def a_copy_of():
    """Drive names it a copy."""
    return answered()


@honest(file="A0 FINAL final2.IPYNB")
def a_loud_name():
    """Another name altogether, its ending in capitals."""
    return answered()


@honest(file="Übung 0 – Lösung.ipynb")
def a_name_with_accents():
    """A name with letters beyond ASCII."""
    return answered()


@honest(file=f"{NAME}/{NAME}.ipynb")
def in_nbgraders_layout():
    """The student's folder holds the assignment's folder."""
    return answered()


@honest()
def beside_its_checkpoint():
    """Jupyter's own folder with an older copy lies beside the notebook."""
    old = json.dumps(stubs()).encode()
    return {f"{NAME}.ipynb": json.dumps(answered()).encode(), f".ipynb_checkpoints/{NAME}-checkpoint.ipynb": old}


@honest()
def with_a_byte_order_mark():
    """UTF-8 as Windows editors write it."""
    return b"\xef\xbb\xbf" + text_of(with_accents()).encode()


@honest()
def in_utf_16():
    """UTF-16 with its mark, as PowerShell writes it."""
    return text_of(with_accents()).encode("utf-16")


@honest()
def in_utf_16_without_a_mark():
    """UTF-16, and nothing says so."""
    return text_of(with_accents()).encode("utf-16-le")


@honest()
def in_latin_1():
    """One byte a letter."""
    return text_of(with_accents()).replace("–", "-").encode("latin-1")


@honest()
def with_windows_line_ends():
    """CRLF in the file and in its cells."""
    notebook = answered()
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")
    return text_of(notebook, indent=1).replace("\n", "\r\n").encode()


@honest()
def on_one_line():
    """The whole file on one line, sources as lists of lines, and a blank line at the end."""
    notebook = answered()
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    return text_of(notebook, separators=(",", ":")).encode() + b"\n\n"


@honest()
def with_half_a_letter():
    """Half of an emoji, as some editors leave it; and whole ones."""
    notebook = insert(answered(), "q1-answer", 'note = "\ud83d"', 'wave = "\U0001f44b"')
    return json.dumps(notebook).encode()


def older(minor: int) -> Notebook:
    """Format 4.0 to 4.4 has no ids."""
    notebook = answered()
    for cell in notebook["cells"]:
        cell.pop("id")
    return {**notebook, "nbformat_minor": minor}


@honest()
def in_format_4_0():
    """Format 4.0."""
    return older(0)


@honest()
def in_format_4_2():
    """Format 4.2."""
    return older(2)


@honest()
def in_format_4_4():
    """Format 4.4."""
    return older(4)


@honest()
def in_format_3():
    """The format of before 2015: worksheets, and code under `input`."""
    notebook = answered()
    cells = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cells.append({**own(""), "input": cell["source"], "language": "python", "metadata": cell["metadata"]})
            del cells[-1]["source"]
        else:
            cells.append(cell)
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": notebook["metadata"], "worksheets": [{"cells": cells}]}


@honest()
def sixty_megabytes_of_outputs():
    """A loop printed for an hour, and figures of millions of points are stored beside the code."""
    notebook = answered()
    cell_of(notebook, "q2-explore")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "9" * HEAVY}]
    return notebook


@honest(flags=("lost the course's metadata",))
def without_the_label():
    """The notebook's own metadata got lost, its cells are as they were."""
    return {**answered(), "metadata": {}}


@honest(flags=("2 notebooks were handed in",))
def beside_an_old_attempt():
    """Two notebooks were handed in; the older one is the untouched release."""
    notebook = copy.deepcopy(answered())
    return {f"{NAME}.ipynb": json.dumps(stubs()).encode(), f"{NAME} (1).ipynb": json.dumps(notebook).encode()}


@honest(flags=("version 1",))
def an_old_version():
    """The release of last year: its cells have the same names, and its answers are still right."""
    notebook = answered()
    notebook["metadata"]["course"]["version"] = 1
    return notebook


@honest(file="my work.zip")
def packed_once():
    """The notebook was packed before it was handed in."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(f"work/{NAME}.ipynb", json.dumps(answered()))
    return out.getvalue()
