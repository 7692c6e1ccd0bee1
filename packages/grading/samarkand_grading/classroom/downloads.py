"""Collect a class's work from a download of Moodle or Canvas.

Both name a file after its student, ``NAME_NUMBER_assignsubmission_file_...`` (Moodle) and
``NAME[_LATE]_NUMBER_FILE_...`` (Canvas); `matching` says whose number it is. One notebook is in memory at a
time: of all others only the place in the download is kept.
"""

import json
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from samarkand.common import files
from samarkand.common.errors import CourseError
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import gradebook, hand_ins, matching, times, zips
from samarkand_grading.classroom.course import Course
from samarkand_grading.classroom.matching import Listing, Row
from samarkand_grading.submission import reading
from samarkand_grading.submission.rebuilding import Released

#: The maximum number of notebooks of one student to choose from, and of zips that she has packed.
NOTEBOOKS, ZIPS = 200, 20
#: How many files of one student in a download count as hand-ins: the first, and the newest others.
HAND_INS = 5
#: How many bytes the notebooks of one student in a download may have, unpacked.
MOST_UNPACKED = 256 << 20
#: The number that Canvas gives to a file that was handed in again, and one that a student or a browser gives.
_AGAIN, _OWN_NUMBER = re.compile(r"-(\d{1,3})\.ipynb"), re.compile(r"(?:_| \()(\d{1,3})\)?\.ipynb")
#: The prefix of a student's file name in either system: the first, since students name what comes after it.
_PREFIX = re.compile(
    r"(?P<prefix>.*?_(?:(?P<moodle>\d+)_assignsubmission_(?:file|[a-z]+)_?/?|(?P<canvas>\d+)_\d+_))"
    r"(?P<file>.*)",
    re.DOTALL,
)

#: The sentence on a problem, by its code.
_SENTENCES = {
    "unknown": "{about}: of nobody on the list and the roster.",
    "two people": "{about}: its row names {more}, so it counts for neither. Correct the list, or say which "
    "column is right: --id COLUMN.",
    "another": "{about}: its row names {more}, so it was left out. Say which column is right: --id COLUMN.",
    "two rows": "{about}: {more} has another row, so neither counts. Take the wrong one out of the list.",
    "two numbers": "{about}: its name has two students' numbers, so it was left out. Look on the platform "
    "whose it is.",
    "unsafe name": "{about}: {more} leads out of its folder, so it was left out. Ask for the notebook "
    "itself.",
    "broken": "{about}: {more} cannot be read, and was left out. Ask for the notebook itself, without a zip.",
    "large": "{about}: {more}",
    "too many": "{about}: more than {more}; the others were not looked at. Ask for the one that counts.",
    "no notebook": "{about}: no notebooks, and left out: {more}.",
    "unreadable": "{about}: {more}",
    "another set": "{about}: {more}",
    "passed over": "{about}: newer, and not taken, since nothing of this set is in it: {more}.",
    "signed in": "{about}: signed in as {more}. If it is a group's one file: each member is marked by her "
    "own numbers, and what was typed in is right for {more}'s alone.",
    "group": "{about}: handed in as {more}, which is not her name in the list. Canvas gives a group's one "
    "file to one of its members: if it is one, put a copy into the folders of the others.",
    "kept": "{about}: {more} is there, from elsewhere, and stays. Move it away to take this one.",
    "newer": "{about}: what is there is newer ({more}), and stays.",
    "nothing": "Nothing from {about}.",
    "names only": "{about} has neither ids nor addresses, so names alone told the students apart. On many "
    "sites students can change theirs: look whether each line is right.",
}


@dataclass(frozen=True)
class Trouble:
    """A problem with a download: its `code`, what it is `about` (a student or a file), and `more` words."""

    code: str
    about: str
    more: str = ""

    def __str__(self) -> str:
        return _SENTENCES[self.code].format(about=self.about, more=self.more)


