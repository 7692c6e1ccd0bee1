"""The one form in which a notebook is stored.

A notebook that was run and saved comes out the same, byte for byte, whatever program saved it. So any
difference between two versions is a difference in the lesson:

- nbformat 4.5, cells with readable ids, the kernel ``python3``
- code cells counted 1, 2, 3 ... in order
- no metadata except the course's own (``samarkand``), that code is folded, nbgrader's, with its locks, and
  the text of a picture
- no id of a widget whose still picture is stored beside it: the id means nothing in another run
- sources of a lesson's text as numbers of its list, which is in the order of the text (`citations`)
- JSON indented by one space, with sorted keys and unescaped letters

What cannot be repaired here (a cell never run, an error, text on stderr) is reported by
`find_notebook_faults`.
"""

import copy
import itertools
import re
import textwrap
import unicodedata
from typing import Any

import nbformat
from nbformat import NotebookNode

from samarkand.common.words import join_in_words
from tools.author import citations

KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
LANGUAGE = {"name": "python"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
#: The metadata keys to keep of a cell; with nbgrader's first also those that keep it from mistakes.
KEPT, LOCKS = ("nbgrader", "samarkand"), ("deletable", "editable")

READABLE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
#: The ids that nbformat (8 digits) and JupyterLab (a UUID) give to cells without one.
RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?")
ID_WORDS, ID_LENGTH = 5, 40


def normalise_notebook(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a notebook of format 4 in normal form. Normalising it again changes nothing."""
    from nbconvert.preprocessors import CoalesceStreamsPreprocessor

    notebook = copy.deepcopy(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    own = {name: value for name, value in notebook.metadata.items() if name == "samarkand"}
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE, **own})
    join: Any = CoalesceStreamsPreprocessor()  # type: ignore[no-untyped-call]
    taken: set[str] = set()
    count = 0
    for cell in notebook.cells:
        cell.id = _choose_id(cell.get("id", ""), cell.source, taken)
        taken.add(cell.id)
        kept = KEPT + (LOCKS if "nbgrader" in cell.metadata else ())
        own = {name: value for name, value in cell.metadata.items() if name in kept}
        if cell.cell_type == "code":
            if cell.metadata.get("jupyter", {}).get("source_hidden"):
                own["jupyter"] = {"source_hidden": True}
            ran = cell.get("execution_count") is not None
            count += ran
            cell.execution_count = count if ran else None
            # Where a stream was cut is random.
            join.preprocess_cell(cell, {}, 0)
            cell.outputs = [_normalise_output(output, cell.execution_count) for output in cell.outputs]
        cell.metadata = nbformat.from_dict(own)
    citations.number_sources(notebook)
    return notebook


def text_of_file(notebook: NotebookNode) -> str:
    """Return a notebook as the JSON text of its file, with sources split into lines as by nbformat."""
    return str(nbformat.v4.writes(notebook)) + "\n"


def find_notebook_faults(notebook: NotebookNode) -> list[str]:
    """Return a sentence for each fault that only the author can repair."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        name = f"Cell {cell.get('id', '(no id)')}"
        if not cell.source.strip():
            found.append(f"{name} is an empty code cell.")
        elif cell.get("execution_count") is None:
            found.append(f"{name} was never run.")
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"{name} stops with {output.ename}: {output.evalue}")
            elif output.output_type == "stream" and output.name == "stderr":
                found.append(f"{name} writes to stderr: {output.text.strip().splitlines()[0]}")
    return found


def find_differences(notebook: NotebookNode) -> list[str]:
    """Return a sentence for each way in which a notebook differs from its normal form."""
    normal, found = normalise_notebook(notebook), find_notebook_faults(notebook)
    pairs = [("The notebook", {**notebook, "cells": ()}, {**normal, "cells": ()})]
    pairs += [(f"Cell {b.id}", a, b) for a, b in zip(notebook.cells, normal.cells, strict=True)]
    for place, was, is_ in pairs:
        names = sorted(key for key in {*was, *is_} - {"metadata"} if was.get(key) != is_.get(key))
        own, other = was["metadata"], is_["metadata"]
        names += sorted(f"metadata {key}" for key in {*own, *other} if own.get(key) != other.get(key))
        if names:
            parts = join_in_words(names)
            found.append(f"{place} has another {parts} than its normal form; samarkand build mends that.")
    return found


def _choose_id(given: str, source: str, taken: set[str]) -> str:
    """Return an id not in `taken`: the given one if readable, else one made from the source's words."""
    name = given
    if not READABLE.fullmatch(given) or RANDOM.fullmatch(given):
        plain = unicodedata.normalize("NFKD", source).encode("ascii", "ignore").decode().lower()
        words = re.findall(r"[a-z0-9]+", plain)[:ID_WORDS]
        name = textwrap.shorten(" ".join(words), ID_LENGTH, placeholder="").replace(" ", "-")
        name = name or "".join(words[:1])[:ID_LENGTH]
        name = name if READABLE.fullmatch(name) else f"cell-{name}".rstrip("-")
    names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    return next(free for free in names if free not in taken)


def _normalise_output(output: NotebookNode, count: int | None) -> NotebookNode:
    """Return an output in normal form."""
    if "data" in output:
        output.metadata = NotebookNode({k: v for k, v in output.metadata.items() if k == "image/png"})
        if "text/html" in output.data:
            output.data.pop(WIDGET_VIEW, None)
    if output.output_type == "execute_result":
        output.execution_count = count
    return output
