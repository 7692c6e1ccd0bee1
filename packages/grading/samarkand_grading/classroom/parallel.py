"""Several sandboxes at a time, on this machine or on others: each takes a submission when it has none."""

import contextlib
import queue
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from samarkand_grading.marking.assessment import Assessment
from samarkand_grading.sandbox.box import Sandbox
from samarkand_grading.sandbox.distant import Lost
from samarkand_grading.sandbox.engines import NoSandbox

#: Pairs of student and assessment, or the exception, in order of completion.
Coming = Generator[tuple[str, Assessment | Exception]]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Done:
    """A student's work has its assessment, or cannot have one."""

    student: str
    result: Assessment | Exception


@dataclass(frozen=True)
class Dropped:
    """A student's work was in a sandbox on another machine when that was lost."""

    student: str
    problem: Lost


@dataclass(frozen=True)
class Unusable:
    """A sandbox does not start, or not again: the others do its work."""

    problem: Exception


class Crew:
    """Sandboxes that share out the work of a class among them, each in a thread of its own.

    `assess` assesses the work of a student in a sandbox. Work that is dropped with its machine runs once
    more, in whatever sandbox is free. Work that timed out beside others runs once more by itself at the
    end. `say` takes a line for each reason why a sandbox is not used.
    """

    def __init__(
        self, boxes: Sequence[Sandbox], assess: Callable[[str, Sandbox], Assessment], say: Say
    ) -> None:
        self.boxes, self.assess, self.say = boxes, assess, say
        self._waiting = queue.SimpleQueue[str | None]()
        self._events = queue.SimpleQueue[Done | Dropped | Unusable]()
        self._over = threading.Event()

    def assess_all(self, students: Sequence[str]) -> Coming:
        """Yield each student's assessment, or the exception, in order of completion.

        `NoSandbox` if no sandbox starts at all.
        """
        threads = [threading.Thread(target=self._work_in, args=(box,), daemon=True) for box in self.boxes]
        for thread in threads:
            thread.start()
        finished = False
        try:
            yield from self._hand_out(students)
            finished = True
        finally:
            self._end(threads, finished=finished)

    def _hand_out(self, students: Sequence[str]) -> Coming:
        left = set(students)  # who has no result yet
        running = len(left)  # how many of them wait for a sandbox or are in one
        usable = len(self.boxes)
        dropped, slow, timed_out = set[str](), list[str](), set[str]()
        reasons, said = list[Exception](), set[str]()
        for student in students:
            self._waiting.put(student)
        while left:
            if running == 0:  # only what was slow is left
                self._waiting.put(slow.pop(0))
                running = 1
            event = self._events.get()
            if isinstance(event, Unusable):
                usable -= 1
                reasons.append(event.problem)
                if usable == 0:
                    self._say_others(reasons, said)
                    if len(left) == len(students):
                        raise event.problem
                    for student in sorted(left):
                        yield student, event.problem
                    return
            elif isinstance(event, Dropped) and event.student not in dropped:
                dropped.add(event.student)
                self._waiting.put(event.student)
            elif self._was_slow(event) and event.student not in timed_out:
                running -= 1
                timed_out.add(event.student)
                slow.append(event.student)
            else:
                running -= 1
                left.remove(event.student)
                self._say_all(reasons, said)
                yield event.student, event.problem if isinstance(event, Dropped) else event.result

    def _was_slow(self, event: Done | Dropped) -> bool:
        """Return whether work reached a time limit beside other work."""
        if len(self.boxes) == 1 or isinstance(event, Dropped):
            return False
        return isinstance(event.result, Assessment) and event.result.slow

    def _say_all(self, reasons: list[Exception], said: set[str]) -> None:
        """Say each reason why a sandbox is not used, once."""
        for reason in map(str, reasons):
            if reason not in said:
                said.add(reason)
                self.say(reason)

    def _say_others(self, reasons: list[Exception], said: set[str]) -> None:
        """Say each reason but the last, which is reported by who gets it."""
        said.add(str(reasons[-1]))
        self._say_all(reasons, said)

    def _work_in(self, box: Sandbox) -> None:
        """Take one submission after another into a sandbox, until none is left or it is of no use."""
        try:
            while not self._over.is_set():
                try:
                    box.start()
                except Exception as problem:
                    self._events.put(Unusable(problem))
                    return
                student = self._waiting.get()
                if student is None:
                    return
                self._events.put(self._assess_in(box, student))
        finally:
            box.stop()

    def _assess_in(self, box: Sandbox, student: str) -> Done | Dropped:
        """Assess a student's work in a sandbox; whatever goes wrong is a result, too."""
        try:
            return Done(student, self.assess(student, box))
        except Lost as problem:
            return Dropped(student, problem)
        except NoSandbox:
            pass  # the sandbox has ended: once more, below
        except Exception as error:
            return Done(student, error)
        # A new sandbox then knows whether the work itself has ended the first one.
        try:
            box.stop()
            return Done(student, self.assess(student, box))
        except Exception as error:
            return Done(student, error)

    def _end(self, threads: Sequence[threading.Thread], *, finished: bool) -> None:
        """End all threads: when work is finished, sandboxes that are warm end by themselves."""
        self._over.set()
        with contextlib.suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()
        for _ in threads:
            self._waiting.put(None)
        for box, thread in zip(self.boxes, threads, strict=True):
            while thread.is_alive():
                if not (finished and box.warm):
                    box.kill()
                thread.join(0.2)
