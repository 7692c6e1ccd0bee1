"""Citations in prose: authors write a key, readers see a small number that links to the list at the end.

    Xi landed on 14 September [XH0914].        is written, and read by rules and ties
    Xi landed on 14 September<sup>[3](#Sources "Xinhua, 14 September 2022: XH0914")</sup>.      is stored

The number is the source's place in the list that the lesson makes with ``cite.sources``; that list is in the
order of the text, so that a reader meets 1, 2, 3. The link's title has publisher, day and key, so that either
form can be made from the other.
"""

import ast
import re
import textwrap
from collections.abc import Mapping

from nbformat import NotebookNode

from samarkand.common.errors import CourseError
from samarkand.sources import KEY, cite

#: The separator of two keys in one place, which are written ``[A, B]`` or ``[A] [B]``.
_BETWEEN = r"(?:[,;] ?|\] ?\[)"
#: Keys in square brackets that are not a link, with the blank before them.
WRITTEN = re.compile(rf"(?P<blank> ?)\[(?P<keys>{KEY}(?:{_BETWEEN}{KEY})*)\](?![(\[])")
_ONE = rf'\[\d+\]\(#Sources "[^"]*: {KEY}"\)'
STORED = re.compile(rf"(?:<sup>)+{_ONE}(?:, {_ONE})*(?:</sup>)+")
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def to_keys(source: str) -> str:
    """Return a text with citation numbers replaced by the keys of the sources."""

    def by_keys(found: re.Match[str]) -> str:
        before = found.string[: found.start()][-1:]
        blank = "" if before in ("", "(", "\n", " ") else " "
        keys = re.findall(rf': ({KEY})"', found[0])
        return f"{blank}[{', '.join(keys)}]"

    return STORED.sub(by_keys, source)


def to_numbers(source: str, numbers: Mapping[str, int]) -> str:
    """Return a text with keys replaced by numbers; a key without a number stays and breaks a rule."""

    def links(found: re.Match[str]) -> str:
        keys = re.findall(KEY, found["keys"])
        if not all(key in numbers for key in keys):
            return found[0]
        return f"<sup>{', '.join(_link_to_source(key, numbers[key]) for key in keys)}</sup>"

    parts = _CODE.split(to_keys(source))
    return "".join(part if n % 2 else WRITTEN.sub(links, part) for n, part in enumerate(parts))


def _link_to_source(key: str, number: int) -> str:
    try:
        source = re.sub(r'["()]', "", cite[key].who_and_when)
    except CourseError:  # a rule says that there is no such source
        source = key
    return f'[{number}](#Sources "{source}: {key}")'


def list_keys(notebook: NotebookNode) -> list[str]:
    """Return the keys in a notebook's list of sources (the arguments of ``cite.sources``), in order."""
    found = []
    for cell in notebook.cells:
        call = _find_call(cell)
        if call is not None:
            found += _list_keys_of_call(call)
    return found


def number_sources(notebook: NotebookNode) -> None:
    """Sort the list of sources by first citation, and replace the keys in all texts by numbers, in place.

    Without a list nothing changes. Sources that no text cites come last.
    """
    lists = [(cell, call) for cell in notebook.cells if (call := _find_call(cell))]
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    if not lists:
        return
    prose = _CODE.sub("", "\n".join(to_keys(cell.source) for cell in texts))
    cited = re.findall(KEY, " ".join(found["keys"] for found in WRITTEN.finditer(prose)))
    for cell, call in lists:
        keys = _list_keys_of_call(call)
        in_order = sorted(keys, key=lambda key: (*cited, key).index(key))
        if in_order != keys:
            cell.source = _reorder_keys(cell.source, call, in_order)
    numbers = {key: n for n, key in enumerate(dict.fromkeys(list_keys(notebook)), 1)}
    for cell in texts:
        cell.source = to_numbers(cell.source, numbers)


def _find_call(cell: NotebookNode) -> ast.Call | None:
    """Return a cell's call of ``cite.sources``; None if there is none or the cell is not valid Python."""
    if cell.cell_type != "code" or "cite.sources" not in cell.source:
        return None
    try:
        nodes = ast.walk(ast.parse(cell.source))
    except SyntaxError:
        return None
    calls = (node for node in nodes if isinstance(node, ast.Call))
    return next((call for call in calls if ast.unparse(call.func) == "cite.sources"), None)


def _list_keys_of_call(call: ast.Call) -> list[str]:
    return [str(arg.value) for arg in call.args if isinstance(arg, ast.Constant)]


def _reorder_keys(source: str, call: ast.Call, keys: list[str]) -> str:
    """Return a cell's source with the call's keys replaced by `keys`, before its other arguments, wrapped."""
    parts = [ast.get_source_segment(source, one) or "" for one in (call, *call.args)]
    others = [p for p, arg in zip(parts[1:], call.args, strict=True) if not isinstance(arg, ast.Constant)]
    args = ", ".join([*(f'"{key}"' for key in keys), *others])
    before, _, after = source.partition(parts[0])
    if len(args) < 90:
        return f"{before}cite.sources({args}){after}"
    end = ")  # fmt: skip"  # else ruff would have a line for each key
    lines = textwrap.fill(f"cite.sources({args}{end.replace(' ', '_')}", 110, subsequent_indent=" " * 4)
    return before + lines.replace(end.replace(" ", "_"), end) + after.removeprefix("  # fmt: skip")
