"""An article of the student's own: six small tables in ``my_work/article/``, and checks of their form.

`begin` puts templates there, which hold an example from a TASS report of 9 June 2017. `check` reads a table
as spreadsheets write it (semicolons, decimal commas, days in their own order), keeps the file as it came,
writes a clean one for ``pd.read_csv``, and says the first thing that cannot be so. It never judges whether a
kind, a sign or a verdict is right.
"""

import contextlib
import csv
import datetime as dt
import io
import itertools
import os
import re
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from samarkand.answers import kinds
from samarkand.common import files, home, reading
from samarkand.common.errors import CourseError, OutOfRange, WrongType, make_unknown_name, need_texts
from samarkand.common.words import join_in_words, tr, trn, write_date
from samarkand.practice.article import our_text
from samarkand.practice.by_code import write_as_typed
from samarkand.practice.reply import Reply

__all__ = ["add", "begin", "check", "edit", "path", "read"]

if TYPE_CHECKING:
    from samarkand.practice.article.row_form import RowForm

TEMPLATES = Path(__file__).resolve().parent
WORDS = reading.read_toml(TEMPLATES / "words.toml")
TABLES = tuple(WORDS["rows"])
ALLOWED, NUMBERS, DAYS = WORDS["allowed"], WORDS["numbers"], WORDS["days"]

Row = dict[str, str]


def find_folder() -> Path:
    """Return the folder of the student's own tables."""
    return home.my_work() / "article"


def path(name: str) -> Path:
    """Return the path of a table: the student's own, or the example until there is one.

    Parameters
    ----------
    name : {"article", "claims", "figures", "ways", "forecasts", "ties"}

    Raises
    ------
    UnknownName
        If there is no such table.

    Examples
    --------
    >>> path("claims").name
    'claims.csv'
    """
    if not isinstance(name, str) or name not in TABLES:
        raise make_unknown_name(tr("table"), name, TABLES)
    own = find_folder() / f"{name}.csv"
    return own if own.is_file() else TEMPLATES / f"{name}.csv"


def read(ready: int | str = "ours") -> our_text.Text:
    """Return a text to read and to practise on without the internet.

    Parameters
    ----------
    ready : int or "ours", optional
        "ours" is a short news text of the course's own. 1, 2 or 3 is an article that is ready, retold in our
        own words, paragraph by paragraph; the text says how much of the page we read.

    Raises
    ------
    OutOfRange
        If there is no such text.

    Examples
    --------
    >>> read().about["title"]
    'Two presidents at one table, and two sums'
    >>> read(2).about["outlet"]
    'Asia-Plus'
    """
    if ready == "ours":
        return our_text.read_ours()
    retold = our_text.read_retold()
    if isinstance(ready, bool) or ready not in range(1, len(retold) + 1):
        text = tr('Three articles are ready: 1, 2 and 3. article.read("ours") shows our own text.')
        raise OutOfRange(text, code="no such article", given=ready)
    return retold[int(ready) - 1]


def begin(ready: int | str = 0) -> Reply:
    """Put the templates into ``my_work/article/``; a table that is there stays as it is.

    Parameters
    ----------
    ready : int or "ours", optional
        1, 2 or 3 takes an article that is ready: its row replaces the example in ``article.csv``. "ours"
        takes the text that `read` shows, which needs no internet.

    Examples
    --------
    >>> begin(4).sentence
    'Three articles are ready: 1, 2 and 3.'
    """
    try:
        return _copy_templates(ready)
    except CannotWrite as error:
        return Reply("wrong", str(error))


def _copy_templates(ready: int | str) -> Reply:
    """Do what `begin` does; `CannotWrite` if the folder cannot be written to."""
    offered = _read_table(TEMPLATES / "ready.csv")
    if ready and ready != "ours" and ready not in range(1, len(offered) + 1):
        return Reply("wrong", tr("Three articles are ready: 1, 2 and 3."))
    for name in TABLES:
        if not (find_folder() / f"{name}.csv").exists():
            _write_example(name)
    if ready:
        return _take_ready(ready, offered)
    if path("article").parent != TEMPLATES and _has_own_article(path("article")):
        return Reply("right", _say_own())
    return _say_offered(offered)


