"""Convert stored cells for pages without a kernel.

Maps move into files of their own, which a page loads when they come into view. Charts become figures with
two drawings each. Quizzes, predictions and notes become forms that ``static/site.js`` answers. Explorers
carry their answer to each setting.
"""

import ast
import base64
import html
import itertools
import json
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from samarkand import explore
from samarkand.common.errors import CourseError
from samarkand.practice import questions
from samarkand.practice.predict import ledger
from tools.site import figures
from tools.site.deck import VEGA, find_question
from tools.site.figures import Picture

#: Maximum of settings of an explorer, and of characters of its script, for a page.
SETTINGS, LETTERS = 2000, 2_500_000
_FRAME = re.compile(r"<iframe(?P<head>[^>]*?) srcdoc='(?P<page>.*?)'></iframe>", re.DOTALL)
_DRAWN = re.compile(r'src="data:image/svg\+xml,([^"]*)"')
_STYLE = re.compile(r'style="([^"]*)"')
_ALT = re.compile(r'\balt="([^"]*)"')
_SAVED = re.compile(r'href="(data:text/csv[^"]*)"')


def make_element(tag: str, *inner: str, **attributes: object) -> str:
    """Return an HTML element; in attribute names `_` becomes `-`, and a trailing one is dropped."""
    named = {name.rstrip("_").replace("_", "-"): html.escape(str(one)) for name, one in attributes.items()}
    written = "".join(f' {name}="{value}"' for name, value in named.items())
    return f"<{tag}{written}>{''.join(inner)}</{tag}>"


def transform_cells(notebook: NotebookNode, name: str, static: Path) -> list[Picture]:
    """Convert the cells of a notebook for the site, in place; write files for its page below `static`.

    Return its charts and maps.
    """
    pictures: list[Picture] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace("(#Sources", "(#sources")
            continue
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            cell.metadata.setdefault("tags", []).append("hide-input")
        place = f"{name}-{cell.id}"
        live = render_form(cell, place, static)
        if live is None:
            known = Picture(place, name, "", "", rows=find_rows(cell))
            converted: list[NotebookNode] = []
            for output in cell.outputs:
                converted += convert_output(output, known, static, pictures)
            cell.outputs = converted
        else:
            cell.outputs = [make_html_output(live)] if live else []
    return pictures


def find_rows(cell: NotebookNode) -> str:
    """Return the address under which a chart's table can be saved; empty if the cell has none."""
    for output in cell.outputs:
        found = _SAVED.search(output.get("data", {}).get("text/html", ""))
        if found:
            return html.unescape(found[1])
    return ""


def make_html_output(markup: str) -> NotebookNode:
    """Return a notebook output with HTML."""
    output: NotebookNode = new_output("display_data", {"text/html": markup})
    return output


def convert_output(
    output: NotebookNode, known: Picture, static: Path, pictures: list[Picture]
) -> list[NotebookNode]:
    """Return the outputs that replace a stored one: charts as figures, maps as frames of files.

    `known` has what is known of the cell's picture; the charts and maps found are added to `pictures`.
    """
    data = output.get("data", {})
    if "image/png" in data and VEGA in data:
        return _convert_chart(data, known, static, pictures)
    if "text/html" in data:
        frame = _FRAME.search(data["text/html"])
        if frame:
            return _convert_map(data["text/html"], frame, known, static, pictures)
        # A corner cell that heads nothing is no heading.
        return [make_html_output(re.sub(r"<th( [^>]*)?></th>", r"<td\1></td>", data["text/html"]))]
    if output.output_type == "stream" or "text/plain" in data:
        return [output]
    return []


def _convert_chart(
    data: Mapping[str, Any], known: Picture, static: Path, pictures: list[Picture]
) -> list[NotebookNode]:
    """Write a chart's picture and drawings into files; return its figure and the link to its page.

    A chart that has no source and still asks what it shows is for students to change: nobody cites it.
    """
    place = static / "charts" / f"{known.name}.png"
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(base64.b64decode(data["image/png"]))
    chart = figures.read_chart(data[VEGA], known.name, known.lesson, known.rows)
    drawings = figures.write_drawings(data[VEGA], place)
    converted = [make_html_output(figures.render_figure(chart, drawings, "../_static"))]
    if chart.source or not chart.title.endswith("?"):
        pictures.append(chart)
        converted.append(make_html_output(link_to_page(known.name)))
    return converted


def _convert_map(
    markup: str, frame: re.Match[str], known: Picture, static: Path, pictures: list[Picture]
) -> list[NotebookNode]:
    """Write a map's page and its still picture into files; return its frame and the link to its page."""
    place = static / "maps" / f"{known.name}.html"
    place.parent.mkdir(exist_ok=True)
    place.write_text(html.unescape(frame["page"]), encoding="utf-8")
    looks = {"title": "Map", "style": ""} | dict(re.findall(r'\b(title|style)="([^"]*)"', frame["head"]))
    address = f"../_static/maps/{place.name}"
    framed = make_element("iframe", class_="map", loading="lazy", src=address, **looks)
    still = markup[: frame.start()] + markup[frame.end() :]
    alt = _ALT.search(still)
    description = html.unescape(alt[1]) if alt else ""
    title = html.unescape(looks["title"])
    pictures.append(Picture(known.name, known.lesson, "map", title, description=description))
    on_paper = ""
    drawn = _DRAWN.search(still)
    if drawn:
        file = place.with_suffix(".svg")
        file.write_text(urllib.parse.unquote(html.unescape(drawn[1])), encoding="utf-8")
        address = f"../_static/maps/{file.name}"
        still = still.replace(drawn[0], f'src="{address}"')
        on_paper = f'<img class="sam-still dark-light" data-later="{address}" alt="">'
    both = make_element("div", framed, on_paper, class_="sam-map") + make_element("noscript", still)
    return [make_html_output(both), make_html_output(link_to_page(known.name))]


