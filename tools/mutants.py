"""Mutants: the course with one mistake in one place, of kinds that a slip of the hand or of the mind makes.

``benchmarks/mutations.py`` plants them one by one and says which tests see them.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import os
import re
import tokenize
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, zip_longest
from pathlib import Path
from typing import NamedTuple

from samarkand.ground.home import ROOT

#: Mutants of each kind.
EACH = 7


class Part(NamedTuple):
    """A piece of a file: where it is, its text, what gives the file with another, what is around it."""

    place: str
    text: str
    put: Callable[[str], str]
    among: str = ""


Parts = Callable[[Path], Iterator[Part]]


def whole(path: Path) -> Iterator[Part]:
    """Yield a file as one part."""
    yield Part("", path.read_text(encoding="utf-8"), lambda text: text)


def below_the_comment(path: Path) -> Iterator[Part]:
    """Yield a file with the comment at its head left empty: nothing can be wrong there."""
    text = path.read_text(encoding="utf-8")
    head = text[: re.search(r"^[^#\n]", text, re.MULTILINE).start()]  # type: ignore[union-attr]  # no file is empty
    empty = "\n" * head.count("\n")
    yield Part("", empty + text[len(head) :], lambda part: head + part[len(empty) :])


def cells(*columns: str) -> Parts:
    """Return what yields the cells of a table in some columns, in all if none is named."""

    def parts(path: Path) -> Iterator[Part]:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        for at, row in enumerate(rows):
            for column in columns or header:
                if column in header:
                    where = header.index(column)
                    put = _cell(header, rows, at, where)
                    yield Part(f"line {at + 2}, {column}", row[where], put, f"{column} {row}")

    return parts


def _cell(header: list[str], rows: list[list[str]], at: int, where: int) -> Callable[[str], str]:
    def put(text: str) -> str:
        changed = [[*row[:where], text, *row[where + 1 :]] if n == at else row for n, row in enumerate(rows)]
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([header, *changed])
        return out.getvalue()

    return put


def program(path: Path) -> Iterator[Part]:
    """Yield the code of a Python file between its strings and comments."""
    text = path.read_text(encoding="utf-8")
    starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def said(token: tokenize.TokenInfo) -> bool:
        return tokenize.tok_name[token.type] in ("STRING", "COMMENT", "FSTRING_START", "FSTRING_MIDDLE")

    begin = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if said(token) or token.type == tokenize.ENDMARKER:
            end = starts[token.start[0] - 1] + token.start[1] if said(token) else len(text)
            yield _piece(text, begin, end)
            begin = starts[token.end[0] - 1] + token.end[1] if said(token) else len(text)


def sentences(path: Path) -> Iterator[Part]:
    """Yield the texts that a Python file hands to `tr` and `trn`."""
    text = path.read_text(encoding="utf-8")
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "trn"):
            for one in node.args[: 2 if node.func.id == "trn" else 1]:
                # Columns count bytes; a line up to here may hold letters of more than one.
                ends = [
                    starts[line - 1] + len(text[starts[line - 1] :].encode()[:column].decode())
                    for line, column in ((one.lineno, one.col_offset), (one.end_lineno, one.end_col_offset))
                    if line is not None
                ]
                yield _piece(text, *ends)


def _piece(text: str, begin: int, end: int) -> Part:
    place = f"line {text.count(chr(10), 0, begin) + 1}"
    return Part(place, text[begin:end], lambda new: text[:begin] + new + text[end:])


def rows(path: Path) -> Iterator[Part]:
    """Yield the lines of a table but its first; an empty text drops one."""
    first, *others = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for at, line in enumerate(others):
        yield Part(f"line {at + 2}", line, partial(_with_row, first, others, at))


def _with_row(first: str, others: list[str], at: int, text: str) -> str:
    return "".join([first, *others[:at], text, *others[at + 1 :]])


def of_notebook(kind: str, having: str = "", *, stored: bool = False) -> Parts:
    """Return what yields a notebook's cells of a kind, "markdown" or "code".

    Parameters
    ----------
    kind : str
        The kind of the cells.
    having : str
        A pattern that a cell has in it.
    stored : bool
        Whether the cell's stored outputs say the new text as well, as if the notebook had been run again.
    """

    def parts(path: Path) -> Iterator[Part]:
        text = path.read_text(encoding="utf-8")
        for at, cell in enumerate(json.loads(text)["cells"]):
            source = "".join(cell["source"])
            if cell["cell_type"] == kind and re.search(having, source):
                yield Part(f"cell {cell['id']}", source, _source(text, at, stored=stored), cell["id"])

    return parts


def _source(text: str, at: int, *, stored: bool) -> Callable[[str], str]:
    def put(source: str) -> str:
        notebook = json.loads(text)
        cell = notebook["cells"][at]
        was = "".join(cell["source"])
        cell["source"] = source.splitlines(keepends=True)
        if stored:
            start = len(os.path.commonprefix([was, source]))  # noqa: RUF071 - of letters, not of paths
            end = len(os.path.commonprefix([was[start:][::-1], source[start:][::-1]]))  # noqa: RUF071
            old, new = (one[max(0, start - 12) : len(one) - end + 12].strip() for one in (was, source))
            said = json.dumps(cell["outputs"], ensure_ascii=False).replace(_words(old), _words(new))
            cell["outputs"] = json.loads(said)
        return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"

    return put


def _words(code: str) -> str:
    """Return the part of a line of code that stands between quotes."""
    return max(code.split('"'), key=len)


# ------------------------------------------------------------------------------------------------------ kinds

Change = Callable[[re.Match[str]], str]


class Kind(NamedTuple):
    """One way to go wrong.

    Attributes
    ----------
    name : str
        In a few words.
    words : bool
        Whether it is made in what people read.
    where : str
        Files, as globs from the root, with ``|`` between them.
    parts : callable
        Yields the parts of a file.
    pattern : str
        What is changed, as a regular expression.
    change : callable
        Gives what stands there instead.
    """

    name: str
    words: bool
    where: str
    parts: Parts
    pattern: str
    change: Change


def swap(pairs: dict[str, str], default: str = "") -> Change:
    """Exchange texts for others, all that are not named for one."""
    return lambda found: pairs.get(found[0], default or found[0])


def ring(*names: str) -> Change:
    """Exchange a text for the next one of a list."""
    return swap(dict(zip(names, (*names[1:], names[0]), strict=True)))


def more(found: re.Match[str]) -> str:
    """Change a number in its first digit, so that it stays as long as it was."""
    text = found[0]
    at = next(n for n, letter in enumerate(text) if letter.isdigit())
    digit = int(text[at])
    return text[:at] + str(digit + 1 if digit < 9 else 8) + text[at + 1 :]


def next_one(found: re.Match[str]) -> str:
    """Change the last digit of a number or a day."""
    return found[0][:-1] + str((int(found[0][-1]) + 1) % 10)


def threefold(found: re.Match[str]) -> str:
    """Multiply a number by three."""
    return f"{float(found[0]) * 3:g}"


def gone(found: re.Match[str]) -> str:
    """Leave out what was found."""
    return ""


def instead(found: re.Match[str]) -> str:
    """Change a number, or name a column that is not there."""
    return '"nothing"' if found[0].startswith('"') else more(found)


def hardly(found: re.Match[str]) -> str:
    """Turn what a title says into its contrary."""
    return f"Hardly: {found[0][:1].lower()}{found[0][1:]}"


def rekeyed(found: re.Match[str]) -> str:
    """Let another option be the right one."""
    option, hint, between, right = found.groups()
    return f'{option}, right = true }},{between}{right}, hint = "{hint}" }}'


def reworded(found: re.Match[str]) -> str:
    """Change a number, or turn a word."""
    words = TURNS | {"never": "always", "same": "other"}
    return words[found[0]] if found[0] in words else more(found)


def uncontested(found: re.Match[str]) -> str:
    """Make a contested area a state's own, or contested from another year on."""
    return found[0].replace("contested", "state") if "contested" in found[0] else next_one(found)


