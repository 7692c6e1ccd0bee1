"""Slips that a cell's source shows: what was typed is read, and nothing runs.

Where an error's message or a wrong answer leaves open what happened, the source often does not: a letter of
another alphabet, a day that begins with the day, a bracket that closes too late.
"""

import ast
import datetime
import difflib
import io
import itertools
import keyword
import operator
import re
import sys
import tokenize
from collections.abc import Callable, Iterator
from typing import Any

from samarkand.common.errors import CourseError
from samarkand.common.letters import disguised_word, find_alphabet, foreign_letter
from samarkand.common.words import join_in_words, tr

#: A day as most of the world writes it: 14.09.2022, 14/9/2022.
_DAY_FIRST = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})\2(\d{4})\b")
#: A number whose thousands are parted by a comma or a space.
_THOUSANDS = re.compile(r"(?<![\w.\"'])\d{1,3}(?:,\d{3})+(?![\d.])")
#: A number with a decimal comma, beside a sign of a calculation or a comparison.
_DECIMAL = re.compile(r"(?<![\w.,])(\d+,\d+)\s*[-+*/]|[-+*/<>=]\s*(\d+,\d+)(?![\w.,])")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def find_in_cell(source: str, names: dict[str, Any]) -> str:
    """Return a sentence on the first slip in a cell that ran and has a wrong result, or "".

    Parameters
    ----------
    source : str
        The cell.
    names : dict
        The notebook's namespace.
    """
    return (
        find_foreign_letter(source)
        or find_joined_conditions(source)
        or find_counted_condition(source)
        or find_counted_table(source, names)
        or find_day_among_texts(source, names)
        or find_day_first(source)
        or find_no_day(source)
        or find_glued_texts(source)
        or find_texts_for_condition(source, names)
        or find_unknown_value(source, names)
        or find_comma(source)
        or find_power(source)
        or find_uncalled(source)
        or find_added_tables(source, names)
        or find_stacked_tables(source)
    )


def find_in_error(source: str, names: dict[str, Any]) -> str:
    """Return a sentence on the slip in a cell that stopped because values do not fit together, or ""."""
    return (
        find_joined_conditions(source)
        or find_condition_and_columns(source)
        or find_method_of_table(source, names)
        or find_uncalled(source)
        or find_turned_column(source)
        or find_in_for_isin(source)
        or find_power(source)
        or find_bracket(source)
        or find_len_of_less(source)
        or find_called_indexer(source)
        or find_day_first(source)
        or find_no_day(source)
        or find_day_as_text(source)
        or find_decimal_texts(source, names)
        or find_day_among_texts(source, names)
        or find_comma(source)
    )


def find_no_row(source: str, names: dict[str, Any]) -> str:
    """Return a sentence on what leaves no row though each word is spelt right, or "".

    Parameters
    ----------
    source : str
        The cell.
    names : dict
        The notebook's namespace; only its tables and columns are looked at.

    Examples
    --------
    >>> find_no_row('t[(t["a"] == "x") & (t["a"] == "y")]', {})[:44]
    'No row meets all the conditions that & joins'
    """
    seen = (
        _find_full_column(source, names)
        or _find_limit(source, names)
        or _find_whole_rows(source)
        or _find_difference(source)
        or _find_joined_columns(source)
        or _find_places(source)
    )
    return seen or _find_empty_step(source)


def _find_empty_step(source: str) -> str:
    """Return a sentence on the step of a cell that may leave nothing: &, map, merge or query; or ""."""
    for node in _list_nodes(source):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
            return tr("No row meets all the conditions that & joins. Is “or” meant, which is |?")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "map":
            return tr(
                "map has found none of its words in the column: is each spelt as in the table? "
                "value_counts() on the column shows them."
            )
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "merge":
            return tr(
                "No row of the one table found its partner in the other: do the two columns of the join have "
                "the same kind of names?"
            )
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "query":
            return tr("No row is left. Inside query, == finds no day; >= and <= do.")
    return ""


def _find_whole_rows(source: str) -> str:
    """Return a sentence if value_counts stands behind a whole table that a cell has just made, or ""."""
    for node in _list_nodes(source):
        called = node.func if isinstance(node, ast.Call) and not node.args else None
        if not (isinstance(called, ast.Attribute) and called.attr == "value_counts"):
            continue
        made = called.value.func if isinstance(called.value, ast.Call) else None
        if isinstance(made, ast.Attribute) and made.attr in ("merge", "query", "dropna", "concat", "load"):
            return tr(
                "value_counts of a whole table counts whole rows, and passes over those with an empty cell. "
                "Choose the column first."
            )
    return ""


def _find_difference(source: str) -> str:
    """Return a sentence if a cell gives a name to a difference, or "".

    It is for an answer that came out as 0: both sides of the difference are equal then.

    Examples
    --------
    >>> _find_difference("answer = a.sum() - b.sum()")[:44]
    'What is subtracted is as large as what it is'
    """
    for node in _list_nodes(source):
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Sub):
            return tr("What is subtracted is as large as what it is subtracted from. Is that asked for?")
    return ""


def _find_joined_columns(source: str) -> str:
    """Return a sentence if a cell compares two columns that the sign + joins with one word, or "".

    Examples
    --------
    >>> _find_joined_columns('(t["a"] + t["b"] == "x").sum()')[:40]
    'The sign + joins the texts of both colum'
    """
    for node in _list_nodes(source):
        if not (isinstance(node, ast.Compare) and isinstance(node.left, ast.BinOp)):
            continue
        sides = (node.left.left, node.left.right)
        if isinstance(node.left.op, ast.Add) and all(_owner_and_column(side)[1] for side in sides):
            return tr("The sign + joins the texts of both columns to one. Ask about each column by itself.")
    return ""


def _find_places(source: str) -> str:
    """Return a sentence if a cell picks by years where Python counts places, or "".

    Examples
    --------
    >>> _find_places("gap[2021:2024]")
    '[2021:2024] counts places from 0. Rows are picked by their names with loc.'
    """
    for node in _list_nodes(source):
        if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)):
            continue
        if isinstance(node.value, ast.Attribute) and node.value.attr == "loc":
            continue
        ends = [one.value for one in (node.slice.lower, node.slice.upper) if isinstance(one, ast.Constant)]
        if any(isinstance(end, int) and end > 1000 for end in ends):
            return tr(
                "[{slice}] counts places from 0. Rows are picked by their names with loc.",
                slice=ast.unparse(node.slice),
            )
    return ""


