"""Honest lines that change the state of the process, and with it the questions that follow."""

from a0_corpus.course import RIGHT, above, answered, insert
from a0_corpus.entry import honest

TORCH = """import torch
def drive(W, x):
    return torch.tanh(torch.as_tensor(x) @ torch.as_tensor(W).T)"""
TRAINED = """import torch
def drive(W, x):
    W = torch.tensor(W, requires_grad=True)
    out = torch.tanh(torch.tensor(x) @ W.T)
    out.sum().backward()
    return out.detach() + 0 * W.grad.sum()"""


@honest()
def default_precision():
    """Doubles become the default, as this course recommends."""
    return insert(answered(q2=TORCH), "setup", "import torch\ntorch.set_default_dtype(torch.float64)")


@honest()
def default_precision_is_half():
    """And half precision: a layer of torch then has another precision than its input."""
    linear = (
        "import torch\ndef drive(W, x):\n    layer = torch.nn.Linear(W.shape[1], W.shape[0], bias=False)\n"
        "    layer.weight.data = torch.tensor(W).float()\n"
        "    return torch.tanh(layer(torch.tensor(x.tolist()))).detach()"
    )
    return insert(answered(q2=linear), "setup", "import torch\ntorch.set_default_dtype(torch.float16)")


@honest()
def another_device():
    """Tensors are made on a device without memory."""
    return insert(answered(q2=TRAINED), "setup", "import torch\ntorch.set_default_device('meta')")


@honest()
def gradients_off():
    """Gradients were switched off and never on again."""
    return insert(answered(q2=TRAINED), "setup", "import torch\ntorch.set_grad_enabled(False)")


@honest()
def no_grad_entered_by_hand():
    """The same by a context that is entered and not left."""
    return insert(answered(q2=TRAINED), "setup", "import torch\nguard = torch.no_grad()\nguard.__enter__()")


@honest()
def threads_and_determinism():
    """More threads, deterministic algorithms, anomaly detection."""
    lines = "import torch\ntorch.set_num_threads(4)\ntorch.use_deterministic_algorithms(True)\n"
    return insert(answered(q2=TRAINED), "setup", f"{lines}torch.autograd.set_detect_anomaly(True)")


@honest()
def seeds():
    """Every generator is seeded."""
    lines = "import random, torch\nrandom.seed(1)\nnp.random.seed(1)\ntorch.manual_seed(1)"
    return insert(answered(q2=TORCH), "setup", lines)


@honest()
def errors_for_warnings():
    """Every warning is an error, every overflow too."""
    lines = "import warnings\nwarnings.filterwarnings('error')\nnp.seterr(all='raise')"
    body = "    warnings.warn('now an error?')\n    np.exp(np.array(-1e9))\n    return x - dt * rate * x"
    return answered(q1=f"{lines}\ndef step(x, rate, dt):\n{body}")


@honest()
def recursion_limits():
    """The recursion limit is raised for one function and lowered after it."""
    deep = "def orbit(W, x0, n):\n    if n == 0:\n        return [x0]\n    x = orbit(W, x0, n - 1)\n"
    notebook = answered(q3=f"import sys\nsys.setrecursionlimit(10**6)\n{deep}    return [*x, np.tanh(W @ x[-1])]")
    return insert(notebook, "q2-probe", "import sys\nsys.setrecursionlimit(80)")


@honest()
def names_of_builtins():
    """Names of Python's own functions, of numpy and of the course are used for other things."""
    lines = "sum = 0\nlist = [1]\nmax = 3\nprint = None\ninput = np.ones(2)\nstr = 'a'\ntype = 1\nid = 7"
    return insert(answered(), "setup", lines, "probe = 1\ncheck = 2\ndoctor = 3\nwire = 4\nshell = 5\ntext = 6")


@honest()
def one_letter_names():
    """Short names that anybody's code might use."""
    return above("q1", "g, t, f, x, e, k, n, _ = 9.81, 0.0, None, [], 2.7, 1, 2, 3\nIn = Out = 4\n__name__ = 'me'")


@honest()
def streams_replaced():
    """What is printed goes to a file, and standard output is closed."""
    return above("q1", "import io, sys\nsys.stdout.close()\nsys.stdout = io.StringIO()\nsys.stderr = None")


@honest()
def hooks_and_formats():
    """Print options, display hooks, no garbage collector, no tracebacks, another locale."""
    lines = """import gc, locale, sys
gc.disable()
sys.tracebacklimit = 0
sys.displayhook = lambda value: None
sys.excepthook = lambda *error: None
locale.setlocale(locale.LC_ALL, "C")
np.set_printoptions(precision=2, threshold=3)"""
    return above("q2", lines)


@honest()
def the_path_is_emptied():
    """Folders are put before and taken from the import path."""
    return above(
        "q1",
        "import sys\nsys.path.insert(0, '/content/drive/MyDrive')\nsys.path.remove('/content/drive/MyDrive')\n"
        "sys.path[:] = [p for p in sys.path if 'google' not in p]",
    )


@honest()
def works_in_place():
    """The arguments are overwritten, and kept for later."""
    kept = "kept = []\ndef step(x, rate, dt):\n    kept.append(x)\n    x *= 1 - dt * rate\n    return x"
    return answered(q1=kept)


@honest()
def many_figures():
    """Thirty figures are left open."""
    lines = "import matplotlib.pyplot as plt\nfor k in range(30):\n    plt.figure()"
    return answered(q1=f"{lines}\n{RIGHT['q1']}")


@honest()
def threads_left_running():
    """A thread and a timer go on after their cell."""
    lines = "import threading, time\nthreading.Thread(target=lambda: time.sleep(60), daemon=True).start()\n"
    return above("q1", f"{lines}threading.Timer(60, print).start()")
