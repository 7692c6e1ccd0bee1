"""What a lesson looks like: the rules of the house, each a function from a lesson to sentences.

A rule yields a sentence for everything that is not as it should be, with the id of the cell. `RULES` holds
those for every notebook, `LESSON_RULES` those for all but the glossary, which is no lesson.
``samarkand build`` stores no lesson that breaks one; the tests hold the stored lessons to them, and each rule
to a planted error.

The order of a lesson: title and one sentence; a card; "By the end you can"; the question; one cell that
imports and loads; three to five sections and an explorer; practice; summary; what you did and what to repeat;
sources; next.
"""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Callable, Iterator

from nbformat import NotebookNode

from samarkand.ground.home import ROOT
from samarkand.practice import questions
from samarkand.sources import KEY
from tools.author import (
    citations,
    drawn,
    normal_form,
    rules,
    rules_of_concepts,
    rules_of_questions,
    rules_of_words,
)
from tools.author import minutes as timing
from tools.author.drawn import PNG, VEGA_LITE
from tools.author.lessons import Lesson, count_words, folded, read, unfenced

LARGEST_FILE, LARGEST_MAP, MOST_MAPS = 1_000_000, 300_000, 3
CELLS, LEAST_WORDS, AIMS, SECTIONS, TASKS = (35, 60), 1200, (3, 4), (3, 7), (2, 9)
#: How many cells it may have in two sittings; then it marks where the first ends, and sums that up.
LONG, HALF_WAY = 75, timing.HALF_WAY
LONGEST_CODE, SHORT_CODE, MOST_ROWS = 8, 3, 12
#: What asks a student before a result is shown.
EXPECTING = ("predict.ask", "note")
#: What shows a student's own work.
OWN = ("predict.see", "recall", "progress.lesson", "progress.course")
#: The most minutes of a sitting, for a novice.
SITTING = 60
DONE = "What you did, and what to repeat"
CARD = ("Time", "Minutes", "Level", "Needs", "Data", "Works offline")
#: Notebooks that are read beside the lessons.
REFERENCE = ("99_glossary",)

Rule = Callable[[Lesson], Iterator[str]]
LESSON_RULES: list[Rule] = [*rules_of_concepts.RULES]


def lesson_rule(function: Rule) -> Rule:
    """Say of a rule that it is for lessons only; every other one here is for every notebook."""
    LESSON_RULES.append(function)
    return function


def broken(lesson: Lesson) -> list[str]:
    """Return a sentence for each place where a lesson, stored or about to be, breaks a rule."""
    asked = RULES if lesson.name in REFERENCE else [*RULES, *LESSON_RULES]
    return [sentence for one in asked for sentence in one(lesson)]


# --------------------------------------------------------------------------------------------- shape


def one_title_and_it_comes_first(lesson: Lesson) -> Iterator[str]:
    """One heading of level 1, and it opens the notebook, with a sentence below it."""
    titles = [(cell, words) for cell, level, words in lesson.headings if level == 1]
    if len(titles) != 1:
        yield f"There are {len(titles)} headings of level 1, not one."
    first = lesson.cells[0]
    if first.cell_type != "markdown" or not first.source.startswith("# "):
        yield "The first cell is not the title."
    elif not re.search(r"\n\n\S.*[.?!]\s*$", first.source, re.DOTALL):
        yield "No sentence stands under the title."


def headings_skip_no_level(lesson: Lesson) -> Iterator[str]:
    """Headings go down one level at a time."""
    before = 0
    for cell, level, words in lesson.headings:
        if level > before + 1:
            yield f"{cell}: the heading {words!r} is of level {level}, after one of level {before}."
        before = level


def headings_are_different(lesson: Lesson) -> Iterator[str]:
    """No two headings say the same, or a link would not know which."""
    words = [w for _, _, w in lesson.headings]
    for heading in sorted({w for w in words if words.count(w) > 1}):
        yield f"The heading {heading!r} stands there more than once."


