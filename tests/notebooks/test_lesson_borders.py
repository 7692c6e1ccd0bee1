"""The ten rules of lesson 08, held by its text: each is a function to sentences, and sees a planted error.

The lesson is about contested matters. Whether it is fair only readers can say (`docs/review_08.md`); that
nobody goes unnamed, no figure without a maker, and no side always comes first, can be seen by a test.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from samarkand import data, maps
from samarkand.ground.home import ROOT
from samarkand.practice import questions
from tools.author import lessons

(LESSON,) = lessons.paths(["08"])
FORM = ROOT / "docs" / "review_08.md"
POSITIONS = data.load("positions")
TABLE = data.load("viewpoints")

#: What a government is never called in our own words.
ADJECTIVES = re.compile(
    r"\b(brutal|repressive|authoritarian|totalitarian|democratic|legitimate|illegitimate|aggressive|autocratic"
    r"|rogue|so-called|notorious|heroic|shameful|evil|cruel|credible|oppressive|benevolent|responsible)\b",
    re.IGNORECASE,
)
#: Words of which somebody has to be the speaker.
CONTESTED = re.compile(
    r"\b(genocide|crimes? against humanity|crackdown|violations?|detention|detained|held|camps?|terroris\w+"
    r"|extremis\w+|separatis\w+|radicalisation|fabricated|disinformation|graduated|persecut\w+|manipulation"
    r"|repress\w+|oppress\w+|backing|abus\w+|true|truth)\b",
    re.IGNORECASE,
)
SPEAKERS = re.compile(
    r"\bUN\b|United (Nations|States)|\bChina's (ambassador|foreign ministry)|\bChina answered"
    r"|its foreign ministry|Xinjiang's government|\b(ambassador|ministry|minister|report|Congress"
    r"|Families|witnesses|Zenz|critic|Department|states|Yau|RFE/RL|president|chairman|Xinhua|Post|Council|She|she|volunteers|official|AP)\b"
)
SPOKEN = re.compile(
    r"\b(says?|said|writes?|wrote|calls?|called|told|asked|asks|answered|names?|named|reports|voted|expected"
    r"|estimated|commended|spoke|signed|rejected|published|tell|explained)\b"
)
#: Figures on people, and what has to stand around them.
PEOPLE = re.compile(
    r"\d[\d,.]* (million|persons|people|Uyghurs|thousand)\b"
    r"|\b(?!(?:1[89]|20)\d\d\b)\d{1,3}(,\d{3})+(?![\d,]| km)|\b\d{5,}\b|\d per (cent|thousand)\b"
)
MAKERS = re.compile(
    r"census|government|committee|office|minist(?:ry|er)|Department|Zenz|Xinhua|China Daily|Post\b|directory"
    r"|organisation|Kazinform|China's|its own count"
)
METHODS = re.compile(
    r"census|estimate|count|register|reports|comput|method not said|form\b|said that China lets"
)
DAYS = re.compile(r"\b(19|20)\d\d\b")
RETOLD = re.compile(
    r"\b(detainee|survivor|eyewitness|witness|prisoner)\w*\b.*\b(said|says|told|recall\w*|saw)\b",
    re.IGNORECASE,
)
#: How the text names the holders of positions, and whose row that is.
NAMED = {
    r"Xinjiang's government": "PO03",
    r"[Tt]he UN human rights office": "PO01",
    r"China's ambassador": "PO14",
    r"ambassador of the United States": "PO15",
    r"World Uyghur Congress": "PO04",
    r"its foreign ministry says|China's foreign ministry answered": "PO02",
    r"Families in Almaty": "PO12",
}


class Said(NamedTuple):
    """A paragraph, or a row of a table, and the heading of the section in which it stands."""

    section: str
    words: str


Text = list[Said]


def the_lesson() -> Text:
    """Return what students read of the lesson: its paragraphs, and what it asks."""
    said, section = [], ""
    for cell in lessons.read(LESSON).prose:
        for part in re.split(r"\n\n|\n(?=[|-])", lessons.unfenced(cell.source)):
            heading = re.match(r"## (.+)", part)
            if heading:
                section = heading[1]
            elif not re.fullmatch(r"[|\s-]*", part):
                said.append(Said(section, part.replace("’", "'")))
    for kind in ("quiz", "predict", "note"):
        for id, asked in questions.every(kind).items():
            if id.startswith("08."):
                words = [asked.text, getattr(asked, "why", ""), *getattr(asked, "then", ())]
                words += [f"{one.text} {getattr(one, 'hint', '')}" for one in getattr(asked, "options", ())]
                said.append(Said("asked", " ".join(map(str, words)).replace("’", "'")))
    return said


def contested(said: Said) -> bool:
    """Tell whether a paragraph stands in one of the sections on Xinjiang, or in what the lesson asks."""
    return said.section == "asked" or bool(re.match(r"[4-7]\. ", said.section))


def sentences(words: str) -> list[str]:
    """Return the sentences of a paragraph; a row of a table is one."""
    return [words] if words.startswith("|") else re.split(r"(?<=[.?!])\s+(?=[A-Z*\"])", words)


# ------------------------------------------------------------------------------------------------ the rules


def somebody_says_it(text: Text) -> Iterator[str]:
    """1: Every statement on the contested matters has somebody who makes it, or, in a table, its source."""
    for said in filter(contested, text):
        for sentence in sentences(said.words):
            cited = sentence.startswith("|") and re.search(r"\[[A-Z][A-Z0-9, ]+\]", sentence)
            attributed = SPEAKERS.search(sentence) and SPOKEN.search(sentence)
            if CONTESTED.search(sentence) and not attributed and not cited and said.section != "asked":
                yield f"Nobody says: {sentence}"


def every_position_has_two_sources(text: Text) -> Iterator[str]:
    """2: A position has two sources, one of them its own, or row and text say that one is missing."""
    lacks = 0
    for row in POSITIONS.itertuples():
        own = set() if row.own != row.own else {*str(row.own).split(";")}
        whole = len(row.source.split(";")) > 1 and own <= {*row.source.split(";")} and own
        lacks += not whole
        if not whole and row.missing != row.missing:
            yield f"{row.id} lacks a source, and does not say so."
    if not any(f"For {lacks} of {len(POSITIONS)} positions we did not find" in said.words for said in text):
        yield f"The lesson does not say that {lacks} of {len(POSITIONS)} positions lack a source."


def figures_on_people_have_a_maker(text: Text) -> Iterator[str]:
    """3: No figure on people stands without its maker, its day and its method."""
    for said in text:
        if not PEOPLE.search(said.words) or not (contested(said) or said.section.startswith("3.")):
            continue
        for what, needed in (("maker", MAKERS), ("day", DAYS), ("method", METHODS)):
            if not needed.search(said.words):
                yield f"No {what}: {said.words}"


def no_government_has_an_adjective(text: Text) -> Iterator[str]:
    """4: No government has an adjective of ours; what is quoted is not ours."""
    for said in text:
        found = ADJECTIVES.search(re.sub(r"\"[^\"]*\"|“[^”]*”", "", said.words))
        if found:
            yield f"An adjective: {found[0]}, in {said.words}"


def the_order_alternates(text: Text) -> Iterator[str]:
    """5: Who comes first, those who raise violations or those who reject them, alternates by section."""
    side = POSITIONS.set_index("id")["side"]
    first: list[str] = []
    for section, paragraphs in itertools.groupby(text, key=lambda said: said.section):
        words = " ".join(said.words for said in paragraphs)
        at = {found.start(): side[row] for name, row in NAMED.items() if (found := re.search(name, words))}
        if re.match(r"[4-7]\. ", section):
            first.append(at[min(at)] if at else "nobody")
    if first not in (["rejects", "raises"] * 2, ["raises", "rejects"] * 2):
        yield f"The sections begin with: {', '.join(first)}."


def a_note_comes_before(text: Text) -> Iterator[str]:
    """6: Before the first section on Xinjiang stands a note: what comes, and that it can be skipped."""
    before = [said.words for said in text if said.section.startswith("3.")][-1]
    for words in (
        "four sections are about Xinjiang",
        "skip all four",
        "(#Practice)",
        "where they come from or what they believe",
    ):
        if words not in before:
            yield f"The note does not say: {words}."
    for said in text:
        if re.search(
            r"(?i)\byour (own )?(origin|religion|belief|faith|people|nationality|family)\b|are you from",
            said.words,
        ):
            yield f"It asks for what is nobody's business: {said.words}"


def one_spelling(text: Text) -> Iterator[str]:
    """7: The spelling is Uyghur; others are named once, together, for what they tell about a source."""
    for said in text:
        others = set(re.findall(r"Uighur|Uygur|Uigur", said.words))
        if others and not ({"Uighur", "Uygur"} == others and "spelling shows the source" in said.words):
            yield f"Another spelling: {said.words}"


def no_map_shades_where_people_live(text: Text) -> Iterator[str]:
    """8: The lesson's one map is that of the viewpoints; no map fills where a people lives."""
    code = "\n".join(cell.source for cell in lessons.read(LESSON).code) + "\n".join(
        said.words for said in text
    )
    for name in sorted(set(re.findall(r"\bmaps\.(\w+)\(", code)) - {"viewpoints"}):
        yield f"It shows maps.{name}."
    shown = set(maps.viewpoints().scene.status)
    for name in sorted(shown - set(data.load("states")["iso3"]) - set(TABLE["area"])):
        yield f"The map fills {name}."


