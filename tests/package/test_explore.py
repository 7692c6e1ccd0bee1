"""Tests of the explorers' engine, controls and pictures, and of every explorer over its domain."""

import re
import urllib.parse
from xml.etree import ElementTree

import ipywidgets as widgets
import pytest

from samarkand import explore
from samarkand.ground import rooms
from samarkand.ground.errors import CourseError, UnknownName, WrongType
from samarkand.jupyter import controls
from samarkand.page import markup, pictures


def make() -> explore.Explorer:
    """Return an explorer with a control of each kind."""

    def draw(n: int, word: str, **others: object) -> explore.Panel:
        if word == "?":
            raise CourseError("Look for a word.")
        sentence = f"{n} {others['year']} {others['state']} {others['counted']} {word}"
        drawing = pictures.picture(pictures.bar(0, n / 9, 0, 1, "red"), alt=f"A bar of {n}.", height=1)
        return explore.Panel(sentence, drawing + markup.table("Rows", ["a", "b"], [("x", n)], numbers=["b"]))

    return explore.Explorer(
        {
            "n": controls.stops("Number", range(1, 4), 2, tooltip="How many"),
            "year": controls.stops("Year", [2001, 2010], 2010),
            "state": controls.choice("State", [("China", "CHN"), ("India", "IND")], "IND"),
            "counted": controls.tick("Count it", True),
            "word": controls.words("Search", placeholder="a word"),
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
        {"n": controls.tick("N")}, lambda n: explore.Panel("Mine.", ""), title="T", stored=other
    )
    assert "Nobody's." in repr(kept) and "Mine." in kept.render()


def test_errors_of_the_course_are_shown_and_others_raised() -> None:
    card = make().set(word="?")
    assert "Look for a word." in card and "<svg" not in card
    divided = explore.Explorer(
        {"n": controls.stops("N", (1, 3), 1)}, lambda n: explore.Panel(str(1 / (n - 3)), ""), title="T"
    )
    with pytest.raises(ZeroDivisionError):
        divided.render(n=3)


def test_what_cannot_be_made_gets_a_sentence() -> None:
    for act in (make().render, make().set):
        with pytest.raises(UnknownName, match=r'No control "yeer". Did you mean "year"'):
            act(yeer=2001)
    for wrong in (7, widgets.VBox([])):
        with pytest.raises(WrongType, match='"n" has no value to watch'):
            explore.Explorer({"n": wrong}, lambda n: explore.Panel("", ""), title="T")  # type: ignore[dict-item]
    text = explore.Explorer({"w": controls.words("W")}, lambda w: explore.Panel(w, ""), title="T")
    with pytest.raises(WrongType, match=r'samples=\{"w"'):
        list(text.domain())
    with pytest.raises(UnknownName, match='No setting of “Number” "4"'):
        controls.stops("Number", range(1, 4), 4)
    assert "one viewer twice" in explore.viewpoints().render(one="China", other="China")
    with pytest.raises(UnknownName, match="China"):
        explore.viewpoints("Chian")
    with pytest.raises(AttributeError, match="no attribute 'shares'"):
        explore.shares  # noqa: B018


# -- HTML


def test_the_still_is_what_jupyterlab_keeps_without_trust() -> None:
    still = make()._repr_mimebundle_()[0]["text/html"]
    tags = set(re.findall(r"<([a-z]+)", still))
    assert tags <= {"div", "img", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert "class=" not in still and markup.escape(controls.RUN) in still and "Everything" in still
    (source,) = re.findall(r'<img alt="A bar of 2\." src="data:image/svg\+xml,([^"]*)"', still)
    drawing = ElementTree.fromstring(urllib.parse.unquote(source))
    assert drawing.tag.endswith("svg") and drawing.get("aria-label") == "A bar of 2."


def test_markup_from_data_is_shown_and_not_run_and_nothing_has_an_id() -> None:
    card = make().set(word="<b>")
    assert "&lt;b&gt;" in card and "<b>" not in card and "own &amp; others" in card
    assert not re.search(r"\bid=", card + make()._repr_mimebundle_()[0]["text/html"])


def test_rows_and_columns_of_a_table_agree_or_it_is_not_made() -> None:
    with pytest.raises(ValueError, match="zip"):
        markup.table("C", ["a", "b"], [("x",)])


# -- every explorer over its domain

READY = {
    name: getattr(explore, name)
    for name, module in rooms.offers("samarkand.explore").items()
    if not module.rpartition(".")[2].startswith("_") and name != "my_forecasts"
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
    assert markup.escape(controls.RUN) in still
    assert "<script" not in still and "<svg" not in still and "class=" not in still
