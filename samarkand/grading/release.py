"""What leaves the instructor's hands: nbgrader's released notebooks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from samarkand.errors import CourseError
from samarkand.grading import checks, gradebook, variants
from samarkand.grading.course import Course, Heard


def write_form(course: Course, exercise: checks.ExerciseSet) -> Path:
    """Write ``form.json``, what the student's copy knows of a set, beside its source notebook.

    Parameters
    ----------
    course : Course
        The course.
    exercise : ExerciseSet
        The set.

    Returns
    -------
    pathlib.Path
        The file.
    """
    demonstration = variants.draw(variants.DEMONSTRATION, "demonstration", exercise.id, exercise.options)
    form = checks.form(exercise, demonstration)
    path = course.root / "source" / exercise.id / "form.json"
    text = json.dumps(form, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    gradebook.write_whole(path, text.encode())
    return path


def generate(course: Course, exercise: checks.ExerciseSet) -> Path:
    """Let nbgrader make the released notebook of a set and enter the set into its gradebook.

    Parameters
    ----------
    course : Course
        The course.
    exercise : ExerciseSet
        The set.

    Returns
    -------
    pathlib.Path
        ``release/<set>``.

    Raises
    ------
    CourseError
        If nbgrader refuses the source notebook.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException

    source = course.root / "source" / exercise.id / f"{exercise.id}.ipynb"
    if not source.is_file():
        raise CourseError(f"There is no notebook {source}.")
    write_form(course, exercise)
    if course.gradebook.is_file():
        gradebook.backup(course.gradebook)
    config, coursedir = course.nbgrader(exercise.id)
    converter: Any = GenerateAssignment(coursedir=coursedir, config=config)
    heard = Heard(converter)
    converter.force = True
    converter.create_assignment = True
    try:
        converter.start()
    except (NbGraderException, SystemExit) as error:
        raise CourseError(f"nbgrader could not release {exercise.id}: {heard.why or error}") from None
    return course.root / "release" / exercise.id
