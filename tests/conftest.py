"""What all tests share: which come first, and what cannot run here.

A test that cannot run here is skipped at home, and fails on a CI machine. A Linux CI machine has everything
(``.ci/run`` installs it): a skip there means that something went untested.
"""

import contextlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

import pytest

# nbgrader brings in setuptools, which refuses to load in a process where its own distutils cannot come first.
# Each process of the suite runs other tests in another order, so it is loaded before any of them.
with contextlib.suppress(ModuleNotFoundError):
    import setuptools  # noqa: F401

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

STRICT = os.environ.get("CI") == "true" and sys.platform == "linux"
#: The files and folders that take longest begin; what is short fills what time is left at the end.
LONG = ("test_contributing.py", "start", "grading", "notebooks")


@pytest.fixture(scope="session")
def need() -> Callable[[object, str], None]:
    """Return ``need(condition, why)``: it skips the test if the condition does not hold here."""

    def need(condition: object, why: str) -> None:
        if not condition:
            pytest.skip(why)

    return need


@pytest.fixture(scope="session")
def need_hub(need: Callable[[object, str], None]) -> None:
    """Skip a test where no hub can run."""
    settings = Path(__file__).parents[1] / "deploy" / "hub"
    need(sys.platform == "linux", "JupyterHub's servers for students run on Linux")
    need(importlib.util.find_spec("jupyterhub"), "uv pip install -r requirements-hub.lock")
    need(shutil.which("node") and (settings / "node_modules").is_dir(), f"npm ci --prefix {settings}")
    need(shutil.which("bwrap"), "apt install bubblewrap")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Report, Report]:
    """Make a skip a failure where nothing may be skipped; an expected failure stays one."""
    report = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped on a CI machine. {reason}"
    return report


pytest_make_collect_report = pytest_runtest_makereport


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect in one process at a time: the first compiles what the others then only read."""
    with Path(__file__).open(encoding="utf-8") as turn:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(turn, fcntl.LOCK_EX)
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        names = (item.path.name, item.path.parent.name)
        return min((LONG.index(name) for name in names if name in LONG), default=len(LONG))

    items.sort(key=place)
