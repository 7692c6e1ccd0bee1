"""JupyterHub for a class on one machine: the course is read-only, each student works in a folder of her own.

`samarkand hub` starts it, and passes its settings in environment variables. What a student's server can see
and use is decided in `samarkand_grading.classroom.hub.confinement`.
"""

import asyncio
import contextlib
import csv
import os
import secrets
import subprocess
import sys
from pathlib import Path

from jupyterhub.auth import Authenticator
from jupyterhub.spawner import SimpleLocalProcessSpawner
from tornado.web import HTTPError

from samarkand_grading.classroom.hub import (
    bodies,
    confinement,
    door,
    folders,
    guesses,
    logs,
    processes,
    turns,
)

c = get_config()  # noqa: F821
folder, port = Path(os.environ["SAMARKAND_HUB"]), int(os.environ["SAMARKAND_PORT"])
boundary = confinement.read_boundary(os.environ["SAMARKAND_BOUNDARY"])
confined = isinstance(boundary, confinement.Confinement)
logs.make_records_printable()
bodies.limit_bodies()
os.umask(0o077)  # the database, passwords, all that students write: for their owner only
with (folder / "class.csv").open(encoding="utf-8", newline="") as file:
    students = {row["sign_in_as"]: row for row in csv.DictReader(file)}


#: The port at which each student's server is reached; without one, her server opens a port by itself.
ports = door.read_ports(folder / door.PORTS) if confined and boundary.door else {}


class ClassList(Authenticator):
    """Authenticator with the names and passwords of the class list; no system accounts are needed."""

    guesses = guesses.Guesses()

    async def authenticate(self, handler, data):
        """Return the name if the password is the one in the list, else None."""
        name = self.normalize_username(data["username"].strip().replace(" ", "_"))
        given = data["password"].strip().encode()
        password = students.get(name, {}).get("password") or secrets.token_hex()
        try:
            right = await self.guesses.try_password(
                name, handler.request.remote_ip, lambda: secrets.compare_digest(given, password.encode())
            )
        except guesses.TooManyGuesses as error:
            raise HTTPError(429, "%s", str(error)) from None
        return name if right else None


def home(spawner):
    """Return the path of a student's folder."""
    return folder / "homes" / students[spawner.user.name]["id"]


class DidNotStart(HTTPError):
    """A student's server did not start; the hub's page shows its last message."""

    def __init__(self, said):
        super().__init__(500, "%s", said)  # JupyterHub shows other errors of the first second as unhandled
        self.jupyterhub_message = said


#: Servers start in turn, as many at once as there are processors: all at once would keep everybody waiting.
#: Most take some seconds; one that has not started after a minute lets the next begin.
turn = turns.Turns(os.cpu_count() or 1, longest=60)


class OwnFolder(SimpleLocalProcessSpawner):
    """Spawner that runs a student's server in her folder, within the boundary that the command has chosen."""

    def make_preexec_fn(self, name):
        """Return the function that limits the process of a server."""
        return boundary.limit_this_process

    def get_env(self):
        """Return the environment of a student's server: of all that JupyterHub passes on, what it needs."""
        return boundary.environment_inside(super().get_env())

    def load_state(self, state):
        """Take up the server of a hub that was killed, if the process with its number still is that server.

        A number is given to another process once its own has ended, as after a start of the machine: that one
        is not signalled, and nobody is led to it.
        """
        super().load_state(state)
        student = students.get(self.user.name)
        if self.pid and not (student and processes.works_in(self.pid, folder / "homes" / student["id"])):
            self.pid = 0

    async def get_url(self):
        """Return where the server is reached: at its student's port of today, whoever has yesterday's now."""
        number = ports.get(students[self.user.name]["id"])
        return self.server.url.replace(f":{self.server.port}/", f":{number}/") if number else self.server.url

    def list_words(self):
        """Return the words of the command that is a student's server."""
        return [sys.executable, "-P", "-m", "samarkand", "start"]

    async def start(self):
        """Start the server in its turn and wait until it answers."""
        async with turn.take():
            return await self.start_now()

    async def start_now(self):
        """Start the server and wait until it answers; raise `DidNotStart` with a sentence if it cannot."""
        own = home(self)
        held = await asyncio.to_thread(folders.measure_folder, own) if confined else None
        if held and held.is_more_than(boundary.limits.home):
            raise DidNotStart(f"{held.describe(boundary.limits.home)} Ask your instructor to make room.")
        log = logs.open_log(folder, own.name)
        self.home_dir = str(own)
        with (
            log.open("ab") as file,
            boundary.prepare(own, self.list_words()) as prepared,
        ):
            self.cmd, self.port = prepared.words, ports.get(own.name, 0)
            self.popen_kwargs = {
                "cwd": "/",
                "stdin": subprocess.DEVNULL,
                "stdout": file,
                "stderr": file,
                "pass_fds": prepared.descriptors,
            }
            found = await super().start()
        while await self.poll() is None:
            if await answers(*found):
                return found
            await asyncio.sleep(0.2)
        raise DidNotStart(logs.read_last_line(log) or "Your server ended at once. Tell your instructor.")

    async def _signal(self, sig):
        """Signal the whole process group, so that the server gets it even below bubblewrap."""
        if sig == 0:
            return await super()._signal(sig)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, sig)
        return True


