"""Compare the CPU time of this course's grader with stock nbgrader's on the same correct submissions.

    python packages/grading/benchmark.py [--students 30] [--set ex03_the_sco]

CPU seconds include those of all children. Stock nbgrader starts a kernel for each submission; ours runs it in
a sandbox.
"""

import argparse
import compileall
import contextlib
import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from samarkand.common import files, home
from samarkand_grading.classroom import batch, hand_ins, release
from samarkand_grading.classroom.course import Course
from samarkand_grading.sandbox.work import LIMITS


def build(folder: Path, name: str, students: int) -> Course:
    """Create a course in which every student submitted correct work, with inputs of their own."""
    root = folder / "exercises"
    for part in ("source", "checks"):  # a class may lie beside them
        shutil.copytree(home.ROOT / "exercises" / part, root / part)
    shutil.copy(home.ROOT / "exercises" / "nbgrader_config.py", root)
    course = Course(root, folder / "secret")
    course.seed(create=True)
    release.generate_set(course, course.exercise(name))
    solved = json.loads(course.notebook("source", name).read_bytes())
    own = dict[str, object](cell_type="code", id="own", metadata={}, outputs=[], execution_count=None)
    for number in range(students):
        cells = [*solved["cells"], own | {"source": f"mine = {number}"}]
        target = course.root / "submitted" / f"s{number:03d}" / name / f"{name}.ipynb"
        files.write_whole(target, json.dumps({**solved, "cells": cells}).encode())
    return course


def run_and_check(course: Course, name: str) -> float:
    """Return the CPU seconds of running all submissions in a sandbox, and of marking them."""
    exercise = course.exercise(name)
    seconds = 0.0
    todo = {student: hand_ins.Work(folder) for student, folder in course.submissions(name)[0].items()}
    began = time.process_time()
    chooser = hand_ins.Chooser(course, exercise)
    boxes = batch.make_sandboxes(course, exercise, 1, (), trusted=False)
    for _, result in batch.assess_all(course, exercise, todo, boxes, LIMITS, print, chooser):
        assert not isinstance(result, Exception) and result.points == exercise.points, result
        seconds += result.cpu
    return seconds + time.process_time() - began


def measure(course: Course, *words: str) -> float:
    """Return the CPU seconds of a command and its children; wait for these to end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", *words], cwd=course.root, capture_output=True, check=True)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Measure each part; return 1 if a limit was exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--set", default="ex03_the_sco")
    options = parser.parse_args()
    become_subreaper = 36  # bubblewrap leaves behind what it started
    ctypes.CDLL(None).prctl(become_subreaper, 1, 0, 0, 0)
    # As after the first use: uv leaves it to each program to compile what it imports.
    for place in (sysconfig.get_path("purelib"), home.ROOT / "samarkand", home.ROOT / "packages"):
        compileall.compile_dir(place, quiet=2)
    with tempfile.TemporaryDirectory() as folder:
        course = build(Path(folder), options.set, options.students)
        whose = ("--course", str(course.root), "--secret", str(course.secret))
        checked = run_and_check(course, options.set)
        graded = measure(course, "samarkand", "grade", options.set, "--jobs", "1", *whose)
        stock = measure(course, "nbgrader", "autograde", options.set, "--force")
    for name, used in (("run and check", checked), ("grade", graded), ("autograde", stock)):
        print(f"{name}: {used / options.students:.3f} s of CPU a submission")
    print(f"run and check: 1/{stock / checked:.1f} of stock nbgrader's (limit: 1/15)")
    print(f"all, with nbgrader's gradebook: 1/{stock / graded:.1f} (limit: 1/8)")
    return int(stock < 15 * checked or stock < 8 * graded)


if __name__ == "__main__":
    sys.exit(main())
