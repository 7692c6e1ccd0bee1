"""The course's tables: load one, list them, describe their columns, and ask who was in the SCO on a day.

What the tables are is written down once, in ``course_data/datapackage.json`` (a Frictionless data package):
every type below comes from there. Nothing is loaded from the network.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from samarkand.ground.errors import CourseError, DamagedData, OutOfRange, WrongType, unknown
from samarkand.ground.home import course_data

#: A day as a student may write it: "2022-09-15", a date, or a pandas Timestamp.
Day = str | dt.date | pd.Timestamp


def load(name: str, known_on: Day | None = None) -> pd.DataFrame:
    """Load one of the course's tables.

    Parameters
    ----------
    name : str
        Name of the table; `tables` lists them.
    known_on : str or date, optional
        Keep only what a reader could know on that day. Only tables that say since when a row was known
        can do that; `tables` marks them in the column ``known_on``.

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
        If `known_on` is no day.
    DamagedData
        If the file is missing or does not hold what the schema says; it names the row and the column.

    Examples
    --------
    >>> load("sco_membership")[["country", "status", "from"]].head(2)
          country         status       from
    0       China  Shanghai Five 1996-04-26
    1  Kazakhstan  Shanghai Five 1996-04-26
    """
    resource = _resource(name)
    path = course_data() / resource["path"]
    try:
        state = path.stat()
    except OSError:
        raise DamagedData(
            f'The file of the table "{name}" is missing: {path}. Get a fresh copy of the course.'
        ) from None
    frame = _parse(path, state.st_mtime_ns, state.st_size, _stamp()).copy()
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
    resources = _package()
    return pd.DataFrame(
        {
            "name": list(resources),
            "title": [r["title"] for r in resources.values()],
            "rows": [len(load(name)) for name in resources],
            "known_on": ["knownWhen" in r["schema"] for r in resources.values()],
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
    fields = _resource(name)["schema"]["fields"]
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
    _inside(day, spells["from"].min(), _holds_until("sco_membership"), 'the table "sco_membership"')
    held = (spells["from"] <= day) & (spells["to"].isna() | (day < spells["to"]))
    if status is not None:
        if status not in set(spells["status"]):
            raise unknown("status", status, spells["status"].unique())
        held &= spells["status"] == status
    found = spells.loc[held, ["iso3", "country", "status", "from"]]
    return found.sort_values("country").reset_index(drop=True)


def held_on(spells: pd.DataFrame, day: Day) -> pd.DataFrame:
    """Keep the spells that held on a day.

    A spell holds from its day ``from`` up to, but not on, its day ``to``; an empty ``to`` means: still.

    Parameters
    ----------
    spells : pandas.DataFrame
        One row a spell, with datetime columns ``from`` and ``to``, such as the table ``org_membership``.
    day : str or date
        The day.

    Returns
    -------
    pandas.DataFrame
        Some of its rows, as they were.

    Raises
    ------
    UnknownName
        If a column is missing.
    WrongType
        If `day` is no day.

    Examples
    --------
    >>> spells = load("org_membership").query("organisation == 'CSTO' and status == 'member'")
    >>> len(held_on(spells, "2022-09-15"))
    6
    """
    for column in ("from", "to"):
        if column not in spells.columns:
            raise unknown("column", column, map(str, spells.columns))
    when = as_day(day)
    return spells[(spells["from"] <= when) & (spells["to"].isna() | (when < spells["to"]))]


def status_by_year(first: int = 1996, last: int = 2025) -> pd.DataFrame:
    """Return the status of each state of the SCO world on 31 December of each year.

    Parameters
    ----------
    first, last : int
        First and last year, both included.

    Returns
    -------
    pandas.DataFrame
        Index ``iso3``, sorted; one column a year (int); a status, or missing where the state had none.

    Raises
    ------
    OutOfRange
        If a year lies outside 1996 to 2025, or `first` comes after `last`.
    WrongType
        If a year is no whole number.

    Examples
    --------
    >>> status_by_year(2016, 2017).loc["IND"].to_list()
    ['observer', 'member']
    """
    spells = load("sco_membership")
    begins, ends = spells["from"].min().year, _holds_until("sco_membership").year
    for year in (first, last):
        if isinstance(year, bool) or not isinstance(year, int):
            raise WrongType(f"A year is a whole number, for example 2022, not {year!r}.")
        if not begins <= year <= ends:
            raise OutOfRange(f"The table covers {begins} to {ends}; {year} lies outside.")
    return spells_to_years(spells, first, last)


def spells_to_years(
    spells: pd.DataFrame, first: int, last: int, *, key: str = "iso3", value: str = "status"
) -> pd.DataFrame:
    """Turn spells into a grid of years: what held on 31 December of each.

    A spell holds from its day ``from`` up to, but not on, its day ``to``; an empty ``to`` means: still.

    Parameters
    ----------
    spells : pandas.DataFrame
        One row a spell, with datetime columns ``from`` and ``to`` and the columns `key` and `value`.
    first, last : int
        First and last year, both included.
    key, value : str
        Column that becomes the index, and column that fills the grid.

    Returns
    -------
    pandas.DataFrame
        One row for each value of `key` that ever had a spell, sorted; one column a year (int).

    Raises
    ------
    UnknownName
        If a column is missing.
    OutOfRange
        If `first` comes after `last`, or two spells of one key overlap on a day that is asked for.

    Examples
    --------
    >>> spells = pd.DataFrame({"iso3": ["IND", "IND"], "status": ["observer", "member"],
    ...                        "from": pd.to_datetime(["2005-07-05", "2017-06-09"]),
    ...                        "to": pd.to_datetime(["2017-06-09", None])})
    >>> spells_to_years(spells, 2016, 2017).loc["IND"].to_list()
    ['observer', 'member']
    """
    for column in (key, value, "from", "to"):
        if column not in spells.columns:
            raise unknown("column", column, map(str, spells.columns))
    if first > last:
        raise OutOfRange(f"The first year, {first}, comes after the last, {last}.")
    grid = {}
    for year in range(first, last + 1):
        day = pd.Timestamp(year, 12, 31)
        held = spells[(spells["from"] <= day) & (spells["to"].isna() | (day < spells["to"]))]
        twice = held[key][held[key].duplicated()]
        if len(twice):
            raise OutOfRange(
                f"{twice.iloc[0]} has two spells at once on 31 December {year}; spells may not overlap."
            )
        grid[year] = held.set_index(key)[value]
    index = pd.Index(sorted(spells[key].unique()), name=key)
    return pd.DataFrame({year: column.reindex(index) for year, column in grid.items()}, index=index)


def as_day(day: Day) -> pd.Timestamp:
    """Read a day as a student may write it.

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
        If it is no day, with an example of one.

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
    raise WrongType(f'A day is written like this: "2022-09-15" (year, month, day); {day!r} is none.')


