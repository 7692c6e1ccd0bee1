"""Python's errors in plain words: what is wrong, in which line, what to try.

Notebooks and marking say them alike. Errors of the course are sentences already.
"""

import builtins
import difflib
import re
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from samarkand.common import home, reading, slips
from samarkand.common.errors import CourseError, make_unknown_name
from samarkand.common.letters import disguised_word
from samarkand.common.words import join_in_words, tr

#: Names that IPython puts into every notebook, never suggested to a student.
_IPYTHONS = frozenset(("In", "Out", "exit", "quit", "open", "get_ipython"))
#: Built-in functions that lessons use, suggested for misspelt names.
_FUNCTIONS = (
    *("enumerate", "float", "help", "int", "len", "list"),
    *("print", "range", "sorted", "str", "sum", "zip"),
)
#: The short names by which everybody calls a library, for whoever begins an empty notebook.
_SHORT_NAMES = {"pd": "pandas", "np": "numpy", "alt": "altair", "nx": "networkx"}
#: Methods of a table that every column has to have numbers for.
_OF_NUMBERS = frozenset(("sum", "diff", "mean", "median", "std", "pct_change", "cumsum", "round"))
#: What other languages write for True, False and None.
_PYTHONS = {
    "true": "True",
    "TRUE": "True",
    "false": "False",
    "FALSE": "False",
    "null": "None",
    "none": "None",
}
#: Modules that a lesson may import, suggested for misspelt ones.
_COURSE_USES = ("samarkand", "pandas", "numpy", "altair", "folium", "ipywidgets")


def explain_error(error: BaseException, names: dict[str, Any], cell: str = "") -> str:
    """Return an error in plain words, with its line; "" for the course's own errors and unknown ones.

    `names` is the notebook's namespace: suggestions come from it, and code that runs in it is the student's.
    Lines are counted in the `cell`, which IPython runs without its leading empty ones.
    """
    if isinstance(error, CourseError):
        return ""
    sentence = _explain_by_source(error, names, cell)
    if not sentence:
        sentence = next(
            (say(error, names) for kind, say in _EXPLAINED.items() if isinstance(error, kind)), ""
        )
    sentence = sentence or _explain_by_message(error)
    where = _find_line(error, names) if sentence else None
    if where is None:
        return sentence
    line, function = where
    if function:
        return tr(
            "Line {line} of the cell that defines {function}: {sentence} If that cell is the lesson's, "
            "look at what this one puts into the round brackets of {function}.",
            line=line,
            function=function,
            sentence=sentence,
        )
    above = cell[: len(cell) - len(cell.lstrip())].count("\n")
    return tr("Line {line} of this cell: {sentence}", line=line + above, sentence=sentence)


def find_public_class(kind: type[BaseException]) -> type[BaseException]:
    """Return the public class of a syntax error: Python 3.13 has a private one for incomplete input."""
    return SyntaxError if kind.__name__.startswith("_") and issubclass(kind, SyntaxError) else kind


def _explain_by_source(error: BaseException, names: dict[str, Any], cell: str) -> str:
    """Return the sentence for an error whose cause the cell's source shows, or ""."""
    found = ""
    if isinstance(error, IndentationError):
        found = ""  # what Python says of it is plain; the branch for its parent class is not for it
    elif isinstance(error, SyntaxError):
        found = slips.find_form(error.text or "") or _say_where_python_stops(error)
    elif isinstance(error, KeyError):
        found = _explain_key_by_source(error, names, cell)
    elif isinstance(error, NameError):
        found = _explain_name_by_source(error, names, cell)
    elif isinstance(error, AttributeError) and error.name:
        found = slips.say_foreign_name(error.name)
    elif isinstance(error, TypeError | ValueError):
        found = _explain_value_by_source(error, names, cell)
    elif isinstance(error, AssertionError):  # of pandas, for a condition joined with a function
        found = slips.find_uncalled(cell)
    elif type(error).__name__ == "IndexingError":
        found = slips.find_row_and_column_of_column(cell, names)
    elif type(error).__name__ == "InvalidIndexError":
        found = (
            slips.find_comma(cell)
            or slips.find_condition_and_columns(cell)
            or _explain_by_message(error)
            or tr("A row and a column at once are picked by loc: table.loc[row, column].")
        )
    return found


