"""Each call of a student's function returns the same as by itself, whatever other calls leave behind."""

# ruff: noqa: E501 - functions are quoted as they are written
import enum

import pytest

from samarkand.answers import decode, encode
from samarkand_grading.marking import inputs
from samarkand_grading.sandbox.work import Call, Cell, Limits

#: Functions of a number, each with another kind of state; in a first call each returns its argument.
MEMORIES = {
    "names, defaults and modules": "import pandas as pd\nseen = []\ndef f(n, more=[]):\n    pd.n = getattr(pd, 'n', n)\n    seen.append(n)\n    more.append(n)\n    if len(seen) > 1: raise KeyError\n    return pd.n if len(more) == 1 else None",
    "the current folder": "import os\nopen('here', 'w').write('x')\ndef f(n):\n    open('here').close()\n    os.chdir('/')\n    return n",
    "files": "import os, sqlite3\npath = os.path.abspath('t.db')\ndef f(n):\n    os.mkdir('out')\n    sqlite3.connect(path).execute('create table t (x)')\n    return n",
    "files of its own anywhere": "import os\ndef f(n):\n    places = [os.path.join(folder, kept) for folder, _, _ in os.walk('/tmp') for kept in ('', '.kept')]\n    found = [place for place in places if os.path.lexists(place + '/x') or os.path.exists('/tmp/closed')]\n    for place in places:\n        try:\n            os.makedirs(place, exist_ok=True)\n            open(place + '/x', 'x').close()\n        except OSError: pass\n    os.makedirs('/tmp/closed/a/b')\n    os.chmod('/tmp/closed/a', 0)\n    return str(found) if found else n",
    "files of the cells": "import os\nos.makedirs('/tmp/cache/a')\nfor name in ('one', 'a/two'): open('/tmp/cache/' + name, 'w').write(name)\nos.symlink('one', '/tmp/cache/link')\nos.chmod('/tmp/cache/one', 0o400)\nos.chdir('/tmp/cache')\ndef f(n):\n    told = [open(name).read() for name in ('one', 'a/two', 'link', '/tmp/cache/one')]\n    if told != ['one', 'a/two', 'one', 'one'] or os.stat('one').st_mode % 0o1000 != 0o400: return told\n    os.remove('one'); open('a/two', 'a').write('more'); os.mkdir('new')\n    return n",
    "a daemon that answers": "import os, socket, time\ndef f(n):\n    asks = socket.socket(socket.AF_UNIX)\n    try:\n        asks.connect('\\0counts')\n        return int.from_bytes(asks.recv(8), 'big') - 1\n    except OSError: pass\n    ready, told = os.pipe()\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork(): os._exit(0)\n        hears = socket.socket(socket.AF_UNIX); hears.bind('\\0counts'); hears.listen()\n        os.write(told, b'x')\n        while True: hears.accept()[0].send(bytes(8))\n    os.read(ready, 1)\n    return n",
    "very many files": "for n in range(3000): open(f'/tmp/{n}', 'w').close()\nimport os\ndef f(n):\n    if os.path.exists('/tmp/0') or not os.path.exists('course_data'): return 'kept'\n    open('/tmp/0', 'w').close()\n    return n",
    "the environment": "import os\ndef f(n): return int(os.environ.setdefault('n', str(n)))",
    "time": "import time\ndef f(n):\n    time.sleep(0.15)\n    return n",
    "the end of its process": "import os\ndef f(n):\n    if n == 2: os._exit(0)\n    if n == 3: os.kill(os.getpid(), 9)\n    if n == 4: sum(range(10**15))\n    return n",
}


def called(box, source, count=9, **options):
    """Call ``f`` with 0 to ``count - 1``; return the results and the whole outcome."""
    calls = [Call(f"call {n}", "f", (encode.encode_value(n),)) for n in range(count)]
    outcome = box.run([Cell("cell", source), Cell("f", hold="f")], calls, **options)
    return [outcome.called.get(call.id) for call in calls], outcome


@pytest.mark.parametrize("what", MEMORIES)
def test_every_call_is_as_the_first(what, box):
    ended = [2, 3, 4] if what == "the end of its process" else []
    results, outcome = called(box, MEMORIES[what], limits=Limits(call_wall=1) if ended else Limits())
    assert [results[n].error for n in ended] == ["the call gave nothing back"] * len(ended)
    values = [(n, result.value) for n, result in enumerate(results) if n not in ended]
    assert values == [(n, n) for n in range(9) if n not in ended], outcome
    assert outcome.ended == "finished"


def test_the_order_of_calls_tells_nothing_of_the_cases(box):
    """A function can see the numbers of its calls and inputs; in the checks, edges come last."""
    answer = """
import sys
def f(n):
    frame = sys._getframe()
    while 'call' not in frame.f_locals: frame = frame.f_back
    return [n, frame.f_locals['call']['id'], *frame.f_locals['call']['arguments']]
"""
    orders = []
    for key in ("one", "another"):
        drawn = inputs.Inputs(key, "ex90", {"q": lambda draw: [inputs.Case((n,)) for n in range(12)]})
        found = box.run([Cell("answer", answer), Cell("q", hold="f")], drawn.calls).called
        told = sorted((r.value.values for r in found.values()), key=lambda value: value[1])
        assert [value[1:] for value in told] == [(n, n) for n in range(12)]
        orders.append([value[0] for value in told])
    assert all(sorted(order) == list(range(12)) != order for order in orders)
    assert orders[0] != orders[1]


