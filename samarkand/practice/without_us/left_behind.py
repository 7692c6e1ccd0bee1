"""What a student of *Without us* left behind: the faults of its three files, in the order of the work.

Each function takes the text of a file and yields a sentence for each fault: what was seen and where to look,
never the line that would mend it.
"""

import io
import json
import re
from collections.abc import Iterator

import pandas as pd

from samarkand.answers.kinds import WrongForm, need_title
from samarkand.common.words import join_in_words, tr
from samarkand.practice.without_us.files import (
    DAY,
    KNOWN_ON,
    SHARE_YEAR,
    SUM,
    WITHOUT_REGION,
    YEAR,
    find_right,
)

COLUMNS = ("seller", "buyer", "year", "published", "volume", "region")
#: What names a unit on an axis.
UNIT = re.compile(r"bcm|billion|cubic|per ?cent|%")


def find_faults_of_table(text: str) -> Iterator[str]:
    """Yield the faults of ``gas.csv``."""
    table = None
    for found in _read_table(text):
        if isinstance(found, str):
            yield found
        else:
            table = found
    if table is None:
        return
    faults_of_columns = list(_find_faults_of_columns(table))
    yield from faults_of_columns
    if faults_of_columns:
        return
    faults_of_rows = list(_find_faults_of_rows(table))
    yield from faults_of_rows
    if faults_of_rows:
        return
    yield from _find_faults_of_numbers(table)
    yield from _find_faults_of_days(table)
    yield from _find_faults_of_regions(table)


def find_faults_of_answers(text: str) -> Iterator[str]:
    """Yield the faults of ``answers.csv``: the columns `question` and `value`, a row for each count."""
    for found in _read_table(text):
        if isinstance(found, str):
            yield found
        elif not {"question", "value"} <= set(found.columns):
            yield tr(
                "We looked for the columns question and value, and found: {names}.",
                names=_list_columns(found),
            )
        else:
            yield from _find_faults_of_values(found)


def find_faults_of_chart(text: str) -> Iterator[str]:
    """Yield the faults of ``chart.json``, a chart as Altair saves it. Whether it is true needs a reader."""
    try:
        chart = json.loads(text)
    except ValueError:
        chart = None
    if not isinstance(chart, dict) or "$schema" not in chart:
        yield tr("This is not a chart that Altair saved. What does chart.save need as the end of the name?")
        return
    for rows in chart.get("datasets", {}).values():
        if any("tea" in row.values() for row in rows):
            yield tr("That is the chart of the example. Which table has the gas?")
            return
    try:
        need_title(chart)
    except WrongForm as fault:
        yield str(fault)
    for rows in chart.get("datasets", {}).values():
        drawn = {row.get("seller") for row in rows} | {row.get("region") for row in rows}
        # Two bars beside each other, a sum and a part, are no fault; all sellers and their sum are.
        if {SUM, "total"} & drawn and len(drawn - {None}) > 2:
            yield tr("The chart draws the sum beside its parts: what is in each bar twice?")
    if not UNIT.search(
        json.dumps({key: chart.get(key) for key in ("encoding", "layer", "hconcat", "vconcat")})
    ):
        yield tr("No axis says its unit. What is counted here?")


def _read_table(text: str) -> Iterator[pd.DataFrame | str]:
    """Yield the table with all cells as texts and its columns in small letters, or why there is none."""
    first, _, rest = text.partition("\n")
    if not text.strip():
        yield tr("The file is empty. Was the table made before it was saved?")
    elif text.lstrip()[:1] in ("{", "["):
        yield tr("This is JSON, and no table of lines and commas. What saves a table as CSV?")
    elif ";" in first and "," not in first and rest.partition("\n")[0].count(";") < first.count(";"):
        yield tr("All columns are in one. Open pipeline_gas.csv in the editor: which sign divides its lines?")
    elif first.count(";") > first.count(","):
        yield tr(
            "This file is divided by semicolons. Is it a copy of pipeline_gas.csv, or was it saved with them?"
        )
    else:
        try:
            table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
        except ValueError:  # pandas' errors of parsing are such
            yield tr("The lines do not all have the same number of cells. Look at the last ones first.")
        else:
            table.columns = pd.Index([str(name).strip().lower() for name in table.columns])
            yield table.apply(lambda column: column.str.strip())


