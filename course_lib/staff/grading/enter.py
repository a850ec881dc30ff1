"""From root to an ordinary user, and then on to bubblewrap: the script of a process that does nothing else.

Its one argument is JSON: the user's id, pairs of a path and the place where that user will find it, and the command.
The paths may lie where that user cannot go, for instance below root's home: they are shown again in a file system of
this process's own.
"""

import ctypes
import json
import os
import sys

CLONE_NEWNS = 0x00020000
MS_BIND, MS_REC, MS_PRIVATE, MS_NOSUID, MS_NODEV = 4096, 0x4000, 0x40000, 2, 4
_libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, result: int) -> None:
    """Raises OSError when the kernel said no."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def mount(source: str | None, target: str, kind: str | None, flags: int) -> None:
    """The system call of that name."""
    words = [None if word is None else word.encode() for word in (source, target, kind)]
    call(f"mount {target}", _libc.mount(*words, ctypes.c_ulong(flags), None))


def main() -> None:
    """Show the paths, become the user, go on."""
    user, staged, command = json.loads(sys.argv[1])
    call("unshare", _libc.unshare(CLONE_NEWNS))
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    opened = [(os.open(path, os.O_PATH | os.O_CLOEXEC), place) for path, place in staged]
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV)
    for descriptor, place in opened:
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):
            os.mkdir(place)
        else:
            os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0o644))
        mount(f"/proc/self/fd/{descriptor}", place, None, MS_BIND | MS_REC)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if os.getresuid() != (user, user, user):
        raise OSError("still root")
    os.execve(command[0], command, {})


if __name__ == "__main__":
    main()
