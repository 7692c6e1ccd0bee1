"""Maps, charts and explorers look as they did when somebody looked at them; and what is planted is seen.

What is planted is held against a picture taken a moment before, so that it depends on no stored one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from samarkand import explore, maps
from samarkand.course import lessons
from tools.lab import Lab, chromium, looks
from tools.lab.browser import CHROMIUM, playwright

LARGEST, ALL = 1_000_000, 5_000_000
Plant = Callable[[str], looks.Look]

WRITE = (
    "() => {{ const s = document.createElement('style'); s.textContent = `{}`; document.head.append(s); }}"
)
STATE = "document.querySelector('path[data-id={}]')"
#: What is done to a map, and what is said of it: a part of a word, or that it looks different.
PLANTED = {
    "a label is gone": (
        "() => [...document.querySelectorAll('.names g')].find(g => g.textContent === 'Iran').remove()",
        "gone: “Iran”",
    ),
    "a label is another": (
        "() => { [...document.querySelectorAll('.names text')].find(t => t.textContent === 'Iran')"
        ".textContent = 'Iraq!'; }",
        "new: “Iraq!”",
    ),
    "a layer is gone": (
        "() => document.querySelectorAll('path[data-s=d]').forEach(e => e.remove())",
        "differ",
    ),
    "a hatch is gone": (f"() => {{ {STATE.format('MNG')}.style.fill = '#E69F00'; }}", "look different"),
    "a colour is another": (f"() => {{ {STATE.format('KAZ')}.style.fill = '#D55E00'; }}", "look different"),
    "words are as pale as the paper": (
        WRITE.format("aside, aside * { color: #fff !important }"),
        "look different",
    ),
}
FOCUS = f"() => {STATE.format('KAZ')}.focus()"


@pytest.fixture(scope="module")
def pages(need: Callable[[object, str], None]) -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    need(program, "There is no chromium on this machine.")
    browser = playwright().chromium.launch(executable_path=program, args=list(CHROMIUM))
    yield browser
    browser.close()


@pytest.fixture
def shown(pages: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Plant]:
    """Return what does something to a page with a map, or a card of an explorer, and looks at it."""
    what, width = request.param
    explorer = explore.share_of_world()
    card = explorer.render(**explorer.values())
    markup = card if what == "card" else maps.sco()._repr_html_()
    (tmp_path / "page.html").write_text(
        f"<!doctype html><meta charset=utf-8><body>{markup}", encoding="utf-8"
    )
    context = pages.new_context(viewport={"width": width, "height": 1600}, reduced_motion="reduce")

    def shown(script: str) -> looks.Look:
        page = context.new_page()
        page.goto((tmp_path / "page.html").as_uri())
        if what == "map":
            page.frame_locator("iframe").locator("html[data-ready]").wait_for(state="attached")
        page.frames[-1].evaluate(script)
        page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
        look = looks.look_at(page.locator("body"))
        page.close()
        return look

    yield shown
    context.close()


@pytest.mark.parametrize("shown", [("map", 900), ("map", 360)], indirect=True, ids=["wide", "narrow"])
def test_what_is_planted_in_a_map_is_seen(shown: Plant) -> None:
    before = shown("() => null")
    assert looks.compare(before, shown("() => null")) is None
    for name, (script, says) in PLANTED.items():
        fault = looks.compare(before, shown(script))
        assert fault, name
        assert says in fault.says, (name, fault.says)
        assert (fault.where is None) == ("“" in says), name


@pytest.mark.parametrize("shown", [("map", 900), ("map", 360)], indirect=True, ids=["wide", "narrow"])
def test_a_focus_without_its_ring_is_seen(shown: Plant) -> None:
    before = shown(FOCUS)
    without = shown(f"() => {{ ({FOCUS})(); document.querySelector('path.ring').remove(); }}")
    assert looks.compare(before, shown(FOCUS)) is None
    assert "look different" in (looks.compare(before, without) or looks.Fault("")).says


@pytest.mark.parametrize("shown", [("map", 900), ("card", 900)], indirect=True, ids=["map", "card"])
def test_another_font_is_none_of_its_business(shown: Plant) -> None:
    one, other = (
        shown(WRITE.format(f"* {{ font-family: '{font}' !important }}"))
        for font in ("Liberation Sans", "Noto Sans")
    )
    assert one.webp != other.webp
    assert looks.compare(one, other) is None


@pytest.mark.parametrize("shown", [("card", 700)], indirect=True, ids=["card"])
def test_what_is_accepted_is_what_the_page_showed(
    shown: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("STORED", "TAKEN"):
        monkeypatch.setattr(looks, name, tmp_path / name)
    monkeypatch.setattr(looks, "ROOT", tmp_path)
    taken = {"03_the_sco": {"card-700-light": shown("() => null")}}

    def judge(paths: Sequence[Path]) -> dict[str, dict[str, looks.Fault]]:
        return {path.stem: looks.kept(path.stem, taken[path.stem]) for path in paths}

    monkeypatch.setattr(looks, "judge", judge)
    assert looks.main(["--accept"]) == 1
    assert "There is no page to accept" in capsys.readouterr().out
    assert looks.main(["03"]) == 1
    assert "nobody has looked at it yet" in (tmp_path / "TAKEN" / "index.html").read_text(encoding="utf-8")
    assert looks.main(["--accept"]) == 0
    assert looks.main(["03"]) == 0
    taken["03_the_sco"] = {"card-700-light": shown("() => { document.body.innerHTML += '<b>More</b>'; }")}
    assert looks.main(["03"]) == 1
    page = (tmp_path / "TAKEN" / "index.html").read_text(encoding="utf-8")
    assert "new: “More”" in page and page.count("<img") == 3
    assert [path.name for path in sorted((tmp_path / "STORED" / "03_the_sco").iterdir())] == [
        "card-700-light.webp",
        "words.json",
    ]


def test_without_chromium_a_sentence_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(looks, "TAKEN", tmp_path / "taken")
    monkeypatch.setattr(looks, "lab", lambda **how: nullcontext(None))
    monkeypatch.setattr("tools.lab.browser.shutil.which", lambda program: None)
    assert looks.main(["03"]) == 1
    assert capsys.readouterr().err.startswith("There is no chromium on this machine. Install it")


def test_reviewed_pictures_are_small_and_of_lessons_that_are_there() -> None:
    reviewed = {folder.name for folder in looks.STORED.iterdir()}
    assert reviewed and reviewed <= {path.stem for path in lessons.paths()}
    sizes = [path.stat().st_size for path in looks.STORED.rglob("*.*")]
    assert max(sizes) < LARGEST
    assert sum(sizes) < ALL


def test_lessons_look_as_they_did_when_somebody_looked(
    server: Lab, sampled: Callable[[Sequence[Any], int, str], list[Any]]
) -> None:
    reviewed = [path for path in lessons.paths() if (looks.STORED / path.stem).is_dir()]
    reviewed.sort(
        key=lambda path: path.stem != "03_the_sco"
    )  # first one that has a map, charts and an explorer
    with chromium(server) as browser:
        for path in sampled(reviewed, 1, "lessons"):
            found = looks.differences(
                looks.stored(looks.STORED / path.stem), looks.taken(server, browser, path)
            )
            assert not found, "\n".join(f"{path.stem}, {name}: {fault.says}" for name, fault in found.items())
