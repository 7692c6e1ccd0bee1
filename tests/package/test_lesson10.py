"""Lesson 10's parts: outcomes, scores, calibration, both explorers with every kind of file."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from samarkand import charts, data, explore, measures
from samarkand.explore import forecasts as explorers
from samarkand.ground import home
from samarkand.ground.errors import CourseError, OutOfRange, UnknownName, WrongType
from samarkand.practice import forecasts
from tools.author import lessons


def looks() -> pd.DataFrame:
    """The article's forecasts, worked out as the lesson does."""
    table = data.load("claims").query("type == 'forecast'").fillna({"hedge": ""})
    known = data.load("announced")["claims"].str.split(";").explode()
    return table.assign(
        announced=table["id"].isin(known),
        said=table["hedge"].map(forecasts.tones()).map(explorers.STARTS) / 100,
        came=table["verdict"].map(forecasts.WORTH),
    )


def says(card: str) -> str:
    """The sentence of a card."""
    found = re.search(r'role="status".*?>(.*?)</div>', card)
    assert found
    return found[1]


# ------------------------------------------------------------------------------- outcomes and words


def test_outcomes_hold_every_question_with_its_text() -> None:
    frame = forecasts.outcomes()
    assert list(frame["question"]) == list(forecasts.questions())
    assert list(frame["text"]) == [q.text for q in forecasts.questions().values()]
    assert set(frame["outcome"]) == {0.0, 1.0}
    assert frame["outcome"].mean() == 0.5
    assert list(frame.loc[frame["announced"], "question"]) == ["F1", "F2"]


def test_every_hedge_has_a_tone_and_every_verdict_a_worth() -> None:
    table = looks()
    assert set(table["hedge"]) == set(forecasts.tones())
    assert set(forecasts.tones().values()) == set(explorers.STARTS) == set(explorers.LABELS)
    assert set(table["verdict"]) <= set(forecasts.WORTH)


def test_the_lesson_starts_with_the_numbers_of_its_explorer() -> None:
    lesson = lessons.stored(home.ROOT / "notebooks" / "10_what_happened_next.ipynb")
    (source,) = (cell.source for cell in lesson.cells if cell.id == "numbers")
    said, worth = (ast.literal_eval(line.value) for line in ast.parse(source).body[:2])
    assert {tone: round(100 * chance) for tone, chance in said.items()} == explorers.STARTS
    assert worth == forecasts.WORTH


def test_five_of_ten_that_were_borne_out_had_been_announced() -> None:
    table = looks()
    assert table.loc[table["verdict"] == "borne out", "announced"].sum() == 5
    assert (table["verdict"] == "borne out").sum() == 10
    assert set(table.loc[table["announced"], "block"]) == {"P01", "P02"}


# ------------------------------------------------------------------------------- calibration


def test_calibration_keeps_each_probability_apart() -> None:
    said, came = [0.1, 0.9, 0.9, 1.0, 0.2], [0, 1, 0, 1, 0.5]
    apart = measures.calibration(said, came)
    assert apart["said"].tolist() == [0.1, 0.2, 0.9, 1.0]
    assert apart["came"].tolist() == [0, 0.5, 0.5, 1]
    assert apart["cases"].tolist() == [1, 1, 2, 1]


@pytest.mark.parametrize(
    ("said", "came", "error"),
    [
        ([], [], OutOfRange),
        ([0.5], [1, 0], OutOfRange),
        ([1.3], [1], OutOfRange),
        ([0.5], [float("nan")], OutOfRange),
        (["maybe"], [1], WrongType),
    ],
)
def test_what_cannot_be_calibrated_gets_a_sentence(said, came, error) -> None:
    with pytest.raises(error):
        measures.calibration(said, came)


def test_the_calibration_picture_counts_and_warns_of_few_cases() -> None:
    table = looks()
    groups = measures.calibration(table["said"], table["came"])
    spec = charts.calibration(groups, source="claims").to_dict()
    assert "Said 90 %, came true 75 % (4 cases)." in spec["description"]
    assert "too few" in spec["vconcat"][0]["title"]["subtitle"]
    many = groups.assign(cases=40, name=["a", "b", "c", "d"])
    spec = charts.calibration(many, source="claims").to_dict()
    assert "a: said 50 %" in spec["description"]
    assert "too few" not in str(spec)


@pytest.mark.parametrize(
    ("groups", "error"),
    [
        (pd.DataFrame({"said": [0.5]}), UnknownName),
        (pd.DataFrame({"said": [0.5], "came": [1.2], "cases": [1]}), OutOfRange),
        (pd.DataFrame({"said": ["half"], "came": [1.0], "cases": [1]}), WrongType),
        (pd.DataFrame({"said": [], "came": [], "cases": []}), CourseError),
        ([0.5], WrongType),
    ],
)
def test_what_is_no_calibration_gets_a_sentence(groups, error) -> None:
    with pytest.raises(error):
        charts.calibration(groups, source="own")


# ------------------------------------------------------------------------------- the article's forecasts


@pytest.mark.parametrize("counted", explorers.COUNTED)
@pytest.mark.parametrize("strict", [False, True])
def test_scores_are_those_of_the_tables(counted: str, strict: bool) -> None:
    table = looks()
    if strict:
        table.loc[table["id"] == "CL61", "came"] = 0.5
    if counted in ("open", "both"):
        table = table[~table["announced"]]
    if counted in ("clear", "both"):
        table = table[table["verifiable"] == "yes"]
    told = says(explore.forecasts_scored().render(counted=counted, strict=strict))
    expected = [
        measures.brier(table["said"], table["came"]),
        measures.brier([0.5] * len(table), table["came"]),
        measures.brier([table["came"].mean()] * len(table), table["came"]),
    ]
    score, coin, base = (f"{value:.3f}" for value in expected)
    assert told.startswith(f"{len(table)} forecasts: Brier score {score}. Always 50 % would score {coin}")
    assert f"the base rate {base}." in told