def _has_own_article(table: Path) -> bool:
    """Return whether a student has written her own article into the table, in place of the example."""
    return read_saved_rows(table) != read_saved_rows(TEMPLATES / "article.csv")


def _take_ready(ready: int | str, offered: Sequence[Row]) -> Reply:
    """Write a ready article into ``article.csv``, unless the student's own is there.

    `ready` is ``"ours"``, or the number of one of the `offered`, counted from 1.
    """
    own = find_folder() / "article.csv"
    if _has_own_article(own):
        return Reply("wrong", tr("article.csv already has an article of yours. It stays as it is."))
    ours = ready == "ours"
    taken = our_text.read_ours().about if ours else offered[int(ready) - 1]
    columns = {"read_on": "", "paragraphs": "", **taken}
    _write_table(own, _clean_rows("article", [columns]))
    if ours:
        said = tr("Taken: “{title}”. Add the day on which you read it, and count its paragraphs.", **columns)
        return Reply("right", said)
    said = tr(
        "Taken: {link} Add the day on which you read it, and count its paragraphs. If the link does "
        "not open, article.read({n}) retells it.",
        n=ready,
        **columns,
    )
    return Reply("right", said)


def _say_offered(offered: Sequence[Row]) -> Reply:
    """Say what is in the folder, and which articles are ready to be taken.

    It is the same sentence on every day, so that a lesson that is run again shows what is stored.
    """
    names = join_in_words([f"{name}.csv" for name in TABLES])
    said = tr(
        "Your folder article has {names}. Each begins with an example: replace it with your own rows.",
        names=names,
    )
    lines = []
    for n, one in enumerate(offered, 1):
        line = tr(
            "article.begin({n}) takes “{title}” ({outlet}, {day}, paid by {paid_by}; more than {words} words "
            "and {claims} claims). Test with it: {question}",
            n=n,
            day=write_date(one["published"]),
            **one,
        )
        lines.append(line)
    retold = tr("article.read(1) shows the first of them, retold in our own words, without the internet.")
    return Reply("right", " ".join([said, tr("Or take one of three that are ready:"), *lines, retold]))


def check(name: str) -> Reply:
    """Check the form of one of the student's tables and write it anew, clean, for ``pd.read_csv``.

    Parameters
    ----------
    name : {"article", "claims", "figures", "ways", "forecasts", "ties"}

    Returns
    -------
    Reply
        The first thing that cannot be so, with its row and column; or what the table holds.

    Examples
    --------
    >>> check("clames").sentence
    'No table "clames". Did you mean "claims"?'
    """
    try:
        own = path(name)
        is_there = own.parent != TEMPLATES
        found = read_saved_rows(own)
        beside = _name_neighbours(name)
        guessed = reading.guess_letters(own) if is_there else ""
        if guessed:
            said = WORDS["letters"][guessed]
            beside = f"{tr(said, name=name)} {beside}".strip()
        if is_there:
            _keep_clean(own, found)
        if not is_there or found == read_saved_rows(TEMPLATES / own.name):
            # The same sentence with the file or without: a lesson shows the same, whatever ran before.
            none = tr(
                '{name}.csv has no row of your own yet. article.edit("{name}") opens it, with an example to '
                "replace.",
                name=name,
            )
            return Reply("open", f"{none} {beside}".strip())
        for fault in find_faults_of_table(name, found):
            return Reply("wrong", f"{fault} {beside}".strip())
        more = max(0, WORDS["rows"][name] - len(found))
        if more:
            counts = {"n": len(found), "all": WORDS["rows"][name], "more": more}
            good = tr("{n} of {all} rows, and all of them in order. {more} more to write.", **counts)
            return Reply("open", f"{good} {beside}".strip())
    except CourseError as error:
        return Reply("wrong", str(error))
    good = trn("{name}.csv is in order: {n} row.", "{name}.csv is in order: {n} rows.", len(found), name=name)
    return Reply("right", f"{good} {beside}".strip())


