"""Explorers: move a control, and see what follows.

`Explorer` joins controls to a function that draws; the others are ready-made for a lesson.
"""

from samarkand.explore.engine import Explorer, Panel

__all__ = ["Explorer", "Panel"]
