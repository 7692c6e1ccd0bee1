"""Every lesson shows the content of its reviewed record at every setting of every control, beyond nbval.

After an intended change, ``samarkand build --facts`` records again; read the difference.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools.author import facts, lessons

#: The maximum of lines in all records, so that people can read them.
MOST = 6000


def test_the_record_holds(lesson_path: Path) -> None:
    found = facts.compare(facts.recorded(lesson_path), facts.record(lesson_path))
    assert not found, "\n".join(found)


def test_records_can_be_read_and_none_is_left_over() -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in facts.RECORDS.glob("*.json")}
    assert set(texts) == {path.stem for path in lessons.paths()}
    assert sum(text.count("\n") for text in texts.values()) <= MOST
    assert [name for name, text in texts.items() if text != facts.text(json.loads(text))] == []


@pytest.mark.parametrize(("damage", "says"), [(None, "has no record"), ('{"load": ', "is damaged")])
def test_a_record_that_cannot_be_read_is_named_and_made_anew(
    damage: str | None, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "RECORDS", tmp_path)
    if damage:
        (tmp_path / "03_the_sco.json").write_text(damage)
    with pytest.raises(facts.BuildError, match=f"03_the_sco.*{says}.*build --facts 03_the_sco"):
        facts.recorded(Path("03_the_sco.ipynb"))
    monkeypatch.setattr(facts, "ROOT", tmp_path)
    monkeypatch.setattr(facts, "record", lambda notebook: {"load": {}})
    assert "recorded anew" in facts.store(Path("03_the_sco.ipynb"))
    assert facts.recorded(Path("03_the_sco.ipynb")) == {"load": {}}


# ------------------------------------------------------------------------------- what a record sees

#: A minimal lesson, in which WORDS are replaced.
CELLS = {
    "members": """
from samarkand import data, explore
from samarkand.widgets import controls
explore.Explorer(
    {"year": controls.stops("Year", range(2001, LAST + 1), 2010), "more": controls.tick("More")},
    lambda year, more: explore.Panel(f"In {year} there were {6 if year < 2017 else EIGHT} members.", ""),
    title="Members",
)""",
    "deaf": """
from tools.author import facts
box = explore.Explorer({"on": controls.tick("On")}, lambda on: explore.Panel(f"{on}.", ""), title="Deaf")
for handle in facts.widgets_in(box):
    CUT
box""",
    "asked": """
from samarkand.practice import quiz
data.load("TABLE")
quiz.ask("QUIZ")""",
}
BEFORE = {"LAST": 2025, "EIGHT": 8, "CUT": "pass", "TABLE": "trip", "QUIZ": "03.gdp"}
AFTER = {
    "LAST": 2024,
    "EIGHT": 9,
    "CUT": "handle.unobserve_all('value')",
    "TABLE": "polls",
    "QUIZ": "01.absence",
}


def made(folder: Path, values: Mapping[str, object] = BEFORE, **cells: str) -> Path:
    path = folder / "lesson.ipynb"
    notebook = new_notebook()
    for name, source in cells.items():
        for word, value in values.items():
            source = source.replace(word, str(value))  # noqa: PLW2901
        notebook.cells.append(new_code_cell(source.strip(), id=name))
    nbformat.write(notebook, path)
    return path


def test_what_nbval_cannot_see_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    was = facts.record(made(tmp_path, **CELLS))
    assert was["members"]["year=2010, more=True"].endswith("In 2010 there were 6 members.")
    found = facts.compare(was, facts.record(made(tmp_path, AFTER, **CELLS)))
    for sentence in (
        "asked, at first: was ",
        "asked, pressed at Is it growing?: is gone",
        "deaf, on=True, moved by hand: is new",
        "members, controls: was ",
        "members, year=2017, more=False: was ",
        "members, year=2025, more=False: is gone",
        "reads tables: was ",
    ):
        assert any(line.startswith(sentence) for line in found), (sentence, found)


def test_an_error_in_a_cell_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        facts.BuildError, match=r"^lesson\.ipynb: cell it stops with ZeroDivisionError: [a-z ]+$"
    ):
        facts.record(made(tmp_path, it="1 / 0"))
