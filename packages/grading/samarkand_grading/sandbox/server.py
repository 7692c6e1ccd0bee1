"""What runs inside the sandbox: a warm process that gives each submission a fork of its own.

Started by :mod:`samarkand_grading.sandbox.box` as a script, never imported there. It imports nothing of the
grader but :mod:`confinement`, which lies beside it. No submission passes through the memory of this process:
it reads the limits from a socket, and the rest is read by a fork.

Of two processes only the second runs what a student wrote:

server
    waits for a descriptor, forks the runner as process 1 of namespaces of its own, ends it when it has used
    up its time, CPU or memory, and reports what it has cost. The runner cannot name, signal or trace the
    server.
runner
    takes a private writable ``/tmp``, hides ``/proc``, gives up every privilege, and only then reads the
    student's cells from the socket and runs them.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import gc
import importlib
import io
import json
import os
import random
import re
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import confinement  # type: ignore[import-not-found]

from samarkand.practice.answers import encode

#: Why a runner ended.
FINISHED, WALL, CPU, MEMORY, HUNG_UP, BROKEN = range(6)

#: The descriptor on which the runner hears from the grader.
CHANNEL = 3

# --- messages: a length of four bytes, then JSON ------------------------------------------------------------


def send(channel: socket.socket, message: dict[str, Any]) -> None:
    """Write one message."""
    body = json.dumps(message, allow_nan=False).encode()
    channel.sendall(struct.pack("!I", len(body)) + body)


def receive(channel: socket.socket) -> dict[str, Any]:
    """Read one message; an end of file raises ``EOFError``."""
    (size,) = struct.unpack("!I", _exactly(channel, 4))
    message: dict[str, Any] = json.loads(_exactly(channel, size))
    return message


def _exactly(channel: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = channel.recv(min(1 << 16, size - len(parts)))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


# --- keeping watch ------------------------------------------------------------------------------------------


#: Seconds between two looks at what a submission uses.
PAUSE = 0.05


def keep(channel: socket.socket, options: dict[str, Any], control: socket.socket) -> dict[str, Any]:
    """Fork a runner, watch its use of time, CPU and memory, and end it when a limit is reached.

    Returns ``ended``: `FINISHED`, `WALL`, `CPU`, `MEMORY` or `HUNG_UP`; and ``cpu``: seconds of the runner,
    of all that came from it, and of the watch over them.
    """
    began = time.process_time()
    limits = receive(channel)["limits"]
    confined = not options["trusted"]
    runner = confinement.fork() if confined else os.fork()
    if runner == 0:
        try:
            control.close()
            run(channel, limits, options)
        finally:
            os._exit(0)
    below = functools.partial(_below, runner) if confined else functools.partial(_stats, [runner])
    deadline = time.monotonic() + limits["wall"]
    hung_up = select.poll()
    hung_up.register(channel, select.POLLRDHUP)
    cpu, ended, use = 0.0, FINISHED, None
    missed = Missed()
    try:
        while ended == FINISHED and (use := _use(runner, PAUSE)) is None:
            processes = below()
            now, memory = spent(processes)
            cpu = max(cpu, now)  # while a namespace ends, some of those in it are gone already
            if time.monotonic() > deadline:
                ended = WALL
            elif cpu > limits["cpu"]:
                ended = CPU
            elif memory > limits["memory"] or missed.by(processes) > limits["names"]:
                ended = MEMORY
            elif hung_up.poll(0):
                ended = HUNG_UP
    finally:
        if use is None:
            cpu = max(cpu, spent(below())[0])  # those that are ended with their namespace are in nobody's sum
            if confined:
                os.kill(runner, signal.SIGKILL)  # process 1: its end is that of all in its namespace
            else:
                os.killpg(runner, signal.SIGKILL)
            use = os.wait4(runner, 0)[2]
    cpu = max(cpu, use.ru_utime + use.ru_stime)
    return {"ended": ended, "cpu": cpu + time.process_time() - began}


def _use(child: int, seconds: float) -> Any:
    """Wait so long for a child to end; return what it has used, or None if it runs on."""
    signal.sigtimedwait([signal.SIGCHLD], seconds)
    number, _, use = os.wait4(child, os.WNOHANG)
    return use if number else None


def _read(path: str) -> bytes:
    """Read the beginning of one of the kernel's own small files."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 4096)
    finally:
        os.close(descriptor)