async def answers(host, number):
    """Return whether a server answers: its port may be open before it runs."""
    with contextlib.suppress(OSError, TimeoutError):
        reader, writer = await asyncio.open_connection(host, number)
        try:
            writer.write(b"HEAD / HTTP/1.0\r\n\r\n")
            return bool(await asyncio.wait_for(reader.read(1), timeout=1))
        finally:
            writer.close()
    return False


c.JupyterHub.authenticator_class = ClassList
c.Authenticator.allowed_users = set(students)
c.JupyterHub.spawner_class = OwnFolder
c.Spawner.environment = {
    "SAMARKAND_STUDENT": lambda spawner: students[spawner.user.name]["id"],
    "SAMARKAND_WORK": lambda spawner: str(home(spawner) / "my_work"),
    # Without what a student's server does not need, and loads in the grader's environment: 40 MB, 2 s of CPU.
    "JUPYTER_CONFIG_PATH": str(Path(__file__).parent),
    # One thread a student: libraries for arithmetic would start one for each processor.
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
}
copy = os.environ.get("SAMARKAND_COPY")
if copy:
    c.Spawner.environment["PYTHONPATH"] = copy
if confined and boundary.door:
    c.Spawner.hub_connect_url = confinement.HUB_ADDRESS
c.Spawner.mem_limit = boundary.limits.memory  # what JupyterLab shows
c.Spawner.poll_interval = 5  # a server that died is started again at the next visit
c.Spawner.start_timeout, c.Spawner.http_timeout = 600, 120  # to wait for one's turn is part of the first
c.JupyterHub.active_server_limit = int(os.environ["SAMARKAND_FITS"])
c.JupyterHub.services = [
    {
        "name": "end-idle-servers",
        "command": [
            sys.executable,
            "-P",
            "-m",
            "jupyterhub_idle_culler",
            "--timeout=3600",
            "--cull-every=300",
        ],
        "environment": {"SAMARKAND_HUB": str(folder)},  # by which it is found if the hub is killed
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "end-idle-servers",
        "services": ["end-idle-servers"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
token = os.environ.get("SAMARKAND_WARM_UP")
if token:  # of the command, which starts servers before class
    c.JupyterHub.services.append({"name": "warm-up", "api_token": token})
    c.JupyterHub.load_roles.append({"name": "warm-up", "services": ["warm-up"], "scopes": ["servers"]})

# Only this machine: for others put a server with a certificate in front, or say --JupyterHub.bind_url.
c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
below = os.environ.get("SAMARKAND_ADDRESSES_BELOW")
if below:  # https://ada.hub.example.edu
    c.JupyterHub.subdomain_host = below
    # No page of another student can set such a cookie. Browsers take them by https alone.
    c.JupyterHub.cookie_host_prefix_enabled = below.startswith("https:")
# The web server in front says who comes: all would come from one address, and wait for one another's guesses.
c.JupyterHub.trusted_downstream_ips = ["127.0.0.1", "::1"]
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{port + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{port + 2}"
c.ConfigurableHTTPProxy.command = [os.environ["SAMARKAND_PROXY"]]
c.ConfigurableHTTPProxy.pid_file = str(folder / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{folder / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(folder / "cookie_secret")
c.JupyterHub.log_level = "WARN"
