"""The map of four votes in the United Nations, 2022."""

from typing import Any

import pandas as pd

from samarkand import data, places
from samarkand.common.errors import make_unknown_name
from samarkand.common.words import capitalise_text, tr, write_day
from samarkand.html.style import VOTES
from samarkand.maps._base import draw_world
from samarkand.maps._offline import OfflineMap
from samarkand.maps._scene import Step

__all__ = ["votes"]


def votes(resolution: str = "es_11_1") -> OfflineMap:
    """Draw how the states of the world voted on Ukraine and on Xinjiang in 2022.

    Buttons in the map choose one of four votes: three of the General Assembly, one of the Human Rights
    Council.

    Parameters
    ----------
    resolution : str, default "es_11_1"
        The vote shown first, by its name in the table ``resolutions``.

    Raises
    ------
    UnknownName
        If there is no such vote.

    Examples
    --------
    >>> votes()
    World map of four votes in the UN, 2022. ES-11/1, 2 March 2022: 141 yes, 5 no, 35 abstained.
    """
    table = data.load("resolutions").sort_values("day", kind="stable")
    names = [str(name) for name in table["vote"]]
    if resolution not in names:
        raise make_unknown_name(tr("vote"), resolution, names)
    at = names.index(resolution)
    rows: Any = table.to_dict("records")
    records = [row | {"votes": tr("{yes} yes, {no} no, {abstain} abstained", **row)} for row in rows]
    return draw_world(
        "votes",
        data.load("un_votes").set_index("iso3")[names],
        VOTES,
        gaps=records[at]
        | {"day": write_day(records[at]["day"]), "finding": say_finding(records[at], data.load("un_votes"))},
        steps=[_make_step(record, data.load("un_votes")) for record in records],
        step=at,
        days=[f"{record['day']:%Y-%m-%d}" for record in records],
        # The vote in a few words, and its day.
        ticks=[
            f"{capitalise_text(record['short'].partition(' (')[0])}\n{write_day(record['day'], year=False)}"
            for record in records
        ],
        listed=["no"],
    )


def say_finding(vote: dict[str, Any], ballots: pd.DataFrame) -> str:
    """Return what a vote found, as a title: how many said yes, and what most members of the SCO said.

    Parameters
    ----------
    vote : dict
        Its row of the table ``resolutions``.
    ballots : pandas.DataFrame
        The table ``un_votes``.
    """
    voters = ballots.loc[ballots[vote["vote"]] != "not a member"]
    held = data.members(f"{vote['day']:%Y-%m-%d}")["iso3"]
    said = voters.loc[voters["iso3"].isin(held), vote["vote"]].value_counts()
    most, n = str(said.index[0]), int(said.iloc[0])
    words = {
        "yes": tr("said yes"),
        "no": tr("said no"),
        "abstain": tr("abstained"),
        "did not vote": tr("did not vote"),
    }
    return tr(
        "Of {voters} states {yes} said yes; {n} of {members} SCO members {said}",
        yes=vote["yes"],
        voters=len(voters),
        n=n,
        members=int(said.sum()),
        said=words[most],
    )


def _make_step(vote: dict[str, Any], ballots: pd.DataFrame) -> Step:
    said = tr("{body}, {when}: {votes}", when=write_day(vote["day"]), **vote)
    if vote["did_not_vote"]:
        said = tr("{counted}, {n} did not vote", counted=said, n=vote["did_not_vote"])
    more = vote["number"] if vote["yes"] > vote["no"] else tr("{number}, rejected", **vote)
    return Step(vote["title"], said, more, _list_members(vote, ballots), title=say_finding(vote, ballots))


def _list_members(vote: dict[str, Any], ballots: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """Return how each member of the SCO voted, below a heading."""
    held = data.members(f"{vote['day']:%Y-%m-%d}")["iso3"]
    answers = ballots.set_index("iso3")[vote["vote"]]
    rows = [(places.name(iso3), VOTES[str(answers[iso3])].label) for iso3 in held]
    return ((tr("The members of the SCO"), ""), *sorted(rows))
