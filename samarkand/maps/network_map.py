"""The article's network as a graph: actors, and a line for each pair with a tie."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from samarkand import data
from samarkand.common.reading import read_rows
from samarkand.common.words import join_in_words, tr, trn
from samarkand.html.style import read_marks
from samarkand.maps._offline import OfflineMap, Shapes, read_asset
from samarkand.maps._scene import Key, Label, Name, Scene, Step, fill_in, read_scene
from samarkand.maps._shapes import ASSETS, Shape

__all__ = ["network"]

#: Map units per unit of the 100 by 100 grid in the file of positions: broader than high, as screens are.
ACROSS, UP = 42, 30
#: The number of actors that are listed beside the graph.
MOST = 12

#: Mark of a pair, by the sign of its ties; and of one with as many friendly ties as hostile ones.
_MARKS = read_marks("signs")
BOTH = _MARKS.pop("both")
SIGNS = {int(sign): mark for sign, mark in _MARKS.items()}

Pairs = dict[tuple[str, str], pd.DataFrame]


class Actor(NamedTuple):
    """An actor: id and name, place of the dot in map units, and label with its offset in px."""

    id: str
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
    actors = _read_actors()
    pairs = _pair_ties(ties)
    neighbours = _count_neighbours(pairs)
    ((first, most),) = neighbours.most_common(1)
    steps = [_make_step(name, sign, ties, actors) for name, sign in chosen.items()]
    gaps: dict[str, object] = {
        "first": actors[first].name,
        "most": most,
        "others": len(actors) - 1,
        "china": neighbours["CHN"],
        "n": len(actors),
        "said": steps[0].say,
        "each": " ".join(step.say for step in steps),
    }
    gaps["title"] = tr(read_scene("network")["title"], **gaps)
    status = {}
    names = {}
    for actor in actors.values():
        count = neighbours[actor.id]
        names[actor.id] = Name(actor.name, "", trn("{n} neighbour", "{n} neighbours", count))
    for pair, mine in pairs.items():
        status[_id_of_pair(pair)] = "".join(_find_letter(mine, sign) for sign in chosen.values())
        names[_id_of_pair(pair)] = _describe_pair(pair, mine, actors)
    scene = Scene(
        **fill_in("network", **gaps),
        keys=_list_keys(list(chosen)[1:]),
        steps=steps,
        status=status,
        names=names,
        labels=_label_actors(actors, pairs),
        ticks=_label_buttons(chosen, ties),
        first=first,
    )
    shapes = _draw_lines(pairs, actors) + _draw_dots(actors, neighbours)
    drawn = OfflineMap(scene, shapes)
    drawn.add_child(Shapes(shapes, "above"))
    drawn.add_html(f"<style>:root{{--most:{most}}}{read_asset('network.css')}</style>")
    return drawn


def _list_keys(headings: Sequence[str]) -> list[Key]:
    """Return the legend: a heading for each sign, and pairs with as many friendly ties as hostile ones."""
    keys = []
    for heading, mark in zip(headings, SIGNS.values(), strict=True):
        keys.append(Key(mark, heading, "", line="tie"))
    return [*keys, Key(BOTH, tr("As many friendly as hostile"), "", line="tie")]


def _label_buttons(chosen: Mapping[str, int | None], ties: pd.DataFrame) -> list[str]:
    """Return the text of each button: what it chooses, and how many ties these are."""
    labels = []
    for name, sign in chosen.items():
        count = len(ties) if sign is None else (ties["sign"] == sign).sum()
        labels.append(f"{name}\n{trn('{n} tie', '{n} ties', count)}")
    return labels


def _draw_lines(pairs: Iterable[tuple[str, str]], actors: Mapping[str, Actor]) -> list[Shape]:
    """Return a line for each pair, from dot to dot."""
    lines = []
    for pair in pairs:
        ends = [[actors[one].x, actors[one].y] for one in pair]
        lines.append(Shape(_id_of_pair(pair), "tie", "line", [ends]))
    return lines


def _draw_dots(actors: Mapping[str, Actor], neighbours: Mapping[str, int]) -> list[Shape]:
    """Return a dot for each actor, the larger the more neighbours."""
    dots = []
    for actor in actors.values():
        radius = 3 + 0.6 * neighbours[actor.id]
        dots.append(Shape(actor.id, "stop", "dot", [actor.x, actor.y], radius))
    return dots


def _read_actors() -> dict[str, Actor]:
    """Return the actors by id, in the order of the file of places."""
    names = data.load("entities").set_index("id")["name"]
    actors = {}
    for row in read_rows(ASSETS / "network.csv"):
        x = round(ACROSS * float(row["x"]))
        y = round(UP * float(row["y"]))
        name = str(names[row["id"]])
        actors[row["id"]] = Actor(
            id=row["id"], name=name, x=x, y=y, label=row["label"], dx=float(row["dx"]), dy=float(row["dy"])
        )
    return actors


def _pair_ties(ties: pd.DataFrame) -> Pairs:
    """Return the ties of each pair of actors, in alphabetical order."""
    both = [(min(two), max(two)) for two in zip(ties["actor"], ties["target"], strict=True)]
    found: Any = ties.groupby(pd.Series(both, ties.index))
    return {pair: mine for pair, mine in found if pair[0] != pair[1]}


def _find_letter(ties: pd.DataFrame, sign: int | None) -> str:
    """Return the mark code of a pair's ties: for the sum of their signs, or for one sign ("-" for none)."""
    signs = set(ties["sign"])
    if sign is not None:
        return SIGNS[sign].code if sign in signs else "-"
    total = int(ties["sign"].sum())
    if total > 0:
        return SIGNS[1].code
    if total < 0:
        return SIGNS[-1].code
    return SIGNS[0].code if signs == {0} else BOTH.code


