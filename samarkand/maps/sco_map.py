"""The map of the SCO, year by year."""

from collections.abc import Mapping, Sequence

import pandas as pd

from samarkand import data, places
from samarkand.common.words import capitalise_text, join_in_words, tr, trn
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
        [Key(STATUS[one], capitalise_text(STATUS[one].plural), counted=True) for one in family],
        gaps | {"states": _describe_statuses(status, at)},
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
    years = member.columns[member.any()]
    founders = member[years[0]]
    ever = member.any(axis="columns")
    left = int((ever & ~member[member.columns[-1]]).sum())
    return {
        "founded": int(str(years[0])),
        "founders": int(founders.sum()),
        "joined": int((ever & ~founders).sum()),
        "left": left or tr("none"),
    }


def _make_step(status: Mapping[str, str], years: Sequence[int], i: int) -> Step:
    """Return the step of a year: number of states with each status, and the changes."""
    year = years[i]
    held = _group_states(status, i)
    if held["Shanghai Five"]:
        say = tr("{year}: the Shanghai Five, not yet an organisation", year=year)
    else:
        counts = ", ".join(style.in_words(name, len(states)) for name, states in held.items() if states)
        say = tr("{year}: {counts} on 31 December", year=year, counts=counts)
    return Step(str(year), say, _describe_news(status, held, i))


def _group_states(status: Mapping[str, str], i: int) -> dict[str, list[str]]:
    """Return the ISO3 codes of the states with each status at a step."""
    names = {mark.code: name for name, mark in _STATUS.items()}
    groups: dict[str, list[str]] = {name: [] for name in _STATUS}
    for iso3, letters in status.items():
        name = names.get(letters[i])
        if name is not None:
            groups[name].append(iso3)
    return groups


def _describe_news(status: Mapping[str, str], held: Mapping[str, Sequence[str]], i: int) -> str:
    """Describe a year's new members and partners, or the change of the organisation."""
    if i == 0:
        return tr("{states} meet in Shanghai.", states=_list_states(held["Shanghai Five"]))
    before = _group_states(status, i - 1)
    new = {}
    for name, states in held.items():
        new[name] = [iso3 for iso3 in states if iso3 not in before[name]]
    if new["member"] and before["Shanghai Five"]:
        joined = _leave_out(new["member"], before)
        return tr("The five and {states} found the organisation.", states=_list_states(joined))
    if new["SCO partner"] and not held["observer"] and not held["dialogue partner"]:
        joined = _leave_out(new["SCO partner"], before)
        return trn(
            "Observers and dialogue partners become SCO partners; {states} joins them.",
            "Observers and dialogue partners become SCO partners; {states} join them.",
            len(joined),
            states=_list_states(joined),
        )
    told = []
    for name, states in new.items():
        if states:
            kind = _kind_of_status(name, states)
            told.append(tr("New {kind}: {states}.", kind=kind, states=_list_states(states)))
    return " ".join(told)


def _leave_out(states: Sequence[str], before: Mapping[str, Sequence[str]]) -> list[str]:
    """Return those states that had no status before."""
    known: set[str] = set()
    for group in before.values():
        known.update(group)
    return [iso3 for iso3 in states if iso3 not in known]


def _list_states(states: Sequence[str]) -> str:
    return join_in_words(sorted(places.name(iso3) for iso3 in states))


def _kind_of_status(status: str, states: Sequence[str]) -> str:
    return STATUS[status].label if len(states) == 1 else STATUS[status].plural


def _describe_statuses(status: Mapping[str, str], at: int) -> str:
    """Return a sentence for each status with the names of its states."""
    told = []
    for name, states in _group_states(status, at).items():
        if states:
            kind = capitalise_text(_kind_of_status(name, states))
            told.append(tr("{status}: {states}.", status=kind, states=_list_states(states)))
    return " ".join(told)
