"""The rules of a lesson: each is a generator that yields a sentence for each fault.

``samarkand build`` stores no lesson that breaks a rule; tests check the stored lessons, and that each rule
reports a planted fault.
"""

import ast
import html
import re
from collections import Counter
from collections.abc import Callable, Iterator

from nbformat import NotebookNode

from samarkand import data
from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT
from samarkand.practice import questions
from samarkand.practice.tasks import collect_tasks as practised
from samarkand.sources import KEY, cite
from tools.author import (
    chart_pictures,
    citations,
    concepts,
    normal_form,
    rules,
    rules_of_fading,
    rules_of_words,
    terms,
)
from tools.author import minutes as timing
from tools.author.chart_pictures import PNG, VEGA_LITE
from tools.author.lessons import (
    BESIDE,
    OWN_NOTEBOOK,
    Lesson,
    Task,
    find_folded,
    read_lesson,
    remove_code_blocks,
)

LARGEST_FILE, MOST_MAPS = 1_000_000, 3
TASKS = (2, 10)
LONGEST_CODE, MOST_ROWS = 8, 12
#: Functions that ask before a result is shown.
EXPECTING = ("predict.ask", "note")
DONE = "What you did, and what to review"
CARD = ("Time", "Minutes", "Level", "Needs", "Data", "Works offline")
#: The parts of a lesson in order, each with the pattern that finds it.
PARTS = {
    "the card": r"\*\*Time\*\*",
    "By the end you can": r"By the end you can",
    "The question": r"^## The question$",
    "Practice": r"^## Practice$",
    "Summary": r"^## Summary$",
    DONE: rf"^## {DONE}$",
    "Sources": r"^## Sources$",
    "Next": r"\*\*Next:\*\*|^## Next$",
}
#: What the notebook of a student's own may import.
ALONE = {"pandas", "altair"}
#: Modules that a lesson must not import: network, system, plumbing.
BARRED = {"requests", "urllib", "httpx", "http", "socket", "aiohttp", "ftplib", "subprocess", "os", "sys"}
BARRED |= {"matplotlib", "folium", "IPython", "ipywidgets", "warnings"}
#: The pattern of a sentence in a description.
SENTENCE = re.compile(r"\w+ \w+ \w+.*[.?!]$", re.DOTALL)

Rule = Callable[[Lesson], Iterator[str]]


def find_faults_of_lesson(lesson: Lesson) -> list[str]:
    """Return a sentence for each place where a lesson, stored or about to be, breaks a rule."""
    held_to: list[Rule] = [] if lesson.number in BESIDE else RULES
    if lesson.number in OWN_NOTEBOOK:
        held_to = [rule for rule in RULES if rule not in (what_it_has, require_whole_tasks, require_progress)]
    found: list[str] = []
    for rule in held_to:
        found += rule(lesson)
    return found


def find_calls(lesson: Lesson, *functions: str) -> list[tuple[str, str, str]]:
    """Return (cell id, function, first argument) of each call of the functions in a lesson."""
    found = []
    for cell, tree in lesson.trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in functions and node.args:
                first = node.args[0]
                text = first.value if isinstance(first, ast.Constant) else ast.unparse(first)
                found.append((cell, ast.unparse(node.func), str(text)))
    return found


def _find_twice(items: list[str]) -> list[str]:
    return sorted(item for item, times in Counter(items).items() if times > 1)


def _read_plain_text(output: dict[str, object]) -> str:
    """Return the plain text of an output, as nbval compares it."""
    return str(output.get("text", output.get("data", {}).get("text/plain", "")))  # type: ignore[attr-defined]


def require_levels(lesson: Lesson) -> Iterator[str]:
    """Require one title at the start, levels that go down one at a time, and no heading twice."""
    levels = [level for _, level, _ in lesson.headings]
    if levels.count(1) != 1:
        yield f"There are {levels.count(1)} headings of level 1, not one."
    first = lesson.cells[0]
    if first.cell_type != "markdown" or not first.source.startswith("# "):
        yield "The first cell is not the title."
    elif not re.search(r"\n\n\S.*[.?!]\s*$", first.source, re.DOTALL):
        yield "There is no sentence below the title."
    for (cell, level, words), before in zip(lesson.headings, [0, *levels], strict=False):
        if level > before + 1:
            yield f"{cell}: the heading {words!r} is of level {level}, after one of level {before}."
    for heading in _find_twice([words for _, _, words in lesson.headings]):
        yield f"The heading {heading!r} is there more than once."


