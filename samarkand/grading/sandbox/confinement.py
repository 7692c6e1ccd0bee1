"""How a process gives up all that running a student's cells does not need: namespaces, mounts, limits, calls.

Lies beside :mod:`server` in the sandbox, and is no part of the package there. Nothing here can be undone by
the process that has called it.
"""

from __future__ import annotations

import ctypes
import fcntl
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


def leave_namespaces() -> None:
    """Put this process's next child into user, process, IPC, network and host-name namespaces of its own."""
    uid, gid = os.getuid(), os.getgid()
    _succeeded(libc.unshare(NEW_USERS | NEW_PROCESSES | NEW_IPC | NEW_NETWORK | NEW_UTS), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def private_folders(kept: list[str]) -> None:
    """Mount a scratch folder that nobody else sees, and nothing where ``/proc`` was.

    What may be read below the scratch folder, such as a Python kept there, is mounted again inside it.
    """
    no_suid, no_dev, no_exec, read_only, private, recursive = 2, 4, 8, 1, 1 << 18, 1 << 14
    bind = 1 << 12
    _succeeded(libc.unshare(NEW_MOUNTS), "unshare mounts")
    _succeeded(libc.mount(b"none", b"/", None, private | recursive, None), "private mounts")
    options = f"size={SCRATCH_BYTES},nr_inodes=4096,mode=0700".encode()
    opened = {path: (os.open(path, os.O_PATH), Path(path).is_dir()) for path in kept}
    _succeeded(libc.mount(b"tmpfs", SCRATCH.encode(), b"tmpfs", no_suid | no_dev, options), "scratch folder")
    for path, (descriptor, is_folder) in opened.items():
        (Path(path) if is_folder else Path(path).parent).mkdir(parents=True, exist_ok=True)
        Path(path).touch()
        source = f"/proc/self/fd/{descriptor}".encode()
        _succeeded(libc.mount(source, path.encode(), None, bind | recursive, None), f"mounting {path} again")
        os.close(descriptor)
        if not os.statvfs(path).f_flag & os.ST_RDONLY:
            raise OSError(f"{path} could be written to")
    for folder in (b"/proc", b"/dev/shm"):
        flags = read_only | no_suid | no_dev | no_exec
        _succeeded(
            libc.mount(b"tmpfs", folder, b"tmpfs", flags, b"size=4k,nr_inodes=1"), "hiding " + folder.decode()
        )


def limit(limits: dict[str, int], address_space: int) -> None:
    """Set the kernel's limits for one process; the keeper watches over all of them together."""
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


#: System calls that no exercise needs and that have led out of sandboxes before: number on x86-64, on arm64.
FORBIDDEN_CALLS = {
    "acct": (163, 89), "add_key": (248, 217), "bpf": (321, 280), "chroot": (161, 51),
    "clock_adjtime": (305, 266), "clock_settime": (227, 112), "delete_module": (176, 106),
    "fanotify_init": (300, 262), "finit_module": (313, 273), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fsopen": (430, 430), "fspick": (433, 433), "init_module": (175, 105), "inotify_init": (253, 26),
    "inotify_init1": (294, 26), "io_setup": (206, 0), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "io_uring_setup": (425, 425), "kcmp": (312, 272),
    "kexec_file_load": (320, 294), "kexec_load": (246, 104), "keyctl": (250, 219), "mbind": (237, 235),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "migrate_pages": (256, 238), "mount": (165, 40),
    "mount_setattr": (442, 442), "move_mount": (429, 429), "move_pages": (279, 239), "mq_open": (240, 180),
    "msgget": (68, 186), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "open_tree": (428, 428), "perf_event_open": (298, 241), "personality": (135, 92),
    "pidfd_getfd": (438, 438), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41), "process_madvise": (440, 440), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "ptrace": (101, 117), "quotactl": (179, 60), "reboot": (169, 142),
    "request_key": (249, 218), "semget": (64, 190), "sendfile": (40, 71), "setdomainname": (171, 162),
    "sethostname": (170, 161), "setns": (308, 268), "settimeofday": (164, 170), "shmget": (29, 194),
    "splice": (275, 76), "swapoff": (168, 225), "swapon": (167, 224), "syslog": (103, 116), "tee": (276, 77),
    "umount2": (166, 39), "unshare": (272, 97), "userfaultfd": (323, 282), "vhangup": (153, 58),
    "vmsplice": (278, 75),
}  # fmt: skip