def what_witnesses_tell_is_not_retold(text: Text) -> Iterator[str]:
    """9: What witnesses tell is named as evidence and not retold."""
    for said in text:
        for sentence in sentences(said.words):
            if RETOLD.search(sentence) and not sentence.startswith("|"):
                yield f"Retold: {sentence}"


def it_says_who_has_read_it(text: Text) -> Iterator[str]:
    """10: Lesson, data statement and form say that nobody outside has read it."""
    statement = (ROOT / "course_data" / "README.md").read_text(encoding="utf-8")
    if not any(
        "Nobody outside has read the lesson yet" in said.words and FORM.name in said.words for said in text
    ):
        yield "The lesson does not say that nobody outside has read it."
    if "**Who has read lesson 08.** Nobody outside." not in statement or FORM.name not in statement:
        yield "The data statement does not say that nobody outside has read it."
    if "Nobody from outside has read lesson 08 yet" not in FORM.read_text(encoding="utf-8"):
        yield "The form does not say that nobody outside has read it."


Rule = Callable[[Text], Iterator[str]]
RULES: list[Rule] = [
    somebody_says_it,
    every_position_has_two_sources,
    figures_on_people_have_a_maker,
    no_government_has_an_adjective,
    the_order_alternates,
    a_note_comes_before,
    one_spelling,
    no_map_shades_where_people_live,
    what_witnesses_tell_is_not_retold,
    it_says_who_has_read_it,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_lesson_keeps_the_rule(rule: Rule) -> None:
    found = list(rule(the_lesson()))
    assert not found, "\n".join(found)


def added(section: str, words: str) -> Callable[[Text], Text]:
    """Return what puts a paragraph at the end of a section."""

    def plant(text: Text) -> Text:
        last = max(i for i, said in enumerate(text) if said.section.startswith(section))
        return [*text[: last + 1], Said(text[last].section, words), *text[last + 1 :]]

    return plant


def changed(old: str, new: str) -> Callable[[Text], Text]:
    """Return what replaces words that stand in the lesson."""

    def plant(text: Text) -> Text:
        assert any(old in said.words for said in text), old
        return [said._replace(words=said.words.replace(old, new)) for said in text]

    return plant


PLANTED: list[tuple[Rule, Callable[[Text], Text]]] = [
    (somebody_says_it, added("5.", "In Xinjiang very many people are detained.")),
    (somebody_says_it, added("5.", "There has never been a genocide in Xinjiang.")),
    (somebody_says_it, added("6.", "The motion was political manipulation.")),
    (somebody_says_it, changed("The report writes in its own voice that China", "China")),
    (somebody_says_it, changed("RFE/RL *(funded by the United States)* reports that", "Then")),
    (every_position_has_two_sources, changed("For 14 of 27 positions", "For 11 of 27 positions")),
    (figures_on_people_have_a_maker, added("5.", "The ministry said in 2019: 1.5 million people.")),
    (figures_on_people_have_a_maker, added("4.", "By the census there are 11.62 million Uyghurs.")),
    (figures_on_people_have_a_maker, added("7.", "By a register, 13,362 people came in 2022.")),
    (figures_on_people_have_a_maker, changed("by 80 per cent (method not said)", "by 80 per cent")),
    (no_government_has_an_adjective, added("6.", "So voted the authoritarian government.")),
    (no_government_has_an_adjective, changed("Xinjiang's government", "Xinjiang's legitimate government")),
    (the_order_alternates, changed("China's ambassador called", "The World Uyghur Congress called")),
    (the_order_alternates, changed("Families in Almaty", "People in Almaty")),
    (a_note_comes_before, changed("You can skip all four", "You should read all four")),
    (a_note_comes_before, added("asked", "What does your family think of it?")),
    (one_spelling, added("4.", "The Uighurs were counted.")),
    (one_spelling, changed("*Uygur* in China's state media, ", "")),
    (no_map_shades_where_people_live, added("4.", "maps.uyghurs()")),
    (what_witnesses_tell_is_not_retold, added("5.", "A former detainee said what had been done to her.")),
    (it_says_who_has_read_it, changed("Nobody outside has read the lesson yet", "It has been read")),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "plant"), PLANTED)