def require_parts(lesson: Lesson) -> Iterator[str]:
    """Require all parts in order."""
    last, before = -1, "the title"
    elsewhere = ("Practice", DONE) if lesson.number in OWN_NOTEBOOK else ()
    for part, pattern in PARTS.items():
        if part in elsewhere:
            continue
        texts = [cell.source if cell.cell_type == "markdown" else "" for cell in lesson.cells]
        places = [place for place, text in enumerate(texts) if re.search(pattern, text, re.MULTILINE)]
        if not places:
            yield f"{part} is missing."
        elif places[0] <= last:
            yield f"{part} comes before {before}."
        else:
            last, before = places[0], part


def require_card(lesson: Lesson) -> Iterator[str]:
    """Require all rows of the card, with the computed minutes."""
    text = next((cell.source for cell in lesson.prose if "**Time**" in cell.source), "")
    rows = dict(re.findall(r"^\|\s*\*\*(.+?)\*\*\s*\|[ \t]*([^|\n]*?)[ \t]*\|\s*$", text, re.MULTILINE))
    for name in CARD:
        if not rows.get(name):
            yield f"The card does not say: {name}."
    for name, says in timing.rows_of_card(lesson).items():
        if rows.get(name, says) != says:
            yield f"The card says of {name.lower()}: {rows[name]!r}; computed are {says!r}."


def what_it_has(lesson: Lesson) -> Iterator[str]:
    """Require predictions before results, a word on limits, a map or chart, and an explorer."""
    if len(find_calls(lesson, *EXPECTING)) < 2:
        yield "It asks for what one expects less than twice."
    if sum(cell.source.count("What this shows, and what it does not") for cell in lesson.prose) < 2:
        yield 'It says "What this shows, and what it does not" less than twice.'
    if not lesson.frames and not lesson.outputs(VEGA_LITE):
        yield "It has neither map nor chart."
    if not any("explore." in cell.source for cell in lesson.code):
        yield "It has no explorer."


def require_plain_code(lesson: Lesson) -> Iterator[str]:
    """Require plain Python in short cells."""
    for cell in lesson.code:
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield f"{cell.id}: is not plain Python ({error.msg}, line {error.lineno}): no magics, no shell."
        lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        if lines > LONGEST_CODE and not cell.source.startswith("cite.sources("):
            yield f"{cell.id}: has {lines} lines of code; {LONGEST_CODE} at most."


def require_one_cell_of_imports(lesson: Lesson) -> Iterator[str]:
    """Require that one cell has all imports, and that none is of a module that lessons do without."""
    cells: list[str] = []
    for cell, tree in lesson.trees:
        for module in _list_imported(tree):
            if cell not in cells:
                cells.append(cell)
            if module.split(".")[0] in BARRED:
                yield f"{cell}: imports {module}, which a lesson has no need of."
    for cell in cells[1:]:
        yield f"{cell}: imports, and {cells[0]} is the cell for that."


def _list_imported(tree: ast.AST) -> list[str]:
    """Return the names of the modules that a syntax tree imports; "" for an import from the same folder."""
    modules = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            modules.append(node.module or "")
        elif isinstance(node, ast.Import):
            for imported in node.names:
                modules.append(imported.name)
    return modules


def links_lead_somewhere(lesson: Lesson) -> Iterator[str]:
    """Require that links lead to files and headings of the course."""
    for cell in lesson.prose:
        text = re.sub(r"`[^`]*`", "", remove_code_blocks(cell.source))
        targets = re.findall(r"\]\(([^)\s]+)[^)]*\)", text) + re.findall(r'(?:href|src)="([^"]+)"', text)
        for target in targets:
            if re.match(r"https?:|//", target):
                yield f"{cell.id}: links to {target}; a source is cited by its key."
            elif not target.startswith("data:"):
                yield from _find_link_fault(lesson, cell.id, target)


def _find_link_fault(lesson: Lesson, cell: str, target: str) -> Iterator[str]:
    """Yield the fault of a link within the course, if it has one."""
    file, _, anchor = target.partition("#")
    path = (lesson.path.parent / file).resolve() if file else lesson.path
    if not path.exists() or (ROOT not in path.parents and lesson.path.parent not in path.parents):
        yield f"{cell}: links to {target}, which does not exist."
    elif path.suffix == ".ipynb" and anchor:
        other = read_lesson(path) if file else lesson
        if anchor not in {words.replace(" ", "-") for _, _, words in other.headings}:
            yield f"{cell}: links to {target}, where no heading has that name."


