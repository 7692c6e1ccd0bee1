"""Each measure against an independent computation, and at the edges."""

import itertools
import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from samarkand import data, measures
from samarkand.ground.errors import OutOfRange, UnknownName, WrongType


def test_shares_and_their_concentration_by_hand():
    found = measures.shares(pd.Series([1, 2, 5], index=list("abc")))
    assert found.to_dict() == {"a": 0.125, "b": 0.25, "c": 0.625}
    for plain in ([30, 70], (30, 70), np.array([30, 70])):
        assert measures.shares(plain).to_dict() == {0: 0.3, 1: 0.7}
    assert measures.herfindahl([10, 20, 70]) == pytest.approx(0.01 + 0.04 + 0.49)
    assert measures.herfindahl([3.3] * 7) == pytest.approx(1 / 7)


def test_jaccard_by_hand():
    assert measures.jaccard({1, 2, 3}, {2, 3, 4}) == 0.5
    assert measures.jaccard([1, 1, 2], [2, 2]) == 0.5
    assert (measures.jaccard({1}, set()), measures.jaccard(["ab"], ["ab"])) == (0, 1)


def test_brier_and_calibration_by_hand():
    assert measures.brier([0.8, 0.3], [1, 0]) == pytest.approx((0.04 + 0.09) / 2)
    assert measures.brier([0.5] * 7, [0, 1, 1, 0, 1, 0, 0]) == 0.25
    assert (measures.brier([1], [1]), measures.brier([0], [1])) == (0, 1)
    table = measures.calibration([0.9, 0.5, 0.9, 0.9], [1, 0.5, 0, 1])
    assert table.to_dict("list") == {"said": [0.5, 0.9], "came": [0.5, pytest.approx(2 / 3)], "cases": [1, 3]}


def test_year_on_year():
    series = pd.Series([50.0, 60.0, 57.0, 57.0], index=[2018, 2019, 2020, 2021])
    expected = series.pct_change() * 100
    pd.testing.assert_series_equal(measures.year_on_year(series), expected)
    pd.testing.assert_series_equal(measures.year_on_year(series.iloc[::-1]), expected)
    days = pd.to_datetime(["2021-01-01", "2021-02-01", "2022-01-01", "2022-03-01"])
    found = measures.year_on_year(pd.Series([10, 20, 15, 30], index=days))
    assert found.round(9).fillna(-99).to_list() == [-99, -99, 50.0, -99]
    assert measures.year_on_year(pd.Series({2000: 0.0, 2001: 5.0, 2003: 5.0})).isna().all()


def test_mirror_gap():
    assert measures.mirror_gap(31.2, 24.1) == pytest.approx((31.2 - 24.1) / 24.1 * 100)
    assert measures.mirror_gap(5, 5) == 0 and measures.mirror_gap(0, 5) == -100


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
                with pytest.raises(OutOfRange, match="no vote in which both took part"):
                    measures.vote_agreement(votes.loc[one], votes.loc[other])
    assert measures.vote_agreement(["no", None, math.nan], ["yes", "no", "no"]) == 0


def test_signed_triangles_against_networkx():
    ties = data.load("ties")
    for frame in (ties, ties.query("in_article")):
        found = measures.signed_triangles(frame)
        mine = {(r.first, r.second, r.third): r.balanced for r in found.itertuples()}
        assert mine and mine == by_networkx(frame)
        assert list(mine) == sorted(mine)


@pytest.mark.parametrize(
    ("signs", "balanced"),
    [((1, 1, 1), True), ((1, 1, -1), False), ((1, -1, -1), True), ((-1, -1, -1), False)],
)
def test_four_kinds_of_triangles(signs, balanced):
    ties = pd.DataFrame({"actor": list("aab"), "target": list("bcc"), "sign": signs})
    (row,) = measures.signed_triangles(ties).itertuples(index=False)
    assert (row.first, row.second, row.third, row.balanced) == ("a", "b", "c", balanced)
    assert row.signs == " ".join("+" if s > 0 else "-" for s in signs)


@pytest.mark.parametrize(("rule", "balanced"), [("sum", [True]), ("last", [False]), ("worst", [False])])
def test_a_rule_says_what_counts_of_several_signs(rule, balanced):
    """The sum is friendly; the last tie by day, which is not the last row, and the worst are not."""
    ties = pd.DataFrame(
        {"actor": list("abaab"), "target": list("babcc"), "sign": [1, -1, 1, 1, 1], "day": [1, 9, 2, 3, 3]}
    )
    signs = {"ties": 3, "sum": 1, "last": -1, "worst": -1}
    assert measures.pair_signs(ties).loc[("a", "b")].to_dict() == signs
    assert measures.signed_triangles(ties, rule)["balanced"].tolist() == balanced


TIE = pd.DataFrame({"actor": ["a"], "target": ["b"], "sign": [1]})
NONE = pd.Series(dtype="object")


