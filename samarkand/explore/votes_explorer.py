"""Four votes in the United Nations in 2022, by group of states and by state."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from samarkand import data, places
from samarkand.common.errors import CourseError
from samarkand.common.words import capitalised, day, listed, tr
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup, pictures, style
from samarkand.places import CENTRAL_ASIA

__all__ = ["votes"]

_WORDS = Words("votes")
#: The day on which states belonged to a group, so that all four votes are of the same states.
DAY = "2022-09-15"
#: The answers in the order of the picture; the last one means no seat.
ANSWERS = ("yes", "abstain", "no", "did not vote", "not a member")
NO_SEAT = ANSWERS[-1]
#: Maximum number of states that are drawn as large squares, with their codes.
FEW = 24
#: Maximum number of typed letters that a reply repeats.
LETTERS = 40


class Group(NamedTuple):
    """A group of states: its name in a list and in a sentence, and the codes of its states."""

    label: str
    name: str
    states: tuple[str, ...]


def votes() -> Explorer:
    """Return an explorer of four votes in the United Nations in 2022, by group of states.

    Controls: the vote, a group of states, and a state to highlight. *Did not vote* is kept apart from
    *abstained*.

    Examples
    --------
    >>> votes()  # doctest: +ELLIPSIS
    Explorer "Who voted how?". Of the 8 SCO members, 6 voted no and 2 abstained on ES-11/3 (7 April 2022)...
    """
    table = data.load("un_votes").set_index("iso3")
    records: dict[str, Any] = {
        str(row.vote): row for row in data.load("resolutions").sort_values("day", kind="stable").itertuples()
    }
    names = {str(iso3): places.name(str(iso3)) for iso3 in table.index}
    groups = _groups(sorted(names, key=names.__getitem__))
    held = {vote: {str(k): str(v) for k, v in table[vote].items()} for vote in records}

    def draw(resolution: str, group: str, state: str) -> Panel:
        record, answers = records[resolution], held[resolution]
        states = groups[group].states
        by = {one: found for one in ANSWERS if (found := [s for s in states if answers[s] == one])}
        asked, told = _find(state.strip(), names)
        if asked:
            who = names[asked] if asked in states else tr("{state}, outside this group,", state=names[asked])
            told = tr(_WORDS.found["answers"][answers[asked]], state=who)
        sentence = f"{_sentence(groups[group], by, record)} {told}".strip()
        if set(by) <= {NO_SEAT}:
            return Panel(sentence, "")
        rows, blocks = [], []
        for one, found in by.items():
            answer = tr("{answer} ({n})", answer=capitalised(style.VOTES[one].label), n=len(found))
            rows.append((answer, _list_names(one, found, names, asked)))
            side = 38 if len(states) <= FEW else 14
            title = style.in_words(one, len(found))
            blocks.append(pictures.squares(title, style.VOTES[one], found, asked, side))
        here = next((i for i, found in enumerate(by.values()) if asked in found), None)
        heads = [tr("Answer"), tr("States")]
        table = markup.table(f"{record.number}: {record.title}", heads, rows, chosen=here)
        return Panel(sentence, pictures.beside(*blocks) + table)

    dated = {
        vote: tr("{day}: {vote}", day=day(row.day, year=False), vote=row.short)
        for vote, row in records.items()
    }
    sized = {name: tr("{group} ({n})", group=one.label, n=len(one.states)) for name, one in groups.items()}
    return _WORDS.explorer(draw, {"resolution": dated, "group": sized}, day=day(data.as_day(DAY)))


def _groups(voters: Sequence[str]) -> dict[str, Group]:
    """Return the groups of states in the course's tables, each in the order of `voters`."""
    sco = data.members(DAY, None).set_index("iso3")["status"]
    other = data.held_on(data.load("org_membership").query("status == 'member'"), DAY)
    states: dict[str, set[str]] = {
        "world": set(voters),
        "sco_members": set(sco.index[sco == "member"]),
        "sco_observers": set(sco.index[sco == "observer"]),
        "sco_partners": set(sco.index[sco == "dialogue partner"]),
        "central_asia": set(CENTRAL_ASIA),
        **{
            name.lower(): set(other.loc[other["organisation"] == name, "iso3"])
            for name in ("CSTO", "EAEU", "CIS")
        },
        "outside": set(voters) - set(sco.index),
    }
    return {
        key: Group(label, name, tuple(iso3 for iso3 in voters if iso3 in states[key]))
        for key, (label, name) in _WORDS.found["groups"].items()
    }


def _sentence(group: Group, by: Mapping[str, Sequence[str]], record: Any) -> str:
    counts = sorted(((len(found), one) for one, found in by.items() if one != NO_SEAT), key=lambda c: -c[0])
    seated, total = sum(n for n, _ in counts), len(group.states)
    return _WORDS(
        "nobody" if not seated else "everybody" if seated == total else "seated",
        n=total,
        states=group.name,
        seated=seated,
        tally=listed([style.in_words(one, n) for n, one in counts]),
        vote=tr("{number} ({day})", number=record.number, day=day(record.day)),
    )


def _find(asked: str, names: Mapping[str, str]) -> tuple[str, str]:
    """Return (code, "") of the state that the text names or begins, or ("", reason) if there is none."""
    if not asked:
        return "", ""
    try:
        iso3 = places.find(asked)
    except CourseError:
        begun = [one for one, name in names.items() if name.casefold().startswith(asked.casefold())]
        if not begun:
            return "", _WORDS("unknown", text=asked[:LETTERS])
        if len(begun) > 1:
            return "", _WORDS("several", states=listed(sorted(names[one] for one in begun)))
        iso3 = begun[0]
    return (iso3, "") if iso3 in names else ("", _WORDS("outsider", state=places.name(iso3)))


def _list_names(answer: str, states: Sequence[str], names: Mapping[str, str], asked: str) -> str:
    """List states' names, the chosen one marked; a long list of states without a seat is not spelt out."""
    if answer == NO_SEAT and len(states) > FEW:
        return tr("all the others")
    told = [markup.escape(names[iso3]) for iso3 in states]
    return markup.Markup(
        ", ".join(
            markup.element("strong", f"▸ {name}") if iso3 == asked else name
            for iso3, name in zip(states, told, strict=True)
        )
    )
