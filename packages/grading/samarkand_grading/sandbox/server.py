"""Process 1 of the sandbox: a warm server that runs each submission in a fork.

It passes a submission on unparsed and sends the results at the end, both in memory that is freed afterwards;
no fork can reach its pipes. As process 1 it ignores every signal from inside, kills all processes that a
submission leaves behind, and ends the whole sandbox when it ends.
"""

import contextlib
import ctypes
import errno
import functools
import gc
import importlib
import json
import mmap
import os
import re
import resource
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

import runner  # type: ignore[import-not-found] # it lies beside this file in the sandbox
from scratch import Scratch, empty_folder, read_entries  # type: ignore[import-not-found] # so does it

SCRATCH, TOP = Path("/tmp"), Path("/tmp/work")
ANSWERS = 3  # where a fork writes
KERNEL = [int(part) for part in re.findall(r"\d+", os.uname().release)[:2]]
DUMPABLE, ADOPT_ORPHANS, NO_NEW_PRIVILEGES = 4, 36, 39


def find_gap() -> str:
    """Drop rights; return the first respect in which this process is not confined, or ``""``."""
    prctl = ctypes.CDLL(None).prctl
    if os.getuid() == 0:
        with contextlib.suppress(OSError):  # capabilities go too; the kernel counts processes by user
            nobody = 61184 + int.from_bytes(os.urandom(2), "big") % 4000
            os.setgroups([])
            os.setresgid(nobody, nobody, nobody)
            os.setresuid(nobody, nobody, nobody)
    prctl(DUMPABLE, 0, 0, 0, 0)  # no fork may look into this process
    links: set[str] = set()
    with contextlib.suppress(OSError):  # where even the question is forbidden, there is no network
        links = {name for _, name in socket.if_nameindex()}
    found = {
        "it shares its processes with others": os.getpid() != 1,
        "it is root": os.getuid() == 0,
        "it has a network": links > {"lo"},
        "it may gain rights": prctl(NO_NEW_PRIVILEGES, 0, 0, 0, 0) != 1,
        "it may write to its programs": os.access("/", os.W_OK) or os.access("/course", os.W_OK),
        "a kernel before 5.14 counts the processes of all programs together": COUNTED and KERNEL < [5, 14],
    }
    return next((what for what, so in found.items() if so), "")


class Compare(ctypes.Structure):
    """Libseccomp's ``struct scmp_arg_cmp``."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def forbid(calls: str, some: dict[str, Any]) -> None:
    """Forbid all system calls but `calls`, and `some` that are allowed with some arguments.

    The filter is the same under each engine: that of a container engine leaves what outlives a process
    (keyrings, IPC), reaches the server (its limits and priority) or the host of a virtual machine (AF_VSOCK).
    """
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        sys.exit("libseccomp.so.2 is missing (the Debian package libseccomp2).")
    allow, absent = ctypes.c_uint32(0x7FFF0000), ctypes.c_uint32(0x00050000 | errno.ENOSYS)
    same, masked = 4, 7
    library.seccomp_init.restype = ctypes.c_void_p
    made, failed = ctypes.c_void_p(library.seccomp_init(absent)), 0
    for name in (*calls.split(), *some):
        number = library.seccomp_syscall_resolve_name(name.encode())
        use = some.get(name, {})
        compared = [Compare(use["argument"], same, value, 0) for value in use.get("values", ())]
        compared += [Compare(use["argument"], masked, mask, 0) for mask in use.get("masks", ())]
        for one in (compared or [Compare()]) if number >= 0 else ():
            failed |= library.seccomp_rule_add_array(made, allow, number, bool(use), ctypes.byref(one))
    if failed | library.seccomp_load(made):
        sys.exit("The sandbox does not hold: libseccomp could not set the filter of system calls.")


def send(report: dict[str, Any], said: memoryview) -> None:
    """Send the grader a report as a JSON line, then the submission's output."""
    for left in (memoryview(json.dumps(report).encode() + b"\n"), said):
        while left:
            left = left[os.write(1, left) :]  # noqa: PLW2901 - a pipe may take a part


