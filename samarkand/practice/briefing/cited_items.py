"""The items that a page can cite, by the reference in square brackets, with their publishers.

A row of a table is cited by its id, or by table and number as pandas shows it (``partners:217``); a source
by its key; the student's own work by the id of a note or prediction, a forecast (``F5``), a claim (``A01``)
or a table of the own article (``figures.csv``, ``figures.csv:0``). Anything else is written out, as
``[publisher, 2022-09-12, https://...]``.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from samarkand import data
from samarkand.common import journal, reading
from samarkand.common.errors import CourseError, make_unknown_name
from samarkand.common.words import tr, write_date
from samarkand.practice import article, forecasts
from samarkand.sources import cite, name_with_copy

WORDS = reading.read_toml(Path(__file__).with_name("words.toml"))
#: The tables to search for evidence, with a template for the text of a row of each.
TOLD: dict[str, str] = WORDS["told"]
#: Columns of a student's tables that say nothing to a reader of the page: links are in the list of sources.
HIDDEN = ("link", "later", "id", "block")
_WRITTEN_OUT = re.compile(r"(.+?), ?(\d{4}-\d\d-\d\d), ?(https?://\S+)")


class Item(NamedTuple):
    """An item that a page cites: its publishers, and the day from which it was known, as exactly as we know.

    `own` is the student's; `rows` are those of an own table that is shown whole. `names` are the publishers
    as readers are told them, with whose copy was read; none where each publisher's own page is linked.
    """

    ref: str
    what: str
    publishers: tuple[str, ...] = ()
    known: str = ""
    links: tuple[str, ...] = ()
    own: bool = False
    rows: tuple[dict[str, str], ...] = ()
    names: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """The publishers as readers are told them, one for each of `collect_publishers`."""
        return self.names or self.publishers

    def after(self, day: str) -> bool:
        """Return whether it became known after a day."""
        return not self.own and self.known > day[: len(self.known)]


def find_item(ref: str) -> Item:
    """Return the item that a reference cites; `UnknownName` if there is none."""
    out = _WRITTEN_OUT.fullmatch(ref)
    if out:
        known = article.read_day(out[2], tr("day"), f"[{ref}]")
        return Item(
            ref=ref,
            what=tr("Looked up on the web"),
            publishers=(_find_publisher(out[1]),),
            known=known,
            links=(out[3],),
        )
    own = find_own(ref)
    if own:
        return own
    row = find_row(ref)
    if row:
        return _find_row(row.table, row.number, ref)
    keys = data.load("sources")["key"]
    if ref not in set(keys):
        raise make_unknown_name(tr("source"), ref, [*_find_ids(), *keys])
    one = cite[ref]
    publisher = _find_publisher(one.publisher)
    name = name_with_copy(publisher, one.via)
    return Item(
        ref=ref, what=one.title, publishers=(publisher,), known=one.published, links=(one.url,), names=(name,)
    )


class Row(NamedTuple):
    """A row of the course's tables: the table's name, and the row's number as pandas shows it."""

    table: str
    number: int


def find_row(ref: str) -> Row | None:
    """Return the row of the course's tables that a reference cites, or None if it cites something else.

    Examples
    --------
    >>> find_row("partners:217")
    Row(table='partners', number=217)
    """
    name, _, number = ref.partition(":")
    if name in TOLD and number.isdigit() and int(number) in _load_rows(name):
        return Row(name, int(number))
    return _find_ids().get(ref)


def list_evidence() -> Iterator[Item]:
    """Yield each row of the tables to search for evidence."""
    for name in TOLD:
        for number in _load_rows(name):
            yield _find_row(name, number)


@cache
def _find_ids() -> dict[str, Row]:
    """Return the rows that have ids, by id."""
    found = {}
    for name in TOLD:
        for number, row in _load_rows(name).items():
            if "id" in row:
                found[row["id"]] = Row(name, number)
    return found


@cache
def _load_rows(name: str) -> dict[Any, dict[Any, Any]]:
    return data.load(name).to_dict("index")


