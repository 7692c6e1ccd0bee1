"""Run a student's cells and functions in this process, and send each result at once.

It runs inside the sandbox; as a script, in a subprocess when people mark their own work. It imports nothing
of the grader: no mark and no expected value is in reach of what runs here.
"""

import contextlib
import copy
import functools
import gc
import io
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple, Protocol

from samarkand.answers import encode
from samarkand.common.explain import explain_error, find_public_class

Json = dict[str, Any]
#: The seed of all random generators.
SEED = 2022
#: The longest sentence on an error, in characters.
MOST_ERROR = 300
#: What is said of a cell or a call that was stopped.
TOO_LONG = "this ran too long and was stopped"
#: The number under which Python's loops are watched, and the steps from one look at the clock to the next.
WATCH, LOOKS = 4, 64
#: Seconds between two looks at a child.
PAUSE = 0.002


class Scratch(Protocol):
    """The files and processes of a submission, which each call finds as the cells left them."""

    def remember_files(self) -> None:
        """Keep the files as they are now."""

    def restore_state(self, seconds: float) -> bool:
        """End other processes and put the files back; return whether that was possible in time."""


class OutOfTime(BaseException):
    """A cell or a call that ran too long; ``except Exception`` does not swallow it."""


class Timer(NamedTuple):
    """A timer of the system's: the number of its signal, its clock, and the seconds until it rings."""

    signal_number: int
    clock: int
    seconds: float


@dataclass(frozen=True)
class HeldValue:
    """A value that was read from the student's names; `...` if there was none.

    `names` are all names as they stood when a function was read; empty for any other value.
    """

    value: Any
    names: dict[str, Any] = field(default_factory=dict)


def run_limited(limits: Json, what: str, block: Callable[[], Any], shell: Any = None, code: str = "") -> Json:
    """Run a block within the time limits of a cell or call.

    Parameters
    ----------
    limits : dict
        The limits of the submission.
    what : str
        ``"cell"`` or ``"call"``: which of the limits apply.
    block : callable
        What to run.
    shell : InteractiveShell, optional
        With it, an error is explained as in a student's notebook.
    code : str
        The code of the cell, for that explanation.

    Returns
    -------
    dict
        The ``value``, or an ``error`` sentence.
    """
    start = start_timers if hasattr(signal, "setitimer") else start_watch
    stop = start(limits, what)
    try:
        return {"value": block()}
    except BaseException as error:  # an error's text is a student's code, too, so the time still runs
        return {"error": describe_error(error, shell, code)}
    finally:
        stop()


def start_timers(limits: Json, what: str) -> Callable[[], None]:
    """Start the system's timers for a cell or call; return what stops them."""
    timers = list_timers(limits, what)
    for timer in timers:
        signal.signal(timer.signal_number, raise_out_of_time)
        signal.setitimer(timer.clock, timer.seconds)

    def stop() -> None:
        for timer in timers:
            signal.setitimer(timer.clock, 0)

    return stop