@dataclass(frozen=True)
class Found:
    """A student's notebook in a download, by its place.

    `entry` is in the download. Where it is a zip, `inner` has the number of the notebook in it; where that is
    in a zip within the zip, first the number of the inner zip. It is empty for a notebook that is not packed.
    `again` is Canvas's number of a resubmitted file, such as 2 for ``set-2.ipynb``, 0 without one and in
    Moodle. Files of one time are told apart by `named`, whether the set's id is in the name, and by `own`,
    the number in ``set_2.ipynb`` or ``set (2).ipynb``.
    """

    again: int
    time: str
    named: bool
    own: int
    name: str
    prefix: str
    entry: zipfile.ZipInfo
    inner: tuple[int, ...] = ()

    @property
    def age(self) -> tuple[int, str, bool, int, str]:
        """What is greatest for the one handed in last."""
        return self.again, self.time, self.named, self.own, self.name


@dataclass(frozen=True)
class Taken:
    """The work of a student that was taken, by which column of the list.

    It is the newest of `several`, of which `earlier` are kept as hand-ins of their own; `replaced` is where
    the work before it is kept, if there was any.
    """

    student: str
    found: Found
    column: str
    several: int
    replaced: Path | None = None
    earlier: tuple[Path, ...] = ()

    def __str__(self) -> str:
        late = ", late" if "_LATE_" in self.found.prefix else ""
        several = f", the newest of {self.several}" if self.several > 1 else ""
        replaced = f"; the one before is in {self.replaced}" if self.replaced else ""
        kept = f"; earlier ones that are kept, too: {len(self.earlier)}" if self.earlier else ""
        name = reading.defuse_name(self.found.name)
        return f"{self.student}: {name}{late}{several}, by {self.column}{replaced}{kept}"


@dataclass
class Collected:
    """What became of a download.

    Attributes
    ----------
    zone
        In which the times of the download were read: that of the due date; empty for this machine's.
    taken, troubles
        The work taken, by student, and the problems.
    """

    zone: str = ""
    taken: list[Taken] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def note(self, code: str, about: str, more: str = "") -> None:
        """Add a problem."""
        self.troubles.append(Trouble(code, about, more))


def collect_notebooks(
    course: Course, name: str, archive: Path, listing: Path, column: str | None = None
) -> list[str]:
    """Copy each student's notebook from a download into ``submitted/``; return a sentence for each problem.

    Print a line for each student whose work was taken.
    """
    collected = take_download(course, name, archive, listing, column)
    for taken in collected.taken:
        print(taken)
    print(_describe_clock(collected.zone))
    return [str(trouble) for trouble in collected.troubles]


def _describe_clock(zone: str) -> str:
    """Return a sentence on the time zone in which the times of a download were read."""
    if zone:
        return f"Times of handing in are those of the zip, by the clock of the due date: {zone}."
    here = times.name_zone_here()
    return (
        f"Times of handing in are those of the zip, by this machine's clock: {here}. If your platform has "
        "another, set the due date with its zone before you collect."
    )


def take_download(
    course: Course, name: str, archive: Path, listing: Path, column: str | None = None
) -> Collected:
    """Copy each student's newest notebook from a download into ``submitted/``.

    Other files of hers that are of this set are kept as earlier hand-ins: the first and the newest others.
    Work that is there under the same number of the platform is replaced by newer work, and kept aside:
    `hand_ins` says what counts. Work from elsewhere stays. `CourseError` if it is no download, the list is
    none, or most of it is of another set.
    """
    exercise = course.exercise(name)
    released = course.released(exercise)
    listed = matching.read_list(course, listing, column)
    zone = gradebook.read_zone(course.gradebook, exercise.id)
    with zips.open_download(archive) as packed:
        download = _Download(packed, listed, zone, exercise.id)
        collected = download.collected
        if listed.by_name:
            collected.note("names only", listing.name)
        for entry in zips.list_entries(packed):
            download.look_at(entry)
        download.check(released)
        others = [trouble.more for trouble in collected.troubles if trouble.code == "another set"]
        if len(others) > max(1, len(download.newest) / 2):
            why = f"Most of {archive} is no {exercise.id}, so nothing of it was taken. {others[0]}"
            raise CourseError(why, code="another set", file=archive, set=exercise.id)
        with course.work_alone():
            prefixes = read_prefixes(course, exercise.id)
            for student in sorted(download.newest):
                download.store(student, course, released, prefixes)
            write_prefixes(course, exercise.id, prefixes)
    missing = sorted({*listed.students.values()} - download.newest.keys() - download.broken)
    if missing:
        collected.note("nothing", ", ".join(missing))
        download.note_groups()
    return collected


