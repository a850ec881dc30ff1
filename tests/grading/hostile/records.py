"""Records forged, doubled, late, borrowed or broken: the channel is the student's, and only its right values count."""

from a0_corpus.course import RIGHT, Notebook, answered, insert

from hostile.entry import cheats, harmless, harms, instead, pays

CHANNEL = "from course_lib.student import wire\nchannel = wire.channel()\n"
NONCE = """
def nonce_of_now():
    import sys
    frame = sys._getframe()
    while frame is not None:
        if isinstance(frame.f_locals.get("nonce"), bytes):
            return frame.f_locals["nonce"]
        frame = frame.f_back
"""
RECORD = """
def record_of(*values):
    answers = tuple({"status": "ok", "value": value, "error": ""} for value in values)
    return wire.encode({"answers": answers, "again": ()})
"""


def with_channel(question: str, source: str) -> Notebook:
    """Every right answer but this one, which has the channel, the hunt for the nonce and a way to write records."""
    return instead(question, f"{CHANNEL}{NONCE}{RECORD}\n{source.strip()}")


@harmless(said="out of turn")
def record_ahead_of_its_question():
    """A record with a nonce of its own making comes before anything was asked; the work itself is right."""
    return with_channel("q1", f"channel.send(b'R', b'0' * 32 + record_of(1.0, 2.0, 3.0))\n{RIGHT['q1']}")


@cheats("q1", said="More than one record")
def two_records():
    """The function finds the nonce and sends right values itself; then the probe sends what it returns."""
    return with_channel(
        "q1",
        """
def step(x, rate, dt):
    channel.send(b"R", nonce_of_now() + record_of(*[x - dt * rate * x] * 3))
    return 0 * x
""",
    )


@cheats("q1", said="no answer to the cases")
def record_with_a_made_up_nonce():
    """A record in the middle of its own question, with a nonce that was guessed."""
    return with_channel(
        "q1",
        """
def step(x, rate, dt):
    channel.send(b"R", b"f" * 32 + record_of(*[x - dt * rate * x] * 3))
    return x - dt * rate * x
""",
    )


@cheats("q2", said="out of turn")
def record_with_an_old_nonce():
    """The first question's nonce is kept, and the second question's answers come under it."""
    notebook = with_channel(
        "q1",
        """
old = []
def step(x, rate, dt):
    old.append(nonce_of_now())
    return x - dt * rate * x
""",
    )
    answer = """
def drive(W, x):
    channel.send(b"R", old[0] + record_of(*[np.tanh(x @ W.T)] * 3))
    return 0 * (x @ W.T)"""
    return insert(notebook, "q2-answer", answer.strip())


@cheats("q2")
def answers_of_another_question():
    """What was right for the first question is handed in for the second."""
    notebook = answered(q1=f"kept = []\n{RIGHT['q1'].replace('return ', 'kept.append(x) or kept.pop() is x; return ')}")
    return insert(notebook, "q2-answer", "def drive(W, x):\n    return step(x, 1.0, 0.1)")


@cheats("q1")
def record_from_a_thread_later():
    """A thread keeps the nonce and hands in right values while the next question is running."""
    return with_channel(
        "q1",
        """
import threading
def step(x, rate, dt):
    late = nonce_of_now() + record_of(*[x - dt * rate * x] * 3)
    threading.Timer(0.05, lambda: channel.send(b"R", late)).start()
    return 0 * x
""",
    )


@harms("q1", said="was not running")
def done_before_its_record():
    """The function says that the cell is done, so that what comes behind it is read as the next cell's."""
    return with_channel(
        "q1",
        """
def step(x, rate, dt):
    channel.send(b"D", wire.encode({"ok": True, "error": "", "rest": 0}))
    return x - dt * rate * x
""",
    )


@cheats("q1")
def done_again_and_again():
    """A cell says "done" many times over: the grader must not run ahead of the notebook."""
    return with_channel(
        "q1",
        """
for _ in range(5):
    channel.send(b"D", wire.encode({"ok": True, "error": "", "rest": 0}))
def step(x, rate, dt):
    return 0 * x
""",
    )


@cheats("q1", said="out of turn")
def asks_for_a_later_question():
    """Another question's cases are asked for before their time."""
    return pays(
        "q1",
        """
        from course_lib.student import wire
        channel = wire.channel()
        tags = []
        for name in ("q1", "q2", "q3", "q9", ""):
            channel.send(b"Q", wire.encode(name))
            tags.append(channel.recv()[0])
        worked = b"C" in tags
        """,
    )


@cheats("q1", said="out of turn")
def asks_twice():
    """The cases of the running question are asked for once more, from inside of it."""
    return with_channel(
        "q1",
        """
def step(x, rate, dt):
    channel.send(b"Q", wire.encode("q1"))
    tag, data = channel.recv()
    return x - dt * rate * x if tag == b"C" else 0 * x
""",
    )