def test_every_stop_of_every_slider_is_among_the_settings() -> None:
    explorer = explore.forecasts_scored()
    assert {tuple(v.items()) for v in explorer.domain()} >= {
        tuple((explorer.values() | {"counted": c, "strict": False} | explorers.STARTS | {t: p}).items())
        for c in explorers.COUNTED
        for t in explorers.STARTS
        for p in explorers.CHANCES
    }


def test_every_forecast_shows_its_record_with_day_and_source() -> None:
    card = explore.forecasts_scored().render()
    for row in looks().itertuples():
        assert card.count(f">{row.id}") == 2
        for key in row.source.split(";"):
            assert f"[{key}]" in card


# ------------------------------------------------------------------------------- the student's own


def fill(**chances: str) -> None:
    form = explore.my_forecasts()
    for question, chance in chances.items():
        form.fill(question, chance, f"because of {question} & more")
    assert form.save().startswith("Saved")


def test_without_a_file_a_kind_sentence_and_an_invented_reader(own_work: Path) -> None:
    explorer = explore.my_scores()
    told = says(explorer.render())
    assert "No forecasts of yours were found, which is all right" in told
    assert "an invented reader who says 70 % to everything. 8 forecasts: Brier score 0.290." in told
    assert len({explorer.render(**values) for values in explorer.domain()}) == 8
    assert not own_work.exists()


def test_own_forecasts_are_read_back_and_scored() -> None:
    fill(F1="97", F2="90", F3="80", F4="10")
    said, came = [0.97, 0.9, 0.8, 0.1], [1, 1, 0, 0]
    explorer = explore.my_scores()
    told = says(explorer.render())
    assert told.startswith(f"4 forecasts: Brier score {measures.brier(said, came):.3f}.")
    assert "Costliest miss: F3, 0.640." in told
    assert "because of F3 &amp; more" in explorer.render()
    rest = says(explorer.render(counted="open"))
    assert rest.startswith(f"2 forecasts: Brier score {measures.brier(said[2:], came[2:]):.3f}.")
    bolder = [min(1, max(0, 0.5 + 2 * (p - 0.5))) for p in said]
    assert f"score {measures.brier(bolder, came):.3f}." in says(explorer.render(boldness=2.0))
    assert "Brier score 0.250." in says(explorer.render(boldness=0.0))
    assert len({explorer.render(**values) for values in explorer.domain()}) == 8


def test_a_share_is_shown_as_it_was_written_and_stands_in_its_fifth() -> None:
    fill(F1="99.5", F2="35", F3="0.4 %")
    explorer = explore.my_scores()
    for written in ("99.5 %", "35 %", "0.4 %"):
        assert f": {written}, “because of" in explorer.render()
    assert "20 to 40 %</b><br>said 20 %" in explorer.render(boldness=2.0)


def test_the_newest_forecast_counts() -> None:
    fill(F1="20")
    fill(F1="60")
    assert f"1 forecast: Brier score {0.4**2:.3f}." in says(explore.my_scores().render())


def test_only_announced_things_forecast_leave_nothing_to_count() -> None:
    fill(F1="80", F2="70")
    card = explore.my_scores().render(counted="open")
    assert "All that you forecast had been announced before: F1 and F2." in card


ENTRY = {"at": "2026-11-26T12:00:00+00:00", "id": "F1", "probability": 0.9, "reason": ""}


@pytest.mark.parametrize("content", ["{ half", "[]", "\x00", '{"id": "F1"}'])
def test_a_damaged_line_is_named_and_left_and_the_others_count(content: str, own_work: Path) -> None:
    whole = f"{content}\n{json.dumps(ENTRY)}\n"
    own_work.write_text(whole, encoding="utf-8")
    card = says(explore.my_scores().render())
    assert card.startswith("One line of ") and "1 forecast: Brier score 0.010." in card
    assert own_work.read_text(encoding="utf-8") == whole
    own_work.write_text(content, encoding="utf-8")
    assert "No forecasts of yours were found" in explore.my_scores().render()
    assert [p.name for p in own_work.parent.iterdir()] == ["forecasts.jsonl"]


@pytest.mark.parametrize(
    "changed", [{"probability": 1.3}, {"probability": "0.9"}, {"id": "F99"}, {"probability": None}]
)
def test_an_entry_that_is_no_forecast_is_passed_over(changed: dict[str, object], own_work: Path) -> None:
    own_work.write_text(json.dumps({**ENTRY, **changed}) + "\n", encoding="utf-8")
    assert "No forecasts of yours were found" in explore.my_scores().render()


@pytest.mark.parametrize("content", ["", "saved", "{ half"])
def test_what_a_notebook_stores_does_not_depend_on_the_student(content: str, own_work: Path) -> None:
    before, _ = explore.my_scores()._repr_mimebundle_()
    if content == "saved":
        fill(F1="97", F3="12")
    elif content:
        own_work.write_text(content, encoding="utf-8")
    after, _ = explore.my_scores()._repr_mimebundle_()
    for kind in ("text/html", "text/plain"):
        assert before[kind] == after[kind]
    assert "<svg" not in before["text/html"] and "class=" not in before["text/html"]
