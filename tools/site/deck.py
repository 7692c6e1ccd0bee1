"""Slides and a work sheet for a class, each one self-contained HTML file.

A cell is on a slide if its metadata have ``{"samarkand": {"slide": true}}``; a text in place of ``true`` is
shown above the cell's chart or map. Code and its printed output are never shown.
"""

import html
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from samarkand.common.home import ROOT
from samarkand.practice import questions
from tools.author.lessons import BuildError, Lesson, count_words
from tools.site import chart_svg

#: The maximum of words on a slide, and the range of the number of slides.
WORDS, SLIDES = 40, (8, 12)
HERE = Path(__file__).resolve().parent / "handouts"
VEGA = "application/vnd.vegalite.v5+json"


def faults(lesson: Lesson) -> list[str]:
    """Return a sentence for each slide with too many words or a strange figure, and for a wrong number."""
    made = list(_slides(lesson, draw=False))
    counts = {id: count_words(words) for id, words, _ in made}
    most = f"words on a slide; {WORDS} are the most."
    wrong = [f", cell {id}: {count} {most}" for id, count in counts.items() if count > WORDS]
    for cell in lesson.cells:
        own = cell.metadata.get("samarkand", {}).get("slide")
        for figure in re.findall(r"\d[\d.,]*", own if isinstance(own, str) else ""):
            if figure.rstrip(".,") not in cell.source:
                wrong.append(f", cell {cell.id}: {figure} is on its slide, and not in the cell.")
    if not SLIDES[0] <= len(made) <= SLIDES[1]:
        wrong.append(f" has {len(made)} slides; it needs {SLIDES[0]} to {SLIDES[1]}.")
    return [f"{lesson.path.name}{sentence}" for sentence in wrong]


def slides(lesson: Lesson) -> str:
    """Return a lesson's slides as one page; `BuildError` has the sentences of `faults`."""
    if wrong := faults(lesson):
        raise BuildError("\n".join(wrong))
    body = "".join(f"<section>{words}{shown}</section>" for _, words, shown in _slides(lesson))
    return page(lesson.title, "slides.css", f"{body}<script>{_file('slides.js')}</script>")


def sheet(lesson: Lesson) -> str:
    """Return a work sheet for a class: aims, empty axes of a chart to draw into, questions, lines."""
    charts = _find_charts(lesson)
    aims = next(cell.source for cell in lesson.cells if cell.id == "aims")
    first = [one for one in map(asked, lesson.code) if one is not None][:5]
    chart = charts and _chart(lesson, charts[0][1], empty=True)
    about = {"lesson": lesson, "aims": _markdown(aims.replace("**", "")), "chart": chart, "asked": first}
    return page(lesson.title, "sheet.css", render("sheet.html", options=_options, **about))


def pages(lesson: Lesson) -> str:
    """Return a whole lesson as one self-contained page for a tablet or paper."""
    from nbconvert import HTMLExporter

    templates = str(ROOT / "settings" / "lab" / "nbconvert")
    made = HTMLExporter(template_name="samarkand", extra_template_basedirs=[templates])  # type: ignore[no-untyped-call]
    return str(made.from_filename(str(lesson.path))[0])


def render(template: str, /, **values: Any) -> str:
    """Return the text of a page from its template."""
    return str(_templates().get_template(f"{template}.j2").render(values))


@cache
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = Environment(
        loader=FileSystemLoader([HERE, HERE.parent / "front", ROOT / "tools/author/templates"]),
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined,
    )  # fmt: skip
    # A bar would end a cell of a Markdown table.
    found.filters |= {"html": html.escape, "bars": lambda text: text.replace("|", r"\|")}
    found.filters["code"] = lambda text: f"`{found.filters['bars'](text)}`"
    found.filters["cell"] = lambda text: re.sub(r"\s+", " ", text).replace("|", r"\|").replace("<", "&lt;")
    return found


def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def page(title: str, css: str, body: str) -> str:
    """Return a self-contained HTML page with a style sheet of ``handouts/``."""
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{_file(css)}</style>'
    return f'<!doctype html>\n<html lang="en">{head}{body}</html>\n'


