"""Corrections to a release: what readers of the last release are told of a row that it had otherwise.

Before the first release nobody can hold a wrong row in their hands, so none is asked for.
"""

from collections.abc import Iterator

from samarkand.common import home
from samarkand.common.errors import CourseError
from tools.author import tables
from tools.author.git import NoGit, ask_git

#: The page on which readers find them, and the heading below which they are.
PAGE = home.ROOT / "docs" / "corrections.md"
HEADING = "## Corrections to a release"


def find_last_release() -> str | None:
    """Return the newest tag of a version, such as ``v1.0.0``, that this commit has; None if there is none."""
    command = ("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*")
    try:
        return ask_git(*command, folder=home.course_data()).strip()
    except NoGit:
        return None


def find_untold() -> list[str]:
    """Return a text for each row that is not as in the last release and that the page does not name.

    New rows are no corrections. Empty before the first release. `CourseError` if the page lacks its heading.
    """
    release = find_last_release()
    if release is None:
        return []
    told = read_told()
    untold = []
    for table, row in _find_corrected_rows(release):
        name = f"`{table}` {row.key}"
        if name not in told:
            untold.append(
                f"{release} had another row: {name} {row.what}. Tell its readers at the end of {PAGE.name}, "
                f"in a line that begins with {name}: what it was, what it is, and which source says so."
            )
    return untold


def read_told() -> set[str]:
    """Return the rows that the page names, each as its line begins: the table, and the row's key."""
    _, heading, section = PAGE.read_text(encoding="utf-8").partition(HEADING)
    if not heading:
        raise CourseError(f"{PAGE.name} has no heading {HEADING!r}.", code="no heading", file=PAGE)
    told = set()
    for line in section.splitlines():
        beginning, colon, _ = line.removeprefix("- ").partition(":")
        if colon:
            told.add(beginning.strip())
    return told


def _find_corrected_rows(release: str) -> Iterator[tuple[str, tables.ChangedRow]]:
    """Yield the table and the row of each that was changed or taken out since a release."""
    for table, rows in tables.find_changed_rows(since=release).items():
        for row in rows:
            if row.how != "new":
                yield table, row
