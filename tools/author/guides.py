"""The teacher's page of a lesson: plans written by hand, the rest generated from the lesson and its set.

The part by hand ends at `MADE`. Its plans are tables of minutes, activity, and the cells that are used;
below each is a line with the cells that the plan leaves out.
"""

import ast
import builtins
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from samarkand.ground.home import ROOT
from samarkand.practice import questions
from samarkand.practice.predict import ledger
from samarkand.practice.tasks import tasks
from tools.author import lessons
from tools.author.lessons import Lesson
from tools.site import deck

FOLDER = ROOT / "docs" / "teaching"
MADE = "<!-- From here on `samarkand build` makes this page. -->"
#: The maximum of non-empty lines written by hand.
WRITTEN = 40
#: The beginnings of the headings that every page has.
PARTS = ("90 minutes", "45 minutes", "Questions to ask", "In the room")
_PLAN = re.compile(r"^## (\d+) minutes\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_ROW = re.compile(r"^\| *(\d+)[-–](\d+) *\|(.*)\|(.*)\|$", re.MULTILINE)
_SPAN = re.compile(r"`([^`]+)`(?: to `([^`]+)`)?")


class Plan(NamedTuple):
    """A plan: its minutes, its rows (from, to, activity, cells), and the cells that it leaves out."""

    minutes: int
    rows: list[tuple[int, int, str, str]]
    left_out: str


def paths() -> list[Path]:
    """Return the paths of the existing pages, in the order of lessons."""
    return sorted(FOLDER.glob("[0-9][0-9].md"))


def written(text: str) -> str:
    """Return the part of a page that is written by hand."""
    return text.partition(MADE)[0]


def plans(text: str) -> list[Plan]:
    """Parse the plans of a page."""
    found = []
    for minutes, body in _PLAN.findall(written(text)):
        rows = [(int(a), int(b), what.strip(), cells.strip()) for a, b, what, cells in _ROW.findall(body)]
        left = re.search(r"^Left out: (.*)$", body, re.MULTILINE)
        found.append(Plan(int(minutes), rows, left[1] if left else ""))
    return found


def cells(lesson: Lesson, words: str) -> list[str]:
    """Return the ids of the cells that a text names, singly or as a range "`from` to `to`".

    `KeyError` with the name if the lesson has no such cell.
    """
    ids = [cell.id for cell in lesson.cells]
    found: list[str] = []
    for first, last in _SPAN.findall(words):
        for name in filter(None, (first, last)):
            if name not in ids:
                raise KeyError(name)
        found += ids[ids.index(first) : ids.index(last or first) + 1]
    return found


def missed(lesson: Lesson, left_out: list[str]) -> Iterator[str]:
    """Yield a sentence for each name that a cell uses and only a cell that is left out defines."""
    makers: dict[str, str] = {}
    there = set(dir(builtins))
    for id, tree in lesson.trees:
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        made |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        made |= {
            (alias.asname or alias.name).partition(".")[0]
            for node in tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        if id in left_out:
            makers |= dict.fromkeys(made - there, id)
            continue
        for name in sorted({node.id for node in names} - made - there):
            if name in makers:
                yield f"cell {id} needs {name}, which the cell {makers[name]} makes"
        there |= made


def faults(path: Path) -> list[str]:
    """Return the faults of a page: plans that do not add up, cells that are missing or needed."""
    found = lessons.paths([path.stem])
    lesson, text = lessons.read(found[0]), path.read_text(encoding="utf-8")
    wrong = [f"the heading ## {part} is missing" for part in PARTS if f"\n## {part}\n" not in text]
    if (lines := sum(map(bool, written(text).splitlines()))) > WRITTEN:
        wrong.append(f"{lines} lines are written by hand; {WRITTEN} are the most")
    for plan in plans(text):
        name = f"the plan of {plan.minutes} minutes"
        ends = [0, *(row[1] for row in plan.rows)]
        for begins, row in zip(ends, plan.rows, strict=False):
            if row[0] != begins or row[1] <= row[0]:
                wrong.append(f"{name} goes on at {row[0]} after {begins}, and its row ends at {row[1]}")
        if ends[-1] != plan.minutes:
            wrong.append(f"{name} ends at {ends[-1]}")
        try:
            for row in plan.rows:
                cells(lesson, row[3])
            wrong += [f"{name}: {sentence}" for sentence in missed(lesson, cells(lesson, plan.left_out))]
        except KeyError as error:
            wrong.append(f"{name} names a cell {error} that the lesson does not have")
    return [*(f"docs/teaching/{path.name}: {sentence}." for sentence in wrong), *deck.faults(lesson)]


def page(path: Path) -> str:
    """Return the current text of a page: the part by hand, and the one generated from lesson and set."""
    lesson = lessons.read(lessons.paths([path.stem])[0])
    made = "\n\n".join(filter(None, (_aims(lesson), _asked(lesson), _practice(lesson), _set(lesson))))
    return f"{written(path.read_text(encoding='utf-8')).rstrip()}\n\n{MADE}\n\n{made}\n"


def _link(lesson: Lesson) -> str:
    return f"[{lesson.number} {lesson.title}](../../notebooks/{lesson.path.name})"


def _aims(lesson: Lesson) -> str:
    by_id = {cell.id: cell.source for cell in lesson.cells}
    card = re.findall(r"\| \*\*(Time|Minutes)\*\* \| (.*) \|", by_id["card"])
    rows = [f"{name} for one person alone: {says}." for name, says in card]
    return "\n\n".join([f"## From the lesson {_link(lesson)}", by_id["aims"], *rows])


def _asked(lesson: Lesson) -> str:
    """Return the lesson's quizzes, predictions and notes in order, with results and reasons."""
    parts = []
    for cell in lesson.code:
        if (one := deck.asked(cell)) is None:
            continue
        lines = [f"**{one.text}** (`{cell.id}`)"]
        if isinstance(one, questions.Prediction):
            lines.append(f"- What came out: {ledger.in_words(one, ledger.result(one.id))}")
        elif isinstance(one, questions.Quiz):
            lines += [f"- {'Right' if o.right else 'Wrong'}: {o.text} {o.hint}".strip() for o in one.options]
            lines.append(f"- Why: {one.why}")
        else:
            lines += [f"- {paragraph}" for paragraph in one.then]
        parts.append("\n".join([lines[0], *([""] if lines[1:] else []), *lines[1:]]))
    return "\n\n".join(["## What the lesson asks, and what comes of it", *parts]) if parts else ""


def _practice(lesson: Lesson) -> str:
    parts = ["## Tasks of the lesson: answers and wrong ways"]
    texts = [cell.source for cell in lesson.cells]
    for task in lesson.tasks:
        before = next(
            (text for text in reversed(texts[: texts.index(task.stub.source)]) if task.number in text), ""
        )
        asked = re.search(rf"\*\*{re.escape(task.number)}\*\*\s*(.*?)(\n\n|\Z)", before, re.DOTALL)
        lines = [f"**{task.number}** {deck.without_notes(asked[1]) if asked else ''} (`{task.stub.id}`)", ""]
        lines += [f"```python\n{task.answer}\n```", ""] if task.answer else []
        lines += [f"- {way.reason}" for way in tasks()[task.number].diagnoses]
        parts.append("\n".join(lines).rstrip())
    return "\n\n".join(parts) if parts[1:] else ""


def _set(lesson: Lesson) -> str:
    """Return the known mistakes in the lesson's graded set; empty if it has none."""
    from samarkand_grading.marking import checks

    folder = ROOT / "exercises" / "checks"
    name = next((name for name in checks.available(folder) if name.startswith(f"ex{lesson.number}_")), None)
    if name is None:
        return ""
    found = checks.load(folder, name)
    source = lessons.read(ROOT / "exercises" / "source" / name / f"{name}.ipynb")
    titles = {words.partition(":")[0]: words for _, _, words in source.headings}
    where = f"../../exercises/release/{name}/{name}.ipynb"
    parts = [f"## What goes wrong in the set [{source.title}]({where})"]
    for question in found.questions:
        lines = [f"**{titles.get(question.id, question.id)}**", ""]
        lines += [f"- {way.reason}" for way in question.diagnoses]
        parts.append("\n".join(lines))
    parts += [
        f"**{titles.get(one.id, one.title)}**, marked by hand: {', '.join(row.name for row in one.rubric)}."
        for one in found.written
    ]
    return "\n\n".join(parts)