def the_last_cell_leads_on(lesson: Lesson) -> Iterator[str]:
    """Require that the last cell links to another lesson, and to the lesson's set if it has one."""
    last = lesson.cells[-1].source
    if not re.search(r"\]\(\d\d_\w+\.ipynb\)", last):
        yield "The last cell links to no other lesson."
    for path in sorted(ROOT.glob(f"exercises/release/ex{lesson.number}_*/*.ipynb")):
        if f"](../{path.relative_to(ROOT).as_posix()})" not in last:
            yield f"The last cell does not link to {path.stem}."


def require_cited_sources(lesson: Lesson) -> Iterator[str]:
    """Require that the list at the end has just the keys that texts, notes or outputs cite."""
    said = [(cell.id, re.sub(r"`[^`]*`", "", remove_code_blocks(cell.source))) for cell in lesson.prose]
    notes = questions.read_questions("note")
    said += [(cell, " ".join(notes[id].then)) for cell, _, id in find_calls(lesson, "note") if id in notes]
    cited: dict[str, str] = {}
    for cell, text in said:
        for key in re.findall(KEY, " ".join(one["keys"] for one in citations.WRITTEN.finditer(text))):
            cited.setdefault(key, cell)
    at_end = citations.list_keys(lesson.notebook)
    if not at_end:
        yield "No list of sources is printed at the end."
    for key, cell in cited.items():
        try:
            better = cite[key].better
        except CourseError as error:
            yield f"{cell}: cites [{key}]: {error}"
            better = ""
        if better:
            yield f"{cell}: cites [{key}], somebody's copy: [{better}] is the publisher's own page."
        if key not in at_end:
            yield f"{cell}: cites [{key}], which the list at the end leaves out."
    # A source may also be cited by what a cell prints, such as the source column of a table.
    code = [cell for cell in lesson.code if "cite.sources" not in cell.source]
    texts = []
    for cell in code:
        texts += [cell.source, *map(_read_plain_text, cell.outputs)]
    shown = "\n".join(texts)
    for key in dict.fromkeys(at_end):
        if key not in cited and not re.search(rf"\b{re.escape(key)}\b", shown):
            yield f"The list at the end has {key}, which nothing cites."
    for key in _find_twice(at_end):
        yield f"The list at the end has {key} twice."


def each_key_has_its_words(lesson: Lesson) -> Iterator[str]:
    """Require that the words that a source is cited for are in their cell, once."""
    for cell in lesson.notebook.cells:
        for words, keys in citations.find_lost(cell).items():
            yield (
                f'{cell.id}: the words "{words}", for which {", ".join(keys)} is cited, are not in it once. '
                f"Write [{', '.join(keys)}] at the sentence; the mark is made from that."
            )


def each_term_leads_to_the_glossary(lesson: Lesson) -> Iterator[str]:
    """Require that the first use of each term of the glossary is a link to it."""
    seen: set[str] = set()
    for cell in lesson.notebook.cells:
        if cell.cell_type == "markdown" and cell.id not in terms.WITHOUT:
            for term in terms.find_unlinked(cell.source, seen):
                yield f"{cell.id}: uses {term!r} first, and does not link it to the glossary."


def require_known_metadata(lesson: Lesson) -> Iterator[str]:
    """Require that the course's metadata have known keys, and name existing claims and blocks once."""
    claims = set(data.load("claims")["id"])
    blocks = set(data.load("blocks")["block"])
    where = [("The notebook", lesson.notebook.metadata, "counted", blocks, {"counted"})]
    keys = {"claims", "tied", "introduces", "skip", "slide", timing.ELSEWHERE, rules_of_fading.SHOWN_BY}
    keys.add(citations.CITED)
    where += [(cell.id, cell.metadata, "claims", claims, keys) for cell in lesson.cells]
    for place, found, name, known, may in where:
        own = found.get("samarkand", {name: ["-"]})
        if not isinstance(own, dict) or not own or not set(own) <= may or not all(own.values()):
            yield f'{place}: the metadata are not {{"samarkand": {{"{name}": [...]}}}}, with something in it.'
        elif "samarkand" in found and name in own:
            for one in [*_find_twice(own[name]), *sorted(set(own[name]) - known)]:
                yield f"{place}: the metadata name {one} twice, or there is no such claim or block."


def find_addresses(markup: str) -> list[str]:
    """Return the addresses that HTML, CSS or scripts would fetch from elsewhere; plain links do not count."""
    markup = html.unescape(markup)
    patterns = (
        r"<(?!a\b)\w+\b[^>]*?\b(?:src|href|data|action|poster|srcset)\s*=\s*"
        r"""["']?\s*((?:https?:)?//[^"'\s>]+)""",
        r"""url\(\s*["']?((?:https?:)?//[^"')\s]+)""",
        r"""@import\s+["']((?:https?:)?//[^"']+)""",
        r"""(?:fetch|import|Worker|WebSocket|EventSource|importScripts|open)\(\s*["'`]((?:\w+:)?//[^"'`]+)""",
    )
    found = []
    for pattern in patterns:
        found += re.findall(pattern, markup, re.IGNORECASE)
    return found


