"""Pictures: marks, labels that keep clear of everything at every width, and stills of nested drawings."""

from __future__ import annotations

import itertools
import random
import re
from xml.etree import ElementTree

import pytest

from samarkand import explore
from samarkand.page import markup, pictures
from samarkand.page.pictures import WIDTHS, Box, Label

HEIGHT = 240.0


def boxes(svg: str, wide: float) -> list[tuple[float, float, float, float]]:
    """Return about where each text stands, in pixels: left, right, top, foot."""
    found = []
    for one in ElementTree.fromstring(f"<svg>{svg}</svg>").iter("text"):
        words, dx = one.text or "", float(one.get("dx", "0"))
        x, y = float(one.attrib["x"].rstrip("%")) / 100 * wide + dx, float(one.attrib["y"])
        broad = pictures.breadth(words)
        left = x - {"middle": broad / 2, "end": broad}.get(one.get("text-anchor", "start"), 0)
        found.append((left, left + broad, y - 11, y + 3))
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("wide", [WIDTHS[0], 430.0, WIDTHS[1]])
def test_labels_meet_neither_each_other_nor_marks_nor_lines(seed: int, wide: float) -> None:
    draw = random.Random(seed)
    marks = [(draw.random(), draw.uniform(20, HEIGHT - 20)) for _ in range(14)]
    rules = [40.0, 90.0, 140.0, 190.0]
    labels = [Label(x, x, y, f"{100 * x:.1f}") for x, y in marks]
    svg = pictures.labels(labels, HEIGHT, taken=[pictures.around(x, y, 5) for x, y in marks], rules=rules)
    found = boxes(svg, wide)
    assert len(found) >= 5, "most marks have room for a label"
    for one, other in itertools.combinations(found, 2):
        assert one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
    for left, right, top, foot in found:
        assert left >= 0 and right <= wide + 0.1 and top >= 0 and foot <= HEIGHT
        assert not any(top < rule < foot for rule in rules)
        for x, y in marks:
            assert not (left < x * wide + 4 and x * wide - 4 < right and top < y + 4 and y - 4 < foot)


def test_the_first_label_is_the_most_important() -> None:
    crowd = [Label(0.5, 0.5, 20, f"{n}{n}{n}") for n in range(9)]
    svg = pictures.labels(crowd, 40)
    assert ">000<" in svg and ">888<" not in svg


def test_boxes_meet_where_the_picture_is_narrow() -> None:
    one, other = Box(0.4, 0.4, 0, 10, -20, 20), Box(0.5, 0.5, 0, 10, -20, 20)
    assert one.meets(other), "27 px apart on a telephone"
    assert not one.meets(other._replace(top=10, foot=20))


def test_ticks_leave_out_what_has_no_room_and_stay_inside() -> None:
    svg = pictures.ticks({str(year): (year - 1991) / 34 for year in range(1991, 2026)}, 20)
    assert 5 <= svg.count("<text") < 12
    assert 'text-anchor="middle"' in svg and svg.startswith("<text x=")
    for wide in WIDTHS:
        assert all(left >= 0 and right <= wide for left, right, *_ in boxes(svg, wide))


@pytest.mark.parametrize(("low", "high"), [(0, 0.9), (0, 20.4), (-6.9, 38), (0, 87.5), (0, 640)])
def test_levels_are_few_and_within(low: float, high: float) -> None:
    found = pictures.levels(low, high)
    assert 3 <= len(found) <= 7 and 0 in found
    assert all(low <= level <= high for level in found)


def test_a_still_makes_one_image_of_a_drawing_with_drawings_in_it() -> None:
    inner = pictures.diamond(0.5, 9, "#ffffff", "#000000")
    source = pictures.picture(inner + pictures.line(0, 9, 1, 9), alt='A "line".', height=18) + "<p>x</p>"
    still = markup.still(source + pictures.key((inner, "later")))
    assert still.count("<img ") == 2 and "<svg" not in still and "<p>x</p>" in still
    assert 'alt="A &quot;line&quot;."' in still and 'width="100%" height="18"' in still
    assert still.count("style=") == 5, "two images and the key, and in the images their themes alone"
    assert still.count("style=%22color-scheme:light dark%22") == 2, "a margin within an image would cut it"
    assert 'alt="" src=' in still, "a key's mark has no words of its own"


EXPLORERS = {
    "first_slider": {},
    "forecasts_scored": {},
    "known_then": {"known": "later"},
    "my_scores": {},
    "share_of_world": {"giants": False},
    "trip_timeline": {"scale": "days"},
    "votes": {"group": "world", "state": "India"},
}


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_picture_is_well_formed_and_its_writing_is_large_enough(name: str) -> None:
    card = getattr(explore, name)().render(**EXPLORERS[name])
    card = card.replace("<br>", "<br/>")
    root = ElementTree.fromstring(re.sub(r"&(?!amp;|lt;|gt;|quot;|#x27;)", "&amp;", card))
    drawn = [one for one in root.iter() if one.tag.endswith("}svg") and one.get("style")]
    assert drawn
    for one in drawn:
        assert one.get("aria-label") or one.get("aria-hidden") == "true"
        for part in one.iter():
            assert float(part.get("font-size", "13")) >= 12
        if not one.get("viewBox") and one.get("width") != "16":
            assert one.get("width") == "100%", "as wide as the page, so that writing keeps its size"
        else:
            assert float(one.attrib["width"]) <= WIDTHS[0]
