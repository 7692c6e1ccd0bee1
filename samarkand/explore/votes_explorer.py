"""Four votes in the United Nations in 2022, by group of states and by state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from samarkand import data, places
from samarkand.common.errors import CourseError
from samarkand.common.words import capitalise_text, join_in_words, tr, write_day
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


@dataclass(frozen=True)
class Group:
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
    resolutions: dict[str, Any] = {}
    row: Any
    for row in data.load("resolutions").sort_values("day", kind="stable").itertuples():
        resolutions[str(row.vote)] = row
    names = {str(iso3): places.name(str(iso3)) for iso3 in table.index}
    groups = _make_groups(sorted(names, key=names.__getitem__))

    def draw(resolution: str, group: str, state: str) -> Panel:
        answers = {str(iso3): str(answer) for iso3, answer in table[resolution].items()}
        by_answer = _sort_by_answer(groups[group].states, answers)
        asked, told = _find_state(state.strip(), names)
        if asked:
            told = _say_answer(names[asked], answers[asked], inside=asked in groups[group].states)
        sentence = f"{_say_tally(groups[group], by_answer, resolutions[resolution])} {told}".strip()
        if not set(by_answer) - {NO_SEAT}:  # nobody in the group had a vote: there is nothing to draw
            return Panel(sentence, "")
        return Panel(
            sentence,
            _draw_answers(by_answer, asked) + _make_table(resolutions[resolution], by_answer, names, asked),
        )

    dated = {}
    for vote, row in resolutions.items():
        dated[vote] = tr("{day}: {vote}", day=write_day(row.day, year=False), vote=row.short)
    sized = {}
    for key, group in groups.items():
        sized[key] = tr("{group} ({n})", group=group.label, n=len(group.states))
    return _WORDS.explorer(draw, {"resolution": dated, "group": sized}, day=write_day(data.as_day(DAY)))


def _make_groups(voters: Sequence[str]) -> dict[str, Group]:
    """Return the groups of states in the course's tables, each in the order of `voters`."""
    sco = data.members(DAY, None).set_index("iso3")["status"]
    clubs = data.held_on(data.load("org_membership").query("status == 'member'"), DAY)
    states: dict[str, set[str]] = {
        "world": set(voters),
        "sco_members": set(sco.index[sco == "member"]),
        "sco_observers": set(sco.index[sco == "observer"]),
        "sco_partners": set(sco.index[sco == "dialogue partner"]),
        "central_asia": set(CENTRAL_ASIA),
        "outside": set(voters) - set(sco.index),
    }
    for club in ("CSTO", "EAEU", "CIS"):
        states[club.lower()] = set(clubs.loc[clubs["organisation"] == club, "iso3"])
    groups = {}
    for key, (label, name) in _WORDS.found["groups"].items():
        groups[key] = Group(label, name, tuple(iso3 for iso3 in voters if iso3 in states[key]))
    return groups


def _sort_by_answer(states: Sequence[str], answers: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the states that gave each answer, in the order of `ANSWERS`; an answer of nobody is left out."""
    found: dict[str, list[str]] = {}
    for answer in ANSWERS:
        same = [iso3 for iso3 in states if answers[iso3] == answer]
        if same:
            found[answer] = same
    return found


def _find_state(asked: str, names: Mapping[str, str]) -> tuple[str, str]:
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
            return "", _WORDS("several", states=join_in_words(sorted(names[one] for one in begun)))
        iso3 = begun[0]
    if iso3 not in names:
        return "", _WORDS("outsider", state=places.name(iso3))
    return iso3, ""


def _say_answer(name: str, answer: str, *, inside: bool) -> str:
    """Return a sentence on the state that the reader asked for, inside the group or outside."""
    state = name if inside else tr("{state}, outside this group,", state=name)
    return tr(_WORDS.found["answers"][answer], state=state)


def _say_tally(group: Group, by_answer: Mapping[str, Sequence[str]], resolution: Any) -> str:
    """Return a sentence with how many of a group gave each answer, the most frequent first."""
    counts = [(len(states), answer) for answer, states in by_answer.items() if answer != NO_SEAT]
    counts.sort(key=lambda count: -count[0])
    total = len(group.states)
    seated = sum(n for n, _ in counts)
    if not seated:
        text = "nobody"
    elif seated == total:
        text = "everybody"
    else:
        text = "seated"
    return _WORDS(
        text,
        n=total,
        states=group.name,
        seated=seated,
        tally=join_in_words([style.in_words(answer, n) for n, answer in counts]),
        vote=tr("{number} ({day})", number=resolution.number, day=write_day(resolution.day)),
    )


def _draw_answers(by_answer: Mapping[str, Sequence[str]], asked: str) -> str:
    """Draw each state as a square in its answer's colour; those of a small group are large, with codes."""
    total = sum(map(len, by_answer.values()))
    side = 38 if total <= FEW else 14
    blocks = []
    for answer, states in by_answer.items():
        title = style.in_words(answer, len(states))
        blocks.append(pictures.draw_squares(title, style.VOTES[answer], states, asked, side))
    return pictures.place_beside(*blocks)


def _make_table(
    resolution: Any, by_answer: Mapping[str, Sequence[str]], names: Mapping[str, str], asked: str
) -> str:
    """Return the states by answer as a table, with the row of the asked state marked."""
    rows = []
    chosen = None
    for number, (answer, states) in enumerate(by_answer.items()):
        label = capitalise_text(style.VOTES[answer].label)
        rows.append(
            (tr("{answer} ({n})", answer=label, n=len(states)), _list_names(answer, states, names, asked))
        )
        if asked in states:
            chosen = number
    title = f"{resolution.number}: {resolution.title}"
    return markup.make_table(title, [tr("Answer"), tr("States")], rows, chosen=chosen)


def _list_names(answer: str, states: Sequence[str], names: Mapping[str, str], asked: str) -> str:
    """Return states' names as HTML, with commas between, the asked one marked; empty without states.

    Of states without a seat, if they are more than `FEW`, only that they are all the others.
    """
    if answer == NO_SEAT and len(states) > FEW:
        return tr("all the others")
    told = []
    for iso3 in states:
        name = markup.escape_html(names[iso3])
        told.append(markup.make_element("strong", f"▸ {name}") if iso3 == asked else name)
    return markup.Markup(", ".join(told))