@dataclass(frozen=True)
class _StudentsZip:
    """A zip that a student has packed.

    Attributes
    ----------
    student, prefix
        Whose it is, and what comes before the names of her files.
    name, body
        Its own name and content.
    entry
        The file of the download that it is, or is in.
    place
        Its number within `entry`; empty if it is that file itself.
    """

    student: str
    prefix: str
    name: str
    entry: zipfile.ZipInfo
    body: bytes
    place: tuple[int, ...] = ()


class _Download:
    """A download that is looked through: the newest notebook of each student, and what is wrong.

    `found` has all notebooks of each student, `newest` the one that counts. `broken` are the students whose
    newest notebook cannot be unpacked.
    """

    def __init__(self, packed: zipfile.ZipFile, listed: Listing, zone: str, exercise: str) -> None:
        self.packed, self.listed, self.exercise = packed, listed, exercise
        self.collected = Collected(zone)
        self.newest: dict[str, Found] = {}
        self.found: dict[str, list[Found]] = {}
        self.broken: set[str] = set()
        self._notebooks = Counter[str]()
        self._zips = Counter[str]()
        self._unpacked = Counter[str]()

    def look_at(self, entry: zipfile.ZipInfo) -> None:
        """Look at a file of the download: whose it is, and which notebooks it holds."""
        shown = reading.defuse_name(entry.filename)
        known = _PREFIX.fullmatch(entry.filename)
        if not _is_safe(entry.filename):
            self.collected.note("unsafe name", shown, "its name")
        elif known is None:
            self.collected.note("unknown", shown)
        # In Moodle students write what comes before the number, too: their name.
        elif re.search(r"_\d+_assignsubmission_", known["file"]) or self._has_two_numbers(known):
            self.collected.note("two numbers", shown)
        else:
            row = self.listed.find(known["moodle"] or known["canvas"])
            if row.student:
                self._look_at_work(entry, row.student, known["prefix"], known["file"].rpartition("/")[2])
            else:
                self.collected.note(row.problem, shown, _describe_row(row))

    def _has_two_numbers(self, known: re.Match[str]) -> bool:
        """Return whether a name of Canvas's may be read as another student's.

        In ``mal_88002_88001_124_set.ipynb`` the first number is what a student has written at the end of her
        name, and the second is hers. The last of a chain of numbers is never a student's.
        """
        if not known["canvas"]:
            return False
        chain = re.match(r"\d+(?:_\d+)*(?=_)", known.string[known.start("canvas") :])
        named = set(chain[0].split("_")[:-1]) & self.listed.rows.keys() if chain else set()
        return len(named) > 1

    def _look_at_work(self, entry: zipfile.ZipInfo, student: str, prefix: str, name: str) -> None:
        """Look at a file of a student's: a notebook, a zip with notebooks, or something else."""
        if reading.is_notebook(name):
            self._add(student, prefix, name, entry)
        elif not _is_zip(name):
            self.collected.note("no notebook", student, reading.defuse_name(name))
        elif self._may_unpack(student):
            try:
                body = zips.read_entry(self.packed, entry)
            except Exception as error:
                self._note_broken(student, name, error)
            else:
                self._look_into(
                    _StudentsZip(student=student, prefix=prefix, name=name, entry=entry, body=body)
                )

    def _note_broken(self, student: str, name: str, error: Exception) -> None:
        """Note that a file cannot be read, and if it is only too large, so."""
        shown = reading.defuse_name(name)
        if isinstance(error, zips.BrokenZip):
            error = error.why if isinstance(error.why, Exception) else error
        if isinstance(error, reading.Unreadable) and error.code == "large":
            self.collected.note("large", student, f"{shown} was left out. {error}")
        else:
            self.collected.note("broken", student, shown)

    def _may_unpack(self, student: str) -> bool:
        """Count a zip of a student's; return whether it is one of the first, and note the first too many."""
        self._zips[student] += 1
        if self._zips[student] == ZIPS + 1:
            self.collected.note("too many", student, f"{ZIPS} zips")
        return self._zips[student] <= ZIPS

    def _look_into(self, packed: _StudentsZip) -> None:
        """Find the notebooks in a zip that a student has packed; whatever is wrong with it costs one line."""
        student = packed.student
        try:
            inside = zips.list_packed(packed.body)
        except Exception:
            self.collected.note("broken", student, reading.defuse_name(packed.name))
            return
        others, unsafe, hidden = [], [], []
        for number, inner in enumerate(inside):
            path = inner.filename.replace("\\", "/")  # as older programs for Windows pack
            last = path.rpartition("/")[2]
            if not _is_safe(path):
                unsafe.append(path)
            elif _is_hidden(path):
                hidden.append(path)
            elif _is_zip(last) and not packed.place:
                self._look_deeper(packed, number, last)
            elif not reading.is_notebook(last):
                others.append(last)
            elif self._is_too_much(student, inner.file_size):
                break
            else:
                self._add(student, packed.prefix, last, packed.entry, (*packed.place, number))
        if unsafe:
            self.collected.note("unsafe name", student, reading.join_names(unsafe))
        if not self.found.get(student):
            others += hidden
        if others:
            self.collected.note("no notebook", student, reading.join_names(others))

    def _is_too_much(self, student: str, size: int) -> bool:
        """Count the bytes of a notebook in a zip; note if there are too many, or too many notebooks."""
        if self._notebooks[student] >= NOTEBOOKS:
            self.collected.note("too many", student, f"{NOTEBOOKS} notebooks")
            return True
        self._unpacked[student] += min(size, reading.MOST_BYTES)
        if self._unpacked[student] > MOST_UNPACKED:
            self.collected.note("too many", student, f"{MOST_UNPACKED >> 20} MB of notebooks")
            return True
        return False

    def _look_deeper(self, outer: _StudentsZip, number: int, name: str) -> None:
        """Look into a zip within a student's zip, by its number there; in that one no zip is unpacked."""
        if not self._may_unpack(outer.student):
            return
        try:
            body = zips.read_packed(outer.body, number)
        except zips.BrokenZip as error:
            self._note_broken(outer.student, name, error)
        else:
            self._look_into(replace(outer, name=name, body=body, place=(number,)))

    def _add(
        self, student: str, prefix: str, name: str, entry: zipfile.ZipInfo, inner: tuple[int, ...] = ()
    ) -> None:
        """Note a notebook of a student, and whether it is her newest by the platform's time, not her own."""
        again, own = _AGAIN.search(name), _OWN_NUMBER.search(name)
        by_canvas = "_assignsubmission_" not in prefix
        found = Found(
            again=int(again[1]) if again and by_canvas else 0,
            time=zips.read_time(entry, self.collected.zone),
            named=self.exercise in name.casefold(),
            own=int(own[1]) if own else 0,
            name=name,
            prefix=prefix,
            entry=entry,
            inner=inner,
        )
        self._notebooks[student] += 1
        before = self.newest.get(student)
        if before is None or found.age > before.age:
            self.newest[student] = found
        self.found.setdefault(student, []).append(found)

    def read(self, student: str) -> bytes:
        """Return a student's newest notebook; it raises whatever a zip that somebody has packed may raise."""
        return self._read_found(self.newest[student])

    def _read_found(self, found: Found) -> bytes:
        """Return the content of a file; `found.inner` leads to it through zips within the download's zip."""
        body = zips.read_entry(self.packed, found.entry)
        for number in found.inner:
            body = zips.read_packed(body, number)
        return body

    def _pass_over_others(self, student: str, released: Released) -> None:
        """Take the newest notebook of a student that has anything of this set, if there is one.

        A newer one may be of another set, of her own, or no notebook at all: she handed in all that she had.
        """
        passed_over: list[str] = []
        for found in sorted(self.found[student], key=lambda one: one.age, reverse=True):
            if self._is_of_this_set(found, released):
                if passed_over:
                    self.newest[student] = found
                    self.collected.note("passed over", student, reading.join_names(passed_over))
                return
            passed_over.append(found.name)

    def note_groups(self) -> None:
        """Note whose file has another name than hers before the number: it may be her group's."""
        for student, found in sorted(self.newest.items()):
            known = _PREFIX.fullmatch(found.prefix)
            if known is None or not known["canvas"]:
                continue
            name = self.listed.find(known["canvas"]).name
            handed = re.sub(r"(_late)?_\d+_\d+_$", "", found.prefix, flags=re.IGNORECASE)
            if name and _bare(name) != _bare(handed):
                self.collected.note("group", student, reading.defuse_name(handed))

    def _is_of_this_set(self, found: Found, released: Released) -> bool:
        """Return whether anything of the set is in a notebook."""
        try:
            body = self._read_found(found)
        except Exception:  # whatever a zip that somebody has packed may raise
            return False
        return _is_begun(body, released)

    def check(self, released: Released) -> None:
        """Note what cannot be read, is of another set, or was signed in by somebody else."""
        for student in sorted(self.newest):
            self._pass_over_others(student, released)
            try:
                body = self.read(student)
            except Exception as error:
                self._note_broken(student, self.newest[student].name, error)
                self.broken.add(student)
                del self.newest[student]
                continue
            try:
                signed = released.rebuild(reading.parse_cells(body)).signed_in_by
            except reading.Unreadable as problem:
                code = "another set" if problem.code == "another" else "unreadable"
                self.collected.note(code, student, str(problem))
            except Exception as error:
                why = f"The notebook cannot be read ({type(error).__name__})."
                self.collected.note("unreadable", student, why)
            else:
                if signed not in ("", student):
                    self.collected.note("signed in", student, reading.defuse_name(signed))

    def _is_less(self, body: bytes, before: bytes, released: Released) -> bool:
        """Return whether nothing of the set is in a notebook, and something is in the one before it."""
        return not _is_begun(body, released) and _is_begun(before, released)

    def list_earlier(self, student: str) -> list[Found]:
        """Return what a student handed in before her newest by age: the first, and the newest others."""
        newest = self.newest[student]
        by_file: dict[int, Found] = {}  # a zip is one file; a download may have two of one name
        for one in sorted(self.found[student], key=lambda one: one.age):
            if one.entry is not newest.entry and one.age <= newest.age:
                by_file[one.entry.header_offset] = one
        found = sorted(by_file.values(), key=lambda one: one.age)
        return found if len(found) < HAND_INS else [found[0], *found[2 - HAND_INS :]]

    def _read_earlier(self, student: str, released: Released) -> list[tuple[Found, bytes]]:
        """Return what a student handed in before her newest as far as it is this set, the newest first."""
        read = []
        for found in reversed(self.list_earlier(student)):
            try:
                body = self._read_found(found)
                released.rebuild(reading.parse_cells(body))
            except Exception:
                continue
            read.append((found, body))
        return read

    def store(self, student: str, course: Course, released: Released, prefixes: dict[str, str]) -> None:
        """Write a student's notebook into ``submitted/``, unless other work is there that has to stay.

        Whose download it was is noted first: if the disk is full or this is killed, the next try goes on.
        """
        found, exercise = self.newest[student], self.exercise
        folder = course.root / "submitted" / numbers.normalise_student(student) / exercise
        path = folder / f"{exercise}.ipynb"
        stamp = folder / "timestamp.txt"
        body = self.read(student)
        replaced = None
        is_there = path.is_file() and path.read_bytes() == body
        before = reading.read_timestamp(folder)
        if path.is_file() and not is_there:
            if read_number(prefixes.get(student, "")) != read_number(found.prefix):
                self.collected.note("kept", student, path.relative_to(course.root).as_posix())
                return
            if times.is_later(before, found.time):
                self.collected.note("newer", student, before)
                return
            if self._is_less(body, path.read_bytes(), released):
                self.collected.note("passed over", student, reading.defuse_name(found.name))
                return
            replaced = hand_ins.keep_aside(folder).relative_to(course.root)
        if prefixes.get(student) != found.prefix:
            prefixes[student] = found.prefix
            write_prefixes(course, exercise, prefixes)
        kept, time = [], found.time
        for one, text in self._read_earlier(student, released):
            if text == body:
                time = one.time
            else:
                kept.append(hand_ins.keep_earlier(folder, text, one.time))
        # The same file was handed in when it first was, whatever a later download or file says.
        if not (is_there and times.is_later(time, before)):
            files.write_whole(stamp, f"{time}\n".encode())
        files.write_whole(path, body)  # last: work without its time would never be late
        column = next(row.column for row in self.listed.rows.values() if row.student == student)
        taken = Taken(
            student=student,
            found=found,
            column=column,
            several=self._notebooks[student],
            replaced=replaced,
            earlier=tuple(kept),
        )
        self.collected.taken.append(taken)


