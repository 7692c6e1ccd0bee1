"""A lesson begins from memory: three questions, two of them on what took the student many runs."""

import pandas as pd
import pytest

from samarkand.common import journal, log
from samarkand.common.errors import UnknownName
from samarkand.lab import cells
from samarkand.practice import memory, progress
from samarkand.practice.tasks import judge_answer

QUESTIONS = list(memory.QUESTIONS.values())


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.name)
def test_the_model_is_right_and_each_known_mistake_gets_its_own_reply(question: memory.Question) -> None:
    assert question.asks in question.model or question.asks == '"] = '  # a column needs two lines
    assert judge_answer(question.task, question.run(question.model), cells.Look()).state == "right"
    for mistake in question.task.mistakes:
        reply = judge_answer(question.task, mistake.wrong(), cells.Look())
        assert reply.state == "wrong"
        assert mistake.reason in reply.sentence


@pytest.mark.parametrize("number", memory.CHOICE)
def test_a_lesson_asks_three_questions_about_earlier_lessons(number: str) -> None:
    asked = memory.choose_questions(number)
    assert len({question.name for question in asked}) == memory.ASKED
    assert all(question.lesson < number for question in asked)


def fail(task: str, runs: int) -> None:
    for _ in range(runs - 1):
        log.log_result(task, "wrong")
    log.log_result(task, "right")


def test_what_took_four_runs_is_asked_again_the_hardest_first_and_only_two() -> None:
    fail("02.1", 4)  # groupby
    fail("01.4", 6)  # days
    fail("02.4", 5)  # crosstab
    fail("00.3", 3)
    asked = [question.name for question in memory.choose_questions("05")]
    assert asked == ["days", "cross", "column"]
    assert memory.find_hard() == ["01.4", "02.4", "02.1"]
    assert memory.find_hard("02") == ["01.4"]


def test_what_was_asked_stays_asked_although_it_is_right_by_now() -> None:
    fail("01.4", 6)
    before = memory.choose_questions("04")
    assert before[0].name == "days"
    replies = memory.check("04", before[0].run(before[0].model), ..., ...)
    assert [one.state for one in replies.all] == ["right", "open", "open"]
    fail("02.4", 9)
    assert memory.choose_questions("04") == before
    assert "days" not in [question.name for question in memory.choose_questions("05")], "she knows it now"


def test_a_reader_sees_the_usual_questions_and_a_student_hers() -> None:
    usual = memory.ask("03")
    fail("01.4", 6)
    hers = memory.ask("04")
    assert usual.asked != hers.asked
    assert repr(usual) == repr(memory.ask("03"))
    assert memory.QUESTIONS["count"].text in repr(hers)


def test_answers_are_judged_one_by_one_and_none_at_first() -> None:
    assert repr(memory.check("04", ..., ..., ...)) == "Not answered yet."
    frame = pd.DataFrame({"mode": ["pipeline, oil"]})
    replies = memory.check("04", frame, 12, ...)
    assert [one.state for one in replies.all] == ["wrong", "wrong", "open"]
    assert not replies
    with pytest.raises(UnknownName):
        memory.ask("12")


def test_the_end_of_a_lesson_names_what_will_be_asked_again() -> None:
    fail("01.4", 6)
    fail("01.2", 2)
    shown = progress.lesson("01").html
    assert "01.4" in shown.partition("To review")[2].partition("Still open")[0]
    items = {item.id: item.hard for item in progress.list_items(progress.read_lessons()[1])}
    assert items["01.4"] and not items["01.2"]


def test_the_choice_is_made_anew_where_nothing_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise memory.CourseError("The disk is full.", code="not written")

    monkeypatch.setattr(journal, "add_entry", refuse)
    assert [question.name for question in memory.choose_questions("04")] == list(memory.CHOICE["04"])
