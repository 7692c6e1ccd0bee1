"""How far a class on a hub is: how many have reached each section, never who, never fewer than five."""

import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from samarkand.common import log
from samarkand.common.errors import make_unknown_name
from samarkand.common.words import tr
from samarkand.practice import notes, progress
from samarkand.practice.predict import class_view, ledger
from samarkand.practice.tasks import collect_tasks

#: The journals in which a student leaves the ids of what she answered.
JOURNALS = (log.JOURNAL, ledger.JOURNAL, notes.JOURNAL)


def describe_progress(folder: Path, wanted: str, section_name: str = "") -> str:
    """Return how a class answered a prediction, or how far it is in a lesson, as text.

    Parameters
    ----------
    folder : Path
        A hub's folder, or a file with pasted lines, which tells of predictions alone.
    wanted : str
        The id of a prediction, ``"06.partner"``, or a lesson's number.
    section_name : str, optional
        A section of a hub's class, as the roster has it; none: all of it.
    """
    section = class_view.find_section(folder, section_name) if section_name else None
    if not (wanted.isdecimal() and folder.is_dir()):
        return class_view.describe_guesses(folder, wanted, section)
    known = {one.number: one for one in progress.read_lessons()}
    if wanted not in known:
        raise make_unknown_name(tr("lesson"), wanted, known)
    lines = [tr("How many have answered something in this section, or in a later one:")]
    lesson = known[wanted]
    own = count_reached(folder, lesson, section.students if section else None)
    others = [dict(count_reached(folder, lesson, ids)) for ids in section.others] if section else []
    few = tr("fewer than {n}", n=class_view.FEWEST)
    left = tr("not shown alone: too few of the others")
    for heading, count in own:
        hidden = few if count < class_view.FEWEST else left
        shown = class_view.may_be_shown(count, [one[heading] for one in others])
        lines.append(f"{heading:44}  {count if shown else hidden}")
    return "\n".join(lines)


def count_reached(
    folder: Path, lesson: progress.Lesson, students: Collection[str] | None = None
) -> list[tuple[str, int]]:
    """Return each section in which something is asked, and how many students of a hub have come so far.

    `students` are the ids of those who count; None: all.
    """
    headings = list(lesson.sections)
    places = {id: headings.index(section.heading) for id, (_, section) in lesson.asked.items()}
    for task in collect_tasks().values():
        if task.lesson == lesson.number and task.taught in headings:
            places[task.id] = headings.index(task.taught)
    furthest = Counter[int]()
    for home in sorted((folder / "homes").glob("*")):
        if students is not None and home.name not in students:
            continue
        reached = {places[id] for id in read_ids(home) if id in places}
        if reached:
            furthest[max(reached)] += 1
    found = []
    for place in sorted(set(places.values())):
        found.append((headings[place], sum(count for far, count in furthest.items() if far >= place)))
    return found


def read_ids(home: Path) -> set[str]:
    """Return the ids of all that a student answered; a line of hers that says nothing counts for nothing."""
    found = set()
    for name in JOURNALS:
        for line in class_view.read_journal(home, name).splitlines():
            try:
                id = json.loads(line).get("id")
            except (ValueError, AttributeError, RecursionError):
                continue
            if isinstance(id, str):
                found.add(id)
    return found
