"""Ties: choose the ones to count, and see which actors are central."""

from dataclasses import dataclass
from typing import Any

import networkx as nx
import pandas as pd

from samarkand import data
from samarkand.common.words import capitalise_text, join_in_words, tr, write_day
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup, pictures, style

__all__ = ["ties"]

_WORDS = Words("ties")
EVERY = "all"
_SIGN = {"friendly": 1, "hostile": -1, "neutral": 0}
#: Last days of ties: before the war, the day of the article, the end of the summit.
DAYS = ("2021-12-31", "2022-09-12", "2022-09-16")
ARTICLE = "article"
#: Number of actors shown.
MOST = 5


@dataclass(frozen=True)
class Tables:
    """The tables that the explorer reads."""

    ties: pd.DataFrame
    #: The name of each actor by its id.
    names: dict[str, str]
    #: The state of each person by the person's id.
    states: dict[str, str]


def ties() -> Explorer:
    """Return an explorer of ties: most neighbours, highest betweenness, balanced triangles.

    Controls: kind of tie, sign, the last day, the article alone or its context as well, and whether persons
    count as their states.

    Examples
    --------
    >>> "Russia has most neighbours, 11" in ties().render()
    True
    >>> "No tie is left" in ties().render(kind="membership", sign="hostile")
    True
    """
    entities = data.load("entities").set_index("id")
    persons = entities.loc[entities["type"] == "person", "iso3"].dropna()
    tables = Tables(
        ties=data.load("ties"),
        names={str(actor): str(name) for actor, name in entities["name"].items()},
        states={str(person): str(state) for person, state in persons.items()},
    )
    controls = _WORDS.found["controls"]

    def draw(kind: str, sign: str, until: str, where: str, merged: bool) -> Panel:
        chosen = tables.ties[tables.ties["day"] <= data.as_day(until)]
        if where == ARTICLE:
            chosen = chosen[chosen["in_article"]]
        if kind != EVERY:
            chosen = chosen[chosen["kind"] == kind]
        if sign != EVERY:
            chosen = chosen[chosen["sign"] == _SIGN[sign]]
        if merged:
            chosen = chosen.replace({"actor": tables.states, "target": tables.states})
        told = _WORDS(
            "chosen",
            kind=capitalise_text(controls["kind"]["options"][kind]),
            sign=controls["sign"]["options"][sign],
            day=write_day(data.as_day(until)),
            where=controls["where"]["options"][where],
            persons=tr("as states") if merged else tr("as themselves"),
        )
        return _count_ties(tables, told, chosen[chosen["actor"] != chosen["target"]])

    return _WORDS.explorer(draw, {"until": [(write_day(data.as_day(one)), one) for one in DAYS]})


def _count_ties(tables: Tables, told: str, chosen: pd.DataFrame) -> Panel:
    if chosen.empty:
        return Panel(f"{told} {_WORDS('none')}", "")
    graph = nx.from_pandas_edgelist(chosen, "actor", "target")
    neighbours = dict(graph.degree)
    between = nx.betweenness_centrality(graph)
    counted = _WORDS("counted", n=len(chosen), m=len(graph))
    sentence = f"{told} {counted} {_say_first(tables, neighbours, between)}"
    body = pictures.place_beside(
        _draw_bars(tables, tr("Neighbours"), neighbours, 0),
        _draw_bars(tables, tr("Betweenness"), between, 2),
    )
    pairs = graph.number_of_edges()
    if pairs > 1:  # one pair is one piece: that needs no sentence
        said = _WORDS("pieces", n=nx.number_connected_components(graph), pairs=pairs)
        body += markup.make_element("p", markup.escape_html(said))
    return Panel(sentence, body)


def _name_leaders(tables: Tables, values: dict[str, Any]) -> str:
    """Return the actors with the highest value; more than three are only counted."""
    top = max(values.values())
    names = sorted(tables.names[one] for one, value in values.items() if value > top - 1e-9)
    return join_in_words(names) if len(names) <= 3 else _WORDS("several", n=len(names))


def _say_first(tables: Tables, neighbours: dict[str, int], between: dict[str, float]) -> str:
    """Return a sentence with the first actor by each of the two measures."""
    most, top = max(neighbours.values()), max(between.values())
    n = sum(value == most for value in neighbours.values())
    said = _WORDS("most", n=n, who=_name_leaders(tables, neighbours), most=most)
    if top < 1e-9:
        return f"{said} {_WORDS('nobody_between')}"
    return f"{said} {_WORDS('between', who=_name_leaders(tables, between), top=top)}"


def _draw_bars(tables: Tables, title: str, values: dict[str, Any], digits: int) -> str:
    """Return bars of the `MOST` actors with the highest values; of equals, the first in the alphabet."""
    ranked = sorted(values, key=lambda one: (-values[one], tables.names[one]))[:MOST]
    rows = [
        (
            tables.names[one],
            float(values[one]),
            f"{values[one]:.{digits}f}",
            style.colour_of_name(tables.names[one]),
        )
        for one in ranked
    ]
    told = join_in_words([tr("{name} {value}", name=name, value=shown) for name, _, shown, _ in rows])
    alt = tr("{title}: {told}.", title=title, told=told)
    # A little more than the longest, so that its figure has room on a telephone.
    return pictures.make_half(title, pictures.draw_bars(rows, alt, most=1.2 * rows[0][1] or 1.0))
