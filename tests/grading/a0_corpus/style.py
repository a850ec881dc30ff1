"""Right answers in other words: other containers, precisions and forms of a function."""

from a0_corpus.course import answered, insert
from a0_corpus.entry import honest


@honest()
def single_precision():
    """float32 throughout."""
    return answered(
        q1="def step(x, rate, dt):\n    x = x.astype(np.float32)\n    return x - np.float32(dt * rate) * x",
        q2="def drive(W, x):\n    return np.tanh(x.astype('f4') @ W.T.astype('f4'))",
    )


@honest()
def lists_for_arrays():
    """Nested lists, tuples of arrays and lists of numpy's own numbers."""
    return answered(
        q1="def step(x, rate, dt):\n    return [[float(v) * (1 - dt * rate) for v in row] for row in x]",
        q2="def drive(W, x):\n    return tuple(np.tanh(W @ row) for row in x)",
        q3="def orbit(W, x0, n):\n    x = [list(x0)]\n    for _ in range(n):\n"
        "        x.append(list(np.tanh(W @ np.array(x[-1]))))\n    return x",
    )


@honest()
def tensors():
    """Tensors: single precision, with a gradient attached, and in a list."""
    return answered(
        q1="import torch\ndef step(x, rate, dt):\n    x = torch.tensor(x, dtype=torch.float32)\n"
        "    return x - dt * rate * x",
        q2="import torch\ndef drive(W, x):\n    W = torch.tensor(W, requires_grad=True)\n"
        "    return torch.tanh(torch.tensor(x) @ W.T)",
        q3="import torch\ndef orbit(W, x0, n):\n    W, x = torch.tensor(W), [torch.tensor(x0)]\n"
        "    for _ in range(n):\n        x.append(torch.tanh(W @ x[-1]))\n    return x",
    )


@honest()
def other_arrays():
    """A matrix, a masked array, and an array that is a view in Fortran's order."""
    return answered(
        q1="def step(x, rate, dt):\n    return np.asmatrix(x - dt * rate * x)",
        q2="def drive(W, x):\n    return np.ma.masked_array(np.tanh(x @ W.T))",
        q3="def orbit(W, x0, n):\n    out = np.zeros((len(x0), n + 1), dtype='>f8')\n    out[:, 0] = x0\n"
        "    for k in range(n):\n        out[:, k + 1] = np.tanh(W @ out[:, k])\n    return out.T",
    )


@honest()
def classes():
    """Objects that can be called, a class that makes arrays, a static method."""
    return answered(
        q1="class Step:\n    def __init__(self, gain=1.0):\n        self.gain = gain\n"
        "    def __call__(self, x, rate, dt):\n        return x - self.gain * dt * rate * x\nstep = Step()",
        q2="class Layer:\n    @staticmethod\n    def run(W, x):\n        return np.tanh(x @ W.T)\ndrive = Layer.run",
        q3="class orbit:\n    def __new__(cls, W, x0, n):\n        x = [x0]\n        for _ in range(n):\n"
        "            x.append(np.tanh(W @ x[-1]))\n        return np.array(x)",
    )


@honest()
def short_functions():
    """Lambdas, a partial function, an einsum."""
    return answered(
        q1="step = lambda x, rate, dt: x * (1 - rate * dt)",
        q2="from functools import partial\ndef layer(f, W, x):\n    return f(np.einsum('oi,bi->bo', W, x))\n"
        "drive = partial(layer, np.tanh)",
        q3="from itertools import accumulate\norbit = lambda W, x0, n: np.array(list(accumulate(range(n), "
        "lambda x, _: np.tanh(W @ x), initial=x0)))",
    )


@honest()
def decorators():
    """Functions wrapped by decorators of the student's own and of the library."""
    timer = """import functools, time

def timed(f):
    @functools.wraps(f)
    def inside(*args, **kwargs):
        start = time.perf_counter()
        out = f(*args, **kwargs)
        print(f"{f.__name__}: {time.perf_counter() - start:.3f} s")
        return out
    return inside"""
    vector = "@np.vectorize\ndef one(x, a):\n    return x - a * x"
    return insert(
        answered(
            q1=f"{vector}\n\ndef step(x, rate, dt):\n    return one(x, rate * dt)",
            q2="@timed\n@timed\ndef drive(W, x):\n    return np.tanh(x @ W.T)",
        ),
        "setup",
        timer,
    )


