"""Practice of lesson 01: days, kilometres, meetings."""

import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice.tasks._engine import Task

_ARRIVAL = pd.Timestamp("2022-09-14")


def _find_event(name: str) -> pd.Series:
    """Return one row of the timeline by its id."""
    timeline = data.load("timeline")
    return timeline[timeline["id"] == name].iloc[0]


def _count_days(since: pd.Timestamp) -> int:
    return int((_ARRIVAL - since).days)


def _choose_types(*types: str) -> pd.DataFrame:
    """Return the rows of the table ``trip`` with the given types."""
    trip = data.load("trip")
    return trip[trip["type"].isin(types)]


def _list_km() -> pd.Series:
    return _choose_types("leg")["distance_km"].astype(float)


def _choose_day(rows: pd.DataFrame, day: str) -> pd.DataFrame:
    return rows[rows["day"] == day]


def _sum_flown(day: str) -> int:
    return int(_choose_day(_choose_types("leg"), day)["distance_km"].sum())


def _choose_flights(by: str, number: int) -> pd.DataFrame:
    return _choose_types("leg").sort_values(by, kind="stable")[["to_place", "distance_km"]].head(number)


def _count_days_at_home() -> int:
    """Return the days between the first journey out of mainland China and the first out of the country."""
    return int((_find_event("TL069")["day"] - _find_event("TL057")["day"]).days)


def _share_partners(partners: list[str] | None = None) -> float:
    """Return the share of some partners, or of all that are listed, in Uzbekistan's trade of 2022."""
    table = data.load("uzbek_partners").query("edition == 'February 2024' and year == 2022")
    if partners is not None:
        table = table[table["partner"].isin(partners)]
    return float(table["share_pct"].sum())


