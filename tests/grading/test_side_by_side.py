"""Submissions that run at the same time share a warm server, and nothing that one of them could reach."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import workshop
from test_attacks_inside import FLOOD

from samarkand_grading.sandbox.box import Sandbox


@pytest.fixture(scope="module")
def pair(sandbox):
    """Two sandboxes of one warm server."""
    with Sandbox(sandbox.data, warm=sandbox.warm) as one:
        yield one, one.another()


@pytest.fixture
def side_by_side(assessor, blank, tmp_path, pair):
    """Assess two submissions at the same time."""

    def assess(first, second, limits=None):
        works = []
        for student, answers in (("eve", first), ("ada", second)):
            folder = tmp_path / student / workshop.NAME
            workshop.write(folder, workshop.fill(blank, **answers))
            works.append(assessor.prepare(student, folder))
        assessor.limits, before = limits or assessor.limits, assessor.limits
        try:
            with ThreadPoolExecutor(2) as pool:
                return list(pool.map(assessor.run, works, pair))
        finally:
            assessor.limits = before

    return assess


#: Waits on its own for as long as an attacker needs to be there.
PATIENT = workshop.ANSWERS | {"added": "import time; time.sleep(1)"}


def test_both_have_their_marks(side_by_side):
    first, second = side_by_side(workshop.ANSWERS, workshop.ANSWERS | {"q1": "product = 1"})
    assert (first.points, second.points) == (10, 8)
    assert first.given != second.given  # each has its own numbers


@pytest.mark.parametrize(
    ("attack", "ended"),
    [
        ("hold = []\nwhile True: hold.append(bytearray(b'x' * 10_000_000))", {"memory", "finished", "died"}),
        ("while True: pass", {"cpu", "finished"}),
        ("import os\nfor n in range(100): os.fork()\nwhile True: pass", {"cpu", "memory", "wall", "died"}),
        ("import os, signal\nos.kill(-1, signal.SIGKILL)", {"died", "finished"}),
        (
            "import os\nfor n in range(2, 400):\n    try: os.kill(n, 9)\n    except OSError: pass",
            {"died", "finished"},
        ),
        ("import os\nos.closerange(0, 64)", {"died"}),
        (FLOOD, {"memory", "cpu", "wall"}),
    ],
    ids=["memory", "time", "forks", "signals to all", "signals to each", "hangs up", "names"],
)
def test_what_one_uses_up_is_not_the_others(side_by_side, attack, ended):
    eve, ada = side_by_side({"added": attack}, PATIENT, replace(workshop.LIMITS, memory=300 << 20, wall=12))
    assert eve.ended in ended
    assert (ada.points, ada.ended) == (10, "finished")


def test_one_cannot_speak_to_the_other(side_by_side):
    """No socket, no file, no process of one can be found by the other."""
    speak = """
import os, socket, time
open("/tmp/word-of-{mine}", "w").write("the answer")
a, b = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for n in range(2))
a.bind("\\0{mine}")
heard, until = set(), time.time() + 2
while time.time() < until:
    try: b.sendto(b"the answer", "\\0{yours}"); heard.add("socket")
    except OSError: pass
    heard |= {{name for name in os.listdir("/tmp") if name == "word-of-{yours}"}}
    heard |= {{n for n in range(2, 300) if os.path.exists(f"/proc/{{n}}")}}
    time.sleep(0.02)
product = len(heard)
"""
    results = side_by_side(
        {"q1": speak.format(mine="eve", yours="ada")}, {"q1": speak.format(mine="ada", yours="eve")}
    )
    assert [result.verdicts[0].read for result in results] == ["0", "0"]


def test_one_that_has_lost_its_server_gets_a_new_one(assessor, blank, tmp_path, sandbox):
    folder = tmp_path / "ada" / workshop.NAME
    workshop.write(folder, workshop.fill(blank, **workshop.ANSWERS))
    work = assessor.prepare("ada", folder)
    one = Sandbox(sandbox.data, warm=sandbox.warm)
    other = one.another()
    try:
        assert assessor.run(work, other).points == 10
        one.stop()
        other.stop()
        assert assessor.run(work, other).points == 10
        assert threading.active_count() < 50
    finally:
        one.stop()
        other.stop()