def _say_own() -> str:
    """Return the sentence on the student's article, once there is one, and on its claims."""
    (about, *_) = read_saved_rows(path("article"))
    try:
        claims = read_saved_rows(path("claims"))
    except CourseError:
        claims = []
    own = [] if claims == read_saved_rows(TEMPLATES / "claims.csv") else claims
    said = trn("{n} claim", "{n} claims", len(own))
    return tr(
        "Your article: “{title}” ({outlet}), {claims}.",
        title=about["title"],
        outlet=about["outlet"],
        claims=said,
    )


#: Endings of the files in which spreadsheets and editors keep tables.
ENDINGS = (".csv", ".tsv", ".txt", ".xls", ".xlsx", ".xlsm", ".ods", ".numbers")


def _name_neighbours(name: str) -> str:
    """Return a sentence on files that may hold a table under another name, newer than the table; or ""."""
    own = find_folder() / f"{name}.csv"
    age = own.stat().st_mtime if own.is_file() else 0.0
    beside = []
    for file in sorted(find_folder().glob("*")):
        alike = file.name.lower().startswith(name) and file.suffix.lower() in ENDINGS
        ours = file.name in (own.name, f"{name}.as_it_came.csv")
        if alike and not ours and not file.name.startswith(".") and file.stat().st_mtime >= age:
            beside.append(file.name)
    if not beside:
        return ""
    return tr(
        "Beside it is {files}, which is not read. If your rows are there, save them as CSV under the name "
        "{name}.csv.",
        files=join_in_words(beside),
        name=name,
    )


def add(name: str, **cells: object) -> Reply:
    """Add a row to one of the student's tables, and check it; the first row takes the place of the example.

    Parameters
    ----------
    name : {"article", "claims", "figures", "ways", "forecasts", "ties"}
    **cells : object
        The row, by column; what is left out is empty.

    Raises
    ------
    UnknownName
        If there is no such table or column.

    Examples
    --------
    >>> add("clames", id="A01")
    Traceback (most recent call last):
        ...
    samarkand.common.errors.UnknownName: No table "clames". Did you mean "claims"?
    """
    begun = path(name)
    if begun.parent == TEMPLATES:
        begin()
    own = find_folder() / f"{name}.csv"
    try:
        known = read_saved_rows(own)
    except CourseError as error:
        return Reply("wrong", str(error))
    for column in cells:
        if column not in known[0]:
            raise make_unknown_name(tr("column"), column, known[0])
    try:
        row = {column: _write_cell(column, cells.get(column)) for column in known[0]}
    except WrongType as error:
        return Reply("wrong", str(error))
    kept = [] if known == read_saved_rows(TEMPLATES / own.name) else known
    try:
        _keep_clean(own, known)
        _write_table(own, [*kept, row])
    except CannotWrite as error:
        return Reply("wrong", str(error))
    return check(name)


def _write_cell(column: str, given: object) -> str:
    """Return a cell as a student would have typed it; `WrongType` if it is no text, number or day."""
    if given is None:
        return ""
    if isinstance(given, dt.date):  # a day's hours are of no table here
        return given.strftime("%Y-%m-%d")
    return write_as_typed(given, tr("A cell of {column}", column=column))


def edit(name: str) -> "RowForm":
    """Return a form for one of the student's tables: a row at a time, with lists for the closed columns.

    Parameters
    ----------
    name : {"article", "claims", "figures", "ways", "forecasts", "ties"}

    Raises
    ------
    UnknownName
        If there is no such table.
    """
    from samarkand.practice.article.row_form import RowForm

    if path(name).parent == TEMPLATES:
        begin()
    return RowForm(name)


def own_rows(name: str) -> list[Row]:
    """Return the student's rows of a table; none while it has the example."""
    known = read_saved_rows(path(name))
    return [] if known == read_saved_rows(TEMPLATES / f"{name}.csv") else known


