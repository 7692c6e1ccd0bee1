"""Tie the words of a lesson to what they rest on, so that a wrong word or a changed table is seen.

An author writes the ties of a cell into its metadata, where no student sees them: some words of the cell, and
an expression for each figure in them. What a lesson asks has its ties in its file of questions.

    "samarkand": {"tied": {
      "24 %: nearly a quarter": ["100 * gdp.sum() / world_gdp", "gdp.sum() / world_gdp"],
      "the third, Pakistan, has 3": ["named(people.nlargest(3).index[2])", "100 * people['PAK'] / world"],
      "India has more people than China": "people['IND'] > people['CHN']",
      "attacked on 5 December": "TL088.day",
      "from 20 to 80 per cent": "read: KENTODDS",
      "Only the first voice": "right: Who reported it",
      "two sides": "free: a manner of speaking"}}

An expression is Python in the names that the lesson's code leaves, with `row`, `rows` and `named`, and with
each row of a table by its id. Numbers and days are compared with the figures in their order; texts must have
the words, or be among them; comparisons must be true. Names in the words need a code or a text that names
them, in the order of the words; a word that turns the sentence (`TURNS`) needs a comparison that turns the
same way. ``read:`` names the source of what no table has, ``free:`` says why a figure claims nothing.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
from collections import Counter
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
    rf"""^```.*?^```|`[^`]*`|<[^>]+>|^\|\s\*\*(?:Time|Minutes)\*\*[^\n]*|\[[^\]]+\]\([^)]*\.ipynb[^)]*\)
    |\[{KEY}(?:[,;]\s?{KEY})*\]|^\#+\s\d+\.|^\d+\.(?=\s)|\*\*\d\d\.\d\*\*
    |\b(?:lesson|task|tasks|section|Exercises)\s\d[\d.]*|\b[A-Z]+\d[\w/.-]*|\b[A-Z]+-\d+/\d+|\bA/HRC\S+""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
#: Points and tolerances of a set are compared with its checks by its tests.
_OF_CHECKS = re.compile(r"(?<=\()\d+ points?(?=\)$)|within \d+(\.\d+)?( km)?", re.MULTILINE | re.IGNORECASE)
_QUOTES = str.maketrans("’‘“”", "''\"\"")
_STRING = r"'[^']*'|\"[^\"]*\""

#: Words that turn a sentence into its contrary, by kind, and the signs of an expression that say the same.
TURNS = {
    "more": (
        "more|most|larger|largest|bigge[rs]t?|greate[rs]t?|higher|highest|(?<!no )longer|longest|farthe[rs]t?"
        "|above|exceeds?|rises?|risen|rose|rising|grew|grows?|grown|overtakes?|overtook|passe[sd]|better|best"
        "|beyond|faster|fastest|steepest|deeper|up by",
        "> max idxmax nlargest",
    ),
    "less": (
        "less|least|fewe[rs]t?|smalle[rs]t?|lower|lowest|shorter|shortest|neare[rs]t?|below|falls?|fallen|fell"
        "|shrank|shrinks?|sank|declined?|lost|worse|worst|slower|slowest|down (?:by|in)",
        "< min idxmin nsmallest",
    ),
    "after": ("after|later", "> [-1]"),
    "before": ("before|earlier|ago", "< [0]"),
    "since": (r"since(?= (?:early |late )?(?:\d|(?-i:[A-Z])))", "> min [0] 'from'"),
    "until": ("until", "< max [-1] .to"),
    "first": ("first|earliest", "< min idxmax nlargest [0] head"),
    "last": ("last|latest", "> max idxmin nsmallest [-1] tail"),
    "not": (
        "not|no|none|nobody|nothing|never|neither|nor|without|cannot|refuse[sd]?",
        "not != ~ ==0 isna empty isdisjoint drop",
    ),
}
_SIGN = re.compile(r"[<>~]|!=|== ?0\b|\[(?:0|-1)\]|'from'|\.to\b|\b(?:[a-z]+)\b")
_PICKS = re.compile(r"\[(?!0\]|-1\]|'from'\])[^][]*\]|query\([^()]*\)|lambda[^()]*(?:\([^()]*\)[^()]*)*")
#: What else may have a negation for its sign.
_OTHER = re.compile(
    r"\b(?:others?|but|except|outside|lacks?|miss\w*|disagree\w*|middle|forgot\w*|leave out)\b", re.IGNORECASE
)
#: The two sides of a trade, and what an expression calls them: they are ordered, as names are.
_SIDES = {
    r"(?i:buys?|buying|bought|buyers?|imports?|imported|purchase[sd]?)": "import|buy|bought|purchas",
    r"(?i:sells?|selling|sold|sellers?|exports?|exported|supplie[sd])": "export|sell|sold|suppl",
}


class Since(NamedTuple):
    """A day of which a table may have the year or the month only; the rest is 0."""

    year: int
    month: int = 0
    day: int = 0


class Row(dict[str, Any]):
    """A row of a table; its cells are attributes, or ``row["from"]``."""

    __getattr__ = dict.__getitem__

    def __missing__(self, column: str) -> Any:
        raise unknown("column", column, self)

    def says(self, *words: str) -> bool:
        """Tell whether each of some words is in a cell."""
        return all(any(word in str(cell) for cell in self.values()) for word in words)


@cache
def ids() -> dict[str, tuple[str, str]]:
    """Return the table and the column of each row that has an id of its own."""
    found: dict[str, tuple[str, str]] = {}
    for table in data.tables()["name"]:
        frame = data.load(table)
        for column in {"id", "key"} & {*frame}:
            if frame[column].is_unique:
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
        have = ", ".join(f"{column} {value}" for column, value in where.items())
        raise CourseError(f"{len(found) or 'no'} rows of {table} have {have}, not one.")
    return Row(found.iloc[0])


def named(code: str) -> str:
    """Return the name of a state."""
    return str(row("states", iso3=code)["name"])


# ------------------------------------------------------------------------------------------------ the words


def shown(cell: NotebookNode) -> tuple[str, str]:
    """Return a cell's words on one line, and the same with what claims nothing blotted out.

    Of code these are the sentences that it hands to charts.
    """
    source = cell.source
    if cell.cell_type == "code":
        texts: list[ast.expr] = []
        with contextlib.suppress(SyntaxError):  # `code_is_plain_python` names it
            texts = sentences(source)
        source = " ¶ ".join(str(text.value) for text in texts if isinstance(text, ast.Constant))
    blotted = _SILENT.sub(lambda match: re.sub(r"\S", "·", match[0]), source)
    return " ".join(source.split()), " ".join(blotted.split())


def ties(cell: NotebookNode) -> dict[str, list[str]]:
    """Return the tied words of a cell, with the expressions that they rest on."""
    tied = cell.metadata.get("samarkand", {}).get("tied", {})
    return {words: [on] if isinstance(on, str) else list(on) for words, on in tied.items()}


def kind(expression: str) -> str:
    """Tell whether an expression is free, read, right or computed."""
    prefix = re.match(r"(free|read|right): \S", expression)
    return prefix[1] if prefix else "computed"


def find_loose(lesson: Lesson) -> Iterator[str]:
    """Name, without running anything, the figures without a tie and the ties that are malformed."""
    for cell in lesson.said:
        text, readable = shown(cell)
        found = figures.read(readable)
        tied: set[figures.Figure] = set()
        for words, on in ties(cell).items():
            if (times := text.count(words) if words else 0) != 1:
                says = f"stand there {times} times; take more of them" if times else "stand there no longer"
                yield f'{cell.id}: the tied words "{words}" {says}.'
                continue
            inside = _inside(found, text, words)
            tied.update(inside)
            for fault in _malformed(words, on, bool(inside), text):
                yield f'{cell.id}: "{words}" {fault}'
        for figure in found:
            if figure not in tied:
                around = text[max(0, figure.start - 30) : figure.end + 20]
                yield f'{cell.id}: "{figure.text}" in "{around}" is tied to nothing.'


def _inside(found: Iterable[figures.Figure], text: str, words: str) -> list[figures.Figure]:
    start = text.index(words)
    return [f for f in found if start <= f.start and f.end <= start + len(words)]


def _malformed(words: str, on: list[str], has_figure: bool, text: str) -> Iterator[str]:
    kinds = {kind(expression) for expression in on}
    if len(kinds) != 1:
        yield "rests on nothing, or on things of two kinds."
    if kinds == {"computed"} and not re.search(r"[a-zA-Z]", "".join(on)):
        yield "rests on a number that was typed, and not on what is computed."
    if "free" in kinds and not has_figure:
        yield "has no figure that could be free."
    for expression in on:
        if kind(expression) == "read":
            for key in re.split(r"[;,]\s?", expression.removeprefix("read: ")):
                if ids().get(key, ("",))[0] != "sources":
                    yield f"was read in {key}, which is no source."
                elif not re.search(rf"\[[^\]]*\b{key}\b[^\]]*\]", text):
                    yield f"was read in {key}, which the cell does not cite."


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


def find_untrue(lesson: Lesson, space: Mapping[str, Any]) -> Iterator[str]:
    """Name the tied words that are not what they rest on, each with its cell and the value.

    Expressions may use the names in `space` (what the lesson's code leaves) besides those of this module.
    """
    for cell in lesson.said:
        text, readable = shown(cell)
        found = figures.read(readable)
        for words, on in ties(cell).items():
            if text.count(words) == 1 and kind(on[0]) == "computed":
                for fault in _faults(words, _inside(found, text, words), on, space):
                    yield f'{cell.id}: "{words}" rests on {fault}'


def _faults(
    words: str, inside: list[figures.Figure], on: list[str], space: Mapping[str, Any]
) -> Iterator[str]:
    each: list[tuple[str, Any]] = []
    for expression in on:
        try:
            each += [(expression, value) for value in _values(expression, space)]
        except Exception as error:
            says = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
            yield f"{expression}: {says}"
            return
    counted = [(expression, value) for expression, value in each if not isinstance(value, bool | str)]
    if not each:
        yield f"{', '.join(on)}, where nothing stands."
    elif counted and len(counted) != len(inside):
        yield f"{len(counted)} values, and has {len(inside)} figures."
    else:
        for (expression, value), figure in zip(counted, inside, strict=bool(counted)):
            if not figure.admits(value):
                yield f"{expression}, which is {_say(value)}."
    for expression, value in each:
        if value is False:
            yield f"{expression}, which is not so."
        elif isinstance(value, str) and not _agree(words, value, inside if len(each) == 1 else []):
            yield f"{expression}, which is {_say(value)}."


def _agree(words: str, value: str, inside: list[figures.Figure]) -> bool:
    """Tell whether words name a text, are part of it, or have only figures that it has."""
    part, text = (one.translate(_QUOTES).casefold() for one in (words, value))
    if inside:
        there = figures.read(value)
        return all(any(_same(figure, other) for other in there) for figure in inside)
    stem = _stem(value) if names().fullmatch(value) else re.escape(text)
    return bool(text) and (part in text or bool(re.search(stem, part, re.IGNORECASE)))


def _same(figure: figures.Figure, other: figures.Figure) -> bool:
    if figure.date and other.date:
        return all(not a or not b or a == b for a, b in zip(figure.date, other.date, strict=True))
    middle = (other.low + other.high) / 2 * (other.scale if other.scale != figure.scale else 1)
    return not figure.date and not other.date and figure.low <= middle <= figure.high


@cache
def names() -> re.Pattern[str]:
    """Return a pattern of the names of states, capitals, people, bodies, places and publishers."""
    known = {name for table in ("states", "entities", "places") for name in data.load(table)["name"]}
    known |= {*data.load("places")["capital"]}
    words = {word for name in known for word in re.findall(r"\b[^\W\d_a-z][\w’'-]*", name)}
    known |= {one for spelt in data.load("publishers")["spellings"] for one in spelt.split(" | ")}
    longer_first = sorted((known | words) - {"", *figures.MONTHS, "Five"}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longer_first))})\b")


@cache
def _codes() -> dict[str, str]:
    """Return the names behind codes, with a blank: of an actor, of a state and its capital."""
    capitals = data.load("places").set_index("iso3")["capital"]
    codes = dict(data.load("entities").set_index("id")["name"] + " ")
    codes |= {iso3: f"{named(iso3)} {capitals.get(iso3, '')} " for iso3 in data.load("states")["iso3"]}
    return codes | {
        code.lower(): name for code, name in codes.items() if code in ("SCO", "CSTO", "EAEU", "CIS")
    }


def _misnamed(words: str, texts: list[str]) -> Iterator[str]:
    """Say which names and sides of a trade the texts do not have, or have in another order."""
    behind = re.sub(r"\w+", lambda one: _codes().get(one[0], "") + one[0], "\n".join(texts))
    behind, at = behind.translate(_QUOTES).replace("_", " "), -1
    pattern = rf"{names().pattern}|\b(?:{'|'.join(_SIDES)})\b"
    mentions = re.findall(pattern, words.translate(_QUOTES))
    for stem in dict.fromkeys(map(_stem, mentions)):
        there = re.search(stem, behind, re.IGNORECASE)
        if not there:
            name = next(one for one in mentions if _stem(one) == stem)
            yield f'nothing that names "{name}" (a code, a text, `named`).'
        elif there.start() < at:
            yield f'what names "{there[0]}" before what precedes it here.'
        at = there.start() if there else at


def _stem(name: str) -> str:
    """Return a pattern of what names the same: "China" and "Chinese", "bought" and "import"."""
    side = next((says for side, says in _SIDES.items() if re.fullmatch(side, name)), "")
    return side or rf"\b{re.escape(name if ' ' in name else name[:4])}" + (r"\b" if len(name) < 4 else "")


def turns_in(words: str) -> Counter[str]:
    """Count the words that turn a sentence, by kind; the hedge of a figure turns nothing."""
    bare = figures.unhedged(words)
    found = {kind: re.findall(rf"\b(?:{turns})\b", bare, re.I) for kind, (turns, _) in TURNS.items()}
    return Counter({kind: len(turns) for kind, turns in found.items() if turns})


def _signs(code: str) -> Counter[str]:
    """Count the signs in code, and the turns of its texts, by kind."""
    bare = re.sub(_STRING, lambda one: one[0] if one[0] == "'from'" else "", code)
    signs = [sign.replace(" ", "") for sign in _SIGN.findall(bare)]
    kinds = Counter(kind for kind, (_, says) in TURNS.items() for sign in signs if sign in says.split())
    return kinds + turns_in(" ".join(re.findall(_STRING, code)).replace("_", " "))


def _misturned(words: str, on: list[str], texts: str) -> Iterator[str]:
    """Say which turns no sign of an expression has, and which signs the words do not have."""
    turned, code, outer = turns_in(words), "", " ".join(on)
    while outer != code:  # brackets pick rows, and so do functions without a name: that is not said
        code, outer = outer, _PICKS.sub("", outer)
    signs = _signs(code)
    for kind, times in (turned - signs - turns_in(texts)).items():
        yield f'{times} comparisons too few for "{kind}" ({TURNS[kind][1]}).'
    said = " ".join(TURNS[kind][1] for kind in turned)
    for sign in {*re.findall("[<>]", re.sub(_STRING, "", code))}:
        if {*turned} - {"not"} and sign not in said:
            yield f"a comparison that the words do not have ({sign})."
    if signs["not"] > turned["not"] + len(_OTHER.findall(words)):
        yield f"{signs['not']} negations, and has {turned['not']}."


def _values(expression: str, space: Mapping[str, Any]) -> list[Any]:
    """Return the values of an expression, one after the other."""
    used = {name for name in re.findall(r"\w+", expression) if name in ids()}
    known = {name: row(ids()[name][0], **{ids()[name][1]: name}) for name in used}
    helpers = {"row": row, "rows": rows, "named": named, "data": data, "pd": pd}
    return [_plain(one) for one in _each(eval(expression, known | dict(space) | helpers))]


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


def _say(value: Any) -> str:
    if hasattr(value, "year"):
        return "-".join(f"{part:02}" for part in (value.year, value.month, value.day) if part)
    return f"{value:.6g}" if isinstance(value, int | float) else f'"{value}"'


def broken(path: Path) -> list[str]:
    """Run a lesson's code in a fresh process, and name its tied words that are not what they rest on."""
    return run_apart(_broken, path).strip().splitlines()


def _broken(notebook: Path) -> str:
    lesson = read(notebook)
    return "\n".join(find_untrue(lesson, names_of(lesson)))


def of_set(notebook: Path, apart: Mapping[str, Mapping[str, Any]], space: Mapping[str, Any]) -> list[str]:
    """Name what is loose or untrue in the text of a set, given its source.

    `apart` has for each cell the tied words: they are in a file of their own, which no student gets.
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