# ---------------------------------------------------------------------------------- letters, days, numbers


def say_foreign_letter(word: str) -> str:
    r"""Return a sentence on the letter in a word that another alphabet has, or "".

    Examples
    --------
    >>> say_foreign_letter("tri\u0440")[-29:]
    'with the keyboard in English.'
    """
    letter = foreign_letter(word)
    if not letter:
        return ""
    return tr(
        'The letter "{letter}" in "{word}" is {alphabet}, though it looks like ours. Type the word again, '
        "with the keyboard in English.",
        letter=letter,
        word=word,
        alphabet=find_alphabet(letter),
    )


def say_foreign_name(name: str) -> str:
    r"""Return a sentence on a name that has letters of another alphabet, or "".

    Examples
    --------
    >>> say_foreign_name("\u0443\u0435\u0444")[-28:]
    ' is the keyboard in English?'
    """
    foreign = [letter for letter in name if letter.isalpha() and find_alphabet(letter) != "Latin"]
    if not foreign:
        return ""
    if len(foreign) < sum(map(str.isalpha, name)):
        return tr(
            'The letter "{letter}" in "{name}" is {alphabet}. Type the name again, with the keyboard in '
            "English.",
            letter=foreign[0],
            name=name,
            alphabet=find_alphabet(foreign[0]),
        )
    return tr(
        '"{name}" is in {alphabet} letters. Names here are in Latin ones: is the keyboard in English?',
        name=name,
        alphabet=find_alphabet(foreign[0]),
    )


def find_foreign_letter(source: str) -> str:
    """Return a sentence on the first name or text of a cell with a letter of another alphabet, or ""."""
    for word in _names_and_texts(source):
        disguised = disguised_word(word)
        if disguised:
            return say_foreign_letter(disguised)
    return ""


def find_day_first(source: str) -> str:
    """Return a sentence if a text of a cell writes a day with the day first, and the cell does not say so.

    Examples
    --------
    >>> find_day_first('legs["day"] == "14.09.2022"')[:30]
    'A day is written with the year'
    """
    if "format=" in source or "dayfirst" in source:
        return ""
    for node in _list_nodes(source):
        found = _DAY_FIRST.search(_text_of(node))
        if found:
            return tr(
                'A day is written with the year first, as in "2022-09-14". Of "{typed}" Python may take the '
                "first number for the month.",
                typed=found[0],
            )
    return ""


def find_no_day(source: str) -> str:
    """Return a sentence if a text of a cell has the form of a day and is none, or "".

    Examples
    --------
    >>> find_no_day('events["day"] > "2022-31-01"')
    'There is no day "2022-31-01". Year, month, day: as in "2022-09-14".'
    """
    for node in _list_nodes(source):
        text = _text_of(node)
        if _ISO_DAY.fullmatch(text) and not _is_day(text):
            return tr('There is no day "{text}". Year, month, day: as in "2022-09-14".', text=text)
    return ""


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def find_day_as_text(source: str) -> str:
    """Return a sentence if a cell subtracts texts that are days, or "".

    Examples
    --------
    >>> find_day_as_text('"2022-09-14" - "2022-07-01"')[:40]
    'In quotation marks a day is a text. pd.T'
    """
    for node in _list_nodes(source):
        sides = (
            (node.left, node.right) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) else ()
        )
        if any(_ISO_DAY.fullmatch(_text_of(side)) for side in sides):
            return tr('In quotation marks a day is a text. pd.Timestamp("2022-09-14") makes a day of it.')
    return ""


def find_comma(source: str) -> str:
    """Return a sentence if a number in a cell has a comma, for its thousands or its decimals, or "".

    Examples
    --------
    >>> find_comma("290,000 / 35_000")[:40], find_comma("(0,6 - 1) ** 2")[-10:]
    ('Python takes the comma in 290,000 for th', 'Write 0.6.')
    """
    for line in source.splitlines():
        code = _remove_texts(line)
        large, small = _THOUSANDS.search(code), _DECIMAL.search(code)
        # Of loc[1,200] and f(1,200) the comma parts two arguments.
        if large and not re.search(r"[\w\])]\s*[(\[][^()\[\]]*$", code[: large.start()]):
            number = large[0]
            plain = large[0].replace(",", "")
        elif small:
            number = next(filter(None, small.groups()))
            plain = number.replace(",", ".")
        else:
            continue
        return tr(
            "Python takes the comma in {number} for the end of a number. Write {plain}.",
            number=number,
            plain=plain,
        )
    return ""


# ------------------------------------------------------------------------------------------------- signs


def find_power(source: str) -> str:
    """Return a sentence if a cell writes ^ where a number is raised to a power, or "".

    Examples
    --------
    >>> find_power("(share ^ 2).sum()")
    '** raises to a power: 3 ** 2 is 9. The sign ^ does not.'
    """
    for node in _list_nodes(source):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
            return tr("** raises to a power: 3 ** 2 is 9. The sign ^ does not.")
    return ""


def find_turned_column(source: str) -> str:
    """Return a sentence if a cell turns a condition round by the word not, or "".

    Examples
    --------
    >>> find_turned_column('looks[not looks["announced"]]')
    'The word not does not turn a whole column round. The sign ~ does: ~(a == 1).'
    """
    for node in _list_nodes(source):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return tr("The word not does not turn a whole column round. The sign ~ does: ~(a == 1).")
    return ""


def find_in_for_isin(source: str) -> str:
    """Return a sentence if a cell asks by the word in whether a column's values are in a list, or "".

    Examples
    --------
    >>> find_in_for_isin('council["iso3"] in members')
    'The word in asks about one value. Of a column, isin asks it for each row.'
    """
    for node in _list_nodes(source):
        if not (isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In)):
            continue
        if isinstance(node.left, ast.Subscript):
            return tr("The word in asks about one value. Of a column, isin asks it for each row.")
    return ""


