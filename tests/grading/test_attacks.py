"""Attacks on the grader: each gets the mark it deserves or runs into a limit, and leaves nothing behind.

``attacks.toml`` holds them, code in a student's cell. Honest answers beside it, ``keeps``, keep their marks.
After each attack an honest student is graded in the same sandbox and must get all points.
"""

import copy
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest
import workshop


class Attack(NamedTuple):
    """An entry of ``attacks.toml``, which explains the fields; one of another name is refused."""

    name: str
    code: str
    keeps: Sequence[str] = ()
    points: float = 0
    reads: str = ""
    tries: bool = False
    wall: float = workshop.LIMITS.wall


TEXT = (workshop.HERE / "attacks.toml").read_text(encoding="utf-8")
ATTACKS = [Attack(**one) for one in tomllib.loads(TEXT)["attack"]]
#: The frame of an attack that tries calls: those that succeed are in ``done`` and make q1 wrong.
TRY = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
done = []
def attempt(name, call, *arguments):
    try:
        if call(*arguments) != -1: done.append(name)
    except (OSError, PermissionError): pass
{code}
product = 10**6 if done else product
"""


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack(attack, either, canaries, blank, tmp_path):
    """Grade an attack, then an honest student; check both marks, and that no canary was read or changed."""
    _, code, keeps, points, reads, tries, wall = attack
    if tries:
        code, points, keeps = TRY.replace("{code}", code), 10, workshop.ANSWERS
    code = code.replace("{course}", str(canaries.folder))
    sources = {key: answer if key in keeps else "# see above" for key, answer in workshop.ANSWERS.items()}
    if "else product" in code:  # it falsifies the right answer if it gets what it wants
        sources["q1"] += "\n" + code
    else:
        sources["added"] = code
    assessor = copy.copy(either)
    assessor.limits = replace(either.limits, wall=wall)
    if reads:  # it must come to its end, also on a busy machine
        assessor.limits = replace(assessor.limits, cpu=40, cell_cpu=20, wall=90, cell_wall=60)
    result = workshop.assess(assessor, tmp_path, workshop.fill(blank, **sources), "eve")
    assert result.points == points, [(v.state, v.reason, v.read) for v in result.verdicts]
    assert reads in ("", result.verdicts[0].read)
    told = " ".join(v.reason for v in result.verdicts) + " ".join(result.remarks)
    assert "CANARY" not in told + repr(result.ran) + "".join(v.read for v in result.verdicts)
    assert "40961" not in told  # an expected value
    assert told.isprintable()
    drawn = assessor.inputs(assessor.prepare("eve", tmp_path / "eve" / workshop.NAME).cells)
    inputs = [a for case in drawn.cases["q3"][1:] for a in case.arguments if a is not None]
    assert not any(str(a.year) in told for a in inputs)
    assert canaries.state() == canaries.before
    after = workshop.assess(either, tmp_path, workshop.fill(blank, **workshop.ANSWERS))
    assert (after.points, after.ended, after.remarks) == (10, "finished", [])
