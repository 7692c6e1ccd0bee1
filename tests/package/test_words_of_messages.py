"""Words of Python in what students are told: none that neither a lesson nor everyday English explains."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from samarkand.common.home import ROOT

#: Names that pandas and Python give to things for which the lessons say column, table, list or text.
UNEXPLAINED = re.compile(
    r"(?<![\w.])(Series|DataFrames?|ndarray|dicts?|tuples?|dtypes?|NaN|NaT|iterables?|scalars?|kwargs?|booleans?"
    r"|objects?|attributes?|parameters?|integers?|[Ww]hich method|callable"
    r"|datetime64|float64|int64)(?!\w)"
)
#: Calls whose first arguments students read, with their number, and keyword arguments of the checks.
TOLD = {"tr": 1, "trn": 2}
TOLD_BY_NAME = {"hint", "hints", "edge", "reason", "says", "text", "why"}


def find_unexplained(text: str) -> list[str]:
    """Return the words of Python in a text that nobody has explained; code between backticks is left out."""
    return UNEXPLAINED.findall(re.sub(r"`[^`]*`", "", text))


def list_texts_of_module(source: str) -> Iterator[str]:
    """Yield the texts of a module that students read: of messages, hints, reasons and labels of cases."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        told = node.args[: TOLD.get(name, 0)]
        told += [given.value for given in node.keywords if given.arg in TOLD_BY_NAME]
        for part in told:
            for constant in ast.walk(part):
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                    yield constant.value


def list_texts_of_table(value: object) -> Iterator[str]:
    """Yield every text of a table of messages; of a slip, which is a pair, only what the student is told."""
    if isinstance(value, dict):
        for one in value.values():
            yield from list_texts_of_table(one)
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, list):
                yield one[-1]
            else:
                yield from list_texts_of_table(one)
    elif isinstance(value, str):
        yield value


def list_texts_of_set(path: Path) -> Iterator[str]:
    """Yield the texts and the comments of a set's notebook, its model solutions' docstrings included."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for line in "".join(cell["source"]).splitlines():
            code = cell["cell_type"] == "code"
            comment = line.partition("#")[2]
            yield comment if code and comment else line


@pytest.mark.parametrize(
    "path",
    [*sorted((ROOT / "samarkand").rglob("*.py")), *sorted((ROOT / "exercises" / "checks").glob("*.py"))],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_no_message_of_a_module_has_a_word_that_is_not_explained(path: Path) -> None:
    texts = list_texts_of_module(path.read_text(encoding="utf-8"))
    assert [text for text in texts if find_unexplained(text)] == []


def test_no_message_of_a_table_has_a_word_that_is_not_explained() -> None:
    paths = [ROOT / "samarkand/assets/slips.toml", *(ROOT / "samarkand/practice/questions").glob("*.toml")]
    assert len(paths) > 10
    for path in paths:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found = [text for text in list_texts_of_table(table) if find_unexplained(text)]
        assert found == [], path.name


def test_no_text_of_a_set_has_a_word_that_is_not_explained() -> None:
    paths = sorted((ROOT / "exercises" / "source").glob("ex*/ex*.ipynb"))
    assert len(paths) > 10
    for path in paths:
        assert [line for line in list_texts_of_set(path) if find_unexplained(line)] == [], path.name


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('raise WrongType(tr("Give a Series."), code="no Series")', ["Give a Series."]),
        ('trn("{n} tuple", "{n} tuples", count)', ["{n} tuple", "{n} tuples"]),
        ('Case((pd.Series([]),), edge="two empty Series")', ["two empty Series"]),
        ('print("a Series")', []),
    ],
)
def test_a_planted_word_is_found(source: str, texts: list[str]) -> None:
    found = list(list_texts_of_module(source))
    assert found == texts
    assert all(find_unexplained(text) for text in found)


def test_code_and_everyday_words_are_fine() -> None:
    assert find_unexplained("Write `pd.Series([1])`, such as pd.Series({'KAZ': 1}); a series of talks.") == []
