"""Leave most of many like cases to the night: a change breaks a kind of case, not the seventh of one."""

from collections.abc import Sequence
from typing import Any

import pytest


def most_by_night(cases: Sequence[Any], by_day: int) -> list[Any]:
    """Return the cases as parameters, all but a few, evenly spread from first to last, marked ``nightly``."""
    few = {round(n * (len(cases) - 1) / (by_day - 1)) for n in range(by_day)}
    values = [case if isinstance(case, tuple) else (case,) for case in cases]
    return [pytest.param(*v, marks=[pytest.mark.nightly] * (n not in few)) for n, v in enumerate(values)]
