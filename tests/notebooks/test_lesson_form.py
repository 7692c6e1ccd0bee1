"""Every notebook is stored in normal form, complete, run, spelled right; `samarkand build` normalises any."""

import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbval.plugin import find_comment_markers

from samarkand import cli
from samarkand.common import home
from samarkand.common.home import ROOT
from tools.author import build, lessons, normal_form
from tools.author.lessons import Lesson


def test_is_in_normal_form(lesson_path: Path) -> None:
    found = build.describe_differences(lesson_path)
    assert not found, "\n".join(found)


def test_is_a_valid_notebook(lesson: Lesson) -> None:
    nbformat.validate(lesson.notebook, relax_add_props=False)


def test_no_tag_and_no_comment_lets_nbval_look_away() -> None:
    """Strict nbval runs on lessons and sets in a step of ``start.py test``."""
    paths = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("exercises/*/*/*.ipynb")]
    cells = [cell for path in paths for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    source = "".join(f"{''.join(cell['source'])}\n" for cell in cells)
    assert list(find_comment_markers("1 + 1\n# NBVAL_SKIP")) == [("skip", True)]
    assert list(find_comment_markers(source)) == []
    assert [cell["id"] for cell in cells if "tags" in cell["metadata"]] == []


def test_prose_and_comments_are_spelled_right_as_far_as_codespell_knows(tmp_path: Path) -> None:
    for lesson in lessons.read_all_lessons():  # it cannot read notebooks
        text = "\n\n".join(f"{cell.source}" for cell in lesson.cells)
        (tmp_path / f"{lesson.name}.md").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "codespell_lib", "--toml", str(ROOT / "pyproject.toml"), "."]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


# ------------------------------------------------------------------------------- the form itself


def messy() -> NotebookNode:
    """Return a notebook as an editor may save it."""
    view = {normal_form.WIDGET_VIEW: {"model_id": "5f"}, "text/html": "<p>8</p>", "text/plain": "8 members"}
    streams = [new_output("stream", name="stdout", text=t) for t in ("one\n", "two\n")]
    shown = new_output("execute_result", data=view, metadata={"isolated": True}, execution_count=9)
    alone = new_output("display_data", data={normal_form.WIDGET_VIEW: {"model_id": "5f"}})
    graded = {"nbgrader": {"grade": True, "grade_id": "q1", "points": 2}, "tags": ["x"]}
    folded = {"jupyter": {"source_hidden": True, "outputs_hidden": True}}
    uuid = "6b1e1a52-6f0e-4c3e-9d3c-1a2b3c4d5e6f"
    return nbformat.from_dict(  # not `new_notebook`, which complains of an id that is there twice
        {
            "cells": [
                new_markdown_cell("## Who joined *when*?", id="0f3e9a2b", metadata={"collapsed": True}),
                new_code_cell("print('x')", id="print", execution_count=7, outputs=streams, metadata=graded),
                new_code_cell("box", id=uuid, execution_count=9, outputs=[shown, alone], metadata=folded),
                new_markdown_cell("Члены ШОС", id="print", metadata={"samarkand": {"claims": ["CL08"]}}),
            ],
            "metadata": {"kernelspec": {"name": "my-env"}, "widgets": {}, "samarkand": {"counted": ["P02"]}},
            "nbformat": 4,
            "nbformat_minor": 4,
        }
    )


def test_normalising_mends_what_programs_leave() -> None:
    before = messy()
    untouched = copy.deepcopy(before)
    normal = normal_form.normalise_notebook(before)
    assert before == untouched
    assert [c.id for c in normal.cells] == ["who-joined-when", "print", "box", "print-2"]
    assert [c.execution_count for c in normal.cells if c.cell_type == "code"] == [1, 2]
    graded = {"nbgrader": {"grade": True, "grade_id": "q1", "points": 2}}
    folded = {"jupyter": {"source_hidden": True}}
    assert [c.metadata for c in normal.cells] == [{}, graded, folded, {"samarkand": {"claims": ["CL08"]}}]
    assert normal.cells[1].outputs == [{"output_type": "stream", "name": "stdout", "text": "one\ntwo\n"}]
    shown, alone = normal.cells[2].outputs
    assert shown.data == {"text/html": "<p>8</p>", "text/plain": "8 members"}
    assert (shown.execution_count, shown.metadata) == (2, {})
    assert list(alone.data) == [normal_form.WIDGET_VIEW], "a widget without a still keeps its view"
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    rest = {"language_info": {"name": "python"}, "samarkand": {"counted": ["P02"]}}
    assert normal.metadata == {"kernelspec": kernel} | rest
    assert normal_form.normalise_notebook(normal) == normal and normal_form.find_differences(normal) == []
    assert len(normal_form.find_differences(messy())) >= 5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"execution_count": None}, "was never run"),
        ({"source": " "}, "empty code cell"),
        ({"outputs": [new_output("stream", name="stderr", text="careful\n")]}, "writes to stderr: careful"),
        ({"outputs": [new_output("error", ename="KeyError", evalue="x")]}, "stops with KeyError"),
    ],
)
def test_what_cannot_be_mended_is_said(change: dict[str, object], says: str) -> None:
    cell = nbformat.from_dict(new_code_cell("1 + 1", id="sum", execution_count=1) | change)
    (found,) = normal_form.find_notebook_faults(new_notebook(cells=[cell]))
    assert found.startswith("Cell sum") and says in found