#: A cell within the limits of real grading, one beyond them, and the error of the latter.
ROOM = {
    "memory": ("a = bytearray(400 << 20)\ndel a", "a = bytearray(2 << 30)", "MemoryError"),
    "a file": ("open('a', 'wb').write(bytes(20 << 20))", "open('b', 'wb').write(bytes(64 << 20))", "OSError"),
    "open files": ("a = [open('a') for _ in range(30)]\ndel a", "[open('a') for _ in range(99)]", "OSError"),
    "threads": (
        "import threading, time\nfor _ in range(8): threading.Thread(target=time.sleep, args=(0.1,)).start()",
        "import threading, time\nfor _ in range(60): threading.Thread(target=time.sleep, args=(3,)).start()",
        "RuntimeError",
    ),
}


def test_the_limits_of_real_grading_leave_room_for_honest_work_alone(box):
    cells = [Cell(f"{what}/{n}", pair[n]) for what, pair in ROOM.items() for n in (0, 1)]
    cells += [Cell("short", "print('a' * 3000)"), Cell("long", "print('a' * 9000)")]
    cells += [
        Cell("values", "small, big = ['a' * 30] * 5000, ['a' * 90] * 5000"),
        Cell("small", hold="small"),
        Cell("big", hold="big"),
    ]
    outcome = box.run(cells)
    assert outcome.ended == "finished"
    for what, (_, _, error) in ROOM.items():
        assert outcome.ran[f"{what}/0"].error == "", what
        assert outcome.ran[f"{what}/1"].error.startswith(error), what
    assert len(outcome.ran["short"].text) == 3001 and len(outcome.ran["long"].text) <= 4000
    assert len(outcome.held["small"].value.values) == 5000 and outcome.held["big"].value.kind == "big"
    assert box.run([Cell("idle", "import time; time.sleep(9)")], limits=Limits(wall=1)).ended == "wall"
    many = [Cell(f"v{n}", hold="small") for n in range(120)]
    assert box.run([Cell("values", "small = ['a' * 30] * 5000"), *many[:40]]).ended == "finished"
    assert box.run([Cell("values", "small = ['a' * 30] * 5000"), *many]).ended == "output"


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("endless", "ended"), [("while True: pass", "cpu"), ("import time; time.sleep(99)", "wall")]
)
def test_what_has_no_end_is_stopped_cell_by_cell_and_then_altogether(box, endless, ended):
    outcome = box.run([Cell("work", "n = sum(range(3 * 10**7))"), *(Cell(f"{n}", endless) for n in range(5))])
    assert outcome.ran["work"].error == "" and outcome.ended in {ended, "wall"}  # on a busy machine
    late = [ran.error.startswith("OutOfTime") for key, ran in outcome.ran.items() if key != "work"]
    assert late and all(late) and len(late) < 5 and outcome.cpu < 25
    source = f"def f(n):\n    if n: {endless}\n    return sum(range(10**7))"
    results, _ = called(box, source, 2)
    assert results[0].error == "" and (results[1] is None or results[1].error)


LONG = "1" * (encode.TEXT + 1)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (LONG, "a text too long"),
        ({"t": "list", "v": [LONG]}, "a text too long"),
        ({"t": "dict", "v": [[LONG, 1]]}, "a text too long"),
        ({"t": "list", "v": [1] * 20_001}, "more values than are sent"),
        ({"t": "list", "v": [{"t": "list", "v": [1] * 9_999}] * 2 + [1]}, "more values than are sent"),
        ({"t": "dict", "v": [[1, 1]] * 6_667}, "more values than are sent"),
        ({"t": "series", "index": [1] * 10_001, "v": [1] * 10_001}, "more values than are sent"),
        ({"t": "frame", "columns": [], "index": [], "v": [[]] * 20_001}, "more values than are sent"),
    ],
)
def test_no_longer_texts_and_no_more_values_come_out_than_are_sent(form, code):
    """An attacker who writes to the sandbox's channel could cost the grader seconds with one answer."""
    with pytest.raises(decode.NotAValue) as error:
        decode.read_value(form)
    assert error.value.code == code
    assert decode.read_value(LONG[1:]) and decode.read_value({"t": "list", "v": [1] * 19_999})


def test_a_member_of_an_enum_that_is_a_text_or_a_number_is_that():
    some = [enum.StrEnum("Status", "MEMBER").MEMBER, enum.Enum("Plain", "MEMBER").MEMBER]
    assert encode.encode_value(some)["v"] == ["member", {"t": "other", "type": "Plain"}]
