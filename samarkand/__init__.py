"""Samarkand 2022: reading a summit with data.

A student imports `data`, `maps`, `charts`, `explore`, `cite`, `quiz`, `check`; a maintainer uses
``tools.author``, an instructor ``samarkand_grading``. ``docs/house.md`` draws which package depends on which.

Importing the package loads nothing heavy; `from samarkand import data, maps` costs little more than pandas.
"""

import sys

if sys.platform == "emscripten":
    # IPython looks for each package in the working folder first; in a browser each look is a request.
    sys.path.sort(key=lambda folder: folder == "")

from samarkand.common.version import VERSION
from samarkand.sources import cite as cite

__version__ = VERSION

if "IPython" in sys.modules:  # a browser's IPython runs no startup files, and another may pass over ours
    shell = sys.modules["IPython"].get_ipython()
    if shell is not None:
        shell.extension_manager.load_extension("samarkand.lab.kernel")
