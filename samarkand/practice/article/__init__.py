"""An article of the student's own: six small tables in ``my_work/article/``, and checks of their form.

`begin` puts templates there, which hold an example from a TASS report of 9 June 2017. `check` reads a table
as spreadsheets write it (semicolons, decimal commas, days in their own order), keeps the file as it came,
writes a clean one for ``pd.read_csv``, and says the first thing that cannot be so. It never judges whether a
kind, a sign or a verdict is right.
"""

import csv
import datetime as dt
import io
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from samarkand.ground import files, home, reading
from samarkand.ground.errors import CourseError, unknown
from samarkand.ground.words import dated, listed, tr, trn
from samarkand.practice.answers import kinds
from samarkand.practice.answers.reply import Reply

__all__ = ["begin", "check", "path"]

TEMPLATES = Path(__file__).resolve().parent
TABLES = ("article", "claims", "figures", "ways", "forecasts", "ties")
#: Allowed values by column.
ALLOWED = {
    "type": ("fact", "forecast", "interpretation", "opinion", "quotation", "not-a-claim"),
    "role": ("newsroom", "official", "expert", "company", "witness", "document", "unnamed"),
    "verifiable": ("yes", "partly", "no"),
    "later": ("yes", "no"),
    "holds": ("True", "False"),
    "sign": ("-1", "0", "1"),
    "came": ("", "0", "0.5", "1"),
}
NUMBERS = ("paragraphs", "figure", "value", "chance")
DAYS = ("published", "read_on", "day", "due", "written_on", "settled_on")
#: Minimum number of rows by table.
ROWS = {"article": 1, "claims": 10, "figures": 2, "ways": 4, "forecasts": 2, "ties": 5}

Row = dict[str, str]


def folder() -> Path:
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
    if name not in TABLES:
        raise unknown(tr("table"), name, TABLES)
    own = folder() / f"{name}.csv"
    return own if own.is_file() else TEMPLATES / f"{name}.csv"


def begin(ready: int = 0) -> Reply:
    """Put the templates into ``my_work/article/``; a table that is there stays as it is.

    Parameters
    ----------
    ready : int, optional
        1, 2 or 3 takes an article that is ready: its row replaces the example in ``article.csv``.

    Examples
    --------
    >>> begin(4).sentence
    'Three articles are ready: 1, 2 and 3.'
    """
    offered = _read(TEMPLATES / "ready.csv")
    if ready and ready not in range(1, len(offered) + 1):
        return Reply("wrong", tr("Three articles are ready: 1, 2 and 3."))
    folder().mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        if not (folder() / f"{name}.csv").exists():
            shutil.copyfile(TEMPLATES / f"{name}.csv", folder() / f"{name}.csv")
    if ready:
        own = folder() / "article.csv"
        if rows(own) != rows(TEMPLATES / own.name):
            return Reply("wrong", tr("article.csv already has an article of yours. It stays as it is."))
        columns = {"read_on": "", "paragraphs": "", **offered[ready - 1]}
        _keep(own, _clean("article", [columns]))
        return Reply(
            "right",
            tr("Taken: {link} Add the day on which you read it, and count its paragraphs.", **columns),
        )
    names = listed([f"{name}.csv" for name in TABLES])
    # The same sentence on every day, so that a lesson that is run again shows what is stored.
    said = tr(
        "Your folder article has {names}. Each begins with an example: replace it with your own rows.",
        names=names,
    )
    lines = [
        tr("article.begin({n}) takes “{title}” ({outlet}, {day}, paid by {paid_by}; more than {words} words "
           "and {claims} claims). Test with it: {question}", n=n, day=dated(one["published"]), **one)
        for n, one in enumerate(offered, 1)
    ]  # fmt: skip
    return Reply("right", " ".join([said, tr("Or take one of three that are ready:"), *lines]))


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
        if own.parent == TEMPLATES:
            return Reply(
                "open", tr("There is no my_work/article/{name}.csv yet: article.begin() makes it.", name=name)
            )
        found = rows(own)
        _keep(own, found)
        if found == rows(TEMPLATES / own.name):
            return Reply(
                "open", tr("{name}.csv still has the example. Replace it with your own rows.", name=name)
            )
        for fault in _faults(name, found):
            return Reply("wrong", fault)
        if more := max(0, ROWS[name] - len(found)):
            counts = {"n": len(found), "all": ROWS[name], "more": more}
            return Reply(
                "open", tr("{n} of {all} rows, and all of them in order. {more} more to write.", **counts)
            )
    except CourseError as error:
        return Reply("wrong", str(error))
    return Reply(
        "right",
        trn("{name}.csv is in order: {n} row.", "{name}.csv is in order: {n} rows.", len(found), name=name),
    )


