"""The claim browser: all 95 claims, every setting of every control, and sentences where nothing fits."""

import itertools
import re

import pytest

from samarkand import cite, data, explore
from samarkand.ground.errors import UnknownName
from samarkand.page import markup
from tools.author import lessons

CLAIMS = data.load("claims")
#: The sources that were out for certain on the eve of the sessions.
KNOWN = set(data.all_keys(data.load("claims", known_on="2022-09-15")["source"]))


@pytest.fixture(scope="module")
def browser():
    return explore.claim_browser()


def ids(card):
    return re.findall(r">(CL\d\d) · ", card)


def test_all_claims_are_there_with_paraphrase_record_and_sources(browser):
    card = browser.render()
    assert ids(card) == list(CLAIMS["id"])
    for row in CLAIMS.itertuples():
        assert markup.escape(row.paraphrase) in card
        assert markup.escape(row.known_then) in card
        assert isinstance(row.known_later, float) or markup.escape(row.known_later) in card
        for key in row.source.split(";"):
            assert markup.escape(f"{cite[key].publisher}, {cite[key].published or 'undated'} [{key}]") in card


def test_every_setting_of_the_lists_shows_what_the_table_has(browser, sampled):
    handles = browser._handles
    names = [name for name in handles if name != "search"]
    later = CLAIMS["verdict_day"] > "2022-09-15"
    ranges = [[value for _, value in handles[name].options] for name in names]
    for values in sampled(list(itertools.product(*ranges)), 200, "settings"):
        chosen = dict(zip(names, values, strict=True))
        verdict = (
            CLAIMS["verdict"].mask(later, "not known yet") if chosen["known"] == "then" else CLAIMS["verdict"]
        )
        kept = CLAIMS["id"].notna()
        kept &= CLAIMS["known_later"].notna() | (chosen["known"] != "later")
        for column, choice in (
            (CLAIMS["type"], "kind"),
            (CLAIMS["speaker"], "speaker"),
            (verdict, "verdict"),
        ):
            kept &= (column == chosen[choice]) | (chosen[choice] == "all")
        hedged = CLAIMS["hedge"].notna().map({True: "with", False: "without"})
        kept &= (hedged == chosen["hedge"]) | (chosen["hedge"] == "all")
        assert ids(browser.render(**chosen)) == list(CLAIMS.loc[kept, "id"]), chosen


def test_the_lesson_gives_away_no_verdict_that_a_later_one_asks_for():
    """Lesson 10 asks how the forecasts fared: in 02 no setting, search or source shows it."""
    (call,) = [
        c.source for c in lessons.read(*[lessons.paths(["02"])[0]]).code if "claim_browser" in c.source
    ]
    shown = eval(call, {"explore": explore})
    forecasts = CLAIMS[CLAIMS["type"] == "forecast"].set_index("id")
    assert len(forecasts) == 14
    searches = [
        {"kind": "all", "search": word} for word in ("borne", "partly", "contested", *forecasts.index)
    ]
    for settings in (*shown.domain(), *searches):
        for row in shown.render(**settings).split("<details")[1:]:
            claim = forecasts.loc[found] if (found := ids(row)[0]) in forecasts.index else None
            if claim is None:
                continue
            assert "asked in a later lesson" in row, settings
            assert f"<b>{claim['verdict']}</b>" not in row
            assert "Known later" not in row and settings.get("known") != "later"
            assert all(f"[{key}]" not in row for key in set(claim["source"].split(";")) - KNOWN)
    assert ids(shown.render(kind="all", search="CL61")) == ["CL61"], "the claim itself is there"


def test_on_the_day_nothing_later_is_to_be_read(browser):
    card = browser.render(known="then")
    assert "Known later" not in card
    for text in CLAIMS["known_later"].dropna():
        assert markup.escape(text) not in card
    assert set(re.findall(r"\[([A-Z0-9-]+[a-z]?)\]", card)) <= KNOWN
    assert "none that is known to have been out by then." in card
    assert ids(browser.render(known="then", search="mobilisation")) == []
    assert "CL09" in ids(browser.render(search="mobilisation"))


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("  XINHUA ", "CL34"),
        ("russia's backyard", "CL01"),
        ("Russia’s backyard", "CL01"),
        ("nw0914", "CL26"),
        ("cl77", "CL77"),
    ],
)
def test_a_search_finds_words_keys_and_either_apostrophe(browser, search, found):
    assert found in ids(browser.render(search=search))


@pytest.mark.parametrize("search", ["zebra", "<script>", "\\", "((", "🐫", "x" * 5000])
def test_a_search_without_a_hit_is_a_sentence(browser, search):
    card = browser.render(search=search)
    assert "No claim has" in card
    assert "<script" not in card
    assert len(card) < 3000
    assert ids(card) == []


def test_an_empty_selection_names_what_was_set(browser):
    card = browser.render(kind="quotation", speaker="Niva Yau")
    assert "No claim fits all of this: type “quotation”, speaker “Niva Yau”." in card
    assert ids(card) == []
    assert "search “sanctions”" in browser.render(kind="opinion", search="sanctions")


def test_few_claims_stand_open_and_many_are_folded(browser):
    assert browser.render(search="CL26", kind="quotation").count("<details") == 1
    assert " open>" in browser.render(search="CL26", kind="quotation")
    assert " open>" not in browser.render()


def test_its_domain_has_all_that_a_control_can_say():
    browser = explore.claim_browser(kind="quotation")
    settings = list(browser.domain())
    for name, handle in browser._handles.items():
        seen = {values[name] for values in settings}
        wanted = (
            {v for _, v in handle.options} if handle.has_trait("options") else set(browser._samples[name])
        )
        assert seen == wanted


def test_a_choice_that_is_not_there_is_named():
    with pytest.raises(UnknownName, match=r'"quotations".*quotation'):
        explore.claim_browser(kind="quotations")


def test_a_search_that_is_no_text_gets_a_sentence(browser):
    assert "A search is a text, not 5." in browser.render(search=5)
