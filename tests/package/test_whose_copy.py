"""A source that was read in somebody's copy is named with the copy wherever readers meet it."""

import html
import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from samarkand import charts, cite, data, explore
from samarkand.common.home import ROOT
from samarkand.practice.briefing import cited_items
from samarkand.sources import name_with_copy
from tools.author import citations

#: A source that was read in a copy, how readers are told it, and one that was read where it came out.
COPY, TOLD, OWN = "REU0915", "Reuters via Union Leader", "DWKH22"
MODULES = sorted((ROOT / "samarkand").rglob("*.py"))


def find_copies(table: str) -> set[str]:
    """Return the names of all sources of a table that were read in a copy."""
    names = set()
    for cell in data.load(table)["source"].dropna():
        for source in cite.sources(cell):
            if source.via:
                names.add(source.name)
    return names


def test_the_name_of_a_source_has_its_copy() -> None:
    assert cite[COPY].name == TOLD
    assert cite[COPY].who_and_when == f"{TOLD}, 15 September 2022"
    assert cite[OWN].name == cite[OWN].publisher
    assert name_with_copy("AFP", "") == "AFP"


def mark(text: str) -> str:
    """Return a text of a lesson with its keys made into marks, grey lines and columns."""
    cells = [new_markdown_cell(text, id="said"), new_code_cell(f'cite.sources("{COPY}", "{OWN}")', id="list")]
    lesson = new_notebook(cells=cells)
    citations.number_sources(lesson)
    return lesson.cells[0].source


def test_a_sentence_with_publisher_and_day_is_marked_where_a_copy_was_read() -> None:
    """It does not say yet whose copy it was; where the page itself was read nothing is missing."""
    marked = mark(f"Reuters wrote so on 15 September 2022 [{COPY}].")
    assert f'"{TOLD}, 15 September 2022: {COPY}"' in marked
    assert "<sup>" not in mark(f"Reuters via Union Leader wrote so on 15 September 2022 [{COPY}].")
    assert "<sup>" not in mark(f"DW wrote so on 10 September 2022 [{OWN}].")


def test_grey_lines_and_columns_name_the_copy() -> None:
    grey = mark(f"One said so [{COPY}], and the other [{OWN}].").splitlines()[-1]
    assert grey.startswith("<small") and f"{TOLD}, 15 September 2022; " in grey
    rows = f"| who | what | source |\n|---|---|---|\n| one | said | [{COPY}] |\n| two | said | [{OWN}] |"
    assert f">{TOLD}</small>" in mark(rows)


def test_explorers_name_the_copy() -> None:
    claims = html.unescape(explore.claim_browser().render())
    assert [name for name in find_copies("claims") if name in claims]
    viewers = html.unescape(explore.viewpoints("Russia", "China").render())
    assert "Sputnik via UrduPoint" in viewers
    timeline = explore.trip_timeline()
    shown = ""
    for scale in ("parts", "days", "years"):
        shown += html.unescape(timeline.render(scale=scale))
    copies = find_copies("trip") | find_copies("timeline")
    assert len(copies) > 20
    assert [name for name in copies if name not in shown] == []


def test_a_chart_of_who_counted_names_the_copy() -> None:
    """Where it has few sources, all are named below it."""
    named = 0
    for quantity, cells in data.load("who_counted").groupby("quantity")["source"]:
        names = {source.name for source in cite.sources(*cells)}
        if len(names) <= 2:
            shown = str(charts.who_counted(quantity).to_dict())
            assert [name for name in names if name not in shown] == []
            named += sum(" via " in name for name in names)
    assert named > 2


def test_a_page_of_the_student_names_the_copy_and_counts_the_publisher() -> None:
    item = cited_items.find_item(COPY)
    assert item.named == (TOLD,) and item.publishers == ("Reuters",)
    copies = [one for one in cited_items.list_evidence() if one.named != one.publishers]
    assert copies
    assert all(len(one.named) == len(one.publishers) == len(one.links) for one in copies)


@pytest.mark.parametrize("file", MODULES, ids=lambda path: path.stem)
def test_no_module_shows_a_publisher_without_the_copy(file: Path) -> None:
    """Only the module that makes the name, and the one that counts publishers, read a source's publisher."""
    text = file.read_text(encoding="utf-8")
    cites = re.search(r"^from samarkand(\.sources)? import .*\bcite\b", text, re.MULTILINE)
    assert not (cites and ".publisher" in text) or file.name in ("sources.py", "cited_items.py")