def find_uncalled(source: str) -> str:
    """Return a sentence if a cell calculates with a function that it does not call, or "".

    Examples
    --------
    >>> find_uncalled('4175 / legs["km"].sum * 100')
    'sum has not been called: it takes round brackets, sum().'
    """
    for node in _list_nodes(source):
        if isinstance(node, ast.BinOp):
            sides = [node.left, node.right]
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
        elif isinstance(node, ast.Call):
            sides = [
                one for one in node.args if isinstance(one, ast.Attribute) and one.attr in _ASKS_FOR_EMPTY
            ]
        else:
            continue
        for side in sides:
            if isinstance(side, ast.Attribute) and side.attr in _WITHOUT_ARGUMENTS:
                return tr("{name} has not been called: it takes round brackets, {name}().", name=side.attr)
    return ""


_ASKS_FOR_EMPTY = ("isna", "notna")
#: What stands behind a column and needs nothing within its round brackets.
_WITHOUT_ARGUMENTS = {
    "sum", "mean", "median", "count", "min", "max", "abs", "diff", "isna", "notna", "nunique", "round"
}  # fmt: skip


def find_added_tables(source: str, names: dict[str, Any]) -> str:
    """Return a sentence if a cell adds two tables by the sign +, or ""."""
    pandas: Any = sys.modules.get("pandas")
    for node in _list_nodes(source) if pandas else ():
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
            continue
        kept = [_table_of(side) for side in (node.left, node.right)]
        sides = [name for name in kept if name]
        if len(sides) == 2 and all(type(names.get(side)) is pandas.DataFrame for side in sides):
            return tr("The sign + does not join two tables. merge does, by a column that both have.")
    return ""


