"""Process 1 of the sandbox: a warm server that runs each submission in a fork.

It passes a submission on unparsed and sends the results at the end, both in memory that is freed afterwards;
no fork can reach its pipes. As process 1 it ignores every signal from inside, kills all processes that a
submission leaves behind, and ends the whole sandbox when it ends.
"""

import contextlib
import ctypes
import errno
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

#: The folder that a submission may write to, and below it the folder of its course.
SCRATCH, TOP = Path("/tmp"), Path("/tmp/work")
#: Where the server reads from the grader, and writes to it.
FROM_GRADER, TO_GRADER = 0, 1
#: Where a fork writes its answers.
ANSWERS = 3
#: Seconds after which the server looks again whether a fork has ended.
PAUSE = 0.02
#: Main and minor version of the kernel.
KERNEL = [int(part) for part in re.findall(r"\d+", os.uname().release)[:2]]
#: Options of the system call ``prctl``.
DUMPABLE, ADOPT_ORPHANS, NO_NEW_PRIVILEGES = 4, 36, 39
#: What libseccomp does with a system call: allow it, or answer as a kernel without it.
ALLOW, ABSENT = 0x7FFF0000, 0x00050000 | errno.ENOSYS
#: How libseccomp compares an argument: with a value, or with zero under a mask.
EQUAL, EQUAL_UNDER_MASK = 4, 7


def drop_rights() -> None:
    """Give up root, if this process is root, and let no fork look into this process."""
    if os.getuid() == 0:
        with contextlib.suppress(OSError):  # capabilities go too; the kernel counts processes by user
            nobody = 61184 + int.from_bytes(os.urandom(2), "big") % 4000
            os.setgroups([])
            os.setresgid(nobody, nobody, nobody)
            os.setresuid(nobody, nobody, nobody)
    ctypes.CDLL(None).prctl(DUMPABLE, 0, 0, 0, 0)


def find_gap() -> str:  # noqa: PLR0911 - one return a gap reads best
    """Return the first respect in which this process is not confined; empty if it is in all of them."""
    if os.getpid() != 1:
        return "it shares its processes with others"
    if os.getuid() == 0:
        return "it is root"
    if has_network():
        return "it has a network"
    if ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, 0, 0, 0, 0) != 1:
        return "it may gain rights"
    if os.access("/", os.W_OK) or os.access("/course", os.W_OK):
        return "it may write to its programs"
    if COUNTED and KERNEL < [5, 14]:
        return "a kernel before 5.14 counts the processes of all programs together"
    return ""


def has_network() -> bool:
    """Return whether there is a network beside that of the machine with itself."""
    try:
        links = {name for _, name in socket.if_nameindex()}
    except OSError:  # where even the question is forbidden, there is no network
        return False
    return bool(links - {"lo"})


class Comparison(ctypes.Structure):
    """A condition on an argument of a system call: libseccomp's ``struct scmp_arg_cmp``."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def forbid_system_calls(calls: str, conditions: dict[str, Any]) -> None:
    """Forbid all system calls but `calls`, and those that are allowed under `conditions` on an argument.

    The filter is the same under each engine: that of a container engine leaves what outlives a process
    (keyrings, IPC), reaches the server (its limits and priority) or the host of a virtual machine (AF_VSOCK).

    Parameters
    ----------
    calls : str
        Names with spaces between.
    conditions : dict
        By name: the number of an `argument`, and the `values` that it may have, or the `masks` of
        bits that it may not have.
    """
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        sys.exit("libseccomp.so.2 is missing (the Debian package libseccomp2).")
    library.seccomp_init.restype = ctypes.c_void_p
    system_filter = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(ABSENT)))
    allow = ctypes.c_uint32(ALLOW)
    failed = 0
    for name in (*calls.split(), *conditions):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:  # this processor does not have it
            continue
        if name not in conditions:
            failed |= library.seccomp_rule_add_array(system_filter, allow, number, 0, None)
            continue
        for comparison in list_comparisons(conditions[name]):
            one_comparison = (1, ctypes.byref(comparison))
            failed |= library.seccomp_rule_add_array(system_filter, allow, number, *one_comparison)
    if failed | library.seccomp_load(system_filter):
        sys.exit("The sandbox does not hold: libseccomp could not set the filter of system calls.")


def list_comparisons(condition: dict[str, Any]) -> list[Comparison]:
    """Return the comparisons of an argument of which one has to be true for a system call to be allowed."""
    comparisons = []
    for value in condition.get("values", ()):
        comparisons.append(Comparison(condition["argument"], EQUAL, value, 0))
    for mask in condition.get("masks", ()):
        comparisons.append(Comparison(condition["argument"], EQUAL_UNDER_MASK, mask, 0))
    return comparisons


def send_report(report: dict[str, Any], output: memoryview) -> None:
    """Send the grader a report as a JSON line, then the submission's output."""
    write_all(memoryview(json.dumps(report).encode() + b"\n"))
    write_all(output)


