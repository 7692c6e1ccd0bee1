"""Whose map? Two viewers side by side, and the contested areas that they draw alike or differently."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from samarkand import data, geo
from samarkand.explore._engine import Explorer, Panel
from samarkand.ground.errors import CourseError
from samarkand.ground.words import capitalised, dated, tr, trn
from samarkand.jupyter import controls
from samarkand.page import markup

__all__ = ["viewpoints"]

#: Value of the table for an unknown position, which is neither like nor unlike another.
NONE = "no position found"


def viewpoints(one: str = "China", other: str = "India") -> Explorer:
    """Return an explorer of contested areas as two viewers draw them: alike, or differently.

    Controls: two of the eleven viewers of the table ``viewpoints``. An area for which no document of one of
    them was found counts as neither agreement nor difference.

    Parameters
    ----------
    one, other : str
        The viewers shown first.

    Raises
    ------
    UnknownName
        If there is no such viewer; it names the nearest one.

    Examples
    --------
    >>> viewpoints("China", "India")
    Explorer "Whose map?". China and India draw 6 of 19 areas differently, ...
    """
    table = data.load("viewpoints").query("role == 'viewer'")
    viewers = sorted(set(table["viewer"]))
    rows: dict[tuple[str, str], Any] = {(str(row.viewer), str(row.area)): row for row in table.itertuples()}
    names = _names()

    def draw(one: str, other: str) -> Panel:
        if one == other:
            raise CourseError(tr("That is one viewer twice. Choose two."))
        groups: dict[str, list[str]] = {"unlike": [], "alike": [], "open": []}
        for area in sorted(names, key=names.__getitem__):
            groups[compared(rows[one, area], rows[other, area])].append(area)
        return Panel(
            _sentence(one, other, groups, names),
            "".join(
                markup.table(
                    heading,
                    [tr("Area"), one, other, tr("Sources")],
                    [
                        (names[area], _position(rows[one, area]), _position(rows[other, area]),
                         _sources(rows[one, area], rows[other, area]))
                        for area in groups[group]
                    ],
                    broad=True,
                )
                for group, heading in (
                    ("unlike", tr("Drawn differently")),
                    ("alike", tr("Drawn alike")),
                    ("open", tr("Not to be compared: of one or both no position was found by us")),
                )
                if groups[group]
            ),
        )  # fmt: skip

    return Explorer(
        {
            "one": controls.choice(tr("One viewer"), viewers, one),
            "other": controls.choice(tr("The other"), viewers, other),
        },
        draw,
        title=tr("Whose map?"),
        source=tr("table viewpoints; the step from a document to a map is the course’s"),
    )


def compared(one: Any, other: Any) -> str:
    """Compare two viewers' rows on an area: "alike", "unlike", or "open" if either has no position.

    "own" in one viewer's row equals "of" that viewer in the other's.
    """
    if NONE in (one.drawn_as, other.drawn_as):
        return "open"
    return "alike" if _owner(one) == _owner(other) else "unlike"


def _owner(row: Any) -> str:
    return f"of {row.viewer}" if row.drawn_as == "own" else str(row.drawn_as)


def _names() -> Mapping[str, str]:
    found = (feature["properties"] for feature in geo.load("region")["features"])
    return {one["id"]: one["name"] for one in found if one["kind"] == "contested"}


def _sentence(one: str, other: str, groups: Mapping[str, list[str]], names: Mapping[str, str]) -> str:
    unlike, alike, silent = (len(groups[group]) for group in ("unlike", "alike", "open"))
    said = trn(
        "{one} and {other} draw {n} of {all} areas differently, and {alike} alike.",
        "{one} and {other} draw {n} of {all} areas differently, and {alike} alike.",
        unlike,
        one=one,
        other=other,
        all=len(names),
        alike=alike,
    )
    if unlike:
        said += " " + tr("Differently: {areas}.", areas="; ".join(names[area] for area in groups["unlike"]))
    if silent:
        said += " " + trn("{n} cannot be compared.", "{n} cannot be compared.", silent)
    return said


def _position(row: Any) -> str:
    """Return a viewer’s position on an area in words, with the kind and the day of its document."""
    drawn = capitalised(row.drawn_as)
    if pd.isna(row.document):
        return drawn
    if pd.isna(row.day):
        return tr("{drawn} ({document})", drawn=drawn, document=row.document)
    return tr("{drawn} ({document}, {day})", drawn=drawn, document=row.document, day=dated(row.day))


def _sources(*rows: Any) -> str:
    keys = (key for row in rows if pd.notna(row.source) for key in row.source.split(";"))
    return ", ".join(dict.fromkeys(keys))
