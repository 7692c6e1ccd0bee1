"""What nbval cannot see: every lesson shows what its reviewed record says, at every setting of every control.

After a change that is meant, ``samarkand build --facts`` records anew; the difference is for reading.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from samarkand.practice import tasks as check
from tools.author import facts, lessons

LARGEST = 200_000


#: A lesson in small, and what changes in it: nothing that nbval would see.
CELLS = {
    "members": """
from samarkand import explore
from samarkand.jupyter import controls

explore.Explorer(
    {"year": controls.stops("Year", range(2001, LAST + 1), 2010)},
    lambda year: explore.Panel(f"In {year} there were {6 if year < 2017 else EIGHT} members.", ""),
    title="Members",
)""",
    "table": """
import pandas as pd
late = pd.DataFrame({"country": ["China", "India"], "since": [2001, 2017]})
late = late[late["since"] > AFTER]""",
    "chart": """
import altair as alt
alt.Chart(pd.DataFrame({"year": [1, 2], "n": [6, N]}), title="T").mark_MARK().encode(x="year:Q", y="n:Q")""",
    "house": """
from samarkand import charts
charts.bars(late, x="since", y="country", title="Since", source="table late")""",
    "deaf": """
box = explore.Explorer({"on": controls.tick("On")}, lambda on: explore.Panel(f"{on}.", ""), title="Deaf")
CUT
box""",
}
BEFORE = {"LAST": 2025, "EIGHT": 8, "AFTER": 2000, "N": 8, "MARK": "line", "CUT": "first = box.values()"}
AFTER = {"LAST": 2024, "EIGHT": 9, "AFTER": 2010, "N": 9, "MARK": "bar"}
AFTER |= {
    "CUT": "from tools.author import facts\n_ = [w.unobserve_all('value') for w in facts.widgets_in(box)]"
}
SEEN = (
    "members, shown 1, controls 1, options: was ",
    "members, shown 1, renders, year=2017: was ",
    "members, shown 1, renders, year=2025: is gone",
    "table, names, late, rows: was 2, is 1",
    "chart, shown 1, data, data 1, sum: was ",
    "chart, shown 1, spec, mark, type: was 'line', is 'bar'",
    "house, shown 1, data, data 1, ",
    "deaf, shown 1, its box does not show what it renders: is new",
)


def test_the_record_holds(lesson_path: Path) -> None:
    found = facts.compare(facts.recorded(lesson_path), facts.record(lesson_path))
    assert not found, "\n".join(found)


def test_the_record_can_be_read(lesson_path: Path) -> None:
    text = facts.path_of(lesson_path).read_text(encoding="utf-8")
    assert len(text.encode()) < LARGEST
    assert text == facts.text(json.loads(text))
    assert not re.search(r"0x[0-9a-f]{6,}|IPY_MODEL_", text), "an address in memory, or a widget's number"
    assert "its box does not show what it renders" not in text


@pytest.mark.parametrize(("damage", "said"), [(None, "has no record"), ('{"load": ', "is damaged")])
def test_a_record_that_cannot_be_read_is_named_and_made_anew(
    damage: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "RECORDS", tmp_path)
    if damage:
        (tmp_path / "03_the_sco.json").write_text(damage)
    with pytest.raises(facts.BuildError, match=f"03_the_sco.*{said}.*build --facts 03_the_sco"):
        facts.recorded(Path("03_the_sco.ipynb"))
    monkeypatch.setattr(facts, "ROOT", tmp_path)
    monkeypatch.setattr(facts, "record", lambda notebook: {"load": {}})
    assert "recorded anew" in facts.store(Path("03_the_sco.ipynb"))
    assert facts.recorded(Path("03_the_sco.ipynb")) == {"load": {}}


def test_no_record_is_left_over() -> None:
    assert {p.stem for p in facts.RECORDS.glob("*.json")} == {p.stem for p in lessons.paths()}


# ------------------------------------------------------------------------------- what a record sees


def lesson_in(folder: Path, cells: dict[str, str], values: Mapping[str, object]) -> Path:
    path = folder / "lesson.ipynb"
    made = []
    for name, source in cells.items():
        for word, value in values.items():
            source = source.replace(word, str(value))  # noqa: PLW2901
        made.append(new_code_cell(source.strip(), id=name))
    nbformat.write(new_notebook(cells=made), path)
    return path


def test_what_nbval_cannot_see_is_seen(tmp_path: Path) -> None:
    was = facts.record(lesson_in(tmp_path, CELLS, BEFORE))
    assert facts.compare(was, facts.record(lesson_in(tmp_path, CELLS, BEFORE))) == []
    found = facts.compare(was, facts.record(lesson_in(tmp_path, CELLS, AFTER)))
    for sentence in SEEN:
        assert any(line.startswith(sentence) for line in found), (sentence, found)


def test_a_name_or_a_turn_of_a_text_is_seen(tmp_path: Path) -> None:
    was = "Russia buys more than `less`, [before](../before.ipynb) March."
    assert facts.spoken(was) == "Russia buys more before"

    def text(source: str) -> dict[str, Any]:
        path = tmp_path / "lesson.ipynb"
        nbformat.write(new_notebook(cells=[new_markdown_cell(source, id="said")]), path)
        return facts.record(path)

    stored = text(was)
    assert facts.compare(stored, text(was.replace("more", "less"))) == [
        "said, speaks of: was 'Russia buys more before', is 'Russia buys less before'"
    ]
    assert facts.compare(stored, text(was.replace("Russia", "China"))) == [
        "said, speaks of: was 'Russia buys more before', is 'China buys more before'"
    ]
    assert not facts.compare(stored, text(was.replace("buys", "today buys")))


def test_a_wrong_way_of_practice_is_in_the_record() -> None:
    path = next(path for path in lessons.paths() if path.stem.startswith("05"))
    asked = check.tasks()["05.3"]
    stub = next(task.stub.id for task in lessons.read(path).tasks if task.number == asked.id)
    reason, gives = next(
        (way.reason, way.wrong()) for way in asked.diagnoses if "half an agree" in way.reason
    )
    answers = facts.recorded(path)[stub]["answers"]
    assert answers[facts.cut(reason, 60)] == facts.number(gives)
    assert answers[facts.cut(asked.right, 60)] == facts.number(asked.expected)
    assert len(answers) == 1 + len(asked.diagnoses)


def test_an_error_in_a_cell_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(facts.BuildError, match=r"lesson\.ipynb: cell it stops with ZeroDivisionError"):
        facts.record(lesson_in(tmp_path, {"it": "1 / 0"}, {}))