def write_all(message: memoryview) -> None:
    """Write a message to the grader."""
    start = 0
    while start < len(message):
        start += os.write(TO_GRADER, message[start:])  # a pipe may take a part


def measure_cpu() -> float:
    """Return the CPU seconds of all finished forks."""
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def reserve_memory(length: int) -> mmap.mmap:
    """Return memory that is freed when closed, so that no later fork can read it."""
    return mmap.mmap(-1, length, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


def serve_submission(limits: dict[str, Any], shell: Any) -> bool:
    """Run a submission in a fork, kill all its processes, report; return whether the server is reusable.

    `limits` are those of the grader, and the `length` of the work that follows; `shell` is the warm one.
    """
    cpu_before = measure_cpu()
    with (
        reserve_memory(limits["length"]) as work,
        reserve_memory(limits["output"]) as output,
        memoryview(output) as room,
    ):
        read_work(work)
        reader, writer = os.pipe()
        deadline = time.monotonic() + limits["wall"]
        child = os.fork()
        if child == 0:
            try:
                run_submission(limits, json.loads(work[:]), writer, shell)
            finally:
                os._exit(0)
        os.close(writer)
        fork = Fork(child, reader, room)
        fork.wait_until(deadline)
        kill_all_others()
        fork.read_rest()
        os.close(reader)
        cpu = measure_cpu() - cpu_before
        is_clean: bool = empty_folder(SCRATCH)
        report = {
            "ended": fork.name_end(cpu, limits["cpu"]),
            "cpu": cpu,
            "clean": is_clean,
            "length": fork.length,
        }
        send_report(report, room[: fork.length])
        return is_clean


def read_work(work: mmap.mmap) -> None:
    """Read a submission from the grader; end this process, and so the sandbox, if the grader hangs up."""
    length = 0
    while length < len(work):
        count = os.readv(FROM_GRADER, [memoryview(work)[length:]])
        if count == 0:
            os._exit(0)
        length += count


def kill_all_others() -> None:
    """Kill all processes but this one, which is the first of its namespace, and wait until they are gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


class Fork:
    """The fork in which a submission runs, with the id `child`, and what it has written.

    Its answers are read from `reader` into `room`, of which they fill `length` bytes. `status` is the wait
    status of the fork, None as long as it has not been seen to end.
    """

    def __init__(self, child: int, reader: int, room: memoryview) -> None:
        self.child = child
        self.reader = reader
        self.room = room
        self.length = 0
        self.status: int | None = None

    def wait_until(self, deadline: float) -> None:
        """Read answers until the fork has ended, `room` is full or the time is over.

        It ends this process, and so the sandbox, if the grader hangs up.
        """
        watched = [FROM_GRADER, self.reader]
        while self.status is None and self.length < len(self.room):
            left = deadline - time.monotonic()
            if left <= 0:
                return
            ready, _, _ = select.select(watched, [], [], min(left, PAUSE))
            if FROM_GRADER in ready:
                os._exit(0)
            if self.reader in ready and self.read_once() == 0:
                watched = [FROM_GRADER]  # the fork has closed its end
            ended, status = os.waitpid(self.child, os.WNOHANG)
            if ended:
                self.status = status

    def read_once(self) -> int:
        """Read what is there, or wait until something is; return the number of bytes, 0 at the end."""
        count = os.readv(self.reader, [self.room[self.length :]])
        self.length += count
        return count

    def read_rest(self) -> None:
        """Read what is left, once no process can write any more."""
        while self.length < len(self.room) and self.read_once() > 0:
            pass

    def name_end(self, cpu: float, most_cpu: float) -> str:
        """Return what ended the submission: ``finished``, or the limit that it has reached.

        `cpu` are the seconds that it has used, `most_cpu` those that one process may use.
        """
        if self.length == len(self.room):
            return "output"
        if self.status is None:
            return "wall"
        if not os.WIFSIGNALED(self.status):
            return "finished"
        number = os.WTERMSIG(self.status)
        if number == signal.SIGXCPU:
            return "cpu"
        if number == signal.SIGKILL:
            return "cpu" if cpu > most_cpu else "memory"
        return "finished"


def run_submission(limits: dict[str, Any], work: dict[str, Any], answers: int, shell: Any) -> None:
    """Set resource limits, close the server's files, then run the work and write results to `answers`."""
    os.setsid()
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)  # so that it can wait for all processes of a call
    close_files_but(answers)
    set_resource_limits(limits)
    place = make_place()
    sys.path.insert(0, "")  # as in a notebook: a file that a cell has written can be imported
    with open(ANSWERS, "wb") as out:
        runner.run_work(work, out, shell, Scratch(SCRATCH, place, read_entries(SCRATCH)))