def _stats(numbers: Iterable[int]) -> dict[int, list[bytes]]:
    """Read what the kernel keeps of processes, from the third field on; those that are gone are left out."""
    found = {}
    for number in numbers:
        with contextlib.suppress(OSError):
            found[number] = _read(f"/proc/{number}/stat").rpartition(b")")[2].split()
    return found


def _below(runner: int) -> dict[int, list[bytes]]:
    """Find the runner and all that come from it; an orphan becomes a child of the runner, its process 1."""
    # Parents before their children, as a rule: nobody gets out of sight by losing a parent meanwhile.
    stats = _stats(sorted(int(name) for name in os.listdir("/proc") if name.isdigit()))  # noqa: PTH208 - fast
    found, new = {runner}, {runner}
    while new:
        new = {number for number, stat in stats.items() if int(stat[1]) in new}
        found |= new
    return {number: stats[number] for number in found if number in stats}


TICK = os.sysconf("SC_CLK_TCK")

#: Memory of a process that is not a file's, and what the kernel needs to keep count of it.
OWN_MEMORY = re.compile(rb"^(?:RssAnon|RssShmem|VmPTE|VmSwap|HugetlbPages):\s+(\d+)", re.MULTILINE)


def spent(processes: dict[int, list[bytes]]) -> tuple[float, int]:
    """Return seconds of CPU so far, and bytes of memory now, of processes and of their dead children.

    Whoever has died is here until its parent has waited for it, and then in its parent's sum: no process in
    the sandbox can have its children forgotten (``ALLOWED_USES``).
    """
    ticks = memory = 0
    for number, stat in processes.items():
        ticks += sum(map(int, stat[11:15]))
        with contextlib.suppress(OSError):
            status = _read(f"/proc/{number}/status")
            memory += sum(int(kilobytes) << 10 for kilobytes in OWN_MEMORY.findall(status))
    return ticks / TICK, memory


class Missed:
    """Counts the names that a submission has looked up in vain, as far as the kernel remembers them for it.

    The kernel counts them for all programs together. Each costs whoever asks some time in the kernel, one or
    a few microseconds: so no more than one a microsecond is put down to a submission, and nothing to
    neighbours that were busy with something else meanwhile.
    """

    def __init__(self) -> None:
        self._before, self._spent, self._count = self._known(), 0.0, 0.0

    @staticmethod
    def _known() -> int:
        try:
            return int(_read("/proc/sys/fs/dentry-state").split()[4])
        except (OSError, IndexError, ValueError):
            return 0  # hidden in this container; older kernels write 0

    def by(self, processes: dict[int, list[bytes]]) -> float:
        """Return the number so far; to be asked every few milliseconds."""
        known = self._known()
        spent = sum(int(stat[12]) + int(stat[14]) for stat in processes.values()) / TICK
        self._count += max(0.0, min(known - self._before, (spent - self._spent) * 1e6))
        self._before, self._spent = known, spent
        return self._count


# --- the runner ---------------------------------------------------------------------------------------------


class OutOfTime(BaseException):
    """A cell or a call that ran too long; ``except Exception`` does not swallow it."""


@contextlib.contextmanager
def _clock(cpu: float, wall: float) -> Iterator[None]:
    """Interrupt the block after so many seconds of CPU or on the wall."""

    def ring(number: int, frame: object) -> None:
        raise OutOfTime

    signal.signal(signal.SIGPROF, ring)
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_PROF, cpu)
    signal.setitimer(signal.ITIMER_REAL, wall)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


class Transcript(io.TextIOBase):
    """What cells print, up to a length for each and for all; the rest is forgotten."""

    def __init__(self, length: int) -> None:
        self.parts: list[str] = []
        self.left, self.for_all = 0, length

    def begin(self, length: int) -> None:
        """Begin a cell."""
        self.parts.clear()
        self.left = length

    def writable(self) -> bool:
        """Say that this can be written to."""
        return True

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        room = min(self.left, self.for_all)
        if room > 0:
            self.parts.append(str(text)[:room])
            self.left -= len(self.parts[-1])
            self.for_all -= len(self.parts[-1])
        return len(text)


