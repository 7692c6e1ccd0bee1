"""``samarkand validate``: whether this machine gives what the course stores."""

import json
from pathlib import Path

import pytest

from samarkand import cli
from samarkand.common import home
from samarkand.common.errors import CourseError, UnknownName
from samarkand.lab import validation


def write_lesson(path: Path, *cells: tuple[str, str]) -> None:
    """Write a notebook of cells with the text that each printed."""
    written = []
    for source, printed in cells:
        output = {"output_type": "stream", "name": "stdout", "text": [printed]}
        written.append(
            {
                "cell_type": "code",
                "id": f"c{len(written)}",
                "metadata": {},
                "execution_count": len(written) + 1,
                "source": [source],
                "outputs": [output],
            }
        )
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"cells": written, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture
def lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(home, "LESSONS", tmp_path)
    return tmp_path


def test_a_cell_that_gives_something_else_is_named_with_both_texts_and_with_the_machine(
    lessons: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    monkeypatch.setenv("SAMARKAND_STUDENT", "aziza")
    own = "import os; print('SAMARKAND_STUDENT' in os.environ, os.path.exists(os.environ['SAMARKAND_WORK']))"
    write_lesson(lessons / "03_half.ipynb", ("print(1)", "1\n"), ("print(2)", "3\n"), (own, "False False\n"))
    verdict = validation.validate_lesson(validation.find_lesson("03"))
    (difference,) = verdict.differences
    assert (verdict.lesson, verdict.cells, difference.cell[-6:]) == ("03_half", 3, "Cell 1")
    assert "print(2)" in difference.said
    assert {"- 2", "+ 3"} <= {line.strip() for line in difference.said.splitlines()}, "both texts"
    assert cli.main(["validate", "03"]) == 1
    said = capsys.readouterr().err
    assert "Cell 1" in said and "pandas" in said and "Python" in said


def test_a_lesson_that_gives_what_is_stored_is_fine(
    lessons: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lesson(lessons / "00_whole.ipynb", ("print(1)", "1\n"), ("print(2)", "2\n"))
    assert cli.main(["validate"]) == 0
    told = capsys.readouterr()
    assert "all 2 cells" in told.out and not told.err


def test_what_cannot_be_run_is_said(lessons: Path) -> None:
    (lessons / "01_broken.ipynb").write_text("{", encoding="utf-8")
    write_lesson(lessons / "03_empty.ipynb")
    for name in ("01", "03"):
        with pytest.raises(CourseError) as failed:
            validation.validate_lesson(validation.find_lesson(name))
        assert failed.value.code == "not run"
    with pytest.raises(UnknownName):
        validation.find_lesson("02")
    assert cli.main(["validate", "02"]) == 1
