"""Figures typed into titles, keys and answers of the package are what the tables say.

Most texts of the package have gaps that are filled from a table. These few name a result or a span.
"""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from samarkand.course import tied
from samarkand.course.lessons import Lesson
from samarkand.ground.home import PACKAGE

#: A module, words of one of its texts, and what they rest on.
TIED = [
    (module, words, on)
    for module, ties in json.loads(
        Path(__file__).with_name("words_of_the_package.json").read_text(encoding="utf-8")
    ).items()
    for words, on in ties.items()
]


@cache
def texts(module: str) -> list[str]:
    """The texts of a module that go through the catalogue, or stand in its constants."""
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    return [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def faults(text: str, words: str, on: Any) -> list[str]:
    cell = new_markdown_cell(text, id="text", metadata={"samarkand": {"tied": {words: on}}})
    return list(tied.untrue(Lesson(Path("x.ipynb"), new_notebook(cells=[cell])), {}))


@pytest.mark.parametrize(("module", "words", "on"), TIED, ids=[f"{one[0]}-{one[1][:20]}" for one in TIED])
def test_a_typed_figure_is_what_the_tables_say(module: str, words: str, on: Any) -> None:
    said = [text for text in texts(module) if words in text]
    assert said, f"{module} says nowhere: {words}"
    assert [fault for text in said for fault in faults(text, words, on)] == []


def test_a_wrong_one_is_seen() -> None:
    for module, words, wrong in (
        ("maps/trip.py", "Three days", "Four days"),
        ("explore/trip.py", "14 to 16", "14 to 17"),
        ("check/trade.py", "48.2", "42.8"),
        ("check/article.py", "four fifths", "three fifths"),
        ("explore/sco.py", "40 %", "45 %"),
    ):
        tie = next((said, on) for where, said, on in TIED if where == module and words in said)
        changed = tie[0].replace(words, wrong)
        assert faults(changed, changed, tie[1]), changed
