"""The rules of question files: they follow their schema, and no hint gives the answer away.

``samarkand build`` stores no lesson whose questions break a rule; their use in a lesson is checked by
`rules_of_lessons`.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samarkand.practice import questions

#: The maximum share of a right answer's own words in a hint, and the fewest letters of a word to count.
MOST_SAID, LETTERS = 0.5, 4


def faults(path: Path) -> list[str]:
    """Return a sentence for each fault in a file of questions."""
    return [f"{path.name}: {sentence}" for sentence in _faults(path)]


def _faults(path: Path) -> Iterator[str]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        yield f"it cannot be read ({error})."
        return
    broken = list(_against_the_schema(content))
    if broken:
        yield from broken
        return
    lessons = {id.partition(".")[0] for kind in content.values() for id in kind}
    if len(lessons) > 1:
        yield f"it asks in the lessons {', '.join(sorted(lessons))}; a file belongs to one."
    for id, quiz in content.get("quiz", {}).items():
        yield from _given_away(id, quiz)
        yield from _without_a_reason(id, quiz)


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
    wrong = {word for option in options if "hint" in option for word in _words(option["text"])}
    for key in (option["text"] for option in options if "right" in option):
        own = _words(key) - wrong - _words(quiz["text"])
        if key.casefold() in quiz["text"].casefold():
            yield f"{id}: the question says its answer."
        for hint in hints:
            said = own & _words(hint)
            if key.casefold() in hint.casefold() or (own and len(said) > MOST_SAID * len(own)):
                yield f"{id}: the hint {hint!r} gives the answer away."


def _without_a_reason(id: str, quiz: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for each right option without tied words in ``why``, and for each wrong tie."""
    right = {option["text"] for option in quiz["options"] if "right" in option}
    tied = {words: str(on) for words, on in quiz.get("tied", {}).items()}
    ties = {words: on[len("right: ") :] for words, on in tied.items() if on.startswith("right: ")}
    for words, option in ties.items():
        if words not in quiz["why"]:
            yield f"{id}: {words!r} is said to be a reason, and does not stand in its why."
        if option not in right:
            yield f"{id}: {words!r} is the reason for {option!r}, which is not among its right options."
    for option in sorted(right - set(ties.values())):
        yield f'{id}: no words of its why are tied to "right: {option}".'


def _words(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(rf"\w{{{LETTERS},}}", text)}