def start_watch(limits: Json, what: str) -> Callable[[], None]:
    """Look at the clock in loops and calls of Python's, where the system has no timers; return what ends it.

    Windows and Python in a browser have none. Code in C that does not come back is not ended. Python 3.11
    cannot watch its loops, and has no limit for a single cell.
    """
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is None:
        return lambda: None
    end = time.monotonic() + limits[f"{what}_wall"]
    steps = 0

    def check_clock(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps % LOOKS == 0 and time.monotonic() > end:
            monitoring.set_events(WATCH, 0)  # once, as a timer rings
            raise OutOfTime(TOO_LONG)

    monitoring.use_tool_id(WATCH, "limits of a cell")
    watched = (monitoring.events.JUMP, monitoring.events.PY_START)
    for event in watched:
        monitoring.register_callback(WATCH, event, check_clock)
    monitoring.set_events(WATCH, sum(watched))

    def stop() -> None:
        monitoring.set_events(WATCH, 0)
        for event in watched:
            monitoring.register_callback(WATCH, event, None)
        monitoring.free_tool_id(WATCH)

    return stop


def list_timers(limits: Json, what: str) -> list[Timer]:
    """Return the timers of a cell or call: one of its computing time, and one of the time on the wall."""
    return [
        Timer(signal.SIGPROF, signal.ITIMER_PROF, limits[f"{what}_cpu"]),
        Timer(signal.SIGALRM, signal.ITIMER_REAL, limits[f"{what}_wall"]),
    ]


def raise_out_of_time(number: int, frame: object) -> None:
    """Interrupt a cell or a call, as the handler of a timer's signal."""
    raise OutOfTime(TOO_LONG)


def describe_error(error: BaseException, shell: Any, code: str) -> str:
    """Return an error's type and sentence, explained if there is a shell; the type alone if that fails."""
    kind = find_public_class(type(error)).__name__
    try:
        explanation = explain_error(error, shell.user_ns, code) if shell is not None else ""
        return f"{kind}: {explanation or error}"[:MOST_ERROR]
    except BaseException:  # its text is a student's code, too
        return kind[:MOST_ERROR]


class Printed(io.StringIO):
    """A text stream for a cell's output; it discards everything beyond `most` characters."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def write(self, text: str) -> int:
        """Append the part of the text that fits; return the full length, as a stream does."""
        super().write(str(text)[: max(0, self.most - self.tell())])
        return len(text)


def make_shell() -> Any:
    """Return an IPython shell without display and history; it stores a cell's last value as ``_``."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})
    shell: Any = InteractiveShell.instance(config=config)

    def show_nothing(*arguments: object, **options: object) -> None:
        """Show no traceback, which costs more than most cells: only an error's sentence is reported."""

    def store_value(value: object = None) -> None:
        if value is not None:
            shell.displayhook.update_user_ns(value)

    shell.showtraceback = show_nothing
    shell.showsyntaxerror = show_nothing
    shell.showindentationerror = show_nothing
    shell.system = shell.system_raw  # the other needs a terminal
    shell.display_trap.hook = store_value
    if hasattr(shell, "_tee"):  # it keeps all that is printed, without end
        shell._tee = lambda channel: contextlib.nullcontext()
    return shell


_generator = random.Random()


def reset_randomness() -> None:
    """Reset all random generators to the same seed, so that a mark does not depend on chance."""
    _generator.seed(SEED)
    random.seed(SEED)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(SEED)


def replace_randomness() -> None:
    """Replace the kernel's randomness in this process by a seeded generator."""
    seed_with_number = random.Random.seed

    def draw_bytes(size: int, flags: int = 0) -> bytes:
        return _generator.randbytes(size)

    def seed_generator(self: random.Random, a: Any = None, version: int = 2) -> None:
        if a is None:
            a = int.from_bytes(draw_bytes(32), "big")
        seed_with_number(self, a, version)

    # NumPy and secrets ask these.
    os.urandom = draw_bytes
    os.getrandom = draw_bytes
    random._urandom = draw_bytes  # type: ignore[attr-defined]
    random.Random.seed = seed_generator  # type: ignore[method-assign]
    random.seed = functools.partial(seed_generator, random._inst)


def send_message(out: BinaryIO, message: Json) -> None:
    """Write a message as a JSON line, preceded by a newline in case a killed process left half a line."""
    out.write(b"\n%s\n" % json.dumps(message).encode())
    out.flush()


def run_work(work: Json, out: BinaryIO, shell: Any, scratch: Scratch | None) -> None:
    """Run cells in the shell, read names, then make the requested calls; send each result to `out`.

    Without `scratch`, which is for one's own work, all calls are made in this process, one after another.
    With it, each call is made in a process of its own, which finds no file, no process, no socket and no
    value in memory that another call has left: all is as the cells left it. What a cell has opened and the
    function uses (an open file, a pipe, a thread, memory shared with a file) all calls share. Work that
    changes this module could write the answers of its calls as well.
    """
    limits = work["limits"]
    os.environ["SAMARKAND_GIVEN"] = json.dumps(work["given"])
    reset_randomness()
    held = run_cells(work["cells"], limits, shell, out)
    inputs = []
    for form in work["inputs"]:
        inputs.append(run_limited(limits, "call", functools.partial(encode.decode_value, form)))

    def make_call(call: Json) -> Json:
        # A call may change what it is given, and a later cell what stood around the function.
        arguments = [copy.deepcopy(inputs[number].get("value")) for number in call["arguments"]]
        function = held[call["of"]]
        with contextlib.suppress(Exception):
            shell.user_ns.clear()
            shell.user_ns.update(function.names)
        reset_randomness()
        block = lambda: encode_value(function.value(*arguments), limits)  # noqa: E731
        result = run_limited(limits, "call", block, shell)
        return {**result, "called": call["id"]}

    calls = []
    for call in work["calls"]:
        if call["of"] in held and callable(held[call["of"]].value):
            calls.append(call)
    if scratch is None:
        for call in calls:
            send_message(out, make_call(call))
    elif calls:
        make_calls_apart(make_call, calls, limits["call_wall"] + 1, scratch, out)


def run_cells(cells: Sequence[Json], limits: Json, shell: Any, out: BinaryIO) -> dict[str, HeldValue]:
    """Run cells and read names in their order; return what was read, by id.

    A name without a value is looked at again below all cells.
    """
    held: dict[str, HeldValue] = {}
    for cell in cells:
        if cell["hold"]:
            hold_value(cell, held, limits, shell, out)
        else:
            send_message(out, {"ran": cell["id"], **run_cell(shell, cell["code"], limits)})
    for cell in cells:
        if cell["hold"]:
            hold_value(cell, held, limits, shell, out)
    return held


def hold_value(cell: Json, held: dict[str, HeldValue], limits: Json, shell: Any, out: BinaryIO) -> None:
    """Read the name of a cell into `held` and send its value, unless that was done and there was one."""
    key = cell["id"]
    if key in held and held[key].value is not ...:
        return
    value = shell.user_ns.get(cell["hold"], ...)
    names = dict(shell.user_ns) if callable(value) else {}
    held[key] = HeldValue(value, names)
    result = run_limited(limits, "cell", lambda: encode_value(value, limits))
    send_message(out, {"held": key, **result})


def make_calls_apart(
    make_call: Callable[[Json], Json], calls: list[Json], seconds: float, scratch: Scratch, out: BinaryIO
) -> None:
    """Make each call in a fork of its own, with files and processes as the cells left them.

    A fork is killed after `seconds`: an alarm inside does not interrupt C code. A call for which files and
    processes cannot be made as before is not made.
    """
    gc.freeze()  # looking for garbage in a fork would copy every page
    scratch.remember_files()
    for call in calls:
        if scratch.restore_state(seconds):
            child = os.fork()
            if child == 0:
                try:
                    send_message(out, make_call(call))
                finally:
                    os._exit(0)
            wait_for_child(child, seconds)
        # Of two answers to a call, the first counts.
        send_message(out, {"called": call["id"], "error": "the call gave nothing back"})


def wait_for_child(child: int, seconds: float) -> None:
    """Wait until a child has ended; kill it after `seconds`."""
    end = time.monotonic() + seconds
    with contextlib.suppress(ChildProcessError):  # a cell may have had the system wait for all
        while os.waitpid(child, os.WNOHANG)[0] == 0:
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
            time.sleep(PAUSE)


def run_cell(shell: Any, code: str, limits: Json) -> Json:
    """Run one cell as a notebook does; return its printed ``text`` and its ``error``, ``""`` if none."""
    printed = Printed(limits["text"])

    def run_and_raise() -> None:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            result = shell.run_cell(code, store_history=False)
        if result.error_before_exec is not None:
            raise result.error_before_exec
        if result.error_in_exec is not None:
            raise result.error_in_exec

    error = run_limited(limits, "cell", run_and_raise, shell, code).get("error", "")
    return {"text": printed.getvalue(), "error": error}


def encode_value(value: object, limits: Json) -> Any:
    """Encode a value as JSON; one longer than the limit becomes a stub with its type."""
    form = encode.encode_value(value)
    if len(json.dumps(form)) > limits["value"]:
        return {"t": "big", "type": type(value).__name__}
    return form


def main() -> None:
    """Run the work on the input and write the results to the output, which is hidden from the work."""
    import pandas  # noqa: F401 - before a student's files can stand in for modules that it needs

    work = json.load(sys.stdin)
    shell = make_shell()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.path.insert(0, "")  # as in a notebook
    run_work(work, out, shell, None)


if __name__ == "__main__":
    main()
