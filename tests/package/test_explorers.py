"""Explorers: their engine and pictures, every one over its domain, and what they say held to the tables."""

import html
import re
from typing import Any
from xml.etree import ElementTree

import ipywidgets as widgets
import pytest

from samarkand import data, explore
from samarkand.common.errors import CourseError, UnknownName, WrongType
from samarkand.explore import trade_explorer as trade
from samarkand.html import markup, pictures
from samarkand.practice import forecasts
from samarkand.widgets import controls
from tools.author import lessons


def make() -> explore.Explorer:
    """Return an explorer with a control of each kind."""

    def draw(n: int, word: str, **others: object) -> explore.Panel:
        if word == "?":
            raise CourseError("Look for a word.", code="no word")
        sentence = f"{n} {others['year']} {others['state']} {others['counted']} {word}"
        drawing = pictures.make_picture(
            pictures.draw_bar(0, n / 9, 0, 1, "red"), alt=f"A bar of {n}.", height=1
        )
        return explore.Panel(
            sentence, drawing + markup.make_table("Rows", ["a", "b"], [("x", n)], numbers=["b"])
        )

    return explore.Explorer(
        {
            "n": controls.make_slider("Number", range(1, 4), 2, tooltip="How many"),
            "year": controls.make_slider("Year", [2001, 2010], 2010),
            "state": controls.make_dropdown("State", [("China", "CHN"), ("India", "IND")], "IND"),
            "counted": controls.make_checkbox("Count it", True),
            "word": controls.make_search("Search", placeholder="a word"),
        },
        draw,
        title="Everything",
        source="own & others",
        samples={"word": ["", "<b>"]},
    )


def test_each_value_of_a_control_is_tried_for_each_value_of_the_first() -> None:
    explorer = make()
    settings = list(explorer.domain())
    assert len(settings) == 3 * (1 + 1 + 1 + 1 + 1)
    for name, values in {"year": {2001, 2010}, "counted": {False, True}, "word": {"", "<b>"}}.items():
        assert {one[name] for one in settings} == values
    for setting in settings:
        card = explorer.render(**setting)
        assert explorer.set(**setting) == card and explorer.values() == setting
        assert card.count('role="status"') == 1 and 'aria-live="polite"' in card


def test_a_card_depends_on_its_values_alone_and_a_notebook_stores_the_first() -> None:
    explorer = make()
    first, (stored, _) = explorer.render(), explorer._repr_mimebundle_()
    explorer.set(n=3, state="CHN")
    assert explorer.render() == first and "3 2010 IND True" in explorer.render(n=3)
    assert "3 2010 CHN True" in explorer.set()
    after, _ = explorer._repr_mimebundle_()
    assert all(stored[kind] == after[kind] for kind in ("text/html", "text/plain"))
    assert stored["text/plain"] == repr(explorer) == f'Explorer "Everything". 2 2010 IND True  {controls.RUN}'
    other = explore.Panel("Nobody's.", "")
    kept = explore.Explorer(
        {"n": controls.make_checkbox("N")}, lambda n: explore.Panel("Mine.", ""), title="T", stored=other
    )
    assert "Nobody's." in repr(kept) and "Mine." in kept.render()


def test_errors_of_the_course_are_shown_and_others_raised() -> None:
    card = make().set(word="?")
    assert "Look for a word." in card and "<svg" not in card
    divided = explore.Explorer(
        {"n": controls.make_slider("N", (1, 3), 1)}, lambda n: explore.Panel(str(1 / (n - 3)), ""), title="T"
    )
    with pytest.raises(ZeroDivisionError):
        divided.render(n=3)


def test_what_cannot_be_made_is_refused() -> None:
    for act in (make().render, make().set):
        with pytest.raises(UnknownName) as misspelt:
            act(yeer=2001)
        assert (misspelt.value.fields["name"], misspelt.value.fields["near"]) == ("yeer", "year")
    for wrong in (7, widgets.VBox([])):
        with pytest.raises(WrongType) as dumb:
            explore.Explorer({"n": wrong}, lambda n: explore.Panel("", ""), title="T")  # type: ignore[dict-item]
        assert (dumb.value.code, dumb.value.fields["name"]) == ("no value to watch", "n")
    text = explore.Explorer({"w": controls.make_search("W")}, lambda w: explore.Panel(w, ""), title="T")
    with pytest.raises(WrongType) as endless:
        list(text.domain())
    assert (endless.value.code, endless.value.fields["name"]) == ("no samples", "w")
    with pytest.raises(UnknownName) as outside:
        controls.make_slider("Number", range(1, 4), 4)
    assert outside.value.fields["name"] == 4
    assert "one viewer twice" in explore.viewpoints().render(one="China", other="China")
    with pytest.raises(UnknownName) as unknown:
        explore.viewpoints("Chian")
    assert unknown.value.fields["near"] == "China"
    with pytest.raises(AttributeError):
        explore.shares  # noqa: B018


