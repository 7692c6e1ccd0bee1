"""Each measure against an independent computation, and at the edges."""

import itertools
import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from samarkand import data, measures
from samarkand.common.errors import OutOfRange, UnknownName, WrongType


def test_any_list_and_the_edges_by_hand():
    for plain in ([30, 70], (30, 70), np.array([30, 70])):
        assert measures.herfindahl_bounds(plain, 100) == pytest.approx((0.58, 0.58))
    assert (measures.jaccard([1, 1, 2], [2, 2]), measures.jaccard({1}, set())) == (0.5, 0)
    assert measures.jaccard({1, 2}, {2, 3, 4}) == measures.jaccard({2, 3, 4}, {1, 2}) == 0.25
    assert (measures.brier([1], [1]), measures.brier([0], [1])) == (0, 1)
    assert measures.brier([0.5, 0.8], [1, 1]) == pytest.approx((0.25 + 0.04) / 2)
    tried = measures.multiverse({"a": [1, 2], "b": "xy"}, lambda a, b: a > 1)
    assert tried.to_dict("list") == {"a": [1, 1, 2, 2], "b": [*"xyxy"], "holds": [False, False, True, True]}


def test_year_on_year():
    series = pd.Series([50.0, 60.0, 57.0, 57.0], index=[2018, 2019, 2020, 2021])
    expected = series.pct_change() * 100
    pd.testing.assert_series_equal(measures.year_on_year(series), expected)
    pd.testing.assert_series_equal(measures.year_on_year(series.iloc[::-1]), expected)
    days = pd.to_datetime(["2021-01-01", "2021-02-01", "2022-01-01", "2022-03-01"])
    found = measures.year_on_year(pd.Series([10, 20, 15, 30], index=days))
    assert found.round(9).fillna(-99).to_list() == [-99, -99, 50.0, -99]
    assert measures.year_on_year(pd.Series({2000: 0.0, 2001: 5.0, 2003: 5.0})).isna().all()


def by_networkx(ties):
    """Return balanced and unbalanced triangles, found by networkx in the same network."""
    graph = nx.Graph()
    for _, row in ties.iterrows():
        if row["actor"] != row["target"]:
            before = graph.get_edge_data(row["actor"], row["target"], {"weight": 0})["weight"]
            graph.add_edge(row["actor"], row["target"], weight=before + row["sign"])
    graph.remove_edges_from([(a, b) for a, b, w in graph.edges(data="weight") if w == 0])
    found = {}
    for clique in nx.enumerate_all_cliques(graph):
        if len(clique) == 3:
            signs = [math.copysign(1, graph[a][b]["weight"]) for a, b in itertools.combinations(clique, 2)]
            found[tuple(sorted(clique))] = math.prod(signs) > 0
    return found


RESOLUTIONS = ["es_11_1", "es_11_3", "es_11_4"]


def test_agreement_of_all_pairs_of_voters_against_the_mean_of_halves():
    votes = data.load("un_votes").set_index("iso3")[RESOLUTIONS]
    half = {"yes": 1.0, "abstain": 0.5, "no": 0.0}  # who did not vote is left out, and did not abstain
    for a, b in itertools.combinations(list(data.members("2022-09-15", None)["iso3"]), 2):
        pairs = zip(votes.loc[a], votes.loc[b], strict=True)
        both = [abs(half[x] - half[y]) for x, y in pairs if x in half and y in half]
        for one, other in ((a, b), (b, a)):
            if both:
                found = measures.vote_agreement(votes.loc[one], votes.loc[other])
                assert found == pytest.approx(1 - sum(both) / len(both))
            else:
                with pytest.raises(OutOfRange) as error:
                    measures.vote_agreement(votes.loc[one], votes.loc[other])
                assert error.value.code == "no vote in common"
    assert measures.vote_agreement(["no", None, math.nan], ["yes", "no", "no"]) == 0


def test_signed_triangles_against_networkx():
    ties = data.load("ties")
    for frame in (ties, ties.query("in_article")):
        found = measures.signed_triangles(frame)
        mine = {(r.first, r.second, r.third): r.balanced for r in found.itertuples()}
        assert mine and mine == by_networkx(frame)
        assert list(mine) == sorted(mine)


@pytest.mark.parametrize(("rule", "balanced"), [("sum", [True]), ("last", [False]), ("worst", [False])])
def test_a_rule_says_what_counts_of_several_signs(rule, balanced):
    """The sum is friendly; the last tie by day, which is not the last row, and the worst are not."""
    ties = pd.DataFrame(
        {"actor": [*"abaaab"], "target": [*"babbcc"], "sign": [1, -1, 1, 1, 1, 1], "day": [1, 9, 2, 2, 3, 3]}
    )
    signs = {"ties": 4, "sum": 1, "last": -1, "worst": -1}
    assert measures.pair_signs(ties).loc[("a", "b")].to_dict() == signs
    assert measures.signed_triangles(ties, rule)["balanced"].tolist() == balanced


TIE = pd.DataFrame({"actor": ["a"], "target": ["b"], "sign": [1]})
NONE = pd.Series(dtype="object")


def gravity(flow, size):
    return measures.gravity(pd.Series(flow), size=pd.Series(size))


