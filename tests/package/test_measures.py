"""Each measure against an independent computation, and at the edges."""

import itertools
import math

import networkx as nx
import pandas as pd
import pytest

from samarkand import data, measures
from samarkand.ground.errors import OutOfRange, UnknownName, WrongType


def test_shares():
    found = measures.shares(pd.Series([1, 2, 5], index=list("abc")))
    assert found.to_dict() == {"a": 0.125, "b": 0.25, "c": 0.625}
    assert measures.shares(pd.Series([7])).to_list() == [1.0]


def test_shares_keep_the_order_and_the_index():
    gdp = data.load("indicators").query("indicator == 'gdp_current_usd' and year == 2021 and iso3 != 'WLD'")
    found = measures.shares(gdp.set_index("iso3")["value"])
    assert list(found.index) == list(gdp["iso3"]) and math.isclose(found.sum(), 1)


def test_herfindahl_by_hand():
    assert measures.herfindahl([10, 20, 70]) == pytest.approx(0.01 + 0.04 + 0.49)
    for n in range(1, 12):
        assert measures.herfindahl([3.3] * n) == pytest.approx(1 / n)
    assert measures.herfindahl([1, 2, 3]) == pytest.approx(measures.herfindahl([100, 200, 300]))
    gas = data.load("energy_flows").query("product == 'pipeline gas' and year == 2024 and origin != 'WLD'")[
        "value"
    ]
    assert measures.herfindahl(gas) == pytest.approx(((gas / 71.278) ** 2).sum(), abs=1e-4)


@pytest.mark.parametrize("measure", [measures.herfindahl, lambda v: measures.shares(pd.Series(v))])
@pytest.mark.parametrize(
    ("values", "error", "sentence"),
    [
        ([], OutOfRange, "There is no value"),
        ([0, 0], OutOfRange, "all values are zero"),
        ([1, -1], OutOfRange, "-1 is negative"),
        ([1, math.nan], OutOfRange, "A value is missing"),
        ([1, None], OutOfRange, "A value is missing"),
        ([1, math.inf], OutOfRange, "A value is infinite"),
        ([1, "2"], WrongType, "give numbers, not '2'"),
        ([True, 2], WrongType, "give numbers, not True"),
    ],
)
def test_quantities_that_have_no_share(measure, values, error, sentence):
    with pytest.raises(error, match=sentence):
        measure(values or pd.Series(dtype="object"))


def test_jaccard_by_hand():
    assert measures.jaccard({1, 2, 3}, {2, 3, 4}) == 0.5
    assert measures.jaccard([1, 1, 2], [2, 2]) == 0.5
    assert measures.jaccard({1}, set()) == 0
    assert measures.jaccard(["ab"], ["ab"]) == 1


def test_jaccard_of_clubs_against_networkx():
    sco = set(data.members("2022-09-15")["iso3"])
    clubs = data.load("org_membership").query("status == 'member' and `from` <= '2022-09-15' and to.isna()")
    for name, rows in clubs.groupby("organisation"):
        other = set(rows["iso3"])
        graph = nx.Graph([("SCO", m) for m in sco] + [(name, m) for m in other])
        ((_, _, expected),) = nx.jaccard_coefficient(graph, [("SCO", name)])
        assert measures.jaccard(sco, other) == pytest.approx(expected)
    csto = set(clubs.query("organisation == 'CSTO'")["iso3"])
    assert measures.jaccard(sco, csto) == 0.4


def test_brier_by_hand():
    assert measures.brier([0.8, 0.3], [1, 0]) == pytest.approx((0.04 + 0.09) / 2)
    assert measures.brier([0.5] * 7, [0, 1, 1, 0, 1, 0, 0]) == 0.25
    assert measures.brier([1], [1]) == 0
    assert measures.brier([0], [1]) == 1


def test_brier_of_the_article():
    """Give every forecast 80 per cent; borne out counts 1, partly or contested 0.5."""
    verdicts = data.load("claims").query("type == 'forecast'")["verdict"]
    outcomes = verdicts.map({"borne out": 1.0, "partly": 0.5, "contested": 0.5})
    assert measures.brier([0.8] * 14, outcomes) == pytest.approx((10 * 0.04 + 4 * 0.09) / 14)


