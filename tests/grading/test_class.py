"""A class of students for each set: answers by habit, with their code and the mark that they deserve.

A right answer in an unforeseen way has all points; a slip costs its question, and the reason is true of it.
Each student has their own numbers.
"""

import json
import re

import pytest
import workshop

from samarkand_grading.marking import checks

EXERCISES = workshop.EXERCISES
SETS = checks.available(EXERCISES / "checks")


@pytest.fixture
def marking(box, name):
    return workshop.assessor_of(name, box)


def blank(name):
    notebook = json.loads((EXERCISES / "release" / name / f"{name}.ipynb").read_text())
    for part in notebook["cells"]:
        part["source"] = "".join(part["source"])
    return notebook


def test_each_set_has_a_class_of_its_own():
    """Each question has a right answer in an unforeseen way, and half of them a wrong one too."""
    assert sorted(path.stem for path in workshop.CLASSES.glob("*.py")) == SETS
    for name in SETS:
        answers = workshop.class_of(name).CLASS
        asked = {question.id for question in workshop.course_set(name).questions}
        right = {answer.question for answer in answers if answer.points is None}
        missed = {answer.question for answer in answers if answer.points is not None}
        assert right == asked and missed <= right, name
        assert 2 * len(missed) >= len(asked) and len(answers) >= 2 * len(asked), name


@pytest.mark.parametrize("name", SETS)
def test_each_of_a_class_has_the_deserved_mark(marking, name, tmp_path):
    """Each student answers all questions; there are enough of them for the question with the most answers."""
    own_class = workshop.class_of(name)
    answers = {q.id: [a for a in own_class.CLASS if a.question == q.id] for q in marking.exercise.questions}
    amiss = []
    for n in range(max(map(len, answers.values()))):
        own = {question: some[n % len(some)] for question, some in answers.items()}
        student, sources = f"student {n}", {question: answer.code for question, answer in own.items()}
        folder = tmp_path / student / name
        workshop.write(folder, workshop.fill(blank(name), added=own_class.BEFORE, **sources), name)
        for verdict in marking.assess(student, folder).verdicts:
            answer = own[verdict.question]
            points = verdict.out_of if answer.points is None else answer.points
            if verdict.points != points or (answer.says not in verdict.reason and answer.points is not None):
                amiss.append((verdict.question, answer.habit, verdict.points, verdict.reason, verdict.read))
    assert amiss == []


@pytest.mark.parametrize("name", ["ex05_taking_sides"])
@pytest.mark.parametrize("habit", ["cells of one's own", "one cell", "split", "below", "no ids, no prose"])
def test_where_the_answers_are_costs_nothing(marking, name, habit, tmp_path):
    own_class = workshop.class_of(name)
    answers = {a.question: a.code for a in reversed(own_class.CLASS) if a.points is None}
    notebook = workshop.fill(blank(name), added=own_class.BEFORE, **answers)
    cells = notebook["cells"]
    if habit == "cells of one's own":
        kept = [c for c in cells if not c["metadata"].get("nbgrader") or c["id"] == "setup"]
        for number, part in enumerate(kept):
            if key := re.match(r"## (q\d):", part["source"]):
                kept[number : number + 1] = [part, workshop.cell("code", f"own-{key[1]}", answers[key[1]])]
        notebook["cells"] = kept
    elif habit == "one cell":
        setup = next(c["source"] for c in cells if c["id"] == "setup")
        whole = "\n".join([setup, own_class.BEFORE, *(a.replace("%%time\n", "") for a in answers.values())])
        notebook["cells"] = [workshop.cell("code", "everything", whole)]
    elif habit == "no ids, no prose":
        notebook["cells"] = [{**c, "metadata": {}, "id": "x"} for c in cells if c["cell_type"] == "code"]
    else:
        released = {c["id"]: c["source"] for c in blank(name)["cells"]}
        for number, part in reversed(list(enumerate(cells))):
            if part["id"] in answers:
                away = workshop.cell("code", f"other-{part['id']}", part["source"])
                cells.insert(number if habit == "split" else number + 2, away)
                part["source"] = "# see above\nprint('done')" if habit == "split" else released[part["id"]]
    folder = tmp_path / "ada" / name
    workshop.write(folder, notebook, name)
    result = marking.assess("ada", folder)
    assert (result.points, result.ended) == (10, "finished"), result.verdicts
