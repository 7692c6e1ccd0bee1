"""The course's part of a kernel's start: errors in words, plain numbers, charts without a network, news.

The wheel puts ``settings/lab/startup.py`` where IPython looks in every environment; that loads this module.
"""

import contextlib
import html
import os
import sys
import weakref
from pathlib import Path
from typing import Any

from samarkand.common import home
from samarkand.lab import cells, copies, errors_in_words, front_end, offline_charts

#: The shells that have the hooks.
_SHELLS: weakref.WeakSet[Any] = weakref.WeakSet()


def load_ipython_extension(shell: Any) -> None:
    """Install the course's hooks in a shell, once, however often it is asked (``%load_ext``).

    Both the startup file and the package ask for it: the first import of this module imports the package.
    """
    if shell in _SHELLS:
        return
    _SHELLS.add(shell)
    errors_in_words.install(shell)
    cells.watch(shell)
    front_end.listen(shell)
    print_numbers_plainly(shell)
    offline_charts.watch(shell)

    def tell_news(_result: object = None) -> None:
        shell.events.unregister("post_run_cell", tell_news)
        opened = Path(os.environ.get("JPY_SESSION_NAME", "")).name
        for sentence, path in copies.news(Path.cwd() / opened) if opened and home.in_use() else ():
            show_sentence(shell, sentence, link=path.name)

    shell.events.register("post_run_cell", tell_news)


def print_numbers_plainly(shell: Any) -> None:
    """Make a shell print NumPy's numbers as numbers: 9133, and not ``np.int64(9133)``.

    NumPy is not loaded for this: a notebook that does not need it starts without.
    """

    def try_it(_: object = None) -> None:
        numpy = sys.modules.get("numpy")
        if numpy is not None and hasattr(numpy, "set_printoptions"):
            with contextlib.suppress(ValueError):  # NumPy 1 prints them so
                numpy.set_printoptions(legacy="1.25")
            for event in ("pre_run_cell", "post_run_cell"):
                shell.events.unregister(event, try_it)

    for event in ("pre_run_cell", "post_run_cell"):
        shell.events.register(event, try_it)


def show_sentence(shell: Any, sentence: str, link: str) -> None:
    """Show a sentence below a cell, and after it a link to a file beside the notebook."""
    address = html.escape(link)
    body = f'<div role="status">{html.escape(sentence)} <a href="{address}">{address}</a></div>'
    shell.display_pub.publish({"text/html": body, "text/plain": f"{sentence} {link}"})