def _inside(day: pd.Timestamp, first: pd.Timestamp, last: pd.Timestamp, what: str) -> None:
    if not first <= day <= last:
        raise OutOfRange(
            f"{in_words(day)} lies outside {what}, which covers {in_words(first)} to {in_words(last)}."
        )


def in_words(day: dt.date) -> str:
    """Return a day as a sentence has it.

    Parameters
    ----------
    day : datetime.date or pandas.Timestamp
        The day; hours are left out.

    Returns
    -------
    str

    Examples
    --------
    >>> in_words(as_day("2022-09-05"))
    '5 September 2022'
    """
    return f"{day.day} {day:%B %Y}"


def _holds_until(name: str) -> pd.Timestamp:
    """Return the day up to which a table of spells was brought up to date."""
    return pd.Timestamp(_resource(name)["schema"]["holdsUntil"])


def _known_on(frame: pd.DataFrame, resource: dict[str, Any], day: pd.Timestamp) -> pd.DataFrame:
    """Keep the rows that were known on a day, and empty the cells that only came to be known later.

    The rule stands in the schema under ``knownWhen``: ``rows`` names the column with the day from which a row
    was known, or ``since`` gives one day for all; ``cells`` names columns that were known from a day in
    another column; ``days`` are such columns themselves. Sources published later are left out as well.
    """
    rule = resource["schema"].get("knownWhen")
    if rule is None:
        raise CourseError(_no_known_on(resource["name"]))
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
    known["source"] = [
        ";".join(k for k in cell.split(";") if k not in later) or None for cell in known["source"]
    ]
    known["source"] = known["source"].astype(frame["source"].dtype)
    return known


def _no_known_on(name: str) -> str:
    able = [n for n, r in _package().items() if "knownWhen" in r["schema"]]
    hint = ' For the SCO on a day use data.members("2022-09-15").' if name == "sco_membership" else ""
    return (
        f'The table "{name}" does not say since when its rows were known, so it cannot be cut off at a day. '
        f"Tables that can: {', '.join(able)}.{hint}"
    )


def _published_after(day: pd.Timestamp) -> set[str]:
    """Return the keys of the sources that may have been published after a day.

    A month or year may mean its last day, and an undated page any day.
    """
    sources = load("sources")
    last = sources["published"].fillna("9999").where(lambda p: p.str.len().isin([4, 10]), lambda p: p + "-99")
    last = last.where(last.str.len() > 4, last + "-99-99")
    return set(sources.loc[last > str(day.date()), "key"])


def _resource(name: object) -> dict[str, Any]:
    resources = _package()
    if isinstance(name, str) and name in resources:
        return resources[name]
    raise unknown("table", name, resources, hint="data.tables() lists them all.")


def _package() -> dict[str, dict[str, Any]]:
    """Return the description of every table, by name."""
    stamp = _stamp()
    return _read_package(course_data() / "datapackage.json", stamp)


def _stamp() -> tuple[int, int]:
    path = course_data() / "datapackage.json"
    try:
        state = path.stat()
    except OSError:
        raise DamagedData(
            f"The description of the tables is missing: {path}. Get a fresh copy of the course."
        ) from None
    return state.st_mtime_ns, state.st_size


