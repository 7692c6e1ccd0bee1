"""Draw the house from the code: ``python -m tools.house`` writes ``docs/house.svg`` and its page's table.

The floors are the layers of the import contract in ``pyproject.toml``; the rooms are the modules and folders
of ``samarkand/``. What each room stands on is read from its imports by grimp, as in import-linter.
"""

from __future__ import annotations

import ast
import textwrap
import tomllib
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as Xml

import grimp

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "samarkand"
PICTURE = ROOT / "docs" / "house.svg"
PAGE = ROOT / "docs" / "house.md"
BEGIN, END = "<!-- rooms: made by python -m tools.house -->", "<!-- end of rooms -->"

#: Of the picture: its width, the space between boxes, the height of a line, letters in a line of 100 px.
WIDTH, GAP, LINE, LETTERS = 1080, 10, 14, 17.5
INK, SOFT, RULE, PAPER, WALL = "#1b2733", "#55616c", "#8f9aa5", "#ffffff", "#eef3f6"


class Room(NamedTuple):
    """A room: its name, the first line of its docstring, the rooms it stands on."""

    name: str
    purpose: str
    stands_on: tuple[str, ...]


def contract(name: str) -> dict[str, Any]:
    """Return a contract on imports from ``pyproject.toml``, by its id."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contracts: list[dict[str, Any]] = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    return next(one for one in contracts if one["id"] == name)


def floors(of: str = "floors") -> list[list[str]]:
    """Return the rooms of each floor of a contract, from the roof down."""
    return [layer.replace(" : ", " | ").split(" | ") for layer in contract(of)["layers"]]


def rooms(package: str = "samarkand") -> dict[str, Room]:
    """Return every room of a package by name, read from the code itself and not from a cache."""
    graph = grimp.build_graph("samarkand", cache_dir=None)
    found = {}
    for module in sorted(graph.find_children(package)):
        inside = {module, *graph.find_descendants(module)}
        used = {other for one in inside for other in graph.find_modules_directly_imported_by(one)}
        below = {other.removeprefix(f"{package}.").partition(".")[0] for other in used - inside}
        name = module.rpartition(".")[2]
        docstring = ast.get_docstring(ast.parse(_file(module).read_text(encoding="utf-8"))) or ""
        found[name] = Room(name, docstring.partition("\n")[0], tuple(sorted(below - {"samarkand"})))
    return found


def _file(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def picture() -> str:
    """Return the house as SVG: a row for each floor, a box for each room, and the storeys of grading."""
    known, storeys = rooms(), " \u2190 ".join(row[0] for row in reversed(floors("storeys")))
    svg = Xml.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
    svg.set("font-family", "Helvetica, Arial, sans-serif")
    Xml.SubElement(svg, "title").text = "The rooms of the package, floor upon floor: imports point downwards"
    paper = Xml.SubElement(svg, "rect", width=str(WIDTH), fill=PAPER)
    top = GAP
    for row in floors():
        wide = (WIDTH - GAP) / len(row)
        texts = {name: _wrapped(known[name].purpose, wide) for name in row}
        texts |= {"grading": [*texts["grading"], storeys]} if "grading" in row else {}
        high = 34 + LINE * max(map(len, texts.values()))
        for place, (name, lines) in enumerate(texts.items()):
            left = GAP + place * wide
            size = {"width": f"{wide - GAP:g}", "height": str(high), "rx": "4"}
            Xml.SubElement(
                svg, "rect", {"x": f"{left:g}", "y": str(top), **size, "fill": WALL, "stroke": RULE}
            )
            box = Xml.SubElement(svg, "text", {"y": str(top + 22), "font-size": "15", "fill": INK})
            _line_of(box, left, name, {"font-weight": "bold"})
            for number, text in enumerate(lines):
                down = str(19 if number == 0 else LINE)
                _line_of(box, left, text, {"dy": down, "font-size": "11", "fill": SOFT})
        top += high + GAP
    paper.set("height", str(top))
    svg.set("viewBox", f"0 0 {WIDTH} {top}")
    Xml.indent(svg)
    return Xml.tostring(svg, encoding="unicode") + "\n"


def _wrapped(text: str, wide: float) -> list[str]:
    return textwrap.wrap(text.replace("``", ""), int((wide - 3 * GAP) / 100 * LETTERS))


def _line_of(box: Xml.Element, left: float, text: str, look: dict[str, str]) -> None:
    Xml.SubElement(box, "tspan", {"x": f"{left + 12:g}", **look}).text = text


def table() -> str:
    """Return the rooms as a Markdown table, from the roof down, with grading's storeys below it."""
    known, inside = rooms(), rooms("samarkand_grading")
    lines = ["| room | what is in it | stands on |", "|---|---|---|"]
    for row in floors():
        for name in row:
            lines.append(_line(known[name], name))
            if name == "grading":
                lines += [_line(inside[one], f"grading/{one}") for (one,) in floors("storeys")]
    return "\n".join(lines)


def _line(room: Room, name: str) -> str:
    return f"| `{name}` | {room.purpose} | {', '.join(room.stands_on) or '-'} |"


def page() -> str:
    """Return the page with its table brought up to date."""
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return f"{head}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
