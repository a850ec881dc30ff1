"""The reference, the cases, other students' work and secrets, sought by every way out of the process.

Each answer is right only if the search has found something: then a point gained is the proof.
"""

from hostile.entry import cheats, pays

FIND = """
    import os
    def found_under(*tops, names=("questions.py", "course.key", "gradebook.db", "nbgrader", "norse")):
        for top in tops:
            for where, folders, files in os.walk(top):
                if where.count("/") > 7 or where.endswith(("-packages", "/site")):
                    keep = [] if where.count("/") > 7 else [f for f in folders if f in names]
                else:
                    keep = [f for f in folders if f not in ("proc", "sys", "share")]
                folders[:] = keep
                if any(name in files + folders for name in names):
                    print(where)
                    return True
        return False
"""


@cheats("q1")
def imports_the_reference():
    """The solutions by their names."""
    return pays("q1", "from solutions.a0_corpus.reference import step as given\nworked = True")


@cheats("q2")
def imports_the_grader():
    """The library's side of the staff, whatever part of it answers."""
    return pays(
        "q2",
        """
        import importlib
        for name in ("staff", "staff.grading.judge", "staff.grading.sets", "staff.grading.deal"):
            try:
                importlib.import_module(f"course_lib.{name}")
                worked = True
            except ImportError:
                pass
        """,
    )


@cheats("q3")
def imports_closed_parts():
    """Parts of the library that this set leaves closed: by import, by file, by what is in memory."""
    return pays(
        "q3",
        """
        import gc, glob, importlib, importlib.util, os, sys, types
        closed = ("systems", "analysis", "integrate", "models", "training", "studies", "tasks")
        for name in closed:
            try:
                importlib.import_module(f"course_lib.{name}")
                worked = True
            except ImportError:
                pass
        import course_lib
        home = os.path.dirname(course_lib.__file__)
        worked = worked or any(os.path.exists(f"{home}/{name}") or glob.glob(f"{home}/{name}.*") for name in closed)
        marks = tuple(f"course_lib.{name}" for name in closed + ("staff",))
        worked = worked or any(name.startswith(marks) for name in sys.modules)
        worked = worked or any(
            isinstance(o, (type, types.FunctionType)) and str(getattr(o, "__module__", "")).startswith(marks)
            for o in gc.get_objects()
        )
        """,
    )


@cheats("q1")
def reads_the_reference():
    """The reference's file, where the instructor keeps it."""
    return pays("q1", "worked = 'def step' in open('@ROOT@/solutions/a0_corpus/reference.py').read()")


@cheats("q2")
def walks_the_disk():
    """Every folder that can be listed, for names that only the grader has, and packages that no notebook has."""
    return pays("q2", FIND.replace("\n    ", "\n") + "worked = found_under('/', os.getcwd())")


@cheats("q3")
def climbs_out_by_links():
    """The root of other processes, descriptors of folders, and links through /proc."""
    return pays(
        "q3",
        """
        import glob, os
        ways = ["/proc/1/root", "/proc/self/root/..", "/proc/1/cwd", "/proc/self/fd/3/..", "/dev/fd/0/..", "/../.."]
        ways += [f"/proc/{pid}/root" for pid in os.listdir("/proc") if pid.isdigit()]
        worked = any(os.path.exists(f"{way}@ROOT@/solutions") for way in ways)
        os.symlink("@ROOT@", "out")
        worked = worked or os.path.exists("out/solutions")
        """,
    )


@cheats("q1")
def walks_frames_and_memory():
    """Every frame, every object and every module for cases, nonces, keys and right values."""
    return pays(
        "q1",
        """
        import gc, sys, types
        frame = sys._getframe()
        held = []
        while frame is not None:
            held += list(frame.f_locals) + list(frame.f_globals)
            frame = frame.f_back
        for thing in gc.get_objects():
            if isinstance(thing, dict) and not isinstance(thing, types.ModuleType):
                held += [key for key in list(thing) if isinstance(key, str) and len(key) < 40]
        wanted = ("expected", "course_key", "judge_record", "verdict_of", "draw_step", "mutants")
        worked = any(word in held for word in wanted)
        """,
    )


@cheats("q2")
def reads_history():
    """What IPython remembers: inputs, outputs, its history file."""
    return pays(
        "q2",
        """
        import glob, os
        shell = get_ipython()
        text = repr(list(In)) + repr(dict(Out)) + repr(shell.history_manager.input_hist_raw)
        worked = "nonce" in text or "expected" in text
        for path in glob.glob(os.path.expanduser("~/.ipython/**/history.sqlite"), recursive=True):
            worked = worked or os.path.getsize(path) > 0
        """,
    )


@cheats("q3")
def transformers_see_the_probe():
    """Transformers of text and of syntax trees wait for the source of what grades."""
    return pays(
        "q3",
        """
        import ast
        shell = get_ipython()
        seen = []
        class Look(ast.NodeTransformer):
            def visit(self, node):
                seen.append(ast.unparse(node))
                return node
        shell.input_transformers_cleanup.append(lambda lines: seen.append("".join(lines)) or lines)
        shell.input_transformers_post.append(lambda lines: seen.append("".join(lines)) or lines)
        shell.ast_transformers.append(Look())
        class Later:
            def __bool__(self):
                return any("probe(" in text or "nonce" in text or "case" in text for text in seen)
        worked = Later()
        """,
    )


