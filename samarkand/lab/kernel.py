"""The course's part of a kernel's start: errors in words, plain numbers, charts without a network, news.

The wheel puts ``settings/lab/startup.py`` where IPython looks in every environment; that loads this module.
"""

import contextlib
import html
import importlib
import re
import sys
import warnings
import weakref
from pathlib import Path
from typing import Any

from samarkand.common import home
from samarkand.lab import cells, copies, errors_in_words, front_end, offline_charts

#: What a cell names that loads NumPy.
_BUILT_ON_NUMPY = re.compile(r"\b(numpy|pandas|altair|samarkand)\b")
#: The shells that have the hooks.
_SHELLS: weakref.WeakSet[Any] = weakref.WeakSet()


def load_ipython_extension(shell: Any) -> None:
    """Install the course's hooks in a shell, once, however often it is asked (``%load_ext``).

    Both the startup file and the package ask for it: the first import of this module imports the package.
    """
    if shell in _SHELLS:
        return
    _SHELLS.add(shell)
    errors_in_words.show_errors_in_words(shell)
    cells.watch_cells(shell)
    front_end.listen_for_widgets(shell)
    print_numbers_plainly(shell)
    offline_charts.watch_charts(shell)

    def tell_news(_result: object = None) -> None:
        shell.events.unregister("post_run_cell", tell_news)
        opened = home.find_opened()
        for sentence, path in copies.find_news(Path.cwd() / opened.name) if opened and home.in_use() else ():
            show_sentence(shell, sentence, link=path.name)

    shell.events.register("post_run_cell", tell_news)


def print_numbers_plainly(shell: Any) -> None:
    """Make a shell print NumPy's numbers as numbers, 9133 and not ``np.int64(9133)``, from its first cell on.

    A notebook that names neither NumPy nor what is built on it starts without loading it. What pandas says
    about its own next version is not shown: it speaks to those who write libraries.
    """

    def prepare(cell: object) -> None:
        named = _BUILT_ON_NUMPY.search(getattr(cell, "raw_cell", None) or "")
        if "numpy" not in sys.modules and not named:
            return
        try:
            numpy = importlib.import_module("numpy")
        except ImportError:  # the cell will say so
            return
        if not hasattr(numpy, "set_printoptions"):
            return
        with contextlib.suppress(ValueError):  # NumPy 1 prints them so
            numpy.set_printoptions(legacy="1.25")
        warnings.filterwarnings(
            "ignore", r"(?s).*(pandas version|raise in a future version)", DeprecationWarning
        )
        for event in ("pre_run_cell", "post_run_cell"):
            shell.events.unregister(event, prepare)

    for event in ("pre_run_cell", "post_run_cell"):
        shell.events.register(event, prepare)


def show_sentence(shell: Any, sentence: str, link: str) -> None:
    """Show a sentence below a cell, and after it a link to a file beside the notebook."""
    address = html.escape(link)
    body = f'<div role="status">{html.escape(sentence)} <a href="{address}">{address}</a></div>'
    shell.display_pub.publish({"text/html": body, "text/plain": f"{sentence} {link}"})
