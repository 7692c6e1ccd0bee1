"""The stored lessons: their files, and views of their content."""

from __future__ import annotations

import ast
import contextlib
import html
import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from samarkand.common.errors import CourseError, make_unknown_name
from samarkand.common.home import ROOT
from samarkand.practice import questions
from tools.author import citations

NOTEBOOKS = ROOT / "notebooks"
#: Numbers of notebooks that are not lessons and have no rules: the glossary.
BESIDE = ("99",)
#: Lessons that are worked through in an empty notebook of the student's own: they have no tasks with a stub.
OWN_NOTEBOOK = ("12",)
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*$", re.MULTILINE)
_FENCED = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


class BuildError(CourseError):
    """The lesson cannot be built or stored.

    Where several things may be wrong, the field `faults` has a sentence for each.
    """


def find_lessons(names: Sequence[str] = (), folder: Path = NOTEBOOKS) -> list[Path]:
    """Return the paths of the named lessons, or of all, sorted; one of `BESIDE` only if named.

    A name is a number (``"03"``), a file's name (``"03_the_sco"``) or a path, from here or from the root;
    `UnknownName` if it fits no notebook.
    """
    known = sorted(folder.glob("*.ipynb"))
    if not names:
        return [path for path in known if not path.stem.startswith(BESIDE)]
    found = []
    for name in names:
        files = [path for path in (Path(name), ROOT / name) if path.suffix == ".ipynb" and path.is_file()]
        fit = [p for p in known if name in (p.stem, p.name) or p.stem.startswith(f"{name}_")]
        if not files and not fit:
            raise make_unknown_name("lesson", name, [p.stem for p in known])
        found.append([*(path.resolve() for path in files), *fit][0])
    return found


def read_notebook(path: Path) -> NotebookNode:
    """Return the notebook in a file; `BuildError` if it is not a notebook of format 4."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["nbformat"] != 4:
            text = f"{path.name} is a notebook of format {stored['nbformat']}, not 4."
            raise BuildError(text, code="another format", file=path)
        # Not `nbformat.read`: that mends silently what `normal_form.differences` is to see.
        notebook: NotebookNode = nbformat.v4.to_notebook(stored)
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise BuildError(f"{path.name} is not a notebook: {error}", code="no notebook", file=path) from error
    return notebook


@dataclass(frozen=True)
class Lesson:
    """A notebook with its path, and the views that rules, README and tests need."""

    path: Path
    notebook: NotebookNode

    @property
    def name(self) -> str:
        """The name of its file, such as ``"03_the_sco"``."""
        return self.path.stem

    @property
    def number(self) -> str:
        """Its number, two digits."""
        return self.name[:2]

    @property
    def title(self) -> str:
        """Its first heading."""
        return self.headings[0][2] if self.headings else ""

    @property
    def question(self) -> str:
        """The first sentence with a question mark under "The question"; empty if there is none."""
        texts = [cell.source for cell in self.prose if cell.source.startswith("## The question\n")]
        asked = re.search(r"[^.!?\n]*\?", "".join(texts[:1]).replace("*", "").partition("\n")[2])
        return asked[0].strip() if asked else ""

    @cached_property
    def cells(self) -> list[NotebookNode]:
        """All cells in order, with citations as keys at their sentences, as the author wrote them."""
        keyed = [(cell, citations.restore_keys(cell)) for cell in self.notebook.cells]
        return [cell if keys == cell.source else type(cell)(cell, source=keys) for cell, keys in keyed]

    @cached_property
    def prose(self) -> list[NotebookNode]:
        """The cells of text."""
        return [c for c in self.cells if c.cell_type == "markdown"]

    @cached_property
    def code(self) -> list[NotebookNode]:
        """The cells of code."""
        return [c for c in self.cells if c.cell_type == "code"]

    @cached_property
    def cells_and_questions(self) -> list[NotebookNode]:
        """Its cells, and for each question that its code asks a Markdown cell with the question's texts."""
        code = "\n".join(cell.source for cell in self.code)
        found = list(self.cells)
        for path in questions.list_files():
            for kind, id, texts, tied in questions.texts_of(path):
                about = {"id": f"{path.name}, {kind} {id}", "source": " \u00b6 ".join(texts)}
                metadata = NotebookNode(samarkand={"tied": tied})
                if f'"{id}"' in code:
                    found.append(NotebookNode(cell_type="markdown", metadata=metadata, **about))
        return found

    @cached_property
    def headings(self) -> list[tuple[str, int, str]]:
        """Each heading as (cell id, level, text)."""
        found = []
        for cell in self.prose:
            for marks, words in _HEADING.findall(remove_code_blocks(cell.source)):
                found.append((cell.id, len(marks), words))
        return found

    @cached_property
    def trees(self) -> list[tuple[str, ast.Module]]:
        """(Cell id, syntax tree) of each code cell that can be parsed; the rule `code` reports the others."""
        found = []
        for cell in self.code:
            with contextlib.suppress(SyntaxError):
                found.append((cell.id, ast.parse(cell.source)))
        return found

    @property
    def shown(self) -> list[tuple[str, str]]:
        """(Cell id, code) of each block of Python in a text."""
        found = []
        for cell in self.prose:
            found += [(cell.id, code) for code in _FENCED.findall(cell.source)]
        return found

    def outputs(self, kind: str) -> list[tuple[str, Any]]:
        """Return (cell id, data) of each output in a MIME type."""
        found = []
        for cell in self.code:
            shown = [output.get("data", {}) for output in cell.outputs]
            found += [(cell.id, data[kind]) for data in shown if kind in data]
        return found

    @cached_property
    def frames(self) -> list[tuple[str, str]]:
        """(Cell id, HTML) of each map, that is, of each output with an iframe."""
        return [(cell, markup) for cell, markup in self.outputs("text/html") if "<iframe" in markup]

    @cached_property
    def tasks(self) -> list[Task]:
        """The practice tasks in order; hint and answer are folded in the cell below the stub."""
        found = []
        for cell, after in itertools.zip_longest(self.cells, self.cells[1:]):
            number = re.search(r'(?<![\w.])check\("([^"]+)"', cell.source)
            if cell.cell_type == "code" and number:
                below = after.source if after and after.cell_type == "markdown" else ""
                found.append(Task(number[1], cell, below))
        return found


