"""Record the output of lessons that nbval cannot compare, in ``tests/notebooks/facts/``.

nbval runs the cells and compares what they store: texts, tables, charts, maps, stills. It moves no control
and reads no prose. So a lesson is run here in a process of its own, and a line is recorded for

- each setting of an explorer: what it renders
- each option and button of a quiz, a prediction, a note: what the form says then
- each table that the lesson reads

A record is JSON for people to read: a change in it is a change in what students see.
"""

import datetime as dt
import hashlib
import html
import json
import math
import os
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from samarkand import data
from samarkand.common import files
from samarkand.common.home import ROOT, course_data
from samarkand.practice import progress
from tools.author import tied
from tools.author.fresh_process import run_apart
from tools.author.lessons import NOTEBOOKS, BuildError, Lesson, read
from tools.author.rules import difference

RECORDS = ROOT / "tests" / "notebooks" / "facts"
#: Maximum characters of a text, and lines that `store` returns.
LETTERS, LINES = 120, 40
#: The key of the tables in a record; it has a blank, so it is no cell id.
READS = "reads tables"


def record(notebook: Path) -> dict[str, Any]:
    """Run a lesson's code in a fresh process and return its record: cell id to entry to text.

    `READS` has the names of all tables that it reads, at any setting of a control.
    """
    found: dict[str, Any] = json.loads(run_apart(run, notebook))
    return found


def text(found: Mapping[str, Any]) -> str:
    """Return a record as JSON text: one line for each entry, non-ASCII letters unescaped."""
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def path_of(notebook: Path) -> Path:
    """Return the path of a lesson's record."""
    return RECORDS / f"{notebook.stem}.json"


def recorded(notebook: Path) -> dict[str, Any]:
    """Return the stored record of a lesson; `BuildError` if it is missing or damaged."""
    file, remedy = path_of(notebook), f"samarkand build --facts {notebook.stem} makes it anew"
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BuildError(f"{notebook.name} has no record: {remedy}.") from None
    except ValueError as error:
        raise BuildError(f"The record of {notebook.name} is damaged ({error}): {remedy}.") from None


def store(notebook: Path) -> str:
    """Record a lesson again; return the changes as text."""
    file, found = path_of(notebook), record(notebook)
    try:
        was = recorded(notebook)
    except BuildError:
        was = {}
    if not files.renew(file, text(found).encode()):
        return "its record is as it was"
    done = f"recorded anew in {file.relative_to(ROOT)}; read the difference before you commit it"
    return "\n  ".join([done, *(cut(line, 240) for line in compare(was, found)[:LINES])])


def compare(stored: Mapping[str, Any], found: Mapping[str, Any], where: str = "") -> list[str]:
    """Report where two records differ, one line for each place."""
    lines = []
    for key in sorted({*stored, *found}):
        was, is_, place = stored.get(key), found.get(key), f"{where}{key}"
        if isinstance(was, dict) and isinstance(is_, dict):
            lines += compare(was, is_, f"{place}, ")
        elif was is None or is_ is None:
            lines.append(f"{place}: is {'new' if was is None else 'gone'}")
        elif was != is_:
            lines.append(f"{place}: was {difference(str(was), str(is_))}")
    return lines


def tables(notebook: Path) -> set[str]:
    """Return the names of the tables that a notebook reads, itself or (by its record) through the package.

    Those in a set's checks and in ties count as well. `BuildError` if a record is damaged.
    """
    of_course = notebook.parent == NOTEBOOKS and path_of(notebook).exists()
    found = set(recorded(notebook).get(READS, ()) if of_course else ())
    lesson = read(notebook)
    checks = ROOT / "exercises" / "checks" / f"{notebook.stem}.py"
    sources = [cell.source for cell in lesson.code]
    sources += [checks.read_text(encoding="utf-8")] if checks.exists() else []
    quoted = re.findall(r"""["'](\w+)["']""", "\n".join(sources))
    return found | {*quoted} & {*data.tables()["name"]} | find_tied(lesson)


def find_tied(lesson: Lesson) -> set[str]:
    """Return the names of the tables that a lesson's ties use, by table name or by the id of a row."""
    tied_to = [on for cell in lesson.cells_and_questions for on in tied.ties(cell).values()]
    text = "\n".join(one for on in tied_to for one in on)
    rows = {tied.ids()[word][0] for word in re.findall(r"\w+", text) if word in tied.ids()}
    return rows | {*re.findall(r"""\b(?:rows?|load)\(["'](\w+)["']""", text)}


def users(notebooks: Sequence[Path], changed: Collection[str]) -> list[Path]:
    """Return the notebooks that read one of the `changed` tables, in order."""
    return [path for path in notebooks if tables(path) & set(changed)]


def cut(value: str, letters: int = LETTERS) -> str:
    """Return a text on one line, shortened if it is long."""
    line = " ".join(value.split())
    return line if len(line) <= letters else line[: letters - 1] + "…"


def number(value: Any) -> str:
    """Return a value as text; floats with nine significant digits, since others depend on the machine."""
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(str, value))) + "}"
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.9g}"
    return str(value)


