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

from samarkand.common import home, reading
from samarkand.common.errors import CourseError, unknown
from samarkand.common.words import tr

#: Names that IPython puts into every notebook, never suggested to a student.
_IPYTHONS = frozenset(("In", "Out", "exit", "quit", "open", "get_ipython"))
#: Built-in functions that lessons use, suggested for misspelt names.
_FUNCTIONS = (
    *("enumerate", "float", "help", "int", "len", "list"),
    *("print", "range", "sorted", "str", "sum", "zip"),
)
#: The short names by which everybody calls a library, for whoever begins an empty notebook.
_SHORT_NAMES = {"pd": "pandas", "np": "numpy", "alt": "altair", "nx": "networkx"}
#: Modules that a lesson may import, suggested for misspelt ones.
_COURSE_USES = ("samarkand", "pandas", "numpy", "altair", "folium", "ipywidgets")


def explain(error: BaseException, names: dict[str, Any], cell: str = "") -> str:
    """Return an error in plain words, with its line; "" for the course's own errors and unknown ones.

    `names` is the notebook's namespace: suggestions come from it, and code that runs in it is the student's.
    Lines are counted in the `cell`, which IPython runs without its leading empty ones.
    """
    if isinstance(error, CourseError):
        return ""
    sentence = next((say(error, names) for kind, say in _EXPLAINED.items() if isinstance(error, kind)), "")
    sentence = sentence or _slip(error)
    where = _where(error, names) if sentence else None
    if where is None:
        return sentence
    line, function = where
    if function:
        return tr("Line {line} of the cell that defines {function}: {sentence}",
                  line=line, function=function, sentence=sentence)  # fmt: skip
    above = cell[: len(cell) - len(cell.lstrip())].count("\n")
    return tr("Line {line} of this cell: {sentence}", line=line + above, sentence=sentence)


def public(kind: type[BaseException]) -> type[BaseException]:
    """Return the public class of a syntax error: Python 3.13 has a private one for incomplete input."""
    return SyntaxError if kind.__name__.startswith("_") and issubclass(kind, SyntaxError) else kind


def _slip(error: BaseException) -> str:
    """Return the sentence for an error recognised by its message (``slips.toml``), or ""."""
    text = str(error)
    if isinstance(error, SyntaxError):  # with the last character that Python could read
        text = f"{error.msg} {(error.text or '')[: (error.offset or 1) - 1].rstrip()[-1:]}"
    for kind, slips in reading.toml(home.ASSETS / "slips.toml").items():
        if isinstance(error, getattr(builtins, kind)):
            found = ((re.search(pattern, text), words) for pattern, words in slips)
            return next((tr(words).format(**match.groupdict()) for match, words in found if match), "")
    return ""


def _where(error: BaseException, names: dict[str, Any]) -> tuple[int, str] | None:
    """Return (line, function) of the student's innermost frame; function is "" if this cell defines it."""
    own = [(frame.f_code, line) for frame, line in _frames(error) if frame.f_globals is names]
    if not own:
        return (error.lineno, "") if isinstance(error, SyntaxError) and error.lineno else None
    code, line = own[-1]
    return line, "" if code.co_filename == own[0][0].co_filename else code.co_name


def _frames(error: BaseException) -> Iterator[tuple[types.FrameType, int]]:
    """Yield (frame, line) of an error's traceback, outermost first."""
    at = error.__traceback__
    while at:
        yield at.tb_frame, at.tb_lineno
        at = at.tb_next


def _tables(names: dict[str, Any]) -> list[Any]:
    """Return the DataFrames in a notebook's namespace."""
    pandas: Any = sys.modules.get("pandas")
    return [one for one in names.values() if isinstance(one, pandas.DataFrame)] if pandas else []


def _near(name: str, known: Iterable[object], cutoff: float = 0.6) -> str:
    """Return the most similar of the known names, or ""."""
    return next(iter(difflib.get_close_matches(name, [str(one) for one in known], 1, cutoff)), "")


# ------------------------------------------------------------------------------------ names and keys