def close_files_but(answers: int) -> None:
    """Close all files of the server but `answers`, which gets the number `ANSWERS`."""
    os.dup2(answers, ANSWERS, inheritable=False)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(ANSWERS):
        os.dup2(nowhere, number)
    os.closerange(ANSWERS + 1, 1 << 12)


def set_resource_limits(limits: dict[str, Any]) -> None:
    """Set the limits of this process and its children, which they cannot raise again."""
    most = {
        "CORE": 0,
        "DATA": limits["memory"],
        "FSIZE": limits["file"],
        "NOFILE": limits["descriptors"],
        # Pages that are only read are no data, but their tables are memory.
        "AS": 16 * limits["memory"],
        "CPU": limits["cpu"] + 1,
    }
    if COUNTED:
        most["NPROC"] = limits["processes"]
    for name, value in most.items():
        number = getattr(resource, f"RLIMIT_{name}")
        allowed = resource.getrlimit(number)[1]
        hard = int(value)
        if allowed != resource.RLIM_INFINITY:
            hard = min(hard, allowed)
        soft = hard - 1 if name == "CPU" else hard
        resource.setrlimit(number, (soft, hard))


def make_place() -> Path:
    """Make the current folder of the work, with the tables beside and above it, as around a notebook."""
    place = TOP / "exercises" / "release" / "set"
    place.mkdir(parents=True)
    for folder in (place, *place.parents[:3]):
        (folder / "course_data").symlink_to(os.environ["SAMARKAND_DATA"])
    Path(os.environ["HOME"]).mkdir()
    os.chdir(place)
    return place


def warm_up(modules: list[str], code: str, tables: list[str]) -> Any:
    """Import modules and tables, and run typical code; return the shell, which forks inherit."""
    gc.disable()  # there is nothing to find in what is only imported
    Path(os.environ["HOME"]).mkdir()
    for name in modules:
        importlib.import_module(name)
    for table in tables:
        sys.modules["samarkand.data"].load(table)  # parsed once, kept by the module, handed down by fork
    shell = runner.make_shell()
    shell.run_cell(code, silent=True, store_history=False).raise_error()
    runner.replace_randomness()
    gc.freeze()
    gc.enable()
    empty_folder(SCRATCH)
    return shell


def main(modules: list[str], code: str, calls: str, conditions: dict[str, Any], tables: list[str]) -> None:
    """Forbid system calls, warm up, then run a submission at a time until the grader hangs up."""
    forbid_system_calls(calls, conditions)
    shell = warm_up(modules, code, tables)
    send_report({"length": 0}, memoryview(b""))
    requests = open(FROM_GRADER, "rb", buffering=0)  # noqa: SIM115 - it reads no byte of what comes after a line
    while True:
        line = requests.readline()
        if not line:
            return
        is_reusable = serve_submission(json.loads(line), shell)
        if not is_reusable:
            return


if __name__ == "__main__":
    COUNTED = "--counted" in sys.argv
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    drop_rights()
    gap = find_gap()
    if gap:
        sys.exit(f"The sandbox does not hold: {gap}.")
    main(**json.loads(sys.argv[-1]))
