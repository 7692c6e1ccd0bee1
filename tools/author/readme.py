"""The README's table of lessons: made from the lessons, between two marks."""

from __future__ import annotations

import re
from pathlib import Path

from samarkand.ground import files
from samarkand.ground.errors import CourseError
from samarkand.ground.home import ROOT
from tools.author import lessons
from tools.author.rules_of_lessons import REFERENCE

README = ROOT / "README.md"
BEGIN, END = "<!-- lessons: made by samarkand build -->", "<!-- end of lessons -->"


def table() -> str:
    """Return the table: number, title and question of each lesson, in order."""
    rows = ["| | lesson | question |", "|---|---|---|"]
    rows += [
        f"| {one.number} | [{one.title}](notebooks/{one.path.name}) | {one.question} |"
        for one in lessons.every()
        if one.name not in REFERENCE
    ]
    return "\n".join(rows)


def renewed(text: str) -> str:
    """Return the text of a README with the table as it now is."""
    marks = f"({re.escape(BEGIN)}\n).*?(\n{re.escape(END)})"
    made, count = re.subn(marks, lambda found: f"{found[1]}\n{table()}\n{found[2]}", text, flags=re.DOTALL)
    if count != 1:
        raise CourseError(f"README.md needs the marks {BEGIN} and {END} around its table of lessons.")
    return made


def renew(path: Path = README) -> bool:
    """Make the table anew; return whether that changed the file."""
    return files.renew(path, renewed(path.read_text(encoding="utf-8")).encode())
