"""Cut lessons, sets, texts and tables into the statements that somebody has to hold against a source.

A statement is a row of a table, or a sentence of a block (a paragraph, a list item, a row in Markdown) that
has a source: it cites one, or a figure in it is tied to a row that has one. The sentences beside the one with
the mark count as well. So do sentences with a quotation of three words or more, and the words of a chart.
Headings, code, the card, the aims and the list of sources at the end state nothing.
"""

import ast
import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import mistune
from nbformat import NotebookNode

from samarkand import data
from samarkand.sources import KEY
from tools.author import citations, figures, tied
from tools.author.lessons import Lesson

#: A table with more rows is a download: it has one statement for each source.
LARGE = 300
#: Cells of a lesson that state nothing.
SILENT = ("card", "aims", "sources")
#: The arguments of charts whose words state something, and the one that names the sources.
CHART_WORDS, CHART_SOURCE = ("title", "subtitle", "description", "notes"), "source"
#: A citation in the text of a block: the keys between the brackets.
_MARK = re.compile(r"⟦([^⟧]*)⟧")
#: A tied figure in a text: its number in the list of expressions, and its words.
_TIED = re.compile("\ue000(\\d+)\ue001([^\ue002]*)\ue002")
#: Three words or more in quotation marks.
_QUOTED = re.compile(r'"[^"\s]+(?:\s[^"\s]+){2,}"')
_SENTENCE_END = re.compile(r"([.!?][\"')*]*(?:\s?⟦[^⟧]*⟧)*)\s+(?=[\"(*\[\ue000]*[A-Z0-9\ue000])")
_ABBREVIATED = re.compile(r"\b(?:[A-Z]|Mr|Mrs|Dr|St|No|vol|etc|e\.g|i\.e|U\.S)\.$")
#: Signs that typists and editors exchange, and that no reader reads differently.
_ALIKE = str.maketrans(
    {"“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "\u00a0": " ", "\u202f": " ", "\u00ad": ""}
)
_MARKDOWN = mistune.create_markdown(renderer="ast", plugins=["table"])


@dataclass(frozen=True)
class Statement:
    """Words that rest on sources.

    Attributes
    ----------
    place
        Where they are: the id of a cell, the key of a row, the path of a text.
    words
        What a reader reads, without marks and markup.
    held
        What the digest is made of: the words, with the expressions of ties in place of the figures that they
        compute. So a figure may be recomputed, but its tie not exchanged.
    sources
        The keys of the sources, in the order of the text; empty if there are none.
    cells
        The cells of a row of a table by column; empty for prose.
    """

    place: str
    words: str
    held: str
    sources: tuple[str, ...]
    cells: Mapping[str, str]

    @cached_property
    def digest(self) -> str:
        """The first 12 hexadecimal digits of the SHA-256 of `held`."""
        return hashlib.sha256(self.held.encode()).hexdigest()[:12]

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """What a line of the record is known by."""
        return self.digest, self.sources


def _find_tied_figures(text: str, ties: Mapping[str, list[str]]) -> dict[int, tuple[int, str]]:
    """Return {start: (end, expression)} of each figure of a text that is tied.

    The words of a tie have to occur once, with any white space between them. Words that occur otherwise are
    passed over here: the build refuses them in a text, and in a chart they may be those of another one. A
    figure gets its own expression if there is one for each, and else all of them.
    """
    tied: dict[int, tuple[int, str]] = {}
    for words, expressions in ties.items():
        each = words.split()
        if not each:
            continue
        flexible = r"\s+".join(re.escape(word) for word in each)
        places = list(re.finditer(flexible, text))
        if len(places) != 1:
            continue
        place = places[0]
        inside = figures.read_figures(place[0])
        for number, figure in enumerate(inside):
            expression = "; ".join(expressions)
            if len(expressions) == len(inside):
                expression = expressions[number]
            start = place.start() + figure.start
            end = start + len(figure.text)
            if start not in tied:
                tied[start] = (end, expression)
    return tied


class TiedText:
    """A text of a cell in which the figures that ties compute are marked.

    Attributes
    ----------
    marked
        The text, with marks around the figures.
    expressions
        The expression of each mark, by its number.
    """

    def __init__(self, text: str, ties: Mapping[str, list[str]]) -> None:
        tied = _find_tied_figures(text, ties)
        self.expressions: list[str] = []
        self.marked = text
        # From the end, so that what stands before a mark keeps its place.
        for start in sorted(tied, reverse=True):
            end, expression = tied[start]
            number = len(self.expressions)
            mark = f"\ue000{number}\ue001{text[start:end]}\ue002"
            self.marked = self.marked[:start] + mark + self.marked[end:]
            self.expressions.append(expression)

    def words_of(self, piece: str) -> str:
        """Return a marked piece of the text as a reader reads it."""
        return _normalise_words(_TIED.sub(lambda mark: mark[2], piece))

    def held_of(self, piece: str) -> str:
        """Return a marked piece of the text with expressions in place of tied figures."""
        return _normalise_words(_TIED.sub(lambda mark: f"{{{self.expressions[int(mark[1])]}}}", piece))

    def sources_of(self, piece: str) -> list[str]:
        """Return the sources that a marked piece of the text cites, in order."""
        found = []
        for mark in _MARK.findall(piece):
            found += re.findall(KEY, mark)
        return list(dict.fromkeys(found))

    def sources_of_rows(self, piece: str) -> list[str]:
        """Return the sources of the rows that a marked piece of the text is tied to."""
        found = []
        for mark in _TIED.finditer(piece):
            found += _sources_of_rows(self.expressions[int(mark[1])])
        return list(dict.fromkeys(found))


def _sources_of_rows(expression: str) -> list[str]:
    """Return the sources of the rows that an expression names by id, in order."""
    found = []
    for word in re.findall(r"\w+", expression):
        table, column = tied.map_ids().get(word, ("", ""))
        if table == "sources":
            found.append(word)
        elif table and "source" in data.load(table):
            frame = data.load(table)
            found += _split_keys(str(frame.loc[frame[column] == word, "source"].iloc[0]))
    return found


def _split_keys(cell: str) -> list[str]:
    """Return the keys in the cell of a source column, which are divided by semicolons."""
    return [key.strip() for key in cell.split(";") if key.strip()]


def _normalise_words(text: str) -> str:
    """Return words without what no reader reads: marks of citations and code, kinds of quotes and dashes."""
    text = re.sub(r"\s+([,;.])", r"\1", _MARK.sub("", html.unescape(text)).replace("`", ""))
    return " ".join(unicodedata.normalize("NFC", text).translate(_ALIKE).split()).strip(" .:;")


def _flatten_markdown(tokens: Iterable[Mapping[str, Any]]) -> str:
    """Return the words of inline Markdown: of a link its text, of code its words in backticks."""
    found = []
    for token in tokens:
        if token["type"] == "codespan":
            found.append(f"`{token['raw']}`")
        elif "children" in token:
            found.append(_flatten_markdown(token["children"]))
        elif token["type"] in ("softbreak", "linebreak"):
            found.append(" ")
        elif token["type"] != "inline_html":
            found.append(token.get("raw", ""))
    return "".join(found)


def find_blocks(source: str) -> list[str]:
    """Return the paragraphs, list items and rows of tables of Markdown; citations are marks ``⟦KEY⟧``."""
    parts = re.split(r"(```.*?```|`[^`\n]*`)", source, flags=re.DOTALL)
    for place in range(0, len(parts), 2):  # the others are code
        parts[place] = citations.WRITTEN.sub(lambda one: f" ⟦{one['keys']}⟧", parts[place])
    found: list[str] = []

    def walk(tokens: Iterable[Mapping[str, Any]]) -> None:
        for token in tokens:
            if token["type"] in ("paragraph", "block_text"):
                found.append(_flatten_markdown(token["children"]))
            elif token["type"] in ("table_row", "table_head"):
                found.append(" | ".join(_flatten_markdown(cell["children"]) for cell in token["children"]))
            elif token["type"] not in ("heading", "block_code"):
                walk(token.get("children", ()))

    walk(_MARKDOWN("".join(parts)))  # type: ignore[arg-type]  # with this renderer it returns a list
    return [" ".join(block.translate(_ALIKE).split()) for block in found]


def split_sentences(block: str) -> list[str]:
    """Split a block into sentences; a citation belongs to the sentence before it, and a row is one."""
    if " | " in block:
        return [block]
    found: list[str] = []
    for piece in _SENTENCE_END.sub("\\1\x1f", block).split("\x1f"):
        if found and _ABBREVIATED.search(found[-1]):
            found[-1] += " " + piece
        else:
            found.append(piece)
    return found


def list_lesson_statements(
    lesson: Lesson, ties: Mapping[str, Mapping[str, Any]] | None = None
) -> Iterator[Statement]:
    """Yield the statements of a lesson or set; `ties` has those of a set, by cell."""
    for cell in lesson.cells:
        if ties is not None:
            cell = type(cell)(cell, metadata={"samarkand": {"tied": ties.get(cell.id, {})}})  # noqa: PLW2901
        if cell.cell_type == "code":
            yield from _list_chart_statements(cell)
        elif cell.id not in SILENT:
            yield from _list_prose_statements(cell.id, cell.source, tied.list_ties(cell))


def _list_prose_statements(place: str, source: str, ties: Mapping[str, list[str]]) -> Iterator[Statement]:
    text = TiedText(source, ties)
    for block in find_blocks(text.marked):
        beside = text.sources_of(block) or text.sources_of_rows(block)
        for piece in split_sentences(block):
            words = text.words_of(piece)
            quotes = _QUOTED.search(re.sub(r"`[^`]*`", "", piece))
            if words and (beside or quotes):
                sources = tuple(text.sources_of(piece) or beside)
                yield Statement(place=place, words=words, held=text.held_of(piece), sources=sources, cells={})


def _list_chart_statements(cell: NotebookNode) -> Iterator[Statement]:
    """Yield the sentences in a cell's calls of charts, with the sources that the chart names."""
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:  # a rule of lessons names it
        return
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not ast.unparse(call.func).startswith("charts."):
            continue
        given = {one.arg: one.value for one in call.keywords}
        named = " ".join(_strings_in(given.get(CHART_SOURCE)))
        sources = [key for key in re.findall(KEY, named) if tied.map_ids().get(key, ("",))[0] == "sources"]
        for argument in CHART_WORDS:
            for words in _strings_in(given.get(argument)):
                text = TiedText(words, tied.list_ties(cell))
                found = tuple(dict.fromkeys([*sources, *text.sources_of(text.marked)]))
                yield Statement(
                    place=cell.id,
                    words=text.words_of(text.marked),
                    held=text.held_of(text.marked),
                    sources=found,
                    cells={},
                )


def _strings_in(node: ast.expr | None) -> list[str]:
    """Return the texts of an argument: a string, one with computed parts, or the values of a dictionary."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return [ast.unparse(node)]
    if isinstance(node, ast.Dict | ast.List | ast.Tuple):
        found = []
        for one in node.values if isinstance(node, ast.Dict) else node.elts:
            found += _strings_in(one)
        return found
    return []


def list_text_statements(content: Mapping[str, Any]) -> Iterator[Statement]:
    """Yield the texts of quizzes, maps and explorers that cite a source or quote."""

    def walk(value: object, place: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, str):
            yield place, value
        elif isinstance(value, Mapping):
            for name, one in value.items():
                if name != "tied":
                    yield from walk(one, f"{place}.{name}".strip("."))
        elif isinstance(value, list):
            for number, one in enumerate(value):
                yield from walk(one, f"{place}.{number}")

    for place, source in walk(content, ""):
        yield from _list_prose_statements(place, source, {})


def list_table_statements(rows: list[dict[str, str]], keys: list[str]) -> Iterator[Statement]:
    """Yield a statement for each row of a table, or for each source of a download.

    The order of rows and columns and empty cells make no difference.
    """
    is_download = len(rows) > LARGE and "source" in rows[0]
    by_source: dict[str, list[str]] = {}
    for row in rows:
        cells = {name: _normalise_words(row[name]) for name in sorted(row) if row[name]}
        words = " | ".join(f"{name}: {cell}" for name, cell in cells.items())
        source = row.get("source", "")
        if is_download:
            by_source.setdefault(source, []).append(words)
        else:
            yield Statement(
                place=" ".join(row[key] for key in keys),
                words=words,
                held=words,
                sources=tuple(_split_keys(source)),
                cells=cells,
            )
    for source, lines in by_source.items():
        held = "\n".join(sorted(lines))
        place = f"all rows of {source}"
        yield Statement(
            place=place, words=f"{len(lines)} rows", held=held, sources=tuple(_split_keys(source)), cells={}
        )


def read_ties_of_set(checks: str) -> dict[str, dict[str, Any]]:
    """Return the ties of a set, by cell, from the text of its checks; none if it has no `TIED`."""
    for line in ast.parse(checks).body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "TIED":
            found: dict[str, dict[str, Any]] = ast.literal_eval(line.value)
            return found
    return {}