#: What cannot be measured: the measure, its values, the class of the error, its code, and some fields.
REFUSED = [
    *((measures.brier, (v, [1]), WrongType, "no list", {"given": v}) for v in (5, "12", {"a": 1}, None)),
    (measures.herfindahl_bounds, (NONE, 100), OutOfRange, "no value", {}),
    (measures.herfindahl_bounds, ([1, -1], 100), OutOfRange, "negative", {"given": -1}),
    *((measures.brier, ([1, v], [1, 1]), OutOfRange, "a value missing", {}) for v in (math.nan, None)),
    (measures.herfindahl_bounds, ([1, math.inf], 100), OutOfRange, "infinite", {}),
    *((measures.brier, ([v], [1]), WrongType, "no number", {"given": v}) for v in ("2", True)),
    (
        measures.herfindahl_bounds,
        ([60, 50], 100),
        OutOfRange,
        "more than the whole",
        {"sum": 110, "whole": 100},
    ),
    (measures.herfindahl_bounds, ([1], 0), OutOfRange, "no whole", {"given": 0}),
    (measures.jaccard, ([], set()), OutOfRange, "no value", {}),
    *((measures.jaccard, (v, {"KAZ"}), WrongType, "no group", {"given": v}) for v in ("KAZ", 7, None)),
    (measures.brier, ([0.5], [1, 0]), OutOfRange, "other lengths", {"lengths": (1, 2)}),
    (measures.brier, ([80], [1]), OutOfRange, "no probability", {"given": 80}),
    (measures.year_on_year, (NONE,), OutOfRange, "no value", {}),
    (measures.year_on_year, (pd.Series([1, 2], index=["a", "b"]),), WrongType, "no years", {}),
    (measures.year_on_year, (pd.Series([1, 2], index=[2000, 2000]),), OutOfRange, "twice", {"given": 2000}),
    (measures.year_on_year, ([1, 2],), WrongType, "no Series", {"given": [1, 2]}),
    (measures.vote_agreement, (["yes"], ["yes", "no"]), OutOfRange, "other lengths", {"lengths": (1, 2)}),
    (measures.vote_agreement, (["abstained"], ["no"]), UnknownName, "unknown name", {"near": "abstain"}),
    (measures.vote_agreement, ("yes", ["no"]), WrongType, "no votes", {"given": "yes"}),
    *((measures.pair_signs, (TIE.assign(sign=v),), OutOfRange, "no sign", {"given": v}) for v in (2, None)),
    (measures.signed_triangles, (TIE[["actor", "target"]],), UnknownName, "unknown name", {"name": "sign"}),
    (measures.signed_triangles, (TIE, "first"), UnknownName, "unknown name", {"name": "first"}),
    (measures.multiverse, ({}, bool), OutOfRange, "no choice", {}),
    (measures.multiverse, ({"a": []}, bool), OutOfRange, "no option", {"name": "a"}),
    (measures.multiverse, ({"holds": [1]}, bool), OutOfRange, "a name in use", {"name": "holds"}),
    (measures.multiverse, ({"a": [1]}, lambda a: 0.5), WrongType, "not true or false", {"given": 0.5}),
    (gravity, ([1.0, 0, 3], [1.0, 2, 3]), OutOfRange, "no logarithm", {"pairs": 1}),
    (gravity, ([1.0, 2, 3], [1.0, None, -3]), OutOfRange, "no logarithm", {"pairs": 2}),
    (gravity, ([1.0], [1.0]), OutOfRange, "too few", {"pairs": 1, "coefficients": 2}),
    (gravity, (TIE["sign"], TIE["sign"].set_axis([5])), WrongType, "another index", {}),
    (measures.gravity, (TIE["sign"],), WrongType, "another index", {}),
    (measures.multiverse, (dict.fromkeys("ab", range(200)), bool), OutOfRange, "too many", {"given": 40_000}),
]


@pytest.mark.parametrize(("measure", "values", "error", "code", "fields"), REFUSED)
def test_what_cannot_be_measured_is_refused(measure, values, error, code, fields):
    with pytest.raises(error) as raised:
        measure(*values)
    assert raised.value.code == code and fields.items() <= raised.value.fields.items()


def test_the_sentences_on_what_cannot_be_measured_read_well(snapshot):
    said = []
    for measure, values, error, *_ in REFUSED:
        with pytest.raises(error) as raised:
            measure(*values)
        said.append(str(raised.value))
    assert said == snapshot


def test_bounds_of_a_list_that_is_cut_off():
    """The index of any whole list lies between the bounds of its beginning, and the ceiling is reached."""
    random = np.random.default_rng(6)
    for _ in range(200):
        whole = np.sort(random.gamma(0.5, size=12))[::-1]
        listed = whole[: random.integers(1, 12)]
        floor, ceiling = measures.herfindahl_bounds(listed, whole.sum())
        assert floor - 1e-12 <= ((whole / whole.sum()) ** 2).sum() <= ceiling + 1e-12
    assert measures.herfindahl_bounds([40, 20], 100)[1] == pytest.approx(0.4**2 + 3 * 0.2**2)
    assert measures.herfindahl_bounds([50, 50], 100) == pytest.approx((0.5, 0.5))
