"""A class of students: each by habit, with the code of an answer and the mark that it deserves.

Of all sets. Who answers rightly in an unforeseen way has all points; a slip costs its question and is told
by a sentence that is true of it. Everybody has numbers of their own.
"""

# ruff: noqa: E501 - cells are quoted as students write them
from __future__ import annotations

import json
import re

import pytest
import workshop

from samarkand_grading.classroom import report
from samarkand_grading.marking import checks
from samarkand_grading.marking.assessment import Assessment
from samarkand_grading.marking.checks import Verdict

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
    """Each question is answered rightly in an unforeseen way, half of them are missed as well."""
    assert sorted(path.stem for path in workshop.CLASSES.glob("*.py")) == SETS
    for name in SETS:
        answers = workshop.class_of(name).CLASS
        asked = [question.id for question in workshop.course_set(name).questions]
        right, missed = (
            {a.question for a in answers if (a.points is None) == fine} for fine in (True, False)
        )
        assert right == set(asked) and missed <= right, name
        assert 2 * len(missed) >= len(asked) and len(answers) >= 2 * len(asked), name


@pytest.mark.parametrize("name", SETS)
def test_each_of_a_class_has_the_deserved_mark(marking, name, tmp_path):
    """Everybody answers one question of each kind: as many students as the most answered question has answers."""
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


def by_hand(name):
    """The first right answer to each question, as a student would type them."""
    own_class = workshop.class_of(name)
    return own_class.BEFORE, {a.question: a.code for a in reversed(own_class.CLASS) if a.points is None}


@pytest.mark.parametrize("name", ["ex01_the_trip", "ex05_taking_sides"])
@pytest.mark.parametrize(
    "habit",
    [
        "deletes the given cells",
        "all in one cell",
        "split over cells",
        "below the given cells",
        "no ids, no prose",
    ],
)
def test_where_the_answers_stand_costs_nothing(marking, name, habit, tmp_path):
    before, answers = by_hand(name)
    notebook = workshop.fill(blank(name), added=before, **answers)
    cells = notebook["cells"]
    if habit == "deletes the given cells":  # and writes into cells of one's own below each question
        kept = [c for c in cells if not c["metadata"].get("nbgrader") or c["id"] == "setup"]
        for number, part in enumerate(kept):
            key = re.match(r"## (q\d):", part["source"])
            if key:
                kept[number : number + 1] = [part, workshop.cell("code", f"own-{key[1]}", answers[key[1]])]
        notebook["cells"] = kept
    elif habit == "all in one cell":
        setup = next(c["source"] for c in cells if c["id"] == "setup")
        whole = "\n".join([setup, before, *(code.replace("%%time\n", "") for code in answers.values())])
        notebook["cells"] = [workshop.cell("code", "everything", whole)]
    elif habit == "split over cells":
        for number, part in reversed(list(enumerate(cells))):
            if part["id"] in answers:
                cells.insert(number, workshop.cell("code", f"first-{part['id']}", answers[part["id"]]))
                part["source"] = "# see above\nprint('done')"
    elif habit == "below the given cells":
        released = {c["id"]: c["source"] for c in blank(name)["cells"]}
        for number, part in reversed(list(enumerate(cells))):
            if part["id"] in answers:
                cells.insert(number + 2, workshop.cell("code", f"below-{part['id']}", part["source"]))
                part["source"] = released[part["id"]]
    else:
        notebook["cells"] = [{**c, "metadata": {}, "id": "x"} for c in cells if c["cell_type"] == "code"]
    folder = tmp_path / "ada" / name
    workshop.write(folder, notebook, name)
    result = marking.assess("ada", folder)
    assert (result.points, result.ended) == (10, "finished"), [
        v for v in result.verdicts if v.state != "right"
    ]


def test_who_copied_is_named_with_the_source_and_nobody_else():
    """What is right for one's own numbers is never a copy; nor is a slip that fits nobody's in the class."""

    def work(student, given, *others):
        verdicts = [
            Verdict(f"q{n}", 0 if fits else 1, 1, "wrong" if fits else "right", "", others=fits or [])
            for n, fits in enumerate(others, 1)
        ]
        return Assessment(student, "ex90", verdicts, given=given)

    a, b = {"year": 2004, "day": 1}, {"year": 2017, "day": 1}
    both = [{"year": 2004}, {"day": 1}]
    results = [
        work("ada", a, None, None),
        work("bob", b, None, None),
        work(
            "cyn", {"year": 2022, "day": 9}, [both[0]], [both[1]]
        ),  # q2 was right for both, all of it for ada
        work("dai", {"year": 2022, "day": 9}, [{"year": 1996}], None),
        work("eve", a, None, None),
        work("fay", {"year": 2022, "day": 9}, None, [both[1]]),
    ]
    assert list(report.copies(results)) == [
        "cyn: q1, q2 as ada or eve had it",
        "fay: q2 as ada or bob or eve had it",
    ]