def next_id(name: str) -> str:
    """Return the id of the next row of a table with ids: A and two digits."""
    taken = [int(row["id"][1:]) for row in own_rows(name) if re.fullmatch(r"A\d\d", row["id"])]
    return f"A{max(taken, default=0) + 1:02}"


def find_fault(name: str, row: Row) -> str:
    """Return the first fault of a row by itself, or ""; `CourseError` if a cell cannot be read."""
    return next(iter(_faults_of_row(name, 1, _clean_rows(name, [row])[0])), "")


def replace_row(name: str, row: Row | None, number: int) -> None:
    """Put a row into a table in place of the one with this number, or at its end; None takes it away.

    Columns that the student has added keep their cells. Once no row is left, the example is back.
    """
    kept = own_rows(name)
    is_there = 0 <= number < len(kept)
    columns = list(kept[0]) if kept else _list_columns(name)
    before = kept[number] if is_there else dict.fromkeys(columns, "")
    if row is None and is_there:
        del kept[number]
    elif row is not None:
        changed = {**before, **_clean_rows(name, [row])[0]}
        if is_there:
            kept[number] = changed
        else:
            kept.append(changed)
    own = find_folder() / f"{name}.csv"
    _keep_clean(own, read_saved_rows(own))
    if kept:
        _write_table(own, kept)
    else:
        _write_example(name)


def read_saved_rows(file: Path) -> list[Row]:
    """Return the rows of a table saved by a spreadsheet, in the course's notation."""
    return _clean_rows(file.stem, _read_table(file))


def _read_table(file: Path) -> list[Row]:
    """Read a table as spreadsheets save it, in any encoding; `CourseError` where a cell would be lost."""
    filled = []
    lines, separator = reading.read_cells(file, foreign=True)
    for line in lines:
        cells = [cell.strip() for cell in line]
        if any(cells):
            filled.append(cells)
    header, *rows = filled or [[]]
    keys = [key.lower().replace(" ", "_") for key in header]
    for key in keys:
        if key and keys.count(key) > 1:
            says = tr(
                '{file} has the column "{key}" twice: rename the one that is not meant.',
                file=file.name,
                key=key,
            )
            raise CourseError(says, code="a column twice", file=file, column=key)
    for number, row in enumerate(rows, 1):
        if any(_holds_a_row(cell, separator, len(header)) for cell in row):
            says = tr(
                "{file}, row {n}: a cell goes on in the next line and holds other cells. A quotation mark "
                "may be missing, or stand where none is meant.",
                file=file.name,
                n=number,
            )
            raise CourseError(says, code="unpaired quotation marks", file=file, row=number)
        for cell in _cells_without_a_column(keys, row):
            says = _too_many(file.name, number, keys, row, cell)
            raise CourseError(says, code="too many cells", file=file, row=number)
    return [_name_cells(keys, row) for row in rows]


def _holds_a_row(cell: str, separator: str, columns: int) -> bool:
    r"""Return whether a cell has a line break and as many separators as a row: quotation marks are missing.

    Examples
    --------
    >>> _holds_a_row("trade grew,6\nA02,trade fell", ",", 3), _holds_a_row("slow,\nand sure", ",", 3)
    (True, False)
    """
    return len(cell.splitlines()) > 1 and cell.count(separator) >= columns - 1


def _name_cells(keys: Sequence[str], row: Sequence[str]) -> Row:
    """Return the cells of a row by the names of their columns; what is missing at its end is empty."""
    whole = [*row, *[""] * len(keys)]
    return {key: cell for key, cell in zip(keys, whole, strict=False) if key}


def _cells_without_a_column(keys: Sequence[str], row: Sequence[str]) -> list[str]:
    """Return the cells of a row that are beyond the header, or below a column without a name."""
    named = [*map(bool, keys), *[False] * len(row)]
    return [cell for cell, has_name in zip(row, named, strict=False) if cell and not has_name]


