"""The sets: the reference passes, empty work has 0, each wrong way gets its reason, variants are fair."""

from __future__ import annotations

import collections
import functools
import html
import itertools
import json
import math
import random
import re
import shutil
import time
from dataclasses import replace

import pytest
import workshop

from samarkand import explore
from samarkand.ground import home
from samarkand.practice.answers import decode, encode, kinds
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import feedback, release
from samarkand_grading.classroom.course import Course
from samarkand_grading.marking import checks
from samarkand_grading.marking.assessment import Assessment
from samarkand_grading.marking.checks import Marker
from samarkand_grading.sandbox.work import Outcome, Result
from tools.author import build, lessons
from tools.author.rules_of_lessons import REFERENCE

EXERCISES = workshop.EXERCISES
NAMES = checks.available(EXERCISES / "checks")
SETS = {name: workshop.course_set(name) for name in NAMES}
QUESTIONS = [(name, question.id) for name in NAMES for question in SETS[name].questions]
WRITTEN = [(name, written) for name in NAMES for written in SETS[name].written]


CLASS = 1000


@functools.cache
def drawn(name, seed=workshop.SEED):
    """The numbers of a class of a thousand."""
    options = SETS[name].options
    return [numbers.draw(seed, f"student {n}", name, options) for n in range(CLASS)]


@functools.cache
def inputs_of(name):
    """What the functions are called with in the course of these tests."""
    return SETS[name].inputs(workshop.KEY)


@functools.cache
def marker_of(name, number):
    """Return the marker of one student of the class; what it has worked out once is kept."""
    return Marker(SETS[name], drawn(name)[number], inputs_of(name))


def markers(name, most):
    return [marker_of(name, number) for number in range(most)]


def source(name):
    return json.loads((EXERCISES / "source" / name / f"{name}.ipynb").read_text())


def strip(notebook, *, keep_solutions):
    """Do what nbgrader does to solution regions."""
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if not keep_solutions:
            text = re.sub(r"(?ms)^( *)### BEGIN SOLUTION.*?### END SOLUTION", r"\1# your code here", text)
        cell["source"] = text
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


def test_each_lesson_but_the_first_has_a_set_of_enough_questions():
    taught = [path.stem for path in lessons.paths() if path.stem not in ("00_start_here", *REFERENCE)]
    assert [f"ex{name}" for name in taught] == NAMES
    assert len(QUESTIONS) >= 27
    for exercise in SETS.values():
        assert 4 <= len(exercise.questions) <= 6
        assert exercise.points == 10
        assert any(question.cases for question in exercise.questions)
        # What is not a function differs from student to student: it cannot be read in the lesson, or copied.
        assert all(question.varies != bool(question.cases) for question in exercise.questions)
        assert all(len(question.diagnoses) >= 3 for question in exercise.questions)
    for _, written in WRITTEN:
        assert len(written.rubric) in (4, 5) and written.points == 4 * len(written.rubric)
        assert all(len(c.anchors) == 5 for c in written.rubric)


def assessor(name, box, tmp_path):
    path = workshop.write(tmp_path / "release", strip(source(name), keep_solutions=False), name)
    return workshop.assessor_of(name, box, path)


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_passes_and_empty_work_has_nothing(name, box, tmp_path):
    marking = assessor(name, box, tmp_path)
    for student in ("ada", "Zoë Müller", "s3"):
        folder = tmp_path / student / name
        workshop.write(folder, strip(source(name), keep_solutions=True), name)
        result = marking.assess(student, folder)
        assert [(v.state, v.reason) for v in result.verdicts if v.state != "right"] == []
        assert (result.points, result.remarks, result.ended) == (10, [], "finished")
    folder = tmp_path / "empty" / name
    workshop.write(folder, strip(source(name), keep_solutions=False), name)
    result = marking.assess("empty", folder)
    functions = {q.id for q in SETS[name].questions if q.cases is not None}
    assert {v.question: v.reason for v in result.verdicts} == {
        q.id: UNWRITTEN if q.id in functions else "Not answered yet." for q in SETS[name].questions
    }
    assert (result.points, result.ended) == (0, "finished")