def _table_of(node: ast.expr) -> str:
    """Return the name of a table that stands alone, or with a condition in its square brackets; else ""."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Compare | ast.BinOp):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def find_stacked_tables(source: str) -> str:
    """Return a sentence if a cell puts tables under one another by pd.concat, or "".

    Examples
    --------
    >>> find_stacked_tables("pd.concat([members, shares])")[:44]
    'pd.concat puts one table under the other, an'
    """
    for _ in _list_called(source, "concat"):
        return tr(
            "pd.concat puts one table under the other, and joins no rows. merge joins, by a column that "
            "both have."
        )
    return ""


#: What a method of a table does, where something else is mostly meant.
METHODS = {
    "filter": tr(
        "filter picks columns by their names. Rows are kept by a condition in the table's square brackets."
    ),
    "join": tr("join looks for the names of the other table's rows. merge joins by a column that both have."),
}


def find_method_of_table(source: str, names: dict[str, Any]) -> str:
    """Return the sentence of the first of `METHODS` that a cell calls of a table with a name, or ""."""
    pandas: Any = sys.modules.get("pandas")
    if pandas is None:
        return ""
    for method, sentence in METHODS.items():
        for called in _list_called(source, method):
            if type(names.get(_table_of(called.value))) is pandas.DataFrame:
                return sentence
    return ""


def _list_called(source: str, method: str) -> Iterator[ast.Attribute]:
    """Yield what is called, such as ``table.join``, in each call of a method."""
    for node in _list_nodes(source):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr == method:
            yield called


def find_summed_table(source: str, names: dict[str, Any]) -> str:
    """Return a sentence if a cell gives a table to sum(...), or ""."""
    pandas: Any = sys.modules.get("pandas")
    for node in _list_nodes(source) if pandas else ():
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sum"):
            continue
        if node.args and type(names.get(_table_of(node.args[0]))) is pandas.DataFrame:
            return tr("sum adds up numbers, and this is a table of several columns. Choose the column first.")
    return ""


def list_texts_calculated_with(source: str) -> list[str]:
    """Return the texts that a cell calculates with or compares, as they are.

    Examples
    --------
    >>> list_texts_calculated_with('founded + "20"')
    ['20']
    """
    found = []
    for node in _list_nodes(source):
        sides: list[ast.expr] = []
        if isinstance(node, ast.BinOp):
            sides = [node.left, node.right]
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
        found += [_text_of(side) for side in sides if _text_of(side)]
    return found


def find_quoted_name(source: str, names: dict[str, Any]) -> str:
    """Return a sentence if a cell calculates with a text that is the name of a value there, or "".

    Such as ``year > "first"`` where `first` is a number of the student's: the quotation marks are too many.
    """
    for node in _list_nodes(source):
        for part in _list_calculated(node):
            text = _text_of(part)
            if text.isidentifier() and text in names and not text.startswith("_"):
                return tr(
                    '"{name}" in quotation marks is a text. Without them Python takes the value of the name.',
                    name=text,
                )
    return ""


def _list_calculated(node: ast.AST) -> list[ast.expr]:
    """Return what a node compares with, adds up, or gives to a function that needs numbers or a mapping."""
    if isinstance(node, ast.Compare):
        return node.comparators
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        if called.endswith(".map") or called in {"int", "float", "abs", "round"}:
            return node.args
    return []


# ------------------------------------------------------------------------------------------------ brackets


def find_column_for_condition(source: str, names: dict[str, Any]) -> str:
    """Return a sentence if the square brackets of a table hold one of its columns alone, or "".

    Parameters
    ----------
    source : str
        The cell.
    names : dict
        The notebook's namespace; only its tables are looked at.
    """
    for node in _list_nodes(source):
        if not (isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)):
            continue
        owner, column = _owner_and_column(node.slice) if isinstance(node.slice, ast.Subscript) else ("", "")
        if owner == node.value.id and column and _cells_of(owner, column, names) is not None:
            return tr(
                'In the square brackets of {table} is a whole column, "{column}". To keep rows, compare a '
                "column there with something; to work with it alone, take the outer {table}[...] away.",
                column=column,
                table=owner,
            )
    return ""


def find_bracket(source: str) -> str:
    """Return a sentence on a bracket of a condition that closes in the wrong place, or "".

    Examples
    --------
    >>> find_bracket('events["kind" == "trip"]')[-40:]
    'too late: it belongs before the sign ==.'
    >>> find_bracket('events[events["kind"] == "trip"]')
    ''
    """
    for node in _list_nodes(source):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is | ast.IsNot):
            if _text_of(node.comparators[0]):
                return tr("“is” does not look into the cells of a column: == does.")
        elif isinstance(node, ast.Compare) and _names_no_column(node.left):
            return tr(
                "The bracket after a column's name closes too late: it belongs before the sign {sign}.",
                sign=_SIGNS.get(type(node.ops[0]), "=="),
            )
    return ""


def find_len_of_less(source: str) -> str:
    """Return a sentence if the round bracket of len closes before the sign of a condition, or "".

    Examples
    --------
    >>> find_len_of_less('len(events["day"]) >= "2022-01-01"')[:38]
    'The round bracket of len closes before'
    """
    for node in _list_nodes(source):
        if not (isinstance(node, ast.Compare) and isinstance(node.left, ast.Call)):
            continue
        called = node.left.func
        if isinstance(called, ast.Name) and called.id == "len":
            return tr(
                "The round bracket of len closes before the sign {sign}. What len counts are the rows that a "
                "condition keeps: the condition is in the table's square brackets, all within those of len.",
                sign=_SIGNS.get(type(node.ops[0]), "=="),
            )
    return ""


def has_condition(source: str) -> bool:
    """Return whether a cell asks each row something: by a comparison, or by a method that does.

    Examples
    --------
    >>> has_condition('t[t["a"] == 1]'), has_condition('t["a"].sum()')
    (True, False)
    """
    for node in _list_nodes(source):
        if isinstance(node, ast.Compare):
            return True
        if isinstance(node, ast.Attribute) and node.attr in ("isin", "isna", "notna", "query", "between"):
            return True
    return False


def find_in_place(source: str) -> str:
    """Return a sentence if a cell asks for a change in place, which gives nothing back, or "".

    Examples
    --------
    >>> find_in_place('answer = t.sort_values("a", inplace=True)')
    'With inplace=True nothing is given back. Without it the line gives the new table.'
    """
    for node in _list_nodes(source):
        if isinstance(node, ast.keyword) and node.arg == "inplace":
            return tr("With inplace=True nothing is given back. Without it the line gives the new table.")
    return ""


def find_called_indexer(source: str) -> str:
    """Return a sentence if loc or iloc has round brackets in a cell, or "".

    Examples
    --------
    >>> find_called_indexer('total.loc("2022-07-31")')
    'loc takes square brackets.'
    """
    for node in _list_nodes(source):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in ("loc", "iloc"):
            return tr("{name} takes square brackets.", name=called.attr)
    return ""


def find_glued_texts(source: str) -> str:
    """Return a sentence if two texts follow one another without a comma, which makes one of them, or "".

    Examples
    --------
    >>> find_glued_texts('events[["day" "kind"]]')
    'Between "day" and "kind" a comma is missing.'
    """
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return ""
    for first, second in itertools.pairwise(tokens):
        if first.type == second.type == tokenize.STRING and first.start[0] == second.start[0]:
            return tr(
                "Between {first} and {second} a comma is missing.", first=first.string, second=second.string
            )
    return ""


def find_joined_conditions(source: str) -> str:
    """Return a sentence if conditions are joined by & or | and one has no brackets of its own, or "".

    Examples
    --------
    >>> find_joined_conditions('a.isin(m) & b == "no"')[:40]
    'Each condition that & or | joins needs r'
    """
    for node in _list_nodes(source):
        if not isinstance(node, ast.Compare):
            continue
        for side in (node.left, *node.comparators):
            joins = isinstance(side, ast.BinOp) and isinstance(side.op, ast.BitAnd | ast.BitOr)
            adds = isinstance(side, ast.BinOp) and isinstance(side.op, ast.Add) and len(node.ops) > 1
            if adds and not _is_in_brackets(side, source):
                return tr(
                    "Python reads the sign + before ==: each condition needs round brackets of its own, as "
                    "in (a == 1).sum() + (b == 2).sum()."
                )
            if joins and not _is_in_brackets(side, source):
                return tr(
                    "Each condition that & or | joins needs round brackets of its own: (a == 1) & (b == 2)."
                )
    return ""


def find_row_and_column_of_column(source: str, names: dict[str, Any]) -> str:
    """Return a sentence if loc is asked for a row and a column of what is one column already, or "".

    Parameters
    ----------
    source : str
        The cell.
    names : dict
        The notebook's namespace; only its columns are looked at.
    """
    pandas: Any = sys.modules.get("pandas")
    for node in _list_nodes(source):
        if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple)):
            continue
        owner = node.value.value if isinstance(node.value, ast.Attribute) else node.value
        meant: Any = names.get(owner.id) if isinstance(owner, ast.Name) else None
        if pandas is None or type(meant) is not pandas.Series:
            continue
        texts = [_text_of(part) for part in node.slice.elts]
        if any(text and text not in meant.index for text in texts):
            return tr(
                "{name} is one column already, so the name of a row is enough in the square brackets.",
                name=ast.unparse(owner),
            )
    return ""


def find_texts_for_condition(source: str, names: dict[str, Any]) -> str:
    """Return a sentence if a column of texts stands where & or | wants a condition, or "".

    Parameters
    ----------
    source : str
        The cell.
    names : dict
        The notebook's namespace; only its tables are looked at.
    """
    for node in _list_nodes(source):
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr)):
            continue
        for side in (node.left, node.right):
            owner, column = _owner_and_column(side)
            cells = _cells_of(owner, column, names) if owner and column else None
            if cells is not None and _has_texts(cells):
                return tr(
                    'The column "{column}" has texts, and beside & and | stand conditions. Compare it with '
                    "the word that you mean, in round brackets.",
                    column=column,
                )
    return ""


def find_counted_condition(source: str) -> str:
    """Return a sentence if a cell counts a condition with len or count, which count every row, or "".

    Examples
    --------
    >>> find_counted_condition('len(events["kind"] == "trip")')[:40]
    'A condition has True or False for every '
    """
    for node in _list_nodes(source):
        counted = _find_counted(node) if isinstance(node, ast.Call) else None
        if counted is not None and _is_condition(counted):
            return tr(
                "A condition has True or False for every row, so that counting it counts all rows. First "
                "keep the rows, by the condition in the table's square brackets; or sum() counts the True."
            )
    return ""


def find_counted_table(source: str, names: dict[str, Any]) -> str:
    """Return a sentence if a cell asks a whole table for its count, which is one of each column, or ""."""
    pandas: Any = sys.modules.get("pandas")
    for node in _list_nodes(source) if pandas else ():
        called = node.func if isinstance(node, ast.Call) and not node.args else None
        if not (isinstance(called, ast.Attribute) and called.attr in ("count", "nunique")):
            continue
        owner, keeps_rows = called.value, False
        if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Attribute):
            keeps_rows = owner.func.attr in ("query", "dropna")
        if isinstance(owner, ast.Subscript) and _keeps_rows(owner.slice, names):
            owner = owner.value
            # t["c"][...] is one column
            keeps_rows = not (isinstance(owner, ast.Subscript) and _text_of(owner.slice))
        meant: Any = names.get(owner.id) if isinstance(owner, ast.Name) else None
        if type(meant) is pandas.DataFrame or (meant is None and keeps_rows):
            if called.attr == "nunique":
                return tr("nunique of a whole table counts in each of its columns. Choose the column first.")
            return tr(
                "count of a whole table counts each of its columns, and only filled cells. len(...) counts "
                "its rows."
            )
    return ""


def _keeps_rows(node: ast.expr, names: dict[str, Any]) -> bool:
    """Return whether what is in square brackets is a condition, also one that has a name."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        node = node.operand
    if isinstance(node, ast.Name):
        return str(getattr(names.get(node.id), "dtype", "")) == "bool"
    return _is_condition(node)


