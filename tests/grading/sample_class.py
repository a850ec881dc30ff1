"""Makes a sample class of twelve from the released notebook and the reference solution of a1_lorenz.

    python tests/grading/sample_class.py DIR

writes one folder a student under DIR. `EXPECTED` says what each of them must get.
"""

import ast
import copy
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "a1_lorenz"
FUNCTIONS = {
    "q1": "lorenz",
    "q2": "rk4",
    "q3": "spectrum",
    "q4": "fit_growth",
    "q5": "pair_fraction",
    "q7": "exponent_from_series",
}
FULL = {"q1": 12, "q2": 14, "q3": 16, "q4": 16, "q5": 14, "q7": 18}
NOTHING = dict.fromkeys(FULL, 0)

WRONG_FIELD = """
def lorenz(x, sigma, rho, beta, delta):
    return np.zeros_like(x), np.zeros((*x.shape, 3))
"""
EULER = """
def rk4(f, x0, t):
    x = [x0]
    for k in range(len(t) - 1):
        x.append(x[-1] + (t[k + 1] - t[k]) * f(t[k], x[-1]))
    return np.stack(x, axis=1)
"""
COLLAPSED = """
def spectrum(J, dt, skip):
    n, d, _ = J.shape
    frame, growth = np.eye(d), np.zeros(d)
    for k in range(n):
        frame = J[k] @ frame
        norms = np.linalg.norm(frame, axis=0)
        frame = frame / norms
        if k >= skip:
            growth += np.log(norms)
    return np.sort(growth / ((n - skip) * dt))[::-1]
"""
CONSTANT = """
def fit_growth(lag, s):
    return 0.0, (0.0, 0.0)
"""
EUCLID = """
def pair_fraction(x, radii, w):
    far = np.linalg.norm(x[:, None] - x[None], axis=-1)[np.triu_indices(len(x), w)]
    return [(far <= radius).mean() for radius in radii]
"""
TYPED_IN = """
def exponent_from_series(x, dt):
    return 0.906
"""
ENDLESS = """
def spectrum(J, dt, skip):
    k = 0
    while k < len(J):
        growth = J[k]
    return growth
"""
EXITS = """
import os


def rk4(f, x0, t):
    os._exit(1)
"""
TORCH_FIELD = """
import torch

torch.set_default_dtype(torch.float64)


def lorenz(x, sigma, rho, beta, delta):
    a, b, c = torch.as_tensor(x, dtype=torch.float32).unbind(-1)
    f = torch.stack([sigma * (b - a), a * (rho - c) + delta * b, a * b - beta * c], dim=-1)
    one = torch.ones_like(a)
    rows = [[-sigma * one, sigma * one, 0 * one], [rho - c, delta * one, -a], [b, a, -beta * one]]
    return f, torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)
"""
NOISY = """
import sys
import warnings

warnings.warn("this is loud")
print("and so is this")
for step in range(3):
    print(f"\\r{step}/3 [=>  ]", end="", file=sys.stderr)
"""
HELPER = """
def slope(f, time, state, step, before):
    return f(time + step, state + step * before)
"""
SPLIT = """
def rk4(f, x0, t):
    x = [x0]
    for k in range(len(t) - 1):
        h, s, a = t[k + 1] - t[k], x[-1], t[k]
        k1 = f(a, s)
        k2 = slope(f, a, s, h / 2, k1)
        k3 = slope(f, a, s, h / 2, k2)
        k4 = slope(f, a, s, h, k3)
        x.append(s + h * (k1 / 6 + k2 / 3 + k3 / 3 + k4 / 6))
    return snp.stack(x, axis=1)
"""
ESSAY = "Two orbits that start 1e-6 apart share a butterfly for some fifteen time units and nothing afterwards."


def reference() -> dict[str, str]:
    """The reference's source of each question, from its functions one by one."""
    text = (ROOT / "solutions" / NAME / "reference.py").read_text(encoding="utf-8")
    functions = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    return {question: ast.get_source_segment(text, functions[name]) for question, name in FUNCTIONS.items()}