def moved(found: re.Match[str]) -> str:
    """Move a label by nine degrees."""
    return f"{float(found[0]) + (9 if float(found[0]) < 70 else -9):g}"


def any_of(*names: str) -> str:
    """Return the pattern of one of some words."""
    return rf"(?:{'|'.join(map(re.escape, names))})"


LESSONS, SETS, TABLES = "notebooks/*.ipynb", "exercises/source/*/*.ipynb", "course_data/*.csv"
FACTS = "course_data/claims.csv|course_data/timeline.csv|course_data/announced.csv|course_data/numbers.csv"
PROSE = of_notebook("markdown")
NUMBER = r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?![\w/-]|[.,]\d)"
DAY = r"\b\d\d?(?= (?:January|March|June|September|October) 20\d\d)"
STATES = ("Kazakhstan", "Uzbekistan", "India", "China", "Russia", "Iran")
CODES = ("KAZ", "UZB", "IND", "CHN", "RUS", "IRN")
COUNTS = ("two", "three", "four", "five", "six", "seven", "eight")
KEYS = ("ART", "XHSCO", "TRADE08", "WDIGDP", "NW0914", "MODI0916")
TURNS = {
    "more": "less",
    "less": "more",
    "higher": "lower",
    "lower": "higher",
    "above": "below",
    "below": "above",
}
EDGES = {" <= ": " < ", " >= ": " > ", " == ": " != ", " < ": " <= ", " > ": " >= "}
SIGNS = {" * ": " / ", " / ": " * ", " + ": " - ", " - ": " + "}
ORDERS = {
    "[*keys, CONTESTED]": "[CONTESTED, *keys]",
    "[*casing, *lines, *stops]": "[*lines, *stops, *casing]",
    "<= day <": "< day <=",
    'fine if shape.style == "land"': 'fine if shape.style != "land"',
    '"x" if _open': '"-" if _open',
    "sorted(places": "list(places",
    "key=lambda shape: shape.style": "key=lambda shape: -len(shape.style)",
}
TOLD = {
    "argmin": "argmax",
    "argmax": "argmin",
    "told[0]": "told[1]",
    "[-1]": "[0]",
    ".diff() != 0": ".diff() == 0",
    "<= (_ALL": "> (_ALL",
    "sort=False": "sort=True",
}
WORDS = {
    **{
        "year": "month",
        "claimed by": "held by",
        "held by": "claimed by",
        "Hatched": "Shaded",
        "to China": "to India",
    },
    **{
        "31 December": "1 January",
        "Turkey included": "Turkey left out",
        "Great-circle": "Road",
        "member": "observer",
    },
    **{"voted": "spoke", "yes": "no", "crude oil": "oil products", "not yet": "already", "All": "None"},
}
#: After a word: its end, and not that of a gap to be filled.
NO_GAP = r"\b(?![^{}]*\})"
ANSWER = r"(?<=[(\[ ])\d+(?=[)\],:\n])|\"[a-z]+_[a-z_]+\""
TITLE = r'(?<=title=")[^"{]+(?=")'
#: Of a quiz a wrong option and the right one.
KEY = r'(\{ text = "[^"]*"), hint = "([^"]*)" \},(\s+)(\{ text = "[^"]*"), right = true \}'
QUESTIONS = "samarkand/questions/*.toml"
SUITE = {
    "set -euo pipefail": "set -uo pipefail",
    "export CI=true": "export CI=",
    "\npython3 start.py test": "\npython3 start.py test || true",
    "if result.status else wrong": "if False else wrong",
    "return 1 if failed": "return 0 if failed",
    '"--check", "."': '"."',
    '["tests", "--ignore': '["tests/data", "--ignore',
    '"--nbval", "notebooks"': '"--nbval-lax", "notebooks"',
    "bash .ci/run": "bash .ci/run || true",
}
STARTS = {" not ": " ", "return 1": "return 0", "return 0": "return 1", " == ": " != ", " and ": " or "}

