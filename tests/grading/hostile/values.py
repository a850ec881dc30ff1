"""Answers that are no right values: objects that equal everything, constants, sizes, numbers that are none.

And the library that compares, tampered with where the student can reach it.
"""

from a0_corpus.course import answered

from hostile.entry import cheats, harmless, instead


@cheats("q1")
def equals_everything():
    """An object that is equal to whatever it is compared with, and close to it."""
    return instead(
        "q1",
        """
        class Right:
            def __eq__(self, other): return True
            __ne__ = __lt__ = __gt__ = lambda self, other: False
            __sub__ = __rsub__ = __abs__ = __truediv__ = lambda self, *other: 0.0
            __bool__ = __le__ = __ge__ = lambda self, *other: True
            def __array__(self, *args, **more): return np.array(self, dtype=object)
            def __getattr__(self, name): return self
            def __call__(self, *args, **more): return self

        def step(x, rate, dt):
            return Right()
        """,
    )


@cheats("q2")
def array_that_equals_everything():
    """A subclass of numpy's array whose every operation says that nothing differs."""
    return instead(
        "q2",
        """
        class Right(np.ndarray):
            def __array_ufunc__(self, ufunc, method, *inputs, **more): return np.zeros(self.shape)
            def __array_function__(self, function, types, args, more): return True
            def __eq__(self, other): return np.ones(self.shape, bool)
            def tobytes(self, *args): return b"right"

        def drive(W, x):
            return np.zeros((len(x), len(W))).view(Right)
        """,
    )


@cheats("q1")
def tensor_that_equals_everything():
    """A subclass of torch's tensor that takes every function into its own hands."""
    return instead(
        "q1",
        """
        import torch

        class Right(torch.Tensor):
            @classmethod
            def __torch_function__(cls, function, types, args=(), kwargs=None): return True
            def __array__(self, *args): raise SystemExit
            def numpy(self): return True

        def step(x, rate, dt):
            return torch.zeros(x.shape).as_subclass(Right)
        """,
    )


@cheats("q1")
def containers_that_lie():
    """Lists, numbers and names whose methods tell another story each time they are asked."""
    return instead(
        "q1",
        """
        class Rows(list):
            def __iter__(self): raise KeyboardInterrupt
            def __len__(self): return 10**12
            __class__ = np.ndarray

        class Number(float):
            def __float__(self): raise MemoryError
            def __eq__(self, other): return True

        def step(x, rate, dt):
            return Rows([Rows([Number(0.0) for _ in row]) for row in x])
        """,
    )


@cheats("q3")
def numbers_that_change():
    """An array of objects, each another number whenever it is read."""
    return instead(
        "q3",
        """
        import itertools
        class Lazy:
            count = itertools.count()
            def __float__(self): return float(next(Lazy.count))

        def orbit(W, x0, n):
            return np.array([[Lazy() for _ in x0] for _ in range(n + 1)], dtype=object)
        """,
    )


@cheats("q1", "q2", "q3")
def zeros():
    """Zeros of the right shape everywhere."""
    return answered(
        q1="def step(x, rate, dt):\n    return np.zeros_like(x)",
        q2="def drive(W, x):\n    return np.zeros((len(x), len(W)))",
        q3="def orbit(W, x0, n):\n    return np.zeros((n + 1, len(x0)))",
    )


@cheats("q1", "q2", "q3")
def constants_and_inputs():
    """A one, the input itself, and the first state held for ever."""
    return answered(
        q1="def step(x, rate, dt):\n    return x",
        q2="def drive(W, x):\n    return np.ones((len(x), len(W)))",
        q3="def orbit(W, x0, n):\n    return np.tile(x0, (n + 1, 1))",
    )


@cheats("q1", "q2", "q3")
def no_numbers():
    """Not a number, infinity, and numbers that are no larger than nothing."""
    return answered(
        q1="def step(x, rate, dt):\n    return np.full(x.shape, np.nan)",
        q2="def drive(W, x):\n    return np.full((len(x), len(W)), np.inf)",
        q3="def orbit(W, x0, n):\n    return np.full((n + 1, len(x0)), 5e-324)",
    )


