"""Exits, signals, loops, recursion, threads: each costs the question in which it stands, and no other."""

from a0_corpus.course import RIGHT, above, insert

from hostile.entry import Notebook, cheats, harmless, harms, instead

LOOP = "def {0}:\n    while True:\n        pass"


@harms("q1")
def exits_the_process():
    """The answer's cell ends the process."""
    return above("q1", "import os; os._exit(0)")


@cheats("q2")
def exits_in_the_last_case():
    """The function ends the process in the middle of its cases."""
    return instead("q2", "import os\ndef drive(W, x):\n    os._exit(0)")


@harms("q3")
def kills_itself():
    """SIGKILL, SIGTERM and SIGABRT to its own process."""
    return above(
        "q3", "import os, signal\nfor s in (signal.SIGTERM, signal.SIGABRT, signal.SIGKILL): os.kill(os.getpid(), s)"
    )


@harms("q1")
def stops_itself():
    """The process is halted: it neither ends nor goes on."""
    return above("q1", "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)")


@cheats("q1")
def crashes():
    """A write to an address of no memory."""
    return instead("q1", "import ctypes\ndef step(x, rate, dt):\n    ctypes.memset(8, 0, 8)")


@cheats("q2")
def loops():
    """A loop without end, that the interrupt ends."""
    return instead("q2", LOOP.format("drive(W, x)"))


@cheats("q2")
def loops_and_catches_everything():
    """A loop without end that catches the interrupt, with the signal switched off besides."""
    return instead(
        "q2",
        """
        import signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        def drive(W, x):
            while True:
                try:
                    sum(range(1000))
                except BaseException:
                    pass
        """,
    )


@harms("q1")
def loops_in_its_cell():
    """A loop without end outside of any function, deaf to the interrupt."""
    return insert(
        instead("q1", RIGHT["q1"]),
        "q1-answer",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile 1: 1",
    )


@cheats("q3")
def recurses():
    """Recursion behind a limit that was taken away."""
    return instead(
        "q3",
        "import sys\nsys.setrecursionlimit(2**31 - 1)\ndef orbit(W, x0, n):\n    return orbit(W, x0, n + 1)",
    )


@cheats("q1")
def recurses_in_compiled_code():
    """A nest of lists deeper than the stack, taken apart by compiled code."""
    return instead(
        "q1",
        """
        import sys
        sys.setrecursionlimit(10**9)
        def step(x, rate, dt):
            nest = []
            for _ in range(10**6):
                nest = [nest]
            return repr(nest)
        """,
    )


@harms("q1")
def spins_in_threads():
    """Threads that use the processor for ever, and never answer to anything."""
    return above(
        "q1",
        "import threading\ndef spin():\n    while True: pass\n"
        "for _ in range(3): threading.Thread(target=spin, daemon=True).start()",
    )


def later(do: str) -> Notebook:
    """The first answer is right; a thread that it started does this while the second is being worked on."""
    lines = f"import os, threading, signal\ndef strike():\n    {do}\nthreading.Timer(0.03, strike).start()"
    return above("q1", lines)


@harms("q1")
def ends_it_later():
    """A thread ends the process while another question is running: its own student's alone."""
    return later("os._exit(0)")


@harms("q1")
def every_event_fails():
    """An audit hook, a trace function and a profile function that refuse every event from now on."""
    return above(
        "q1",
        "import sys\ndef refuse(*args):\n    raise RuntimeError('no')\n"
        "sys.settrace(refuse)\nsys.setprofile(refuse)\nsys.addaudithook(refuse)",
    )


@harmless()
def runs_when_all_is_over():
    """Functions that run at the end of the process, at the end of a cell, and when memory is tidied."""
    return above(
        "q1",
        """import atexit, gc, os, weakref
def strike(*args):
    open("@MARKS@/atexit", "w").write("x")
atexit.register(strike)
gc.callbacks.append(lambda *args: None)
weakref.finalize(np, strike)
shell = get_ipython()
for event in ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell"):
    shell.events.register(event, lambda *args: None)""",
    )


@harms("q1")
def the_shell_is_taken_apart():
    """IPython's own parts are replaced: the parser, the runner of cells, the display, the history."""
    return above(
        "q1",
        """shell = get_ipython()
for name in ("run_cell", "transform_cell", "showtraceback", "displayhook", "history_manager", "compile"):
    setattr(shell, name, lambda *args, **more: None)""",
    )


@cheats("q1")
def waits_for_ever():
    """It sleeps: no processor time is used, and the clock must end it."""
    return instead("q1", "import time\ndef step(x, rate, dt):\n    time.sleep(3600)")


@cheats("q1")
def exits_politely():
    """SystemExit, a keyboard interrupt and an exception whose text fails, one a case."""
    return instead(
        "q1",
        """
        class Mute(Exception):
            def __str__(self): raise Mute
        kinds = [SystemExit, Mute, BaseExceptionGroup]
        def step(x, rate, dt):
            kind = kinds.pop()
            raise kind("group", [Mute()]) if kind is BaseExceptionGroup else kind()
        """,
    )
