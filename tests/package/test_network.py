"""The network of the article: its map and explorer against the tables as text, by other code than theirs."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pandas as pd
import pytest
from as_text import rows_of

from samarkand import explore, maps, measures
from samarkand.explore.network import Tables, _leaders
from samarkand.maps._shapes import ASSETS
from samarkand.practice import questions

TOLD = [row for row in rows_of("ties") if row["in_article"] == "true"]
PAIRS = {frozenset((row["actor"], row["target"])) for row in TOLD}
SCENE = maps.network().scene


def drawn(kind: str) -> dict[frozenset[str], str]:
    """Return the letters of each line of the graph, or of each arc of the map, by its two ends."""
    found = {}
    for ident, letters in SCENE.status.items():
        if ident.startswith(f"{kind}-"):
            _, a, b = ident.split("-")
            found[frozenset((a, b))] = letters
    return found


def test_what_is_expected_lies_between_what_can_be() -> None:
    actors = {row[end] for row in TOLD for end in ("actor", "target")}
    for id, most in (("09.place", len(actors)), ("09.drop", len(TOLD))):
        assert questions.find("predict", id).high == most, id


def test_everybody_with_a_tie_has_a_dot_on_the_sheet_and_nobody_else() -> None:
    with (ASSETS / "network.csv").open(encoding="utf-8", newline="") as file:
        placed = [row["id"] for row in csv.DictReader(file)]
    assert sorted(placed) == sorted({end for pair in PAIRS for end in pair})


def test_each_pair_has_one_line_by_the_sum_of_its_signs() -> None:
    signs: dict[frozenset[str], list[int]] = {pair: [] for pair in PAIRS}
    for row in TOLD:
        signs[frozenset((row["actor"], row["target"]))].append(int(row["sign"]))
    assert {pair: letters[0] for pair, letters in drawn("tie").items()} == {
        pair: "b" if not sum(own) and any(own) else "e" if not sum(own) else "p" if sum(own) > 0 else "n"
        for pair, own in signs.items()
    }
    for place, (sign, letter) in enumerate(((1, "p"), (-1, "n"), (0, "e")), start=1):
        shown = {pair for pair, letters in drawn("tie").items() if letters[place] == letter}
        assert shown == {pair for pair, own in signs.items() if sign in own}
        assert {letters[place] for letters in drawn("tie").values()} == {letter, "-"}


def test_a_person_sits_in_the_capital_of_a_state_and_a_tie_within_a_city_is_no_arc() -> None:
    arcs = drawn("way")
    assert frozenset(("CHN", "RUS")) in arcs
    ends = {end for pair in arcs for end in pair}
    assert not ends & {"XI", "PUTIN", "LI", "DUMA", "XINHUA"}, "they sit in a capital"
    assert not ends & {"WEST", "UYGHUR", "YAU"}, "they have no seat"
    assert "Putin" in SCENE.names["at-RUS"].about and "Xi Jinping" in SCENE.names["at-CHN"].about
    assert SCENE.names["at-KAZ"].name == "Nur-Sultan", "so called on the day of the report"


def test_what_is_said_of_neighbours_is_counted() -> None:
    neighbours = Counter(end for pair in PAIRS for end in pair)
    for actor, n in neighbours.items():
        assert re.fullmatch(rf"{n} neighbours?", SCENE.names[actor].about)
    assert f"Russia {neighbours['RUS']}, Kazakhstan {neighbours['KAZ']}" in repr(maps.network())


def test_an_empty_network_gets_a_sentence() -> None:
    said = explore.ties().render(kind="membership", sign="hostile")
    assert "No tie is left" in said and "<svg" not in said


@pytest.mark.parametrize("merged", [False, True])
def test_the_explorer_counts_what_the_table_holds(merged: bool) -> None:
    state = {row["id"]: row["iso3"] for row in rows_of("entities") if row["type"] == "person" and row["iso3"]}
    for where, rows in (("article", TOLD), ("world", rows_of("ties"))):
        for kind in ("all", "contact", "politics"):
            chosen = [
                tuple(state.get(row[end], row[end]) if merged else row[end] for end in ("actor", "target"))
                for row in rows
                if kind in ("all", row["kind"]) and row["day"] <= "2022-09-16"
            ]
            chosen = [pair for pair in chosen if len(set(pair)) == 2]
            neighbours = Counter(end for pair in set(map(frozenset, chosen)) for end in pair)
            said = explore.ties().render(kind=kind, where=where, merged=merged)
            actors, most = len(neighbours), max(neighbours.values())
            assert re.search(rf"{len(chosen)} ties of {actors} actors\..* most neighbours, {most}\b", said)


def test_the_second_coder_signed_each_tie_of_the_article_once() -> None:
    second = rows_of("second_coding")
    assert sorted(row["tie"] for row in second) == sorted(row["id"] for row in TOLD)
    sign = {
        **dict.fromkeys(("support", "partnership", "contact", "trade"), "1"),
        **dict.fromkeys(("harm", "opposition", "distance"), "-1"),
        **dict.fromkeys(("wish", "place or work"), "0"),
    }
    assert all(sign[row["ground"]] == row["sign"] for row in second), "the rule that was written down before"
    codes = {row["tie"]: row["sign"] for row in second}
    first = [row["sign"] for row in TOLD]
    assert 0.8 < measures.kappa(first, [codes[row["id"]] for row in TOLD]) < 1


@pytest.mark.parametrize(
    ("first", "said"),
    [("A", "Ann"), ("AB", "Ann and Ben"), ("ABC", "Ann, Ben and Cem"), ("ABCD", "4 actors at once")],
)
def test_up_to_three_at_the_top_are_named(first: str, said: str) -> None:
    names = dict(zip("ABCDE", ("Ann", "Ben", "Cem", "Dee", "Eva"), strict=True))
    values = {actor: 0.5 if actor in first else 0.2 for actor in names}
    assert _leaders(Tables(pd.DataFrame(), names, {}), values) == said
