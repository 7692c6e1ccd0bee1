"""Each edge of a hidden function catches a wrong way that no other input catches: none is there for show."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
import workshop

from samarkand.answers import decode
from samarkand.grading.marking import checks
from samarkand.ground import home

CHECKS = home.ROOT / "exercises" / "checks"
SETS = {name: checks.load(CHECKS, name) for name in checks.available(CHECKS)}
KEYS = (workshop.KEY, "another class", "a third", "a fourth")
GA = ["es_11_1", "es_11_3", "es_11_4"]


def asked(name: str) -> checks.Question:
    (question,) = (q for q in SETS[name].questions if q.cases is not None)
    return question


def only_of_two(trip: pd.DataFrame, code: str) -> int:
    met = trip[trip["type"] == "bilateral"]["counterpart_iso3"]
    return int(met.str.split(";").apply(lambda codes: code in codes).sum())


def one_list_of_all_codes(trip: pd.DataFrame, code: str) -> int:
    met = trip[trip["type"].isin(["bilateral", "multilateral"])]["counterpart_iso3"]
    return int((np.concatenate(met.dropna().str.split(";").to_list()) == code).sum())


def kind_looked_up(blocks: pd.DataFrame, kind: str) -> float:
    words = blocks.groupby("kind")["words"].sum()
    return float(100 * words[kind] / words.sum()) if len(blocks) else 0.0


def total_of_nothing(blocks: pd.DataFrame, kind: str) -> float:
    return float(100 * blocks.loc[blocks["kind"] == kind, "words"].sum() / blocks["words"].sum())


def _held(table: pd.DataFrame, iso3: str, is_in: Callable[[Any, Any], bool]) -> str:
    for spell in table[table["iso3"] == iso3].itertuples():
        if is_in(spell[table.columns.get_loc("from") + 1], spell.to):
            return str(spell.status)
    return "none"


def last_day_counts(table: pd.DataFrame, iso3: str, day: pd.Timestamp) -> str:
    return _held(table, iso3, lambda began, ended: began <= day and (pd.isna(ended) or day <= ended))


def first_day_does_not_count(table: pd.DataFrame, iso3: str, day: pd.Timestamp) -> str:
    if not day > table[table["iso3"] == iso3]["from"].min():
        return "none"
    return _held(table, iso3, lambda began, ended: began <= day and (pd.isna(ended) or day < ended))


def a_day_early(table: pd.DataFrame, iso3: str, day: pd.Timestamp) -> str:
    eve = pd.Timedelta(days=1)
    return _held(table, iso3, lambda began, ended: began - eve <= day and (pd.isna(ended) or day < ended))


def since_the_first_row(table: pd.DataFrame, iso3: str, day: pd.Timestamp) -> str:
    if day < table["from"].sort_values().iloc[0]:
        return "none"
    return _held(table, iso3, lambda began, ended: began <= day and (pd.isna(ended) or day < ended))


def the_day_after(table: pd.DataFrame, day: pd.Timestamp) -> float:
    known = table[table["known_when"] < day].sort_values("period_end")
    return float(known["total_usd_bn"].iloc[-1]) if len(known) else 0.0


def last_row(table: pd.DataFrame, day: pd.Timestamp) -> float:
    known = table[table["known_when"] <= day]
    return float(known["total_usd_bn"].iloc[-1]) if len(known) else 0.0


def newest_report(table: pd.DataFrame, day: pd.Timestamp) -> float:
    known = table[table["known_when"] <= day].sort_values("known_when")
    return float(known["total_usd_bn"].iloc[-1]) if len(known) else 0.0


def always_something_known(table: pd.DataFrame, day: pd.Timestamp) -> float:
    if not len(table):
        return 0.0
    return float(table[table["known_when"] <= day].sort_values("period_end")["total_usd_bn"].iloc[-1])


def always_a_first_report(table: pd.DataFrame, day: pd.Timestamp) -> float:
    if day < table["known_when"].min():
        return 0.0
    return float(table[table["known_when"] <= day].sort_values("period_end")["total_usd_bn"].iloc[-1])


def _said(votes: pd.DataFrame, a: str, b: str) -> list[tuple[str, str]]:
    said = votes.set_index("iso3")[GA]
    return list(zip(said.loc[a], said.loc[b], strict=True))


def _index(pairs: Sequence[tuple[str, str]], otherwise: float = -1) -> float:
    code = {"no": -1, "abstain": 0, "yes": 1}
    both = [abs(code[x] - code[y]) for x, y in pairs if x in code and y in code]
    return 1 - sum(both) / (2 * len(both)) if both else otherwise


def absences_as_abstentions(votes: pd.DataFrame, a: str, b: str) -> float:
    pairs = _said(votes, a, b)
    if _index(pairs) == -1:
        return -1
    return _index([tuple(vote.replace("did not vote", "abstain") for vote in pair) for pair in pairs])


def never_together_is_agreed(votes: pd.DataFrame, a: str, b: str) -> float:
    return _index(_said(votes, a, b), otherwise=1)


def two_rows(votes: pd.DataFrame, a: str, b: str) -> float:
    one, other = votes[votes["iso3"].isin([a, b])][GA].to_numpy()
    return _index(list(zip(one, other, strict=True)))


def powers_alone(seller: float, buyer: float, km: float, coefficients: list[float]) -> float:
    constant, by_seller, by_buyer, by_distance = coefficients
    return float(math.exp(constant) * seller**by_seller * buyer**by_buyer * km**by_distance)


def logarithms_at_some_distance(seller: float, buyer: float, km: float, coefficients: list[float]) -> float:
    if not km:
        return 0.0
    logs = [1.0, *(math.log(one) for one in (seller, buyer, km))]
    return math.exp(sum(c * x for c, x in zip(coefficients, logs, strict=True)))


def _bounds(shares: list[float], smallest: Callable[[list[float]], float], fewest: int = 0) -> list[float]:
    listed = [share / 100 for share in shares if share]
    rest, least = 1 - sum(listed), smallest(listed)
    floor, pieces = sum(share**2 for share in listed), max(fewest, int(rest / least + 1e-9))
    return [floor, floor + pieces * least**2 + (rest - pieces * least) ** 2]


def last_is_the_smallest(shares: list[float]) -> list[float]:
    return _bounds(shares, lambda listed: listed[-1] if listed else 1)


def a_piece_at_least(shares: list[float]) -> list[float]:
    return _bounds(shares, lambda listed: min(listed, default=1), fewest=1)


def zero_is_the_smallest(shares: list[float]) -> list[float]:
    return _bounds(shares, lambda listed: min([share / 100 for share in shares], default=1))


def always_a_smallest(shares: list[float]) -> list[float]:
    return _bounds(shares, min)


def to_the_last_digit(shares: pd.Series, tolerance: float) -> set[str]:
    restored = 100 - shares.sum() + shares.fillna(0)
    asked = restored[shares.isna()] if shares.isna().any() else restored
    return set(asked.index[(asked >= 0) & (asked <= 100) & (abs(shares.sum() - 100) > 1e-6)])


def missing_is_nothing(shares: pd.Series, tolerance: float) -> set[str]:
    restored = 100 - shares.sum() + shares.fillna(0)
    off = abs(shares.sum() - 100) > tolerance
    return set(restored.index[(restored >= 0) & (restored <= 100) & off])


def _counted(partners: list[tuple[str, int]], rule: str, *, draws: bool = False) -> int:
    signs: dict[str, list[int]] = {}
    for other, sign in partners:
        signs.setdefault(other, []).append(sign)
    counts = {"ties": len(partners), "neighbours": len(signs)}
    friends = sum(sum(each) > 0 or (draws and sum(each) == 0 and any(each)) for each in signs.values())
    return counts.get(rule, friends)


def _at(ties: pd.DataFrame, node: str) -> list[tuple[str, int]]:
    ends = zip(ties["actor"], ties["target"], ties["sign"], strict=True)
    return [(b if a == node else a, s) for a, b, s in ends if node in (a, b)]


def ones_own_neighbour(ties: pd.DataFrame, node: str, rule: str) -> int:
    return _counted(_at(ties, node), rule)


def _others(ties: pd.DataFrame, node: str) -> list[tuple[str, int]]:
    return [(other, sign) for other, sign in _at(ties, node) if other != node]


def a_draw_is_friendly(ties: pd.DataFrame, node: str, rule: str) -> int:
    return _counted(_others(ties, node), rule, draws=True)


def always_a_tie(ties: pd.DataFrame, node: str, rule: str) -> int:
    if len(ties):
        assert node in {*ties["actor"], *ties["target"]}
    return _counted(_others(ties, node), rule)


def always_a_first_row(ties: pd.DataFrame, node: str, rule: str) -> int:
    return _counted(_others(ties, node), rule) + 0 * ties["sign"].iloc[0]


def over_all_forecasts(forecasts: pd.Series, outcomes: pd.Series) -> float:
    return float(((forecasts - outcomes) ** 2).sum() / len(forecasts)) if len(forecasts) else 0.0


def always_an_outcome(forecasts: pd.Series, outcomes: pd.Series) -> float:
    return float(((forecasts - outcomes) ** 2).mean()) if len(forecasts) else 0.0


def share_of_missing(forecasts: pd.Series, outcomes: pd.Series) -> float:
    return 0.0 if outcomes.isna().mean() == 1 else float(((forecasts - outcomes) ** 2).mean())


#: For each set and edge a way that is right everywhere else.
WAYS: dict[tuple[str, str], Callable[..., Any]] = {
    ("ex01_the_trip", "a meeting of more than two"): only_of_two,
    ("ex01_the_trip", "no cell with a code"): one_list_of_all_codes,
    ("ex02_reading_the_article", "a kind that is not there"): kind_looked_up,
    ("ex02_reading_the_article", "an empty table"): total_of_nothing,
    ("ex03_the_sco", "the day one spell ends and the next begins"): last_day_counts,
    ("ex03_the_sco", "the first day of a first spell"): first_day_does_not_count,
    ("ex03_the_sco", "the day before a first spell"): a_day_early,
    ("ex03_the_sco", "an empty table"): since_the_first_row,
    ("ex04_china_and_russia", "the very day a figure comes out"): the_day_after,
    ("ex04_china_and_russia", "rows in another order"): last_row,
    ("ex04_china_and_russia", "an earlier period comes out last"): newest_report,
    ("ex04_china_and_russia", "nothing is known yet"): always_something_known,
    ("ex04_china_and_russia", "an empty table"): always_a_first_report,
    ("ex05_taking_sides", "one did not vote"): absences_as_abstentions,
    ("ex05_taking_sides", "no vote in which both took part"): never_together_is_agreed,
    ("ex05_taking_sides", "a state and itself"): two_rows,
    ("ex06_roads", "a distance of zero"): powers_alone,
    ("ex06_roads", "a product of zero"): logarithms_at_some_distance,
    ("ex07_kazakhstan", "shares in another order"): last_is_the_smallest,
    ("ex07_kazakhstan", "a rest smaller than the smallest share"): a_piece_at_least,
    ("ex07_kazakhstan", "a share of zero"): zero_is_the_smallest,
    ("ex07_kazakhstan", "an empty list"): always_a_smallest,
    ("ex08_borders", "off by no more than the tolerance"): to_the_last_digit,
    ("ex08_borders", "a share is missing"): missing_is_nothing,
    ("ex09_network", "a tie of an actor with itself"): ones_own_neighbour,
    ("ex09_network", "signs that cancel out"): a_draw_is_friendly,
    ("ex09_network", "an actor without a tie"): always_a_tie,
    ("ex09_network", "an empty table"): always_a_first_row,
    ("ex10_what_happened_next", "an outcome is missing"): over_all_forecasts,
    ("ex10_what_happened_next", "no outcome is known"): always_an_outcome,
    ("ex10_what_happened_next", "two empty Series"): share_of_missing,
}


def test_every_edge_of_every_set_has_its_way() -> None:
    edges = {
        (name, case.edge)
        for name in SETS
        for case in SETS[name].inputs(workshop.KEY).cases[asked(name).id]
        if case.edge
    }
    assert edges == set(WAYS)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("name", "edge"), WAYS, ids=lambda part: part)
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::FutureWarning")
def test_an_edge_catches_what_nothing_else_catches(name: str, edge: str, key: str) -> None:
    question = asked(name)
    caught = set()
    for case in SETS[name].inputs(key).cases[question.id]:
        right = question.kind.read(decode.plain(question.solution(*case.arguments)))
        try:
            given = question.kind.read(decode.plain(WAYS[name, edge](*case.arguments)))
        except Exception:  # whatever a wrong way raises is no answer
            given = None
        if given is None or not question.kind.same(given, right):
            caught.add(case.edge)
    assert caught == {edge}
