"""The words of the lessons are true: each figure rests on a value, and a wrong word is seen.

A wrong word is planted twice: as an author slips it in, and with its tie renewed to fit, as somebody does who
only wants the build to pass. The first is always seen, since the tied words are gone; the second only if what
the words rest on says otherwise.
"""

from __future__ import annotations

import copy
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import nbformat
import pandas as pd
import pytest

from samarkand import data
from tools.author import figures, lessons, rules_of_words, tied
from tools.author.lessons import Lesson

read = cache(lessons.read)
names = cache(lambda path: tied.names_of(read(path)))


def test_tied_words_are_true(lesson: Lesson) -> None:
    assert list(tied.find_untrue(lesson, names(lesson.path))) == []


def test_most_ties_are_computed(lesson: Lesson) -> None:
    """What was only read, or claims nothing, is the smaller part."""
    kinds = Counter(tied.kind(on[0]) for cell in lesson.said for on in tied.ties(cell).values())
    assert kinds["computed"] > 1.5 * (kinds["read"] + kinds["free"])


def test_a_changed_table_names_the_sentences_that_speak_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """India's GDP a sixth higher: each sentence of the lesson that is no longer true, and no other."""
    load = data.load

    def changed(name: str, known_on: data.Day | None = None) -> pd.DataFrame:
        table = load(name, known_on)
        if name == "indicators":
            india = (table["iso3"] == "IND") & (table["indicator"] == "gdp_current_usd")
            table.loc[india & (table["year"] == 2021), "value"] *= 7 / 6
        return table

    monkeypatch.setattr(data, "load", changed)
    (path,) = lessons.paths(["03"])
    found = list(tied.find_untrue(read(path), tied.names_of(read(path))))
    cells = [sentence.partition(":")[0] for sentence in found]
    assert cells == ["ppp-text", "shares-chart", "summary", "sco.toml, quiz 03.gdp"]
    assert "which is 24.6008." in found[0]


# ------------------------------------------------------------------------------------ planted words


class Wrong(NamedTuple):
    """A wrong statement, and whether it is seen even when the tie is renewed to fit it."""

    lesson: str
    cell: str
    was: str
    is_: str
    renewed: bool = True


PLANTED = [
    # a number, in digits, in words, in a title, behind a hedge, in a table, folded
    Wrong("01", "great-circle", "nine thousand", "ten thousand"),
    Wrong("03", "ppp-text", "152.4 trillion", "142.5 trillion"),
    Wrong("06", "ratio-chart", "China passed Russia twice", "China passed Russia once"),
    Wrong("10", "words-text", "20 to 80 per cent", "10 to 90 per cent", renewed=False),
    # a day, a month, a day of the week
    Wrong("01", "crosstab-read", "starts on Thursday", "starts on Friday"),
    # a name: of a state, a person, a place, a publisher; two exchanged; an office
    Wrong("01", "map-read", "nearer to Kabul", "nearer to Tehran"),
    Wrong("02", "people-read", "Wesley Rahn in the credit", "Bradley Jardine in the credit"),
    Wrong("03", "spells-text", "and Tajikistan signed", "and Uzbekistan signed"),
    Wrong("04", "counters-read", "Putin named 31 per cent", "Xi named 31 per cent"),
    Wrong("05", "years-read", "Russia and its ally Belarus", "Belarus and its ally Russia"),
    Wrong("02", "countries-read", "Kazakhstan's president Tokayev", "Uzbekistan's president Tokayev"),
    Wrong("03", "question", "India's prime minister", "India's president"),
    # a direction, a negation, a side of a trade
    Wrong("03", "price-read", "prices are lower than", "prices are higher than"),
    Wrong("04", "oil-chart", "Less to Europe, more to", "More to Europe, less to"),
    Wrong("04", "months-chart", "bought more than it sold", "sold more than it bought"),
    Wrong("05", "words-read", "and did not name Ukraine", "and did name Ukraine"),
    Wrong("10", "calibration-read", "ones lie above it", "ones lie below it"),
    Wrong("04", "words-read", "The same sentence says", "Another sentence says", renewed=False),
    # hints, answers, the card, code in prose, links
    Wrong("01", "practice-two-help", "Divide by the sum", "Multiply by the sum"),
    Wrong("00", "card", "`places`", "`place`"),
    Wrong("06", "left-text", '`how="left"`', '`how="right"`'),
]


