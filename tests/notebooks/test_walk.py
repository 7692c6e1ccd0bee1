"""A simulated student does the whole course: all lessons in order, in one folder, everything answered.

Each lesson runs with the files that earlier ones left in ``my_work``; questions are answered through the
lesson's own forms. At the end nothing is open, and lesson 10 has scored every prediction.
"""

from pathlib import Path

import pytest
from nbformat import NotebookNode

from samarkand.common import journal
from samarkand.practice import notes, predict, progress, questions
from tools.author import build, lessons, normal_form
from tools.site import deck

QUIZZES, PREDICTIONS = questions.read_questions("quiz"), questions.read_questions("predict")


def filled(cell: NotebookNode) -> str:
    """Return a cell's code extended to fill in and save the form that it shows."""
    one = deck.find_question(cell)
    if one is None:
        return str(cell.source)
    if isinstance(one, questions.Note):
        does = "asked.fill('My own words.'); asked.save()"
    elif isinstance(one, questions.Quiz):
        does = f"asked.answer(*{[n for n, option in enumerate(one.options) if option.right]})"
    elif one.options:
        does = f"asked.fill({next(iter(one.options))!r}, reason='A guess.'); asked.save()"
    else:
        does = f"asked.fill('{one.low:g}', '{one.low:g}', '{one.high:g}', 'As wide as can be.'); asked.save()"
    return f"asked = {cell.source}\n{does}\nasked"


def worked(lesson: lessons.Lesson) -> NotebookNode:
    """Return an unrun notebook of a lesson in which everything is answered."""
    notebook = normal_form.normalise_notebook(lesson.notebook)
    answers = {task.stub.id: task.answer for task in lesson.tasks}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = answers.get(cell.id) or filled(cell)
    return notebook


@pytest.mark.parametrize("first", [-2, pytest.param(0, marks=pytest.mark.nightly)])
def test_at_the_end_nothing_is_open_and_every_prediction_is_scored(
    first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Lesson 12 is worked through in a notebook of one's own: tests/package/test_without_us.py does that.
    helped = [lesson for lesson in lessons.read_all_lessons() if lesson.number != "12"]
    way = helped[first:]  # the last but one looks back at what was expected in all others
    copies = tmp_path / "lessons"  # beside the folder of the plain files, as a student's copies are
    copies.mkdir()
    for lesson in way:
        build.run_notebook(worked(lesson), tmp_path, copies)
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path))
    walked = {lesson.number for lesson in way}
    states = {
        item.id: item.state
        for one in progress.read_lessons()
        if one.number in walked
        for item in progress.list_items(one)
    }
    assert {id for id, state in states.items() if state != "done"} == set()
    asked = {id for id in (*QUIZZES, *PREDICTIONS, *questions.read_questions("note")) if id[:2] in walked}
    assert asked <= set(states)
    assert all(one["text"] == "My own words." for one in journal.read_latest(notes.JOURNAL).values())
    ranges = sum(not one.options for id, one in PREDICTIONS.items() if id in asked)
    # Ranges as wide as can be hold always, and the course says what that is worth.
    assert f"{ranges} of your {ranges} ranges contained the result." in predict.scores().sentence