@pytest.mark.parametrize("name", NAMES)
def test_work_saved_by_a_program_that_drops_ids_has_all_points(name, box, tmp_path):
    """Cells are found by their text and their place; written answers too."""
    notebook = strip(source(name), keep_solutions=True)
    for number, cell in enumerate(notebook["cells"]):
        cell.pop("id")
        cell["metadata"] = {"id": f"cell-{number}"}
        cell["source"] = (cell["source"].replace("\n", "\r\n") + "\n").splitlines(keepends=True)
    notebook |= {"nbformat_minor": 0, "metadata": {"colab": {"provenance": []}}}
    folder = tmp_path / "ada" / name
    workshop.write(folder, notebook, name)
    result = assessor(name, box, tmp_path).assess("ada", folder)
    assert (result.points, result.remarks, result.ended) == (10, [], "finished")


def spoiled(change):
    """Set 03 with solutions, and one thing wrong with it."""
    notebook = strip(source("ex03_the_sco"), keep_solutions=True)
    change(notebook["cells"], {cell["id"]: cell for cell in notebook["cells"]})
    return notebook


def rewrite(key, text):
    return lambda cells, by_id: by_id[key].update(source=text)


@pytest.mark.parametrize(
    ("change", "question", "says"),
    [
        (
            lambda cells, by_id: by_id["q2"].update(
                source=by_id["q2"]["source"].replace("people_share", "mine_2")
            ),
            "q2",
            "There is no people_share: the answer is read from that name.",
        ),
        (lambda cells, by_id: cells.remove(by_id["q1-check"]), "", "The cell q1-check was missing."),
        (
            lambda cells, by_id: cells.insert(5, dict(by_id["q1"])),
            "",
            "stands in it 2 times; the first counts.",
        ),
        (lambda cells, by_id: cells.insert(0, cells.pop()), "", "The cells stood in another order"),
        (rewrite("q3", "gdp_shares = 'many'"), "q3", "This is a text; expected was 2 values in this order"),
        (rewrite("q3", "gdp_shares = (float('nan'), 2)"), "q3", "This is not a finite number"),
        (rewrite("q6", "def status_on(table, iso3, day):\n    while True: pass"), "q6", "it ran too long"),
    ],
    ids=[
        "renamed",
        "deleted",
        "doubled",
        "reordered",
        "wrong type",
        "NaN",
        "endless function",
    ],
)
def test_each_slip_is_answered_by_a_sentence(box, tmp_path, change, question, says):
    name = "ex03_the_sco"
    folder = tmp_path / "Zoë Müller" / name
    workshop.write(folder, spoiled(change), name)
    marking = assessor(name, box, tmp_path)
    # Of the endless function each call waits to be stopped: together still for longer than one process may.
    marking.limits = replace(workshop.LIMITS, call_cpu=0.12) if question == "q6" else workshop.LIMITS
    result = marking.assess("Zoë Müller", folder)
    reasons = {verdict.question: verdict.reason for verdict in result.verdicts}
    assert says in (reasons[question] if question else " ".join(result.remarks))
    assert reasons["q1"].startswith("Right")


def outcome_of(question, marker, way):
    """What the sandbox would give back if a student had gone this way."""

    def value(result):
        return Result(decode.read(json.loads(json.dumps(encode.encode(result)))))

    if question.cases is None:
        return Outcome(held={question.id: value(way(marker.given))}, ended="finished")
    called = {}
    for n, case in enumerate(marker.inputs.cases[question.id]):
        arguments = [encode.decode(encode.encode(argument)) for argument in case.arguments]
        called[f"{question.id}/{n}"] = value(way(*arguments))
    held = {question.id: Result(decode.Opaque("function"))}
    return Outcome(held=held, called=called, ended="finished")


def verdict_of(question, marker, way):
    return marker.judge(question, outcome_of(question, marker, way))


@pytest.mark.parametrize(("name", "key"), QUESTIONS)
def test_each_known_wrong_way_gets_its_own_reason(name, key):
    question = SETS[name].question(key)
    for diagnosis in question.diagnoses:
        reasons = []
        for marker in markers(name, 15):
            try:
                verdict = verdict_of(question, marker, diagnosis.wrong)
            except (ArithmeticError, LookupError, TypeError, ValueError):
                continue
            reasons.append(verdict.reason)
            if verdict.reason == diagnosis.reason:
                assert verdict.points < question.points
                break
        else:
            pytest.fail(f"{diagnosis.reason!r} was never given; instead: {set(reasons)}")


