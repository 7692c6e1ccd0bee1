"""A lesson worked through in this process, with a student's own code in some cells, in one's own folder."""

from __future__ import annotations

import ast
import contextlib
import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from IPython.core.formatters import DisplayFormatter

from samarkand.course.lessons import Lesson

#: What Python does not show of libraries either.
QUIET = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


def through(lesson: Lesson, own: Mapping[str, str], work: Path) -> dict[str, str]:
    """Run a lesson's code, in the cells of `own` what stands there; return the text that each shows, by id.

    In a kernel it would take several times as long; that it does the same there, strict nbval holds. What a
    cell complains of fails, as in a build.
    """
    space: dict[str, Any] = {"__name__": "__main__"}
    shown: dict[str, str] = {}
    formatter = DisplayFormatter()
    complaints = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(complaints),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("error")
        for kind in QUIET:
            warnings.simplefilter("ignore", kind)
        patch.setenv("SAMARKAND_WORK", str(work))
        patch.chdir(lesson.path.parent)
        for cell in lesson.code:
            tree = ast.parse(own.get(cell.id, cell.source))
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, cell.id, "exec"), space)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), cell.id, "eval"), space)
                data, _ = formatter.format(value)
                shown[cell.id] = data.get("text/plain", "")
    assert complaints.getvalue() == ""
    return shown
