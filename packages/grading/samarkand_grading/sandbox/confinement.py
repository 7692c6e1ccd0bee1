"""How a process gives up all that running a student's cells does not need: namespaces, mounts, limits, calls.

Lies beside :mod:`server` in the sandbox, and is no part of the package there. Nothing here can be undone by
the process that has called it.
"""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import resource
import signal
import socket
import struct
import sys
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)
PAGE = os.sysconf("SC_PAGE_SIZE")

#: The writable folder of a submission: in memory, of its own, gone with it.
SCRATCH = "/tmp"
SCRATCH_BYTES = 64 << 20


def _succeeded(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


NEW_MOUNTS, NEW_UTS, NEW_IPC, NEW_USERS = 0x20000, 0x4000000, 0x8000000, 0x10000000
NEW_PROCESSES, NEW_NETWORK = 0x20000000, 0x40000000
CHILD_SETTID, CHILD_CLEARTID, CLONE3, GET_TID_ADDRESS = 0x1000000, 0x200000, 435, 40
USER, GROUP = os.getuid(), os.getgid()


def fork() -> int:
    """Fork this process into user, process, IPC, network and host-name namespaces of the child's own.

    As ``os.fork``, which knows no namespaces. To leave them first and fork then would cost a second fork: who
    has left them for a child can never do so again.
    """
    thread = ctypes.c_void_p()  # where the C library keeps the number of this thread
    libc.prctl(GET_TID_ADDRESS, ctypes.byref(thread), 0, 0, 0)
    flags = NEW_USERS | NEW_PROCESSES | NEW_IPC | NEW_NETWORK | NEW_UTS | CHILD_SETTID | CHILD_CLEARTID
    asked = struct.pack("8Q", flags, 0, thread.value or 0, 0, signal.SIGCHLD, 0, 0, 0)
    python = ctypes.PyDLL(None, use_errno=True)  # keeps Python's lock
    python.PyOS_BeforeFork()
    child: int = python.syscall(CLONE3, asked, len(asked))
    if child == 0:
        python.PyOS_AfterFork_Child()
    else:
        python.PyOS_AfterFork_Parent()
    _succeeded(child, "clone")
    return child


def be_oneself() -> None:
    """Be the same user and group in the new namespace of users as in the one around it."""
    told = {
        "setgroups": b"deny",
        "uid_map": b"%d %d 1" % (USER, USER),
        "gid_map": b"%d %d 1" % (GROUP, GROUP),
    }
    for name, text in told.items():
        file = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(file, text)
        os.close(file)


def private_folders(kept: list[str]) -> None:
    """Mount a scratch folder that nobody else sees, and nothing where ``/proc`` was.

    What may be read below the scratch folder, such as a Python kept there, is mounted again inside it.
    """
    no_suid, no_dev, no_exec, read_only, private, recursive = 2, 4, 8, 1, 1 << 18, 1 << 14
    bind = 1 << 12
    _succeeded(libc.unshare(NEW_MOUNTS), "unshare mounts")
    _succeeded(libc.mount(b"none", b"/", None, private | recursive, None), "private mounts")
    options = f"size={SCRATCH_BYTES},nr_inodes=4096,mode=0700".encode()
    links = {path: Path(path).readlink() for path in kept if Path(path).is_symlink()}
    opened = {path: (os.open(path, os.O_PATH), Path(path).is_dir()) for path in kept if path not in links}
    _succeeded(libc.mount(b"tmpfs", SCRATCH.encode(), b"tmpfs", no_suid | no_dev, options), "scratch folder")
    for path, (descriptor, is_folder) in opened.items():
        (Path(path) if is_folder else Path(path).parent).mkdir(parents=True, exist_ok=True)
        Path(path).touch()
        source = f"/proc/self/fd/{descriptor}".encode()
        _succeeded(libc.mount(source, path.encode(), None, bind | recursive, None), f"mounting {path} again")
        os.close(descriptor)
        if not os.statvfs(path).f_flag & os.ST_RDONLY:
            raise OSError(f"{path} could be written to")
    for path, target in links.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).symlink_to(target)
    for folder in (b"/proc", b"/dev/shm"):
        flags = read_only | no_suid | no_dev | no_exec
        _succeeded(
            libc.mount(b"tmpfs", folder, b"tmpfs", flags, b"size=4k,nr_inodes=1"), "hiding " + folder.decode()
        )


