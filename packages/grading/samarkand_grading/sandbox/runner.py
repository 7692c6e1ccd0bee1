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
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol

from samarkand.answers import encode
from samarkand.common.explain import explain, public

Json = dict[str, Any]


class Scratch(Protocol):
    """The files and processes of a submission, which each call finds as the cells left them."""

    def remember(self) -> None:
        """Keep the files as they are now."""

    def begin_again(self, seconds: float) -> bool:
        """End other processes and put the files back; return whether that was possible in time."""


class OutOfTime(BaseException):
    """A cell or a call that ran too long; ``except Exception`` does not swallow it."""


def run_limited(limits: Json, what: str, block: Callable[[], Any], here: Any = None, cell: str = "") -> Json:
    """Run a block within the time limits of a cell or call; return its ``value``, or an ``error`` sentence.

    With the shell `here`, the error is explained as in a student's notebook.
    """

    def ring(number: int, frame: object) -> None:
        raise OutOfTime("this ran too long and was stopped")

    timers = []
    if hasattr(signal, "setitimer"):  # Windows and Python in a browser have no such clock
        cpu, wall = limits[f"{what}_cpu"], limits[f"{what}_wall"]
        timers = [(signal.SIGPROF, signal.ITIMER_PROF, cpu), (signal.SIGALRM, signal.ITIMER_REAL, wall)]
    try:
        for number, timer, seconds in timers:
            signal.signal(number, ring)
            signal.setitimer(timer, seconds)
        return {"value": block()}
    except BaseException as error:
        kind = public(type(error)).__name__
        try:
            words = explain(error, here.user_ns, cell) if here else ""
            return {"error": f"{kind}: {words or error}"[:300]}
        except BaseException:  # its text is a student's code too
            return {"error": kind[:300]}
    finally:
        for _, timer, _ in timers:
            signal.setitimer(timer, 0)


class Printed(io.StringIO):
    """A text stream for a cell's output; it discards everything beyond `most` characters."""

    most = 0

    def write(self, text: str) -> int:
        """Append the part of the text that fits; return the full length, as a stream does."""
        super().write(str(text)[: max(0, self.most - self.tell())])
        return len(text)


def make_shell() -> Any:
    """Return an IPython shell without display and history; it stores a cell's last value as ``_``."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})
    made: Any = InteractiveShell.instance(config=config)
    # Only the sentence of an error is reported; a traceback costs more than most cells.
    made.showtraceback = made.showsyntaxerror = made.showindentationerror = lambda *a, **k: None
    made.system = made.system_raw  # the other needs a terminal

    def keep(value: object = None) -> None:
        if value is not None:
            made.displayhook.update_user_ns(value)

    made.display_trap.hook = keep
    if hasattr(made, "_tee"):  # it keeps all that is printed, without end
        made._tee = lambda channel: contextlib.nullcontext()
    return made


_chance = random.Random()


def reset_chance() -> None:
    """Reset all random generators to the same seed, so that a mark does not depend on chance."""
    _chance.seed(2022)
    random.seed(2022)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(2022)


def seed_chance() -> None:
    """Replace the kernel's randomness in this process by a seeded generator."""
    seed = random.Random.seed

    def draw(size: int, flags: int = 0) -> bytes:
        return _chance.randbytes(size)

    def seeded(self: random.Random, a: Any = None, version: int = 2) -> None:
        seed(self, int.from_bytes(draw(32), "big") if a is None else a, version)

    os.urandom = os.getrandom = random._urandom = draw  # type: ignore[attr-defined] # numpy, secrets ask these
    random.Random.seed = seeded  # type: ignore[method-assign]
    random.seed = functools.partial(seeded, random._inst)


def send(out: BinaryIO, message: Json) -> None:
    """Write a message as a JSON line, preceded by a newline in case a killed process left half a line."""
    out.write(b"\n%s\n" % json.dumps(message).encode())
    out.flush()


