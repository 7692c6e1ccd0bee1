"""Passwords are guessed slowly; who knows hers waits for no guesses but those from her own place."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

#: Wrong passwords in a row after which the next must wait.
FREE = 5
#: Seconds between two tries then, and after which all is forgotten.
PAUSE, MEMORY = 10.0, 3600.0
#: Tries that may wait at once, and places that are remembered.
WAITING, PLACES = 3, 10_000


class TooManyGuesses(Exception):
    """So many passwords wait to be tried for a name, from one place, that no other may.

    Attributes
    ----------
    seconds : float
        After this time another try makes sense.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"Too many wrong passwords. Try again in {seconds:.0f} seconds.")


@dataclass
class _Place:
    """What is known of those who try passwords for one name from one address."""

    wrong: int = 0
    waiting: int = 0
    last: float = 0.0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Guesses:
    """The passwords that were tried lately, by name and address."""

    def __init__(self) -> None:
        self.places: dict[tuple[str, str], _Place] = {}

    async def try_password(self, name: str, address: str, is_right: Callable[[], bool]) -> bool:
        """Return whether a password is right, after waiting for its turn.

        Parameters
        ----------
        name, address : str
            Who signs in, and from which address.
        is_right : callable
            Called in turn; returns whether the password is right.

        Raises
        ------
        TooManyGuesses
            If `WAITING` others wait already.
        """
        self._forget()
        place = self.places.setdefault((name, address), _Place())
        if place.waiting >= WAITING:
            raise TooManyGuesses(PAUSE * WAITING)
        place.waiting += 1
        try:
            async with place.turn:
                pause = place.last + PAUSE - time.monotonic()
                if place.wrong >= FREE and pause > 0:
                    await asyncio.sleep(pause)
                place.last = time.monotonic()
                right = is_right()
                place.wrong = 0 if right else place.wrong + 1
                return right
        finally:
            place.waiting -= 1

    def _forget(self) -> None:
        """Forget places from which nobody has tried for a while; if there are too many, the oldest."""
        idle = [key for key, place in self.places.items() if not place.waiting]
        for key in idle:
            if time.monotonic() - self.places[key].last > MEMORY:
                del self.places[key]
        if len(self.places) > PLACES:
            oldest = sorted(
                (key for key in idle if key in self.places), key=lambda key: self.places[key].last
            )
            for key in oldest[: len(self.places) - PLACES]:
                del self.places[key]
