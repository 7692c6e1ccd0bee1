"""Grading a class: CPU of this course's grader beside stock nbgrader and otter-grader, on the same work.

    python packages/grading/benchmark.py [--students 30] [--set ex03_the_sco]
    python packages/grading/benchmark.py --many 300            memory, and what a second job brings
    python packages/grading/benchmark.py --otter ENVIRONMENT   otter-grader too; or OTTER_ENVIRONMENT

Otter-grader is no requirement of the course. ENVIRONMENT is the folder of a Python environment that has it:

    python -m venv ENVIRONMENT && ENVIRONMENT/bin/pip install otter-grader==7.0.0 ipykernel pandas

Each part runs in a process of its own, so that its CPU (its own and its children's) can be told apart. Stock
nbgrader and otter start a kernel for each submission and run the student's code beside the grader; ours runs
it in a sandbox. Otter's tests here only ask whether there is an answer, so that they cost it next to nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from samarkand_grading.classroom import batch, feedback, release  # noqa: E402
from samarkand_grading.classroom.course import Course  # noqa: E402
from samarkand_grading.marking.assessment import Assessor  # noqa: E402
from samarkand_grading.sandbox.box import Sandbox  # noqa: E402


def build(folder: Path, name: str, students: int) -> Course:
    """Make a course in which everybody handed in right work, each with inputs of its own."""
    root = folder / "exercises"
    root.mkdir()
    for part in ("source", "checks"):
        shutil.copytree(ROOT / "exercises" / part, root / part)
    shutil.copy(ROOT / "exercises" / "nbgrader_config.py", root)
    course = Course(root, folder / "secret")
    course.seed(create=True)
    release.generate(course, course.exercise(name))
    notebook = json.loads((root / "source" / name / f"{name}.ipynb").read_text())
    released = json.loads((root / "release" / name / f"{name}.ipynb").read_text())
    answers = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    for cell in released["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = re.sub(r"(?m)^ *### (BEGIN|END) SOLUTION\n?", "", answers[cell["id"]])
    for number in range(students):
        target = root / "submitted" / f"s{number:03d}" / name
        target.mkdir(parents=True)
        own = {"cell_type": "code", "id": "own", "metadata": {}, "outputs": [], "execution_count": None}
        cells = [*released["cells"], {**own, "source": f"mine = {number}"}]
        (target / f"{name}.ipynb").write_text(json.dumps({**released, "cells": cells}))
    return course


def adopt() -> None:
    """Become the parent of orphaned processes: bubblewrap leaves behind what it started."""
    become_subreaper = 36
    if ctypes.CDLL(None, use_errno=True).prctl(become_subreaper, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def used() -> float:
    """CPU seconds of this process and of its children, once all of them have ended."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def part(what: str, root: Path, name: str, jobs: int) -> dict[str, float]:
    """Run one part and measure it."""
    adopt()
    began, cpu = time.perf_counter(), used()
    course = Course(root, root.parent / "secret")
    found: dict[str, float] = {}
    if what == "sandbox":
        exercise = course.exercise(name)
        with Sandbox(secret=[root], tables=course.tables(exercise)) as box:
            assessor = Assessor(exercise, course.released(exercise), course.seed(), key=course.key())
            folders = course.submissions(name)
            first = next(iter(folders))
            assessor.run(assessor.prepare(first, folders[first]), box)
            inside, own = 0.0, time.process_time()
            marks = []
            for student, folder in folders.items():
                result = assessor.run(assessor.prepare(student, folder), box)
                inside += result.cpu
                marks.append(result.points)
            found = {"inside": inside, "outside": time.process_time() - own, "marks": sum(marks)}
    elif what == "ours":
        summary = batch.grade(course, name, jobs=jobs, force=True, say=lambda _: None)
        feedback.write(course, name)
        found["graded"] = len(summary.graded)
    elif what == "otter":
        found["graded"] = otter(course, name)
    else:
        command = [sys.executable, "-m", "nbgrader", "autograde", name, "--force"]
        run = subprocess.run(command, cwd=root, capture_output=True, check=False, text=True)
        found["graded"] = len(list((root / "autograded").glob(f"*/{name}"))) if run.returncode == 0 else 0
    own, children = (
        resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    peaks = {"peak_mb": own / 1024, "sandbox_mb": children / 1024}
    return {**found, "wall": time.perf_counter() - began, "cpu": used() - cpu, **peaks}


def otter(course: Course, name: str) -> int:
    """Grade all submissions with otter-grader, one by one; return how many got all points."""
    program = Path(os.environ["OTTER_ENVIRONMENT"]).resolve() / "bin"
    folder = course.root.parent / "otter"
    (folder / "tests").mkdir(parents=True)
    questions = course.exercise(name).questions
    for question in questions:
        case = {"code": f">>> {question.name} is ...\nFalse", "hidden": False, "locked": False}
        suite = {"type": "doctest", "scored": True, "cases": [case]}
        test = {"name": question.id, "points": question.points, "suites": [suite]}
        (folder / "tests" / f"{question.id}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PATH": f"{program}:{os.environ['PATH']}",
        "SAMARKAND_SECRET": str(course.secret),
    }

    def run(*words: str) -> None:
        subprocess.run(
            [program / "otter", *words], cwd=folder, env=environment, capture_output=True, check=True
        )

    run("generate", "-t", "tests", "--no-environment", "-o", "autograder.zip")
    right = 0
    for path in course.submissions(name).values():
        run("run", "-a", "autograder.zip", "-o", ".", str(path / f"{name}.ipynb"))
        results = json.loads((folder / "results.json").read_text())
        right += sum(test.get("score", 0) for test in results["tests"]) == sum(q.points for q in questions)
    return right


def measured(what: str, jobs: int, course: Course, name: str) -> dict[str, float]:
    """Run one part in a process of its own."""
    shutil.rmtree(course.root / "autograded", ignore_errors=True)
    command = [sys.executable, __file__, "--set", name, "--part", what, str(course.root), str(jobs)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"{what}: {run.stderr.strip().splitlines()[-1]}")
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found


def machine() -> float:
    """Return how much more two processes do here than one in the same time: on few machines twice as much."""

    def wall(processes: int) -> float:
        work = "d = {}\nfor n in range(2_000_000): d[n % 50_000] = str(n)"
        began = time.perf_counter()
        running = [subprocess.Popen([sys.executable, "-c", work]) for _ in range(processes)]
        for each in running:
            each.wait()
        return time.perf_counter() - began

    return 2 * statistics.median(wall(1) for _ in range(7)) / statistics.median(wall(2) for _ in range(7))


def large(name: str, few: int, many: int) -> int:
    """Grade a class and a large one; report the memory of one call, and the gain from a second job."""
    found = []
    for count, jobs in ((few, 1), (many, 1), (many, 2)):
        with tempfile.TemporaryDirectory() as folder:
            found.append(measured("ours", jobs, build(Path(folder), name, count), name))
    keys = ("peak_mb", "sandbox_mb", "wall", "graded")
    figures = [{key: round(part[key], 1) for key in keys} for part in found]
    grown = found[1]["peak_mb"] / found[0]["peak_mb"]
    faster, possible = found[1]["wall"] / found[2]["wall"], machine()
    print(
        json.dumps({"benchmark": "grading", "students": [few, many, many], "jobs": [1, 1, 2], "of": figures})
    )
    print(f"{many} in one call take {grown:.2f} times the memory of {few} (limit: 1.15)")
    print(
        f"two jobs: {faster:.2f} times as fast as one with {many}, "
        f"where two processors do {possible:.2f} times the work of one (limit: 0.8 of that)"
    )
    whole = all(part["graded"] == many for part in found[1:])
    return int(grown > 1.15 or faster < 0.8 * possible or not whole)


def main() -> int:
    """Run the parts, print the figures, and report whether the limits hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--set", default="ex03_the_sco")
    parser.add_argument(
        "--many",
        type=int,
        help="look only at memory and at what a second job brings, with so many in one call",
    )
    parser.add_argument("--otter", default=os.environ.get("OTTER_ENVIRONMENT"), help="where otter-grader is")
    parser.add_argument("--part", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        what, root, jobs = options.part
        print(json.dumps(part(what, Path(root), options.set, int(jobs))))
        return 0
    count = options.students
    if options.many:
        return large(options.set, count, options.many)
    names = [("sandbox", 1), ("ours", 1), ("ours", 2), ("nbgrader", 1)]
    if options.otter:
        os.environ["OTTER_ENVIRONMENT"] = options.otter
        names.append(("otter", 1))
    with tempfile.TemporaryDirectory() as folder:
        course = build(Path(folder), options.set, count)
        sandbox, one, two, stock, *others = (
            measured(what, jobs, course, options.set) for what, jobs in names
        )
    figures = {
        "benchmark": "grading",
        "students": count,
        "run_and_check_cpu_s": round((sandbox["inside"] + sandbox["outside"]) / count, 4),
        "all_cpu_s": round(one["cpu"] / count, 4),
        "nbgrader_cpu_s": round(stock["cpu"] / count, 4),
        "wall_s": [round(found["wall"], 1) for found in (one, two, stock, *others)],
        "peak_mb": round(one["peak_mb"]),
        "graded": [round(found["graded"]) for found in (one, two, stock, *others)],
    }
    figures["run_and_check_ratio"] = round(figures["nbgrader_cpu_s"] / figures["run_and_check_cpu_s"], 1)
    figures["all_ratio"] = round(figures["nbgrader_cpu_s"] / figures["all_cpu_s"], 1)
    if others:
        figures["otter_cpu_s"] = round(others[0]["cpu"] / count, 4)
    print(json.dumps(figures))
    print(f"run and check: 1/{figures['run_and_check_ratio']} of stock nbgrader's CPU (limit: 1/15)")
    print(f"all, with nbgrader's pipeline: 1/{figures['all_ratio']} (limit: 1/8)")
    if others:
        print(f"all: 1/{figures['otter_cpu_s'] / figures['all_cpu_s']:.1f} of otter-grader's CPU")
    else:
        print("otter-grader was not asked for (--otter)")
    print(f"two jobs: {one['wall'] / two['wall']:.2f} times as fast as one, on {os.cpu_count()} cores")
    whole = all(graded == count for graded in figures["graded"])
    return int(figures["run_and_check_ratio"] < 15 or figures["all_ratio"] < 8 or not whole)


if __name__ == "__main__":
    sys.exit(main())
