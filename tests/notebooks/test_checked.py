"""The record of what was checked: what falls out of it, what does not, and how it is put back."""

import datetime as dt
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.author import checked, citations, lessons
from tools.author.checked import Recorded

EVERYTHING = [*checked.find_tables(), *checked.find_texts(lessons.find_lessons())]

FIRST = """# A title

Xi landed in Nur-Sultan on 14 September, *said* "we are good old friends" [XH0914]. Tokayev met him.
He stayed for 3 hours.

Nothing here has a source.

- In June it listed five firms in China, 25.9 per cent fewer [REUBIS22, REGT0204].
- The first point has another source.

| who | what |
|---|---|
| India | abstained [SPU0407] |
"""
SECOND = "Only two of the rows name Uzbekistan. That was in 2001, in `Samarkand`."
TIED = {"14 September": "TL091.day", "3 hours": "TR05.hours", "in 2001": "TL011.day"}
CHART = 'charts.bars(rows, title="Less oil to Europe", source="Customs (BP21)")'


def make_lesson(folder: Path, cells: list[Any] | None = None) -> Recorded:
    """Write a lesson and return it, with its record in the same folder."""
    metadata = {"samarkand": {"tied": {words: on for words, on in TIED.items() if words in FIRST}}}
    other = {"samarkand": {"tied": {"in 2001": TIED["in 2001"]}}}
    cells = cells or [
        new_markdown_cell(FIRST, id="first", metadata=metadata),
        new_markdown_cell(SECOND, id="second", metadata=other),
        new_code_cell(CHART, id="chart"),
    ]
    path = folder / "03_x.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return Recorded("lessons/03_x", path)


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Return a lesson in a commit of its own, all of which was read."""
    monkeypatch.setattr(checked, "FOLDER", tmp_path / "checked")
    one = make_lesson(tmp_path)
    checked.put_back([one], (), "")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        own = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *own, *command], cwd=tmp_path, check=True)
    return one


def change(one: Recorded, was: str, now: str) -> None:
    text = one.path.read_text(encoding="utf-8")
    was, now = (text_.replace("\n", "\\n").replace('"', '\\"') for text_ in (was, now))
    assert was in text
    one.path.write_text(text.replace(was, now), encoding="utf-8")


@pytest.mark.parametrize("one", EVERYTHING, ids=lambda one: one.name)
def test_everything_that_has_a_source_is_in_the_record(one: Recorded) -> None:
    """After a change: ``samarkand build`` or ``data check``, read the source again, ``--read KEY``."""
    assert checked.report_fallen([one]) == []
    for line in checked.read_lines(one.record):
        assert not line.day or dt.date(2026, 11, 25) <= dt.date.fromisoformat(line.day) <= dt.date.today()


def test_no_file_of_the_record_is_left_over() -> None:
    known = {one.record for one in EVERYTHING}
    assert [path for path in checked.FOLDER.rglob("*.csv") if path not in known] == []


def test_sentences_have_the_sources_of_their_paragraph(lesson: Recorded) -> None:
    found = {one.words: one.sources for one in lesson.read_statements()}
    assert found == {
        'Xi landed in Nur-Sultan on 14 September, said "we are good old friends"': ("XH0914",),
        "Tokayev met him": ("XH0914",),
        "He stayed for 3 hours": ("XH0914",),
        "In June it listed five firms in China, 25.9 per cent fewer": ("REUBIS22", "REGT0204"),
        "India | abstained": ("SPU0407",),
        "Only two of the rows name Uzbekistan": ("SPU0914", "SCOZEE", "SCODECL01"),
        "That was in 2001, in Samarkand": ("SPU0914", "SCOZEE", "SCODECL01"),
        "Less oil to Europe": ("BP21",),
    }


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Tokayev met him", "Putin met him"),
        ("in Nur-Sultan", "in Almaty"),
        ("good old friends", "good new friends"),
        ("25.9 per cent fewer", "25.9 per cent more"),
        ("25.9 per cent", "29.5 per cent"),
        ("In June", "In July"),
        ("per cent fewer", "times fewer"),
        ("abstained", "voted no"),
        ("name Uzbekistan", "do not name Uzbekistan"),
        ("Less oil", "More oil"),
        ("[SPU0407]", "[I24N0406]"),
        ("Tokayev met him.", "Tokayev met him. So did his minister."),
        ("TL091.day", "TL088.day"),  # the words as they were, the figure from elsewhere
    ],
)
def test_a_slip_falls_out_although_its_tie_was_changed_along(lesson: Recorded, was: str, now: str) -> None:
    change(lesson, was, now)
    (text,) = checked.report_fallen([lesson])
    assert text.startswith("lessons/03_x, ")


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("*said*", "**said**"),
        ('"we are good old friends"', "“we are good old friends”"),
        ("Tokayev met him.\n", "Tokayev met\nhim. "),
        (" [XH0914]. Tokayev", '<sup>[7](#Sources "Xinhua, another day: XH0914")</sup>. Tokayev'),
        ("14 September", "15 September"),  # with its tie: a figure that was computed anew
        ("Nothing here", "Nothing at all here"),
        ("The first point has", "The first point, too, has"),
        ("# A title", "# Another title"),
        ("first", "moved"),
    ],
)
def test_what_changes_no_claim_does_not_fall_out(lesson: Recorded, was: str, now: str) -> None:
    change(lesson, was, now)
    assert checked.report_fallen([lesson]) == []


def test_the_mark_of_a_block_leaves_each_sentence_with_its_own_source(lesson: Recorded) -> None:
    numbers = {"XH0914": 1, "REUBIS22": 2, "REGT0204": 3, "SPU0407": 4}
    before = lesson.read_statements()
    notebook = nbformat.read(lesson.path, 4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            citations.mark_blocks(cell, numbers)
    nbformat.write(notebook, lesson.path)
    assert "[XH0914]" not in lesson.path.read_text(encoding="utf-8")
    assert lesson.read_statements() == before
    assert checked.report_fallen([lesson]) == []


def test_a_cell_may_be_split_and_moved(lesson: Recorded) -> None:
    metadata = {"samarkand": {"tied": TIED}}
    start, _, rest = FIRST.partition("- In June")
    cells = [
        new_code_cell(CHART, id="chart"),
        new_markdown_cell(f"- In June{rest}", id="split"),
        new_markdown_cell(start, id="first", metadata=metadata),
        new_markdown_cell(SECOND, id="second", metadata=metadata),
    ]
    assert checked.report_fallen([make_lesson(lesson.path.parent, cells)]) == []


def test_what_fell_out_is_put_back_with_the_key_that_was_opened(lesson: Recorded) -> None:
    change(lesson, "five firms", "six firms")
    (text,) = checked.report_fallen([lesson])
    assert "was: In June it listed five firms" in text and "is:  In June it listed six firms" in text
    assert "REUBIS22, " in text and "https://" in text
    assert checked.put_back([lesson], ["XH0914"], "2026-12-02") == []
    assert len(checked.put_back([lesson], ["REGT0204"], "2026-12-02")) == 1
    (line,) = (line for line in checked.read_lines(lesson.record) if line.day)
    assert (line.opened, line.sources, line.place) == ("REGT0204", "REUBIS22;REGT0204", "first")
    assert checked.report_fallen([lesson]) == []


def find_line(one: Recorded, words: str) -> checked.Line:
    (line,) = (line for line in checked.read_lines(one.record) if line.words.startswith(words))
    return line


def test_a_line_that_stands_without_a_day_is_signed_by_its_digest_and_an_opened_source(
    lesson: Recorded,
) -> None:
    five, lines = find_line(lesson, "In June"), checked.read_lines(lesson.record)
    written = checked.put_back([lesson], [five.digest, "REGT0204"], "2026-12-02")
    assert written == [f"lessons/03_x, first: {five.words}"]
    signed = find_line(lesson, "In June")
    assert (signed.day, signed.opened, signed.sources) == ("2026-12-02", "REGT0204", five.sources)
    assert [line for line in checked.read_lines(lesson.record) if line != signed] == [
        line for line in lines if line != five
    ]
    assert checked.report_fallen([lesson]) == []


@pytest.mark.parametrize("other", [[], ["XH0914"]], ids=["no source", "another's source"])
def test_no_line_is_signed_without_one_of_its_sources(lesson: Recorded, other: list[str]) -> None:
    five = find_line(lesson, "In June")
    assert checked.put_back([lesson], [five.digest, *other], "2026-12-02") == []
    assert find_line(lesson, "In June") == five


def test_a_source_alone_signs_no_line_that_stands(lesson: Recorded) -> None:
    assert checked.put_back([lesson], ["XH0914", "first"], "2026-12-02") == []


def test_a_signed_line_keeps_its_day_and_a_note_stays(lesson: Recorded) -> None:
    five = find_line(lesson, "In June")
    noted = [
        replace(line, found="five" if line == five else "") for line in checked.read_lines(lesson.record)
    ]
    checked.write_lines(lesson.record, noted)
    checked.put_back([lesson], [five.digest, "REGT0204"], "2026-12-01")
    assert checked.put_back([lesson], [five.digest, "REGT0204"], "2026-12-02") == []
    assert (find_line(lesson, "In June").day, find_line(lesson, "In June").found) == ("2026-12-01", "five")


def make_table(folder: Path, text: str) -> Recorded:
    path = folder / "polls.csv"
    path.write_text(text, encoding="utf-8")
    return Recorded("tables/polls", path)


def test_a_changed_cell_of_a_row_is_named(lesson: Recorded) -> None:
    folder = lesson.path.parent
    table = make_table(folder, "id,share,source\nPO1,10,BP21\nPO2,20,BP21\n")
    checked.put_back([table], (), "")
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    own = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(["git", *own, "commit", "-q", "-m", "y"], cwd=folder, check=True)
    make_table(folder, "source,extra,share,id\nBP21,,20,PO2\nBP21,,10,PO1\n")
    assert checked.report_fallen([table]) == []
    make_table(folder, "id,share,source\nPO1,10,BP21\nPO2,21,BP21\n")
    (text,) = checked.report_fallen([table])
    assert "PO2" in text and "share was: 20" in text and "share is:  21" in text and "PO1" not in text


def test_a_download_has_a_line_for_each_source(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n},{'BP21' if n % 2 else 'ART'}\n" for n in range(400))
    table = make_table(tmp_path, f"id,share,source\n{rows}")
    assert {one.sources for one in table.read_statements()} == {("BP21",), ("ART",)}