def require_small_outputs(lesson: Lesson) -> Iterator[str]:
    """Require small outputs that fetch nothing and are of types that nbval compares."""
    size = len(normal_form.text_of_file(lesson.notebook).encode())
    if size >= LARGEST_FILE:
        yield f"The file has {size / 1e6:.2f} MB; it must be under {LARGEST_FILE / 1e6:.0f}."
    for cell in lesson.code:
        for output in cell.outputs:
            for fault in (*_find_faults_of_data(output), *_find_faults_of_text(output)):
                yield f"{cell.id}: {fault}"


def _find_faults_of_data(output: NotebookNode) -> Iterator[str]:
    """Yield what an output shows that cannot be compared, and each address that it would fetch."""
    shown = output.get("data", {})
    comparable = {"text/plain", "text/html", VEGA_LITE}
    if VEGA_LITE in shown:
        comparable.add(PNG)  # the still picture of a chart
    for kind, value in shown.items():
        text = value if isinstance(value, str) else repr(value)
        if kind not in comparable:
            yield f"shows {kind}, which nbval does not compare or a reader cannot see."
        addresses = find_addresses(text)
        if kind == VEGA_LITE:
            addresses = re.findall(r"'url': '([^']*)'", text)
        for address in addresses:
            yield f"loads {address}"


def _find_faults_of_text(output: NotebookNode) -> Iterator[str]:
    """Yield the number in the plain text of an output that has too many digits."""
    long = re.search(r"\d+\.\d{5,}", _read_plain_text(output))
    if long:
        yield f"shows {long[0]}; round it."


def require_plain_text(lesson: Lesson) -> Iterator[str]:
    """Require of each output a plain text, for programs that show nothing else, and for screen readers."""
    for cell in lesson.code:
        for output in cell.outputs:
            text = _read_plain_text(output)
            if output.get("data") and not text.strip():
                yield f"{cell.id}: has no plain text, and a program without HTML shows nothing."
            if re.match(r"<.* at 0x|<IPython|alt\.\w+\(|\w+\(children=", text):
                yield f"{cell.id}: its plain text is {text[:40]!r}, not a sentence."


def maps_and_charts(lesson: Lesson) -> Iterator[str]:
    """Require few maps, and for each chart a description in sentences and a stored picture.

    `samarkand.charts` refuses a chart without title or source; the tests of all maps see to their texts.
    """
    if len(lesson.frames) > MOST_MAPS:
        yield f"It has {len(lesson.frames)} maps; {MOST_MAPS} at most."
    for cell, spec in lesson.outputs(VEGA_LITE):
        if not SENTENCE.search(str(spec.get("description", "")).strip()):
            yield f"{cell}: the chart's description is no sentence."
    yield from chart_pictures.find_chart_faults(lesson.notebook)


def tables_are_short(lesson: Lesson) -> Iterator[str]:
    """Require that tables and series are short."""
    for cell, markup in lesson.outputs("text/html"):
        for table in re.findall(r'<table[^>]*class="dataframe".*?</table>', markup, re.DOTALL):
            rows = len(re.findall(r"<tr", table.partition("<tbody>")[2]))
            if rows > MOST_ROWS:
                yield f"{cell}: the table has {rows} rows; {MOST_ROWS} at most."
    for cell, text in lesson.outputs("text/plain"):
        *lines, last = text.splitlines() or [""]
        # One line may name the index.
        if re.match(r"(Name|Length|Freq|dtype): ", last) and len(lines) > MOST_ROWS + 1:
            yield f"{cell}: the series has {len(lines)} rows; {MOST_ROWS} at most."


def require_whole_tasks(lesson: Lesson) -> Iterator[str]:
    """Require complete tasks, numbered from 1, and closed ``<details>``."""
    if not TASKS[0] <= len(lesson.tasks) <= TASKS[1]:
        yield f"It has {len(lesson.tasks)} tasks, not {TASKS[0]} to {TASKS[1]}."
    expected = [f"{lesson.number}.{i}" for i in range(1, len(lesson.tasks) + 1)]
    if [task.number for task in lesson.tasks] != expected:
        yield f"The tasks are numbered {[task.number for task in lesson.tasks]}, not {expected}."
    for task in lesson.tasks:
        for fault in _find_task_faults(lesson, task):
            yield f"{task.stub.id}: task {task.number}{fault}"
    for cell in lesson.prose:
        if cell.source.count("<details>") != len(find_folded(cell.source)):
            yield f"{cell.id}: a <details> is not closed, or has no <summary>."