@lesson_rule
def the_parts_stand_in_order(lesson: Lesson) -> Iterator[str]:
    """Card, aims, question, practice, summary, progress, sources, next: all there, in this order."""
    parts = {
        "the card": r"\*\*Time\*\*",
        "By the end you can": r"By the end you can",
        "The question": r"^## The question$",
        "Practice": r"^## Practice$",
        "Summary": r"^## Summary$",
        DONE: rf"^## {DONE}$",
        "Sources": r"^## Sources$",
        "Next": r"\*\*Next:\*\*|^## Next$",
    }
    last, before = -1, "the title"
    for part, pattern in parts.items():
        places = [
            i
            for i, cell in enumerate(lesson.cells)
            if cell.cell_type == "markdown" and re.search(pattern, cell.source, re.MULTILINE)
        ]
        if not places:
            yield f"{part} is missing."
        elif places[0] <= last:
            yield f"{part} stands before {before}."
        else:
            last, before = places[0], part


@lesson_rule
def the_card_is_whole(lesson: Lesson) -> Iterator[str]:
    """The card says time, level, needs, data, and that it works offline."""
    card = next((c.source for c in lesson.prose if "**Time**" in c.source), "")
    rows = dict(re.findall(r"^\|\s*\*\*(.+?)\*\*\s*\|[ \t]*([^|\n]*?)[ \t]*\|\s*$", card, re.MULTILINE))
    for name in CARD:
        if not rows.get(name):
            yield f"The card does not say: {name}."
    minutes = re.match(r"(\d+)(?: (and) (\d+))? minutes$", rows.get("Time", ""))
    if rows.get("Time") and not (minutes and all(int(m) <= SITTING for m in minutes.group(1, 3) if m)):
        yield f"The card's time is {rows['Time']!r}; a sitting takes {SITTING} minutes at most."
    for name, says in timing.rows(lesson).items():
        if rows.get(name, says) != says:
            yield f"The card says of {name.lower()}: {rows[name]!r}; computed are {says!r}."
    if minutes and (minutes[2] == "and") != _halved(lesson):
        yield f"The card's time is {rows['Time']!r}; two sittings, and no others, are parted by {HALF_WAY}"


def _halved(lesson: Lesson) -> bool:
    return any(HALF_WAY in cell.source for cell in lesson.prose)


@lesson_rule
def three_or_four_things_a_student_can_do(lesson: Lesson) -> Iterator[str]:
    """The aims are three or four."""
    aims = next((c.source for c in lesson.prose if "By the end you can" in c.source), "")
    count = len(re.findall(r"^[-*] ", aims, re.MULTILINE))
    if not AIMS[0] <= count <= AIMS[1]:
        yield f"By the end a student can do {count} things, not three or four."


@lesson_rule
def the_length_is_that_of_a_lesson(lesson: Lesson) -> Iterator[str]:
    """Enough words, neither too few nor too many cells.

    Not counted are what is a student's own, *Further*, and the stubs and hints of tasks beyond the third.
    """
    inside = [cell for cell in lesson.cells if not timing.is_further(cell)]
    count = len(inside) - len(calls(lesson, *EXPECTING, *OWN)) - 2 * max(0, len(lesson.tasks) - 3)
    most = LONG if _halved(lesson) else CELLS[1]
    if not CELLS[0] <= count <= most:
        yield f"It has {count} cells, not {CELLS[0]} to {most}."
    words = sum(count_words(c.source) for c in lesson.prose)
    if words < LEAST_WORDS:
        yield f"It has {words} words, not {LEAST_WORDS} at least."


@lesson_rule
def the_middle_has_a_few_sections(lesson: Lesson) -> Iterator[str]:
    """Between question and practice stand a few sections."""
    second = [words for _, level, words in lesson.headings if level == 2]
    if "The question" in second and "Practice" in second:
        count = second.index("Practice") - second.index("The question") - 1
        if not SECTIONS[0] <= count <= SECTIONS[1]:
            yield f"Between question and practice stand {count} sections, not {SECTIONS[0]} to {SECTIONS[1]}."


