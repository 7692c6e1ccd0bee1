"""Attacks from inside on what the kernel shares between sandboxes, and on what is counted: CPU and memory.

As in `test_attacks.py`: code in a cell, the honest answers beside it, and the points that the whole deserves.
"""

# ruff: noqa: E501 - an attack is quoted as it was written
from __future__ import annotations

import platform
import secrets
import time
from dataclasses import replace
from pathlib import Path

import pytest
import workshop
from test_attacks import ALL, A, deserves
from workshop import assess

from samarkand_grading.marking import inputs
from samarkand_grading.sandbox import confinement
from samarkand_grading.sandbox.work import Cell, Limits

#: Lets an attack try calls: whatever succeeds is in ``done``, and then q1 is wrong.
TRY = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
done = []
def attempt(name, call, *arguments):
    try:
        if call(*arguments) != -1: done.append(name)
    except OSError: pass
"""
TOLD = "\nproduct = 10**6 if done else product\n"


column = {"x86_64": 0, "aarch64": 1}.get(platform.machine(), 0)
CALLS = dict(confinement.ALLOWED_CALLS)
CALLS |= {name: use[0] for name, use in (confinement.ALLOWED_USES | confinement.FORBIDDEN_FLAGS).items()}
LISTED = [numbers[column] for numbers in CALLS.values()]


def tries(name, code):
    return A(name, f"{TRY}{code}{TOLD}", ALL, 10)


ATTACKS = [
    tries("lets others wait for a file", """
import fcntl
open('/tmp/work/mine', 'w').close()
mine = os.open('/tmp/work/mine', os.O_RDONLY)
for kind in (fcntl.F_RDLCK, fcntl.F_WRLCK): attempt('lease', fcntl.fcntl, mine, fcntl.F_SETLEASE, kind)
attempt('delegation', fcntl.fcntl, mine, 1040, bytes(16))
if fcntl.fcntl(mine, fcntl.F_GETFL) & os.O_WRONLY: done.append('flags')
"""),
    tries("children that the kernel forgets", """
import signal
action = ctypes.create_string_buffer(152)
ctypes.memset(ctypes.addressof(action) + 136, 2, 1)  # SA_NOCLDWAIT
attempt('ignored', signal.signal, signal.SIGCHLD, signal.SIG_IGN)
attempt('not waited for', libc.sigaction, signal.SIGCHLD, action, None)
"""),
    tries("memory in pipes and sockets", """
import mmap, socket, sys
r, w = os.pipe()
file = os.open(sys.executable, os.O_RDONLY)
block = ctypes.create_string_buffer(b'x' * 4096)
vector = (ctypes.c_void_p * 2)(ctypes.addressof(block), 4096)
attempt('vmsplice', libc.vmsplice, w, vector, 1, 0)
attempt('splice', libc.splice, file, None, w, None, 1, 0)
attempt('sendfile', libc.sendfile, w, file, None, 1)
attempt('tee', libc.tee, r, w, 1, 2)
one, other = socket.socketpair()
attempt('buffer', one.setsockopt, socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
"""),
    tries("huge pages", "if libc.prctl(42, 0, 0, 0, 0) != 1: done.append('on')\nattempt('again', libc.prctl, 41, 0, 0, 0, 0)"),
    tries("what all programs of a user share", """
import resource
attempt('watches', libc.inotify_init)
attempt('more watches', libc.inotify_init1, 0)
attempt('aio', libc.syscall, {'x86_64': 206}.get(os.uname().machine, 0), 100, ctypes.create_string_buffer(8))
if resource.getrlimit(resource.RLIMIT_SIGPENDING)[1] > 1024: done.append('signals')
"""),
    tries("before its turn", """
import resource
done += [name for name in ('RTPRIO', 'NICE') if resource.getrlimit(getattr(resource, f'RLIMIT_{name}'))[1]]
attempt('real time', lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)) or 0)
"""),
    tries("a program of the machine's that collects crashes", """
import resource
attempt('limit', lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)) or 0)
"""),
    tries("watches, leases and signals from files", """
import fcntl, signal
signal.signal(signal.SIGIO, lambda *a: None)
here = os.open('/course/course_data', os.O_RDONLY)
for command in (1026, 1024, 1040, 8, 10, 15, 17, 1031, 1033, 1035, 1037, 1039):
    attempt(command, fcntl.fcntl, here, command, 0x80000001)
for number in (253, 294, 254, 300, 26, 27): attempt(number, libc.syscall, number if os.uname().machine == 'x86_64' else 26, 0, 0)
"""),
    tries("what the kernel says of all mounts", """
ask = (ctypes.c_uint64 * 4)(32, 2**64 - 1, 0, 0)
ask[0] = 24
many = ctypes.create_string_buffer(4096)
attempt('listmount', libc.syscall, 458, ask, many, 100, 0)
attempt('statmount', libc.syscall, 457, ask, many, 4096, 0)
attempt('open_tree', libc.syscall, 428, -100, b'/', 0)
"""),
    tries("the cache of files that all share", """
