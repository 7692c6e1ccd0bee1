"""A class of students for each set: answers by habit, with their code and the mark that they deserve.

A right answer in an unforeseen way has all points; a slip costs its question, and the reason is true of it.
Each student has their own numbers.
"""

import json

import pytest
import workshop

from samarkand_grading.marking import checks

EXERCISES = workshop.EXERCISES
SETS = checks.list_sets(EXERCISES / "checks")


def test_each_set_has_a_class_of_its_own():
    assert sorted(path.stem for path in (workshop.HERE / "classes").glob("*.toml")) == SETS


@pytest.mark.parametrize("name", SETS)
def test_a_class_answers_each_question_rightly_and_half_of_them_wrongly(name):
    _, answers = workshop.class_of(name)
    asked = {question.id for question in workshop.course_set(name).questions}
    right = {answer.question for answer in answers if answer.points is None}
    missed = {answer.question for answer in answers if answer.points is not None}
    assert right == asked, f"tests/grading/classes/{name}.toml: right answers to {right}, not to {asked}"
    assert missed <= right and 2 * len(missed) >= len(asked) and len(answers) >= 2 * len(asked)


@pytest.mark.parametrize("name", SETS)
def test_each_of_a_class_has_the_deserved_mark(name, box, tmp_path):
    """Each student answers all questions; there are enough of them for the question with the most answers."""
    marking, (before, own_class) = workshop.assessor_of(name, box), workshop.class_of(name)
    blank = json.loads((EXERCISES / "release" / name / f"{name}.ipynb").read_text())
    answers = {q.id: [a for a in own_class if a.question == q.id] for q in marking.exercise.questions}
    amiss = []
    for n in range(max(map(len, answers.values()))):
        own = {question: some[n % len(some)] for question, some in answers.items()}
        student, sources = f"student {n}", {question: answer.code for question, answer in own.items()}
        folder = tmp_path / student / name
        workshop.write(folder, workshop.fill(blank, added=before, **sources), name)
        for verdict in marking.assess(student, folder).verdicts:
            answer = own[verdict.question]
            points = verdict.out_of if answer.points is None else answer.points
            if verdict.points != points or (answer.says not in verdict.reason and answer.points is not None):
                amiss.append((verdict.question, answer.habit, verdict.points, verdict.reason, verdict.read))
    assert amiss == []
