"""Whose map? Two viewers side by side, and the contested areas that they draw alike or differently."""

from typing import Any

import pandas as pd

from samarkand import data
from samarkand.common.errors import CourseError
from samarkand.common.words import capitalise_text, tr, write_date
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup
from samarkand.maps._shapes import contested_areas
from samarkand.sources import cite

__all__ = ["viewpoints"]

_WORDS = Words("viewpoints")
#: Value of the table for an unknown position, which is neither like nor unlike another.
NONE = "no position found"


def viewpoints(one: str = "China", other: str = "India") -> Explorer:
    """Return an explorer of contested areas as two viewers draw them: alike, or differently.

    Controls: two of the twelve viewers of the table ``viewpoints``. An area for which no document of one of
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
    names = {one["id"]: one["name"] for one in contested_areas()}

    def draw(one: str, other: str) -> Panel:
        if one == other:
            raise CourseError(_WORDS("twice"), code="twice", given=one)
        groups: dict[str, list[str]] = {group: [] for group in _WORDS.found["groups"]}
        for area in sorted(names, key=names.__getitem__):
            groups[compare_positions(rows[one, area], rows[other, area])].append(area)
        unlike = len(groups["unlike"])
        alike = len(groups["alike"])
        silent = len(groups["open"])
        said = [_WORDS("sentence", one=one, other=other, n=unlike, all=len(names), alike=alike)]
        if unlike:
            said.append(_WORDS("differently", areas="; ".join(names[area] for area in groups["unlike"])))
        if silent:
            said.append(_WORDS("silent", n=silent))
        body = ""
        for group, heading in _WORDS.found["groups"].items():
            lines = []
            for area in groups[group]:
                mine, theirs = rows[one, area], rows[other, area]
                lines.append(
                    (names[area], _say_position(mine), _say_position(theirs), _list_sources(mine, theirs))
                )
            if lines:
                body += markup.make_table(heading, [tr("Area"), one, other, tr("Sources")], lines, broad=True)
        return Panel(" ".join(said), body)

    return _WORDS.explorer(draw, {"one": viewers, "other": viewers}, start={"one": one, "other": other})


def compare_positions(one: Any, other: Any) -> str:
    """Compare two viewers' rows on an area: "alike", "unlike", or "open" if either has no position.

    "own" in one viewer's row equals "of" that viewer in the other's.
    """
    if NONE in (one.drawn_as, other.drawn_as):
        return "open"
    return "alike" if _name_owner(one) == _name_owner(other) else "unlike"


def _name_owner(row: Any) -> str:
    return f"of {row.viewer}" if row.drawn_as == "own" else str(row.drawn_as)


def _say_position(row: Any) -> str:
    """Return a viewer’s position on an area in words, with the kind and the day of its document."""
    drawn = capitalise_text(row.drawn_as)
    if pd.isna(row.document):
        return drawn
    if pd.isna(row.day):
        return tr("{drawn} ({document})", drawn=drawn, document=row.document)
    return tr("{drawn} ({document}, {day})", drawn=drawn, document=row.document, day=write_date(row.day))


def _list_sources(*rows: Any) -> str:
    """Return the names of the sources of some rows, each once."""
    names: list[str] = []
    for row in rows:
        if pd.notna(row.source):
            names += [source.name for source in cite.sources(row.source)]
    return "; ".join(dict.fromkeys(names))
