"""Four votes in the United Nations in 2022, by group of states and by state."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from samarkand import data, places
from samarkand.explore._engine import Explorer, Panel
from samarkand.ground.errors import CourseError
from samarkand.ground.words import capitalised, day, listed, tr
from samarkand.jupyter import controls
from samarkand.page import markup, pictures, style
from samarkand.places import CENTRAL_ASIA

__all__ = ["votes"]

#: The day on which states belonged to a group, so that all four votes are of the same states.
DAY = "2022-09-15"
#: The answers in the order of the picture; the last one means no seat.
ANSWERS = ("yes", "abstain", "no", "did not vote", "not a member")
NO_SEAT = ANSWERS[-1]
#: Searches for tests: none, a state that missed a vote, other scripts, several states, an unknown name.
STATES = ("", "Uzbekistan", "中国", "kaz", "U", "Taiwan", "Atlantis")
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
        asked, told = _state(state, states, answers, names)
        sentence = " ".join(part for part in (_sentence(groups[group], by, record), told) if part)
        if set(by) <= {NO_SEAT}:
            return Panel(sentence, "")
        rows = [
            (
                tr("{answer} ({n})", answer=capitalised(style.VOTES[one].label), n=len(found)),
                _list_names(one, found, names, asked),
            )
            for one, found in by.items()
        ]
        here = next((i for i, found in enumerate(by.values()) if asked in found), None)
        few = len(states) <= FEW
        blocks = [
            pictures.squares(
                style.in_words(one, len(found)), style.VOTES[one], found, asked, 38 if few else 14
            )
            for one, found in by.items()
        ]
        return Panel(
            sentence,
            pictures.beside(*blocks)
            + markup.table(
                f"{record.number}: {record.title}", [tr("Answer"), tr("States")], rows, chosen=here
            ),
        )

    return Explorer(
        {
            "resolution": controls.choice(
                tr("Vote"),
                [
                    (tr("{day}: {vote}", day=day(row.day, year=False), vote=row.short), vote)
                    for vote, row in records.items()
                ],
                "es_11_3",
                tooltip=tr("Three votes of the General Assembly, one of the Human Rights Council"),
            ),
            "group": controls.choice(
                tr("Group"),
                [
                    (tr("{group} ({n})", group=one.label, n=len(one.states)), name)
                    for name, one in groups.items()
                ],
                "sco_members",
                tooltip=tr("Who belonged to it on {day}", day=day(data.as_day(DAY))),
            ),
            "state": controls.words(tr("Pick out"), placeholder=tr("a state: Uzbekistan, UZB")),
        },
        draw,
        title=tr("Who voted how?"),
        source=tr(
            "tables un_votes and resolutions; groups as on {day}, tables sco_membership and org_membership",
            day=day(data.as_day(DAY)),
        ),
        samples={"state": STATES},
    )


def _groups(voters: Sequence[str]) -> dict[str, Group]:
    """Return the groups of states in the course's tables, each in the order of `voters`."""
    sco = data.members(DAY, None).set_index("iso3")["status"]
    other = data.held_on(data.load("org_membership").query("status == 'member'"), DAY)

    def of(organisation: str) -> set[str]:
        return set(other.loc[other["organisation"] == organisation, "iso3"])

    found = {
        "world": (tr("All members of the UN"), tr("members of the UN"), set(voters)),
        "sco_members": (tr("SCO members"), tr("SCO members"), set(sco.index[sco == "member"])),
        "sco_observers": (tr("SCO observers"), tr("SCO observers"), set(sco.index[sco == "observer"])),
        "sco_partners": (
            tr("SCO dialogue partners"),
            tr("SCO dialogue partners"),
            set(sco.index[sco == "dialogue partner"]),
        ),
        "central_asia": (tr("Central Asia"), tr("states of Central Asia"), set(CENTRAL_ASIA)),
        "csto": (tr("CSTO members"), tr("CSTO members"), of("CSTO")),
        "eaeu": (tr("EAEU members"), tr("EAEU members"), of("EAEU")),
        "cis": (tr("CIS members"), tr("CIS members"), of("CIS")),
        "outside": (
            tr("States outside the SCO"),
            tr("states that are neither members nor partners"),
            set(voters) - set(sco.index),
        ),
    }
    return {
        key: Group(label, name, tuple(iso3 for iso3 in voters if iso3 in states))
        for key, (label, name, states) in found.items()
    }


def _sentence(group: Group, by: Mapping[str, Sequence[str]], record: Any) -> str:
    counts = sorted(((len(found), one) for one, found in by.items() if one != NO_SEAT), key=lambda c: -c[0])
    tally = listed([style.in_words(one, n) for n, one in counts])
    seated, total = sum(n for n, _ in counts), len(group.states)
    on = tr("{number} ({day})", number=record.number, day=day(record.day))
    if not seated:
        return tr(
            "None of the {n} {states} had a seat in the Council, so none voted on {vote}.",
            n=total,
            states=group.name,
            vote=on,
        )
    if seated == total:
        return tr("Of the {n} {states}, {tally} on {vote}.", n=total, states=group.name, tally=tally, vote=on)
    return tr(
        "Of the {n} {states}, {seated} had a seat in the Council; {tally} on {vote}.",
        n=total,
        states=group.name,
        seated=seated,
        tally=tally,
        vote=on,
    )


def _state(
    text: str, states: Sequence[str], answers: Mapping[str, str], names: Mapping[str, str]
) -> tuple[str, str]:
    """Return (ISO3 code, sentence on its vote) of a state, or ("", reason) if no single one is named."""
    iso3, trouble = _find(text.strip(), names)
    if not iso3:
        return "", trouble
    who = names[iso3] if iso3 in states else tr("{state}, outside this group,", state=names[iso3])
    said = {
        "yes": tr("{state} voted yes.", state=who),
        "no": tr("{state} voted no.", state=who),
        "abstain": tr("{state} abstained.", state=who),
        "did not vote": tr(
            "{state} did not vote, which is not the same as abstaining: it may have been absent, barred or "
            "silent on purpose, and the record does not say which.",
            state=who,
        ),
        NO_SEAT: tr("{state} had no seat in the Council.", state=who),
    }
    return iso3, said[answers[iso3]]


def _find(asked: str, names: Mapping[str, str]) -> tuple[str, str]:
    """Return (code, "") of the state that the text names or begins, or ("", reason) if there is none."""
    if not asked:
        return "", ""
    try:
        iso3 = places.find(asked)
    except CourseError:
        begun = [one for one, name in names.items() if name.casefold().startswith(asked.casefold())]
        if not begun:
            return "", tr(
                "No state is called “{text}”; try a name or a code, such as UZB.", text=asked[:LETTERS]
            )
        if len(begun) > 1:
            states = listed(sorted(names[one] for one in begun))
            return "", tr("Several states begin so: {states}.", states=states)
        iso3 = begun[0]
    if iso3 not in names:
        return "", tr("{state} is no member of the United Nations and has no vote.", state=places.name(iso3))
    return iso3, ""


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