def _find_faults_of_columns(table: pd.DataFrame) -> Iterator[str]:
    missing = [name for name in COLUMNS if name not in table]
    if not missing:
        return
    right = find_right().table
    if list(table) == ["code", "name", "region"]:
        yield tr("This is the second file, regions.csv. We asked for the old table with its region.")
    elif set(table.columns[:1]) & {f"{row.seller}-{row.buyer}".lower() for row in right.itertuples()}:
        yield tr("The first line is a row already, and no line of names. Was the table saved without them?")
    elif len(table) < len(right) and table.shape[1] <= len(COLUMNS) // 2:
        yield tr(
            "This is a result, of {rows} rows and {columns} columns. We asked for the whole table.",
            rows=len(table),
            columns=table.shape[1],
        )
    elif missing == ["region"] and _find_renamed_region(table):
        yield tr(
            'The regions are in the column "{name}". We looked for a column region.',
            name=_find_renamed_region(table),
        )
    elif missing == ["region"]:
        yield tr("The region is missing. Which file has it, and which of its columns fits one of yours?")
    elif "route" in table and {"seller", "buyer"} & set(missing):
        yield tr("A cell of Route holds two codes. We asked for a column seller and a column buyer.")
    else:
        yield tr(
            "We looked for the column {name}, and found: {names}.",
            name=missing[0],
            names=_list_columns(table),
        )


#: The most columns that a sentence names.
_NAMED = 10


def _list_columns(table: pd.DataFrame) -> str:
    """Return the names of a table's columns, the first of them if there are many."""
    names = [str(name)[:30] for name in table.columns]
    return join_in_words(names if len(names) <= _NAMED else [*names[:_NAMED], tr("others")])


def _find_renamed_region(table: pd.DataFrame) -> str:
    """Return the name of another column that holds the regions, or ""."""
    regions = set(find_right().table["region"].dropna())
    found = [str(name) for name in table.columns if regions <= set(table[name])]
    return found[0] if found else ""


def _find_faults_of_rows(table: pd.DataFrame) -> Iterator[str]:
    right = find_right().table
    if table["seller"].str.contains("Source|Volume").any():
        yield tr("The last rows are not figures. What do you find at the end of pipeline_gas.csv?")
        return
    if set(table["seller"]) == set(right["buyer"]):
        yield tr("The column seller has the buyers. Which code of Route comes first?")
        return
    strange = table[~table["seller"].isin(right["seller"])]
    if len(strange):
        seen = strange["seller"].iloc[0]
        yield tr('The column seller has "{seen}". We asked for the codes of the old file.', seen=seen)
        return
    years = set(right["year"].astype(str)) - set(table["year"].str.removesuffix(".0"))
    if years:
        yield tr("The old file has rows of {year}, and this one has none.", year=min(years))
        return
    lost = set(right["seller"]) - set(table["seller"])
    for seller in sorted(lost):
        if seller == SUM:
            yield tr("The rows of {code} are gone. Leave them out of sums, but keep them here.", code=seller)
        elif lost <= {WITHOUT_REGION, SUM}:
            yield tr(
                "The old file has rows of {code}, and this one has none. Print len(...) before and after the "
                "join: where did they go?",
                code=seller,
            )
        else:
            yield tr(
                "The old file has rows of {code}, and this one has none. Which line kept only some rows?",
                code=seller,
            )
        return
    twice = table[table.duplicated(["seller", "year"])]
    if len(twice):
        row = twice.iloc[0]
        yield tr(
            "{code} in {year} is there twice. Which line added rows?", code=row["seller"], year=row["year"]
        )
    elif len(table) != len(right):
        yield tr("It has {rows} rows, and the old file {right}.", rows=len(table), right=len(right))


def _join_with_right(table: pd.DataFrame) -> pd.DataFrame:
    """Return the right rows with the student's cells beside them, in columns that end in ``_given``."""
    given = table[list(COLUMNS)].assign(year=table["year"].str.removesuffix(".0").astype(int))
    return find_right().table.merge(given, on=["seller", "year"], suffixes=("", "_given"))


def _find_faults_of_numbers(table: pd.DataFrame) -> Iterator[str]:
    cells = table["volume"]
    if (cells == "").any():
        yield tr("Some cells of Volume are empty. Which sign do its numbers have in the old file?")
        return
    if cells.str.contains(",").any():
        yield tr(
            'Volume holds texts such as "{seen}". Which sign does Python expect in a number?',
            seen=cells.iloc[0],
        )
        return
    both = _join_with_right(table)
    given = pd.to_numeric(both["volume_given"], errors="coerce")
    ratio = given / both["volume"]
    wrong = both[~((ratio - 1).abs() < 1e-6)]
    if not len(wrong):
        return
    if ((ratio - 1000).abs() < 1).all():
        yield tr(
            "Each number is a thousand times too large. What was the comma taken for, or what was multiplied?"
        )
    elif ((given - both["volume"]).abs() < 0.51).all():
        yield tr("The volumes are rounded. Round what you show, and save what you have.")
    else:
        row = wrong.iloc[0]
        yield tr(
            "{code} has {seen} in {year}. Compare it with the old file.",
            code=row["seller"],
            seen=row["volume_given"],
            year=row["year"],
        )


