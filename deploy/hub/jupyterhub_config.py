"""JupyterHub for a class on one machine: the course is read-only, each student works in a folder of her own.

`samarkand hub` starts it, and passes its settings in environment variables.
"""

import asyncio
import contextlib
import csv
import json
import os
import resource
import secrets
import subprocess
import sys
from pathlib import Path

from jupyterhub.auth import Authenticator
from jupyterhub.spawner import SimpleLocalProcessSpawner
from tornado.web import HTTPError

c = get_config()  # noqa: F821
folder, port = Path(os.environ["SAMARKAND_HUB"]), int(os.environ["SAMARKAND_PORT"])
os.umask(0o077)  # the database, passwords, all that students write: for their owner only
with (folder / "class.csv").open(encoding="utf-8", newline="") as file:
    students = {row["sign_in_as"]: row for row in csv.DictReader(file)}


class ClassList(Authenticator):
    """Authenticator with the names and passwords of the class list; no system accounts are needed."""

    async def authenticate(self, handler, data):
        """Return the name if the password is the one in the list, else None."""
        name = self.normalize_username(data["username"].strip().replace(" ", "_"))
        right = students.get(name, {}).get("password") or secrets.token_hex()
        return name if secrets.compare_digest(data["password"].strip().encode(), right.encode()) else None


def home(spawner):
    """Return the path of a student's folder."""
    return folder / "homes" / students[spawner.user.name]["id"]


class DidNotStart(HTTPError):
    """A student's server did not start; the hub's page shows its last message."""

    def __init__(self, said):
        super().__init__(500, "%s", said)  # JupyterHub shows other errors of the first second as unhandled
        self.jupyterhub_message = said


#: Servers start in turn, as many at once as there are processors: all at once would keep everybody waiting.
turn = asyncio.Semaphore(os.cpu_count() or 1)


class OwnFolder(SimpleLocalProcessSpawner):
    """Spawner that runs a student's server in her folder, as its owner, with resource limits."""

    def make_preexec_fn(self, name):
        """Return a function that limits the memory of a process and lowers its priority below the hub's."""

        def preexec():
            os.nice(5)
            resource.setrlimit(resource.RLIMIT_DATA, (self.mem_limit, self.mem_limit))

        return preexec

    async def start(self):
        """Start the server in its turn and wait until it answers."""
        async with turn:
            return await self.start_now()

    async def start_now(self):
        """Start the server and wait until it answers; raise `DidNotStart` with its last line if it ends."""
        own = home(self)
        words = [word.replace("{home}", own.name) for word in json.loads(os.environ["SAMARKAND_BOX"])]
        if os.geteuid() == 0:
            user = own.stat()
            words += ["setpriv", f"--reuid={user.st_uid}", f"--regid={user.st_gid}", "--clear-groups", "--"]
        self.cmd = [*words, sys.executable, "-P", "-m", "samarkand", "start"]
        self.home_dir = str(own)
        log = folder / "logs" / f"{own.name}.txt"
        log.parent.mkdir(exist_ok=True)
        with log.open("wb") as file:
            self.popen_kwargs = {"cwd": "/", "stdin": subprocess.DEVNULL, "stdout": file, "stderr": file}
            found = await super().start()
        while await self.poll() is None:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(*found)
                writer.close()
                return found
            await asyncio.sleep(0.2)
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise DidNotStart(lines[-1] if lines else "Your server ended at once. Tell your instructor.")

    async def _signal(self, sig):
        """Signal the whole process group, so that the server gets it even below bubblewrap."""
        if sig == 0:
            return await super()._signal(sig)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, sig)
        return True


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
if copy := os.environ.get("SAMARKAND_COPY"):
    c.Spawner.environment["PYTHONPATH"] = copy
c.Spawner.mem_limit = "2G"  # for each process of a student; Kubernetes counts all of them, see values.yaml
c.Spawner.poll_interval = 5  # a server that died is started again at the next visit
c.Spawner.start_timeout, c.Spawner.http_timeout = 600, 120  # to wait for one's turn is part of the first
c.JupyterHub.active_server_limit = int(os.environ["SAMARKAND_FITS"])
c.JupyterHub.services = [
    {
        "name": "end-idle-servers",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600", "--cull-every=300"],
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

# Only this machine: for others put a server with a certificate in front, or say --JupyterHub.bind_url.
c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{port + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{port + 2}"
c.ConfigurableHTTPProxy.command = [os.environ["SAMARKAND_PROXY"]]
c.ConfigurableHTTPProxy.pid_file = str(folder / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{folder / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(folder / "cookie_secret")
c.JupyterHub.log_level = "WARN"
