"""What a student handed in more than once: all of it is kept, and the newest or the best counts."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from samarkand.common import files
from samarkand.common.errors import CourseError
from samarkand_grading.classroom import gradebook, times
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking.assessment import Assessment, HandIn
from samarkand_grading.marking.checks import ExerciseSet
from samarkand_grading.submission import reading

#: The folder below a student's for work that newer work has replaced.
EARLIER = ".earlier"
#: What may count, by the setting ``c.HandIns.counts`` in ``nbgrader_config.py``; the first unless it is set.
NEWEST, BEST = "newest", "best"


class UnknownRule(CourseError):
    """The setting that says which hand-in counts has a `value` that means nothing."""

    def __init__(self, value: object) -> None:
        super().__init__(
            f'c.HandIns.counts in nbgrader_config.py is "{NEWEST}" or "{BEST}", not {value!r}: it says '
            "which hand-in counts of a student who handed in more than once.",
            code="unusable setting",
        )
        self.value = value


@dataclass(frozen=True)
class Work:
    """A student's work on a set: the folder of the newest, those of earlier work, the oldest first.

    `digest` is that of all of it and of everything else that the mark depends on.
    """

    folder: Path
    digest: str = ""
    earlier: Sequence[Path] = ()

    @property
    def folders(self) -> list[Path]:
        """The folders of all hand-ins, the newest last."""
        return [*self.earlier, self.folder]


def read_rule(course: Course) -> str:
    """Return which hand-in counts, `NEWEST` or `BEST`; `UnknownRule`."""
    value = course.settings().HandIns.get("counts", NEWEST)
    if value not in (NEWEST, BEST):
        raise UnknownRule(value)
    return str(value)


def keep_aside(folder: Path) -> Path:
    """Copy the work of a student on a set, and its time, before newer work replaces it.

    Parameters
    ----------
    folder : Path
        ``submitted/<student>/<set>``, which has a notebook.

    Returns
    -------
    Path
        The folder of the copy, which is one of those of `list_earlier`.
    """
    body = (folder / f"{folder.name}.ipynb").read_bytes()
    return keep_earlier(folder, body, reading.read_timestamp(folder))


def keep_earlier(folder: Path, body: bytes, time: str) -> Path:
    """Keep a notebook that was handed in before the one in ``submitted/<student>/<set>``.

    The same notebook is kept once, and with its first time.

    Parameters
    ----------
    folder : Path
        ``submitted/<student>/<set>``.
    body : bytes
        The notebook.
    time : str
        When it was handed in, as in ``timestamp.txt``; empty if that is not known.

    Returns
    -------
    Path
        Its folder, which is one of those of `list_earlier`.
    """
    aside = folder.parent / EARLIER / folder.name / hashlib.sha256(body).hexdigest()[:12]
    files.write_if_changed(aside / f"{folder.name}.ipynb", body)
    before = reading.read_timestamp(aside)
    if time and not (before and times.is_later(time, before)):
        files.write_if_changed(aside / "timestamp.txt", f"{time}\n".encode())
    return aside


def list_earlier(folder: Path) -> list[Path]:
    """Return the folders of work that was replaced by what is in ``submitted/<student>/<set>``, by time."""
    place = folder.parent / EARLIER / folder.name
    if place.is_symlink() or not place.is_dir():
        return []
    found = [path for path in place.iterdir() if path.is_dir() and not path.is_symlink()]
    return sorted(found, key=lambda path: (read_time(path) or dt.datetime.min, path.name))


def read_time(folder: Path) -> dt.datetime | None:
    """Return when work was handed in, in UTC; None if its folder does not say.

    nbgrader's own parser takes an offset after a space for seconds.
    """
    try:
        return times.parse_utc(reading.read_timestamp(folder))
    except (ValueError, KeyError, OverflowError, OSError):
        return None


class Chooser:
    """Chooses which of a student's hand-ins counts, by the rule of the course.

    The best is the one with the most points of the checks, less the penalty for being late. A person may
    still have to mark written answers: a hand-in without them yields to one that has them. Of two that are
    as good, the one in time counts, or else the newer.
    """

    def __init__(self, course: Course, exercise: ExerciseSet) -> None:
        self.rule = read_rule(course)
        self._penalties = gradebook.make_penalties(course)
        self._left_out = gradebook.read_left_out(course.gradebook, exercise.id)
        self._due = gradebook.read_due(course.gradebook, exercise.id)
        self._ends: Mapping[str, dt.datetime] = gradebook.read_ends(course.gradebook, exercise.id)

    def list_to_grade(self, work: Work) -> list[Path]:
        """Return the folders of the hand-ins that may count."""
        return work.folders if self.rule == BEST else [work.folder]

    def choose(self, student: str, work: Work, results: Sequence[Assessment]) -> Assessment:
        """Return the assessment that counts, with all hand-ins in it if there are several.

        `results` are those of the folders of `list_to_grade`, in their order.
        """
        if not work.earlier:
            return results[-1]
        graded = dict(zip(self.list_to_grade(work), results, strict=True))
        hand_ins = [self._describe(student, folder, graded.get(folder)) for folder in work.folders]
        best = max(range(len(hand_ins)), key=lambda number: (hand_ins[number].rank, number))
        hand_ins[best] = replace(hand_ins[best], counts=True)
        chosen = graded[work.folders[best]]
        chosen.hand_ins = hand_ins
        return chosen

    def _describe(self, student: str, folder: Path, result: Assessment | None) -> HandIn:
        """Return a hand-in with its points, if it was graded."""
        moment = read_time(folder)
        end = self._ends.get(student, self._due)
        late = max(0.0, (moment - end).total_seconds()) if moment and end else 0.0
        hand_in = HandIn(moment.isoformat() if moment else "", late)
        if result is None:
            return hand_in
        none = self._left_out.get(student, ())
        points = sum(v.points for v in result.verdicts if f"{v.question}-check" not in none)
        if late:
            points -= gradebook.measure_penalty(self._penalties, student, points, late)
        return replace(hand_in, points=points, written=len(result.written), slow=result.slow)


def find_folder(work: Work, result: Assessment) -> Path:
    """Return the folder of the hand-in that counts."""
    for folder, hand_in in zip(work.folders, result.hand_ins, strict=False):
        if hand_in.counts:
            return folder
    return work.folder
