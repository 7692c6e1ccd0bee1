"""How long ``samarkand test`` takes after a save, as an author meets it: a lesson, a table's row, a mistake.

    python benchmarks/author_minute.py [--turns 3]

In a clone of the last commit each change is made, judged and taken back. What is right has to pass;
of what is wrong the seconds count until the first step that fails.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from warm_kernels import children, take_in_orphans

ROOT = Path(__file__).resolve().parent.parent
TABLE = "course_data/entities.csv"
LESSON = "notebooks/03_the_sco.ipynb"


class Save(NamedTuple):
    """What an author saves: the file, what stands there once, what takes its place.

    `fails` is part of the name of the first step that is to fail, if one is; `limit` is in seconds.
    """

    name: str
    path: str
    old: str
    new: str
    fails: str
    limit: float


SAVES = (
    Save(
        "a lesson's words",
        LESSON,
        "So a state held a status on a day",
        "So a state had a status on a day",
        "",
        8,
    ),
    Save(
        "a lesson's mistake",
        LESSON,
        r"begun = spells[\"from\"] <= day",
        r"begun = spells[\"from\"] > day",
        "what 03",
        8,
    ),
    Save(
        "a table's row", TABLE, "Retired from the Party leadership", "Left the Party leadership", "itself", 15
    ),
)
STEP = re.compile(r"^ *[\d.]+ s  (ok|FAILED) +(.*)$")


class Turn(NamedTuple):
    """Seconds until the first step failed, or all had passed; seconds and CPU-seconds in all; what failed."""

    told: float
    all: float
    cpu: float
    failed: list[str]


def judged(root: Path, save: Save) -> Turn:
    """Save, run ``samarkand test``, and take it back."""
    path = root / save.path
    before = path.read_text(encoding="utf-8")
    if before.count(save.old) != 1:
        raise SystemExit(f"{save.path} has not once: {save.old}")
    path.write_text(before.replace(save.old, save.new), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1"}
    told, failed = 0.0, []
    began, spent = time.perf_counter(), children()
    with subprocess.Popen(
        [sys.executable, "-m", "samarkand", "test"],
        cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            said = STEP.match(line)
            if said and said[1] == "FAILED":
                told = told or time.perf_counter() - began
                failed.append(said[2])
    seconds = time.perf_counter() - began
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()  # the warm process and what it forked end a moment later
    path.write_text(before, encoding="utf-8")
    return Turn(told or seconds, seconds, children() - spent, failed)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a line for programs and some for people; return 1 if a limit is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--turns", type=int, default=3, help="how often each is saved (3)")
    turns = parser.parse_args(arguments).turns
    within, figures, lines = True, {}, []
    if sys.platform == "linux":
        take_in_orphans()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "course"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(root)], check=True)
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(root)], check=True)
        for save in SAVES:
            took = [judged(root, save) for _ in range(turns)]
            told, whole, cpu = (statistics.median(turn[n] for turn in took) for n in range(3))
            right = all(any(save.fails in name for name in turn.failed) == bool(save.fails) for turn in took)
            within &= right and told <= save.limit
            figures[save.name] = {"told": round(told, 1), "seconds": round(whole, 1), "cpu": round(cpu, 1)}
            lines.append(
                f"{save.name}: judged in {told:.1f} s (at most {save.limit:.0f} s), all in {whole:.1f} s, "
                f"{cpu:.1f} s of CPU{'' if right else '; but not as it should: ' + str(took[0].failed)}"
            )
    print(json.dumps({"benchmark": "author_minute", "turns": turns, **figures, "within": within}))
    print("\n".join(lines))
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
