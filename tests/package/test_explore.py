"""The explorer's engine, its controls, and the small HTML that all of it is written in."""

from __future__ import annotations

import re
import urllib.parse
from typing import Any
from xml.etree import ElementTree

import ipywidgets as widgets
import pytest

from samarkand import explore
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


def test_the_domain_is_every_setting_and_each_is_what_the_controls_show() -> None:
    explorer = make()
    settings = list(explorer.domain())
    assert len(settings) == 3 * 2 * 2 * 2 * 2
    assert len({tuple(s.values()) for s in settings}) == len(settings)
    for setting in settings:
        card = explorer.render(**setting)
        assert explorer.set(**setting) == card
        assert explorer.values() == setting
        assert card.count('role="status"') == 1 and 'aria-live="polite"' in card


def test_render_is_pure_and_fills_in_the_start() -> None:
    explorer = make()
    first = explorer.render()
    explorer.set(n=3, state="CHN")
    assert explorer.render() == first
    assert "3 2010 IND True" in explorer.render(n=3)
    assert "3 2010 CHN True" in explorer.set()


def test_a_sentence_the_course_raises_on_purpose_takes_the_place_of_the_picture() -> None:
    card = make().set(word="?")
    assert "Look for a word." in card and "<svg" not in card


def test_a_mistake_of_ours_is_not_hidden() -> None:
    explorer = explore.Explorer(
        {"n": controls.stops("Number", range(1, 4), 2)},
        lambda n: explore.Panel(str(1 / (n - 3)), ""),
        title="T",
    )
    with pytest.raises(ZeroDivisionError):
        explorer.render(n=3)


def test_markup_from_data_is_shown_and_not_run() -> None:
    assert "&lt;b&gt;" in make().set(word="<b>") and "<b>" not in make().set(word="<b>")
    assert "own &amp; others" in make().render()


def test_names_that_are_not_there_are_turned_away() -> None:
    explorer = make()
    for act in (explorer.render, explorer.set):
        with pytest.raises(UnknownName, match=r'No control "yeer". Did you mean "year"'):
            act(yeer=2001)
    with pytest.raises(WrongType, match='The control "n" of "T" is int'):
        explore.Explorer({"n": 7}, lambda n: explore.Panel("", ""), title="T")
    with pytest.raises(WrongType, match="which has no value to watch"):
        explore.Explorer({"n": widgets.VBox([])}, lambda n: explore.Panel("", ""), title="T")
    text = explore.Explorer({"w": controls.words("W")}, lambda w: explore.Panel(w, ""), title="T")
    with pytest.raises(WrongType, match=r'samples=\{"w"'):
        list(text.domain())
    with pytest.raises(AttributeError, match="no attribute 'shares'"):
        explore.shares  # noqa: B018


def test_what_a_notebook_stores_is_the_start_whatever_was_moved() -> None:
    explorer = make()
    before, _ = explorer._repr_mimebundle_()
    explorer.set(n=3)
    after, _ = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in before
    for kind in ("text/html", "text/plain"):
        assert before[kind] == after[kind] == make()._repr_mimebundle_()[0][kind]
    assert before["text/plain"] == repr(explorer)
    assert before["text/plain"].startswith('Explorer "Everything". 2 2010 IND True')
    assert before["text/plain"].endswith(controls.RUN)


def test_the_still_is_what_jupyterlab_keeps_without_trust() -> None:
    still = make()._repr_mimebundle_()[0]["text/html"]
    tags = set(re.findall(r"<([a-z]+)", still))
    assert tags <= {"div", "img", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert "class=" not in still and "Run all cells" in still and "Everything" in still
    (source,) = re.findall(r'<img alt="A bar of 2\." src="data:image/svg\+xml,([^"]*)"', still)
    drawing = ElementTree.fromstring(urllib.parse.unquote(source))
    assert drawing.tag.endswith("svg") and drawing.get("aria-label") == "A bar of 2."


def test_nothing_has_an_id_that_could_collide() -> None:
    assert not re.search(r"\bid=", make().render() + make()._repr_mimebundle_()[0]["text/html"])


def test_every_control_says_what_it_is() -> None:
    for handle in make()._handles.values():
        assert handle.description and handle.tooltip
    assert {
        one.style.description_width for name, one in make()._handles.items() if name not in ("n", "year")
    } == {"initial"}
    assert (
        make()._handles["n"].style.description_width
        == make()._handles["year"].style.description_width
        == "6ch"
    )
    assert make()._handles["n"].tooltip == "How many"


def test_the_heading_names_sliders_without_a_request() -> None:
    heading = controls.heading("A <title>").value
    assert "A &lt;title&gt;" in heading
    assert 'src="data:,"' in heading and "aria-label" in heading
    assert "http" not in heading


@pytest.mark.parametrize("value", [0, 4])
def test_a_control_starts_at_what_can_be_chosen(value: int) -> None:
    for control in (controls.stops, controls.choice):
        with pytest.raises(UnknownName, match=f'No setting of “Number” "{value}"'):
            control("Number", range(1, 4), value)


def test_rows_and_columns_of_a_table_agree_or_it_is_not_made() -> None:
    made = markup.table("C", ["a", "b"], [("x", "1"), ("y", "2")], numbers=["b"], chosen=1)
    assert made.count('scope="row"') == 2 and made.count('scope="col"') == 2
    assert made.count("background: #fdf3d6") == 1
    assert made.count("text-align: right") == 3
    with pytest.raises(ValueError, match="zip"):
        markup.table("C", ["a", "b"], [("x",)])


def test_every_class_of_the_course_has_a_style_of_its_own() -> None:
    rules = markup._rules()
    assert {
        "card",
        "say",
        "right",
        "wrong",
        "open",
        "table",
        "row",
        "cell",
        "number",
        "picture",
        "sketch",
    } <= set(rules)
    for name, style in rules.items():
        assert markup.element("p", class_=name) == f'<p style="{style}"></p>'
        assert '"' not in style


@pytest.mark.parametrize("kind", ["right", "wrong", "open", "card", "row", "chosen"])
def test_what_is_read_stands_out_from_its_paper_in_any_theme(kind: str) -> None:
    from samarkand.page import style

    stands_on = markup._rules()["card"]  # what has no ground of its own
    said = re.findall(r"(?<![-a-z])(background|color): (#[0-9a-f]{6})", stands_on + markup._rules()[kind])
    rule: dict[str, Any] = dict(said)
    assert style.contrast(rule["color"], rule["background"]) >= 7


def test_what_looks_alike_shares_what_says_so_until_it_is_closed():
    one, two = (controls.Field("From", "How many?") for _ in range(2))
    lines, below = zip(one.children, two.children, strict=True)
    for first, second in (lines, below):
        assert first.layout is second.layout
        assert first.style is second.style
    assert lines[0].layout is not below[0].layout
    made = controls.layout(width="17px")
    made.close()
    assert controls.layout(width="17px").comm is not None