@cache
def _find_row(name: str, number: int, ref: str = "") -> Item:
    row = {column: cell for column, cell in _load_rows(name)[number].items() if pd.notna(cell)}
    row |= {side: _list_names().get(row[side], row[side]) for side in ("reporter", "partner") if side in row}
    sources = cite.sources("ART" if name == "claims" else row["source"])
    known = row["known_by"].strftime("%Y-%m-%d") if "known_by" in row else cite["ART"].published
    try:
        what = tr(TOLD[name], **row)
    except KeyError:  # an empty cell: the filled ones are told
        what = ", ".join(f"{column} {cell}" for column, cell in row.items() if column != "source")
    links, names = {}, {}
    for one in sources:
        publisher = _find_publisher(one.publisher)
        links[publisher] = one.url
        names[publisher] = name_with_copy(publisher, one.via)
    return Item(
        ref=ref or row.get("id") or f"{name}:{number}",
        what=what,
        publishers=tuple(links),
        known=known,
        links=tuple(links.values()),
        names=tuple(names.values()),
    )


def find_own(ref: str) -> Item | None:
    """Return the student's own work with this reference, or None."""
    name, _, number = ref.partition(":")
    if name.endswith(".csv") and name[:-4] in article.TABLES:
        rows = article.read_saved_rows(article.path(name[:-4]))
        if number and not (number.isdigit() and int(number) < len(rows)):
            text = tr(
                "{table} has no row {n}. Its rows are counted from 0, as Python does: the last is {last}.",
                table=name,
                n=number,
                last=len(rows) - 1,
            )
            raise CourseError(text, code="no such row", table=name, row=number)
        if name == "figures.csv":
            return _find_figures(ref, rows, number)
        told = {column: cell for column, cell in rows[int(number or 0)].items() if column not in HIDDEN}
        what = ", ".join(filter(None, told.values())) if number else tr(WORDS["captions"][name[:-4]])
        return Item(ref, what, own=True, rows=() if number else tuple(rows))
    claims = article.read_saved_rows(article.path("claims")) if re.fullmatch(r"A\d\d", ref) else []
    for claim in (one for one in claims if one["id"] == ref):
        paper, *_ = article.read_saved_rows(article.path("article"))
        what = f"{claim['speaker']}: {claim['paraphrase']}"
        return Item(
            ref=ref,
            what=what,
            publishers=(_find_publisher(paper["outlet"]),),
            known=paper["published"],
            links=(paper["link"],),
        )
    entries = [*journal.read_journal("notes").entries, *journal.read_journal("predictions").entries]
    said = {
        one["id"]: str(one.get("text", one.get("guess"))) for one in entries if {"text", "guess"} & {*one}
    }
    mine = forecasts.read_latest().get(ref)
    if mine:
        said[ref] = f"{mine.probability:.0%}, {forecasts.question(ref).text}"
    return Item(ref, tr("I wrote: “{text}”", text=said[ref]), own=True) if ref in said else None


def _find_figures(ref: str, rows: list[dict[str, str]], number: str) -> Item:
    """Return the student's figures, or one of them: who counted it published it, on its day, at its link."""
    chosen = [rows[int(number)]] if number else rows
    said = []
    for row in chosen:
        said.append(tr("{measure}: {value} {unit} on {day}", **{**row, "day": write_date(row["day"])}))
    counters = {_find_publisher(row["counter"]): row["link"] for row in chosen}
    return Item(
        ref=ref,
        what="; ".join(said),
        publishers=tuple(counters),
        known=max(row["day"] for row in chosen),
        links=tuple(counters.values()),
        rows=() if number else tuple(rows),
    )


@cache
def _list_names() -> dict[str, str]:
    return dict(data.load("states")[["iso3", "name"]].itertuples(index=False, name=None))


@cache
def collect_publishers() -> dict[str, tuple[str, str]]:
    """Return {spelling: (publisher's name, state that owns or pays it, or "")}."""
    found = {}
    for row in data.load("publishers").fillna("").astype(str).itertuples():
        for spelling in str(row.spellings).split("|"):
            found[spelling.strip()] = (str(row.publisher), str(row.which_state))
    return found


def _find_publisher(name: str) -> str:
    return collect_publishers().get(name, (name, ""))[0]