def _too_many(file: str, number: int, keys: Sequence[str], row: Sequence[str], cell: str) -> str:
    """Return the sentence on a row with more cells than the header, with the number that may be the cause."""
    said = tr(
        '{file}, row {n}: "{cell}" stands in a column without a name. The row has {cells} cells, the header '
        "{columns}. A comma begins a new cell.",
        file=file,
        n=number,
        cell=cell,
        cells=len(row),
        columns=len([key for key in keys if key]),
    )
    for whole, part in itertools.pairwise(row):
        if re.fullmatch(r"-?\d+", whole) and re.fullmatch(r"\d+", part):
            return f"{said} {tr('Write {whole}.{part} for {whole},{part}.', whole=whole, part=part)}"
    return f"{said} {tr('Put a text with a comma in quotation marks.')}"


def _list_columns(name: str) -> list[str]:
    """Return the columns of a table's template."""
    with (TEMPLATES / f"{name}.csv").open(encoding="utf-8", newline="") as template:
        return next(csv.reader(template))


def _clean_rows(name: str, rows: Sequence[Row]) -> list[Row]:
    """Return rows with the template's columns first, numbers with a point, days as YYYY-MM-DD.

    Columns that a student has added follow as they are.
    """
    columns = _list_columns(name)
    if not rows:
        raise CourseError(tr("{name}.csv has no rows yet.", name=name), code="no rows", table=name)
    for column in columns:
        if column not in rows[0]:
            near = get_close_matches(column, rows[0], n=1)
            hint = tr(' Is it "{near}"?', near=near[0]) if near else ""
            text = tr('{name}.csv has no column "{column}".{hint}', name=name, column=column, hint=hint)
            raise CourseError(text, code="no such column", table=name, column=column)
    cleaned = []
    for number, row in enumerate(rows, 1):
        where = tr("row {n}", n=number)
        added = {column: cell for column, cell in row.items() if column not in columns}
        cleaned.append({column: _clean_cell(row[column], column, where) for column in columns} | added)
    return cleaned


def _clean_cell(text: str, column: str, where: str) -> str:
    """Return a cell in the course's notation."""
    if column in NUMBERS or column in ("sign", "came"):
        return _clean_number(text, column, where)
    if column in DAYS and text:
        return read_day(text, column, where)
    if column == "holds":  # a spreadsheet writes True in the language of its menus
        return str(WORDS["truth"].get(text.lower(), text.capitalize()))
    return text.lower() if column in ALLOWED else re.sub(r"\s+", " ", text)


def _clean_number(text: str, column: str, where: str) -> str:
    """Return a number with a point and without spaces; `CourseError` if it can be read in two ways."""
    plain = re.sub(r"[\s\u00a0\u202f%]", "", text).replace("\u2212", "-")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", plain):
        raise CourseError(
            tr(
                'In {where}, {column}: "{text}" can be read in two ways. Write {large} or {small}.',
                where=where,
                column=column,
                text=text,
                large=plain.replace(",", ""),
                small=plain.replace(",", "."),
            ),
            code="two readings",
            column=column,
            given=text,
        )
    grouped = re.fullmatch(r"([+-]?[1-9]\d{0,2}(?:,\d{3})+)((?:\.\d+|,(?!\d{3}$)\d+)?)", plain)
    if grouped:  # 1,306,500 has commas between thousands; 0,500 and 1306,500 have none
        plain = grouped[1].replace(",", "") + grouped[2]
    plain = plain.replace(",", ".")
    return re.sub(r"^\+(?=\d)", "", plain).removesuffix(".0")


def read_day(text: str, column: str, where: str) -> str:
    """Return a day as YYYY-MM-DD; `CourseError` if it is invalid or ambiguous."""
    numbers = re.findall(r"\d+", text)
    try:
        if len(numbers) != 3:
            raise ValueError
        if len(numbers[0]) == 4:
            year, month, day = map(int, numbers)
        else:
            day, month, year = map(int, numbers)
            if len(numbers[2]) != 4:
                raise _make_error_of_short_year(text, column, where)
            if "/" in text and day <= 12 and month <= 12 and day != month:
                says = tr(
                    "In {where} the {column} could be {one} or {other}: write it so.",
                    where=where,
                    column=column,
                    one=dt.date(year, month, day),
                    other=dt.date(year, day, month),
                )
                raise CourseError(says, code="two readings", column=column, given=text)
            if month > 12:
                day, month = month, day
        return dt.date(year, month, day).isoformat()
    except ValueError:
        raise CourseError(
            tr(
                'In {where}, {column}: "{text}" is not a day. Write it like this: 2022-09-14.',
                where=where,
                column=column,
                text=text,
            ),
            code="not a day",
            column=column,
            given=text,
        ) from None


