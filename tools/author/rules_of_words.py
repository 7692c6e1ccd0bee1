"""Rules for the words of a lesson (figures, hints, tables) and for the files of its questions.

Rules as in `rules_of_lessons`, which applies them to every notebook. A file of questions follows its schema,
and no hint gives the answer away.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from samarkand import data
from samarkand.practice import questions
from tools.author import figures, rules, tied
from tools.author.lessons import Lesson, remove_code_blocks

#: Patterns of words in hints with the code that the answer must have; for `NAMED` code also the reverse.
HINTS, NAMED = figures.VOCABULARY["hints"], ("/", "**", ".mean(")
#: The maximum share of a right answer's own words in a hint, and the fewest letters of a word to count.
MOST_SAID, LETTERS = 0.5, 4


def _find_code_spans(source: str) -> list[str]:
    """Return the code between backticks in prose."""
    return re.findall(r"`([^`]+)`", remove_code_blocks(source))


def _flatten_code(code: str) -> str:
    """Return code without white space and with double quotation marks only."""
    return re.sub(r"\s+", "", code).replace("'", '"')


def _occurs_in_code(span: str, code: str) -> bool:
    """Return whether a code span, in which three dots match anything, is part of code that was flattened."""
    parts = re.split(r"\[\.\.\.\]|\"\.\.\.\"|\.\.\.", _flatten_code(span))
    return bool(re.search(".*".join(map(re.escape, parts)), code))


@cache
def _name_tables() -> set[str]:
    """Return the names of the course's tables."""
    return {*data.tables()["name"]}


def hints_lead_to_the_answer(lesson: Lesson) -> Iterator[str]:
    """Require that the code and verbs of a hint are in the answer below it, which a test runs."""
    for task in lesson.tasks:
        answer = _flatten_code(task.answer)
        where = f"{task.stub.id}: the hint of {task.number}"
        code = re.sub(r'"[^"]*"', '""', answer)  # the slash of a path divides nothing
        for hint in task.hints:
            spans = _find_code_spans(hint)
            parts = [span for span in spans if span.startswith(".")]
            if parts and not any(part in answer for part in parts):
                yield f"{where} shows {', '.join(parts)}, of which its answer has none."
            for span in spans:
                if span not in parts and not _occurs_in_code(span, answer):
                    yield f"{where} shows `{span}`; its answer has no such code."
            for says, needs in HINTS.items():
                verb = re.search(says, re.sub(r"`[^`]*`", "", hint).lower())
                if verb and needs not in answer:
                    yield f'{where} says "{verb[0]}"; its answer has no {needs}'
        for says, needs in HINTS.items() if task.hints else ():
            if needs in NAMED and needs in code and not re.search(says, " ".join(task.hints).lower()):
                yield f"{task.stub.id}: the answer of {task.number} has {needs}, which its hint does not say."


def the_card_names_the_tables(lesson: Lesson) -> Iterator[str]:
    """Require that the card names each table that the code loads, and only tables."""
    for card in [cell for cell in lesson.prose if "**Data**" in cell.source][:1]:
        named = {*_find_code_spans(re.findall(r"\*\*Data\*\*[^\n]*", card.source)[0])}
        for cell in lesson.code:
            loaded = re.findall(r"""\bdata\.load\(["'](\w+)["']""", cell.source)
            for name in {*loaded} & _name_tables() - named:
                yield f"{cell.id}: loads the table {name}, which the card does not name."
        for name in sorted(named - _name_tables()):
            yield f"{card.id}: names {name}, which is no table of the course."


def people_have_their_office(lesson: Lesson) -> Iterator[str]:
    """Require that a person named with state and office has that office in the table of actors."""
    people = data.load("entities").query("type == 'person'")
    office = r"\b([A-Z]\w+)(?:'s|’s) ((?:foreign |prime )?minister|president) ((?:[A-Z]\w+ ?)+)"
    for cell in lesson.prose:
        for state, title, name in re.findall(office, " ".join(cell.source.split())):
            roles = people[people["name"].str.endswith(name.split()[-1])]["role"].tolist()
            if not any(f"{title.title()} of {state}" in role for role in roles):
                role = (roles or ["not in the table of actors"])[0]
                yield f"{cell.id}: {state}'s {title} {name.strip()}: {name.strip()} is {role}."


def find_faults_of_questions(path: Path) -> list[str]:
    """Return a sentence for each fault in a file of questions."""
    return [f"{path.name}: {sentence}" for sentence in _find_faults(path)]


def _find_faults(path: Path) -> Iterator[str]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        yield f"it cannot be read ({error})."
        return
    broken = list(_against_the_schema(content))
    if broken:
        yield from broken
        return
    lessons: set[str] = set()
    for kind in content.values():
        lessons.update(id.partition(".")[0] for id in kind)
    if len(lessons) > 1:
        yield f"it asks in the lessons {', '.join(sorted(lessons))}; a file belongs to one."
    for id, quiz in content.get("quiz", {}).items():
        yield from _given_away(id, quiz)


def _against_the_schema(content: dict[str, Any]) -> Iterator[str]:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    validator = Draft202012Validator(json.loads(questions.SCHEMA.read_text(encoding="utf-8")))
    for error in validator.iter_errors(content):
        inner = best_match([error])
        place = ", ".join(f"option {part + 1}" if isinstance(part, int) else str(part) for part in inner.path)
        yield f"{place or 'the file'}: {inner.message}."


def _given_away(id: str, quiz: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for each question text or hint that has the right answer, or most of its words."""
    options = quiz["options"]
    named = [option["text"].casefold() for option in options]
    if len(set(named)) < len(named):
        yield f"{id}: two options are alike."
    hints = [option["hint"] for option in options if "hint" in option]
    if len(set(hints)) < len(hints):
        yield f"{id}: two wrong options have one hint; each mistake has its own."
    wrong: set[str] = set()
    for option in options:
        if "hint" in option:
            wrong |= _list_long_words(option["text"])
    for key in (option["text"] for option in options if "right" in option):
        own = _list_long_words(key) - wrong - _list_long_words(quiz["text"])
        if key.casefold() in quiz["text"].casefold():
            yield f"{id}: the question says its answer."
        for hint in hints:
            said = own & _list_long_words(hint)
            if key.casefold() in hint.casefold() or (own and len(said) > MOST_SAID * len(own)):
                yield f"{id}: the hint {hint!r} gives the answer away."


def _list_long_words(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(rf"\w{{{LETTERS},}}", text)}


#: The rules for every notebook; `tied.find_untrue` runs the code and compares.
RULES = [tied.find_loose, *rules.list_rules(globals())]
