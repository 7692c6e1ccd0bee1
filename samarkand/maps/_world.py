"""The map of the world: any values of its states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from samarkand import geo
from samarkand.ground.errors import unknown
from samarkand.ground.words import capitalised, tr
from samarkand.maps._base import CONTESTED, contested, in_words, names
from samarkand.maps._offline import OfflineMap, Shapes
from samarkand.maps._scene import Key, Scene, Step
from samarkand.maps._shapes import contested_areas, features, globe, graticule, labels
from samarkand.page.style import Mark

__all__ = ["world"]

#: Corners of the view, (x, y) in map units: all but Antarctica.
VIEW = ((-1690, -640), (1690, 840))

#: Contested areas that the small print names.
_NAMED = ("crimea", "annexed_2022", "kashmir_india", "arunachal", "TWN", "ESH", "kosovo", "somaliland")
#: The day that decides what is contested, where none is given: the end of the course's year.
_DAY = "2022-12-31"


def world(  # noqa: PLR0913 - all but two are named
    values: pd.DataFrame,
    marks: Mapping[str, Mark],
    *,
    title: str,
    sentence: str,
    source: str,
    steps: Sequence[Step] | None = None,
    step: int = 0,
    days: Sequence[str] | None = None,
    ticks: Sequence[str] | None = None,
    apart: bool = False,
    listed: Iterable[str] = (),
    range_label: str = tr("Step"),
) -> OfflineMap:
    """Draw values of the states of the world, one step a column.

    Parameters
    ----------
    values : pandas.DataFrame
        Index ISO3; cells are keys of `marks`, or missing.
    marks : mapping of str to Mark
        How each value looks.
    title, sentence : str
        Headline, and what ``repr`` says.
    source : str
        Where the values come from; HTML.
    steps : sequence of Step, optional
        What is said at each column; its name if left out.
    step : int
        The column shown first.
    days : sequence of str, optional
        The day of each column, as ``YYYY-MM-DD``, which decides what was contested; the end of 2022 if left
        out.
    ticks : sequence of str, optional
        What is written below the range, or on the buttons.
    apart : bool, default False
        Whether the steps have nothing to do with one another: a button for each, instead of a range.
    listed : iterable of str
        The values whose states are listed by name, too.
    range_label : str
        What the range is called.

    Returns
    -------
    OfflineMap

    Raises
    ------
    UnknownName
        If a state is not on the map, or a cell is no key of `marks`.
    """
    shapes = features("world", geo.WORLD)
    drawn = {shape.id for shape in shapes}
    status = {}
    for iso3, row in zip(values.index, values.to_numpy(), strict=True):
        if iso3 not in drawn:
            raise unknown(tr("state on the world map"), iso3, drawn)
        for cell in row:
            if not pd.isna(cell) and cell not in marks:
                raise unknown(tr("mark"), cell, marks)
        status[str(iso3)] = "".join("-" if pd.isna(cell) else marks[cell].code for cell in row)
    said = list(steps) if steps else [Step(str(name)) for name in values.columns]
    days = list(days) if days else [_DAY] * len(said)
    areas, about = contested(days, "world", "region_coarse")
    coarse = features("world_coarse", geo.WORLD)
    # Of the region's finer areas those that the world's own layer has not; Taiwan is TWN there.
    fine, rough = (
        [s for s in features(layer, geo.WORLD) if s.id in areas and s.id not in drawn | {"taiwan"}]
        for layer in ("region", "region_coarse")
    )
    hatched = {area: areas[area] for area in sorted((drawn | {s.id for s in fine}) & set(areas))}
    borne = {letter for letters in status.values() for letter in letters}
    named = set(listed)
    keys = [
        Key(m, capitalised(m.label), None if name in named else "", counted=True) for name, m in marks.items()
    ]
    scene = Scene(
        title=title,
        sentence=sentence,
        alt=tr(
            "{sentence} A map of the world with its states filled by colour and pattern; the tables it is "
            "drawn from hold the same for each state by name.",
            sentence=sentence,
        ),
        bounds=VIEW,
        keys=[*(key for key in keys if key.mark.code in borne), CONTESTED._replace(text="")],
        steps=said,
        step=step,
        status=status | hatched,
        names=names(status) | {area: about[area] for area in hatched},
        labels=labels(geo.WORLD),
        ticks=dict(enumerate(ticks or [s.label for s in said])),
        range_label=range_label,
        first=next(iter(status), ""),
        pace_ms=2400,
        apart=apart,
        news=False,
        height_px=(690, 640),
        stacked=True,
        note=tr(
            "<b>Hatched</b>: contested, among them {areas}. Equal Earth projection, equal-area. "
            "Borders by who holds the ground: Natural Earth 1:110m, public domain. Source: {source}.",
            areas=in_words(
                [area for area in contested_areas("world", "region_coarse") if area["id"] in _NAMED],
                min(days),
                max(days),
            ),
            source=source,
        ),
    )
    grid = graticule(geo.WORLD)
    ground = [globe(), grid, *(s for s in shapes if s.style == "land")]
    states = [s for s in (*shapes, *fine) if s.style != "land" and s.kind != "dot"]
    states.sort(key=lambda shape: shape.style == "contested")  # hatches lie on the states' colours
    dots = [s._replace(radius=3) for s in shapes if s.kind == "dot"]
    still = [s._replace(radius=2) if s.kind == "dot" else s for s in coarse]
    picture = OfflineMap(scene, [globe(), grid, *still, *rough])
    picture.add_child(Shapes(ground, "land"))
    picture.add_child(Shapes([*states, *dots], "states"))
    return picture
