"""Tie the figures of a lesson to expressions, so that a wrong figure or a changed table is found.

A figure is a number in digits or a day: a date, a month, a year, a day of the week. The metadata of a cell
have the words around it, with an expression for each figure in them; CONTRIBUTING.md has examples. They
are Python with the names that the lesson's code defines, `row`, `rows` and each row by its id. A figure needs
no tie in a paragraph that cites a source. A number in words ("six", "a third") needs none either; where it is
within tied words, it has its expression like the others.
"""

import ast
import contextlib
import io
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from nbformat import NotebookNode

from samarkand import data
from samarkand.common.errors import CourseError, make_unknown_name
from samarkand.sources import KEY
from tools.author import figures
from tools.author.figures import Figure
from tools.author.fresh_process import run_apart
from tools.author.lessons import BuildError, Lesson, read_lesson

#: Parts of Markdown that claim nothing: code, markup, links to lessons, keys, numbers of headings, items,
#: tasks and lessons, the card's time and tolerances (which have other rules), the 100 of per cent.
_SILENT = re.compile(
    rf"""^```.*?^```|`[^`]*`|<[^>]+>|^\|\s\*\*(?:Time|Minutes)\*\*[^\n]*|\[[^\]]+\]\([^)]*\.ipynb[^)]*\)
    |\[{KEY}(?:[,;]\s?{KEY})*\]|^\#+\s\d+\.|^\d+\.(?=\s)|\*\*\d\d\.\d\*\*
    |\b(?:lesson|task|tasks|section|Exercises)\s\d[\d.]*|\b[A-Z]+\d[\w/.-]*|\b[A-Z]+-\d+/\d+|\bA/HRC\S+
    |\*\*Half\sway\.|\b[Ww]ithin\s[\d.]*\d(?=[.;,)]|$)|\b(?:times|multiply\sby|subtract\sit\sfrom)\s100\b""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
#: Points and tolerances in a set, which tests compare with its checks.
_OF_CHECKS = re.compile(r"(?<=\()\d+ points?(?=\)$)|within \d+(\.\d+)?( km)?", re.MULTILINE | re.IGNORECASE)
#: The keyword arguments of charts that take sentences.
SENTENCES = ("title", "subtitle", "description", "source", "notes")
#: The start of a paragraph, a list item, or a row of a table.
_BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*|>]|\d+\.\s))")
#: A gap in the title of a chart.
_GAP = re.compile(r"\{[^{}]*\}")
_CITED = re.compile(rf"\[{KEY}(?:[,;]\s?{KEY})*\]")


class Since(NamedTuple):
    """A date of which a table may have only the year or the month; missing parts are 0."""

    year: int
    month: int = 0
    day: int = 0


class Row(dict[str, Any]):
    """A row of a table; its cells are attributes, or ``row["from"]``."""

    __getattr__ = dict.__getitem__

    def __missing__(self, column: str) -> Any:
        raise make_unknown_name("column", column, self)


@cache
def map_ids() -> dict[str, tuple[str, str]]:
    """Map each unique id or key of a row to its table and column."""
    frames = {table: data.load(table) for table in reversed(data.tables()["name"].tolist())}
    found: dict[str, tuple[str, str]] = {}
    for table, frame in frames.items():
        for column in ("id", "key"):
            if column in frame and frame[column].is_unique:
                found |= dict.fromkeys(frame[column], (table, column))
    return found


def rows(table: str, **where: Any) -> pd.DataFrame:
    """Return the rows of a table in which the columns have these values."""
    frame = data.load(table)
    for column, value in where.items():
        frame = frame[Row(dict(frame))[column] == value]
    return frame


def row(table: str, **where: Any) -> Row:
    """Return the only row of a table with these values; `CourseError` if there is not exactly one."""
    found = rows(table, **where)
    if len(found) != 1:
        have = ", ".join(f"{column} {value}" for column, value in where.items())
        told = f"{len(found) or 'no'} rows of {table} have {have}, not one."
        raise CourseError(told, code="not one row", table=table, rows=len(found))
    return Row(found.iloc[0])


#: What expressions may use besides a lesson's names and the ids of rows.
HELPERS = {"row": row, "rows": rows, "data": data, "pd": pd}


def read_words(cell: NotebookNode) -> tuple[str, str]:
    """Return a cell's text on one line, and the same with parts that claim nothing masked by dots.

    The text of a code cell are the sentences in its calls of charts.
    """
    source = cell.source
    if cell.cell_type == "code":
        source = " ¶ ".join(_read_sentences_of_charts(cell.source))
    blotted = _SILENT.sub(lambda match: re.sub(r"\S", "·", match[0]), source)
    return " ".join(source.split()), " ".join(blotted.split())


def _read_sentences_of_charts(code: str) -> list[str]:
    """Return the sentences that code gives to charts; none if it is not valid Python."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a rule of lessons names it
        return []
    sentences = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not ast.unparse(node.func).startswith("charts."):
            continue
        for argument in node.keywords:
            if argument.arg in SENTENCES:
                given = argument.value
                values = given.values if isinstance(given, ast.Dict) else [given]
                sentences += [one.value for one in values if isinstance(one, ast.Constant)]
    # What stands between braces is filled in by the chart from the rows that it draws.
    return [_GAP.sub("…", sentence) for sentence in sentences if isinstance(sentence, str)]


def list_ties(cell: NotebookNode) -> dict[str, list[str]]:
    """Return the tied words of a cell, each with its list of expressions."""
    tied = cell.metadata.get("samarkand", {}).get("tied", {})
    return {words: [on] if isinstance(on, str) else list(on) for words, on in tied.items()}


def find_loose(lesson: Lesson) -> Iterator[str]:
    """Yield a sentence for each figure without evidence and each malformed tie, without running any code."""
    for cell in lesson.cells_and_questions:
        text, readable = read_words(cell)
        loose = [figure for figure in figures.read_figures(readable) if figure.needs_evidence]
        for words, on in list_ties(cell).items():
            times = text.count(words) if words else 0
            if times != 1:
                says = f"stand there {times} times; take more of them" if times else "stand there no longer"
                yield f'{cell.id}: the tied words "{words}" {says}.'
                continue
            inside = _find_figures_inside(readable, text, words)
            loose = [figure for figure in loose if figure not in inside]
            if not on:
                yield f'{cell.id}: "{words}" rests on nothing.'
            if not inside:
                yield f'{cell.id}: "{words}" is tied, and has no figure.'
        cited = find_cited(cell)
        for figure in loose:
            if any(start <= figure.start < end for start, end in cited):
                continue
            around = text[max(0, figure.start - 30) : figure.end + 20]
            why = "is tied to nothing, and nothing is cited beside it."
            yield f'{cell.id}: "{figure.text}" in "{around}" {why}'


def find_cited(cell: NotebookNode) -> list[tuple[int, int]]:
    """Return start and end of each block that cites a source, in the text that `read_words` returns.

    A block is a paragraph, a list item or a row of a table.
    """
    found = []
    start = 0
    for block in _BLOCK.split(cell.source) if cell.cell_type == "markdown" else ():
        line = " ".join(block.split())
        if _CITED.search(line):
            found.append((start, start + len(line)))
        start += len(line) + bool(line)
    return found


def _find_figures_inside(readable: str, text: str, words: str) -> list[Figure]:
    start = text.index(words)
    return [f for f in figures.read_figures(readable) if start <= f.start and f.end <= start + len(words)]


def names_of(lesson: Lesson) -> dict[str, Any]:
    """Run a lesson's code but the cells' last expressions; return its names; `BuildError` if a cell fails."""
    space: dict[str, Any] = {"__name__": lesson.name}
    for cell in lesson.code:
        tree = ast.parse(cell.source)
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            tree.body.pop()
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(tree, cell.id, "exec"), space)
        except Exception as error:
            told = f"cell {cell.id} stops with {type(error).__name__}: {error}"
            raise BuildError(told, code="a cell stops", cell=cell.id) from error
    return space