def _id_of_pair(pair: tuple[str, str]) -> str:
    return f"tie-{pair[0]}-{pair[1]}"


def _make_step(name: str, sign: int | None, ties: pd.DataFrame, actors: Mapping[str, Actor]) -> Step:
    """Return the step of all ties, or of one sign, with the actors that have most."""
    if sign is None:
        most = _count_neighbours(_pair_ties(ties)).most_common(MOST)
        who = join_in_words([f"{actors[one].name} {count}" for one, count in most[:2]])
        text = tr("{n} ties of {m} actors. Most neighbours: {who}.", n=len(ties), m=len(actors), who=who)
        counted = tr("neighbours")
    else:
        mine = ties[ties["sign"] == sign]
        most = Counter([*mine["actor"], *mine["target"]]).most_common(MOST)
        first, count = most[0]
        text = tr(
            "{label}: {n} ties of {all}. Most are {who}’s: {most}.",
            label=name,
            n=len(mine),
            all=len(ties),
            who=actors[first].name,
            most=count,
        )
        counted = tr("ties")
    events = [(actors[one].name, str(count)) for one, count in most]
    # What is counted is said once, at the first.
    events[0] = (events[0][0], f"{events[0][1]} {counted}")
    return Step("", text, "", tuple(events))


def _count_neighbours(pairs: Iterable[tuple[str, str]]) -> Counter[str]:
    """Return the number of neighbours of each actor."""
    found: Counter[str] = Counter()
    for pair in pairs:
        found.update(pair)
    return found


def _describe_pair(pair: tuple[str, str], ties: pd.DataFrame, actors: Mapping[str, Actor]) -> Name:
    """Return the tooltip of a line: all ties of the pair, with their direction."""
    each_tie: Any = ties.itertuples(index=False)
    told = []
    for row in each_tie:
        arrow = "→" if row.directed else "–"
        relation = row.relation.replace("-", " ")
        told.append(f"{actors[row.actor].label} {arrow} {actors[row.target].label}: {relation}")
    one, other = pair
    name = tr("{one} and {other}", one=actors[one].name, other=actors[other].name)
    return Name(name, "", "; ".join(told))


def _label_actors(actors: Mapping[str, Actor], pairs: Pairs) -> list[Label]:
    """Return the labels of the actors, those with most neighbours first."""
    labels = []
    for one, count in _count_neighbours(pairs).most_common():
        actor = actors[one]
        size, look = (13, "city") if count > 5 else (12, "city small")
        labels.append(Label("", actor.label, actor.x, actor.y, size, actor.dx, actor.dy, look))
    return labels
