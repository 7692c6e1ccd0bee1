"""Generate the pages that are made from lessons, sets and tables and not edited by hand.

``README.md`` has the table of lessons, ``docs/python.md`` the course's Python, ``docs/teaching/`` a page for
the teacher of each lesson, ``docs/glossary.md`` the terms and names, ``course_data/sources.bib`` the sources
for BibTeX. Their texts are in ``templates/``. A sentence of ``course_data/README.md`` counts the sources.

A teacher's page is written by hand down to `MADE`; its plans are read in `plans`.
"""

import ast
import builtins
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from samarkand.common import files, reading
from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT, course_data
from samarkand.practice.predict import ledger
from samarkand.practice.questions import Asked
from samarkand.practice.tasks import collect_tasks
from tools.author import concepts, lessons
from tools.author.lessons import BuildError, Lesson
from tools.author.plans import (
    MADE,
    SIDES,
    BackwardSpan,
    Plan,
    find_teaching_pages,
    link_places,
    list_named_cells,
    read_part_by_hand,
    read_plans,
    used_cells,
)
from tools.site import deck
from tools.site.deck import render_template

README, PYTHON = ROOT / "README.md", ROOT / "docs" / "python.md"
SETS, CHECKS = ROOT / "exercises" / "source", ROOT / "exercises" / "checks"
BEGIN, END = "<!-- lessons: made by samarkand build -->", "<!-- end of lessons -->"
#: The maximum of non-empty lines written by hand.
WRITTEN = 44
#: The beginnings of the headings that every page has.
PARTS = ("90 minutes", "45 minutes", "Questions to ask", "In the room")
#: The beginnings of the lines that every page has *In the room*.
LINES = ("Bring", "Board", "Exit ticket", "A good ticket")
_TASK = re.compile(r'^check\("(\d\d\.\d)"', re.MULTILINE)
#: The glossary's languages: each with its columns for a word, and for that in Latin letters.
LANGUAGES = {
    "Chinese": ("zh", "pinyin"),
    "Russian": ("ru", ""),
    "Kazakh": ("kk_cyrl", "kk_latn"),
    "Uzbek": ("uz", ""),
}
#: The state agencies and the broadcaster that the data statement counts, and the sentence that does so.
AGENCIES = ("TASS", "Xinhua", "Sputnik", "CCTV")
VOICES = re.compile(r"TASS \(\d+\), [^.]*? are \d+ of the course’s \d+ sources")
#: BibTeX's escapes.
ESCAPED = str.maketrans(
    {sign: f"\\{sign}" for sign in "{}%&#$_"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


def make_pages() -> Iterator[tuple[Path, str]]:
    """Yield (path, current text) of each page."""
    yield README, renew_readme(README.read_text(encoding="utf-8"))
    yield PYTHON, write_python_page()
    letters: dict[str, list[Any]] = {}
    for row in reading.read_rows(course_data() / "glossary.csv"):
        letters.setdefault(row["term"][0].upper(), []).append((row, _list_words(row)))
    yield ROOT / "docs" / "glossary.md", render_template("glossary.md", letters=letters)
    for path in find_teaching_pages():
        yield path, write_teaching_page(path)
    sources = reading.read_rows(course_data() / "sources.csv")
    statement = course_data() / "README.md"
    yield statement, count_voices(statement.read_text(encoding="utf-8"), sources)
    yield course_data() / "sources.bib", render_template("sources.bib", entries=map(_write_entry, sources))


def count_voices(text: str, sources: Sequence[Mapping[str, str]]) -> str:
    """Return the data statement with the number of sources by the state agencies of Russia and China."""
    publishers = [row["publisher"] for row in sources]
    counts = {name: publishers.count(name) for name in AGENCIES}
    *some, last = [f"{name} ({count})" for name, count in counts.items()]
    total = sum(counts.values())
    says = f"{', '.join(some)} and {last} are {total} of the course’s {len(sources)} sources"
    found = VOICES.sub(says, text)
    if says not in found:
        told = f"The data statement has no sentence that begins with {AGENCIES[0]} and its number."
        raise BuildError(told, code="no such sentence", begins=AGENCIES[0])
    return found


def renew_pages() -> list[Path]:
    """Regenerate all pages; return the paths of those that changed."""
    return [path for path, text in make_pages() if files.write_if_changed(path, text.encode())]


def renew_readme(text: str) -> str:
    """Return the text of a README with its table of lessons (number, title, question) updated."""
    rows = ["| | lesson | question |", "|---|---|---|"]
    for one in lessons.read_all_lessons():
        rows.append(f"| {one.number} | [{one.title}](notebooks/{one.path.name}) | {one.question} |")
    table = "\n".join([BEGIN, "", *rows, "", END])
    marked = f"{re.escape(BEGIN)}\n.*?\n{re.escape(END)}"
    changed, count = re.subn(marked, lambda _: table, text, flags=re.DOTALL)
    if count != 1:
        told = f"README.md needs the marks {BEGIN} and {END} around its table of lessons."
        raise CourseError(told, code="no marks", marks=(BEGIN, END))
    return changed


def write_python_page() -> str:
    """Return the page on the course's Python, with a table of what each lesson introduces."""
    met: dict[str, tuple[Lesson, str]] = {}
    brought = []
    for lesson in concepts.read_course():
        lines: dict[str, str] = {}
        for _, names in concepts.read_code(lesson):
            lines = names | lines
        new: list[str] = []
        for cell in lesson.cells:
            new += concepts.list_introduced(cell)
        met |= {name: (lesson, lines[name]) for name in new}
        sets = map(lessons.read_lesson, SETS.glob(f"ex{lesson.number}_*/*.ipynb"))
        used: set[str] = set()
        for exercise in sets:
            for cell in exercise.code:
                used.update(concepts.find_used_names(cell.source))
        needed = [name for name in concepts.read_catalogue() if name in used]
        taught = [name for name in needed if name in met]
        more = [name for name in needed if name not in met]
        brought.append((lesson, new, taught, more))
    return render_template("python.md", met=met, catalogue=concepts.read_catalogue(), brought=brought)


def write_teaching_page(path: Path) -> str:
    """Return a lesson's page for its teacher: the part by hand, and one from the lesson and its set."""
    from samarkand_grading.marking import checks

    lesson = lessons.read_lesson(lessons.find_lessons([path.stem])[0])
    sources = {cell.id: cell.source for cell in lesson.cells}
    name = next((one for one in checks.list_sets(CHECKS) if one.startswith(f"ex{lesson.number}_")), None)
    source = name and lessons.read_lesson(SETS / name / f"{name}.ipynb")
    text = read_part_by_hand(path.read_text(encoding="utf-8"))
    places = []
    for plan in read_plans(text):
        rows = [(row, link_places(lesson, used_cells(lesson, plan, row))) for row in plan.rows]
        places.append((plan.minutes, rows))
    made = render_template(
        "teaching.md",
        lesson=lesson,
        places=places,
        cells=sources,
        prompt=lambda task: deck.read_task(lesson, task),
        tasks=collect_tasks(),
        card=re.findall(r"\| \*\*(Time|Minutes)\*\* \| (.*) \|", sources["card"]),
        asked=_list_questions(lesson),
        in_words=lambda one: ledger.in_words(one, ledger.compute_result(one.id)),
        set=name and checks.load_set(CHECKS, name),
        source=source,
        titles={words.partition(":")[0]: words for _, _, words in source.headings} if source else {},
    )
    return f"{text.rstrip()}\n\n{MADE}\n\n{made}"


def _list_questions(lesson: Lesson) -> list[tuple[NotebookNode, Asked]]:
    """Return the cells of a lesson that ask a question by mouse, each with its question."""
    found = []
    for cell in lesson.code:
        question = deck.find_question(cell)
        if question is not None:
            found.append((cell, question))
    return found


def _list_words(row: dict[str, str]) -> Iterator[str]:
    """Yield a term of the glossary in each language."""
    for language, (column, latin) in LANGUAGES.items():
        if row[column]:
            more = f" ({row[latin]})" if latin and row[latin] else ""
            more += " *(not sure)*" if column[:2] in row["unsure"].split(";") else ""
            yield f"{language}: {row[column]}{more}"
    if row["local"]:
        yield f"{row['local_language']}: {row['local']}"


def _write_entry(row: dict[str, str]) -> str:
    """Return the BibTeX entry of a source."""
    year, month, *_ = [*row["published"].split("-"), "", ""]
    via = f"Via {row['via']}." if row["via"] else ""
    seen = {"full text": "Full text read.", "excerpt": "Excerpt read.", "data": "Figures used."}[row["seen"]]
    author = f"{{{row['publisher'].translate(ESCAPED)}}}"
    title = f"{{{row['title'].translate(ESCAPED)}}}"
    note = " ".join(filter(None, (via, seen, row["note"]))).translate(ESCAPED)
    fields = {"author": author, "title": title, "year": year, "month": month.lstrip("0")}
    fields |= {"date": row["published"], "url": row["url"], "note": note, "keywords": row["kind"]}
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{row['key']},", *lines, "}"])


def find_missed_names(lesson: Lesson, left_out: list[str]) -> Iterator[str]:
    """Yield a sentence for each name that a cell uses and only a cell that is left out defines."""
    makers: dict[str, str] = {}
    there = set(dir(builtins))
    for id, tree in lesson.trees:
        made = lessons.find_names(tree, ast.Store)
        if id in left_out:
            makers |= dict.fromkeys(made - there, id)
            continue
        for name in sorted(lessons.find_names(tree, ast.Load) - made - there):
            if name in makers:
                yield f"cell {id} needs {name}, which the cell {makers[name]} makes"
        there |= made


def find_page_faults(path: Path) -> list[str]:
    """Return the faults of a page: plans that do not add up, cells that are missing or needed."""
    found = lessons.find_lessons([path.stem])
    lesson = lessons.read_lesson(found[0])
    text = path.read_text(encoding="utf-8")
    wrong = [f"the heading ## {part} is missing" for part in PARTS if f"\n## {part}\n" not in text]
    lines = sum(map(bool, read_part_by_hand(text).splitlines()))
    if lines > WRITTEN:
        wrong.append(f"{lines} lines are written by hand; {WRITTEN} are the most")
    wrong += [f"the line **{line}:** is missing" for line in LINES if f"\n- **{line}:** " not in text]
    for plan in read_plans(text):
        name = f"the plan of {plan.minutes} minutes"
        wrong += [f"{name} {sentence}" for sentence in find_faults_of_time(plan)]
        try:
            wrong += [f"{name}{sentence}" for sentence in find_faults_of_rows(lesson, plan)]
        except KeyError as error:
            wrong.append(f"{name} names a cell {error} that the lesson does not have")
        except BackwardSpan as error:
            wrong.append(f"{name} goes from {error.first} back to {error.last}")
    return [
        *(f"docs/teaching/{path.name}: {sentence}." for sentence in wrong),
        *deck.find_faults_of_slides(lesson),
    ]


def find_faults_of_time(plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the minutes of a plan."""
    if not any("laptops" in row.what.casefold() for row in plan.rows):
        yield "has no minutes in which laptops are opened, and does not say that they stay shut"
    ends = [0, *(row.ends for row in plan.rows)]
    for begins, row in zip(ends, plan.rows, strict=False):
        if row.begins != begins or row.ends <= row.begins:
            yield f"goes on at {row.begins} after {begins}, and its row ends at {row.ends}"
    if ends[-1] != plan.minutes:
        yield f"ends at {ends[-1]}"


def find_faults_of_rows(lesson: Lesson, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the rows of a plan; `KeyError` or `BackwardSpan` with cells that are none."""
    left_out = list_named_cells(lesson, plan.left_out)
    for row in plan.rows:
        if not used_cells(lesson, plan, row):
            yield f", row {row.begins}-{row.ends}: it names no cell that is not left out"
        if SIDES in row.what and not plan.sides:
            yield f" has {SIDES}, and the line **Sides:** is missing"
        for cell in (cell for cell in lesson.cells if cell.id in left_out):
            for task in set(re.findall(r"\b\d\d\.\d\b", row.what)) & set(_TASK.findall(cell.source)):
                yield f" names {task}, and leaves out its cell {cell.id}"
    yield from (f": {sentence}" for sentence in find_missed_names(lesson, left_out))
