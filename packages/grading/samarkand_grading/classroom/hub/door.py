"""The only ways into and out of a student's server that has no network: sockets in a folder of her own.

Each is a socket of this machine, by a path, and nobody but she can come to it:

- ``hub.sock``: her server connects, and is passed on to the hub's port.
- ``bell.sock``: her server connects and listens. It is sent a byte for each visitor.
- ``entrance.sock``: her server connects once for each visitor, and is passed on to that visitor.

A visitor is a connection to her server's port, which this process opens. So her server begins all
connections that it has, in its own network, and is never handed one: a socket of the machine's network could
be taken apart and connected to whatever listens on the machine.
"""

import asyncio
import contextlib
import json
import os
import socket
import struct
import threading
from collections.abc import Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from samarkand.common import files
from samarkand.common.errors import CourseError
from samarkand_grading.classroom.hub import relay
from samarkand_grading.classroom.hub.confinement import BELL, ENTRANCE, SOCKET

#: The maximum of connections of one student: JupyterHub's own part of her server uses a few at a time.
MOST = 24
#: The maximum of visitors of one student: her browsers' requests, and a websocket for each open notebook.
MOST_VISITORS = 100
#: How many connections the machine keeps for this process until it takes them.
QUEUE = 256
#: Seconds until a connection to the hub that has ended makes room for the next one, and until the next one of
#: those that are too many is looked at: who does nothing but connect keeps this process from nobody else.
REST, LEAST_REST = 0.2, 0.01
#: Seconds in which her server meets a visitor.
PATIENCE = 60
#: The file in the hub's folder that says at which port each student's server is reached, from start to start.
PORTS = "ports.json"


@dataclass
class Door:
    """The ways into and out of one student's server.

    Attributes
    ----------
    folder : Path
        The folder with her sockets.
    owner : int
        The id of the user with whose rights her server runs.
    hub_port : int
        The hub's port.
    visitors : socket.socket
        The port at which her server is reached.
    """

    folder: Path
    owner: int
    hub_port: int
    visitors: socket.socket
    _bell: socket.socket | None = None
    _inside: int = 0
    _entering: asyncio.Lock = field(default_factory=asyncio.Lock)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def keep(self, is_open: "Opened") -> None:
        """Open the sockets, and let through what comes, until this is cancelled."""
        out = self._open(SOCKET)
        bells = self._open(BELL)
        entrance = self._open(ENTRANCE)
        is_open.count()
        async with asyncio.TaskGroup() as ways:
            ways.create_task(self._let_out(out))
            ways.create_task(self._hear_bells(bells))
            ways.create_task(self._let_in(entrance))

    def _begin(self, connection: Coroutine[None, None, None]) -> None:
        """Begin what passes on a connection; whatever goes wrong with one ends no other."""
        task = asyncio.get_running_loop().create_task(connection)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _open(self, name: str) -> socket.socket:
        """Return a socket that listens in her folder."""
        (self.folder / name).unlink(missing_ok=True)
        # A socket's path has at most 107 bytes: one that begins with a descriptor is always short.
        descriptor = os.open(self.folder, os.O_PATH)
        try:
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(f"/proc/self/fd/{descriptor}/{name}")
        finally:
            os.close(descriptor)
        (self.folder / name).chmod(0o666)  # her folder lets nobody else come so far
        listening.listen(QUEUE)
        listening.setblocking(False)
        return listening

    def _is_hers(self, connection: socket.socket) -> bool:
        """Return whether a process of hers is at the other end of a connection."""
        size = struct.calcsize("3i")
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
        return bool(struct.unpack("3I", told)[1] == self.owner)

    async def _let_out(self, listening: socket.socket) -> None:
        """Pass on her server's connections to the hub; those that are too many are closed."""
        places = asyncio.Semaphore(MOST)
        while True:
            hers = await self._accept_hers(listening)
            if places.locked():
                hers.close()
                await asyncio.sleep(LEAST_REST)
            else:
                await places.acquire()
                self._begin(self._lead_out(hers, places))

    async def _lead_out(self, hers: socket.socket, places: asyncio.Semaphore) -> None:
        """Pass on a connection of her server to the hub."""
        loop = asyncio.get_running_loop()
        try:
            with hers, socket.socket() as hub, contextlib.suppress(OSError):  # the hub starts again
                hub.setblocking(False)
                await loop.sock_connect(hub, ("127.0.0.1", self.hub_port))
                await relay.pass_both_ways(hers, hub)
            await asyncio.sleep(REST)
        finally:
            places.release()

    async def _hear_bells(self, listening: socket.socket) -> None:
        """Keep the newest connection on which her server waits for visitors."""
        while True:
            bell = await self._accept_hers(listening)
            if self._bell:
                self._bell.close()
            self._bell = bell
            await asyncio.sleep(REST)

    async def _accept_hers(self, listening: socket.socket) -> socket.socket:
        """Return her next connection to one of her sockets."""
        while True:
            connection = await _accept_connection(listening)
            if self._is_hers(connection):
                return connection
            connection.close()
            await asyncio.sleep(LEAST_REST)

    async def _let_in(self, entrance: socket.socket) -> None:
        """Lead each visitor to her server; those who are too many, or find nobody, are sent away."""
        while True:
            visitor = await _accept_connection(self.visitors)
            if self._inside >= MOST_VISITORS or not self._ring():
                visitor.close()
            else:
                self._inside += 1
                self._begin(self._lead_in(visitor, entrance))

    def _ring(self) -> bool:
        """Tell her server that somebody has come; return whether it listens."""
        if self._bell is None:
            return False
        try:
            return self._bell.send(b".") == 1
        except OSError:  # it has ended, or takes nothing
            return False

    async def _lead_in(self, visitor: socket.socket, entrance: socket.socket) -> None:
        """Pass on a visitor to the next connection that her server makes."""
        try:
            with visitor, contextlib.suppress(OSError):
                async with asyncio.timeout(PATIENCE), self._entering:
                    hers = await self._accept_hers(entrance)
                    while _has_ended(hers):  # made for a visitor who did not wait
                        hers.close()
                        hers = await self._accept_hers(entrance)
                with hers:
                    await relay.pass_both_ways(visitor, hers)
        finally:
            self._inside -= 1


