"""The SCO's share of the world, by measure and day, and with or without its two giants."""

from typing import Any

import pandas as pd

from samarkand import data
from samarkand.explore._engine import Explorer, Panel
from samarkand.ground.words import capitalised, day, tr, trn
from samarkand.jupyter import controls
from samarkand.page import markup, pictures

__all__ = ["share_of_world"]

GIANTS = ("CHN", "IND")
YEAR = 2021
#: The day of the summit.
SUMMIT = "2022-09-15"
#: The measures, in words.
WHAT = {
    "people": tr("people"),
    "nominal": tr("GDP at exchange rates"),
    "ppp": tr("GDP at purchasing power parity"),
}
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

    def draw(measure: str, day: str, giants: bool) -> Panel:
        counted = members[day] if giants else members[day].drop(list(GIANTS), errors="ignore")
        shares = (100 * amounts[measure] / amounts[measure]["WLD"])[counted.index].sort_values(
            ascending=False, kind="stable"
        )
        total, said, n = shares.sum(), figures[SAID[measure]], len(counted)
        sentence = _sentence(measure, day, n, f"{total:.1f}", giants=giants)
        together = trn("{n} member: {share:.1f} %", "{n} members together: {share:.1f} %", n, share=total)
        parts = [(counted[iso3], float(value)) for iso3, value in shares.items()]
        line, key = -1.0, ""
        alt = tr("{sentence} A frame stands for the whole world, and is filled so far.", sentence=sentence)
        if day == SUMMIT and giants:  # what was said there was said of all who were members then
            line = said
            key = pictures.key(
                (pictures.dashed(0.5, 0, 14), tr("said by Modi at the summit: {share:g} %", share=said))
            )
            alt = tr(
                "{sentence} A frame stands for the whole world, and is filled so far. "
                "The line marks the {share:g} % that India's prime minister named at the summit.",
                sentence=sentence,
                share=said,
            )
        picture = pictures.parts(together, parts, alt, mark=line)
        share = tr("Share, %")
        rows = [(counted[iso3], f"{value:.2f}") for iso3, value in shares.items()]
        caption = tr("Share of the world's {what}, {year}", what=WHAT[measure], year=YEAR)
        table = markup.table(caption, [tr("Member"), share], rows, numbers=[share])
        return Panel(sentence, picture + key + table)

    return Explorer(
        {
            "measure": controls.choice(
                tr("Measure"), {name: capitalised(what) for name, what in WHAT.items()}, "people"
            ),
            "day": controls.choice(
                tr("Members on"),
                [(tr("{day}, {why}", day=day(row.day), why=row.why), str(row.day.date())) for row in days],
                SUMMIT,
            ),
            "giants": controls.tick(tr("Count China and India"), True),
        },
        draw,
        title=tr("How big is the SCO?"),
        source=tr(
            "World Bank [WDIPOP, WDIGDP, WDIPPP, ICP21]; "
            "40 % and 30 %: Narendra Modi, 16 September 2022 [MODI0916]"
        ),
    )


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


def _sentence(measure: str, when: str, n: int, share: str, *, giants: bool) -> str:
    """Return a sentence with the share."""
    date = day(data.as_day(when))
    if giants:
        who = trn("All members of {day} ({n} state)", "All members of {day} ({n} states)", n, day=date)
    else:
        who = trn(
            "Without China and India: the other members of {day} ({n} state)",
            "Without China and India: the other members of {day} ({n} states)",
            n,
            day=date,
        )
    return tr(
        "{who}: {share} % of the world's {what} in {year}.",
        who=who,
        share=share,
        what=WHAT[measure],
        year=YEAR,
    )
