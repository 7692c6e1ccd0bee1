"""The course's tables: load one, list them, describe their columns, list the states in the SCO on a day.

``course_data/datapackage.json`` (a Frictionless data package) has the schema of every table. Nothing is
loaded from the network.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from samarkand.common.errors import (
    CourseError,
    OutOfRange,
    UnknownName,
    WrongType,
    make_unknown_name,
    need_whole,
)
from samarkand.common.home import course_data
from samarkand.common.reading import cache_reader
from samarkand.common.words import tr
from samarkand.common.words import write_day as in_words

if int(pd.__version__.partition(".")[0]) < 3:
    # What pandas 3 does by itself: a column of texts has the dtype `str`, and a part of a table is a copy.
    pd.options.future.infer_string = True
    pd.options.mode.copy_on_write = True

#: A day as a student may write it: "2022-09-15", a date, or a pandas Timestamp.
Day = str | dt.date | pd.Timestamp


def load(name: str, known_on: Day | None = None) -> pd.DataFrame:
    """Load one of the course's tables.

    Parameters
    ----------
    name : str
        Name of the table; `tables` lists them.
    known_on : str or date, optional
        Keep only what a reader could know on that day. This works for tables that say since when a row was
        known; `tables` marks them in the column ``known_on``.

    Returns
    -------
    pandas.DataFrame
        A fresh copy each time, in the order of the file. Dates are ``datetime64``; whole numbers ``int64``,
        or ``Int64`` where some are missing; other numbers ``float64``; text ``str``, missing text is NaN.
        Cells with several values hold them with ``;`` between.

    Raises
    ------
    UnknownName
        If there is no such table; it names the nearest one.
    CourseError
        If `known_on` is given for a table that does not say when things became known.
    WrongType
        If `known_on` is not a day.
    DamagedData
        If the file is missing or differs from its schema; ``samarkand data check`` says where.

    Examples
    --------
    >>> load("sco_membership")[["country", "status", "from"]].head(2)
          country         status       from
    0       China  Shanghai Five 1996-04-26
    1  Kazakhstan  Shanghai Five 1996-04-26
    """
    resource = _find_resource(name)
    frame = _parse_table(course_data() / resource["path"], _list_columns(resource)).copy()
    return frame if known_on is None else _known_on(frame, resource, as_day(known_on))


def tables() -> pd.DataFrame:
    """List the tables of the course.

    Returns
    -------
    pandas.DataFrame
        One row a table: ``name``, ``title``, ``rows`` (int) and ``known_on`` (bool: `load` takes it).

    Raises
    ------
    DamagedData
        If a table or the description of the tables is damaged.

    Examples
    --------
    >>> "trip" in list(tables()["name"])
    True
    """
    resources = _describe_tables()
    return pd.DataFrame(
        {
            "name": list(resources),
            "title": [r["title"] for r in resources.values()],
            "rows": [len(load(name)) for name in resources],
            "known_on": ["knownBy" in r["schema"] for r in resources.values()],
        }
    )


def describe(name: str) -> pd.DataFrame:
    """Describe the columns of a table.

    Parameters
    ----------
    name : str
        Name of the table.

    Returns
    -------
    pandas.DataFrame
        One row a column, in the order of the file: ``field``, ``type``, ``unit`` (empty where there is none)
        and ``description``.

    Raises
    ------
    UnknownName
        If there is no such table.

    Examples
    --------
    >>> describe("trip").set_index("field").loc["distance_km", "unit"]
    'km'
    """
    fields = _find_resource(name)["schema"]["fields"]
    return pd.DataFrame(
        {
            "field": [f["name"] for f in fields],
            "type": [f["type"] for f in fields],
            "unit": [f.get("unit", "") for f in fields],
            "description": [f["description"] for f in fields],
        }
    )


def members(on: Day, status: str | None = "member") -> pd.DataFrame:
    """List the states that had a status in the SCO on one day.

    Parameters
    ----------
    on : str or date
        The day, for example ``"2022-09-15"``.
    status : {"member", "observer", "dialogue partner", "SCO partner", "Shanghai Five"} or None
        The status; None for all of them.

    Returns
    -------
    pandas.DataFrame
        ``iso3``, ``country``, ``status`` and ``from`` (first day of the status), sorted by country.

    Raises
    ------
    UnknownName
        If there is no such status.
    OutOfRange
        If the day lies before the table begins or after it was last brought up to date.

    Examples
    --------
    >>> len(members("2022-09-15")), len(members("2023-07-04"))
    (8, 9)
    """
    day = as_day(on)
    spells = load("sco_membership")
    first = spells["from"].min()
    last = _holds_until("sco_membership")
    if not first <= day <= last:
        text = tr(
            '{day} lies outside the table "sco_membership", which covers {first} to {last}.',
            day=in_words(day),
            first=in_words(first),
            last=in_words(last),
        )
        raise OutOfRange(text, code="outside the table", given=day, first=first, last=last)
    held = held_on(spells, day)
    if status is not None:
        known = list(spells["status"].unique())
        if status not in known:
            raise make_unknown_name(tr("status"), status, known)
        held = held[held["status"] == status]
    columns = ["iso3", "country", "status", "from"]
    return held[columns].sort_values("country", kind="stable").reset_index(drop=True)


def held_on(spells: pd.DataFrame, day: Day) -> pd.DataFrame:
    """Keep the periods that include a day.

    A period lasts from its day ``from`` up to, but not including, its day ``to``; without ``to`` it goes on.

    Parameters
    ----------
    spells : pandas.DataFrame
        One row a period, with datetime columns ``from`` and ``to``, such as the table ``org_membership``.
    day : str or date
        The day.

    Returns
    -------
    pandas.DataFrame
        Some of the rows, unchanged.

    Raises
    ------
    UnknownName
        If a column is missing.
    WrongType
        If `day` is not a day.

    Examples
    --------
    >>> spells = load("org_membership").query("organisation == 'CSTO' and status == 'member'")
    >>> len(held_on(spells, "2022-09-15"))
    6
    """
    for column in ("from", "to"):
        if column not in spells.columns:
            raise make_unknown_name(tr("column"), column, map(str, spells.columns))
    when = as_day(day)
    return spells[(spells["from"] <= when) & (spells["to"].isna() | (when < spells["to"]))]


def status_by_year() -> pd.DataFrame:
    """Return the status of each state of the SCO world on 31 December of each year, 1996 to 2025.

    Returns
    -------
    pandas.DataFrame
        Index ``iso3``, sorted; one column a year (int); a status, or missing where the state had none.

    Examples
    --------
    >>> status_by_year().loc["IND", [2016, 2017]].to_list()
    ['observer', 'member']
    """
    spells = load("sco_membership")
    index = pd.Index(sorted(spells["iso3"].unique()), name="iso3")
    years = range(spells["from"].min().year, _holds_until("sco_membership").year + 1)
    held = {year: held_on(spells, dt.date(year, 12, 31)).set_index("iso3")["status"] for year in years}
    return pd.DataFrame({year: column.reindex(index) for year, column in held.items()}, index=index)


def members_by_year(first: int = 2001, last: int = 2025) -> pd.DataFrame:
    """Count the members of the SCO on 31 December of each year.

    Parameters
    ----------
    first, last : int
        First and last year, both included, within 1996 to 2025.

    Returns
    -------
    pandas.DataFrame
        ``year`` and ``members`` (int), one row a year.

    Raises
    ------
    OutOfRange
        If a year lies outside 1996 to 2025, or `first` comes after `last`.
    WrongType
        If a year is not a whole number.

    Examples
    --------
    >>> members_by_year(2016, 2017)
       year  members
    0  2016        6
    1  2017        8
    """
    status = status_by_year()
    for year in (first, last):
        need_whole(year, tr("A year is a whole number, for example 2022, not {given!r}.", given=year))
        if year not in status:
            text = tr(
                "The table covers {first} to {last}; {year} lies outside.",
                first=status.columns[0],
                last=status.columns[-1],
                year=year,
            )
            known = {"first": status.columns[0], "last": status.columns[-1]}
            raise OutOfRange(text, code="outside the table", given=year, **known)
    if first > last:
        text = tr("The first year, {first}, comes after the last, {last}.", first=first, last=last)
        raise OutOfRange(text, code="in the wrong order", first=first, last=last)
    count = (status.loc[:, first:last] == "member").sum()
    return count.rename_axis("year").rename("members").reset_index()


def day_by_day(count: Callable[[str], Any], days: Sequence[str]) -> pd.DataFrame:
    """Return counts for several days as one table.

    Parameters
    ----------
    count : callable
        Takes a day, and returns a Series of counts by name, as `pandas.Series.value_counts` does.
    days : sequence of str
        The days.

    Returns
    -------
    pandas.DataFrame
        One row a day; one column (int) a name, in the order in which they first occur; 0 if a day has none.

    Raises
    ------
    WrongType
        If `count` returns something else than a Series: most often a ``return`` is missing.

    Examples
    --------
    >>> day_by_day(lambda day: members(day, None)["status"].value_counts(), ["2001-06-15", "2017-06-09"])
    status      member  dialogue partner  observer
    2001-06-15       6                 0         0
    2017-06-09       8                 6         4
    """
    counts = {day: count(day) for day in days}
    for day, one in counts.items():
        if not isinstance(one, pd.Series):
            text = tr(
                "For {day} the function should return counts, but it returned {given!r}. Is `return` "
                "missing?",
                day=day,
                given=one,
            )
            raise WrongType(text, code="no counts", day=day, given=one)
    names: dict[str, None] = {}
    for one in counts.values():
        names |= dict.fromkeys(one.index)
    return pd.DataFrame({day: one.reindex(list(names), fill_value=0) for day, one in counts.items()}).T


def all_keys(column: pd.Series) -> list[str]:
    """Split the cells of a column at ``;`` and return all keys.

    Parameters
    ----------
    column : pandas.Series
        Text; missing cells have no key.

    Returns
    -------
    list of str
        Each key once, in the order in which they first occur.

    Examples
    --------
    >>> all_keys(pd.Series(["CL05;CL06", None, "CL06"]))
    ['CL05', 'CL06']
    """
    keys: dict[str, None] = {}
    for cell in column.dropna():
        keys |= dict.fromkeys(str(cell).split(";"))
    return list(keys)


def as_day(day: Day) -> pd.Timestamp:
    """Convert a day as a student may write it.

    Parameters
    ----------
    day : str, datetime.date or pandas.Timestamp
        Text has the form ``YYYY-MM-DD``.

    Returns
    -------
    pandas.Timestamp
        Midnight of that day.

    Raises
    ------
    WrongType
        If it is not a day, with an example of one.

    Examples
    --------
    >>> as_day("2022-09-15")
    Timestamp('2022-09-15 00:00:00')
    """
    try:
        if isinstance(day, str):
            return pd.Timestamp(dt.date.fromisoformat(day.strip()))
        if isinstance(day, dt.date) and not pd.isna(day):
            stamp = pd.Timestamp(day)
            return (stamp.tz_localize(None) if stamp.tzinfo else stamp).normalize()
    except ValueError:
        pass
    text = tr('{given!r} is not a day. Write it like this: "2022-09-15" (year, month, day).', given=day)
    raise WrongType(text, code="not a day", given=day)


def _holds_until(name: str) -> pd.Timestamp:
    """Return the last day for which a table of periods is complete."""
    return pd.Timestamp(_find_resource(name)["schema"]["holdsUntil"])


def _known_on(frame: pd.DataFrame, resource: dict[str, Any], day: pd.Timestamp) -> pd.DataFrame:
    """Keep the rows that were known on a day, and empty the cells that became known later.

    The rule is in the schema under ``knownBy``: ``rows`` is the column with the day since which a row was
    known, or ``since`` is one day for all rows; ``cells`` has columns that were known since a day in another
    column, and ``days`` such columns themselves. Sources published later are left out as well, and so are
    notes that name one.
    """
    rule = resource["schema"].get("knownBy")
    if rule is None:
        able = ", ".join(name for name, one in _describe_tables().items() if "knownBy" in one["schema"])
        text = tr(
            'The table "{table}" does not say since when its rows were known, so it cannot be cut off '
            "at a day. Tables that can: {tables}.",
            table=resource["name"],
            tables=able,
        )
        if resource["name"] == "sco_membership":
            text += " " + tr('For the SCO on a day use data.members("2022-09-15").')
        raise CourseError(text, code="not dated", table=resource["name"])
    if "rows" in rule:
        frame = frame[frame[rule["rows"]] <= day]
    elif pd.Timestamp(rule["since"]) > day:
        frame = frame.iloc[:0]
    known = frame.reset_index(drop=True)
    for column, since in rule.get("cells", {}).items():
        known[column] = known[column].where(known[since].isna() | (known[since] <= day))
    for column in rule.get("days", []):
        known[column] = known[column].where(known[column] <= day)
    later = _published_after(day)
    sources = []
    for cell in known["source"].fillna(""):
        earlier = [key for key in cell.split(";") if key not in later]
        sources.append(";".join(earlier) or None)
    known["source"] = sources
    known["source"] = known["source"].astype(frame["source"].dtype)
    if "seen_in" in known:
        known["seen_in"] = known["seen_in"].where(~known["seen_in"].isin(later))
    for column in {"note", "includes"} & set(known.columns):
        kept = pd.Series([_names_none(cell, later) for cell in known[column]], index=known.index)
        known[column] = known[column].where(kept)
    return known


def _names_none(text: object, keys: set[str]) -> bool:
    """Return whether a text names none of these sources."""
    return keys.isdisjoint(re.findall(r"\w+", str(text)))


def _published_after(day: pd.Timestamp) -> set[str]:
    """Return the keys of the sources that may have been published after a day.

    A month or year may mean its last day, and an undated page any day.
    """
    sources = load("sources")
    last = sources["published"].fillna("9999").where(lambda p: p.str.len().isin([4, 10]), lambda p: p + "-99")
    last = last.where(last.str.len() > 4, last + "-99-99")
    return set(sources.loc[last > str(day.date()), "key"])


def _find_resource(name: object) -> dict[str, Any]:
    resources = _describe_tables()
    if isinstance(name, str) and name in resources:
        return resources[name]
    if not isinstance(name, str):
        text = tr('The name of a table is a text, in quotation marks: data.load("places").')
        raise UnknownName(text, code="unknown name", kind=tr("table"), name=name, near=None)
    raise make_unknown_name(tr("table"), name, resources, hint=tr("data.tables() lists them all."))


def _describe_tables() -> dict[str, dict[str, Any]]:
    """Return the description of every table, by name."""
    return _read_package(course_data() / "datapackage.json")


@cache_reader
def _read_package(path: Path) -> dict[str, dict[str, Any]]:
    """Read datapackage.json and check that each table has the keys this module needs."""
    package = json.loads(path.read_text(encoding="utf-8"))
    resources = {r["name"]: r for r in package["resources"] if r["path"].endswith(".csv")}
    for resource in resources.values():
        _ = resource["title"], _list_columns(resource)
        _ = [(field["description"], _DTYPES[field["type"]]) for field in resource["schema"]["fields"]]
    return resources


#: The dtype of a column of each type of the schema, without and with empty cells.
_DTYPES: dict[str, tuple[Any, Any]] = {
    "string": ("str", "str"),
    "integer": ("int64", "Int64"),
    "number": ("float64", "float64"),
    "boolean": ("bool", "boolean"),
    "date": ("datetime64[us]", "datetime64[us]"),
}

#: (name, type, required) of a column.
_Column = tuple[str, str, bool]


def _list_columns(resource: dict[str, Any]) -> tuple[_Column, ...]:
    fields = resource["schema"]["fields"]
    return tuple((f["name"], f["type"], f.get("constraints", {}).get("required", False)) for f in fields)


@cache_reader
def _parse_table(path: Path, columns: tuple[_Column, ...]) -> pd.DataFrame:
    """Read one file by its schema; if it is damaged, ``samarkand data check`` says how."""
    # Numbers are read as text first: pandas' own reader rounds the last digit of some.
    first = {name: "boolean" if kind == "boolean" else "str" for name, kind, _ in columns}
    frame = pd.read_csv(path, dtype=first, keep_default_na=False, na_values=[""])
    # A first row that is too long makes its beginning the index.
    if list(frame.columns) != list(first) or not isinstance(frame.index, pd.RangeIndex):
        raise ValueError("The columns are not those of the schema.")
    for name, kind, required in columns:
        if kind == "date":
            frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d")
        whole = frame[name].notna().all()
        frame[name] = frame[name].astype(_DTYPES[kind][0 if whole else 1])
        if required and not frame[name].notna().all():
            raise ValueError(f'The column "{name}" has an empty cell.')
    return frame
