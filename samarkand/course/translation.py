"""A lesson in another language: what is translated of it, and the notebook with the translation.

Nothing translated is stored. A lesson's texts are the blocks of its Markdown and the sentences that its code
hands to charts; other code, keys of sources and targets of links stay. A paragraph, a heading, an
item of a list and a cell of a table are one text each: whole sentences, without marks of layout.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from nbformat import NotebookNode

from samarkand.course import build, citations, normal_form
from samarkand.course.lessons import Lesson, sentences
from samarkand.ground import files, words
from samarkand.ground.errors import unknown
from samarkand.ground.home import PACKAGE, ROOT
from samarkand.sources import KEY

Translate = Callable[[str], str]

FOLDER = ROOT / "build"
_FENCED = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
#: What begins a text of its own: a heading, an item, a quotation, markup on a line of its own.
_MARK = re.compile(r"\s*(?:#{1,6} |[-*] |\d+\. |> |(?:</?\w+>)+)")
#: Of a paragraph, what no translation changes: code, keys of sources, targets of links, markup.
_KEPT = re.compile(rf"(`[^`]*`|\]\([^)]*\)|\[{KEY}(?:[,;] ?{KEY})*\]|</?\w+>|\{{[^{{}}]*\}})")


def languages() -> list[str]:
    """Return the languages that there are catalogues of, and the made-up one."""
    return sorted([*(path.name for path in (PACKAGE / "locales").glob("*")), words.PSEUDO])


def translated(notebook: NotebookNode, translate: Translate) -> NotebookNode:
    """Return a notebook whose texts are translated and whose code is otherwise the same."""
    made = normal_form.normalise(notebook)
    for cell in made.cells:
        written = citations.written(cell.source)
        cell.source = (_prose if cell.cell_type == "markdown" else _code)(written, translate)
    return made


def store(lesson: Lesson, language: str, work: Path) -> Path:
    """Run a lesson in one of `languages` and write it to ``build/<language>/``, where nothing is kept.

    What the student would write down goes into `work`. `UnknownName` if there is no such language,
    `BuildError` if a cell fails.
    """
    if language not in languages():
        raise unknown("language", language, languages())
    made = translated(lesson.notebook, lambda text: _with_gaps(text, language))
    ran = build.execute(made, work, lesson.path.parent, {"SAMARKAND_LANGUAGE": language})
    path = FOLDER / language / lesson.path.name
    files.write_whole(path, normal_form.text(ran).encode())
    return path


def _prose(source: str, translate: Translate) -> str:
    parts = _FENCED.split(source)
    parts[::2] = ["\n".join(_lines(part, translate)) for part in parts[::2]]
    return "".join(parts)


def _lines(source: str, translate: Translate) -> Iterator[str]:
    """Yield the lines of Markdown, each paragraph translated whole and on one line."""
    mark, text = "", ""

    def told() -> list[str]:
        found = re.fullmatch(r"(.*?)((?:</\w+>)*)", text, re.DOTALL)
        assert found is not None
        said, tags = found.groups()
        line = mark + (translate(said) if re.search(r"\w", said) else said) + tags
        return [line] if line else []

    for line in source.split("\n"):
        begins = _MARK.match(line)
        if line.lstrip().startswith("|"):
            yield from told()
            mark = text = ""
            yield "|".join(_cell(cell, translate) for cell in line.split("|"))
        elif begins or not line.strip():
            yield from told()
            mark = begins[0] if begins else ""
            text = line[len(mark) :]
            if not begins:
                yield line
                text = ""
        else:
            text = f"{text} {line.strip()}" if text or mark else line
    yield from told()


def _cell(cell: str, translate: Translate) -> str:
    text = cell.strip()
    return f" {translate(text)} " if re.search(r"[^\W\d_]", text) else cell


def _code(source: str, translate: Translate) -> str:
    """Return code with the sentences that it hands to charts translated, all else untouched."""
    replaced = [(text, _literal(text, translate)) for text in sentences(source)]
    lines = source.encode().splitlines(keepends=True)  # the tree counts bytes
    starts = [sum(map(len, lines[:n])) for n in range(len(lines) + 1)]
    made = source.encode()
    for node, text in sorted(replaced, key=lambda one: (one[0].lineno, one[0].col_offset), reverse=True):
        assert node.end_lineno is not None and node.end_col_offset is not None
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        made = made[:begin] + text.encode() + made[end:]
    return made.decode()


def _literal(text: ast.expr, translate: Translate) -> str:
    """Return the source of a translated text; what an f-string computes stands in gaps called 0, 1, ..."""
    if isinstance(text, ast.Constant):
        return repr(translate(str(text.value)))
    assert isinstance(text, ast.JoinedStr)
    computed = [part for part in text.values if isinstance(part, ast.FormattedValue)]
    gaps = (f"{{{n}}}" for n in range(len(computed)))
    message = "".join(str(p.value) if isinstance(p, ast.Constant) else next(gaps) for p in text.values)
    parts = re.split(r"\{(\d+)\}", translate(message))
    values: list[ast.expr] = [
        computed[int(part)] if n % 2 else ast.Constant(part) for n, part in enumerate(parts)
    ]
    return ast.unparse(ast.JoinedStr(values))


def _with_gaps(text: str, language: str) -> str:
    """Return a text in a language; what no translation changes stands in gaps for that while."""
    parts = _KEPT.split(text)
    kept, parts[1::2] = parts[1::2], [f"{{kept{n}}}" for n in range(len(parts) // 2)]
    made = words.translated("".join(parts), language)
    return re.sub(r"\{kept(\d+)\}", lambda gap: kept[int(gap[1])], made)
