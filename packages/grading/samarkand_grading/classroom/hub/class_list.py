"""The class on a hub: who signs in with which name and password, and whose folder is whose."""

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from samarkand.common import files, reading, spreadsheets
from samarkand.common.errors import CourseError
from samarkand.practice.sets import numbers


class NotYourFolder(CourseError):
    """A student's folder belongs to another user, so that this hub cannot work in it.

    Attributes
    ----------
    home : Path
        The folder.
    owner : int
        The user id of its owner.
    """

    def __init__(self, home: Path, owner: int) -> None:
        self.home, self.owner = home, owner
        super().__init__(
            f"{home} belongs to the user with the id {owner}: start this hub as root, as before, or name "
            "another --folder.",
            code="another owner",
        )


def choose_names(ids: Sequence[str]) -> dict[str, str]:
    """Map each student's sign-in name to the id; raise `CourseError` if two names are equal.

    Examples
    --------
    >>> choose_names(["Zoë Müller"])
    {'zoë_müller': 'Zoë Müller'}
    """
    names: dict[str, str] = {}
    for one in map(numbers.normalise_student, ids):
        name = re.sub(r"\s", "_", one.lower())
        if name in names:
            text = f"{names[name]!r} and {one!r} would both sign in as {name}: change one."
            raise CourseError(text, code="same sign-in", name=name, ids=[names[name], one])
        names[name] = one
    if not names:
        raise CourseError("A hub needs at least one student: --students 1, or a roster.", code="no student")
    return names


def write_class(folder: Path, names: dict[str, str], sections: Mapping[str, str] | None = None) -> None:
    """Write the list of names, ids, passwords and sections by id; create the students' folders.

    Existing passwords and folders are kept.
    """
    listed = folder / "class.csv"
    before = reading.read_rows(listed, "id", "password") if listed.is_file() else ()
    known = {row["id"]: row["password"] for row in before}
    rows = [("id", "sign_in_as", "password", "section")]
    for name, student in names.items():
        rows.append(
            (student, name, known.get(student) or secrets.token_hex(6), (sections or {}).get(student, ""))
        )
        (folder / "homes" / student).mkdir(exist_ok=True)
    if os.geteuid() == 0:
        from samarkand_grading.classroom.hub import user_ids  # not on Windows

        user_ids.give_homes(sorted((folder / "homes").iterdir()), user_ids.find_user_ids(folder))
    else:
        for student in names.values():
            home = folder / "homes" / student
            owner = home.stat().st_uid
            if owner != os.geteuid():
                raise NotYourFolder(home, owner)
    files.write_whole(listed, spreadsheets.as_csv(rows).encode())
