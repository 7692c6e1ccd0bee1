"""Start the students' servers before class, so that nobody waits for her turn when all come at once."""

import datetime as dt
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from samarkand.common.errors import CourseError

#: Seconds for the hub to take the order to start a server; the start itself goes on afterwards.
PATIENCE = 60


class NotATime(CourseError):
    """What was given is no time of day.

    Attributes
    ----------
    given : str
        What it was.
    """

    def __init__(self, given: str) -> None:
        self.given = given
        text = f"{given!r} is no time of day: write hours and minutes, such as 09:50."
        super().__init__(text, code="no time")


@dataclass(frozen=True)
class WarmUp:
    """An order to start servers each day at a time.

    Attributes
    ----------
    at : datetime.time
        In the zone of this machine.
    token : str
        By which the hub knows this order.
    """

    at: dt.time
    token: str

    def wait(self, now: dt.datetime) -> float:
        """Return the seconds from `now`, a time of this machine's zone, until the next start."""
        today = dt.datetime.combine(now.date(), self.at)
        then = today if today > now else today + dt.timedelta(days=1)
        return (then - now).total_seconds()

    def begin(self, hub: str, names: Sequence[str]) -> None:
        """Start a thread that starts the servers of students each day, as long as this process lives."""

        def start_daily() -> None:
            while True:
                threading.Event().wait(self.wait(dt.datetime.now()))
                for trouble in start_servers(hub, self.token, names):
                    print(trouble)

        threading.Thread(target=start_daily, daemon=True).start()


def read_time(given: str) -> dt.time:
    """Return a time of day; raise `NotATime`.

    >>> read_time("9:50")
    datetime.time(9, 50)
    """
    try:
        return dt.datetime.strptime(given.strip(), "%H:%M").time()
    except ValueError:
        raise NotATime(given) from None


def start_servers(hub: str, token: str, names: Sequence[str]) -> list[str]:
    """Order the hub to start each student's server; return a sentence for each that it does not start.

    Parameters
    ----------
    hub : str
        The address of the hub on this machine.
    token : str
        By which the hub knows who asks.
    names : sequence of str
        The names by which students sign in.
    """
    troubles = []
    for name in names:
        address = f"{hub}/hub/api/users/{quote(name)}/server"
        asked = urllib.request.Request(address, method="POST", headers={"Authorization": f"token {token}"})
        try:
            urllib.request.urlopen(asked, timeout=PATIENCE).close()
        except urllib.error.HTTPError as error:
            said = read_reason(error)
            if "already running" not in said and "pending" not in said:
                troubles.append(f"The server of {name} was not started before class: {said}")
        except OSError as error:
            troubles.append(f"The server of {name} was not started before class: {error}.")
    return troubles


def read_reason(error: urllib.error.HTTPError) -> str:
    """Return what the hub says of an order that it refuses."""
    try:
        return str(json.loads(error.read())["message"])
    except (ValueError, KeyError):
        return f"status {error.code}."
