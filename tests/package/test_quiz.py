"""Quizzes: asked by their id, answered by mouse or keyboard; no question, no sentence that gives it away."""

from __future__ import annotations

import itertools

import ipywidgets as widgets
import pytest

from samarkand.ground.errors import UnknownName
from samarkand.practice import questions, quiz
from samarkand.practice.questions import Option, Quiz

OPTIONS = ["Astana", "Samarkand", "Tashkent"]


def one() -> quiz.Choice:
    hints = ("The first stop.", "", "The capital.")
    own = tuple(map(Option, OPTIONS, hints))
    return quiz.Choice(Quiz("01.met", "Where did it meet?", own, "On 15 September."))


def many() -> quiz.Choice:
    own = tuple(map(Option, OPTIONS, ("In Kazakhstan.", "", "")))
    return quiz.Choice(Quiz("01.both", "Which are in Uzbekistan?", own, "Both."))


def inside(box: widgets.Widget, kind: type) -> list[widgets.Widget]:
    return [child for child in box.children if isinstance(child, kind)]


def reply(question: quiz.Choice) -> str:
    return str(question.children[-1].value)


def test_each_single_answer_gets_its_reply() -> None:
    question = one()
    assert question.answer() == "Choose an answer first."
    assert question.answer(0) == "Not yet. The first stop."
    assert question.answer(2) == "Not yet. The capital."
    assert question.answer(1) == "Yes. On 15 September."
    assert "Yes. On 15 September." in reply(question) and 'role="status"' in reply(question)


def test_each_set_of_answers_gets_its_reply() -> None:
    question = many()
    expected = {
        (): "Choose an answer first.",
        (0,): "Not yet. In Kazakhstan.",
        (1,): "So far right, but not all yet: there is more to choose than 1.",
        (2,): "So far right, but not all yet: there is more to choose than 1.",
        (0, 1): "Not yet. In Kazakhstan.",
        (0, 2): "Not yet. In Kazakhstan.",
        (1, 2): "Yes. Both.",
        (0, 1, 2): "Not yet. In Kazakhstan.",
    }
    subsets = [c for n in range(4) for c in itertools.combinations(range(3), n)]
    assert {chosen: question.answer(*chosen) for chosen in subsets} == expected


def test_the_button_answers_with_what_is_chosen_and_a_new_choice_clears_the_reply() -> None:
    question = one()
    (radio,), (button,) = inside(question, widgets.RadioButtons), inside(question, widgets.Button)
    assert radio.value is None and question.chosen() == ()
    radio.value = 1
    assert question.chosen() == (1,)
    button.click()
    assert "Yes." in reply(question)
    radio.value = 2
    assert "Yes." not in reply(question)


def test_several_boxes_can_be_ticked() -> None:
    question = many()
    boxes, (button,) = inside(question, widgets.Checkbox), inside(question, widgets.Button)
    assert [box.description for box in boxes] == OPTIONS
    boxes[1].value = boxes[2].value = True
    button.click()
    assert question.chosen() == (1, 2) and "Yes. Both." in reply(question)


def test_controls_are_named() -> None:
    (radio,) = inside(one(), widgets.RadioButtons)
    assert radio.tooltip == "Where did it meet?"
    for question in (one(), many()):
        (button,) = inside(question, widgets.Button)
        assert button.description and "Check the answer to: " in button.tooltip


@pytest.mark.parametrize("make", [one, many])
def test_a_reader_who_does_not_run_it_sees_question_and_options_and_no_answer(make) -> None:
    question = make()
    before, _ = question._repr_mimebundle_()
    question.answer(1)
    assert "application/vnd.jupyter.widget-view+json" in before
    for kind in ("text/html", "text/plain"):
        told = before[kind]
        assert all(option in told for option in OPTIONS)
        assert "Run → Run All Above Selected Cell" in told
        assert "Both." not in told and "On 15 September" not in told
        assert question._repr_mimebundle_()[0][kind] == told
    assert "<script" not in before["text/html"] and "class=" not in before["text/html"]
    assert repr(question) == before["text/plain"]


def test_markup_in_a_question_is_shown_and_not_run() -> None:
    own = (Option("yes & no", ""), Option("<script>", "No."))
    html = quiz.Choice(Quiz("00.bold", "Is <b> bold?", own, "Yes."))._repr_mimebundle_()[0]["text/html"]
    assert "Is &lt;b&gt; bold?" in html and "yes &amp; no" in html and "<script" not in html


@pytest.mark.parametrize("id", questions.every("quiz"))
def test_each_quiz_of_the_course_answers_each_of_its_options(id: str) -> None:
    asked, own = quiz.ask(id), questions.find("quiz", id)
    for position, option in enumerate(own.options):
        assert asked.answer(position) == (f"Yes. {own.why}" if option.right else f"Not yet. {option.hint}")


def test_the_right_answer_does_not_stand_in_one_place() -> None:
    places = [[o.right for o in one.options].index(True) for one in questions.every("quiz").values()]
    assert max(places.count(place) for place in places) <= len(places) / 2


@pytest.mark.parametrize("id", ["03.gpd", "", "gdp", 3, None, ["03.gdp"]])
def test_a_quiz_that_is_not_there_is_named_in_a_sentence(id: object) -> None:
    with pytest.raises(UnknownName, match='No question "'):
        quiz.ask(id)  # type: ignore[arg-type]
