"""Rules on how help fades: aims that tasks show, lines from nothing, questions from memory, short sittings.

Rules as in `rules_of_lessons`, which applies them to every lesson.
"""

import ast
import re
from collections.abc import Iterator

from samarkand.practice import memory
from tools.author import kinds_of_tasks, minutes, rules
from tools.author.concepts import is_further
from tools.author.lessons import OWN_NOTEBOOK, Lesson, find_names

#: The maximum minutes of a sitting, for a novice.
SITTING = 45
#: The first lesson that begins from memory and has lines from nothing, and the first with a plain file.
FROM_MEMORY, FROM_A_FILE = "02", "03"
#: What at least of the tasks of a lesson are lines from nothing.
LEAST_SHARE = 0.5
#: The key, in the metadata of the cell of aims, of the tasks and quizzes that show each verb.
SHOWN_BY = "shown_by"
AIMS = "By the end you can"


def sittings_are_short(lesson: Lesson) -> Iterator[str]:
    """Require that no sitting takes a novice too long."""
    for number, taken in enumerate(minutes.time_sittings(lesson), 1):
        if taken > SITTING:
            yield f"Sitting {number} takes {taken} minutes; {SITTING} at most."


def aims_are_shown(lesson: Lesson) -> Iterator[str]:
    """Require that each verb of an aim names tasks or quizzes of the lesson that show it."""
    cells = [cell for cell in lesson.prose if AIMS in cell.source]
    if not cells:
        return  # a rule of parts says so
    verbs = re.findall(r"(?<!\*)\*(?!\*)([^*\n]+)\*(?!\*)", cells[0].source)
    shown = cells[0].metadata.get("samarkand", {}).get(SHOWN_BY, {})
    there = {task.number for task in lesson.tasks} | set(_find_asked(lesson))
    for verb in verbs:
        if not shown.get(verb):
            yield f'{cells[0].id}: no task or quiz shows "{verb}": name it in the metadata, under {SHOWN_BY}.'
        for id in shown.get(verb, ()):
            if id not in there:
                yield f'{cells[0].id}: "{verb}" is shown by {id}, which the lesson does not ask.'
    for verb in shown:
        if verb not in verbs:
            yield f'{cells[0].id}: {SHOWN_BY} has "{verb}", which is no verb of an aim.'


def _find_asked(lesson: Lesson) -> Iterator[str]:
    """Yield the id of each quiz, and the file of each check of what a student leaves behind."""
    for _, tree in lesson.trees:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            if ast.unparse(node.func) == "briefing.check" and isinstance(node.args[0], ast.Name):
                yield node.args[0].id  # the page itself
            if not isinstance(node.args[0], ast.Constant):
                continue
            if ast.unparse(node.func) in ("quiz.ask", "without_us.check", "article.check"):
                yield str(node.args[0].value)


def tasks_fade(lesson: Lesson) -> Iterator[str]:
    """Require that at least half of the tasks are lines from nothing, from one lesson on."""
    if not FROM_MEMORY <= lesson.number < OWN_NOTEBOOK[0] or not lesson.tasks:
        return
    kinds = [kinds_of_tasks.find_kind(task) for task in lesson.tasks]
    own = sum(kind != "change" for kind in kinds)
    if own < LEAST_SHARE * len(kinds):
        yield f"Of its {len(kinds)} tasks {own} are lines from nothing; at least half should be."


def one_task_begins_with_an_empty_cell(lesson: Lesson) -> Iterator[str]:
    """Require a task that reads a plain file without the course, in each lesson up to the last."""
    if not FROM_A_FILE <= lesson.number < OWN_NOTEBOOK[0]:
        return
    if not lesson.tasks:
        yield "It has no task, and so none from an empty cell."
        return
    missing = [kinds_of_tasks.find_missing(task) for task in lesson.tasks]
    fewest = min(missing, key=len)
    if fewest:
        yield f"It has no task from an empty cell; the nearest does not do this: {', '.join(fewest)}."


def names_of_answers_are_free(lesson: Lesson) -> Iterator[str]:
    """Require that no other cell gives a value to the names of the answers from memory.

    Who goes back to these questions later would change what the lesson calculates with.
    """
    asks = {cell.id for cell in lesson.code if "memory.check(" in cell.source}
    further = {cell.id for cell in lesson.code if is_further(cell)}
    names = set().union(*(find_names(tree, ast.Store) for id, tree in lesson.trees if id in asks))
    for id, tree in lesson.trees:
        if id in asks | further:
            continue
        for name in sorted(names & find_names(tree, ast.Store)):
            yield f'{id}: gives a value to "{name}", the name of an answer from memory.'


def it_begins_from_memory(lesson: Lesson) -> Iterator[str]:
    """Require the questions from memory before the first section, with a cell for the answers."""
    if not FROM_MEMORY <= lesson.number < OWN_NOTEBOOK[0]:
        return
    sources = [cell.source for cell in lesson.cells]
    asked = [n for n, one in enumerate(sources) if f'memory.ask("{lesson.number}")' in one]
    checked = [n for n, one in enumerate(sources) if f'memory.check("{lesson.number}"' in one]
    first = [n for n, one in enumerate(sources) if re.search(r"^## 1\.", one, re.MULTILINE)]
    if len(asked) != 1 or checked != [asked[0] + 1] or (first and asked[0] > first[0]):
        yield (
            f'It does not begin with memory.ask("{lesson.number}") and, in the cell below it, '
            f'memory.check("{lesson.number}", ...), before section 1.'
        )
    if lesson.number not in memory.CHOICE:
        yield f"samarkand/practice/memory/pool.py has no questions for lesson {lesson.number}."
        return
    loaded = set(re.findall(r'data\.load\("(\w+)"', "\n".join(cell.source for cell in lesson.code)))
    for name in memory.CHOICE[lesson.number]:
        question = memory.QUESTIONS[name]
        if question.table in loaded:
            yield f"The question from memory {name!r} is on {question.table}, which the lesson loads itself."
        if question.lesson >= lesson.number:
            yield f"The question from memory {name!r} is taught in lesson {question.lesson} only."


RULES = rules.list_rules(globals())