TASKS = (
    Task(
        "01.1",
        kind=kinds.Shown(),
        solution=lambda: _choose_types("ceremony")[["day", "event"]],
        taught="2. Where did he go?",
        right="Ceremonies are data, too: somebody planned, photographed and reported each of them.",
        hint="The condition compares the column type with a word in quotation marks; a list of two labels behind it picks the columns.",
        mistakes=(
            Mistake(
                "Those are the flights. How is the other type spelt?",
                lambda: _choose_types("leg")[["day", "event"]],
            ),
            Mistake(
                "The rows are right. Which columns should they show?",
                lambda: _choose_types("ceremony"),
            ),
            Mistake(
                "That is the whole table: is the condition inside the brackets?",
                lambda: data.load("trip")[["day", "event"]],
            ),
        ),
    ),
    Task(
        "01.2",
        kind=kinds.Whole(tr("kilometres")),
        solution=lambda: _sum_flown("2022-09-14"),
        given=lambda: int(_list_km().sum()),
        unmoved="If you have: does the condition keep the rows of one day only?",
        taught="2. Where did he go?",
        right="Two flights, and talks of a few hours in between.",
        hint="First keep the rows of that day, then choose the column, then add up.",
        recipe='legs["day"] == "2022-09-14" is the condition; add up the kilometres of those rows.',
        mistakes=(
            Mistake(
                "That is the first flight. A second one left the same evening.",
                lambda: 3652,
            ),
            Mistake(
                "That is the second flight of that day. There was one before it.",
                lambda: 1306,
            ),
            Mistake(
                "That is the flight home. Which day was asked for?",
                lambda: _sum_flown("2022-09-16"),
            ),
            Mistake(
                "That is the number of flights. Add up their kilometres with sum.",
                lambda: len(_choose_day(_choose_types("leg"), "2022-09-14")),
                seen_in="len|count|size|shape",
            ),
        ),
    ),
    Task(
        "01.3",
        kind=kinds.PerCent(0.1),
        solution=lambda: 100 * _list_km().iloc[-1] / _list_km().sum(),
        taught="2. Where did he go?",
        right="The outward journey had a stop, and yet it was not much longer than the direct flight home.",
        hint="Divide the flight home by the sum of the three, and multiply by 100.",
        mistakes=(
            Mistake(
                "That is a fraction. Multiply it by 100 to get per cent.",
                lambda: _list_km().iloc[-1] / _list_km().sum(),
            ),
            Mistake(
                "You divided by the two flights out. Divide by the sum of all flights.",
                lambda: 100 * _list_km().iloc[-1] / _list_km().iloc[:-1].sum(),
            ),
            Mistake(
                "That is the share of the two flights out.",
                lambda: 100 * _list_km().iloc[:-1].sum() / _list_km().sum(),
            ),
            Mistake(
                "That is the share of the first flight. Which one goes home?",
                lambda: 100 * _list_km().iloc[0] / _list_km().sum(),
            ),
        ),
    ),
    Task(
        "01.4",
        kind=kinds.Days(),
        solution=lambda: _count_days(_find_event("TL057")["end_day"]),
        taught="3. How long since his last trip abroad?",
        right="Counted from Hong Kong, the gap is a matter of weeks, not years. The rule decides the number.",
        hint="Subtract the earlier day from the later one; .days after the brackets gives the number.",
        mistakes=(
            Mistake(
                "That counts from the journey to Myanmar. On which day did he leave Hong Kong?",
                lambda: _count_days(_find_event("TL036")["end_day"]),
                seen_in="2020|TL036",
            ),
            Mistake(
                "That starts on the first day in Hong Kong, and not on the one on which the visit ended.",
                _count_days_at_home,
                seen_in="06.30|TL057",
            ),
            Mistake(
                "That counts both ends: from Monday to Tuesday is 1 day.",
                lambda: _count_days(_find_event("TL057")["end_day"]) + 1,
                seen_in=r"days \+ 1",
            ),
            Mistake(
                "That leaves out both ends: from Monday to Tuesday is 1 day.",
                lambda: _count_days(_find_event("TL057")["end_day"]) - 1,
                seen_in="days - 1",
            ),
            Mistake(
                "You subtracted the later day from the earlier one: swap them.",
                lambda: -_count_days(_find_event("TL057")["end_day"]),
                seen_in="07.01.*09.14|TL057",
            ),
        ),
    ),
    Task(
        "01.5",
        kind=kinds.Whole(tr("meetings")),
        solution=lambda: len(_choose_day(_choose_types("bilateral"), "2022-09-15")),
        given=lambda: len(_choose_types("bilateral")),
        taught="4. Whom did he meet, and whom not?",
        right="The day before the summit's sessions was the day of the meetings.",
        hint="First keep the rows of that day, in the brackets of the table that has only bilateral meetings.",
        recipe='meetings["day"] == "2022-09-15" is the condition; len(...) counts the rows that are left.',
        unmoved="If you have: does meetings stand in front of the condition's brackets, as well as in them?",
        mistakes=(
            Mistake(
                "Those are all rows of that day, and not only those of meetings.",
                lambda: len(_choose_day(data.load("trip"), "2022-09-15")),
                seen_in=r"\btrip\b",
                not_in="bilateral|multilateral",
            ),
            Mistake(
                "The days after it were counted as well. Which sign keeps one day alone?",
                lambda: int((_choose_types("bilateral")["day"] >= "2022-09-15").sum()),
                seen_in=">",
            ),
            Mistake(
                "A multilateral meeting is counted as well.",
                lambda: len(_choose_day(_choose_types("bilateral", "multilateral"), "2022-09-15")),
                seen_in="multilateral",
            ),
            Mistake(
                "The days before it were counted as well. Which sign keeps one day alone?",
                lambda: int((_choose_types("bilateral")["day"] <= "2022-09-15").sum()),
                seen_in="<",
            ),
            Mistake(
                "That is the day of the summit's sessions. Which day was asked for?",
                lambda: len(_choose_day(_choose_types("bilateral"), "2022-09-16")),
                seen_in="09.16",
            ),
            Mistake(
                "That is on how many days he had such meetings. Keep the rows of one day, and count them.",
                lambda: int(_choose_types("bilateral")["day"].nunique()),
                seen_in="unique|len.*value_counts",
            ),
        ),
        lucky=(
            Mistake(
                "The number fits only because that day had the most meetings. Ask for the day of the question.",
                lambda: int(_choose_types("bilateral")["day"].value_counts().max()),
                seen_in=r"max|head|iloc|mode|value_counts|groupby",
                not_in="15",
            ),
        ),
    ),
    Task(
        "01.6",
        kind=kinds.Shown(),
        solution=lambda: _choose_flights("distance_km", 1),
        taught="4. Whom did he meet, and whom not?",
        right="From one host to the other, in one evening.",
        hint="Sort the flights by their length, and show the first row.",
        mistakes=(
            Mistake(
                "The order is right. How many rows should head show?",
                lambda: _choose_flights("distance_km", 3),
            ),
            Mistake(
                "That is the longest flight, and also the first place in the alphabet. Which column was sorted, and does the order begin with the smallest?",
                lambda: _choose_flights("to_place", 1),
            ),
        ),
    ),
    Task(
        "01.7",
        kind=kinds.Texts(tr("ids"), fewest=3),
        solution=lambda: ["TL063", "TL066", "TL069"],
        given=lambda: ["TL063"],
        taught="5. Why did it make news?",
        right="It is your list, so nobody can mark it. See below where it differs from ours, and why.",
        hint="Put at least three ids of the two tables into the list.",
        free=True,
    ),
    Task(
        "01.8",
        kind=kinds.PerCent(0.1),
        solution=lambda: float(_share_partners(["CHN", "RUS"])),
        given=lambda: float(_share_partners()),
        taught="6. And the host?",
        right="More than a third, and nearly the same for each: a state between two large neighbours.",
        hint="Keep the rows of China and Russia with isin, then add up share_pct.",
        mistakes=(
            Mistake("That is China alone.", lambda: float(_share_partners(["CHN"]))),
            Mistake("That is Russia alone.", lambda: float(_share_partners(["RUS"]))),
        ),
    ),
    Task(
        "01.9",
        kind=kinds.Whole(tr("rows")),
        solution=lambda: len(_choose_types("bilateral", "multilateral")),
        taught="4. Whom did he meet, and whom not?",
        right="More than half of the rows of the table are meetings.",
        hint='trip["type"].isin([...]) is the condition, with two words in the list.',
        mistakes=(
            Mistake(
                "Those are only the bilateral meetings.",
                lambda: len(_choose_types("bilateral")),
                seen_in="bilateral",
                not_in="multilateral",
            ),
            Mistake(
                "Those are only the multilateral meetings.",
                lambda: len(_choose_types("multilateral")),
                seen_in="multilateral",
                not_in="bilateral",
            ),
            Mistake(
                "That is the whole table: is the condition inside the brackets?",
                lambda: len(data.load("trip")),
                not_in="==|isin",
            ),
        ),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {"01.distance": lambda: float(_list_km().sum()), "01.abroad": _count_days_at_home}
