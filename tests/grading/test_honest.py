"""Honest work: right answers by any way keep their marks, wrong ones get the right reason."""

# ruff: noqa: E501 - cells are quoted as they are written
from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import workshop

from samarkand.grading.sandbox.box import Sandbox


def assess(assessor, tmp_path, notebook, student="ada"):
    folder = tmp_path / student / workshop.NAME
    workshop.write(folder, notebook)
    return assessor.assess(student, folder)


def test_the_reference_has_all_points(assessor, blank, tmp_path):
    result = assess(assessor, tmp_path, workshop.fill(blank, **workshop.ANSWERS))
    assert [v.state for v in result.verdicts] == ["right", "right", "right"]
    assert (result.points, result.out_of, result.remarks, result.ended) == (10, 10, [], "finished")


def test_the_empty_notebook_has_none_and_no_error(assessor, blank, tmp_path):
    result = assess(assessor, tmp_path, blank)
    assert [v.reason for v in result.verdicts] == ["Not answered yet."] * 3
    assert (result.points, result.ended) == (0, "finished")


def test_other_forms_are_as_good(assessor, blank, tmp_path):
    answers = {
        "q1": "import numpy as np\nproduct = np.float64(17 * given['factor'] + 40961)",
        "q2": (
            "t = pd.DataFrame({'share': [1.0] * 3}, index=['KGZ', 'UZB', 'KAZ'])\n"
            "t['share'] = [100 * 1084 / 11058, 100 * 2330 / 11058, 100 * 7644 / 11058]\nborder_shares = t"
        ),
        "q3": (
            "class Spell:\n    def __call__(self, since, until, day):\n        return 0\n"
            "was_member = lambda since, until, day: bool(since <= day) and (day < until if until else True)"
        ),
    }
    assert assess(assessor, tmp_path, workshop.fill(blank, **answers)).points == 10
    answers["q2"] = "border_shares = {'UZB': 21.1, 'KAZ': 69.1, 'KGZ': 9.8}"
    assert assess(assessor, tmp_path, workshop.fill(blank, **answers)).points == 10


def test_what_the_standard_library_makes_is_as_good(assessor, blank, tmp_path):
    answers = {
        "q1": "import decimal\nproduct = decimal.Decimal(17 * given['factor'] + 40961)",
        "q2": (
            "import collections, fractions\nborder_shares = collections.OrderedDict(\n"
            "    (k, fractions.Fraction(100 * v, 11058)) for k, v in {'KAZ': 7644, 'UZB': 2330, 'KGZ': 1084}.items())"
        ),
        "q3": "import functools\n@functools.cache\n" + workshop.ANSWERS["q3"],
    }
    assert assess(assessor, tmp_path, workshop.fill(blank, **answers)).points == 10
    answers["q2"] = "border_shares = {'KAZ': 69.1264, 'UZB': 21.0707, 'KGZ': 9.8029}.items()"
    answers["q3"] = (
        "import functools\ndef f(extra, since, until, day):\n"
        "    return since <= day and (until is None or day < until)\nwas_member = functools.partial(f, 0)"
    )
    assert [v.points for v in assess(assessor, tmp_path, workshop.fill(blank, **answers)).verdicts] == [
        2,
        0,
        5,
    ]


def test_every_diagnosis_gives_its_reason(assessor, blank, tmp_path):
    answers = {
        "q1": "product = 17 + given['factor'] + 40961",
        "q2": workshop.ANSWERS["q2"].replace("100 * ", ""),
        "q3": workshop.ANSWERS["q3"].replace("day < until", "day <= until"),
    }
    result = assess(assessor, tmp_path, workshop.fill(blank, **answers))
    assert [v.reason for v in result.verdicts] == [
        "You added where you should multiply.",
        "These are shares of one: the question asks for per cent.",
        "On the day a spell ends, the status has ended.",
    ]
    assert [v.points for v in result.verdicts] == [0, 0, 2.5]


def test_an_error_in_one_cell_costs_that_question_alone(assessor, blank, tmp_path):
    notebook = workshop.fill(blank, **{**workshop.ANSWERS, "q2": "border_shares = 1 / 0"})
    result = assess(assessor, tmp_path, notebook)
    assert [v.points for v in result.verdicts] == [2, 0, 5]
    assert "ZeroDivisionError" in result.verdicts[1].reason


def test_an_endless_loop_in_one_cell_costs_that_question_alone(assessor, blank, tmp_path):
    notebook = workshop.fill(blank, **{**workshop.ANSWERS, "q2": "while True: pass"})
    result = assess(assessor, tmp_path, notebook)
    assert [v.points for v in result.verdicts] == [2, 0, 5]
    assert "too long" in result.verdicts[1].reason


