"""Grading a class: CPU of this course's grader beside stock nbgrader, on the same submissions in the same
run.

    python benchmarks/grading.py [--students 30] [--set ex03_the_sco] [--only ours|nbgrader]

Each part runs in a process of its own, so that its CPU (its own and its children's) can be told apart. Stock
nbgrader starts a kernel for each submission and runs the student's code beside the gradebook; ours runs it
in a sandbox.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from samarkand.grading import batch, release  # noqa: E402
from samarkand.grading.assessment import Assessor  # noqa: E402
from samarkand.grading.course import Course  # noqa: E402
from samarkand.grading.sandbox import Sandbox  # noqa: E402


def build(folder: Path, name: str, students: int) -> Course:
    """Make a course in which all have handed in right work."""
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
        (target / f"{name}.ipynb").write_text(json.dumps(released))
    return course


def used() -> float:
    """CPU seconds of this process and of its children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def part(what: str, root: Path, name: str, jobs: int) -> dict[str, float]:
    """Run one part and measure it."""
    began, cpu = time.perf_counter(), used()
    course = Course(root, root.parent / "secret")
    found: dict[str, float] = {}
    if what == "sandbox":
        with Sandbox(secret=[root]) as box:
            exercise = course.exercise(name)
            assessor = Assessor(exercise, course.released(exercise), course.seed(), box)
            folders = course.submissions(name)
            first = next(iter(folders))
            assessor.assess(first, folders[first])
            inside, own = 0.0, time.process_time()
            marks = []
            for student, folder in folders.items():
                result = assessor.assess(student, folder)
                inside += result.cpu
                marks.append(result.points)
            found = {"inside": inside, "outside": time.process_time() - own, "marks": sum(marks)}
    elif what == "ours":
        summary = batch.grade(course, name, jobs=jobs, force=True, say=lambda _: None)
        found["graded"] = len(summary.graded)
    else:
        command = [sys.executable, "-m", "nbgrader", "autograde", name, "--force"]
        run = subprocess.run(command, cwd=root, capture_output=True, check=False, text=True)
        found["graded"] = len(list((root / "autograded").glob(f"*/{name}"))) if run.returncode == 0 else 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**found, "wall": time.perf_counter() - began, "cpu": used() - cpu, "peak_mb": peak}


def measured(what: str, jobs: int, course: Course, name: str) -> dict[str, float]:
    """Run one part in a process of its own."""
    shutil.rmtree(course.root / "autograded", ignore_errors=True)
    command = [sys.executable, __file__, "--set", name, "--part", what, str(course.root), str(jobs)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Run the parts, print the figures, say whether the limits hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--set", default="ex03_the_sco")
    parser.add_argument("--part", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        what, root, jobs = options.part
        print(json.dumps(part(what, Path(root), options.set, int(jobs))))
        return 0
    count = options.students
    with tempfile.TemporaryDirectory() as folder:
        course = build(Path(folder), options.set, count)
        parts = (("sandbox", 1), ("ours", 1), ("ours", 2), ("nbgrader", 1))
        sandbox, one, two, stock = (measured(what, jobs, course, options.set) for what, jobs in parts)
    figures = {
        "benchmark": "grading",
        "students": count,
        "run_and_check_cpu_s": round((sandbox["inside"] + sandbox["outside"]) / count, 4),
        "all_cpu_s": round(one["cpu"] / count, 4),
        "nbgrader_cpu_s": round(stock["cpu"] / count, 4),
        "wall_s": [round(found["wall"], 1) for found in (one, two, stock)],
        "peak_mb": round(one["peak_mb"]),
        "graded": [one["graded"], two["graded"], stock["graded"]],
    }
    figures["run_and_check_ratio"] = round(figures["nbgrader_cpu_s"] / figures["run_and_check_cpu_s"], 1)
    figures["all_ratio"] = round(figures["nbgrader_cpu_s"] / figures["all_cpu_s"], 1)
    print(json.dumps(figures))
    print(f"run and check: 1/{figures['run_and_check_ratio']} of stock nbgrader's CPU (limit: 1/20)")
    print(f"all, with nbgrader's pipeline: 1/{figures['all_ratio']} (limit: 1/8)")
    print(f"two jobs: {figures['wall_s'][0] / figures['wall_s'][1]:.2f} times as fast as one")
    return int(figures["run_and_check_ratio"] < 20 or figures["all_ratio"] < 8)


if __name__ == "__main__":
    sys.exit(main())
