"""Grade on a cluster: submissions are shared out among tasks of Slurm or Kubernetes, results are files.

A task runs in the folder of the class, which all machines share. It is given a number, takes its share of the
list that lies in ``tasks/<set>``, and puts one file of JSON beside it for each student. Only the program that
wrote the list writes the gradebook. A submission that has its file is not run again, whatever was killed.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import shlex
import shutil
import string
import subprocess
import sys
import time
from pathlib import Path

from samarkand.common import files
from samarkand.common.errors import CourseError
from samarkand_grading.classroom import batch, records
from samarkand_grading.classroom.batch import Coming, Say, Todo
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking.checks import ExerciseSet
from samarkand_grading.sandbox.work import LIMITS, Limits

#: The maximum number of tasks in a job: Slurm's default limit is 1001.
MOST = 1000
#: Seconds between two queries of a job's state.
PAUSE = 1.0


def folder_of(course: Course, exercise: str) -> Path:
    """Return the folder of the list of tasks and their results."""
    return course.root / "tasks" / exercise


def work(course: Course, name: str, number: int, limits: Limits = LIMITS) -> list[str]:
    """Run task `number`: grade each submission of its share that has no result yet.

    Return a sentence for each that could not be graded. `CourseError` if the machine that wrote the list has
    another course than this one.
    """
    exercise = course.exercise(name)
    folder, troubles = folder_of(course, exercise.id), []
    listed = json.loads(Path(folder, "list").read_bytes())
    if listed["behind"] != records.fingerprint(course, exercise):
        raise CourseError("Checks, tables or secret are others here than where the tasks were listed.")
    share = {one: (course.root / place, d) for one, place, d in listed["students"][number :: listed["tasks"]]}
    done = {one: kept.digest for one in share if (kept := records.load(folder / f"{one}.json"))}
    todo = {one: (place, digest) for one, (place, digest) in share.items() if done.get(one) != digest}
    if not todo:
        return []
    results = batch.assess_here(course, exercise, todo, jobs=1, limits=limits, trusted=False)
    with contextlib.closing(results) as coming:
        for student, result in coming:
            if isinstance(result, Exception):
                troubles.append(f"{student}: {result}")
                continue
            result.digest = todo[student][1]
            files.write_whole(folder / f"{student}.json", json.dumps(dataclasses.asdict(result)).encode())
            print(f"{student}: {result.points:g} of {result.out_of:g}", flush=True)
    return troubles


def _take(course: Course, exercise: ExerciseSet, waiting: Todo, *, again: bool) -> Coming:
    """Yield the finished results of `waiting`; with `again`, leave timed-out work to another task."""
    for student, (_, digest) in list(waiting.items()):
        path = Path(folder_of(course, exercise.id), f"{student}.json")
        result = records.load(path)
        if not result or result.digest != digest:
            continue
        if result.slow and again:
            path.unlink()
        else:
            del waiting[student]
            yield student, result


def _list(course: Course, exercise: ExerciseSet, waiting: Todo, most: int) -> int:
    """Write the list of waiting submissions for the tasks; return the number of tasks."""
    count = min(len(waiting), most)
    students = [(one, str(path.relative_to(course.root)), digest) for one, (path, digest) in waiting.items()]
    listed = {"tasks": count, "behind": records.fingerprint(course, exercise), "students": students}
    Path(course.root, "tasks").mkdir(mode=0o700, exist_ok=True)
    files.write_whole(folder_of(course, exercise.id) / "list", json.dumps(listed).encode())
    return count


def _clear(course: Course, exercise: ExerciseSet) -> None:
    """Remove the results that are in the gradebook, and all else if none is left."""
    folder = folder_of(course, exercise.id)
    for path in folder.glob("*.json"):
        result = records.load(path)
        if not result or records.find_unchanged(course, exercise.id, result.student, result.digest):
            path.unlink()
    if not any(folder.glob("*.json")):
        shutil.rmtree(folder, ignore_errors=True)


def use_slurm(  # noqa: PLR0913 - the options of the verb
    course: Course, exercise: ExerciseSet, waiting: Todo, *, most: int = MOST, force: bool = False,
    say: Say = print,
) -> Coming:  # fmt: skip
    """Assess by a Slurm job array of at most `most` tasks; set ``SBATCH_...`` for options.

    Work that was killed or lost with its node runs once more. A cancelled job is not repeated.
    """
    folder, why = folder_of(course, exercise.id), dict[str, str]()
    if shutil.which("sbatch") is None:
        raise CourseError("There is no Slurm here: sbatch is not installed.")
    if force:
        shutil.rmtree(folder, ignore_errors=True)
    for again in (True, False):
        yield from _take(course, exercise, waiting, again=again)
        if not waiting:
            break
        count, asked = _list(course, exercise, waiting, most), [*waiting]
        job = _submit(course, exercise, count)
        say(f"{count} tasks are job {job} of Slurm: squeue --jobs={job} shows them.")
        try:
            while _queue(job):
                time.sleep(PAUSE)
                yield from _take(course, exercise, waiting, again=again)
        except BaseException:  # whoever interrupts this does not want the job either
            subprocess.run(["scancel", job], capture_output=True, check=False)
            raise
        yield from _take(course, exercise, waiting, again=again)
        logs = {student: folder / f"{job}_{n % count}.log" for n, student in enumerate(asked)}
        why = {student: _last_line(logs[student]) for student in waiting}
        if _queue(job, "--states=CANCELLED"):
            break
    for student in waiting:
        yield student, CourseError(f"no result came from Slurm ({why[student]}); run the same command again")
    _clear(course, exercise)


def _submit(course: Course, exercise: ExerciseSet, count: int) -> str:
    """Submit a job array to Slurm, which waits for an earlier job of this set; return the job's number."""
    words = [sys.executable, "-m", "samarkand", "grade", exercise.id, "--course", str(course.root)]
    words += ["--secret", str(course.secret.resolve()), "--share"]
    name = f"samarkand-{exercise.id}-{hashlib.sha256(bytes(course.root)).hexdigest()[:8]}"
    options = f"--parsable --array=0-{count - 1} --job-name={name} --dependency=singleton --requeue"
    done = subprocess.run(
        ["sbatch", *options.split(), f"--chdir={folder_of(course, exercise.id)}", "--output=%A_%a.log"],
        input=f'#!/bin/sh\nexec {shlex.join(words)} "$SLURM_ARRAY_TASK_ID"\n', capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise CourseError(f"Slurm took no tasks: {' '.join(done.stderr.split())}")
    return done.stdout.strip().partition(";")[0]


def _queue(job: str, *options: str) -> bool:
    """Return whether Slurm still has tasks of a job, or does not say."""
    command = ["squeue", "--noheader", f"--jobs={job}", "--format=%T", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "Invalid job id" not in done.stderr if done.returncode else bool(done.stdout.strip())


def _last_line(log: Path) -> str:
    with contextlib.suppress(OSError):
        if lines := log.read_text(encoding="utf-8", errors="replace").split("\n\n")[-1].strip().splitlines():
            return lines[-1].rstrip(".")
    return "its task did not begin"


def use_kubernetes(  # noqa: PLR0913 - the options of the verb
    course: Course, exercise: ExerciseSet, waiting: Todo, *, out: Path, image: str, most: int = MOST
) -> Coming:
    """Take the finished results, and write an Indexed Job of at most `most` tasks for the rest to `out`."""
    yield from _take(course, exercise, waiting, again=False)
    if not waiting:
        _clear(course, exercise)
        return
    name = f"samarkand-{exercise.id.replace('_', '-')}-{time.time():.0f}"
    # The sandbox makes namespaces, which a container's usual profiles do not allow.
    template = Path(__file__).with_name("job.txt").read_text(encoding="utf-8")
    job = string.Template(template).substitute(
        name=name, set=exercise.id, image=json.dumps(image), user=os.getuid() or 1000,
        count=_list(course, exercise, waiting, most),
    )  # fmt: skip
    files.write_whole(out, job.encode())
    then = f"kubectl apply --filename {out}, and then the same command again"
    print(f"{len(waiting)} submissions wait: {then}.")
