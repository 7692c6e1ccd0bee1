"""Run every step of the test suite, or pytest alone with the given arguments, and add up the results.

``python3 start.py test`` makes ``.venv`` with everything the tests need, and then runs this file.
"""

import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Step(NamedTuple):
    """A step of the suite: name, module, the module's arguments, and whether it runs beside the others."""

    name: str
    module: str
    options: Sequence[str]
    beside: bool = False


class Result(NamedTuple):
    """The result of a step: name, exit status, seconds and output."""

    name: str
    status: int
    seconds: float
    output: str


_SLOWEST = "--durations=8"
_SIDE_BY_SIDE = ("--dist", "loadscope", "-n")

STEPS = (
    Step("format", "ruff", ["format", "--check", "."]),
    Step("lint", "ruff", ["check", "."]),
    Step("types", "mypy", [], beside=True),
    Step("spelling", "codespell_lib", []),
    # Many of these tests wait. They keep the order of tests/conftest.py, in which what takes long begins.
    Step(
        "tests",
        "pytest",
        ["tests", "--ignore=tests/browser", *_SIDE_BY_SIDE, "3", "--no-loadscope-reorder", _SLOWEST],
    ),
    # One JupyterLab and one Chromium, which wait for one another a third of the time.
    Step("browser", "pytest", ["tests/browser", _SLOWEST], beside=True),
    # Strict nbval, without any configuration that could soften it: lessons, sets solved, sets as handed out.
    Step(
        "notebooks",
        "pytest",
        [
            *("--nbval", "notebooks", "exercises/source", "exercises/release", *_SIDE_BY_SIDE, "2", _SLOWEST),
            *("--nbval-cell-timeout", "60", "-p", "no:cacheprovider"),
            *([] if os.name == "nt" else ["-c", os.devnull, "--rootdir", str(ROOT)]),
        ],
        beside=True,
    ),
)

_CLOSING = re.compile(
    r"^=* ?(\d+ (?:passed|failed|error|skipped|deselected).* in [\d.]+s.*?)[ =]*$", re.MULTILINE
)


def run(step: Step) -> Result:
    """Run a step and print its output: line by line, or at the end if it runs beside others."""
    head = f"\n=== {step.name}: {step.module} {' '.join(step.options)}"
    if not step.beside:
        print(head, flush=True)
    began = time.monotonic()
    lines = []
    with tempfile.TemporaryDirectory() as work:
        # Notebooks must show what a new student sees, even if somebody has signed in here.
        fresh = {}
        if "--nbval" in step.options:
            fresh = {"SAMARKAND_WORK": work, "NPY_DISABLE_CPU_FEATURES": newer_instructions()}
        with subprocess.Popen(
            [sys.executable, "-m", step.module, *step.options],
            cwd=ROOT,
            env=os.environ | fresh,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                lines.append(line)
                if not step.beside:
                    print(line.rstrip(), flush=True)
            status = process.wait()
    output = "".join(lines)
    if step.beside:
        print(f"{head}\n{output}", end="", flush=True)
    return Result(step.name, status, time.monotonic() - began, output)


def run_all(steps: Sequence[Step]) -> list[Result]:
    """Run the steps in sequence, with those marked `beside` in parallel; return all results in order."""
    with ThreadPoolExecutor(2) as pool:
        beside = {step.name: pool.submit(run, step) for step in steps if step.beside}
        after = {step.name: run(step) for step in steps if not step.beside}
        return [after[step.name] if step.name in after else beside[step.name].result() for step in steps]


def newer_instructions() -> str:
    """Return numpy's optional CPU features on this machine, to be disabled: no result may depend on them."""
    import numpy as np

    found: dict[str, Any] = np.show_config(mode="dicts")  # type: ignore[assignment]
    return " ".join(found["SIMD Extensions"].get("found", []))


def counted(result: Result) -> tuple[int, int, int]:
    """Return (passed, failed, skipped) tests of a step; a step without counts is one test."""
    found = re.findall(r"(\d+) (passed|failed|errors?|skipped)", closing(result))
    counts = {word: int(number) for number, word in found}
    wrong = sum(counts.get(word, 0) for word in ("failed", "error", "errors"))
    passed = counts.get("passed", 0 if result.status else 1)
    return passed, max(wrong, 1) if result.status else wrong, counts.get("skipped", 0)


def closing(result: Result) -> str:
    """Return pytest's summary line, or an empty text."""
    found: list[str] = _CLOSING.findall(result.output)
    return found[-1] if found else ""


def main(arguments: Sequence[str]) -> int:
    """Run the suite, or pytest with these arguments; return 1 if anything failed, 130 if it was stopped."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a letter the terminal cannot show is no reason to stop
    try:
        results = run_all([Step("tests", "pytest", arguments)] if arguments else STEPS)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    print()
    for result in results:
        verdict = "FAILED" if result.status else "ok"
        print(f"{result.name:10} {verdict:7} {result.seconds:4.0f} s  {closing(result)}")
    passed, failed, skipped = map(sum, zip(*map(counted, results), strict=True))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
