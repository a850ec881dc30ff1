"""The wall around one student: namespaces, a read-only tree, no rights, few system calls.

Runs inside the view, in a process that has just been forked for one notebook and has run none of it. Needs the standard
library alone. `build` ends in a process that is the first of its own process namespace; what it cannot do, it raises,
and then no notebook runs.
"""

import ctypes
import os
import platform
import resource
import struct

CHANNEL = 3
STUDENT = 1000  # user and group inside, whoever it is outside
HOME = "/home/student"
ROOM = {"/content": 256, "/tmp": 256, HOME: 64, "/dev/shm": 256}  # writable folders with their MiB
FILES = 20_000
MEMORY = 2 * 1024**3
PROCESSES = 128
FILE_SIZE = 256 * 1024**2
CPU_SECONDS = 1800

NEW_NAMESPACES = 0x10000000 | 0x00020000 | 0x20000000 | 0x08000000 | 0x40000000  # user, mount, pid, ipc, network
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, ATTR_RDONLY = 442, -100, 0x8000, 1
CAPSET = 126
CAPABILITY_VERSION_3 = 0x20080522
PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 22, 24, 36, 38, 47

# System calls of x86-64 that no notebook needs: memory that no limit sees, other processes, mounts and namespaces,
# the kernel's rarely trodden parts.
DENIED = {
    "shmget": 29, "semget": 64, "msgget": 68, "ptrace": 101, "personality": 135, "modify_ldt": 154, "pivot_root": 155,
    "chroot": 161, "acct": 163, "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169,
    "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176, "quotactl": 179, "io_setup": 206,
    "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250, "mq_open": 240, "unshare": 272,
    "perf_event_open": 298, "fanotify_init": 300, "name_to_handle_at": 303, "open_by_handle_at": 304, "setns": 308,
    "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "memfd_create": 319,
    "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426,
    "io_uring_register": 427, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432,
    "fspick": 433, "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443,
    "landlock_create_ruleset": 444, "memfd_secret": 447, "syslog": 103, "vhangup": 153, "lookup_dcookie": 212,
}  # fmt: skip
CLONE, CLONE3, SOCKET, X32 = 56, 435, 41, 0x40000000
NAMESPACE_FLAGS = 0x7E020000  # of clone: a new user, mount, pid, ipc, uts, network or cgroup namespace
FAMILIES = (1, 2, 10, 16)  # unix, internet, internet 6, netlink; a virtual machine's own socket leaves any namespace
AUDIT_ARCH_X86_64 = 0xC000003E
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
EPERM, ENOSYS = 1, 38

_libc = ctypes.CDLL(None, use_errno=True)


def build() -> None:
    """Put this process, or rather a child of it, behind its wall; the calling process ends, the child returns.

    Raises OSError when the kernel refuses a part of it: then nothing may be run here.
    """
    _call("unshare", _libc.unshare(NEW_NAMESPACES))
    _write("/proc/self/setgroups", "deny")
    for kind in ("uid", "gid"):
        _write(f"/proc/self/{kind}_map", f"{STUDENT} {STUDENT} 1")
    if os.fork():
        os._exit(0)
    _write("/proc/sys/user/max_user_namespaces", "0")
    _read_only()
    _mount("proc", "/proc", "proc", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for place, size in ROOM.items():
        _mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, f"size={size}m,nr_inodes={FILES},mode=0755")
    os.setsid()
    finish()


def finish() -> None:
    """What can be done without namespaces of one's own: limits, rights, system calls."""
    limit()
    drop_rights()
    _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    install(program())


def limit() -> None:
    """Limits of the kernel's on this process and those it starts; what the whole tree uses is watched from outside."""
    for what, value in (
        (resource.RLIMIT_DATA, _data() + MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_MEMLOCK, 64 * 1024),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_NPROC, PROCESSES),
    ):
        hard = resource.getrlimit(what)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (value, value))


