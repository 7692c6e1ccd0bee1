"""The twelve questions before and after the course are sets like any other: released, marked, compared."""

import json
import random
import re
from typing import Any

import pytest
import workshop

from samarkand.common import reading
from samarkand_grading.classroom import batch, comparison, release, report
from samarkand_grading.classroom.course import Course
from tools.author import skeletons, twelve_questions

BEFORE, AFTER = twelve_questions.SETS.values()
#: The students of each set: one has only the first, one only the last.
CLASS = {BEFORE: ["s0", "s1", "s2", "s3", "s4", "early"], AFTER: ["s0", "s1", "s2", "s3", "s4", "late"]}


def release_both(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan both sets in a course of the tests, and release them."""
    monkeypatch.setattr(skeletons, "EXERCISES", course.root)
    monkeypatch.setattr(skeletons, "CHECKS", course.check_folder)
    for path, text in skeletons.plan_before_and_after().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    release.release_sets(course, [BEFORE, AFTER], lambda *_: [], lambda path: None)


def hand_in(course: Course, name: str, student: str, wrong: int) -> None:
    """Submit a set with the first `wrong` of the twelve questions wrong and all others right."""
    notebook = json.loads(course.notebook("release", name).read_text())
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    draw = random.Random(student)
    for asked in twelve_questions.draw_questions(name):
        number = int(asked.id[1:])
        letter = asked.right
        if number <= wrong:
            letter = draw.choice([other for other in asked.options if other != asked.right])
        cells[asked.id]["source"] = f'answer_{number} = "{letter}"'
    workshop.write(course.root / "submitted" / student / name, notebook, name)


@pytest.mark.usefixtures("one_server")
def test_what_a_class_gained_is_measured(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    release_both(course, monkeypatch)
    for name, wrong in ((BEFORE, 8), (AFTER, 2)):
        for student in CLASS[name]:
            hand_in(course, name, student, wrong)
        assert len(batch.grade_class(course, name, limits=workshop.LIMITS, say=lambda line: None).graded) == 6
    gain = comparison.measure_gain(course, BEFORE, AFTER)
    assert (gain.students, gain.left_out) == (5, 2)
    assert (gain.before, gain.after) == (4, 10)
    assert gain.low == gain.high == 6  # all gained the same
    assert [question.before for question in gain.questions] == [0] * 8 + [1] * 4
    assert [question.after for question in gain.questions] == [0] * 2 + [1] * 10
    assert len(comparison.describe_gain(course, BEFORE, AFTER).splitlines()) == 4 + 12
    report.write_pages(course, BEFORE)
    page = (course.root / "marks" / "s1" / f"{BEFORE}.html").read_text()
    assert page.count("This question is about") == 8  # and which letter was right is not said


@pytest.mark.parametrize("students", [{"a", "b", "c", "d"}, set()])
def test_of_a_few_students_nothing_is_said(
    students: set[str], course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    release_both(course, monkeypatch)
    few = {student: {"q1": 1.0} for student in students}
    monkeypatch.setattr(comparison, "read_points", lambda course, name: few)
    with pytest.raises(comparison.CannotCompare) as error:
        comparison.measure_gain(course, BEFORE, AFTER)
    assert error.value.code == "few students"


def test_sets_of_other_questions_are_not_compared(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    release_both(course, monkeypatch)
    with pytest.raises(comparison.CannotCompare) as error:
        comparison.measure_gain(course, workshop.NAME, AFTER)
    assert error.value.code == "other questions"


def test_both_sets_ask_the_same_in_two_orders() -> None:
    orders = [[asked.id for asked in twelve_questions.draw_questions(name)] for name in (BEFORE, AFTER)]
    assert orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1])
    for name in (BEFORE, AFTER):
        letters = {asked.right for asked in twelve_questions.draw_questions(name)}
        assert len(letters) > 1  # else a class would soon see where the right one is


# ------------------------------------------------------------------- what would give an answer away

ITEMS = reading.read_toml(twelve_questions.ITEMS)["item"]
ASKED = [(item["about"], form, item[form]) for item in ITEMS for form in ("A", "B")]
IDS = [f"{about}, {form}" for about, form, _ in ASKED]
#: Words after which one ticks another option.
ABSOLUTE = {"must", "always", "never", "only", "all", "none", "no", "cannot", "every", "nothing", "nobody"}
#: Words that say nothing of what a question is about.
SMALL = {
    "that",
    "this",
    "what",
    "from",
    "with",
    "they",
    "does",
    "were",
    "which",
    "their",
    "them",
    "each",
    "than",
}


def list_stems(text: str) -> set[str]:
    """Return the beginnings of the words of a text, so that "states" is "state"."""
    return {word[:5] for word in re.findall(r"[a-z]{4,}", text.lower()) if word not in SMALL}


@pytest.mark.parametrize("asked", [asked for *_, asked in ASKED], ids=IDS)
def test_the_form_of_a_question_does_not_give_its_answer_away(asked: dict[str, Any]) -> None:
    right, *others = asked["options"]
    assert len({right, *others}) == 4
    lengths = [len(option) for option in asked["options"]]
    assert max(lengths) <= 1.25 * min(lengths)
    echoes = list_stems(asked["text"]) & list_stems(right)
    assert [stem for stem in echoes if not any(stem in list_stems(other) for other in others)] == []
    of_others = set(re.findall(r"[a-z]+", " ".join(others).lower()))
    assert (of_others & ABSOLUTE) - set(re.findall(r"[a-z]+", right.lower())) == set()


#: How a reader who knows nothing of the question sees an option: by its letters, or by its words.
MEASURES = {"letters": len, "words": lambda option: len(option.split())}


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("form", ["A", "B"])
def test_who_ticks_the_longest_or_the_shortest_option_gets_no_more_than_by_chance(
    form: str, measure: str
) -> None:
    """Chance is 3 of 12; of options that are alike, whoever ticks one of them is right so often."""
    longest, shortest = 0.0, 0.0
    for item in ITEMS:
        lengths = [MEASURES[measure](option) for option in item[form]["options"]]
        right = lengths[0]
        if right == max(lengths):
            longest += 1 / lengths.count(right)
        if right == min(lengths):
            shortest += 1 / lengths.count(right)
    assert max(longest, shortest) <= len(ITEMS) / 4 + 0.5


@pytest.mark.parametrize("form", ["A", "B"])
def test_no_place_in_the_order_of_lengths_is_right_more_often_than_another(form: str) -> None:
    """Who has seen that neither end wins would else tick the one in between."""
    places = []
    for item in ITEMS:
        right, *others = map(len, item[form]["options"])
        assert right not in others, item["about"]
        places.append(sum(other > right for other in others))
    assert [places.count(place) for place in range(4)] == [3, 3, 3, 3]


def test_the_second_form_asks_the_same_in_other_words_and_numbers() -> None:
    for item in ITEMS:
        assert item["A"]["text"] != item["B"]["text"]
        assert not set(item["A"]["options"]) & set(item["B"]["options"])
    before, after = (twelve_questions.draw_questions(name) for name in (BEFORE, AFTER))
    assert {one.id: one.about for one in before} == {one.id: one.about for one in after}