def link_to_page(name: str) -> str:
    """Return the line below a picture that leads to its own page."""
    words = "On a page of its own: address, download, citation"
    return make_element("p", make_element("a", words, href=f"../pictures/{name}.html"), class_="sam-own")


def render_form(cell: NotebookNode, name: str, static: Path) -> str | None:
    """Return the HTML of a cell's question or explorer; None if the cell has neither."""
    one = find_question(cell)
    if one is not None:
        return render_question(one)
    try:
        (statement,) = ast.parse(cell.source).body
        call = statement.value if isinstance(statement, ast.Expr) else None
        assert isinstance(call, ast.Call)
        called = ast.unparse(call.func)
        args = [ast.literal_eval(arg) for arg in call.args]
        named = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
    except (SyntaxError, AssertionError, ValueError):
        return None
    if called == "predict.see":
        return make_element("div", class_="sam-see", data_id=args[0], role="status")
    if called in ("recall", "briefing.own", "progress.lesson", "explore.my_forecasts", "explore.my_scores"):
        return make_element(
            "p", "This part keeps what you write, and needs a running course.", class_="sam-run"
        )
    if called.startswith("explore."):
        function = getattr(explore, called.removeprefix("explore."))
        return write_explorer(function(*args, **named), name, static)
    return None


def render_question(one: questions.Asked) -> str:
    """Return the HTML of a quiz, a note or a prediction (with its result)."""
    data: dict[str, Any] = {"text": one.text}
    if isinstance(one, questions.Quiz):
        kind = "quiz"
        data["options"] = [{"text": option.text, "hint": option.hint} for option in one.options]
        data["why"] = one.why
    elif isinstance(one, questions.Note):
        kind = "note"
        data |= {"lines": one.lines, "then": list(one.then)}
    else:
        kind = "ask"
        result = ledger.compute_result(one.id)
        said = ledger.in_words(one, result)
        sentences = {how: text.replace("{result}", said) for how, text in ledger.SENTENCES.items()}
        data |= {"unit": one.unit, "options": one.options, "result": result, "sentences": sentences}
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    script = f'<script type="application/json">{text}</script>'
    return make_element("div", script, class_=f"sam-{kind}", data_id=one.id)


@dataclass(frozen=True)
class Control:
    """A control of an explorer: its label, the labels and values of its options, and where it starts."""

    key: str
    label: str
    options: list[str]
    values: list[Any]
    start: int


def read_control(key: str, handle: Any) -> Control | None:
    """Return the control of a widget with options; None of a text field, whose text is fixed."""
    if handle.has_trait("options"):
        pairs = {str(label): value for label, value in handle.options}
    elif isinstance(handle.value, bool):  # a box to tick
        pairs = {"no": False, "yes": True}
    else:
        return None
    values = list(pairs.values())
    if not values:
        return None
    start = values.index(handle.value) if handle.value in values else 0
    return Control(
        key=key, label=handle.description.rstrip(":"), options=list(pairs), values=values, start=start
    )


def write_explorer(made: Any, name: str, static: Path) -> str | None:
    """Write an explorer's output at each setting into a script; return the HTML that loads it.

    None, so that the still picture stays, if there are too many settings. Text fields are fixed.
    """
    controls = []
    for key, handle in made.handles.items():
        control = read_control(key, handle)
        if control is not None:
            controls.append(control)
    settings = list(itertools.islice(itertools.product(*(one.values for one in controls)), SETTINGS + 1))
    if not controls or len(settings) > SETTINGS:
        return None
    # Each style and each card is written once, and named by its number.
    styles: dict[str, int] = {}
    cards: dict[str, int] = {}
    at = []
    for setting in settings:
        values = {control.key: value for control, value in zip(controls, setting, strict=True)}
        try:
            card = made.render(**values)
        except CourseError as error:
            card = html.escape(str(error))
        card = _STYLE.sub(lambda found: f'style="{styles.setdefault(found[1], len(styles))}"', card)
        at.append(cards.setdefault(card, len(cards)))
    shown_controls = [{"label": one.label, "options": one.options, "start": one.start} for one in controls]
    data = {"controls": shown_controls, "styles": list(styles), "cards": list(cards), "at": at}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if len(text) > LETTERS:
        return None
    place = static / "explorers" / f"{name}.js"
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"samarkandExplorer({json.dumps(name)},{text});\n", encoding="utf-8")
    still = re.sub(r"<p[^>]*>Run all cells[^<]*</p>", "", made.render())
    title = make_element("p", html.escape(made.title), class_="sam-title")
    card = make_element("div", still, class_="sam-card", role="status", aria_live="polite")
    address = f"../_static/explorers/{place.name}"
    return make_element("div", title, card, class_="sam-explorer", data_id=name, data_src=address)