_TAG = re.compile(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
_SAYS = re.compile(r'\b(?:alt|aria-label)="([^"]*)"')


def plain(markup: str) -> str:
    """Return the text of HTML or SVG, with alt texts and labels, without styles and scripts.

    Examples
    --------
    >>> plain('<p>8 <b>members</b>,</p><img alt="on a map" onerror="1 > 0"><style>p {}</style>')
    '8 members , on a map'
    """
    bare = re.sub(r"<(style|script)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    bare = _TAG.sub(lambda tag: " ".join(["", *_SAYS.findall(tag[0]), ""]), bare)
    return " ".join(html.unescape(bare).split())


def checksum(value: str) -> str:
    """Return the first 12 hexadecimal digits of a text's SHA-256."""
    return hashlib.sha256(value.encode()).hexdigest()[:12]


def seen(markup: str, before: str = "") -> str:
    """Return a checksum and the first words of HTML after the text `before`; styles change neither."""
    light = re.sub(r"light-dark\(((?:#|%23)\w+),[^)]*\)| style=%22color-scheme[^%]*%22", r"\1", markup)
    bare = re.sub(r"""\s(?:style|onerror)=(?:"[^"]*"|'[^']*')""", "", light)
    words = plain(markup)
    return f"{checksum(bare)} {cut(words.removeprefix(before))}".strip()


def widgets_in(box: Any) -> Iterator[Any]:
    """Yield a widget and all its descendants."""
    yield box
    for child in getattr(box, "children", ()):
        yield from widgets_in(child)


def states(thing: Any) -> dict[str, str]:
    """Return the output of an explorer or form, known by its attributes, at each setting; else nothing."""
    if hasattr(thing, "domain") and hasattr(thing, "render"):
        return {"controls": _controls(thing), **_rendered(thing)}
    is_widget = hasattr(thing, "layout") and hasattr(thing, "observe")
    return {"controls": _controls(thing), **_pressed(thing)} if is_widget else {}


def _settings(widget: Any) -> dict[Any, Any]:
    """Return a control's possible values by label; empty if they cannot be listed."""
    if hasattr(widget, "options"):
        return dict(widget.options)
    return {"off": False, "on": True} if isinstance(getattr(widget, "value", None), bool) else {}


def _controls(box: Any) -> str:
    """Return a text with each control and button in a box: type, value, whether disabled, options."""
    found = []
    for widget in widgets_in(box):
        if _settings(widget) or type(widget).__name__ in ("Text", "Textarea", "Button"):
            value, choice = getattr(widget, "value", ""), ", ".join(map(str, _settings(widget)))
            name = f"{type(widget).__name__} {widget.description}".strip()
            name += f" = {value}" * (value != "") + ", disabled" * bool(widget.disabled)
            found.append(f"{name}: {choice}" if choice else name)
    return "; ".join(found)


def _rendered(explorer: Any) -> dict[str, str]:
    """Return what an explorer renders at each setting; check that its box shows the same after each move."""
    first = explorer.values()
    renders: dict[str, str] = {}
    for values in explorer.domain():
        label = ", ".join(f"{name}={number(value)}" for name, value in values.items())
        card = explorer.render(**values)
        renders[label] = seen(card)
        if sum(values[name] != first[name] for name in first) <= 1 and explorer.set(**values) != card:
            renders[f"{label}, moved by hand"] = "its box does not show what it renders"
    explorer.set(**first)
    return renders


def _pressed(box: Any) -> dict[str, str]:
    """Return the text of a form at first, and after pressing its buttons at each option."""

    def read_form() -> str:
        return "\n".join(w.value for w in widgets_in(box) if getattr(w, "_view_name", "") == "HTMLView")

    def press() -> str:
        for button in buttons:
            button.click()
        return seen(read_form(), first)

    buttons = [widget for widget in widgets_in(box) if hasattr(widget, "on_click")]
    first = plain(read_form())
    found = {"at first": seen(read_form())}
    if buttons:
        found["pressed"] = press()
    for widget in widgets_in(box):
        before = getattr(widget, "value", None)
        for label, value in _settings(widget).items():
            widget.value = (value,) if isinstance(before, tuple) else value
            found[f"pressed at {label}"] = press()
            widget.value = before
    return {} if found == {"at first": checksum("")} else found


def run(notebook: Path) -> str:
    """Run a lesson's code in this process and return its record as text; `record` uses a fresh process."""
    from IPython.core.interactiveshell import InteractiveShell

    shell: Any = InteractiveShell.instance()
    folder, reads = str(course_data()), set[str]()
    displayed: list[Any] = []

    def note(event: str, about: tuple[object, ...]) -> None:
        """Note the name of a table that this process opens."""
        if event == "open" and isinstance(about[0], str | Path):
            where, name = os.path.split(about[0])
            if where == folder and name.endswith(".csv"):
                reads.add(name.removesuffix(".csv"))

    def catch(thing: Any, *_: Any, **__: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        displayed.append(thing)
        return {}, {}

    sys.addaudithook(note)
    # Both the last value of a cell and the arguments of `display` pass through here.
    shell.display_formatter.format = catch
    progress.today = lambda: dt.date(2022, 9, 15)  # else the words of the day would be others tomorrow
    found: dict[str, Any] = {}
    for cell in read(notebook).code:
        result = shell.run_cell(cell.source, store_history=False)
        if error := result.error_before_exec or result.error_in_exec:
            raise BuildError(f"cell {cell.id} stops with {type(error).__name__}: {error}")
        for place, thing in enumerate(displayed):
            before = f"{place + 1}: " if place else ""
            if entries := {before + entry: says for entry, says in states(thing).items() if says}:
                found[cell.id] = found.get(cell.id, {}) | entries
        displayed.clear()
    return text(found | {READS: sorted(reads)})
