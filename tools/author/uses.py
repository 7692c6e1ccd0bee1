"""Find the tables that a lesson or a set reads, from its record, code, checks and ties."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from samarkand import data
from samarkand.ground.home import ROOT
from tools.author import facts, tied
from tools.author.lessons import NOTEBOOKS, Lesson, read


def tables(notebook: Path) -> set[str]:
    """Return the names of the tables that a notebook reads, itself or (by its record) through the package.

    Those in a set's checks and in ties count as well. `BuildError` if a record is damaged.
    """
    recorded = notebook.parent == NOTEBOOKS and facts.path_of(notebook).exists()
    found = set(facts.recorded(notebook).get(facts.READS, ()) if recorded else ())
    lesson = read(notebook)
    checks = ROOT / "exercises" / "checks" / f"{notebook.stem}.py"
    sources = [cell.source for cell in lesson.code]
    sources += [checks.read_text(encoding="utf-8")] if checks.exists() else []
    quoted = re.findall(r"""["'](\w+)["']""", "\n".join(sources))
    return found | {*quoted} & {*data.tables()["name"]} | find_tied(lesson)


def find_tied(lesson: Lesson) -> set[str]:
    """Return the names of the tables that a lesson's ties use, by table name or by the id of a row."""
    tied_to = [on for cell in lesson.cells_and_questions for on in tied.ties(cell).values()]
    text = "\n".join(one for on in tied_to for one in on if tied.kind(one) == "computed")
    rows = {tied.ids()[word][0] for word in re.findall(r"\w+", text) if word in tied.ids()}
    return rows | {*re.findall(r"""\b(?:rows?|load)\(["'](\w+)["']""", text)}


def users(notebooks: Sequence[Path], changed: Collection[str]) -> list[Path]:
    """Return the notebooks that read one of the `changed` tables, in order."""
    return [path for path in notebooks if tables(path) & set(changed)]
