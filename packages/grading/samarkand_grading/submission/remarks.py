"""What a student and the instructor are told of a hand-in besides its marks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """Something to know about a hand-in.

    Attributes
    ----------
    code : str
        What it is, in two or three words that stay when the sentence changes, such as "added cells".
    sentence : str
        What a reader sees.
    about : tuple of str
        The files, cells or ids that it is about.
    """

    code: str
    sentence: str
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.sentence