def find_condition_and_columns(source: str) -> str:
    """Return a sentence if one pair of square brackets holds a condition and columns, or "".

    Examples
    --------
    >>> find_condition_and_columns('trip[trip["type"] == "leg", ["day", "event"]]')[:40]
    'A condition and columns have a pair of s'
    """
    for node in _list_nodes(source):
        parts = (
            node.slice.elts if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) else []
        )
        if len(parts) != 2 or not isinstance(node, ast.Subscript) or isinstance(node.value, ast.Attribute):
            continue
        columns = isinstance(parts[1], ast.List) or _text_of(parts[1])
        if _is_condition(parts[0]) and columns:
            return tr(
                "A condition and columns have a pair of square brackets each, one behind the other: the rows "
                "first, then the columns."
            )
    return ""


def find_turned_loc(source: str, names: dict[str, Any]) -> str:
    """Return a sentence if loc is given a column first, or two rows with a comma between, or ""."""
    pandas: Any = sys.modules.get("pandas")
    for node in _list_nodes(source) if pandas else ():
        if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple)):
            continue
        owner = node.value.value if isinstance(node.value, ast.Attribute) else None
        if not isinstance(owner, ast.Name) or not isinstance(node.value, ast.Attribute):
            continue
        table: Any = names.get(owner.id)
        texts = [_text_of(one) for one in node.slice.elts]
        if node.value.attr != "loc" or type(table) is not pandas.DataFrame or len(texts) != 2:
            continue
        if texts[0] in table.columns and texts[0] not in table.index:
            return tr("In the square brackets of loc the row comes first, then the column.")
        if all(one in table.index and one not in table.columns for one in texts):
            return tr(
                "Behind the comma loc expects a column, and these are two rows. Several rows are a "
                "list: loc[[...]]."
            )
    return ""


