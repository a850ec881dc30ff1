"""Answers that lean on other cells: helpers, imports, constants, written where Colab lets one write."""

from a0_corpus.course import RIGHT, answered, cell_of, insert, own
from a0_corpus.entry import honest

MEAN = "def drive(W, x):\n    return squash(x @ W.T)"
SQUASH = "def squash(z):\n    return np.tanh(z)"


@honest()
def a_helper_in_its_own_cell():
    """A helper above the answer that calls it."""
    return insert(answered(q2=MEAN), "q2-answer", SQUASH, behind=False)


@honest(changes=("q2-probe runs later: it needs squash",))
def a_helper_at_the_end():
    """A helper below everything: the notebook was run out of order, and worked."""
    return insert(answered(q2=MEAN), "doctor", SQUASH)


@honest(changes=("q3-answer runs later: it needs counted", "q3-probe runs later: it needs orbit"))
def a_decorator_at_the_end():
    """The function cannot even be defined before the cell at the end has run."""
    counted = "def counted(f):\n    def inside(*args):\n        return f(*args)\n    return inside"
    return insert(answered(q3=f"@counted\n{RIGHT['q3']}"), "doctor", counted)


@honest()
def an_answer_in_three_cells():
    """The answer cell holds a constant; two helpers and the function follow in cells of the student's own."""
    notebook = answered(q3="LENGTH = 1")
    return insert(
        notebook,
        "q3-answer",
        "def one(W, x):\n    return np.tanh(W @ x)",
        "def many(W, x, n):\n    return [x] if n == 0 else [x, *many(W, one(W, x), n - LENGTH)]",
        "def orbit(W, x0, n):\n    return np.vstack(many(W, x0, n))",
    )


@honest(changes=("Lines added to the locked cell setup",))
def imports_in_the_locked_cell():
    """Imports and a constant were added to the set-up, and the function uses them."""
    notebook = answered(q2="def drive(W, x):\n    return FACTOR * xp.tanh(tensordot(x, W, axes=(1, 1)))")
    cell_of(notebook, "setup")["source"] += "\nimport numpy as xp\nfrom numpy import tensordot\nFACTOR = 1.0"
    return notebook


@honest(changes=("Lines added to the locked cell q1-check", "Lines added to the locked cell q2-probe"))
def helpers_in_locked_cells():
    """A helper was typed into a check, another into a cell that grades."""
    notebook = answered(q1="def step(x, rate, dt):\n    return x - moved(x, rate, dt)", q2=MEAN)
    cell_of(notebook, "q1-check")["source"] += "\n\ndef moved(x, rate, dt):\n    return dt * rate * x"
    cell_of(notebook, "q2-probe")["source"] += f"\n{SQUASH}"
    return notebook


@honest(changes=("Lines added to the locked cell q3-probe", "q3-answer: orbit"))
def the_answer_in_the_cell_that_grades():
    """The answer was typed into the wrong cell, the locked one, and the stub was left."""
    notebook = answered(q3="# your answer to question 3\ndef orbit(W, x0, n):\n    raise NotImplementedError()")
    cell_of(notebook, "q3-probe")["source"] += f"\n{RIGHT['q3']}"
    return notebook


@honest(changes=("Lines added to the locked cell setup",))
def a_slip_in_a_locked_cell():
    """Words without sense were typed into the set-up."""
    notebook = answered()
    cell_of(notebook, "setup")["source"] += "\nasdf asdf"
    return notebook


@honest()
def a_changed_comment_in_locked_cells():
    """Comments and blank lines of locked cells were changed, nothing else."""
    notebook = answered()
    for name in ("setup", "q1-check", "q2-probe"):
        cell_of(notebook, name)["source"] += "\n\n# done!\n"
    cell_of(notebook, "q1-text")["source"] += " (done)"
    return notebook


@honest()
def helpers_in_the_playground():
    """Imports, a function, a constant and a short function were added to a cell that is not run when grading."""
    notebook = answered(q2="def drive(W, x):\n    return SCALE * bent(m.fsum([0]) + x @ W.T, 0)")
    cell_of(notebook, "q2-explore")["source"] += (
        "\nimport math as m\nSCALE: float = 1.0\nLIMITS = (-1, 1)\nbent = lambda z, shift: squash(z) + shift\n"
        f"{SQUASH}\nplt.plot(squash(np.linspace(*LIMITS)))"
    )
    return notebook


@honest()
def an_import_of_the_playground():
    """An answer uses a name that the playground imports as it was released; it stood above the answer."""
    return answered(q3="def orbit(W, x0, n):\n    assert plt.cm\n" + RIGHT["q3"].partition("\n")[2])


@honest()
def a_playground_without_end():
    """The cell to play with trains for an hour."""
    notebook = answered()
    cell_of(notebook, "q2-explore")["source"] += "\nwhile True:\n    drive(np.eye(3), np.ones((1, 3)))"
    return notebook


@honest()
def constants_between_the_cells():
    """Units and constants in cells between the questions, some of them changed again later."""
    notebook = insert(answered(q1="def step(x, rate, dt):\n    return x - ms * dt * rate * x"), "q1-text", "ms = 1")
    return insert(notebook, "q1-probe", "ms = 1000", "ms * 2")


@honest()
def a_name_used_again_later():
    """After its question was answered, `step` becomes a number."""
    return answered(q2=f"step = 0.1\n{RIGHT['q2']}")


@honest()
def an_answer_that_calls_another():
    """The third answer calls the second."""
    orbit = "def orbit(W, x0, n):\n    x = [x0]\n    for _ in range(n):\n        x.append(drive(W, x[-1][None])[0])"
    return answered(q3=f"{orbit}\n    return np.array(x)")


@honest()
def notes_and_pictures():
    """Notes between the cells, with HTML, mathematics and a picture pasted in."""
    notebook = answered()
    picture = {"image/png": "iVBORw0KGgo="}
    note = own("# Note\n$W x$ <b>bold</b> ![x](attachment:image.png)", "markdown")
    notebook["cells"].insert(3, {**note, "attachments": {"image.png": picture}})
    cell_of(notebook, "q4-written")["source"] += " <i>Really</i>, a & b: $|x| < 1$."
    return notebook
