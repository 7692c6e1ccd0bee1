"""The map of the SCO, year by year."""

from collections.abc import Mapping, Sequence

import pandas as pd

from samarkand import data, places
from samarkand.common.words import capitalised, listed, tr, trn
from samarkand.html import style
from samarkand.html.style import STATUS
from samarkand.maps._base import find_position, letters_of_rows, make_scene, names_of_states, on_the_region
from samarkand.maps._offline import OfflineMap
from samarkand.maps._scene import Key, Step
from samarkand.maps._shapes import read_labels

__all__ = ["sco"]

#: The years that are labelled below the range; a blank hides one on small screens.
_TICKS = ("1996", "2001", " 2005", "2009", " 2012", "2015", " 2017", "2022", "2025")
_STATUS = {name: mark for name, mark in STATUS.items() if name != "contested"}


def sco(year: int = 2022) -> OfflineMap:
    """Draw the Shanghai Cooperation Organisation, year by year.

    A range inside the map runs from 1996 to 2025; each year shows the status on 31 December.

    Parameters
    ----------
    year : int, default 2022
        The year shown first.

    Returns
    -------
    OfflineMap
        A folium map; the last line of a cell shows it.

    Raises
    ------
    OutOfRange
        If the year is not covered.
    WrongType
        If the year is no whole number.

    Examples
    --------
    >>> sco(2022)
    Map of the SCO, 1996 to 2025. 2022: 8 members, 4 observers, 9 dialogue partners on 31 December.
    """
    held = data.status_by_year()
    years = [int(one) for one in held.columns]
    at = find_position(year, years, tr("year"), tr("the SCO"))
    status = letters_of_rows(held, STATUS)
    steps = [_make_step(status, years, i) for i in range(len(years))]
    family = ("member", "observer", "dialogue partner", "SCO partner", "Shanghai Five")
    gaps = {"first": years[0], "last": years[-1], "step": steps[at].say, "year": year}
    gaps |= _count_who_joined(held)
    drawn = make_scene(
        "sco",
        [f"{one}-12-31" for one in years],
        [Key(STATUS[one], capitalised(STATUS[one].plural), counted=True) for one in family],
        gaps | {"states": _by_status(status, at)},
        below=tr("named below"),
        status=status,
        names=names_of_states(status),
        steps=steps,
        step=at,
        labels=read_labels(),
        ticks={years.index(int(one)): one for one in _TICKS},
    )
    return on_the_region(drawn)


def _count_who_joined(held: pd.DataFrame) -> dict[str, object]:
    """Return the organisation's first year, and how many states were members then, joined later, and left."""
    member = held == "member"
    founded = int(str(member.columns[member.any()][0]))
    founders, last = member[member.columns[member.any()][0]], member[member.columns[-1]]
    ever = member.any(axis="columns")
    left = int((ever & ~last).sum())
    return {
        "founded": founded,
        "founders": int(founders.sum()),
        "joined": int((ever & ~founders).sum()),
        "left": left or tr("none"),
    }


def _make_step(status: Mapping[str, str], years: Sequence[int], i: int) -> Step:
    """Return the step of a year: number of states with each status, and the changes."""
    year = years[i]
    held = {name: [k for k, row in status.items() if row[i] == mark.code] for name, mark in _STATUS.items()}
    if held["Shanghai Five"]:
        say = tr("{year}: the Shanghai Five, not yet an organisation", year=year)
    else:
        counts = ", ".join(style.in_words(name, len(states)) for name, states in held.items() if states)
        say = tr("{year}: {counts} on 31 December", year=year, counts=counts)
    return Step(str(year), say, _describe_news(status, held, i))


def _describe_news(status: Mapping[str, str], held: Mapping[str, Sequence[str]], i: int) -> str:
    """Describe a year's new members and partners, or the change of the organisation."""
    if not i:
        return tr("{states} meet in Shanghai.", states=_list_states(held["Shanghai Five"]))
    before = {iso3: row[i - 1] for iso3, row in status.items()}
    new = {name: [k for k in states if before[k] != _STATUS[name].code] for name, states in held.items()}
    if new["member"] and STATUS["Shanghai Five"].code in before.values():
        joined = [iso3 for iso3 in new["member"] if before[iso3] == "-"]
        return tr("The five and {states} found the organisation.", states=_list_states(joined))
    if new["SCO partner"] and not held["observer"] and not held["dialogue partner"]:
        joined = [iso3 for iso3 in new["SCO partner"] if before[iso3] == "-"]
        return trn(
            "Observers and dialogue partners become SCO partners; {states} joins them.",
            "Observers and dialogue partners become SCO partners; {states} join them.",
            len(joined),
            states=_list_states(joined),
        )
    return " ".join(
        tr("New {kind}: {states}.", kind=_kind_of_status(name, states), states=_list_states(states))
        for name, states in new.items()
        if states
    )


def _list_states(states: Sequence[str]) -> str:
    return listed(sorted(places.name(iso3) for iso3 in states))


def _kind_of_status(status: str, states: Sequence[str]) -> str:
    return STATUS[status].label if len(states) == 1 else STATUS[status].plural


def _by_status(status: Mapping[str, str], at: int) -> str:
    """Return a sentence for each status with the names of its states."""
    who = {name: [k for k, row in status.items() if row[at] == mark.code] for name, mark in _STATUS.items()}
    return " ".join(
        tr(
            "{status}: {states}.",
            status=capitalised(_kind_of_status(name, states)),
            states=_list_states(states),
        )
        for name, states in who.items()
        if states
    )
