"""Marks in the page, with a page of the test's own: what is told, and when the second Python ends."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from samarkand.practice.sets import page_marks

DONE = {"report": "ex03_the_sco: 10 of 10 points", "points": 10, "out_of": 10}


@dataclass
class FakeWorker:
    """A worker that keeps what it is sent, and answers when the test says so."""

    told: Callable[[Mapping[str, Any]], None]
    sent: list[Mapping[str, Any]] = field(default_factory=list)
    ended: bool = False

    def send(self, message: Mapping[str, Any]) -> None:
        self.sent.append(message)

    def end(self) -> None:
        self.ended = True

    def answer(self) -> None:
        """Answer the newest order."""
        self.told({"id": self.sent[-1]["id"], "marks": json.dumps(DONE)})


@dataclass
class FakePage:
    """A page with a clock that the test moves."""

    workers: list[FakeWorker] = field(default_factory=list)
    now: float = 0
    alarms: dict[int, tuple[float, Callable[[], None]]] = field(default_factory=dict)
    count: int = 0

    def start_worker(self, told: Callable[[Mapping[str, Any]], None]) -> FakeWorker:
        self.workers.append(FakeWorker(told))
        return self.workers[-1]

    def call_later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        self.count += 1
        number = self.count
        self.alarms[number] = (self.now + seconds, call)
        return lambda: self.alarms.pop(number, None) and None

    def wait(self, seconds: float) -> None:
        self.now += seconds
        for number, (at, call) in list(self.alarms.items()):
            if at <= self.now and self.alarms.pop(number, None):
                call()


@pytest.fixture
def page() -> FakePage:
    return FakePage()


def order(marker: page_marks.PageMarker) -> list[dict[str, Any]]:
    """Press the button; return the list that the result comes into."""
    came: list[dict[str, Any]] = []
    marker.mark("ex03_the_sco", "{}", "ada", came.append)
    return came


def test_one_worker_marks_one_set_after_another(page: FakePage) -> None:
    marker = page_marks.PageMarker(page)
    first = order(marker)
    (worker,) = page.workers
    assert marker.busy and first == []
    assert order(marker) == [] and len(worker.sent) == 1, "one at a time"
    worker.told({"ready": True})
    worker.answer()
    assert first == [DONE] and not marker.busy
    second = order(marker)
    worker.answer()
    assert second == [DONE] and page.workers == [worker]


def test_work_without_end_is_ended_and_the_next_set_has_another_worker(page: FakePage) -> None:
    marker = page_marks.PageMarker(page)
    came = order(marker)
    (worker,) = page.workers
    page.wait(page_marks.TO_LOAD - 1)
    assert came == [] and not worker.ended, "it loads"
    worker.told({"ready": True})
    page.wait(page_marks.TO_MARK - 1)
    assert came == [] and not worker.ended
    page.wait(1)
    assert came == [{"trouble": page_marks.ENDLESS}] and worker.ended and not marker.busy
    again = order(marker)
    assert len(page.workers) == 2
    page.workers[-1].told({"ready": True})
    page.workers[-1].answer()
    assert again == [DONE]


def test_what_cannot_be_loaded_is_told_and_tried_again(page: FakePage) -> None:
    marker = page_marks.PageMarker(page)
    came = order(marker)
    page.workers[0].told({"failed": "NetworkError"})
    assert came == [{"trouble": page_marks.NOT_LOADED}] and page.workers[0].ended
    late = order(marker)
    page.wait(page_marks.TO_LOAD)
    assert late == [{"trouble": page_marks.NOT_LOADED}] and page.workers[1].ended


def test_what_breaks_python_in_there_is_told_by_its_last_line(page: FakePage) -> None:
    marker = page_marks.PageMarker(page)
    came = order(marker)
    page.workers[0].told({"ready": True})
    page.workers[0].told({"failed": "Traceback\n  ...\nRecursionError: too deep\n"})
    assert came == [{"trouble": "Marking broke off: RecursionError: too deep"}] and page.workers[0].ended


def test_an_idle_worker_is_ended_and_a_late_answer_changes_nothing(page: FakePage) -> None:
    marker = page_marks.PageMarker(page)
    came = order(marker)
    (worker,) = page.workers
    worker.told({"ready": True})
    worker.answer()
    page.wait(page_marks.IDLE - 1)
    assert not worker.ended
    page.wait(1)
    assert worker.ended
    worker.answer()
    assert came == [DONE]
    order(marker)
    assert len(page.workers) == 2