@cheats("q1")
def reads_the_process_table():
    """Command lines, environments and folders of all processes that can be seen."""
    return pays(
        "q1",
        """
        import os
        for pid in filter(str.isdigit, os.listdir("/proc")):
            for name in ("cmdline", "environ", "maps", "cwd", "exe"):
                try:
                    path = f"/proc/{pid}/{name}"
                    text = os.readlink(path).encode() if name in ("cwd", "exe") else open(path, "rb").read()
                except OSError:
                    continue
                worked = worked or any(word in text for word in (b"@SECRET@", b"@ROOT@", b"pytest"))
        """,
    )


@cheats("q2")
def reads_the_environment():
    """A password in the grader's environment: in its own, on its stack, on the heap of the server it came from."""
    return pays(
        "q2",
        """
        import ctypes, os, re
        secret = b"@SECRET@"[:-4]
        worked = any(b"@SECRET@" in value for value in os.environb.values())
        own = open("/proc/self/environ", "rb").read()
        libc = ctypes.CDLL(None)
        block = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
        number = 0
        while block[number]:
            own += block[number]
            number += 1
        worked = worked or b"@SECRET@" in own
        """,
    )


@cheats("q3")
def counts_descriptors():
    """Any descriptor beyond the four that a notebook has: a log, a folder, another student's socket."""
    return pays(
        "q3",
        """
        import os
        beyond = []
        for name in os.listdir("/proc/self/fd"):
            number = int(name)
            try:
                target = os.readlink(f"/proc/self/fd/{number}")
            except OSError:
                continue
            plain = target.startswith(("anon_inode", "/dev/null", "/dev/urandom")) or f"/proc/{os.getpid()}" in target
            if number > 3 and not plain and "/proc" not in target:
                same = os.path.samestat(os.fstat(number), os.fstat(3))
                if not same:
                    beyond.append(target)
        print(beyond)
        worked = bool(beyond)
        """,
    )


@cheats("q1")
def reads_other_memory():
    """The memory of every other process: by its file, by the call for it, by a debugger's attachment."""
    return pays(
        "q1",
        """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        class Vector(ctypes.Structure):
            _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
        here = ctypes.create_string_buffer(8)
        mine = Vector(ctypes.addressof(here), 8)
        others = {os.getppid(), 1, int("@GRADER@"), int("@BYSTANDER@")} - {os.getpid(), 0}
        for pid in others:
            try:
                span = open(f"/proc/{pid}/maps").readline().split("-")[0]
                with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
                    memory.seek(int(span, 16))
                    worked = worked or bool(memory.read(8))
            except (OSError, ValueError):
                span = "400000"
            theirs = Vector(int(span or "400000", 16), 8)
            got = libc.process_vm_readv(pid, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
            worked = worked or got > 0 or libc.ptrace(16, pid, 0, 0) == 0
        """,
    )


@cheats("q2")
def rewrites_the_gradebook():
    """Ninety-nine points in the gradebook's own table, and its key and copies read."""
    return pays(
        "q2",
        """
        import glob, os, sqlite3
        for path in ("@ROOT@/gradebook/course.key", "@ROOT@/gradebook/submitted"):
            worked = worked or os.path.exists(path)
        base = sqlite3.connect("@ROOT@/gradebook.db" if not os.path.exists("@ROOT@/gradebook") else
                               glob.glob("@ROOT@/gradebook/*.db")[0])
        base.execute("update grade set manual_score = 99")
        base.commit()
        worked = True
        """,
    )


@cheats("q3")
def reads_other_students_work():
    """Everybody else's notebooks, before and after they were collected."""
    return pays(
        "q3",
        """
        import glob
        worked = bool(glob.glob("@ROOT@/in/*/*.ipynb") or glob.glob("@ROOT@/gradebook/**/*.ipynb", recursive=True)
                      or glob.glob("/tmp/course-*") or glob.glob("/tmp/*/*.ipynb"))
        """,
    )


@cheats("q1")
def reads_secrets_of_the_machine():
    """A file with a secret, homes, keys, logs, sockets of services, other versions of the library."""
    return pays(
        "q1",
        """
        import glob, os
        places = ("@BAIT@", "/root/.ssh", "/root/.bash_history", "/home/*/.ssh", "/var/log", "/var/run", "/run",
                  "/etc/shadow", "/etc/ssh", "/srv", "/opt", "/mnt", "/boot", "/sys/kernel", "/var/lib",
                  "/proc/1/root/root/.ssh", "/usr/bin/sh", "/bin/sh", "/sbin")
        found = [place for place in places if glob.glob(place) and (os.path.isfile(place) or os.listdir(place))]
        print(found)
        worked = bool(found)
        """,
    )