EQUAL, ANY_BIT = 0x15, 0x45
THP_DISABLE, SET_DELEGATION = 41, 1040

#: Calls that are forbidden where all conditions on their arguments hold: which argument, the test, a number,
#: and whether the test must succeed or fail.
FORBIDDEN_USES: list[tuple[tuple[int, int], tuple[tuple[int, int, int, bool], ...]]] = [
    ((56, 220), ((0, ANY_BIT, 0x7E020000, True),)),  # clone into new namespaces
    ((41, 198), ((0, EQUAL, socket.AF_UNIX, False),)),  # every socket but a local one,
    ((54, 208), ((2, EQUAL, socket.SO_SNDBUF, True),)),  # and that with a small buffer: nobody counts it
    # Memory that processes share and that is no file's outlives its mapping: nobody can say whose it is.
    ((9, 222), ((3, ANY_BIT, 1, True), (3, ANY_BIT, 0x20, True))),
    ((157, 167), ((0, EQUAL, THP_DISABLE, True),)),  # of a huge page only what is mapped is counted
    # A child whose parent ignores its end leaves no trace of the CPU that it has used.
    ((13, 134), ((0, EQUAL, signal.SIGCHLD, True),)),
    # A lease on a file lets whoever opens it wait, the grader and the next student too.
    ((72, 25), ((1, EQUAL, fcntl.F_SETLEASE, True),)),
    ((72, 25), ((1, EQUAL, SET_DELEGATION, True),)),
    ((160, 164), ((0, EQUAL, resource.RLIMIT_CORE, True),)),
    ((302, 261), ((1, EQUAL, resource.RLIMIT_CORE, True),)),
]


def seccomp() -> None:
    """Forbid the calls above, and ``clone3``, whose flags cannot be read here.

    Raises
    ------
    OSError
        On a machine type whose call numbers are not known here: it is better to refuse than to guess.
    """
    column = {"x86_64": 0, "aarch64": 1}.get(platform.machine())
    if column is None:
        raise OSError(f"no list of system calls for {platform.machine()}")
    architecture, clone3 = (0xC000003E, 0xC00000B7)[column], 435
    load, at_least, give = 0x20, 0x35, 0x06
    allow, kill, denied, absent = 0x7FFF0000, 0x80000000, 0x00050000 | 1, 0x00050000 | 38
    code: list[tuple[int, int, int, int]] = [
        (load, 0, 0, 4), (EQUAL, 1, 0, architecture), (give, 0, 0, kill), (load, 0, 0, 0),
    ]  # fmt: skip
    if column == 0:  # the x32 numbers, a second door to the same calls
        code += [(at_least, 0, 1, 0x40000000), (give, 0, 0, denied)]
    for numbers in FORBIDDEN_CALLS.values():
        code += [(EQUAL, 0, 1, numbers[column]), (give, 0, 0, denied)]
    code += [(EQUAL, 0, 1, clone3), (give, 0, 0, absent)]  # libc falls back to clone
    for numbers, conditions in FORBIDDEN_USES:
        code += [(EQUAL, 0, 2 * len(conditions) + 2, numbers[column])]
        for left, (argument, test, value, wanted) in zip(
            range(2 * len(conditions) - 1, 0, -2), conditions, strict=True
        ):
            code += [(load, 0, 0, 16 + 8 * argument), (test, *((0, left) if wanted else (left, 0)), value)]
        code += [(give, 0, 0, denied), (load, 0, 0, 0)]
    code += [(give, 0, 0, allow)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in code))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code), ctypes.addressof(program)))
    _succeeded(libc.prctl(22, 2, header, 0, 0), "seccomp")


def confine(limits: dict[str, int], readable: list[str], kept: list[str]) -> None:
    """Give up everything that running a student's cells does not need."""
    address_space = int(Path("/proc/self/statm").read_bytes().split()[0]) * PAGE
    private_folders(kept)
    for folder in ("home", "work"):
        Path(SCRATCH, folder).mkdir()
    limit(limits, address_space)
    libc.prctl(THP_DISABLE, 1, 0, 0, 0)  # a kernel that does not know this call has no huge pages
    drop_privileges()
    if not landlock(readable, [SCRATCH, "/dev/null", "/dev/full"]):
        sys.stderr.write("no Landlock in this kernel: the mounts alone hide what is not for students\n")
    seccomp()
