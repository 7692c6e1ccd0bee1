"""Practice of lesson 08: what a map loses of a border, who was silent, what was counted, votes of a club."""

import pandas as pd

from samarkand import data, geo
from samarkand.answers import kinds
from samarkand.common.words import tr
from samarkand.practice.tasks._engine import task

#: Rows of ``who_counted``: the border as surveyed, in the Factbook since 2015, at 1:50m and at 1:110m.
SURVEY, FACTBOOK, FINE, COARSE = "WC083", "WC082", "WC084", "WC085"
#: The last day of the period in which printed shares add up to more than all.
PERIOD = pd.Timestamp("2022-07-31")
DAY = pd.Timestamp("2022-10-06")


def _km(row: str) -> float:
    return float(data.load("who_counted").set_index("id")["value"][row])


def _per_cent_missing(drawn: str = COARSE, of: str = SURVEY) -> float:
    return float(100 * (1 - _km(drawn) / _km(of)))


def _shares() -> pd.Series:
    """Return the period's printed shares in per cent, indexed by column name."""
    table = data.load("kandas")
    row = table[table["period_end"] == PERIOD].filter(like="_pct").iloc[0]
    return row.dropna().astype(float)


def _restored_share(which: str = "uzbekistan_pct") -> float:
    return float(100 - _shares().drop(which).sum())


def _council_votes() -> pd.Series:
    """Return the members' votes in the Human Rights Council by ISO3 code; "not a member" without a seat."""
    votes = data.load("un_votes").set_index("iso3")["hrc_xinjiang"]
    return votes[votes.index.isin(data.members(DAY)["iso3"])]


def _count_votes(*answers: str) -> int:
    return int(_council_votes().isin(answers).sum())


def _drawn_length(every: int = 1) -> float:
    """Return the length of the border on the map in km, taking every nth corner."""
    return geo.length_km(geo.border("KAZ", "CHN"), every)


def _rows(table: str, **chosen: object) -> pd.DataFrame:
    rows = data.load(table)
    for column, value in chosen.items():
        rows = rows[rows[column] == value]
    return rows


def _count_silent(**chosen: object) -> int:
    return len(_rows("viewpoints", role="viewer", drawn_as="no position found", **chosen))


def _count_found() -> int:
    return len(_rows("viewpoints", role="viewer", viewer="Kazakhstan")) - _count_silent(viewer="Kazakhstan")


def _growth(later: int, earlier: int) -> float:
    """Return the growth of the number of Uyghurs in Kazakhstan between two censuses, in per cent."""
    persons = _rows("census", place="KAZ", people="Uyghurs", method="census").set_index("year")["persons"]
    return float(100 * persons[later] / persons[earlier] - 100)


TASKS = (
    task(
        "08.1",
        kinds.Number(tr("km"), 1),
        lambda: _drawn_length(3),
        given=lambda: _drawn_length(2),
        all_corners=_drawn_length,
        every_fourth=lambda: _drawn_length(4),
    ),
    task(
        "08.2",
        kinds.PerCent(0.2),
        _per_cent_missing,
        left=lambda: 100 - _per_cent_missing(),
        of_the_map=lambda: 100 * (_km(SURVEY) / _km(COARSE) - 1),
        finer_map=lambda: _per_cent_missing(FINE),
        compared_factbook=lambda: _per_cent_missing(of=FACTBOOK),
        km=lambda: _km(SURVEY) - _km(COARSE),
    ),
    task(
        "08.3",
        kinds.Whole(tr("areas")),
        _count_found,
        given=lambda: _count_silent(viewer="Kazakhstan"),
        areas=lambda: len(_rows("viewpoints", role="viewer", viewer="Kazakhstan")),
        all_but_one=lambda: _count_silent() - _count_silent(viewer="Kazakhstan"),
    ),
    task(
        "08.4",
        kinds.PerCent(0.1),
        lambda: _growth(2021, 1999),
        given=lambda: _growth(2021, 2009),
        rates_added=lambda: _growth(2009, 1999) + _growth(2021, 2009),
        up_2009=lambda: _growth(2009, 1999),
        of_later=lambda: _growth(1999, 2021),
    ),
    task(
        "08.5",
        kinds.Whole(),
        lambda: _count_votes("no"),
        voted=lambda: _count_votes("yes", "no", "abstain"),
        members=lambda: len(_council_votes()),
        all_no=lambda: int((data.load("un_votes")["hrc_xinjiang"] == "no").sum()),
        no_vote=lambda: _count_votes("not a member"),
    ),
    task(
        "08.6",
        kinds.PerCent(0.05),
        _restored_share,
        excess=lambda: float(_shares().sum() - 100),
        sum_others=lambda: float(_shares().drop("uzbekistan_pct").sum()),
        all_shrunk=lambda: float(_shares()["uzbekistan_pct"] / _shares().sum() * 100),
        as_printed=lambda: float(_shares()["uzbekistan_pct"]),
    ),
)
#: Results of the lesson's predictions, by question id.
#: Nobody is asked to guess how many people were held.
RESULTS = {
    "08.border": lambda: _km(FACTBOOK),
    "08.ruler": lambda: 100 * (1 - _drawn_length(2) / _drawn_length()),
    "08.silent": _count_silent,
    "08.form": lambda: int(
        _rows("census", place="KAZ", people="other nationality", year=2021)["persons"].iloc[0]
    ),
    "08.vote": lambda: len(_rows("un_votes", hrc_xinjiang="yes")),
}
