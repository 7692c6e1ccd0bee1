"""Lesson 10: its numbers are those of its explorer, which scores a student's own file, whatever is in it."""

import ast
import html
import re
from pathlib import Path

import pytest

from samarkand import explore, measures
from samarkand.explore import forecasts as explorers
from samarkand.ground import home
from samarkand.practice import forecasts
from tools.author import lessons


def sentence(card: str) -> str:
    """Return the sentence of a card."""
    found = re.search(r'role="status".*?>(.*?)</div>', card)
    assert found
    return html.unescape(found[1])


def test_the_lesson_starts_with_the_numbers_of_its_explorer() -> None:
    lesson = lessons.stored(home.ROOT / "notebooks" / "10_what_happened_next.ipynb")
    (source,) = (cell.source for cell in lesson.cells if cell.id == "numbers")
    said, worth = (ast.literal_eval(line.value) for line in ast.parse(source).body[:2])
    assert {tone: round(100 * chance) for tone, chance in said.items()} == explorers.STARTS
    assert worth == forecasts.WORTH


def fill(**chances: str) -> None:
    form = explore.my_forecasts()
    for question, chance in chances.items():
        form.fill(question, chance, f"because of {question} & more")
    assert form.save().startswith("Saved")


def test_without_a_file_a_kind_sentence_and_an_invented_reader(own_work: Path) -> None:
    explorer = explore.my_scores()
    said = sentence(explorer.render())
    assert "We found no forecasts of yours. That is fine" in said
    assert "an invented reader who says 70 % to everything. 8 forecasts: Brier score 0.290." in said
    assert not own_work.exists()


def test_own_forecasts_are_read_back_and_scored() -> None:
    fill(F1="97", F2="90", F3="80", F4="10")
    said, came = [0.97, 0.9, 0.8, 0.1], [1, 1, 0, 0]
    explorer = explore.my_scores()
    card = explorer.render()
    assert sentence(card).startswith(f"4 forecasts: Brier score {measures.brier(said, came):.3f}.")
    assert "Costliest miss: F3, 0.640." in card and "because of F3 &amp; more" in card
    rest = sentence(explorer.render(counted="open"))
    assert rest.startswith(f"2 forecasts: Brier score {measures.brier(said[2:], came[2:]):.3f}.")
    bolder = [min(1, max(0, 0.5 + 2 * (p - 0.5))) for p in said]
    assert f"score {measures.brier(bolder, came):.3f}." in sentence(explorer.render(boldness=2.0))
    assert "Brier score 0.250." in sentence(explorer.render(boldness=0.0))
    fill(F4="20")
    assert f"{measures.brier([0.97, 0.9, 0.8, 0.2], came):.3f}." in sentence(explore.my_scores().render())


@pytest.mark.parametrize("probability", ["1.3", '"so"'])
def test_an_entry_that_is_no_forecast_is_left_and_the_others_count(probability: str, own_work: Path) -> None:
    entry = '{{"at": "2026-11-26T12:00:00+00:00", "id": "F1", "probability": {}}}\n'
    own_work.write_text(entry.format(0.9) + entry.format(probability), encoding="utf-8")
    assert "1 forecast: Brier score 0.010." in sentence(explore.my_scores().render())


def test_what_a_notebook_stores_does_not_depend_on_the_student() -> None:
    before, _ = explore.my_scores()._repr_mimebundle_()
    fill(F1="97", F3="12")
    after, _ = explore.my_scores()._repr_mimebundle_()
    assert all(before[kind] == after[kind] for kind in ("text/html", "text/plain"))