def test_year_on_year_against_pandas():
    series = pd.Series([50.0, 60.0, 57.0, 57.0], index=[2018, 2019, 2020, 2021])
    expected = series.pct_change() * 100
    pd.testing.assert_series_equal(measures.year_on_year(series), expected)
    pd.testing.assert_series_equal(measures.year_on_year(series.iloc[::-1]), expected)


def test_year_on_year_of_months():
    days = pd.to_datetime(["2021-01-01", "2021-02-01", "2022-01-01", "2022-03-01"])
    found = measures.year_on_year(pd.Series([10, 20, 15, 30], index=days))
    assert found.round(9).fillna(-99).to_list() == [-99, -99, 50.0, -99]


def test_year_on_year_with_gaps_zeros_and_one_row():
    assert measures.year_on_year(pd.Series({2000: 0.0, 2001: 5.0, 2003: 5.0})).isna().all()
    assert measures.year_on_year(pd.Series({2000: 4.0})).isna().all()
    assert measures.year_on_year(pd.Series([1, None], index=[2000, 2001], dtype="Int64")).isna().all()


def test_year_on_year_of_the_course():
    trade = data.load("trade_with_china").query("reporter == 'CHN' and partner == 'RUS'").set_index("year")
    found = measures.year_on_year(trade["total_usd_bn"])
    assert found.round(1)[2022] == 29.5 and found.round(1)[2025] == -6.8


def test_mirror_gap():
    assert measures.mirror_gap(31.2, 24.1) == pytest.approx((31.2 - 24.1) / 24.1 * 100)
    assert measures.mirror_gap(5, 5) == 0 and measures.mirror_gap(0, 5) == -100
    here, there = 31.2, 24.1
    assert (1 + measures.mirror_gap(here, there) / 100) * (
        1 + measures.mirror_gap(there, here) / 100
    ) == pytest.approx(1)


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
    half = {"yes": 1.0, "abstain": 0.5, "no": 0.0}
    for a, b in itertools.combinations(list(data.members("2022-09-15", None)["iso3"]), 2):
        both = [
            (half[x], half[y])
            for x, y in zip(votes.loc[a], votes.loc[b], strict=True)
            if x in half and y in half
        ]
        if both:
            by_hand = sum(1 - abs(x - y) for x, y in both) / len(both)
            assert measures.vote_agreement(votes.loc[a], votes.loc[b]) == pytest.approx(by_hand)
            assert measures.vote_agreement(votes.loc[b], votes.loc[a]) == pytest.approx(by_hand)
        else:
            with pytest.raises(OutOfRange, match="no vote in which both took part"):
                measures.vote_agreement(votes.loc[a], votes.loc[b])


def test_absence_is_left_out_and_is_no_abstention():
    assert measures.vote_agreement(["no", "did not vote"], ["no", "no"]) == 1
    assert measures.vote_agreement(["no", "abstain"], ["no", "no"]) == 0.75
    assert measures.vote_agreement(["no", None, math.nan], ["yes", "no", "no"]) == 0
    votes = data.load("un_votes").set_index("iso3")
    assert set(votes.loc["AZE", RESOLUTIONS]) == {"did not vote"}


def test_signed_triangles_against_networkx():
    ties = data.load("ties")
    for frame in (ties, ties.query("in_article"), ties.query("sign != 0")):
        found = measures.signed_triangles(frame)
        mine = {(r.first, r.second, r.third): r.balanced for r in found.itertuples()}
        assert mine == by_networkx(frame)
        assert list(mine) == sorted(mine)
    assert sum(
        nx.triangles(
            nx.Graph(list(zip(*[ties.query("sign != 0")[c] for c in ("actor", "target")], strict=True)))
        ).values()
    )


