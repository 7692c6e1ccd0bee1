"""The sets: the reference passes, empty work has 0, each known mistake gets its reason, variants are fair."""

import ast
import functools
import json
import math
import re
import shutil
from dataclasses import replace

import pytest
import workshop
from nbgrader.validator import Validator

from samarkand.answers import kinds
from samarkand.common import home
from samarkand.common.errors import DamagedData
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import release
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking import checks
from samarkand_grading.marking.marker import Marker
from tools.author import build, lessons, rules_of_answers, rules_of_sets
from tools.author.rules_of_answers import judge_solution, read_or_none

EXERCISES = workshop.EXERCISES
NAMES = checks.list_sets(EXERCISES / "checks")
SETS = {name: workshop.course_set(name) for name in NAMES}
QUESTIONS = [(name, question.id) for name in NAMES for question in SETS[name].questions]
UNWRITTEN = "Not answered yet: the function returns nothing."
CLASS = 1000


@functools.cache
def drawn(name, seed=workshop.SEED):
    """Return the numbers of a class of a thousand students."""
    return [numbers.draw_numbers(seed, f"student {n}", name, SETS[name].options) for n in range(CLASS)]


@functools.cache
def marker_of(name, number):
    """Return the marker of one student of the class (cached)."""
    return Marker(SETS[name], drawn(name)[number], SETS[name].draw_inputs(workshop.KEY))


def source(name):
    return json.loads((EXERCISES / "source" / name / f"{name}.ipynb").read_text(encoding="utf-8"))


def strip(notebook, *, keep_solutions):
    """Remove outputs, and the solution regions as nbgrader does unless `keep_solutions`; in place."""
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if not keep_solutions:
            text = re.sub(r"(?ms)^( *)### BEGIN SOLUTION.*?### END SOLUTION", r"\1# your code here", text)
        cell["source"] = text
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


#: 00 has nothing to ask yet; 11 ends in a page of the student's own.
WITHOUT_A_SET = ("00_start_here", "11_briefing")


def test_each_lesson_that_teaches_has_a_set_of_enough_questions():
    taught = [path.stem for path in lessons.find_lessons() if path.stem not in WITHOUT_A_SET]
    assert [f"ex{name}" for name in taught] == NAMES
    # A function is asked for where the lesson had one written; the last lesson has none.
    *before, _ = NAMES
    assert sum(any(question.cases for question in SETS[name].questions) for name in before) >= len(before) / 2


@pytest.mark.parametrize("name", NAMES)
def test_each_set_keeps_the_rules_of_answers(name):
    assert rules_of_answers.find_faults_of_answers(SETS[name]) == []
    here, elsewhere = drawn(name), drawn(name, "another course")  # chance alone gives 1 in 30
    assert sum(a == b for a, b in zip(here, elsewhere, strict=True)) < 0.1 * len(here)


def damage(name, key, **changed):
    """Return a set of the course with one question changed."""
    exercise = checks.load_set(EXERCISES / "checks", name)
    every = [replace(one, **changed) if one.id == key else one for one in exercise.questions]
    return replace(exercise, questions=tuple(every))


def faults_of(exercise):
    return " ".join(rules_of_answers.find_faults_of_answers(exercise))


def test_a_question_that_breaks_a_rule_is_told_by_its_rule():
    """Each rule is broken once, and all faults are told at once."""
    whole = SETS["ex03_the_sco"]
    one = next(question for question in whole.questions if question.varies)
    key, name = one.id, whole.id
    found = faults_of(damage(name, key, points=one.points + 1, mistakes=one.mistakes[:1]))
    assert "The points of a set are 10" in found and f"{key}: knows 1 mistakes" in found
    assert f"{key}: its answer is the same" in faults_of(damage(name, key, varies=False))
    same = damage(name, key, kind=kinds.Whole(), solution=lambda given: 1)
    found = faults_of(same)
    assert "which one can write without work" in found and "different answers" in found
    assert "one answer is right for 1000 of 1000" in found
    right = replace(one.mistakes[0], wrong=one.solution)
    found = faults_of(damage(name, key, mistakes=(right, *one.mistakes[1:])))
    assert "gives the right answer for 12 of 12" in found and "was never given" in found
    first = Marker(whole, rules_of_answers.draw_class(whole)[0], whole.draw_inputs(rules_of_answers.KEY))
    figures = re.findall(r"\d+\.\d+|\d{3,}", repr(first.expected[key]))
    told = [replace(m, reason=f"{m.reason} {figures[0]}") for m in one.mistakes] if figures else []
    assert not told or "has the figure" in faults_of(damage(name, key, mistakes=tuple(told)))


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_passes_and_empty_work_has_nothing(name, box, tmp_path):
    path = workshop.write(tmp_path / "release", strip(source(name), keep_solutions=False), name)
    marking = workshop.assessor_of(name, box, path)
    for student in ("ada", "Zoë Müller", "s3"):
        workshop.write(tmp_path / student / name, strip(source(name), keep_solutions=True), name)
        result = marking.assess(student, tmp_path / student / name)
        assert [(v.state, v.reason) for v in result.verdicts if v.state != "right"] == []
        assert (result.points, result.remarks, result.ended) == (10, [], "finished")
    workshop.write(tmp_path / "empty" / name, strip(source(name), keep_solutions=False), name)
    result = marking.assess("empty", tmp_path / "empty" / name)
    reasons = {q.id: UNWRITTEN if q.cases else "Not answered yet." for q in SETS[name].questions}
    assert {v.question: v.reason for v in result.verdicts} == reasons
    assert (result.points, result.ended) == (0, "finished")


