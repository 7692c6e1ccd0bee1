"""What the explorers show, against the tables and by hand."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from samarkand import cite, data, explore, places
from samarkand.explore import trade
from samarkand.explore.votes import _groups
from samarkand.ground.errors import UnknownName
from samarkand.page import markup
from samarkand.practice import forecasts
from tools.author import lessons


def sentence(card: str) -> str:
    """Return the sentence of a card."""
    found = re.search(r'role="status".*?>(.*?)</div>', card)
    assert found
    return html.unescape(found[1])


# -- 00, 01, 03


def test_the_first_slider_shows_what_the_table_has_and_nothing_that_a_lesson_asks() -> None:
    people = data.load("indicators").query("indicator == 'population_persons' and year == 2010")
    millions = people.set_index("iso3")["value"] / 1e6
    card = explore.first_slider().render(year=2010)
    for iso3, name in {"KAZ": "Kazakhstan", "TJK": "Tajikistan", "UZB": "Uzbekistan"}.items():
        assert f"{name} {millions[iso3]:.1f}" in card
    assert "SCO" not in card and "member" not in card


@pytest.mark.parametrize("scale", ["parts", "days", "years"])
def test_every_event_is_listed_and_joined_to_its_dot(scale: str) -> None:
    card = explore.trip_timeline().render(scale=scale)
    dots = re.findall(r'<circle [^>]*data-key="(\d+)"', card)
    rows = re.findall(r'<tr [^>]*data-key="(\d+)"', card)
    assert len(rows) == len(set(rows)) >= 20 and sorted(dots) == sorted(rows)
    assert "there is no event of the kind" in explore.trip_timeline().render(scale="parts", kind="unrest")


def test_the_share_of_the_world_is_the_sum_over_the_table() -> None:
    table = data.load("indicators").query("year == 2021 and indicator == 'population_persons'")
    people = table.set_index("iso3")["value"]
    shares = 100 * people[data.members("2022-09-15")["iso3"]] / people["WLD"]
    for giants, share in ((True, shares.sum()), (False, shares.drop(["CHN", "IND"]).sum())):
        card = explore.share_of_world().render(measure="people", giants=giants)
        assert f"{share:.1f} % of the world" in sentence(card)


# -- 02: the claims

CLAIMS = data.load("claims")
#: The sources that were certainly out on the eve of the sessions.
KNOWN = set(data.all_keys(data.load("claims", known_on="2022-09-15")["source"]))
BROWSER = explore.claim_browser()


def ids(card: str) -> list[str]:
    return re.findall(r">(CL\d\d) · ", card)


def test_all_claims_are_there_with_paraphrase_record_and_sources() -> None:
    card = BROWSER.render()
    assert ids(card) == list(CLAIMS["id"]) and " open>" not in card
    for row in CLAIMS.itertuples():
        later = [row.known_later] if isinstance(row.known_later, str) else []
        assert all(markup.escape(text) in card for text in (row.paraphrase, row.known_then, *later))
        for key in row.source.split(";"):
            assert markup.escape(f"{cite[key].publisher}, {cite[key].published or 'undated'} [{key}]") in card


def test_each_list_keeps_what_the_table_has() -> None:
    later = CLAIMS["verdict_day"] > "2022-09-15"
    hedge = CLAIMS["hedge"].notna().map({True: "with", False: "without"})
    for setting in (one for one in BROWSER.domain() if not one["search"]):
        verdict = CLAIMS["verdict"].mask(later & (setting["known"] == "then"), "not known yet")
        kept = CLAIMS["known_later"].notna() | (setting["known"] != "later")
        columns = {"kind": CLAIMS["type"], "speaker": CLAIMS["speaker"], "hedge": hedge, "verdict": verdict}
        for name, column in columns.items():
            kept &= (column == setting[name]) | (setting[name] == "all")
        assert ids(BROWSER.render(**setting)) == list(CLAIMS.loc[kept, "id"]), setting


def test_the_lesson_gives_away_no_verdict_that_a_later_one_asks_for() -> None:
    """Lesson 10 asks how the forecasts fared: in 02 no setting, search or source shows it."""
    (lesson,) = lessons.paths(["02"])
    (call,) = [cell.source for cell in lessons.read(lesson).code if "claim_browser" in cell.source]
    shown = eval(call, {"explore": explore})
    asked = CLAIMS[CLAIMS["type"] == "forecast"].set_index("id")
    searches = [{"kind": "all", "search": word} for word in ("borne", "partly", "contested", *asked.index)]
    seen = set()
    for setting in (*shown.domain(), *searches):
        for row in shown.render(**setting).split("<details")[1:]:
            if (claim := ids(row)[0]) in asked.index:
                seen.add(claim)
                assert "asked in a later lesson" in row and setting.get("known") != "later", setting
                assert f"<b>{asked.loc[claim, 'verdict']}</b>" not in row and "Known later" not in row
                assert all(
                    f"[{key}]" not in row for key in set(asked.loc[claim, "source"].split(";")) - KNOWN
                )
    assert seen == set(asked.index), "the claims themselves are there"


def test_on_the_day_nothing_later_is_to_be_read() -> None:
    card = BROWSER.render(known="then")
    assert "Known later" not in card and "none that is known to have been out by then." in card
    assert not [text for text in CLAIMS["known_later"].dropna() if markup.escape(text) in card]
    assert set(re.findall(r"\[([A-Z0-9-]+[a-z]?)\]", card)) <= KNOWN
    assert ids(BROWSER.render(known="then", search="mobilisation")) == []


def test_a_search_finds_words_keys_and_either_apostrophe_or_says_that_there_is_none() -> None:
    for search in ("  XINHUA ", "russia's backyard", "Russia’s backyard", "nw0914", "cl77"):
        assert {"CL34", "CL01", "CL26", "CL77"} & set(ids(BROWSER.render(search=search)))
    for search in ("zebra", "<script>", "((", "x" * 5000):
        card = BROWSER.render(search=search)
        assert "No claim has" in card and "<script" not in card and len(card) < 3000 and ids(card) == []
    empty = BROWSER.render(kind="quotation", speaker="Niva Yau")
    assert "No claim fits all of this: type “quotation”, speaker “Niva Yau”." in empty
    with pytest.raises(UnknownName):
        explore.claim_browser(kind="quotations")


# -- the glossary

GLOSSARY = explore.glossary()


@pytest.mark.parametrize(
    ("search", "term"),
    [
        ("势力", "sphere of influence"),
        ("shili fanwei", "sphere of influence"),
        ("ПАРТНЕР по диалогу", "dialogue partner"),
        ("ЫҚПАЛ ету", "sphere of influence"),
        ("Qazaqstan", "Kazakhstan"),
        ("ozbekiston", "Uzbekistan"),
        ("Алма-Ата", "Almaty"),
        ("memorandum", "dialogue partner"),
    ],
)
def test_the_glossary_finds_a_word_in_each_script_with_or_without_accents(search: str, term: str) -> None:
    card = GLOSSARY.render(search=search)
    assert f"<b>{term}" in card and " open>" in card
    assert "No entry" in GLOSSARY.render(search=search, kind="person")


def test_an_unknown_word_is_offered_the_three_nearest_of_its_kind() -> None:
    for search, nearest in (("Samarqent", "Samarkand"), ("Tokaiew", "Kassym-Jomart Tokayev")):
        card = GLOSSARY.render(search=search)
        assert nearest in sentence(card) and card.count("<details") == 3
    assert "<script" not in GLOSSARY.render(search="<script>" + "x" * 5000)


def test_a_word_that_is_not_sure_is_marked_so() -> None:
    card = GLOSSARY.render(search="betweenness")
    assert card.count("(not sure)") == 2 and "(not sure)" not in GLOSSARY.render(search="abstention")


# -- 04: known then, known later

DAY = "2022-09-14"
TRADE = explore.known_then()


def figures(measure: str, **known: str) -> list[trade.Figure]:
    return trade.FIGURES[measure](lambda name: data.load(name, **known))


@pytest.mark.parametrize("measure", trade.FIGURES)
def test_on_the_day_nothing_later_is_told_and_later_nothing_changes(measure: str) -> None:
    then, now = figures(measure, known_on=DAY), figures(measure)
    assert {one[:3] for one in then} < {one[:3] for one in now}
    assert all(str(one.known.date()) <= DAY for one in then)
    before, after = (TRADE.render(measure=measure, known=known) for known in ("then", "later"))
    assert "Known on 14 September 2022:" in before and "{" not in before + after
    assert ("not known yet" in before, "not known yet" in after) == (True, False)
    assert not re.search(r"\d+ (?:October|November|December) 2022|\d+ \w+ 202[345]", before)
    published = data.load("sources").set_index("key")["published"]
    assert all(
        published[key] <= DAY for key in set(re.findall(r">([A-Z]+\w*)<", before)) & set(published.index)
    )
    grids = [re.findall(r'<line x1="0%" y1="([\d.]+)" x2="100%"', card) for card in (before, after)]
    assert grids[0] == grids[1] and len(grids[0]) >= 3, "nothing moves"


def test_trade_is_that_of_the_tables() -> None:
    table = data.load("trade_cn_ru_cumulative").set_index("period_end")
    assert f"{table.loc['2022-08-31', 'total_usd_bn'] / 8:.1f} bn a month" in TRADE.render(measure="total")
    for year in range(2022, 2026):
        growth = table.loc[f"{year}-12-31", "growth_yoy_pct"]
        assert f"{growth:.1f} %" in TRADE.render(measure="growth", known="later")
    assert figures("cars", known_on=DAY) == [] and "no count of cars" in TRADE.render(measure="cars")


# -- 05: votes

VOTES = explore.votes()
UN = data.load("un_votes").set_index("iso3")


def test_every_group_and_vote_lists_what_the_table_holds() -> None:
    answer = {"Voted yes": "yes", "Voted no": "no", "Abstained": "abstain", "Did not vote": "did not vote"}
    answer["Not in the Council"] = "not a member"
    for vote in data.load("resolutions")["vote"]:
        for key, group in _groups(list(UN.index)).items():
            card = html.unescape(VOTES.render(resolution=vote, group=key))
            held = UN.loc[list(group.states), vote]
            if (held == "not a member").all():
                assert "<svg" not in card and sentence(card).startswith(f"None of the {len(held)} ")
                continue
            listed = re.findall(r'<th scope="row"[^>]*>(.*?) \((\d+)\)</th><td[^>]*>(.*?)</td>', card)
            assert card.count("<rect ") == len(held) == sum(int(n) for _, n, _ in listed)
            for words, _, names in listed:
                states = {places.name(iso3) for iso3 in held.index[held == answer[words]]}
                assert names == "all the others" or set(names.split(", ")) == states


def test_groups_are_those_of_the_day() -> None:
    sizes = {key: len(group.states) for key, group in _groups(list(UN.index)).items()}
    assert sizes.items() >= {"world": 193, "sco_members": 8, "csto": 6, "eaeu": 5, "outside": 173}.items()


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("Uzbekistan", "Uzbekistan did not vote, which is not the same as abstaining"),
        ("中国", "China abstained."),
        ("U", "Several states begin so: Uganda, Ukraine,"),
        ("Taiwan", "Taiwan is no member of the United Nations and has no vote."),
        ("Atlantis <b>", "No state is called “Atlantis <b>”; try a name"),
    ],
)
def test_a_state_is_answered_in_a_sentence(typed: str, answer: str) -> None:
    card = VOTES.render(resolution="es_11_1", state=typed)
    assert answer in sentence(card) and "<b>" not in card
    assert card.count('stroke-width="4"/>') == (typed in ("Uzbekistan", "中国"))  # marked in the picture


# -- 01 and 10: the form of the student's forecasts


def filled(**rows: str) -> Any:
    form = explore.my_forecasts()
    for question, chance in rows.items():
        form.fill(question, chance, "because")
    return form


@pytest.mark.parametrize("typed", ["maybe", "130", "0.7", ""])
def test_what_is_no_per_cent_is_named_at_its_field_and_the_others_are_saved(typed: str) -> None:
    form = filled(F1="80", F2=typed)
    assert form.save() == "Saved: 1 new or changed. Not saved yet, see what stands there: F2. 6 still open."
    assert [name for name, field in form._chances.items() if field.complaint] == ["F2"]
    assert (form._chances["F2"].text, form._reasons["F2"].text) == (typed, "because")
    form._chances["F2"].write("45,7 %")
    assert form._chances["F2"].complaint == ""
    assert form.save() == "Saved: 1 new or changed. 6 still open."
    assert forecasts.latest()["F2"].probability == 0.457
