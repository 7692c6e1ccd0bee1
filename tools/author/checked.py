"""The record of what was checked: which statement was held against which source, and when.

The folder ``checked/`` has a file for each lesson, set, file of texts and table. A line is known by the
digest of the words and by the sources, not by its place: a cell may be moved or split. When words or cells
change, or another source is cited, their line no longer fits, and they have to be read again. An empty day
means that nobody has read the statement since the record began.
"""

import csv
import datetime as dt
import difflib
import io
import json
import tomllib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import nbformat

from samarkand.common import files
from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT, course_data
from samarkand.sources import cite
from tools.author import statements
from tools.author.git import NoGit, ask_git
from tools.author.lessons import Lesson
from tools.author.statements import Statement

FOLDER = ROOT / "checked"
#: The letters of a statement that its line has, so that people find it.
LETTERS = 60
#: How alike the words of the last commit must be, from 0 to 1, to be shown as what the new ones were.
ALIKE = 0.5
#: Tables about the course itself, which rest on no source outside.
OUR_OWN = (
    "sources",
    "states",
    "glossary",
    "hedges",
    "sco_days",
    "forecast_questions",
    "second_coding",
)
#: The folders with texts of quizzes, maps and explorers.
TEXTS = ("samarkand/practice/questions", "samarkand/assets", "samarkand/assets/map")


@dataclass(frozen=True)
class Line:
    """A line of the record.

    Attributes
    ----------
    place
        Where the statement was when it was read: a cell, a row, a text.
    day
        When it was read; empty if never since the record began.
    opened
        The keys of the sources that were opened then, with semicolons; may be fewer than `sources`.
    sources
        The keys of the sources that the statement has.
    digest
        The digest of its words; see `Statement.digest`.
    words
        Its first words.
    found
        What was found in the source, where somebody wrote it down.
    """

    place: str
    day: str
    opened: str
    sources: str
    digest: str
    words: str
    found: str = ""

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """What the line is known by, as `Statement.key`."""
        return self.digest, tuple(filter(None, self.sources.split(";")))


@dataclass(frozen=True)
class Recorded:
    """A file of the course with statements.

    Attributes
    ----------
    name
        The name of its file in the record, such as ``lessons/03_the_sco``.
    path
        The file itself.
    """

    name: str
    path: Path

    @property
    def record(self) -> Path:
        """The path of its file in the record."""
        return FOLDER / f"{self.name}.csv"

    def read_statements(self) -> list[Statement]:
        """Return the statements of the file as it is."""
        return self._cut(lambda path: path.read_text(encoding="utf-8"))

    def read_committed(self) -> list[Statement]:
        """Return the statements of the file in the last commit; none if Git does not know it."""
        try:
            return self._cut(lambda path: ask_git("show", f"HEAD:./{path.name}", folder=path.parent))
        except NoGit:
            return []

    def _cut(self, read: Callable[[Path], str]) -> list[Statement]:
        """Return the statements of the file, whose content `read` returns."""
        if self.path.suffix == ".csv":
            rows = list(csv.DictReader(io.StringIO(read(self.path), newline="")))
            return list(statements.list_table_statements(rows, _primary_keys()[self.path.stem]))
        if self.path.suffix == ".toml":
            return list(statements.list_text_statements(tomllib.loads(read(self.path))))
        notebook = Lesson(self.path, nbformat.v4.to_notebook(json.loads(read(self.path))))
        if self.name.startswith("lessons/"):
            return list(statements.list_lesson_statements(notebook))
        ties = ROOT / "exercises" / "checks" / f"{self.path.stem}.py"
        return list(
            statements.list_lesson_statements(
                notebook, statements.read_ties_of_set(read(ties)) if ties.exists() else {}
            )
        )


def _primary_keys() -> dict[str, list[str]]:
    """Return the columns of each table's primary key, by the name of its file."""
    package = json.loads((course_data() / "datapackage.json").read_text(encoding="utf-8"))
    found = {}
    for table in package["resources"]:
        keys = table.get("schema", {}).get("primaryKey", [])
        found[Path(table["path"]).stem] = [keys] if isinstance(keys, str) else keys
    return found


def find_tables() -> list[Recorded]:
    """Return the tables that rest on sources."""
    known = _primary_keys()
    paths = [path for path in sorted(course_data().glob("*.csv")) if path.stem not in OUR_OWN]
    return [Recorded(f"tables/{path.stem}", path) for path in paths if known.get(path.stem)]


def find_texts(lesson_paths: Sequence[Path]) -> list[Recorded]:
    """Return the lessons at these paths, their sets, and all files of texts."""
    found = [Recorded(f"lessons/{path.stem}", path) for path in lesson_paths]
    numbers = {path.stem[:2] for path in lesson_paths}
    for path in sorted(ROOT.glob("exercises/source/*/*.ipynb")):
        if path.stem[2:4] in numbers:
            found.append(Recorded(f"sets/{path.stem}", path))
    for folder in TEXTS:
        for path in sorted((ROOT / folder).glob("*.toml")):
            found.append(Recorded(f"texts/{path.stem}", path))
    return found


def read_lines(record: Path) -> list[Line]:
    """Return the lines of a file of the record; none if there is no such file. `CourseError` if damaged."""
    if not record.exists():
        return []
    with record.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {field.name for field in fields(Line)}
    if any({*row} != names or None in row.values() for row in rows):
        told = f"{record} has other columns than {', '.join(sorted(names))}."
        raise CourseError(told, code="other columns", file=record)
    return [Line(**row) for row in rows]


