"""The map of the world: any values of its states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from samarkand import geo
from samarkand.ground.errors import unknown
from samarkand.ground.words import capitalised, tr
from samarkand.maps._base import CONTESTED, contested, names
from samarkand.maps._offline import OfflineMap, Shapes
from samarkand.maps._scene import Key, Scene, Step
from samarkand.maps._shapes import features, globe, graticule, labels
from samarkand.page.style import Mark

__all__ = ["world"]

#: Corners of the view, (x, y) in map units: all but Antarctica.
VIEW = ((-1690, -640), (1690, 840))

#: Contested areas that the small print names, besides those of Ukraine.
_NAMED = ("kashmir_india", "arunachal", "TWN", "ESH", "kosovo", "somaliland")


def world(  # noqa: PLR0913 - all but two are named
    values: pd.DataFrame,
    marks: Mapping[str, Mark],
    *,
    title: str,
    sentence: str,
    steps: Sequence[Step] | None = None,
    step: int = 0,
    ticks: Sequence[str] | None = None,
    listed: Iterable[str] = (),
    range_label: str = tr("Step"),
    source: str = "",
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
    steps : sequence of Step, optional
        What is said at each column; its name if left out.
    step : int
        The column shown first.
    ticks : sequence of str, optional
        What is written below the range.
    listed : iterable of str
        The values whose states are listed by name, too.
    range_label : str
        What the range is called.
    source : str
        Where the values come from; HTML.

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
    areas, about = contested(["2022-12-31"] * len(said), "world", "region_coarse")
    region = features("region_coarse", geo.WORLD)
    overlay = [s for s in region if s.id in areas and s.id not in drawn and s.id != "taiwan"]
    hatched = {area: areas[area] for area in sorted((drawn | {s.id for s in overlay}) & set(areas))}
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
        news=False,
        height_px=(690, 640),
        stacked=True,
        note=tr(
            "<b>Hatched</b>: contested, among them Crimea and the regions of Ukraine that Russia declared "
            "annexed, {areas}. Equal Earth projection, equal-area. Borders by who holds the ground: "
            "Natural Earth 1:110m, public domain. Source: {source}.",
            areas=", ".join(about[area].group or about[area].name for area in _NAMED),
            source=source,
        ),
    )
    grid = graticule(geo.WORLD)
    ground = [globe(), grid, *(s for s in shapes if s.style == "land")]
    states = [s for s in shapes if s.style != "land" and s.kind != "dot"]
    dots = [s._replace(radius=3) for s in shapes if s.kind == "dot"]
    coarse = features("world_coarse", geo.WORLD)
    still = [s._replace(radius=2) if s.kind == "dot" else s for s in coarse]
    picture = OfflineMap(scene, [globe(), grid, *still, *overlay])
    picture.add_child(Shapes(ground, "land"))
    picture.add_child(Shapes([*states, *overlay, *dots], "states"))
    return picture