@lru_cache(maxsize=4)
def _read_package(path: Path, stamp: tuple[int, int]) -> dict[str, dict[str, Any]]:
    """Read datapackage.json; `stamp` makes the cache notice when it changes."""
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise DamagedData(
            f"datapackage.json is no valid JSON: line {error.lineno}, column {error.colno}: {error.msg}. "
            f"Get a fresh copy of {path}."
        ) from None
    except (OSError, UnicodeError):
        raise DamagedData(f"datapackage.json cannot be read. Get a fresh copy of {path}.") from None
    try:
        resources = {r["name"]: r for r in package["resources"] if r["path"].endswith(".csv")}
        for resource in resources.values():
            _ = resource["path"], resource["title"]
            for field in resource["schema"]["fields"]:
                _ = field["name"], field["description"], _READERS[field["type"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise DamagedData(
            f"datapackage.json does not describe its tables as it should ({error} is missing or unknown). "
            f"Get a fresh copy of {path}."
        ) from None
    return resources


@dataclass(frozen=True)
class _Reader:
    """How cells of one type are read: what a cell must look like, and the dtype of the column."""

    read: Callable[[str], object]
    expected: str
    dtype: str


def _finite(cell: str) -> float:
    value = float(cell)
    if not math.isfinite(value) or "_" in cell:
        raise ValueError(cell)
    return value


def _whole(cell: str) -> int:
    if "_" in cell:
        raise ValueError(cell)
    return int(cell)


def _day(cell: str) -> dt.date:
    if len(cell) != len("2022-09-15"):
        raise ValueError(cell)
    return dt.date.fromisoformat(cell)


_READERS = {
    "string": _Reader(str, "text", "str"),
    "integer": _Reader(_whole, "a whole number", "Int64"),
    "number": _Reader(_finite, "a number", "float64"),
    "date": _Reader(_day, "a day like 2022-09-15", "datetime64[us]"),
    "boolean": _Reader({"true": True, "false": False}.__getitem__, "true or false", "boolean"),
}


@lru_cache(maxsize=64)
def _parse(path: Path, mtime: int, size: int, stamp: tuple[int, int]) -> pd.DataFrame:
    """Read one file as its schema says; time and size make the cache notice when it changes."""
    resource = next(r for r in _package().values() if path.name == Path(r["path"]).name)
    fields = resource["schema"]["fields"]
    lines, rows = _read_cells(path, [f["name"] for f in fields])
    columns = {}
    for i, field in enumerate(fields):
        reader = _READERS[field["type"]]
        required = field.get("constraints", {}).get("required", False)
        values: list[object] = []
        for line, row in zip(lines, rows, strict=True):
            cell = row[i]
            try:
                values.append(reader.read(cell) if cell else None)
            except (ValueError, KeyError):
                raise _damaged(path, line, field["name"], f'"{cell}" is not {reader.expected}') from None
            if required and not cell:
                raise _damaged(path, line, field["name"], "the cell is empty")
        dtype = reader.dtype
        if dtype in ("Int64", "boolean") and None not in values:
            dtype = {"Int64": "int64", "boolean": "bool"}[dtype]
        columns[field["name"]] = pd.Series(values, dtype=dtype)
    return pd.DataFrame(columns)


def _read_cells(path: Path, expected: list[str]) -> tuple[list[int], list[list[str]]]:
    """Return the line of each row, as a text editor counts, and its cells; see that the header is right."""
    fresh = f"Get a fresh copy of {path}."
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DamagedData(f"{path.name}, line {line}: a character that is no UTF-8. {fresh}") from None
    except OSError as error:
        raise DamagedData(f"{path.name} cannot be read ({error.strerror}). {fresh}") from None
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    lines, rows = [], []
    try:
        before = 0
        for row in reader:
            if row:
                lines.append(before + 1)
                rows.append(row)
            before = reader.line_num
    except csv.Error as error:
        raise DamagedData(f"{path.name}, line {reader.line_num}: {error}. {fresh}") from None
    if not rows:
        raise DamagedData(f"{path.name} is empty. {fresh}")
    _see_header(path, rows[0], expected)
    for line, row in zip(lines, rows, strict=True):
        if len(row) != len(expected):
            raise DamagedData(
                f"{path.name}, line {line}: {len(row)} cells, but {len(expected)} columns. {fresh}"
            )
    return lines[1:], rows[1:]


def _see_header(path: Path, header: list[str], expected: list[str]) -> None:
    """See that a file has the columns its description names, in their order."""
    fresh = f"Get a fresh copy of {path}."
    for column in expected:
        if column not in header:
            raise DamagedData(f'{path.name} has no column "{column}". {fresh}')
    for column in header:
        if column not in expected:
            raise DamagedData(
                f'{path.name} has a column "{column}" that its description does not know. {fresh}'
            )
    if header != expected:
        raise DamagedData(f"{path.name} has its columns in another order than its description says. {fresh}")


def _damaged(path: Path, line: int, column: str, why: str) -> DamagedData:
    return DamagedData(f'{path.name}, line {line}, column "{column}": {why}. Get a fresh copy of {path}.')
