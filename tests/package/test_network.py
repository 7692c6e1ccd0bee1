"""The explorer of ties and the second coding, against the tables as text."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from as_text import rows_of

from samarkand import explore, measures
from samarkand.practice import questions

TIES = [row for row in rows_of("ties") if row["in_article"] == "true"]


def test_what_is_expected_lies_between_what_can_be() -> None:
    actors = {row[end] for row in TIES for end in ("actor", "target")}
    for id, most in (("09.place", len(actors)), ("09.drop", len(TIES))):
        assert questions.find("predict", id).high == most, id


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize(("where", "rows"), [("article", TIES), ("world", rows_of("ties"))])
def test_the_explorer_counts_what_the_table_holds(
    merged: bool, where: str, rows: list[dict[str, str]]
) -> None:
    state = {row["id"]: row["iso3"] for row in rows_of("entities") if row["type"] == "person" and row["iso3"]}
    explorer = explore.ties()
    for kind in ("all", "contact", "politics"):
        chosen = [
            tuple(state.get(row[end], row[end]) if merged else row[end] for end in ("actor", "target"))
            for row in rows
            if kind in ("all", row["kind"]) and row["day"] <= "2022-09-16"
        ]
        chosen = [pair for pair in chosen if len(set(pair)) == 2]
        neighbours = Counter(end for pair in set(map(frozenset, chosen)) for end in pair)
        card = explorer.render(kind=kind, where=where, merged=merged)
        most = max(neighbours.values())
        assert re.search(
            rf"{len(chosen)} ties of {len(neighbours)} actors\..* most neighbours, {most}\b", card
        )
    empty = explorer.render(kind="membership", sign="hostile")
    assert "No tie is left" in empty and "<svg" not in empty


def test_the_second_coder_signed_each_tie_of_the_article_once_by_the_rule() -> None:
    second = rows_of("second_coding")
    assert sorted(row["tie"] for row in second) == sorted(row["id"] for row in TIES)
    sign = {
        **dict.fromkeys(("support", "partnership", "contact", "trade"), "1"),
        **dict.fromkeys(("harm", "opposition", "distance"), "-1"),
        **dict.fromkeys(("wish", "place or work"), "0"),
    }
    assert all(sign[row["ground"]] == row["sign"] for row in second)
    codes = {row["tie"]: row["sign"] for row in second}
    assert 0.8 < measures.kappa([row["sign"] for row in TIES], [codes[row["id"]] for row in TIES]) < 1
