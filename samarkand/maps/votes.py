"""The map of four votes in the United Nations, 2022."""

from typing import Any

from samarkand import data
from samarkand.ground.errors import unknown
from samarkand.ground.words import capitalised, day, tr
from samarkand.maps._base import world
from samarkand.maps._offline import OfflineMap
from samarkand.maps._scene import Step
from samarkand.page.style import VOTES

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
        raise unknown(tr("vote"), resolution, names)
    at = names.index(resolution)
    records = [{str(column): cell for column, cell in row.items()} for row in table.to_dict("records")]
    return world(
        "votes",
        data.load("un_votes").set_index("iso3")[names],
        VOTES,
        gaps={**records[at], "day": day(records[at]["day"]), "votes": _tally(records[at])},
        steps=[_step(record) for record in records],
        step=at,
        days=[f"{record['day']:%Y-%m-%d}" for record in records],
        ticks=[_button(record) for record in records],
        listed=["no"],
    )


def _button(vote: dict[str, Any]) -> str:
    """Return the text of a vote's button: the vote in a few words, and its day."""
    return f"{capitalised(vote['short'].partition(' (')[0])}\n{day(vote['day'], year=False)}"


def _tally(vote: dict[str, Any]) -> str:
    return tr(
        "{yes} yes, {no} no, {abstain} abstained", yes=vote["yes"], no=vote["no"], abstain=vote["abstain"]
    )


def _step(vote: dict[str, Any]) -> Step:
    said = tr("{body}, {day}: {votes}", body=vote["body"], day=day(vote["day"]), votes=_tally(vote))
    if vote["did_not_vote"]:
        said = tr("{counted}, {n} did not vote", counted=said, n=vote["did_not_vote"])
    passed = vote["yes"] > vote["no"]
    more = vote["number"] if passed else tr("{number}, rejected", number=vote["number"])
    return Step(str(vote["title"]), said, str(more))
