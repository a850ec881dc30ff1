"""Cells that were copied, deleted, split, merged, retyped or moved; names of cells that got lost."""

import copy

from a0_corpus.course import (
    RIGHT,
    WORDS,
    answered,
    cell_of,
    insert,
    nameless,
    own,
    place,
    stubs,
    without,
)
from a0_corpus.entry import honest


@honest(changes=("q1-answer was there 2 times", "q2-check was there 2 times", "q3-probe was there 2 times"))
def doubled_cells():
    """An answer, a check and a probe are there twice."""
    notebook = answered()
    for name in ("q1-answer", "q2-check", "q3-probe"):
        cell = cell_of(notebook, name)
        notebook["cells"].insert(place(notebook, name), copy.deepcopy(cell))
    return notebook


@honest(
    changes=tuple(
        f"{name} was there 2 times"
        for name in (
            *("intro", "setup", "q1-text", "q1-answer", "q1-check", "q1-probe", "q2-text", "q2-answer", "q2-check"),
            *("q2-probe", "q2-explore", "q3-text", "q3-answer", "q3-check", "q3-probe", "q4-written", "doctor"),
        )
    )
)
def doubled_notebook():
    """Everything was selected, copied and pasted below itself."""
    notebook = answered()
    return {**notebook, "cells": [*notebook["cells"], *copy.deepcopy(notebook["cells"])]}


@honest(changes=("q2-answer was there 2 times",))
def the_stub_is_still_there():
    """The answer was written in a copy of its cell, and the untouched stub stands below it."""
    notebook = answered()
    notebook["cells"].insert(place(notebook, "q2-answer") + 1, copy.deepcopy(cell_of(stubs(), "q2-answer")))
    return notebook


@honest(changes=("q1-answer was there 2 times",))
def an_old_attempt_above():
    """A first, wrong attempt was kept above the answer."""
    notebook = answered()
    old = {**copy.deepcopy(cell_of(notebook, "q1-answer")), "source": "def step(x, rate, dt):\n    return x"}
    notebook["cells"].insert(place(notebook, "q1-answer"), old)
    return notebook


@honest(changes=("come from the release: intro, setup, q1-text, q1-probe, q2-check",))
def deleted_locked_cells():
    """Texts, the set-up, a check and a probe were deleted."""
    return without(answered(), "intro", "setup", "q1-text", "q1-probe", "q2-check")


@honest(changes=("come from the release: q2-answer, q3-answer", "q2-answer: drive", "q3-answer: orbit"))
def everything_in_one_cell():
    """All functions stand in the first answer cell, the other ones were deleted."""
    notebook = answered(q1="\n\n".join(RIGHT.values()))
    return without(notebook, "q2-answer", "q3-answer")


@honest(changes=("q1-answer: step", "q2-answer: drive", "q3-answer: orbit"))
def everything_above_the_stubs():
    """All functions stand in a cell of the student's own at the top; the stubs were left as they are."""
    notebook = stubs()
    cell_of(notebook, "q4-written")["source"] = WORDS
    return insert(notebook, "setup", "\n\n".join(RIGHT.values()))


@honest(changes=("q1-answer: step", "q2-answer: drive", "q3-answer: orbit", *("later: it needs",) * 3))
def everything_at_the_end():
    """The stubs were left, and the answers were written below everything else."""
    notebook = stubs()
    cell_of(notebook, "q4-written")["source"] = WORDS
    return insert(notebook, "doctor", *RIGHT.values())


@honest(changes=("q1-answer had become markdown", "q2-answer had become raw"))
def retyped_answers():
    """Code cells that became text cells by a slip of a key."""
    notebook = answered()
    cell_of(notebook, "q1-answer")["cell_type"] = "markdown"
    cell_of(notebook, "q2-answer")["cell_type"] = "raw"
    return notebook


@honest(changes=("q4-written had become code", "q1-text had become code", "q3-probe had become markdown"))
def retyped_others():
    """The written answer and a text became code, a probe became text."""
    notebook = answered()
    for name in ("q4-written", "q1-text"):
        cell_of(notebook, name).update(cell_type="code", outputs=[], execution_count=None)
    cell_of(notebook, "q3-probe")["cell_type"] = "markdown"
    return notebook


@honest(changes=("another order",))
def turned_round():
    """The whole notebook stands upside down."""
    notebook = answered()
    return {**notebook, "cells": notebook["cells"][::-1]}


@honest(changes=("another order", "q1-probe runs later: it needs rounded, which is defined below it"))
def an_answer_moved_to_the_end():
    """The first answer was dragged to the end, behind a helper of the student's own that it uses."""
    notebook = answered(q1="def step(x, rate, dt):\n    return rounded(x - dt * rate * x)")
    answer = notebook["cells"].pop(place(notebook, "q1-answer"))
    notebook["cells"] += [own("def rounded(x):\n    return np.round(x, 12)"), answer]
    return notebook


@honest(changes=("come from the release: q1-check, q1-probe",))
def merged_with_its_neighbours():
    """The answer, its check and the cell that grades it were merged into one."""
    notebook = answered()
    first, second = cell_of(notebook, "q1-answer"), cell_of(notebook, "q1-check")
    first["source"] += f"\n\n{second['source']}\n\n{cell_of(notebook, 'q1-probe')['source']}"
    return without(notebook, "q1-check", "q1-probe")


@honest(flags=("lost the course's metadata", *(f"{q}-answer was found by" for q in RIGHT), "q4-written was found by"))
def lost_names():
    """Every cell was pasted into a new notebook: no grade ids, no label of the course."""
    return nameless(answered())


@honest(
    changes=("come from the release: intro, q1-check, q2-check, q3-check",),
    flags=("lost the course's metadata", "q4-written was found by", *(f"{q}-answer was found by" for q in RIGHT)),
)
def lost_names_and_texts():
    """Only the answers were pasted into a new notebook, as a name that is bound and not as a `def`."""
    notebook = answered(q1="step = lambda x, rate, dt: x - dt * rate * x", q2="drive = lambda W, x: np.tanh(x @ W.T)")
    return nameless(without(notebook, "intro", "q1-check", "q2-check", "q3-check"))


@honest(flags=("q2-answer was found by",))
def one_lost_name():
    """One answer cell was deleted and written anew."""
    notebook = answered()
    at = place(notebook, "q2-answer")
    notebook["cells"][at] = own(RIGHT["q2"])
    return notebook


@honest()
def empty_cells():
    """Empty cells of every kind stand between the others."""
    notebook = answered()
    for at in range(len(notebook["cells"]), 0, -2):
        notebook["cells"][at:at] = [own(""), own("\n  \n", "markdown"), own("", "raw")]
    return notebook


@honest()
def cells_without_metadata():
    """The student's own cells have no metadata, no outputs and no count; some fields are of another type."""
    notebook = answered()
    notebook["cells"] += [
        {"cell_type": "code", "source": "a = 1"},
        {"cell_type": "code", "metadata": None, "source": ["b = 2\n", "c = 3"], "outputs": None},
        {"cell_type": "markdown", "metadata": [], "source": "A note.", "attachments": 3},
        {"cell_type": "code", "metadata": {"nbgrader": "yes", "tags": "explore"}, "source": None},
    ]
    return notebook
