"""Predictions are asked, kept and compared with the tables; nothing is lost, and nobody has to predict."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from samarkand import data
from samarkand.common import journal
from samarkand.common.errors import DamagedData
from samarkand.common.version import VERSION
from samarkand.practice import predict, questions
from samarkand.practice.predict import ledger
from samarkand.practice.predict.ledger import Expected
from tools.author import lessons

ASKED = questions.read_questions("predict")
NUMBERS = [id for id, one in ASKED.items() if not one.options]


def kept(work: Path) -> list[dict[str, object]]:
    file = work / "predictions.jsonl"
    return (
        [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
    )


def filled(id: str, *typed: str) -> Any:
    form = predict.ask(id)
    form.fill(*typed)
    return form


def test_what_came_out_is_an_answer_that_could_be_given() -> None:
    assert set(ledger.collect_results()) == set(ASKED)
    for id, asked in ASKED.items():
        result = ledger.compute_result(id)
        assert result in asked.options if asked.options else asked.low <= result <= asked.high, id
    ties = data.load("ties").query("in_article")
    assert ASKED["09.drop"].high == len(ties)
    assert ASKED["09.place"].high == len({*ties["actor"], *ties["target"]})


def test_a_number_with_a_range_is_saved_and_read_back(work: Path) -> None:
    form = filled("01.distance", "9 500", "8.000,5", "12 000 km", " a long way ")
    said = form.save().sentence
    assert said.startswith("Saved: 9,500 km, from 8,000 km to 12,000 km. Now run the cells below.")
    assert said.endswith("01.distance 9500.0")
    (entry,) = kept(work)
    assert entry.pop("at")
    numbers = {"guess": 9500.0, "low": 8000.5, "high": 12000.0}
    assert entry.pop("version") == VERSION
    assert entry == {"id": "01.distance", **numbers, "reason": "a long way", "late": False}
    again = predict.ask("01.distance")
    assert list(again.filled.values()) == ["9500", "8000.5", "12000", "a long way"]
    assert "Saved earlier: you expect 9,500 km" in again.said


@pytest.mark.parametrize(
    ("typed", "where", "says"),
    [
        (("8", "10", "6"), "high", "The range is the wrong way round"),
        (("8", "", ""), "low", "Where does the range end?"),
        (("", "6", "10"), "guess", "Write a number."),
        (("8", "6-10", "10"), "low", "“6-10” holds two numbers. Write one."),
        (("8 %", "6", "10"), "guess", "This is not a percentage."),
        (("8", "-6", "10"), "low", "The answer has to be between 0 members and 193 members."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_stays_there(
    typed: tuple[str, str, str], where: str, says: str, work: Path
) -> None:
    form = filled("03.members", *typed)
    assert form.save().state == "wrong"
    assert form.said == "Not saved yet: read the notes beside the fields."
    assert says in form.complaints[where]
    assert tuple(form.filled.values())[:3] == typed
    assert kept(work) == []
    form.correct(where, "7")
    assert where not in form.complaints, "a change takes the complaint away"


def test_per_cents_are_understood_where_they_are_asked_for(work: Path) -> None:
    for id, typed in (("02.voices", ("45,7 %", "40", "'50'")), ("03.csto", ("40 %", "0,2", ".6"))):
        assert filled(id, *typed).save().state == "right"
    assert [entry["guess"] for entry in kept(work)] == [45.7, 0.4]


def test_who_does_not_predict_goes_on(work: Path) -> None:
    for id in ASKED:
        assert "or skip this" in predict.ask(id).save().sentence
    assert not work.exists(), "no result was shown, and nothing is kept"
    for id in ASKED:
        asked = predict.see(id)
        assert asked.sentence.startswith("You saved no prediction before the result.")
        assert "You did not save a prediction. That is fine." in asked.show()


@pytest.mark.parametrize(
    ("id", "typed", "says"),
    [
        ("03.members", ("8", "6", "10"), "You expected 8 members, from 6 members to 10 members. The result "
         "is 8 members, inside your range."),
        ("03.members", ("5", "4", "7"), "The result is 8 members, above your range."),
        ("03.members", ("20", "10", "30"), "The result is 8 members, below your range."),
        ("03.direction", ("west", "", "", "The Silk Road"), "You expected West. The result is different: "
         "South. Your reason was: “The Silk Road”"),
        ("04.oil", ("IND",), "You expected India, and that is the result."),
    ],
)  # fmt: skip
def test_a_result_is_beside_what_was_expected(id: str, typed: tuple[str, ...], says: str) -> None:
    filled(id, *typed).save()
    assert says in predict.see(id).sentence


def try_again(work: Path) -> bool:
    """Run form and result once more, as on the next day, then save a guess; return whether it counts."""
    predict.ask("03.members"), predict.see("03.members")
    reply = filled("03.members", "8", "6", "10").save()
    is_late = kept(work)[-1]["late"]
    assert (reply.state == "open") == is_late, "a guess that counts is right, one that does not is open"
    return not is_late


def test_who_runs_all_cells_and_then_guesses_guesses_too_late(work: Path) -> None:
    form, asked = filled("03.members", "8", "6", "10"), predict.see("03.members")
    assert len(asked.children) == 2 and "8 members" not in asked.sentence, "it asks before it compares"
    assert "does not count" in form.save().sentence
    assert "You saved this after the result" in asked.show() and len(asked.children) == 1


def test_a_result_that_was_shown_is_known_for_ever(work: Path) -> None:
    asked = predict.see("03.members")
    asked.children[1].click()
    assert asked.sentence.startswith("The result is 8 members. You did not save a prediction")
    for _ in range(2):
        assert not try_again(work)
    assert predict.see("03.members").sentence == (
        "The result is 8 members. You saved this after the result was shown, so it does not count."
    )
    assert ledger.read_records()["03.members"].counted is None
    assert "You have not saved a prediction before" in predict.scores().sentence
    assert [("seen" in entry, entry.get("late")) for entry in kept(work)] == [
        (True, None), (False, True), (False, True)
    ]  # fmt: skip


def test_of_several_predictions_the_last_before_the_result_counts(work: Path) -> None:
    for guess in ("7", "9", "8.5"):
        assert filled("03.members", guess, "6", "10").save().state == "right"
        assert predict.ask("03.members").filled["guess"] == guess, "what was saved last is read back"
    assert "You expected 8.5 members" in predict.see("03.members").sentence
    assert not try_again(work)
    assert "You expected 8.5 members" in predict.see("03.members").sentence
    assert sum("seen" in entry for entry in kept(work)) == 1


def test_entries_of_an_older_course_are_read(work: Path) -> None:
    """They record that a guess was late, but not that a result was shown without one."""
    numbers = {"guess": 8, "low": 6, "high": 10, "reason": ""}
    journal.add_entry("predictions", "03.members", **numbers, late=True)
    assert "does not count" in predict.see("03.members").sentence
    assert not try_again(work)


def test_lessons_say_how_to_go_on_another_day_and_never_to_run_what_is_below() -> None:
    for one in lessons.read_all_lessons():
        texts = [cell.source for cell in one.notebook.cells if cell.cell_type == "markdown"]
        if one.name == "12_without_us":
            continue  # it is worked through in a notebook of one's own, which has to run as a whole
        assert not any(re.search(r"[Cc]hoose \*(Run|Kernel) → [^*]*All Cells\*", text) for text in texts)
        signs = ("**Half way.**", "**End of part ", "On the next day")
        stops = [text for text in texts if any(sign in text for sign in signs)]
        assert stops and all("*Run → Run All Above Selected Cell*" in text for text in stops), one.name


def test_a_damaged_table_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> float:
        raise DamagedData("The file trip.csv is damaged.", code="damaged")

    ledger.compute_result.cache_clear()
    monkeypatch.setitem(ledger.collect_results(), "01.distance", damaged)
    filled("01.distance", "1", "1", "1").save()
    assert predict.see("01.distance").sentence == "The file trip.csv is damaged."
    assert predict.scores().sentence == "The file trip.csv is damaged."
    ledger.compute_result.cache_clear()


def test_a_disk_that_takes_nothing_hides_no_result(work: Path) -> None:
    work.write_text("not a folder", encoding="utf-8")
    said = predict.see("03.members").show()
    assert "could not be saved" in said and "The result is 8 members" in said
    assert predict.scores().sentence


def saved(*expected: tuple[str, Expected]) -> None:
    for id, one in expected:
        ledger.save_prediction(ASKED[id], one)


def test_scores_count_what_held_and_sort_the_surprises() -> None:
    saved(
        ("01.distance", Expected(5000, 4000, 6000, "a guess")),
        ("03.members", Expected(8, 7, 9)),
        ("05.april", Expected(140, 130, 150)),
        ("03.direction", Expected("west")),
        ("04.oil", Expected("IND")),
    )
    told = predict.scores()
    assert told.sentence == (
        "1 of your 3 ranges contained the result. The aim was 8 of 10. That is too few to say much. "
        "You were right in 1 of 2 choices. "
        "Most often you were surprised by how many there are."
    )
    html = told.children[0].value
    assert "1 below the range, 1 within it, 1 above it." in html
    assert "4,000 km to 6,000 km" in html and "a guess" in html


@pytest.mark.parametrize(
    ("held", "says"), [(3, "were too narrow"), (9, "what it should be"), (11, "were too wide")]
)
def test_many_ranges_are_judged(held: int, says: str) -> None:
    assert len(NUMBERS) >= 11
    for n, id in enumerate(NUMBERS[:11]):
        low, high = (ASKED[id].low, ASKED[id].high) if n < held else (ASKED[id].high, ASKED[id].high)
        saved((id, Expected(high, low, high)))
    assert says in predict.scores().sentence