@cheats("q1")
def thread_asks_first():
    """A thread waits for the question and pulls its cases before the probe does; its own record is empty."""
    return with_channel(
        "q1",
        """
import threading
stop = threading.Event()
def early():
    from course_lib.student.channel import Channel
    for _ in range(200):
        channel.send(b"Q", wire.encode("q1"))
        if stop.wait(0.001):
            break
threading.Thread(target=early, daemon=True).start()
def step(x, rate, dt):
    stop.set()
    return 0 * x
""",
    )


@harms("q1", said="could not be read")
def unknown_tag():
    """A frame of a kind that there is not."""
    return with_channel("q1", f"channel.send(b'Z', b'?')\n{RIGHT['q1']}")


@harms("q1")
def endless_frame():
    """The header of a frame of a million million bytes."""
    return with_channel("q1", f"channel.sock.sendall(b'R' + (10**12).to_bytes(8, 'big'))\n{RIGHT['q1']}")


@harms("q1")
def half_a_frame():
    """A frame whose end never comes, because its process ends in the middle of it."""
    return with_channel(
        "q1", f"channel.sock.sendall(b'O' + (1000).to_bytes(8, 'big') + b'half')\nimport os; os._exit(0)\n{RIGHT['q1']}"
    )


@harms("q1")
def broken_bytes_for_names():
    """Questions and reports that are not what the wire writes: deep nests, huge counts, no text."""
    return with_channel(
        "q1",
        f"""
import struct
channel.send(b"Q", b"t" + struct.pack(">I", 2**32 - 1))
channel.send(b"Q", b"t\\x00\\x00\\x00\\x01" * 1000)
channel.send(b"D", b"{{" * 9000)
{RIGHT["q1"]}
""",
    )


@harms("q1")
def record_of_sixty_megabytes():
    """A record as large as the wire lets through, twice."""
    return with_channel(
        "q1",
        """
def step(x, rate, dt):
    channel.send(b"R", nonce_of_now() + bytes(60_000_000))
    return x - dt * rate * x
""",
    )


@cheats("q1")
def record_of_a_huge_shape():
    """A record that names arrays of 2**63 numbers, and one of a million empty lists."""
    return with_channel(
        "q1",
        """
import os, struct
def step(x, rate, dt):
    bomb = b"a" + bytes([1, 2]) + struct.pack(">QQ", 2**62, 2)
    table = b"d" + struct.pack(">I", 2)
    for name in (b"answers", b"again"):
        table += struct.pack(">I", len(name)) + name + b"t" + struct.pack(">I", 3) + bomb * 3
    channel.send(b"R", nonce_of_now() + table)
    os._exit(0)
""",
    )


@harms("q1")
def channel_closed():
    """The channel is shut down and its descriptor given to a file."""
    return with_channel("q1", f"import os, socket\nchannel.sock.shutdown(socket.SHUT_RDWR)\nos.close(3)\n{RIGHT['q1']}")


@harmless()
def descriptors_through_the_channel():
    """Open descriptors travel with a frame: they must not pile up in the grader."""
    return with_channel(
        "q1",
        f"""
import array, os, socket
files = [os.open("/dev/null", os.O_RDONLY) for _ in range(50)]
frame = b"O" + (4).to_bytes(8, "big") + b"here"
for _ in range(40):
    rights = array.array("i", files)
    channel.sock.sendmsg([frame], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
for number in files:
    os.close(number)
{RIGHT["q1"]}
""",
    )


@harms("q1")
def frames_without_end():
    """Raw frames of output, far beyond what a cell may put out."""
    return with_channel(
        "q1",
        f"""
piece = bytes(4_000_000)
for _ in range(100):
    channel.send(b"O", piece)
{RIGHT["q1"]}
""",
    )


@harms("q1")
def child_speaks_on_the_channel():
    """A child process writes frames between those of its parent."""
    return with_channel(
        "q1",
        f"""
import os
if os.fork() == 0:
    try:
        for _ in range(2000):
            channel.sock.sendall(b"D?")
    finally:
        os._exit(0)
os.wait()
{RIGHT["q1"]}
""",
    )


@harms("q1")
def forked_in_two():
    """The child goes on as the notebook, and its parent ends."""
    return with_channel("q1", f"import os\nif os.fork():\n    os._exit(0)\n{RIGHT['q1']}")


@cheats("q1")
def record_instead_of_an_answer():
    """The function hands in its own record, says "done" and ends the process before anybody compares."""
    return with_channel(
        "q1",
        """
import os
def step(x, rate, dt):
    channel.send(b"R", nonce_of_now() + record_of(0 * x, 0 * x, 0 * x))
    channel.send(b"D", wire.encode({"ok": True, "error": "", "rest": 0}))
    os._exit(0)
""",
    )
