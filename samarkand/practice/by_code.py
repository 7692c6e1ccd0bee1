"""What a student's code gives in place of what she would type into a field of a form."""

import math
import numbers

from samarkand.common.errors import WrongType
from samarkand.common.words import tr


def write_as_typed(given: object, field: str) -> str:
    """Return what a student would have typed into a field for a value that her code gives.

    Parameters
    ----------
    given : object
        The value. A text is taken as it is; True, False and None are no numbers, and written as words.
    field : str
        What the field asks for, as part of a sentence.

    Raises
    ------
    WrongType
        If it is neither a text nor a number: nothing of it is run or compared.

    Examples
    --------
    >>> write_as_typed(1306, "A guess"), write_as_typed(None, "A guess"), write_as_typed(" 8 ", "A guess")
    ('1306', 'None', ' 8 ')
    >>> write_as_typed([8], "A guess")
    Traceback (most recent call last):
        ...
    samarkand.common.errors.WrongType: A guess is a number, or a text in quotation marks, and not a list.
    """
    if isinstance(given, str):
        return given
    if given is None or isinstance(given, bool):
        return str(given)
    if isinstance(given, numbers.Real):
        try:
            return f"{given:.12g}"
        except (OverflowError, TypeError, ValueError):
            return f"{math.inf}"
    text = tr(
        "{field} is a number, or a text in quotation marks, and not a {kind}.",
        field=field,
        kind=type(given).__name__,
    )
    raise WrongType(text, code="no text", field=field, kind=type(given).__name__)


def write_reason(given: object) -> str:
    """Return a reason as a student would have typed it; None is no reason.

    `WrongType` as `write_as_typed`.
    """
    return "" if given is None else write_as_typed(given, tr("A reason"))
