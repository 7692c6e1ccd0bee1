"""Attacks on the grader: each gets the mark it deserves or runs into a limit, and leaves nothing behind.

``attacks.toml`` holds them, code in a student's cell. Honest answers beside it, ``keeps``, keep their marks.
After each attack an honest student is graded in the same sandbox and must get all points.
"""

import copy
import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest
import workshop

from samarkand_grading.sandbox.box import Sandbox
from samarkand_grading.sandbox.work import Cell


class Attack(NamedTuple):
    """An entry of ``attacks.toml``, which explains the fields; one of another name is refused."""

    name: str
    code: str
    keeps: Sequence[str] = ()
    points: float = 0
    reads: str = ""
    tries: bool = False
    slow: bool = False
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


#: The last cell of every attack: it prints what this process, and any other in reach, sees of the grader's
#: environment and files. The attack ran before it, in the same process.
LOOKS = """
import glob, os, re
seen = [repr(os.environ), os.popen('env').read()]
paths = glob.glob('/proc/*/environ')
for folder, _, names in os.walk('{course}'): paths += [os.path.join(folder, name) for name in names]
for path in paths:
    try: seen.append(open(path, 'rb').read(3000).decode('utf-8', 'replace'))
    except OSError: pass
print(sorted({found for text in seen for found in re.findall('CANA' + 'RY-[A-Z]+', text)}))
"""


def test_what_looks_for_canaries_finds_them_where_nothing_confines_it(canaries):
    """Or it would find none in a sandbox either."""
    with Sandbox(trusted=True) as unconfined:
        cell = Cell("looks", LOOKS.replace("{course}", str(canaries.folder)))
        text = unconfined.run([cell]).ran["looks"].text
    assert {"CANARY-ENVIRONMENT", "CANARY-GRADEBOOK", "CANARY-HOME", "CANARY-CHECKS"} <= {
        *re.findall("CANARY-[A-Z]+", text)
    }


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack(attack, either, canaries, blank, tmp_path):
    """Grade an attack, then an honest student; check both marks, and that no canary was read or changed."""
    _, code, keeps, points, reads, tries, slow, wall = attack
    if tries:
        code, points, keeps = TRY.replace("{code}", code), 10, workshop.ANSWERS
    code = code.replace("{course}", str(canaries.folder))
    sources = {key: answer if key in keeps else "# see above" for key, answer in workshop.ANSWERS.items()}
    if "else product" in code:  # it falsifies the right answer if it gets what it wants
        sources["q1"] += "\n" + code
    else:
        sources["added"] = code
    sources["last"] = LOOKS.replace("{course}", str(canaries.folder))
    assessor = copy.copy(either)
    assessor.limits = replace(either.limits, wall=wall)
    if reads or slow:  # it must come to its end, also on a busy machine
        assessor.limits = replace(assessor.limits, cpu=40, wall=90, cell_wall=60)
    if reads:
        assessor.limits = replace(assessor.limits, cell_cpu=20)
    result = workshop.assess(assessor, tmp_path, workshop.fill(blank, **sources), "eve")
    assert result.points == points, [(v.state, v.reason, v.read) for v in result.verdicts]
    assert reads in ("", result.verdicts[0].read)
    told = " ".join(v.reason for v in result.verdicts) + " ".join(map(str, result.remarks))
    assert "CANARY" not in told + repr(result.ran) + "".join(v.read for v in result.verdicts)
    assert "40961" not in told  # an expected value
    assert told.isprintable()
    drawn = assessor.draw_inputs(assessor.read_submission("eve", tmp_path / "eve" / workshop.NAME).cells)
    inputs = [a for case in drawn.cases["q3"][1:] for a in case.arguments if a is not None]
    assert not any(str(a.year) in told for a in inputs)
    assert canaries.state() == canaries.before
    after = workshop.assess(either, tmp_path, workshop.fill(blank, **workshop.ANSWERS))
    assert (after.points, after.ended, after.remarks) == (10, "finished", [])
