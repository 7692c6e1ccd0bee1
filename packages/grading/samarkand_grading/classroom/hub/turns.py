"""Servers start in turn, so that those who come at once do not all wait for one another."""

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Turns:
    """So many may have their turn at once, each for so long: who takes longer goes on beside the next.

    A student can make her own server hang as it starts, and must not keep all others from theirs.

    Parameters
    ----------
    at_once : int
        How many have their turn at the same time.
    longest : float
        Seconds after which a turn ends, whatever it is used for.
    """

    def __init__(self, at_once: int, longest: float) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._longest = longest

    @contextlib.asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it until it is over or what it was taken for has ended."""
        await self._places.acquire()
        is_over = False

        def end() -> None:
            nonlocal is_over
            if not is_over:
                is_over = True
                self._places.release()

        alarm = asyncio.get_running_loop().call_later(self._longest, end)
        try:
            yield
        finally:
            alarm.cancel()
            end()