def measure_cpu() -> float:
    """Return the CPU seconds of all finished forks."""
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def serve(limits: dict[str, Any], here: Any) -> bool:
    """Run a submission in a fork, kill all its processes, report; return whether the server is reusable."""
    began, status, length = measure_cpu(), None, 0
    memory = functools.partial(mmap.mmap, -1, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    # It is freed when closed, so that no later fork can read it.
    with memory(limits["length"]) as work, memory(limits["output"]) as said, memoryview(said) as room:
        while length < len(work):
            length += os.readv(0, [memoryview(work)[length:]]) or os._exit(0)
        reader, writer = os.pipe()
        deadline = time.monotonic() + limits["wall"]
        if (child := os.fork()) == 0:
            try:
                run_submission(limits, json.loads(work[:]), writer, here)
            finally:
                os._exit(0)
        os.close(writer)
        length, watched = 0, [0, reader]
        while status is None and length < len(room) and (left := deadline - time.monotonic()) > 0:
            ready = select.select(watched, [], [], min(left, 0.02))[0]
            if 0 in ready:  # the grader has hung up
                os._exit(0)
            if ready:
                count = os.readv(reader, [room[length:]])
                length, watched = length + count, watched if count else [0]
            ended, code = os.waitpid(child, os.WNOHANG)
            status = code if ended else None
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)  # all but this process: it is the first of its namespace
        with contextlib.suppress(ChildProcessError):
            while True:
                os.wait()
        while length < len(room) and (count := os.readv(reader, [room[length:]])):
            length += count
        os.close(reader)
        cpu, by = measure_cpu() - began, os.WTERMSIG(status) if status and os.WIFSIGNALED(status) else 0
        full = {signal.SIGXCPU: "cpu", signal.SIGKILL: "cpu" if cpu > limits["cpu"] else "memory"}
        why = "wall" if status is None else full.get(by, "finished")  # type: ignore[call-overload]
        why = "output" if length == len(room) else why
        fit: bool = empty_folder(SCRATCH)
        send({"ended": why, "cpu": cpu, "clean": fit, "length": length}, room[:length])
        return fit


def run_submission(limits: dict[str, Any], work: dict[str, Any], answers: int, here: Any) -> None:
    """Set resource limits, close the server's files, then run the work and write results to `answers`."""
    os.setsid()
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)  # so that it can wait for all processes of a call
    os.dup2(answers, ANSWERS, inheritable=False)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    os.closerange(ANSWERS + 1, 1 << 12)
    most = {"CORE": 0, "DATA": limits["memory"], "FSIZE": limits["file"], "NOFILE": limits["descriptors"]}
    most["AS"] = 16 * limits["memory"]  # pages that are only read are no data, but their tables are memory
    most |= {"CPU": limits["cpu"] + 1} | ({"NPROC": limits["processes"]} if COUNTED else {})
    for name, value in most.items():
        number = getattr(resource, f"RLIMIT_{name}")
        allowed = resource.getrlimit(number)[1]
        hard = int(value) if allowed == resource.RLIM_INFINITY else min(int(value), allowed)
        resource.setrlimit(number, (hard - (name == "CPU"), hard))
    # Tables lie beside and above, as around a student's notebook.
    place = TOP / "exercises" / "release" / "set"
    place.mkdir(parents=True)
    for folder in (place, *place.parents[:3]):
        (folder / "course_data").symlink_to(os.environ["SAMARKAND_DATA"])
    Path(os.environ["HOME"]).mkdir()
    os.chdir(place)
    sys.path.insert(0, "")  # as in a notebook: a file that a cell has written can be imported
    with open(ANSWERS, "wb") as out:
        runner.run(work, out, here, Scratch(SCRATCH, place, read_entries(SCRATCH)))


def main(modules: list[str], code: str, calls: str, some: dict[str, Any], tables: list[str]) -> None:
    """Import modules and tables, run typical code, then a submission at a time until the grader hangs up."""
    forbid(calls, some)
    gc.disable()  # there is nothing to find in what is only imported
    Path(os.environ["HOME"]).mkdir()
    for name in modules:
        importlib.import_module(name)
    for table in tables:
        sys.modules["samarkand.data"].load(table)  # parsed once, kept by the module, handed down by fork
    here = runner.make_shell()
    here.run_cell(code, silent=True, store_history=False).raise_error()
    runner.seed_chance()
    gc.freeze()
    gc.enable()
    empty_folder(SCRATCH)
    send({"length": 0}, memoryview(b""))
    asked = open(0, "rb", buffering=0)  # noqa: SIM115 - it reads no byte of what comes after a line
    while (line := asked.readline()) and serve(json.loads(line), here):
        pass


if __name__ == "__main__":
    COUNTED = "--counted" in sys.argv
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if trouble := find_gap():
        sys.exit(f"The sandbox does not hold: {trouble}.")
    main(**json.loads(sys.argv[-1]))