def test_markup_from_data_is_shown_and_not_run_and_nothing_has_an_id() -> None:
    card = make().set(word="<b>")
    assert "&lt;b&gt;" in card and "<b>" not in card and "own &amp; others" in card
    assert not re.search(r"\bid=", card + make()._repr_mimebundle_()[0]["text/html"])


def test_rows_and_columns_of_a_table_agree_or_it_is_not_made() -> None:
    with pytest.raises(ValueError, match="zip"):
        markup.make_table("C", ["a", "b"], [("x",)])


READY = {
    name: getattr(explore, name)
    for name in explore.__all__
    if name not in ("Explorer", "Panel", "my_forecasts")
}


@pytest.mark.parametrize("name", READY)
def test_every_setting_shows_something_of_its_own_that_can_be_read(name: str) -> None:
    explorer = READY[name]()
    settings = list(explorer.domain())
    cards = [explorer.render(**values) for values in settings]
    assert len(set(cards)) > 0.6 * len(cards)
    start = explorer.values()
    for control in start:
        others = {name: value for name, value in start.items() if name != control}
        moved = {card for one, card in zip(settings, cards, strict=True) if one.items() >= others.items()}
        assert len(moved) > 1, f"{control} changes nothing"
    days = [one for one in start.values() if re.fullmatch(r"\d{4}-\d\d-\d\d", str(one))]
    assert all("2022-09-14" <= one <= "2022-09-16" for one in days), "it begins in the days of the trip"
    assert explorer.set(**settings[-1]) == cards[-1]
    for card in {*cards[:3], *cards[-3:]}:
        assert card.count('role="status"') == 1
        whole = re.sub(
            r"&(?!amp;|lt;|gt;|quot;|#x27;)", "&amp;", card.replace("<br>", "<br/>").replace(" open>", ">")
        )
        for one in ElementTree.fromstring(whole).iter("{http://www.w3.org/2000/svg}svg"):
            if one.get("style"):  # not one within another
                assert one.get("aria-label") or one.get("aria-hidden") == "true"
                assert all(float(part.get("font-size", "13")) >= 12 for part in one.iter())
                wide = one.get("width")
                assert wide == "100%" or float(str(wide)) <= pictures.WIDTHS[0], "else text would shrink"
    still = explorer._repr_mimebundle_()[0]["text/html"]
    assert markup.escape_html(controls.RUN) in still
    assert "<script" not in still and "<svg" not in still and "class=" not in still


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
    (lesson,) = lessons.find_lessons(["02"])
    (call,) = [cell.source for cell in lessons.read_lesson(lesson).code if "claim_browser" in cell.source]
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
    assert not [text for text in CLAIMS["known_later"].dropna() if markup.escape_html(text) in card]
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
        *(("Тоҷикистон", "Tajikistan"), ("Україна", "Ukraine"), ("ئۇيغۇرلار", "Uyghurs")),
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


def test_what_was_counted_by_each_count() -> None:
    partners = data.load("partners").query("year == 2012").set_index("partner")
    flows = data.load("gravity").query("year == 2012").set_index(["origin", "destination"])["flow_usd_mn"]
    own, sellers = [], []
    for state in ("CHN", "RUS"):
        own.append(partners.loc[state, "exports_usd_mn"] + partners.loc[state, "imports_usd_mn"])
        sellers.append(flows["KAZ", state] + flows[state, "KAZ"])
    for count, (china, russia) in (("own", own), ("sellers", sellers)):
        said = explore.two_countries().render(year=2012, count=count)
        assert f"it was {china / russia:.2f} times as large" in sentence(said)
    table = data.load("partner_shares").query("iso3 == 'TKM' and flow == 'exports' and year == 2016")
    share = table.set_index("partner")["share_pct"]
    card = explore.two_countries().render(home="TKM", year=2016, count="factbook")
    times = share["CHN"] / share["RUS"]
    assert f"Of what Turkmenistan sold, China took {times:.1f} times as much." in sentence(card)


def test_a_group_has_those_whom_it_names() -> None:
    for group, status in (("members", "member"), ("observers", "observer"), ("partners", "dialogue partner")):
        n = len(data.members("2022-09-15", status))
        assert f"Of the {n} SCO" in explore.votes().render(group=f"sco_{group}")
    card = explore.viewpoints("China", "India").render()
    rows = card.partition("Drawn differently")[2].partition("</table>")[0].count("<tr") - 1
    assert f"draw {rows} of" in sentence(card)


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
    table = data.load("trade_cn_ru_cumulative").set_index(["period_start", "period_end"])
    for column in (one for one in table if measure in one):
        for one in now:
            figure = table.loc[(one.start, one.end), column]
            assert one.value in (figure, round(figure / one.end.month, 2))
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
    form.save()
    assert form.said == "Saved: 1 new or changed. Not saved yet. Read the messages at F2. 6 still open."
    assert list(form.complaints) == ["F2"] and form.filled["F2"] == (typed, "because")
    form.fill("F2", "45,7 %", "because")
    assert form.complaints == {}
    form.save()
    assert form.said == "Saved: 1 new or changed. 6 still open."
    assert forecasts.read_latest()["F2"].probability == 0.457
