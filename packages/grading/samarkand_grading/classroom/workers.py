"""Submissions side by side: the sandboxes they run in, and the order in which they are taken."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from samarkand_grading.classroom.course import Course
from samarkand_grading.marking.assessment import Assessment, Assessor, Work
from samarkand_grading.marking.checks import ExerciseSet
from samarkand_grading.sandbox.box import NoSandbox, Sandbox

#: More sandboxes than this would only wait for nbgrader's part, which takes one submission at a time.
MOST_JOBS = 6
#: More than this for each processor would only use memory, however many are asked for.
MOST_JOBS_EACH = 4


def processors() -> int:
    """Return how many submissions to work on at a time, if nobody has chosen."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, MOST_JOBS)


class Boxes:
    """A few sandboxes, each used by one thread at a time."""

    def __init__(self, course: Course, exercise: ExerciseSet, jobs: int, trusted: bool) -> None:
        self.count = jobs
        secret = [course.root, course.secret, *course.exchanges]
        self._all = [Sandbox(secret=secret, tables=course.tables(exercise), trusted=trusted)]
        self._free: queue.Queue[Sandbox] = queue.Queue()
        self._turn, self._running, self._taken = threading.Condition(), 0, False

    def __enter__(self) -> Boxes:
        first = self._all[0]
        first.launch()
        self._all += [first.another() for _ in range(1, self.count)]
        for box in self._all:
            self._free.put(box)
        return self

    def __exit__(self, *_: object) -> None:
        for box in self._all:
            box.stop()

    def assess(self, assessor: Assessor, work: Work) -> Assessment:
        """Run one submission in a free sandbox; if the sandbox dies, run it once more in a new one."""
        box = self._free.get()
        self._enter()
        try:
            try:
                return assessor.run(work, box)
            except NoSandbox:
                box.stop()
                return assessor.run(work, box, again=True)
        finally:
            self._leave()
            self._free.put(box)

    def _enter(self) -> None:
        with self._turn:
            self._turn.wait_for(lambda: not self._taken)
            self._running += 1

    def _leave(self) -> None:
        with self._turn:
            self._running -= 1
            self._turn.notify_all()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until all other submissions have run, and keep new ones from starting."""
        self._leave()
        with self._turn:
            self._turn.wait_for(lambda: not self._taken)
            self._taken = True
            self._turn.wait_for(lambda: not self._running)
        try:
            yield
        finally:
            with self._turn:
                self._taken = False
                self._running += 1
                self._turn.notify_all()


class Ahead:
    """Assesses submissions in parallel, a few ahead of the one being written, in the order of writing.

    Only a few, since memory would otherwise grow with the class; with one job none, which leaves the rest of
    the machine free. Use it as a context manager. `errors` says why a student has no assessment.
    """

    MOST = 8

    def __init__(self, students: Iterable[str], work: Callable[[str], Assessment], jobs: int) -> None:
        self._work = work
        self._students = iter(students)
        self._pool = ThreadPoolExecutor(jobs) if jobs > 1 else None
        self._pending: dict[str, Future[Assessment]] = {}
        self._taken: dict[str, Assessment] = {}
        self.errors: dict[str, Exception] = {}
        if self._pool is not None:
            for _ in range(jobs + self.MOST):
                self._send_one_more()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _send_one_more(self) -> None:
        student = next(self._students, None)
        if self._pool is not None and student is not None:
            self._pending[student] = self._pool.submit(self._work, student)

    def take(self, student: str) -> Assessment:
        """Wait for a student's assessment, and drop the one taken before; raise what went wrong in it."""
        if student in self.errors:
            raise self.errors[student]
        if student not in self._taken:
            self._taken.clear()
            try:
                if self._pool is None:
                    self._taken[student] = self._work(student)
                else:
                    self._taken[student] = self._pending.pop(student).result()
            except Exception as error:
                self.errors[student] = error
                raise
            finally:
                self._send_one_more()
        return self._taken[student]


class Progress:
    """Prints one line for each submission, with the time that is left."""

    def __init__(self, total: int, say: Callable[[str], None]) -> None:
        self.total, self.say = total, say
        self.count, self.began = 0, time.monotonic()

    def step(self, result: Assessment) -> None:
        """Report the result of one submission."""
        self.count += 1
        left = (time.monotonic() - self.began) / self.count * (self.total - self.count)
        flags = "".join(f" [{flag}]" for flag in _flags(result))
        clock = f" {left:.0f} s left" if self.count < self.total else ""
        mark = f"{result.points:g} of {result.out_of:g}"
        self.say(f"[{self.count}/{self.total}]{clock} {result.student}: {mark}{flags}")


def _flags(result: Assessment) -> Iterator[str]:
    if result.ended != "finished":
        yield result.ended
    if result.remarks and result.ended == "finished":
        count = len(result.remarks)
        yield "1 remark" if count == 1 else f"{count} remarks"
    if result.trusted:
        yield "no sandbox"