# fmt: off
KINDS = (
    # What people read in lessons.
    Kind("a figure in prose", True, LESSONS, PROSE, NUMBER + "(?= [a-z%])", more),
    Kind("a day in prose", True, LESSONS, PROSE, DAY, more),
    Kind("a year in prose", True, LESSONS, PROSE, r"\b20[012]\d\b(?!-)", next_one),
    Kind("a count in words", True, LESSONS, PROSE, rf"\b{any_of(*COUNTS)}\b", ring(*COUNTS)),
    Kind("a name in prose", True, LESSONS, PROSE, rf"\b{any_of(*STATES)}\b", ring(*STATES)),
    Kind("a direction in prose", True, LESSONS, PROSE, rf"\b{any_of(*TURNS)}\b", swap(TURNS)),
    Kind("a source in prose", True, LESSONS, PROSE, rf'(?<=: ){any_of(*KEYS)}(?="\))', ring(*KEYS)),
    Kind("a table in Markdown", True, LESSONS, of_notebook("markdown", r"\|---"), rf"(?<=\| ){NUMBER}", more),
    Kind("a folded answer", True, LESSONS, of_notebook("markdown", "<summary>"), ANSWER, instead),
    Kind("a link to a section", True, LESSONS, PROSE,
         r"(?<=\.ipynb#)[^)\s]+", lambda found: f"{found[0]}s"),
    Kind("a chart's title", True, LESSONS, of_notebook("code", r"charts\.", stored=True), TITLE, hardly),
    Kind("a quiz's key", True, QUESTIONS, whole, KEY, rekeyed),
    Kind("a quiz's words", True, QUESTIONS, below_the_comment,
         rf"{NUMBER}|\b{any_of(*TURNS, 'never', 'same')}\b", reworded),
    # What people read in tables, on maps and charts, in explorers, practice and sets.
    Kind("a figure in a note", True, FACTS, cells("known_then", "known_later", "text", "note"), NUMBER, more),
    Kind("a verdict", True, "course_data/claims.csv", cells("verdict"),
         "^.+$", ring("borne out", "contested", "partly")),
    Kind("who announced it", True, "course_data/announced.csv", cells("by"),
         "^.+$", lambda found: "spokesman of the Kremlin"),
    Kind("a map's words", True, "samarkand/maps/*.py", sentences, rf"{any_of(*WORDS)}{NO_GAP}", swap(WORDS)),
    Kind("an explorer's words", True, "samarkand/explore/*.py", sentences,
         rf"{any_of(*TURNS, *WORDS)}{NO_GAP}", swap(WORDS | TURNS)),
    Kind("within what", True, "samarkand/check/*.py", sentences, r"(?<=[Ww]ithin )\d+\.\d+", threefold),
    Kind("a set's points", True, SETS, PROSE, r"(?<=\()\d(?= points?)|(?<=\*\*)\d(?= points?)", more),
    # Tables and geometry.
    Kind("a digit", False, TABLES, cells(), r"^\d+(?:\.\d+)?$", more),
    Kind("a day", False, TABLES, cells("day", "from", "known_when", "period_end"),
         r"^\d{4}-\d\d-\d\d$", next_one),
    Kind("a state's code", False, TABLES, cells("iso3", "counterpart_iso3", "partner", "destination"),
         "^...$", ring(*CODES)),
    Kind("a row", False, "course_data/[a-r]*.csv|course_data/[tu]*.csv", rows, r"^.+\n", gone),
    Kind("a source", False, TABLES, cells("source"), "^[A-Z0-9]+$", swap({"ART": "XHSCO"}, "ART")),
    Kind("a vote", False, "course_data/un_votes.csv", cells(), "^.+$", ring("yes", "abstain", "no")),
    Kind("a contested area", False, "course_data/geo/*.geojson", whole,
         r'(?<="kind":)\s*"contested"|(?<="since":)\s*"20\d\d', uncontested),
    Kind("a label's place", False, "samarkand/assets/map/labels*.csv", cells("lat", "lon"),
         r"^-?[\d.]+$", moved),
    # Code.
    Kind("what lies where on a map", False, "samarkand/maps/*.py", whole, any_of(*ORDERS), swap(ORDERS)),
    Kind("what a chart says", False, "samarkand/charts/*.py", program, any_of(*TOLD), swap(TOLD)),
    Kind("an edge in an explorer", False, "samarkand/explore/*.py", program, any_of(*EDGES), swap(EDGES)),
    Kind("a measure", False, "samarkand/measures.py|samarkand/geo.py", program, any_of(*SIGNS), swap(SIGNS)),
    Kind("a tolerance", False, "samarkand/check/*.py", whole,
         r"(?<=PerCent\()\d\.\d+|(?<=, )0\.\d+(?=\),\n)", threefold),
    Kind("a wrong way of practice", False, "samarkand/check/*.py", whole,
         r"(?<=lambda: )_\w+\(", lambda found: f"1 + {found[0]}"),
    Kind("how a set is marked", False, "exercises/checks/*.py", program,
         any_of(*EDGES, ".sum()", ".iloc[-1]"), swap(EDGES | {".sum()": ".max()", ".iloc[-1]": ".iloc[0]"})),
    Kind("start-up", False, "start.py", program, any_of(*STARTS), swap(STARTS)),
    Kind("CI", False, ".ci/run|.github/workflows/*.yml|tools/suite.py", whole, any_of(*SUITE), swap(SUITE)),
)
# fmt: on


