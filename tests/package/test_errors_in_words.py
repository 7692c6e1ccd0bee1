"""Python's own errors in plain words: what, where, what to try; the traceback stays, and can be unfolded."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from samarkand.ground.explain import explain, public

BEFORE = """import numpy as np
import pandas as pd
table = pd.DataFrame({"year": [2021, 2022], "gdp_usd": [1.0, 2.0], "kind": ["a", "b"]}, index=["CHN", "IND"])
answer = ...
check = 8
found = None
def share(of):
    part = table["yeear"]
    return part
"""
SYNTAX, VALUES = (
    "Python cannot read it. Is a bracket, a comma",
    "You cannot combine values of different kinds",
)
OPEN, MARKS, SEVERAL = (
    "Three dots (...) are still where your own code goes.",
    "Python accepts only straight quotation marks",
    "need two pairs of square brackets",
)
#: For each kind of error, a student's code and the expected plain sentence.
TOLD = [
    # The slips that beginners were seen to make most.
    ('table[table[kind] == "a"]', '"kind" is a column of a table here: it needs quotation marks.'),
    ("table[year]", '"year" is a column of a table here: it needs quotation marks.'),
    ('table.query(kind == "a")', '"kind" is a column of a table here: it needs quotation marks.'),
    ("size", 'No name "size". Have you run the cell that defines it?'),
    ("day", 'No name "day". Have you run the cell that defines it?'),
    ('table["year", "kind"]', SEVERAL),
    ('table["year"]["CHN", "IND"]', SEVERAL),
    ('table["year"].loc["CHN", "IND"]', SEVERAL),
    ('table["year"][{"CHN"}]', "The square brackets need a list: list(...)"),
    ('table[table["kind"] <= "b" & table["year"].isna()]', "needs round brackets of its own"),
    ('table[table["kind"] == "a" & table["kind"] == "b"]', "needs round brackets of its own"),
    ('table[table["year"] == “2022”]', MARKS),
    ('table.query("kind == conflict")', '"conflict" is not a column. Inside query, a text has'),
    ("table.query(\"kinds == 'a'\")", 'No column "kinds". Did you mean "kind"?'),
    ("table.query(\"kind = 'a'\")", "Inside query, too, == asks whether two things are equal."),
    ("np.random.default_rng(1).binomial(1110, 8.3)", "8.3 per cent is 0.083"),
    ("answer = 45.7 %  # per cent", "A number has no per cent sign"),
    ("table['kind'].isin([['a', 'b']])", "isin takes the name of a list without square brackets"),
    ("table in ('a', 'b')", "A whole table is where one value belongs."),
    ('def own(x):\n    y = x\n    return y["yeear"]\n\nown(table)', "Line 3 of this cell: No column"),
    ("len(table)\nshare(1)", 'Line 8 of the cell that defines share: No column "yeear".'),
    # Names.
    ("tble.head()", 'Line 1 of this cell: No name "tble". Did you mean "table"?'),
    ("1\n2\nlne(table)", 'Line 3 of this cell: No name "lne". Did you mean "len"?'),
    ("gdp_us", 'Did you mean the column "gdp_usd"? It needs quotation marks.'),
    ("def f():\n    n += 1\nf()", 'Line 2 of this cell: The function uses "n" before'),
    # Columns, rows and keys.
    ('table["yeear"]', 'Line 1 of this cell: No column "yeear". Did you mean "year"?'),
    ('table[["year", "gdp_usdd"]]', 'No column "gdp_usdd". Did you mean "gdp_usd"?'),
    ('table[["x", "y"]]', 'No column "x". There is: gdp_usd, kind, year.'),
    ('table.sort_values("yeear")', 'No column "yeear". Did you mean "year"?'),
    ('table.groupby("yeear").sum()', 'No column "yeear". Did you mean "year"?'),
    ('table.loc["CHN", "yeear"]', 'No column "yeear". Did you mean "year"?'),
    ('table.drop(columns="yeear")', 'No column "yeear". Did you mean "year"?'),
    ('table.loc["CHA"]', 'No row "CHA". Did you mean "CHN"?'),
    ('table["year"]["CHA"]', 'No row "CHA". Did you mean "CHN"?'),
    ('{"a": 1}["b"]', "There is no key 'b'. list(...) shows"),
    ("table.iloc[7]", "There are not that many. Python counts from 0"),
    ("table.loc[CHN]", '"CHN" is a word in a table here: it needs quotation marks'),
    ('table["kind"].isin("a", "b")', "isin takes one list"),
    ('table["kind"].isin("a")', "isin takes one list"),
    ('table["kind"] == ["a", "b", "c"]', "isin asks whether a value is in a list."),
    ('table.loc[{"club": ["CHN"]}]', "Pick one of its lists by its name"),
    ('{"yes": 1, table: 2}', "are quotation marks missing?"),
    ("0.5 ^ 2", "** raises to a power"),
    # How it is written.
    ('{"yes": 1, "no" = 2}', "each name is followed by a colon"),
    ("table.head(", "Line 1 of this cell: The cell ends too early: a bracket or a quotation mark"),
    ("table.head(]", "Brackets do not pair"),
    ('len(table)\nx = "year', "Line 2 of this cell: A text begins here and has no closing quotation mark."),
    ("if len(table)\n    1", "Line 1 of this cell: A colon is missing at the end."),
    ('if check = 8:\n    "x"', "= gives a name to a value; == asks"),
    ("print table", "A function takes round brackets: print(...)."),
    ("x = 1 200", SYNTAX),
    ("x = 45.7pp", "Write a number with a point"),
    ("f(1 table)", "Between two things a comma, a sign such as +"),
    ("x = 1\n    y = 2", "Line 2 of this cell: The indentation is wrong."),
    # Kinds of values.
    ('1 + "a"', f"Line 1 of this cell: {VALUES}"),
    ("check(1)", "Round brackets call a function, and this is a value (int)."),
    ("table.head[3]", "This is a function: it takes round brackets"),
    ("check[0]", "Square brackets pick out a part, but this value has no parts (int)."),
    ("for x in check: pass", "This is one value. Python needs a list or a column here."),
    ("def g(a, b): pass\ng(1)", "Line 2 of this cell: The function needs something more in the round"),
    ("def g(a): pass\ng(1, 2)", "You gave the function more than it takes."),
    ("table.head(rows=3)", "The function has no argument 'rows'. help(...) lists"),
    ("found + 1", "One of the values is None"),
    ("answer + 1", OPEN),
    ("answer.sum()", OPEN),
    ("1 / 0", "You are dividing by 0."),
    ('float("45,7")', "Write a number without quotation marks, with a point: 45.7."),
    ('table[(table["year"] > 1) and (table["year"] < 3)]', "Join conditions with & and |"),
    # Behind a dot, modules, files.
    ("table.haed()", 'The value before the dot (DataFrame) has no "haed". Did you mean "head"?'),
    ("check.qwertz", "After a dot, the Tab key lists what there is."),
    ("found.head()", "Before the dot is None"),
    ("import panda", 'No module "panda". Did you mean "pandas"?'),
    ("import geopandas_of_mine", "The first cell of a lesson imports everything that it needs."),
    ("from samarkand import chart", 'No name to import "chart". Did you mean "charts"?'),
    ('open("trp.csv")', 'No file "trp.csv". Did you mean "trip.csv"? A table of the course is'),
    ('pd.read_csv("data/trip.csv")', 'There is no folder "data".'),
]


@pytest.fixture(scope="module")
def shell() -> Iterator[InteractiveShell]:
    made = InteractiveShell()
    made.run_cell(BEFORE)
    yield made
    InteractiveShell.clear_instance()


@pytest.fixture
def stopped(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], BaseException]:
    """Return a function that runs a cell, in a folder with one file, and returns its error."""
    (tmp_path / "trip.csv").touch()
    monkeypatch.chdir(tmp_path)
    # A traceback in colour, with its sources, takes longest, and is not what is asked about.
    for shows in ("showtraceback", "showsyntaxerror", "showindentationerror"):
        monkeypatch.setattr(shell, shows, lambda *_, **__: None)

    def stopped(code: str) -> BaseException:
        result = shell.run_cell(code)
        found = result.error_before_exec or result.error_in_exec
        assert found is not None, code
        return found

    return stopped


@pytest.mark.parametrize(("code", "says"), TOLD, ids=[code for code, _ in TOLD])
def test_it_says_what_is_wrong_where_and_what_to_try(
    shell: InteractiveShell, stopped: Callable[[str], BaseException], code: str, says: str
) -> None:
    told = explain(stopped(code), shell.user_ns)
    assert says in told
    assert told.endswith((".", "?"))


@pytest.mark.parametrize(
    "code",
    [
        "raise KeyError",
        "assert False",
        "raise KeyboardInterrupt",
        'raise FileNotFoundError("The folder is empty.")',
        'from samarkand import data\ndata.load("tripp")',
    ],
)
def test_what_is_a_sentence_already_or_unforeseen_is_left(
    shell: InteractiveShell, stopped: Callable[[str], BaseException], code: str
) -> None:
    assert explain(stopped(code), shell.user_ns) == ""


def test_a_private_kind_of_error_of_form_has_the_name_that_books_have() -> None:
    private = type("_IncompleteInputError", (SyntaxError,), {})  # as Python 3.13 has it
    assert public(private) is SyntaxError
    assert public(IndentationError) is IndentationError
    assert public(KeyError) is KeyError