@honest()
def signatures():
    """Hints, defaults, further keywords, gathered arguments and other names."""
    return answered(
        q1="from __future__ import annotations\nfrom numpy.typing import NDArray\n"
        "def step(x: NDArray[np.float64], rate: float, dt: float = 0.1, /, *, loud: bool = False) -> NDArray:\n"
        "    return x - dt * rate * x",
        q2="def drive(*args, **kwargs):\n    return np.tanh(args[1] @ args[0].T)",
        q3="def orbit(weights: 'np.ndarray', start: 'np.ndarray', steps: int, keep=True):\n    x = [start]\n"
        "    while len(x) <= steps:\n        x.append(np.tanh(weights @ x[-1]))\n    return np.array(x)",
    )


@honest()
def deep_copies():
    """Everything is copied, deeply, and a generator is used up inside."""
    return answered(
        q3="import copy\ndef path(W, x, n):\n    yield x\n    for _ in range(n):\n        x = np.tanh(W @ x)\n"
        "        yield x\ndef orbit(W, x0, n):\n    return np.array(list(path(copy.deepcopy(W), copy.deepcopy(x0), n)))"
    )


@honest()
def slow_loops():
    """Loops over every element, and a rest between two prints."""
    return answered(
        q2="import math, time\ndef drive(W, x):\n    out = np.zeros((len(x), len(W)))\n    for b in range(len(x)):\n"
        "        for o in range(len(W)):\n            total = 0.0\n            for i in range(W.shape[1]):\n"
        "                total += W[o, i] * x[b, i]\n            out[b, o] = math.tanh(total)\n"
        "    time.sleep(0.1)\n    return out"
    )


@honest()
def modules_of_torch():
    """A module with parameters, called without gradients."""
    return answered(
        q2="import torch\nfrom torch import nn\nclass Layer(nn.Module):\n    def __init__(self, W):\n"
        "        super().__init__()\n        self.W = nn.Parameter(torch.as_tensor(W))\n"
        "    @torch.no_grad()\n    def forward(self, x):\n        return torch.tanh(x @ self.W.T)\n"
        "def drive(W, x):\n    return Layer(W)(torch.as_tensor(x))"
    )


@honest()
def other_libraries():
    """scipy and scikit-learn for what numpy would do."""
    return answered(
        q1="from scipy.linalg import expm\nfrom scipy import sparse\ndef step(x, rate, dt):\n"
        "    return (sparse.identity(len(x)) * (1 - rate * dt)) @ x",
        q2="from sklearn.neural_network._base import ACTIVATIONS\nfrom sklearn.utils.extmath import safe_sparse_dot\n"
        "def drive(W, x):\n    out = safe_sparse_dot(x, W.T)\n    ACTIVATIONS['tanh'](out)\n    return out",
    )


@honest()
def letters_of_mathematics():
    """Greek letters, a match statement, a walrus."""
    return answered(
        q1="def step(x, λ, Δt):\n    if (μ := λ * Δt) is not None:\n        return x - μ * x",
        q3="def orbit(W, x0, n):\n    match n:\n        case 0:\n            return np.array([x0])\n        case _:\n"
        "            x = orbit(W, x0, n - 1)\n            return np.vstack([x, np.tanh(W @ x[-1])])",
    )


@honest()
def a_cached_class_of_data():
    """A dataclass, an enumeration and a cache."""
    return answered(
        q1="from dataclasses import dataclass\nfrom enum import Enum\nfrom functools import cache\n"
        "class Kind(Enum):\n    EULER = 1\n@dataclass(frozen=True)\nclass Rule:\n    kind: Kind = Kind.EULER\n"
        "@cache\ndef rule(kind):\n    return Rule(kind)\ndef step(x, rate, dt):\n"
        "    return x - dt * rate * x if rule(Kind.EULER).kind is Kind.EULER else None"
    )


@honest()
def derivatives_of_torch():
    """Automatic differentiation by function, an optimiser, a model of scikit-learn loaded inside the function."""
    return answered(
        q1="import torch\ndef step(x, rate, dt):\n    x = torch.tensor(x)\n"
        "    slope = torch.func.vmap(torch.func.jacrev(lambda v: -0.5 * rate * v * v))(x.reshape(-1))\n"
        "    return x + dt * slope.reshape(x.shape)",
        q2="def drive(W, x):\n    import torch\n    from sklearn.linear_model import Ridge\n"
        "    W = torch.tensor(W, requires_grad=True)\n    torch.optim.Adam([W]).zero_grad()\n"
        "    return torch.tanh(torch.tensor(x) @ W.T)",
    )
