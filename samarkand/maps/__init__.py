"""The course's maps: folium without the net, drawn with equal areas, the same bytes on every machine.

`region`, `trip`, `sco`, `votes` and `flows` draw the maps of the lessons by name, `world` any values of
states.
They are looked up when first used, so that
``from samarkand import maps`` does not load folium.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from samarkand.maps.atlas import region, sco, trip, votes, world
    from samarkand.maps.energy import flows

__all__ = ["flows", "region", "sco", "trip", "votes", "world"]


def __getattr__(name: str) -> Any:
    """Look a map up in the atlas, which loads folium."""
    if name in __all__:
        from samarkand.maps import atlas, energy  # load folium, hence only here

        return getattr(energy if name == "flows" else atlas, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
