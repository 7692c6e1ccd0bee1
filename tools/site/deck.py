"""Slides and a work sheet for a class, each one self-contained HTML file, made from a plan of the lesson.

Each row of the plan has a slide, with the words of the tasks that it names; those that follow a question have
one of their own. After it come the questions that
the row's cells ask, each with a tally and, on a key, what came of it, and the cells of the row whose metadata
have ``{"samarkand": {"slide": true}}``; a text in place of ``true`` is shown instead of the cell's own. What
the plan leaves out is on no slide. Code and its printed output are never shown.
"""

import html
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT
from samarkand.practice import questions
from samarkand.practice.predict import ledger
from tools.author import citations, plans
from tools.author.lessons import BuildError, Lesson, Task, count_words
from tools.author.plans import NoPlan, Plan, Row
from tools.site import chart_svg

#: The maximum of words that are typed for a slide, and the minutes of the plans.
WORDS, MINUTES = 40, (90, 45)
#: The most questions on a sheet.
ON_SHEET = 5
#: How the words of tasks begin on a slide.
TASKS = '<div class="tasks">'
HERE = Path(__file__).resolve().parent / "handouts"
VEGA = "application/vnd.vegalite.v5+json"


@dataclass(frozen=True)
class Slide:
    """One slide.

    Parameters
    ----------
    cell : str
        The cell that it shows; empty for a row of the plan, the exit ticket and the teacher's own.
    words : str
        Its text as HTML.
    shown : str
        Its chart or map as HTML.
    result : str
        What comes of the question on it, as HTML, shown on a key.
    note : str
        What only the teacher reads.
    tally : dict
        Of a question: its `options`, or the bounds and unit of a number, and the recorded `value`.
    """

    cell: str
    words: str
    shown: str = ""
    result: str = ""
    note: str = ""
    tally: dict[str, Any] = field(default_factory=dict)


class StrangeSlides(CourseError):
    """A file of slides of one's own has a place that the plan does not have: `place` is what it says."""

    def __init__(self, path: Path, place: str, rows: int) -> None:
        told = f"{path} has a slide after row {place}; the plan has the rows 1 to {rows}."
        super().__init__(told, code="no such row")
        self.place, self.rows = place, rows


def find_faults_of_slides(lesson: Lesson) -> list[str]:
    """Return a sentence for each text of a slide with too many words or a strange figure."""
    wrong = [*_find_faults_of_plans(lesson), *_find_faults_of_cells(lesson)]
    return [f"{lesson.path.name}{sentence}" for sentence in wrong]


def _find_faults_of_plans(lesson: Lesson) -> Iterator[str]:
    """Yield a sentence for each row of a plan with too many words for a slide."""
    for minutes in MINUTES:
        try:
            plan, _ = plans.read_plan(lesson, minutes)
        except NoPlan:
            continue
        for row in plan.rows:
            count = count_words(row.what)
            if count > WORDS:
                yield f", row {row.begins}-{row.ends}: {count} words on a slide; {WORDS} are the most."


def _find_faults_of_cells(lesson: Lesson) -> Iterator[str]:
    """Yield a sentence for each cell whose slide has too many words, or a figure that the cell has not."""
    for cell in lesson.cells:
        own = cell.metadata.get("samarkand", {}).get("slide")
        if own is None or find_question(cell):
            continue
        words = own if isinstance(own, str) else ""
        count = count_words(words or without_notes(cell.source))
        if cell.cell_type == "markdown" and cell.id != "question" and count > WORDS:
            yield f", cell {cell.id}: {count} words on a slide; {WORDS} are the most."
        for figure in re.findall(r"\d[\d.,]*", words):
            if figure.rstrip(".,") not in cell.source:
                yield f", cell {cell.id}: {figure} is on its slide, and not in the cell."


def render_slides(lesson: Lesson, minutes: int = 90, own: Path | None = None) -> str:
    """Return a lesson's slides as one page; `BuildError` has the sentences of `find_faults_of_slides`."""
    wrong = find_faults_of_slides(lesson)
    if wrong:
        raise BuildError("\n".join(wrong), code="rules broken", faults=wrong)
    made = make_slides(lesson, minutes, own)
    body = render_template("slides.html", slides=made, lesson=lesson, script=_read_file("slides.js"))
    return make_page(lesson.title, "slides.css", body)


def make_slides(
    lesson: Lesson, minutes: int = 90, own: Path | None = None, *, draw: bool = True
) -> list[Slide]:
    """Return the slides of a plan in order; `own` is a Markdown file of the teacher's, `draw` draws charts.

    In that file slides are apart by lines ``---``; one that begins with ``after 3`` comes after the slides of
    the third row, any other before the exit ticket.
    """
    plan, ticket = plans.read_plan(lesson, minutes)
    added = read_own_slides(own, len(plan.rows)) if own else {}
    made: list[Slide] = []
    for number, row in enumerate(plan.rows, start=1):
        if number == len(plan.rows):
            made += added.pop(0, [])
        shown = {slide.cell for slide in made}  # two rows may name one cell
        made += [
            slide for slide in _make_row(lesson, plan, row, number, draw) if slide.cell not in shown - {""}
        ]
        made += added.get(number, [])
    if ticket:
        made.append(_make_ticket(plan.rows[-1], made, ticket))
    return _note_each(made)


