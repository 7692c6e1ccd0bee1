"""nbval, as strict as it comes, does see a stored figure that is not what the code gives.

The notebooks themselves go through nbval in a step of their own (``start.py test``, ``.ci/run``).
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbval.plugin import find_comment_markers

from samarkand.ground.home import ROOT
from tools.author import apart, build, lessons, normal_form
from tools.author.lessons import Lesson

SET = "ex01_the_trip"


def nbval(folder: Path) -> tuple[int, str]:
    """Run the stock command with no configuration; return its exit status and what it says."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        "SAMARKAND_WORK": str(folder / "work"),
    }
    options = ["-c", os.devnull, "--rootdir", str(folder), "-q", "-p", "no:cacheprovider"]
    return apart.run_python(["-m", "pytest", "--nbval", str(folder), *options], environment, folder)


def shortest() -> Lesson:
    return min(lessons.every(), key=lambda lesson: len(lesson.code))


def broken(lesson: Lesson) -> NotebookNode:
    """Return a lesson with another digit in the first number that it shows."""
    found = normal_form.normalise(lesson.notebook)
    for cell in found.cells:
        shown = [o.data for o in cell.get("outputs", ()) if "data" in o and "text/html" not in o.data]
        if shown and re.search(r"\d", shown[0].get("text/plain", "")):
            shown[0]["text/plain"] = re.sub(
                r"\d", lambda d: str((int(d[0]) + 1) % 10), shown[0]["text/plain"], count=1
            )
            return found
    raise AssertionError(f"{lesson.name} shows no number")


def test_a_wrong_output_fails_in_a_lesson_and_in_both_forms_of_a_set_and_nothing_else_does(
    tmp_path: Path,
) -> None:
    """One run for all: to start one takes longer than these notebooks."""
    lesson = shortest()
    (tmp_path / "lesson.ipynb").write_text(normal_form.text(broken(lesson)), encoding="utf-8")
    cells = len(lesson.code)
    for stage, stored in (("source", "Read as"), ("release", "yet.")):
        path = shutil.copytree(ROOT / "exercises" / stage / SET, tmp_path / stage / SET) / f"{SET}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        data = next(cell for cell in notebook["cells"] if cell["id"] == "q1-check")["outputs"][0]["data"]
        was = "".join(data["text/plain"])
        assert stored in was
        data["text/plain"] = [was.replace(stored, "Wrong.")]
        path.write_text(json.dumps(notebook), encoding="utf-8")
        cells += sum(cell["cell_type"] == "code" for cell in notebook["cells"])
    # Why the normal form looks for unexecuted cells: nbval has nothing to compare, and is content.
    emptied = tmp_path / "emptied.ipynb"
    emptied.write_text(normal_form.text(normal_form.normalise(new_notebook(cells=[new_code_cell("1 + 1")]))))
    assert build.check(emptied) == ["Cell cell-1-1 was never run."]
    status, says = nbval(tmp_path)
    assert status == 1 and "Cell outputs differ" in says, says
    assert sorted(re.findall(r"^FAILED (\w+)", says, re.MULTILINE)) == ["lesson", "release", "source"], says
    assert f"3 failed, {cells - 3 + 1} passed" in says, says


def test_nothing_softens_nbval_in_a_lesson_or_in_either_form_of_a_set() -> None:
    """No tag and no comment that nbval itself would read as leave to look away."""
    paths = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("exercises/*/*/*.ipynb")]
    cells = [cell for path in paths for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    source = "".join(f"{''.join(cell['source'])}\n" for cell in cells)
    assert list(find_comment_markers("1 + 1\n# NBVAL_SKIP")) == [("skip", True)]
    assert list(find_comment_markers(source)) == []
    assert [cell["id"] for cell in cells if "tags" in cell["metadata"]] == []