def find_inside_function(name: str, source: str) -> str:
    r"""Return a sentence if a function of the cell makes a name that is asked for outside of it, or "".

    Examples
    --------
    >>> find_inside_function("held", "def f():\n    held = 1\nheld")[:40]
    '"held" is made inside the function f, an'
    """
    for node in _list_nodes(source):
        if not isinstance(node, ast.FunctionDef):
            continue
        made = {
            one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
        if name in made:
            return tr(
                '"{name}" is made inside the function {function}, and stays there. Does this line belong '
                "into it? Then it starts as far to the right as the others.",
                name=name,
                function=node.name,
            )
    return ""


def find_checked_name(name: str, source: str) -> str:
    r"""Return a sentence if check is given a name in a cell that does not make it, or "".

    Examples
    --------
    >>> find_checked_name("answer", 'founded = 3\ncheck("00.1", answer)')
    'check looks at "answer", and this cell does not make it: its line has to begin with that name.'
    """
    for node in _list_nodes(source):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check"):
            continue
        if any(isinstance(one, ast.Name) and one.id == name for one in node.args):
            return tr(
                'check looks at "{name}", and this cell does not make it: its line has to begin with that '
                "name.",
                name=name,
            )
    return ""


def find_colon(name: str, source: str) -> str:
    """Return a sentence if a cell gives a value to a name by a colon, or "".

    Examples
    --------
    >>> find_colon("answer", "answer: founded + 20")
    'A name gets its value by the sign =, and not by a colon: answer = ...'
    """
    for node in _list_nodes(source):
        written = isinstance(node, ast.AnnAssign) and node.value is None
        if written and isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name:
            return tr("A name gets its value by the sign =, and not by a colon: {name} = ...", name=name)
    return ""


def find_no_return(source: str) -> str:
    r"""Return a sentence if a function of the cell does not end with return, or "".

    Examples
    --------
    >>> find_no_return("def f(x):\n    x + 1")
    'The function f works something out, and does not give it back: return does.'
    """
    for node in _list_nodes(source):
        if isinstance(node, ast.FunctionDef) and isinstance(node.body[-1], ast.Expr):
            return tr(
                "The function {name} works something out, and does not give it back: return does.",
                name=node.name,
            )
    return ""


def _is_condition(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("isin", "isna", "notna", "between")
    return isinstance(node, ast.Compare)


def _find_counted(call: ast.Call) -> ast.expr | None:
    """Return what ``len(x)`` or ``x.count()`` counts; None of another call."""
    if isinstance(call.func, ast.Name) and call.func.id == "len" and call.args:
        return call.args[0]
    if isinstance(call.func, ast.Attribute) and call.func.attr in ("count", "size"):
        return call.func.value
    return None


def is_called(name: str, source: str) -> bool:
    """Return whether a cell puts round or square brackets behind a name, as it does behind a function.

    Examples
    --------
    >>> is_called("diff", "diff(gas)"), is_called("diff", "gas.diff()")
    (True, False)
    """
    for node in _list_nodes(source):
        before = None
        if isinstance(node, ast.Call):
            before = node.func
        elif isinstance(node, ast.Subscript):
            before = node.value
        if isinstance(before, ast.Name) and before.id == name:
            return True
    return False


# --------------------------------------------------------------------------------------------------- words


def find_unknown_value(source: str, names: dict[str, Any]) -> str:
    """Return a sentence on a value that a cell compares with a column in which no cell has it, or "".

    Parameters
    ----------
    source : str
        The cell.
    names : dict
        The notebook's namespace; only its tables and columns are looked at.
    """
    for owner, column, values in _find_compared(source):
        cells = _cells_of(owner, column, names)
        for value in values if cells is not None and len(cells) else ():
            said = _say_unknown_value(column or owner, value, cells)
            if said:
                other = (
                    "" if _ISO_DAY.fullmatch(str(value)) else _find_other_table(owner, column, value, names)
                )
                return other or said
    return ""


def _find_other_table(owner: str, column: str, value: object, names: dict[str, Any]) -> str:
    """Return a sentence on the table that has a value in a column of that name, where another lacks it."""
    pandas: Any = sys.modules["pandas"]
    own: Any = names.get(owner)
    if not isinstance(value, str) or type(own) is not pandas.DataFrame:
        return ""
    for name, table in names.items():
        if name.startswith("_") or name == owner or type(table) is not pandas.DataFrame:
            continue
        cells = _cells_of(name, column, names)
        if cells is not None and len(table) > len(own) and (cells == value).any():
            return tr(
                'In the table {owner} no cell of the column "{column}" is "{value}"; in {other} one is.',
                owner=owner,
                column=column,
                value=value,
                other=name,
            )
    return ""


def find_day_among_texts(source: str, names: dict[str, Any]) -> str:
    """Return a sentence if a cell compares a column of texts with a day, or ""."""
    for node in _list_nodes(source):
        if not isinstance(node, ast.Compare) or type(node.ops[0]) not in (*_COMPARED, ast.Eq, ast.NotEq):
            continue
        owner, column = _owner_and_column(node.left)
        cells = _cells_of(owner, column, names)
        if cells is None or not len(cells) or not _has_texts(cells):
            continue
        first = cells.dropna().iloc[0]
        if _DAY_FIRST.fullmatch(first):
            return tr(
                'The column "{column}" has texts such as "{text}", and no days: pd.to_datetime makes days of '
                "a column.",
                column=column or owner,
                text=first,
            )
    return ""


def _has_texts(cells: Any) -> bool:
    """Return whether the filled cells of a column are texts, all of those that are looked at."""
    filled = cells.dropna().head(5).tolist()
    return bool(filled) and all(isinstance(one, str) for one in filled)


def find_decimal_texts(source: str, names: dict[str, Any]) -> str:
    """Return a sentence if a cell calculates with a column of texts such as "0,5", or ""."""
    texts = {_text_of(node) for node in _list_nodes(source) if _text_of(node)}
    for name in sorted({node.id for node in _list_nodes(source) if isinstance(node, ast.Name)}):
        for column in sorted(texts):
            cells = _cells_of(name, column, names)
            if cells is None or not len(cells) or not _has_texts(cells):
                continue
            first = str(cells.dropna().iloc[0])
            if re.fullmatch(r"-?\d+,\d+", first):
                return tr(
                    'The column "{column}" has texts such as "{text}": Python expects a point before the '
                    "decimals. decimal=... tells read_csv which sign the file has.",
                    column=column,
                    text=first,
                )
    return ""


def find_empty_cell(source: str, names: dict[str, Any]) -> str:
    """Return a sentence on an empty cell in a column that a cell names, or ""."""
    used = {node.id for node in _list_nodes(source) if isinstance(node, ast.Name)}
    for column in [_text_of(node) for node in _list_nodes(source) if _text_of(node)]:
        for table in sorted(used):
            cells = _cells_of(table, column, names)
            if cells is not None and cells.isna().any():
                empty = list(cells.index[cells.isna()])
                rows = join_in_words(empty if len(empty) < 5 else [*empty[:4], tr("others")])
                return tr(
                    'In "{table}" the column "{column}" has an empty cell in row {rows}.',
                    table=table,
                    column=column,
                    rows=rows,
                )
    return ""


def _find_full_column(source: str, names: dict[str, Any]) -> str:
    """Return a sentence if a cell asks for the empty cells of a column that has none, or ""."""
    for node in _list_nodes(source):
        called = node.func if isinstance(node, ast.Call) else None
        if not isinstance(called, ast.Attribute) or called.attr != "isna":
            continue
        owner, column = _owner_and_column(called.value)
        cells = _cells_of(owner, column, names)
        if cells is not None and not cells.isna().any():
            return tr(
                'No cell of the column "{column}" is empty. A 0 is a number, and == finds it.',
                column=column or owner,
            )
    return ""


def _find_limit(source: str, names: dict[str, Any]) -> str:
    """Return a sentence if a cell asks for what is above or below all that a column has, or ""."""
    pandas: Any = sys.modules.get("pandas")
    for node in _list_nodes(source) if pandas else ():
        if not (isinstance(node, ast.Compare) and isinstance(node.comparators[0], ast.Constant)):
            continue
        asked = _COMPARED.get(type(node.ops[0]))
        cells = _cells_of(*_owner_and_column(node.left), names)
        limit: Any = node.comparators[0].value
        if asked is None or cells is None or not str(cells.dtype).startswith(("int", "float", "datetime")):
            continue
        if isinstance(limit, str):
            limit = pandas.to_datetime(limit, errors="coerce")
        try:
            meets = asked(cells, limit).any()
        except TypeError:
            continue
        if not meets:
            return tr(
                'No cell of the column "{column}" meets this condition: it runs from {low} to {high}.',
                column=_owner_and_column(node.left)[1] or _owner_and_column(node.left)[0],
                low=_write_limit(cells.min()),
                high=_write_limit(cells.max()),
            )
    return ""


#: What the signs of a comparison ask.
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}


def _write_limit(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if hasattr(value, "year") else f"{value:.12g}"


def _say_unknown_value(column: str, value: object, cells: Any) -> str:
    """Return a sentence if a column has no such value, "" if it has it or nobody can tell."""
    kind = str(cells.dtype)
    other = _say_other_kind(column, value, kind)
    if other:
        return other
    if kind in ("object", "str", "string", "category") and isinstance(value, str):
        known = {one for one in cells.dropna().tolist() if isinstance(one, str)}
        return _say_unknown_text(column, value, known) if known and value not in known else ""
    if kind.startswith(("int", "float")) and isinstance(value, str):
        return tr('The column "{column}" has numbers: compare it without quotation marks.', column=column)
    if kind.startswith("datetime") and isinstance(value, str):
        pandas: Any = sys.modules["pandas"]
        day = pandas.to_datetime(value, errors="coerce")
        if pandas.isna(day) or not (cells == day).any():
            return tr('No cell of the column "{column}" is the day "{value}".', column=column, value=value)
    if kind.startswith(("int", "float")) and type(value) in (int, float) and not (cells == value).any():
        return tr(
            'No cell of the column "{column}" is {value}: it runs from {low:.12g} to {high:.12g}.',
            column=column,
            value=value,
            low=cells.min(),
            high=cells.max(),
        )
    return ""


def _say_other_kind(column: str, value: object, kind: str) -> str:
    """Return a sentence on None, or on True and False where texts are, or texts where these are; or ""."""
    if value is None:
        return tr("Nothing equals None, not even an empty cell. isna() asks which cells are empty.")
    if kind.startswith("datetime") and isinstance(value, int | float):
        return tr(
            'The column "{column}" has days, and {value} is a number. A day is written in quotation marks, '
            'as in "2022-09-14".',
            column=column,
            value=value,
        )
    if isinstance(value, bool) and kind in ("object", "str", "string", "category"):
        return tr('The column "{column}" has texts, and no True or False.', column=column)
    if kind == "bool" and isinstance(value, str):
        return tr(
            'The column "{column}" has True and False, and no texts: it is a condition itself, and ~ before '
            "it turns it round.",
            column=column,
        )
    return ""


def _say_unknown_text(column: str, text: str, known: set[str]) -> str:
    said = tr('No cell of the column "{column}" is "{text}".', column=column, text=text)
    if not text.strip():
        return f"{said} {tr('isna() asks which cells are empty.')}"
    folded = {one.casefold().strip(): one for one in sorted(known)}
    near = difflib.get_close_matches(text.casefold().strip(), folded, 1, 0.75)
    if near:
        advice = tr('Did you mean "{near}"?', near=folded[near[0]])
    else:
        advice = tr("value_counts() on the column shows which words it has.")
    return f"{said} {advice}"


def _cells_of(owner: str, column: str, names: dict[str, Any]) -> Any:
    """Return a column of the table that a name means, or the column that it means itself; else None."""
    pandas: Any = sys.modules.get("pandas")
    meant: Any = names.get(owner)
    if pandas is None:
        return None
    if owner.startswith(_LOADED) and getattr(names.get("data"), "__name__", "") == "samarkand.data":
        try:
            meant = names["data"].load(owner.removeprefix(_LOADED))
        except CourseError:
            return None
    if type(meant) is pandas.Series and not column:
        return meant
    one = type(meant) is pandas.DataFrame and list(meant.columns).count(column) == 1
    return meant[column] if one else None


def _find_compared(source: str) -> Iterator[tuple[str, str, list[object]]]:
    """Yield (table or column, column, values) of ``t["c"] == value``, ``.isin([...])``, ``.map({...})``."""
    for node in _list_nodes(source):
        if (
            isinstance(node, ast.Compare)
            and len(node.ops) == 1
            and isinstance(node.ops[0], ast.Eq | ast.NotEq)
        ):
            left, right = node.left, node.comparators[0]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "isin":
            left = node.func.value
            right = node.args[0] if node.args else node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "map":
            keys = node.args[0].keys if node.args and isinstance(node.args[0], ast.Dict) else []
            left, right = node.func.value, ast.List([key for key in keys if key is not None])
        else:
            continue
        parts = right.elts if isinstance(right, ast.List | ast.Tuple | ast.Set) else [right]
        values: list[object] = [part.value for part in parts if isinstance(part, ast.Constant)]
        owner, column = _owner_and_column(left)
        if owner and values:
            yield owner, column, values


#: Before the name of a table that a cell loads where it needs it.
_LOADED = "data.load "


def _owner_and_column(node: ast.expr) -> tuple[str, str]:
    """Return the name and the column of ``t["c"]``, ``t.loc[rows]["c"]`` and ``t.loc[rows, "c"]``.

    Of the name of a column alone, ``c``, it is ("c", "").
    """
    if isinstance(node, ast.Name):
        return node.id, ""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id, node.attr
    if not isinstance(node, ast.Subscript):
        return "", ""
    last = node.slice.elts[-1] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
    column = _text_of(last)
    owner = node.value
    while isinstance(owner, ast.Subscript | ast.Attribute):
        owner = owner.value
    if isinstance(owner, ast.Call) and ast.unparse(owner.func) == "data.load" and len(owner.args) == 1:
        return f"{_LOADED}{_text_of(owner.args[0])}", column
    return (owner.id, column) if isinstance(owner, ast.Name) and column else ("", "")


# ----------------------------------------------------------------------------------------- lines of no form

#: What a line that is no Python shows: a pattern, and the sentence; the first that is found counts.
_FORMS = (
    ("[\u2260\u2264\u2265]", tr("The sign {found} is written with two signs: !=, <= or >=.")),
    ("[\u2013\u2014\u2212]", tr("The sign {found} is a dash. Take the minus of the keyboard: -.")),
    ("[\u00d7\u22c5\u00b7]", tr("The sign {found} is not one of Python's. To multiply, write *.")),
    ("\u00f7", tr("The sign {found} is not one of Python's. To divide, write /.")),
    (
        "[\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u00ab\u00bb`\u00b4]",
        tr("Python accepts only straight quotation marks: \" or '."),
    ),
    ("=>|=<|=!", tr("The signs {found} stand the other way round: >=, <= or !=.")),
    ("<>", tr("Python writes “is not” with the signs !=.")),
    (r"\.\.\.\s*[\w\"'(\[]", tr("The three dots were the place for your code: take them away.")),
    (
        r"=\s*#",
        tr("Python does not read what is behind the sign #. Take the sign away, or write before it."),
    ),
    (
        r"\d\s*%",
        tr(
            "A number has no per cent sign: to Python, % asks for the remainder of a division. Write 45.7, "
            "not 45.7%."
        ),
    ),
    (
        "(?<![\\w.])\\d{1,3}(?:[ \u00a0\u202f]\\d{3})+(?!\\d)",
        tr("A number is written without spaces: {plain}."),
    ),
    (
        r"\*\*\s*\d+\s*\.\s*[a-z]",
        tr("What is raised to a power needs round brackets before the next dot: (a ** 2).sum()."),
    ),
    (
        r"[\])]\s*(?!(?:if|else|and|or|in|is|not|for)\b)[a-z_]+\s*[(\[]",
        tr("Between the bracket and the name after it a sign is missing: a dot, or a comma?"),
    ),
    ("(?:(?<![\\w\"'])\\d[\\d.]*\\s*|[\\w)\\]]\\s+)[x\u0445]\\s*\\d", tr("To multiply, write *.")),
    (r"[\[(]\s*\"\"\s*:", tr("Names and values with colons between belong into braces: {curly}.")),
    (
        r"^[^{}:]*=\s*(?!.*\blambda\b)[^{}:]*[\w)\]]\s*(?:\s:\s|:\s+)[\w(]|=\s*[\d.]+\s*:\s*[\d.(]",
        tr("To divide, write /."),
    ),
    (
        r"[{\[(][^{}\[\]()]*;",
        tr("Between the parts of a list, or of what is in brackets, are commas, and no semicolons."),
    ),
    (r"\.\s*\[", tr("Between the dot and the square bracket a name is missing: or is the dot one too many?")),
    (
        r"^\s*(?!(?:if|elif|while|for|with|def|return|and|or|not)\b)\w+\s+\w+\s*=[^=]",
        tr("A name is one word: join its parts with _."),
    ),
    (
        r"\d\s+(?!(?:if|else|and|or|in|is|not|for)\b)[a-z]+",
        tr(
            "A number is written without its unit, and a text has quotation marks. Between a number and a "
            "name is a sign, such as + or *."
        ),
    ),
    (
        r"^\s*(?:SELECT|select)\s+[\w*]",
        tr("This is SQL, another language. Here a table is asked by square brackets: table[...]."),
    ),
    (r"[=+*/<>&|-]\s*$", tr("Behind the last sign something is missing.")),
    (
        "[$\u20ac\u00a3\u20b8]\\s*\\d|\\d\\s*[$\u20ac\u00a3\u20b8]",
        tr("A number has no sign of a currency."),
    ),
    ("\u2116", tr("The sign {found} is not one of Python's.")),
)


def find_form(line: str) -> str:
    """Return a sentence on what makes a line no Python, by the signs in it outside of texts, or "".

    Examples
    --------
    >>> find_form("answer = 290 000")
    'A number is written without spaces: 290000.'
    >>> find_form('answer = legs["km"] head(3)')[:40]
    'Between the bracket and the name after i'
    """
    code = _remove_texts(line)
    for pattern, words in _FORMS:
        found = re.search(pattern, code)
        if found:
            plain = re.sub(r"\s", "", found[0])
            said = words.replace("{found}", found[0].strip()).replace("{plain}", plain)
            return said.replace("{curly}", '{"yes": 1, "no": 0}')
    for word in re.findall(r"\w+", code):
        disguised = disguised_word(word)
        if disguised:
            return say_foreign_letter(disguised)
    return _find_two_words(code)


def _find_two_words(code: str) -> str:
    """Return a sentence on two names, or a name and a number, with nothing between them, or ""."""
    called = re.search(r"\.\s*([A-Za-z_]\w*)\s+(\d+)\s*$", code)
    if called:
        return tr("{name} takes round brackets: {name}({number}).", name=called[1], number=called[2])
    for first, second in re.findall(r"\b([A-Za-z_]\w*)\s+(?=([A-Za-z_]\w*|\d+\b))", code):
        if first != "print" and not (keyword.iskeyword(first) or keyword.iskeyword(second)):
            return tr(
                'Between "{first}" and "{second}" a sign is missing: +, *, a dot, a comma? If they are words '
                "of one text, it needs quotation marks.",
                first=first,
                second=second,
            )
    return ""


# --------------------------------------------------------------------------------------------------- pieces


def columns_in(names: dict[str, Any]) -> list[Any]:
    """Return the Series in a namespace, of exactly that class."""
    pandas: Any = sys.modules.get("pandas")
    return [one for one in names.values() if type(one) is pandas.Series] if pandas else []


def tables_in(names: dict[str, Any]) -> list[Any]:
    """Return the DataFrames in a namespace, of exactly that class: no method of a student's class runs."""
    pandas: Any = sys.modules.get("pandas")
    return [one for one in names.values() if type(one) is pandas.DataFrame] if pandas else []


_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


def _list_nodes(source: str) -> Iterator[ast.AST]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return iter(())
    return ast.walk(tree)


def _text_of(node: ast.AST) -> str:
    """Return the text in quotation marks that a node is, or ""."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _names_no_column(node: ast.expr) -> bool:
    """Return whether the left of a comparison is a text or a list of texts, as in ``["kind" == "trip"]``."""
    if isinstance(node, ast.List):
        return bool(node.elts) and all(_text_of(one) for one in node.elts)
    return bool(_text_of(node))


def _is_in_brackets(node: ast.expr, source: str) -> bool:
    lines = source.splitlines()
    before = lines[node.lineno - 1].encode()[: node.col_offset].decode(errors="replace").rstrip()
    after = (
        lines[(node.end_lineno or 1) - 1].encode()[node.end_col_offset :].decode(errors="replace").lstrip()
    )
    return before.endswith("(") and after.startswith(")")


def _names_and_texts(source: str) -> Iterator[str]:
    for node in _list_nodes(source):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _remove_texts(line: str) -> str:
    """Return a line with its texts emptied and without its comment, but for one right behind a sign =."""
    code = re.sub(r"\"[^\"]*\"|'[^']*'", '""', line)
    return code if re.search(r"=\s*#", code) else code.partition("#")[0]
