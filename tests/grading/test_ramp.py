"""What a set gives to begin with: its examples are right, and nothing given is an answer."""

from __future__ import annotations

import ast
import functools

import pytest
from test_exercises import EXERCISES, NAMES, QUESTIONS, SETS, drawn, read_or_none

from tools.author import lessons, rules_of_sets

#: How many students of a class what is given is tried on; of how many at each run.
STUDENTS, SOME = 150, 40
FUNCTIONS = [(name, key) for name, key in QUESTIONS if SETS[name].question(key).cases]
VALUES = [(name, key) for name, key in QUESTIONS if not SETS[name].question(key).cases]


@functools.cache
def source(name):
    return lessons.read(EXERCISES / "source" / name / f"{name}.ipynb")


def answer(name, key):
    return rules_of_sets.questions(source(name))[key][""].source


def shown(name, given):
    """What each given cell shows, where nothing is answered."""
    space, found = {}, {}
    for cell in source(name).code:
        if cell.id == "setup":
            exec(cell.source.replace("desk.given", repr(given)).removesuffix("\ndesk"), space)
        elif cell.id.endswith("-start"):
            *body, last = ast.parse(cell.source).body
            exec(compile(ast.Module(body, []), cell.id, "exec"), space)
            key = cell.id.removesuffix("-start")
            found[key] = eval(compile(ast.Expression(last.value), cell.id, "eval"), space)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_what_is_given_is_right_for_nobody(name, sampled):
    """A line that is copied and left as it is has no points, and stands in the way of none that is right."""
    steps = {key: rules_of_sets.step(cells) for key, cells in rules_of_sets.questions(source(name)).items()}
    for given in sampled(drawn(name)[:STUDENTS], SOME, "students"):
        for key, value in shown(name, given).items():
            question = SETS[name].question(key)
            read = read_or_none(question.kind, value)
            right = read_or_none(question.kind, question.solution(given))
            assert right is not None
            assert read is None or not question.kind.same(read, right), (key, given)
            if steps[key] == "Change":
                assert read is not None, f"{key}: the line to change gives no answer, but {value!r}"


@pytest.mark.parametrize(("name", "key"), VALUES)
def test_the_form_that_is_shown_is_read_and_is_nobodys_answer(name, key):
    question = SETS[name].question(key)
    form = answer(name, key).partition("\n")[0].partition(rules_of_sets.FORM)[2]
    read = read_or_none(question.kind, eval(form))
    assert read is not None, form
    assert not [given for given, right in SETS[name].elsewhere(question) if question.kind.same(read, right)]


@pytest.mark.parametrize(("name", "key"), FUNCTIONS)
def test_the_example_below_a_function_says_what_comes_out(name, key):
    """The right function, called as the student's is, gives what the comment and the text say."""
    question = SETS[name].question(key)
    space = {"check": question.solution}
    exec(next(cell.source for cell in source(name).code if cell.id == "setup").rpartition("\n\n")[0], space)
    call = ast.parse(answer(name, key)).body[-1].value
    call.func = ast.copy_location(ast.Name("check", ast.Load()), call.func)
    came = eval(compile(ast.Expression(call), key, "eval"), space)
    said = ast.literal_eval(answer(name, key).rpartition(rules_of_sets.EXAMPLE)[2])
    for one in (came, SETS[name].example(key)):
        assert question.kind.same(read_or_none(question.kind, said), read_or_none(question.kind, one))
