"""A simulated student solves each practice task with the answer folded below it, and reruns the lesson."""

import ast
import contextlib
import io
import re
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from by_night import most_by_night
from IPython.core.formatters import DisplayFormatter

from samarkand.common import journal
from samarkand.practice.tasks import collect_tasks
from tools.author import build, chart_pictures, lessons, plans
from tools.author.lessons import Lesson

#: All lessons, most of which are rerun only in nightly tests.
SOME = most_by_night(lessons.find_lessons(), 4)
#: The warnings of libraries to ignore, as a kernel does.
QUIET = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


@pytest.fixture(scope="module")
def work(lesson: Lesson, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp(lesson.name)


def strict(sort: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `sort_values` that fails if the order of equal values depends on the processor."""

    def sort_values(self: Any, *by: Any, **how: Any) -> Any:
        stable = "kind" in how or (by and isinstance(by[0], list))
        assert stable or not self.duplicated(*by).any(), f"{by} holds equal values: name a kind"
        return sort(self, *by, **how)

    return sort_values


def run(lesson: Lesson, work: Path, code: Mapping[str, str]) -> dict[str, str]:
    """Run cells (id to source); return the text output of each by id.

    They run in this process: a kernel takes several times as long, and strict nbval tests it.
    """
    space: dict[str, Any] = {"__name__": "__main__"}
    shown: dict[str, str] = {}
    complaints = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setenv("SAMARKAND_WORK", str(work))
        # Beside the folder of the plain files, as a student's copy is.
        (work / "lessons").mkdir(exist_ok=True)
        patch.chdir(work / "lessons")
        patch.setattr(journal, "WATCHING", {})
        for kind in (pd.DataFrame, pd.Series):
            patch.setattr(kind, "sort_values", strict(kind.sort_values))
        warnings.simplefilter("error")
        for quiet in QUIET:
            warnings.simplefilter("ignore", quiet)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(complaints):
            for cell, source in code.items():
                tree = ast.parse(source)
                last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
                exec(compile(tree, cell, "exec"), space)
                if last is not None:
                    value = eval(compile(ast.Expression(last.value), cell, "eval"), space)
                    shown[cell] = DisplayFormatter().format(value)[0].get("text/plain", "")
    assert complaints.getvalue() == ""
    return shown


def solution(lesson: Lesson) -> dict[str, str]:
    """Return a lesson's code with the answer in place of every stub."""
    answers = {task.stub.id: task.answer for task in lesson.tasks}
    return {cell.id: answers.get(cell.id) or cell.source for cell in lesson.code}


#: The reply to a right answer, below the value; a chart is shown apart from it.
RIGHT = re.compile(r"^Right\.", re.MULTILINE)


@pytest.fixture(scope="module")
def solved(lesson: Lesson, work: Path) -> dict[str, str]:
    return run(lesson, work, solution(lesson))


def test_the_folded_answers_are_correct(lesson: Lesson, solved: dict[str, str]) -> None:
    for task in lesson.tasks:
        says = solved.get(task.stub.id, "nothing")
        assert RIGHT.search(says), f"{task.number}: {says}"
        # Where every answer is right, a word behind the reply says where it differs from ours.
        assert says.endswith(f"Right. {collect_tasks()[task.number].right}"), f"{task.number}: {says}"


#: The cells that students may skip, and those that each teaching plan leaves out, by lesson.
LEFT_OUT = {
    f"{one.name}-skip": (one, lessons.find_skippable(one))
    for one in lessons.read_all_lessons()
    if lessons.find_skippable(one)
} | {
    f"{one.name}-{plan.minutes}": (one, set(plans.list_named_cells(one, plan.left_out)))
    for path in plans.find_teaching_pages()
    for one in [lessons.read_lesson(lessons.find_lessons([path.stem])[0])]
    for plan in plans.read_plans(path.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize(("lesson", "out"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_may_be_left_out_can_be_left_out(lesson: Lesson, out: set[str], tmp_path: Path) -> None:
    """The remaining cells run, each stub as it is and then with its answer, and the tasks are solved."""
    answers = {task.stub.id: task.answer for task in lesson.tasks if task.stub.id not in out}
    code = {}
    for cell in lesson.code:
        if cell.id not in out:
            code[cell.id] = cell.source
        if cell.id in answers:
            code[f"{cell.id}, answered"] = answers[cell.id]
    shown = run(lesson, tmp_path, code)
    begun = [shown[id].startswith("Not answered yet.") for id in answers]
    assert answers or lesson.number in lessons.OWN_NOTEBOOK, "each other lesson has tasks left"
    assert all(begun), shown
    assert [id for id in answers if not RIGHT.search(shown[f"{id}, answered"])] == []


@pytest.mark.parametrize(
    "lesson_path", most_by_night(lessons.find_lessons(), 4), ids=lambda path: path.stem, scope="session"
)
@pytest.mark.usefixtures("solved")
def test_run_again_it_shows_the_same(lesson: Lesson, work: Path) -> None:
    """A rerun with the files of the first run shows the stored outputs."""
    again = build.run_notebook(lesson.notebook, work, lesson.path.parent)
    chart_pictures.add_pictures(
        again, lesson.notebook
    )  # a chart that is as it was has the picture that it had
    stored = lesson.notebook.cells
    assert [cell.id for cell, before in zip(again.cells, stored, strict=True) if cell != before] == []