@pytest.mark.parametrize(("name", "key"), QUESTIONS)
def test_no_reason_gives_the_answer_away(name, key):
    question = SETS[name].question(key)
    told = " ".join([question.hint, *(d.reason for d in question.diagnoses)])
    for marker in markers(name, 6):
        expected = marker.expected[key]
        for number in re.findall(r"\d+\.\d+|\d{3,}", repr(expected)):
            assert number not in told.replace("192", "")


UNWRITTEN = "Not answered yet: the function returns nothing."
VARYING = [(name, q.id) for name in NAMES for q in SETS[name].questions if q.varies]


def read_or_none(kind, answer):
    try:
        return checks._canonical(kind, answer)
    except kinds.WrongForm:
        return None


@pytest.mark.parametrize(("name", "key"), VARYING)
def test_every_variant_has_an_answer_of_its_own_that_no_shortcut_gives(name, key, sampled):
    """All of them: solvable, within the bounds of its kind, not trivial, and no easier than others."""
    exercise = SETS[name]
    question = exercise.question(key)
    every = exercise.elsewhere(question)  # reads each by its kind, which refuses what is out of bounds
    names = question.uses or tuple(exercise.options)
    assert len(every) == math.prod(len(exercise.options[n]) for n in names) < checks.VARIANTS_TRIED
    trivial = (0, 1, True, "", [], {}, (0, 0), (0, 0, 0), (1, 1, 1), (0, 0, 0, 0))
    forms = [read for answer in trivial if (read := read_or_none(question.kind, answer)) is not None]
    for given, right in every:
        assert not any(question.kind.same(form, right) for form in forms), given
    some = sampled(
        random.Random(2022).sample(every, min(60, len(every))), 12, "variants tried with shortcuts"
    )
    for diagnosis in question.diagnoses:
        lucky = 0
        for given, right in some:
            full = {k: v[0] for k, v in exercise.options.items()} | given
            try:
                wrong = checks._canonical(question.kind, diagnosis.wrong(full))
            except (ArithmeticError, LookupError, TypeError, ValueError):
                continue
            lucky += question.kind.same(wrong, right)
        assert lucky <= len(some) * 0.4, diagnosis.reason


def _told(shown):
    """The numbers in what an explorer shows."""
    words = html.unescape(re.sub("<[^>]+>", " ", str(shown)))
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*\.?\d*", words)]


def _between(given):
    home, first, second = given["three"]
    return _told(explore.two_countries().render(home=home, first=first, second=second, year=2021))


def _same_for_all(given):
    scored = explore.forecasts_scored()
    tones = [name for name in scored.values() if name not in ("counted", "strict")]
    return _told(scored.render(counted="all", **dict.fromkeys(tones, round(100 * given["constant"]))))


@pytest.mark.parametrize(
    ("name", "key", "shown"),
    [("ex06_roads", "q1", _between), ("ex10_what_happened_next", "q3", _same_for_all)],
)
def test_no_setting_of_a_lessons_explorer_shows_an_answer(name, key, shown, sampled):
    question = SETS[name].question(key)
    for given, right in sampled(SETS[name].elsewhere(question), 10, "variants in the explorer"):
        numbers = shown(given)
        assert any(abs(number - right) < 0.03 * right for number in numbers), "it shows another thing"
        assert not any(question.kind.same(number, right) for number in numbers), given


@pytest.mark.parametrize(("name", "key"), VARYING)
def test_a_class_of_a_thousand_has_many_answers(name, key):
    """Within the tolerance: many different ones, none that is right for many, neighbours not alike."""
    exercise = SETS[name]
    question = exercise.question(key)
    right = {repr(given): answer for given, answer in exercise.elsewhere(question)}
    names = question.uses or tuple(exercise.options)
    answers = [right[repr({n: given[n] for n in names})] for given in drawn(name)]
    counts = collections.Counter(map(repr, answers))
    known = {repr(a): a for a in answers}
    assert len(counts) >= 16
    widest = max(
        sum(n for other, n in counts.items() if question.kind.same(known[other], known[one]))
        for one in counts
    )
    assert widest <= 0.125 * CLASS
    alike = sum(question.kind.same(a, b) for a, b in itertools.pairwise(answers))
    assert alike <= 0.09 * CLASS


