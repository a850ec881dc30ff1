"""A newer Python than the grader's: what cannot be read here is not graded, and never 0."""

from a0_corpus.course import RIGHT, answered, cell_of, insert
from a0_corpus.entry import honest


@honest(newer=("q1",), since=(3, 12), flags=("written for a newer Python",))
def quotes_inside_quotes():
    """An f-string that uses its own quotes again (PEP 701)."""
    return answered(q1=f'd = {{"a": 1}}\nprint(f"{{d["a"]:>3}}")\n{RIGHT["q1"]}')


@honest(newer=("q2",), since=(3, 12), flags=("written for a newer Python",))
def backslashes_inside_braces():
    """An f-string with a backslash and a comment in its braces (PEP 701)."""
    return answered(
        q2='def drive(W, x):\n    print(f"{"\\n".join(map(str, x))} {\n        W  # weights\n    }")\n'
        "    return np.tanh(x @ W.T)"
    )


@honest(newer=("q3",), since=(3, 12), flags=("written for a newer Python",))
def parameters_of_types():
    """Generic functions and names of types (PEP 695)."""
    return answered(q3=f"type Matrix = np.ndarray\ndef first[T](x: T) -> T:\n    return x\n{RIGHT['q3']}")


@honest(newer=("q1",), since=(3, 13), flags=("written for a newer Python",))
def defaults_of_types():
    """Parameters of types with defaults (PEP 696)."""
    return answered(
        q1="class Box[T = float, *Ts = *tuple[int]]:\n    item: T\ndef step(x, rate, dt):\n    return x - dt * rate * x"
    )


@honest(newer=("q2",), since=(3, 14), flags=("written for a newer Python",))
def exceptions_without_parentheses():
    """Several exceptions in a row (PEP 758)."""
    return answered(
        q2="def drive(W, x):\n    try:\n        return np.tanh(x @ W.T)\n    except ValueError, TypeError:\n"
        "        return None"
    )


@honest(newer=("q1",), since=(3, 12), flags=("written for a newer Python",))
def a_helper_in_newer_python():
    """The answer can be read, the helper that it calls cannot."""
    helper = 'def told(x):\n    print(f"{x["a"]}") if isinstance(x, dict) else None\n    return x'
    return insert(answered(q1="def step(x, rate, dt):\n    return told(x - dt * rate * x)"), "setup", helper)


@honest(
    newer=("q2",),
    since=(3, 12),
    flags=("written for a newer Python",),
    changes=("Lines added to the locked cell setup",),
)
def a_locked_cell_in_newer_python():
    """A name of a type was added to the set-up, and the answer uses it."""
    notebook = answered(q2="def drive(W: Matrix, x: Matrix) -> Matrix:\n    return np.tanh(x @ W.T)")
    cell_of(notebook, "setup")["source"] += "\ntype Matrix = np.ndarray"
    return notebook


@honest(newer=("q2",), since=(3, 12), flags=("written for a newer Python",))
def a_playground_in_newer_python():
    """A helper in the cell to play with can not be read."""
    notebook = answered(q2="def drive(W, x):\n    return bent(x @ W.T)")
    cell_of(notebook, "q2-explore")["source"] += "\ndef bent[T](z: T) -> T:\n    return np.tanh(z)"
    return notebook


@honest()
def newer_names_of_the_library():
    """Functions that came into the standard library after this Python."""
    return answered(
        q1="from copy import replace\nfrom itertools import batched\nfrom typing import override\n"
        "from warnings import deprecated\ndef step(x, rate, dt):\n"
        "    rows = [row for pair in batched(x, 2) for row in pair]\n    return np.array(rows) * (1 - dt * rate)",
        q2="import math\nimport itertools\nclass Base:\n    pass\ndef drive(W, x):\n"
        "    return np.tanh([[math.sumprod(row, w) for w in W.tolist()] for row in x.tolist()])",
    )
