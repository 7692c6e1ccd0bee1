"""Python's errors in plain words: what is wrong, in which line, what to try; the traceback is folded away.

IPython's own way of showing an error is wrapped, so that it holds for every cell and for errors of form. What
is said is the last line of the error; the traceback stands above it, and a click unfolds it. Errors of the
course are sentences already, and errors in notebooks of other projects are left as they are.
"""

from __future__ import annotations

import builtins
import difflib
import html
import re
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from samarkand.ground import home
from samarkand.ground.errors import CourseError, unknown
from samarkand.ground.words import tr

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def install(shell: Any) -> None:
    """Have a shell of IPython say its errors in words."""
    show = shell._showtraceback  # the seam that IPython keeps for front ends, errors of form included

    def in_words(self: Any, kind: type[BaseException], error: BaseException, lines: list[str]) -> None:
        sentence = explained(error, self.user_ns, _left_out(self)) if home.in_use() else ""
        if not sentence:
            show(kind, error, lines)
        elif hasattr(self, "kernel"):
            whole = _ANSI.sub("", "\n".join(lines)).replace(kind.__name__, _public(kind).__name__)
            kind = _public(kind)
            self.display_pub.publish({"text/html": _folded(whole), "text/plain": whole})
            said = error.msg if isinstance(error, SyntaxError) else error
            show(kind, error, [f"{kind.__name__}: {said}", sentence])
        else:  # a terminal, where nothing folds
            show(kind, error, [*lines, sentence])

    shell._showtraceback = types.MethodType(in_words, shell)


def explained(error: BaseException, names: dict[str, Any], above: int = 0) -> str:
    """Return what an error says in plain words, and where; empty for one of the course, or an unknown one.

    `names` are those of the notebook: what it calls so, and whose lines its cells are. Lines are counted from
    below the empty ones `above`.
    """
    if isinstance(error, CourseError):
        return ""
    explain = next((say for kind, say in _EXPLAINED.items() if isinstance(error, kind)), None)
    sentence = explain(error, names) if explain else ""
    line = _line(error, names)
    if not sentence or line is None:
        return sentence
    return tr("Line {line} of this cell: {sentence}", line=line + above, sentence=sentence)


def _public(kind: type[BaseException]) -> type[BaseException]:
    """Return a kind of error by the name in books: Python 3.13 has a private one for what breaks off."""
    return SyntaxError if kind.__name__.startswith("_") and issubclass(kind, SyntaxError) else kind


def _left_out(shell: Any) -> int:
    """Return how many empty lines a cell begins with: IPython runs it without them."""
    cell = str(shell.history_manager.input_hist_raw[-1])
    return cell[: len(cell) - len(cell.lstrip())].count("\n")


def _folded(traceback: str) -> str:
    said = tr("All that Python says: where it was when it stopped")
    return f"<details><summary>{html.escape(said)}</summary><pre>{html.escape(traceback)}</pre></details>"


def _line(error: BaseException, names: dict[str, Any]) -> int | None:
    """Return the line of the cell in which an error came up."""
    if isinstance(error, SyntaxError) and error.__traceback__ is not None:
        inside = [frame for frame, _ in _frames(error) if frame.f_globals is names]
        if not inside:
            return error.lineno
    return next((line for frame, line in _frames(error) if frame.f_globals is names), None)


def _frames(error: BaseException) -> Iterator[tuple[types.FrameType, int]]:
    """Yield the frames of an error, from the cell inwards, each with its line."""
    at = error.__traceback__
    while at:
        yield at.tb_frame, at.tb_lineno
        at = at.tb_next


# ------------------------------------------------------------------------------------ one for each kind


def _name(error: NameError, names: dict[str, Any]) -> str:
    if isinstance(error, UnboundLocalError):
        name = re.search(r"'(\w+)'", str(error))
        return tr("The function uses {name} before it has given it a value.", name=name[0] if name else "")
    known = [*(name for name in names if not name.startswith("_")), *dir(builtins)]
    said = str(unknown(tr("name"), error.name or "", known))
    if said.endswith("?"):
        return said
    return f"{said} {tr('Has the cell run that gives it its value? Try Run → Run All Above Selected Cell.')}"


