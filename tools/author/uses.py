"""Which tables a lesson or a set reads: as its record says, or found by running its code."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from samarkand.ground.home import ROOT
from tools.author import facts, tied
from tools.author.apart import run_apart
from tools.author.lessons import NOTEBOOKS, read

#: Notebooks run at the same time.
AT_ONCE = 2


def tables(notebook: Path) -> set[str]:
    """Return the names of the tables that a notebook's code reads, itself or through the package.

    The checks of a set count as well, and what words are tied to. A lesson's record says it; what has none is
    run, which takes a second. `BuildError` if a cell fails, or a record is damaged.
    """
    told = None
    if notebook.parent == NOTEBOOKS and facts.path_of(notebook).exists():
        told = facts.recorded(notebook).get(facts.READS)
    if told is None:
        told = run_apart(opened, notebook).split()
    checks = ROOT / "exercises" / "checks" / f"{notebook.stem}.py"
    named = re.findall(r'data\.load\("(\w+)"', checks.read_text(encoding="utf-8")) if checks.exists() else ()
    return {*told, *named, *tied.reads(read(notebook))}


def users(notebooks: Sequence[Path], changed: Collection[str]) -> list[Path]:
    """Return those of some notebooks that read one of the tables named, in their order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(tables, notebooks))
    return [path for path, read in zip(notebooks, found, strict=True) if read & set(changed)]


def opened(notebook: Path) -> str:
    """Run a notebook's code in this process and return the tables that it opens, one a line."""
    seen = facts.tables_opened()
    for _ in facts.executed(notebook):
        pass
    return "\n".join(seen)
