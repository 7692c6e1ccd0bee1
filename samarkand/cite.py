"""Citations: one source by its key, and the source list that closes a lesson.

>>> from samarkand import cite
>>> print(cite["XH0914"])
Xinhua: Xi arrives in Kazakhstan for state visit. 14 September 2022. Via China Military Online.
"""

from __future__ import annotations

import csv
import html
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from samarkand.ground.errors import DamagedData, WrongType, unknown
from samarkand.ground.home import course_data

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True)
class Source:
    """One source of the course; printed, it is one readable reference.

    Attributes
    ----------
    key : str
        Short name, for example ``"XH0914"``.
    title, publisher : str
        Title, and who first published it.
    published : str
        Day of publication as ``YYYY-MM-DD``, or month, or year; empty when unknown.
    url : str
        Address; of the copy where `via` names one.
    seen : str
        What was read of it: ``"full text"``, ``"excerpt"`` or ``"data"``.
    kind : str
        ``"primary"``, ``"agency"``, ``"press"``, ``"dataset"`` or ``"reference"``.
    via : str
        Whose copy was read, where the original was not.
    note : str
        What to know before leaning on it.
    """

    key: str
    title: str
    publisher: str
    published: str
    url: str
    seen: str
    kind: str
    via: str
    note: str

    def __str__(self) -> str:
        parts = [f"{self.publisher}: {self.title}", _long_date(self.published)]
        parts += [f"Via {self.via}" if self.via else ""]
        return " ".join(f"{p}." for p in parts if p)

    def __repr__(self) -> str:
        return f"[{self.key}] {self}"

    def _repr_html_(self) -> str:
        return f"<p>{self._item()}</p>"

    def _item(self) -> str:
        """Return the reference with its title as a link."""
        text = html.escape(str(self))
        title = html.escape(self.title)
        link = f'<a href="{html.escape(self.url)}" rel="noreferrer">{title}</a>'
        return f"<b>{html.escape(self.key)}</b> {text.replace(title, link, 1)}"


@dataclass(frozen=True)
class SourceList:
    """Sources in the order they were asked for: text when printed, a list in a notebook."""

    items: tuple[Source, ...]

    def __iter__(self) -> Iterator[Source]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return "Sources\n" + "\n".join(f"- {s!r}" for s in self.items)

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{s._item()}</li>" for s in self.items)
        return f'<ul aria-label="Sources">{items}</ul>'


def get(key: str) -> Source:
    """Return the source with a key; the same as ``cite[key]``.

    Parameters
    ----------
    key : str
        Short name of the source, as in every column ``source``.

    Returns
    -------
    Source

    Raises
    ------
    UnknownName
        If no source has that key; it names the nearest one.

    Examples
    --------
    >>> get("ART").publisher
    'DW'
    """
    table = _table()
    if isinstance(key, str) and key in table:
        return table[key]
    hint = "A cell with several keys is split first: cite.sources(cell)." if ";" in str(key) else ""
    raise unknown("source", key, table, hint=hint)


def sources(*keys: str) -> SourceList:
    """Return a list of sources to print at the end of a lesson.

    Parameters
    ----------
    *keys : str
        Keys; a cell of a column ``source`` with several keys, ``;`` between them, is taken apart.
        A key that comes twice is listed once.

    Returns
    -------
    SourceList

    Raises
    ------
    UnknownName
        If a key is unknown.
    WrongType
        If a key is no text, or none is given.

    Examples
    --------
    >>> [s.key for s in sources("XH0914", "ART;XH0914")]
    ['XH0914', 'ART']
    """
    if not keys:
        raise WrongType('Name at least one source: cite.sources("XH0914", "ART").')
    names: dict[str, None] = {}
    for key in keys:
        if not isinstance(key, str):
            raise WrongType(f'A source is named by its key in quotes, for example "XH0914", not by {key!r}.')
        names.update(dict.fromkeys(k.strip() for k in key.split(";")))
    return SourceList(tuple(get(k) for k in names))


def _long_date(published: str) -> str:
    """Write ``2022-09-14`` as ``14 September 2022``, ``2022-09`` as ``September 2022``.

    >>> _long_date("2022-09-14"), _long_date("2022-09"), _long_date("2022"), _long_date("")
    ('14 September 2022', 'September 2022', '2022', '')
    """
    if not published:
        return ""
    year, *rest = published.split("-")
    words = [_MONTHS[int(rest[0]) - 1]] if rest else []
    if len(rest) == 2:
        words.insert(0, str(int(rest[1])))
    return " ".join([*words, year])


def _table() -> dict[str, Source]:
    path = course_data() / "sources.csv"
    try:
        state = path.stat()
    except OSError:
        raise DamagedData(f"The file sources.csv is missing. Get a fresh copy of {path}.") from None
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, mtime: int, size: int) -> dict[str, Source]:
    """Read the sources; time and size make the cache notice when the file changes."""
    columns = [f.name for f in fields(Source)]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        return {row["key"]: Source(**{c: row[c] for c in columns}) for row in rows}
    except KeyError as missing:
        raise DamagedData(f"sources.csv has no column {missing}. Get a fresh copy of {path}.") from None
    except (OSError, UnicodeError, csv.Error):
        raise DamagedData(f"The file sources.csv cannot be read. Get a fresh copy of {path}.") from None


class CiteModule(types.ModuleType):
    """The class of this very module: ``cite["XH0914"]`` keeps what a lesson writes as short as a citation."""

    get = staticmethod(get)
    sources = staticmethod(sources)

    def __getitem__(self, key: str) -> Source:
        """Return the source with a key."""
        return get(key)


sys.modules[__name__].__class__ = CiteModule
