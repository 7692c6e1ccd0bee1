"""The explorer of lesson 11: rows that could be evidence, each with the reference that cites it."""

from collections import defaultdict

from samarkand import data
from samarkand.common.words import join_in_words, tr, write_date, write_minus_signs
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup
from samarkand.practice.briefing import cited_items

__all__ = ["evidence"]

_WORDS = Words("evidence")
ALL = "all"
#: The day of our own pages, and the maximum number of rows shown at once.
EVE, MOST = "2022-09-14", 12
#: The maximum number of other counts that a row names.
OTHERS = 4


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
    rows = list(cited_items.list_evidence())
    tables: list[str] = []  # the table of each row
    for name in cited_items.TOLD:
        tables += [name] * len(data.load(name))
    counts_of: dict[str, list[str]] = defaultdict(list)  # the references of all counts of one quantity
    for name, row in zip(tables, rows, strict=True):
        if name in ("numbers", "who_counted"):
            counts_of[_name_quantity(row)].append(row.ref)

    def draw(search: str, table: str, known: str) -> Panel:
        wanted = search.casefold().split()
        found = []
        for name, row in zip(tables, rows, strict=True):
            text = f"{row.what} {row.named}".casefold()
            if table in (ALL, name) and all(word in text for word in wanted):
                found.append(row)
        out_by_then = [row for row in found if not row.after(EVE)]
        fit = found if known == ALL else out_by_then
        later = _WORDS("later", n=len(found) - len(out_by_then))
        where = tr("all tables") if table == ALL else table
        if not fit:
            return Panel(_WORDS("no_row", where=where, text=search, later=later), "")
        shown = _WORDS("shown", most=MOST) if len(fit) > MOST else ""
        said = _WORDS("fit", n=len(fit), where=where)
        lines = []
        for row in fit[:MOST]:
            others = [ref for ref in counts_of[_name_quantity(row)] if ref != row.ref]
            names, day_known = join_in_words(row.named), write_date(row.known)
            lines.append(
                (f"[{row.ref}]", write_minus_signs(row.what), names, day_known, ", ".join(others[:OTHERS]))
            )
        return Panel(
            " ".join(filter(None, [said, shown, later])),
            markup.make_table(tr("Rows that fit"), _WORDS.found["heads"], lines, broad=True),
        )

    tables_to_choose = {ALL: tr("all")}
    for name in cited_items.TOLD:
        tables_to_choose[name] = name
    return _WORDS.explorer(draw, {"table": tables_to_choose}, day=write_date(EVE))


def _name_quantity(row: cited_items.Item) -> str:
    """Return the quantity that a row counts: its words up to the first comma."""
    return row.what.partition(",")[0]
