"""The text that a person's points and comment were given for: they count for no other.

When another text is handed in, points and comment are set aside, and the answer is open again. When the
earlier text comes back, so do they. They are kept in the gradebook, in tables that nbgrader does not
know, to be backed up and restored with it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: What each grade cell's answer was when its marks were written last; marks for other texts than that; and
#: the points of each row of a rubric.
TABLES = {
    "marked_text": "CREATE TABLE IF NOT EXISTS marked_text (exercise TEXT, student TEXT, cell TEXT, "
    "digest TEXT, UNIQUE (exercise, student, cell))",
    "earlier_mark": "CREATE TABLE IF NOT EXISTS earlier_mark (exercise TEXT, student TEXT, cell TEXT, "
    "digest TEXT, points DOUBLE PRECISION, extra DOUBLE PRECISION, comment TEXT, "
    "UNIQUE (exercise, student, cell, digest))",
    "row_points": "CREATE TABLE IF NOT EXISTS row_points (exercise TEXT, student TEXT, cell TEXT, "
    "digest TEXT, marker TEXT, criterion TEXT, points INTEGER, "
    "UNIQUE (exercise, student, cell, digest, marker, criterion))",
}
_KEEP_TEXT = (
    "INSERT INTO marked_text (exercise, student, cell, digest) VALUES (:exercise, :student, :cell, :digest) "
    "ON CONFLICT (exercise, student, cell) DO UPDATE SET digest = excluded.digest"
)
_KEEP_MARK = (
    "INSERT INTO earlier_mark (exercise, student, cell, digest, points, extra, comment) "
    "VALUES (:exercise, :student, :cell, :digest, :points, :extra, :comment) "
    "ON CONFLICT (exercise, student, cell, digest) "
    "DO UPDATE SET points = excluded.points, extra = excluded.extra, comment = excluded.comment"
)
_KEEP_ROW = (
    "INSERT INTO row_points (exercise, student, cell, digest, marker, criterion, points) "
    "VALUES (:exercise, :student, :cell, :digest, :marker, :criterion, :points) "
    "ON CONFLICT (exercise, student, cell, digest, marker, criterion) DO UPDATE SET points = excluded.points"
)
_WHICH = "exercise = :exercise AND student = :student AND cell = :cell"


def digest_text(text: str) -> str:
    """Return the digest of an answer, without the white space at line ends and around it.

    Examples
    --------
    >>> digest_text(" Because. ") == digest_text("Because.")
    True
    """
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()[:32]


@dataclass(frozen=True)
class EarlierMark:
    """A person's mark of an answer: `points` or None, `extra` credit, a `comment`; `digest` is its text's."""

    cell: str
    digest: str
    points: float | None
    extra: float
    comment: str

    @property
    def question(self) -> str:
        """The id of the question."""
        return self.cell.removesuffix("-check")

    def __str__(self) -> str:
        points = "no points" if self.points is None else f"{self.points + self.extra:g} points"
        return f"{points}: {self.comment}" if self.comment else points


@dataclass
class Moves:
    """The marks that were `set_aside` since another text is there now, and those that came `back`."""

    set_aside: list[EarlierMark]
    back: list[EarlierMark]

    def __str__(self) -> str:
        told = []
        for mark in self.set_aside:
            told.append(f"a person's mark of {mark.question} was for another text ({mark})")
        for mark in self.back:
            told.append(f"{mark.question} has a person's mark of this text again ({mark})")
        return "; ".join(told)


class TextKeeper:
    """Keeper of what texts the marks of a set were given for, within nbgrader's own transaction."""

    def __init__(self, session: Any, exercise: str, student: str) -> None:
        from sqlalchemy import text

        self._make = text
        self._session = session
        self._who = {"exercise": exercise, "student": student}

    def move(
        self, grades: Any, comments: Mapping[str, Any], now: Mapping[str, str], last: Mapping[str, str]
    ) -> Moves:
        """Set aside the marks of other texts than those that are there `now`, and put back those of these.

        `grades` are nbgrader's of a notebook, `comments` its comments by cell; `now` has the digest of each
        answer by question, and `last` that of the work graded before, for a gradebook that does not know it.
        """
        moves = Moves([], [])
        for grade in grades:
            cell = grade.cell.name
            question = cell.removesuffix("-check")
            if question not in now:
                continue
            before = self._read_text(cell) or last.get(question, now[question])
            comment = comments.get(question)
            mark = EarlierMark(
                cell=cell,
                digest=before,
                points=grade.manual_score,
                extra=grade.extra_credit or 0.0,
                comment=(comment and comment.manual_comment) or "",
            )
            by_hand = mark.points is not None or mark.extra or mark.comment
            if by_hand and before != now[question]:
                self._run(_KEEP_MARK, **vars(mark))
                _write_mark(grade, comment, None)
                moves.set_aside.append(mark)
                by_hand = False
            kept = None if by_hand else self._read_mark(cell, now[question])
            if kept:
                _write_mark(grade, comment, kept)
                moves.back.append(kept)
            self._run(_KEEP_TEXT, cell=cell, digest=now[question])
        return moves

    def keep_rows(self, cell: str, digest: str, marker: str, rows: Mapping[str, int]) -> None:
        """Keep the points that a marker gave a text, by row of the rubric."""
        for criterion, points in rows.items():
            self._run(_KEEP_ROW, cell=cell, digest=digest, marker=marker, criterion=criterion, points=points)
        self._run(_KEEP_TEXT, cell=cell, digest=digest)

    def _run(self, words: str, **values: Any) -> Any:
        return self._session.execute(self._make(words), self._who | values)

    def _read_text(self, cell: str) -> str:
        row = self._run(f"SELECT digest FROM marked_text WHERE {_WHICH}", cell=cell).fetchone()
        return row[0] if row else ""

    def _read_mark(self, cell: str, digest: str) -> EarlierMark | None:
        words = f"SELECT points, extra, comment FROM earlier_mark WHERE {_WHICH} AND digest = :digest"
        row = self._run(words, cell=cell, digest=digest).fetchone()
        return EarlierMark(cell, digest, *row) if row else None


def _write_mark(grade: Any, comment: Any, mark: EarlierMark | None) -> None:
    """Write a person's mark into nbgrader's grade and comment; None takes away what is there."""
    grade.manual_score = mark.points if mark else None
    grade.extra_credit = mark.extra if mark else 0.0
    grade.needs_manual_grade = grade.manual_score is None and grade.auto_score is None
    if comment is not None:
        comment.manual_comment = (mark.comment or None) if mark else None
