"""Twelve questions before and after a course: on paper, as Moodle's quiz, as sets; the gain of a class."""

import functools
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from samarkand.answers.kinds import Choice
from samarkand.common import reading
from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT
from samarkand_grading.classroom import gradebook
from samarkand_grading.classroom.course import Course
from samarkand_grading.classroom.rosters import read_table
from samarkand_grading.marking.checks import ExerciseSet, Question
from tools.site.deck import page, render

ITEMS = ROOT / "docs" / "teaching" / "before_after.toml"
FORMS = ("A", "B")
#: The forms by set id, and the source that `samarkand new before-after` writes as the checks of each.
SETS = {"ex00_before": "A", "ex12_after": "B"}
CHECKS = "from tools.site.before_after import exercise\n\nSET = exercise({name!r})\n"
LETTERS = "abcd"
#: The minimum number of students with both forms for a report; bootstrap draws for the interval.
FEWEST, DRAWS = 5, 10_000


def form(name: str) -> list[tuple[int, dict[str, Any], list[int]]]:
    """Return (number, question, order of options) for form ``"A"`` or ``"B"``, in the form's order.

    The order is drawn with the form's name as seed, so it is the same everywhere. Option 0 is right.
    """
    items = reading.toml(ITEMS)["item"]
    drawn = random.Random(name)
    asked = list(enumerate(items, 1))
    drawn.shuffle(asked)
    return [(number, item, drawn.sample(range(4), 4)) for number, item in asked]


def paper(name: str) -> str:
    """Return a form as an HTML page to print."""
    made = render("form.html", name=name, form=form(name), letters=LETTERS)
    return page(f"Form {name}", "sheet.css", made)


def moodle(name: str) -> str:
    """Return a form in GIFT format, for import into Moodle's question bank."""

    def plain(text: str) -> str:
        return re.sub(r"([~=#{}:\\])", r"\\\1", text)

    found = []
    for place, (_, item, order) in enumerate(form(name), 1):
        options = "\n".join(f"{'~' if n else '='}{plain(item['options'][n])}" for n in order)
        found.append(f"::{name}{place}:: {plain(item['text'])} {{\n{options}\n}}\n")
    return "\n".join(found)


def exercise(name: str) -> ExerciseSet:
    """Return a form as a set; the reasons for wrong answers do not reveal the right letter."""
    kind, asked = Choice("a letter", options=tuple(LETTERS)), []
    for place, (_, item, order) in enumerate(form(SETS[name]), 1):
        right = functools.partial(lambda letter, given: letter, LETTERS[order.index(0)])
        about = f"This question is about {item['about']}."
        asked.append(Question(f"q{place}", f"answer_{place}", 1, kind, right, about, ""))
    return ExerciseSet(id=name, lesson="", questions=tuple(asked))  # it belongs to no lesson


def cells(name: str) -> str:
    """Return the source notebook of a form's set as a template: cells, each after a line ``===``."""
    when = "before" if SETS[name] == "A" else "after"
    return render("form.tmpl", name=name, when=when, form=form(SETS[name]), letters=LETTERS)


def of_set(course: Course, name: str) -> pd.DataFrame:
    """Return the same table as `read` for a form that was handed in as a set and graded."""
    asked = list(enumerate(form(SETS[name]), 1))
    right = {}
    for student, row in gradebook.read_rows(course.gradebook, name).items():
        if row.marks:
            right[student] = {n: row.marks[f"q{place}-check"].points == 1 for place, (n, _, _) in asked}
    return pd.DataFrame.from_dict(right, orient="index")


def rows_of(path: Path, *wanted: str) -> list[tuple[int, dict[str, str]]]:
    """Return (line number, row) of a spreadsheet's CSV file; `CourseError` if a column is missing."""
    rows = [(line.number, line.cells) for line in read_table(path).lines]
    if missing := [name for name in wanted if not rows or name not in rows[0][1]]:
        raise CourseError(f"{path} needs rows with the columns {', '.join(missing)}.")
    return rows


def read(path: Path) -> pd.DataFrame:
    """Read the answers of a class: one row for each student, one boolean column for each item.

    The file has the columns `student`, `form` (A or B) and `1` to `12`, the letters in the form's order; an
    empty cell is no answer, and counts as wrong. `CourseError` names the row and what is wrong with it.
    """
    keys = {name: form(name) for name in FORMS}
    right: dict[str, dict[int, bool]] = {}
    for line, row in rows_of(path, "student", "form", *map(str, range(1, 13))):
        name, which = row["student"], row["form"].upper()
        if not name or name in right or which not in keys:
            fault = f"the form {which!r}" if name else "no student"
            fault = f"{name} a second time" if name in right else fault
            raise CourseError(f"{path}, line {line}: it has {fault}.")
        right[name] = {}
        for place, (number, _, order) in enumerate(keys[which], 1):
            letter = row[str(place)].lower()
            if letter and letter not in LETTERS:
                raise CourseError(f"{path}, line {line}, question {place}: {letter!r} is none of a, b, c, d.")
            right[name][number] = bool(letter) and order[LETTERS.index(letter)] == 0
    return pd.DataFrame.from_dict(right, orient="index")


def report(before: pd.DataFrame, after: pd.DataFrame, seed: int = 0) -> str:
    """Return the gain of a class with its uncertainty, and statistics of each item, as text.

    The interval is the middle 95 % of the mean gains of classes drawn with replacement from these
    students. Difficulty is the share that is right. Discrimination is how an item correlates with how many
    other items are right; "-" where all or none have it. `CourseError` for fewer than five students
    with both forms.
    """
    both = before.index.intersection(after.index)
    if len(both) < FEWEST:
        few = f"With fewer than {FEWEST} nothing can be said of a class."
        raise CourseError(f"Students with both forms: {len(both)}. {few}")
    first, last = before.loc[both], after.loc[both]
    right = [frame.sum(axis="columns") for frame in (first, last)]
    gains = (right[1] - right[0]).to_numpy(float)
    draws = np.random.default_rng(seed).choice(gains, (DRAWS, len(gains))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    alone = len(before.index.symmetric_difference(after.index))
    lines = [
        f"{len(both)} students have both forms; {alone} have one, and are left out.",
        f"Right of 12: {right[0].mean():.1f} before, {right[1].mean():.1f} after. "
        f"Gain: {gains.mean():+.1f}, 95 % interval {low:+.1f} to {high:+.1f}.",
        "",
        "item  before  after  discrimination  about",
    ]
    about = {number: item["about"] for number, item, _ in form("A")}
    for number in sorted(about):
        held, rest = last[number].astype(float), right[1] - last[number]
        varies = held.nunique() > 1 and rest.nunique() > 1
        tells = f"{np.corrcoef(held, rest)[0, 1]:+.2f}" if varies else "-"
        shares = f"{first[number].mean():6.0%}  {held.mean():5.0%}"
        lines.append(f"{number:4}  {shares}  {tells:>14}  {about[number]}")
    return "\n".join(lines)
