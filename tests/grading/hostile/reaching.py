"""What must not be reached: the network, sockets, other processes, the host's files, the next student.

As in `seeking`, an answer is right only if its attack has worked; what it did outside is looked for besides.
"""

from hostile.entry import cheats, harmless, pays

PLANT = """
    import glob, os, sys
    import course_lib
    places = [os.path.dirname(course_lib.__file__), os.path.dirname(np.__file__), "/tmp", "/dev/shm", "/content", "/",
              os.path.expanduser("~"), os.path.expanduser("~/.ipython/profile_default/startup"), *sys.path,
              "/var/tmp", "/run", "/etc", "/usr/lib", "/srv", "/mnt", "/opt", "/dev", "/sys", "/proc/sys/kernel"]
    names = [os.path.join(place, "left_for_the_next.py") for place in places if place]
"""


@cheats("q1")
def connects_out():
    """TCP to a listener on this machine, on each of its addresses."""
    return pays(
        "q1",
        """
        import socket
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "0.0.0.0")):
            try:
                with socket.socket(family) as s:
                    s.settimeout(0.3)
                    s.connect((host, int("@TCP@")))
                    s.sendall(b"connects-out")
                    worked = True
            except OSError:
                pass
        """,
    )


@cheats("q2")
def sends_a_datagram():
    """UDP to a listener on this machine."""
    return pays(
        "q2",
        """
        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect(("127.0.0.1", int("@UDP@")))
            s.send(b"sends-a-datagram")
            s.settimeout(0.3)
            worked = s.recv(10) == b"heard"
        """,
    )


@cheats("q3")
def connects_to_a_path():
    """A socket with a path, as those of databases, agents and containers, and one with a name of its own."""
    return pays(
        "q3",
        """
        import socket
        for name in ("@PATH@", "\\0@ABSTRACT@"):
            try:
                with socket.socket(socket.AF_UNIX) as s:
                    s.settimeout(0.3)
                    s.connect(name)
                    s.sendall(b"connects-to-a-path")
                    worked = True
            except OSError:
                pass
        """,
    )


@cheats("q1")
def finds_the_server():
    """The server that started it: by abstract names, by listening sockets, by every descriptor it can open anew."""
    return pays(
        "q1",
        """
        import os, socket
        table = open("/proc/net/unix").read().splitlines()[1:]
        names = [line.split()[-1] for line in table if "@" in line or "/" in line]
        for pid in filter(str.isdigit, os.listdir("/proc")):
            if int(pid) != os.getpid():
                try:
                    worked = worked or bool(os.listdir(f"/proc/{pid}/fd"))
                except OSError:
                    pass
        print(names)
        worked = worked or bool(names)
        """,
    )


@cheats("q2")
def signals_others():
    """The grader, its parent and a bystander are signalled."""
    return pays(
        "q2",
        """
        import os, signal
        for pid, number in ((int("@BYSTANDER@"), signal.SIGKILL), (int("@GRADER@"), 0), (os.getppid(), 0)):
            if pid == 0:
                continue
            try:
                os.kill(pid, number)
                worked = True
            except OSError:
                pass
        """,
    )


@cheats("q3")
def kills_everybody():
    """SIGKILL to every process that it can reach, and to its whole group."""
    return pays(
        "q3",
        """
        import os, signal
        os.kill(-1, signal.SIGKILL)
        import time; time.sleep(0.1)
        try:
            os.kill(int("@BYSTANDER@"), 0)
        except ProcessLookupError:
            pass
        """,
    )


@cheats("q1")
def writes_outside():
    """Files in the host's folders."""
    return pays(
        "q1",
        """
        import os
        for path in ("@MARKS@/written", "@ROOT@/assignments/written", "@ROOT@/nbgrader_config.py", "@BAIT@"):
            try:
                with open(path, "a") as file:
                    file.write("x")
                worked = True
            except OSError:
                pass
        """,
    )


@harmless()
def a_plants():
    """A module is left wherever there is room, for the next student's process to import."""
    return pays(
        "q1",
        "    worked = True"
        + PLANT
        + """
    os.makedirs(os.path.expanduser("~/.ipython/profile_default/startup"), exist_ok=True)
    for name in names:
        try:
            with open(name, "w") as file:
                file.write("def step(x, rate, dt): return x - dt * rate * x")
        except OSError:
            pass
""",
    )


@cheats("q1")
def b_finds_what_was_planted():
    """The next student's process looks for it."""
    return pays("q1", PLANT + '\n    worked = any(os.path.exists(name) and not open(name, "a") for name in names)')


@cheats("q2")
def writes_into_the_view():
    """The interpreter, its packages and the library are opened for writing, renamed and linked over."""
    return pays(
        "q2",
        """
        import os, sys
        import course_lib.student.probe as probe
        for path in (sys.executable, np.__file__, probe.__file__, os.__file__, "/etc/hosts", "/etc/ld.so.cache"):
            for attempt in (lambda: open(path, "r+b").close(), lambda: os.rename(path, path + ".old"),
                            lambda: os.chmod(path, 0o777), lambda: os.utime(path)):
                try:
                    attempt()
                    worked = True
                except OSError:
                    pass
        """,
    )


@harmless()
def lives_on():
    """A process that has left its session, its group and its parent, and would run for an hour."""
    return pays(
        "q1",
        """
        worked = True
        import os, sys
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.closerange(3, 256)
                words = [sys.executable, "-S", "-c", "import time; time.sleep(3600)", "@LEFT@"]
                os.execve(sys.executable, words, {})
            os._exit(0)
        os.wait()
        """,
    )


@harmless()
def start_up_files():
    """Files that Python, IPython or a shell would run at their next start."""
    return pays(
        "q1",
        """
        worked = True
        import os
        home = os.path.expanduser("~")
        for name in (".ipython/profile_default/startup/00.py", ".profile", ".bashrc", ".pdbrc", "sitecustomize.py",
                     "usercustomize.py", "torch.py", ".local/lib/python3.11/site-packages/x.pth", "conftest.py"):
            path = os.path.join(home, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write("open('@MARKS@/start-up', 'w').write('ran')\\n")
        """,
    )