def _slides(lesson: Lesson, draw: bool = True) -> Iterator[tuple[str, str, str]]:
    """Yield (cell id, text as HTML, chart or map) of each slide; with `draw` false charts are empty."""
    for cell in lesson.cells:
        marked = cell.metadata.get("samarkand", {}).get("slide")
        if marked is None:
            continue
        one = asked(cell)
        words, shown = "", ""
        if cell.id == "question":
            words = f"<h1>{lesson.title}</h1><p>{html.escape(lesson.question)}</p>"
        elif one is not None:
            options = "".join(f"<li>{html.escape(option)}</li>" for option in _options(one))
            words = f"<h2>{html.escape(one.text)}</h2><ul>{options}</ul>"
        elif cell.cell_type == "code":
            words, shown = _shown(lesson, cell, draw)
        if marked is not True or not words:
            words = _markdown(cell.source if marked is True else marked)
        yield cell.id, words, shown


def without_notes(source: str) -> str:
    """Return Markdown without its footnotes."""
    return re.sub(r"\s*<sup>.*?</sup>", "", source, flags=re.DOTALL).strip()


def _markdown(source: str) -> str:
    """Return Markdown as HTML, without footnotes and links."""
    import mistune

    return str(mistune.html(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", without_notes(source))))


def asked(cell: NotebookNode) -> questions.Asked | None:
    """Return the question that a cell asks; None if it asks none."""
    call = re.fullmatch(r'(?:(predict|quiz)\.ask|(note))\("([^"]+)"\)', cell.source.strip())
    return questions.find(call[1] or call[2], call[3]) if call else None


def _options(one: questions.Asked) -> list[str]:
    """Return the texts of a question's options, not which are right."""
    if isinstance(one, questions.Quiz):
        return [option.text for option in one.options]
    return list(one.options.values()) if isinstance(one, questions.Prediction) else []


def _shown(lesson: Lesson, cell: NotebookNode, draw: bool) -> tuple[str, str]:
    """Return (title, picture) of a cell's chart or map as HTML; `BuildError` if it has neither."""
    for output in cell.outputs:
        data = output.get("data", {})
        if VEGA in data:
            return _chart(lesson, data[VEGA], draw=draw)
        if frame := re.search(r"<iframe.*?</iframe>", data.get("text/html", ""), re.DOTALL):
            title = re.search(r'title="([^"]*)"', frame[0])
            return f"<h2>{title[1] if title else ''}</h2>", re.sub(r' style="[^"]*"', "", frame[0], count=1)
    raise BuildError(f"{lesson.path.name}, cell {cell.id}: it shows no chart and no map for a slide.")


def _chart(
    lesson: Lesson, stored: dict[str, Any], *, empty: bool = False, draw: bool = True
) -> tuple[str, str]:
    """Return (title, SVG figure) of a chart as HTML; with `empty` only its axes are drawn."""
    spec, title = _without_title(stored)
    words = "" if empty else f"<h2>{html.escape(chart_svg.join_lines(title.get('text')))}</h2>"
    if title.get("subtitle"):
        words += f"<small>{html.escape(chart_svg.join_lines(title['subtitle']))}</small>"
    if not draw:
        return words, ""
    drawn = chart_svg.find_drawn(lesson.name, spec, empty=empty)
    label = "" if empty else html.escape(spec.get("description", ""))
    return words, f'<figure role="img" aria-label="{label}">{drawn}</figure>'


def _without_title(stored: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a chart's specification without its title, which a slide has in words, and the title."""
    spec = json.loads(json.dumps(stored))
    title: dict[str, Any] = spec["vconcat"][0].pop("title", {})
    return spec, title


def store_charts(lesson: Lesson) -> list[Path]:
    """Draw what the slides and the sheet of a lesson need and is not stored; return the changed files."""
    needed = [(_without_title(chart)[0], False) for _, chart in _find_charts(lesson)]
    needed += [(spec, True) for spec, _ in needed[:1]]
    return chart_svg.store(lesson.name, needed)


def _find_charts(lesson: Lesson) -> list[tuple[str, dict[str, Any]]]:
    """Return (cell id, specification) of the first chart of each cell that is on a slide."""
    found: dict[str, dict[str, Any]] = {}
    marked = [cell.id for cell in lesson.code if "slide" in cell.metadata.get("samarkand", {})]
    for cell, chart in lesson.outputs(VEGA):
        if cell in marked:
            found.setdefault(cell, chart)
    return list(found.items())
