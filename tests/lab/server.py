"""A throw-away JupyterLab, for the browser tests and for screenshots.

All its files (settings, workspaces, trust, history) are in a temporary folder, so that every lab starts as on
a fresh machine. It has the same settings that `start.py` gives students.
"""

import contextlib
import functools
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from lab import programs
from samarkand.common.home import ROOT

#: The folder of `sitecustomize`, which logs the addresses beyond this machine that the lab requests.
WATCH = Path(__file__).resolve().parent / "watch"

#: The maximum seconds for JupyterLab to start on a busy machine.
PATIENCE = 180
#: What runs a command without any network but its own.
NO_NETWORK = Path(__file__).with_name("no_network.py")


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab that listens on this machine only and requires its token.

    The temporary folder `home` has ``root``, the folder it serves, and ``my_work``. With `apart` its only
    network is its own loopback, so that nothing can leave it.
    """

    home: Path
    url: str
    token: str
    pid: int
    apart: bool

    @property
    def root(self) -> Path:
        """The folder that the lab serves."""
        return self.home / "root"

    def asked(self) -> list[str]:
        """Return the addresses beyond this machine that the server and its kernels requested."""
        log = self.home / "asked.txt"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def _settings(name: str) -> dict[str, Any]:
    """Return the content of one of JupyterLab's settings files of `start.py`."""
    return dict(json.loads((ROOT / "settings" / "lab" / name).read_text(encoding="utf-8")))


def _environment(home: Path) -> dict[str, str]:
    """Return the environment variables of a JupyterLab that keeps everything in `home`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "JPY_", "IPYTHON"))}
    path = [str(WATCH), str(ROOT), *filter(None, [kept.get("PYTHONPATH")])]
    return kept | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "run"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": os.pathsep.join(path),
        "SAMARKAND_WORK": str(home / "root"),
        "SAMARKAND_ASKED": str(home / "asked.txt"),
    }


def sign(notebook: Path, home: Path) -> None:
    """Sign a notebook as trusted in the lab in `home`, as ``jupyter trust`` does."""
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary(data_dir=str(home / "data"))
    notary.sign(nbformat.read(notebook, as_version=4))
    notary.store.close()


def _without_network() -> list[str]:
    """Return the command prefix that leaves only a loopback as network; empty if not available."""
    unshare = shutil.which("unshare")
    if unshare:
        for options in (["--net"], ["--net", "--map-root-user"]):
            tried = subprocess.run([unshare, *options, "true"], capture_output=True, check=False)
            if not tried.returncode:
                return [unshare, *options, sys.executable, str(NO_NETWORK)]
    return []


@contextlib.contextmanager
def lab(notebooks: Path, *, apart: bool = False) -> Iterator[Lab]:
    """Start a JupyterLab on a trusted copy of a folder of notebooks; stop it afterwards.

    `apart` requests a lab without a network, which not every machine allows (see `Lab.apart`). `LabError` if
    it does not start in time.
    """
    # A short path: kernels' sockets have names of at most 107 bytes.
    home = Path(tempfile.mkdtemp(prefix="lab-"))
    try:
        shutil.copytree(notebooks, home / "root", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        for name in ("config/labconfig", "run", "data"):
            (home / name).mkdir(parents=True)
        settings = ROOT / "settings/lab/overrides.json"
        shutil.copyfile(settings, home / "config/labconfig/default_setting_overrides.json")
        shutil.copytree(ROOT / "settings/lab/labextension", home / "extensions/samarkand")
        told = _settings("jupyter_lab_config.json") | _settings("server_extension.json")
        (home / "config/jupyter_lab_config.json").write_text(json.dumps(told))
        startup = home / "ipython/profile_default/startup"
        startup.mkdir(parents=True)
        shutil.copyfile(ROOT / "settings/lab/startup.py", startup / "50-samarkand.py")
        for notebook in sorted((home / "root").rglob("*.ipynb")):
            sign(notebook, home)
        wrapper = _without_network() if apart else []
        token = secrets.token_hex(16)
        command = [*wrapper, sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        command += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--IdentityProvider.token={token}"]
        command += [f"--ServerApp.root_dir={home / 'root'}", "--LabApp.expose_app_in_browser=True"]
        # This tree's, not the installed.
        command += [f"--LabApp.extra_labextensions_path={home / 'extensions'}"]
        command += ["--Application.log_level=WARN", "--ServerApp.answer_yes=True"]
        with programs.running(command, home / "log.txt", _environment(home)) as process:
            url = _wait(process, home)
            yield Lab(home, url, token, process.pid, bool(wrapper))
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], home: Path) -> str:
    """Wait until the server has written its address; return it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for file in (home / "run").glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):  # being written this moment
                return str(json.loads(file.read_text())["url"])
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise programs.did_not_start("JupyterLab", home / "log.txt")


class _Quiet(SimpleHTTPRequestHandler):
    """A handler that serves files and logs nothing."""

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


class _Fresh(_Quiet):
    """A handler that lets no browser keep a file by itself, and lists in `asked` what it was asked for."""

    asked: ClassVar[list[str]] = []

    def end_headers(self) -> None:
        """Say that the file is to be asked for again at each use."""
        self.asked.append(self.path)
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


@contextlib.contextmanager
def serve(folder: Path, asked: list[str] | None = None) -> Iterator[str]:
    """Serve a folder of static files on loopback; yield the address.

    With `asked` no browser may keep a file without asking again, and each path that is asked for is added.
    """
    if asked is None:
        handler = functools.partial(_Quiet, directory=str(folder))
    else:
        fresh = type("Fresh", (_Fresh,), {"asked": asked})
        handler = functools.partial(fresh, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