@pytest.mark.parametrize("name", NAMES)
def test_no_two_of_a_thousand_share_all_answers_but_by_chance(name):
    """A set that is copied whole shows: pairs of students with the same answers throughout are rare."""
    exercise = SETS[name]
    right = {
        q.id: {repr(g): repr(a) for g, a in exercise.elsewhere(q)} for q in exercise.questions if q.varies
    }
    whole = collections.Counter(
        tuple(right[key][repr({n: given[n] for n in exercise.question(key).uses})] for key in right)
        for given in drawn(name)
    )
    assert len(whole) >= 0.9 * CLASS
    assert max(whole.values()) <= 3


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_of_the_notebook_passes_for_other_numbers_too(name, sampled):
    """What the source notebook does, run with the numbers of twenty students, is what the checks expect."""
    cells = [c for c in strip(source(name), keep_solutions=True)["cells"] if c["cell_type"] == "code"]
    for given in sampled(drawn(name)[:20], 4, "students"):
        space = {}
        marker = Marker(SETS[name], given, inputs_of(name))
        for cell in cells:
            if cell["id"].endswith("-check"):
                continue
            exec(
                cell["source"].replace("given = desk.given", f"given = {given!r}").replace("\ndesk\n", "\n"),
                space,
            )
        for question in SETS[name].questions:
            way = space[question.name]
            found = verdict_of(question, marker, way if question.cases else lambda g, w=way: w)
            assert found.state == "right", (question.id, given, found.reason)


@pytest.mark.parametrize("name", NAMES)
def test_a_thousand_students_share_the_variants_evenly(name):
    options = SETS[name].options
    again = [numbers.draw(workshop.SEED, f"student {n}", name, options) for n in range(CLASS)]
    assert drawn(name) == again
    for key, choices in options.items():
        counts = collections.Counter(repr(given[key]) for given in again)
        assert len(counts) == len(choices)
        assert max(counts.values()) < 1.8 * CLASS / len(choices) + 10
    elsewhere = drawn(name, "another course")
    assert (
        sum(a == b for a, b in zip(again, elsewhere, strict=True)) < 0.1 * CLASS
    )  # chance alone gives 1 in 30


@pytest.mark.by_day(3, "sets")
@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_answer_is_looked_up_among_all_variants_in_a_moment(name):
    """The first wrong answer of a class makes the grader work out every variant, once."""
    fresh = checks.load(EXERCISES / "checks", name)
    for question in fresh.questions:
        if question.varies:
            before = time.process_time()
            assert fresh.elsewhere(question)
            assert time.process_time() - before < 5, question.id


