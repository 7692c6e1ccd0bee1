"""The student's forecasts are kept, read as people write them, and scored, whatever is in the file."""

import ast
import contextlib
import datetime as dt
import html
import re
from pathlib import Path

import pytest

from samarkand import explore, measures
from samarkand.common.errors import OutOfRange, UnknownName, WrongType
from samarkand.explore import forecasts_explorer as explorers
from samarkand.practice import forecasts
from tools.author import lessons


def test_questions_are_eight_and_settled_before_anybody_takes_the_course() -> None:
    assert list(forecasts.read_questions()) == [f"F{n}" for n in range(1, 9)]
    for q in forecasts.read_questions().values():
        assert q.text.startswith("Will ") and q.text.endswith("?") and len(q.rule) > 40
        assert dt.date(2022, 9, 12) < q.by <= dt.date(2023, 1, 31)


def test_saving_twice_adds_nothing_and_one_bad_forecast_saves_none() -> None:
    assert [forecasts.save_forecasts({"F2": (share, "ж 中")}) for share in (0.8, 0.8, 0.6)] == [1, 0, 1]
    with pytest.raises(UnknownName) as unknown:
        forecasts.save_forecasts({"F1": (0.5, ""), "F9": (0.5, "")})
    assert unknown.value.fields["name"] == "F9"
    with pytest.raises(OutOfRange) as outside:
        forecasts.save_forecasts({"F1": (0.5, ""), "F3": (1.3, "")})
    assert (outside.value.code, outside.value.fields["given"]) == ("no probability", 1.3)
    assert {name: one.probability for name, one in forecasts.read_latest().items()} == {"F2": 0.6}


def test_per_cents_of_the_form_and_what_a_sentence_tells_to_write_are_understood() -> None:
    typed = {"0": 0, "1": 0.01, "70 %": 0.7, "100": 1, "45,7": 0.457, "0,7 %": 0.007, "'12.5'": 0.125}
    assert {text: forecasts.as_per_cent(text) for text in typed} == typed
    for text, error, code, given in (
        ("0,7", OutOfRange, "two readings", 0.7),
        ("130", OutOfRange, "no per cent", 130),
        ("-5", OutOfRange, "no per cent", -5),
        ("1,200", WrongType, "two readings", "1,200"),
        ("maybe", WrongType, "no number", "maybe"),
    ):
        with pytest.raises(error) as raised:
            forecasts.as_per_cent(text)
        assert (raised.value.code, raised.value.fields["given"]) == (code, given)
        for told in re.findall(r"(?:Write|such as|or) (\d+(?:\.\d+)?(?: %)?)", str(raised.value)):
            with contextlib.suppress(OutOfRange):  # 1200 is a number, though no per cent
                assert 0 <= forecasts.as_per_cent(told) <= 1


# -- their scores, in lesson 10


def sentence(card: str) -> str:
    """Return the sentence of a card."""
    found = re.search(r'role="status".*?>(.*?)</div>', card)
    assert found
    return html.unescape(found[1])


def test_the_lesson_starts_with_the_numbers_of_its_explorer() -> None:
    (lesson,) = lessons.find_lessons(["10"])
    (source,) = (cell.source for cell in lessons.read_lesson(lesson).code if cell.id == "numbers")
    said, worth = (ast.literal_eval(line.value) for line in ast.parse(source).body[:2])
    assert {tone: round(100 * chance) for tone, chance in said.items()} == explorers.STARTS
    assert worth == forecasts.WORTH


def test_without_a_file_a_kind_sentence_and_an_invented_reader(own_work: Path) -> None:
    said = sentence(explore.my_scores().render())
    assert "We found no forecasts of yours. That is fine" in said
    assert "an invented reader who says 70 % to everything. 8 forecasts: Brier score 0.290." in said
    assert not own_work.exists()


def test_own_forecasts_are_read_back_and_scored() -> None:
    said, came = [0.97, 0.9, 0.8, 0.1], [1, 1, 0, 0]
    forecasts.save_forecasts(
        {f"F{n}": (chance, f"because of F{n} & more") for n, chance in enumerate(said, 1)}
    )
    explorer = explore.my_scores()
    card = explorer.render()
    assert sentence(card).startswith(f"4 forecasts: Brier score {measures.brier(said, came):.3f}.")
    assert "Costliest miss: F3, 0.640." in card and "because of F3 &amp; more" in card
    rest = sentence(explorer.render(counted="open"))
    assert rest.startswith(f"2 forecasts: Brier score {measures.brier(said[2:], came[2:]):.3f}.")
    bolder = [min(1, max(0, 0.5 + 2 * (p - 0.5))) for p in said]
    assert f"score {measures.brier(bolder, came):.3f}." in sentence(explorer.render(boldness=2.0))
    assert "Brier score 0.250." in sentence(explorer.render(boldness=0.0))
    forecasts.save_forecasts({"F4": (0.2, "")})
    assert f"{measures.brier([0.97, 0.9, 0.8, 0.2], came):.3f}." in sentence(explore.my_scores().render())


@pytest.mark.parametrize("probability", ["1.3", '"so"'])
def test_an_entry_that_is_no_forecast_is_left_and_the_others_count(probability: str, own_work: Path) -> None:
    entry = '{{"at": "2026-11-26T12:00:00+00:00", "id": "F1", "probability": {}}}\n'
    own_work.write_text(entry.format(0.9) + entry.format(probability), encoding="utf-8")
    assert "1 forecast: Brier score 0.010." in sentence(explore.my_scores().render())
