"""What a server without a network reaches: a socket of its own, and behind it the hub's port.

Each student has one, so that nobody can take the connections of another.
"""

import asyncio
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from samarkand.common.errors import CourseError
from samarkand_grading.classroom.hub.confinement import SOCKET

#: The maximum of connections of one student: JupyterHub's own part of her server uses a few at a time.
MOST = 24


def open_doors(folder: Path, students: Sequence[str], port: int) -> None:
    """Pass on what comes to each student's socket to a port of this machine, until the process ends.

    The sockets are there when this returns. They stay while a hub that was killed starts again.

    Parameters
    ----------
    folder : Path
        The folder that gets a folder for each student, with her socket.
    students : sequence of str
        The names of the students' folders.
    port : int
        The hub's port.
    """
    for place in (folder, *(folder / student for student in students)):
        place.mkdir(exist_ok=True)
        place.chmod(0o711)
    allow_open_files()
    is_open = threading.Event()
    sockets = [folder / student / SOCKET for student in students]
    threading.Thread(target=lambda: asyncio.run(_serve(sockets, port, is_open)), daemon=True).start()
    if not is_open.wait(10 + len(sockets) / 100):
        text = f"The hub's socket cannot be opened in {folder}: its disk may not allow that."
        raise CourseError(text, code="no socket", folder=folder)


def allow_open_files() -> None:
    """Let this process, and the hub that it starts, open as many files as the machine allows at all."""
    import resource  # Windows has none

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _serve(sockets: Sequence[Path], port: int, is_open: threading.Event) -> None:
    servers = [await _open(path, port) for path in sockets]
    is_open.set()
    await asyncio.gather(*(server.serve_forever() for server in servers))


async def _open(path: Path, port: int) -> asyncio.Server:
    """Return the server of one student's socket."""
    open_now = 0

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_now
        if open_now >= MOST:
            writer.close()
            return
        open_now += 1
        try:
            from_hub, to_hub = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(_copy(reader, to_hub), _copy(from_hub, writer))
        except OSError:  # the hub starts again
            writer.close()
        finally:
            open_now -= 1

    path.unlink(missing_ok=True)
    # A socket's path has at most 107 bytes: one that begins with a descriptor of its folder is always short.
    descriptor = os.open(path.parent, os.O_PATH)
    try:
        server = await asyncio.start_unix_server(connect, f"/proc/self/fd/{descriptor}/{path.name}")
    finally:
        os.close(descriptor)
    path.chmod(0o666)  # the hub asks for a token here as it does on its port
    return server


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy bytes until there are no more, then close."""
    try:
        while True:
            data = await reader.read(1 << 16)
            if not data:
                break
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
