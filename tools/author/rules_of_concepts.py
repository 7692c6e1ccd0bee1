"""Rules for what a lesson asks a student to read of Python: nothing before it is introduced, in words, once.

They are rules as in `rules_of_lessons`, which holds the lessons to them; what counts as a name stands in
`concepts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.author import concepts, rules
from tools.author.lessons import Lesson, unfenced

#: The most that one lesson may introduce.
MOST_NEW = 12


def no_name_comes_before_it_is_introduced(lesson: Lesson) -> Iterator[str]:
    """Each name or construct that code uses was introduced in a lesson before, or in a cell above."""
    known = concepts.known_before(lesson)
    used = dict(concepts.read_code(lesson))
    for cell in lesson.cells:
        known.update(concepts.introduced(cell))
        for name in used.get(cell.id, {}):
            if name not in known:
                known.add(name)  # said once
                yield f"{cell.id}: uses {name}, which no cell up to here introduces."


def what_is_introduced_is_said(lesson: Lesson) -> Iterator[str]:
    """Each thing that a cell introduces is in the catalogue, said in its text, used here, and new."""
    known = concepts.known_before(lesson)
    used = {name for _, names in concepts.read_code(lesson) for name in names}
    new = 0
    for cell in lesson.cells:
        spans = re.findall(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", unfenced(cell.source))
        for name in concepts.introduced(cell):
            concept = concepts.catalogue().get(name)
            if concept is None:
                yield f"{cell.id}: introduces {name}, which is not in {concepts.CATALOGUE.name}."
            elif cell.cell_type != "markdown" or not any(concept.written in span for _, span in spans):
                yield f"{cell.id}: introduces {name}, and its text does not say `{concept.written}`."
            if name in known:
                yield f"{cell.id}: introduces {name}, which was introduced before."
            elif name not in used:
                yield f"{cell.id}: introduces {name}, which no code of the lesson uses."
            known.add(name)
            new += 1
    if new > MOST_NEW:
        yield f"It introduces {new} names and constructs; {MOST_NEW} at most."


def what_is_folded_is_explained(lesson: Lesson) -> Iterator[str]:
    """Above a folded cell of code its text says what it prepares."""
    for above, cell in zip([None, *lesson.cells], lesson.cells, strict=False):
        told = above is not None and above.cell_type == "markdown" and "folded cell" in above.source
        if concepts.folded(cell) and not told:
            yield f"{cell.id}: is folded, and the text above it says nothing of a folded cell."


#: Those for lessons.
RULES = rules.defined(globals())