def limit(limits: dict[str, int], address_space: int) -> None:
    """Set the kernel's limits for one process; the server watches over all of them together."""
    values = {
        resource.RLIMIT_AS: address_space + limits["growth"],
        resource.RLIMIT_CORE: 1,  # with 0 the kernel still starts the program that collects crashes, if any
        resource.RLIMIT_CPU: int(limits["cpu"]) + 2,
        resource.RLIMIT_FSIZE: limits["file"],
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_NICE: 0,
        resource.RLIMIT_NOFILE: limits["descriptors"],
        resource.RLIMIT_NPROC: limits["processes"],
        resource.RLIMIT_RTPRIO: 0,
        resource.RLIMIT_SIGPENDING: 1024,
    }
    for which, wanted in values.items():
        most = resource.getrlimit(which)[1]
        value = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(which, (value, value))


def drop_privileges() -> None:
    """Give up every capability, for ever."""
    no_new_privileges, drop_bounding, ambient, clear_all = 38, 24, 47, 4
    _succeeded(libc.prctl(no_new_privileges, 1, 0, 0, 0), "no_new_privs")
    libc.prctl(ambient, clear_all, 0, 0, 0)
    for capability in range(64):
        libc.prctl(drop_bounding, capability, 0, 0, 0)
    header = struct.pack("Ii", 0x20080522, 0)
    _succeeded(libc.capset(ctypes.create_string_buffer(header), ctypes.create_string_buffer(24)), "capset")


READ_ONLY = 0x1 | 0x4 | 0x8  # execute, read a file, read a folder


def landlock(read: list[str], write: list[str]) -> int:
    """Let the kernel refuse every path but these, whatever the mounts say; return the ABI (0: not there)."""
    abi: int = libc.syscall(444, None, 0, 1)
    if abi < 1:
        return 0
    everything = (1 << 13) - 1
    for since, bit in ((2, 13), (3, 14), (5, 15)):
        everything |= 1 << bit if abi >= since else 0
    rules = struct.pack("QQQ", everything, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset: int = libc.syscall(444, ctypes.create_string_buffer(rules, size), size, 0)
    _succeeded(ruleset, "landlock_create_ruleset")
    for paths, access in ((read, READ_ONLY), (write, everything)):
        for path in paths:
            try:
                descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            allowed = (
                access if Path(path).is_dir() else access & (0x1 | 0x2 | 0x4 | (1 << 14 if abi >= 3 else 0))
            )
            rule = ctypes.create_string_buffer(struct.pack("=Qi", allowed & everything, descriptor), 12)
            _succeeded(libc.syscall(445, ruleset, 1, rule, 0), f"landlock_add_rule {path}")
            os.close(descriptor)
    _succeeded(libc.syscall(446, ruleset, 0), "landlock_restrict_self")
    os.close(ruleset)
    return abi


#: The system calls that Python, its libraries and a shell need: number on x86-64, on arm64; -1 where it is
#: not there. Any other is answered as by a kernel that does not know it, and libraries take another way.
ALLOWED_CALLS = {
    # files that are open
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "close_range": (436, 436), "lseek": (8, 62),
    "pread64": (17, 67), "pwrite64": (18, 68), "readv": (19, 65), "writev": (20, 66), "preadv": (295, 69),
    "pwritev": (296, 70), "fstat": (5, 80), "fstatfs": (138, 44), "ftruncate": (77, 46),
    "fallocate": (285, 47), "fsync": (74, 82), "fdatasync": (75, 83), "flock": (73, 32), "fchmod": (91, 52),
    "fchdir": (81, 50), "getdents": (78, -1), "getdents64": (217, 61), "dup": (32, 23), "dup2": (33, -1),
    "dup3": (292, 24), "pipe": (22, -1), "pipe2": (293, 59), "fgetxattr": (193, 10), "flistxattr": (196, 13),
    # files by their names
    "open": (2, -1), "openat": (257, 56), "creat": (85, -1), "stat": (4, -1), "lstat": (6, -1),
    "newfstatat": (262, 79), "statx": (332, 291), "statfs": (137, 43), "access": (21, -1),
    "faccessat": (269, 48), "faccessat2": (439, 439), "readlink": (89, -1), "readlinkat": (267, 78),
    "rename": (82, -1), "renameat": (264, 38), "renameat2": (316, 276), "mkdir": (83, -1),
    "mkdirat": (258, 34), "rmdir": (84, -1), "unlink": (87, -1), "unlinkat": (263, 35), "link": (86, -1),
    "linkat": (265, 37), "symlink": (88, -1), "symlinkat": (266, 36), "chmod": (90, -1),
    "fchmodat": (268, 53), "fchmodat2": (452, 452), "utime": (132, -1), "utimes": (235, -1),
    "utimensat": (280, 88), "truncate": (76, 45), "umask": (95, 166), "getcwd": (79, 17), "chdir": (80, 49),
    "getxattr": (191, 8), "lgetxattr": (192, 9), "listxattr": (194, 11), "llistxattr": (195, 12),
    # memory
    "brk": (12, 214), "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216), "msync": (26, 227),
    # processes, threads, signals
    "fork": (57, -1), "vfork": (58, -1), "execve": (59, 221), "exit": (60, 93), "exit_group": (231, 94),
    "wait4": (61, 260), "waitid": (247, 95), "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131),
    "getpid": (39, 172), "getppid": (110, 173), "gettid": (186, 178), "getpgrp": (111, -1),
    "getpgid": (121, 155), "setpgid": (109, 154), "getsid": (124, 156), "setsid": (112, 157),
    "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177),
    "getresuid": (118, 148), "getresgid": (120, 150), "getgroups": (115, 158), "capget": (125, 90),
    "arch_prctl": (158, -1), "set_tid_address": (218, 96), "set_robust_list": (273, 99), "rseq": (334, 293),
    "futex": (202, 98), "membarrier": (324, 283), "sched_yield": (24, 124), "sched_getaffinity": (204, 123),
    "sched_getparam": (143, 121), "sched_getscheduler": (145, 120), "getpriority": (140, 141),
    "getcpu": (309, 168), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136),
    "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133), "sigaltstack": (131, 132),
    "restart_syscall": (219, 128), "pause": (34, -1), "alarm": (37, -1), "getitimer": (36, 102),
    "setitimer": (38, 103), "getrlimit": (97, 163), "getrusage": (98, 165), "times": (100, 153),
    # time and the machine
    "time": (201, -1), "gettimeofday": (96, 169), "clock_gettime": (228, 113), "clock_getres": (229, 114),
    "nanosleep": (35, 101), "clock_nanosleep": (230, 115), "uname": (63, 160), "sysinfo": (99, 179),
    # waiting, and sockets of one's own
    "select": (23, -1), "pselect6": (270, 72), "poll": (7, -1), "ppoll": (271, 73), "epoll_create": (213, -1),
    "epoll_create1": (291, 20), "epoll_ctl": (233, 21), "epoll_wait": (232, -1), "epoll_pwait": (281, 22),
    "eventfd2": (290, 19), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242),
    "connect": (42, 203), "getsockname": (51, 204), "getpeername": (52, 205), "getsockopt": (55, 209),
    "sendto": (44, 206), "recvfrom": (45, 207), "sendmsg": (46, 211), "recvmsg": (47, 212),
    "shutdown": (48, 210),
}  # fmt: skip

