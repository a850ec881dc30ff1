"""Memory in every disguise, processes, disk, output: taken beyond the limits, it costs the question in which it stands.

An answer is right only if more was taken than any notebook may have.
"""

from a0_corpus.course import above

from hostile.entry import cheats, harmless, pays


@cheats("q1")
def memory_of_its_own():
    """One large array, every page of it touched."""
    return pays("q1", "held = np.ones(int('@MEMORY@') // 8)\nworked = held[-1] == 1\ndel held")


@cheats("q2")
def memory_of_torch():
    """Storage that torch allocates past Python and numpy."""
    return pays(
        "q2", "import torch\nheld = torch.ones(int('@MEMORY@') // 8, dtype=float)\nworked = bool(held[-1] == 1)"
    )


@cheats("q3")
def memory_shared_among_children():
    """A shared map that ten children fill, each a tenth, so that none of them holds much."""
    return pays(
        "q3",
        """
        import mmap, os
        size = int("@MEMORY@")
        shared = mmap.mmap(-1, size)
        part = size // 10
        for place in range(10):
            if os.fork() == 0:
                try:
                    for page in range(place * part, (place + 1) * part, 4096):
                        shared[page] = 1
                finally:
                    os._exit(0)
        codes = [os.wait()[1] for _ in range(10)]
        worked = not any(codes) and all(shared[place * part] for place in range(10))
        """,
    )


@cheats("q1")
def memory_of_ten_children():
    """Ten processes, each below the limit of a process, together far above it."""
    return pays(
        "q1",
        """
        import os, time
        part = int("@MEMORY@") // 10
        ways = os.pipe()
        for _ in range(10):
            if os.fork() == 0:
                try:
                    held = b"x" * part
                    os.write(ways[1], b"1")
                    time.sleep(2)
                finally:
                    os._exit(0)
        os.close(ways[1])
        got = 0
        while got < 10 and os.waitpid(-1, os.WNOHANG) == (0, 0):
            got += len(os.read(ways[0], 1))
        worked = got == 10
        """,
    )


@cheats("q2")
def memory_without_a_name():
    """Files in memory that no folder shows and no process maps."""
    return pays(
        "q2",
        """
        import os
        got, size = 0, int("@MEMORY@")
        while got < size:
            number = os.memfd_create("held")
            got += os.write(number, bytes(64 << 20))
        worked = True
        """,
    )


@cheats("q3")
def memory_in_folders():
    """Every folder that lies in memory is filled to its brim."""
    return pays(
        "q3",
        """
        import os
        got, size, piece = 0, int("@MEMORY@"), bytes(32 << 20)
        for folder in ("/dev/shm", "/tmp", "/content", os.path.expanduser("~"), "/"):
            for number in range(1000):
                try:
                    with open(f"{folder}/fill{number}", "wb") as file:
                        got += file.write(piece)
                except OSError:
                    break
                if got >= size:
                    break
        worked = got >= size
        """,
    )


@cheats("q1")
def memory_of_sockets():
    """Buffers of the kernel: ten processes with as many full sockets as they may have."""
    return pays(
        "q1",
        """
        import os, socket, time
        part, ways = int("@MEMORY@") // 10, os.pipe()
        def fill():
            got, kept = 0, []
            while got < part:
                one, other = socket.socketpair()
                kept += [one, other]
                one.setblocking(False)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
                try:
                    while True:
                        got += one.send(bytes(1 << 20))
                except BlockingIOError:
                    pass
            os.write(ways[1], b"1")
            time.sleep(2)
        for _ in range(10):
            if os.fork() == 0:
                try:
                    fill()
                finally:
                    os._exit(0)
        os.close(ways[1])
        got = 0
        while got < 10 and os.waitpid(-1, os.WNOHANG) == (0, 0):
            got += len(os.read(ways[0], 1))
        worked = got == 10
        """,
    )


@cheats("q3")
def memory_of_page_tables():
    """A map of a million million bytes that is only looked at: no page of it counts, and the kernel's tables grow."""
    return pays(
        "q3",
        """
        import mmap
        step, size = 2 << 20, (int("@MEMORY@") // 4096) * (2 << 20)
        looked = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=mmap.PROT_READ)
        looked.madvise(mmap.MADV_NOHUGEPAGE)
        for place in range(0, size, step):
            looked[place]
        worked = True
        """,
    )


@cheats("q2")
def memory_of_shared_segments():
    """Segments of System V, which outlive their process."""
    return pays(
        "q2",
        """
        import ctypes
        libc = ctypes.CDLL(None)
        libc.shmat.restype = ctypes.c_void_p
        size = int("@MEMORY@") // 20
        got = 0
        for _ in range(20):
            number = libc.shmget(0, ctypes.c_size_t(size), 0o1666)
            place = libc.shmat(number, None, 0) if number >= 0 else None
            if number < 0 or place in (None, ctypes.c_void_p(-1).value):
                break
            ctypes.memset(place, 1, size)
            got += size
        worked = got >= int("@MEMORY@")
        """,
    )


@cheats("q3")
def forks_without_end():
    """Every child forks again, as fast as it can."""
    return pays(
        "q3",
        """
        import os, time
        ways = os.pipe()
        until = time.monotonic() + 0.5
        first = os.getpid()
        while time.monotonic() < until:
            try:
                if os.fork() == 0:
                    os.write(ways[1], b"1")
            except OSError:
                break
        if os.getpid() != first:
            os._exit(0)
        os.set_blocking(ways[0], False)
        started = len(os.read(ways[0], 1 << 20) or b"")
        print(started)
        worked = started > 1000
        """,
    )


@cheats("q1")
def threads_without_end():
    """As many threads as the machine gives."""
    return pays(
        "q1",
        """
        import threading
        done = threading.Event()
        made = []
        try:
            while len(made) < 2000:
                made.append(threading.Thread(target=done.wait, daemon=True))
                made[-1].start()
        finally:
            done.set()
        worked = len(made) >= 2000
        """,
    )


@cheats("q2")
def files_without_end():
    """One file of gigabytes, and a hundred thousand that are empty."""
    return pays(
        "q2",
        """
        import os
        try:
            with open("large", "wb") as file:
                for _ in range(16):
                    file.write(bytes(64 << 20))
            worked = True
        except OSError:
            os.remove("large")
        made = 0
        try:
            for made in range(100_000):
                os.close(os.open(f"empty{made}", os.O_CREAT))
        except OSError:
            pass
        print(made)
        worked = worked or made >= 99_999
        """,
    )


@harmless()
def prints_without_end():
    """Three hundred megabytes of text, as print and as a value that is shown."""
    return above(
        "q1", "for _ in range(30):\n    print('9' * 10_000_000)\nprint(*range(3000), sep='\\n')\n'8' * 50_000_000;"
    )


@harmless()
def figures_without_end():
    """A picture of four hundred million points, and a table of a million rows."""
    return above(
        "q2",
        """class Shown:
    def _repr_png_(self): return bytes(50_000_000)
    def _repr_html_(self): return "<td>" * 10**7
    def __repr__(self): return "r" * 10**7
from IPython.display import display
for _ in range(20):
    display(Shown())""",
    )


@harmless()
def errors_without_end():
    """An exception with a message of megabytes, raised from a chain of others."""
    return above(
        "q3",
        "def fall(n):\n    try:\n        raise ValueError('e' * 10**6)\n    except ValueError as e:\n"
        "        if n: fall(n - 1)\n        raise KeyError('k' * 10**6) from e\nfall(20)",
    )
