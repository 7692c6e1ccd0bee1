"""Which tables a lesson or a set reads: found by running its code, and watching which files are opened."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from samarkand.course import facts, tied
from samarkand.course.apart import run_apart
from samarkand.course.lessons import read
from samarkand.ground.home import ROOT, course_data

#: Notebooks run at the same time.
AT_ONCE = 2


def tables(notebook: Path) -> set[str]:
    """Return the names of the tables that a notebook's code reads, itself or through the package.

    The checks of a set count as well, and what words are tied to. `BuildError` if a cell fails.
    """
    told = run_apart(opened, notebook)
    checks = ROOT / "exercises" / "checks" / f"{notebook.stem}.py"
    named = re.findall(r'data\.load\("(\w+)"', checks.read_text(encoding="utf-8")) if checks.exists() else ()
    return {*told.split(), *named, *tied.reads(read(notebook))}


def users(notebooks: Sequence[Path], changed: Collection[str]) -> list[Path]:
    """Return those of some notebooks that read one of the tables named, in their order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(tables, notebooks))
    return [path for path, read in zip(notebooks, found, strict=True) if read & set(changed)]


def opened(notebook: Path) -> str:
    """Run a notebook's code in this process and return the tables that it opens, one a line."""
    folder, seen = str(course_data()), set[str]()

    def note(event: str, about: tuple[object, ...]) -> None:
        if event == "open" and isinstance(about[0], str | Path):
            where, name = os.path.split(about[0])
            if where == folder and name.endswith(".csv"):
                seen.add(name.removesuffix(".csv"))

    sys.addaudithook(note)
    for _ in facts.executed(notebook):
        pass
    return "\n".join(seen)
