"""An empty notebook of the student's own in ``my_work``."""

import json
import re

from samarkand.common import files, home
from samarkand.common.errors import CourseError
from samarkand.common.words import tr

#: A notebook with one empty cell of code.
EMPTY = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": "first",
            "metadata": {},
            "outputs": [],
            "source": [],
        }
    ],
    "metadata": {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}


def make_notebook(name: str) -> str:
    """Make an empty notebook in ``my_work`` and return a sentence on it.

    Parameters
    ----------
    name : str
        Its name, with or without ``.ipynb``: letters of any alphabet, digits, ``_`` and ``-``.

    Raises
    ------
    CourseError
        If the name is another, or a file is there already, which stays as it is.
    """
    stem = name.removesuffix(".ipynb")
    if not re.fullmatch(r"\w[\w-]{0,79}", stem):
        raise CourseError(
            tr(
                '"{name}" cannot name a notebook. Take letters, digits, _ and -, such as my_article.',
                name=name,
            ),
            code="no name",
            given=name,
        )
    path = home.my_work() / f"{stem}.ipynb"
    if path.exists():
        text = tr("{path} is there already, and stays as it is. Take another name.", path=path)
        raise CourseError(text, code="there already", file=path)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_whole(path, (json.dumps(EMPTY, indent=1) + "\n").encode())
    return tr("Your empty notebook is {path}.", path=path)