import mmap, sys
file = os.open('/course/course_data', os.O_RDONLY)
here = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
at = ctypes.addressof(ctypes.c_char.from_buffer(here))
for number in (327, 451, 27, 221, 187, 277): attempt(number, libc.syscall, number, file, 0, 0, 0, 0, 0)
for advice in (9, 12, 20, 21, 22, 23, 24, 25, 100, 101): attempt(advice, libc.madvise, ctypes.c_void_p(at), 4096, advice)
"""),
    tries("sockets, buffers, pages and processes of other kinds", """
import socket
for family in range(64):
    if family != socket.AF_UNIX:
        attempt(family, lambda: socket.socket(family, socket.SOCK_DGRAM))
        attempt(('pair', family), lambda: socket.socketpair(family, socket.SOCK_DGRAM))
one, other = socket.socketpair()
for option in (7, 8, 26, 32, 33, 50, 61): attempt(option, one.setsockopt, socket.SOL_SOCKET, option, 1 << 20)
libc.mmap.restype = ctypes.c_ssize_t
for flags in (0x22 | 0x40000, 0x28, 0x21, 0x23): attempt(flags, libc.mmap, None, 1 << 21, 3, flags, -1, 0)
if os.uname().machine == 'x86_64':
    for flags in (0x1000, 0x2000, 0x8000, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x80000000):
        attempt(flags, libc.syscall, 56, flags | 17, 0, 0, 0, 0)
    attempt('x32', libc.syscall, 0x40000000 + 39)
"""),
    # 335, the kernel's own for probes, goes past every filter and ends whoever calls it otherwise.
    tries("every call with a number that is not on the list", """
known = {n for n in {numbers} if n >= 0}
for number in range(600):
    if number not in known and number != 335: attempt(number, libc.syscall, number, -1, -1, -1, -1, -1, -1)
""".replace("{numbers}", str(LISTED))),
]  # fmt: skip

#: All calls that a submission may make, if only for some uses. Is one more harmless, whatever it is given?
NAMES = """
accept accept4 access alarm arch_prctl bind brk capget chdir chmod clock_getres clock_gettime
clock_nanosleep clone close close_range connect creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl
epoll_pwait epoll_wait eventfd2 execve exit exit_group faccessat faccessat2 fallocate fchdir fchmod
fchmodat fchmodat2 fcntl fdatasync fgetxattr flistxattr flock fork fstat fstatfs fsync ftruncate futex
getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups getitimer getpeername getpgid getpgrp
getpid getppid getpriority getresgid getresuid getrlimit getrusage getsid getsockname getsockopt gettid
gettimeofday getuid getxattr ioctl kill lgetxattr link linkat listen listxattr llistxattr lseek lstat
madvise membarrier mkdir mkdirat mmap mprotect mremap msync munmap nanosleep newfstatat open openat pause
pipe pipe2 poll ppoll prctl pread64 preadv prlimit64 pselect6 pwrite64 pwritev read readlink readlinkat
readv recvfrom recvmsg rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending
rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigtimedwait sched_getaffinity sched_getparam
sched_getscheduler sched_yield select sendmsg sendto set_robust_list set_tid_address setitimer setpgid
setrlimit setsid setsockopt shutdown sigaltstack socket socketpair stat statfs statx symlink symlinkat
sysinfo tgkill time times tkill truncate umask uname unlink unlinkat utime utimensat utimes vfork wait4
waitid write writev
"""
#: Calls that reach others or the kernel itself: ptrace, process_vm_readv, keyctl, userfaultfd, bpf, io_uring,
#: perf_event_open, memfd_create, unshare, setns, mount.
HARMFUL = (
    {101, 310, 250, 323, 321, 425, 298, 319, 272, 308, 165},  # on x86-64
    {117, 270, 219, 282, 280, 425, 241, 279, 97, 268, 40},  # on arm64
)


def test_no_call_is_allowed_but_those_that_were_thought_about():
    """Those that are on no list the attack above makes, one after another."""
    assert sorted(CALLS) == NAMES.split()
    for listed, harmful in zip(zip(*CALLS.values(), strict=True), HARMFUL, strict=True):
        assert not {*listed} & harmful
        used = [number for number in listed if number >= 0]
        assert len({*used}) == len(used)


def test_calls_that_leave_a_process_behind_are_answered_at_once(work):
    leave = "    if os.fork() == 0:\n        os.setsid()\n        time.sleep(100)\n"
    q3 = workshop.ANSWERS["q3"].replace("    return", f"{leave}    return", 1)
    before = time.monotonic()
    result = work(q3=f"import os, time\n{q3}")
    assert (result.points, result.ended) == (10, "finished")
    assert time.monotonic() - before < 50, "it was waited for"


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a.name)
def test_attack(attack: A, assessor, canaries, blank, tmp_path):
    deserves(attack, assessor, canaries, blank, tmp_path)


FORKS = """
import os, signal, time
signal.setitimer(signal.ITIMER_REAL, 0); signal.setitimer(signal.ITIMER_PROF, 0)
try: signal.signal(signal.SIGCHLD, signal.SIG_IGN)
except OSError: pass
while True:
    if os.fork() == 0:
        for _ in range(3):
            if os.fork() == 0:
                end = time.process_time() + 0.005
                while time.process_time() < end: pass
                os._exit(0)
            {wait}
        os._exit(0)
    try:
        while os.waitpid(-1, 0): pass
    except OSError: pass
