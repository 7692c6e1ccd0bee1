"""Written answers that share passages are found; two honest ones on the same question are not."""

import random

import pytest
from test_batch import grade, hand_in

from samarkand_grading.classroom import report, rosters, similar_texts

SAMPLES = similar_texts.read_samples("ex05_taking_sides") | {
    name.replace("Answer", "Answer on 08,"): text
    for name, text in similar_texts.read_samples("ex08_borders").items()
}
ESSAY = max(SAMPLES.values(), key=len)


def replace_words(text, every):
    words = text.split()
    return " ".join("well" if place % every == 0 else word for place, word in enumerate(words))


def test_honest_answers_to_one_question_are_no_copies():
    assert len(SAMPLES) >= 6
    assert similar_texts.find_near_copies(SAMPLES) == []


@pytest.mark.parametrize("every", [6, 8, 10_000])
def test_a_copy_is_found_with_some_of_its_words_replaced(every):
    (copy,) = similar_texts.find_near_copies({"ada": ESSAY, "ben": replace_words(ESSAY, every)})
    assert (copy.student, copy.other) == ("ada", "ben") and copy.share > similar_texts.SHARE


def test_a_paragraph_of_another_in_a_text_of_ones_own_is_found():
    others = list(SAMPLES.values())
    words = ESSAY.split()
    mixed = f"{others[0]} {' '.join(words[:60])}"
    found = similar_texts.find_near_copies({"ada": ESSAY, "ben": mixed})
    assert [(copy.student, copy.other) for copy in found] == [("ada", "ben")]


def test_what_everybody_has_read_counts_for_nothing():
    texts = {"ada": ESSAY, "ben": ESSAY}
    assert similar_texts.find_near_copies(texts)
    assert similar_texts.find_near_copies(texts, given=[ESSAY]) == []


def test_what_many_write_names_nobody_but_a_sample_is_still_named():
    many = {f"student {number}": ESSAY for number in range(7)}
    assert similar_texts.find_near_copies(many) == []
    found = similar_texts.find_near_copies(many, samples={"sample": ESSAY})
    assert {(copy.student, copy.other) for copy in found} == {(student, "sample") for student in many}


def test_words_drawn_at_random_are_never_near_copies():
    draw = random.Random("words")
    vocabulary = sorted(set(ESSAY.split()))
    texts = {f"s{n}": " ".join(draw.choices(vocabulary, k=180)) for n in range(30)}
    assert similar_texts.find_near_copies(texts) == []


@pytest.mark.usefixtures("one_server")
def test_the_report_shows_both_texts_side_by_side(once):
    def class_of_two(course):
        for student in ("ada", "ben"):
            hand_in(course, student, w1=f"{ESSAY} I am {student}.", last=f"desk.sign_in({student!r})")
        rosters.enter_students(course, {"ada": {}, "ben": {}})
        grade(course, jobs=1)

    course = once(class_of_two)
    told = report.sum_up(course, "ex90").partition("share passages")[2]
    assert "w1: ada and ben, 100% of the shorter text" in told
    row = next(line for line in told.splitlines() if "|" in line and "ada" not in line)
    left, right = (side.strip() for side in row.split("|"))
    assert left == right and left in " ".join(ESSAY.split())
