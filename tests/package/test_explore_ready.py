"""The ready-made explorers over their whole domain, and the form for forecasts with good and bad input."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from samarkand import data, explore
from samarkand.ground import rooms
from samarkand.practice import forecasts

#: What the room offers, engine and form aside.
READY = {
    name: getattr(explore, name)
    for name, module in rooms.offers("samarkand.explore").items()
    if not module.rpartition(".")[2].startswith("_") and name != "my_forecasts"
}


@pytest.mark.parametrize("name", READY)
def test_every_setting_draws_what_its_controls_then_show(
    name: str, sampled: Callable[[Sequence[Any], int, str], list[Any]]
) -> None:
    explorer = READY[name]()
    cards = {}
    for values in sampled(list(explorer.domain()), 80, "settings"):
        card = explorer.render(**values)
        assert 'role="status"' in card
        assert explorer.set(**values) == card
        cards[tuple(values.values())] = card
    assert len(set(cards.values())) > 0.6 * len(cards), "most settings must show something of their own"


@pytest.mark.parametrize("name", READY)
def test_the_still_needs_neither_script_nor_style_sheet(name: str) -> None:
    still = READY[name]()._repr_mimebundle_()[0]["text/html"]
    assert "Run all cells" in still
    assert "<script" not in still and "<svg" not in still and "class=" not in still


def test_shares_agree_with_sums_over_the_table() -> None:
    table = data.load("indicators").query("year == 2021 and indicator == 'population_persons'")
    people = table.set_index("iso3")["value"]
    members = data.members("2022-09-15")["iso3"]
    share = 100 * people[members].sum() / people["WLD"]
    assert f"{share:.1f} % of the world" in explore.share_of_world().render(measure="people").replace(
        "&#x27;", "'"
    )


def test_the_first_slider_shows_what_the_table_has_and_nothing_that_a_lesson_asks() -> None:
    table = data.load("indicators").query("indicator == 'population_persons' and year == 2010")
    people = table.set_index("iso3")["value"] / 1e6
    card = explore.first_slider().render(year=2010)
    for iso3, name in {"KAZ": "Kazakhstan", "TJK": "Tajikistan", "UZB": "Uzbekistan"}.items():
        assert f"{name} {people[iso3]:.1f}" in card
    assert "SCO" not in card and "member" not in card


def test_a_kind_without_events_is_answered_in_a_sentence() -> None:
    card = explore.trip_timeline().render(scale="parts", kind="unrest")
    assert "there is no event of the kind" in card


def test_saving_keeps_older_forecasts_and_running_again_reads_them_back(own_work: Path) -> None:
    form = explore.my_forecasts()
    form.fill("F1", "90", "announced")
    assert form.save().startswith("Saved: 1")
    again = explore.my_forecasts()
    assert again.save().startswith("Nothing new")
    again.fill("F1", "60 %", "second thoughts")
    again.fill("F2", "50")
    assert again.save().startswith("Saved: 2")
    entries = [json.loads(line) for line in own_work.read_text(encoding="utf-8").splitlines()]
    assert [(e["id"], e["probability"]) for e in entries] == [("F1", 0.9), ("F1", 0.6), ("F2", 0.5)]
    assert forecasts.latest()["F1"].reason == "second thoughts"


@pytest.mark.parametrize("typed", ["1.3 or so", "maybe", "130", "-5", "0.7", "nan", "1,200"])
def test_what_is_no_per_cent_is_named_at_its_field_and_the_others_are_saved(typed: str) -> None:
    form = explore.my_forecasts()
    form.fill("F1", "80")
    form.fill("F2", typed, "because")
    assert form.save() == "Saved: 1 new or changed. Not saved yet, see what stands there: F2. 6 still open."
    assert {name: field.complaint != "" for name, field in form._chances.items() if field.complaint} == {
        "F2": True
    }
    assert (form._chances["F2"].text, form._reasons["F2"].text) == (typed, "because")
    assert list(forecasts.latest()) == ["F1"]
    form._chances["F2"].write("45,7 %")
    assert form._chances["F2"].complaint == ""
    assert form.save() == "Saved: 1 new or changed. 6 still open."
    assert forecasts.latest()["F2"].probability == 0.457


def test_the_form_tells_in_words_that_agree_with_each_other() -> None:
    form = explore.my_forecasts()
    form.fill("F1", "0,7")
    form.save()
    assert form._chances["F1"].complaint == "0.7 can mean 70 % or less than 1 %. Write 70, or 0.7 %."
    for told in ("70", "0.7 %"):
        form.fill("F1", told)
        assert form.save().startswith("Saved: 1")


def test_a_change_takes_the_word_saved_away() -> None:
    form = explore.my_forecasts()
    form.fill("F1", "80")
    form.save()
    assert "Saved" in form._reply.value
    form.fill("F1", "80", "because")
    assert "Saved" not in form._reply.value


def test_every_field_of_the_form_carries_its_question() -> None:
    form = explore.my_forecasts()
    for name, question in forecasts.questions().items():
        for field in (form._chances[name], form._reasons[name]):
            assert field._line.tooltip == f"{field._line.description}: {name}. {question.text}"


def test_a_reason_without_a_number_and_an_empty_form_are_told(own_work: Path) -> None:
    form = explore.my_forecasts()
    assert form.save().startswith("Nothing to save yet")
    form.fill("F3", "", "who knows")
    assert form.save() == "Not saved yet, see what stands there: F3."
    assert "no number from 0 to 100 yet" in form._chances["F3"].complaint
    assert not own_work.exists()


def test_a_damaged_file_is_told_and_kept_and_all_else_counts(own_work: Path) -> None:
    form = explore.my_forecasts()
    form.fill("F1", "10")
    form.save()
    with own_work.open("a", encoding="utf-8") as file:
        file.write("{ half")
    again = explore.my_forecasts()
    assert (
        "One line of" in again._reply.value
        and "Read back from your file: forecasts on F1." in again._reply.value
    )
    again.fill("F2", "20")
    assert again.save().startswith("Saved: 1")
    assert "\n{ half\n" in own_work.read_text(encoding="utf-8")
    assert list(forecasts.latest()) == ["F1", "F2"]


def test_what_is_stored_in_a_notebook_does_not_depend_on_the_student() -> None:
    before = explore.my_forecasts()
    before.fill("F1", "90")
    before.save()
    after = explore.my_forecasts()
    for key in ("text/html", "text/plain"):
        assert before._repr_mimebundle_()[0][key] == after._repr_mimebundle_()[0][key]


def test_every_event_is_listed_and_joined_to_its_dot() -> None:
    for scale in ("parts", "days", "years"):
        card = explore.trip_timeline().render(scale=scale)
        dots = re.findall(r'<circle [^>]*data-key="(\d+)"', card)
        rows = re.findall(r'<tr [^>]*data-key="(\d+)"', card)
        assert len(rows) == len(set(rows)) >= 20
        assert sorted(dots) == sorted(rows)


def test_what_was_said_at_the_summit_is_held_against_its_members_alone() -> None:
    shares = explore.share_of_world()
    assert "said by Modi at the summit: 40 %" in shares.render()
    assert "said by Modi at the summit: 30 %" in shares.render(measure="ppp")
    assert "said by Modi at the summit" not in shares.render(giants=False)
    days = [value for _, value in shares._handles["day"].options]
    assert sum("said by Modi at the summit" in shares.render(day=day) for day in days) == 1
