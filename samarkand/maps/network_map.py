"""The article's network as a graph: actors, and a line for each pair with a tie."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from samarkand import data
from samarkand.common.reading import rows
from samarkand.common.words import listed, tr, trn
from samarkand.html.style import marks
from samarkand.maps._offline import OfflineMap, Shapes, read_asset
from samarkand.maps._scene import Key, Label, Name, Scene, Step, fill_in, read_scene
from samarkand.maps._shapes import ASSETS, Shape

__all__ = ["network"]

#: Map units per unit of the 100 by 100 grid in the file of positions.
STEP = 30
#: The number of actors that are listed beside the graph.
MOST = 8

#: Mark of a pair, by the sign of its ties; and of one with as many friendly ties as hostile ones.
_MARKS = marks("signs")
BOTH = _MARKS.pop("both")
SIGNS = {int(sign): mark for sign, mark in _MARKS.items()}

Pairs = dict[tuple[str, str], pd.DataFrame]


class Actor(NamedTuple):
    """An actor: name, place of the dot in map units, and label with its offset in px."""

    name: str
    x: int
    y: int
    label: str
    dx: float
    dy: float


def network() -> OfflineMap:
    """Draw the article's ties as a graph; the positions of actors have no meaning.

    Buttons choose all, friendly, hostile or neutral ties.

    Examples
    --------
    >>> network().scene.steps[2].say
    'Hostile: 11 ties of 53. Most are Russia’s: 6.'
    """
    chosen: dict[str, int | None] = {tr("All"): None, tr("Friendly"): 1, tr("Hostile"): -1, tr("Neutral"): 0}
    ties = data.load("ties").query("in_article")
    actors, pairs = _read_actors(), _pair_ties(ties)
    steps = [_make_step(name, sign, ties, actors) for name, sign in chosen.items()]
    neighbours = _count_neighbours(pairs)
    ((first, most),) = neighbours.most_common(1)
    numbers = {name: len(ties) if s is None else (ties["sign"] == s).sum() for name, s in chosen.items()}
    gaps = {"first": actors[first].name, "most": most, "others": len(actors) - 1, "china": neighbours["CHN"]}
    gaps |= {"n": len(actors), "said": steps[0].say, "each": " ".join(step.say for step in steps)}
    gaps["title"] = tr(read_scene("network")["title"], **gaps)
    scene = Scene(
        **fill_in("network", **gaps),
        keys=[
            *(
                Key(mark, heading, "", line="tie")
                for heading, mark in zip([*chosen][1:], SIGNS.values(), strict=True)
            ),
            Key(BOTH, tr("As many friendly as hostile"), "", line="tie"),
        ],
        steps=steps,
        status={
            _id_of_pair(pair): "".join(_find_letter(mine, sign) for sign in chosen.values())
            for pair, mine in pairs.items()
        },
        names={
            **{
                one: Name(actor.name, "", trn("{n} neighbour", "{n} neighbours", neighbours[one]))
                for one, actor in actors.items()
            },
            **{_id_of_pair(pair): _describe_pair(pair, mine, actors) for pair, mine in pairs.items()},
        },
        labels=_label_actors(actors, pairs),
        ticks=[f"{name}\n{trn('{n} tie', '{n} ties', n)}" for name, n in numbers.items()],
        first=first,
    )
    lines = [
        Shape(_id_of_pair((a, b)), "tie", "line", [[[actors[a].x, actors[a].y], [actors[b].x, actors[b].y]]])
        for a, b in pairs
    ]
    dots = [Shape(one, "stop", "dot", [a.x, a.y], 3 + 0.6 * neighbours[one]) for one, a in actors.items()]
    drawn = OfflineMap(scene, [*lines, *dots])
    drawn.add_child(Shapes([*lines, *dots], "above"))
    drawn.add_html(f"<style>{read_asset('network.css')}</style>")
    return drawn


def _read_actors() -> dict[str, Actor]:
    """Return the actors by id, in the order of the file of places."""
    names, found = data.load("entities").set_index("id")["name"], {}
    for row in rows(ASSETS / "network.csv"):
        x, y, dx, dy = (float(row[one]) for one in ("x", "y", "dx", "dy"))
        name = str(names[row["id"]])
        found[row["id"]] = Actor(name, round(STEP * x), round(STEP * y), row["label"], dx, dy)
    return found


def _pair_ties(ties: pd.DataFrame) -> Pairs:
    """Return the ties of each pair of actors, in alphabetical order."""
    both = [(min(two), max(two)) for two in zip(ties["actor"], ties["target"], strict=True)]
    found: Any = ties.groupby(pd.Series(both, ties.index))
    return {pair: mine for pair, mine in found if pair[0] != pair[1]}


def _find_letter(ties: pd.DataFrame, sign: int | None) -> str:
    """Return the mark code of a pair's ties: for the sum of their signs, or for one sign ("-" for none)."""
    signs, total = set(ties["sign"]), int(ties["sign"].sum())
    if sign is not None:
        return SIGNS[sign].code if sign in signs else "-"
    if total == 0 and signs != {0}:
        return BOTH.code
    return SIGNS[int(total > 0) - int(total < 0)].code


def _id_of_pair(pair: tuple[str, str]) -> str:
    return f"tie-{pair[0]}-{pair[1]}"


def _make_step(name: str, sign: int | None, ties: pd.DataFrame, actors: Mapping[str, Actor]) -> Step:
    """Return the step of all ties, or of one sign, with the actors that have most."""
    if sign is None:
        top = _count_neighbours(_pair_ties(ties)).most_common(MOST)
        who = listed([f"{actors[one].name} {n}" for one, n in top[:2]])
        text = tr("{n} ties of {m} actors. Most neighbours: {who}.", n=len(ties), m=len(actors), who=who)
        counted = tr("neighbours")
    else:
        mine = ties[ties["sign"] == sign]
        top = Counter([*mine["actor"], *mine["target"]]).most_common(MOST)
        who, most = actors[top[0][0]].name, top[0][1]
        text = tr("{label}: {n} ties of {all}. Most are {who}’s: {most}.",
                  label=name, n=len(mine), all=len(ties), who=who, most=most)  # fmt: skip
        counted = tr("ties")
    events = tuple(
        (actors[one].name, f"{n} {counted}" if not at else str(n)) for at, (one, n) in enumerate(top)
    )
    return Step("", text, "", events)


def _count_neighbours(pairs: Iterable[tuple[str, str]]) -> Counter[str]:
    """Return the number of neighbours of each actor."""
    found: Counter[str] = Counter()
    for pair in pairs:
        found.update(pair)
    return found


def _describe_pair(pair: tuple[str, str], ties: pd.DataFrame, actors: Mapping[str, Actor]) -> Name:
    """Return the tooltip of a line: all ties of the pair, with their direction."""
    each_tie: Any = ties.itertuples(index=False)
    each = (
        f"{actors[row.actor].label} {'→' if row.directed else '–'} {actors[row.target].label}: "
        + row.relation.replace("-", " ")
        for row in each_tie
    )
    name = tr("{one} and {other}", one=actors[pair[0]].name, other=actors[pair[1]].name)
    return Name(name, "", "; ".join(each))


def _label_actors(actors: Mapping[str, Actor], pairs: Pairs) -> list[Label]:
    """Return the labels of the actors, those with most neighbours first."""
    out = []
    for one, n in _count_neighbours(pairs).most_common():
        a, (size, look) = actors[one], (13, "city") if n > 5 else (12, "city small")
        out.append(Label("", a.label, a.x, a.y, size, a.dx, a.dy, look))
    return out
