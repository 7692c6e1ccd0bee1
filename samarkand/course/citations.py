"""Sources in prose: an author writes a key, a reader sees a small number that leads to the list at the end.

    Xi landed on 14 September [XH0914].        is written, and what rules and ties read
    Xi landed on 14 September<sup>[3](#Sources "Xinhua, 14 September 2022: XH0914")</sup>.      is stored

The number is the source's place in the list that the lesson makes with ``cite.sources``; publisher and day
show when one points at it. The key stays in the title, so that either form can be made from the other.
"""

from __future__ import annotations

import ast
import re
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
    keys: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and "cite.sources" in cell.source:
            try:
                tree = ast.parse(cell.source)
            except SyntaxError:
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "cite.sources":
                    keys += [str(a.value) for a in node.args if isinstance(a, ast.Constant)]
    return keys


def number(notebook: NotebookNode) -> None:
    """Put numbers in place of keys in all texts of a notebook, in place; without a list nothing changes."""
    numbers = {key: n for n, key in enumerate(dict.fromkeys(listed(notebook)), 1)}
    for cell in notebook.cells:
        if numbers and cell.cell_type == "markdown":
            cell.source = numbered(cell.source, numbers)
