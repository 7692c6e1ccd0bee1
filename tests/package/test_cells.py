"""Check shows what the cell has made, and judges only that."""

import asyncio
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell

from samarkand.answers import kinds
from samarkand.lab import cells
from samarkand.practice.reply import Reply
from samarkand.practice.shown import show_answer
from samarkand.practice.tasks import Task, collect_tasks
from tools.author import lessons

START = """
import pandas as pd, numpy as np
from samarkand.practice import check
legs = pd.DataFrame({"day": ["d1", "d2", "d3"], "km": np.array([3652, 1306, 4175])})
founded = 2001
"""


class NoHistory(HistoryManager):
    """As the kernel of the course in a page has it."""

    def __init__(self, shell: Any = None, config: Any = None, **traits: Any) -> None:
        self.enabled = False
        super().__init__(shell=shell, config=config, **traits)


class ShellOfThePage(InteractiveShell):
    """As the kernel of the course in a page is built, as far as events go."""

    def init_history(self) -> None:
        self.history_manager = NoHistory(shell=self, parent=self)
        self.configurables.append(self.history_manager)


Run = Callable[..., Any]


@pytest.fixture(params=["a kernel", "a page"])
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Return a function that runs cells in a shell; it returns what the last one gives."""
    for name, kind, right in (("99.1", kinds.Whole(), 9133), ("99.2", kinds.Texts("ids"), {"a"})):
        monkeypatch.setitem(
            collect_tasks(), name, Task(name, kind, lambda right=right: right, "Good.", "Look.")
        )
    monkeypatch.setattr(cells, "WATCHES", [])
    page = request.param == "a page"
    shell = ShellOfThePage() if page else InteractiveShell()
    cells.watch_cells(shell)

    def run(*code: str) -> Any:
        for one in code:
            if page:
                ran = shell.run_cell_async(
                    one, transformed_cell=shell.transform_cell(one), store_history=True
                )
                result = asyncio.run(ran)
            else:
                result = shell.run_cell(one, store_history=True)
        return result.result

    run(START)
    yield run
    InteractiveShell.clear_instance()


SUM = 'legs["km"].sum()'
CHECK = 'check("99.1", answer)'
#: Cells whose answer is judged: what is in it, the state, and a piece of what is shown or said.
JUDGED = {
    "a calculation": (f"answer = {SUM}\n{CHECK}", "right", "9133"),
    "numbers added": (f"answer = 3652 + 1306 + 4175\n{CHECK}", "right", "9133"),
    "a name of the lesson and a number": (f"answer = founded + 20\n{CHECK}", "wrong", "2021"),
    "added to after a start": (f"answer = 0\nanswer += {SUM}\n{CHECK}", "right", "9133"),
    "a loop": (f'answer = 0\nfor km in legs["km"]:\n    answer += km\n{CHECK}', "right", "9133"),
    "unpacking": (f"answer, rest = {SUM}, 0.5\n{CHECK}", "right", "9133"),
    "a walrus": (f"(answer := {SUM})\n{CHECK}", "right", "9133"),
    "calculated in check": (f'check("99.1", {SUM})', "right", "9133"),
    "a new column": ('legs["x"] = legs["km"] / 2\ncheck("99.1", legs["x"])', "wrong", "(3 values)"),
    "a magic": (f"%precision 3\n!true\nanswer = {SUM}\n{CHECK}", "right", "9133"),
    "check by another name": (f'c = check\nanswer = {SUM}\nc("99.1", answer)', "right", "9133"),
    "under a condition that is true": (f"if len(legs):\n    answer = {SUM}\n{CHECK}", "right", "9133"),
    "a method not called": ('answer = legs["km"].sum\n' + CHECK, "wrong", "has not been called"),
    "nan": (f"answer = np.nan\n{CHECK}", "wrong", "an empty cell"),
    "two calls in a cell": (f"answer = {SUM}\none = {CHECK}\nanswer = founded\n{CHECK}", "wrong", "2001"),
}
# fmt: off
#: Cells whose answer is another cell's or is nowhere: earlier cells, the cell, and a piece of what is said.
NOT_JUDGED = {
    "a line without a name": (["answer = 9133"], f"{SUM}\n{CHECK}", "gives it no name"),
    "a misspelt name": (["answer = 1"], f"answr = {SUM}\n{CHECK}", 'the value to "answr"'),
    "a capital letter": (["answer = 1"], f"Answer = {SUM}\n{CHECK}", 'the value to "Answer"'),
    "a Russian letter": (["answer = 1"], f"\u0430nswer = {SUM}\n{CHECK}", "is of another alphabet"),
    "two signs": (["answer = 9133"], f"answer == {SUM}\n{CHECK}", "with one sign"),
    "the second of two": (["b = 1"], f'answer = {SUM}\nprint({CHECK})\ncheck("99.1", b)', 'make "b"'),
    "added to what was there": (["answer = 1"], f"answer += {SUM}\n{CHECK}", "again at each run"),
    "a condition not true": (["answer = 1"], f"if legs.empty:\n    answer = {SUM}\n{CHECK}", "did not run"),
    "in a function": (["answer = 1"], f"def f():\n    answer = {SUM}\nf()\n{CHECK}", "inside a function"),
    "after check": (["answer = 1"], f"one = {CHECK}\nanswer = {SUM}\none", "Put check last"),
    "an old column": (['legs["x"] = 1'], 'legs["y"] = 2\ncheck("99.1", legs["x"])', "line with legs['x'] ="),
    "one of a list": (["b = 0.5"], 'a = len(legs)\ncheck("99.1", [a, b])', 'make "b"'),
    "an error before": (["answer = 9133", "answer = nothing"], CHECK, 'does not make "answer"'),
}  # fmt: skip
#: Cells that type the number, which a calculation was asked for.
TYPED = {
    "a number": ([], f"answer = 9133\n{CHECK}"),
    "through a name": ([], f"x = 9133\nanswer = round(x)\n{CHECK}"),
    "in check": ([], 'check("99.1", 9133)'),
    "in an earlier cell": (["mine = 9133"], f"answer = mine\n{CHECK}"),
    "a set of texts": ([], 'check("99.2", {"a"})'),
}


@pytest.mark.parametrize("name", JUDGED)
def test_what_the_cell_has_made_is_shown_and_judged(run: Run, name: str) -> None:
    cell, state, piece = JUDGED[name]
    reply: Reply = run(cell)
    assert reply.state == state and piece in reply.shown
    assert repr(reply) == f"{reply.shown}\n{reply.sentence}"
    assert "np." not in repr(reply)


@pytest.mark.parametrize("name", NOT_JUDGED)
def test_what_the_cell_has_not_made_is_not_judged(run: Run, name: str) -> None:
    before, cell, piece = NOT_JUDGED[name]
    reply: Reply = run(*before, cell)
    assert reply.state == "open" and not reply.shown
    assert piece in reply.sentence


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_value_is_told_from_a_calculation(
    run: Run, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, cell = TYPED[name]
    reply: Reply = run(*before, cell)
    assert reply.state == "wrong" and "typed" in reply.sentence
    for one in ("99.1", "99.2"):
        object.__setattr__(collect_tasks()[one], "typed", True)
    assert run(*before, cell).state == "right"


def test_three_dots_and_other_languages(run: Run) -> None:
    assert run(f"answer = ...\n{CHECK}").sentence == "Not answered yet."
    assert cells.read_cell("%%bash\necho 1") is not None and cells.read_cell("answer = (") is None


@pytest.mark.parametrize(
    "task", [task for one in lessons.find_lessons() for task in lessons.read_lesson(one).tasks], ids=str
)
def test_no_answer_of_ours_is_taken_for_old_or_for_typed(task: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who writes a task whose answer is typed says so beside its texts: ``typed = true``."""
    monkeypatch.setattr(cells, "WATCHES", [])
    shell = SimpleNamespace(user_ns={}, events=SimpleNamespace(register=lambda *_: None))
    watch = cells.watch_cells(shell)
    watch.before(SimpleNamespace(raw_cell=task.answer))
    line = len(task.answer.splitlines())
    assert watch.look(task.number, line).ask == ""
    assert (watch.look(task.number, line).made == "typed") <= collect_tasks()[task.number].typed


WIDE = pd.DataFrame({f"column {n}": range(12) for n in range(12)})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.int64(9133), "9133"),
        (2.8e9, "2800000000"),
        (14.864999999999995, "14.865"),
        (12345.678, "12345.68"),
        (None, "None"),
        ({"b", "a"}, '{"a", "b"}'),
        ({"KAZ": np.float64(2.5)}, '{"KAZ": 2.5}'),
        (list(range(9)), "[0, 1, 2, 3, 4, ... (9 in all)]"),
        (pd.Timestamp("2022-09-14"), "2022-09-14"),
        (pd.Series([1.5, 2], index=["a", "b"]), "a  1.5\nb    2\n(2 values)"),
        (pd.DataFrame({"km": [1, 20]}), "   km\n0   1\n1  20\n(2 rows, 1 column)"),
        (WIDE.head(0), None),
        ("x" * 200, None),
        (pd.Series(range(100_000)), None),
    ],
)
def test_a_value_is_shown_as_she_would_write_it_and_never_at_length(value: object, text: str | None) -> None:
    shown = show_answer(value)
    assert shown == text if text is not None else len(shown) < 600
    if value is WIDE:
        assert "..." in shown and "(12 rows, 12 columns)" in shown
