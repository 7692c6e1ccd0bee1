"""What warm kernels save: strict nbval over all lessons, with stock kernels and with forked ones, by turns.

python benchmarks/warm_kernels.py [--turns N]

CPU is that of everything a command started: this process adopts children that outlive their parent (a Linux
subreaper). Wall time is also measured for thirteen lessons with warm kernels: the existing ones and copies.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from nbval_time import OPTIONS, ROOT

LARGEST_RATIO = 1 / 2.5
MANY, LONGEST = 13, 15.0  # lessons; seconds
WARM = ["-m", "tools.warm_kernel"]


class Cost(NamedTuple):
    """The seconds of a run, and how many cells were equal; None if one differed."""

    cpu: float
    wall: float
    cells: int


def take_in_orphans() -> None:
    """Let this process inherit, and so count, processes that outlive their parent."""
    pr_set_child_subreaper = 36
    ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1)


def children() -> float:
    """Return the CPU seconds of all processes this one has waited for, and of their children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(how: list[str], notebooks: Path) -> Cost:
    """Return the cost of strict nbval, with `how` before the module that Python runs."""
    with tempfile.TemporaryDirectory() as work:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "SAMARKAND_WORK": work}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # stock kernels would compile everything, each time
        options = [str(notebooks) if option == "notebooks" else option for option in OPTIONS]
        command = [sys.executable, *how, "-m", "pytest", *options, "-c", os.devnull, "--rootdir", str(ROOT)]
        before, began = children(), time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        wall = time.perf_counter() - began
        while True:
            try:
                os.wait()
            except ChildProcessError:
                break
    passed = re.search(r"(\d+) passed", done.stdout)
    return Cost(children() - before, wall, int(passed[1]) if passed and not done.returncode else 0)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a line for programs and some for people; return 1 if a limit is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--turns", type=int, default=3, help="runs of each kind (3)")
    turns = parser.parse_args(arguments).turns
    if sys.platform != "linux":
        print(json.dumps({"benchmark": "warm_kernels", "measured": False}))
        print("Warm kernels need Linux: nothing to measure here.")
        return 0
    take_in_orphans()
    lessons = ROOT / "notebooks"
    with tempfile.TemporaryDirectory() as folder:
        for number, lesson in enumerate(islice(cycle(sorted(lessons.glob("*.ipynb"))), MANY)):
            shutil.copy(lesson, Path(folder) / f"{number:02}_{lesson.name}")
        run(WARM, lessons)  # the first one writes Python's compiled files
        took = [(run([], lessons), run(WARM, lessons), run(WARM, Path(folder))) for _ in range(turns)]
    stock, warm, many = (
        Cost(*(statistics.median(part) for part in zip(*kind, strict=True)))
        for kind in zip(*took, strict=True)
    )
    ratio = statistics.median(one.cpu / other.cpu for other, one, _ in took)
    equal = all(0 < turn[0].cells == turn[1].cells < turn[2].cells for turn in took)
    within = equal and ratio <= LARGEST_RATIO and many.wall <= LONGEST
    figures = {
        "cpu_ratio": round(ratio, 3),
        "stock": stock._asdict(),
        "warm": warm._asdict(),
        "thirteen": many._asdict(),
    }
    print(json.dumps({"benchmark": "warm_kernels", "turns": turns, **figures, "within": within}))
    if not equal:
        print("Warm kernels and stock ones do not agree on the cells: some differ from what is stored.")
    print(
        f"Strict nbval over the lessons takes {warm.cpu:.1f} CPU-seconds with warm kernels and "
        f"{stock.cpu:.1f} with stock ones, 1/{1 / ratio:.2f} (at most 1/{1 / LARGEST_RATIO:.1f}); "
        f"{warm.wall:.1f} s and {stock.wall:.1f} s on the clock. "
        f"{MANY} lessons take {many.wall:.1f} s with warm kernels (at most {LONGEST:.0f} s)."
    )
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
