"""Marks in the page: what a second Python in the browser does for the button at the end of a set."""

import json
import os
import tempfile
from pathlib import Path

from samarkand.common.errors import CourseError
from samarkand.practice.sets import desk
from samarkand_grading.classroom import selfstudy
from samarkand_grading.classroom.course import Course
from samarkand_grading.sandbox.here import run_here


def mark_text(exercise: str, notebook: str, student: str) -> str:
    """Mark the text of a notebook; return JSON.

    Parameters
    ----------
    exercise : str
        The set's id.
    notebook : str
        The notebook as it was saved.
    student : str
        The id of who has signed in; empty for the demonstration's numbers.

    Returns
    -------
    str
        An object: ``report`` as `samarkand check` prints it, with ``points`` and ``out_of``; or ``trouble``,
        a sentence on why it cannot be marked.
    """
    os.environ[desk.STUDENT] = student
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{exercise}.ipynb")
        path.write_text(notebook, encoding="utf-8")
        course = Course(secret=Path(folder, "no secret"))
        try:
            result = selfstudy.mark_own_work(course, exercise, path, run=run_here)
            found = {"report": selfstudy.report_own_work(course, result)}
            return json.dumps({**found, "points": result.points, "out_of": result.out_of})
        except CourseError as error:
            return json.dumps({"trouble": str(error).removeprefix(f"{path}: ")})