def _key(error: KeyError, names: dict[str, Any]) -> str:
    if not error.args:
        return ""
    pandas: Any = sys.modules.get("pandas")
    inwards = [frame.f_locals for frame, _ in _frames(error)] if pandas else []
    tables = [one for local in inwards for one in local.values() if isinstance(one, pandas.DataFrame)]
    for local in reversed(inwards):
        owner, wanted = local.get("self"), local.get("key", local.get("labels", error.args[0]))
        if isinstance(owner, pandas.Index):
            columns = any(owner is table.columns for table in tables)
            return _not_there(owner, wanted, tr("column") if columns else tr("row"))
        for table in (owner, local.get("obj")):
            if isinstance(table, pandas.DataFrame):
                return _not_there(table.columns, wanted, tr("column"))
    return tr("Nothing is kept under {key}. list(...) shows which keys there are.", key=repr(error.args[0]))


def _not_there(known: Any, wanted: Any, kind: str) -> str:
    """Say which of some names a table does not have."""
    one_by_one = (
        [wanted]
        if isinstance(wanted, str | int | float | tuple) or not hasattr(wanted, "__iter__")
        else wanted
    )
    missing = next((one for one in one_by_one if one not in known), wanted)
    return str(unknown(kind, missing, map(str, known)))


def _syntax(error: SyntaxError, names: dict[str, Any]) -> str:
    if isinstance(error, IndentationError):
        return tr(
            "It begins too far right or left. Lines that belong together begin alike; inside for, if and def "
            "they begin four spaces further right."
        )
    return _first_that_fits(_FORM, str(error.msg))


def _type(error: TypeError, names: dict[str, Any]) -> str:
    return _first_that_fits(_KINDS, str(error))


def _first_that_fits(told: Sequence[tuple[str, Callable[..., str]]], said: str) -> str:
    """Return what is told to an error that Python describes so: the first whose pattern is found."""
    return next(say(*found.groups()) for pattern, say in told if (found := re.search(pattern, said)))


#: What Python says of an error of form, and what is told.
_FORM = (
    (
        r"never closed|incomplete input",
        lambda: tr("It breaks off: a bracket, or a text in quotation marks, has no end."),
    ),
    (r"does not match|unmatched", lambda: tr("Brackets do not pair: ( with ), [ with ], { with }.")),
    (r"unterminated", lambda: tr("A text begins here and has no closing quotation mark.")),
    (r"expected ':'", lambda: tr("A colon is missing at the end.")),
    (r"'=='|cannot assign", lambda: tr("= gives a name to a value; == asks whether two things are equal.")),
    (
        r"decimal literal|leading zeros",
        lambda: tr("A number is written with a point and without blanks or units: 45.7 or 1200."),
    ),
    (r"comma", lambda: tr("Between two things a comma, a sign such as +, or a closing bracket is missing.")),
    (
        r"",
        lambda: tr(
            "Python cannot read it. Is a bracket, a comma, a colon or a quotation mark missing, here or in "
            "the line above?"
        ),
    ),
)
#: What Python says of an error of type, and what is told.
_KINDS = (
    (
        r"'(?:function|method|builtin_function_or_method)' object is not",
        lambda: tr("This is a function: it takes round brackets, as in head(3)."),
    ),
    (r"(?i)ellipsis", lambda: tr("Three dots (...) still stand where your own code goes.")),
    (
        r"NoneType",
        lambda: tr("One of the values is None, that is, nothing: did its line give anything back?"),
    ),
    (
        r"'(\w+)' object is not callable",
        lambda kind: tr(
            "Round brackets call a function, and this is a value ({kind}). A column takes square brackets; "
            "or has the name of a function been given to something else?",
            kind=kind,
        ),
    ),
    (
        r"'(\w+)' object is not subscriptable",
        lambda kind: tr("Square brackets take a part out, and this has no parts ({kind}).", kind=kind),
    ),
    (
        r"'(\w+)' object is not iterable",
        lambda kind: tr("This is one value ({kind}), and a list or a column is needed.", kind=kind),
    ),
    (
        r"missing \d+ required .*arguments?: (.*)",
        lambda names: tr("In the round brackets something is missing: {names}.", names=names),
    ),
    (
        r"unexpected keyword argument ('\w+')",
        lambda name: tr("The function knows no {name}. help(...) lists what it takes.", name=name),
    ),
    (
        r"positional arguments?",
        lambda: tr(
            "In the round brackets stands more than the function takes. help(...) lists what it takes."
        ),
    ),
    (
        r"",
        lambda: tr(
            "Values of different kinds do not go together here, such as a number and a text in quotation "
            "marks. type(...) says which kind each is."
        ),
    ),
)