@pytest.mark.parametrize(
    ("measure", "values", "error", "sentence"),
    [
        *((measures.herfindahl, (v,), WrongType, "a list or Series") for v in (5, "12", {"a": 1}, None)),
        *((m, (NONE,), OutOfRange, "There is no value") for m in (measures.herfindahl, measures.shares)),
        (measures.shares, ([0, 0],), OutOfRange, "all values are zero"),
        (measures.herfindahl, ([1, -1],), OutOfRange, "-1 is negative"),
        *((measures.shares, ([1, v],), OutOfRange, "A value is missing") for v in (math.nan, None)),
        (measures.herfindahl, ([1, math.inf],), OutOfRange, "A value is infinite"),
        (measures.shares, ([1, "2"],), WrongType, "give numbers, not '2'"),
        (measures.herfindahl, ([True, 2],), WrongType, "give numbers, not True"),
        (measures.herfindahl_bounds, ([60, 50], 100), OutOfRange, "add up to 110, more than the whole, 100"),
        (measures.herfindahl_bounds, ([1], 0), OutOfRange, "The whole is 0"),
        (measures.jaccard, ([], set()), OutOfRange, "Both groups are empty"),
        *((measures.jaccard, (v, {"KAZ"}), WrongType, "A group is a set or list") for v in ("KAZ", 7, None)),
        (measures.brier, ([0.5], [1, 0]), OutOfRange, "1 forecasts and 2 outcomes"),
        (measures.brier, ([80], [1]), OutOfRange, "80 is no probability: 80 per cent is written 0.8"),
        (measures.year_on_year, (NONE,), OutOfRange, "there is no value"),
        (measures.year_on_year, (pd.Series([1, 2], index=["a", "b"]),), WrongType, "The index must be years"),
        (measures.year_on_year, (pd.Series([1, 2], index=[2000, 2000]),), OutOfRange, "2000 occurs twice"),
        (measures.year_on_year, ([1, 2],), WrongType, "needs a Series"),
        *((measures.mirror_gap, (v, 0), OutOfRange, "counts nothing") for v in (0, 1)),
        (measures.mirror_gap, (-1, 2), OutOfRange, "Trade is not negative"),
        (measures.vote_agreement, (["yes"], ["yes", "no"]), OutOfRange, "1 votes and 2 votes"),
        (measures.vote_agreement, (["abstained"], ["no"]), UnknownName, 'Did you mean "abstain"'),
        (measures.vote_agreement, ("yes", ["no"]), WrongType, "not 'yes'"),
        *((measures.pair_signs, (TIE.assign(sign=v),), OutOfRange, "A sign is 1, 0 or") for v in (2, None)),
        (measures.signed_triangles, (TIE[["actor", "target"]],), UnknownName, 'No column "sign"'),
        (measures.signed_triangles, (TIE, "first"), UnknownName, 'No rule "first"'),
        (measures.multiverse, ({}, bool), OutOfRange, "nothing to vary"),
        (measures.multiverse, ({"a": []}, bool), OutOfRange, "The choice “a” has no option"),
        (measures.multiverse, ({"holds": [1]}, bool), OutOfRange, "No choice can be called"),
        (measures.multiverse, ({"a": [1]}, lambda a: 0.5), WrongType, "0.5 is neither"),
        (measures.multiverse, (dict.fromkeys("ab", range(200)), bool), OutOfRange, "40000 combinations are"),
    ],
)
def test_what_cannot_be_measured_gets_a_sentence(measure, values, error, sentence):
    with pytest.raises(error, match=sentence):
        measure(*values)


def test_bounds_of_a_list_that_is_cut_off():
    """The index of any whole list lies between the bounds of its beginning, and the ceiling is reached."""
    random = np.random.default_rng(6)
    for _ in range(200):
        whole = np.sort(random.gamma(0.5, size=12))[::-1]
        listed = whole[: random.integers(1, 12)]
        floor, ceiling = measures.herfindahl_bounds(listed, whole.sum())
        assert floor - 1e-12 <= measures.herfindahl(whole) <= ceiling + 1e-12
    assert measures.herfindahl_bounds([40, 20], 100)[1] == pytest.approx(
        measures.herfindahl([40, 20, 20, 20])
    )
    assert measures.herfindahl_bounds([50, 50], 100) == pytest.approx((0.5, 0.5))


def test_a_sentence_in_many_universes():
    tried = measures.multiverse({"a": [1, 2], "b": range(3)}, lambda a, b: a > b)
    assert tried.to_dict("list") == {
        "a": [1, 1, 1, 2, 2, 2], "b": [0, 1, 2] * 2, "holds": [True, False, False, True, True, False],
    }  # fmt: skip
    assert tried["holds"].dtype == bool


def test_gravity_finds_the_exponents_that_made_the_trade():
    draw = np.random.default_rng(6)
    size, far = (pd.Series(draw.uniform(1, 9, 200)) for _ in range(2))
    flow = 5 * size**0.7 * far**-1.9
    coefficients, residuals = measures.gravity(flow, size=size, far=far)
    assert coefficients.to_numpy() == pytest.approx([0.7, -1.9, math.log(5)])
    assert residuals.abs().max() < 1e-9


@pytest.mark.parametrize(
    ("flow", "size", "error", "sentence"),
    [
        ([1.0, 0, 3], [1.0, 2, 3], OutOfRange, "1 pair has a value that is missing, zero or negative"),
        ([1.0, 2, 3], [1.0, None, -3], OutOfRange, "2 pairs have a value"),
        ([1.0], [1.0], OutOfRange, "1 pairs are too few for 2 coefficients"),
    ],
)
def test_pairs_without_gravity(flow, size, error, sentence):
    with pytest.raises(error, match=sentence):
        measures.gravity(pd.Series(flow), size=pd.Series(size))


def test_gravity_of_other_pairs():
    one = pd.Series([1.0, 2])
    for flow, known in ((one, {"size": one.set_axis([5, 6])}), ([1.0, 2], {"size": one}), (one, {})):
        with pytest.raises(WrongType, match="the same index"):
            measures.gravity(flow, **known)
