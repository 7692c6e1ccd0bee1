"""Rules for what a lesson says: figures, code in prose, hints and links, each held to its own.

They are rules as in `rules_of_lessons`, which holds every notebook to them.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterator
from functools import cache

from samarkand import data
from samarkand.ground.home import ROOT
from tools.author import rules, tied
from tools.author.lessons import Lesson, read, unfenced

#: What a notebook shows beside code: the counter of a cell, an empty cell, the student's folder, a command.
_SHOWN = re.compile(r"\[(\d|\*)\]|NaN|NaT|my_work|python3 start\.py fresh \d\d|\{\"samarkand\": .*\}")
#: What a hint says in words, and the code that its answer must then have.
METHODS = {
    r"\bdivided?\b": "/",
    r"\bmultipl|\btimes 100\b": "*",
    r"\bsubtract|\bminus\b|, less\b": "-",
    r"\bsum\b": ".sum(",
    r"\bmean\b": ".mean(",
    r"\bsquare it\b": "**",
    r"\bdifferent values\b": ".nunique(",
    r"\bcounts rows\b": "len(",
    r"\btakes rows out\b": ".drop(",
}
#: Code of an answer that its hint has to name in words.
NAMED = {"/": r"\bdivided?\b", "**": r"\bsquare it\b", ".mean(": r"\bmean\b"}


def figures_are_tied(lesson: Lesson) -> Iterator[str]:
    """Each figure in words is tied to what it rests on; whether it is true is seen by running (`tied`)."""
    yield from tied.loose(lesson)


def _spans(source: str) -> list[str]:
    """Return the code that stands between backticks in prose."""
    return re.findall(r"`([^`]+)`", unfenced(source))


def _flat(code: str) -> str:
    """Return code without spaces, and with one kind of quotation marks."""
    return re.sub(r"\s+", "", code).replace("'", '"')


def _stands_in(span: str, code: str) -> bool:
    """Tell whether code in prose, in which three dots stand for anything, is part of flat code."""
    parts = re.split(r"\[\.\.\.\]|\"\.\.\.\"|\.\.\.", _flat(span))
    return bool(re.search(".*".join(map(re.escape, parts)), code))


@cache
def _known() -> set[str]:
    """Return the names that any prose may name: Python's own, tables, columns."""
    names = {*keyword.kwlist, *dir(builtins)}
    for table in data.tables()["name"]:
        names |= {table, *map(str, data.load(table))}
    return names


def code_in_prose_is_the_lessons(lesson: Lesson) -> Iterator[str]:
    """Code that prose shows stands in the lesson's own code, which is run, or names a table or a column."""
    code = "\n".join([*(cell.source for cell in lesson.code), *(task.answer for task in lesson.tasks)])
    flat, names = _flat(code), {*re.findall(r"\w+", code), *_known()}
    for cell in lesson.prose:
        for span in _spans(cell.source):
            words = re.findall(r"\w+", span)
            plain = re.fullmatch(r"[\w.]+", span) and names.issuperset(words)
            letters = all(len(word) == 1 for word in words) and _parses(span)
            there = "/" in span and (ROOT / span).exists()
            if not (_stands_in(span, flat) or plain or letters or there or _SHOWN.fullmatch(span)):
                yield f"{cell.id}: shows `{span}`, which no cell of the lesson runs."


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


def hints_lead_to_the_answer(lesson: Lesson) -> Iterator[str]:
    """Code and verbs of a hint stand in the answer folded below it, which a test runs."""
    for task in lesson.tasks:
        answer, where = _flat(task.answer), f"{task.stub.id}: the hint of {task.number}"
        for hint in task.hints:
            spans = _spans(hint)
            parts = [span for span in spans if span.startswith(".")]
            if parts and not any(part in answer for part in parts):
                yield f"{where} shows {', '.join(parts)}, of which its answer has none."
            for span in spans:
                if span not in parts and not _stands_in(span, answer):
                    yield f"{where} shows `{span}`; its answer has no such code."
            words = re.sub(r"`[^`]*`", "", hint).lower()
            for says, needs in METHODS.items():
                said = re.search(says, words)
                if said and needs not in answer:
                    yield f'{where} says "{said[0]}"; its answer has no {needs}'
        told = " ".join(task.hints).lower()
        for needs, says in NAMED.items():
            if task.hints and needs in answer and not re.search(says, told):
                yield f"{task.stub.id}: the answer of {task.number} has {needs}, which its hint does not say."


def links_say_where_they_lead(lesson: Lesson) -> Iterator[str]:
    """Links to lessons have their titles for text, with or without number; links to headings the heading."""
    for cell in lesson.prose:
        text = re.sub(r"`[^`]*`", "", unfenced(cell.source))
        for says, file, anchor in re.findall(r"\[([^\]]+)\]\(([^)\s#]*\.ipynb)(?:#([^)\s]*))?\)", text):
            path = (lesson.path.parent / file).resolve()
            if not path.exists():
                continue  # `links_lead_somewhere` says so
            other = read(path)
            may = {other.title, f"{other.number} {other.title}"}
            for _, _, heading in other.headings:
                if anchor and heading.replace(" ", "-") == anchor:
                    number, _, words = heading.partition(". ")
                    may = {f"{other.title}, {words or heading}", f"section {number} of {other.title}"}
            if says not in may:
                yield f'{cell.id}: the link "{says}" leads to "{min(may)}".'


def tables_in_prose_are_tied(lesson: Lesson) -> Iterator[str]:
    """Each row of a table in Markdown has tied words; the card has rules of its own."""
    for cell in lesson.prose:
        if "**Time**" in cell.source:
            continue
        words = [" ".join(one.split()) for one in tied.ties(cell)]
        rows = re.findall(r"^\|.*\|$", unfenced(cell.source), re.MULTILINE)
        for row in rows[2:]:
            line = " ".join(row.split())
            if not any(one in line or line in one for one in words):
                yield f"{cell.id}: the row {line[:60]} is tied to nothing."


def the_card_names_the_tables(lesson: Lesson) -> Iterator[str]:
    """Each table that the code loads stands on the card, and the card names nothing that is no table."""
    card = next((cell for cell in lesson.prose if "**Data**" in cell.source), None)
    if card is None:
        return
    line = re.search(r"\*\*Data\*\*[^\n]*", card.source)
    named = set(_spans(line[0])) if line else set()
    for cell in lesson.code:
        for name in re.findall(r"""\bdata\.load\(["'](\w+)["']""", cell.source):
            if name in _tables() and name not in named:
                yield f"{cell.id}: loads the table {name}, which the card does not name."
    for name in sorted(named - _tables()):
        yield f"{card.id}: names {name}, which is no table of the course."


@cache
def _tables() -> set[str]:
    return set(data.tables()["name"])


def people_have_their_office(lesson: Lesson) -> Iterator[str]:
    """Whoever is named with a state and an office has that office in the table of actors."""
    people = data.load("entities").query("type == 'person'").set_index("name")["role"]
    for cell in lesson.prose:
        text = " ".join(cell.source.split())
        for state, office, name in re.findall(
            r"\b([A-Z]\w+)(?:'s|’s) ((?:foreign |prime )?minister|president) ([A-Z]\w+(?: [A-Z]\w+)*)", text
        ):
            role = next((role for full, role in people.items() if str(full).endswith(name.split()[-1])), "")
            if f"{office.title()} of {state}" not in role:
                says = role or "not in the table of actors"
                yield f"{cell.id}: {state}'s {office} {name}: {name} is {says}."


#: Those for every notebook.
RULES = rules.defined(globals())