@pytest.mark.parametrize("name", NAMES)
def test_the_form_is_in_step_and_tells_nothing(name):
    exercise = SETS[name]
    released = json.loads((EXERCISES / "release" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
    stored = released["metadata"]["samarkand"]["form"]
    asked = json.loads(json.dumps(checks.form(exercise)))
    assert stored == asked, "a table or a check has changed: run samarkand release"
    for question in exercise.questions:
        again = kinds.from_json(json.loads(json.dumps(question.kind.to_json())))
        assert again == question.kind
    for reason in (d.reason for q in exercise.questions for d in q.diagnoses):
        assert reason not in json.dumps(stored, ensure_ascii=False)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course, released by nbgrader."""
    pytest.importorskip("nbgrader")
    root = tmp_path_factory.mktemp("exercises") / "exercises"
    root.mkdir()
    for part in ("source", "checks", "nbgrader_config.py"):
        copy = shutil.copytree if (EXERCISES / part).is_dir() else shutil.copy
        copy(EXERCISES / part, root / part)
    made = Course(root, root.parent / "secret")
    made.seed(create=True)
    for name in NAMES:
        release.generate(made, made.exercise(name))
    return made


@pytest.mark.parametrize("name", NAMES)
def test_sets_are_stored_as_they_look_when_run(name):
    """That this is what a fresh run gives, strict nbval holds in a step of its own."""
    for stage in ("source", "release"):
        assert build.check(EXERCISES / stage / name / f"{name}.ipynb") == []
    released = json.loads((EXERCISES / "release" / name / f"{name}.ipynb").read_text())
    assert "SOLUTION" not in json.dumps(released)
    said = {
        cell["id"]: "".join(output["data"]["text/plain"])
        for cell in released["cells"]
        for output in cell.get("outputs", ())
        if cell["id"] not in ("setup", "marks") and not cell["id"].endswith("-start")
    }
    functions = {q.id for q in SETS[name].questions if q.cases is not None}
    assert said == {
        f"{q.id}-check": f"{q.id}: {UNWRITTEN if q.id in functions else 'Not answered yet.'}"
        for q in SETS[name].questions
    }


def test_stock_nbgrader_accepts_the_course(course, sampled):
    notebooks = [f"source/{name}/{name}.ipynb" for name in sampled(NAMES, 2, "sets")]
    assert workshop.nbgrader(course.root, "validate", *notebooks).count("Success") == len(notebooks)


def unrun(path):
    """Read a notebook without what running it leaves."""
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_release_is_what_nbgrader_makes(course, name):
    stored, made = EXERCISES / "release" / name, course.root / "release" / name
    assert unrun(stored / f"{name}.ipynb") == unrun(made / f"{name}.ipynb")


@pytest.mark.parametrize("name", NAMES)
def test_each_question_says_where_it_was_taught_and_the_section_is_there(name):
    cells = {cell["id"]: "".join(cell["source"]) for cell in source(name)["cells"]}
    for question in SETS[name].questions:
        lesson, _, heading = question.taught.partition(": ")
        assert lesson == SETS[name].lesson
        taught = json.loads((home.ROOT / "notebooks" / f"{lesson}.ipynb").read_text(encoding="utf-8"))
        headings = [
            line for cell in taught["cells"] if cell["cell_type"] == "markdown"
            for line in "".join(cell["source"]).splitlines()
        ]  # fmt: skip
        assert f"## {heading}" in headings
        # JupyterLab calls a heading by its text, with - for each blank.
        link = f"(../../../notebooks/{lesson}.ipynb#{heading.replace(' ', '-')})"
        assert link in cells[f"{question.id}-question"]


@pytest.mark.parametrize("name", NAMES)
def test_each_question_says_its_points_its_name_and_how_exact_it_must_be(name):
    cells = {cell["id"]: "".join(cell["source"]) for cell in source(name)["cells"]}
    for question in SETS[name].questions:
        asked = cells[f"{question.id}-question"]
        points = f"({question.points} point{'s' if question.points > 1 else ''})"
        assert asked.splitlines()[0].endswith(points)
        assert f"`{question.name}" in asked
        parts = getattr(question.kind, "parts", None) or [getattr(question.kind, "of", question.kind)]
        for part in parts:
            if isinstance(part, kinds.Number):
                assert f"within {part.tolerance:g}" in asked.lower(), part
        for option in question.uses:
            assert f"`given['{option}']`" in asked or "your" in asked.lower() or "two sets of q4" in asked
        if question.cases:
            assert "that you have not seen" in asked


@pytest.mark.parametrize(("name", "written"), WRITTEN)
def test_the_rubric_stands_above_the_answer_for_students_and_on_formgraders_page(name, written):
    """nbgrader's page shows the notebook: what stands in the cell before the answer, the marker sees too."""
    for stage in ("source", "release"):
        cells = json.loads((EXERCISES / stage / name / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        place = next(n for n, cell in enumerate(cells) if cell["id"] == written.id)
        assert cells[place]["metadata"]["nbgrader"]["points"] == written.points
        asked = "".join(cells[place - 1]["source"])
        assert f"{written.title} ({written.points} points)" in asked
        rows = [line.strip("| ").split(" | ") for line in asked.splitlines() if line.startswith("| ")]
        assert rows[1:] == [[c.name, *c.anchors] for c in written.rubric]


def test_feedback_takes_the_rubric_the_score_and_the_comment_along():
    exercise = SETS["ex05_taking_sides"]
    row = {"questions": {"w1": 11.0}, "comments": {"w1": "Claim 4, evidence 4, <b>counter</b> 1, limits 2."}}
    page = feedback.page(exercise, Assessment("ada", exercise.id, []), row)
    shown = html.unescape(page)
    assert "11 of 16" in shown
    assert "Claim 4, evidence 4, <b>counter</b> 1, limits 2." in shown
    assert "<b>counter" not in page
    for criterion in exercise.written[0].rubric:
        assert all(text in shown for text in (criterion.name, *criterion.anchors))
