"""What all tests share: what cannot run here, and what is run in part.

A test that cannot run here is skipped at home, and fails on a CI machine. A Linux CI machine has everything
(``.ci/run`` installs it): a skip there means that something went untested.

What is slow because it tries very many cases tries a sample of them, always the same, and all of them with
SAMARKAND_FULL=1, as every night. Each run says at its end what it took a sample of.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Any, TypeVar

import pytest

# nbgrader brings in setuptools, which refuses to load in a process where its own distutils cannot come first.
# Each process of the suite runs other tests in another order, so it is loaded before any of them.
with contextlib.suppress(ModuleNotFoundError):
    import setuptools  # noqa: F401

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

STRICT = os.environ.get("CI") == "true" and sys.platform == "linux"
FULL = os.environ.get("SAMARKAND_FULL") == "1"


@pytest.fixture(scope="session")
def need() -> Callable[[object, str], None]:
    """Return ``need(condition, why)``: it skips the test if the condition does not hold here."""

    def need(condition: object, why: str) -> None:
        if not condition:
            pytest.skip(why)

    return need


def forbid_skip(report: Report) -> Report:
    """Make a skip a failure where nothing may be skipped; an expected failure stays one."""
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped on a CI machine. {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return forbid_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return forbid_skip((yield))


#: The files that take longest: they begin first, and what is short fills what time is left at the end.
LONGEST = (
    "notebooks/test_contributing.py",
    "grading/test_exercises.py",
    "grading/test_batch.py",
    "grading/test_nbgraders_side.py",
    "grading/test_lookup.py",
    "grading/test_attacks.py",
    "grading/test_reports.py",
    "start/test_first_start.py",
    "grading/test_honest.py",
    "grading/test_side_by_side.py",
    "grading/test_rosters.py",
    "grading/test_scratch.py",
    "tools/test_warm_kernel.py",
    "tools/test_mutations.py",
    "grading/test_attacks_inside.py",
    "grading/test_attacks_layers.py",
)


@pytest.hookimpl(trylast=True)  # what is asked for by name is not left out after it
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, and leave the tests of a file, and all other files, in their order.

    Of a test marked ``by_day(most, what)`` only so many cases are tried, as `sampled` would choose them.
    """
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get("/".join(item.path.parts[-2:]), len(rank)))
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("by_day"):
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    by_night = set[pytest.Item]()
    for ours in cases.values():
        most, what = ours[0].get_closest_marker("by_day").args
        tried = [ours[place] for place in places(len(ours), most)]
        note(tried[0], len(tried), len(ours), what)
        by_night |= {*ours} - {*tried}
    items[:] = [item for item in items if item not in by_night]


# --------------------------------------------------------------------------------- what is run in part


def places(count: int, most: int) -> list[int]:
    """Choose so many places of a list, evenly spread, the first and the last among them; or all of them."""
    if count < 1 or most < 1:
        raise ValueError(f"a sample of {most} of {count} cases tries nothing")
    if FULL or most >= count:
        return list(range(count))
    return sorted({round(n * (count - 1) / max(most - 1, 1)) for n in range(most)})


def note(item: pytest.Item, taken: int, count: int, what: str) -> None:
    """Have it said at the end of the run that a test tries a part of its cases."""
    if taken < count:
        name = item.nodeid.partition("[")[0]
        item.user_properties.append(("sampled", f"{taken} of {count} {what} in {name}"))


@pytest.fixture(scope="session")
def some() -> Callable[[Sequence[Any], int], list[Any]]:
    """Return ``some(cases, most)``, for what many tests look at; one of them says so by `in_part`."""
    return lambda cases, most: [cases[place] for place in places(len(cases), most)]


@pytest.fixture
def in_part(request: pytest.FixtureRequest) -> Callable[[int, int, str], None]:
    """Return ``in_part(taken, count, what)``: has it said that so many of so many cases were tried."""
    return partial(note, request.node)


@pytest.fixture
def sampled(
    some: Callable[[Sequence[Any], int], list[Any]], in_part: Callable[[int, int, str], None]
) -> Callable[[Sequence[Any], int, str], list[Any]]:
    """Return ``sampled(cases, most, what)``: so many of the cases, always the same; all in a full run."""

    def sampled(cases: Sequence[Any], most: int, what: str) -> list[Any]:
        chosen = some(cases, most)
        in_part(len(chosen), len(cases), what)
        return chosen

    return sampled


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for some in terminalreporter.stats.values() for report in some]
    told = [told for report in reports for told in getattr(report, "user_properties", ())]
    for line in sorted({line for name, line in told if name == "sampled"}):
        terminalreporter.write_line(f"sampled: {line}; in full: SAMARKAND_FULL=1")