def test_an_endless_loop_in_a_function_costs_that_question_alone(assessor, blank, tmp_path):
    q3 = "def was_member(since, until, day):\n    while until is None: pass\n    return since <= day < until"
    result = assess(assessor, tmp_path, workshop.fill(blank, **{**workshop.ANSWERS, "q3": q3}))
    assert [v.points for v in result.verdicts] == [2, 3, 0]
    assert "too long" in result.verdicts[2].reason


def test_a_function_that_leaves_things_behind_is_judged_call_by_call(assessor, blank, tmp_path):
    answer = workshop.ANSWERS["q3"].replace(
        "    return", "    if seen: return None\n    seen.append(day)\n    return"
    )
    result = assess(
        assessor, tmp_path, workshop.fill(blank, **{**workshop.ANSWERS, "q3": "seen = []\n" + answer})
    )
    assert result.points == 10
    late = workshop.ANSWERS["q3"].replace("    return", "    seen.append(day)\n    return len(seen) > 1 and")
    result = assess(
        assessor, tmp_path, workshop.fill(blank, **{**workshop.ANSWERS, "q3": "seen = []\n" + late})
    )
    assert result.points == 5


def test_one_call_that_fails_takes_no_other_with_it(assessor, blank, tmp_path):
    """Also where the calls share a process: an error, a loop or a crash on the last day is half of the points."""
    for fault in ("raise KeyError(day)", "sum(iter(int, 1))", "import ctypes; ctypes.string_at(0)"):
        q3 = workshop.ANSWERS["q3"].replace("    return", f"    if until == day: {fault}\n    return", 1)
        result = assess(assessor, tmp_path, workshop.fill(blank, **{**workshop.ANSWERS, "q3": q3}))
        assert [v.points for v in result.verdicts] == [2, 3, 2.5], result.verdicts[2].read


def test_notebook_habits_do_no_harm(assessor, blank, tmp_path):
    added = "%matplotlib inline\n!echo hello\ndisplay(pd.DataFrame({'a': [1]}))\nawait __import__('asyncio').sleep(0)\nlist?"
    result = assess(assessor, tmp_path, workshop.fill(blank, added=added, **workshop.ANSWERS))
    assert result.points == 10
    assert result.remarks == ["1 code cell was added; they run, and carry no points."]


def test_the_tables_lie_where_a_students_copy_has_them(assessor, blank, tmp_path):
    """From the set's folder, from my_work/ and from the top; and nothing can be written there."""
    ways = ("course_data", "../course_data", "../../course_data", "../../../course_data")
    added = (
        f"for way in {ways}:\n    assert len(pd.read_csv(way + '/table.csv')) == 1\n"
        "    try: open(way + '/new', 'w'); raise SystemExit\n    except OSError: pass"
    )
    result = assess(assessor, tmp_path, workshop.fill(blank, added=added, **workshop.ANSWERS))
    assert (result.points, [ran.error for ran in result.ran.values() if ran.error]) == (10, [])


def test_what_counts_is_read_where_the_student_saw_it(assessor, blank, tmp_path):
    notebook = workshop.fill(blank, last="product = border_shares = was_member = None", **workshop.ANSWERS)
    assert assess(assessor, tmp_path, notebook).points == 10


#: Ways to draw a number between 0 and 1 without a seed.
DRAWS = (
    "random.random()", "random.Random().random()", "random.SystemRandom().random()", "secrets.randbelow(1000) / 1000",
    "os.urandom(1)[0] / 256", "os.getrandom(1)[0] / 256", "uuid.uuid4().int / 2**128", "np.random.random()",
    "np.random.default_rng().random()", "np.random.RandomState().rand()", "hash('a') % 1000 / 1000",
    "pd.Series(range(1000)).sample(1).iloc[0] / 1000",
    "int.from_bytes(open('/dev/urandom', 'rb').read(8), 'big') / 2**64",
    "float(subprocess.run([sys.executable, '-c', 'import random; print(random.random())'], capture_output=True).stdout)",
)  # fmt: skip