THP_DISABLE, GET_THP_DISABLE = 41, 42

#: Calls that are allowed for some uses only: the number; which argument counts; the values it may have.
ALLOWED_USES: dict[str, tuple[tuple[int, int], int, tuple[int, ...]]] = {
    # No leases and watches, which reach others that use the file; no signals from files; no larger pipes.
    "fcntl": ((72, 25), 1, (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032)),
    # Whether a file is a terminal, how much there is to read, not to wait, not to be handed on.
    "ioctl": ((16, 29), 1, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),
    "prctl": ((157, 167), 0, (1, 2, 3, 15, 16, GET_THP_DISABLE, 0x53564D41)),  # pdeathsig, dumpable?, names
    "socket": ((41, 198), 0, (socket.AF_UNIX,)),
    "socketpair": ((53, 199), 0, (socket.AF_UNIX,)),
    # A larger buffer for sending is memory that nobody counts.
    "setsockopt": ((54, 208), 2, (socket.SO_REUSEADDR, socket.SO_KEEPALIVE, 20, 21)),  # timeouts
    # Nothing that looks at the cache of others' files, empties it, or shares memory with other programs.
    "madvise": ((28, 233), 2, (0, 1, 2, 3, 4, 8, 10, 11, 14, 15, 16, 17, 18, 19, 102, 103)),
    # Limits of one's own; and not that on crashes (see limit).
    "setrlimit": ((160, 164), 0, tuple(n for n in range(16) if n != resource.RLIMIT_CORE)),
    "prlimit64": ((302, 261), 1, tuple(n for n in range(16) if n != resource.RLIMIT_CORE)),
    # A child whose parent ignores its end leaves no trace of the CPU that it has used.
    "rt_sigaction": ((13, 134), 0, tuple(n for n in range(1, 65) if n != signal.SIGCHLD)),
}  # fmt: skip

