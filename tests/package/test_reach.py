"""Which names of a notebook hang on the student's own numbers, as its cells run."""

from collections.abc import Iterator
from pathlib import Path

import IPython
import pytest
from IPython.core.interactiveshell import InteractiveShell

from samarkand.practice.sets.reach import watch_cells

BEGIN = "from samarkand.practice.sets.reach import watch_cells\n"
#: A line that writes a file, and one that reads it.
WRITES = "open('mine.txt', 'w').write(str(given['n']))"
READS = "answer = open('mine.txt').read()\nseen = 'answer' in reach.names"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    made = InteractiveShell()
    made.user_ns["given"] = {"n": 3}
    monkeypatch.setattr(IPython, "get_ipython", lambda: made)
    yield made
    InteractiveShell.clear_instance()


@pytest.mark.parametrize(
    ("cells", "hangs"),
    [
        (["answer = given['n'] + 1\nseen = 'answer' in reach.names"], True),
        (["answer = given['n'] + 1", "seen = 'answer' in reach.names"], True),
        (["%config Completer.use_jedi = False\nanswer = given['n']", "seen = 'answer' in reach.names"], True),
        (["answer = 4", "seen = 'answer' in reach.names"], False),
        (["answer = given['n']", "answer = 4\nseen = 'answer' in reach.names"], False),
        ([WRITES, READS], True),
        ([f"{WRITES}\nopen('mine.txt').read()", READS], True),
        (["open('mine.txt', 'w').write('4')", READS], False),
    ],
    ids=[
        "in one cell",
        "a cell later",
        "beside a magic",
        "typed",
        "typed over it",
        "read from a file",
        "from a file that was looked at",
        "from a typed file",
    ],
)
def test_an_answer_is_followed_in_the_cell_that_looks_at_it(
    shell: InteractiveShell,
    cells: list[str],
    hangs: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for cell in [BEGIN + "reach = watch_cells()", *cells]:
        shell.run_cell(cell)
    assert shell.user_ns["seen"] is hangs


def test_what_follows_in_the_cell_that_begins_to_watch_counts(shell: InteractiveShell) -> None:
    shell.run_cell(f"{BEGIN}reach = watch_cells()\nmine = given['n']")
    assert "mine" in shell.user_ns["reach"].names


def test_a_program_has_no_cells_to_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(IPython, "get_ipython", lambda: None)
    assert watch_cells() is None
