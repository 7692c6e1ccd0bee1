"""What a test run runs, to the letter: a step dropped or softened in any of these files fails here.

Each of these was tried: a step taken out, ``-k`` added, ``-c /dev/null`` dropped, the check of hashes
dropped, the end of ``.ci/run`` made harmless. A change that is meant is made here too, where it is reviewed.
"""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest

from tools import suite

ROOT = Path(__file__).resolve().parents[2]
SIDE_BY_SIDE = ["-n", "2", "--dist", "loadscope"]

STEPS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "spelling": ["codespell_lib"],
    "tests": [
        *("tools.warm_kernel", "-m", "pytest", "tests", "--ignore=tests/browser"),
        *(*SIDE_BY_SIDE, "--no-loadscope-reorder", "--durations=15"),
    ],
    "notebooks": [
        *("pytest", "--nbval", "notebooks", "exercises/source", "exercises/release", *SIDE_BY_SIDE),
        *("--durations=15", "--nbval-cell-timeout", "60", "-p", "no:cacheprovider"),
        *("-c", os.devnull, "--rootdir", str(ROOT)),
    ],
    "browser": ["pytest", "tests/browser", "--durations=15"],
}


@pytest.mark.skipif(os.name == "nt", reason="there the null device is no configuration")
def test_the_steps_are_these() -> None:
    assert {step.name: [step.module, *step.options] for step in suite.STEPS} == STEPS
    assert [step.name for step in suite.STEPS if step.beside] == ["types", "browser"]


def commands(script: str) -> list[str]:
    """The lines of a shell script that do something."""
    return [
        line.strip() for line in script.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]


def softened(script: str) -> list[str]:
    """Say what in CI's script would let a failure pass."""
    lines = commands(script)
    found = [] if "set -euo pipefail" in lines else ["errors do not stop it"]
    found += [] if any(line.startswith("export CI=true") for line in lines) else ["skips are allowed"]
    found += [] if lines[-1] == "python3 start.py test" else ["its last command is not the suite"]
    return found + [line for line in lines if re.search(r"\|\| *(true|:|exit 0)|set \+e|CI=false", line)]


def test_ci_runs_the_suite_and_lets_nothing_pass() -> None:
    assert softened((ROOT / ".ci" / "run").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("python3 start.py test", "python3 start.py test || true"),
        ("python3 start.py test", "python3 start.py test tests/data"),
        ("set -euo pipefail", "set -uo pipefail"),
        ("export CI=true ", "export "),
    ],
)
def test_a_softened_ci_is_seen(old: str, new: str) -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert old in script
    assert softened(script.replace(old, new))


def test_the_workflow_runs_what_ci_runs() -> None:
    workflows = list((ROOT / ".github" / "workflows").glob("*.yml"))
    texts = [path.read_text(encoding="utf-8") for path in workflows]
    assert any(re.search(r"run: .*(\.ci/run|start\.py test)$", text, re.MULTILINE) for text in texts)
    assert not [text for text in texts if "continue-on-error" in text or "|| true" in text]


def installs(source: str) -> list[list[str]]:
    """Every list of arguments in ``start.py`` that installs something from outside."""
    calls = [
        [arg.value for arg in ast.walk(node) if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call | ast.List)
    ]
    return [words for words in calls if {"install", "sync"} & set(words) and "--offline" not in words]


def unchecked(source: str) -> list[list[str]]:
    """Those of them that would take a file with another hash, or run what a source package brings along."""
    return [words for words in installs(source) if not {"--require-hashes", "--only-binary"} <= set(words)]


def test_everything_that_is_installed_is_checked_against_its_hash() -> None:
    source = (ROOT / "start.py").read_text(encoding="utf-8")
    assert len(installs(source)) >= 3
    assert unchecked(source) == []
    assert unchecked(source.replace('"--require-hashes", ', "", 1))


def test_the_browser_tests_take_the_browser_of_the_system() -> None:
    """Another one, fetched at run time, would be no test of what students have."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert {"chromium", "bubblewrap", "git"} <= set(re.findall(r"[\w-]+", script.partition("wanted=(")[2]))
    assert "playwright install" not in script


FULL_BY_NIGHT = (
    "SAMARKAND_FULL: ${{ (github.event_name == 'schedule' || github.event_name == 'workflow_dispatch')"
    " && '1' || '' }}"
)


def by_night(workflow: str) -> list[str]:
    """Say what is amiss with the nightly run: it is to run everything, and all cases of it."""
    lines = [line.strip() for line in workflow.splitlines()]
    found = (
        [] if re.search(r'^  schedule:\n    - cron: "\d+ \d+ \* \* \*"$', workflow, re.M) else ["no night"]
    )
    found += [] if FULL_BY_NIGHT in lines else ["only samples"]
    found += [] if len([line for line in lines if "SAMARKAND_FULL" in line]) == 1 else ["set twice"]
    return found + ([] if "- run: .ci/run" in lines and "if:" not in workflow else ["not everything"])


def test_every_night_all_cases_are_tried() -> None:
    assert by_night((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('    - cron: "17 1 * * *"\n', ""),
        ("&& '1'", "&& '0'"),
        ("== 'schedule'", "== 'push'"),
        ("- run: .ci/run", "- run: .ci/run\n        env:\n          SAMARKAND_FULL: '0'"),
        ("- run: .ci/run", "- run: .ci/run\n        if: github.event_name == 'push'"),
        ("- run: .ci/run", "- run: python3 start.py test tests"),
    ],
)
def test_a_night_that_tries_less_is_seen(old: str, new: str) -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert old in workflow
    assert by_night(workflow.replace(old, new))
