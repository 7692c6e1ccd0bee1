"""The page with all Python of the course, and the table of what each lesson brings: made from the lessons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from samarkand.ground import files
from samarkand.ground.home import ROOT
from tools.author import concepts, lessons
from tools.author.lessons import Lesson

PAGE = ROOT / "docs" / "python.md"
SETS = ROOT / "exercises" / "source"
_BEGIN = """# Python on one page

What the lessons use of Python, pandas, NumPy and networkx, each name in the order in which it is met, with a
line of explanation, a line of a lesson, and the lesson that explains it. Beside it stand arithmetic, `==` and
`>=`, giving a name (`founded = 2001`), and choosing columns by name (`events["day"]`), which *Start here*
explains. `import pandas as pd` loads a collection of tools under a short name, which then stands before each
tool with a dot: `pd` is pandas, for tables, `np` NumPy, for calculating, `nx` networkx, for networks. The
course's own tools (`data`, `maps`, `measures` ...) explain themselves: `help(data.load)`.

`samarkand build` makes this page from the lessons, and refuses a lesson that uses a name before that is
explained.

| name | what it does | as it stands in the lesson | explained in |
|---|---|---|---|
"""
_BY_LESSON = """
## What each lesson brings, and what its set needs

Sets can be solved in many ways. The third column says what a set uses of what has been explained by then; the
fourth what stands besides in its given cells, to be run and read. A model solution does with both, and
`samarkand release` refuses one that does not.

| lesson | brings | its set uses | and shows besides |
|---|---|---|---|
"""
_BESIDES = """
## Only in sets, which show it

| name | what it does |
|---|---|
"""


def page() -> str:
    """Return the page as the lessons, the sets and the catalogue now make it."""
    course = concepts.course()
    met = {name: (lesson, line) for lesson in course for name, line in _first_lines(lesson)}
    catalogue = concepts.catalogue()
    rows = [
        f"| {_code(name)} | {_cell(catalogue[name].says)} | {_code(line)} | {_link(lesson)} |"
        for name, (lesson, line) in met.items()
    ]
    besides = [f"| {_code(name)} | {_cell(one.says)} |" for name, one in catalogue.items() if name not in met]
    parts = [_BEGIN, *_lines(rows), _BY_LESSON, *_lines(_by_lesson(course)), _BESIDES, *_lines(besides)]
    return "".join(parts)


def renew(path: Path = PAGE) -> bool:
    """Make the page anew; return whether that changed the file."""
    return files.renew(path, page().encode())


def needs(number: str) -> list[str]:
    """Return the names that a lesson's set uses, in the order of the catalogue."""
    used = {
        name
        for path in SETS.glob(f"ex{number}_*/*.ipynb")
        for cell in lessons.read(path).code
        for name in concepts.used(cell.source)
    }
    return [name for name in concepts.catalogue() if name in used]


def _first_lines(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Yield what a lesson introduces, in order, with the line of its code in which that first stands."""
    lines: dict[str, str] = {}
    for _, names in concepts.read_code(lesson):
        lines = names | lines
    for cell in lesson.cells:
        for name in concepts.introduced(cell):
            yield name, lines[name]


def _by_lesson(course: list[Lesson]) -> Iterator[str]:
    known: set[str] = set()
    for lesson in course:
        new = [name for cell in lesson.cells for name in concepts.introduced(cell)]
        known.update(new)
        needed = needs(lesson.number)
        taught, more = ([n for n in needed if (n in known) is there] for there in (True, False))
        yield f"| {_link(lesson)} | {_codes(new)} | {_codes(taught)} | {_codes(more)} |"


def _link(lesson: Lesson) -> str:
    return f"[{lesson.number} {lesson.title}](../notebooks/{lesson.path.name})"


def _codes(names: list[str]) -> str:
    return ", ".join(map(_code, names)) or "-"


def _code(text: str) -> str:
    return "`" + _cell(text) + "`"


def _cell(text: str) -> str:
    """Keep a bar from ending a cell: Markdown cuts a row at it, even in code."""
    return text.replace("|", "\\|")


def _lines(rows: list[str] | Iterator[str]) -> Iterator[str]:
    return (row + "\n" for row in rows)
