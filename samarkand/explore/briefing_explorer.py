"""The explorer of lesson 11: rows that could be evidence, each with the reference that cites it."""

from collections import defaultdict

from samarkand import data
from samarkand.common.words import dated, listed, tr
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup
from samarkand.practice.briefing import _items

__all__ = ["evidence"]

_WORDS = Words("evidence")
ALL = "all"
#: The day of our own pages, and the maximum number of rows shown at once.
EVE, MOST = "2022-09-14", 12


def evidence() -> Explorer:
    """Return an explorer of rows that a page can cite, each with content, publisher and day it became known.

    Other counts of the same quantity are beside a row, since they may contradict it.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> "NU037" in evidence().render(search="china-kazakhstan trade")
    True
    """
    rows = list(_items.every())
    tables = [name for name in _items.TOLD for _ in range(len(data.load(name)))]
    same = defaultdict(list)
    for name, one in zip(tables, rows, strict=True):
        if name in ("numbers", "who_counted"):
            same[one.what.partition(",")[0]].append(one.ref)

    def draw(search: str, table: str, known: str) -> Panel:
        wanted = search.casefold().split()
        found = [
            one
            for name, one in zip(tables, rows, strict=True)
            if table in (ALL, name) and all(w in f"{one.what} {one.publishers}".casefold() for w in wanted)
        ]
        fit = [one for one in found if known == ALL or not one.after(EVE)]
        later = _WORDS("later", n=sum(one.after(EVE) for one in found))
        where = tr("all tables") if table == ALL else table
        if not fit:
            return Panel(_WORDS("no_row", where=where, text=search, later=later), "")
        shown = _WORDS("shown", most=MOST) if len(fit) > MOST else ""
        said = _WORDS("fit", n=len(fit), where=where)
        lines = [
            (f"[{one.ref}]", one.what, listed(one.publishers), dated(one.known),
             ", ".join([r for r in same[one.what.partition(",")[0]] if r != one.ref][:4]))
            for one in fit[:MOST]
        ]  # fmt: skip
        return Panel(
            " ".join(filter(None, [said, shown, later])),
            markup.table(tr("Rows that fit"), _WORDS.found["heads"], lines, broad=True),
        )

    return _WORDS.explorer(draw, {"table": {ALL: tr("all"), **{n: n for n in _items.TOLD}}}, day=dated(EVE))