@pytest.mark.parametrize(
    ("signs", "balanced"),
    [((1, 1, 1), True), ((1, 1, -1), False), ((1, -1, -1), True), ((-1, -1, -1), False)],
)
def test_four_kinds_of_triangles(signs, balanced):
    ties = pd.DataFrame({"actor": list("aab"), "target": list("bcc"), "sign": signs})
    (row,) = measures.signed_triangles(ties).itertuples(index=False)
    assert (row.first, row.second, row.third, row.balanced) == ("a", "b", "c", balanced)
    assert row.signs == " ".join("+" if s > 0 else "-" for s in signs)


def test_triangles_where_there_is_none():
    ties = pd.DataFrame({"actor": ["a", "b"], "target": ["b", "a"], "sign": [1, -1]})
    for frame in (ties, ties.iloc[:0]):
        found = measures.signed_triangles(frame)
        assert len(found) == 0 and list(found) == ["first", "second", "third", "signs", "balanced"]


TIE = pd.DataFrame({"actor": ["a"], "target": ["b"], "sign": [1]})


@pytest.mark.parametrize(
    ("measure", "values", "error", "sentence"),
    [
        *((measures.herfindahl, (v,), WrongType, "a list or Series") for v in (5, "12", {"a": 1}, None)),
        (measures.jaccard, ([], set()), OutOfRange, "Both groups are empty"),
        *((measures.jaccard, (v, {"KAZ"}), WrongType, "A group is a set or list") for v in ("KAZ", 7, None)),
        (measures.brier, ([], []), OutOfRange, "There is no value"),
        (measures.brier, ([0.5], [1, 0]), OutOfRange, "1 forecasts and 2 outcomes"),
        (measures.brier, ([80], [1]), OutOfRange, "80 is no probability: 80 per cent is written 0.8"),
        (measures.brier, ([0.5], [-1]), OutOfRange, "-1 is no probability"),
        (measures.brier, ([math.nan], [1]), OutOfRange, "A value is missing"),
        (measures.brier, (["0.5"], [1]), WrongType, "give numbers"),
        (measures.brier, ([0.5], [True]), WrongType, "give numbers"),
        (measures.year_on_year, (pd.Series(dtype="float64"),), OutOfRange, "there is no value"),
        (measures.year_on_year, (pd.Series([1, 2], index=["a", "b"]),), WrongType, "The index must be years"),
        (measures.year_on_year, (pd.Series([1, 2], index=[2000, 2000]),), OutOfRange, "2000 stands twice"),
        (measures.year_on_year, (pd.Series(["x"], index=[2000]),), WrongType, "needs numbers"),
        (measures.year_on_year, ([1, 2],), WrongType, "needs a Series"),
        (measures.mirror_gap, (1, 0), OutOfRange, "counts nothing"),
        (measures.mirror_gap, (0, 0), OutOfRange, "counts nothing"),
        (measures.mirror_gap, (-1, 2), OutOfRange, "Trade is not negative"),
        (measures.mirror_gap, (1, math.nan), OutOfRange, "A value is missing"),
        (measures.mirror_gap, ("1", 2), WrongType, "give numbers"),
        (measures.vote_agreement, (["yes"], ["yes", "no"]), OutOfRange, "1 votes and 2 votes"),
        (measures.vote_agreement, ([], []), OutOfRange, "no vote in which both took part"),
        (measures.vote_agreement, (["yes"], ["did not vote"]), OutOfRange, "no vote in which both took part"),
        (measures.vote_agreement, (["abstained"], ["no"]), UnknownName, 'Did you mean "abstain"'),
        (measures.vote_agreement, ([1], ["no"]), UnknownName, 'No vote "1"'),
        (measures.vote_agreement, ("yes", ["no"]), WrongType, "not 'yes'"),
        (measures.vote_agreement, (["yes"], 3), WrongType, "not 3"),
        (measures.signed_triangles, (TIE.assign(sign=2),), OutOfRange, "A sign is 1, 0 or -1, not 2"),
        (measures.signed_triangles, (TIE.assign(sign=math.nan),), OutOfRange, "A sign is 1, 0 or -1"),
        (measures.signed_triangles, (TIE[["actor", "target"]],), UnknownName, 'No column "sign"'),
    ],
)
def test_what_cannot_be_measured_gets_a_sentence(measure, values, error, sentence):
    with pytest.raises(error, match=sentence):
        measure(*values)