def run(channel: socket.socket, limits: dict[str, int], options: dict[str, Any]) -> None:
    """Confine this process, then run a student's cells and answer questions about what they left."""
    if not options["trusted"]:
        try:
            confinement.confine(limits, options["readable"], options["kept"])
        except OSError as error:
            sys.stderr.write(f"runner: {error}\n")
            sys.stderr.flush()
            return
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    channel = _only_descriptor(channel)
    place = Path(options.get("scratch") or f"{confinement.SCRATCH}/work")
    os.chdir(workplace(place))
    if not options["trusted"]:
        sys.path.insert(0, "")  # as in a notebook: a file that a cell has written can be imported
    send(channel, {"ready": True})
    work = receive(channel)
    _same_chance()
    os.environ["SAMARKAND_GIVEN"] = json.dumps(work["given"])
    shell = _shell()
    held: dict[str, Any] = {}
    around: dict[str, dict[str, Any]] = {}
    cells: dict[str, Any] = {}
    transcript = Transcript(limits["output"] // 32)
    for cell in (*work["cells"], *(cell for cell in work["cells"] if "hold" in cell)):
        key = cell["id"]
        if "hold" not in cell:
            cells[key] = run_cell(shell, cell["code"], limits, transcript)
        elif held.get(key, ...) is ...:  # what is still open is looked at again below all cells
            held[key] = shell.user_ns.get(cell["hold"], ...)
            if callable(held[key]):
                around[key] = dict(shell.user_ns)
            with _quiet(_clock(limits["cell_cpu"], limits["cell_wall"])):
                cells[key] = {"value": written(held[key], limits)}
    send(channel, {"cells": cells})
    asked = receive(channel)
    inputs: list[Any] = []
    for form in asked["inputs"]:
        inputs.append(None)
        with _quiet(_clock(limits["call_cpu"], limits["call_wall"])):
            inputs[-1] = encode.decode(form)
    gc.freeze()  # looking for garbage in a fork would copy every page
    made = functools.partial(make, held, around, inputs, limits)
    for answer in answers(made, asked["calls"], limits, asked["alone"]):
        send(channel, answer)


Made = Callable[[dict[str, Any]], dict[str, Any]]


def workplace(top: Path) -> Path:
    """Make the folder that cells run in: tables lie beside and above it, as around a student's notebook."""
    here = top / "exercises" / "release" / "set"
    if not here.is_dir():
        here.mkdir(parents=True)
        for place in (top, top / "exercises", here.parent, here):
            (place / "course_data").symlink_to(os.environ["SAMARKAND_DATA"])
    return here


def _only_descriptor(channel: socket.socket) -> socket.socket:
    """Move the channel to a descriptor of its own and close all others."""
    number = channel.detach()
    if number != CHANNEL:
        os.dup2(number, CHANNEL)
    os.closerange(CHANNEL + 1, 1 << 16)
    return socket.socket(fileno=CHANNEL)


#: What all chance comes from that has no seed.
_chance = random.Random()


def _draw(size: int, flags: int = 0) -> bytes:
    return _chance.randbytes(size)


def one_chance() -> None:
    """Let Python draw what it would ask the kernel for from numbers that are always alike.

    What asks the kernel itself finds zeros there (:mod:`box`, :data:`confinement.ALLOWED_CALLS`).
    """
    os.urandom = random._urandom = _draw  # type: ignore[attr-defined] # secrets, uuid and numpy ask these
    os.getrandom = _draw
    seed = random.Random.seed

    def seeded(self: random.Random, a: Any = None, version: int = 2) -> None:
        seed(self, int.from_bytes(_draw(32), "big") if a is None else a, version)

    random.Random.seed = seeded  # type: ignore[method-assign]
    random.seed = functools.partial(seeded, random._inst)


def _same_chance() -> None:
    """Start all chance anew, always alike: a mark must not be luck."""
    _chance.seed(2022)
    random.seed(2022)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(2022)


@contextlib.contextmanager
def _quiet(inner: contextlib.AbstractContextManager[None]) -> Iterator[None]:
    """Run a block whose failure is only the loss of what it would have given."""
    try:
        with inner:
            yield
    except BaseException:
        return


def written(value: object, limits: dict[str, int]) -> Any:
    """Write a value as JSON, unless it is so long that it would leave no room for others."""
    form = encode.encode(value)
    return form if len(json.dumps(form)) <= limits["value"] else {"t": "big", "type": type(value).__name__}


def run_cell(shell: Any, code: str, limits: dict[str, int], transcript: Transcript) -> dict[str, Any]:
    """Run one cell as a notebook does, errors and all.

    Returns ``text``, what it printed; and ``error``, the last line of a traceback, only if there is one.
    """
    transcript.begin(limits["text"])
    sys.stdout = sys.stderr = transcript
    error: BaseException | None = None
    try:
        with _clock(limits["cell_cpu"], limits["cell_wall"]):
            result = shell.run_cell(code, store_history=False)
            error = result.error_before_exec or result.error_in_exec
    except BaseException as caught:
        error = caught
    finally:
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    report: dict[str, Any] = {"text": "".join(transcript.parts)}
    if error is not None:
        report["error"] = _sentence(error)
    return report


def _sentence(error: BaseException) -> str:
    kind = type(error).__name__
    if kind == "OutOfTime":
        return "OutOfTime: this ran too long and was stopped"
    try:
        return f"{kind}: {error}"[:300]
    except BaseException:
        return kind[:300]


def make(
    held: dict[str, Any],
    around: dict[str, dict[str, Any]],
    inputs: list[Any],
    limits: dict[str, int],
    call: dict[str, Any],
) -> dict[str, Any]:
    """Make one call of a student's function; return its ``id``, and ``value`` or ``error``."""
    # A call may change what it is given; the next has its own.
    arguments = [copy.deepcopy(inputs[n]) for n in call["arguments"]]
    _as_it_was(around.get(call["of"]))
    return {**_called(held.get(call["of"]), arguments, limits), "id": call["id"]}


#: Seconds for all calls in one process; what takes longer is not worth the attempt.
ATTEMPT = 1.0


def answers(
    made: Made, calls: list[dict[str, Any]], limits: dict[str, int], alone: bool
) -> Iterator[dict[str, Any]]:
    """Make each call as if it were the first and only one.

    A process for each call costs more than all else that a submission does: most of the memory that pandas
    needs has to be copied anew. So all are made in one, and then in this one the other way round. What a call
    leaves behind meets other calls there: if every answer is the same, nothing is left behind that matters.
    If not, the grader runs the work anew and asks for each call alone; here that is done if one has ended its
    process, or taken long.

    Yields ``all``, the answers to all calls, twice, for the grader to compare. If that cannot be had, it
    yields an empty one, and then an answer a call, in that order.
    """
    there: list[Any] = []
    if calls and not alone:
        lines = in_a_fork(made, calls[::-1], limits, ATTEMPT)[::-1]
        with contextlib.suppress(ValueError):
            there = list(map(json.loads, lines)) if len(lines) == len(calls) else []
    yield {"all": there}
    if there:
        del there, lines  # what is to be the same is nowhere to be seen
        yield {"all": list(map(made, calls))}
        return
    for call in calls:
        # The alarm of a call does not reach into C.
        answer = in_a_fork(made, [call], limits, limits["call_wall"] + 1)
        try:
            yield {**json.loads(answer[0]), "id": call["id"]}
        except (IndexError, ValueError, TypeError):
            yield {"id": call["id"], "error": "the call gave nothing back"}


def in_a_fork(
    made: Made, calls: list[dict[str, Any]], limits: dict[str, int], patience: float
) -> list[bytes]:
    """Make calls in a fork of this process, which no other fork can know of; return what they gave."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            os.close(CHANNEL)
            with os.fdopen(writer, "wb", buffering=0) as pipe:
                for call in calls:
                    pipe.write(json.dumps(made(call)).encode() + b"\n")
        finally:
            os._exit(0)
    os.close(writer)
    body = b""
    deadline = time.monotonic() + patience
    # A process that a call has left behind may hold the pipe open: the last line is the end.
    while body.count(b"\n") < len(calls) and (left := deadline - time.monotonic()) > 0:
        if not select.select([reader], [], [], left)[0]:
            break
        part = os.read(reader, 1 << 16)
        if not part or len(body) > limits["output"]:
            break
        body += part
    os.close(reader)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return body.split(b"\n")[:-1]


def _as_it_was(names: dict[str, Any] | None) -> None:
    """Give a function the names that stood around it where it was read: later cells may use them anew."""
    if names is not None:
        with contextlib.suppress(Exception):
            here = _shell().user_ns
            here.clear()
            here.update(names)


def _called(function: Any, arguments: list[Any], limits: dict[str, int]) -> dict[str, Any]:
    try:
        _same_chance()
        with _clock(limits["call_cpu"], limits["call_wall"]):
            return {"value": written(function(*arguments), limits)}
    except BaseException as error:
        return {"error": _sentence(error)}


# --- the server ---------------------------------------------------------------------------------------------

_shell: Callable[[], Any]


#: What cells do most: its first run pays for lazy imports, and here it is paid once.
WARM_CELL = """
import pandas as _p
def _w(_t, _x, _d):
    _o = _t[(_t["a"] == _x) & (_t["d"] <= _d) & (_t["e"].isna() | (_t["e"] > _d))]
    return _o["a"].iloc[0] if len(_o) else "none"
_f = _p.DataFrame({"a": ["x", "y", "z"], "b": [1, 2, 3]})
_f["d"], _f["e"] = _p.to_datetime(["2022-09-14", "2022-09-15", "2022-09-16"]), _p.NaT
_w(_f, "y", _p.Timestamp("2022-09-15")), _w(_f, "?", _p.Timestamp("2022-09-15")), _f.iloc[:0]
_f.query("b > 1").merge(_f, on="a").groupby("a")["b_x"].sum().sort_values().to_string()
_f["d"].dt.year, _f["a"].str.upper(), _f.pivot_table(index="a", values="b", aggfunc="sum")
_s = _f[_f["a"].isin(["x", "z"])].set_index("a")["b"]
100 * _s[["x", "z"]].sum() / _s["x"], (_s * _s).round(1), _s.to_dict(), _s.index[0], _s.idxmax()
_f["a"].value_counts().get("x", 0), (_p.Timestamp("2022-09-15") - _f["d"].max()).days, sorted(set(_f["a"]))
_f.loc[_f["b"] > 1, ["a", "b"]].sort_values("b", ascending=False).head(2).reset_index(drop=True)
del _p, _w, _f, _s
"""


def warm(modules: list[str], tables: list[str] | None = None) -> None:
    """Import once what every submission imports, read its tables (all, or these), and make the shell."""
    global _shell  # noqa: PLW0603 - one shell, made before the first fork and handed down by it
    for name in modules:
        importlib.import_module(name)
    if "samarkand.data" in modules:
        data = sys.modules["samarkand.data"]
        for name in data.tables()["name"] if tables is None else tables:
            data.load(name)  # parsed once, kept by the module, handed down by fork
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell: Any = InteractiveShell.instance(config=config)
    # Only the sentence of an error is reported; a traceback costs more than most cells.
    shell.showtraceback = shell.showsyntaxerror = shell.showindentationerror = lambda *a, **k: None
    shell.system = shell.system_raw  # the other way needs a terminal, and there is none
    shell.display_trap.hook = functools.partial(_keep, shell.displayhook)
    if hasattr(shell, "_tee"):  # it keeps all that is printed, without end
        shell._tee = lambda channel: contextlib.nullcontext()
    shell.transform_cell = _as_it_is(shell, shell.transform_cell)
    shell.run_cell(WARM_CELL, silent=True, store_history=False).raise_error()
    _shell = lambda: shell  # noqa: E731


def _keep(hook: Any, value: object = None) -> None:
    """Keep a cell's last value as ``_``, as in a notebook, and show it to nobody."""
    if value is not None:
        hook.update_user_ns(value)


def _as_it_is(shell: Any, transform: Callable[[str], str]) -> Callable[[str], str]:
    """Leave a cell alone that is Python: looking for magics in it costs more than running most of them.

    What is parsed for that is not parsed again to be run.
    """
    parse = shell.compile.ast_parse
    parsed: dict[str, Any] = {}

    def transformed(code: str) -> str:
        parsed.clear()
        whole = code if code.endswith("\n") else code + "\n"
        if not shell.input_transformers_post:
            with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                parsed[whole] = parse(whole, "cell")
                return whole
        return transform(code)

    shell.compile.ast_parse = lambda source, *a, **k: parsed.pop(source, None) or parse(source, *a, **k)
    return transformed


def serve(options: dict[str, Any]) -> None:
    """Run one submission for each descriptor that comes, until the grader hangs up.

    A descriptor may also be another control channel: a fork of this process, as warm, serves that one.
    """
    control = socket.socket(fileno=os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    gc.disable()  # there is nothing to find in what is only imported
    warm(options["warm"], options["tables"])
    one_chance()
    if not options["trusted"]:
        confinement.without_chance()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])  # it is waited for by name
    gc.freeze()
    gc.enable()
    control.sendall(b"R")
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if message == b"C":
            if os.fork():
                os.close(descriptors[0])
            else:
                control.close()
                control = socket.socket(fileno=descriptors[0])
                control.sendall(b"R")
            continue
        report = {"ended": BROKEN, "cpu": 0.0}
        try:
            with socket.socket(fileno=descriptors[0]) as channel:
                report = keep(channel, options, control)
        except EOFError:
            report["ended"] = HUNG_UP
        except Exception as error:
            sys.stderr.write(f"server: {type(error).__name__}: {error}\n")
            sys.stderr.flush()
        send(control, report)


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
    os._exit(0)
