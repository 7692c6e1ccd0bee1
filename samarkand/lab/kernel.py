"""The course's part of a kernel's start: errors in words, and news of the lesson.

The wheel puts ``settings/lab/startup.py`` where IPython looks in every environment; that loads this module.
"""

import html
import os
from pathlib import Path
from typing import Any

from samarkand.common import home
from samarkand.lab import copies, errors_in_words


def load_ipython_extension(shell: Any) -> None:
    """Install the course's hooks in a shell; IPython calls this once (``%load_ext``)."""
    errors_in_words.install(shell)

    def tell_news(_result: object = None) -> None:
        shell.events.unregister("post_run_cell", tell_news)
        opened = Path(os.environ.get("JPY_SESSION_NAME", "")).name
        for sentence, path in copies.news(Path.cwd() / opened) if opened and home.in_use() else ():
            show_sentence(shell, sentence, link=path.name)

    shell.events.register("post_run_cell", tell_news)


def show_sentence(shell: Any, sentence: str, link: str) -> None:
    """Show a sentence below a cell, and after it a link to a file beside the notebook."""
    address = html.escape(link)
    body = f'<div role="status">{html.escape(sentence)} <a href="{address}">{address}</a></div>'
    shell.display_pub.publish({"text/html": body, "text/plain": f"{sentence} {link}"})