def _is_begun(body: bytes, released: Released) -> bool:
    """Return whether anything of a set is in a notebook; what cannot be read has nothing."""
    try:
        return released.is_begun_in(reading.parse_cells(body))
    except Exception:  # whatever a notebook that somebody has changed by hand may raise
        return False


def _is_zip(name: str) -> bool:
    """Return whether a file is called a zip."""
    return name.casefold().endswith(".zip")


def _is_hidden(name: str) -> bool:
    """Return whether a name in a zip leads into a hidden folder, where JupyterLab keeps earlier states."""
    return any(part.startswith(".") for part in PurePosixPath(name).parts[:-1])


def _is_safe(name: str) -> bool:
    """Return whether a name leads to no place outside of its folder."""
    try:
        zips.need_safe_name(name)
    except zips.UnsafeName:
        return False
    return True


def _bare(name: str) -> str:
    """Return a name as Canvas writes it before a number: small letters and digits alone."""
    return "".join(letter for letter in matching.fold_key(name) if letter.isalnum())


def _describe_row(row: Row) -> str:
    """Return words for whom a row names."""
    if row.problem == "another":
        return f"{row.named[0]} and, under {row.column}, another person"
    return " and ".join(row.named)


def read_number(prefix: str) -> str:
    """Return the platform's number of a student in the prefix of her file names; empty if there is none.

    Examples
    --------
    >>> read_number("Ada Lovelace_4711001_assignsubmission_file_/"), read_number("ada_LATE_88001_124_")
    ('4711001', '88001')
    """
    known = _PREFIX.fullmatch(prefix)
    return (known["moodle"] or known["canvas"]) if known else ""


def read_prefixes(course: Course, exercise: str) -> dict[str, str]:
    """Return the prefix of each student's file names in the downloads of a set that were collected so far."""
    try:
        found = json.loads((course.root / "submitted" / f".{exercise}.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_prefixes(course: Course, exercise: str, prefixes: dict[str, str]) -> None:
    """Write what `read_prefixes` reads."""
    body = json.dumps(prefixes, ensure_ascii=False, indent=1).encode()
    files.write_whole(course.root / "submitted" / f".{exercise}.json", body)
