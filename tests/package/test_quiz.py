"""Questions: asked by text or position, answered by mouse or keyboard, wrong definitions turned away."""

from __future__ import annotations

import itertools

import ipywidgets as widgets
import pytest

from samarkand import quiz
from samarkand.ground.errors import OutOfRange, UnknownName, WrongType

OPTIONS = ["Astana", "Samarkand", "Tashkent"]


def one() -> quiz.Choice:
    return quiz.ask("Where did it meet?", OPTIONS, 1, "On 15 September.", hints={"Astana": "The first stop."})


def many() -> quiz.Choice:
    return quiz.ask(
        "Which are in Uzbekistan?", OPTIONS, ["Samarkand", 2], "Both.", hints={0: "In Kazakhstan."}
    )


def inside(box: widgets.Widget, kind: type) -> list[widgets.Widget]:
    return [child for child in box.children if isinstance(child, kind)]


def reply(question: quiz.Choice) -> str:
    return str(question.children[-1].value)


def test_each_single_answer_gets_its_reply() -> None:
    question = one()
    assert question.answer() == "Choose an answer first."
    assert question.answer(0) == "Not yet. The first stop."
    assert question.answer(2) == "Not yet. Look again, and try another answer."
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


def test_mixed_answers_without_a_hint() -> None:
    question = quiz.ask("Which?", OPTIONS, [1, 2])
    assert question.answer(0, 1) == "Not yet: some of these are right, and some are not."
    assert question.answer(0) == "Not yet. Look again, and try another answer."
    assert question.answer(1, 2) == "Yes."


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
        assert "Run all cells (Run → Run All Cells) to answer." in told
        assert "Both." not in told and "On 15 September" not in told
        assert question._repr_mimebundle_()[0][kind] == told
    assert "<script" not in before["text/html"] and "class=" not in before["text/html"]
    assert repr(question) == before["text/plain"]


def test_markup_in_a_question_is_shown_and_not_run() -> None:
    html = quiz.ask("Is <b> bold?", ["yes & no", "<script>"], 0)._repr_mimebundle_()[0]["text/html"]
    assert "Is &lt;b&gt; bold?" in html and "yes &amp; no" in html and "<script" not in html


def test_wrong_definitions_are_turned_away() -> None:
    with pytest.raises(WrongType, match="a list of texts"):
        quiz.ask("Q?", "yes or no", 0)
    with pytest.raises(WrongType, match="a list of texts"):
        quiz.ask("Q?", [1, 2], 0)  # type: ignore[list-item]
    with pytest.raises(OutOfRange, match="at least two options, all different"):
        quiz.ask("Q?", ["yes"], 0)
    with pytest.raises(OutOfRange, match="all different"):
        quiz.ask("Q?", ["yes", "yes"], 0)
    with pytest.raises(OutOfRange, match="at least one right answer"):
        quiz.ask("Q?", ["yes", "no"], [])
    with pytest.raises(UnknownName, match='Did you mean "Samarkand"'):
        quiz.ask("Q?", OPTIONS, "Samarcand")
    for answer in (3, -1, True):
        with pytest.raises(UnknownName, match="No option"):
            quiz.ask("Q?", OPTIONS, answer)
    with pytest.raises(UnknownName, match="No option"):
        quiz.ask("Q?", OPTIONS, 1, hints={"Bukhara": "no"})
