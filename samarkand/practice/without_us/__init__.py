"""The last lesson, *Without us*: its two plain files, and a look at what the student leaves behind.

The student works in a notebook of her own that imports nothing of the course. `begin` puts the files into
``my_work/without_us/``; `check` reads what was saved there. `put_files` writes those of the graded set, which
differ from student to student.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from samarkand.common import files as writing
from samarkand.common import home, log
from samarkand.common.errors import make_unknown_name
from samarkand.common.words import join_in_words, tr
from samarkand.practice.reply import Reply
from samarkand.practice.without_us import files, left_behind
from samarkand.practice.without_us.own_files import put_files

__all__ = ["begin", "check", "folder", "put_files"]

#: The files to leave behind, each with the function that finds its faults, and what is said of a right one.
LEFT: dict[str, tuple[Callable[[str], Iterator[str]], str]] = {
    "gas.csv": (
        left_behind.find_faults_of_table,
        tr("All rows are there, days are days, numbers are numbers, and the join lost nothing."),
    ),
    "answers.csv": (left_behind.find_faults_of_answers, tr("Three counts, and all three are right.")),
    "chart.json": (
        left_behind.find_faults_of_chart,
        tr("A chart with a title that says something, and a unit. Whether it is true, read once more."),
    ),
}


def find_folder() -> Path:
    """Return the folder of the two files, and of what the student leaves there."""
    return home.my_work() / "without_us"


def begin() -> Reply:
    """Put the two files into ``my_work/without_us/``; one that is there stays as it is."""
    texts = files.write_texts()
    writing.write_missing(find_folder(), texts)
    return Reply("right", tr("Your folder without_us has {names}.", names=join_in_words(list(texts))))


def check(name: str) -> Reply:
    """Look at a file that the student left behind, and say the first thing to look at.

    Parameters
    ----------
    name : {"gas.csv", "answers.csv", "chart.json"}

    Examples
    --------
    >>> check("gass.csv").sentence
    'No file "gass.csv". Did you mean "gas.csv"?'
    """
    if name not in LEFT:
        return Reply("open", str(make_unknown_name(tr("file"), name, LEFT)))
    path = find_folder() / name
    if not path.is_file():
        return Reply("open", _say_missing(name))
    find_faults, praise = LEFT[name]
    try:
        faults = list(find_faults(path.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError:
        faults = [tr("It is not a text. Save it from your notebook, and not from a spreadsheet.")]
    result = "wrong" if faults else "right"
    trouble = log.log_result(f"12.{path.stem}", result)
    said = faults[0] if faults else praise
    return Reply(result, f"{name}: {said} {trouble}".strip())


def _say_missing(name: str) -> str:
    """Return a sentence on a file that is not there, with those that may be meant."""
    given = set(files.write_texts())
    others: list[str] = []
    stem, suffix = Path(name).stem, Path(name).suffix
    for path in sorted(
        [*find_folder().glob(f"*{suffix}*"), *find_folder().glob(f"{stem}.*"), *find_folder().glob(stem)]
    ):
        if path.name not in (*given, *LEFT, *others):
            others.append(path.name)
    if others:
        return tr(
            "{name} is not in your folder without_us yet. There is {others}.",
            name=name,
            others=join_in_words(others),
        )
    return tr(
        "{name} is not in your folder without_us yet. The table of section 7 has the line that makes it: "
        "run it in your notebook, and then this cell again.",
        name=name,
    )
