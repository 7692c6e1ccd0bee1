"""Explorers: move a control, and see what follows.

`Explorer` joins controls to a function that draws; the others are ready-made for a lesson. Each is looked up
in the module of its subject when it is first used.
"""

from samarkand.common import exports

__getattr__, __dir__ = exports.lazy(__name__)
