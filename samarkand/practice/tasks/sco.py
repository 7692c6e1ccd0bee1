"""Practice of lesson 03: who was a member, how large the organisation is."""

import math

import pandas as pd

from samarkand import data, measures
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice.tasks._engine import Task

EVE, SUMMIT = "2022-09-13", "2022-09-15"
YEAR = 2021
GIANTS = ("CHN", "IND")
SIGNED, ACCESSION_EVE = "2016-03-14", "2017-06-08"


def _choose_figures(indicator: str, year: int = YEAR) -> pd.Series:
    """Return an indicator of one year, indexed by ISO3 code; ``WLD`` is the world."""
    table = data.load("indicators")
    rows = table[(table["indicator"] == indicator) & (table["year"] == year)]
    return rows.set_index("iso3")["value"]


def _list_codes(on: str = SUMMIT, status: str | None = "member") -> list[str]:
    """Return the states with a status, or with any, on a day."""
    return list(data.members(on, status)["iso3"])


def _list_other_members() -> list[str]:
    """Return the members without China and India."""
    return [code for code in _list_codes() if code not in GIANTS]


def _list_others_of_any_status() -> list[str]:
    """Return members, observers and dialogue partners, without China and India."""
    return [code for code in _list_codes(status=None) if code not in GIANTS]


def _per_cent(figures: pd.Series, codes: list[str], whole: float) -> float:
    return float(100 * figures[figures.index.isin(codes)].sum() / whole)


def _share_people(codes: list[str]) -> float:
    people = _choose_figures("population_persons")
    return _per_cent(people, codes, people["WLD"])


def _share_nominal(codes: list[str], year: int = YEAR) -> float:
    gdp = _choose_figures("gdp_current_usd", year)
    return _per_cent(gdp, codes, gdp["WLD"])


def _share_at_ppp(codes: list[str], world: str = "gdp_ppp") -> float:
    gdp = (_choose_figures("gdp_per_head_ppp") * _choose_figures("population_persons")).dropna()
    return _per_cent(gdp, codes, _choose_figures(world)["WLD"])


def _count_begun(on: str) -> pd.Series:
    """Count the spells of each status that had begun by a day, ended or not."""
    spells = data.load("sco_membership")
    return spells[spells["from"] <= on]["status"].value_counts()


def _count_current(on: str) -> pd.Series:
    """Count the states with each status on a day."""
    return data.members(on, None)["status"].value_counts()


def _count_not_over() -> int:
    spells = data.load("sco_membership")
    return int((spells["to"].isna() | (spells["to"] > EVE)).sum())


def _tabulate_shares() -> pd.DataFrame:
    """Return the share of each member in the world's GDP by both measures, in per cent."""
    members = data.members(EVE)[["iso3", "country"]]
    members["nominal_pct"] = [round(_share_nominal([code]), 2) for code in members["iso3"]]
    members["ppp_pct"] = [round(_share_at_ppp([code]), 2) for code in members["iso3"]]
    return members


def _write_spells() -> str:
    """Return the table of spells as another office would send it."""
    spells = data.load("sco_membership")
    lines = ["code;status;from;to"]
    for row in spells.to_dict("records"):
        days = ["" if pd.isna(row[name]) else row[name].strftime("%d.%m.%Y") for name in ("from", "to")]
        lines.append(";".join([row["iso3"], row["status"], *days]))
    return "\n".join(lines) + "\n"


def _find_direction() -> str:
    """Return the direction in which the mean position of the capitals moved from 2001 to 2022."""
    (lat1, lon1), (lat2, lon2) = _mean_capital("2001-06-15"), _mean_capital("2022-09-16")
    north = lat2 - lat1
    east = (lon2 - lon1) * math.cos(math.radians((lat1 + lat2) / 2))
    if abs(north) > abs(east):
        return "north" if north > 0 else "south"
    return "east" if east > 0 else "west"


def _mean_capital(day: str) -> tuple[float, float]:
    capitals = data.load("places").set_index("iso3").loc[list(dict.fromkeys(_list_codes(day, None)))]
    return float(capitals["capital_lat"].mean()), float(capitals["capital_lon"].mean())


def _likeness_to_csto() -> float:
    clubs = data.load("org_membership").query("organisation == 'CSTO' and status == 'member'")
    return measures.jaccard(set(_list_codes(EVE)), set(data.held_on(clubs, EVE)["iso3"]))


