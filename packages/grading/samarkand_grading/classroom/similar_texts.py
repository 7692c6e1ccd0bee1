"""Find written answers that share passages with a classmate's or with the course's own samples: a hint.

A text is cut into shingles, all runs of `WORDS` words. Two texts on one question share a few by chance; what
the question itself says, and what many of the class write, is taken out before they are compared.
"""

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, zip_longest
from pathlib import Path

from samarkand.common import home
from samarkand_grading.classroom.similar_answers import FEW

#: The words of a shingle; the least share of the shorter text's shingles, and the least number of them.
WORDS, SHARE, LEAST = 4, 0.25, 8
#: The most lines of a text to show, and the characters of each.
SHOWN, WIDTH = 6, 46
SAMPLES = home.ROOT / "docs" / "teaching" / "samples.md"


@dataclass(frozen=True)
class NearCopy:
    """Two texts that share passages: whose they are, and the `share` (0 to 1) of the shorter one.

    `other` is a student, or the words for a sample of the course's own.
    """

    student: str
    other: str
    share: float


def list_words(text: str) -> list[str]:
    """Return the words of a text in small letters, without signs and emphasis.

    Examples
    --------
    >>> list_words("China’s *vote* on ES-11/3: no.")
    ['china', 's', 'vote', 'on', 'es', '11', '3', 'no']
    """
    return re.findall(r"[^\W_]+", text.casefold().replace("_", " "))


def cut_shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return all runs of `WORDS` words of a text."""
    words = list_words(text)
    return frozenset(tuple(words[start : start + WORDS]) for start in range(len(words) - WORDS + 1))


def find_near_copies(
    texts: Mapping[str, str], given: Iterable[str] = (), samples: Mapping[str, str] | None = None
) -> list[NearCopy]:
    """Return the pairs of texts that share more than chance would, the most alike first.

    Parameters
    ----------
    texts : mapping
        The answers to one question, by student.
    given : iterable of str
        What everybody has read: runs of words from there count for nothing.
    samples : mapping, optional
        Texts of the course's own, by what they are called. They are compared with students alone.
    """
    common: set[tuple[str, ...]] = set()
    for text in given:
        common |= cut_shingles(text)
    cut = {student: cut_shingles(text) for student, text in texts.items()}
    writers: Counter[tuple[str, ...]] = Counter()
    for shingles in cut.values():
        writers.update(shingles)
    # What many write follows the lesson; but a text that all have copied from a sample is still compared.
    many = {shingle for shingle, count in writers.items() if count > max(FEW, len(texts) // 10)}
    found = []
    for one, other in combinations(sorted(texts), 2):
        share = _measure_share(cut[one] - common - many, cut[other] - common - many)
        if share:
            found.append(NearCopy(one, other, share))
    for name, text in (samples or {}).items():
        sample = cut_shingles(text) - common
        for student in sorted(texts):
            share = _measure_share(cut[student] - common, sample)
            if share:
                found.append(NearCopy(student, name, share))
    return sorted(found, key=lambda pair: (-pair.share, pair.student, pair.other))


def _measure_share(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """Return the share of the shorter text that is in both; 0 if chance could have made it."""
    same = len(one & other)
    shorter = min(len(one), len(other))
    if same < LEAST or same < SHARE * shorter:
        return 0.0
    return same / shorter


def read_samples(exercise: str, path: Path = SAMPLES) -> dict[str, str]:
    """Return the written answers to a set that the course itself shows, by what they are called."""
    if not path.is_file():
        return {}
    number = exercise.partition("_")[0].removeprefix("ex")
    found: dict[str, str] = {}
    for part in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
        if not part.startswith(f"Set {number}:"):
            continue
        for answer in re.split(r"^### ", part, flags=re.MULTILINE)[1:]:
            title = answer.partition("\n")[0].strip()
            quoted = re.findall(r"^> ?(.*)$", answer, flags=re.MULTILINE)
            found[f"the course's {title}"] = "\n".join(quoted)
    return found


def describe_copies(
    question: str, copies: Iterable[NearCopy], texts: Mapping[str, str], samples: Mapping[str, str]
) -> Iterator[str]:
    """Yield a text for each near copy: whose, how much, and both texts side by side."""
    for pair in copies:
        one = texts[pair.student]
        other = texts.get(pair.other) or samples.get(pair.other, "")
        rows = [(pair.student, pair.other), *_set_side_by_side(one, other)]
        shown = "\n".join(f"    {left:{WIDTH}} | {right}".rstrip() for left, right in rows)
        yield f"{question}: {pair.student} and {pair.other}, {pair.share:.0%} of the shorter text\n{shown}"


def _set_side_by_side(one: str, other: str) -> list[tuple[str, str]]:
    """Return the lines of two texts side by side, from the first passage that both have."""
    both = cut_shingles(one) & cut_shingles(other)
    left = textwrap.wrap(_begin_at(one, both), WIDTH)
    right = textwrap.wrap(_begin_at(other, both), WIDTH)
    rows = list(zip_longest(left, right, fillvalue=""))
    if len(rows) > SHOWN:
        return [*rows[:SHOWN], ("…", "…")]
    return rows


def _begin_at(text: str, both: frozenset[tuple[str, ...]]) -> str:
    """Return a text from the sentence on in which the first shared passage is, with signs that print."""
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    sentences = re.split(r"(?<=[.!?]) +", text)
    for number in range(len(sentences)):
        near = " ".join(sentences[number : number + 2])
        if cut_shingles(near) & both:
            return " ".join(sentences[number:])
    return text