async def _accept_connection(listening: socket.socket) -> socket.socket:
    """Return the next connection to a socket."""
    while True:
        try:
            connection, _ = await asyncio.get_running_loop().sock_accept(listening)
        except OSError:  # whoever came has gone, or no descriptor is free
            await asyncio.sleep(LEAST_REST)
        else:
            return connection


def _has_ended(connection: socket.socket) -> bool:
    """Return whether the other side of a new connection has gone already."""
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


class Opened:
    """How many doors are open, for whoever waits until all are.

    Parameters
    ----------
    wanted : int
        How many there are to be.
    """

    def __init__(self, wanted: int) -> None:
        self._left = wanted
        self._all = threading.Event()

    def count(self) -> None:
        """Count one more."""
        self._left -= 1
        if self._left <= 0:
            self._all.set()

    def wait(self, seconds: float) -> bool:
        """Return whether all are open, after at most so many seconds."""
        return self._all.wait(seconds)


def open_doors(folder: Path, homes: Sequence[Path], port: int) -> dict[str, int]:
    """Let through what comes to each student's sockets and port, until the process ends.

    All is open when this returns. It stays while a hub that was killed starts again.

    Parameters
    ----------
    folder : Path
        The folder that gets a folder for each student, with her sockets.
    homes : sequence of Path
        The students' folders, whose owners' rights their servers have.
    port : int
        The hub's port; it uses the ones before and after it as well.

    Returns
    -------
    dict
        The port at which each student's server is reached, by the name of her folder. Those that are noted
        in the hub's folder, of an earlier start, are kept: servers outlive a hub that is killed.
    """
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    allow_open_files()
    noted = folder.parent / PORTS
    before = read_ports(noted) if noted.is_file() else {}
    doors, ports = [], {}
    for home in homes:
        own = folder / home.name
        owner = home.stat()
        own.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            os.chown(own, 0, owner.st_gid)  # she comes to what is in it, and sees and changes nothing
        own.chmod(0o710 if os.geteuid() == 0 else 0o700)
        visitors = open_port(before.get(home.name, 0), range(port - 1, port + 2))
        ports[home.name] = visitors.getsockname()[1]
        doors.append(Door(own, owner.st_uid, port, visitors))
    files.write_whole(noted, json.dumps(ports).encode())
    opened = Opened(len(doors))
    threading.Thread(target=lambda: asyncio.run(_keep_all(doors, opened)), daemon=True).start()
    if not opened.wait(10 + len(doors) / 100):
        text = f"The students' sockets cannot be opened in {folder}: its disk may not allow that."
        raise CourseError(text, code="no socket", folder=folder)
    return ports


def read_ports(noted: Path) -> dict[str, int]:
    """Return what `open_doors` has noted: the port of each student's server by the name of her folder.

    Of a file that is damaged, or of another form, what is a port is read; nothing else depends on it.
    """
    try:
        found = json.loads(noted.read_bytes())
    except (ValueError, RecursionError):
        return {}
    ports = {}
    for student, number in found.items() if isinstance(found, dict) else ():
        if type(number) is int and 0 < number < 1 << 16:
            ports[student] = number
    return ports


def open_port(wanted: int, others: Collection[int]) -> socket.socket:
    """Return a port of this machine that listens.

    Parameters
    ----------
    wanted : int
        Its number, if that is free; 0: any.
    others : collection of int
        Numbers that somebody else needs.
    """
    if wanted not in others:
        with contextlib.suppress(OSError):
            return listen_at(wanted)
    while True:
        found = listen_at(0)
        if found.getsockname()[1] not in others:
            return found
        found.close()


def listen_at(port: int) -> socket.socket:
    """Return a socket that listens at a port of this machine, for this machine alone."""
    listening = socket.create_server(("127.0.0.1", port), backlog=QUEUE)
    listening.setblocking(False)
    return listening


def allow_open_files() -> None:
    """Let this process, and the hub that it starts, open as many files as the machine allows at all."""
    import resource  # Windows has none

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _keep_all(doors: Sequence[Door], opened: Opened) -> None:
    await asyncio.gather(*(one.keep(opened) for one in doors), return_exceptions=True)
