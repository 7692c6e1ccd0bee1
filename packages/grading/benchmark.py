"""Compare the CPU time of this course's grader with stock nbgrader's on the same correct submissions.

    python packages/grading/benchmark.py [--students 30] [--set ex03_the_sco]

Each part runs in its own process; its CPU seconds include those of its children. Stock nbgrader starts a
kernel for each submission; ours runs it in a sandbox.
"""

import argparse
import compileall
import contextlib
import ctypes
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from samarkand.ground import home
from samarkand_grading.classroom import batch, feedback, release
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking.assessment import Assessor
from samarkand_grading.sandbox.box import Sandbox


def build(folder: Path, name: str, students: int) -> None:
    """Create a course in which every student submitted correct work, with inputs of their own."""
    root = folder / "exercises"
    for part in ("source", "checks"):
        shutil.copytree(home.ROOT / "exercises" / part, root / part)
    shutil.copy(home.ROOT / "exercises" / "nbgrader_config.py", root)
    course = Course(root, folder / "secret")
    course.seed(create=True)
    release.generate(course, course.exercise(name))
    source = json.loads(course.notebook("source", name).read_bytes())
    notebook = json.loads(course.notebook("release", name).read_bytes())
    answers = {cell["id"]: "".join(cell["source"]) for cell in source["cells"]}
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = re.sub(r"(?m)^ *### (BEGIN|END) SOLUTION\n?", "", answers[cell["id"]])
    own = dict[str, object](cell_type="code", id="own", metadata={}, outputs=[], execution_count=None)
    for number in range(students):
        target = root / "submitted" / f"s{number:03d}" / name
        target.mkdir(parents=True)
        cells = [*notebook["cells"], own | {"source": f"mine = {number}"}]
        (target / f"{name}.ipynb").write_text(json.dumps({**notebook, "cells": cells}))


def run_and_check(course: Course, name: str) -> float:
    """Return the CPU seconds of running all submissions in a warm sandbox and of marking them."""
    exercise, seconds = course.exercise(name), 0.0
    with Sandbox(secret=[course.root], tables=course.tables(exercise)) as box:
        assessor = Assessor(exercise, course.released(exercise), course.seed(), key=course.key())
        began = time.process_time()
        for student, folder in course.submissions(name)[0].items():
            result = assessor.run(assessor.prepare(student, folder), box)
            assert result.points == exercise.points, result.verdicts
            seconds += result.cpu
        return seconds + time.process_time() - began


def grade(course: Course, name: str) -> None:
    """Grade a class and write its pages, as ``samarkand grade`` does."""
    summary = batch.grade(course, name, jobs=1, say=lambda _: None)
    assert not summary.troubles, summary.troubles
    feedback.write(course, name)


def autograde(course: Course, name: str) -> None:
    """Grade a class with stock nbgrader."""
    command = [sys.executable, "-m", "nbgrader", "autograde", name, "--force"]
    subprocess.run(command, cwd=course.root, capture_output=True, check=True)


def cpu() -> float:
    """Return the CPU seconds of this process and its children; wait for these to end."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> int:
    """Measure each part in its own process; return 1 if a limit was exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--set", default="ex03_the_sco")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    parts = {part.__name__: part for part in (run_and_check, grade, autograde)}
    if options.part:
        name, folder = options.part
        become_subreaper = 36  # bubblewrap leaves behind what it started
        ctypes.CDLL(None).prctl(become_subreaper, 1, 0, 0, 0)
        course = Course(Path(folder, "exercises"), Path(folder, "secret"))
        print(parts[name](course, options.set) or cpu())
        return 0
    # As after the first use: uv leaves it to each program to compile what it imports.
    for place in (sysconfig.get_path("purelib"), home.ROOT / "samarkand", home.ROOT / "packages"):
        compileall.compile_dir(place, quiet=2)
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), options.set, options.students)
        for name in parts:
            command = [sys.executable, __file__, "--set", options.set, "--part", name, folder]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            figures[name] = float(done.stdout.split()[-1]) / options.students
    print("CPU seconds a submission:", json.dumps({name: round(s, 3) for name, s in figures.items()}))
    checking, all_of_it = (figures["autograde"] / figures[name] for name in ("run_and_check", "grade"))
    print(f"run and check: 1/{checking:.1f} of stock nbgrader's (limit: 1/15)")
    print(f"all, with nbgrader's gradebook: 1/{all_of_it:.1f} (limit: 1/8)")
    return int(checking < 15 or all_of_it < 8)


if __name__ == "__main__":
    sys.exit(main())