def find_untrue(lesson: Lesson, space: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each tie whose figures disagree with its expressions, with cell and value.

    Expressions may use the names in `space` (the namespace of the lesson) besides those of this module.
    """
    for cell in lesson.cells_and_questions:
        text, readable = read_words(cell)
        for words, on in list_ties(cell).items():
            if text.count(words) == 1:  # else `find_loose` names it
                for fault in _find_faults_of_tie(_find_figures_inside(readable, text, words), on, space):
                    yield f'{cell.id}: "{words}" rests on {fault}'


def _find_faults_of_tie(inside: list[Figure], on: list[str], space: Mapping[str, Any]) -> Iterator[str]:
    each: list[tuple[str, Any]] = []
    for expression in on:
        try:
            each += [(expression, one) for one in compute_values(expression, space)]
        except Exception as error:
            says = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
            yield f"{expression}: {says}"
            return
    if len(each) != len(inside):
        yield f"{len(each)} values, and has {len(inside)} figures."
        return
    for (expression, value), figure in zip(each, inside, strict=True):
        if not figure.admits(value):
            yield f"{expression}, which is {_format_value(value)}."


def compute_values(expression: str, space: Mapping[str, Any]) -> list[Any]:
    """Return the numbers and days that an expression of a tie gives, in order."""
    used = {name: map_ids()[name] for name in re.findall(r"\w+", expression) if name in map_ids()}
    known = {name: row(table, **{column: name}) for name, (table, column) in used.items()}
    value = eval(expression, known | dict(space) | HELPERS)
    return [_convert_value(one) for one in _list_values(value)]


def _list_values(value: Any) -> Iterator[Any]:
    if isinstance(value, str | Since) or not hasattr(value, "__iter__"):
        yield value
    else:
        for one in sorted(value) if isinstance(value, set | frozenset) else value:
            yield from _list_values(one)


def _convert_value(value: Any) -> Any:
    """Convert a value to int, float or a date; `CourseError` for an empty or other one."""
    value = value.item() if hasattr(value, "item") and not hasattr(value, "year") else value
    if isinstance(value, str) and re.fullmatch(r"(19|20)\d\d(-\d\d){0,2}", value):
        return Since(*map(int, value.split("-")))
    if value is None or value is pd.NaT or value != value:  # noqa: PLR0124 (NaN)
        raise CourseError("the cell there is empty.", code="an empty cell")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number and not hasattr(value, "year"):
        told = f"{type(value).__name__} is neither number nor day."
        raise CourseError(told, code="no figure", given=value)
    return value


def _format_value(value: Any) -> str:
    if hasattr(value, "year"):
        return "-".join(f"{part:02}" for part in (value.year, value.month, value.day) if part)
    return f"{value:.6g}"


def find_tables(lesson: Lesson) -> set[str]:
    """Return the names of the tables that a lesson's ties use, by table name or by the id of a row."""
    found = set()
    for cell in lesson.cells_and_questions:
        for on in list_ties(cell).values():
            text = "\n".join(on)
            found |= {map_ids()[word][0] for word in re.findall(r"\w+", text) if word in map_ids()}
            found |= set(re.findall(r"""\b(?:rows?|load)\(["'](\w+)["']""", text))
    return found


def find_broken_ties(path: Path) -> list[str]:
    """Run a lesson's code in a fresh process; return a sentence for each untrue tie."""
    return run_apart(_find_broken_ties, path).strip().splitlines()


def _find_broken_ties(notebook: Path) -> str:
    """Run a lesson's code here; return a line for each untrue tie."""
    lesson = read_lesson(notebook)
    return "\n".join(find_untrue(lesson, names_of(lesson)))


def find_untrue_in_set(notebook: Path, apart: Mapping[str, Any], space: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each missing, malformed or untrue tie in the text of a set's source.

    `apart` maps cell ids to tied words: these are with the checks, which students do not get.
    Expressions may use the names in `space` besides those of this module.
    """
    prose = Lesson(notebook, NotebookNode(cells=read_lesson(notebook).prose))
    for cell in prose.cells:
        cell.source = _OF_CHECKS.sub("…", cell.source)
        if cell.id in apart:
            cell.metadata["samarkand"] = {"tied": apart[cell.id]}
    known = {cell.id for cell in prose.cells}
    gone = [name for name in apart if name not in known]
    lost = [f"{name}: words are tied there, and there is no such cell." for name in gone]
    return [*lost, *find_loose(prose), *find_untrue(prose, space)]