"""


@pytest.mark.parametrize("wait", ["os.wait()", "pass"])
def test_cpu_of_children_that_live_for_a_moment_is_counted(wait, work, assessor, monkeypatch):
    """Whether their parents wait for them or die first."""
    monkeypatch.setattr(assessor, "limits", replace(workshop.LIMITS, cpu=1.5))
    result = work(added=FORKS.replace("{wait}", wait))
    assert (result.ended, result.points) == ("cpu", 0)


#: Names of this run alone: those of an earlier one the kernel still knows, and counts no more.
FLOOD = f"""
import os, signal
signal.setitimer(signal.ITIMER_REAL, 0); signal.setitimer(signal.ITIMER_PROF, 0)
path = os.path.dirname(os.__file__)
n = os.fork() << 40
while True:
    n += 1
    try: os.stat(f"{{path}}/{secrets.token_hex(8)}{{n}}{{'x' * 180}}")
    except OSError: pass
"""


def test_names_that_are_not_there_take_no_memory_without_end(work, assessor, monkeypatch, sampled):
    """The kernel remembers each of them, and nobody's memory is charged for it."""
    state = Path("/proc/sys/fs/dentry-state")
    if state.read_text().split()[4] == "0":
        pytest.skip("this kernel does not count them")
    for most in sampled([40_000, Limits().names], 1, "limits"):
        monkeypatch.setattr(assessor, "limits", replace(workshop.LIMITS, cpu=90, wall=180, names=most))
        before = int(state.read_text().split()[4])
        result = work(added=FLOOD)
        assert (result.ended, result.points) == ("memory", 0)
        assert int(state.read_text().split()[4]) - before < 3 * most


def test_files_are_still_copied(work):
    """The shortest way to copy a file is forbidden; Python takes the next."""
    copies = "import os, shutil\nopen('a', 'wb').write(b'x' * 300_000)\nshutil.copyfile('a', 'b')\nshutil.copytree('.', '../c')"
    q1 = f"{copies}\nproduct = 17 * given['factor'] + 40661 + os.path.getsize('../c/b') // 1000"
    assert work(q1=q1).points == 10


def test_what_is_far_too_long_costs_its_own_question_alone(assessor, blank, tmp_path):
    """A table in place of a number, one from every call, and cells that print and print."""
    table = "pd.DataFrame({'a': ['\u0436' * 30] * 2000, 'b': range(2000)})"
    answers = {
        "q1": f"product = {table}",  # of less than plain.NODES values
        "q2": workshop.ANSWERS["q2"],
        "q3": f"def was_member(since, until, day):\n    return {table}",
    }
    notebook = workshop.fill(blank, **answers)
    for number in range(150):
        notebook["cells"].insert(2, workshop.cell("code", f"more-{number}", "print('\u0436' * 5000)"))
    result = assess(assessor, tmp_path, notebook)
    assert [v.points for v in result.verdicts] == [0, 3, 0]
    assert (result.ended, result.verdicts[0].read) == ("finished", "a DataFrame too large to read")


def test_the_order_of_calls_tells_nothing_of_the_cases(sandbox):
    """A function can see how its calls and inputs are numbered; edges come last where they are written."""
    answer = """
import sys
def f(n):
    frame = sys._getframe()
    while 'call' not in frame.f_locals: frame = frame.f_back
    return [n, frame.f_locals['call']['id'], *frame.f_locals['call']['arguments']]
"""
    orders = []
    for key in ("one", "another"):
        drawn = inputs.Inputs(key, "ex90", {"q": lambda draw: [inputs.Case((n,)) for n in range(12)]})
        cells = [Cell("answer", answer), Cell("q", hold="f")]
        found = sandbox.run(cells, drawn.calls).called
        told = sorted((r.value.values for r in found.values()), key=lambda value: value[1])
        assert [value[1:] for value in told] == [(n, n) for n in range(12)]
        orders.append([value[0] for value in told])
    assert all(sorted(order) == list(range(12)) != order for order in orders)
    assert orders[0] != orders[1]
