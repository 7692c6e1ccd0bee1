"""Files of each assessment: the record for ``explain``, and the notebook that nbgrader shows."""

import contextlib
import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from samarkand.common import files, home
from samarkand.common.errors import DamagedData
from samarkand_grading.classroom.course import Course
from samarkand_grading.classroom.marked_texts import digest_text
from samarkand_grading.marking.assessment import Assessment, HandIn
from samarkand_grading.marking.checks import ExerciseSet, Verdict
from samarkand_grading.sandbox.work import Ran
from samarkand_grading.submission import reading
from samarkand_grading.submission.remarks import Remark

#: To be increased when the same work could get other marks; all work is then graded again.
VERSION = 13


def digest_what_marks_depend_on(course: Course, exercise: ExerciseSet) -> str:
    """Return a digest of everything except the submission that marks depend on."""
    behind = [
        course.notebook("release", exercise.id),
        *course.marked_by(exercise.id),
        home.course_data() / "datapackage.json",
        *sorted(home.course_data().glob("*.csv")),
        *course.root.glob("nbgrader_config.py"),
    ]
    for path in (path for path in behind if not path.is_file()):
        raise DamagedData(f"{path} is missing. Get a fresh copy of the course.", code="missing", file=path)
    digests = (hashlib.sha256(path.read_bytes()).hexdigest() for path in behind)
    parts = [str(VERSION), course.seed(), course.key(), *digests]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def digest_hand_ins(folders: Sequence[Path], name: str, fingerprint: str) -> str:
    """Return a digest of a student's hand-ins, each in a folder, and everything that her marks depend on."""
    parts = [fingerprint.encode()]
    for folder in folders:
        try:
            notebook = reading.read_file(folder, name)
        except reading.Unreadable as problem:
            notebook = reading.NotebookFile(b"", [Remark(problem.code, str(problem))])
        remarks = repr(notebook.remarks).encode()
        parts += [notebook.body, remarks, reading.read_timestamp(folder).encode()]
    return hashlib.sha256(b"\x1f".join(parts)).hexdigest()


def find_record(course: Course, exercise: str, student: str) -> Path:
    """Return the path of the record of an assessment."""
    return course.root / "assessments" / exercise / f"{student}.json"


def notebook_of(course: Course, exercise: str, student: str) -> Path:
    """Return the path of the notebook that Formgrader and nbgrader's feedback show."""
    return course.root / "autograded" / student / exercise / f"{exercise}.ipynb"


def write_record(course: Course, result: Assessment) -> None:
    """Write the record of an assessment atomically."""
    kept = dataclasses.asdict(dataclasses.replace(result, notebook={}))
    body = json.dumps(kept, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    files.write_whole(find_record(course, result.exercise, result.student), body)


def write_notebook(course: Course, result: Assessment, folder: Path) -> None:
    """Write the notebook with printed text, marks and reasons; `folder` is the hand-in's.

    The files of nbgrader's exchange are copied beside it: nbgrader needs them to return feedback.
    """
    path = notebook_of(course, result.exercise, result.student)
    verdicts = {f"{verdict.question}-check": verdict for verdict in result.verdicts}
    notes = [*map(str, result.remarks)]
    if result.trusted:
        notes.insert(0, "This work ran WITHOUT a sandbox: the mark is as good as the trust in its author.")
    for cell in result.notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        key = cell["metadata"].get("nbgrader", {}).get("grade_id") or ""
        ran = result.ran.get(f"cell {key}") or result.ran.get(cell["id"].replace("added-", "added "), Ran())
        printed = ["\n".join(part for part in (ran.text.rstrip("\n"), ran.error) if part)]
        printed += [f"Note: {note}" for note in notes]
        notes = []  # once, in the first cell
        verdict = verdicts.get(key)
        if verdict:
            printed.append(f"{key}: {verdict.points:g} of {verdict.out_of:g}. {verdict.reason}")
        cell["outputs"] = [
            {"output_type": "stream", "name": "stdout", "text": f"{text}\n"} for text in printed if text
        ]
    files.write_whole(path, json.dumps(result.notebook, ensure_ascii=True).encode())
    submitted = course.root / "submitted" / result.student / result.exercise
    for name, place in (("timestamp.txt", folder), ("submission_secret.txt", submitted)):
        with contextlib.suppress(reading.Unreadable):
            files.write_if_changed(path.parent / name, reading.read_plain_file(place / name))


def keep_others(course: Course, result: Assessment, questions: Sequence[str]) -> list[str]:
    """Restore the earlier verdicts on all questions but `questions`; return a sentence for each changed mark.

    If the work itself has changed since, nothing is restored.
    """
    before = read_record(course, result.exercise, result.student)
    kept = {verdict.question: verdict for verdict in before.verdicts} if before else {}
    if read_sources(course, result.exercise, result.student) != _list_sources(result.notebook):
        return []
    result.verdicts = [v if v.question in questions else kept.get(v.question, v) for v in result.verdicts]
    pairs = [(kept[v.question].points, v) for v in result.verdicts if v.question in kept]
    return [f"{v.question} had {points:g}, now {v.points:g}" for points, v in pairs if points != v.points]


def read_sources(course: Course, exercise: str, student: str) -> dict[str, str]:
    """Return the sources of the marked notebook by nbgrader id; empty if there is none."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        return _list_sources(json.loads(notebook_of(course, exercise, student).read_bytes()))
    return {}


def digest_answers(exercise: ExerciseSet, sources: Mapping[str, str]) -> dict[str, str]:
    """Return the digest of each answer that is in the `sources` of a notebook, by question."""
    asked = [question.id for question in exercise.questions] + [written.id for written in exercise.written]
    return {question: digest_text(sources[question]) for question in asked if question in sources}


def _list_sources(notebook: dict[str, Any]) -> dict[str, str]:
    cells = notebook["cells"]
    return {cell["metadata"].get("nbgrader", {}).get("grade_id", ""): cell["source"] for cell in cells}


def find_unchanged(course: Course, exercise: str, student: str, digest: str) -> Assessment | None:
    """Return the earlier assessment with this digest, if its files are all there; else None."""
    kept = read_record(course, exercise, student)
    there = kept and kept.digest == digest and notebook_of(course, exercise, student).is_file()
    return kept if there else None


def read_record(course: Course, exercise: str, student: str) -> Assessment | None:
    """Read the record of a graded submission; None if it has not been graded."""
    return load_assessment(find_record(course, exercise, student))


def _load_remark(kept: dict[str, Any]) -> Remark:
    return Remark(kept["code"], kept["sentence"], tuple(kept["about"]))


def load_assessment(path: Path) -> Assessment | None:
    """Read an assessment from JSON; None if the file is missing, incomplete or from another version."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        kept = json.loads(path.read_bytes())
        kept["verdicts"] = [Verdict(**verdict) for verdict in kept["verdicts"]]
        kept["remarks"] = [_load_remark(remark) for remark in kept["remarks"]]
        kept["ran"] = {key: Ran(**ran) for key, ran in kept["ran"].items()}
        kept["hand_ins"] = [HandIn(**hand_in) for hand_in in kept.get("hand_ins", ())]
        return Assessment(**kept)
    return None
