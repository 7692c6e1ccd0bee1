"""A place to write: kept as it was left, read back, shown again; what others hold comes after one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from samarkand.ground import journal
from samarkand.ground.errors import UnknownName
from samarkand.practice import notes, questions


def saved(id: str, text: str) -> notes.Paper:
    paper = notes.note(id)
    paper.fill(text)
    paper.save()
    return paper


def test_what_is_written_is_kept_and_read_back_and_older_words_stay(work: Path) -> None:
    text = "First line\nsecond 中 “line” \\ <b>"
    assert "Saved: 7 words." in saved("05.case", f"  {text} ")._reply.value
    assert notes.note("05.case")._field.text == text
    saved("05.case", "Changed.")
    lines = (work / "notes.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == [text, "Changed."]
    assert {id: one["text"] for id, one in journal.latest(notes.JOURNAL).items()} == {"05.case": "Changed."}


def test_saving_twice_adds_nothing_and_an_empty_field_is_told(work: Path) -> None:
    assert notes.note("05.case").save() == "Nothing to save yet: the field is empty."
    assert not work.exists()
    paper = saved("05.case", "Once.")
    assert paper.save() == "Saved: 1 word."
    paper.fill("   ")
    assert paper.save().startswith("Nothing to save yet")
    assert len((work / "notes.jsonl").read_bytes().splitlines()) == 1


def test_a_change_takes_the_word_saved_away() -> None:
    paper = saved("05.case", "Mine.")
    assert "Saved" in paper._reply.value
    paper.fill("Mine, changed.")
    assert "Saved" not in paper._reply.value


def test_what_others_hold_unfolds_after_ones_own() -> None:
    paper = notes.note("05.case")
    assert paper._then.value == ""
    paper.fill("")
    paper.save()
    assert paper._then.value == ""
    paper.fill("Mine.")
    paper.save()
    for part in (
        "<b>Yes.</b> When only a",
        "<b>No.</b>",
        "<b>It depends</b>",
        "(regtrends.com, 4 February 2022)",
    ):
        assert part in paper._then.value
    assert "<b>Yes.</b>" in notes.note("05.case")._then.value


def test_what_cannot_be_saved_stays_in_the_field_and_unfolds_nothing(work: Path) -> None:
    work.write_text("not a folder", encoding="utf-8")
    paper = saved("05.case", "Mine.")
    assert "could not be saved" in paper._reply.value
    assert paper._field.text == "Mine." and paper._then.value == ""


def test_a_damaged_journal_is_told_and_the_rest_is_read_back(work: Path) -> None:
    saved("05.case", "Mine.")
    with (work / "notes.jsonl").open("ab") as file:
        file.write(b'{"half\n{"at": "x", "id": "05.sides", "text": 7}\n')
    paper = notes.note("05.case")
    assert "One line of" in paper._reply.value and paper._field.text == "Mine."
    assert notes.note("05.sides")._field.text == ""


def test_a_note_is_shown_again_where_it_is_needed() -> None:
    assert notes.recall("05.sides").sentence == "You wrote nothing down here, which is all right."
    saved("05.sides", "It sends <b>arms</b>.")
    shown = notes.recall("05.sides")
    assert shown.sentence == "You wrote: “It sends <b>arms</b>.”"
    assert "&lt;b&gt;arms" in shown.children[0].value


@pytest.mark.parametrize("id", questions.every("note"))
def test_a_still_is_the_same_for_everybody_and_needs_no_script(id: str) -> None:
    def stored() -> list[str]:
        shown = (notes.note(id), notes.recall(id))
        return [one._repr_mimebundle_()[0][kind] for one in shown for kind in ("text/html", "text/plain")]

    before = stored()
    saved(id, "Mine alone.")
    assert stored() == before
    whole = "".join(before)
    assert (
        questions.find("note", id).text in before[1]
        and "Run → Run All Above Selected Cell" in before[1]
    )
    assert "<script" not in whole and "class=" not in whole and "Mine" not in whole


def test_the_field_carries_its_question_and_the_button_too() -> None:
    for id, asked in questions.every("note").items():
        paper = notes.note(id)
        assert paper._field._line.tooltip == f"Your words: {asked.text}"
        assert asked.text in paper.children[2].tooltip


@pytest.mark.parametrize("id", ["05.cases", "05.april", "", None])
def test_a_note_that_is_not_there_is_named(id: object) -> None:
    for function in (notes.note, notes.recall):
        with pytest.raises(UnknownName, match='No question "'):
            function(id)  # type: ignore[arg-type]