@lesson_rule
def students_are_asked_first_and_told_the_limits(lesson: Lesson) -> Iterator[str]:
    """A student is asked before, and told afterwards what a result does not show."""
    prose = "\n".join(c.source for c in lesson.prose)
    if len(calls(lesson, *EXPECTING)) < 2:
        yield "It asks for what one expects less than twice."
    if "What do you expect?" in prose:
        yield "It asks for what one expects in prose, and not by predict.ask or note."
    if len(re.findall(r"What this shows, and what it does not", prose)) < 2:
        yield 'It says "What this shows, and what it does not" less than twice.'


# --------------------------------------------------------------------------------------------- code


def code_is_plain_python(lesson: Lesson) -> Iterator[str]:
    """No magics, no shell."""
    for cell in lesson.code:
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield f"{cell.id}: is not plain Python ({error.msg}, line {error.lineno}): no magics, no shell."


def code_is_short(lesson: Lesson) -> Iterator[str]:
    """Cells of code are short, and most of them very short."""
    lengths = {c.id: len([line for line in c.source.splitlines() if line.strip()]) for c in lesson.code}
    for cell, lines in lengths.items():
        if lines > LONGEST_CODE:
            yield f"{cell}: has {lines} lines of code; {LONGEST_CODE} at most."
    short = sum(lines <= SHORT_CODE for lines in lengths.values())
    if 2 * short < len(lengths):
        yield f"Of {len(lengths)} code cells {short} have at most {SHORT_CODE} lines; most should."


def code_ends_without_semicolon(lesson: Lesson) -> Iterator[str]:
    """A semicolon at the end would hide what the cell shows."""
    for cell in lesson.code:
        if cell.source.rstrip().endswith(";"):
            yield f"{cell.id}: ends with a semicolon, which hides what the cell shows."


def code_imports_what_a_lesson_may(lesson: Lesson) -> Iterator[str]:
    """No network, no system, no plumbing; nothing whose outputs cannot be compared."""
    barred = {"requests", "urllib", "httpx", "http", "socket", "aiohttp", "ftplib", "subprocess", "os", "sys"}
    barred |= {"matplotlib", "folium", "altair", "IPython", "warnings"}
    for cell, tree in lesson.trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
                yield f"{cell}: imports everything from {node.module}; name what you import."
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [a.name for a in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                if name.split(".")[0] in barred:
                    yield f"{cell}: imports {name}, which a lesson has no need of."
            called = (
                [getattr(node.func, "id", getattr(node.func, "attr", ""))]
                if isinstance(node, ast.Call)
                else []
            )
            for name in called:
                if name in ("interact", "interactive", "Output"):
                    yield f"{cell}: uses {name}, whose outputs cannot be compared."


def every_import_is_in_one_cell(lesson: Lesson) -> Iterator[str]:
    """One cell imports all that the lesson needs."""
    cells = [
        c
        for c, tree in lesson.trees
        if any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(tree))
    ]
    for cell in cells[1:]:
        yield f"{cell}: imports, and {cells[0]} is the cell for that."


# --------------------------------------------------------------------------------------------- links, sources


def links_lead_somewhere(lesson: Lesson) -> Iterator[str]:
    """Links lead to files and headings of the course, and nowhere else."""
    for cell in lesson.prose:
        text = re.sub(r"`[^`]*`", "", unfenced(cell.source))
        for target in re.findall(r"\]\(([^)\s]+)[^)]*\)", text) + re.findall(r'(?:href|src)="([^"]+)"', text):
            if re.match(r"https?:|//", target):
                yield f"{cell.id}: links to {target}; a source is cited by its key."
            elif not target.startswith("data:"):
                yield from _broken(lesson, cell.id, target)


def _broken(lesson: Lesson, cell: str, target: str) -> Iterator[str]:
    file, _, anchor = target.partition("#")
    path = (lesson.path.parent / file).resolve() if file else lesson.path
    inside = ROOT in path.parents or lesson.path.parent in path.parents
    if not path.exists() or not inside:
        yield f"{cell}: links to {target}, which does not exist."
    elif anchor and path.suffix == ".ipynb":
        anchors = {words.replace(" ", "-") for _, _, words in read(path).headings}
        if anchor not in anchors:
            yield f"{cell}: links to {target}, where no heading has that name."