def _make_error_of_short_year(text: str, column: str, where: str) -> CourseError:
    """Return the error for a day whose year has not four digits: 14.09.22 is no day of the first century."""
    says = tr(
        'In {where}, {column}: write all four digits of the year of "{text}", like this: 2022-09-14.',
        where=where,
        column=column,
        text=text,
    )
    return CourseError(says, code="short year", column=column, given=text)


def _keep_clean(own: Path, rows: Sequence[Row]) -> None:
    """Write the clean table, with the time of the original file, which is kept beside it; `CannotWrite`."""
    with _explain_errors(own):
        body, facts = own.read_bytes(), own.stat()
        if body != _write_csv(rows):
            files.write_whole(own.with_name(f"{own.stem}.as_it_came.csv"), body)
            files.write_whole(own, _write_csv(rows))
            os.utime(own, ns=(facts.st_atime_ns, facts.st_mtime_ns))  # what is newer beside it stays newer


def _write_table(own: Path, rows: Sequence[Row]) -> None:
    """Write a table in which a row has changed; `CannotWrite`."""
    with _explain_errors(own):
        files.write_whole(own, _write_csv(rows))


def _write_example(name: str) -> None:
    """Write a table as it is at first, with the example; `CannotWrite`."""
    own = find_folder() / f"{name}.csv"
    with _explain_errors(own):
        files.write_whole(own, (TEMPLATES / own.name).read_bytes())


class CannotWrite(CourseError):
    """A table of the student's cannot be written; what is in it is whole."""

    def __init__(self, file: Path, error: OSError) -> None:
        says = tr(
            "{file} cannot be written ({why}), and stays as it is. Close it in other programs, look whether "
            "the folder {folder} may be written to and whether the disk is full, and try again.",
            file=file.name,
            why=error.strerror or error,
            folder=file.parent,
        )
        super().__init__(says, code="not written", file=file, why=error.errno)


