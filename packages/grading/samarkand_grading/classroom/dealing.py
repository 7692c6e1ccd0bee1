"""The places of a class, by which numbers are dealt: no two students of a roster have the same.

A student has a place once a students' copy is made with her on the roster. Who comes later works with a copy
that does not know her, so her numbers are drawn by her id alone. Nobody's numbers ever change, and every
machine draws the same ones.
"""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

from samarkand.practice.sets import numbers
from samarkand_grading.classroom.course import Course


@dataclass
class Places:
    """The places of a class, by the whole hash of each student's id; None for one who came late.

    In a students' copy only the first `digits` of each hash are told.
    """

    digits: int = 3
    by_hash: dict[str, int | None] = field(default_factory=dict)

    def shorten(self) -> dict[str, int | None]:
        """Return the places as a students' copy has them."""
        return {known[: self.digits]: place for known, place in sorted(self.by_hash.items())}

    def grow_digits(self) -> None:
        """Tell as many digits as are needed for no student to be taken for another."""
        while any(self.shorten()[known[: self.digits]] != place for known, place in self.by_hash.items()):
            self.digits += 1


def read_places(course: Course) -> Places:
    """Return the places that were given by the course's secret; none if no copy was made for a roster."""
    return Places(**course.read_places())


def deal_places(course: Course, students: Iterable[str]) -> Places:
    """Give a place to each student who is not known yet, as a copy is made for them; return all places."""
    places = read_places(course)
    seed = course.seed()
    taken = [place for place in places.by_hash.values() if place is not None]
    following = max(taken, default=-1) + 1
    # In the order of hashes, which says nothing on who is who.
    for known in sorted(numbers.hash_student(seed, student, 64) for student in students):
        if known not in places.by_hash:
            places.by_hash[known] = following
            following += 1
    places.grow_digits()
    if places.by_hash:
        course.write_places(dataclasses.asdict(places))
    return places


def note_late(course: Course, students: Iterable[str]) -> None:
    """Note students who are entered after a copy was made: they have the numbers that it shows them."""
    places = read_places(course)
    seed = course.seed()
    if not places.by_hash:
        return
    told = places.shorten()
    for student in students:
        known = numbers.hash_student(seed, student, 64)
        if known not in places.by_hash:
            places.by_hash[known] = numbers.find_place(seed, student, told)
    course.write_places(dataclasses.asdict(places))


def forget_place(course: Course, student: str) -> None:
    """Forget the place of a student; nobody else gets it."""
    places = read_places(course)
    if places.by_hash.pop(numbers.hash_student(course.seed(), student, 64), None) is not None:
        course.write_places(dataclasses.asdict(places))
