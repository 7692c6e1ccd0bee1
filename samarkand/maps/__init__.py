"""The course's maps: folium without a network, equal-area projections, the same bytes on every machine.

`region`, `trip`, `sco`, `votes`, `flows` and others draw the maps of the lessons. Each is looked up in the
module of its subject when it is first used, so that ``from samarkand import maps`` does not load folium.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