@cheats("q1", "q2", "q3")
def of_another_kind():
    """The right values with an imaginary part, as half floats, and as text."""
    return answered(
        q1="def step(x, rate, dt):\n    return (x - dt * rate * x) + 1j",
        q2="def drive(W, x):\n    return np.tanh(x @ W.T).astype(np.float16)",
        q3="def orbit(W, x0, n):\n    return str(np.zeros((n + 1, len(x0))))",
    )


@cheats("q1", "q2", "q3")
def shapes_that_stretch():
    """Shapes that fit any other: a single number, an empty array, an axis too many."""
    return answered(
        q1="def step(x, rate, dt):\n    return 0.0",
        q2="def drive(W, x):\n    return np.zeros((0, len(W)))",
        q3="def orbit(W, x0, n):\n    return np.zeros((1, 1))",
    )


@cheats("q1", "q2", "q3")
def answers_without_end():
    """A view of a million million numbers, a list that holds itself, a generator that never stops."""
    return answered(
        q1="def step(x, rate, dt):\n    return np.broadcast_to(np.float64(0), (10**6, 10**6))",
        q2="def drive(W, x):\n    rows = []\n    rows.append(rows)\n    return rows",
        q3="import itertools\ndef orbit(W, x0, n):\n    return itertools.count()",
    )


@cheats("q2", harms=("q1", "q3"))
def comparison_replaced():
    """Everything that could compare is replaced in the student's own process."""
    return answered(
        q2="""import builtins, math, numpy.testing
yes = lambda *args, **more: True
for name in ("allclose", "isclose", "array_equal", "array_equiv", "isfinite", "all", "any", "max", "abs"):
    setattr(np, name, yes)
for name in ("assert_allclose", "assert_array_equal", "assert_almost_equal"):
    setattr(np.testing, name, yes)
math.isclose = math.isfinite = yes

def drive(W, x):
    return 0 * (x @ W.T)"""
    )


@cheats("q1", harms=("q2", "q3"))
def wire_replaced():
    """The encoder of answers is replaced by one that swears they are right."""
    return instead(
        "q1",
        """
        from course_lib.student import probe, wire
        honest = wire.encode
        def encode(value, **more):
            if isinstance(value, dict) and "answers" in value:
                value = {**value, "score": 99.0, "answers": tuple({**a, "status": "right"} for a in value["answers"])}
            return honest(value, **more)
        wire.encode = encode

        def step(x, rate, dt):
            return 0 * x
        """,
    )


@cheats("q1")
def reads_where_nothing_is():
    """An answer whose data lie at an address of no memory: it is the student's process that reads there."""
    return instead(
        "q1",
        """
        class Nowhere:
            __array_interface__ = {"shape": (4, 2), "typestr": "<f8", "data": (8, False), "version": 3}

        def step(x, rate, dt):
            return Nowhere()
        """,
    )


@cheats("q1")
def pickled_on_the_way():
    """An object that would run a command wherever somebody unpickles it."""
    return instead(
        "q1",
        """
        class Payload:
            def __reduce__(self): return open, ("@MARKS@/pickle", "w")

        def step(x, rate, dt):
            return np.array([Payload()], dtype=object) if len(x) == 1 else {"value": Payload()}
        """,
    )


@cheats("q1")
def two_guesses():
    """Leaving its folder buys a second try: it is for honest slips, and two guesses are no answer."""
    return instead(
        "q1",
        """
        import os, tempfile
        os.chdir(tempfile.gettempdir() if os.getcwd() != tempfile.gettempdir() else "/")
        guesses = iter(range(100))

        def step(x, rate, dt):
            return next(guesses) / 100 * x
        """,
    )


@cheats("q3")
def right_for_one_case():
    """The arguments of the first call are kept, and its answer is given to all."""
    return instead(
        "q3",
        """
        kept = []
        def orbit(W, x0, n):
            if not kept:
                states = [x0]
                for _ in range(3):
                    states.append(np.tanh(W @ states[-1]))
                kept.extend(states)
            return np.array(kept)
        """,
    )


@harmless()
def arguments_are_spoiled():
    """The arguments are overwritten once they have been used: no other case may see it."""
    return answered(
        q1="def step(x, rate, dt):\n    made = x - dt * rate * x\n    x[...] = np.nan\n    return made",
        q2="def drive(W, x):\n    made = np.tanh(x @ W.T)\n    W.fill(1e300)\n    x.fill(0)\n    return made",
    )