def _find_faults_of_days(table: pd.DataFrame) -> Iterator[str]:
    cells = table["published"]
    if (cells == "").any():
        yield tr("Some days are empty. Which of them could Python not read, and why?")
        return
    if cells.str.fullmatch(r"\d{4}(\.0)?").all():
        yield tr("Published holds years alone. We asked for the whole days.")
        return
    if not cells.str.match(r"\d{4}-\d\d-\d\d").all():
        seen = cells[~cells.str.match(r"\d{4}-\d\d-\d\d")].iloc[0]
        yield tr('Published still holds texts such as "{seen}": only days can be compared.', seen=seen)
        return
    both = _join_with_right(table)
    wrong = both[both["published_given"].str[:10] != both["published"].dt.strftime("%Y-%m-%d")]
    if len(wrong):
        row = wrong.iloc[0]
        yield tr(
            "{code} of {year} has {seen}, and {right} in the old file. Which of its numbers is the month?",
            code=row["seller"],
            year=row["year"],
            seen=row["published_given"][:10],
            right=row["published"].strftime(DAY),
        )


def _find_faults_of_regions(table: pd.DataFrame) -> Iterator[str]:
    if (table["region"] == "").all():
        yield tr("The column region is empty: no row found a partner. Which two columns hold the same codes?")
        return
    both = _join_with_right(table).dropna(subset="region")
    for row in both[both["region"] != both["region_given"]].to_dict("records")[:1]:
        yield tr(
            'The region of {code} is "{seen}" here. What does regions.csv say?',
            code=row["seller"],
            seen=row["region_given"],
        )


def _find_faults_of_values(table: pd.DataFrame) -> Iterator[str]:
    values = pd.to_numeric(table["value"], errors="coerce")
    questions = table["question"].str.removesuffix(".0").str.strip(" .()")
    given = dict(zip(questions, values, strict=True))
    written = dict(zip(questions, table["value"], strict=True))
    for number in ("1", "2", "3"):
        if not written.get(number):
            yield tr("We looked for a row with the question {n} and a number.", n=number)
            return
        if pd.isna(given[number]):
            yield tr(
                'The value of question {n} is "{seen}". We looked for a number alone.',
                n=number,
                seen=written[number][:30],
            )
            return
    yield from _find_fault_of_known(given["1"])
    yield from _find_fault_of_sold(given["2"])
    yield from _find_fault_of_share(given["3"])


def _find_fault_of_known(given: float) -> Iterator[str]:
    right = find_right()
    if given == right.known:
        return
    days = right.table["published"].dt.strftime(DAY)
    as_texts = (days <= pd.Timestamp(KNOWN_ON).strftime(DAY)).sum()
    known = right.table["published"] <= KNOWN_ON
    if given == (known & (right.table["seller"] != SUM)).sum():
        yield tr("1: rows are asked for, and those of {code} are rows, too.", code=SUM)
    elif given == (~known).sum():
        yield tr("1: those came later, or were not counted by that day. Which way does the sign point?")
    elif given == len(known):
        yield tr("1: those are all rows. Which of them had been published by that day?")
    elif given == as_texts:
        yield tr("1: that comes out when texts are compared, letter by letter. Is Published a day?")
    else:
        yield tr("1: not yet. Which column says when a row was published?")


def _find_fault_of_sold(given: float) -> Iterator[str]:
    right = find_right()
    if abs(given - right.sold[YEAR]) < 0.01:
        return
    of_year = right.table[right.table["year"] == YEAR]["volume"].sum()
    if abs(given - of_year) < 0.01:
        yield tr("2: that is every row of the year, the sum as well. Which rows are asked for?")
    else:
        yield _say_rounded(2, given, right.sold[YEAR]) or tr(
            "2: not yet. Which sellers, which year, and are they added up?"
        )


def _find_fault_of_share(given: float) -> Iterator[str]:
    right = find_right().share[SHARE_YEAR]
    if abs(given - right) < 0.1:
        return
    if abs(given * 100 - right) < 0.1:
        yield tr("3: that is a share of 1. We asked for per cent.")
    elif abs(given * 2 - right) < 0.1:
        yield tr("3: half of it. Did the whole hold the sum as well as its parts?")
    elif given and abs(1e4 / given - right) < 0.1:
        yield tr("3: that is upside down. What is to be divided by what?")
    else:
        yield _say_rounded(3, given, right) or tr("3: not yet. What is the whole, and in which year?")


def _say_rounded(number: int, given: float, right: float) -> str:
    """Return the sentence for a right number without its decimals, or ""."""
    if float(given).is_integer() and abs(given - right) < 1:
        return tr("{n}: that is rounded. Round what you show, and save what you have.", n=number)
    return ""
