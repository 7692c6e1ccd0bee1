"""What a server without a network reaches: a socket in a folder, and behind it the hub's port."""

import asyncio
import os
import threading
from pathlib import Path

from samarkand.common.errors import CourseError
from samarkand_grading.classroom.hub.confinement import SOCKET


def open_door(folder: Path, port: int) -> None:
    """Pass on what comes to a socket in a folder to a port of this machine, until the process ends.

    The socket is there when this returns. It stays while a hub that was killed starts again.
    """
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    is_open = threading.Event()
    threading.Thread(target=lambda: asyncio.run(_serve(folder / SOCKET, port, is_open)), daemon=True).start()
    if not is_open.wait(10):
        raise CourseError(f"The hub's socket cannot be opened in {folder}: its disk may not allow that.")


async def _serve(path: Path, port: int, is_open: threading.Event) -> None:
    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_hub, to_hub = await asyncio.open_connection("127.0.0.1", port)
        except OSError:  # the hub starts again
            writer.close()
            return
        await asyncio.gather(_copy(reader, to_hub), _copy(from_hub, writer))

    path.unlink(missing_ok=True)
    # A socket's path has at most 107 bytes: one that begins with a descriptor of its folder is always short.
    descriptor = os.open(path.parent, os.O_PATH)
    server = await asyncio.start_unix_server(connect, f"/proc/self/fd/{descriptor}/{path.name}")
    path.chmod(0o666)  # the hub asks for a token here as it does on its port
    is_open.set()
    await server.serve_forever()


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
