"""Generate the pages that are made from lessons, sets and tables and not edited by hand.

``README.md`` has the table of lessons, ``docs/python.md`` the course's Python, ``docs/teaching/`` a page for
the teacher of each lesson, ``docs/glossary.md`` the terms and names, ``docs/corrections.md`` what was
corrected, ``course_data/sources.bib`` the sources for BibTeX.
"""

import re
import runpy
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from samarkand import data
from samarkand.ground import files
from samarkand.ground.errors import CourseError
from samarkand.ground.home import ROOT
from tools.author import concepts, guides, lessons
from tools.author.lessons import Lesson

README, PYTHON = ROOT / "README.md", ROOT / "docs" / "python.md"
SETS = ROOT / "exercises" / "source"
TABLES = ROOT / "course_data"
BEGIN, END = "<!-- lessons: made by samarkand build -->", "<!-- end of lessons -->"
_PYTHON = """# Python on one page

What the lessons use of Python, pandas, NumPy and networkx, each name in the order in which it is met, with a
line of explanation, a line of a lesson, and the lesson that explains it. Beside it stand arithmetic, `==` and
`>=`, giving a name (`founded = 2001`), and choosing columns by name (`events["day"]`), which *Start here*
explains. `import pandas as pd` loads a collection of tools under a short name, which then stands before each
tool with a dot: `pd` is pandas, for tables, `np` NumPy, for calculating, `nx` networkx, for networks. The
course's own tools (`data`, `maps`, `measures` ...) explain themselves: `help(data.load)`.

`samarkand build` makes this page from the lessons, and refuses a lesson that uses a name before that is
explained.

| name | what it does | as it stands in the lesson | explained in |
|---|---|---|---|
{met}

## What each lesson brings, and what its set needs

Sets can be solved in many ways. The third column says what a set uses of what has been explained by then; the
fourth what stands besides in its given cells, to be run and read. A model solution does with both, and
`samarkand release` refuses one that does not.

| lesson | brings | its set uses | and shows besides |
|---|---|---|---|
{brought}

## Only in sets, which show it

| name | what it does |
|---|---|
{besides}
"""
_GLOSSARY = """# Glossary

What the terms of the course mean, and what people, places and organisations of its article are called in
Chinese (with Pinyin), Russian, Kazakh (in both scripts) and Uzbek. *(not sure)* marks a word that is our own
translation or not confirmed; where we found no word there is none. Kazakh in Latin letters follows the
standard of 2021, which is not in general use yet. In a notebook, `explore.glossary()` searches all of it.

`samarkand build` makes this page from the table `glossary`.
{entries}"""


def make() -> Iterator[tuple[Path, str]]:
    """Yield (path, current text) of each page."""
    yield README, readme(README.read_text(encoding="utf-8"))
    yield PYTHON, python()
    yield ROOT / "docs" / "glossary.md", glossary()
    for path in guides.paths():
        yield path, guides.page(path)
    if (TABLES / "prepare").is_dir():
        corrections = runpy.run_path(str(TABLES / "prepare" / "corrections_page.py"))
        yield ROOT / "docs" / "corrections.md", corrections["page"]()
        sources = runpy.run_path(str(TABLES / "prepare" / "sources_bib.py"))
        yield TABLES / "sources.bib", sources["bibliography"](TABLES / "sources.csv")


def renew() -> list[Path]:
    """Regenerate all pages; return the paths of those that changed."""
    return [path for path, text in make() if files.renew(path, text.encode())]


def readme(text: str) -> str:
    """Return the text of a README with its table of lessons (number, title, question) updated."""
    rows = ["| | lesson | question |", "|---|---|---|"]
    rows += [
        f"| {one.number} | [{one.title}](notebooks/{one.path.name}) | {one.question} |"
        for one in lessons.every()
    ]
    table = "\n".join([BEGIN, "", *rows, "", END])
    changed, count = re.subn(
        f"{re.escape(BEGIN)}\n.*?\n{re.escape(END)}", lambda _: table, text, flags=re.DOTALL
    )
    if count != 1:
        raise CourseError(f"README.md needs the marks {BEGIN} and {END} around its table of lessons.")
    return changed


def python() -> str:
    """Return the page on the course's Python, with a table of what each lesson introduces."""
    course, catalogue = concepts.course(), concepts.catalogue()
    met = {name: (lesson, line) for lesson in course for name, line in _first_lines(lesson)}
    return _PYTHON.format(
        met="\n".join(
            _row(_code(name), catalogue[name].says, _code(line), _link(lesson))
            for name, (lesson, line) in met.items()
        ),
        brought="\n".join(_brought(course)),
        besides="\n".join(_row(_code(name), one.says) for name, one in catalogue.items() if name not in met),
    )


def glossary() -> str:
    """Return the glossary page: entries by first letter, each with an anchor."""
    rows: list[Any] = list(data.load("glossary").fillna("").astype(str).itertuples())
    text = ""
    for letter, entries in groupby(rows, key=lambda row: str(row.term[0]).upper()):
        text += f"\n## {letter}\n" + "".join(map(_entry, entries))
    return _GLOSSARY.format(entries=text)


def _entry(row: Any) -> str:
    languages = {"Chinese": ("zh", row.zh, row.pinyin), "Russian": ("ru", row.ru, ""),
                 "Kazakh": ("kk", row.kk_cyrl, row.kk_latn), "Uzbek": ("uz", row.uz, "")}  # fmt: skip
    words = [
        f"{language}: {word}"
        + (f" ({latin})" if latin else "")
        + (" *(not sure)*" if code in row.unsure.split(";") else "")
        for language, (code, word, latin) in languages.items()
        if word
    ]
    lines = [f'<a id="{row.id}"></a>**{row.term}**: {row.meaning}', "; ".join(words), row.note]
    return "\n" + "<br>\n".join(filter(None, lines)) + "\n"


def _first_lines(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Yield each name that a lesson introduces, in order, with the code line of its first use."""
    lines: dict[str, str] = {}
    for _, names in concepts.read_code(lesson):
        lines = names | lines
    for cell in lesson.cells:
        for name in concepts.introduced(cell):
            yield name, lines[name]


def _brought(course: list[Lesson]) -> Iterator[str]:
    known: set[str] = set()
    for lesson in course:
        new = [name for cell in lesson.cells for name in concepts.introduced(cell)]
        known.update(new)
        cells = [
            cell for path in SETS.glob(f"ex{lesson.number}_*/*.ipynb") for cell in lessons.read(path).code
        ]
        used = {name for cell in cells for name in concepts.used(cell.source)}
        needed = [name for name in concepts.catalogue() if name in used]
        taught, more = ([name for name in needed if (name in known) is there] for there in (True, False))
        yield _row(_link(lesson), *map(_codes, (new, taught, more)))


def _link(lesson: Lesson) -> str:
    return f"[{lesson.number} {lesson.title}](../notebooks/{lesson.path.name})"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(map(_code, names)) or "-"


def _code(text: str) -> str:
    return f"`{text}`"


def _row(*cells: str) -> str:
    """Return a row of a Markdown table, with bars in cells escaped."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
