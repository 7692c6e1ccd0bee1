"""What a kernel gets from the course before its first cell: errors in words, and a look at its names.

The wheel puts ``settings/lab/startup.py`` where IPython looks in every environment; that loads this module.
"""

from __future__ import annotations

from typing import Any

from samarkand.jupyter import errors_in_words, names


def load_ipython_extension(shell: Any) -> None:
    """Let IPython load this module, as ``%load_ext`` does; once, however often it is asked to."""
    errors_in_words.install(shell)
    names.install(shell)