def _explain_key_by_source(error: KeyError, names: dict[str, Any], cell: str) -> str:
    """Return the sentence for a key that is not there, if the cell's source shows the cause, or ""."""
    wanted = error.args[0] if error.args else None
    if isinstance(wanted, bool):
        return slips.find_bracket(cell) or tr(
            "In the square brackets is True or False, which names no column: is a bracket in the wrong place?"
        )
    return (
        slips.say_foreign_letter(disguised_word(str(wanted)))
        or slips.find_glued_texts(cell)
        or slips.find_column_for_condition(cell, names)
        or slips.find_condition_and_columns(cell)
        or slips.find_turned_loc(cell, names)
        or _explain_missing_day(error, wanted)
    )


def _explain_value_by_source(error: TypeError | ValueError, names: dict[str, Any], cell: str) -> str:
    """Return the sentence for a value of the wrong kind, if the cell's source shows the cause, or ""."""
    return (
        _explain_whole_table(error)
        or slips.find_in_error(cell, names)
        or slips.find_quoted_name(cell, names)
        or slips.find_added_tables(cell, names)
        or slips.find_summed_table(cell, names)
        or _explain_text_among_numbers(error, cell, names)
        or _explain_value_inside(error, names)
    )


def _explain_name_by_source(error: NameError, names: dict[str, Any], cell: str) -> str:
    """Return the sentence for a name that is not defined, if the cell's source shows the cause, or ""."""
    name = error.name or ""
    sentence = (
        slips.find_colon(name, cell)
        or slips.find_checked_name(name, cell)
        or _explain_spreadsheet_function(name, cell)
        or _place_of(name, names, cell)
        or slips.say_foreign_name(name)
    )
    if not sentence and not isinstance(error, UnboundLocalError):
        sentence = slips.find_inside_function(name, cell)
    return sentence or _explain_name(error, names, cell)


#: The most letters of a line that a sentence repeats.
_SHOWN = 20


def _say_where_python_stops(error: SyntaxError) -> str:
    """Return a sentence on the signs at which Python stops reading a line, or ""."""
    rest = (error.text or "")[(error.offset or 1) - 1 :].strip()
    if error.msg != "invalid syntax" or not rest:
        return ""
    here = rest if len(rest) <= _SHOWN else f"{rest[:_SHOWN]}…"
    return tr(
        "Python can read the line up to {here}. Is a sign missing before it, or is one too many?", here=here
    )


def _explain_missing_day(error: BaseException, wanted: object) -> str:
    """Return the sentence for a day that no row of a table is named after, or ""."""
    pandas: Any = sys.modules.get("pandas")
    if pandas is None or not isinstance(wanted, str | pandas.Timestamp):
        return ""
    for frame, _ in reversed(list(_list_frames(error))):
        owner: Any = frame.f_locals.get("self")
        if type(owner) is not pandas.DatetimeIndex or not len(owner):
            continue
        asked = str(wanted).removesuffix(" 00:00:00")
        return slips.find_no_day(f'"{asked}"') or tr(
            'No row is called "{day}". They are days from {first} to {last}.',
            day=asked,
            first=f"{owner.min():%Y-%m-%d}",
            last=f"{owner.max():%Y-%m-%d}",
        )
    return ""


def _explain_value_inside(error: BaseException, names: dict[str, Any]) -> str:
    """Return the sentence for a value that a function could not use, where the line itself has no fault."""
    frames = [frame for frame, _ in _list_frames(error)]
    own = [number for number, frame in enumerate(frames) if frame.f_globals is names]
    unfit = re.search(r"not (subscriptable|callable|iterable)|unhashable", str(error))
    if not unfit or not own or own[-1] + 1 >= len(frames):
        return ""
    inner = [frame.f_code.co_name for frame in frames[own[-1] + 1 :]]
    called = next((one for one in inner if one != "wrapper"), inner[0])  # as pandas' decorators are called
    return tr(
        "{function} cannot use what is in its round brackets: look at each part in a cell of its own.",
        function=called,
    )


