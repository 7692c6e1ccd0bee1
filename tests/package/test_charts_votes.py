"""A roll call: the fields hold what the table holds, in words, and what is no vote is said."""

from __future__ import annotations

from typing import Any

import pytest

from samarkand import charts, data
from samarkand.ground.errors import CourseError, UnknownName
from samarkand.page import style

TEXTS = {"title": "A title", "source": "own count"}
VOTES = ["es_11_1", "es_11_3"]
TABLE = data.load("un_votes").set_index("iso3").loc[["RUS", "UZB", "IND"], ["country", *VOTES]]


def fields(chart: Any) -> list[dict[str, Any]]:
    (rows,) = chart.to_dict()["datasets"].values()
    return list(rows)


def test_each_field_says_in_words_what_was_voted() -> None:
    chart = charts.roll_call(TABLE, "country", VOTES, **TEXTS)
    said = {(one["country"], one["vote"]): one["said"] for one in fields(chart)}
    assert len(said) == 6
    for iso3, row in TABLE.iterrows():
        for above, vote in (
            ("2 March\nthe invasion", VOTES[0]),
            ("7 April\nRussia’s seat in the Council", VOTES[1]),
        ):
            assert said[row["country"], above] == style.VOTES[row[vote]].label, iso3
    assert all(style.contrast(one["fill"], one["ink"]) >= 4.5 for one in fields(chart))


def test_the_description_counts_and_names() -> None:
    assert charts.roll_call(TABLE, "country", VOTES, **TEXTS).description == (
        "2 March, the invasion: 1 voted no (Russia), 1 abstained (India), 1 did not vote (Uzbekistan). "
        "7 April, Russia’s seat in the Council: 2 voted no (Russia and Uzbekistan), 1 abstained (India)."
    )


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(UnknownName, match='vote "country"'):
        charts.roll_call(TABLE, "country", ["country"], **TEXTS)
    with pytest.raises(UnknownName, match='answer "maybe"'):
        charts.roll_call(TABLE.replace("no", "maybe"), "country", VOTES, **TEXTS)
    with pytest.raises(CourseError, match="no row"):
        charts.roll_call(TABLE.iloc[:0], "country", VOTES, **TEXTS)