def _attribute(error: AttributeError, names: dict[str, Any]) -> str:
    owner, name = error.obj, error.name or ""
    if owner is None:
        return tr(
            "Before the dot stands None, that is, nothing: did the line that makes it give anything back?"
        )
    if owner is ...:
        return tr("Three dots (...) still stand where your own code goes.")
    near = difflib.get_close_matches(name, [one for one in dir(owner) if not one.startswith("_")], n=1)
    hint = (
        tr('Did you mean "{near}"?', near=near[0])
        if near
        else tr("After a dot, the Tab key lists what there is.")
    )
    return tr(
        'What stands before the dot ({kind}) has no "{name}". {hint}', kind=_kind(owner), name=name, hint=hint
    )


def _kind(owner: object) -> str:
    return owner.__name__ if isinstance(owner, types.ModuleType) else type(owner).__name__


def _import(error: ImportError, names: dict[str, Any]) -> str:
    wanted = re.search(r"cannot import name '(\w+)'", str(error))
    module = sys.modules.get(error.name or "")
    if wanted and module:
        known = [*(one for one in dir(module) if not one.startswith("_")), *_parts(module)]
        return str(unknown(tr("name to import"), wanted[1], known))
    known = [*_COURSE_USES, *(name for name in sys.modules if "." not in name and not name.startswith("_"))]
    hint = tr("A lesson needs no more than its first cell imports.")
    return str(unknown(tr("module"), error.name or "", known, hint=hint))


#: What a lesson may import, whether it has been imported yet or not.
_COURSE_USES = ("samarkand", "pandas", "numpy", "altair", "folium", "ipywidgets")


def _parts(module: types.ModuleType) -> Iterator[str]:
    """Yield the names of the modules in a package."""
    import pkgutil

    yield from (part.name for part in pkgutil.iter_modules(getattr(module, "__path__", ())))


def _file(error: FileNotFoundError, names: dict[str, Any]) -> str:
    if error.filename is None:
        return ""
    path = Path(str(error.filename))
    hint = tr("A table of the course is read by its name: data.load(...).")
    folder = path.parent
    if not folder.is_dir():
        return tr('There is no folder "{folder}". {hint}', folder=folder, hint=hint)
    known = [one.name for one in folder.iterdir() if not one.name.startswith(".")]
    return str(unknown(tr("file"), path.name, known or ("-",), hint=hint))


def _value(error: ValueError, names: dict[str, Any]) -> str:
    if "truth value" in str(error):
        return tr(
            "A whole column is neither true nor false. Join conditions with & and |, each in round brackets."
        )
    return ""


#: What is said to each kind of error; the first kind that fits counts.
_EXPLAINED: dict[type[BaseException], Callable[[Any, dict[str, Any]], str]] = {
    NameError: _name,
    KeyError: _key,
    SyntaxError: _syntax,
    TypeError: _type,
    AttributeError: _attribute,
    ImportError: _import,
    FileNotFoundError: _file,
    ValueError: _value,
}