@contextlib.contextmanager
def _explain_errors(file: Path) -> Iterator[None]:
    """Raise `CannotWrite` in place of an `OSError`."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(file, error) from None


def _write_csv(rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def find_faults_of_table(name: str, rows: Sequence[Row]) -> Iterator[str]:
    """Yield a sentence for each fault, row by row, then between rows."""
    for number, row in enumerate(rows, 1):
        yield from _faults_of_row(name, number, row)
    yield from _find_contradictions(name, rows)


def _faults_of_row(name: str, number: int, row: Row) -> Iterator[str]:
    """Yield a sentence for each fault of a row by itself."""
    where = row.get("id") or tr("Row {n}", n=number)
    for column, words in ALLOWED.items():
        if column in row and row[column] not in words:
            near = get_close_matches(row[column], words, n=1)
            hint = tr(" {near}?", near=near[0]) if near else ""
            allowed = join_in_words([word for word in words if word], last="or")
            yield tr(
                '{where}: "{text}" is none of what {column} allows: {allowed}.{hint}',
                where=where,
                text=row[column],
                column=column,
                allowed=allowed,
                hint=hint,
            )
    for column in NUMBERS:
        if row.get(column) and not re.fullmatch(r"-?\d+(\.\d+)?", row[column]):
            text = tr(
                '{column} is a number; "{text}" is none. Write digits, such as 45.7.',
                column=column,
                text=row[column],
            )
            yield f"{where}: {text}"
    for column in (column for column in WORDS["filled"].get(name, ()) if not row[column]):
        sentence = WORDS["empty"]["day" if column in DAYS else name]
        yield f"{where}: {tr(sentence, column=column)}"
    for fault, broken in RULES.get(name, {}).items():
        n = broken(row)
        if n:
            yield f"{where}: {tr(WORDS['faults'][name][fault], n=n, **row)}"


def _count_quoted(row: Row) -> int:
    """Return the number of words of the longest quotation."""
    return max((len(part.split()) for part in re.findall(r'["“](.*?)["”]', row["paraphrase"])), default=0)


def _count_words(row: Row) -> str:
    return str(len(row["paraphrase"].split()))


#: What is wrong with a row, by table and fault: ``words.toml`` has the sentence; the value fills its ``n``.
RULES: dict[str, dict[str, Callable[[Row], object]]] = {
    "article": {
        "link": lambda row: not row["link"].startswith(("http://", "https://")),
        "early": lambda row: row["published"] > row["read_on"],
    },
    "claims": {
        "id": lambda row: not re.fullmatch(r"A\d\d", row["id"]),
        "block": lambda row: not re.fullmatch(r"P\d\d|T1", row["block"]),
        "length": lambda row: not 4 <= int(_count_words(row)) <= 30 and _count_words(row),
        "quoted": lambda row: _count_quoted(row) > 8 and _count_quoted(row),
        "speaker": lambda row: not row["speaker"],
        "newsroom": lambda row: row["type"] == "quotation" and row["speaker"].lower() == "newsroom",
        "hedge": lambda row: row["hedge"].lower() in ("yes", "no", "true", "false"),
        "unit": lambda row: row["figure"] and not row["unit"],
    },
    "forecasts": {
        "due": lambda row: not row["due"] or row["due"] <= row["written_on"],
        "rule": lambda row: len(row["rule"].split()) < 5 or kinds.VAGUE.search(row["rule"]),
        "chance": lambda row: not row["chance"] or not 0 <= float(row["chance"]) <= 100,
        "share": lambda row: 0 < float(row["chance"]) < 1,
        "certain": lambda row: float(row["chance"]) in (0, 100),
        "settled": lambda row: row["came"] and row["due"] > dt.date.today().isoformat(),
    },
    "ties": {
        "ends": lambda row: not row["target"] or row["actor"].lower() in ("", row["target"].lower()),
        "block": lambda row: not row["block"],
    },
}
for _table in {**RULES, **WORDS["faults"]}:
    need_texts(f"words.toml, {_table}", RULES.get(_table, ()), WORDS["faults"].get(_table, ()))


def _find_contradictions(name: str, rows: Sequence[Row]) -> Iterator[str]:
    """Yield a sentence for each contradiction between rows."""
    if name == "claims":
        ids = [row["id"] for row in rows]
        for id in {id for id in ids if ids.count(id) > 1}:
            yield tr("{id} is there twice.", id=id)
        speakers = sorted({row["speaker"] for row in rows})
        for one in speakers:
            last = one.split()[-1:]
            for other in speakers:
                if one != other and last == other.split()[-1:] and len(one) < len(other):
                    yield tr(
                        '"{one}" and "{other}": are they the same? Then spell them alike.',
                        one=one,
                        other=other,
                    )
    if name in ("figures", "ways"):
        known = {row["id"] for row in _clean_rows("claims", _read_table(path("claims")))}
        for claim in dict.fromkeys(row["claim"] for row in rows if row["claim"] not in known):
            yield tr("claims.csv has no {claim}: add its row there, or correct the id here.", claim=claim)
    if name == "figures":
        for row in rows:
            same = [r for r in rows if r["claim"] == row["claim"]]
            measured = {(r["measure"], r["day"], r["counter"]) for r in same}
            if len(same) > len(measured):
                yield tr(
                    "Two rows on {claim} have the same measure, day and counter: keep one of them.",
                    claim=row["claim"],
                )
                return
    if name == "ways":
        pairs = {(row["first_choice"], row["second_choice"]) for row in rows}
        if len(pairs) < len(rows):
            yield tr("Each pair of choices can occur only once.")
