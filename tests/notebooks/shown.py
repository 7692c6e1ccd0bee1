"""What explorers and forms show at each setting of their controls, as text; nbval moves no control."""

import datetime as dt
import difflib
import hashlib
import math
import re
import urllib.parse
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from samarkand.practice import progress, work_form
from tools.author.lessons import BuildError, read_lesson

#: Tags that stand within a line of text.
INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "tspan"}
#: Tags whose content is not text.
SILENT = {"style", "script"}
#: Attributes that are read out to those who do not see a picture.
READ_OUT = ("alt", "aria-label")
#: How the address of a picture begins that is in the page itself.
INSIDE = "data:image/svg+xml,"
#: Tags that draw, and what draws nothing.
DRAWING = {"circle", "ellipse", "line", "path", "polygon", "polyline", "rect", "text"}
NO_SHAPE = {"style", "class", "id", "font-size", *READ_OUT}


class _Lines(HTMLParser):
    """Collects the text of HTML or SVG: a line for each block, with what is read out for pictures.

    Attributes
    ----------
    parts
        The texts, empty ones as well.
    shapes
        A text for each shape of a picture: its tag, where it is and its colour by day.
    """

    def __init__(self) -> None:
        super().__init__()
        self.parts = [""]
        self.shapes: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        if tag not in INLINE:
            self.parts.append("")
        for name, value in attrs:
            if name in READ_OUT and value:
                self.parts += [value, ""]
            if name == "src" and value and value.startswith(INSIDE):
                self.read_picture(urllib.parse.unquote(value.removeprefix(INSIDE)))
        if tag in DRAWING:
            where = [f"{name}={value}" for name, value in attrs if name not in NO_SHAPE]
            by_day = re.sub(r"light-dark\(([^,]*),[^)]*\)", r"\1", " ".join(where))
            self.shapes.append(f"{tag} {by_day}")

    def read_picture(self, drawing: str) -> None:
        """Collect the text and the shapes of a picture that is an address."""
        inner = _Lines()
        inner.feed(drawing)
        inner.close()
        self.parts += [*inner.parts, ""]
        self.shapes += inner.shapes

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT
        if tag not in INLINE:
            self.parts.append("")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts[-1] += data


def read_lines(markup: str) -> list[str]:
    """Return the lines of text in HTML or SVG, without empty ones; the last one stands for what is drawn.

    Examples
    --------
    >>> read_lines('<p>8 <b>members</b>,</p><img alt="on a map"><style>p {}</style>')
    ['8 members,', 'on a map']
    >>> read_lines('<svg><line x1="3"/><text x="2">8</text></svg>')
    ['8', 'drawn: 2 shapes, 7e360f09']
    """
    parser = _Lines()
    parser.feed(markup)
    parser.close()
    lines = [" ".join(part.split()) for part in parser.parts]
    found = [line for line in lines if line]
    if parser.shapes:
        digest = hashlib.sha256("\n".join(parser.shapes).encode()).hexdigest()
        found.append(f"drawn: {len(parser.shapes)} shapes, {digest[:8]}")
    return found


def show_number(value: Any) -> str:
    """Return a value as text; floats with nine significant digits, since others depend on the machine."""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.9g}"
    return str(value)


def find_widgets(box: Any) -> Iterator[Any]:
    """Yield a widget and all its descendants."""
    yield box
    for child in getattr(box, "children", ()):
        yield from find_widgets(child)


def list_settings(widget: Any) -> dict[Any, Any]:
    """Return a control's possible values by label; empty if they cannot be listed."""
    if hasattr(widget, "options"):
        return dict(widget.options)
    return {"off": False, "on": True} if isinstance(getattr(widget, "value", None), bool) else {}


