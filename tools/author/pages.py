"""Generate the pages that are made from lessons, sets and tables and not edited by hand.

``README.md`` has the table of lessons, ``docs/python.md`` the course's Python, ``docs/teaching/`` a page for
the teacher of each lesson, ``docs/glossary.md`` the terms and names, ``docs/corrections.md`` what was
corrected, ``course_data/sources.bib`` the sources for BibTeX. Their texts are in ``templates/``.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samarkand.ground import files, reading
from samarkand.ground.errors import CourseError
from samarkand.ground.home import ROOT, course_data
from samarkand.practice.predict import ledger
from samarkand.practice.tasks import tasks
from tools.author import concepts, guides, lessons
from tools.author.lessons import Lesson
from tools.site import deck
from tools.site.deck import render

README, PYTHON = ROOT / "README.md", ROOT / "docs" / "python.md"
SETS, CHECKS = ROOT / "exercises" / "source", ROOT / "exercises" / "checks"
BEGIN, END = "<!-- lessons: made by samarkand build -->", "<!-- end of lessons -->"
#: The glossary's languages: each with its columns for a word, and for that in Latin letters.
LANGUAGES = {"Chinese": ("zh", "pinyin"), "Russian": ("ru", ""), "Kazakh": ("kk_cyrl", "kk_latn"),
             "Uzbek": ("uz", "")}  # fmt: skip
BIBTEX = """\
% Sources of the course Samarkand 2022: reading a summit with data.
% Made from sources.csv by samarkand build: change the table, not this file.
"""
#: BibTeX's escapes.
ESCAPED = str.maketrans(
    {sign: f"\\{sign}" for sign in "{}%&#$_"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


def make() -> Iterator[tuple[Path, str]]:
    """Yield (path, current text) of each page."""
    yield README, readme(README.read_text(encoding="utf-8"))
    yield PYTHON, python()
    letters: dict[str, list[Any]] = {}
    for row in reading.rows(course_data() / "glossary.csv"):
        letters.setdefault(row["term"][0].upper(), []).append((row, _words(row)))
    yield ROOT / "docs" / "glossary.md", render("glossary.md", letters=letters)
    for path in guides.paths():
        yield path, teaching(path)
    sources = reading.rows(course_data() / "sources.csv")
    address = {row["key"]: row["url"] for row in sources}
    rows = reading.rows(course_data() / "corrections.csv")
    yield ROOT / "docs" / "corrections.md", render("corrections.md", rows=rows, address=address)
    yield course_data() / "sources.bib", "\n".join([BIBTEX, *(_entry(row) + "\n" for row in sources)])


def renew() -> list[Path]:
    """Regenerate all pages; return the paths of those that changed."""
    return [path for path, text in make() if files.renew(path, text.encode())]


def readme(text: str) -> str:
    """Return the text of a README with its table of lessons (number, title, question) updated."""
    rows = ["| | lesson | question |", "|---|---|---|"]
    for one in lessons.every():
        rows.append(f"| {one.number} | [{one.title}](notebooks/{one.path.name}) | {one.question} |")
    table = "\n".join([BEGIN, "", *rows, "", END])
    marked = f"{re.escape(BEGIN)}\n.*?\n{re.escape(END)}"
    changed, count = re.subn(marked, lambda _: table, text, flags=re.DOTALL)
    if count != 1:
        raise CourseError(f"README.md needs the marks {BEGIN} and {END} around its table of lessons.")
    return changed


def python() -> str:
    """Return the page on the course's Python, with a table of what each lesson introduces."""
    met: dict[str, tuple[Lesson, str]] = {}
    brought = []
    for lesson in concepts.course():
        lines: dict[str, str] = {}
        for _, names in concepts.read_code(lesson):
            lines = names | lines
        new = [name for cell in lesson.cells for name in concepts.introduced(cell)]
        met |= {name: (lesson, lines[name]) for name in new}
        sets = map(lessons.read, SETS.glob(f"ex{lesson.number}_*/*.ipynb"))
        used = {name for one in sets for cell in one.code for name in concepts.used(cell.source)}
        needed = [name for name in concepts.catalogue() if name in used]
        taught, more = ([name for name in needed if (name in met) is there] for there in (True, False))
        brought.append((lesson, new, taught, more))
    return render("python.md", met=met, catalogue=concepts.catalogue(), brought=brought)


def teaching(path: Path) -> str:
    """Return a lesson's page for its teacher: the part by hand, and one from the lesson and its set."""
    from samarkand_grading.marking import checks

    lesson = lessons.read(lessons.paths([path.stem])[0])
    cells = {cell.id: cell.source for cell in lesson.cells}

    def prompt(task: lessons.Task) -> str:
        above = list(cells.values())[: list(cells).index(task.stub.id)]
        text = next((text for text in reversed(above) if task.number in text), "")
        asked = re.search(rf"\*\*{re.escape(task.number)}\*\*\s*(.*?)(\n\n|\Z)", text, re.DOTALL)
        return deck.without_notes(asked[1]) if asked else ""

    name = next((one for one in checks.available(CHECKS) if one.startswith(f"ex{lesson.number}_")), None)
    source = name and lessons.read(SETS / name / f"{name}.ipynb")
    made = render(
        "teaching.md", lesson=lesson, cells=cells, prompt=prompt, tasks=tasks(),
        card=re.findall(r"\| \*\*(Time|Minutes)\*\* \| (.*) \|", cells["card"]),
        asked=[(cell, one) for cell in lesson.code if (one := deck.asked(cell))],
        in_words=lambda one: ledger.in_words(one, ledger.result(one.id)),
        set=name and checks.load(CHECKS, name), source=source,
        titles={words.partition(":")[0]: words for _, _, words in source.headings} if source else {},
    )  # fmt: skip
    return f"{guides.written(path.read_text(encoding='utf-8')).rstrip()}\n\n{guides.MADE}\n\n{made}"


def _words(row: dict[str, str]) -> Iterator[str]:
    """Yield a term of the glossary in each language."""
    for language, (column, latin) in LANGUAGES.items():
        if row[column]:
            more = f" ({row[latin]})" if latin and row[latin] else ""
            more += " *(not sure)*" if column[:2] in row["unsure"].split(";") else ""
            yield f"{language}: {row[column]}{more}"


def _entry(row: dict[str, str]) -> str:
    """Return the BibTeX entry of a source."""
    year, month, *_ = [*row["published"].split("-"), "", ""]
    via = f"Via {row['via']}." if row["via"] else ""
    seen = {"full text": "Full text read.", "excerpt": "Excerpt read.", "data": "Figures used."}[row["seen"]]
    author, title = (f"{{{row[column].translate(ESCAPED)}}}" for column in ("publisher", "title"))
    note = " ".join(filter(None, (via, seen, row["note"]))).translate(ESCAPED)
    fields = {"author": author, "title": title, "year": year, "month": month.lstrip("0")}
    fields |= {"date": row["published"], "url": row["url"], "note": note, "keywords": row["kind"]}
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{row['key']},", *lines, "}"])