def test_a_planted_violation_is_seen(rule: Rule, plant: Callable[[Text], Text]) -> None:
    assert list(rule(plant(the_lesson())))


def test_each_rule_has_a_planted_violation() -> None:
    assert {rule for rule, _ in PLANTED} == set(RULES)


# ------------------------------------------------------------------------------------- and by the tables


def test_every_position_has_a_holder_and_a_day() -> None:
    assert POSITIONS["holder"].str.len().min() > 0 and POSITIONS["day"].notna().all()
    assert TABLE["viewer"].str.len().min() > 0


def test_no_figure_on_people_in_the_tables_is_without_maker_day_and_method() -> None:
    counts = data.load("who_counted")
    people = counts[counts["unit"].str.contains("persons")]
    assert len(people) >= 20
    assert people[["counter", "day", "method", "includes"]].notna().all(axis=None)


@pytest.mark.parametrize(("table", "columns"), [("positions", ["holds", "note"]), ("viewpoints", ["note"])])
def test_no_government_has_an_adjective_of_ours_in_the_tables(table: str, columns: list[str]) -> None:
    said = data.load(table)[columns].stack()
    found = [text for text in said if ADJECTIVES.search(re.sub(r"“[^”]*”", "", str(text)))]
    assert not found, found


def test_the_names_of_holders_are_those_of_rows_that_take_a_side() -> None:
    side = POSITIONS.set_index("id")["side"]
    assert set(side[list(NAMED.values())]) == {"raises", "rejects"}