#: Calls that are forbidden where an argument has any of these bits, or all of those: EPERM.
FORBIDDEN_FLAGS: dict[str, tuple[tuple[int, int], int, tuple[int, ...]]] = {
    # Threads and forks: no new namespaces, no other parent, no tracing, no descriptor of the process.
    "clone": ((56, 220), 0, (0xFFFFFFFF & ~0x013D4FFF,)),
    # Huge pages and pages that may vanish are counted elsewhere. Memory that processes share and that is no
    # file's outlives its mapping: nobody can say whose it is.
    "mmap": ((9, 222), 3, (0x40008, 0x21)),
}


#: One step of a filter: operation, jump if so, jump if not, number.
Step = tuple[int, int, int, int]

LOAD, GIVE, MASK, EQUAL, AT_LEAST = 0x20, 0x06, 0x54, 0x15, 0x35
ALLOW, KILL, DENIED, ABSENT = 0x7FFF0000, 0x80000000, 0x00050000 | 1, 0x00050000 | 38


def _start(column: int) -> list[Step]:
    """Load the number of a call; of x32, a second door to the same calls, there is none."""
    architecture = (0xC000003E, 0xC00000B7)[column]
    code = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, architecture), (GIVE, 0, 0, KILL), (LOAD, 0, 0, 0)]
    return code + ([(AT_LEAST, 0, 1, 0x40000000), (GIVE, 0, 0, ABSENT)] if column == 0 else [])


@functools.cache
def _program(column: int) -> bytes:
    """Write the filter for the lists above."""

    def argument(number: int) -> Step:
        return LOAD, 0, 0, 16 + 8 * number  # its lower half

    code = _start(column)
    for numbers in ALLOWED_CALLS.values():
        if numbers[column] >= 0:
            code += [(EQUAL, 0, 1, numbers[column]), (GIVE, 0, 0, ALLOW)]
    for numbers, which, values in ALLOWED_USES.values():
        rule = [argument(which)]
        for value in values:
            rule += [(EQUAL, 0, 1, value), (GIVE, 0, 0, ALLOW)]
        code += [(EQUAL, 0, len(rule) + 1, numbers[column]), *rule, (GIVE, 0, 0, DENIED)]
    for numbers, which, flags in FORBIDDEN_FLAGS.values():
        rule = []
        for bits in flags:
            rule += [argument(which), (MASK, 0, 0, bits)]
            if len(flags) > 1 and bits == flags[-1]:
                rule += [(EQUAL, 0, 1, bits), (GIVE, 0, 0, DENIED)]  # all of them
            else:
                rule += [(EQUAL, 1, 0, 0), (GIVE, 0, 0, DENIED)]
        code += [(EQUAL, 0, len(rule) + 1, numbers[column]), *rule, (GIVE, 0, 0, ALLOW)]
    return _packed([*code, (GIVE, 0, 0, ABSENT)])


def _packed(code: list[Step]) -> bytes:
    return b"".join(struct.pack("HBBI", *step) for step in code)


def _column() -> int:
    column = {"x86_64": 0, "aarch64": 1}.get(platform.machine())
    if column is None:
        raise OSError(f"no list of system calls for {platform.machine()}")
    return column


def _install(code: bytes) -> None:
    program = ctypes.create_string_buffer(code)
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(program)))
    _succeeded(libc.prctl(22, 2, header, 0, 0), "seccomp")


def seccomp() -> None:
    """Allow the calls above, in the uses above, and no others.

    `OSError` on a machine type whose call numbers are not known here: it is better to refuse than to guess.
    """
    _install(_program(_column()))


def without_chance() -> None:
    """Take the kernel's random numbers from all that this process forks.

    Libraries keep some, which end with a fork: so this has to come before the fork, and not with the rest.
    """
    column = _column()
    _program(column)  # written once, for all forks
    getrandom = (318, 278)[column]
    code = [*_start(column), (EQUAL, 0, 1, getrandom), (GIVE, 0, 0, ABSENT), (GIVE, 0, 0, ALLOW)]
    _install(_packed(code))


def confine(limits: dict[str, int], readable: list[str], kept: list[str]) -> None:
    """Give up everything that running a student's cells does not need."""
    address_space = int(Path("/proc/self/statm").read_bytes().split()[0]) * PAGE
    be_oneself()
    private_folders(kept)
    for folder in ("home", "work"):
        Path(SCRATCH, folder).mkdir()
    limit(limits, address_space)
    libc.prctl(THP_DISABLE, 1, 0, 0, 0)  # a kernel that does not know this call has no huge pages
    drop_privileges()
    if not landlock(readable, [SCRATCH, "/dev/null", "/dev/full"]):
        sys.stderr.write("no Landlock in this kernel: the mounts alone hide what is not for students\n")
    seccomp()
