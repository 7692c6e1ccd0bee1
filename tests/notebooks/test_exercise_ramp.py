"""Each graded set goes up in steps, from reading to writing; a broken rule is reported."""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode

from samarkand.common.home import ROOT
from tools.author import lessons, rules_of_sets, skeletons
from tools.author.lessons import Lesson

SOURCES = sorted((ROOT / "exercises" / "source").glob("*/*.ipynb"))
TRIP = lessons.read_lesson(ROOT / "exercises/source/ex01_the_trip/ex01_the_trip.ipynb")
ROADS = lessons.read_lesson(ROOT / "exercises/source/ex06_roads/ex06_roads.ipynb")


@pytest.mark.parametrize("path", SOURCES, ids=[path.stem for path in SOURCES])
def test_each_set_keeps_the_rules(path: Path) -> None:
    assert rules_of_sets.find_faults_of_set(lessons.read_lesson(path)) == []


def test_a_new_set_begins_as_a_ramp(tmp_path: Path) -> None:
    plan = skeletons.plan_lesson("water", "98", "Rivers and dams", "Who holds the water?")
    path = tmp_path / "ex98_water.ipynb"
    path.write_text(next(text for file, text in plan.items() if file.name == path.name), encoding="utf-8")
    begun = lessons.read_lesson(path)
    assert rules_of_sets.find_faults_of_set(begun) == []
    steps = [rules_of_sets.read_step(cells) for cells in rules_of_sets.cells_of_questions(begun).values()]
    assert steps == ["Read", "Change", "Write", "Write"]


Cells = dict[str, NotebookNode]


def told(change: Callable[[Cells], object], exercise: Lesson = TRIP) -> list[str]:
    """Return the faults of a set after a change to its cells."""
    notebook = copy.deepcopy(exercise.notebook)
    cells = {cell.id: cell for cell in notebook.cells}
    change(cells)
    notebook.cells = list(cells.values())
    return rules_of_sets.find_faults_of_set(Lesson(exercise.path, notebook))


def words(cell: str, was: str, is_: str) -> Callable[[Cells], object]:
    def change(cells: Cells) -> None:
        assert was in cells[cell].source
        cells[cell].source = cells[cell].source.replace(was, is_)

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (words("title", "*Read*", "*Look*"), "title: does not say: Each question says which kind it is."),
        (words("q3-question", "*Write.* ", ""), "q3-question: names no step"),
        (words("q4", ".sort_values(", ".explode("), "q4: the model solution uses explode"),
        (words("q3-question", "*Write.*", "*Read.*"), "The steps are Read, Change, Read, Write, Write; they"),
        (lambda cells: cells.pop("q1-start"), "q1: there is no cell q1-start to read or to change."),
        (lambda cells: cells["q2-start"].metadata.nbgrader.update(locked=False), "q2-start: is not locked."),
        (
            words("q1-start", "timeline.iloc[", "seen = timeline.iloc["),
            "q1-start: its last line shows nothing.",
        ),
        (words("q1-start", "here = ", "gap_days = here = "), "q1-start: gives the answer its name."),
        (words("q3-start", "trip = data.load('trip')\n", ""), "q3-start: rests on trip, which a student may"),
        (words("q2-start", "# change: ", "# alter: "), "q2-start: # change: ... stands above"),
        (words("q5", "  # such as 45.5", ""), "q5: does not show the form of an answer, such as 8."),
    ],
)
def test_what_breaks_a_rule_is_named_with_its_cell(change: Callable[[Cells], object], says: str) -> None:
    assert any(sentence.startswith(says) for sentence in told(change)), told(change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (words("q4-question", "*Write.*", "*Change.*"), "q4-question: a function is the step Write."),
        (words("q4", "    pull: ", "    of: "), "q4: the docstring does not say what pull is."),
        (words("q4", "    Edges: ", "    Also: "), "q4: the docstring names no edges, after Edges:"),
        (words("q4", "  # should give 2.4", ""), "q4: does not end with an example, factor(...)"),
        (words("q4", "\nfactor(", "\nprint("), "q4: does not end with an example, factor(...)"),
    ],
)
def test_what_a_function_lacks_is_named(change: Callable[[Cells], object], says: str) -> None:
    assert any(sentence.startswith(says) for sentence in told(change, ROADS)), told(change, ROADS)
