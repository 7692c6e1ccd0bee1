"""The six sets: the reference passes, empty work has 0, each wrong way gets its reason, variants are fair."""

from __future__ import annotations

import collections
import functools
import itertools
import json
import os
import random
import re
import subprocess
import sys

import pytest
import workshop

from samarkand import home
from samarkand.grading import checks, kinds, plain, release, structure, values, variants
from samarkand.grading.assessment import Assessor
from samarkand.grading.checks import Marker
from samarkand.grading.course import Course
from samarkand.grading.sandbox import Outcome, Result, Sandbox

EXERCISES = home.ROOT / "exercises"
NAMES = checks.available(EXERCISES / "checks")
SETS = {name: checks.load(EXERCISES / "checks", name) for name in NAMES}
QUESTIONS = [(name, question.id) for name in NAMES for question in SETS[name].questions]


def givens(name, most=60):
    """All variants of a set, or as many as are quick to look at."""
    options = SETS[name].options
    every = list(itertools.product(*options.values()))
    chosen = random.Random(2022).sample(every, min(most, len(every)))
    return [dict(zip(options, choice, strict=True)) for choice in chosen]


@functools.cache
def marker_of(name, number):
    """Return the marker of one of the variants; what it has worked out once is kept."""
    return Marker(SETS[name], givens(name)[number])


def markers(name, most=60):
    return [marker_of(name, number) for number in range(min(most, len(givens(name))))]


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


def test_there_are_enough_questions():
    assert NAMES == [
        "ex01_the_trip", "ex02_reading_the_article", "ex03_the_sco",
        "ex04_china_and_russia", "ex05_taking_sides", "ex10_what_happened_next",
    ]  # fmt: skip
    assert len(QUESTIONS) >= 27
    for exercise in SETS.values():
        assert 4 <= len(exercise.questions) <= 6
        assert exercise.points == 10
        assert any(question.cases for question in exercise.questions)
        assert any(question.varies for question in exercise.questions)
        assert all(len(question.diagnoses) >= 3 for question in exercise.questions)
    assert SETS["ex05_taking_sides"].written[0].points == 16
    assert all(len(c.anchors) == 5 for c in SETS["ex05_taking_sides"].written[0].rubric)


@pytest.fixture(scope="module")
def box():
    if sys.platform != "linux":
        pytest.skip("student code is only ever run under bubblewrap (Linux)")
    with Sandbox(secret=[EXERCISES]) as box:
        yield box


def assessor(name, box, tmp_path):
    path = workshop.write(tmp_path / "release", strip(source(name), keep_solutions=False), name)
    released = structure.Released(path, {q.id: q.name for q in SETS[name].questions})
    return Assessor(SETS[name], released, workshop.SEED, box)


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
    assert {v.reason for v in result.verdicts} == {"Not answered yet."}
    assert (result.points, result.ended) == (0, "finished")


def outcome_of(question, marker, way):
    """What the sandbox would give back if a student had gone this way."""

    def value(result):
        return Result(values.read(json.loads(json.dumps(plain.encode(result)))))

    if question.cases is None:
        return Outcome(held={question.id: value(way(marker.given))}, ended="finished")
    called = {}
    for n, case in enumerate(marker.cases[question.id]):
        arguments = [plain.decode(plain.encode(argument)) for argument in case.arguments]
        called[f"{question.id}/{n}"] = value(way(*arguments))
    held = {question.id: Result(values.Opaque("function"))}
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


@pytest.mark.parametrize("name", NAMES)
def test_variants_are_fair(name):
    exercise = SETS[name]
    for question in exercise.questions:
        if not question.varies:
            continue
        answers = collections.Counter()
        for marker in markers(name, 30):
            assert verdict_of(question, marker, question.solution).state == "right"
            answers[repr(marker.expected[question.id])] += 1
            for trivial in (..., None, 0, 1, "", [], True, (0, 0), (0, 0, 0), {}):
                assert verdict_of(question, marker, lambda g, t=trivial: t).points == 0
        assert max(answers.values()) <= 0.25 * sum(answers.values()), answers.most_common(3)
        assert len(answers) >= 10


@pytest.mark.parametrize("name", NAMES)
def test_a_thousand_students_share_the_variants_evenly(name):
    options = SETS[name].options
    drawn = [variants.draw(workshop.SEED, f"student {n}", name, options) for n in range(1000)]
    assert drawn == [variants.draw(workshop.SEED, f"student {n}", name, options) for n in range(1000)]
    for key, choices in options.items():
        counts = collections.Counter(repr(given[key]) for given in drawn)
        assert len(counts) == len(choices)
        assert max(counts.values()) < 1.8 * 1000 / len(choices) + 10
    elsewhere = [variants.draw("another course", f"student {n}", name, options) for n in range(1000)]
    assert sum(a == b for a, b in zip(drawn, elsewhere, strict=True)) < 250  # chance alone gives 84 at most


@pytest.mark.parametrize("name", NAMES)
def test_the_form_is_in_step_and_tells_nothing(name):
    exercise = SETS[name]
    stored = (EXERCISES / "source" / name / "form.json").read_text()
    given = variants.draw(variants.DEMONSTRATION, "demonstration", name, exercise.options)
    assert json.loads(stored) == json.loads(json.dumps(checks.form(exercise, given)))
    for question in exercise.questions:
        again = kinds.from_json(json.loads(json.dumps(question.kind.to_json())))
        assert again == question.kind
    for reason in (d.reason for q in exercise.questions for d in q.diagnoses):
        assert reason not in stored


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course, released by nbgrader."""
    import shutil

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
def test_a_released_set_runs_unanswered(course, name, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", str(home.ROOT))  # the kernel starts in the set's own folder
    path = course.root / "release" / name / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    text = path.read_text()
    assert "SOLUTION" not in text
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    said = [
        output["data"]["text/plain"]
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
        for output in cell.outputs
    ]
    assert said == [f"{question.id}: Not answered yet." for question in SETS[name].questions]


def test_stock_nbgrader_accepts_the_course(course):
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "validate", "source/ex0[35]*/*.ipynb"],
        cwd=course.root, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "PYTHONPATH": str(home.ROOT)},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-1500:]
    assert (run.stdout + run.stderr).count("Success") == 2


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_release_is_what_nbgrader_makes(course, name):
    for file in (f"{name}.ipynb", "form.json"):
        made = json.loads((course.root / "release" / name / file).read_text())
        assert json.loads((EXERCISES / "release" / name / file).read_text()) == made
