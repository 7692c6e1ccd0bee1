"""Where the hub and the students' servers are, as browsers see it: at one address, or each at her own."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from samarkand.common.errors import CourseError

#: Names below this one lead to this machine in every browser, without a name server: a hub can be tried.
THIS_MACHINE = "localhost"


class NotAnAddress(CourseError):
    """What was given is no address below which each student's server can have one.

    Attributes
    ----------
    given : str
        What it was.
    """

    def __init__(self, given: str) -> None:
        self.given = given
        super().__init__(
            f"{given!r} is no address below which each student can have one: write it as students type it, "
            "with https and without a path, such as https://hub.example.edu. "
            "To try it on this machine, http://hub.localhost:8000.",
            code="no address",
        )


@dataclass(frozen=True)
class Addresses:
    """The hub's address, and whether each student's server has one of its own below it.

    Attributes
    ----------
    hub : str
        The address, without a slash at its end.
    has_one_each : bool
        Whether `ada` works at an address such as ``https://ada.hub.example.edu``.
    """

    hub: str
    has_one_each: bool = False


def read_addresses(given: str) -> Addresses:
    """Return the hub's address, below which each student's server has one of its own; raise `NotAnAddress`.

    Examples
    --------
    >>> read_addresses("https://hub.example.edu/").hub
    'https://hub.example.edu'
    """
    try:
        parts = urlsplit(given.strip())
        name, _ = parts.hostname or "", parts.port  # a port that is no number raises
    except ValueError:
        raise NotAnAddress(given) from None
    is_here = name.endswith("." + THIS_MACHINE)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_here)
    has_name_below = "." in name and not name.replace(".", "").isdecimal()
    is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    if not (is_safe and has_name_below and is_bare):
        raise NotAnAddress(given)
    return Addresses(f"{parts.scheme}://{parts.netloc}", has_one_each=True)