def cited(lesson: Lesson) -> dict[str, str]:
    """Return the source keys that the prose cites, and what its notes unfold: key -> cell."""
    said = [(cell.id, re.sub(r"`[^`]*`", "", unfenced(cell.source))) for cell in lesson.prose]
    notes = questions.every("note")
    said += [(cell, " ".join(notes[id].then)) for cell, _, id in calls(lesson, "note") if id in notes]
    found: dict[str, str] = {}
    for cell, text in said:
        for keys in citations.WRITTEN.finditer(text):
            for key in re.findall(KEY, keys["keys"]):
                found.setdefault(key, cell)
    return found


def sources_are_cited_and_listed(lesson: Lesson) -> Iterator[str]:
    """Each key that is cited resolves and is in the list at the end, and the list has no other."""
    from samarkand import cite
    from samarkand.ground.errors import CourseError

    in_prose, at_end = cited(lesson), citations.listed(lesson.notebook)
    for key, cell in in_prose.items():
        try:
            cite[key]
        except CourseError as error:
            yield f"{cell}: cites [{key}]: {error}"
        if key not in at_end:
            yield f"{cell}: cites [{key}], which the list at the end leaves out."
    # A source may also be cited by what a cell prints, such as the source column of a table.
    shown = "\n".join(c.source for c in lesson.code if "cite.sources" not in c.source)
    for code in lesson.code:
        if "cite.sources" not in code.source:
            shown += "\n".join(
                str(o.get("text", o.get("data", {}).get("text/plain", ""))) for o in code.outputs
            )
    for key in at_end:
        if key not in in_prose and not re.search(rf"\b{re.escape(key)}\b", shown):
            yield f"The list at the end has {key}, which nothing cites."
    for key in sorted({k for k in at_end if at_end.count(k) > 1}):
        yield f"The list at the end has {key} twice."


@lesson_rule
def the_sources_are_printed(lesson: Lesson) -> Iterator[str]:
    """The list at the end is printed from the table of sources."""
    if not citations.listed(lesson.notebook):
        yield "No list of sources is printed at the end."


@lesson_rule
def the_next_lesson_is_linked(lesson: Lesson) -> Iterator[str]:
    """The last cell leads to another lesson."""
    if not re.search(r"\]\(\d\d_\w+\.ipynb\)", lesson.cells[-1].source):
        yield "The last cell links to no other lesson."


@lesson_rule
def the_set_is_linked(lesson: Lesson) -> Iterator[str]:
    """The last cell leads to the lesson's set, if it has one."""
    for path in sorted(ROOT.glob(f"exercises/release/ex{lesson.number}_*/*.ipynb")):
        if f"](../{path.relative_to(ROOT).as_posix()})" not in lesson.cells[-1].source:
            yield f"The last cell does not link to {path.stem}."


def metadata_name_what_is_taught(lesson: Lesson) -> Iterator[str]:
    """Cells name the claims that they treat; a notebook may name blocks that it only counts."""
    yield from _named("The notebook", lesson.notebook.metadata, "counted", "blocks")
    for cell in lesson.cells:
        yield from _named(cell.id, cell.metadata, "claims", "claims", "introduces", "skip")


def _named(where: str, metadata: NotebookNode, name: str, kind: str, *also: str) -> Iterator[str]:
    """Yield a sentence for what is wrong under one name of our metadata; those in `also` have own rules."""
    from samarkand import data

    own = metadata.get("samarkand")
    if own is None:
        return
    if not isinstance(own, dict) or not own or not set(own) <= {name, "tied", *also} or not all(own.values()):
        yield f'{where}: the metadata are not {{"samarkand": {{"{name}": [...]}}}}, with something in it.'
        return
    if name not in own:
        return
    if len(own[name]) != len(set(own[name])):
        yield f"{where}: the metadata name some {kind} twice."
    known = set(data.load(kind)["block" if kind == "blocks" else "id"])
    for unknown in sorted(set(own[name]) - known):
        yield f"{where}: the metadata name {unknown}, which is none of the article's {kind}."


# --------------------------------------------------------------------------------------------- outputs


def the_file_is_small(lesson: Lesson) -> Iterator[str]:
    """The stored notebook has less than a megabyte."""
    size = len(normal_form.text(lesson.notebook).encode())
    if size >= LARGEST_FILE:
        yield f"The file has {size / 1e6:.2f} MB; it must be under {LARGEST_FILE / 1e6:.0f}."