def _name(error: NameError, names: dict[str, Any]) -> str:
    name = "".join(re.findall(r"'(\w+)'", str(error))[:1])
    if isinstance(error, UnboundLocalError):
        return tr('The function uses "{name}" before it has given it a value.', name=name)
    columns = {column for table in _tables(names) for column in table.columns}
    own = [one for one in names if not one.startswith("_") and one not in _IPYTHONS]
    if type(error).__module__.startswith("pandas"):  # inside query
        near = _near(name, columns)
        sentence = tr('No column "{name}". Did you mean "{near}"?') if near else tr(
            '"{name}" is not a column. Inside query, a text has quotation marks of its own: '
            "query(\"kind == 'conflict'\")."
        )  # fmt: skip
    elif name in columns:
        near, sentence = "", tr('"{name}" is a column of a table here: it needs quotation marks.')
    elif any(name in table.index or table.isin([name]).any(axis=None) for table in _tables(names)):
        near, sentence = "", tr(
            '"{name}" is a word in a table here: it needs quotation marks, unless a cell above defines it.'
        )  # fmt: skip
    elif hasattr(sys.modules.get("pandas"), name):
        near, sentence = "", tr('"{name}" belongs to pandas. With pd. before it Python finds it: pd.{name}.')
    elif near := _near(name, own) or _near(name, _FUNCTIONS, 0.66):
        sentence = tr('No name "{name}". Did you mean "{near}"?')
    elif near := _near(name, columns, 0.75):
        sentence = tr('No name "{name}". Did you mean the column "{near}"? It needs quotation marks.')
    elif name in _SHORT_NAMES:
        return tr(
            'No name "{name}" yet. Begin with {line}; in a lesson the first cell does that.',
            name=name,
            line=f"import {_SHORT_NAMES[name]} as {name}",
        )
    else:
        sentence = tr(
            'No name "{name}". Have you run the cell that defines it? Try Run → Run All Above Selected Cell.'
        )
    return sentence.format(name=name, near=near)


def _key(error: KeyError, names: dict[str, Any]) -> str:
    if not error.args:
        return ""
    wanted = error.args[0]
    if isinstance(wanted, tuple) or "key of type tuple" in str(wanted):
        return _slip(Exception("Too many indexers"))
    inwards = [frame.f_locals for frame, _ in _frames(error)]
    tables = _tables(
        {str(n): one for n, one in enumerate(one for local in inwards for one in local.values())}
    )
    pandas: Any = sys.modules.get("pandas")
    for local in reversed(inwards) if pandas else ():
        owner, looked_for = local.get("self"), local.get("key", local.get("labels", wanted))
        if isinstance(owner, pandas.Index):
            columns = any(owner is table.columns for table in tables)
            return _missing(owner, looked_for, tr("column") if columns else tr("row"))
        for table in (owner, local.get("obj")):
            if isinstance(table, pandas.DataFrame):
                return _missing(table.columns, looked_for, tr("column"))
    return tr("There is no key {key}. list(...) shows the keys.", key=repr(wanted))


def _missing(known: Any, wanted: Any, kind: str) -> str:
    """Return a sentence on the first wanted name that is not known."""
    one_by_one = wanted if hasattr(wanted, "__iter__") and not isinstance(wanted, str | tuple) else [wanted]
    missing = next((one for one in one_by_one if one not in known), wanted)
    return str(unknown(kind, missing, map(str, known)))


def _attribute(error: AttributeError, names: dict[str, Any]) -> str:
    owner, name = error.obj, error.name or ""
    if owner is None:
        return tr("Before the dot is None, that is, nothing: did the line that makes it return anything?")
    if owner is ...:
        return tr("Three dots (...) are still where your own code goes.")
    if isinstance(owner, types.FunctionType | types.MethodType):
        return tr("Before the dot is a function. It takes round brackets, even empty ones: notna().")
    near = _near(name, (one for one in dir(owner) if not one.startswith("_")))
    hint = (
        tr('Did you mean "{near}"?', near=near)
        if near
        else tr("After a dot, the Tab key lists what there is.")
    )
    kind = owner.__name__ if isinstance(owner, types.ModuleType) else type(owner).__name__
    return tr('The value before the dot ({kind}) has no "{name}". {hint}', kind=kind, name=name, hint=hint)


def _import(error: ImportError, names: dict[str, Any]) -> str:
    wanted = re.search(r"cannot import name '(\w+)'", str(error))
    module = sys.modules.get(error.name or "")
    if wanted and module:
        import pkgutil

        parts = [part.name for part in pkgutil.iter_modules(getattr(module, "__path__", ()))]
        known = [*(one for one in dir(module) if not one.startswith("_")), *parts]
        return str(unknown(tr("name to import"), wanted[1], known))
    known = [*_COURSE_USES, *(name for name in sys.modules if "." not in name and not name.startswith("_"))]
    hint = tr("The first cell of a lesson imports everything that it needs.")
    return str(unknown(tr("module"), error.name or "", known, hint=hint))


def _file(error: FileNotFoundError, names: dict[str, Any]) -> str:
    if error.filename is None:
        return ""
    path, hint = (
        Path(str(error.filename)),
        tr("A table of the course is read by its name: data.load(...); one of your own: article.path(...)."),
    )
    if not path.parent.is_dir():
        return tr('There is no folder "{folder}". {hint}', folder=path.parent, hint=hint)
    known = [one.name for one in path.parent.iterdir() if not one.name.startswith(".")]
    return str(unknown(tr("file"), path.name, known or ("-",), hint=hint))


#: Explaining function by class of error, where the sentence depends on the namespace.
_EXPLAINED: dict[type[BaseException], Callable[[Any, dict[str, Any]], str]] = {
    NameError: _name,
    KeyError: _key,
    AttributeError: _attribute,
    ImportError: _import,
    FileNotFoundError: _file,
}
