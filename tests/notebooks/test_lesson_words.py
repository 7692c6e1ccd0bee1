"""The figures of the lessons are true: they are tied to values, and a wrong one is found.

A slip is planted twice: alone, and with its tie changed to fit, as by somebody who only
wants the build to pass.
"""

import copy
import re
from functools import cache
from typing import NamedTuple

import nbformat
import pandas as pd
import pytest

from samarkand import data
from samarkand.practice import questions
from samarkand.practice.briefing import cited_items
from samarkand.practice.predict import ledger
from tools.author import figures, lessons, rules_of_words, tied
from tools.author.lessons import Lesson

read = cache(lessons.read_lesson)
names = cache(lambda path: tied.names_of(read(path)))


def test_tied_figures_are_true(lesson: Lesson) -> None:
    assert list(tied.find_untrue(lesson, names(lesson.path))) == []


def test_no_text_says_a_result_before_it_is_expected(lesson: Lesson) -> None:
    for n, cell in enumerate(lesson.cells):
        for id in re.findall(r'predict\.ask\("(.+?)"', cell.source):
            unit, came = (
                getattr(questions.find_question("predict", id), "unit", ""),
                ledger.compute_result(id),
            )
            above = [c.source for c in lesson.cells[:n] if c.cell_type == "markdown" and c.id != "card"]
            said = [(f, text[f.end :].strip()) for text in above for f in figures.read_figures(text) if unit]
            assert not [f.text for f, after in said if after.startswith(unit) and f.admits(came)], id


def test_a_newsroom_is_paid_by_the_state_that_the_table_names() -> None:
    texts = [" ".join(cell.source.split()) for path in lessons.find_lessons() for cell in read(path).prose]
    said = r"\b(\w[\w/]*)(?:'s)?(?: report)?[ *]*\(funded by (?:the )?([\w ]+)\)"
    names, codes = cited_items.collect_publishers(), data.load("states").set_index("name")["iso3"]
    for name, state in (paid := re.findall(said, " ".join(texts))):
        assert any(name in spelt.split() and codes[state] == of for spelt, (_, of) in names.items()), name
    assert len(paid) > 15


def test_a_changed_table_names_the_sentences_that_speak_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """India's GDP a sixth higher: each sentence that is no longer true is reported, and no other."""
    load = data.load

    def changed(name: str, known_on: data.Day | None = None) -> pd.DataFrame:
        table = load(name, known_on)
        if name == "indicators":
            india = (table["iso3"] == "IND") & (table["indicator"] == "gdp_current_usd")
            table.loc[india & (table["year"] == 2021), "value"] *= 7 / 6
        return table

    monkeypatch.setattr(data, "load", changed)
    (path,) = lessons.find_lessons(["03"])
    found = list(tied.find_untrue(read(path), tied.names_of(read(path))))
    cells = [sentence.partition(":")[0] for sentence in found]
    # The title of the chart fills in its own figures, and stays true.
    assert cells == ["ppp-text", "summary", "sco.toml, quiz 03.gdp"]
    assert "which is 24.6008." in found[0]


# ------------------------------------------------------------------------------------ planted words


class Wrong(NamedTuple):
    """A wrong statement, and whether it is found even with its tie changed to fit."""

    lesson: str
    cell: str
    was: str
    is_: str
    renewed: bool = True


PLANTED = [
    # a number, in a text, in a title, behind a hedge, in a set of figures
    Wrong("01", "map-read", "our 9,133 km", "our 9,331 km"),
    Wrong("03", "ppp-text", "152.4 trillion", "142.5 trillion"),
    Wrong("06", "ratio-chart", "China overtook Russia twice", "China overtook Russia once"),
    # a day, a month, a day of the week
    Wrong("01", "putin", "starts on Thursday", "starts on Friday"),
    # an office
    Wrong("03", "question", "India's prime minister", "India's president"),
    # hints, answers, the card
    Wrong("01", "home-help", "Divide the flight", "Multiply the flight"),
    Wrong("00", "card", "`places`", "`place`"),
]


def planted(wrong: Wrong, renewed: bool) -> Lesson:
    """Return the lesson with a wrong word; with `renewed` its ties have the wrong figure too."""
    (path,) = lessons.find_lessons([wrong.lesson])
    notebook = nbformat.from_dict({"cells": copy.deepcopy(read(path).cells)})
    (cell,) = (one for one in notebook.cells if one.id == wrong.cell)
    assert cell.source.count(wrong.was) == 1, wrong
    before = " ".join(cell.source.split())
    cell.source = cell.source.replace(wrong.was, wrong.is_)
    after = " ".join(cell.source.split())
    if renewed:
        own = cell.metadata.get("samarkand", {})
        own["tied"] = {_renew(words, before, after): on for words, on in own.get("tied", {}).items()}
    return Lesson(path, notebook)


def _renew(words: str, before: str, after: str) -> str:
    """Return tied words as they are after a change: what is between the same letters on both sides."""
    if words in after:
        return words
    start = before.index(words)
    rest = len(before) - start - len(words)
    return after[start : len(after) - rest]


@pytest.mark.parametrize("wrong", PLANTED, ids=lambda wrong: f"{wrong.lesson}-{wrong.cell}-{wrong.is_[:24]}")
def test_a_wrong_statement_is_named_with_its_cell(wrong: Wrong) -> None:
    for renewed in (False, True):
        whole = planted(wrong, renewed)
        alone = Lesson(
            whole.path, nbformat.from_dict({"cells": [c for c in whole.cells if c.id == wrong.cell]})
        )
        found = [sentence for rule in rules_of_words.RULES for sentence in rule(whole)]
        found += tied.find_untrue(alone, names(whole.path))
        beside = {wrong.cell, wrong.cell.replace("-help", "-stub")}
        assert bool(found) == (wrong.renewed or not renewed)
        cells = {sentence.partition(":")[0] for sentence in found}
        assert bool(cells & beside) == bool(found), found
