"""What is sent to the hub is small: nobody fills its memory, signed in or not.

Notebooks do not pass through the hub: the proxy hands them to the student's own server.
"""

from typing import Any

from tornado.httpserver import HTTPServer

#: The most bytes of a request to the hub.
MOST = 1 << 20


def limit_bodies(most: int = MOST) -> None:
    """Let the HTTP servers that this process makes refuse a larger request before they read it.

    JupyterHub has no setting for it, and takes a hundred megabytes of each.
    """
    make = HTTPServer.initialize

    def make_limited(server: HTTPServer, *given: Any, **more: Any) -> None:
        make(server, *given, **{"max_body_size": most} | more)

    HTTPServer.initialize = make_limited
