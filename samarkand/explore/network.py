"""Ties: choose the ones to count, and see which actors are central."""

from typing import Any, NamedTuple

import networkx as nx
import pandas as pd

from samarkand import data
from samarkand.explore._engine import Explorer, Panel
from samarkand.ground.words import capitalised, day, listed, tr, trn
from samarkand.jupyter import controls
from samarkand.page import markup, pictures

__all__ = ["ties"]

EVERY = "all"
_SIGN = {"friendly": 1, "hostile": -1, "neutral": 0}
#: Last days of ties: before the war, the day of the article, the end of the summit.
DAYS = ("2021-12-31", "2022-09-12", "2022-09-16")
ARTICLE, WORLD = "article", "world"
#: Number of actors shown.
MOST = 5


class Tables(NamedTuple):
    """Ties, the names of actors, and the state of each person."""

    ties: pd.DataFrame
    names: dict[str, str]
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
    called, states = ({str(id): str(of) for id, of in found.items()} for found in (entities["name"], persons))
    tables = Tables(data.load("ties"), called, states)

    named = {
        EVERY: tr("all kinds"),
        "contact": tr("contact"),
        "membership": tr("membership"),
        "place": tr("place"),
        "economy": tr("economy"),
        "politics": tr("politics"),
    }
    signs = {
        EVERY: tr("all signs"),
        "friendly": tr("friendly"),
        "hostile": tr("hostile"),
        "neutral": tr("neutral"),
    }
    networks = {ARTICLE: tr("the article"), WORLD: tr("article and context")}

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
        told = tr(
            "{kind}, {sign}, up to {day}, from {where}, persons {persons}:",
            kind=capitalised(named[kind]),
            sign=signs[sign],
            day=day(data.as_day(until)),
            where=networks[where],
            persons=tr("as states") if merged else tr("as themselves"),
        )
        return _panel(tables, told, chosen[chosen["actor"] != chosen["target"]])

    return Explorer(
        {
            "kind": controls.choice(tr("Kind"), named, EVERY),
            "sign": controls.choice(tr("Sign"), signs, EVERY),
            "until": controls.choice(tr("Up to"), [(day(data.as_day(one)), one) for one in DAYS], DAYS[-1]),
            "where": controls.choice(tr("From"), networks, ARTICLE),
            "merged": controls.tick(
                tr("Persons count as their states"), False, tooltip=tr("Xi as China, Putin as Russia")
            ),
        },
        draw,
        title=tr("Who is at the centre?"),
        source=tr("own coding of the article and of its context (tables ties, entities)"),
    )


def _panel(tables: Tables, told: str, chosen: pd.DataFrame) -> Panel:
    if chosen.empty:
        none = tr("No tie is left, so nobody is at the centre. Take one of the filters away.")
        return Panel(f"{told} {none}", "")
    graph = nx.from_pandas_edgelist(chosen, "actor", "target")
    neighbours = dict(graph.degree)
    between = nx.betweenness_centrality(graph)
    n, pairs = len(chosen), graph.number_of_edges()
    counted = trn("{n} tie of {m} actors.", "{n} ties of {m} actors.", n, m=len(graph))
    sentence = f"{told} {counted} {_first(tables, neighbours, between)}"
    charts = (_bars(tables, tr("Neighbours"), neighbours, 0), _bars(tables, tr("Betweenness"), between, 2))
    pieces = nx.number_connected_components(graph)
    body = pictures.beside(*charts)
    said = trn(
        "The {pairs} pairs hang together in {n} piece.",
        "The {pairs} pairs fall into {n} pieces.",
        pieces,
        pairs=pairs,
    )
    # One pair is one piece: that needs no sentence.
    return Panel(sentence, body + (markup.element("p", markup.escape(said)) if pairs > 1 else ""))


def _leaders(tables: Tables, values: dict[str, Any]) -> str:
    top = max(values.values())
    names = sorted(tables.names[one] for one, value in values.items() if value > top - 1e-9)
    return listed(names) if len(names) <= 3 else tr("{n} actors at once", n=len(names))


def _first(tables: Tables, neighbours: dict[str, int], between: dict[str, float]) -> str:
    """Return a sentence with the first actor by each of the two measures."""
    most = max(neighbours.values())
    top = max(between.values())
    n = sum(value == most for value in neighbours.values())
    said = trn(
        "{who} has most neighbours, {most}.",
        "{who} have most neighbours, {most} each.",
        n,
        who=_leaders(tables, neighbours),
        most=most,
    )
    if top < 1e-9:
        return said + " " + tr("Nobody lies between two others.")
    return (
        said
        + " "
        + tr("On most shortest paths: {who}, betweenness {top:.2f}.", who=_leaders(tables, between), top=top)
    )


def _bars(tables: Tables, title: str, values: dict[str, Any], digits: int) -> str:
    """Return bars of the `MOST` actors with the highest values; of equals, the first in the alphabet."""
    ranked = sorted(values, key=lambda one: (-values[one], tables.names[one]))[:MOST]
    rows = [
        (tables.names[one], float(values[one]), f"{values[one]:.{digits}f}", pictures.BLUE) for one in ranked
    ]
    told = listed([tr("{name} {value}", name=name, value=shown) for name, _, shown, _ in rows])
    alt = tr("{title}: {told}.", title=title, told=told)
    # A little more than the longest, so that its figure has room on a telephone.
    return pictures.half(title, pictures.bars(rows, alt, most=1.2 * rows[0][1] or 1.0))