def rows(file: Path) -> list[Row]:
    """Return the rows of a table saved by a spreadsheet, in the course's notation."""
    return _clean(file.stem, _read(file))


def _read(file: Path) -> list[Row]:
    """Read a table as spreadsheets save it, in any encoding."""
    lines = [[cell.strip() for cell in line] for line in reading.cells(file, otherwise="cp1252")[0]]
    header, *rows = [line for line in lines if any(line)] or [[]]
    keys = [key.lower().replace(" ", "_") for key in header]
    return [dict(zip(keys, row + [""] * len(keys), strict=False)) for row in rows]


def _clean(name: str, rows: Sequence[Row]) -> list[Row]:
    """Return rows with the template's columns in its order, numbers with a point, days as YYYY-MM-DD."""
    columns = next(csv.reader((TEMPLATES / f"{name}.csv").open(encoding="utf-8", newline="")))
    if not rows:
        raise CourseError(tr("{name}.csv has no rows yet.", name=name))
    for column in columns:
        if column not in rows[0]:
            near = get_close_matches(column, rows[0], n=1)
            hint = tr(' Is it "{near}"?', near=near[0]) if near else ""
            text = tr('{name}.csv has no column "{column}".{hint}', name=name, column=column, hint=hint)
            raise CourseError(text)
    return [
        {column: _cell(row[column], column, tr("row {n}", n=number)) for column in columns}
        for number, row in enumerate(rows, 1)
    ]


def _cell(text: str, column: str, where: str) -> str:
    """Return a cell in the course's notation."""
    if column in NUMBERS or column in ("sign", "came"):
        plain = re.sub(r"[\s\u00a0\u202f%]", "", text)
        plain = re.sub(r",(?=\d{3}(\D|$))", "", plain).replace(",", ".").replace("\u2212", "-")
        return re.sub(r"^\+(?=\d)", "", plain).removesuffix(".0")
    if column in DAYS and text:
        return read_day(text, column, where)
    if column == "holds":
        return text.capitalize()
    return text.lower() if column in ALLOWED else re.sub(r"\s+", " ", text)


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
            if "/" in text and day <= 12 and month <= 12 and day != month:
                says = tr(
                    "In {where} the {column} could be {one} or {other}: write it so.",
                    where=where,
                    column=column,
                    one=dt.date(year, month, day),
                    other=dt.date(year, day, month),
                )
                raise CourseError(says)
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
            )
        ) from None


