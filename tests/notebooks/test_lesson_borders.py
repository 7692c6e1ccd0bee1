"""The promises of lesson 08 in ``docs/review_08.md``, by number: each is kept, and finds a planted mistake.

Only readers can judge whether a lesson on contested matters is fair; a test can check that each statement has
a speaker, each figure a maker, and that no side always comes first.
"""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from samarkand import data, maps
from samarkand.common.home import ROOT
from samarkand.practice import questions
from tools.author import lessons

(LESSON,) = lessons.find_lessons(["08"])
FORM = ROOT / "docs" / "review_08.md"
POSITIONS = data.load("positions")
TABLE = data.load("viewpoints")

#: Adjectives that our own words never apply to a government.
ADJECTIVES = re.compile(
    r"\b(brutal|repressive|authoritarian|totalitarian|democratic|legitimate|illegitimate|aggressive|autocratic"
    r"|rogue|so-called|notorious|heroic|shameful|evil|cruel|credible|oppressive|benevolent|responsible)\b",
    re.IGNORECASE,
)
#: Words that need a named speaker.
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
#: Figures on people, and the words required around them.
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
#: The names of holders of positions in the text, and their rows in the table.
NAMED = {
    r"Xinjiang's government": "PO03",
    r"[Tt]he UN human rights office": "PO01",
    r"China's ambassador": "PO14",
    r"ambassador of the United States": "PO15",
    r"World Uyghur Congress": "PO04",
    r"its foreign ministry says|China's foreign ministry answered": "PO02",
    r"Families in Almaty": "PO12",
}


class Part(NamedTuple):
    """A paragraph or a row of a table, with the heading of its section."""

    section: str
    words: str


Text = list[Part]


def read_parts() -> Text:
    """Return the lesson's paragraphs and questions as students read them."""
    parts, section = [], ""
    for cell in lessons.read_lesson(LESSON).prose:
        for part in re.split(r"\n\n|\n(?=[|-])", lessons.remove_code_blocks(cell.source)):
            if heading := re.match(r"## (.+)", part):
                section = heading[1]
            elif not re.fullmatch(r"[|\s-]*", part):
                parts.append(Part(section, part.replace("’", "'")))
    for kind in ("quiz", "predict", "note"):
        for id, asked in questions.read_questions(kind).items():
            if id.startswith("08."):
                words = [asked.text, getattr(asked, "why", ""), *getattr(asked, "then", ())]
                words += [f"{one.text} {getattr(one, 'hint', '')}" for one in getattr(asked, "options", ())]
                parts.append(Part("asked", " ".join(map(str, words)).replace("’", "'")))
    return parts


def is_contested(part: Part) -> bool:
    """Return whether a paragraph is in a section on Xinjiang or in a question of the lesson."""
    return part.section == "asked" or bool(re.match(r"[4-7]\. ", part.section))


def sentences(words: str) -> list[str]:
    """Return the sentences of a paragraph; a row of a table is one sentence."""
    return [words] if words.startswith("|") else re.split(r"(?<=[.?!])\s+(?=[A-Z*\"])", words)


# ------------------------------------------------------------------------------------------------ the rules


def somebody_says_it(text: Text) -> Iterator[str]:
    """1: each sentence with a contested word has a speaker; a row of a table has its source."""
    for part in text:
        for sentence in sentences(part.words) if is_contested(part) and part.section != "asked" else ():
            cited = sentence.startswith("|") and re.search(r"\[[A-Z][A-Z0-9, ]+\]", sentence)
            attributed = SPEAKERS.search(sentence) and SPOKEN.search(sentence)
            if CONTESTED.search(sentence) and not attributed and not cited:
                yield sentence


def figures_on_people_have_maker_day_and_method(text: Text) -> Iterator[str]:
    """3."""
    for part in text:
        if PEOPLE.search(part.words) and (is_contested(part) or part.section.startswith("3.")):
            for what, needed in (("maker", MAKERS), ("day", DAYS), ("method", METHODS)):
                if not needed.search(part.words):
                    yield f"No {what}: {part.words}"


def no_government_has_an_adjective(text: Text) -> Iterator[str]:
    """4: quotations are not our own words, and are left out."""
    table = data.load("positions")[["holds", "note"]].stack().tolist() + TABLE["note"].dropna().tolist()
    for words in [*(part.words for part in text), *map(str, table)]:
        if ADJECTIVES.search(re.sub(r"\"[^\"]*\"|“[^”]*”", "", words)):
            yield words