def planted(wrong: Wrong, renewed: bool) -> Lesson:
    """The lesson with a wrong word in it; with `renewed` its ties follow the word."""
    (path,) = lessons.paths([wrong.lesson])
    notebook = nbformat.from_dict({"cells": copy.deepcopy(read(path).cells)})
    (cell,) = (one for one in notebook.cells if one.id == wrong.cell)
    assert cell.source.count(wrong.was) == 1, wrong
    cell.source = cell.source.replace(wrong.was, wrong.is_)
    if renewed:
        own = cell.metadata.get("samarkand", {})
        own["tied"] = {words.replace(wrong.was, wrong.is_): on for words, on in own.get("tied", {}).items()}
    return Lesson(path, notebook)


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
        assert {sentence.partition(":")[0] for sentence in found} <= beside, found


#: Words of contrary sense; those without one here are not tried.
CONTRARY = {"more": "less", "larger": "smaller", "largest": "smallest", "higher": "lower", "above": "below"}
CONTRARY |= {"rose": "fell", "grew": "shrank", "nearer": "farther", "after": "before", "later": "earlier"}
CONTRARY |= {other: word for word, other in CONTRARY.items()} | {"since": "until", "passed": "trailed"}


@pytest.mark.by_day(4, "lessons")
def test_words_a_step_wrong_are_seen_by_what_they_rest_on(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each figure a step wrong, each name another, each turn its contrary, with the tie renewed."""
    values = cache(lambda expression: tied_values(expression, names(lesson.path)))
    tied_values = tied._values
    monkeypatch.setattr(tied, "_values", lambda expression, space: values(expression))
    passed, tried = defaultdict[str, list[str]](list), Counter[str]()
    for cell in lesson.said:
        text, readable = tied.shown(cell)
        for words, on in tied.ties(cell).items():
            if tied.kind(on[0]) != "computed":
                continue
            inside = tied._inside(readable, text, words)
            for what, wrong, figures_ in slips(words, text.index(words), inside):
                tried[what] += 1
                if not list(tied._faults(wrong, figures_, on, {})):
                    passed[what].append(f"{cell.id}: {wrong}")
    for what, share in (("figure", 0.04), ("name", 0.1), ("turn", 0.3), ("negation", 0.3)):
        assert len(passed[what]) <= max(2, share * tried[what]), (what, tried[what], passed[what])


def slips(
    words: str, start: int, inside: list[figures.Figure]
) -> Iterator[tuple[str, str, list[figures.Figure]]]:
    """Tied words with one thing wrong: what it is, the words, their figures."""
    for n, figure in enumerate(inside):
        for step in steps(figure.text):
            wrong = words[: figure.start - start] + step + words[figure.end - start :]
            there = figures.read(wrong)
            if len(there) == len(inside):
                yield "figure", wrong, [*inside[:n], there[n], *inside[n + 1 :]]
    for name in dict.fromkeys(tied.names().findall(words)):
        other = next(one for one in ("Kenya", "Nehru") if one not in words)
        yield "name", re.sub(rf"\b{re.escape(name)}\b", other, words), inside
    bare = figures.unhedged(words)
    for turn in re.findall(r"\b(?:not|no|never|none|neither)\b", bare, re.IGNORECASE):
        yield "negation", re.sub(rf"\s?\b{turn}\b", "", words, count=1), inside
    for turn in re.findall(rf"\b(?:{'|'.join(CONTRARY)})\b", bare):
        yield "turn", re.sub(rf"\b{turn}\b", CONTRARY[turn], words, count=1), inside


def steps(text: str) -> Iterator[str]:
    """A figure's text with one digit, its number word or its month a step further."""
    for at, letter in enumerate(text):
        if letter.isdecimal():
            yield text[:at] + str((int(letter) + 1) % 10) + text[at + 1 :]
    for whole in (list(figures.NUMBERS)[2:20], figures.MONTHS, figures.DAYS):
        yield from (text.replace(one, whole[whole.index(one) - 1]) for one in whole if one in text.split())
