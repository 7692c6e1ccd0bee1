"""Python's own errors in plain words: what, where, what to try; the traceback stays, and can be unfolded."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from samarkand.common.explain import explain_error, find_public_class

BEFORE = """import numpy as np
import pandas as pd
table = pd.DataFrame({"year": [2021, 2022], "gdp_usd": [1.0, 2.0], "kind": ["a", "b"]}, index=["CHN", "IND"])
answer = ...
check = 8
found = None
def share(of):
    part = table["yeear"]
    return part
"""
#: For each kind of error (code of a student, expected plain sentence), one per line of the file.
TOLD = [
    tuple(part.replace("\\n", "\n") for part in line.split(" ~ "))
    for line in Path(__file__).with_name("slips.txt").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def shell() -> Iterator[InteractiveShell]:
    made = InteractiveShell()
    made.run_cell(BEFORE)
    yield made
    InteractiveShell.clear_instance()


@pytest.fixture
def stopped(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], BaseException]:
    """Return a function that runs a cell, in a folder with one file, and returns its error."""
    (tmp_path / "trip.csv").touch()
    monkeypatch.chdir(tmp_path)
    # A traceback in colour, with its sources, takes longest, and is not what is asked about.
    for shows in ("showtraceback", "showsyntaxerror", "showindentationerror"):
        monkeypatch.setattr(shell, shows, lambda *_, **__: None)

    def stopped(code: str) -> BaseException:
        result = shell.run_cell(code)
        found = result.error_before_exec or result.error_in_exec
        assert found is not None, code
        return found

    return stopped


@pytest.mark.parametrize(("code", "says"), TOLD, ids=[code for code, _ in TOLD])
def test_it_says_what_is_wrong_where_and_what_to_try(
    shell: InteractiveShell, stopped: Callable[[str], BaseException], code: str, says: str
) -> None:
    told = explain_error(stopped(code), shell.user_ns, code)
    assert says in told
    assert told.endswith((".", "?"))


def test_what_is_a_sentence_already_or_unforeseen_is_left(
    shell: InteractiveShell, stopped: Callable[[str], BaseException]
) -> None:
    unforeseen = ("raise KeyError", "assert False", "raise KeyboardInterrupt")
    sentences = ('raise FileNotFoundError("The folder is empty.")', "import samarkand.data as d; d.load(3)")
    for code in unforeseen + sentences:
        assert explain_error(stopped(code), shell.user_ns) == "", code


def test_a_private_kind_of_error_of_form_has_the_name_that_books_have() -> None:
    private = type("_IncompleteInputError", (SyntaxError,), {})  # as Python 3.13 has it
    assert find_public_class(private) is SyntaxError
    assert find_public_class(IndentationError) is IndentationError
    assert find_public_class(KeyError) is KeyError


@pytest.mark.parametrize(
    ("there", "typed"),
    [
        ("article/claims.csv", "../article/claims.csv"),
        ("article/claims.csv", "claims.csv"),
        ("files/votes.csv", "../files/votes.csv"),
    ],
)
def test_a_file_in_another_folder_is_found_from_a_notebook_of_ones_own(
    shell: InteractiveShell, stopped: Callable[[str], BaseException], there: str, typed: str
) -> None:
    Path(there).parent.mkdir(exist_ok=True)
    Path(there).touch()
    told = explain_error(stopped(f'pd.read_csv("{typed}")'), shell.user_ns)
    assert f'The file is in another folder: "{there}".' in told