def test_the_same_work_has_the_same_mark(assessor, blank, tmp_path, sandbox):
    """Whatever it draws by chance is the same in each run, in cells and in functions, in another sandbox too."""
    imports = (
        "import os, random, secrets, subprocess, sys, tempfile, uuid\nimport numpy as np, pandas as pd\n"
    )
    draws = ", ".join(DRAWS)
    answers = {
        "q1": f"{imports}product = [{draws}]",
        "q2": f"print([{draws}], np.random.default_rng().random(), uuid.uuid4())\nborder_shares = secrets.token_hex()",
        "q3": f"def was_member(since, until, day):\n    return sum([{draws}])",
    }
    notebook = workshop.fill(blank, **answers)
    first, *others = [assess(assessor, tmp_path, notebook) for _ in range(4)]
    with Sandbox(sandbox.data, warm=sandbox.warm) as box:
        others.append(assessor.run(assessor.prepare("ada", tmp_path / "ada" / workshop.NAME), box))
    assert not any(ran.error for ran in first.ran.values()), first.ran
    for other in others:
        assert (other.verdicts, other.ran) == (first.verdicts, first.ran)
    unlike = workshop.fill(
        blank,
        q1=imports
        + "product = len({np.random.default_rng().random() for _ in range(9)}) + len({uuid.uuid4() for _ in range(9)})",
    )
    assert (
        assess(assessor, tmp_path, unlike).verdicts[0].read == "18"
    )  # and not the same number again and again


def test_another_students_numbers_are_wrong(assessor, blank, tmp_path):
    given = {
        s: assess(assessor, tmp_path, blank, s).given["factor"] for s in ("ada", "bob", "cyn", "dai", "eve")
    }
    assert len(set(given.values())) > 1
    other = next(s for s in given if given[s] != given["ada"])
    notebook = workshop.fill(blank, **{**workshop.ANSWERS, "q1": f"product = {17 * given['ada'] + 40961}"})
    assert assess(assessor, tmp_path, notebook, "ada").points == 10
    assert assess(assessor, tmp_path, notebook, other).points == 8


def test_a_busy_machine_takes_no_mark_away(assessor, blank, tmp_path, monkeypatch):
    """Work that the clock stopped while others had the processors runs again, alone; same mark."""
    work = "import time\nend = time.process_time() + 0.25\nwhile time.process_time() < end: pass\n"
    notebook = workshop.fill(blank, **{**workshop.ANSWERS, "q1": work + workshop.ANSWERS["q1"]})
    monkeypatch.setattr(assessor, "limits", replace(workshop.LIMITS, cell_wall=0.5))
    spin = "import time\nend = time.monotonic() + 20\nwhile time.monotonic() < end: pass"
    command = [sys.executable, "-c", spin]
    count = 8 * (os.cpu_count() or 1)
    others = [subprocess.Popen(command, start_new_session=True) for _ in range(count)]

    @contextlib.contextmanager
    def alone():
        while others:
            other = others.pop()
            other.kill()
            other.wait()
        yield

    monkeypatch.setattr(assessor, "alone", alone)
    try:
        time.sleep(1)
        result = assess(assessor, tmp_path, notebook)
        assert not others  # it ran alone
    finally:
        with alone():
            pass
    assert (result.points, result.ended) == (10, "finished")
    sleeper = workshop.fill(blank, **{**workshop.ANSWERS, "q1": "import time\ntime.sleep(60)"})
    assert assess(assessor, tmp_path, sleeper).points == 8


@pytest.mark.parametrize("end", ["os._exit(0)", "sum(range(10**15))", "os.abort()"])
@pytest.mark.parametrize("memory", ["", "seen = []\n"], ids=["remembers nothing", "may remember"])
def test_a_call_that_never_comes_back_costs_itself_alone(assessor, blank, tmp_path, end, memory):
    keep = "    seen.append(day)\n" if memory else ""
    body = f"    if day == until: {end}\n    return since <= day and (until is None or day < until)"
    answers = workshop.ANSWERS | {
        "q3": f"import os\n{memory}def was_member(since, until, day):\n{keep}{body}"
    }
    result = assess(assessor, tmp_path, workshop.fill(blank, **answers))
    assert (result.points, result.ended) == (2 + 3 + 2.5, "finished")
    assert "5 (the day it ends): the call gave nothing back" in result.verdicts[2].read


def test_a_limit_that_is_reached_in_a_call_ends_the_work(assessor, blank, tmp_path):
    hog = "def was_member(since, until, day):\n    return [bytearray(b'x' * 50_000_000) for n in range(100)] and True"
    limits, assessor.limits = assessor.limits, replace(workshop.LIMITS, memory=200 << 20)
    try:
        result = assess(assessor, tmp_path, workshop.fill(blank, **workshop.ANSWERS | {"q3": hog}))
    finally:
        assessor.limits = limits
    assert (result.points, result.ended) == (5, "memory")
