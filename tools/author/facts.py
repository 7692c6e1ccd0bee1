"""What a lesson shows, recorded for review, including what nbval cannot see.

nbval runs the cells and compares the stored outputs. It never moves a control, never looks into a map, and
accepts any chart and any empty table. So a lesson is run here in a process of its own, and these facts of
each cell are recorded:

- every explorer and every quiz: what it shows at each setting or option
- every map: its text at each step, the status of each state, its layers and their style classes, its size
- every chart's spec, and its data
- every table's shape, types, first rows, and a checksum of all its values, even of tables not shown
- of every text, whom it names and which way it turns ("more", "not", "before"): what no figure ties
- of every task of practice, the right answer and what each known wrong way gives
- which tables the lesson reads, itself or through the package

The record is a JSON file for people to read: a change in it is a change in what students see.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from samarkand import data
from samarkand.ground import files
from samarkand.ground.home import ROOT, course_data
from samarkand.practice import tasks as check
from tools.author.apart import run_apart
from tools.author.lessons import BuildError, read

RECORDS = ROOT / "tests" / "notebooks" / "facts"
#: The most letters of a text, entries of a list, rows of a table, settings of one control that are kept.
LETTERS, ENTRIES, ROWS, SETTINGS = 120, 40, 3, 400
#: The key of the tables in a record: no cell's id has a blank.
READS = "reads tables"


def record(notebook: Path) -> dict[str, Any]:
    """Run a lesson's code in a fresh process and return what it shows.

    For each cell id: what the cell shows (a list) and the names it gives (a dict); what a cell of text speaks
    of; of a task of practice the right answer, and what each known wrong way gives. Cells without any are
    left out. Under `READS`: the names of the tables that it reads, even in one setting of a control alone.
    """
    lesson = read(notebook)
    found: dict[str, Any] = json.loads(run_apart(run, notebook))
    for cell in lesson.prose:
        if said := spoken(cell.source):
            found[cell.id] = {"speaks of": said}
    for task in lesson.tasks:
        if asked := check.tasks().get(task.number):
            ways = [(asked.right, [asked.expected]), *asked.wrong]
            answers = {cut(reason, 60): cut(", ".join(map(number, gives))) for reason, gives in ways}
            found[task.stub.id] = found.get(task.stub.id, {}) | {"answers": answers}
    return found


def text(found: Mapping[str, Any]) -> str:
    """Return a record as the text of its file: one line for each fact, letters unescaped."""
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def path_of(notebook: Path) -> Path:
    """Return the path of a lesson's record."""
    return RECORDS / f"{notebook.stem}.json"


def recorded(notebook: Path) -> dict[str, Any]:
    """Return the record of a lesson; `BuildError` if there is none, or the file is damaged."""
    file, remedy = path_of(notebook), f"samarkand build --facts {notebook.stem} makes it anew"
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BuildError(f"{notebook.name} has no record: {remedy}.") from None
    except ValueError as error:
        raise BuildError(f"The record of {notebook.name} is damaged ({error}): {remedy}.") from None


def store(notebook: Path) -> str:
    """Record a lesson again; return in words what changed."""
    file, found = path_of(notebook), record(notebook)
    try:
        was = recorded(notebook)
    except BuildError:
        was = {}
    if not files.renew(file, text(found).encode()):
        return "its record is as it was"
    said = f"recorded anew in {file.relative_to(ROOT)}; read the difference before you commit it"
    return "\n  ".join([said, *(cut(line, 240) for line in compare(was, found))])


def compare(stored: Any, found: Any) -> list[str]:
    """Report where two records differ, one line for each place, at most `ENTRIES` lines.

    Examples
    --------
    >>> compare({"load": {"rows": 8}}, {"load": {"rows": 9}})
    ['load, rows: was 8, is 9']
    """
    return list(itertools.islice(_compare(stored, found), ENTRIES))


def _compare(stored: Any, found: Any, where: str = "") -> Iterator[str]:
    if isinstance(stored, dict) and isinstance(found, dict):
        for key in sorted({*stored, *found}):
            place = f"{where}, {key}" if where else key
            if key not in found:
                yield f"{place}: is gone"
            elif key not in stored:
                yield f"{place}: is new"
            else:
                yield from _compare(stored[key], found[key], place)
    elif isinstance(stored, list) and isinstance(found, list) and len(stored) == len(found):
        for number, (one, other) in enumerate(zip(stored, found, strict=True), 1):
            yield from _compare(one, other, f"{where} {number}")
    elif stored != found:
        yield f"{where}: was {stored!r}, is {found!r}"


# ------------------------------------------------------------------------------------------------ texts

