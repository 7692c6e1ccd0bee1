"""Tie the words of a lesson to expressions, so that a wrong word or a changed table is found.

The metadata of a cell have some of its words, with an expression for each figure in them, or a word on what
they rest (``read``, ``right``, ``free``); CONTRIBUTING.md has examples. Expressions are Python with the names
that the lesson's code defines, `row`, `rows`, `named` and each row by its id. Numbers and days are compared
with the figures in order; a text must contain the words, or they it; comparisons must be true. Names need a
code or a text that has them, in order; a directional word ("more", "before", "not") needs a comparison in the
same direction.
"""

import ast
import contextlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from nbformat import NotebookNode

from samarkand import data
from samarkand.common.errors import CourseError, unknown
from samarkand.sources import KEY
from tools.author import figures
from tools.author.figures import Figure
from tools.author.fresh_process import run_apart
from tools.author.lessons import BuildError, Lesson, read

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
_QUOTES = str.maketrans("’‘“”", "''\"\"")
_STRING = r"'[^']*'|\"[^\"]*\""
_SIGN = re.compile(r"[<>~]|!=|== ?0\b|\[(?:0|-1)\]|'from'|\.to\b|\b[a-z]+\b")
#: Code that only selects rows, whose comparisons need no words: brackets, queries, lambdas.
_PICKS = re.compile(r"\[(?!0\]|-1\]|'from'\])[^][]*\]|query\([^()]*\)|lambda[^()]*(?:\([^()]*\)[^()]*)*")
_TURNS = {kind: (turn["words"], turn["signs"]) for kind, turn in figures.VOCABULARY["turns"].items()}
_OTHER = rf"\b(?:{figures.VOCABULARY['others']['negation']})\b"
_SIDES = {rf"(?i:{words})": says for words, says in figures.VOCABULARY["sides"].items()}


class Since(NamedTuple):
    """A date of which a table may have only the year or the month; missing parts are 0."""

    year: int
    month: int = 0
    day: int = 0


class Row(dict[str, Any]):
    """A row of a table; its cells are attributes, or ``row["from"]``."""

    __getattr__ = dict.__getitem__

    def __missing__(self, column: str) -> Any:
        raise unknown("column", column, self)

    def says(self, *words: str) -> bool:
        """Return whether each of the words is in some cell of the row."""
        return all(any(word in str(cell) for cell in self.values()) for word in words)


@cache
def ids() -> dict[str, tuple[str, str]]:
    """Map each unique id or key of a row to its table and column."""
    frames = {table: data.load(table) for table in reversed(data.tables()["name"].tolist())}
    unique = [(t, c) for t, frame in frames.items() for c in {"id", "key"} & {*frame} if frame[c].is_unique]
    return {one: (table, column) for table, column in unique for one in frames[table][column]}


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
        raise CourseError(f"{len(found) or 'no'} rows of {table} have {have}, not one.")
    return Row(found.iloc[0])


def name_state(code: str) -> str:
    """Return the name of a state by its ISO3 code."""
    return str(row("states", iso3=code)["name"])


#: What expressions may use besides a lesson's names and the ids of rows.
HELPERS = {"row": row, "rows": rows, "named": name_state, "data": data, "pd": pd}


def read_words(cell: NotebookNode) -> tuple[str, str]:
    """Return a cell's text on one line, and the same with parts that claim nothing masked by dots.

    The text of a code cell are the sentences in its calls of charts.
    """
    source = cell.source
    if cell.cell_type == "code":
        source = ""
        with contextlib.suppress(SyntaxError):  # a rule of lessons names it
            calls = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
            drawing = [call for call in calls if ast.unparse(call.func).startswith("charts.")]
            given = [one.value for call in drawing for one in call.keywords if one.arg in SENTENCES]
            texts = [text for one in given for text in (one.values if isinstance(one, ast.Dict) else [one])]
            values = [one.value for one in texts if isinstance(one, ast.Constant)]
            source = " ¶ ".join(one for one in values if isinstance(one, str))
    blotted = _SILENT.sub(lambda match: re.sub(r"\S", "·", match[0]), source)
    return " ".join(source.split()), " ".join(blotted.split())


