"""The ready-made explorers over their whole domain, and the form for forecasts with good and bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from samarkand import data, explore, forecasts
from samarkand.ground import rooms

#: What the room offers, engine and form aside.
READY = {
    name: getattr(explore, name)
    for name, module in rooms.offers("samarkand.explore").items()
    if not module.rpartition(".")[2].startswith("_") and name != "my_forecasts"
}


pytestmark = pytest.mark.usefixtures("own_work")


@pytest.mark.parametrize("name", READY)
def test_every_setting_draws_what_its_controls_then_show(name: str) -> None:
    explorer = READY[name]()
    cards = {}
    for values in explorer.domain():
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


def test_the_slider_counts_what_the_table_counts() -> None:
    for year in (1996, 2001, 2005, 2017, 2022, 2025):
        members = (data.status_by_year(year, year)[year] == "member").sum()
        card = explore.first_slider().render(year=year)
        assert (f"{members} member" in card) == bool(members)


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
    entries = json.loads(own_work.read_text(encoding="utf-8"))["forecasts"]
    assert [(e["question"], e["probability"]) for e in entries] == [("F1", 0.9), ("F1", 0.6), ("F2", 0.5)]
    assert forecasts.latest()["F1"].reason == "second thoughts"


@pytest.mark.parametrize("typed", ["1.3 or so", "maybe", "130", "-5", "0.7", "nan"])
def test_what_is_no_per_cent_is_named_and_nothing_is_saved(typed: str, own_work: Path) -> None:
    form = explore.my_forecasts()
    form.fill("F1", "80")
    form.fill("F2", typed)
    told = form.save()
    assert "F2" in told and "Nothing was saved" in told
    assert not own_work.exists()


def test_a_reason_without_a_number_and_an_empty_form_are_told() -> None:
    form = explore.my_forecasts()
    assert form.save().startswith("Nothing to save yet")
    form.fill("F3", "", "who knows")
    assert "F3 has a reason but no number" in form.save()


def test_a_damaged_file_is_set_aside_and_never_deleted(own_work: Path) -> None:
    own_work.write_text("{ half", encoding="utf-8")
    form = explore.my_forecasts()
    assert own_work.read_text(encoding="utf-8") == "{ half"
    form.fill("F1", "10")
    assert "It was kept as" in form.save()
    kept = [p for p in own_work.parent.iterdir() if p.name.startswith("forecasts.damaged")]
    assert [p.read_text(encoding="utf-8") for p in kept] == ["{ half"]


def test_what_is_stored_in_a_notebook_does_not_depend_on_the_student() -> None:
    before = explore.my_forecasts()
    before.fill("F1", "90")
    before.save()
    after = explore.my_forecasts()
    for key in ("text/html", "text/plain"):
        assert before._repr_mimebundle_()[0][key] == after._repr_mimebundle_()[0][key]