# ------------------------------------------------------------------------------- building


def lesson_in(folder: Path, *sources: str) -> Path:
    path = folder / "lesson.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    return path


def test_build_runs_and_stores(tmp_path: Path) -> None:
    path = lesson_in(tmp_path, "1 + 1", "print('Привет')")
    assert build.build_notebook(path) is True
    assert build.describe_differences(path) == []
    assert "Привет" in path.read_text(encoding="utf-8")
    assert build.build_notebook(path) is False
    assert [p.name for p in tmp_path.iterdir()] == ["lesson.ipynb"]


@pytest.fixture
def committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a built lesson that is committed in a repository of its own, beside a package."""
    monkeypatch.setattr(home, "ROOT", tmp_path)
    path = tmp_path / "lesson.ipynb"
    cells = [new_markdown_cell("One word.", id="words"), new_code_cell("1 + 1", id="sum")]
    nbformat.write(new_notebook(cells=cells), path)
    build.build_notebook(path)
    (tmp_path / "samarkand").mkdir()
    (tmp_path / "samarkand" / "one.py").write_text("", encoding="utf-8")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        own = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *own, *command], cwd=tmp_path, check=True)
    return path


@pytest.mark.parametrize(
    ("file", "was", "now", "runs"),
    [
        ("lesson.ipynb", "One word.", "Another word.", False),
        ("lesson.ipynb", "1 + 1", "1 + 2", True),
        ("lesson.ipynb", '"text/plain": [\n       "2"', '"text/plain": [\n       "3"', True),
        ("lesson.ipynb", '"execution_count": 1', '"execution_count": null', True),
        ("samarkand/one.py", "", "x = 1", True),
    ],
)
def test_a_lesson_is_run_if_more_than_words_has_changed(
    committed: Path, file: str, was: str, now: str, runs: bool
) -> None:
    path = committed.parent / file
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, now, 1) if was else now, encoding="utf-8")
    assert build.needs_run(committed, lessons.read_notebook(committed)) is runs


def test_without_git_a_lesson_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "ROOT", tmp_path)
    path = lesson_in(tmp_path, "1 + 1")
    build.build_notebook(path)
    assert build.needs_run(path, lessons.read_notebook(path))


def test_build_leaves_a_failing_lesson_as_it_was(tmp_path: Path) -> None:
    path = lesson_in(tmp_path, "1 / 0", "2")
    before = path.read_bytes()
    with pytest.raises(lessons.BuildError) as caught:
        build.build_notebook(path)
    assert (caught.value.code, caught.value.fields["file"]) == ("cells at fault", path)
    (fault,) = caught.value.fields["faults"]
    assert "ZeroDivisionError" in fault and str(caught.value) == f"lesson.ipynb: {fault}"
    assert path.read_bytes() == before


def test_build_keeps_out_of_a_students_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "mine"
    monkeypatch.setenv("SAMARKAND_WORK", str(mine))
    path = lesson_in(
        tmp_path,
        "from samarkand.common import home\nhome.my_work().mkdir(exist_ok=True)\n"
        "_ = (home.my_work() / 'note.txt').write_text('x')",
    )
    assert build.build_notebook(path) is True
    assert not mine.exists()


def test_check_sees_json_that_is_laid_out_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = lesson_in(tmp_path, "1 + 1")
    build.build_notebook(path)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")), indent=2), encoding="utf-8")
    assert cli.main(["build", "--check", str(path)]) == 1
    assert "The JSON is not laid out" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"nbformat": 3}', '{"nbformat": 4}', "\x00"])
def test_what_is_no_notebook_is_named(content: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(lessons.BuildError) as caught:
        build.describe_differences(path)
    expected = "another format" if content == '{"nbformat": 3}' else "no notebook"
    assert (caught.value.code, caught.value.fields["file"]) == (expected, path)


def test_the_size_of_the_lessons_is_what_the_decision_on_translations_says() -> None:
    told = (ROOT / "docs/decisions.md").read_text(encoding="utf-8")
    found = re.search(
        r"the lessons, (\d+) MB today, of which (\d+) MB are stored\soutputs, would be (\d+)", told
    )
    assert found
    size, outputs = 0, 0
    for path in lessons.find_lessons():
        size += path.stat().st_size
        for cell in lessons.read_notebook(path).cells:
            outputs += len(json.dumps(cell.get("outputs", []), ensure_ascii=False).encode())
    assert (int(found[1]), int(found[2]), int(found[3])) == (
        pytest.approx(size / 1e6, abs=1),
        pytest.approx(outputs / 1e6, abs=1),
        5 * int(found[1]),
    )


def test_the_first_section_of_further_is_not_cut_in_two(lesson: Lesson) -> None:
    cells = lesson.cells
    places = [number for number, cell in enumerate(cells) if cell.id == "further"]
    for number in places:
        assert not cells[number + 1].source.startswith("### "), (
            "what it explains stands below another heading"
        )
