"""What a student is told about an answer goes through the catalogue; no word stays English elsewhere.

Run as a script, it writes down what practice and sets say to all kinds of answers, each with the data in it.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from samarkand.ground import home
from samarkand.ground.words import CLOSING, OPENING

SETS = sorted((home.ROOT / "exercises" / "release").glob("*/*.ipynb"))
#: What accents change: a word with one of these letters, and none with an accent, is English.
ENGLISH = re.compile(r"\b(?=[A-Za-z]*[aceinosuyACEINOSUY])[A-Za-z]+\b")


def answers() -> list[Any]:
    """Answers of every form, of which each kind takes some and refuses the others."""
    import numpy as np
    import pandas as pd

    frame = pd.DataFrame({"iso3": ["KAZ", "UZB"], "value": [1.0, 2.0]})
    return [
        *(None, True, 3, -8.25, 1e30, math.nan, "", "KAZ", "2022-09-14", 1j, lambda *_: 1 / 0),
        *(dt.date(2022, 9, 14), dt.timedelta(1), [], [1], [1, 2], (1, 2, 3, 4, 5), range(30_000)),
        *({"KAZ"}, {"KAZ", "UZBEK"}, ["KAZ", "KAZ"], {"KAZ": 1, "UZB": "x"}, {1.5: 1}),
        *(np.array([1, 2]), pd.Index([7, 8]), pd.Series([1, 1], ["KAZ", "KAZ"])),
        *(frame, frame.head(0), frame.set_index("iso3"), frame["value"], frame.head(1)),
    ]


def texts(form: Any) -> Iterator[str]:
    """Yield the texts of a kind's form, which the author of a set wrote."""
    if isinstance(form, str):
        yield form
    elif isinstance(form, dict | list):
        parts = [*form.keys(), *form.values()] if isinstance(form, dict) else form
        for part in parts:
            yield from texts(part)


def practice() -> Iterator[tuple[str, list[str]]]:
    """Yield what `check` says, to every task."""
    from samarkand.check import check, tasks

    yield check("03.9", 1).sentence, []
    for name, one in tasks().items():
        yield one.question, []
        yield one.hint, []
        near = (
            [one.expected * f + d for f in (1, 0.01, -1) for d in (0, 1, 0.3)]
            if type(one.expected) in (int, float)
            else []
        )
        for answer in [..., one.solution(), *(way.wrong() for way in one.diagnoses), *near, *answers()]:
            yield check(name, answer).sentence, ["complex"]


def sets() -> Iterator[tuple[str, list[str]]]:
    """Yield what the desks of all sets say, to every question."""
    from samarkand.exercise import Desk

    for path in SETS:
        desk = Desk(path.parent.name, path.parent)
        own = [*texts(desk.given), desk.exercise, "ada"]
        yield from (
            (line, own)
            for line in (*repr(desk).splitlines()[:1], desk.sign_in("ada"), repr(desk).splitlines()[0])
        )
        with pytest.raises(LookupError) as unknown:
            desk.look("q99", 1)
        yield str(unknown.value), ["q99", *desk.form["questions"]]
        for name, asked in desk.form["questions"].items():
            data = [*texts(asked["kind"]), "complex", "ZeroDivisionError: division by zero"]
            for answer in [..., *answers()]:
                yield desk.look(name, answer).sentence, data
                yield desk.look(name, lambda *_, given=answer: given).sentence, data
            yield desk.look(name, lambda *_: 1 / 0).sentence, data


def english(sentence: str, data: list[str]) -> list[str]:
    """Return the words of a sentence that are English still, besides data."""
    for value in sorted(data, key=len, reverse=True):
        sentence = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "", sentence)
    depth, outside = 0, ""
    for sign in sentence:
        depth += (sign == OPENING) - (sign == CLOSING)
        outside += sign if not depth else ""
    return ENGLISH.findall(sentence) + re.findall(r"[^\W\d_]+", outside)


def test_english_is_found_where_it_is_left() -> None:
    assert english(f"{OPENING}Thîš îš à ñûmbèr ~{CLOSING}", []) == []
    assert english(f"{OPENING}Thîš îš a number ~{CLOSING}", ["number"]) == ["a"]
    assert english(f"Nö {OPENING}x{CLOSING}", []) == ["Nö"]


@pytest.mark.parametrize("room", ["practice", "sets"])
def test_no_sentence_is_left_in_english(room: str, spoken: Callable[..., str]) -> None:
    said = [json.loads(line) for line in spoken("test_asked_in_words", room).splitlines()]
    assert len({sentence for sentence, _ in said}) > 100
    left = {sentence: words for sentence, data in said if (words := english(sentence, data))}
    assert not left, list(left.items())[:20]


if __name__ == "__main__":
    for said_ in {"practice": practice, "sets": sets}[sys.argv[1]]():
        print(json.dumps(said_))
