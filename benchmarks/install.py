"""How long a first start takes, side by side with pip, and a second start until its server answers.

    .venv/bin/python benchmarks/install.py [--repeat N]

Each install happens in a fresh copy of the course, with empty caches. Both install the same set from the same
lock, each file checked against its hash: once by start.py, once by ``python -m venv`` and ``pip install``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = getattr(sys, "_base_executable", sys.executable)
LEFT_OUT = (".git", ".venv", ".venv-*", "my_work", "__pycache__", ".*_cache", ".ipynb_checkpoints")
#: The largest share of pip's time that start.py may take, and the most seconds of a second start.
LARGEST_RATIO = 1 / 3
LONGEST_SECOND_START = 3


def timed(command: list[str], env: dict[str, str]) -> float:
    """Run a command and return its seconds; raise CalledProcessError with its output if it fails."""
    began = time.perf_counter()
    subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return time.perf_counter() - began


def environment(folder: Path) -> dict[str, str]:
    """Return an environment with empty caches and an empty home."""
    unwanted = ("VIRTUAL_ENV", "PYTHONPATH", "PIP_FIND_LINKS", "JUPYTER_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    fresh = {"UV_CACHE_DIR": "uv", "PIP_CACHE_DIR": "pip", "HOME": "home"}
    return kept | {name: str(folder / part) for name, part in fresh.items()}


def with_start(folder: Path) -> tuple[float, float]:
    """Return the seconds of a first start without a browser, and of a second until its server answers."""
    course = folder / "course"
    shutil.copytree(ROOT, course, ignore=shutil.ignore_patterns(*LEFT_OUT))
    env = environment(folder)
    first = timed([PYTHON, str(course / "start.py"), "--version"], env)
    visitor = [sys.executable, str(ROOT / "tests/start/visit.py")]
    start = [PYTHON, str(course / "start.py"), "--no-browser"]
    seconds = []
    for _ in range(2):  # the first of these still writes Python's compiled files
        done = subprocess.run([*visitor, *start], env=env, check=True, capture_output=True, text=True)
        seconds.append(json.loads(done.stdout)["seconds"])
    return first, seconds[-1]


def with_pip(folder: Path) -> float:
    """Return the seconds that venv and pip take to install the same set."""
    env = environment(folder)
    venv = folder / "venv"
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    made = timed([PYTHON, "-m", "venv", str(venv)], env)
    lock = str(ROOT / "requirements.lock")
    return made + timed([str(python), "-m", "pip", "install", "--require-hashes", "-r", lock], env)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a line for people and a line of JSON; return 1 if a limit is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeat", type=int, default=1, help="take the median of so many turns")
    turns = parser.parse_args(arguments).repeat
    first, second, pip = [], [], []
    for _ in range(turns):
        with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as theirs:
            once, again = with_start(Path(ours))
            first.append(once)
            second.append(again)
            pip.append(with_pip(Path(theirs)))
    figures = {
        "first_start_s": round(statistics.median(first), 1),
        "pip_s": round(statistics.median(pip), 1),
        "ratio": round(statistics.median(first) / statistics.median(pip), 3),
        "second_start_s": round(statistics.median(second), 2),
    }
    within = figures["ratio"] <= LARGEST_RATIO and figures["second_start_s"] <= LONGEST_SECOND_START
    print(
        "install: start.py {first_start_s} s, venv and pip {pip_s} s, ratio {ratio}".format(**figures), end=""
    )
    print("; second start {second_start_s} s until the server answers".format(**figures))
    print(json.dumps({"benchmark": "install", "turns": turns, **figures, "within": within}))
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