def ties(cell: NotebookNode) -> dict[str, list[str]]:
    """Return the tied words of a cell, each with its list of expressions."""
    tied = cell.metadata.get("samarkand", {}).get("tied", {})
    return {words: [on] if isinstance(on, str) else list(on) for words, on in tied.items()}


def kind(expression: str) -> str:
    """Return the kind of a tie's expression: ``"free"``, ``"read"``, ``"right"`` or ``"computed"``."""
    prefix = re.match(r"(free|read|right): \S", expression)
    return prefix[1] if prefix else "computed"


def find_loose(lesson: Lesson) -> Iterator[str]:
    """Yield a sentence for each figure without a tie and each malformed tie, without running any code."""
    for cell in lesson.cells_and_questions:
        text, readable = read_words(cell)
        loose = figures.read(readable)
        for words, on in ties(cell).items():
            if (times := text.count(words) if words else 0) != 1:
                says = f"stand there {times} times; take more of them" if times else "stand there no longer"
                yield f'{cell.id}: the tied words "{words}" {says}.'
                continue
            inside = _inside(readable, text, words)
            loose = [figure for figure in loose if figure not in inside]
            for fault in _malformed(words, on, bool(inside), text):
                yield f'{cell.id}: "{words}" {fault}'
        for figure in (one for one in loose if one.text.lower() != "two"):  # as "one", mostly a pronoun
            around = text[max(0, figure.start - 30) : figure.end + 20]
            yield f'{cell.id}: "{figure.text}" in "{around}" is tied to nothing.'


def _inside(readable: str, text: str, words: str) -> list[figures.Figure]:
    start = text.index(words)
    return [f for f in figures.read(readable) if start <= f.start and f.end <= start + len(words)]


def _malformed(words: str, on: list[str], has_figure: bool, text: str) -> Iterator[str]:
    kinds = {kind(expression) for expression in on}
    if len(kinds) != 1:
        yield "rests on nothing, or on things of two kinds."
    if kinds == {"computed"} and not re.search(r"[a-zA-Z]", "".join(on)):
        yield "rests on a number that was typed, and not on what is computed."
    if "free" in kinds and not has_figure:
        yield "has no figure that could be free."
    claims = [*names().findall(words), *(turns[0] for turns in turns_in(words).values())]
    if "free" in kinds and has_figure and claims:
        yield f'is free, and says "{claims[0]}": tie that, or the figure alone.'
    for key in re.findall(KEY, " ".join(on)) if "read" in kinds else ():
        if ids().get(key, ("",))[0] != "sources":
            yield f"was read in {key}, which is no source."
        elif not re.search(rf"\[[^\]]*\b{key}\b[^\]]*\]", text):
            yield f"was read in {key}, which the cell does not cite."


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
            raise BuildError(f"cell {cell.id} stops with {type(error).__name__}: {error}") from error
    return space