def _explain_text_among_numbers(error: BaseException, cell: str, names: dict[str, Any]) -> str:
    """Return the sentence for a calculation with a text, with the text where the cell's source shows it."""
    pairs = r"'str' and '(?:str|list)'|'(?:int|float)' and 'str'|'str' and '(?:int|float)'"
    mixed = re.search(pairs, str(error))
    if not isinstance(error, TypeError) or not (mixed or "can only concatenate str" in str(error)):
        return ""
    columns: set[object] = set()
    for table in slips.tables_in(names):
        columns |= set(table.columns)
    for text in slips.list_texts_calculated_with(cell):
        if re.fullmatch(r"\s*-?[\d.,]+\s*", text):
            return tr('"{text}" is a text. A number has no quotation marks.', text=text)
        if text in columns:
            return tr(
                'A column has its table before it, and square brackets: table["{name}"]. Here "{name}" is '
                "only a text.",
                name=text,
            )
    if "for -" in str(error) and "'str' and 'str'" in str(error):
        return tr("Texts are subtracted here. Look at both sides of the sign in a cell of their own.")
    return tr(
        "A text is calculated with, or compared with a number. Look at each side of the sign in a cell of "
        "its own."
    )


def _explain_spreadsheet_function(name: str, cell: str) -> str:
    """Return the sentence for a function of spreadsheets that a cell calls, or ""."""
    written = name if name.isupper() or name.casefold().endswith(("if", "ifs", "lookup")) else ""
    ours = _OF_SPREADSHEETS.get(written.upper())
    if not ours or not slips.is_called(name, cell):
        return ""
    return tr("{name} is a function of spreadsheets. Here {ours}.", name=name, ours=ours)


def _place_of(name: str, names: dict[str, Any], cell: str) -> str:
    """Return the sentence for a function that is called without what it stands behind, or ""."""
    if not slips.is_called(name, cell):
        return ""
    if name == "days":
        return tr('"days" stands after a dot, behind the brackets of a subtraction.')
    if name in ("count", "size", "length"):
        return tr("len(...) counts rows. {name} stands after a dot, behind one column.", name=name)
    if name in _list_methods():
        return tr('"{name}" stands after a dot, behind the table or column it works on.', name=name)
    owner = _find_owner(name, names)
    return tr('"{name}" belongs to {owner}: write {owner}.{name}.', name=name, owner=owner) if owner else ""


def _explain_whole_table(error: BaseException) -> str:
    """Return the sentence for a sum and the like of a table whose columns are not all numbers, or ""."""
    pandas: Any = sys.modules.get("pandas")
    for frame, _ in _list_frames(error) if pandas and isinstance(error, TypeError) else ():
        owner = frame.f_locals.get("self")
        method = frame.f_code.co_name
        if type(owner) is pandas.DataFrame and method in _OF_NUMBERS:
            return tr(
                "A whole table has columns of texts and days, and {method} wants numbers. Choose the column "
                "first.",
                method=method,
            )
    return ""


def _explain_by_message(error: BaseException) -> str:
    """Return the sentence for an error recognised by its message (``slips.toml``), or ""."""
    text = str(error)
    if isinstance(error, SyntaxError):  # with the last character that Python could read
        text = f"{error.msg} {(error.text or '')[: (error.offset or 1) - 1].rstrip()[-1:]}"
    for kind, known in reading.read_toml(home.ASSETS / "slips.toml").items():
        if isinstance(error, getattr(builtins, kind)):
            found = ((re.search(pattern, text), words) for pattern, words in known)
            return next((tr(words).format(**match.groupdict()) for match, words in found if match), "")
    return ""


def _find_line(error: BaseException, names: dict[str, Any]) -> tuple[int, str] | None:
    """Return (line, function) of the student's innermost frame; function is "" if this cell defines it."""
    own = [(frame.f_code, line) for frame, line in _list_frames(error) if frame.f_globals is names]
    if not own:
        return (error.lineno, "") if isinstance(error, SyntaxError) and error.lineno else None
    code, line = own[-1]
    return line, "" if code.co_filename == own[0][0].co_filename else code.co_name


def _list_frames(error: BaseException) -> Iterator[tuple[types.FrameType, int]]:
    """Yield (frame, line) of an error's traceback, outermost first."""
    at = error.__traceback__
    while at:
        yield at.tb_frame, at.tb_lineno
        at = at.tb_next


def _find_near_name(name: str, known: Iterable[object]) -> str:
    """Return the known name that differs by a slip of the hand, or "".

    A guess that leads away is worse than none. Such a slip is a letter too many, too few or another one in a
    name of four letters or more, or two letters that have changed places.
    """
    names = [str(one) for one in known]
    swapped = [one for one in names if sorted(one) == sorted(name) and one[:1] == name[:1]]
    alike = [one for one in names if one[:1].casefold() == name[:1].casefold()]
    return next(iter(swapped or difflib.get_close_matches(name, alike, 1, 0.75)), "")