def write_lines(record: Path, lines: Collection[Line]) -> None:
    """Write a file of the record, in the order of place and first words; no file for no lines."""
    if not lines:
        record.unlink(missing_ok=True)
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Line)], lineterminator="\n")
    writer.writeheader()
    for line in sorted(set(lines), key=lambda one: (one.place, one.words, one.digest, one.day)):
        writer.writerow(asdict(line))
    record.parent.mkdir(parents=True, exist_ok=True)
    files.write_if_changed(record, text.getvalue().encode())


def find_fallen(one: Recorded) -> list[Statement]:
    """Return the statements of a file that have no line in the record, each once."""
    known = {line.key for line in read_lines(one.record)}
    fallen = {now.key: now for now in one.read_statements() if now.key not in known}
    return list(fallen.values())


def put_back(among: Sequence[Recorded], keys: Collection[str], day: str) -> list[str]:
    """Write a line for each fallen statement that rests on one of the keys; return what was written.

    A key is that of a source that was opened, or a place for statements without a source, or the digest of
    a line that stands without a day: that line is signed too, with those of its sources that are among the
    keys. A source alone signs no line that stands, since hundreds may rest on it. With no day, all fallen
    statements are written as never read, whatever they rest on. Lines of the same place that no statement
    has any more are dropped.
    """
    written = []
    for one in among:
        put: list[Line] = []
        for now in find_fallen(one):
            opened = [key for key in now.sources if key in keys]
            if opened or now.place in keys or not day:
                put.append(_write_line(now, opened, day))
        if day:
            put += _sign_standing(one, keys, day)
        if put:
            places = {line.place for line in put}
            signed = {line.key for line in put}
            needed = {now.key for now in one.read_statements()}
            lines = read_lines(one.record)
            kept = [line for line in lines if line.key in needed or line.place not in places]
            write_lines(one.record, [*(line for line in kept if line.key not in signed), *put])
        written += [f"{one.name}, {line.place}: {line.words}" for line in put]
    return written


def _sign_standing(one: Recorded, keys: Collection[str], day: str) -> list[Line]:
    """Return the lines without a day whose digest is among the keys, signed, each with its note."""
    lines = read_lines(one.record)
    read = {line.key for line in lines if line.day}
    signed = []
    for line in lines:
        sources = line.key[1]
        opened = [key for key in sources if key in keys]
        if line.digest in keys and line.key not in read and (opened or not sources):
            signed.append(replace(line, day=day, opened=";".join(opened)))
    return signed


def _write_line(now: Statement, opened: Collection[str], day: str) -> Line:
    """Return the line of a statement."""
    return Line(
        place=now.place,
        day=day,
        opened=";".join(opened),
        sources=";".join(now.sources),
        digest=now.digest,
        words=now.words[:LETTERS],
    )


def report_fallen(among: Sequence[Recorded]) -> list[str]:
    """Return for each fallen statement a text with old and new words and its sources."""
    found = []
    for one in among:
        fallen = find_fallen(one)
        if not fallen:
            continue
        kept = {now.key for now in one.read_statements()}
        gone = [old for old in one.read_committed() if old.key not in kept]
        notes = {line.place: line.found for line in read_lines(one.record) if line.found}
        for now in fallen:
            lines = [f"{one.name}, {now.place}: read it again.", *_show_change(now, _find_old(now, gone))]
            lines += [f"  source: {_describe_source(key)}" for key in now.sources]
            if now.place in notes:
                lines.append(f"  found there before: {notes[now.place]}")
            key = now.sources[0] if now.sources else f'"{now.place}"'
            lines.append(f"  When you have: --read {key}")
            found.append("\n".join(lines))
    return found


def _find_old(now: Statement, gone: Sequence[Statement]) -> Statement | None:
    """Return what a statement was in the last commit: the row of its key, or the most similar sentence."""
    best, most = None, ALIKE
    for old in gone:
        if now.cells and old.place == now.place:
            return old
        alike = difflib.SequenceMatcher(None, old.words, now.words).ratio()
        if not now.cells and alike > most:
            best, most = old, alike
    return best


def _show_change(now: Statement, old: Statement | None) -> Iterator[str]:
    if old is None:
        yield f"  new: {now.words}"
    elif now.cells:
        for name in sorted({*now.cells, *old.cells}):
            was, is_ = old.cells.get(name, "(empty)"), now.cells.get(name, "(empty)")
            if was != is_:
                yield f"  {name} was: {was}"
                yield f"  {name} is:  {is_}"
    else:
        if old.words != now.words:
            yield f"  was: {old.words}"
        yield f"  is:  {now.words}"
        if old.words == now.words and old.sources == now.sources:
            yield f"  Its ties were: {old.held}"
        if old.sources != now.sources:
            yield f"  It had the sources {', '.join(old.sources) or 'none'}."


def _describe_source(key: str) -> str:
    """Return a source's key with its title and address, or the key alone if there is no such source."""
    try:
        source = cite[key]
    except CourseError:
        return key
    return f"{key}, {source.title} ({source.who_and_when}) {source.url}"


def count_unread(among: Sequence[Recorded]) -> int:
    """Return the number of statements that nobody has read since the record began."""
    unread = 0
    for one in among:
        read = {line.key for line in read_lines(one.record) if line.day}
        unread += len({now.key for now in one.read_statements()} - read)
    return unread


def write_today() -> str:
    """Return today's date, as the record has it."""
    return dt.date.today().isoformat()
