"""Log each address beyond this machine that a Python process requests.

Python imports a module of this name at its start if the folder is on PYTHONPATH: so the notebook server and
every kernel of a lab under test are watched, whatever library makes the request.
"""

import os
import sys
from typing import Any

LOG = os.environ.get("SAMARKAND_ASKED")


def local(host: Any) -> bool:
    """Return whether a host is this machine."""
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    return name in ("", "localhost", "::1", "0.0.0.0", "::") or name.startswith("127.")


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Log a name look-up or connection to another machine; an audit hook."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]  # a str is the path of a socket on this machine
    else:
        return
    if LOG and not local(host):
        with open(LOG, "a", encoding="utf-8") as log:  # noqa: PTH123 (before anything else is imported)
            log.write(f"{os.getpid()} {event} {host}\n")


if LOG:
    sys.addaudithook(watch)
