"""Ready-made charts, for tables that a lesson has computed step by step."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from samarkand import data
from samarkand.charts.plots import bars, spans, steps
from samarkand.charts.tables import columns, of_days
from samarkand.ground.errors import WrongType


def members_over_time(
    counts: pd.DataFrame, *, source: str = "SCO; see the sources of this lesson"
) -> alt.VConcatChart:
    """Draw how many states had each status in the SCO, year by year.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns ``year``, ``status`` and ``states`` (how many on 31 December).
    source : str, optional
        Where the table is from.

    Returns
    -------
    altair.VConcatChart

    Raises
    ------
    UnknownName, CourseError, WrongType
        As for `steps`.
    """
    table = columns(counts, "year", "status", "states")
    last = table[table["year"] == table["year"].max()]
    held = ", ".join(f"{n} as {status}" for status, n in zip(last["status"], last["states"], strict=True))
    return steps(
        table,
        "year",
        "states",
        group="status",
        title="An organisation that grew in three circles",
        subtitle="Number of states by status on 31 December",
        description=f"By status, from {table['year'].min()} to {table['year'].max()}. At the end: {held}.",
        source=source,
        axis="states",
    )


def gap_in_days(trips: pd.DataFrame, *, source: str) -> alt.VConcatChart:
    """Draw the time between events as bars, each with its length in days.

    Parameters
    ----------
    trips : pandas.DataFrame
        Columns ``what`` (text), ``from`` and ``to`` (days).
    source : str
        Where the days are from.

    Returns
    -------
    altair.VConcatChart

    Raises
    ------
    UnknownName, CourseError, WrongType
        As for `spans`.

    Examples
    --------
    >>> gap = pd.DataFrame({"what": ["No trip abroad"], "from": ["2020-01-18"], "to": ["2022-09-14"]})
    >>> gap = gap.astype({"from": "datetime64[s]", "to": "datetime64[s]"})
    >>> gap_in_days(gap, source="own").to_dict()["description"]
    'No trip abroad: 970 days, from 18 January 2020 to 14 September 2022.'
    """
    table = columns(trips, "what", "from", "to")
    for column in ("from", "to"):
        if not of_days(table[column]):
            raise WrongType(f'A gap needs days: "{column}" holds none. pd.to_datetime makes them.')
    days = (table["to"] - table["from"]).dt.days
    table["length"] = [f"{n:,} day{'s' if n != 1 else ''}" for n in days]
    told = [
        f"{what}: {length}, from {data.in_words(start)} to {data.in_words(end)}."
        for what, start, end, length in table[["what", "from", "to", "length"]].itertuples(index=False)
    ]
    return spans(
        table,
        "from",
        "to",
        "what",
        label="length",
        title=f"{days.max():,} days without a trip abroad"
        if len(table) == 1
        else "How long each stretch lasted",
        description=" ".join(told),
        source=source,
    )


def share_of_world(
    shares: pd.DataFrame, *, source: str, claims: Mapping[str, float] | None = None, subtitle: str = ""
) -> alt.VConcatChart:
    """Draw the SCO's share of the world by measure, with and without some of its members.

    Parameters
    ----------
    shares : pandas.DataFrame
        Columns ``measure`` (people, GDP, ...), ``group`` (which members are counted) and ``share_pct``.
    source : str
        Where the figures are from.
    claims : mapping of str to float, optional
        Shares that somebody claimed, in per cent, under who and what.
    subtitle : str, optional
        Year and membership.

    Returns
    -------
    altair.VConcatChart

    Raises
    ------
    UnknownName, CourseError, WrongType
        As for `bars`.
    """
    table = columns(shares, "measure", "group", "share_pct")
    told = "; ".join(
        f"{measure}, {group}: {value:.1f} per cent"
        for measure, group, value in table[["measure", "group", "share_pct"]].itertuples(index=False)
    )
    return bars(
        table,
        "share_pct",
        "measure",
        group="group",
        reference=claims or {},
        title="How big is the SCO? It depends on what is counted",
        subtitle=subtitle,
        description=f"Shares of the world: {told}.",
        source=source,
        axis="per cent of the world",
    )
