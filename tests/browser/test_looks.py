"""Maps, charts and explorers look as they did when somebody looked at them; and what is planted is seen.

What is planted is held against a picture taken a moment before, so that it depends on no stored one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from samarkand import maps
from samarkand.course import lessons
from tools.lab import LabError, looks
from tools.lab.alike import Fault, Look, compare
from tools.lab.browser import installed

Shown = Callable[..., Look]

LARGEST, ALL = 120_000, 5_000_000
WIDE, _, NARROW = looks.WIDTHS
NAME = "[...document.querySelectorAll('.names g')].find(g => g.textContent === '{}')"
STATE = "document.querySelector('path[data-id={}]')"
REMOVE = "document.querySelectorAll('{}').forEach(one => one.remove())"
#: What is done to a thing, and what is said of it: a part of a word, or that it looks different.
PLANTED = {
    "map": {
        "a label is gone": (f"{NAME.format('Iran')}.remove()", "gone: “Iran”"),
        "a label is another": (
            f"{NAME.format('Iran')}.querySelector('text').textContent = 'Iraq!'",
            "new: “Iraq!”",
        ),
        "a label is not seen": (
            f"{NAME.format('Russia')}.style.display = 'none'",
            "without room: “Russia”",
        ),
        "a layer is gone": (REMOVE.format("path[data-s=d]"), "look different"),
        "a layer of lines is gone": (REMOVE.format("path.grid"), "look different"),
        "a hatch is gone": (f"{STATE.format('MNG')}.style.fill = '#E69F00'", "look different"),
        "dots are gone": (f"{STATE.format('TUR')}.style.fill = '#009E73'", "look different"),
        "a colour is another": (f"{STATE.format('KAZ')}.style.fill = '#D55E00'", "look different"),
        "words are pale": ("document.querySelector('footer').style.color = '#ccc'", "look different"),
    },
    "chart": {
        "a label is gone": ("document.querySelector('.role-axis-label text').remove()", "gone: “"),
        "the title is gone": (REMOVE.format(".role-title-text"), "gone: “"),
        "bars are gone": (REMOVE.format(".mark-rect path"), "look different"),
        "one mark is gone": ("document.querySelector('.mark-rect path[fill]').remove()", "look different"),
        "a line is gone": (REMOVE.format(".role-axis-domain"), "look different"),
    },
    "explorer": {
        "a word is another": ("document.querySelector('th').textContent += '!'", "new: “"),
        "a picture is gone": ("document.querySelector('img').style.visibility = 'hidden'", "gone: “"),
        "a picture is another": (
            "const one = document.querySelector('img'); one.src = one.src.replace('0072B2', 'D55E00')",
            "look different",
        ),
        "a card has no ground": (
            "document.querySelector('#output [style]').style.background = '#ffe'",
            "look different",
        ),
    },
}
#: What is seen as well where words have another font.
ROUGH = {"a label is gone", "a label is another", "a layer is gone", "a colour is another"}


@pytest.fixture(scope="module")
def thing() -> Callable[[str], looks.Thing]:
    """Return what makes a thing of a kind."""
    stored = {one.kind: one for one in looks.things(lessons.paths(["03"])[0])}
    made = {kind: one.data for kind, one in stored.items()} | {"map": {"text/html": maps.sco()._repr_html_()}}
    return lambda kind: looks.Thing(kind, kind, made[kind])


@pytest.fixture(scope="module")
def studio(need: Callable[[object, str], None]) -> Iterator[looks.Studio]:
    need(installed(whole=True), "There is no chromium on this machine.")
    with looks.studio() as studio:
        yield studio


def shown(studio: looks.Studio, thing: looks.Thing, script: str = "", width: int = WIDE, **how: Any) -> Look:
    """Do something to a page with a thing, and look at it."""
    page = studio.show(thing, width, **how)
    page.evaluate(looks.SETTLED)
    page.frames[-1].evaluate(f"() => {{ {script} }}")
    return looks.look_at(page)


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_is_seen(kind: str, studio: looks.Studio, thing, sampled) -> None:
    for width in sampled((WIDE, NARROW), 1, "widths"):
        look = partial(shown, studio, thing(kind), width=width)
        before = look()
        assert look() == before
        for name, (script, says) in PLANTED[kind].items():
            fault = compare(before, look(script))
            assert fault and says in fault.says, (name, fault)
            assert (fault.where is None) == ("“" in says), name


@pytest.mark.parametrize("width", looks.WIDTHS)
def test_a_focus_without_its_ring_is_seen(width: int, studio: looks.Studio, thing) -> None:
    look = partial(shown, studio, thing("map"), width=width)
    focus = f"{STATE.format('KAZ')}.focus();"
    before = look(focus)
    assert look(focus) == before
    without = compare(before, look(f"{focus} document.querySelector('path.ring').remove()"))
    assert without and "look different" in without.says


def test_a_printed_page_and_a_sheet_of_paper_are_seen(studio: looks.Studio, thing) -> None:
    printed = partial(shown, studio, thing("map"), width=looks.WIDTHS[1], media="print")
    buttons = (
        "document.head.insertAdjacentHTML('beforeend', '<style>.time button{display:flex!important}</style>')"
    )
    assert compare(printed(), printed(buttons))
    paper = looks.PAPER_CSS.read_text(encoding="utf-8")
    sheet = partial(shown, studio, width=looks.PAPER, media="print")
    for kind in ("map", "explorer"):
        before = sheet(thing(kind), more=paper)
        assert compare(before, sheet(thing(kind), more=paper.replace("zoom: 0.7", "zoom: 0.8")))
        assert compare(before, sheet(thing(kind), more=paper)) is None


def test_a_chart_in_the_dark_is_drawn_as_the_course_draws_it(
    studio: looks.Studio, thing, monkeypatch, tmp_path
) -> None:
    before = studio.take(thing("chart"))
    shutil.copytree(looks.EXTENSION.parent, tmp_path / "static")
    sheet = tmp_path / "static" / "outputs.css"
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("#e6e8ea", "#1b2733"), encoding="utf-8")
    monkeypatch.setattr(looks, "EXTENSION", tmp_path / "static" / looks.EXTENSION.name)
    found = looks.differences(looks.Album({}, before), looks.Album({}, studio.take(thing("chart"))))
    assert set(found) == {f"{width}-dark" for width in looks.WIDTHS}


def test_another_font_is_none_of_its_business(studio: looks.Studio, thing, monkeypatch, sampled) -> None:
    monkeypatch.setattr(looks, "FONTS", looks.FONTS.replace("Liberation Sans", "Noto Sans"))
    with looks.studio() as other:
        for kind in sampled(list(PLANTED), 1, "kinds"):
            for width in sampled(looks.WIDTHS, 1, "widths"):
                before, after = (shown(one, thing(kind), width=width) for one in (studio, other))
                assert before.fonts != after.fonts
                assert before.webp != after.webp
                assert compare(before, after) is None, (kind, width)
        before = shown(studio, thing("map"))
        for name in ROUGH:
            script, says = PLANTED["map"][name]
            fault = compare(before, shown(other, thing("map"), script))
            assert fault and says in fault.says, (name, fault)


def test_what_does_not_stand_still_is_no_picture(studio: looks.Studio, monkeypatch) -> None:
    monkeypatch.setattr(looks, "PATIENCE", 4)
    clock = "<details open ontoggle='setInterval(() => (this.textContent = Date.now()))'></details>"
    with pytest.raises(LabError, match="does not stand still: 4 pictures"):
        shown(studio, looks.Thing("clock", "explorer", {"text/html": clock}))


def test_what_is_accepted_is_what_the_page_showed(
    studio: looks.Studio,
    thing,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("STORED", "TAKEN"):
        monkeypatch.setattr(looks, name, tmp_path / name)
    monkeypatch.setattr(looks, "ROOT", tmp_path)
    card = thing("explorer")
    taken = {"03_the_sco": looks.Album({"card": card.checksum}, {"card-light": shown(studio, card)})}

    def judge(paths: Sequence[Path]) -> dict[str, dict[str, Fault]]:
        return {path.stem: looks.kept(path.stem, taken[path.stem]) for path in paths}

    monkeypatch.setattr(looks, "judge", judge)
    assert looks.main(["--accept"]) == 1
    assert "There is no page to accept" in capsys.readouterr().out
    assert looks.main(["03"]) == 1
    assert "nobody has looked at it yet" in (tmp_path / "TAKEN" / "index.html").read_text(encoding="utf-8")
    assert looks.main(["--accept"]) == 0
    assert looks.main(["03"]) == 0
    assert looks.stored(tmp_path / "TAKEN" / "03_the_sco") == taken["03_the_sco"]
    more = shown(studio, card, "document.querySelector('#output div').innerHTML += '<b>More</b>'")
    taken["03_the_sco"] = looks.Album({}, {"card-light": more})
    assert looks.main(["03"]) == 1
    page = (tmp_path / "TAKEN" / "index.html").read_text(encoding="utf-8")
    assert "new: “More”" in page and page.count("<img") == 3
    names = [path.name for path in sorted((tmp_path / "STORED" / "03_the_sco").iterdir())]
    assert names == ["card-light.webp", "words.json"]


def test_without_chromium_a_sentence_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(looks, "TAKEN", tmp_path / "taken")
    monkeypatch.setattr("tools.lab.browser.shutil.which", lambda program: None)
    assert looks.main(["03"]) == 1
    assert capsys.readouterr().err.startswith("There is no chromium on this machine. Install it")


def test_every_map_chart_and_explorer_has_small_reviewed_pictures() -> None:
    for path in lessons.paths():
        reviewed = looks.stored(looks.STORED / path.stem)
        assert list(reviewed.things) == [thing.name for thing in looks.things(path)], path.stem
        for name in reviewed.things:
            assert {f"{name}-{width}-{theme}" for width in looks.WIDTHS for theme in looks.THEMES} <= set(
                reviewed.looks
            )
    assert {folder.name for folder in looks.STORED.iterdir()} == {path.stem for path in lessons.paths()}
    sizes = [path.stat().st_size for path in looks.STORED.rglob("*.*")]
    assert max(sizes) < LARGEST
    assert sum(sizes) < ALL


def test_they_look_as_when_somebody_looked(
    studio: looks.Studio, sampled: Callable[[Sequence[Any], int, str], list[Any]]
) -> None:
    """What is stored otherwise than it was then is always looked at; of the rest, a sample."""
    reviewed = {path.stem: looks.stored(looks.STORED / path.stem) for path in lessons.paths()}
    every = [(path.stem, thing) for path in lessons.paths() for thing in looks.things(path)]
    every.sort(key=lambda one: one[1].kind)
    changed = [one for one in every if reviewed[one[0]].things.get(one[1].name) != one[1].checksum]
    rest = [one for one in every if one not in changed]
    for lesson, thing in [*changed, *sampled(rest, 3, "maps, charts and explorers")]:
        found = looks.differences(reviewed[lesson], looks.album(studio, [thing]), gone=False)
        assert not found, "\n".join(f"{lesson}, {name}: {fault.says}" for name, fault in found.items())
