"""The locks, environment.yml and pyproject.toml ask for the same, and the locks name no index."""

import itertools
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = [Requirement(text) for text in PYPROJECT["project"]["dependencies"]]
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
GRADING = tomllib.loads((ROOT / "packages/grading/pyproject.toml").read_text(encoding="utf-8"))["project"]
TO_GRADE = [Requirement(text) for text in GRADING["optional-dependencies"]["class"]]
TO_SERVE = [*TO_GRADE, *(Requirement(text) for text in GRADING["optional-dependencies"]["hub"])]
TEST_NEEDED = [*(Requirement(text) for text in EXTRAS["test"]), *TO_SERVE]
START_NEEDED = [Requirement(text) for text in PYPROJECT["dependency-groups"]["start"]]
JOBS = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]
LOCKS = ["requirements.lock", "requirements-test.lock", "requirements-grading.lock", "requirements-hub.lock"]

#: Values of the locks' environment markers, by machine.
MACHINES = [
    {
        **{"sys_platform": platform, "os_name": os, "platform_system": system, "platform_machine": machine},
        **{"python_version": python, "python_full_version": f"{python}.8"},
        **{"implementation_name": "cpython", "platform_python_implementation": "CPython"},
    }
    for platform, os, system, machines in [
        ("linux", "posix", "Linux", ("x86_64", "aarch64")),
        ("darwin", "posix", "Darwin", ("x86_64", "arm64")),
        ("win32", "nt", "Windows", ("AMD64",)),
    ]
    for machine in machines
    for python in ["3.11", "3.12", "3.13", "3.14"]
]


@cache
def pinned(lock: str) -> list[Requirement]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return [Requirement(line) for line in re.findall(r"^[a-z0-9].*?(?= \\$|$)", text, re.MULTILINE)]


def pins(lock: str, machine: dict[str, str]) -> dict[str, Version]:
    """Return the versions that a lock installs on a machine."""
    chosen: dict[str, Version] = {}
    for requirement in pinned(lock):
        if requirement.marker is None or requirement.marker.evaluate(machine):
            name = canonicalize_name(requirement.name)
            assert name not in chosen, f"{lock} has two versions of {name} for {machine}"
            (pin,) = requirement.specifier
            assert pin.operator == "=="
            chosen[name] = Version(pin.version)
    return chosen


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_index_and_each_pin_has_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r"(?<!\S)-(?!-hash=sha256:)\S+", text) == []
    assert "/" not in text.replace("deploy/lock.sh", "") and "@" not in text
    lines = text.splitlines()
    for line, following in itertools.pairwise([*lines, ""]):
        if re.match(r"\w", line):
            assert line.endswith(" \\") and following.startswith("    --hash=sha256:"), f"{line} has no hash"


@pytest.mark.parametrize(
    "machine", MACHINES, ids=lambda m: f"{m['sys_platform']}-{m['platform_machine']}-{m['python_version']}"
)
def test_the_locks_hold_what_pyproject_asks_for_on_every_machine(machine: dict[str, str]) -> None:
    asked = ([*NEEDED, *START_NEEDED], TEST_NEEDED, [*NEEDED, *TO_GRADE], [*NEEDED, *TO_SERVE])
    plain, with_tests, *others = (pins(lock, machine) for lock in LOCKS)
    for chosen, requirements in zip((plain, with_tests, *others), asked, strict=True):
        for requirement in requirements:
            assert chosen[canonicalize_name(requirement.name)] in requirement.specifier, str(requirement)
        assert {name: with_tests.get(name) for name in chosen} == chosen


def test_the_oldest_lock_holds_the_lowest_version_of_what_the_course_asks_for() -> None:
    """CI runs the lessons with it, so each lower bound is one that was tried."""
    for machine in MACHINES:
        chosen = pins("requirements-oldest.lock", machine)
        for requirement in NEEDED:
            lowest = min(Version(one.version) for one in requirement.specifier if one.operator == ">=")
            pinned_here = chosen[canonicalize_name(requirement.name)]
            assert pinned_here in requirement.specifier
            assert pinned_here.release[:2] == (*lowest.release, 0)[:2], str(requirement)
    commands = [step.get("run", "") for step in JOBS["oldest"]["steps"]]
    assert any("run_lessons_with_the_oldest" in command for command in commands)


def test_what_only_tests_use_is_not_installed_for_students() -> None:
    names = {requirement.name for requirement in NEEDED}
    assert "pytest-xdist" not in names and "nbval" in names, "samarkand validate needs nbval"
    for machine in MACHINES:
        assert "pytest-xdist" not in pins("requirements.lock", machine)
        assert "pytest-xdist" in pins("requirements-test.lock", machine)


def test_conda_users_get_the_same() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, by_pip = environment["dependencies"]
    assert "-e ." in by_pip["pip"]
    listed = [Requirement(text) for text in [*conda, *by_pip["pip"]] if text != "-e ."]
    asked = {requirement.name: requirement.specifier for requirement in NEEDED}
    asked["python"] = Requirement("python" + PYPROJECT["project"]["requires-python"]).specifier
    asked["pip"] = Requirement("pip").specifier
    assert {requirement.name: requirement.specifier for requirement in listed} == asked
    assert environment["channels"] == ["conda-forge"]