def loads(markup: str) -> list[str]:
    """Return what HTML, CSS or script would fetch from elsewhere (a link to click fetches nothing)."""
    markup = html.unescape(markup)
    patterns = (
        r"<(?!a\b)\w+\b[^>]*?\b(?:src|href|data|action|poster|srcset)\s*=\s*"
        r"""["']?\s*((?:https?:)?//[^"'\s>]+)""",
        r"""url\(\s*["']?((?:https?:)?//[^"')\s]+)""",
        r"""@import\s+["']((?:https?:)?//[^"']+)""",
        r"""(?:fetch|import|Worker|WebSocket|EventSource|importScripts|open)\(\s*["'`]((?:\w+:)?//[^"'`]+)""",
    )
    return [found for pattern in patterns for found in re.findall(pattern, markup, re.IGNORECASE)]


def nothing_is_loaded_from_elsewhere(lesson: Lesson) -> Iterator[str]:
    """No output fetches anything."""
    for cell in lesson.code:
        for output in cell.outputs:
            for kind, data in output.get("data", {}).items():
                text = data if isinstance(data, str) else repr(data)
                for address in loads(text) if kind != VEGA_LITE else re.findall(r"'url': '([^']*)'", text):
                    yield f"{cell.id}: loads {address}"


def outputs_are_text(lesson: Lesson) -> Iterator[str]:
    """Outputs are of kinds that nbval compares and a reader sees; beside a chart stands its picture."""
    for cell in lesson.code:
        for output in cell.outputs:
            shown = output.get("data", {})
            for kind in shown:
                if kind not in ("text/plain", "text/html", VEGA_LITE, *(PNG,) * (VEGA_LITE in shown)):
                    yield f"{cell.id}: shows {kind}, which nbval does not compare or a reader cannot see."


def outputs_say_what_they_are(lesson: Lesson) -> Iterator[str]:
    """The plain text of an output is a sentence, not an address in memory."""
    for cell, text in lesson.outputs("text/plain"):
        if re.match(r"<.* at 0x|<IPython|alt\.\w+\(|\w+\(children=", text):
            yield f"{cell}: its plain text is {text[:40]!r}, not a sentence."


def maps_are_few_and_have_words(lesson: Lesson) -> Iterator[str]:
    """At most three maps, each small, with a title, a still picture and its text."""
    if len(lesson.frames) > MOST_MAPS:
        yield f"It has {len(lesson.frames)} maps; {MOST_MAPS} at most."
    for cell, markup in lesson.frames:
        size = len(markup.encode())
        if size > LARGEST_MAP:
            yield f"{cell}: the map has {size / 1000:.0f} kB; {LARGEST_MAP / 1000:.0f} at most."
        outside = re.sub(r"""srcdoc=(?:'[^']*'|"[^"]*")""", "", markup)
        frame = re.search(r"<iframe[^>]*", outside)
        title = re.search(r"""title=(?:"([^"]+)"|'([^']+)')""", frame[0] if frame else "")
        if not title:
            yield f"{cell}: the map's frame has no title."
        alts = [a or b for a, b in re.findall(r"""<img[^>]*?\balt=(?:"([^"]*)"|'([^']*)')""", outside)]
        if not alts:
            yield f"{cell}: the map has no still picture."
        for alt in alts:
            if not re.search(r"\w+ \w+ \w+.*[.?!]$", html.unescape(alt).strip()):
                yield f"{cell}: the alt text {alt!r} is no sentence."


def charts_have_title_and_description(lesson: Lesson) -> Iterator[str]:
    """A chart has a title, a description in a sentence, and its source."""
    for cell, spec in lesson.outputs(VEGA_LITE):
        title = spec.get("title")
        if not (title.get("text") if isinstance(title, dict) else title):
            yield f"{cell}: the chart has no title."
        if not re.search(r"\w+ \w+ \w+.*[.?!]$", str(spec.get("description", "")).strip(), re.DOTALL):
            yield f"{cell}: the chart's description is no sentence."
        if not re.search(r"\bSources?: \w", repr(spec)):  # in its title's subtitle, or a text of its own
            yield f"{cell}: the chart has no source line."


