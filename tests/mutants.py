"""Plant each mistake of ``mutants.toml`` in a copy of the repository, and say which the tests do not see.

``python tests/mutants.py`` plants them all; ``python tests/mutants.py deadline`` those whose description or
file has that word. Nothing in the checkout is changed. It exits with 1 if a mistake goes unseen, if its place
is gone, or if the tests fail without it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_suffix(".toml")
#: The most seconds that the tests of one mistake may take.
PATIENCE = 600
PYTEST = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider")
#: What pytest exits with if all tests pass, and if one fails or cannot be collected.
PASSED, FAILED = 0, (1, 2)
#: What stands for an exit status if the tests do not end in time.
ENDLESS = 124


@dataclass(frozen=True)
class Mutant:
    """A mistake: what it is about, the passage that it changes, and the tests that have to see it."""

    about: str
    file: str
    was: str
    becomes: str
    tests: tuple[str, ...]


def read_list(word: str = "") -> list[Mutant]:
    """Return the mistakes whose description or file has a word."""
    found = []
    for entry in tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"]:
        one = Mutant(entry["about"], entry["file"], entry["was"], entry["is"], tuple(entry["tests"]))
        if word in one.about or word in one.file:
            found.append(one)
    return found


def copy_repository(there: Path) -> None:
    """Copy the files that Git tracks or would add, and make the copy a repository with one commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (there / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, there / name)
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=there, check=True)
    author = ["-c", "user.name=x", "-c", "user.email=x", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *author, "commit", "--quiet", "--message", "x"], cwd=there, check=True)


def run_tests(there: Path, tests: tuple[str, ...]) -> int:
    """Return pytest's exit status for some tests in a copy; `ENDLESS` if they do not end."""
    packages = os.pathsep.join([str(there), str(there / "packages" / "grading")])
    environment = os.environ | {"PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*PYTEST, *tests]
    try:
        ran = subprocess.run(
            command, cwd=there, env=environment, check=False, capture_output=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return ENDLESS
    return ran.returncode


def try_mutant(there: Path, mutant: Mutant) -> str:
    """Plant a mistake in a copy, run its tests, take it back; return "seen" or what is wrong."""
    path = there / mutant.file
    body = path.read_bytes().decode("utf-8")
    if mutant.was not in body:
        return f"its place is gone from {mutant.file}"
    path.write_bytes(body.replace(mutant.was, mutant.becomes, 1).encode("utf-8"))
    try:
        status = run_tests(there, mutant.tests)
    finally:
        path.write_bytes(body.encode("utf-8"))
    if status in FAILED:
        return "seen"
    return "NOT SEEN" if status == PASSED else f"pytest exits with {status}"


def main(word: str = "") -> int:
    """Plant the mistakes; return the exit status."""
    mutants = read_list(word)
    missed = 0
    sound: dict[tuple[str, ...], bool] = {}
    with tempfile.TemporaryDirectory(prefix="samarkand-mutants-") as folder:
        there = Path(folder, "course")
        copy_repository(there)
        for mutant in mutants:
            began = time.monotonic()
            if mutant.tests not in sound:
                sound[mutant.tests] = run_tests(there, mutant.tests) == PASSED
            outcome = try_mutant(there, mutant) if sound[mutant.tests] else "its tests fail without it"
            missed += outcome != "seen"
            print(f"{time.monotonic() - began:6.1f} s  {outcome:10}  {mutant.about}", flush=True)
    print(f"{len(mutants) - missed} of {len(mutants)} mistakes are seen.")
    return 1 if missed or not mutants else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
