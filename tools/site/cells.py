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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from samarkand import explore
from samarkand.common.errors import CourseError
from samarkand.practice import questions
from samarkand.practice.predict import ledger
from tools.site import figures
from tools.site.deck import VEGA, asked
from tools.site.figures import Picture

#: Maximum of settings of an explorer, and of characters of its script, for a page.
SETTINGS, LETTERS = 2000, 2_500_000
_FRAME = re.compile(r"<iframe(?P<head>[^>]*?) srcdoc='(?P<page>.*?)'></iframe>", re.DOTALL)
_DRAWN = re.compile(r'src="data:image/svg\+xml,([^"]*)"')
_STYLE = re.compile(r'style="([^"]*)"')
_ALT = re.compile(r'\balt="([^"]*)"')
_SAVED = re.compile(r'href="(data:text/csv[^"]*)"')


def element(tag: str, *inner: str, **attributes: object) -> str:
    """Return an HTML element; in attribute names `_` becomes `-`, and a trailing one is dropped."""
    named = {name.rstrip("_").replace("_", "-"): html.escape(str(one)) for name, one in attributes.items()}
    written = "".join(f' {name}="{value}"' for name, value in named.items())
    return f"<{tag}{written}>{''.join(inner)}</{tag}>"


def transform(notebook: NotebookNode, name: str, static: Path) -> list[Picture]:
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
        live = form(cell, place, static)
        if live is None:
            converted: list[NotebookNode] = []
            rows = find_rows(cell)
            for old in cell.outputs:
                converted += outputs(old, Picture(place, name, "", "", rows=rows), static, pictures)
            cell.outputs = converted
        else:
            cell.outputs = [shown(live)] if live else []
    return pictures


def find_rows(cell: NotebookNode) -> str:
    """Return the address under which a chart's table can be saved; empty if the cell has none."""
    for output in cell.outputs:
        if found := _SAVED.search(output.get("data", {}).get("text/html", "")):
            return html.unescape(found[1])
    return ""


def shown(markup: str) -> NotebookNode:
    """Return a notebook output with HTML."""
    output: NotebookNode = new_output("display_data", {"text/html": markup})
    return output


def outputs(
    output: NotebookNode, known: Picture, static: Path, pictures: list[Picture]
) -> Iterator[NotebookNode]:
    """Yield the outputs that replace a stored one: charts as figures, maps as frames of files.

    `known` has what is known of the cell's picture; the charts and maps found are added to `pictures`.
    """
    data, name = output.get("data", {}), known.name
    if "image/png" in data and VEGA in data:
        place = static / "charts" / f"{name}.png"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(base64.b64decode(data["image/png"]))
        chart = figures.read_chart(data[VEGA], name, known.lesson, known.rows)
        pictures.append(chart)
        yield shown(figures.figure(chart, figures.write_drawings(data[VEGA], place), "../_static"))
        yield shown(link_to_page(name))
    elif "text/html" in data and (found := _FRAME.search(data["text/html"])):
        place = static / "maps" / f"{name}.html"
        place.parent.mkdir(exist_ok=True)
        place.write_text(html.unescape(found["page"]), encoding="utf-8")
        looks = {"title": "Map", "style": ""} | dict(re.findall(r'\b(title|style)="([^"]*)"', found["head"]))
        address = f"../_static/maps/{place.name}"
        frame = element("iframe", class_="map", loading="lazy", src=address, **looks)
        still = data["text/html"][: found.start()] + data["text/html"][found.end() :]
        alt = html.unescape(match[1]) if (match := _ALT.search(still)) else ""
        pictures.append(Picture(name, known.lesson, "map", html.unescape(looks["title"]), description=alt))
        on_paper = ""
        if picture := _DRAWN.search(still):
            file = place.with_suffix(".svg")
            file.write_text(urllib.parse.unquote(html.unescape(picture[1])), encoding="utf-8")
            address = f"../_static/maps/{file.name}"
            still = still.replace(picture[0], f'src="{address}"')
            on_paper = f'<img class="sam-still dark-light" data-later="{address}" alt="">'
        yield shown(element("div", frame, on_paper, class_="sam-map") + element("noscript", still))
        yield shown(link_to_page(name))
    elif "text/html" in data:  # a corner cell that heads nothing is no heading
        yield shown(re.sub(r"<th( [^>]*)?></th>", r"<td\1></td>", data["text/html"]))
    elif output.output_type == "stream" or "text/plain" in data:
        yield output


def link_to_page(name: str) -> str:
    """Return the line below a picture that leads to its own page."""
    words = "On a page of its own: address, download, citation"
    return element("p", element("a", words, href=f"../pictures/{name}.html"), class_="sam-own")


def form(cell: NotebookNode, name: str, static: Path) -> str | None:
    """Return the HTML of a cell's question or explorer; None if the cell has neither."""
    if (one := asked(cell)) is not None:
        return question(one)
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
        return element("div", class_="sam-see", data_id=args[0], role="status")
    if called in ("recall", "briefing.own", "progress.lesson", "explore.my_forecasts", "explore.my_scores"):
        return element("p", "This part keeps what you write, and needs a running course.", class_="sam-run")
    if called.startswith("explore."):
        return explorer(getattr(explore, called.partition(".")[2])(*args, **named), name, static)
    return None


def question(one: questions.Asked) -> str:
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
        result = ledger.result(one.id)
        said = ledger.in_words(one, result)
        sentences = {how: text.replace("{result}", said) for how, text in ledger.SENTENCES.items()}
        data |= {"unit": one.unit, "options": one.options, "result": result, "sentences": sentences}
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    script = f'<script type="application/json">{text}</script>'
    return element("div", script, class_=f"sam-{kind}", data_id=one.id)


def explorer(made: Any, name: str, static: Path) -> str | None:
    """Write an explorer's output at each setting into a script; return the HTML that loads it.

    None, so that the still picture stays, if there are too many settings. Text fields are fixed.
    """
    controls: list[dict[str, Any]] = []
    ranges: dict[str, list[Any]] = {}
    for key, handle in made.handles.items():
        pairs = {"no": False, "yes": True} if isinstance(handle.value, bool) else {}  # of a box to tick
        if handle.has_trait("options"):
            pairs = {str(label): value for label, value in handle.options}
        if values := list(pairs.values()):
            ranges[key], start = values, values.index(handle.value) if handle.value in values else 0
            label = handle.description.rstrip(":")
            controls.append({"label": label, "options": list(pairs), "start": start})
    settings = list(itertools.islice(itertools.product(*ranges.values()), SETTINGS + 1))
    if not controls or len(settings) > SETTINGS:
        return None
    styles: dict[str, int] = {}
    cards: dict[str, int] = {}
    at = []
    for setting in settings:
        try:
            card = made.render(**dict(zip(ranges, setting, strict=True)))
        except CourseError as error:
            card = html.escape(str(error))
        card = _STYLE.sub(lambda found: f'style="{styles.setdefault(found[1], len(styles))}"', card)
        at.append(cards.setdefault(card, len(cards)))
    data = {"controls": controls, "styles": list(styles), "cards": list(cards), "at": at}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if len(text) > LETTERS:
        return None
    place = static / "explorers" / f"{name}.js"
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"samarkandExplorer({json.dumps(name)},{text});\n", encoding="utf-8")
    still = re.sub(r"<p[^>]*>Run all cells[^<]*</p>", "", made.render())
    title = element("p", html.escape(made.title), class_="sam-title")
    card = element("div", still, class_="sam-card", role="status", aria_live="polite")
    address = f"../_static/explorers/{place.name}"
    return element("div", title, card, class_="sam-explorer", data_id=name, data_src=address)
