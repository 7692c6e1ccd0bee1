"""The map of four votes in the United Nations, 2022."""

from typing import Any

from samarkand import data
from samarkand.common.errors import unknown
from samarkand.common.words import capitalised, day, tr
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
        raise unknown(tr("vote"), resolution, names)
    at = names.index(resolution)
    rows: Any = table.to_dict("records")
    records = [row | {"votes": tr("{yes} yes, {no} no, {abstain} abstained", **row)} for row in rows]
    return draw_world(
        "votes",
        data.load("un_votes").set_index("iso3")[names],
        VOTES,
        gaps=records[at] | {"day": day(records[at]["day"])},
        steps=[_make_step(record) for record in records],
        step=at,
        days=[f"{record['day']:%Y-%m-%d}" for record in records],
        # The vote in a few words, and its day.
        ticks=[
            f"{capitalised(record['short'].partition(' (')[0])}\n{day(record['day'], year=False)}"
            for record in records
        ],
        listed=["no"],
    )


def _make_step(vote: dict[str, Any]) -> Step:
    said = tr("{body}, {when}: {votes}", when=day(vote["day"]), **vote)
    if vote["did_not_vote"]:
        said = tr("{counted}, {n} did not vote", counted=said, n=vote["did_not_vote"])
    more = vote["number"] if vote["yes"] > vote["no"] else tr("{number}, rejected", **vote)
    return Step(vote["title"], said, more)
