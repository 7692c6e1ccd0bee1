"""The SCO's share of the world, by measure and day, and with or without its two giants."""

from typing import Any

import pandas as pd

from samarkand import data
from samarkand.common.words import tr
from samarkand.common.words import write_day as in_words
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup, pictures

__all__ = ["share_of_world"]

_WORDS = Words("sco")
GIANTS = ("CHN", "IND")
YEAR = 2021
#: The day of the summit.
SUMMIT = "2022-09-15"
#: The members' share as named at the summit: rows of the table ``numbers``, by measure.
SAID = {"people": "NU067", "nominal": "NU068", "ppp": "NU068"}


def share_of_world() -> Explorer:
    """Return an explorer of the members' share of the world in 2021.

    Controls: the measure, the day that decides who is a member, and whether China and India are counted.

    Examples
    --------
    >>> "Without China and India" in share_of_world().set(measure="people", giants=False)
    True
    """
    amounts = _amounts()
    figures = data.load("numbers").set_index("id")["value"]
    days: list[Any] = list(data.load("sco_days").itertuples())
    members = {str(one.day.date()): data.members(one.day).set_index("iso3")["country"] for one in days}
    what = {**_WORDS.found["controls"]["measure"]["options"], "people": tr("people")}

    def draw(measure: str, day: str, giants: bool) -> Panel:
        counted = members[day] if giants else members[day].drop(list(GIANTS), errors="ignore")
        shares = (100 * amounts[measure] / amounts[measure]["WLD"])[counted.index].sort_values(
            ascending=False, kind="stable"
        )
        total = shares.sum()
        said = figures[SAID[measure]]
        n = len(counted)
        who = _WORDS("all" if giants else "without", n=n, day=in_words(data.as_day(day)))
        sentence = _WORDS("sentence", who=who, share=f"{total:.1f}", what=what[measure], year=YEAR)
        # What was said at the summit was said of all who were members then.
        lined = day == SUMMIT and giants
        alt = _WORDS("alt_line" if lined else "alt", sentence=sentence, share=said)
        parts = [(counted[iso3], float(value)) for iso3, value in shares.items()]
        together = _WORDS("together", n=n, share=total)
        picture = pictures.draw_stacked_bar(together, parts, alt, mark=said if lined else -1.0)
        if lined:
            picture += pictures.draw_legend(
                (pictures.draw_dashed_line(0.5, 0, 14), _WORDS("modi", share=said))
            )
        share = tr("Share, %")
        rows = [(counted[iso3], f"{value:.2f}") for iso3, value in shares.items()]
        caption = _WORDS("caption", what=what[measure], year=YEAR)
        return Panel(
            sentence, picture + markup.make_table(caption, [tr("Member"), share], rows, numbers=[share])
        )

    dated = [(tr("{day}, {why}", day=in_words(row.day), why=row.why), str(row.day.date())) for row in days]
    return _WORDS.explorer(draw, {"day": dated})


def _amounts() -> dict[str, pd.Series]:
    """Return the amount of each state (ISO3) and the world (``WLD``) in 2021, by measure."""
    table = data.load("indicators").query("year == @YEAR")
    wide = table.pivot(index="iso3", columns="indicator", values="value")
    people = wide["population_persons"]
    return {
        "people": people,
        "nominal": wide["gdp_current_usd"],
        # The world's total is published; a state's is its head count times its GDP a head.
        "ppp": (wide["gdp_per_head_ppp"] * people).fillna(wide["gdp_ppp"]),
    }