def test_two_questions_with_one_id_are_refused(tmp_path):
    source = (EXERCISES / "checks" / "ex03_the_sco.py").read_text(encoding="utf-8")
    (tmp_path / "ex03_the_sco.py").write_text(source.replace('"q6",', '"q5",'), encoding="utf-8")
    with pytest.raises(DamagedData) as error:
        checks.load_set(tmp_path, "ex03")
    assert (error.value.code, error.value.fields["question"]) == ("twice", "q5")


def test_a_hint_is_in_words_and_not_in_code():
    hints = [question.hint for one in SETS.values() for question in one.questions]
    assert len(hints) > 40 and not [hint for hint in hints if re.search(r"\w\(|\*\*", hint)]


def test_a_function_that_is_right_in_another_unit_has_half():
    name = "ex06_roads"
    question = SETS[name].get_question("q4")
    verdict = judge_solution(question, marker_of(name, 0), lambda *asked: question.solution(*asked) * 1000)
    assert (verdict.state, verdict.points) == ("partly", question.points / 2)
    reason = judge_solution(question, marker_of(name, 0), lambda *asked: math.nan).reason
    assert "it gives back no number (nan or inf)" in reason


@functools.cache
def lesson_of(name):
    return lessons.read_lesson(EXERCISES / "source" / name / f"{name}.ipynb")


@pytest.mark.parametrize("name", NAMES)
def test_the_solutions_pass_for_other_numbers_and_what_is_given_is_right_for_nobody(
    name, tmp_path, monkeypatch
):
    """Run the source notebook, and the given cells, with the numbers of some students."""
    monkeypatch.chdir(tmp_path)  # some cells write files
    asked = rules_of_sets.cells_of_questions(lesson_of(name))
    for number, given in enumerate(drawn(name)[:40]):
        space, shown = {}, {}
        for cell in lesson_of(name).code:
            text = re.sub(r"(?m)^ *### (BEGIN|END) SOLUTION\n?", "", cell.source)
            if cell.id == "setup":
                exec(text.replace("desk.given", repr(given)).removesuffix("\ndesk"), space)
            elif cell.id.endswith("-start"):
                *body, last = ast.parse(text).body
                exec(compile(ast.Module(body, []), cell.id, "exec"), space)
                value = compile(ast.Expression(last.value), cell.id, "eval")
                shown[cell.id.removesuffix("-start")] = eval(value, space)
            elif number < 3 and not cell.id.endswith("-check") and cell.id != "marks":
                exec(text, space)
        for key, value in shown.items():
            question = SETS[name].get_question(key)
            read, right = (read_or_none(question.kind, one) for one in (value, question.solution(given)))
            assert read is None or not question.kind.same(read, right), (key, given)
            assert read is not None or rules_of_sets.read_step(asked[key]) != "Change", key
        for question in SETS[name].questions if number < 3 else ():
            way = space[question.name]
            marker = Marker(SETS[name], given, SETS[name].draw_inputs(workshop.KEY))
            found = judge_solution(question, marker, way if question.cases else lambda g, w=way: w)
            assert found.state == "right", (question.id, given, found.reason)