def list_controls(box: Any) -> list[str]:
    """Return a line for each control and button in a box: type, value, whether disabled, options."""
    found = []
    for widget in find_widgets(box):
        if list_settings(widget) or type(widget).__name__ in ("Text", "Textarea", "Button"):
            name = f"{type(widget).__name__} {widget.description}".strip()
            if getattr(widget, "value", "") != "":
                name += f" = {widget.value}"
            if widget.disabled:
                name += ", disabled"
            choice = ", ".join(map(str, list_settings(widget)))
            found.append(f"{name}: {choice}" if choice else name)
    return found


def shorten(lines: list[str], first: list[str]) -> list[str]:
    """Return what a setting shows, whole or, if that is shorter, as its difference from the first setting.

    A line that goes begins with a minus, one that comes with a plus; nothing else is left out.
    """
    differences = []
    for line in difflib.unified_diff(first, lines, n=0, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            differences.append(f"{line[0]} {line[1:]}")
    return differences if sum(map(len, differences)) < sum(map(len, lines)) else lines


def show_explorer(explorer: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield (setting, lines) for each setting of an explorer; its box has to show the same when moved."""
    first = explorer.values()
    begins = read_lines(explorer.render(**first))
    yield "at first", begins
    for values in explorer.domain():
        label = ", ".join(f"{name}={show_number(value)}" for name, value in values.items())
        card = explorer.render(**values)
        yield label, shorten(read_lines(card), begins)
        moved = sum(values[name] != first[name] for name in first)
        if moved <= 1 and explorer.set(**values) != card:
            yield f"{label}, moved by hand", ["its box does not show what it renders"]
    explorer.set(**first)


def show_form(box: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield (setting, lines) of a form: at first, and what is new when its buttons are pressed."""

    def read_form() -> list[str]:
        views = [one for one in find_widgets(box) if getattr(one, "_view_name", "") == "HTMLView"]
        return read_lines("\n".join(view.value for view in views))

    def press() -> list[str]:
        for button in buttons:
            button.click()
        return [line for line in read_form() if line not in first]

    buttons = [widget for widget in find_widgets(box) if hasattr(widget, "on_click")]
    first = read_form()
    yield "at first", first
    if buttons:
        yield "pressed", press()
    for widget in find_widgets(box):
        before = getattr(widget, "value", None)
        for label, value in list_settings(widget).items():
            widget.value = (value,) if isinstance(before, tuple) else value
            yield f"pressed at {label}", press()
            widget.value = before


def show_thing(thing: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield (setting, lines) of an explorer or form, known by its attributes; nothing of anything else."""
    is_widget = hasattr(thing, "layout") and hasattr(thing, "observe")
    if hasattr(thing, "domain") and hasattr(thing, "render"):
        yield "controls", list_controls(thing)
        yield from show_explorer(thing)
    elif is_widget:
        found = list(show_form(thing))
        if found != [("at first", [])]:
            yield "controls", list_controls(thing)
            yield from found


def show_lesson(notebook: Path) -> str:
    """Run a lesson's code in this process; return what its explorers and forms show, as text."""
    from IPython.core.interactiveshell import InteractiveShell

    shell: Any = InteractiveShell.instance()
    displayed: list[Any] = []

    def catch(thing: Any, *_: Any, **__: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        displayed.append(thing)
        return {}, {}

    # Both the last value of a cell and the arguments of `display` pass through here.
    shell.display_formatter.format = catch
    # Else the words of the day and the name of the zip would be others tomorrow.
    progress.today = work_form.today = lambda: dt.date(2022, 9, 15)
    found = []
    for cell in read_lesson(notebook).code:
        result = shell.run_cell(cell.source, store_history=False)
        if error := result.error_before_exec or result.error_in_exec:
            raise BuildError(
                f"cell {cell.id} stops with {type(error).__name__}: {error}", code="a cell fails"
            )
        for number, thing in enumerate(displayed, start=1):
            for setting, lines in show_thing(thing):
                place = f"{cell.id}, {number}" if number > 1 else cell.id
                found += [f"=== {place}: {setting}", *lines]
        displayed.clear()
    return "\n".join(found) + "\n"