def find_untrue(lesson: Lesson, space: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each tie whose words disagree with its expressions, with cell and value.

    Expressions may use the names in `space` (the namespace of the lesson) besides those of this module.
    """
    for cell in lesson.cells_and_questions:
        text, readable = read_words(cell)
        for words, on in ties(cell).items():
            if text.count(words) == 1 and kind(on[0]) == "computed":
                for fault in _faults(words, _inside(readable, text, words), on, space):
                    yield f'{cell.id}: "{words}" rests on {fault}'


def _faults(words: str, inside: list[Figure], on: list[str], space: Mapping[str, Any]) -> Iterator[str]:
    each: list[tuple[str, Any]] = []
    for expression in on:
        try:
            used = {name: ids()[name] for name in re.findall(r"\w+", expression) if name in ids()}
            known = {name: row(table, **{column: name}) for name, (table, column) in used.items()}
            value = eval(expression, known | dict(space) | HELPERS)
            each += [(expression, _plain(one)) for one in _each(value)]
        except Exception as error:
            says = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
            yield f"{expression}: {says}"
            return
    texts = [(expression, value) for expression, value in each if isinstance(value, str)]
    counted = [(expression, value) for expression, value in each if not isinstance(value, bool | str)]
    if not each:
        yield f"{', '.join(on)}, where nothing stands."
    elif len(counted) != len(inside):
        yield f"{len(counted)} values, and has {len(inside)} figures."
    else:
        wrong = [one for one, figure in zip(counted, inside, strict=True) if not figure.admits(one[1])]
        for expression, value in [*wrong, *(one for one in texts if not _agree(words, one[1]))]:
            yield f"{expression}, which is {_say(value)}."
    yield from (f"{expression}, which is not so." for expression, value in each if value is False)
    parts = [[text for e, text in texts if e == one] or re.findall(rf"{_STRING}|\w+", one) for one in on]
    yield from _misnamed(words, "\n".join(part for each_ in parts for part in each_).translate(_QUOTES))
    yield from _misturned(words, " ".join(on), " ".join(text for _, text in texts))


def _agree(words: str, value: str) -> bool:
    """Return whether the words contain the name `value`, or are part of the text `value`."""
    part, text = (one.translate(_QUOTES).casefold() for one in (words, value))
    stem = _stem(value) if names().fullmatch(value) else re.escape(text)
    return bool(text) and (part in text or bool(re.search(stem, part, re.IGNORECASE)))


@cache
def names() -> re.Pattern[str]:
    """Return a regular expression for the names of states, capitals, people, bodies, places, publishers."""
    known = {name for table in ("states", "entities", "places") for name in data.load(table)["name"]}
    known |= {*data.load("places")["capital"]}
    words = {word for name in known for word in re.findall(r"\b[^\W\d_a-z][\w’'-]*", name)}
    known |= {one for spelt in data.load("publishers")["spellings"] for one in spelt.split(" | ")}
    longer_first = sorted((known | words) - {"", *figures.MONTHS, "Five"}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longer_first))})\b")


@cache
def _codes() -> dict[str, str]:
    """Map codes to names followed by a blank: of actors, and of states with their capitals."""
    capitals = data.load("places").set_index("iso3")["capital"]
    codes = dict(data.load("entities").set_index("id")["name"] + " ")
    codes |= {iso3: f"{name_state(iso3)} {capitals.get(iso3, '')} " for iso3 in data.load("states")["iso3"]}
    return codes | {code.lower(): codes[code] for code in ("SCO", "CSTO", "EAEU", "CIS")}


def _misnamed(words: str, texts: str) -> Iterator[str]:
    """Yield a fault for each name or side of a trade in the words that `texts` lack or order otherwise."""
    behind, at = re.sub(r"\w+", lambda one: _codes().get(one[0], "") + one[0], texts).replace("_", " "), -1
    mentions = re.findall(rf"{names().pattern}|\b(?:{'|'.join(_SIDES)})\b", words.translate(_QUOTES))
    for name in [one for n, one in enumerate(mentions) if _stem(one) not in map(_stem, mentions[:n])]:
        there = re.search(_stem(name), behind, re.IGNORECASE)
        if not there:
            yield f'nothing that names "{name}" (a code, a text, `named`).'
        elif there.start() < at:
            yield f'what names "{name}" before what precedes it here.'
        at = there.start() if there else at


def _stem(name: str) -> str:
    """Return a regular expression for synonyms: "China" and "Chinese", "bought" and "import"."""
    side = next((says for side, says in _SIDES.items() if re.fullmatch(side, name)), "")
    return side or rf"\b{re.escape(name if ' ' in name else name[:4])}" + (r"\b" if len(name) < 4 else "")


def turns_in(words: str) -> dict[str, list[str]]:
    """Return the directional words ("more", "not") of a text by kind, without the hedges of figures."""
    bare = figures.unhedged(words)
    found = {kind: re.findall(rf"\b(?:{turns})\b", bare, re.I) for kind, (turns, _) in _TURNS.items()}
    return {kind: turns for kind, turns in found.items() if turns}


def _misturned(words: str, code: str, texts: str) -> Iterator[str]:
    """Yield a fault for each directional word without a matching comparison in `code`, and the reverse."""
    while (outer := _PICKS.sub("", code)) != code:
        code = outer
    bare = re.sub(_STRING, lambda one: one[0] if one[0] == "'from'" else "", code)
    signs = [sign.replace(" ", "") for sign in _SIGN.findall(bare)]
    kinds = Counter(kind for kind, (_, says) in _TURNS.items() for sign in signs if sign in says)
    strings = " ".join(re.findall(_STRING, code)).replace("_", " ")
    kinds.update(kind for kind, found in turns_in(f"{strings} ¶ {texts}").items() for _ in found)
    turned, bare = turns_in(words), figures.unhedged(words)
    for kind in (kind for kind in turned if len(turned[kind]) > kinds[kind]):
        yield f'too few comparisons for "{turned[kind][-1]}" ({" ".join(_TURNS[kind][1])}).'
    said = {sign for kind in turned for sign in _TURNS[kind][1]}
    for sign in {"<", ">"} & {*signs} - said if {*turned} - {"not"} else ():
        yield f"a comparison that the words do not have ({sign})."
    ways = re.findall(rf"\b(?:({_TURNS['more'][0]})|{_TURNS['less'][0]})\b", bare, re.IGNORECASE)
    way = "<>"[bool(ways and ways[0])]
    if len({*map(bool, ways)}) == 2 and next((sign for sign in signs if sign in "<>"), way) != way:
        yield "comparisons in another order."
    if kinds["not"] > len([*turned.get("not", ()), *re.findall(_OTHER, words, re.IGNORECASE)]):
        yield f"{kinds['not']} negations, and has {len(turned.get('not', ()))}."


def _each(value: Any) -> Iterator[Any]:
    if isinstance(value, str | Since) or not hasattr(value, "__iter__"):
        yield value
    else:
        for one in sorted(value) if isinstance(value, set | frozenset) else value:
            yield from _each(one)


def _plain(value: Any) -> Any:
    """Convert a value to bool, int, float, str or a date; `CourseError` for an empty or other one."""
    value = value.item() if hasattr(value, "item") and not hasattr(value, "year") else value
    if isinstance(value, str) and re.fullmatch(r"(19|20)\d\d(-\d\d){0,2}", value):
        return Since(*map(int, value.split("-")))
    if value is None or value is pd.NaT or value != value:  # noqa: PLR0124 (NaN)
        raise CourseError("the cell there is empty.")
    if not isinstance(value, bool | int | float | str) and not hasattr(value, "year"):
        raise CourseError(f"{type(value).__name__} is neither number, day, name nor comparison.")
    return value


def _say(value: Any) -> str:
    if hasattr(value, "year"):
        return "-".join(f"{part:02}" for part in (value.year, value.month, value.day) if part)
    return f"{value:.6g}" if isinstance(value, int | float) else f'"{value}"'


def broken(path: Path) -> list[str]:
    """Run a lesson's code in a fresh process; return a sentence for each untrue tie."""
    return run_apart(_broken, path).strip().splitlines()


def _broken(notebook: Path) -> str:
    lesson = read(notebook)
    return "\n".join(find_untrue(lesson, names_of(lesson)))


def find_untrue_in_set(notebook: Path, apart: Mapping[str, Any], space: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each missing, malformed or untrue tie in the text of a set's source.

    `apart` maps cell ids to tied words: these are in a file of their own, which students do not get.
    Expressions may use the names in `space` besides those of this module.
    """
    prose = Lesson(notebook, NotebookNode(cells=read(notebook).prose))
    for cell in prose.cells:
        cell.source = _OF_CHECKS.sub("…", cell.source)
        if cell.id in apart:
            cell.metadata["samarkand"] = {"tied": apart[cell.id]}
    gone = [name for name in apart if name not in {cell.id for cell in prose.cells}]
    lost = [f"{name}: words are tied there, and there is no such cell." for name in gone]
    return [*lost, *find_loose(prose), *find_untrue(prose, space)]
