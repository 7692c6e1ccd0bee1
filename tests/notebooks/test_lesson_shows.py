"""Every lesson shows what its snapshot says at every setting of every control, which nbval does not try.

After an intended change, the command that `samarkand build 03` names stores it anew.
"""

from collections.abc import Mapping
from pathlib import Path

import nbformat
import pytest
import shown
from nbformat.v4 import new_code_cell, new_notebook
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tools.author import build, fresh_process
from tools.author.lessons import BuildError


class TextFile(SingleFileSnapshotExtension):
    """A snapshot that is a file of text of its own."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


def test_a_lesson_shows_what_its_snapshot_says(lesson_path: Path, snapshot: SnapshotAssertion) -> None:
    text = fresh_process.run_apart(shown.show_lesson, lesson_path)
    assert "its box does not show what it renders" not in text
    command = build.command_to_store_snapshots([lesson_path])
    assert text == snapshot(extension_class=TextFile), f"If you meant that: {command}"


# ------------------------------------------------------------------------------- what it sees

#: A minimal lesson, in which WORDS are replaced.
CELLS = {
    "members": """
from samarkand import data, explore
from samarkand.widgets import controls
explore.Explorer(
    {
        "year": controls.make_slider("Year", range(2001, LAST + 1), 2010),
        "more": controls.make_checkbox("More"),
    },
    lambda year, more: explore.Panel(f"In {year} there were {6 if year < 2017 else EIGHT} members.", ""),
    title="Members",
)""",
    "deaf": """
import shown
on = controls.make_checkbox("On")
box = explore.Explorer({"on": on}, lambda on: explore.Panel(f"{on}.", ""), title="Deaf")
for handle in shown.find_widgets(box):
    CUT
box""",
    "asked": """
from samarkand.practice import quiz
quiz.ask("QUIZ")""",
}
BEFORE = {"LAST": 2025, "EIGHT": 8, "CUT": "pass", "QUIZ": "03.gdp"}


def show(folder: Path, values: Mapping[str, object], **cells: str) -> str:
    """Return what a lesson of these cells shows."""
    path = folder / "lesson.ipynb"
    notebook = new_notebook()
    for name, source in cells.items():
        for word, value in (BEFORE | dict(values)).items():
            source = source.replace(word, str(value))  # noqa: PLW2901
        notebook.cells.append(new_code_cell(source.strip(), id=name))
    nbformat.write(notebook, path)
    return fresh_process.run_apart(shown.show_lesson, path)


def test_what_a_setting_shows_is_text(tmp_path: Path) -> None:
    text = show(tmp_path, {}, **CELLS)
    assert "=== members: year=2010, more=True\n" in text
    assert "In 2010 there were 6 members.\n" in text and "In 2025 there were 8 members." in text
    assert "=== asked: pressed at Is it growing?\n" in text


@pytest.mark.parametrize(
    ("values", "differs"),
    [
        ({"LAST": 2024}, "year=2025, more=False"),
        ({"EIGHT": 9}, "In 2017 there were 9 members."),
        ({"CUT": "handle.unobserve_all('value')"}, "its box does not show what it renders"),
        ({"QUIZ": "01.absence"}, "pressed at Is it growing?"),
    ],
)
def test_what_nbval_cannot_see_is_seen(tmp_path: Path, values: dict[str, object], differs: str) -> None:
    was, is_ = show(tmp_path, {}, **CELLS), show(tmp_path, values, **CELLS)
    assert (differs in was) != (differs in is_)


def test_a_setting_is_stored_whole_or_as_its_difference_from_the_first() -> None:
    assert shown.shorten(["a title", "2", "more"], ["a title", "1", "more"]) == ["- 1", "+ 2"]
    assert shown.shorten(["x"], ["a title", "1"]) == ["x"]


def test_an_error_in_a_cell_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BuildError) as error:
        show(tmp_path, {}, it="1 / 0")
    assert (error.value.code, error.value.fields["file"].name) == ("its code stops", "lesson.ipynb")
    assert "cell it stops with ZeroDivisionError" in str(error.value)
