"""Run the whole suite, or pytest alone with the given arguments; ``python3 start.py test`` runs this file.

Two lists of commands run beside each other, since many tests wait: the second is printed when the first has
ended. Whatever fails, the others run too.
"""

import io
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parents[1]
#: The exit status of pytest if no test was selected.
NOTHING_SELECTED = 5
SLOWEST = "--durations=8"


@dataclass
class Step:
    """A command of the suite: its name, the arguments of ``python``, and how it ended.

    Attributes
    ----------
    name : str
        How the table at the end calls it.
    command : sequence of str
        Arguments of ``python``.
    notebooks : bool
        Whether it runs notebooks, which must show what a new student sees on any machine.
    status : int
        Its exit status; 1 until it has ended.
    seconds : float
        How long it took.
    """

    name: str
    command: Sequence[str]
    notebooks: bool = False
    status: int = 1
    seconds: float = 0


def list_steps() -> tuple[list[Step], list[Step]]:
    """Return the two lists of steps."""
    side_by_side = ("--dist", "loadscope", "-n")
    tests = ("-m", "pytest", "tests", "--ignore=tests/browser", *side_by_side, "3", "--no-loadscope-reorder")
    notebooks = ("-m", "pytest", "--nbval", "notebooks", "exercises/source", "exercises/release")
    no_configuration = ("-p", "no:cacheprovider", *(() if os.name == "nt" else ("-c", os.devnull)))
    first = [
        Step("format", ("-m", "ruff", "format", "--check", ".")),
        Step("lint", ("-m", "ruff", "check", ".")),
        Step("spelling", ("-m", "codespell_lib")),
        Step("tests", (*tests, SLOWEST)),
    ]
    beside = [
        Step(
            "types",
            (
                "-m",
                "mypy",
            ),
        ),
        Step("browser", ("-m", "pytest", "tests/browser", SLOWEST)),
        Step(
            "notebooks",
            (
                *(*notebooks, *side_by_side, "2", SLOWEST, "--nbval-cell-timeout", "60"),
                *(*no_configuration, "--rootdir", str(ROOT)),
            ),
            notebooks=True,
        ),
    ]
    return first, beside


def run_step(step: Step, out: TextIO | None) -> None:
    """Run a step, its output into a file or (None) to where ours goes, and note how it ended."""
    print(f"\n=== {step.name}: python {' '.join(step.command)}", file=out, flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as work:
        # Whoever has signed in here, and whatever this processor can do: no stored result may depend on it.
        fresh = {"SAMARKAND_WORK": work, "NPY_DISABLE_CPU_FEATURES": find_newer_instructions()}
        environment = os.environ | fresh if step.notebooks else os.environ
        step.status = subprocess.run(
            [sys.executable, *step.command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    step.seconds = time.monotonic() - began


def find_newer_instructions() -> str:
    """Return numpy's optional CPU features on this machine."""
    import numpy as np

    config = np.show_config(mode="dicts")
    return " ".join(config["SIMD Extensions"].get("found", []))


def run_steps(first: Sequence[Step], beside: Sequence[Step]) -> None:
    """Run two lists of steps beside each other, and print what the second said after the first."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:

        def run_beside() -> None:
            for step in beside:
                run_step(step, said)

        other = threading.Thread(target=run_beside)
        other.start()
        for step in first:
            run_step(step, None)
        other.join()
        said.seek(0)
        print(said.read(), flush=True)


def run_pytest(arguments: Sequence[str]) -> int:
    """Run pytest with these arguments; return its exit status, 5 if no test was selected."""
    status = subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode
    if status == NOTHING_SELECTED:
        print("No test was selected, so nothing was judged.", file=sys.stderr)
    return status


def run_suite() -> int:
    """Run the whole suite and print how each step ended; return 1 if one failed."""
    sys.path.insert(0, str(ROOT))
    from tools.author import changes

    files = changes.digest_of_files()
    first, beside = list_steps()
    run_steps(first, beside)
    steps = [*first, *beside]
    print()
    for step in steps:
        print(f"{step.name:10} {'FAILED' if step.status else 'ok':7} {step.seconds:4.0f} s")
    if any(step.status for step in steps):
        return 1
    changes.note_that_suite_passed(files)
    return 0


def main(arguments: Sequence[str]) -> int:
    """Run the suite, or pytest with these arguments; return the exit status, 130 if it was stopped."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a letter the terminal cannot show is no reason to stop
    try:
        return run_pytest(arguments) if arguments else run_suite()
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