# ------------------------------------------------------------------------------------ names and keys


def _list_methods() -> set[str]:
    """Return the names of what stands after a dot behind a table or a column."""
    pandas: Any = sys.modules.get("pandas")
    if pandas is None:
        return set()
    names = (*dir(pandas.DataFrame), *dir(pandas.Series))
    return {name for name in names if not name.startswith("_")}


def _find_owner(name: str, names: dict[str, Any]) -> str:
    """Return the name of the module in a notebook that has a function of this name, or ""."""
    for module, value in names.items():
        if isinstance(value, types.ModuleType) and not module.startswith("_") and hasattr(value, name):
            return module
    return ""


def _explain_name(error: NameError, names: dict[str, Any], cell: str) -> str:  # noqa: PLR0911 - one a case
    """Return a sentence on a name that Python does not know."""
    name = "".join(re.findall(r"'(\w+)'", str(error))[:1])
    if isinstance(error, UnboundLocalError):
        return tr('The function uses "{name}" before it has given it a value.', name=name)
    columns: set[object] = set()
    for table in slips.tables_in(names):
        columns |= set(table.columns)
    if type(error).__module__.startswith("pandas"):
        return _explain_name_in_query(name, columns)
    if name in columns:
        return tr('"{name}" is a column of a table here: it needs quotation marks.', name=name)
    if name in _PYTHONS:
        return tr("Python writes {name}, with a capital letter.", name=_PYTHONS[name])
    if _is_in_a_table(name, names):
        told = '"{name}" is a word in a table here: it needs quotation marks, unless a cell above defines it.'
        return tr(told, name=name)
    word = _explain_word(name)
    if word:
        return word
    if hasattr(sys.modules.get("pandas"), name):
        return tr('"{name}" belongs to pandas. With pd. before it Python finds it: pd.{name}.', name=name)
    own = [one for one in names if not one.startswith("_") and one not in _IPYTHONS]
    near = _find_near_name(name, own) or _find_near_name(name, _FUNCTIONS)
    if near:
        return tr('No name "{name}". Did you mean "{near}"?', name=name, near=near)
    column = _find_near_name(name, columns)
    if column and not slips.is_called(name, cell):
        return tr(
            'No name "{name}". Did you mean the column "{near}"? It needs quotation marks.',
            name=name,
            near=column,
        )
    if name in _SHORT_NAMES:
        return tr(
            'No name "{name}" yet. Begin with {line}; in a lesson the first cell does that.',
            name=name,
            line=f"import {_SHORT_NAMES[name]} as {name}",
        )
    return tr(
        'No name "{name}". Is it spelt right? If a cell above defines it, run that first: Run → Run All '
        "Above Selected Cell.",
        name=name,
    )


def _explain_word(name: str) -> str:
    """Return a sentence on a name that shows by itself what it was meant to be, or ""."""
    if name in ("isna", "notna"):
        return tr('"{name}" stands after a dot, behind the column that it asks about: {name}().', name=name)
    if re.fullmatch("[A-Z]{1,6}[0-9]+", name):
        return tr('No name "{name}". If it is an id, it is a text and needs quotation marks.', name=name)
    if re.fullmatch("[A-Z][a-z]+", name) and not hasattr(builtins, name):
        return tr(
            'No name "{name}". If it is a word of the task or of a table, it is a text and needs quotation '
            "marks.",
            name=name,
        )
    if name in _NUMBERS_AS_WORDS:
        return tr("Python reads no numbers in words: write {name} in digits.", name=name)
    return ""


def _explain_name_in_query(name: str, columns: set[object]) -> str:
    """Return a sentence on a name in the text of a query that is not a column."""
    near = _find_near_name(name, columns)
    if near:
        return tr('No column "{name}". Did you mean "{near}"?', name=name, near=near)
    return tr(
        '"{name}" is not a column. Inside query, a text has quotation marks of its own: '
        "query(\"kind == 'conflict'\").",
        name=name,
    )


def _is_in_a_table(name: str, names: dict[str, Any]) -> bool:
    """Return whether a cell or a row of a table or column in the notebook is called so."""
    for table in slips.tables_in(names):
        if name in table.index or table.isin([name]).any(axis=None):
            return True
    return any(name in column.index for column in slips.columns_in(names))


