"""Letters of other alphabets that look like ours: a keyboard left in Russian or Greek types them unseen."""

import re
import unicodedata

#: Letters of other alphabets that look like ours, and ours: Cyrillic, then Greek.
_LOOK_ALIKE = str.maketrans(
    "\u0430\u0410\u0435\u0415\u043e\u041e\u0440\u0420\u0441\u0421\u0443\u0423\u0445\u0425\u0456\u0406"
    "\u043a\u041a\u043c\u041c\u0442\u0422\u0432\u0412\u043d\u041d\u04bb\u04ba\u0458\u0408\u0455\u0405"
    "\u03bf\u039f\u03b1\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u03a1\u03a4\u03a5\u03a7\u03bd",
    "aAeEoOpPcCyYxXiIkKmMtTbBhHhHjJsSoOaABEZHIKMNPTYXv",
)
_WORD = re.compile(r"\w+")


def plain_letters(text: str) -> str:
    r"""Return a text with our letters in place of those of other alphabets that look like them.

    Examples
    --------
    >>> plain_letters("tri\u0440")
    'trip'
    """
    return unicodedata.normalize("NFC", text).translate(_LOOK_ALIKE)


def foreign_letter(text: str) -> str:
    r"""Return the first letter of a text that looks like one of ours and is not, or "".

    Examples
    --------
    >>> foreign_letter("tri\u0440") == "\u0440", foreign_letter("trip")
    (True, '')
    """
    return next((letter for letter in text if letter.translate(_LOOK_ALIKE) != letter), "")


def find_alphabet(letter: str) -> str:
    r"""Return the alphabet of a letter as Unicode names it.

    Examples
    --------
    >>> find_alphabet("\u0440"), find_alphabet("p")
    ('Cyrillic', 'Latin')
    """
    return unicodedata.name(letter, "?").split()[0].capitalize()


def disguised_word(text: str) -> str:
    r"""Return the first word of a text that was meant in our letters and has one of another alphabet, or "".

    Such a word mixes two alphabets; or nothing but its look-alikes keeps the whole text from being ours.

    Examples
    --------
    >>> disguised_word("events of tri\u0440"), disguised_word("\u0434\u0430, trip")
    ('triр', '')
    """
    whole = plain_letters(text).isascii()
    words: list[str] = _WORD.findall(text)
    for word in words:
        letters = [letter for letter in word if letter.isalpha()]
        mixed = {find_alphabet(letter) == "Latin" for letter in letters} == {True, False}
        if (mixed or whole) and foreign_letter(word):
            return word
    return ""
