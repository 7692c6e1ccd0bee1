"""Sources in prose: an author writes a key, a reader sees a small number that leads to the list at the end.

    Xi landed on 14 September [XH0914].        is written, and what rules and ties read
    Xi landed on 14 September<sup>[3](#Sources "Xinhua, 14 September 2022: XH0914")</sup>.      is stored

The number is the source's place in the list that the lesson makes with ``cite.sources``; that list is in the
order of the text, so that a reader meets 1, 2, 3. Publisher and day show when one points at a number. The key
stays in the title, so that either form can be made from the other.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

from samarkand.ground.errors import CourseError
from samarkand.sources import KEY, cite

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: What stands between two keys that share a place: ``[A, B]``, or ``[A] [B]``, is written.
_BETWEEN = r"(?:[,;] ?|\] ?\[)"
#: Keys in square brackets, with the blank before them: no link, and no code.
WRITTEN = re.compile(rf"(?P<blank> ?)\[(?P<keys>{KEY}(?:{_BETWEEN}{KEY})*)\](?![(\[])")
_ONE = rf'\[\d+\]\(#Sources "[^"]*: {KEY}"\)'
STORED = re.compile(rf"<sup>{_ONE}(?:, {_ONE})*</sup>")
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def written(source: str) -> str:
    """Return a text with the keys of its sources in place of their numbers.

    Examples
    --------
    >>> written('He landed<sup>[3](#Sources "Xinhua, 14 September 2022: XH0914")</sup>.')
    'He landed [XH0914].'
    """

    def by_keys(found: re.Match[str]) -> str:
        before = found.string[: found.start()][-1:]
        blank = "" if before in ("", "(", "\n", " ") else " "
        keys = re.findall(rf': ({KEY})"', found[0])
        return f"{blank}[{', '.join(keys)}]"

    return STORED.sub(by_keys, source)


def numbered(source: str, numbers: Mapping[str, int]) -> str:
    """Return a text with numbers in place of keys; keys without a number stay, for a rule to name."""

    def links(found: re.Match[str]) -> str:
        keys = re.findall(KEY, found["keys"])
        if not all(key in numbers for key in keys):
            return found[0]
        return f"<sup>{', '.join(_link(key, numbers[key]) for key in keys)}</sup>"

    parts = _CODE.split(written(source))
    return "".join(part if n % 2 else WRITTEN.sub(links, part) for n, part in enumerate(parts))


def _link(key: str, number: int) -> str:
    try:
        said = cite[key].who_and_when
    except CourseError:  # a rule says that there is no such source
        said = key
    told = re.sub(r'["()]', "", said)
    return f'[{number}](#Sources "{told}: {key}")'


def listed(notebook: NotebookNode) -> list[str]:
    """Return the keys in a notebook's list of sources: the texts handed to ``cite.sources``, in order."""
    calls = (_call(cell) for cell in notebook.cells)
    return [str(a.value) for call in calls if call for a in call.args if isinstance(a, ast.Constant)]


def number(notebook: NotebookNode) -> None:
    """Put the list in the order of the texts, and numbers in place of keys in all texts of a notebook.

    It is changed in place; without a list nothing changes. What no text cites stays behind the rest.
    """
    keys = list(dict.fromkeys(listed(notebook)))
    if not keys:
        return
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    said = _CODE.sub("", "\n".join(written(cell.source) for cell in texts))
    cited = re.findall(KEY, " ".join(found["keys"] for found in WRITTEN.finditer(said)))
    in_order = sorted(keys, key=lambda key: cited.index(key) if key in cited else len(cited))
    if in_order != keys:
        for cell in notebook.cells:
            if call := _call(cell):
                more = [arg for arg in call.args if not isinstance(arg, ast.Constant)]
                cell.source = _source(in_order, more)
    numbers = {key: n for n, key in enumerate(in_order, 1)}
    for cell in texts:
        cell.source = numbered(cell.source, numbers)


def _call(cell: NotebookNode) -> ast.Call | None:
    """Return a cell's call of ``cite.sources``, or None if it makes no list or is no Python."""
    if cell.cell_type != "code" or "cite.sources" not in cell.source:
        return None
    try:
        nodes = ast.walk(ast.parse(cell.source))
    except SyntaxError:
        return None
    calls = (node for node in nodes if isinstance(node, ast.Call))
    return next((call for call in calls if ast.unparse(call.func) == "cite.sources"), None)


def _source(keys: list[str], more: list[ast.expr]) -> str:
    """Return the source of a cell that makes the list, in as few lines as it has room in."""
    args = ", ".join([f'"{key}"' for key in keys] + [ast.unparse(arg).replace("'", '"') for arg in more])
    if len(args) < 90:
        return f"cite.sources({args})"
    end = ")  # fmt: skip"  # else ruff would have a line for each key
    lines = textwrap.fill(f"cite.sources({args}{end.replace(' ', '_')}", 110, subsequent_indent=" " * 4)
    return lines.replace(end.replace(" ", "_"), end)