TASKS = (
    Task(
        "03.1",
        kind=kinds.Whole(tr("spells")),
        solution=_count_not_over,
        taught="1. Who belongs, and since when?",
        right="Some of those spells had not begun by then: that is the other condition.",
        hint="A spell was not over if its `to` is empty, or is later than the day.",
        mistakes=(
            Mistake(
                "Those have no end at all. Other spells had an end that was still to come.",
                lambda: int(data.load("sco_membership")["to"].isna().sum()),
                seen_in="isna",
                not_in="[<>]|'from'",
            ),
            Mistake(
                "Those had not begun by then: `from` has the first day. Which column has the last one?",
                lambda: int((data.load("sco_membership")["from"] > EVE).sum()),
                seen_in="'from'",
            ),
            Mistake(
                "Those have an end that was still to come. Other spells have no end.",
                lambda: int((data.load("sco_membership")["to"] > EVE).sum()),
                seen_in=">",
                not_in="isna",
            ),
        ),
    ),
    Task(
        "03.2",
        kind=kinds.ByKey(kinds.Whole(), keys=tr("statuses")),
        solution=lambda: _count_current(EVE),
        taught="1. Who belongs, and since when?",
        right="These are the states that had a status on the eve of the trip.",
        hint="Join the two conditions so that both have to be true; then count the column status of the rows that are left.",
        mistakes=(
            Mistake(
                "Those spells had begun. Were all of them still in force?",
                lambda: _count_begun(EVE),
            ),
            Mistake(
                "Those are all rows of the table. Keep those for which both are true: &.",
                lambda: _count_begun("2026-01-01"),
            ),
        ),
    ),
    Task(
        "03.3",
        kind=kinds.ByKey(kinds.Whole(), keys=tr("statuses")),
        solution=lambda: _count_current(ACCESSION_EVE),
        given=lambda: _count_begun(ACCESSION_EVE),
        taught="1. Who belongs, and since when?",
        right="Your function counts any day you give it.",
        hint="Keep the spells that had begun; of those, keep the ones not over. return comes last.",
        mistakes=(
            Mistake(
                "That is the next day, on which two observers became members. Ask for the day before.",
                lambda: _count_current("2017-06-09"),
            ),
        ),
    ),
    Task(
        "03.4",
        kind=kinds.PerCent(0.1),
        solution=lambda: _share_people(_list_other_members()),
        taught="2. Forty per cent of the people?",
        right="Two of the eight members make all the difference.",
        hint="Take the members' people without CHN and IND, and divide by the people of the world: all of them.",
        mistakes=(
            Mistake(
                "That is China and India alone. What is left without them?",
                lambda: _share_people(list(GIANTS)),
            ),
            Mistake(
                "India is still among them.",
                lambda: _share_people([*_list_other_members(), "IND"]),
            ),
            Mistake(
                "Those are all eight. Which two rows does `drop` leave out?",
                lambda: _share_people(_list_codes()),
            ),
            Mistake(
                "China is still among them.",
                lambda: _share_people([*_list_other_members(), "CHN"]),
            ),
            Mistake(
                "You took China and India out of the world, too. Divide by all the world's people.",
                lambda: 100 * _share_people(_list_other_members()) / (100 - _share_people(list(GIANTS))),
            ),
            Mistake(
                "That is the share of the members' people, not of the world's.",
                lambda: 100 * _share_people(_list_other_members()) / _share_people(_list_codes()),
            ),
            Mistake(
                "That is the share of GDP at market rates. The question is about people.",
                lambda: _share_nominal(_list_other_members()),
            ),
            Mistake(
                "That counts observers and dialogue partners, too.",
                lambda: _share_people(_list_others_of_any_status()),
            ),
        ),
    ),
    Task(
        "03.5",
        kind=kinds.PerCent(0.2),
        solution=lambda: _share_at_ppp(_list_codes()),
        taught="3. Thirty per cent of the money?",
        right='Close to the "about 30 per cent of global GDP" that the prime minister of India named; at market rates it is far less.',
        hint="Multiply gdp_per_head_ppp by population_persons for each member, add up, and divide by the world's gdp_ppp.",
        mistakes=(
            Mistake(
                "That is the share at market exchange rates, in 2022. Which measure, and which year, is asked for?",
                lambda: _share_nominal(_list_codes(), 2022),
            ),
            Mistake(
                "That is the share of people. The question is about GDP.",
                lambda: _share_people(_list_codes()),
            ),
            Mistake(
                "That counts members that joined later. Who was in on 15 September 2022?",
                lambda: _share_at_ppp(_list_codes("2025-12-31")),
            ),
            Mistake(
                "That counts observers and dialogue partners, too.",
                lambda: _share_at_ppp(_list_codes(status=None)),
            ),
            Mistake(
                "That is a fraction. Multiply it by 100 to get per cent.",
                lambda: _share_at_ppp(_list_codes()) / 100,
            ),
            Mistake(
                "That mixes two measures: members at purchasing power parity, the world at market rates.",
                lambda: _share_at_ppp(_list_codes(), "gdp_current_usd"),
            ),
            Mistake(
                "That is the share at market exchange rates. Which column has GDP at PPP?",
                lambda: _share_nominal(_list_codes()),
            ),
        ),
    ),
    Task(
        "03.6",
        kind=kinds.Rows(
            {"country": kinds.Text(), "nominal_pct": kinds.PerCent(0.02), "ppp_pct": kinds.PerCent(0.02)}
        ),
        solution=_tabulate_shares,
        taught="3. Thirty per cent of the money?",
        right="Eight rows, and no member lost. India has more than twice the share at PPP that it has at exchange rates.",
        hint="`merge` stands after the first table; the second table and the common column are in its brackets.",
    ),
    Task(
        "03.7",
        kind=kinds.ByKey(kinds.Whole(), keys=tr("statuses")),
        solution=lambda: _count_current(SIGNED),
        taught="Practice",
        right="A file that you read alone, and a rule that you wrote. A status holds from its first day on, so Azerbaijan counts.",
        hint="Two columns become days; then two conditions, the second of which has two parts; then count.",
        mistakes=(
            Mistake(
                "Those spells had begun. Were all of them still in force?",
                lambda: _count_begun(SIGNED),
            ),
            Mistake(
                "That is one day too early: does a state count on the day it signs?",
                lambda: _count_current("2016-03-13"),
            ),
            Mistake(
                "Those are all rows of the file. Which of them had begun by that day, and were not over?",
                lambda: _count_begun("2026-01-01"),
            ),
            Mistake(
                "That is the eve of the trip. Which day is asked for?",
                lambda: _count_current(EVE),
            ),
        ),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "03.members": lambda: len(_list_codes(EVE)),
    "03.direction": _find_direction,
    "03.csto": _likeness_to_csto,
}
#: The plain files of the lesson's practice, with what writes them.
FILES = {"spells.csv": _write_spells}
