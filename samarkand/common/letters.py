"""Letters of other alphabets that look like ours: a keyboard left in Russian types them unseen."""

import unicodedata

#: Cyrillic letters that look like ours, and ours.
_LOOK_ALIKE = str.maketrans(
    "\u0430\u0410\u0435\u0415\u043e\u041e\u0440\u0420\u0441\u0421\u0443\u0423\u0445\u0425\u0456\u0406"
    "\u043a\u041a\u043c\u041c\u0442\u0422\u0432\u0412\u043d\u041d\u04bb\u04ba\u0458\u0408\u0455\u0405",
    "aAeEoOpPcCyYxXiIkKmMtTbBhHhHjJsS",
)


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