class Mutant(NamedTuple):
    """One mistake in one place.

    Attributes
    ----------
    name : str
        A short checksum of kind, file, place and change: the same as long as they are.
    kind, file, place, was, now : str
        What was done where.
    text : callable
        Gives the whole file with it.
    """

    name: str
    kind: str
    file: str
    place: str
    was: str
    now: str
    text: Callable[[], str]


def candidates(kind: Kind, root: Path = ROOT) -> Iterator[Mutant]:
    """Yield all mutants of a kind, those of one text in the same place only once."""
    for path in sorted(chain.from_iterable(root.glob(pattern) for pattern in kind.where.split("|"))):
        file = path.relative_to(root).as_posix()
        for part in kind.parts(path):
            for found in re.finditer(kind.pattern, part.text, re.MULTILINE):
                now = kind.change(found)
                if now == found[0]:
                    continue
                line = part.text.count("\n", 0, found.start()) + 1
                place = part.place or f"line {line}"
                around = part.text[max(0, found.start() - 30) : found.end() + 30]
                mark = hashlib.sha256("\0".join((kind.name, file, part.among, around, now)).encode())
                yield Mutant(
                    mark.hexdigest()[:8],
                    kind.name,
                    file,
                    place,
                    _shown(found[0]),
                    _shown(now),
                    lambda p=part, f=found, n=now: p.put(p.text[: f.start()] + n + p.text[f.end() :]),  # type: ignore[misc]
                )


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"


def mutants(kinds: Sequence[Kind] = KINDS, root: Path = ROOT) -> list[Mutant]:
    """Return the first mutants of each kind in the order of their checksums, one of each kind in turn.

    Another line elsewhere in a file changes neither the choice nor the name of those that stay as they were.
    """
    chosen = [
        sorted({one.name: one for one in candidates(kind, root)}.values(), key=lambda one: one.name)[:EACH]
        for kind in kinds
    ]
    return [one for turn in zip_longest(*chosen) for one in turn if one]
