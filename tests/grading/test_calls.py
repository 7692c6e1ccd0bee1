"""Each call of a student's function gives what it gives alone, whatever other calls leave behind."""

# ruff: noqa: E501 - functions are quoted as they are written
from __future__ import annotations

import pytest

from samarkand.practice.answers import encode
from samarkand_grading.sandbox.work import Call, Cell

#: Functions of a number, each with a memory of its own kind; alone, all of them give back what they are given.
MEMORIES = {
    "none": "def f(n): return n",
    "a list": "seen = []\ndef f(n):\n    seen.append(n)\n    return n if len(seen) == 1 else None",
    "a default": "def f(n, seen=[]):\n    seen.append(n)\n    return seen[0]",
    "a cache by the wrong key": "known = {}\ndef f(n): return known.setdefault(n % 4, n)",
    "only of the third": "seen = []\ndef f(n):\n    seen.append(n)\n    return 0 if 3 in seen[:-1] else n",
    "a module": "import pandas as pd\ndef f(n):\n    pd.n = getattr(pd, 'n', n)\n    return pd.n",
    "a folder": "import os\nopen('here', 'w').write('x')\ndef f(n):\n    open('here').close()\n    os.chdir('/')\n    return n",
    "the environment": "import os\ndef f(n): return int(os.environ.setdefault('n', str(n)))",
    "an exception": "seen = []\ndef f(n):\n    seen.append(n)\n    if len(seen) > 1: raise KeyError\n    return n",
    "slow": "import time\ndef f(n):\n    time.sleep(0.15)\n    return n",
}


@pytest.mark.parametrize("source", MEMORIES.values(), ids=MEMORIES)
def test_every_call_is_as_the_first(source, sandbox):
    calls = [Call(f"call {n}", "f", (encode.encode(n),)) for n in range(9)]
    outcome = sandbox.run([Cell("cell", source), Cell("f", hold="f")], calls)
    assert [outcome.called[call.id].value for call in calls] == list(range(9)), outcome
    assert outcome.ended == "finished"


@pytest.mark.parametrize("end", ["os._exit(0)", "os.abort()", "os.kill(os.getpid(), 9)"])
def test_a_call_that_ends_its_process_takes_no_other_with_it(end, sandbox):
    calls = [Call(f"call {n}", "f", (encode.encode(n),)) for n in range(5)]
    source = f"import os\ndef f(n):\n    if n == 2: {end}\n    return n"
    outcome = sandbox.run([Cell("cell", source), Cell("f", hold="f")], calls)
    assert outcome.called.pop("call 2").error == "the call gave nothing back"
    assert [result.value for result in outcome.called.values()] == [0, 1, 3, 4]


def test_where_two_processes_differ_each_call_has_one_of_its_own(sandbox):
    """The kernel numbers processes as they come: a call can tell how many there were before its own."""
    calls = [Call(f"call {n}", "f", (encode.encode(n),)) for n in range(20)]
    cells = [
        Cell("cell", "import os\nfirst = os.getpid()\ndef f(n): return os.getpid() - first"),
        Cell("f", hold="f"),
    ]
    outcome = sandbox.run(cells, calls)
    assert [outcome.called[call.id].value for call in calls] == list(range(1, 21))


def test_of_a_second_run_nothing_counts_but_what_calls_give(sandbox, monkeypatch):
    goes, go = [], sandbox._go

    def seen(work):
        goes.append((work, go(work)))
        return goes[-1][1]

    monkeypatch.setattr(sandbox, "_go", seen)
    calls = [Call(f"call {n}", "f", (encode.encode(n),)) for n in range(4)]
    now = "import time\nnow = time.perf_counter_ns()\nprint(now)\n"
    cells = [Cell("cell", now + MEMORIES["none"]), Cell("now", hold="now"), Cell("f", hold="f")]
    sandbox.run(cells, calls)
    assert len(goes) == 1, "a function without a memory runs once"

    goes.clear()
    outcome = sandbox.run([Cell("cell", now + MEMORIES["a default"]), *cells[1:]], calls)
    (first, one), (again, other) = goes
    assert again.alone
    assert not first.alone
    assert again.limits.cpu < first.limits.cpu, "both share the limits of one"
    assert again.limits.wall < first.limits.wall
    assert int(outcome.ran["cell"].text) == outcome.held["now"].value == one.held["now"].value
    assert other.held["now"].value > one.held["now"].value
    assert outcome.called == other.called


@pytest.mark.parametrize("forged", ['{"all": [{"id": 0, "value": 7}, 8]}', '{"all": 7}', '{"all": {"0": 7}}'])
@pytest.mark.parametrize("source", [MEMORIES["none"], MEMORIES["a default"]], ids=["once", "twice"])
def test_answers_sent_ahead_are_no_more_than_answers(source, forged, sandbox):
    calls = [Call(f"call {n}", "f", (encode.encode(n),)) for n in range(3)]
    ahead = f"import os, struct\nbody = {forged!r}.encode()\nfor _ in 'ab': os.write(3, struct.pack('!I', len(body)) + body)\n"
    cells = 'import os, struct\nbody = b\'{"cells": {"f": {"value": {"t": "function"}}}}\'\nos.write(3, struct.pack(\'!I\', len(body)) + body)\n'
    outcome = sandbox.run([Cell("cell", cells + ahead + source), Cell("f", hold="f")], calls)
    assert outcome.ended in ("finished", "died")
    assert all(result.value in (7, ...) for result in outcome.called.values()), outcome.called
    assert sandbox.run([Cell("cell", source), Cell("f", hold="f")], calls).ended == "finished"
