"""nbval, as strict as it comes, does see a stored figure that is not what the code gives.

The notebooks themselves go through nbval in a step of their own (``start.py test``, ``.ci/run``).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook

from samarkand.course import build, lessons, normal_form
from samarkand.course.lessons import Lesson
from samarkand.ground.home import ROOT


def nbval(path: Path, *options: str) -> tuple[int, str]:
    """Run the stock command with no configuration; return its exit status and what it says."""
    path_of_course = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": path_of_course, "SAMARKAND_WORK": str(path.parent / "work")}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        str(path),
        "-c",
        os.devnull,
        "-q",
        "-p",
        "no:cacheprovider",
        *options,
    ]
    ran = subprocess.run(
        command, cwd=path.parent, env=environment, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def shortest() -> Lesson:
    return min(lessons.every(), key=lambda lesson: len(lesson.code))


def test_a_broken_number_fails_and_nothing_else(tmp_path: Path) -> None:
    lesson = shortest()
    broken = normal_form.normalise(lesson.notebook)
    for cell in broken.cells:
        shown = [o.data for o in cell.get("outputs", ()) if "data" in o and "text/html" not in o.data]
        if shown and re.search(r"\d", shown[0].get("text/plain", "")):
            shown[0]["text/plain"] = re.sub(
                r"\d", lambda d: str((int(d[0]) + 1) % 10), shown[0]["text/plain"], count=1
            )
            break
    else:
        raise AssertionError(f"{lesson.name} shows no number")
    path = tmp_path / "broken.ipynb"
    path.write_text(normal_form.text(broken), encoding="utf-8")
    status, says = nbval(path)
    assert status == 1, says
    assert "Cell outputs differ" in says
    assert re.search(rf"1 failed, {len(lesson.code) - 1} passed", says), says


def test_an_emptied_lesson_passes_nbval_and_is_refused_here(tmp_path: Path) -> None:
    """Why the normal form looks for unexecuted cells: nbval has nothing to compare, and is content."""
    path = tmp_path / "emptied.ipynb"
    path.write_text(normal_form.text(normal_form.normalise(new_notebook(cells=[new_code_cell("1 + 1")]))))
    status, says = nbval(path)
    assert status == 0, says
    assert build.check(path) == ["Cell cell-1-1 was never run."]


def test_a_kernel_that_dies_or_hangs_is_named_and_no_cell_after_it_passes(tmp_path: Path) -> None:
    for name, code in {"dies": "import os; os._exit(1)", "hangs": "while True: pass"}.items():
        cells = [new_code_cell(source, id=f"c{number}") for number, source in enumerate([code, "x = 1"], 1)]
        path = tmp_path / f"{name}.ipynb"
        path.write_text(normal_form.text(new_notebook(cells=cells)), encoding="utf-8")
    status, says = nbval(tmp_path, "--nbval-cell-timeout", "3")
    assert status == 1, says
    assert "2 failed" in says and "Timeout of 3 seconds exceeded" in says, says
    assert not re.search(r"\d passed", says), says


def test_nothing_softens_nbval(lesson: Lesson) -> None:
    """No tag and no comment that nbval would read as leave to look away."""
    for cell in lesson.code:
        assert not re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE_)", cell.source), cell.id
        assert "tags" not in cell.metadata, cell.id