def _note_each(made: list[Slide]) -> list[Slide]:
    """Return slides of which each has a note: that of its row."""
    noted, note = [], ""
    for slide in made:
        note = slide.note or note
        noted.append(replace(slide, note=note))
    return noted


def _make_ticket(last: Row, made: list[Slide], ticket: str) -> Slide:
    """Return the slide of the exit ticket, which may take the place of another one.

    If the plan's last row is the exit ticket itself, and has no task, the slide of that row is removed from
    `made`. The new slide has its note, and what the row says beside the words *exit ticket*.
    """
    what = ""
    note = ""
    first_of_row = max(at for at, slide in enumerate(made) if slide.note)  # only a row's first has a note
    is_ticket = "exit ticket" in last.what.casefold()
    if is_ticket and TASKS not in made[first_of_row].words:
        note = made.pop(first_of_row).note
        if last.what.casefold() != "exit ticket":
            what = _render_markdown(last.what)
    return Slide("", f"<h2>Exit ticket</h2>{what}{_render_markdown(_begin_large(ticket))}", note=note)


def read_own_slides(path: Path, rows: int) -> dict[int, list[Slide]]:
    """Return a teacher's slides by the row of the plan after which they come; 0 is before the exit ticket."""
    found: dict[int, list[Slide]] = {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read: {error}.", code="unreadable", file=path) from None
    for part in re.split(r"^---+\s*$", text, flags=re.MULTILINE):
        first, _, rest = part.strip().partition("\n")
        place = re.fullmatch(r"after (\d+)", first.strip())
        if place and not 1 <= int(place[1]) <= rows:
            raise StrangeSlides(path, place[1], rows)
        words = rest if place else part
        if words.strip():
            found.setdefault(int(place[1]) if place else 0, []).append(Slide("", _render_markdown(words)))
    return found


def _make_row(lesson: Lesson, plan: Plan, row: Row, number: int, draw: bool) -> list[Slide]:
    """Return the slides of a row of a plan."""
    used = plans.used_cells(lesson, plan, row)
    title = next(plans.list_sections(lesson, used), lesson.title)
    what = _render_markdown(row.what.replace(f" {plans.SIDES}", ""))
    words = f"<h2>{html.escape(title)}</h2>{what}"
    if number == 1:
        words = f"<h1>{lesson.title}</h1><p>{html.escape(lesson.question)}</p>{what}"
    where = plans.name_places(lesson, used)
    note = f"Row {number}, minutes {row.begins} to {row.ends}. {where}"
    made = [Slide("", words, note=note)]
    if plans.SIDES in row.what:
        made.append(Slide("", f"<h2>Whose side is yours?</h2>{_render_markdown(list_sides(plan.sides))}"))
    tasks = _find_tasks(lesson, row.what, used)
    for cell in lesson.cells:
        if cell.id not in used or cell.id == "question":
            continue
        if tasks and cell.id == tasks[0].stub.id:
            _add_tasks(made, lesson, title, tasks)
        made += _make_slide(lesson, cell, draw)
    return _join_first(made, title, row.what) if number > 1 else made


def _find_tasks(lesson: Lesson, what: str, used: Collection[str]) -> list[Task]:
    """Return the tasks that a row of a plan names: *03.1 and 03.2*, or *01.1 to 01.3*."""
    named = set(re.findall(r"\b\d\d\.\d+\b", what))
    numbers = [task.number for task in lesson.tasks]
    for first, last in re.findall(r"\b(\d\d\.\d+) to (\d\d\.\d+)\b", what):
        named.update(numbers[numbers.index(first) : numbers.index(last) + 1])
    return [task for task in lesson.tasks if task.number in named and task.stub.id in used]


def _add_tasks(made: list[Slide], lesson: Lesson, title: str, tasks: list[Task]) -> None:
    """Add the words of the tasks of a row: the class works while they stand.

    They are on the row's own slide, unless the row has a question before them: their words could tell what
    the class is to guess first.
    """
    lines = [_render_markdown(f"**{task.number}** {read_task(lesson, task)}") for task in tasks]
    block = f"{TASKS}{''.join(lines)}</div>"
    if len(made) == 1:
        made[0] = replace(made[0], words=made[0].words + block)
    else:
        made.append(Slide("", f"<h2>{html.escape(title)}</h2>{block}"))


def read_task(lesson: Lesson, task: Task) -> str:
    """Return what a task asks, as Markdown of one paragraph without citations; empty if no text names it."""
    ids = [cell.id for cell in lesson.cells]
    above = lesson.cells[: ids.index(task.stub.id)]
    text = next((cell.source for cell in reversed(above) if task.number in cell.source), "")
    asked = re.search(rf"\*\*{re.escape(task.number)}\*\*\s*(.*?)(\n\n|\Z)", text, re.DOTALL)
    return without_notes(asked[1]) if asked else ""


def _join_first(made: list[Slide], title: str, what: str) -> list[Slide]:
    """Return the slides of a row; where the next has the row's own title, the two are one.

    A row that says no more than the title, such as *One chart* of *6. One chart*, is not said twice.
    """
    heading = f"<h2>{html.escape(title)}</h2>"
    if len(made) < 2 or made[1].tally or made[1].shown or not made[1].words.startswith(heading):
        return made
    says_more = what.casefold() not in title.casefold()
    first = made[0].words if says_more else heading
    joined = replace(made[1], words=first + made[1].words.removeprefix(heading), note=made[0].note)
    return [joined, *made[2:]]


def list_sides(sides: str) -> str:
    """Return who speaks for what as Markdown: a line for each, then what is said of all; no sources.

    Examples
    --------
    >>> print(list_sides("Critics: *a debt*; China: *a road*; Turkey: *a way*. One each. Sources: 06."))
    - Critics: *a debt*
    - China: *a road*
    - Turkey: *a way*
    <BLANKLINE>
    One each.
    """
    text = re.sub(r"\s*Sources: .*$", "", sides)
    first, _, rest = text.partition(". ")
    each = first.removesuffix(".").split("; ")
    if len(each) < 3:
        return text[:1].upper() + text[1:]
    lines = [f"- {one[:1].upper()}{one[1:]}" for one in each]
    return "\n".join(lines) + (f"\n\n{rest}" if rest else "")


def _make_slide(lesson: Lesson, cell: NotebookNode, draw: bool) -> Iterator[Slide]:
    """Yield the slide of a cell, if it has one."""
    marked = cell.metadata.get("samarkand", {}).get("slide")
    one = find_question(cell)
    if one is not None and (marked is not None or not isinstance(one, questions.Note)):
        yield _make_question(cell, one)
    elif marked is not None:
        words, shown = "", ""
        if cell.cell_type == "code":
            words, shown = _show_output(lesson, cell, draw)
        if marked is not True or not words:
            words = _render_markdown(cell.source if marked is True else marked)
        yield Slide(cell.id, words, shown)


def _make_question(cell: NotebookNode, one: questions.Asked) -> Slide:
    """Return the slide of a question, with a tally and what comes of it."""
    options = _list_options(one)
    listed = "".join(f"<li>{html.escape(option)}</li>" for option in options)
    words = f"<h2>{html.escape(one.text)}</h2>" + (f"<ol>{listed}</ol>" if listed else "")
    if isinstance(one, questions.Quiz):
        right = [number for number, option in enumerate(one.options) if option.right]
        says = " ".join(options[number] for number in right)
        result = f"<p><b>{html.escape(says)}</b></p><p>{html.escape(one.why)}</p>"
        return Slide(cell.id, words, result=result, tally={"options": len(options), "right": right})
    if isinstance(one, questions.Prediction):
        value = ledger.compute_result(one.id)
        result = f"<p>What came out: <b>{html.escape(ledger.in_words(one, value))}</b></p>"
        if options:
            right = [list(one.options).index(str(value))]
            return Slide(cell.id, words, result=result, tally={"options": len(options), "right": right})
        return Slide(cell.id, words, result=result, tally={"unit": one.unit, "value": value})
    return Slide(cell.id, words)


def make_sheet(lesson: Lesson, minutes: int = 90) -> str:
    """Return a work sheet: aims, empty axes to draw into, the plan's questions, its exit ticket."""
    plan, ticket = plans.read_plan(lesson, minutes)
    used: set[str] = set()
    for row in plan.rows:
        used.update(plans.used_cells(lesson, plan, row))
    charts = [chart for cell, chart in _find_charts(lesson) if cell in used]
    aims = next(cell.source for cell in lesson.cells if cell.id == "aims")
    questions_of_plan = [find_question(cell) for cell in lesson.code if cell.id in used]
    first = [one for one in questions_of_plan if one is not None]
    chart = _show_chart(lesson, charts[0], empty=True) if charts else None
    lines: list[str] = []
    if not first:
        for cell in lesson.cells:
            if cell.id in used:
                lines += _list_lines_to_fill(cell)
    about = {
        "lesson": lesson,
        "lines": lines,
        "aims": _render_markdown(aims.replace("**", "")),
        "chart": chart,
        "asked": first[:ON_SHEET],
        "ticket": _render_markdown(_begin_large(ticket)) if ticket else "",
    }
    return make_page(lesson.title, "sheet.css", render_template("sheet.html", options=_list_options, **about))


def _list_lines_to_fill(cell: NotebookNode) -> list[str]:
    """Return what a cell's slide lists, as HTML: it is on the sheet of a plan that asks nothing else."""
    own = cell.metadata.get("samarkand", {}).get("slide")
    listed = re.findall(r"^- (.+)$", own, re.MULTILINE) if isinstance(own, str) else []
    return [_render_markdown(line).removeprefix("<p>").removesuffix("</p>\n") for line in listed]


def _begin_large(sentence: str) -> str:
    """Return a sentence with a capital: on the page it goes on after a colon."""
    return sentence[:1].upper() + sentence[1:]


def make_pages(lesson: Lesson) -> str:
    """Return a whole lesson as one self-contained page for a tablet or paper."""
    from nbconvert import HTMLExporter

    templates = str(ROOT / "settings" / "lab" / "nbconvert")
    made = HTMLExporter(template_name="samarkand", extra_template_basedirs=[templates])  # type: ignore[no-untyped-call]
    return str(made.from_filename(str(lesson.path))[0])


def render_template(template: str, /, **values: Any) -> str:
    """Return the text of a page from its template."""
    return str(_load_templates().get_template(f"{template}.j2").render(values))


@cache
def _load_templates() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = Environment(
        loader=FileSystemLoader([HERE, HERE.parent / "front", ROOT / "tools/author/templates"]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    # A bar would end a cell of a Markdown table.
    found.filters |= {"html": html.escape, "bars": lambda text: text.replace("|", r"\|")}
    found.filters["code"] = lambda text: f"`{found.filters['bars'](text)}`"
    found.filters["cell"] = lambda text: re.sub(r"\s+", " ", text).replace("|", r"\|").replace("<", "&lt;")
    return found


def _read_file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def make_page(title: str, css: str, body: str) -> str:
    """Return a self-contained HTML page with a style sheet of ``handouts/``."""
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{_read_file(css)}</style>'
    return f'<!doctype html>\n<html lang="en">{head}{body}</html>\n'


def without_notes(source: str) -> str:
    """Return Markdown without its citations."""
    return citations.remove_citations(source).strip()


def _render_markdown(source: str) -> str:
    """Return Markdown as HTML, without citations and links."""
    import mistune

    return str(mistune.html(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", without_notes(source))))


def find_question(cell: NotebookNode) -> questions.Asked | None:
    """Return the question that a cell asks; None if it asks none."""
    call = re.fullmatch(r'(?:(predict|quiz)\.ask|(note))\("([^"]+)"\)', cell.source.strip())
    return questions.find_question(call[1] or call[2], call[3]) if call else None


def _list_options(one: questions.Asked) -> list[str]:
    """Return the texts of a question's options, not which are right."""
    if isinstance(one, questions.Quiz):
        return [option.text for option in one.options]
    return list(one.options.values()) if isinstance(one, questions.Prediction) else []


def _show_output(lesson: Lesson, cell: NotebookNode, draw: bool) -> tuple[str, str]:
    """Return (title, picture) of a cell's chart or map as HTML; `BuildError` if it has neither."""
    for output in cell.outputs:
        data = output.get("data", {})
        if VEGA in data:
            return _show_chart(lesson, data[VEGA], draw=draw)
        frame = re.search(r"<iframe.*?</iframe>", data.get("text/html", ""), re.DOTALL)
        if frame:
            title = re.search(r'title="([^"]*)"', frame[0])
            bare = re.sub(r' style="[^"]*"', "", frame[0], count=1)
            return f"<h2>{title[1] if title else ''}</h2>", f'<div class="frame">{_for_projector(bare)}</div>'
    text = f"{lesson.path.name}, cell {cell.id}: it shows no chart and no map for a slide."
    raise BuildError(text, code="nothing to show", cell=cell.id)


def _for_projector(frame: str) -> str:
    """Return the frame of a map as a room sees it: map and legend, large, and no second title."""
    return frame.replace("</head>", f"<style>{_read_file('projector.css')}</style></head>", 1)


def _show_chart(
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
    needed += [(spec, True) for spec, _ in list(needed)]
    return chart_svg.store_drawings(lesson.name, needed)


def _find_charts(lesson: Lesson) -> list[tuple[str, dict[str, Any]]]:
    """Return (cell id, specification) of the first chart of each cell that is on a slide."""
    found: dict[str, dict[str, Any]] = {}
    marked = [cell.id for cell in lesson.code if "slide" in cell.metadata.get("samarkand", {})]
    for cell, chart in lesson.outputs(VEGA):
        if cell in marked:
            found.setdefault(cell, chart)
    return list(found.items())
