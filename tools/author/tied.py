"""Tie the words of a lesson to what they rest on, so that a wrong word or a changed table is seen.

An author writes the ties of a cell into its metadata, where no student sees them: some words of the cell, and
an expression for each figure in them.

    "samarkand": {"tied": {
      "24 %: nearly a quarter": ["100 * gdp.sum() / world_gdp", "gdp.sum() / world_gdp"],
      "the third, Pakistan, has 3": ["named(people.nlargest(3).index[2])", "100 * people['PAK'] / world"],
      "attacked on 5 December": "TL088.day",
      "from 20 to 80 per cent": "read: KENTODDS",
      "Only the first voice": "right: Who reported it",
      "two sides": "free: a manner of speaking"}}

An expression is Python in the names that the lesson's code leaves, with `row`, `rows` and `named`, and with
each row of a table by its id. Numbers and days are held against the figures in their order, a name must stand
in the words (or the words in a longer text), and a comparison must be true. ``read:`` names the source in
which somebody read what no table holds, ``free:`` says why a figure claims nothing: neither can be computed,
and `kinds` counts them. Words that are tied cannot be changed without their tie. What a lesson asks beside
practice has its ties in its file of questions: ``[quiz."03.gdp".tied]``.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from nbformat import NotebookNode

from samarkand import data
from samarkand.ground.errors import CourseError, unknown
from samarkand.sources import KEY
from tools.author import figures
from tools.author.apart import run_apart
from tools.author.lessons import BuildError, Lesson, read, sentences

#: What is no claim in Markdown: code, markup, links to lessons, keys, numbers of headings, items, tasks and
#: lessons, and the card's time, which have rules of their own.
_SILENT = re.compile(
    rf"""^```.*?^```|`[^`]*`|<[^>]+>
    |^\|\s\*\*(?:Time|Minutes)\*\*[^\n]*
    |\[[^\]]+\]\([^)]*\.ipynb[^)]*\)
    |\[{KEY}(?:[,;]\s?{KEY})*\]
    |^\#+\s\d+\.|^\d+\.(?=\s)|\*\*\d\d\.\d\*\*
    |\b(?:lesson|task|tasks|section|Exercises)\s\d[\d.]*
    |\b[A-Z]+\d[\w/.-]*|\b[A-Z]+-\d+/\d+|\bA/HRC\S+""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
#: Points and tolerances of a set are held to its checks by its tests.
_OF_CHECKS = re.compile(r"(?<=\()\d+ points?(?=\)$)|within \d+(\.\d+)?( km)?", re.MULTILINE | re.IGNORECASE)
_QUOTES = str.maketrans("’‘“”", "''\"\"")


class Since(NamedTuple):
    """A day of which a table may have the year or the month only; the rest is 0."""

    year: int
    month: int = 0
    day: int = 0


class Row:
    """A row of a table; its cells are attributes, or ``row["from"]``."""

    def __init__(self, table: str, cells: Mapping[str, Any]) -> None:
        self._table, self._cells = table, cells

    def __getattr__(self, column: str) -> Any:
        if column.startswith("_") or column not in self._cells:
            raise unknown(f"column of {self._table}", column, map(str, self._cells))
        return self._cells[column]

    __getitem__ = __getattr__


@cache
def _ids() -> dict[str, tuple[str, str]]:
    """Return the table and the column of each row that has an id of its own."""
    found: dict[str, tuple[str, str]] = {}
    for table in data.tables()["name"]:
        frame = data.load(table)
        for column in ("id", "key"):
            if column in frame and frame[column].is_unique:
                found = dict.fromkeys(frame[column], (table, column)) | found
    return found


def rows(table: str, **where: Any) -> pd.DataFrame:
    """Return the rows of a table that have these values."""
    frame = data.load(table)
    for column, value in where.items():
        if column not in frame:
            raise unknown(f"column of {table}", column, map(str, frame))
        frame = frame[frame[column] == value]
    return frame


def row(table: str, **where: Any) -> Row:
    """Return the one row of a table that has these values."""
    found = rows(table, **where)
    if len(found) != 1:
        told = ", ".join(f"{column} {value}" for column, value in where.items())
        raise CourseError(f"{len(found) or 'no'} rows of {table} have {told}, not one.")
    return Row(table, {str(column): cell for column, cell in found.iloc[0].items()})


def named(code: str) -> str:
    """Return the name of a state."""
    return str(row("states", iso3=code).name)


# ------------------------------------------------------------------------------------------------ the words


def shown(cell: NotebookNode) -> tuple[str, str]:
    """Return a cell's words on one line, and the same with what claims nothing blotted out.

    Of code these are the sentences that it hands to charts.
    """
    source = cell.source
    if cell.cell_type == "code":
        try:
            texts = sentences(source)
        except SyntaxError:  # `code_is_plain_python` names it
            texts = []
        source = " ¶ ".join(str(text.value) for text in texts if isinstance(text, ast.Constant))
    blotted = _SILENT.sub(lambda match: re.sub(r"\S", "·", match[0]), source)
    return " ".join(source.split()), " ".join(blotted.split())


def ties(cell: NotebookNode) -> dict[str, list[str]]:
    """Return the tied words of a cell, with the expressions that they rest on."""
    tied = cell.metadata.get("samarkand", {}).get("tied", {})
    return {words: [on] if isinstance(on, str) else list(on) for words, on in tied.items()}


def _kind(expression: str) -> str:
    """Tell what an expression is: free, read, right or computed."""
    said = re.match(r"(free|read|right): \S", expression)
    return said[1] if said else "computed"


def loose(lesson: Lesson) -> Iterator[str]:
    """Say, without running anything, which figures are tied to nothing and which ties hold nothing."""
    for cell in lesson.said:
        text, readable = shown(cell)
        found = figures.read(readable)
        held: set[figures.Figure] = set()
        for words, on in ties(cell).items():
            times = text.count(words) if words else 0
            if times != 1:
                says = (
                    "stand there no longer" if not times else f"stand there {times} times; take more of them"
                )
                yield f'{cell.id}: the tied words "{words}" {says}.'
                continue
            inside = _inside(found, text, words)
            held.update(inside)
            for fault in _malformed(on, bool(inside), text):
                yield f'{cell.id}: "{words}" {fault}'
        for figure in found:
            if figure not in held:
                around = text[max(0, figure.start - 30) : figure.end + 20]
                yield f'{cell.id}: "{figure.text}" in "{around}" is tied to nothing.'


def _inside(found: Iterable[figures.Figure], text: str, words: str) -> list[figures.Figure]:
    start = text.index(words)
    return [f for f in found if start <= f.start and f.end <= start + len(words)]


def _malformed(on: list[str], has_figure: bool, text: str) -> Iterator[str]:
    for expression in on:
        about = expression.partition(": ")[2]
        if _kind(expression) == "free" and not has_figure:
            yield "has no figure that could be free."
        elif _kind(expression) == "read":
            for key in re.split(r"[;,]\s?", about):
                if _ids().get(key, ("",))[0] != "sources":
                    yield f"was read in {key}, which is no source."
                elif not re.search(rf"\[[^\]]*\b{key}\b[^\]]*\]", text):
                    yield f"was read in {key}, which the cell does not cite."
        elif _kind(expression) == "computed":
            try:
                ast.parse(expression, mode="eval")
            except SyntaxError:
                yield f"rests on {expression!r}, which is no expression."
    if {_kind(expression) for expression in on} == {"computed"} and not re.search(r"[a-zA-Z]", "".join(on)):
        yield "rests on a number that was typed, and not on what is computed."
    if len({_kind(expression) for expression in on}) != 1:
        yield "rests on nothing, or on things of two kinds."


# ------------------------------------------------------------------------------------------------ the values


def names_of(lesson: Lesson) -> dict[str, Any]:
    """Run a lesson's code without what it only shows, and return the names that it leaves.

    `BuildError` if a cell fails.
    """
    space: dict[str, Any] = {"__name__": lesson.name}
    for cell in lesson.code:
        tree = ast.parse(cell.source)
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            tree.body.pop()
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(tree, cell.id, "exec"), space)
        except Exception as error:
            raise BuildError(f"cell {cell.id} stops with {type(error).__name__}: {error}") from error
    return space


def untrue(lesson: Lesson, space: Mapping[str, Any]) -> Iterator[str]:
    """Say which tied words are not what they rest on, each with its cell and the value.

    Expressions may use the names in `space` (what the lesson's code leaves) besides those of this module.
    """
    for cell in lesson.said:
        text, readable = shown(cell)
        found = figures.read(readable)
        for words, on in ties(cell).items():
            if text.count(words) == 1 and _kind(on[0]) == "computed":
                for fault in _faults(words, _inside(found, text, words), on, space):
                    yield f'{cell.id}: "{words}" rests on {fault}'


def _faults(
    words: str, inside: list[figures.Figure], on: list[str], space: Mapping[str, Any]
) -> Iterator[str]:
    told: list[tuple[str, Any]] = []
    for expression in on:
        try:
            told += [(expression, value) for value in _values(expression, space)]
        except Exception as error:
            says = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
            yield f"{expression}: {says}"
            return
    counted = [(e, v) for e, v in told if not isinstance(v, bool | str)]
    if not told:
        yield f"{', '.join(on)}, where nothing stands."
    elif counted and len(counted) != len(inside):
        yield f"{len(counted)} values, and has {len(inside)} figures."
    else:
        for (expression, value), figure in zip(counted, inside, strict=bool(counted)):
            if not figure.admits(value):
                yield f"{expression}, which is {_told(value)}."
    alone = len(told) == 1
    for expression, value in told:
        if value is False:
            yield f"{expression}, which is not so."
        elif isinstance(value, str) and not _says(words, value, inside if alone else []):
            yield f"{expression}, which is {_told(value)}."


def _says(words: str, value: str, inside: list[figures.Figure]) -> bool:
    """Tell whether words name a text, are part of it, or have only figures that stand in it."""
    said, text = (one.translate(_QUOTES).casefold() for one in (words, value))
    if inside:
        there = figures.read(value)
        return all(any(_same(figure, other) for other in there) for figure in inside)
    return bool(text) and (text in said or said in text)


def _same(figure: figures.Figure, other: figures.Figure) -> bool:
    if figure.date and other.date:
        return all(not a or not b or a == b for a, b in zip(figure.date, other.date, strict=True))
    middle = (other.low + other.high) / 2 * (other.scale if other.scale != figure.scale else 1)
    return not figure.date and not other.date and figure.low <= middle <= figure.high


def _values(expression: str, space: Mapping[str, Any]) -> list[Any]:
    """Return the values of an expression, one after the other."""
    tree = ast.parse(expression, mode="eval")
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    known = {name: space[name] for name in used & set(space)}
    for name in used - set(known):
        if name in _ids():
            table, column = _ids()[name]
            known[name] = row(table, **{column: name})
        elif re.fullmatch(r"[A-Z]+\w*\d\w*", name):
            raise CourseError(f"no table has a row {name}.")
    helpers = {"row": row, "rows": rows, "named": named, "data": data, "pd": pd}
    value = eval(compile(tree, "<tie>", "eval"), known | helpers)
    return [_plain(one) for one in _each(value)]


def _each(value: Any) -> Iterator[Any]:
    if isinstance(value, str | Since) or not hasattr(value, "__iter__"):
        yield value
    else:
        for one in sorted(value) if isinstance(value, set | frozenset) else value:
            yield from _each(one)


def _plain(value: Any) -> Any:
    """Return a value as Python's own bool, number or text, or a day."""
    value = value.item() if hasattr(value, "item") and not hasattr(value, "year") else value
    if isinstance(value, str) and re.fullmatch(r"(19|20)\d\d(-\d\d){0,2}", value):
        return Since(*map(int, value.split("-")))
    if value is None or value is pd.NaT or value != value:  # noqa: PLR0124 (NaN)
        raise CourseError("the cell there is empty.")
    if not isinstance(value, bool | int | float | str) and not hasattr(value, "year"):
        raise CourseError(f"{type(value).__name__} is neither number, day, name nor comparison.")
    return value


def _told(value: Any) -> str:
    if hasattr(value, "year"):
        return "-".join(f"{part:02}" for part in (value.year, value.month, value.day) if part)
    return f"{value:.6g}" if isinstance(value, int | float) else f'"{value}"'


def broken(path: Path) -> list[str]:
    """Run a lesson's code in a fresh process, and say which of its tied words are not what they rest on."""
    return run_apart(told, path).strip().splitlines()


def of_set(notebook: Path, apart: Mapping[str, Mapping[str, Any]], space: Mapping[str, Any]) -> list[str]:
    """Say what is loose or untrue in the text of a set, given its source.

    `apart` has for each cell the tied words: they stand in a file of their own, which no student gets.
    Expressions may use the names in `space` besides those of this module.
    """
    lesson = read(notebook)
    for cell in lesson.prose:
        cell.source = _OF_CHECKS.sub("…", cell.source)
        if cell.id in apart:
            cell.metadata["samarkand"] = {"tied": apart[cell.id]}
    gone = [f"{name}: words are tied there, and there is no such cell." for name in apart]
    there = {f"{cell.id}: words are tied there, and there is no such cell." for cell in lesson.prose}
    prose = Lesson(notebook, NotebookNode(cells=lesson.prose))
    return [*(one for one in gone if one not in there), *loose(prose), *untrue(prose, space)]


def reads(lesson: Lesson) -> set[str]:
    """Return the tables that a lesson's ties name."""
    found = set()
    for cell in lesson.said:
        for expression in (one for on in ties(cell).values() for one in on):
            if _kind(expression) == "computed":
                nodes = ast.walk(ast.parse(expression, mode="eval"))
                names = {node.id for node in nodes if isinstance(node, ast.Name)}
                found |= {_ids()[name][0] for name in names if name in _ids()}
                found |= set(re.findall(r"""\b(?:rows?|load)\(["'](\w+)["']""", expression))
    return found


def told(notebook: Path) -> str:
    """Return which tied words of a lesson are not what they rest on, one sentence a line."""
    lesson = read(notebook)
    return "\n".join(untrue(lesson, names_of(lesson)))
