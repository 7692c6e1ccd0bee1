"""The twelve questions before and after a course, as two ordinary sets.

Each question is there twice, with other numbers and another case, so that memory is no gain.
"""

import functools
import random
from dataclasses import dataclass
from typing import Any

from samarkand.answers.kinds import Choice
from samarkand.common import reading
from samarkand.common.home import ROOT
from samarkand_grading.marking.checks import ExerciseSet, Question
from tools.site.deck import render_template

ITEMS = ROOT / "docs" / "teaching" / "before_after.toml"
#: The id of each set, by when it is answered.
SETS = {"before": "ex00_before", "after": "ex12_after"}
#: The form that each set asks.
FORMS = {"ex00_before": "A", "ex12_after": "B"}
#: The checks of such a set, as `samarkand new before-after` writes them.
CHECKS = "from tools.author.twelve_questions import make_set\n\nSET = make_set({name!r})\n"
LETTERS = "abcd"


@dataclass(frozen=True)
class Asked:
    """A question as a set asks it.

    Attributes
    ----------
    id
        Its id, the same in both sets for the two forms of one question.
    about, text
        What it is about, and the question itself.
    options
        Its options by letter.
    right
        The letter of the right one.
    """

    id: str
    about: str
    text: str
    options: dict[str, str]
    right: str


def draw_questions(name: str) -> list[Asked]:
    """Return the questions of a set, in its form; order and options are drawn with its name as seed."""
    items: list[dict[str, Any]] = reading.read_toml(ITEMS)["item"]
    drawn = random.Random(name)
    numbers = list(range(len(items)))
    drawn.shuffle(numbers)
    asked = []
    for number in numbers:
        item = items[number]
        form = item[FORMS[name]]
        right = form["options"][0]
        options = dict(zip(LETTERS, drawn.sample(form["options"], len(LETTERS)), strict=True))
        letter = next(letter for letter, text in options.items() if text == right)
        asked.append(
            Asked(id=f"q{number + 1}", about=item["about"], text=form["text"], options=options, right=letter)
        )
    return asked


def make_set(name: str) -> ExerciseSet:
    """Return a set of the twelve questions; the reasons for wrong answers do not reveal the right letter."""
    kind = Choice("a letter", options=tuple(LETTERS))
    questions = []
    for asked in draw_questions(name):
        solution = functools.partial(_answer_with, asked.right)
        about = f"This question is about {asked.about}."
        answer = f"answer_{asked.id[1:]}"
        questions.append(
            Question(id=asked.id, name=answer, points=1, kind=kind, solution=solution, hint=about, taught="")
        )
    return ExerciseSet(id=name, lesson="", questions=tuple(questions))  # it belongs to no lesson


def _answer_with(letter: str, given: dict[str, Any]) -> str:
    """Return the right letter, whatever a student's own numbers are."""
    return letter


def write_source(when: str) -> str:
    """Return the source notebook of the set "before" or "after" as cells, each after a line ``===``."""
    name = SETS[when]
    return render_template("twelve_questions.tmpl", name=name, when=when, questions=draw_questions(name))
