"""A teacher's page and slides that do not hold together are refused, with lesson and cell."""

from pathlib import Path

import pytest

from tools.author import guides, lessons
from tools.site import deck

PAGE = guides.FOLDER / "03.md"


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("| 8-14 |", "| 9-14 |", "goes on at 9 after 8"),
        ("| 86-90 |", "| 86-95 |", "the plan of 90 minutes ends at 95"),
        (
            "`explorer-text` to `explorer`",
            "`gdp-nominal`",
            "needs world_gdp, which the cell gdp-nominal makes",
        ),
        ("`question`", "`nowhere`", "'nowhere' that the lesson does not have"),
        ("## In the room", "## In the yard", "the heading ## In the room is missing"),
        ("## Questions to ask", "line\n" * 40 + "## Questions to ask", "lines are written by hand"),
    ],
)
def test_a_plan_that_does_not_hold_is_refused(was: str, becomes: str, says: str, tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert was in text
    changed = tmp_path / PAGE.name
    changed.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    found = guides.faults(changed)
    assert found and says in found[0] and found[0].startswith("docs/teaching/03.md: ")


@pytest.mark.parametrize(
    ("slide", "says"),
    [
        ("word " * 41, "cell summary: 41 words on a slide"),
        ("47 per cent", "cell summary: 47 is on its slide, and not in the cell"),
        (None, "needs 8 to 12"),
    ],
)
def test_a_slide_that_cannot_be_read_is_refused(slide: str | None, says: str) -> None:
    lesson = lessons.read(lessons.paths(["03"])[0])
    marks = next(cell for cell in lesson.notebook.cells if cell.id == "summary").metadata["samarkand"]
    if slide is None:
        for cell in lesson.notebook.cells[60:]:
            cell.metadata.get("samarkand", {}).pop("slide", None)
    else:
        marks["slide"] = slide
    assert any(says in sentence for sentence in deck.faults(lesson))