@pytest.mark.parametrize(("name", "key"), QUESTIONS)
def test_what_is_shown_beside_the_answer_is_read_and_true(name, key, tmp_path, monkeypatch):
    """The example of an answer's form is nobody's answer; that below a function has the true result."""
    monkeypatch.chdir(tmp_path)
    question = SETS[name].get_question(key)
    text = rules_of_sets.cells_of_questions(lesson_of(name))[key][""].source
    if question.cases:
        said = ast.literal_eval(text.rpartition(rules_of_sets.EXAMPLE)[2])
        same = question.kind.same
        assert same(
            read_or_none(question.kind, said),
            read_or_none(question.kind, SETS[name].compute_example(key)),
        )
    else:
        form = text.partition("\n")[0].partition(rules_of_sets.FORM)[2]
        space = {}
        (setup,) = [cell.source for cell in lesson_of(name).code if cell.id == "setup"]
        exec(setup.replace("desk.given", repr(drawn(name)[0])).removesuffix("\ndesk"), space)
        read = read_or_none(question.kind, eval(form, space))
        assert read is not None, form
        assert not any(
            question.kind.same(read, variant.answer) for variant in SETS[name].list_variants(question)
        )


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course, of which no set is released."""
    pytest.importorskip("nbgrader")
    root = tmp_path_factory.mktemp("exercises") / "exercises"
    root.mkdir()
    for part in ("source", "checks", "nbgrader_config.py"):
        (shutil.copytree if (EXERCISES / part).is_dir() else shutil.copy)(EXERCISES / part, root / part)
    return Course(root, root.parent / "secret")


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_release_is_what_nbgrader_makes_and_holds_no_answer(course, name):
    """Outputs are compared by strict nbval in a step of its own."""

    def unrun(path):
        return strip(json.loads(path.read_text(encoding="utf-8")), keep_solutions=True)

    release.release_sets(course, [name], lambda *_: [], lambda path: None)
    stored = EXERCISES / "release" / name / f"{name}.ipynb"
    assert unrun(stored) == unrun(course.notebook("release", name)), "run samarkand release"
    assert unrun(course.notebook("source", name)) == unrun(EXERCISES / "source" / name / f"{name}.ipynb")
    for stage in ("source", "release"):
        assert build.describe_differences(EXERCISES / stage / name / f"{name}.ipynb") == []
    text = stored.read_text(encoding="utf-8")
    reasons = [reason for q in SETS[name].questions for reason in (q.hint, *(d.reason for d in q.mistakes))]
    assert not [reason for reason in ["SOLUTION", *reasons] if reason in text]
    looks = (cell for cell in json.loads(text)["cells"] if cell["id"].endswith("-check"))
    told = {cell["id"]: "".join(o["data"]["text/plain"]) for cell in looks for o in cell.get("outputs", ())}
    empty = {q.id: UNWRITTEN if q.cases else "Not answered yet." for q in SETS[name].questions}
    assert told == {f"{key}-check": f"{key}: {reason}" for key, reason in empty.items()}


def test_stock_nbgrader_accepts_the_course(course):
    assert Validator().validate(str(course.notebook("source", NAMES[0]))) == {}


@pytest.mark.parametrize("name", NAMES)
def test_each_question_says_where_it_was_taught_its_points_and_its_name(name):
    cells = {cell["id"]: "".join(cell["source"]) for cell in source(name)["cells"]}
    for question in SETS[name].questions:
        asked = cells[f"{question.id}-question"]
        lesson, _, heading = question.taught.partition(": ")
        taught = json.loads((home.ROOT / "notebooks" / f"{lesson}.ipynb").read_text(encoding="utf-8"))
        text = "\n".join("".join(c["source"]) for c in taught["cells"] if c["cell_type"] == "markdown")
        assert lesson == SETS[name].lesson and f"## {heading}" in text.splitlines()
        # JupyterLab calls a heading by its text, with - for each blank.
        assert f"(../../../notebooks/{lesson}.ipynb#{heading.replace(' ', '-')})" in asked
        points = f"({question.points} point{'s' if question.points > 1 else ''})"
        assert asked.splitlines()[0].endswith(points) and f"`{question.name}" in asked
        for option in question.uses:
            assert f"`given['{option}']`" in asked or "your" in asked.lower() or "two sets of q4" in asked
        assert not question.cases or "that you have not seen" in asked
    for written in SETS[name].written:  # the rubric is above the answer: Formgrader shows it too
        asked = cells[f"{written.id}-question"]
        assert f"{written.title} ({written.points} points)" in asked and len(written.rubric) in (2, 7)
        rows = [line.strip("| ").split(" | ") for line in asked.splitlines() if line.startswith("| ")]
        assert rows[1:] == [[name, *anchors] for name, anchors in written.rubric.items()]