def run(work: Json, out: BinaryIO, here: Any, scratch: Scratch | None) -> None:
    """Run cells in the shell `here`, read names, then make the requested calls; send each result to `out`.

    Without `scratch`, which is for one's own work, all calls are made in this process, one after another.
    With it, each call is made in a process of its own, which finds no file, no process, no socket and no
    value in memory that another call has left: all is as the cells left it. What a cell has opened and the
    function uses (an open file, a pipe, a thread, memory shared with a file) all calls share. Work that
    changes this module could write the answers of its calls as well.
    """
    limits, held, around = work["limits"], dict[str, Any](), dict[str, Json]()
    os.environ["SAMARKAND_GIVEN"] = json.dumps(work["given"])
    reset_chance()
    for cell in (*work["cells"], *(cell for cell in work["cells"] if cell["hold"])):
        key = cell["id"]
        if not cell["hold"]:
            send(out, {"ran": key, **run_cell(here, cell["code"], limits)})
        elif held.get(key, ...) is ...:  # what is still open is looked at again below all cells
            held[key] = here.user_ns.get(cell["hold"], ...)
            if callable(held[key]):
                around[key] = dict(here.user_ns)
            send(out, {"held": key, **run_limited(limits, "cell", lambda: encode_value(held[key], limits))})  # noqa: B023
    inputs = [run_limited(limits, "call", functools.partial(encode.decode, form)) for form in work["inputs"]]

    def call_one(call: Json) -> Json:
        # A call may change what it is given, and a later cell what stood around the function.
        arguments = [copy.deepcopy(inputs[n].get("value")) for n in call["arguments"]]
        with contextlib.suppress(Exception):
            here.user_ns.clear()
            here.user_ns.update(around[call["of"]])
        reset_chance()
        got = run_limited(limits, "call", lambda: encode_value(held[call["of"]](*arguments), limits), here)
        return {**got, "called": call["id"]}

    calls = [call for call in work["calls"] if callable(held.get(call["of"]))]
    if scratch is None:
        for call in calls:
            send(out, call_one(call))
    elif calls:
        call_apart(call_one, calls, limits["call_wall"] + 1, scratch, out)


def call_apart(
    call_one: Callable[[Json], Json], calls: list[Json], seconds: float, scratch: Scratch, out: BinaryIO
) -> None:
    """Make each call in a fork of its own, with files and processes as the cells left them.

    A fork is killed after `seconds`: an alarm inside does not interrupt C code. A call for which files and
    processes cannot be made as before is not made.
    """
    gc.freeze()  # looking for garbage in a fork would copy every page
    scratch.remember()
    for call in calls:
        if scratch.begin_again(seconds):
            child = os.fork()
            if child == 0:
                try:
                    send(out, call_one(call))
                finally:
                    os._exit(0)
            wait_for(child, seconds)
        # Of two answers to a call, the first counts.
        send(out, {"called": call["id"], "error": "the call gave nothing back"})


def wait_for(child: int, seconds: float) -> None:
    """Wait until a child has ended; kill it after `seconds`."""
    end = time.monotonic() + seconds
    with contextlib.suppress(ChildProcessError):  # a cell may have had the system wait for all
        while os.waitpid(child, os.WNOHANG)[0] == 0:
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.002)


def run_cell(here: Any, code: str, limits: Json) -> Json:
    """Run one cell as a notebook does; return its printed ``text`` and its ``error``, ``""`` if none."""
    text = Printed()
    text.most = limits["text"]

    def whole() -> None:
        with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
            result = here.run_cell(code, store_history=False)
        if error := result.error_before_exec or result.error_in_exec:
            raise error

    error = run_limited(limits, "cell", whole, here, code).get("error", "")
    return {"text": text.getvalue(), "error": error}


def encode_value(value: object, limits: Json) -> Any:
    """Encode a value as JSON; one longer than the limit becomes a stub with its type."""
    form = encode.encode(value)
    return form if len(json.dumps(form)) <= limits["value"] else {"t": "big", "type": type(value).__name__}


def main() -> None:
    """Run the work on the input and write the results to the output, which is hidden from the work."""
    import pandas  # noqa: F401 - before a student's files can stand in for modules that it needs

    work, here, out = json.load(sys.stdin), make_shell(), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.path.insert(0, "")  # as in a notebook
    run(work, out, here, None)


if __name__ == "__main__":
    main()