@lesson_rule
def a_map_or_chart_and_an_explorer_carry_it(lesson: Lesson) -> Iterator[str]:
    """A map or a chart carries the argument, and something can be moved."""
    if not lesson.frames and not lesson.outputs(VEGA_LITE):
        yield "It has neither map nor chart."
    if not any("explore." in c.source for c in lesson.code):
        yield "It has no explorer."


def tables_are_short(lesson: Lesson) -> Iterator[str]:
    """Tables are short and not cut by dots."""
    for cell, markup in lesson.outputs("text/html"):
        for table in re.findall(r'<table[^>]*class="dataframe".*?</table>', markup, re.DOTALL):
            rows = len(re.findall(r"<tr", table.partition("<tbody>")[2]))
            if rows > MOST_ROWS:
                yield f"{cell}: the table has {rows} rows; {MOST_ROWS} at most."
            if "..." in table or "…" in re.sub(r"<td>[^<]*</td>", "", table):
                yield f"{cell}: the table is cut by dots; choose rows and columns, or shorten the text."
    for cell, text in lesson.outputs("text/plain"):
        *lines, last = text.splitlines() or [""]
        # One line may name the index.
        if re.match(r"(Name|Length|Freq|dtype): ", last) and len(lines) > MOST_ROWS + 1:
            yield f"{cell}: the series has {len(lines)} rows; {MOST_ROWS} at most."


def figures_are_rounded(lesson: Lesson) -> Iterator[str]:
    """No figure is shown with more digits than it deserves."""
    for cell in lesson.code:
        for output in cell.outputs:
            text = output.get("text", output.get("data", {}).get("text/plain", ""))
            long = re.search(r"\d+\.\d{5,}", text)
            if long:
                yield f"{cell.id}: shows {long[0]}; round it."


# --------------------------------------------------------------------------------------------- practice


@lesson_rule
def a_lesson_has_tasks_numbered_in_order(lesson: Lesson) -> Iterator[str]:
    """Tasks, numbered from 1 in the order of the lesson."""
    if not TASKS[0] <= len(lesson.tasks) <= TASKS[1]:
        yield f"It has {len(lesson.tasks)} tasks, not {TASKS[0]} to {TASKS[1]}."
    expected = [f"{lesson.name[:2]}.{i}" for i in range(1, len(lesson.tasks) + 1)]
    if [t.number for t in lesson.tasks] != expected:
        yield f"The tasks are numbered {[t.number for t in lesson.tasks]}, not {expected}."


def practice_tasks_are_whole(lesson: Lesson) -> Iterator[str]:
    """A task has a prompt, a stub, a hint and an answer."""
    for task in lesson.tasks:
        where = f"{task.stub.id}: task {task.number}"
        before = lesson.cells[: lesson.cells.index(task.stub)]
        lines = task.stub.source.splitlines()
        to_do = [line for line in lines if "..." in line or "# change" in line]
        asked = re.match(r"(\w+) = ", to_do[-1]) if to_do else None
        if not to_do:
            yield f"{where} has neither three dots nor a line to change."
        if not task.hints:
            yield f"{where} has no hint folded below it."
        if not task.answer:
            yield f"{where} has no answer folded below it."
        elif f'check("{task.number}"' not in task.answer:
            yield f"{where}: its answer does not end with the check."
        elif asked and len(re.findall(rf"^{asked[1]} =", task.answer, re.MULTILINE)) != 1:
            # A second line would hide whatever the first one says.
            yield f"{where}: its answer does not give {asked[1]} once."
        shown = "".join(o.get("data", {}).get("text/plain", "") for o in task.stub.outputs)
        if "Not answered yet." not in shown:
            yield f"{where} does not say: Not answered yet."
        above = [c.source for c in before if c.cell_type == "markdown"]
        if not above or f"**{task.number}**" not in above[-1]:
            yield f"{where} has no prompt with its number above it."


