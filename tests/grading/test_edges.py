"""Each edge of a hidden function catches a wrong way that no other input catches: none is there for show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import workshop

from samarkand.ground import home
from samarkand.practice.answers import decode
from samarkand_grading.marking import checks

CHECKS = home.ROOT / "exercises" / "checks"
SETS = {name: workshop.course_set(name) for name in checks.available(CHECKS)}
KEYS = (workshop.KEY, "another class", "a third", "a fourth")


def asked(name: str) -> checks.Question:
    (question,) = (q for q in SETS[name].questions if q.cases is not None)
    return question


#: Each set and edge, and a way that is right everywhere else.
WAYS: dict[tuple[str, str], Callable[..., Any]] = {
    (name, edge): way for name in SETS for edge, way in workshop.class_of(name).EDGES.items()
}


def test_every_edge_of_every_set_has_its_way() -> None:
    edges = {
        (name, case.edge)
        for name in SETS
        for case in SETS[name].inputs(workshop.KEY).cases[asked(name).id]
        if case.edge
    }
    assert edges == set(WAYS)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("name", "edge"), WAYS, ids=lambda part: part)
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::FutureWarning")
def test_an_edge_catches_what_nothing_else_catches(name: str, edge: str, key: str) -> None:
    question = asked(name)
    caught = set()
    for case in SETS[name].inputs(key).cases[question.id]:
        right = question.kind.read(decode.plain(question.solution(*case.arguments)))
        try:
            given = question.kind.read(decode.plain(WAYS[name, edge](*case.arguments)))
        except Exception:  # whatever a wrong way raises is no answer
            given = None
        if given is None or not question.kind.same(given, right):
            caught.add(case.edge)
    assert caught == {edge}
