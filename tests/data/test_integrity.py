"""Key numbers of the course, recomputed with plain pandas or by hand."""

import pandas as pd

from samarkand import data
from samarkand.practice import forecasts


def held(frame, day):
    day = pd.Timestamp(day)
    return frame[(frame["from"] <= day) & (frame["to"].isna() | (frame["to"] > day))]


def test_sco_by_name():
    names = set(data.members("2022-09-15")["country"])
    assert names == {
        "China", "India", "Kazakhstan", "Kyrgyzstan", "Pakistan", "Russia", "Tajikistan", "Uzbekistan"
    }  # fmt: skip
    observers = {"Afghanistan", "Belarus", "Iran", "Mongolia"}
    assert set(data.members("2022-09-15", "observer")["country"]) == observers
    assert set(data.members("2000-01-01", "Shanghai Five")["iso3"]) == {"CHN", "KAZ", "KGZ", "RUS", "TJK"}
    assert len(data.members("2025-12-31", "SCO partner")) == 17


def test_other_organisations_in_september_2022():
    frame = held(data.load("org_membership"), "2022-09-15").query("status == 'member'")
    found = frame.groupby("organisation")["iso3"].agg(set)
    assert found["CSTO"] == {"ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"}
    assert found["EAEU"] == {"ARM", "BLR", "KAZ", "KGZ", "RUS"}
    assert found["CIS"] == {"ARM", "AZE", "BLR", "KAZ", "KGZ", "MDA", "RUS", "TJK", "UZB"}


def test_some_votes_by_name():
    votes = data.load("un_votes").set_index("iso3")
    assert set(votes.index[votes["es_11_1"] == "no"]) == {"BLR", "ERI", "PRK", "RUS", "SYR"}
    assert set(votes.index[votes["es_11_4"] == "no"]) == {"BLR", "NIC", "PRK", "RUS", "SYR"}
    assert list(votes.loc["CHN", ["es_11_1", "es_11_3", "es_11_4", "hrc_xinjiang"]]) == [
        "abstain", "no", "abstain", "no"
    ]  # fmt: skip
    members = list(data.members("2022-09-15")["iso3"])
    against = [int((votes.loc[members, vote] == "no").sum()) for vote in ("es_11_1", "es_11_3", "es_11_4")]
    assert against == [1, 6, 1]


def test_cumulative_trade_is_of_whole_months_from_january():
    frame = data.load("trade_cn_ru_cumulative")
    assert (frame["period_start"].dt.day_of_year == 1).all()
    assert (frame["period_end"].dt.is_month_end).all()


def test_outcomes_are_those_of_the_other_tables():
    """Each question is settled again from the table that has the facts, by the rule that students read."""
    table = data.load("outcomes").set_index("question")
    assert list(table.index) == list(forecasts.read_questions())
    for question in forecasts.read_questions().values():
        assert table.loc[question.id, "day"].date() <= question.by
    trip, votes = data.load("trip"), data.load("un_votes").set_index("iso3")
    session = data.load("resolutions").query("body == 'UN General Assembly' and day > '2022-09-16'")
    trade = data.load("trade_cn_ru_cumulative")
    trade = trade[(trade["period_start"] == "2022-01-01") & (trade["period_end"] == "2022-12-31")].iloc[0]
    iran = data.load("sco_membership").query("iso3 == 'IRN' and status == 'member'").iloc[0]
    found = {
        "F1": {"KAZ", "UZB"} <= set(trip.query("type == 'ceremony'")["counterpart_iso3"]),
        "F2": "Vladimir Putin" in set(trip.query("type == 'bilateral'")["counterpart"]),
        "F4": str(iran["from"].date()) <= "2022-12-31",
        "F5": votes.loc["CHN", session.iloc[0]["vote"]] == "no",
        "F6": trade["total_usd_bn"] > 180,
        "F7": votes.loc["KAZ", "hrc_xinjiang"] == "yes",
    }
    assert (table.loc[list(found), "outcome"] == "yes").to_dict() == found
    assert table.loc["F5", "day"] == session.iloc[0]["day"]
    assert table.loc["F6", "day"] == trade["known_by"]
    meeting = trip.query("counterpart == 'Vladimir Putin' and type == 'bilateral'").iloc[0]
    assert table.loc["F2", "day"] == table.loc["F3", "day"] == meeting["day"]


def test_the_second_coder_signed_each_tie_of_the_article_once_by_the_rule():
    second, ties = data.load("second_coding"), data.load("ties").query("in_article")
    assert sorted(second["tie"]) == sorted(ties["id"])
    sign = dict.fromkeys(("support", "partnership", "contact", "trade"), 1)
    sign |= dict.fromkeys(("harm", "opposition", "distance"), -1) | dict.fromkeys(
        ("wish", "place or work"), 0
    )
    assert (second["ground"].map(sign) == second["sign"]).all()
    first = ties.set_index("id")["sign"]
    assert 0.9 < (second.set_index("tie")["sign"] == first).mean() < 1