def the_order_alternates(text: Text) -> Iterator[str]:
    """5: those who raise violations come first in every other section."""
    side = POSITIONS.set_index("id")["side"]
    first: list[str] = []
    for section, paragraphs in itertools.groupby(text, key=lambda part: part.section):
        words = " ".join(part.words for part in paragraphs)
        at = {found.start(): side[row] for name, row in NAMED.items() if (found := re.search(name, words))}
        if re.match(r"[4-7]\. ", section):
            first.append(at[min(at)] if at else "nobody")
    if first not in (["rejects", "raises"] * 2, ["raises", "rejects"] * 2):
        yield f"The sections begin with: {', '.join(first)}."


def a_note_comes_before(text: Text) -> Iterator[str]:
    """6: the sections can be skipped, and nobody is asked for origin or belief."""
    before = [part.words for part in text if part.section.startswith("3.")][-1]
    for words in ("four sections are about Xinjiang", "skip all four", "(#Practice)", "what they believe"):
        if words not in before:
            yield f"The note does not say: {words}."
    asks = r"(?i)\byour (own )?(origin|religion|belief|faith|people|nationality|family)\b|are you from"
    yield from (part.words for part in text if re.search(asks, part.words))


def one_spelling(text: Text) -> Iterator[str]:
    """7: other spellings are named once, together, since they show the source."""
    for part in text:
        others = set(re.findall(r"Uighur|Uygur|Uigur", part.words))
        if others and not ({"Uighur", "Uygur"} == others and "spelling shows the source" in part.words):
            yield part.words


def no_map_shades_where_people_live(text: Text) -> Iterator[str]:
    """8: the one map is the table of the viewpoints, which has contested areas and no others."""
    code = [cell.source for cell in lessons.read_lesson(LESSON).code] + [part.words for part in text]
    yield from set(re.findall(r"\bmaps\.(\w+)\(", "\n".join(code))) - {"viewpoints"}
    yield from {area.id for area in maps.viewpoints().areas} ^ set(TABLE["area"])


def what_witnesses_tell_is_not_retold(text: Text) -> Iterator[str]:
    """9."""
    for part in text:
        yield from (one for one in sentences(part.words) if RETOLD.search(one) and not one.startswith("|"))


def it_says_who_has_read_it(text: Text) -> Iterator[str]:
    """10: lesson, data statement and form."""
    statement = (ROOT / "course_data" / "README.md").read_text(encoding="utf-8")
    for where, words in (
        ("\n".join(part.words for part in text), "Nobody outside has read the lesson yet"),
        (statement, "**Who has read lesson 08.** Nobody outside."),
        (FORM.read_text(encoding="utf-8"), "Nobody from outside has read lesson 08 yet"),
    ):
        if words not in where:
            yield f"It is not said: {words}"


#: Each rule with a change that breaks it: words and their replacement, or a section and a new paragraph.
RULES = [
    (somebody_says_it, "§5.", "In Xinjiang very many people are detained."),
    (somebody_says_it, "The report writes in its own voice that China", "China"),
    (figures_on_people_have_maker_day_and_method, "§5.", "The ministry said in 2019: 1.5 million people."),
    (no_government_has_an_adjective, "Xinjiang's government", "Xinjiang's legitimate government"),
    (the_order_alternates, "Families in Almaty", "People in Almaty"),
    (a_note_comes_before, "You can skip all four", "You should read all four"),
    (a_note_comes_before, "§asked", "What does your family think of it?"),
    (one_spelling, "§4.", "The Uighurs were counted."),
    (no_map_shades_where_people_live, "§4.", "maps.uyghurs()"),
    (what_witnesses_tell_is_not_retold, "§5.", "A former detainee said what had been done to her."),
    (it_says_who_has_read_it, "Nobody outside has read the lesson yet", "It has been read"),
]


@pytest.mark.parametrize(("rule", "old", "new"), RULES)
def test_the_lesson_keeps_the_rule_and_a_planted_mistake_is_seen(rule, old: str, new: str) -> None:
    text = read_parts()
    assert list(rule(text)) == []
    if old.startswith("§"):
        last = max(i for i, part in enumerate(text) if part.section.startswith(old[1:]))
        text.insert(last + 1, Part(text[last].section, new))
    assert list(rule([part._replace(words=part.words.replace(old, new)) for part in text]))