def _explain_key(error: KeyError, names: dict[str, Any]) -> str:  # noqa: PLR0911 - one a case
    """Return a sentence on a key, column or row that is not there."""
    if not error.args:
        return ""
    wanted = error.args[0]
    if re.search(r"\((?:True|False), |(?:True|False)\)", str(wanted)):
        return tr("A condition needs one pair of square brackets, not two.")
    if isinstance(wanted, str) and wanted.startswith("Column not found: "):
        grouped: list[Any] = [frame.f_locals.get("self") for frame, _ in _list_frames(error)]
        known = next((one.obj.columns for one in grouped if hasattr(one, "obj")), ())
        return _explain_missing(known, wanted.removeprefix("Column not found: "), tr("column"))
    apart = _explain_column_of_join(error, wanted)
    if apart:
        return apart
    if isinstance(wanted, tuple) or "key of type tuple" in str(wanted):
        if _is_row_and_column(wanted, names) or _is_row_and_column(wanted, _list_locals(error)):
            return tr("A row and a column at once are picked by loc: table.loc[row, column].")
        return _explain_by_message(Exception("Too many indexers"))
    return (
        _explain_other_side(error, wanted, names)
        or _explain_key_in_table(error, wanted)
        or tr("There is no key {key}. list(...) shows the keys.", key=repr(wanted))
    )


def _explain_column_of_join(error: KeyError, wanted: object) -> str:
    """Return a sentence on a column by which merge joins and that one of the two tables lacks, or ""."""
    pandas: Any = sys.modules.get("pandas")
    for frame, _ in _list_frames(error) if pandas else ():
        local = frame.f_locals
        left = local.get("left", local.get("self"))
        right = local.get("right")
        if frame.f_code.co_name != "merge" or pandas.DataFrame not in (type(left), type(right)):
            continue
        sides: list[tuple[Any, str]] = [(left, tr("first")), (right, tr("second"))]
        for table, words in sides:
            if type(table) is pandas.DataFrame and wanted not in table.columns:
                known = join_in_words([str(one) for one in table.columns][:8])
                return tr(
                    'The {which} table of the join has no column "{name}". It has {known}.',
                    which=words,
                    name=wanted,
                    known=known,
                )
    return ""


def _list_locals(error: BaseException) -> dict[str, Any]:
    """Return the values of the names in the frames of an error's traceback, numbered."""
    values: list[object] = []
    for frame, _ in _list_frames(error):
        values += frame.f_locals.values()
    return {str(number): value for number, value in enumerate(values)}


def _is_row_and_column(wanted: object, names: dict[str, Any]) -> bool:
    """Return whether a table in the notebook has a row and a column of these two names."""
    if not isinstance(wanted, tuple) or len(wanted) != 2:
        return False
    row, column = wanted
    return any(row in table.index and column in table.columns for table in slips.tables_in(names))


def _explain_other_side(error: KeyError, wanted: object, names: dict[str, Any]) -> str:
    """Return a sentence on a column that is looked for among rows, or a row among columns, or ""."""
    pandas: Any = sys.modules.get("pandas")
    if pandas is None or not isinstance(wanted, str):
        return ""
    several = re.match(r"None of \[Index\(\[(['\"])(?P<first>.+?)\1", wanted)
    if several:
        wanted = several["first"]
    for frame, _ in reversed(list(_list_frames(error))):
        owner: Any = frame.f_locals.get("self")
        if type(owner) is pandas.DataFrame and wanted in owner.index and wanted not in owner.columns:
            return tr('"{name}" is a row here, and not a column: loc picks rows by their names.', name=wanted)
        is_column = type(owner) is pandas.Series and wanted not in owner.index
        if is_column and any(wanted in table.columns for table in slips.tables_in(names)):
            return tr(
                '"{name}" is a column of a table, but before the dot or the bracket is one column alone, '
                'which has no "{name}". The table belongs there.',
                name=wanted,
            )
    return ""


