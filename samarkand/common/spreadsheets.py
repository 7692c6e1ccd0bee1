"""The one writer of CSV files: no spreadsheet reads a cell of them as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

#: A cell that is a plain number, or the dash that Moodle writes for "no grade": no formula.
_HARMLESS = re.compile(r"\s*[+-]?(\d+([.,]\d+)?)?\s*")
#: Where a formula could begin: at the start of a text, or after a character that may separate cells. Where
#: one writes Chinese or Japanese, a spreadsheet takes the wide signs, too.
_FORMULA = re.compile(r"(?:^|(?<=[;,\t\r\n]))(?=\s*[=+\-@＝＋－＠])|^(?=[\t\r])")
#: The apostrophe that `guard_cell` writes there.
_GUARDED = re.compile(r"(?:^|(?<=[;,\t\r\n]))'(?=\s*[=+\-@＝＋－＠])|^'(?=[\t\r])")


def guard_cell(cell: Any) -> Any:
    """Return a cell as it may be written: an apostrophe stands before what could begin a formula.

    Examples
    --------
    >>> guard_cell("=1+1"), guard_cell("-"), guard_cell("-2.5"), guard_cell("Ada"), guard_cell(-2.5)
    ("'=1+1", '-', '-2.5', 'Ada', -2.5)
    """
    if not isinstance(cell, str) or _HARMLESS.fullmatch(cell):
        return cell
    return _FORMULA.sub("'", cell)


def unguard_cell(cell: str) -> str:
    """Return a cell as it was before `guard_cell`.

    Examples
    --------
    >>> unguard_cell("'=1+1"), unguard_cell("'s-Gravenhage")
    ('=1+1', "'s-Gravenhage")
    """
    return _GUARDED.sub("", cell)


def as_csv(table: Iterable[Sequence[Any]], separator: str = ",") -> str:
    """Return rows of cells as CSV text of which no spreadsheet reads a cell as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    for row in table:
        writer.writerow([guard_cell(cell) for cell in row])
    return out.getvalue()
