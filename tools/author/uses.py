"""Which tables a lesson or a set reads: as its record says, or found by running its code."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from samarkand.ground.home import ROOT
from tools.author import facts, tied
from tools.author.apart import run_apart
from tools.author.lessons import NOTEBOOKS, Lesson, read

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
    return {*told, *named, *find_tied(read(notebook))}


def find_tied(lesson: Lesson) -> set[str]:
    """Return the names of the tables that the ties of a lesson name, or a row of which they name."""
    text = "\n".join(
        one
        for cell in lesson.said
        for on in tied.ties(cell).values()
        for one in on
        if tied.kind(one) == "computed"
    )
    rows = {tied.ids()[word][0] for word in re.findall(r"\w+", text) if word in tied.ids()}
    return rows | {*re.findall(r"""\b(?:rows?|load)\(["'](\w+)["']""", text)}


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
