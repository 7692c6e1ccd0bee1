"""Who voted how: four votes in the United Nations in 2022, by group of states and for any one state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from samarkand import data, places
from samarkand.explore.engine import Explorer, Panel
from samarkand.ground.errors import CourseError, unknown
from samarkand.page import controls, markup, style

#: Groups hold the states that belonged to them on this day, so that all four votes are of the same states.
DAY = "2022-09-15"
CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
#: The answers in the order of the picture; the last one is no answer.
ANSWERS = ("yes", "abstain", "no", "did not vote", "not a member")
#: States that tests ask for: none, one that did not vote once, in other scripts, several, none of that name.
STATES = ("", "Uzbekistan", "中国", "kaz", "U", "Taiwan", "Atlantis")
#: Up to so many states are drawn as large squares, with their codes.
FEW = 24
_LABEL, _WIDE = 170, 780


class Group(NamedTuple):
    """A group of states: its key, what a sentence calls its states, and their codes."""

    key: str
    name: str
    states: tuple[str, ...]


def votes(resolution: str = "es_11_3", group: str = "SCO members") -> Explorer:
    """Return an explorer of four votes in the United Nations in 2022: which states of a group voted how.

    Controls: the vote, a group of states, and a state to pick out. *Did not vote* is kept apart from
    *abstained*.

    Parameters
    ----------
    resolution : str, default "es_11_3"
        The vote shown first, by its name in the table ``resolutions``.
    group : str, default "SCO members"
        The group shown first.

    Returns
    -------
    Explorer

    Raises
    ------
    UnknownName
        If there is no such vote or group; it names the nearest one.

    Examples
    --------
    >>> votes()
    Explorer "Who voted how?". Of the 8 SCO members, 6 voted no and 2 abstained on ES-11/3 (7 April 2022). \
Run this cell to move the controls.
    """
    table = data.load("un_votes").set_index("iso3")
    records: dict[str, Any] = {
        str(row.vote): row for row in data.load("resolutions").sort_values("day").itertuples()
    }
    groups = {one.key: one for one in _groups(table)}
    for name, chosen, known in (("vote", resolution, records), ("group", group, groups)):
        if chosen not in known:
            raise unknown(name, chosen, known)
    held = {vote: {str(k): str(v) for k, v in table[vote].items()} for vote in records}

    def draw(resolution: str, group: str, state: str) -> Panel:
        record, answers = records[resolution], held[resolution]
        by = _by_answer(groups[group].states, answers)
        asked, told = _state(state, groups[group].states, answers)
        sentence = " ".join(part for part in (_sentence(groups[group], by, record), told) if part)
        if set(by) <= {"not a member"}:
            return Panel(sentence, "")
        counts = ", ".join(f"{len(states)} {style.VOTES[one].plural}" for one, states in by.items())
        rows = [
            (f"{style.VOTES[one].label.capitalize()} ({len(states)})", _names(one, states))
            for one, states in by.items()
        ]
        here = next((i for i, states in enumerate(by.values()) if asked in states), None)
        drawing, height = _squares(by, asked)
        caption = f"{record.number}: {record.title}"
        return Panel(
            sentence,
            markup.picture(drawing, f"Squares, one a state: {counts}.", _WIDE, height)
            + markup.table(caption, ["Answer", "States"], rows, chosen=here),
        )

    return Explorer(
        {
            "resolution": controls.choice(
                "Vote",
                [(f"{_on(row.day)}: {_short(row)}", vote) for vote, row in records.items()],
                resolution,
                tooltip="Three votes of the General Assembly, one of the Human Rights Council",
            ),
            "group": controls.choice(
                "Group",
                [(f"{one.key} ({len(one.states)})", one.key) for one in groups.values()],
                group,
                tooltip="Who belonged to it on 15 September 2022",
            ),
            "state": controls.words(
                "Pick out",
                placeholder="a state: Uzbekistan, UZB",
                tooltip="Name or code of a state to pick out",
            ),
        },
        draw,
        title="Who voted how?",
        source="tables un_votes and resolutions; groups as on 15 September 2022, tables sco_membership and "
        "org_membership",
        samples={"state": STATES},
    )


def _groups(table: pd.DataFrame) -> list[Group]:
    """Return the groups that the course's tables give, largest choice first."""
    spells = data.load("org_membership").query("status == 'member'")
    day = pd.Timestamp(DAY)
    spells = spells[(spells["from"] <= day) & (spells["to"].isna() | (day < spells["to"]))]
    found = [Group("All members of the UN", "members of the UN", tuple(table.index))]
    for status in ("member", "observer", "dialogue partner"):
        name = f"SCO {style.mark(status).plural}"
        found.append(Group(name, name, tuple(data.members(DAY, status)["iso3"])))
    found.append(Group("Central Asia", "states of Central Asia", CENTRAL_ASIA))
    for short in ("CSTO", "EAEU", "CIS"):
        states = tuple(spells.loc[spells["organisation"] == short, "iso3"])
        found.append(Group(f"{short} members", f"{short} members", states))
    world = set(data.members(DAY, None)["iso3"])
    outside = tuple(iso3 for iso3 in table.index if iso3 not in world)
    found.append(Group("States outside the SCO", "states that are neither members nor partners", outside))
    return found