def drop_rights() -> None:
    """No capability is left, nor can one come back."""
    number = 0
    while _libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0) == 0:
        number += 1
    _libc.prctl(PR_CAP_AMBIENT, 4, 0, 0, 0)
    header = ctypes.create_string_buffer(struct.pack("Ii", CAPABILITY_VERSION_3, 0))
    _call("capset", _libc.syscall(CAPSET, header, ctypes.create_string_buffer(24)))


def only_these(channel: int) -> None:
    """Descriptors 0 to 2 lead nowhere, 3 is the channel, and there is no other."""
    os.dup2(channel, CHANNEL)
    os.closerange(CHANNEL + 1, 65_536)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def become_reaper() -> None:
    """Processes whose parent ends become this one's: the intermediate process of `build` can go at once."""
    _call("prctl", _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


# ------------------------------------------------------------------------------------------------ the filter of calls


def program() -> bytes:
    """The filter as the kernel reads it: 8 bytes an instruction (classic BPF).

    Raises OSError on a machine whose numbers of system calls it does not know.
    """
    if platform.machine() != "x86_64":
        raise OSError(f"no filter of system calls for {platform.machine()}")
    numbers = sorted(DENIED.values())
    refuse, missing = REFUSE | EPERM, REFUSE | ENOSYS
    code = [
        _load(4), *_unless(AUDIT_ARCH_X86_64, KILL),
        _load(0), *_at_least(X32, refuse),
        *_if(CLONE3, missing),
    ]  # fmt: skip
    for number in numbers:
        code += _if(number, refuse)
    code += [_jump_equal(CLONE, 0, 4), _load(16), _jump_set(NAMESPACE_FLAGS, 0, 1), _return(refuse), _return(ALLOW)]
    code += [_jump_equal(SOCKET, 0, 2 + len(FAMILIES)), _load(16)]
    code += [_jump_equal(family, len(FAMILIES) - place, 0) for place, family in enumerate(FAMILIES)]
    code += [_return(refuse), _return(ALLOW)]
    return b"".join(code)


def install(code: bytes) -> None:
    """Give the filter to the kernel; it holds for this process and all that it starts."""
    buffer = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: a short, then a pointer at the next multiple of eight
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer)))
    _call("seccomp", _libc.prctl(PR_SET_SECCOMP, 2, header, 0, 0))


def _instruction(code: int, yes: int, no: int, value: int) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)


def _load(offset: int) -> bytes:
    """Load a word of the call's data: number at 0, machine at 4, first argument (its lower half) at 16."""
    return _instruction(0x20, 0, 0, offset)


def _return(action: int) -> bytes:
    return _instruction(0x06, 0, 0, action)


def _jump_equal(value: int, yes: int, no: int) -> bytes:
    return _instruction(0x15, yes, no, value)


def _jump_set(bits: int, yes: int, no: int) -> bytes:
    return _instruction(0x45, yes, no, bits)


def _if(value: int, action: int) -> list[bytes]:
    return [_jump_equal(value, 0, 1), _return(action)]


def _unless(value: int, action: int) -> list[bytes]:
    return [_jump_equal(value, 1, 0), _return(action)]


def _at_least(value: int, action: int) -> list[bytes]:
    return [_instruction(0x35, 0, 1, value), _return(action)]


# ---------------------------------------------------------------------------------------------------------- the kernel


def _read_only() -> None:
    """Every mount below the root, whatever it is, with one call; what is mounted later is not touched."""
    _mount(None, "/", None, MS_REC | MS_PRIVATE)
    attributes = ctypes.create_string_buffer(struct.pack("QQQQ", ATTR_RDONLY, 0, 0, 0))
    _call("mount_setattr", _libc.syscall(MOUNT_SETATTR, AT_FDCWD, b"/", AT_RECURSIVE, attributes, 32))


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    words = [None if word is None else word.encode() for word in (source, target, kind)]
    _call(f"mount {target}", _libc.mount(*words, ctypes.c_ulong(flags), data.encode() or None))


def _call(name: str, result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def _data() -> int:
    """Bytes that this process has written to or may: the part of its size that RLIMIT_DATA counts."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        line = next(line for line in file if line.startswith("VmData"))
    return int(line.split()[1]) * 1024