def _keep(own: Path, rows: Sequence[Row]) -> None:
    """Write the clean table; keep the original file beside it."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    clean = text.getvalue().encode()
    if own.read_bytes() != clean:
        shutil.copyfile(own, own.with_name(f"{own.stem}.as_it_came.csv"))
        files.write_whole(own, clean)


def _faults(name: str, rows: Sequence[Row]) -> Iterator[str]:
    """Yield a sentence for each fault, row by row, then between rows."""
    for number, row in enumerate(rows, 1):
        where = row.get("id") or tr("Row {n}", n=number)
        for column, words in ALLOWED.items():
            if column in row and row[column] not in words:
                near = get_close_matches(row[column], words, n=1)
                hint = tr(" {near}?", near=near[0]) if near else ""
                allowed = listed([word for word in words if word], last="or")
                yield tr(
                    '{where}: "{text}" is none of what {column} allows: {allowed}.{hint}',
                    where=where, text=row[column], column=column, allowed=allowed, hint=hint,
                )  # fmt: skip
        for column in NUMBERS:
            if row.get(column) and not re.fullmatch(r"-?\d+(\.\d+)?", row[column]):
                yield tr(
                    '{where}: {column} is a number; "{text}" is none.',
                    where=where,
                    column=column,
                    text=row[column],
                )
        yield from (f"{where}: {fault}" for fault in RULES[name](row))
    yield from _between(name, rows)


def _article(row: Row) -> Iterator[str]:
    if not row["link"].startswith(("http://", "https://")):
        yield tr("the link begins with https://.")
    for column in ("title", "outlet", "published", "read_on", "paid_by"):
        if not row[column] and column in DAYS:
            yield tr("{column} is empty. Write the day like this: 2022-09-14.", column=column)
        elif not row[column]:
            yield tr("{column} is empty; if you looked and found nothing, write: not found.", column=column)
    if row["published"] > row["read_on"]:
        yield tr("the day on which you read it is before the day of publication.")


def _claim(row: Row) -> Iterator[str]:
    if not re.fullmatch(r"A\d\d", row["id"]):
        yield tr("an id is A and two digits, such as A01.")
    if not re.fullmatch(r"P\d\d|T1", row["block"]):
        yield tr("block is P and two digits, such as P01, or T1 for the title.")
    words = row["paraphrase"].split()
    if not 4 <= len(words) <= 30:
        yield tr("a paraphrase has 4 to 30 words; this has {n}.", n=len(words))
    quoted = max((len(part.split()) for part in re.findall(r'["“](.*?)["”]', row["paraphrase"])), default=0)
    if quoted > 8:
        yield tr("{n} words in quotation marks. Say it in your own words: these are the paper's.", n=quoted)
    if not row["speaker"]:
        yield tr("whose claim is it? Write a name, newsroom or unnamed.")
    if row["type"] == "quotation" and row["speaker"].lower() == "newsroom":
        yield tr("a quotation has a speaker. The newsroom only quotes it: who speaks?")
    if row["hedge"].lower() in ("yes", "no", "true", "false"):
        yield tr("hedge holds the word itself, such as may, or nothing.")
    if row["figure"] and not row["unit"]:
        yield tr("a figure needs a unit.")


def _filled(*columns: str) -> Callable[[Row], Iterator[str]]:
    """Return a rule that reports empty cells in these columns."""
    return lambda row: (tr("{column} is empty.", column=column) for column in columns if not row[column])


def _forecast(row: Row) -> Iterator[str]:
    if not row["due"] or row["due"] <= row["written_on"]:
        yield tr("due is a day after written_on.")
    if len(row["rule"].split()) < 5 or kinds.VAGUE.search(row["rule"]):
        yield tr("a rule says who does what, so that a stranger could say yes or no.")
    if not row["chance"] or not 0 <= float(row["chance"]) <= 100:
        yield tr("a chance is from 0 to 100.")
    elif 0 < float(row["chance"]) < 1:
        yield tr("a chance is in per cent: write 60 for 0.6.")
    elif float(row["chance"]) in (0, 100):
        yield tr("{chance} %: nothing could change your mind? Write 1 or 99.", chance=row["chance"])
    today = dt.date.today().isoformat()
    if row["came"] and row["due"] > today:
        yield tr("it was settled before its day: it is due on {due}.", due=row["due"])


def _tie(row: Row) -> Iterator[str]:
    if not row["actor"] or not row["target"] or row["actor"].lower() == row["target"].lower():
        yield tr("a tie connects two different actors.")
    if not row["block"]:
        yield tr("in which paragraph is this tie?")


RULES: dict[str, Callable[[Row], Iterator[str]]] = {
    "article": _article,
    "claims": _claim,
    "figures": _filled("claim", "measure", "value", "unit", "day", "counter", "link"),
    "ways": _filled("claim", "first_choice", "second_choice", "because"),
    "forecasts": _forecast,
    "ties": _tie,
}


def _between(name: str, rows: Sequence[Row]) -> Iterator[str]:
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
        known = {row["id"] for row in _clean("claims", _read(path("claims")))}
        for claim in dict.fromkeys(row["claim"] for row in rows if row["claim"] not in known):
            yield tr("claims.csv has no {claim}.", claim=claim)
    if name == "figures":
        for row in rows:
            same = [r for r in rows if r["claim"] == row["claim"]]
            measured = {(r["measure"], r["day"], r["counter"]) for r in same}
            if len(same) > len(measured):
                yield tr("Two rows on {claim} have the same measure, day and counter.", claim=row["claim"])
                return
    if name == "ways":
        pairs = {(row["first_choice"], row["second_choice"]) for row in rows}
        if len(pairs) < len(rows):
            yield tr("Each pair of choices can occur only once.")
