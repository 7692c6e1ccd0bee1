"""One's own work, run in this very process: for the page, whose second Python is ended from outside."""

import contextlib
import io
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from samarkand_grading.sandbox import runner
from samarkand_grading.sandbox.work import LIMITS, Call, Cells, Given, Limits, Outcome, pack_work


def run_here(
    folder: Path, cells: Cells, calls: Sequence[Call] = (), *, given: Given = None, limits: Limits = LIMITS
) -> Outcome:
    """Run one's own work in a folder, in this process; return the outcome, as `box.run_unconfined` does.

    There is no limit for all of it: whoever started the process ends it.
    """
    out = io.BytesIO()
    shell = runner.make_shell()
    shell.reset(new_session=False)  # an earlier run may have left names
    with _work_inside(folder):
        runner.run_work(json.loads(pack_work(cells, calls, given, limits)), out, shell, None)
    return Outcome.from_output(out.getvalue(), cells, calls, "finished")


@contextlib.contextmanager
def _work_inside(folder: Path) -> Iterator[None]:
    """Work in a folder, and leave no numbers of a student's behind."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.environ.pop("SAMARKAND_GIVEN", None)
        os.chdir(before)
