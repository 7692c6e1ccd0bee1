"""The wheel alone, in an environment that start.py never saw: tables, maps, the server it comes into."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
USUAL = "jupyter_server.services.kernels.connection.channels.ZMQChannelsWebsocketConnection"
PROMPT = "samarkand.lab.connection.PromptConnection"
#: A second extension: it answers which connection the server gives kernels once all extensions are loaded.
WITNESS = """
def _jupyter_server_extension_points():
    return [{"module": "witness"}]

def _load_jupyter_server_extension(server):
    from jupyter_server.base.handlers import JupyterHandler

    class Witness(JupyterHandler):
        def get(self):
            used = self.settings["kernel_websocket_connection_class"]
            self.finish({"used": used.__module__ + "." + used.__name__})

    server.web_app.add_handlers(".*", [("/witness", Witness)])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with what is installed here, without network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a new environment with the wheel; what that depends on is borrowed from here."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "env", symlinks=os.name == "posix")
    variables = {"base": str(folder / "env"), "platbase": str(folder / "env")}
    scripts = Path(sysconfig.get_path("scripts", "venv", variables))
    python = scripts / Path(sys.executable).name
    uv = Path(sysconfig.get_path("scripts")) / ("uv.exe" if os.name == "nt" else "uv")
    command = [uv, "pip", "install", "--offline", "--no-deps", "--python", python, wheel]
    subprocess.run(command, check=True, capture_output=True)
    site = Path(sysconfig.get_path("purelib", "venv", variables))
    borrowed = sysconfig.get_path("purelib")
    # No plain line: what the borrowed folder's own .pth files add, above all this repository, stays out.
    (site / "borrowed.pth").write_text(f"import sys; sys.path.append({borrowed!r})\n", encoding="utf-8")
    (site / "witness.py").write_text(WITNESS, encoding="utf-8")
    return python


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment that knows neither this repository nor anybody's settings of Jupyter."""
    unwanted = ("PYTHONPATH", "VIRTUAL_ENV", "SAMARKAND_", "JUPYTER", "JPY_", "IPYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return kept | {"HOME": str(tmp_path / "home"), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}


@pytest.fixture
def run(installed: Path, environment: dict[str, str], tmp_path: Path) -> Callable[..., str]:
    """Return ``run(*arguments)``: run the environment's Python in an empty folder; return what it printed."""

    def run(*arguments: str, status: int = 0) -> str:
        done = subprocess.run(
            [installed, *arguments],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    return run


def test_the_wheel_holds_the_tables_and_not_what_made_them(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "course_data").rglob("*") if path.is_file()
    }
    inside = {f"samarkand/{name}" for name in tracked if not name.startswith("course_data/prepare/")}
    assert len(inside) > 25
    assert {name for name in names if name.startswith("samarkand/course_data/")} == inside
    others = {name.split("/")[0] for name in names} - {"samarkand"}
    assert all(name.startswith("samarkand-") for name in others)


def test_tables_and_maps_work_with_the_wheel_alone(
    run: Callable[..., str], installed: Path, tmp_path: Path
) -> None:
    code = (
        "import samarkand; from samarkand import data, maps\n"
        "print(samarkand.__file__); print(len(data.load('sco_membership'))); print(maps.sco())\n"
        "from samarkand.ground import home; print(home.my_work())"
    )
    where, rows, sco, my_work = run("-c", code).splitlines()
    assert Path(where).is_relative_to(installed.parent.parent)
    assert int(rows) == sum(1 for _ in (ROOT / "course_data" / "sco_membership.csv").open("rb")) - 1
    assert sco.startswith("Map of the SCO, 1996 to ")
    assert Path(my_work) == tmp_path / "my_work"


def test_what_the_wheel_lacks_is_said_in_a_sentence(run: Callable[..., str]) -> None:
    for words, missing in {
        ("build", "03"): "the lessons",
        ("check",): "the exercises",
        ("grade", "ex03"): "the exercises",
        ("data", "record"): "the records",
    }.items():
        said = run("-m", "samarkand", *words, status=1)
        assert said.startswith(f"This samarkand was installed without the course's folder, and {missing} are")
        assert len(said.splitlines()) == 1
    assert run("-m", "samarkand", "data", "check") == "The tables are as their schema says.\n"
    code = (
        "from samarkand.exercise.desk import Desk\nfrom samarkand.ground.errors import CourseError\n"
        "try: Desk('ex03_the_sco').form\nexcept CourseError as error: print(error)"
    )
    assert run("-c", code).startswith(
        "What ex03_the_sco asks for is written in its notebook, and that is not here"
    )


@pytest.fixture
def used(installed: Path, environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Return ``used(*options)``: start the environment's server and ask which connection it gives kernels."""
    running: list[subprocess.Popen[bytes]] = []

    def used(*options: str) -> str:
        runtime = tmp_path / f"run{len(running)}"
        command = [
            installed,
            "-m",
            "jupyter_server",
            "--no-browser",
            "--allow-root",
            "--ServerApp.ip=127.0.0.1",
        ]
        command += ["--ServerApp.port=0", "--IdentityProvider.token=t", f"--ServerApp.root_dir={tmp_path}"]
        command += ["--ServerApp.jpserver_extensions=witness=True", *options]
        log = (tmp_path / "log.txt").open("ab")
        with log:
            process = subprocess.Popen(
                command, env=environment | {"JUPYTER_RUNTIME_DIR": str(runtime)}, stdout=log, stderr=log
            )
        running.append(process)
        end = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            for file in runtime.glob("jpserver-*.json"):
                return str(ask(file)["used"])
            time.sleep(0.05)
        raise AssertionError((tmp_path / "log.txt").read_text(encoding="utf-8"))

    yield used
    for process in running:
        process.terminate()
        process.wait(20)


def ask(file: Path) -> Any:
    """Ask the server that wrote this file what the witness saw."""
    end = time.monotonic() + 30
    while True:
        try:
            url = json.loads(file.read_text(encoding="utf-8"))["url"]
            with urllib.request.urlopen(f"{url}witness?token=t", timeout=30) as answer:
                return json.load(answer)
        except (ValueError, urllib.error.URLError):  # being written; not listening yet
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_any_server_of_the_environment_sends_a_kernel_s_words_at_once(used: Callable[..., str]) -> None:
    assert used() == PROMPT


def test_a_connection_that_somebody_chose_stays(used: Callable[..., str]) -> None:
    assert used(f"--ServerApp.kernel_websocket_connection_class={USUAL}") == USUAL


def test_nothing_else_is_imposed_on_the_environment(installed: Path, wheel: Path) -> None:
    data = [name.split(".data/data/")[1] for name in zipfile.ZipFile(wheel).namelist() if ".data/" in name]
    assert data == ["etc/jupyter/jupyter_server_config.d/samarkand.json"]
    placed = json.loads((installed.parent.parent / data[0]).read_text(encoding="utf-8"))
    assert placed == {"ServerApp": {"jpserver_extensions": {"samarkand.lab": True}}}
