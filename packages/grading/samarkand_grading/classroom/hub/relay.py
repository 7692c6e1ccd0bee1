"""Pass bytes between two connections, both ways, with an end to what each may keep of this process."""

import asyncio
import contextlib
import socket

#: The maximum of bytes that wait here, for each way of a connection: read, and not written yet.
WAITING = 1 << 16
#: Seconds that somebody gets to take what is left for her, after the other side has ended.
GRACE = 10


async def pass_both_ways(one: socket.socket, other: socket.socket) -> None:
    """Pass on what comes from each of two connections to the other until both have ended; close both.

    A connection may end its own half first, as one does who has asked and now listens: it still hears the
    answer. If one breaks off, both are closed.

    Parameters
    ----------
    one, other : socket.socket
        Two connections: of the network, or of this machine.
    """
    for connection in (one, other):
        if connection.family == socket.AF_INET:  # else the machine keeps short messages back, by some 40 ms
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    one_reader, one_writer = await asyncio.open_connection(sock=one, limit=WAITING)
    other_reader, other_writer = await asyncio.open_connection(sock=other, limit=WAITING)
    for writer in (one_writer, other_writer):
        writer.transport.set_write_buffer_limits(high=WAITING)
    try:
        async with asyncio.TaskGroup() as ways:
            ways.create_task(_copy_bytes(one_reader, other_writer))
            ways.create_task(_copy_bytes(other_reader, one_writer))
    except* OSError:
        pass
    finally:
        await _close_connection(one_writer)
        await _close_connection(other_writer)


async def _copy_bytes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy bytes until there are no more, then say so to the other side."""
    while data := await reader.read(WAITING):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


async def _close_connection(writer: asyncio.StreamWriter) -> None:
    """Close a connection once the other side has taken all; one that does not take it loses it."""
    writer.close()
    try:
        with contextlib.suppress(OSError):  # a timeout is one, too
            async with asyncio.timeout(GRACE):
                await writer.wait_closed()
    finally:
        writer.transport.abort()
