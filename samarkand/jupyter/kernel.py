"""The course's part of a kernel's start: errors in words, warnings, news of the lesson.

The wheel puts ``settings/lab/startup.py`` where IPython looks in every environment; that loads this module.
"""

import os
from pathlib import Path
from typing import Any

from samarkand.ground import home
from samarkand.jupyter import copies, errors_in_words, names


def load_ipython_extension(shell: Any) -> None:
    """Install the course's hooks in a shell; IPython calls this once (``%load_ext``)."""
    errors_in_words.install(shell)
    names.install(shell)

    def tell_news(_result: object = None) -> None:
        shell.events.unregister("post_run_cell", tell_news)
        opened = Path(os.environ.get("JPY_SESSION_NAME", "")).name
        for sentence, path in copies.news(Path.cwd() / opened) if opened and home.in_use() else ():
            names.publish(shell, sentence, path.name)

    shell.events.register("post_run_cell", tell_news)