def release() -> dict:
    """The released notebook as plain data, sources as text."""
    notebook = json.loads((ROOT / "assignments" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def find(notebook: dict, name: str) -> int:
    """Place of the cell with that grade id."""
    ids = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
    return ids.index(name)


def filled(**answers: str) -> dict:
    """The release with the reference's answers, or the given ones."""
    notebook = release()
    for question, source in {**reference(), **answers}.items():
        notebook["cells"][find(notebook, f"{question}-answer")]["source"] = source
    notebook["cells"][find(notebook, "q6-written")]["source"] = ESSAY
    return notebook


def own(source: str) -> dict:
    """A code cell of the student's own."""
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def saved_by_colab(notebook: dict) -> dict:
    """What Colab makes of it: format 4.0, ids in the metadata, run times, widgets, another kernel's name."""
    notebook = copy.deepcopy(notebook)
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"]["id"] = cell.pop("id", f"c{number}")
        if cell["cell_type"] == "code":
            user = {"displayName": "E. Student", "userId": "0123456789"}
            cell["metadata"]["executionInfo"] = {"status": "ok", "elapsed": 12, "timestamp": 1, "user": user}
            cell["execution_count"] = number
            cell["outputs"] = [{"output_type": "stream", "name": "stderr", "text": ["a progress bar: 100%\n"]}]
    notebook["metadata"]["colab"] = {"provenance": [], "collapsed_sections": ["x"]}
    notebook["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"a": {"model_name": "HTMLModel"}}}
    notebook["cells"].insert(
        0, own("!pip install -q norse\nfrom google.colab import drive\ndrive.mount('/content/drive')")
    )
    notebook.update(nbformat=4, nbformat_minor=0)
    return notebook


def duplicated() -> dict:
    """An answer, a probe and the untouched stub of another answer are there twice."""
    notebook = filled()
    stub = copy.deepcopy(release()["cells"][find(notebook, "q3-answer")])
    for name in ("q2-answer", "q1-probe"):
        place = find(notebook, name)
        notebook["cells"].insert(place + 1, copy.deepcopy(notebook["cells"][place]))
    notebook["cells"].insert(find(notebook, "q3-answer") + 1, stub)
    return notebook


def split() -> dict:
    """A helper in a cell of its own, an answer in two cells, an import added to the locked first cell."""
    notebook = filled(q2=SPLIT)
    place = find(notebook, "q2-answer")
    notebook["cells"].insert(place, own(HELPER))
    notebook["cells"][find(notebook, "setup")]["source"] += "\nimport numpy as snp"
    lines = reference()["q4"].splitlines()
    place = find(notebook, "q4-answer")
    notebook["cells"][place]["source"] = "part = 5\n# the function stands in the next cell"
    notebook["cells"].insert(place + 1, own("\n".join(lines)))
    return notebook


def noisy() -> dict:
    """Warnings, prints and a bar around right answers; lists for arrays; a figure that fails above a function."""
    source = reference()["q3"].replace("return np.sort(", "return list(np.sort(")[:-6] + "[::-1])"
    broken = "import matplotlib.pyplot as plt\nplt.no_such_plot()\n" + reference()["q2"]
    return filled(q1=NOISY + reference()["q1"], q3=source, q2=broken)


def write_class(folder: Path) -> dict[str, Path]:
    """Write the twelve submissions; returns the file of each."""
    wrong = filled(q1=WRONG_FIELD, q2=WRONG_FIELD, q3="spectrum = 3", q4=CONSTANT, q5=EUCLID, q7=TYPED_IN)
    notebooks = {
        "ada": filled(),
        "ben": wrong,
        "cleo": filled(q2=EULER, q3=COLLAPSED),
        "dora": release(),
        "emil": saved_by_colab(filled()),
        "fay": duplicated(),
        "gus": split(),
        "hana": filled(q1=TORCH_FIELD),
        "ivan": None,
        "jana": filled(q3=ENDLESS),
        "kai": filled(q2=EXITS),
        "lena": noisy(),
    }
    files = {}
    for student, notebook in notebooks.items():
        name = "Copy of a1_lorenz (3).ipynb" if student == "hana" else f"{NAME}.ipynb"
        path = folder / student / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "{ this was never a notebook" if notebook is None else json.dumps(notebook, indent=1)
        path.write_text(text, encoding="utf-8")
        files[student] = path
    return files


EXPECTED: dict[str, dict[str, float] | None] = {
    "ada": FULL,
    "ben": NOTHING,
    "cleo": {**FULL, "q2": 0, "q3": 8},
    "dora": NOTHING,
    "emil": FULL,
    "fay": FULL,
    "gus": FULL,
    "hana": FULL,
    "ivan": None,
    "jana": {**FULL, "q3": 0},
    "kai": {**FULL, "q2": 0},
    "lena": FULL,
}


if __name__ == "__main__":
    write_class(Path(sys.argv[1]))
