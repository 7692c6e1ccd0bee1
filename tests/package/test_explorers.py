"""The content of the explorers, compared with the tables and with counts by hand."""

import html
import re
from typing import Any

import pytest

from samarkand import data, explore
from samarkand.explore import trade
from samarkand.ground.errors import UnknownName
from samarkand.page import markup
from samarkand.practice import forecasts
from tools.author import lessons


def sentence(card: str) -> str:
    """Return the sentence of a card."""
    found = re.search(r'role="status".*?>(.*?)</div>', card)
    assert found
    return html.unescape(found[1])


# -- 02: the claims

CLAIMS = data.load("claims")
#: Keys of sources certainly published by the eve of the sessions.
KNOWN = set(data.all_keys(data.load("claims", known_on="2022-09-15")["source"]))
BROWSER = explore.claim_browser()


def ids(card: str) -> list[str]:
    return re.findall(r">(CL\d\d) · ", card)


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
        *((word, "sphere of influence") for word in ("势力", "shili fanwei", "ЫҚПАЛ ету")),
        *((word, "dialogue partner") for word in ("ПАРТНЕР по диалогу", "memorandum")),
        *(("Qazaqstan", "Kazakhstan"), ("ozbekiston", "Uzbekistan"), ("Алма-Ата", "Almaty")),
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


# -- 06: two partners


def test_the_factbooks_shares_are_of_what_was_sold() -> None:
    table = data.load("partner_shares").query("iso3 == 'TKM' and flow == 'exports' and year == 2016")
    share = table.set_index("partner")["share_pct"]
    card = explore.two_countries().render(home="TKM", year=2016, count="factbook")
    times = share["CHN"] / share["RUS"]
    assert f"Of what Turkmenistan sold, China took {times:.1f} times as much." in sentence(card)


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


# -- 01 and 10: the form of the student's forecasts


def filled(**rows: str) -> Any:
    form = explore.my_forecasts()
    for question, chance in rows.items():
        form.fill(question, chance, "because")
    return form


@pytest.mark.parametrize("typed", ["maybe", "130", "0.7", ""])
def test_what_is_no_per_cent_is_named_at_its_field_and_the_others_are_saved(typed: str) -> None:
    form = filled(F1="80", F2=typed)
    assert form.save() == "Saved: 1 new or changed. Not saved yet. Read the messages at F2. 6 still open."
    assert [name for name, field in form._chances.items() if field.complaint] == ["F2"]
    assert (form._chances["F2"].text, form._reasons["F2"].text) == (typed, "because")
    form._chances["F2"].write("45,7 %")
    assert form._chances["F2"].complaint == ""
    assert form.save() == "Saved: 1 new or changed. 6 still open."
    assert forecasts.latest()["F2"].probability == 0.457