@dataclass(frozen=True)
class Task:
    """A practice task: its number, the cell with its stub, and the source of the folded help below."""

    number: str
    stub: NotebookNode
    help: str

    @property
    def answer(self) -> str:
        """The answer's code; empty if none is folded below the stub."""
        bodies = [body for title, body in find_folded(self.help) if title.strip().lower() == "answer"]
        code = re.search(r"```python\n(.*?)```", "".join(bodies[:1]), re.DOTALL)
        return code[1].strip() if code else ""

    @property
    def hints(self) -> list[str]:
        """The hints folded below the stub."""
        folded = find_folded(self.help)
        return [body.strip() for title, body in folded if title.strip().lower().startswith("hint")]


def read_lesson(path: Path) -> Lesson:
    """Return the lesson in a file; `BuildError` if it is not a notebook of format 4."""
    return Lesson(path, read_notebook(path))


def read_all_lessons() -> list[Lesson]:
    """Return all lessons, in order."""
    return [read_lesson(path) for path in find_lessons()]


def find_names(tree: ast.AST, use: type[ast.expr_context]) -> set[str]:
    """Return the names that code reads (`ast.Load`) or defines (`ast.Store`, with parameters, imports)."""
    nodes = list(ast.walk(tree))
    found = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, use)}
    if use is ast.Store:
        found |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        found |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
        found |= {(one.asname or one.name).partition(".")[0] for one in nodes if isinstance(one, ast.alias)}
    return found


def find_skippable(lesson: Lesson) -> set[str]:
    """Return the ids of the cells that may be left out, those with ``skip`` in their metadata."""
    return {cell.id for cell in lesson.cells if cell.metadata.get("samarkand", {}).get("skip")}


def find_folded(source: str) -> list[tuple[str, str]]:
    """Return (title, body) of each ``<details>``."""
    return re.findall(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", source, re.DOTALL)


def remove_code_blocks(source: str) -> str:
    """Return Markdown without its code blocks."""
    return re.sub(r"^```.*?^```", "", source, flags=re.DOTALL | re.MULTILINE)


def count_words(source: str) -> int:
    """Return the number of words in Markdown, without code, tags and link targets."""
    text = re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`]*`", " x ", remove_code_blocks(source)))
    return len(re.findall(r"\w[\w'’-]*", html.unescape(re.sub(r"<[^>]+>", " ", text))))
