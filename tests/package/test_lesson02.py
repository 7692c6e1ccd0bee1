"""Lesson 02's practice: right answers in several forms, known wrong ways, and answers that are none."""

import pytest

from samarkand import data
from samarkand.check import check, tasks

MINE = [tasks()[f"02.{n}"] for n in (1, 2, 3)]


def test_the_right_answers_are_what_the_tables_give():
    blocks, claims = data.load("blocks"), data.load("claims")
    yau = blocks.loc[blocks["quoted_speaker"] == "Niva Yau", "quoted_words"].sum()
    assert check("02.1", yau / blocks["quoted_words"].sum() * 100)
    assert check("02.1", round(yau / blocks["quoted_words"].sum() * 100, 1))
    unhedged = claims.query("type == 'forecast' and hedge.isna()")["id"]
    for form in (unhedged, set(unhedged), list(unhedged), unhedged.to_numpy()):
        assert check("02.2", form)
    assert check("02.3", len(claims.query("type == 'fact' and verdict_day > '2022-09-15'")))


@pytest.mark.parametrize("task", MINE, ids=lambda task: task.id)
@pytest.mark.parametrize("answer", [None, "", [], float("nan"), "sixty", {"a": 1}, len, -1, 10**9])
def test_what_is_no_answer_gets_a_sentence(task, answer):
    reply = check(task.id, answer)
    assert not reply
    assert str(reply).endswith((".", "?"))


def test_the_size_and_the_rest_are_seen():
    share = tasks()["02.1"].expected
    assert "unit" in str(check("02.1", share / 100))
    assert "rest" in str(check("02.1", 100 - share))