#: Words that turn a sentence into its contrary when they are exchanged.
_TURNS = (
    "more|less|most|least|fewer|higher|lower|larger|smaller|longer|shorter|nearer|farther|better|worse|above|below"
    "|before|after|since|until|first|last|earlier|later|rose|fell|risen|fallen|rises|falls|grew|shrank"
    "|north|south|east|west|no|not|never|always|none|nobody|both|neither|only|same"
    "|exports|imports|sells|buys|sold|bought|against|joined|left|agreed|refused"
)


@cache
def _spoken() -> re.Pattern[str]:
    named = {name for table in ("states", "entities", "places") for name in data.load(table)["name"]}
    words = {word for name in named for word in re.findall(r"\w[\w’'-]*", name) if word[:1].isupper()}
    # The longer first, or "South Korea" would be South.
    names = "|".join(map(re.escape, sorted(words | named, key=len, reverse=True)))
    return re.compile(rf"\b(?:(?:{names})|(?P<turn>(?i:{_TURNS})))\b")


def spoken(source: str) -> str:
    """Return the names in a text, and the words that turn it, in their order.

    Examples
    --------
    >>> spoken("More than half of it is sold to China, not to Russia: `less` is code.")
    'more sold China not Russia'
    """
    words = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", " ", source, flags=re.DOTALL)
    return " ".join(found[0].lower() if found["turn"] else found[0] for found in _spoken().finditer(words))


# ------------------------------------------------------------------------------------------------ describing


def describe(thing: Any) -> dict[str, Any] | str:
    """Return what matters about an object that a cell shows, as plain JSON values.

    Kinds are recognised by what an object can do, not by its class, since `course` imports none of the rooms
    that lessons use.
    """
    if hasattr(thing, "dtypes") and hasattr(thing, "index"):
        return _table(thing)
    if hasattr(thing, "domain") and hasattr(thing, "render"):
        return _explorer(thing)
    if hasattr(thing, "scene") and hasattr(thing, "page"):
        return _map(thing)
    if hasattr(thing, "to_dict") and hasattr(thing, "resolve_scale"):  # an Altair chart, of one part or more
        return _chart(thing)
    if hasattr(thing, "layout") and hasattr(thing, "observe"):
        return _box(thing)
    says: dict[str, Any] = {"kind": type(thing).__name__, "says": cut(repr(thing))}
    if callable(getattr(thing, "_repr_html_", None)):
        says["html"] = seen(thing._repr_html_())
    return says


def total(value: str) -> str:
    """Return a short checksum of a text."""
    return hashlib.sha256(value.encode()).hexdigest()[:12]


def cut(value: str, letters: int = LETTERS) -> str:
    """Return a text on one line, shortened if it is long."""
    line = " ".join(value.split())
    return line if len(line) <= letters else line[: letters - 1] + "…"


class _Words(HTMLParser):
    """Collects the words of HTML or SVG."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the words that an element has for screen readers."""
        if tag in ("style", "script"):
            self.hidden = tag
        self.words += [value for name, value in attrs if name in ("alt", "aria-label") and value]

    def handle_endtag(self, tag: str) -> None:
        """Note the end of an element whose content is skipped."""
        if tag == self.hidden:
            self.hidden = ""

    def handle_data(self, data: str) -> None:
        """Collect the words between tags."""
        if not self.hidden:
            self.words.append(data)


def plain(markup: str) -> str:
    """Return the words of HTML or SVG, with alt texts and labels, but without style and script.

    Examples
    --------
    >>> plain('<p>8 <b>members</b>,</p><img alt="on a map" onerror="1 > 0"><style>p {}</style>')
    '8 members , on a map'
    """
    reader = _Words()
    reader.feed(markup)
    reader.close()
    return " ".join(" ".join(reader.words).split())


def seen(markup: str) -> str:
    """Return a checksum of HTML and its first words.

    Looks are not part of the checksum, or a new colour would change every record.
    """
    light = re.sub(r"light-dark\(((?:#|%23)\w+),[^)]*\)| style=%22color-scheme[^%]*%22", r"\1", markup)
    bare = re.sub(r"""\s(?:style|onerror)=(?:"[^"]*"|'[^']*')""", "", light)
    return f"{total(bare)} {cut(plain(markup))}".strip()


def number(value: Any) -> str:
    """Return a cell of a table as text; floats to nine digits, since later ones depend on the machine."""
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(str, value))) + "}"
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.9g}"
    return str(value)


def _table(frame: Any) -> dict[str, Any]:
    columns = {str(c): str(t) for c, t in frame.dtypes.items()} if frame.ndim == 2 else str(frame.dtype)
    rows = frame.reset_index().itertuples(index=False) if frame.ndim == 2 else frame.items()
    lines = [" | ".join(number(value) for value in row) for row in rows]
    found = {
        "kind": "table" if frame.ndim == 2 else "series",
        "rows": len(frame),
        "columns": columns,
        "index": str(frame.index.dtype),
        "first": [cut(line) for line in lines[:ROWS]],
        "sum": total("\n".join(lines)),
    }
    gaps = frame.isna().sum()
    missing = {str(c): int(n) for c, n in gaps.items() if n} if frame.ndim == 2 else int(gaps)
    return found | ({"missing": missing} if missing else {})


