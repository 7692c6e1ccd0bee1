"""The system calls that a student's server does not have: what a list of files cannot keep from her.

A namespace of her own would give her file systems in memory that no limit counts, and more of the kernel to
attack. Keys lie in a keyring that a process inherits from whoever started the hub. What is made here is a
filter for bubblewrap's ``--seccomp``.
"""

import contextlib
import ctypes
import errno
import os

#: The system calls that no student's server may make.
FORBIDDEN = (
    # Namespaces and mounts.
    "unshare",
    "setns",
    "clone3",
    "mount",
    "umount2",
    "pivot_root",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsmount",
    "fsconfig",
    "fspick",
    "mount_setattr",
    # Keys.
    "keyctl",
    "add_key",
    "request_key",
    # Memory that belongs to no process.
    "memfd_create",
    "memfd_secret",
    "shmget",
    "msgget",
    # What looks into the kernel.
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "syslog",
)
#: The flags of ``clone`` that make a namespace: time, mounts, cgroup, names, IPC, users, processes, network.
NAMESPACES = (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
#: The kinds of socket that there are: on this machine, IPv4, IPv6, the kernel's answers on networks.
FAMILIES = (1, 2, 10, 16)
#: What libseccomp does with a call: allow it, or answer as a kernel without it.
_ALLOW, _ABSENT = 0x7FFF0000, 0x00050000 | errno.ENOSYS
#: How libseccomp compares an argument.
_EQUAL, _GREATER, _EQUAL_UNDER_MASK = 4, 6, 7


class NoFilter(Exception):
    """No filter of system calls can be made here; the message says what is missing."""


class _Comparison(ctypes.Structure):
    """A condition on an argument of a system call: libseccomp's ``struct scmp_arg_cmp``."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def write_filter() -> int:
    """Return a file descriptor with the filter, at its beginning; raise `NoFilter` if none can be made."""
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        raise NoFilter("libseccomp.so.2 (Debian, Ubuntu: apt install libseccomp2)") from None
    library.seccomp_init.restype = ctypes.c_void_p
    calls = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_ALLOW)))
    failed = 0
    for name in FORBIDDEN:
        failed |= _forbid_call(library, calls, name, None)
    for flag in NAMESPACES:
        failed |= _forbid_call(library, calls, "clone", _Comparison(0, _EQUAL_UNDER_MASK, flag, flag))
    for family in sorted(set(range(max(FAMILIES))) - set(FAMILIES)):
        failed |= _forbid_call(library, calls, "socket", _Comparison(0, _EQUAL, family, 0))
    failed |= _forbid_call(library, calls, "socket", _Comparison(0, _GREATER, max(FAMILIES), 0))
    number = os.memfd_create("filter")
    failed |= library.seccomp_export_bpf(calls, number)
    library.seccomp_release(calls)
    if failed:
        with contextlib.suppress(OSError):
            os.close(number)
        raise NoFilter("a libseccomp that can make a filter of system calls for this processor")
    os.lseek(number, 0, os.SEEK_SET)
    return number


def _forbid_call(
    library: ctypes.CDLL, calls: ctypes.c_void_p, name: str, comparison: _Comparison | None
) -> int:
    """Forbid a system call, in general or under a condition; return 0, or what went wrong."""
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:  # this processor, or this libseccomp, does not have it
        return 0
    absent = ctypes.c_uint32(_ABSENT)
    if comparison is None:
        return int(library.seccomp_rule_add_array(calls, absent, number, 0, None))
    return int(library.seccomp_rule_add_array(calls, absent, number, 1, ctypes.byref(comparison)))
