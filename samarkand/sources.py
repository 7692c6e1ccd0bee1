"""Citations: one source by its key, and the list of sources at the end of a lesson.

>>> from samarkand import cite
>>> print(cite["XH0914"])
Xinhua: Xi arrives in Kazakhstan for state visit. 14 September 2022. Via China Military Online.
"""

import html
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from samarkand.common.errors import WrongType, make_unknown_name
from samarkand.common.home import course_data
from samarkand.common.reading import cache_reader, read_rows
from samarkand.common.words import tr, write_date

#: How a key is spelt, as a regular expression.
KEY = r"\d*[A-Z][A-Z0-9-]+[a-z]?"


def name_with_copy(publisher: str, via: str) -> str:
    """Return how a source is named wherever a reader meets it.

    Parameters
    ----------
    publisher : str
        Who first published it.
    via : str
        Whose copy was read; empty where the original was.

    Examples
    --------
    >>> name_with_copy("Reuters", "The Straits Times")
    'Reuters via The Straits Times'
    >>> name_with_copy("Reuters", "")
    'Reuters'
    """
    if not via:
        return publisher
    return tr("{publisher} via {copy}", publisher=publisher, copy=via)


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
        The part that was read: ``"full text"``, ``"excerpt"`` or ``"data"``.
    kind : str
        ``"primary"``, ``"agency"``, ``"press"``, ``"dataset"`` or ``"reference"``.
    via : str
        The publisher of the copy that was read in place of the original.
    note : str
        A caution for readers.
    day_words : str
        How the day is said where it is inferred; empty where it is printed on the page.
    better : str
        Key of the publisher's own page of the same document or vote, which is to be cited instead.
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
    day_words: str
    better: str

    def __str__(self) -> str:
        day = self.when[:1].upper() + self.when[1:]
        parts = [f"{self.publisher}: {self.title}", day]
        parts += [tr("Via {publisher}", publisher=self.via) if self.via else ""]
        return " ".join(f"{part}." for part in parts if part)

    @property
    def name(self) -> str:
        """Who published it and, where a copy was read, whose copy: the name of a source on every screen."""
        return name_with_copy(self.publisher, self.via)

    @property
    def when(self) -> str:
        """The day as readers are told it; empty when unknown."""
        return self.day_words or write_date(self.published)

    @property
    def who_and_when(self) -> str:
        """Name and day, in short form."""
        return ", ".join(part for part in (self.name, self.when) if part)

    def __repr__(self) -> str:
        return f"[{self.key}] {self}"

    def _repr_html_(self) -> str:
        return f"<p>{self._item()}</p>"

    def _item(self) -> str:
        """Return the reference with its title as a link."""
        text = html.escape(str(self))
        title = html.escape(self.title)
        link = f'<a href="{html.escape(self.url)}" rel="noreferrer">{title}</a>'
        return f"{text.replace(title, link, 1)} <small>{html.escape(self.key)}</small>"


@dataclass(frozen=True)
class SourceList:
    """Sources in the order in which they were asked for: text when printed, a list in a notebook."""

    items: tuple[Source, ...]

    def __iter__(self) -> Iterator[Source]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return f"{tr('Sources')}\n" + "\n".join(
            f"{number}. {source!r}" for number, source in enumerate(self.items, 1)
        )

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{s._item()}</li>" for s in self.items)
        return f'<ol aria-label="{html.escape(tr("Sources"))}">{items}</ol>'


class Citations:
    """The class of ``cite``: a source by its key, and the list of sources at the end of a lesson."""

    def __getitem__(self, key: str) -> Source:
        """Return the source with a key.

        Parameters
        ----------
        key : str
            Short name of the source, as in every column ``source``.

        Raises
        ------
        UnknownName
            If no source has that key; it names the nearest one.

        Examples
        --------
        >>> cite["ART"].publisher
        'DW'
        """
        table = _read(course_data() / "sources.csv")
        if isinstance(key, str) and key in table:
            return table[key]
        several = tr("A cell with several keys is split first: cite.sources(cell).")
        raise make_unknown_name(tr("source"), key, table, hint=several if ";" in str(key) else "")

    def sources(self, *keys: str) -> SourceList:
        """Return a list of sources to print at the end of a lesson.

        Parameters
        ----------
        *keys : str
            Keys; a cell of a column ``source`` with several keys, ``;`` between them, is taken apart.
            A key that comes twice is listed once.

        Raises
        ------
        UnknownName
            If a key is unknown.
        WrongType
            If a key is no text, or none is given.

        Examples
        --------
        >>> [source.key for source in cite.sources("XH0914", "ART;XH0914")]
        ['XH0914', 'ART']
        """
        if not keys:
            raise WrongType(tr('Name at least one source: cite.sources("XH0914", "ART").'), code="no source")
        names: dict[str, None] = {}
        for key in keys:
            if not isinstance(key, str):
                raise WrongType(
                    tr(
                        'A source is named by its key in quotes, for example "XH0914", not by {given!r}.',
                        given=key,
                    ),
                    code="not a text",
                    given=key,
                )
            names.update(dict.fromkeys(one.strip() for one in key.split(";")))
        return SourceList(tuple(self[one] for one in names))


cite = Citations()


@cache_reader
def _read(path: Path) -> dict[str, Source]:
    """Read the sources of a file, by their keys."""
    columns = [field.name for field in fields(Source)]
    found = {}
    for row in read_rows(path, *columns):
        found[row["key"]] = Source(**{column: row[column] for column in columns})
    return found