def _explain_key_in_table(error: KeyError, wanted: object) -> str:
    """Return a sentence on a column or row that pandas looked for, or "" if it was something else."""
    pandas: Any = sys.modules.get("pandas")
    if pandas is None:
        return ""
    inwards = [frame.f_locals for frame, _ in _list_frames(error)]
    values: list[object] = []
    for local in inwards:
        values += local.values()
    tables = slips.tables_in({str(n): value for n, value in enumerate(values)})
    for local in reversed(inwards):
        owner = local.get("self")
        looked_for = local.get("key", local.get("labels", wanted))
        if isinstance(owner, pandas.Index):
            columns = any(owner is table.columns for table in tables)
            return _explain_missing(owner, looked_for, tr("column") if columns else tr("row"), tables)
        for table in (owner, local.get("obj")):
            if isinstance(table, pandas.DataFrame):
                return _explain_missing(table.columns, looked_for, tr("column"), [table])
    return ""


def _find_column_of(missing: Any, known: Any, tables: Iterable[Any]) -> str:
    """Return the column of a table with numbered rows in which a missing row's name is a text, or ""."""
    pandas: Any = sys.modules.get("pandas")
    if not isinstance(missing, str) or type(known) is not pandas.RangeIndex:
        return ""
    for table in tables:
        for name in table.columns if table.index is known else ():
            if list(table.columns).count(name) == 1 and (table[name] == missing).any():
                return str(name)
    return ""


def _say_cell_for_column(missing: Any, known: Any, tables: Iterable[Any]) -> str:
    """Return the sentence for a word that is looked for among columns, and stands in one of them, or ""."""
    for table in tables:
        if not isinstance(missing, str) or list(table.columns) != list(known):
            continue
        for name in table.columns:
            texts = str(table[name].dtype) in ("object", "str", "string", "category")
            if list(table.columns).count(name) == 1 and texts and (table[name] == missing).any():
                return tr(
                    'No column is called "{word}": it is a word in the column "{name}".',
                    word=missing,
                    name=name,
                )
    return ""


def _explain_missing(known: Any, wanted: Any, kind: str, tables: Iterable[Any] = ()) -> str:  # noqa: PLR0911
    """Return a sentence on the first wanted name that is not known."""
    one_by_one = wanted if hasattr(wanted, "__iter__") and not isinstance(wanted, str | tuple) else [wanted]
    missing = next((one for one in one_by_one if one not in known), wanted)
    if (
        isinstance(missing, str)
        and "," in missing
        and all(one.strip() in known for one in missing.split(","))
    ):
        return tr("Each name has quotation marks of its own, with commas between.")
    only = str(known[0]) if len(known) == 1 else ""
    sign = next((one for one in (";", ",", "|", "\t") if len(only.split(one)) > 1), "")
    if sign and str(missing) in only.split(sign):
        return tr(
            'All columns are in one, "{only}": which sign is between the cells? sep=... tells read_csv.',
            only=only.replace("\t", " "),
        )
    column = _find_column_of(missing, known, tables)
    if column:
        return tr(
            'The rows are called by numbers, and "{name}" is in the column {column}. set_index names '
            "the rows after a column.",
            name=missing,
            column=column,
        )
    told = _say_cell_for_column(missing, known, tables) if kind == tr("column") else ""
    if told:
        return told
    if isinstance(missing, int) and not isinstance(missing, bool) and str(missing) not in map(str, known):
        # A number that looks like another is no slip of the hand.
        words = [str(one) for one in known if not str(one).isdigit()]
        if words:
            return str(make_unknown_name(kind, missing, words))
        if not len(known):
            return tr('No {kind} "{name}": the table is empty.', kind=kind, name=missing)
        some = join_in_words([str(one) for one in known[:8]])
        return tr('No {kind} "{name}". There is: {some}.', kind=kind, name=missing, some=some)
    if isinstance(missing, str) and missing.strip().isdigit() and int(missing) in known:
        return tr("The name {name} is a number here: write it without quotation marks.", name=missing)
    if isinstance(missing, int) and str(missing) in known:
        return tr("The name {name} is a text here: write it in quotation marks.", name=missing)
    return str(make_unknown_name(kind, missing, map(str, known)))


