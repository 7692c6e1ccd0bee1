"""A chart that a student draws with Altair is read for its mark and columns, and shown."""

import io
from pathlib import Path

import altair as alt
import pandas as pd
import pytest

from samarkand import data
from samarkand.practice.tasks import check
from samarkand.practice.tasks.network import FILES

COUNTS = pd.DataFrame({"type": ["fact", "opinion"], "count": [3, 1]})


def bars(**on: str) -> alt.Chart:
    return alt.Chart(COUNTS).mark_bar().encode(**on)


@pytest.mark.parametrize(
    ("chart", "state"),
    [
        (bars(x="count", y="type"), "right"),
        (bars(x="type", y="count"), "right"),
        (bars(x="count:Q", y=alt.Y("type", sort="-x")), "right"),
        (bars(x="count()", y="type"), "right"),
        (bars(x="count"), "wrong"),
        (alt.Chart(COUNTS).mark_point().encode(x="count", y="type"), "wrong"),
        (bars(x="cuont", y="type"), "wrong"),
        (COUNTS, "wrong"),
    ],
)
def test_a_chart_is_judged_by_its_mark_and_its_columns(chart: object, state: str) -> None:
    assert check("02.5", chart).state == state


def test_a_chart_of_the_lessons_claims_is_not_one_of_her_own() -> None:
    claims = data.load("claims")["type"].value_counts().reset_index()
    chart = alt.Chart(claims).mark_bar().encode(x="count", y="type")
    reply = check("02.5", chart)
    assert reply.state == "wrong" and "Those are the claims of the lesson." in reply.sentence


def test_the_mean_of_true_and_false_is_a_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = pd.read_csv(io.StringIO(FILES["ties.csv"]()), sep=";")
    rows["day"] = pd.to_datetime(rows["day"], format="%d.%m.%Y")
    rows["same"] = rows["sign"] == rows["second"]
    late = rows[rows["day"] >= "2022-01-01"]
    chart = alt.Chart(late, title="They agree on hostile ties").mark_bar().encode(x="mean(same)", y="sign:O")
    assert check("09.8", chart)


SPEAKERS = pd.DataFrame(
    {"speaker": ["Chien-yu Shih", "Niva Yau", "narrator"], "cost": [0.00625, 0.08125, 0.0025]}
)
SAYS = "The newsroom missed by least"


def costs(rows: pd.DataFrame = SPEAKERS, title: str = SAYS, mean: str = "cost") -> alt.Chart:
    return alt.Chart(rows, title=title).mark_bar().encode(x=mean, y="speaker")


@pytest.mark.parametrize(
    ("chart", "state", "says"),
    [
        (costs(), "right", "newsroom"),
        (costs(pd.concat([SPEAKERS, SPEAKERS]), mean="mean(cost)"), "right", "newsroom"),
        (costs(SPEAKERS.head(2)), "wrong", "1 missing"),
        (costs(SPEAKERS.assign(cost=1)), "wrong", ""),
        (costs(title="Costs by speaker"), "wrong", "as a sentence"),
        (costs().encode(y="cost"), "wrong", "the other one amounts"),
        (SPEAKERS, "wrong", "expected was a chart with a bar for each of the speakers"),
    ],
)
def test_a_chart_is_judged_by_the_length_of_its_bars(chart: object, state: str, says: str) -> None:
    reply = check("10.7", chart)
    assert reply.state == state and says in reply.sentence
    assert bool(reply.shown) == (chart is SPEAKERS)  # a chart is seen already


def test_a_chart_that_cannot_be_drawn_says_which_column_is_not_there() -> None:
    assert "cuont" in check("02.5", bars(x="cuont", y="type")).sentence


@pytest.mark.parametrize(
    ("chart", "says"),
    [
        (alt.Chart(COUNTS["count"]).mark_bar().encode(x="count", y="index"), "takes a table"),
        (alt.Chart().mark_bar().encode(x="count", y="type"), "takes a table"),
        (alt.Chart(COUNTS).encode(x="count", y="type"), "no mark"),
        (alt.Chart(COUNTS).mark_line().encode(x="count", y="type"), "Which mark draws bars"),
        (bars(x="cuont", y="type"), "It has type and count"),
    ],
)
def test_a_chart_that_is_not_one_of_bars_is_told_why_in_plain_words(chart: object, says: str) -> None:
    assert says in check("02.5", chart).sentence


def test_the_chart_is_shown_above_the_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[object] = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    chart = bars(x="count", y="type")
    check("02.5", chart)
    assert shown == [chart]
