"""Which functions may be called many times in one process: those that cannot remember, by their look."""

# ruff: noqa: E501 - functions are quoted as they are written
from __future__ import annotations

import pytest

from samarkand.grading.marking.purity import forgets

START = ["import pandas as pd\nfrom samarkand import data\nimport random", "table = data.load('trips')"]


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return x + 1",
        "def f(table, day='2022-09-15', n=None):\n    own = table[table['from'] <= pd.Timestamp(day)]\n    return own",
        "def f(x):\n    found = {}\n    for k, v in x.items():\n        found[k] = v\n    return found",
        "def f(x):\n    x['n'] = 1\n    return x.sort_values('n').head(3)",
        "def f(x):\n    try:\n        return max(y for y in x if y)\n    except ValueError as e:\n        return str(e)",
        "def f(x):\n    import math\n    g = lambda a: math.sqrt(a)\n    def h(b):\n        return g(b)\n    return h(x)",
        "def f(x):\n    if (n := len(x)) > 2:\n        return n\n    return [a for a, *b in x]",
        "def f(x):\n    match x:\n        case {'a': a, **rest}:\n            return a, rest\n        case [b, *c]:\n            return b, c",
    ],
)
def test_these_cannot_remember(source):
    assert forgets([*START, source], "f")


@pytest.mark.parametrize(
    "source",
    [
        "seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)",
        "def f(x):\n    global n\n    n = x\n    return n",
        "def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)",
        "def f(x, *, seen={}):\n    return seen.setdefault(x, len(seen))",
        "def f(x):\n    f.n = getattr(f, 'n', 0) + 1\n    return f.n",
        "def f(x):\n    pd.n = x\n    return x",
        "def f(x):\n    random.seen[x] = 1\n    return x",
        "def f(x):\n    del pd.n\n    return x",
        "def f(x):\n    return table[table['a'] == x]",
        "def g(x):\n    return x\n\ndef f(x):\n    return g(x)",
        "import functools\n@functools.cache\ndef f(x):\n    return x",
        "def f(x):\n    return x.__class__",
        "def f(x):\n    return eval('x')",
        "def f(x):\n    return globals()",
        "def f(x):\n    return x\nf = lambda x: 1",
        "def f(x):\n    return x\nfor f in (1, 2): pass",
        "if True:\n    def f(x):\n        return x",
        "f = lambda x: x",
        "%time\ndef f(x):\n    return x",
        "def f(x):\n    return x\nimport math as f",
        "class f:\n    pass",
        "f = 1",
        "f = " + "(" * 5000,
        "x = " + "-" * 100_000 + "1\ndef f(x): return x",
    ],
)
def test_of_these_it_cannot_be_told(source):
    assert not forgets([*START, source], "f")


def test_a_definition_elsewhere_is_seen():
    assert not forgets([*START, "def f(x):\n    return x", "def f(x):\n    return table"], "f")
    assert not forgets([*START, "def f(x):\n    return x", "%run other.py f"], "f")
    assert forgets([*START, "def f(x):\n    return x", "%matplotlib inline"], "f")
