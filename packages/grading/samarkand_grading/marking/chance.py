"""How often an honest slip is by chance what is right for another student's numbers.

An answer that is wrong here and right elsewhere may have been copied, or be a miscount by one. Which of them
it is can be said only where slips hardly ever hit another's answer, as the question's own draws show.
"""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

#: The greatest chance at which an answer may be called right for other numbers.
MOST = 0.02
#: Answers to make slips of, and slips of each number.
ANSWERS, SLIPS = 40, 8
#: How far off a slip is in a whole number or a day.
STEPS = (-2, -1, 1, 2)


def count_digits(answer: Any) -> int:
    """Return how many decimals the numbers of an answer are written with, at most 9; 9 if it has none.

    Examples
    --------
    >>> count_digits((8, 23.5)), count_digits({"KAZ": 1.25, "UZB": 2.0}), count_digits(8), count_digits(1 / 3)
    (1, 2, 9, 9)
    """
    if isinstance(answer, float):
        return min(9, len(f"{answer:.12f}".rstrip("0").partition(".")[2]))
    parts: list[Any] = []
    if isinstance(answer, tuple):
        parts = list(answer)
    elif isinstance(answer, dict):
        parts = list(answer.values())
    counts = [count_digits(part) for part in parts if isinstance(part, float)]
    return max(counts) if counts else 9


def measure_chance(answers: Sequence[Any], fits: Callable[[Any, Any], bool], digits: int = 9) -> float:
    """Return the share, 0 to 1, of honest slips in answers that are right for other numbers.

    Parameters
    ----------
    answers : sequence
        The right answers, as a kind reads them, one for each draw of numbers.
    fits : callable
        Whether its first argument, an answer, is right where the second is.
    digits : int
        The decimals to which slips are rounded: the fewer, the more often they hit.

    Returns
    -------
    float
        1 if no slip can be made.

    Examples
    --------
    >>> measure_chance([7, 8, 9], int.__eq__) > 0.4, measure_chance([100, 200, 300], int.__eq__)
    (True, 0.0)
    """
    different = list({repr(answer): answer for answer in answers}.values())
    draw = random.Random("honest slips")
    tried, hits = 0, 0
    for answer in draw.sample(different, min(ANSWERS, len(different))):
        for exact in list_slips(answer, different, draw):
            slip = round_decimals(exact, digits)
            if fits(slip, answer):
                continue
            tried += 1
            hits += any(fits(slip, other) for other in different)
    return hits / tried if tried else 1.0


def round_decimals(answer: Any, digits: int) -> Any:
    """Return an answer with its decimals rounded."""
    if isinstance(answer, float):
        return round(answer, digits)
    if isinstance(answer, tuple):
        return tuple(round_decimals(part, digits) for part in answer)
    if isinstance(answer, dict):
        return {key: round_decimals(part, digits) for key, part in answer.items()}
    return answer


def list_slips(answer: Any, others: Sequence[Any], draw: random.Random) -> Iterator[Any]:
    """Yield answers that somebody gives who makes one small mistake: by one, by a little, one of several."""
    if isinstance(answer, tuple | dict):
        yield from list_slips_in_parts(answer, others, draw)
    elif isinstance(answer, frozenset):
        yield from list_slips_in_set(answer, others, draw)
    elif isinstance(answer, bool):
        yield not answer
    elif isinstance(answer, float):
        for _ in range(SLIPS):
            yield answer * (1 + draw.uniform(-0.2, 0.2))
    elif isinstance(answer, int):
        yield from (answer + step for step in STEPS)
    elif isinstance(answer, dt.date):
        yield from (answer + dt.timedelta(days=step) for step in STEPS)
    else:
        yield from draw.sample(list(others), min(SLIPS, len(others)))


def list_slips_in_parts(answer: Any, others: Sequence[Any], draw: random.Random) -> Iterator[Any]:
    """Yield a tuple, or a dict, with a slip in one of its parts."""
    places = list(answer) if isinstance(answer, dict) else range(len(answer))
    for place in places:
        parts = []
        for other in others:
            there = place in other if isinstance(other, dict) else place < len(other)
            parts += [other[place]] if there else []
        for slip in list_slips(answer[place], parts, draw):
            if isinstance(answer, dict):
                yield {**answer, place: slip}
            else:
                yield (*answer[:place], slip, *answer[place + 1 :])


def list_slips_in_set(
    answer: frozenset[Any], others: Sequence[frozenset[Any]], draw: random.Random
) -> Iterator[Any]:
    """Yield a set in which one is left out, or one is too many."""
    more = sorted(frozenset[Any]().union(*others) - answer)
    for gone in sorted(answer):
        yield answer - {gone}
    for new in draw.sample(more, min(SLIPS, len(more))):
        yield answer | {new}
