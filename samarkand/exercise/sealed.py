"""Instant right or wrong for practice that carries no grade, from hashes that are slow to search.

A student's copy holds a *seal* of the right answer: its rounded text, salted with set, question and variant,
through scrypt. Whoever has solved the question sees at once that it is right. Whoever would rather try
numbers pays some tenth of a second and 64 MB for each, and `refuse` lets nothing be sealed that has fewer
than a million plausible answers: that is two days of trying (``tests/grading/test_seals.py`` measures it).

What is worth points is never sealed: most of those answers are counts and percentages, a few hundred tries.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from samarkand.ground.errors import CourseError

#: What one try costs: scrypt with these takes 128 * n * r bytes = 64 MB.
COST = {"n": 2**16, "r": 8, "p": 1}
#: The fewest plausible answers that a sealed question may have.
FEWEST = 1_000_000
#: A fraction of whole numbers up to this is no secret, however many digits it is written with.
SMALL = 1000
#: How near to the middle between two roundings an answer may lie, in units of the last digit.
NEAR = 0.02


def text(answer: Any, digits: int) -> str:
    """Write an answer the one way that is sealed.

    Parameters
    ----------
    answer : int, float or tuple of these
        As the question's kind reads it.
    digits : int
        Decimals that count.

    Returns
    -------
    str
        Rounded; several values with ``;`` between.

    Examples
    --------
    >>> text((12.34567, 8), 3)
    '12.346;8.000'
    """
    values = answer if isinstance(answer, tuple) else (answer,)
    return ";".join(f"{value:.{digits}f}" for value in values)


def salt(exercise: str, question: str, uses: Sequence[str], given: Mapping[str, Any]) -> str:
    """Return what no other set, question or variant is salted with.

    Parameters
    ----------
    exercise, question : str
        Their ids.
    uses : sequence of str
        Which of the student's own numbers the answer depends on.
    given : mapping
        The student's own numbers.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> salt("ex01_the_trip", "p1", ["start"], {"start": "KAZ", "end": "CHN"})
    'ex01_the_trip/p1 {"start": "KAZ"}'
    """
    own = {name: given[name] for name in uses}
    return f"{exercise}/{question} {json.dumps(own, sort_keys=True)}"


def seal(answer: str, salt: str, cost: dict[str, int] | None = None) -> str:
    """Hash an answer, slowly.

    Parameters
    ----------
    answer : str
        From `text`.
    salt : str
        Of this set, question and variant alone.
    cost : dict, optional
        scrypt's ``n``, ``r`` and ``p``; `COST` unless a test wants it cheap.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> seal("8", "ex03/p1/", {"n": 2, "r": 1, "p": 1}) == seal("9", "ex03/p1/", {"n": 2, "r": 1, "p": 1})
    False
    """
    chosen = cost or COST
    most = 2 * 128 * chosen["n"] * chosen["r"] + (1 << 20)
    return hashlib.scrypt(answer.encode(), salt=salt.encode(), dklen=32, maxmem=most, **chosen).hex()


def possibilities(answer: Any, digits: int) -> float:
    """Count what somebody would have to try who knows each value within a factor of two.

    Parameters
    ----------
    answer : int, float or tuple of these
        The right answer.
    digits : int
        Decimals that count.

    Returns
    -------
    float
        How many roundings lie between half and twice each value, multiplied; of a fraction of two counts up
        to `SMALL` (or such a fraction in per cent) no more than there are such fractions.

    Examples
    --------
    >>> possibilities(3_230_000_000, 0)
    4845000000.0
    >>> possibilities(41.3, 1)
    619.5
    >>> possibilities(100 / 7, 9) < FEWEST
    True
    """
    values = answer if isinstance(answer, tuple) else (answer,)
    return math.prod(max(1.0, _of_one(float(value), digits)) for value in values)


def _of_one(value: float, digits: int) -> float:
    if value.is_integer():
        return 1.5 * abs(value)
    half = 0.5 * 10.0**-digits
    for share in (value, value / 100):
        near = Fraction(share).limit_denominator(SMALL)
        scale = 1 if share == value else 100
        if abs(float(near) * scale - value) < half and abs(near.numerator) <= SMALL and near.denominator > 1:
            return min(1.5 * abs(value) * 10.0**digits, SMALL * SMALL * 0.6)
    return 1.5 * abs(value) * 10.0**digits


def refuse(where: str, answer: Any, digits: int) -> None:
    """Stop an author who would seal what can be guessed, or what rounds now this way and now that.

    Parameters
    ----------
    where : str
        Set and question, for the sentence.
    answer : int, float or tuple of these
        The right answer.
    digits : int
        Decimals that count.

    Raises
    ------
    CourseError
        If there are fewer than `FEWEST` possibilities, or a value lies where rounding is a matter of chance.

    Examples
    --------
    >>> refuse("ex03/p1", 41.3, 1)
    Traceback (most recent call last):
    ...
    samarkand.ground.errors.CourseError: ex03/p1 cannot be sealed: 620 answers ...
    """
    count = possibilities(answer, digits)
    if count < FEWEST:
        raise CourseError(
            f"{where} cannot be sealed: {count:,.0f} answers are possible, {FEWEST:,} are needed."
        )
    for value in answer if isinstance(answer, tuple) else (answer,):
        beyond = (float(value) * 10**digits) % 1
        if abs(beyond - 0.5) < NEAR:
            raise CourseError(
                f"{where} cannot be sealed: {value!r} lies too near to the middle of two roundings."
            )