def _find_task_faults(lesson: Lesson, task: Task) -> Iterator[str]:
    """Yield the faults of a task's prompt, stub, hint, answer and section, each as the end of a sentence."""
    lines_to_do = [line for line in task.stub.source.splitlines() if "..." in line or "# change" in line]
    if not lines_to_do:
        yield " has neither three dots nor a line to change."
    if not task.hints:
        yield " has no hint folded below it."
    if not task.answer:
        yield " has no answer folded below it."
    elif f'check("{task.number}"' not in task.answer:
        yield ": its answer lacks the check."
    for line in lines_to_do[-1:]:
        gives = re.match(r"(\w+) = ", line)
        # A second line would hide whatever the first one says.
        if gives and len(re.findall(rf"^{gives[1]} =", task.answer, re.MULTILINE)) != 1:
            yield f": its answer does not give {gives[1]} once."
    if "Not answered yet." not in "".join(map(_read_plain_text, task.stub.outputs)):
        yield " does not say: Not answered yet."
    before = lesson.cells[: lesson.cells.index(task.stub)]
    texts_above = [cell.source for cell in before if cell.cell_type == "markdown"]
    if not texts_above or f"**{task.number}**" not in texts_above[-1]:
        yield " has no prompt with its number above it."
    practice = practised().get(task.number)
    sections = {words for _, level, words in lesson.headings if level == 2}
    if practice is not None and practice.taught not in sections:
        yield f" was taught in {practice.taught!r}, which is no section."


def require_hidden_answers(lesson: Lesson) -> Iterator[str]:
    """Require that no cell has the answer to a quiz, and that the files of the questions are valid."""
    for id, one in questions.read_questions("quiz").items():
        answers = [option.text for option in one.options if option.right and id[:2] == lesson.number]
        for said in lesson.cells:
            if any(text in said.source for text in answers):
                yield f"{said.id}: says the answer to the quiz {id!r}."
    for path in questions.list_files():
        if f'"{lesson.number}.' in path.read_text(encoding="utf-8"):
            yield from rules_of_words.find_faults_of_questions(path)


def nothing_of_the_course_is_needed(lesson: Lesson) -> Iterator[str]:
    """Require that the code shown for an empty notebook imports pandas and Altair alone, and is plain."""
    if lesson.number not in OWN_NOTEBOOK:
        return
    shown = lesson.shown
    if not any("import pandas" in code for _, code in shown):
        yield "No code for an empty notebook is shown."
    for cell, code in shown:
        try:
            tree = ast.parse(code)
        except SyntaxError as error:
            yield f"{cell}: its code is not plain Python ({error.msg}, line {error.lineno})."
            continue
        for node in ast.walk(tree):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            for module in modules:
                if module.partition(".")[0] not in ALONE:
                    yield f"{cell}: its code imports {module}; an empty notebook has pandas and Altair."


def questions_are_asked(lesson: Lesson) -> Iterator[str]:
    """Require that each question is asked once; a prediction is shown once after that, and no note before."""
    asking = {"quiz": ("quiz.ask", ""), "predict": ("predict.ask", "predict.see"), "note": ("note", "recall")}
    for kind, (first, after) in asking.items():
        known = {id for id in questions.read_questions(kind) if id.startswith(f"{lesson.number}.")}
        found = find_calls(lesson, first, after)
        for cell, function, id in found:
            if id not in known:
                yield f"{cell}: {function}({id!r}) is none of this lesson's in samarkand/practice/questions/."
        for id in sorted(known):
            uses = [function for _, function, own in found if own == id]
            if uses.count(first) != 1:
                yield f"{first}({id!r}) is there {uses.count(first)} times, not once."
            elif uses[0] != first:
                yield f"{after}({id!r}) comes before {first}."
            elif kind == "predict" and uses != [first, after]:
                yield f"{after}({id!r}) is there {uses.count(after)} times, not once."


def require_progress(lesson: Lesson) -> Iterator[str]:
    """Require one call that shows the student's progress in this lesson."""
    if [number for _, _, number in find_calls(lesson, "progress.lesson")] != [lesson.number]:
        yield f'progress.lesson("{lesson.number}") is not there once.'


RULES: list[Rule] = [
    *rules_of_words.RULES,
    *rules.list_rules(globals()),
    *rules_of_fading.RULES,
    *concepts.RULES,
]