def _explain_attribute(error: AttributeError, names: dict[str, Any]) -> str:  # noqa: PLR0911 - one a kind
    owner = error.obj
    name = error.name or ""
    if owner is None:
        return tr("Before the dot is None, that is, nothing: did the line that makes it return anything?")
    if owner is ...:
        return tr("Three dots (...) are still where your own code goes.")
    if isinstance(owner, types.FunctionType | types.MethodType):
        if getattr(owner, "__globals__", None) is names:  # of the notebook, and no method
            return tr(
                "Before the dot is a function. What it works on belongs into round brackets behind it: "
                "{name}(...).",
                name=owner.__name__,
            )
        return tr("Before the dot is a function. It takes round brackets, even empty ones: notna().")
    if name in ("days", "day") and type(owner).__name__ == "Timestamp":
        return tr(
            "A single day has no days. Brackets around the subtraction come first, and .days behind them."
        )
    if name in _OTHER_WORDS:
        return tr(_OTHER_WORDS[name])
    if name in _OF_COLUMNS and type(owner).__name__ == "Series":
        return tr("On a column, it is {name}.", name=_OF_COLUMNS[name])
    if isinstance(owner, list):
        return tr(
            'Before the dot is a list in square brackets, which has no "{name}". Does a bracket of the table '
            "close too late?",
            name=name,
        )
    if name == "dt" and type(owner).__name__ == "Series":
        return tr("Only a column of days has .dt. Make days of its texts first, by pd.to_datetime.")
    if isinstance(owner, str):
        return tr(
            'Before the dot is a text in quotation marks, which has no "{name}". Is the table\'s name '
            'missing, as in table["column"].{name}?',
            name=name,
        )
    elsewhere = _find_elsewhere(owner, name)
    if elsewhere:
        return elsewhere
    near = _find_near_name(name, (one for one in dir(owner) if not one.startswith("_")))
    hint = (
        tr('Did you mean "{near}"?', near=near)
        if near
        else tr("After a dot, the Tab key lists what there is.")
    )
    return tr('{what} before the dot has no "{name}". {hint}', what=_name_object(owner), name=name, hint=hint)


def _find_elsewhere(owner: object, name: str) -> str:
    """Return the sentence for a function of pandas, or a method, that stands behind what has none, or ""."""
    pandas: Any = sys.modules.get("pandas")
    if pandas is None:
        return ""
    if type(owner) is pandas.Series and hasattr(pandas.DataFrame, name):
        return tr('"{name}" stands behind a whole table, and before the dot is one column.', name=name)
    if type(owner) in (pandas.DataFrame, pandas.Series) and hasattr(pandas, name):
        return tr(
            '"{name}" belongs to pandas, and the columns go into its brackets: pd.{name}(...).', name=name
        )
    if isinstance(owner, int | float) and hasattr(pandas.Series, name):
        return tr(
            '"{name}" works on a whole column, and before the dot is one number: pick the number afterwards.',
            name=name,
        )
    return ""


def _name_object(owner: object) -> str:
    """Return what an object is, in words that lessons use."""
    pandas: Any = sys.modules.get("pandas")
    if isinstance(owner, types.ModuleType):
        return owner.__name__
    if pandas and isinstance(owner, pandas.DataFrame):
        return tr("The table")
    if pandas and isinstance(owner, pandas.Series):
        return tr("The column")
    if isinstance(owner, int | float):
        return tr("The number")
    return tr("The value")