def calls(lesson: Lesson, *functions: str) -> list[tuple[str, str, str]]:
    """Return where a lesson calls some functions: cell, function, and the text that it hands over."""
    found = []
    for cell, tree in lesson.trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in functions and node.args:
                first = node.args[0]
                text = first.value if isinstance(first, ast.Constant) else ast.unparse(first)
                found.append((cell, ast.unparse(node.func), str(text)))
    return found


def charts_have_their_pictures(lesson: Lesson) -> Iterator[str]:
    """Beside each chart stands its picture, for readers who run nothing."""
    yield from drawn.faults(lesson.notebook)


def quizzes_are_on_file_and_asked_once(lesson: Lesson) -> Iterator[str]:
    """A quiz is asked by its id, once, in its lesson; no cell says its answer, and none is left out."""
    known = {id: one for id, one in questions.every("quiz").items() if id.startswith(f"{lesson.number}.")}
    asked = calls(lesson, "quiz.ask")
    for cell, _, id in asked:
        if id not in known:
            yield f"{cell}: asks the quiz {id!r}, which practice/questions/ has not for this lesson."
    ids = [id for _, _, id in asked]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield f"The quiz {id!r} is asked more than once."
    for id in known.keys() - set(ids):
        yield f"The quiz {id!r} is on file and asked nowhere."
    for id, one in known.items():
        for said in lesson.cells:
            if any(option.right and option.text in said.source for option in one.options):
                yield f"{said.id}: says the answer to the quiz {id!r}."


def what_is_expected_is_asked_and_seen(lesson: Lesson) -> Iterator[str]:
    """A prediction is asked once, and then seen once; a note is written once, before it is shown again."""
    for kind, first, after in (("predict", "predict.ask", "predict.see"), ("note", "note", "recall")):
        known = {id for id in questions.every(kind) if id.startswith(f"{lesson.number}.")}
        found = calls(lesson, first, after)
        for cell, function, id in found:
            if id not in known:
                yield f"{cell}: {function}({id!r}) is none of this lesson's in samarkand/practice/questions/."
        for id in sorted(known):
            uses = [function for _, function, own in found if own == id]
            if uses.count(first) != 1:
                yield f"{first}({id!r}) stands there {uses.count(first)} times, not once."
            elif uses[0] != first:
                yield f"{after}({id!r}) stands before {first}."
            elif kind == "predict" and uses != [first, after]:
                yield f"{after}({id!r}) does not stand there once."


@lesson_rule
def a_lesson_ends_with_what_was_done(lesson: Lesson) -> Iterator[str]:
    """Under its heading stands what the student did of this lesson; each task says where it was taught."""
    from samarkand.practice.tasks import tasks

    ids = [cell.id for cell in lesson.cells]
    headed = [cell for cell, _, words in lesson.headings if words == DONE]
    shown = [(cell, number) for cell, _, number in calls(lesson, "progress.lesson")]
    if [number for _, number in shown] != [lesson.number]:
        yield f'progress.lesson("{lesson.number}") does not stand there once.'
    elif headed and ids.index(shown[0][0]) != ids.index(headed[0]) + 1:
        yield f"{shown[0][0]}: does not stand below {DONE!r}."
    sections = {words for _, level, words in lesson.headings if level == 2}
    for task in lesson.tasks:
        known = tasks().get(task.number)
        if known and known.taught not in sections:
            yield f"{task.stub.id}: task {task.number} was taught in {known.taught!r}, which is no section."


@lesson_rule
def questions_are_in_form(lesson: Lesson) -> Iterator[str]:
    """The files of questions are as their schema says, and no hint gives an answer away."""
    for path in questions.files():
        if f'"{lesson.number}.' in path.read_text(encoding="utf-8"):
            yield from rules_of_questions.faults(path)


@lesson_rule
def answers_are_folded(lesson: Lesson) -> Iterator[str]:
    """Hints and answers are folded."""
    for cell in lesson.prose:
        if cell.source.count("<details>") != len(folded(cell.source)):
            yield f"{cell.id}: a <details> is not closed, or has no <summary>."


#: Those for every notebook.
RULES: list[Rule] = [
    *rules_of_words.RULES,
    *(one for one in rules.defined(globals()) if one not in LESSON_RULES),
]