def _control(widget: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": type(widget).__name__}
    for name in ("description", "value", "index", "disabled"):
        value = getattr(widget, name, None)
        if value not in (None, "", False):
            found[name] = value if isinstance(value, int | float | str) else str(value)
    if hasattr(widget, "options"):
        found["options"] = list(settings_of(widget))
    return found


def settings_of(widget: Any) -> dict[Any, Any]:
    """Return every value a control can take, by label; empty if its values cannot be listed."""
    if hasattr(widget, "options"):
        return dict(widget.options)
    if isinstance(getattr(widget, "value", None), bool):
        return {"False": False, "True": True}
    return {}


def _can_be_set(widget: Any) -> bool:
    """Return whether a student can set a widget by choosing, moving, ticking or typing."""
    return bool(settings_of(widget)) or type(widget).__name__ in ("Text", "Textarea")


def widgets_in(box: Any) -> Iterator[Any]:
    """Yield a widget and all widgets inside it."""
    yield box
    for child in getattr(box, "children", ()):
        yield from widgets_in(child)


def _shown_by(box: Any) -> str:
    """Return all the HTML that a box of widgets shows now."""
    return "\n".join(w.value for w in widgets_in(box) if getattr(w, "_view_name", "") == "HTMLView")


def _explorer(explorer: Any) -> dict[str, Any]:
    """Describe an explorer: what each setting of its controls renders, and whether its box follows a move."""
    first = explorer.values()
    renders, unlike = {}, []
    for values in explorer.domain():
        label = ", ".join(f"{name}={number(value)}" for name, value in values.items())
        renders[label] = explorer.render(**values)
        one_move = sum(values[name] != first[name] for name in first) <= 1
        if one_move and explorer.set(**values) != renders[label]:
            unlike.append(label)
    explorer.set(**first)
    many = len(renders) > SETTINGS
    found = {
        "kind": "explorer",
        "title": explorer.title,
        "controls": [_control(w) for w in widgets_in(explorer) if _can_be_set(w)],
        "still": cut(repr(explorer), 400),
        "renders": {label: seen(card)[: 12 if many else None] for label, card in renders.items()},
    }
    return found | ({"its box does not show what it renders": unlike} if unlike else {})


def _box(box: Any) -> dict[str, Any]:
    """Describe any other box of widgets: move one control at a time, then press each button."""
    found: dict[str, Any] = {"kind": type(box).__name__, "says": cut(repr(box), 400)}
    found["at first"] = seen(_shown_by(box))
    buttons = [w for w in widgets_in(box) if hasattr(w, "on_click")]

    def press() -> str:
        for button in buttons:
            button.click()
        return seen(_shown_by(box))

    if buttons:
        found["buttons"] = [b.description for b in buttons]
        found["pressed"] = press()
    for widget in widgets_in(box):
        settings = settings_of(widget)
        if not settings:
            continue
        before = widget.value
        shows = {}
        for label, value in settings.items():
            widget.value = (value,) if isinstance(before, tuple) else value
            shows[label] = press()
        widget.value = before
        found[_name_of(widget, found)] = _control(widget) | {"shows": shows}
    return found


def _name_of(widget: Any, taken: Mapping[str, Any]) -> str:
    name = f"{type(widget).__name__} {getattr(widget, 'description', '')}".strip()
    return (
        name
        if name not in taken
        else next(n for i in itertools.count(2) if (n := f"{name} {i}") not in taken)
    )


def _map(chart: Any) -> dict[str, Any]:
    """Describe a map: its text at each step, the status of each state, and what each layer draws, and how."""
    markup, scene = chart._repr_html_(), chart.scene
    todo: list[Any] = [chart]
    layers: dict[str, Any] = {}
    while todo:
        element = todo.pop(0)
        todo += element._children.values()
        if hasattr(element, "shapes"):
            layers[f"layer {len(layers) + 1}"] = _layer(element.shapes)
    return {
        "kind": "map",
        "title": scene.title,
        "says": repr(chart),
        "alt": scene.alt,
        "note": plain(scene.note),
        "keys": {key.heading: f"{key.mark.colour} {key.mark.pattern}" for key in scene.keys},
        "steps": {step.label: cut(f"{step.say} {step.more}") for step in scene.steps},
        "first step": scene.step,
        "status": dict(sorted(scene.status.items())),
        "names": {code: cut(f"{name.name} {name.about}") for code, name in sorted(scene.names.items())},
        "labels": ", ".join(label.text for label in scene.labels),
        "layers": layers,
        "data": total(json.dumps(scene.spec(), sort_keys=True, default=str)),
        "kilobytes": math.ceil(len(markup.encode()) / 1000),
    }


def _layer(shapes: Iterable[Any]) -> dict[str, Any]:
    """Describe a layer: its shapes in each style class, and a checksum of their positions."""
    styles: dict[str, list[str]] = {}
    for shape in shapes:
        styles.setdefault(f"{shape.style} ({shape.kind})", []).append(shape.id or "-")
    drawn = {style: f"{len(ids)}: {' '.join(sorted(ids))}" for style, ids in sorted(styles.items())}
    return {"drawn": drawn, "sum": total(json.dumps([s.coordinates for s in shapes]))}


def _chart(chart: Any) -> dict[str, Any]:
    spec = chart.to_dict()
    names: dict[str, str] = {}
    data = {}
    for number_, (name, rows) in enumerate(spec.pop("datasets", {}).items(), 1):
        names[name] = f"data {number_}"
        lines = [json.dumps(_steady(row), ensure_ascii=False) for row in rows]
        data[names[name]] = {
            "rows": len(rows),
            "first": [cut(x) for x in lines[:ROWS]],
            "sum": total("\n".join(lines)),
        }

    def renamed(part: Any) -> Any:
        if isinstance(part, dict):
            return {
                k: names.get(v, v) if k == "name" and isinstance(v, str) else renamed(v)
                for k, v in part.items()
            }
        return [renamed(x) for x in part] if isinstance(part, list) else _steady(part)

    return {"kind": "chart", "says": cut(repr(chart)), "spec": renamed(spec), "data": data}


def _steady(value: Any) -> Any:
    """Return a JSON value with its floats rounded to nine digits."""
    if isinstance(value, dict):
        return {k: _steady(v) for k, v in value.items()}
    return float(number(value)) if isinstance(value, float) and math.isfinite(value) else value


# ------------------------------------------------------------------------------------------------ running


def tables_opened() -> set[str]:
    """Return the names of the tables that this process opens from now on, a set that grows."""
    folder, seen = str(course_data()), set[str]()

    def note(event: str, about: tuple[object, ...]) -> None:
        if event == "open" and isinstance(about[0], str | Path):
            where, name = os.path.split(about[0])
            if where == folder and name.endswith(".csv"):
                seen.add(name.removesuffix(".csv"))

    sys.addaudithook(note)
    return seen


def executed(notebook: Path) -> Iterator[Any]:
    """Run a notebook's code in this process, and yield each cell that has run; `BuildError` if one fails."""
    from IPython.core.interactiveshell import InteractiveShell

    shell: Any = InteractiveShell.instance()
    for cell in read(notebook).code:
        result = shell.run_cell(cell.source, store_history=False)
        if not result.success:
            error = result.error_before_exec or result.error_in_exec
            raise BuildError(f"cell {cell.id} stops with {type(error).__name__}: {error}")
        yield cell


def run(notebook: Path) -> str:
    """Run a lesson's code in this process and return its record as text; `record` uses a fresh process."""
    from IPython.core.interactiveshell import InteractiveShell

    shell: Any = InteractiveShell.instance()
    reads = tables_opened()
    shown: list[Any] = []

    def catch(thing: Any, *_: Any, **__: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        shown.append(thing)
        return {}, {}

    # Both the last value of a cell and the arguments of `display` pass through here.
    shell.display_formatter.format = catch
    found: dict[str, Any] = {}
    known: dict[str, Any] = {}
    before: dict[str, Any] = {}
    for cell in executed(notebook):
        names = dict(_named(shell.user_ns, known, before))
        things = [_shown(thing, shell.user_ns, known) for thing in shown]
        entry = {k: v for k, v in (("names", names), ("shown", things)) if v}
        if entry:
            found[cell.id] = entry
        shown.clear()
    return text(found | {READS: sorted(reads)})


def _named(
    space: Mapping[str, Any], known: dict[str, Any], before: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Yield the tables with a new name, and those that are not as they were `before`."""
    for name, thing in list(space.items()):
        if name.startswith("_") or not (hasattr(thing, "dtypes") and hasattr(thing, "index")):
            continue
        if name in before and type(before[name]) is type(thing) and thing.equals(before[name]):
            continue  # to compare takes a tenth of what it takes to describe
        before[name] = thing.copy(deep=False)  # pandas copies what is written to later
        description = describe(thing)
        if known.get(name) != description:
            known[name] = description
            yield name, description


def _shown(thing: Any, space: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
    """Return what a cell shows; for a table that the record already has, only its name."""
    return next((f"the table {name}" for name in known if space.get(name) is thing), None) or describe(thing)
