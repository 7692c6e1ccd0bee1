"""The numbers in a student's exercises: the same work for all, other numbers for each.

They are drawn from the course's seed and the student's id, on every machine alike. The seed is made from the
instructor's secret, which stays outside the repository, and travels in the student's bundle; so answers
differ from course to course although the source is public, and the seed alone does not give away the secret.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from samarkand.common.errors import CourseError, OutOfRange
from samarkand.common.words import tr

#: Seed of the repository itself, without a class and a student.
DEMONSTRATION = "samarkand-2022"


def make_seed(secret: bytes) -> str:
    """Return a course's seed, 32 hexadecimal digits, made from the instructor's secret.

    `OutOfRange` if the secret is shorter than 16 bytes: it could be guessed.

    Examples
    --------
    >>> len(make_seed(b"0123456789abcdef"))
    32
    """
    return derive_digits(secret, "samarkand: seed of variants")[:32]


def derive_digits(secret: bytes, label: str) -> str:
    """Return the HMAC-SHA-256 of a label under the secret: 64 hexadecimal digits that do not reveal it.

    `OutOfRange` if the secret is shorter than 16 bytes: it could be guessed.

    Examples
    --------
    >>> derive_digits(b"0123456789abcdef", "one thing") == derive_digits(b"0123456789abcdef", "another")
    False
    """
    if len(secret) < 16:
        text = "The course's secret is too short: it needs 16 bytes or more."
        raise OutOfRange(text, code="short secret", length=len(secret))
    return hmac.new(secret, label.encode(), hashlib.sha256).hexdigest()


#: Characters with a meaning in paths, spreadsheets or shells, quoted or not.
_REFUSED = '/\\*?[]{}()<>|:;,"`$&!%^'


def normalise_student(name: str) -> str:
    """Return a student's id in the one form that counts: composed letters, no spaces around it.

    `CourseError` if nothing is left, or the id could not be the name of a folder.

    Examples
    --------
    >>> normalise_student(" Zoë Müller ")
    'Zoë Müller'
    """
    name = unicodedata.normalize("NFC", name).strip()
    odd = [c for c in name if c in _REFUSED or not c.isprintable()]
    # At the beginning, a dot hides a folder, a dash makes an option, # a remark, ~ somebody's home, and any
    # of the others a formula.
    if not name or odd or name[0] in ".-=+@#~" or len(name.encode()) > 100:
        text = tr(
            "{name!r} cannot be a student id: letters, digits, spaces and . _ - + @ ' # = ~ are fine, "
            "but not any of {signs}, nor . - = + @ # ~ at the beginning.",
            name=name,
            signs=" ".join(_REFUSED),
        )
        raise CourseError(text, code="no student id", given=name)
    return name


def hash_student(course_seed: str, name: str, digits: int = 3) -> str:
    """Return a short hash that tells a listed id from a misspelt one without listing names in a bundle.

    Of three hexadecimal digits: whoever tries all ids finds thousands that fit, and does not know which are
    on the list; of the misspelt ones, a class of 40 lets one in a hundred pass.
    """
    return hashlib.sha256(f"{course_seed}\x1f{normalise_student(name)}".encode()).hexdigest()[:digits]


def find_place(course_seed: str, who: str, places: Mapping[str, int | None]) -> int | None:
    """Return a student's place in the class for which numbers were dealt; None for somebody who has none.

    `places` are by fingerprint; where several fit, the longest counts.
    """
    whole = hash_student(course_seed, who, 64)
    fitting = [key for key in places if whole.startswith(key)]
    return places[max(fitting, key=len)] if fitting else None


def draw_numbers(
    course_seed: str,
    who: str,
    exercise: str,
    options: Mapping[str, Sequence[Any]],
    places: Mapping[str, int | None] | None = None,
) -> dict[str, Any]:
    """Draw one student's numbers for one set: one option for each name, independently of other sets.

    A student who has one of the class's `places` is dealt hers: before all options of a name are used, no two
    of these students have the same.

    Examples
    --------
    >>> draw_numbers("demo", "ada", "ex03", {"year": [2004]})
    {'year': 2004}
    """
    place = find_place(course_seed, who, places or {})
    given = {}
    for name, choices in options.items():
        if place is None:
            number = _hash_parts(course_seed, normalise_student(who), exercise, name) % len(choices)
        else:
            number = _shuffle_numbers(course_seed, exercise, name, len(choices))[place % len(choices)]
        given[name] = choices[number]
    return given


def _hash_parts(course_seed: str, *parts: str) -> int:
    message = "\x1f".join(parts).encode()
    return int.from_bytes(hmac.new(course_seed.encode(), message, hashlib.sha256).digest())


def _shuffle_numbers(course_seed: str, exercise: str, name: str, count: int) -> list[int]:
    """Return the numbers below `count` in an order that is the same on every machine."""
    keys = [_hash_parts(course_seed, exercise, name, str(number)) for number in range(count)]
    return sorted(range(count), key=keys.__getitem__)
