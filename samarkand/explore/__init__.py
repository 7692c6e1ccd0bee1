"""Explorers: move a control, and see what follows.

`Explorer` joins controls to a function that draws; the others are ready-made for a lesson. Each is looked up
in the module of its subject when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