#: Numbers as a task's text may have them.
_NUMBERS_AS_WORDS = {
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "twenty", "thirty", "fifty", "hundred", "thousand", "million", "billion",
}  # fmt: skip
#: What other languages, spreadsheets and older pandas call what is wanted.
_OTHER_WORDS = {
    "len": tr("len goes around what it counts: len(...)."),
    "length": tr("len(...) goes around what it counts."),
    "sort": tr("A table or a column is sorted by sort_values."),
    "order": tr("A table or a column is sorted by sort_values."),
    "avg": tr("The mean is called mean."),
    "average": tr("The mean is called mean."),
    "append": tr("A table has no append. What is joined to it is given to merge or pd.concat."),
    "total": tr("The total is called sum."),
    "add_up": tr("The total is called sum."),
    "first": tr("The first rows are shown by head."),
    "last": tr("The last rows are shown by tail."),
    "top": tr("The first rows are shown by head."),
    "counts": tr("How often each value occurs is counted by value_counts."),
    "value_count": tr("How often each value occurs is counted by value_counts."),
    "count_values": tr("How often each value occurs is counted by value_counts."),
    "countif": tr("How often each value occurs is counted by value_counts."),
    "where_equals": tr("Rows are kept by a condition in the table's square brackets."),
}
#: What a spreadsheet's functions are here, by their names in English and in Russian.
_OF_SPREADSHEETS = {
    **dict.fromkeys(
        ("COUNTIF", "COUNTIFS", "СЧЁТЕСЛИ", "СЧЕТЕСЛИ"),
        tr("a condition keeps the rows, and len(...) counts them"),
    ),
    **dict.fromkeys(
        ("SUMIF", "SUMIFS", "СУММЕСЛИ"), tr("a condition keeps the rows, and sum adds up a column of them")
    ),
    **dict.fromkeys(("COUNT", "COUNTA", "СЧЁТ", "СЧЕТ"), tr("len(...) counts rows")),
    **dict.fromkeys(("SUM", "СУММ"), tr("sum stands behind a column, after a dot")),
    **dict.fromkeys(("AVERAGE", "AVG", "СРЗНАЧ"), tr("mean stands behind a column, after a dot")),
    **dict.fromkeys(
        ("VLOOKUP", "XLOOKUP", "ВПР"), tr("merge joins two tables, and loc picks a row by its name")
    ),
    **dict.fromkeys(("IF", "ЕСЛИ"), tr("a condition in square brackets keeps rows")),
}
#: What stands behind a second name, after a column.
_OF_COLUMNS = {
    **{name: f".str.{name}" for name in ("contains", "lower", "upper", "startswith", "strip", "split")},
    **{name: f".dt.{name}" for name in ("year", "month", "day", "days")},
}


def _explain_import(error: ImportError, names: dict[str, Any]) -> str:
    """Return the sentence for an import that fails: of a library, of a name of a module, or of a module."""
    if not error.name:
        return _explain_lacking_library(str(error))
    wanted = re.search(r"cannot import name '(\w+)'", str(error))
    module = sys.modules.get(error.name)
    if wanted and module:
        return str(make_unknown_name(tr("name to import"), wanted[1], _list_offered(module)))
    known = list(_COURSE_USES)
    known += [name for name in sys.modules if "." not in name and not name.startswith("_")]
    hint = tr("The first cell of a lesson imports everything that it needs.")
    return str(make_unknown_name(tr("module"), error.name, known, hint=hint))


def _explain_lacking_library(message: str) -> str:
    """Return the sentence for what pandas says where it would need another library, or ""."""
    needed = re.search(r"(?i)\b(matplotlib|openpyxl|xlrd|lxml|pyarrow|scipy|tabulate)\b", message)
    if needed is None:
        return ""
    if needed[1].casefold() == "matplotlib":
        return tr("plot needs matplotlib, which the course does not have. Altair draws: alt.Chart(...).")
    return tr("This needs {name}, which the course does not have.", name=needed[1])


def _list_offered(module: types.ModuleType) -> list[str]:
    """List what can be imported from a module: its names, and the modules inside it."""
    import pkgutil

    offered = [name for name in dir(module) if not name.startswith("_")]
    offered += [part.name for part in pkgutil.iter_modules(getattr(module, "__path__", ()))]
    return offered


#: Where a student's plain files are, seen from a lesson and from a notebook of her own in ``my_work``.
_WHERE_FILES_ARE = ("../files", "../article", "files", "article")


def _explain_file(error: FileNotFoundError, names: dict[str, Any]) -> str:
    if error.filename is None:
        return ""
    path = Path(str(error.filename))
    hint = tr(
        "A table of the course is read by its name: data.load(...); one of your own: article.path(...)."
    )
    for folder in _WHERE_FILES_ARE:
        beside = Path(folder, path.name)
        if beside != path and beside.is_file():
            return tr('The file is in another folder: "{path}".', path=beside.as_posix())
    if not path.parent.is_dir():
        return tr('There is no folder "{folder}". {hint}', folder=path.parent, hint=hint)
    known = [one.name for one in path.parent.iterdir() if not one.name.startswith(".")]
    if not known:
        return tr('No file "{name}" is in the folder of this notebook. {hint}', name=path.name, hint=hint)
    return str(make_unknown_name(tr("file"), path.name, known, hint=hint))


#: Explaining function by class of error, where the sentence depends on the namespace.
_EXPLAINED: dict[type[BaseException], Callable[[Any, dict[str, Any]], str]] = {
    KeyError: _explain_key,
    AttributeError: _explain_attribute,
    ImportError: _explain_import,
    FileNotFoundError: _explain_file,
}
