"""The course in the page for a class: with the class's numbers, and without anything that gives an answer.

It is made from the students' copy that ``samarkand release --bundle`` writes. Whoever has its address has the
seed of the numbers, as whoever has the copy.
"""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from samarkand.common.errors import CourseError
from samarkand.common.version import VERSION

#: Byte strings that occur only in checks and solutions, and the grader's package.
TELLING, GRADER = (b"ExerciseSet(", b"BEGIN SOLUTION"), "samarkand_grading"
#: What hands out the copies of the course that is found first.
HAND_OUT = """
import sys
from pathlib import Path
from samarkand.lab import copies
copies.hand_out(Path(sys.argv[1]))
"""
#: Lines of checks and solutions that are shorter may be in any text.
LONG = 40


def need_bundle(bundle: Path) -> None:
    """Raise `CourseError` if a folder is no students' copy of a class, or of another version."""
    course = bundle / "exercises" / "course.json"
    version = bundle / "samarkand" / "common" / "version.py"
    try:
        seed = json.loads(course.read_text(encoding="utf-8")).get("seed")
    except (OSError, ValueError, AttributeError):
        seed = None
    if not seed or not version.is_file():
        text = f"{bundle} is no copy for a class: samarkand release --students ROSTER --bundle DIR makes one."
        raise CourseError(text, code="no bundle", folder=bundle)
    for name in ("exercises/checks", "exercises/source", "packages"):
        if (bundle / name).exists():
            text = (
                f"{bundle / name} is for instructors alone: a page for a class is made from a students' copy."
            )
            raise CourseError(text, code="holds checks", folder=bundle / name)
    found = re.search(r'^VERSION = "([^"]+)"', version.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None or found[1] != VERSION:
        other = found[1] if found else "another"
        text = f"{bundle} is of version {other}, and this is {VERSION}: make the copy again."
        raise CourseError(text, code="another version", folder=bundle, version=other)


def hand_out(bundle: Path, folder: Path) -> None:
    """Put the copies of a class's course into ``my_work`` below a folder, by the course that is in it."""
    environment = {name: value for name, value in os.environ.items() if name != "SAMARKAND_WORK"}
    environment["PYTHONPATH"] = str(bundle.absolute())
    command = [sys.executable, "-c", HAND_OUT, str(folder.absolute() / "my_work")]
    done = subprocess.run(command, cwd=bundle, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-4:])
        raise CourseError(f"The copies of {bundle} were not handed out:\n{last}", code="not handed out")


def need_no_answers(page: Path, exercises: Path, bundle: Path) -> None:
    """Raise `CourseError` if a file of a page holds an answer.

    Parameters
    ----------
    page : Path
        The folder of the page.
    exercises : Path
        The folder with ``checks/`` and ``source/``, whose lines no student may get.
    bundle : Path
        The students' copy, whose lines everybody has.
    """
    found = find_answers(page, exercises, bundle)
    if found:
        text = f"The page would give answers away, and was not made: {', '.join(found[:5])}."
        raise CourseError(text, code="holds answers", files=found)


def find_answers(page: Path, exercises: Path, bundle: Path) -> list[str]:
    """Return the names of the files that hold answers, those inside of wheels after their wheel's name."""
    secret = read_secret_lines(exercises)
    for _, body in walk_files(bundle):
        secret -= read_lines(body)
    found = []
    for name, body in walk_files(page):
        tells = GRADER in name or any(sign in body for sign in TELLING)
        if tells or not secret.isdisjoint(read_lines(body)):
            found.append(name)
    return found


def read_secret_lines(exercises: Path) -> set[str]:
    """Return the long lines of the checks, and those of the solutions in the sources of the sets."""
    lines = set()
    for path in exercises.glob("checks/*.py"):
        lines |= read_lines(path.read_bytes())
    for path in exercises.glob("source/*/*.ipynb"):
        for cell in json.loads(path.read_bytes())["cells"]:
            source = "".join(cell["source"])
            for solution in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source, re.DOTALL):
                lines |= read_lines(solution.encode())
    return lines


def read_lines(body: bytes) -> set[str]:
    """Return the long lines of a text, or of the cells of a notebook; none of what is no text."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return set()
    if text.startswith("{") and '"cells"' in text:
        try:
            cells = json.loads(text)["cells"]
            text = "\n".join("".join(cell["source"]) for cell in cells)
        except (ValueError, LookupError, TypeError):
            pass  # no notebook: its lines are as they are
    return {line.strip() for line in text.splitlines() if len(line.strip()) >= LONG}


def walk_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file below a folder, also of those in zips and wheels."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from _unpack_all(path.relative_to(folder).as_posix(), path.read_bytes())


def _unpack_all(name: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of a file; of a zip or wheel those of all files in it, however deep."""
    if not name.endswith((".whl", ".zip")):
        yield name, body
        return
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        for inner in packed.namelist():
            if not inner.endswith("/"):
                yield from _unpack_all(f"{name}: {inner}", packed.read(inner))
