"""Plain files of the practice tasks: a student reads them by ``pd.read_csv``, as files from anywhere else.

A subject's module in `samarkand.practice.tasks` lists its files in ``FILES``, beside its tasks.
"""

from collections.abc import Callable
from functools import cache

from samarkand.common import files as writing
from samarkand.common import home
from samarkand.common.errors import CourseError, make_unknown_name
from samarkand.common.words import tr
from samarkand.practice.reply import Reply
from samarkand.practice.tasks import import_subjects

#: The folder of the files below ``my_work``, beside the folder of the lessons.
FOLDER = "files"


@cache
def list_files() -> dict[str, Callable[[], str]]:
    """Return the plain files of all subjects: the name of each, with the function that writes its text."""
    found: dict[str, Callable[[], str]] = {}
    for module in import_subjects():
        found.update(getattr(module, "FILES", {}))
    return found


def begin(name: str) -> Reply:
    """Put a plain file into ``my_work/files/``; one that is there stays as it is.

    Parameters
    ----------
    name : str
        The file's name: ``"forecasts.csv"``.

    Returns
    -------
    Reply
        Where the file is. A name that no file has gets a sentence.
    """
    if name not in list_files():
        return Reply("open", str(make_unknown_name(tr("file"), name, list_files())))
    try:
        writing.write_missing(home.my_work() / FOLDER, {name: list_files()[name]()})
    except CourseError as error:
        return Reply("open", str(error))
    except OSError as error:
        return Reply("open", tr("{name} could not be written: {why}.", name=name, why=error.strerror))
    return Reply(
        "right", tr('Your folder files has {name}. From a lesson its path is "../files/{name}".', name=name)
    )
