"""Every notebook is stored in normal form, whole and run; and `samarkand build` brings any notebook there."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from samarkand import cli
from tools.author import build, lessons, normal_form
from tools.author.lessons import Lesson


def test_is_in_normal_form(lesson_path: Path) -> None:
    found = build.check(lesson_path)
    assert not found, "\n".join(found)


def test_is_a_valid_notebook(lesson: Lesson) -> None:
    nbformat.validate(lesson.notebook, relax_add_props=False)


# ------------------------------------------------------------------------------- the form itself


def messy() -> NotebookNode:
    """A notebook as a program may leave it."""
    view = {normal_form.WIDGET_VIEW: {"model_id": "5f"}, "text/html": "<p>8</p>", "text/plain": "8 members"}
    streams = [new_output("stream", name="stdout", text=t) for t in ("one\n", "two\n")]
    shown = new_output("execute_result", data=view, metadata={"isolated": True}, execution_count=9)
    return new_notebook(
        cells=[
            new_markdown_cell("## Who joined *when*?", id="0f3e9a2b", metadata={"collapsed": True}),
            new_code_cell(
                "print('x')", id="print", execution_count=7, outputs=streams, metadata={"tags": ["a"]}
            ),
            new_code_cell(
                "box", id="6b1e1a52-6f0e-4c3e-9d3c-1a2b3c4d5e6f", execution_count=9, outputs=[shown]
            ),
            new_markdown_cell("Члены ШОС", id="9a8b7c6d", metadata={"samarkand": {"claims": ["CL08"]}}),
        ],
        metadata={
            "kernelspec": {"name": "my-env", "display_name": "My env"},
            "language_info": {"name": "python", "version": "3.11.7"},
            "widgets": {"state": {}},
            "samarkand": {"counted": ["P02"]},
        },
    )


def test_normalising_mends_what_programs_leave() -> None:
    before = messy()
    untouched = copy.deepcopy(before)
    normal = normal_form.normalise(before)
    assert before == untouched
    assert [c.id for c in normal.cells] == ["who-joined-when", "print", "box", "cell"]
    assert [c.execution_count for c in normal.cells if c.cell_type == "code"] == [1, 2]
    assert [c.metadata for c in normal.cells] == [{}, {}, {}, {"samarkand": {"claims": ["CL08"]}}]
    assert normal.cells[1].outputs == [{"output_type": "stream", "name": "stdout", "text": "one\ntwo\n"}]
    (shown,) = normal.cells[2].outputs
    assert shown.data == {"text/html": "<p>8</p>", "text/plain": "8 members"}
    assert (shown.execution_count, shown.metadata) == (2, {})
    assert normal.metadata == {
        "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"},
        "language_info": {"name": "python"},
        "samarkand": {"counted": ["P02"]},
    }


def test_normalising_twice_changes_nothing() -> None:
    once = normal_form.normalise(messy())
    assert normal_form.normalise(once) == once
    assert normal_form.differences(once) == []


def test_a_readable_id_stays_and_no_id_stands_twice() -> None:
    names = ("the-sco", "the-sco", "The_SCO", "a1b2c3d4", "facade")
    cells = [new_markdown_cell("x", id=name) for name in names]
    # Not `new_notebook`, which complains of an id that stands twice.
    notebook = nbformat.from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    ids = [c.id for c in normal_form.normalise(notebook).cells]
    assert ids == ["the-sco", "the-sco-2", "x", "x-2", "facade"]


def test_a_widget_without_still_keeps_its_view() -> None:
    notebook = messy()
    del notebook.cells[2].outputs[0].data["text/html"]
    assert normal_form.WIDGET_VIEW in normal_form.normalise(notebook).cells[2].outputs[0].data


def test_nbgraders_metadata_stay() -> None:
    graded = {"nbgrader": {"grade": True, "grade_id": "q1", "points": 2}, "tags": ["x"]}
    notebook = new_notebook(cells=[new_code_cell("1", id="q1", execution_count=1, metadata=graded)])
    assert normal_form.normalise(notebook).cells[0].metadata == {"nbgrader": graded["nbgrader"]}


def test_that_code_is_folded_stays_and_nothing_else_of_jupyter() -> None:
    folded, other, prose = (
        new_code_cell("1", id="a"),
        new_code_cell("1", id="b"),
        new_markdown_cell("x", id="c"),
    )
    for cell in (folded, prose):
        cell.metadata["jupyter"] = {"source_hidden": True, "outputs_hidden": True}
    other.metadata["jupyter"] = {"outputs_hidden": True}
    normal = normal_form.normalise(new_notebook(cells=[folded, other, prose]))
    assert [c.metadata for c in normal.cells] == [{"jupyter": {"source_hidden": True}}, {}, {}]


def test_differences_are_sentences() -> None:
    found = normal_form.differences(messy())
    assert len(found) >= 8
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"execution_count": None}, "was never run"),
        ({"source": " "}, "empty code cell"),
        ({"outputs": [new_output("stream", name="stderr", text="careful\n")]}, "writes to stderr: careful"),
        (
            {"outputs": [new_output("error", ename="KeyError", evalue="x", traceback=[])]},
            "stops with KeyError",
        ),
    ],
)
def test_what_cannot_be_mended_is_said(change: dict[str, object], says: str) -> None:
    cell = nbformat.from_dict(new_code_cell("1 + 1", id="sum", execution_count=1) | change)
    (found,) = normal_form.faults(new_notebook(cells=[cell]))
    assert found.startswith("Cell sum")
    assert says in found


def test_the_text_is_what_nbformat_writes(tmp_path: Path) -> None:
    normal = normal_form.normalise(messy())
    nbformat.write(normal, tmp_path / "a.ipynb")
    assert (tmp_path / "a.ipynb").read_text(encoding="utf-8") == normal_form.text(normal)


# ------------------------------------------------------------------------------- building


def lesson_in(folder: Path, *sources: str) -> Path:
    path = folder / "lesson.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    return path


def test_build_runs_and_stores(tmp_path: Path) -> None:
    path = lesson_in(tmp_path, "1 + 1", "print('Привет')")
    assert build.build(path) is True
    assert build.check(path) == []
    assert "Привет" in path.read_text(encoding="utf-8")
    assert build.build(path) is False
    assert [p.name for p in tmp_path.iterdir()] == ["lesson.ipynb"]


def test_build_leaves_a_failing_lesson_as_it_was(tmp_path: Path) -> None:
    path = lesson_in(tmp_path, "1 / 0", "2")
    before = path.read_bytes()
    with pytest.raises(lessons.BuildError, match=r"^lesson\.ipynb: Cell \S+ stops") as caught:
        build.build(path)
    assert "ZeroDivisionError" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before


def test_build_keeps_out_of_a_students_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "mine"
    monkeypatch.setenv("SAMARKAND_WORK", str(mine))
    path = lesson_in(
        tmp_path,
        "from samarkand.ground import home\nhome.my_work().mkdir(exist_ok=True)\n"
        "_ = (home.my_work() / 'note.txt').write_text('x')",
    )
    assert build.build(path) is True
    assert not mine.exists()


def test_check_sees_json_that_is_laid_out_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = lesson_in(tmp_path, "1 + 1")
    build.build(path)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")), indent=2), encoding="utf-8")
    assert cli.main(["build", "--check", str(path)]) == 1
    assert "The JSON is not laid out" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"nbformat": 3}', '{"nbformat": 4}', "\x00"])
def test_what_is_no_notebook_gets_a_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(lessons.BuildError, match=r"broken\.ipynb is "):
        build.check(path)
