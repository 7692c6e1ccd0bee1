"""Say whether two pictures of a page look alike, whatever the fonts of the machines that drew them.

A picture comes with the words that can be read in it, where they stand, and with the widths of a few words
in the fonts at hand. Where those are the same, so are the pictures, but for edges. Elsewhere words are
held to words: where they stand, darkness may move by some letters, and by a few pixels beside them.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from PIL.Image import Image

    Array = np.ndarray[Any, Any]

#: A word, its kind (`page`, `drawn`, `waiting`: a name that has no room on a map; `frame`: of a map, without
#: words), and its box: left, top, width, height in pixels of the picture.
Word = tuple[str, str, int, int, int, int]


class Look(NamedTuple):
    """A picture as it is stored (WebP), its words, and what tells the fonts that it was drawn with."""

    webp: bytes
    words: Sequence[Word]
    fonts: str

    @property
    def image(self) -> Image:
        """The picture."""
        from PIL import Image

        return Image.open(io.BytesIO(self.webp)).convert("RGB")


class Fault(NamedTuple):
    """How a picture differs from the reviewed one: a sentence, and where, if the words are the same."""

    says: str
    where: Image | None = None


class Limits(NamedTuple):
    """How far two pictures may differ: all in pixels of a picture, but `slack` and `share`.

    A mean of 4 by 4 pixels is compared with those that lie `reach` (down, across) around its place. `slack`
    is how far it may be off, of 255; `few` are the pixels that may be, or this `share` of those near words.
    """

    reach: tuple[int, int]
    slack: float
    few: int
    share: float = 0


SAME_FONTS, OTHER_FONTS = Limits((0, 0), 10, 20), Limits((4, 4), 18, 48, 0.02)
#: Of words in other fonts: how far they may have moved, and what lies around them counts as theirs. Words
#: of a page flow, and push what follows; those of a drawing stay where they are.
AT_WORDS = {"drawn": ((4, 16), (4, 8)), "page": ((24, 32), (12, 32))}
#: In other fonts a picture may be so much higher or lower, and so many more names of a map may wait for room.
TALLER, WAITING = 0.12, 0.2
#: How much of a map may have another colour in other fonts: of all of it, and of that colour.
LITTLE, HALF = 0.004, 0.5
#: Pixels that are compared as one.
BLOCK = 4


def compare(before: Look, after: Look) -> Fault | None:
    """Say how a picture differs from another more than by its fonts; None if it does not."""
    same = before.fonts == after.fonts
    if said := _in_words(before, after, same):
        return Fault("; ".join(said[:6]))
    pictures = before.image, after.image
    (wide, high), (wide2, high2) = (picture.size for picture in pictures)
    if (wide, high) != (wide2, high2) and (same or wide != wide2 or abs(high2 - high) > TALLER * high):
        return Fault(f"it was {wide} × {high}, and is {wide2} × {high2}")
    frames, others = ([word[2:] for word in look.words if word[1] == "frame"] for look in (before, after))
    if not same:
        fault = _in_colours(pictures, zip(frames, others, strict=True))
        if fault or np.abs(np.subtract(frames, others)).max(initial=0) > BLOCK:
            return fault
    size = (wide, min(high, high2))
    one, other = (_means(picture.crop((0, 0, *size))) for picture in pictures)
    limits, near = SAME_FONTS if same else OTHER_FONTS, np.zeros(one.shape[:2], bool)
    off = _beyond(one, other, limits.reach)
    for kind, (reach, around) in {} if same else AT_WORDS.items():
        place = _near([*before.words, *after.words], kind, around, near.shape)
        off = np.where(place, _beyond(one, other, reach), off)
        near |= place
    found = off > limits.slack
    if found[~near].sum() <= limits.few and found[near].sum() <= max(limits.few, limits.share * near.sum()):
        return None
    from PIL import Image

    return Fault(f"{int(found.sum())} pixels of {found.size} look different", Image.fromarray(~found))


def _in_words(before: Look, after: Look, same: bool) -> list[str]:
    """Return which words are gone or new, and which names of a map have no room any more, or have it now."""
    was, now = (Counter(word[0] for word in look.words) for look in (before, after))
    waited, wait = (
        Counter(word[0] for word in look.words if word[1] == "waiting") for look in (before, after)
    )
    said = [f"gone: “{word}”" for word in was - now] + [f"new: “{word}”" for word in now - was]
    if said:
        return said
    names = sum(word[1] in ("drawn", "waiting") for word in before.words)
    if (wait - waited).total() > (0 if same else max(2, WAITING * names)):
        said += [f"without room: “{word}”" for word in wait - waited]
    return said + [f"with room: “{word}”" for word in waited - wait if same]


def _in_colours(
    pictures: tuple[Image, Image], frames: Iterable[tuple[tuple[int, ...], tuple[int, ...]]]
) -> Fault | None:
    """Say whether maps have other colours: what words leave to them differs, so their places may, too."""
    for boxes in frames:
        shares = []
        for picture, (left, top, width, height) in zip(pictures, boxes, strict=True):
            values = np.asarray(picture.crop((left, top, left + width, top + height)), dtype=int) >> 6
            bins = np.bincount((values @ (16, 4, 1)).ravel(), minlength=64)
            shares.append(bins / bins.sum())
        if (np.abs(np.subtract(*shares)) > LITTLE + HALF * np.maximum(*shares)).any():
            return Fault("the colours of a map look different")
    return None


def _means(image: Image) -> Array:
    """Return the mean colour around each pixel: rows, columns, three colours."""
    values = np.asarray(image, dtype=np.float32)
    for axis in (0, 1):
        values = sliding_window_view(values, min(BLOCK, values.shape[axis]), axis).mean(axis=-1)
    return values


def _beyond(one: Array, other: Array, reach: tuple[int, int]) -> Array:
    """Return how far each pixel of either lies beyond all that the other has around its place."""
    found = np.zeros(one.shape[:2], np.float32)
    for a, b in ((one, other), (other, one)):
        least = most = b
        for axis, far in enumerate(reach):
            pad = [(far, far) if at == axis else (0, 0) for at in range(3)]
            least = _over(np.minimum, np.pad(least, pad, "edge"), 2 * far + 1, axis)
            most = _over(np.maximum, np.pad(most, pad, "edge"), 2 * far + 1, axis)
        found = np.maximum(found, np.maximum(least - a, a - most).max(axis=2))
    return found


def _over(extreme: np.ufunc, values: Array, count: int, axis: int) -> Array:
    """Return the least or the largest of each so many neighbours along an axis.

    By doubling: that of two windows that overlap is that of both. A window at a time takes ten times as long.
    """
    values, have = np.moveaxis(values, axis, 0), 1
    while have < count:
        step = min(have, count - have)
        values, have = extreme(values[:-step], values[step:]), have + step
    return np.moveaxis(values, 0, axis)


def _near(words: Sequence[Word], kind: str, around: tuple[int, int], shape: tuple[int, ...]) -> Array:
    """Return which pixels lie near a word of a kind."""
    near = np.zeros(shape, bool)
    down, across = around
    for _, own, left, top, width, height in words:
        if own == kind:
            rows = slice(max(0, top - down), top + height + down)
            near[rows, max(0, left - across) : left + width + across] = True
    return near