def _by_answer(states: Sequence[str], answers: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the states of each answer that somebody gave, sorted by name."""
    ordered = sorted(states, key=places.name)
    found = {one: [iso3 for iso3 in ordered if answers[iso3] == one] for one in ANSWERS}
    return {one: given for one, given in found.items() if given}


def _sentence(group: Group, by: Mapping[str, list[str]], record: Any) -> str:
    told = [(len(given), one) for one, given in by.items() if one != "not a member"]
    told.sort(key=lambda part: -part[0])
    tally = _and([f"{number} {style.VOTES[one].plural}" for number, one in told])
    seated, on = sum(number for number, _ in told), f"{record.number} ({_on(record.day)} {record.day.year})"
    if not seated:
        return (
            f"None of the {len(group.states)} {group.name} had a seat in the Council, so none voted on {on}."
        )
    if seated == len(group.states):
        return f"Of the {seated} {group.name}, {tally} on {on}."
    return f"Of the {len(group.states)} {group.name}, {seated} had a seat in the Council; {tally} on {on}."


def _state(text: str, states: Sequence[str], answers: Mapping[str, str]) -> tuple[str, str]:
    """Return the code of the state asked for, and how it voted or why there is nothing to say."""
    iso3, trouble = _find(text.strip(), answers)
    if not iso3:
        return "", trouble
    who = places.name(iso3) if iso3 in states else f"{places.name(iso3)}, outside this group,"
    if answers[iso3] == "not a member":
        return iso3, f"{who} had no seat in the Council."
    if answers[iso3] == "did not vote":
        return iso3, (
            f"{who} did not vote, which is not the same as abstaining: it may have been absent, barred or "
            "silent on purpose, and the record does not say which."
        )
    return iso3, f"{who} {style.VOTES[answers[iso3]].label}."


def _find(asked: str, answers: Mapping[str, str]) -> tuple[str, str]:
    """Return the code of a voter from what was typed so far, or a sentence on why there is none."""
    if not asked:
        return "", ""
    try:
        iso3 = places.find(asked)
    except CourseError:
        begun = [one for one in answers if places.name(one).casefold().startswith(asked.casefold())]
        if not begun:
            return "", f"No state is called “{asked[:40]}”; try a name or a code, such as UZB."
        if len(begun) > 1:
            return "", f"Several states begin so: {_and(sorted(map(places.name, begun)))}."
        iso3 = begun[0]
    if iso3 not in answers:
        return "", f"{places.name(iso3)} is no member of the United Nations and has no vote."
    return iso3, ""


def _squares(by: Mapping[str, list[str]], asked: str) -> tuple[str, float]:
    """Return a block of squares for each answer, one a state, and the height of it all."""
    few = sum(len(states) for states in by.values()) <= FEW
    side, gap = (46, 6) if few else (15, 3)
    each = (_WIDE - _LABEL) // (side + gap)
    out, y = style.patterns_svg([style.VOTES[one] for one in by]), 4.0
    for one, states in by.items():
        mark = style.VOTES[one]
        lines = -(-len(states) // each)
        tall = max(lines * (side + gap), 28)
        base = y + min(side, 20) / 2 + (13 if few else 8)
        out += (
            f'<text x="0" y="{base:g}" font-size="15"><tspan font-weight="bold">{len(states)}</tspan> '
            f"{markup.escape(mark.plural)}</text>"
        )
        for i, iso3 in enumerate(states):
            x, top = _LABEL + (i % each) * (side + gap), y + (i // each) * (side + gap)
            edge = 'stroke="#000000" stroke-width="4"' if iso3 == asked else 'stroke="#1a1a1a"'
            out += f'<rect x="{x}" y="{top:g}" width="{side}" height="{side}" fill="{mark.fill}" {edge}/>'
            if few:
                out += (
                    f'<text x="{x + side / 2:g}" y="{top + 28:g}" font-size="13" font-weight="bold" '
                    'text-anchor="middle" stroke="#ffffff" stroke-width="4" paint-order="stroke" '
                    f'stroke-linejoin="round">{iso3}</text>'
                )
        y += tall + 8
    return out, y


def _names(answer: str, states: Sequence[str]) -> str:
    """Return the names of states; of those without a seat, only if they are few."""
    if answer == "not a member" and len(states) > FEW:
        return "all the others"
    return ", ".join(map(places.name, states))


def _short(record: Any) -> str:
    """Return what a vote was about, short enough for a list."""
    return {
        "es_11_1": "the invasion (ES-11/1)",
        "es_11_3": "Russia’s seat in the Council (ES-11/3)",
        "hrc_xinjiang": "a debate on Xinjiang (HRC)",
        "es_11_4": "the annexations (ES-11/4)",
    }[str(record.vote)]


def _on(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B}"


def _and(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
