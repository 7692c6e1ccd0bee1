"""The first map: the states of the SCO's world by name, in five languages."""

from collections.abc import Iterable

from samarkand import data, geo, places
from samarkand.common.errors import make_unknown_name
from samarkand.common.words import join_in_words, tr
from samarkand.html.style import PLACES
from samarkand.maps._base import make_scene, on_the_region
from samarkand.maps._offline import OfflineMap
from samarkand.maps._scene import Key, Label, Name, Step
from samarkand.maps._shapes import Shape, read_features, read_labels

__all__ = ["region"]

#: The first day of the summit, which decides what was contested.
_DAY = "2022-09-15"


def region(highlight: Iterable[str] | str | None = None) -> OfflineMap:
    """Draw a first map of the region: the states of the SCO's world by name, some highlighted.

    Hovering or focusing a state gives its names in five languages and its capital.

    Parameters
    ----------
    highlight : str or iterable of str, optional
        States to highlight, by name or ISO3 code; Kazakhstan and Uzbekistan if left out.

    Raises
    ------
    UnknownName
        If a state is unknown, or not on this map.
    WrongType
        If a state is not text.

    Examples
    --------
    >>> region(["Mongolia"])
    Map of Asia and eastern Europe with Mongolia picked out.
    """
    asked = ["KAZ", "UZB"] if highlight is None else highlight
    if isinstance(asked, str) or not isinstance(asked, Iterable):
        asked = [asked]
    chosen = list(dict.fromkeys(places.find(one) for one in asked))
    world = {str(iso3) for iso3 in data.status_by_year().index}
    known = sorted({shape.id for shape in read_features("region")} & {place.iso3 for place in places.all()})
    for iso3 in chosen:
        if iso3 not in known:
            kind = tr("state on the map of the region")
            raise make_unknown_name(kind, places.name(iso3), [places.name(one) for one in known])
    picked = join_in_words([places.name(one) for one in chosen]) or tr("nothing")
    capitals = [_label_capital(places.get(iso3)) for iso3 in chosen]
    family = tr("Members, observers and partners of the Shanghai Cooperation Organisation, 2001 to 2025")
    drawn = make_scene(
        "region",
        [_DAY],
        [Key(PLACES["chosen"], picked, text=""), Key(PLACES["around"], tr("SCO world"), family)],
        {"states": picked, "n": len(world), **_measure_from_samarkand()},
        below=tr("named below"),
        status={iso3: "h" if iso3 in chosen else "s" for iso3 in sorted(world | set(chosen))},
        names={iso3: _name_in_five_languages(places.get(iso3)) for iso3 in known},
        steps=[Step("")],
        labels=[*capitals, *read_labels()],
        first=chosen[0] if chosen else "",
    )
    return on_the_region(drawn, [Shape("", "capital", "dot", [one.x, one.y], 3.5) for one in capitals])


def _measure_from_samarkand() -> dict[str, object]:
    """Return the distances from Samarkand to two capitals, and their names, for the title."""
    trip = data.load("trip")
    here = trip[trip["place"] == "Samarkand"].iloc[0]
    found: dict[str, object] = {}
    for gap, iso3 in (("near", "IRN"), ("far", "CHN")):
        one = places.get(iso3)
        assert one.lat is not None and one.lon is not None  # as of all capitals
        kilometres = geo.distance_km((here["lat"], here["lon"]), (one.lat, one.lon))
        found |= {gap: one.capital, f"{gap}_km": round(kilometres)}
    return found


def _label_capital(place: places.Place) -> Label:
    """Return the label of a state's capital; Tashkent's is to the right, clear of other names."""
    assert place.lat is not None and place.lon is not None  # as of all places on the map
    name = place.capital_2022 or place.capital
    side = 9 if place.iso3 == "UZB" else -9
    return Label("", name, *geo.REGION.whole(place.lat, place.lon), 12, 7, side, "city small")


def _name_in_five_languages(place: places.Place) -> Name:
    card = [
        (places.LANGUAGES[code], places.name(place.iso3, code), code) for code in ("zh", "ru", "kk", "uz")
    ]
    card.append((tr("Capital"), place.capital_2022 or place.capital, "en"))
    if place.note:
        card.append((tr("Note"), place.note, "en"))
    return Name(place.name, card=tuple(card))
