"""Colours and patterns: one authority, told apart without colour, readable."""

from itertools import chain

import pytest

from samarkand.ground.errors import UnknownName
from samarkand.page import style

FAMILIES = (style.STATUS, style.VOTES, style.PLACES)


def test_codes_are_one_letter_and_unique_over_all_families() -> None:
    codes = [mark.code for family in FAMILIES for mark in family.values()]
    assert all(len(code) == 1 and code.isalpha() for code in codes)
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("family", FAMILIES)
def test_marks_of_a_family_differ_in_colour_and_in_pattern(family: dict[str, style.Mark]) -> None:
    marks = list(family.values())
    assert len({(mark.colour, mark.pattern) for mark in marks}) == len(marks)
    if family is not style.PLACES:  # of its two tints, one map shows one
        assert len({mark.colour for mark in marks}) == len(marks)
    plain = [mark for mark in marks if mark.pattern == "solid"]
    patterned = [mark.pattern for mark in marks if mark.pattern != "solid"]
    assert len(set(patterned)) == len(patterned)
    for one in plain:  # two plain fills are told apart by how light they are
        for other in plain:
            assert one is other or style.contrast(one.colour, other.colour) > 1.3


def test_writing_stands_out_from_its_ground() -> None:
    paper = style.PAPER
    for ink in ("ink", "soft"):
        assert style.contrast(paper[ink], paper["paper"]) >= 4.5
    assert style.contrast(paper["sea-ink"], paper["sea"]) >= 4.5
    assert style.contrast(paper["land-ink"], paper["land"]) >= 4.5
    for mark in chain.from_iterable(family.values() for family in FAMILIES):
        assert style.contrast(mark.ink, mark.colour) >= 3.8, mark


def test_css_and_patterns_hold_every_mark() -> None:
    css, svg = style.css(), style.patterns_svg()
    for mark in style.STATUS.values():
        assert f"--{mark.code}:{mark.colour}" in css
        assert f"[data-s={mark.code}]{{fill:" in css
        assert (f'id="p-{mark.code}"' in svg) == (mark.pattern != "solid")
    for name, colour in style.PAPER.items():
        assert f"--{name}:{colour}" in css


def test_a_status_spelt_wrong_is_answered_with_the_right_one() -> None:
    with pytest.raises(UnknownName, match='Did you mean "observer"'):
        style.mark("observr")
