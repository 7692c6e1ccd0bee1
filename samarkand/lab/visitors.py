"""How a student's server that has no network is reached: it goes and meets whoever comes to its door.

A hub passes on to a server's sockets what comes to its port (`samarkand hub`). The server begins all of these
connections itself, so that none of them is of the network of the machine.
"""

import asyncio
import socket
from pathlib import Path

from jupyter_server.serverapp import ServerApp
from tornado.iostream import IOStream

#: Seconds after which the bell is looked for again, if the hub has gone.
PAUSE = 0.5


async def meet_visitors(server: ServerApp, door: Path) -> None:
    """Answer whoever comes: for each byte that the bell sends, somebody waits at the entrance.

    Parameters
    ----------
    server : ServerApp
        The server, which runs.
    door : Path
        The folder with the two sockets.
    """
    while True:
        bell = IOStream(socket.socket(socket.AF_UNIX))
        try:
            await bell.connect(str(door / "bell.sock"))
            while await bell.read_bytes(1):
                visitor = socket.socket(socket.AF_UNIX)
                visitor.setblocking(False)
                visitor.connect(str(door / "entrance.sock"))
                stream = IOStream(visitor, max_buffer_size=server.http_server.max_buffer_size)
                server.http_server.handle_stream(stream, ("", 0))
        except OSError:  # the hub starts again
            bell.close()
        await asyncio.sleep(PAUSE)
