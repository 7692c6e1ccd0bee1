"""Practice answers at once and holds no answer: what a search of its seals costs, and what may be sealed."""

from __future__ import annotations

import hashlib
import itertools
import json
import time

import pytest
from test_exercises import EXERCISES, NAMES, SETS

from samarkand.answers import kinds
from samarkand.exercise import desk, numbers, sealed
from samarkand.grading.marking import checks
from samarkand.ground.errors import CourseError

CHEAP = {"n": 2, "r": 1, "p": 1}
PRACTICE = [(name, practice.id) for name in NAMES for practice in SETS[name].practice]


def practice_of(name, key):
    return next(p for p in SETS[name].practice if p.id == key)


def form_of(name):
    return json.loads((EXERCISES / "release" / name / "form.json").read_text())


def answers(name, key):
    """Every variant's salt and right answer, as text."""
    practice, exercise = practice_of(name, key), SETS[name]
    found = {}
    for choice in itertools.product(*(exercise.options[option] for option in practice.uses)):
        given = dict(zip(practice.uses, choice, strict=True))
        right = practice.answer(given)
        salt = sealed.salt(name, key, practice.uses, given)
        found[salt] = (right, sealed.text(right, practice.digits))
    return found


def test_each_set_has_practice_without_points():
    assert {name for name, _ in PRACTICE} == set(NAMES)
    for name, key in PRACTICE:
        released = json.loads((EXERCISES / "release" / name / f"{name}.ipynb").read_text())
        marks = [c["metadata"]["nbgrader"] for c in released["cells"] if c["id"] in (key, f"{key}-check")]
        assert [m["grade"] for m in marks] == [False, False]
        assert not any("points" in m for m in marks)


@pytest.mark.parametrize(("name", "key"), PRACTICE)
def test_what_is_sealed_has_a_million_possibilities_and_nothing_graded_is(name, key):
    practice, form = practice_of(name, key), form_of(name)
    for right, _ in answers(name, key).values():
        assert sealed.possibilities(right, practice.digits) >= sealed.FEWEST
    assert not any("seals" in question for question in form["questions"].values())
    assert len(set(form["practice"][key]["seals"].values())) == len(answers(name, key))  # no two salts alike


@pytest.mark.parametrize(
    ("answer", "digits"), [(41.3, 1), (8, 0), ((5, 0.385), 3), (100 * 5 / 14, 9), ((30, 12, 7), 0), (12.5, 6)]
)
def test_what_can_be_guessed_is_not_sealed(answer, digits):
    with pytest.raises(CourseError, match="cannot be sealed"):
        sealed.refuse("ex00/p1", answer, digits)


def test_what_rounds_by_chance_is_not_sealed():
    with pytest.raises(CourseError, match="too near to the middle"):
        sealed.refuse("ex00/p1", 1234567.8905, 3)
    sealed.refuse("ex00/p1", 1234567.8903, 3)


def test_an_author_cannot_release_a_question_that_can_be_guessed():
    practice = checks.Practice("p1", "members", kinds.Whole(), lambda g: 8, "Count.", "03_the_sco")
    with pytest.raises(CourseError, match="ex00_test/p1 cannot be sealed: 12 answers"):
        checks.form(checks.ExerciseSet("ex00_test", "00_test", (), practice=(practice,)), {})


def test_a_million_tries_take_hours():
    """Measured here, on one core; two days on the machine that this was written on."""
    began = time.process_time()
    for n in range(3):
        sealed.seal(str(n), "ex00/p1")
    hours = (time.process_time() - began) / 3 * sealed.FEWEST / 3600
    assert hours > 6
    assert 128 * sealed.COST["n"] * sealed.COST["r"] == 64 << 20  # bytes that each try needs at once


@pytest.mark.parametrize(("name", "key"), PRACTICE)
def test_the_copy_gives_no_shorter_way(name, key):
    """Nothing but slow seals depends on the answer; the same search of a quick hash finds it."""
    practice, form = practice_of(name, key), form_of(name)
    text = json.dumps(form)
    for salt, (right, written) in answers(name, key).items():
        stored = form["practice"][key]["seals"][salt]
        assert stored == sealed.seal(written, salt)
        for part in written.split(";"):
            for said in (part, part.rstrip("0").rstrip("."), f"{float(part):,.0f}"):
                assert len(said) < 4 or said not in text
        for quick in (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.blake2b):
            for message in (written, f"{salt}{written}", f"{written}{salt}"):
                assert quick(message.encode()).hexdigest() not in text
        first = right[0] if isinstance(right, tuple) else right
        rest = right[1:] if isinstance(right, tuple) else ()
        step = 10.0**-practice.digits
        tried = [sealed.text((first + n * step, *rest), practice.digits) for n in range(-200, 200)]
        weak = sealed.seal(written, salt, CHEAP)
        hits = [t for t in tried if sealed.seal(t, salt, CHEAP) == weak]
        assert hits == [written]  # the attack is a real one: with a quick hash it finds the answer
        assert weak not in text
        break


@pytest.mark.parametrize(("name", "key"), PRACTICE)
def test_practice_says_right_and_wrong_at_once(name, key, monkeypatch, tmp_path):
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path))
    practice = practice_of(name, key)
    table = desk.Desk(name, EXERCISES / "release" / name)
    given = numbers.draw(numbers.DEMONSTRATION, "demonstration", name, SETS[name].options)
    right = practice.answer(given)
    assert table.practise(key, ...).text == "Not answered yet."
    assert table.practise(key, right).state == "right"
    hair = 0.01 * 10.0**-practice.digits if practice.digits else 0
    unrounded = tuple(v + hair for v in right) if isinstance(right, tuple) else right + hair
    assert table.practise(key, unrounded).text == "Right."
    wrong = tuple(v + 1 for v in right) if isinstance(right, tuple) else right + 1
    said = table.practise(key, wrong)
    assert said.state == "wrong"
    assert said.text == f"Not right yet. {practice.hint}"
    assert table.practise(key, "many").state == "form"
    if isinstance(right, tuple) and right[0] != right[1]:
        assert table.practise(key, (right[1], right[0], *right[2:])).state == "wrong"
    monkeypatch.setenv("SAMARKAND_GIVEN", json.dumps(given))
    assert table.practise(key, wrong).text == "Practice carries no points."
