"""The wheel alone, in an environment start.py never saw: lessons, tables, maps, the server it comes into."""

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
RELEASED = ROOT / "exercises" / "release"
USUAL = "jupyter_server.services.kernels.connection.channels.ZMQChannelsWebsocketConnection"
PROMPT = "samarkand.jupyter.connection.PromptConnection"
VIEW = "application/vnd.jupyter.widget-view+json"
#: What is saved of a cell that shows a widget of the course, and somebody else's.
SHOWN = [
    {"output_type": "display_data", "metadata": metadata, "data": {VIEW: {"model_id": "5"}, "text/html": "x"}}
    for metadata in ({"samarkand": {"still": True}}, {})
]
CELL = {
    "cell_type": "code", "id": "shown", "metadata": {}, "source": "", "outputs": SHOWN, "execution_count": 1
}  # fmt: skip
NOTEBOOK = {
    "type": "notebook",
    "format": "json",
    "content": {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [CELL]},
}
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


def test_the_wheel_holds_what_is_handed_out_and_no_solution(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    lessons = {f"samarkand/{path.relative_to(ROOT).as_posix()}" for path in ROOT.glob("notebooks/*.ipynb")}
    sets = {f"samarkand/{path.relative_to(ROOT).as_posix()}" for path in RELEASED.glob("*/*.ipynb")}
    assert lessons and sets
    assert {name for name in names if name.endswith(".ipynb")} == lessons | sets
    assert {name for name in names if name.startswith("samarkand/exercises/")} == sets
    assert {name for name in names if name.startswith("samarkand/docs/")} == {"samarkand/docs/python.md"}


def test_lessons_are_handed_out_and_renewed_by_the_wheel_alone(
    run: Callable[..., str], installed: Path, tmp_path: Path
) -> None:
    count = len([*ROOT.glob("notebooks/*.ipynb"), *RELEASED.glob("*/*.ipynb")])
    said = run("-m", "samarkand", "lessons")
    assert said.startswith(f"Your copies of {count} notebooks are in {tmp_path / 'my_work'}: ")
    assert run("-m", "samarkand", "lessons") == "Nothing to do: every copy is there, and of today's course.\n"
    assert (tmp_path / "my_work/docs/python.md").is_file()
    copy = tmp_path / "my_work/lessons/03_the_sco.ipynb"
    copy.write_text("my own", encoding="utf-8")
    assert "Your old one is kept as 03_the_sco.kept.ipynb." in run("-m", "samarkand", "fresh", "03")
    assert copy.with_name("03_the_sco.kept.ipynb").read_text(encoding="utf-8") == "my own"
    where = "from samarkand.ground import home; import os; os.chdir('my_work/lessons'); print(home.my_work())"
    assert run("-c", where).strip() == str(tmp_path / "my_work"), "a lesson finds the folder it lies in"
    assert run("-m", "samarkand", "lessons", str(tmp_path / "hub")).startswith(
        f"Your copies of {count} notebooks"
    )
    assert (tmp_path / "hub/my_work/sets/ex03_the_sco/ex03_the_sco.ipynb").is_file()


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
        ("build", "03"): "the sources of the lessons",
        ("check",): "the exercises",
        ("grade", "ex03"): "the exercises",
        ("data", "record"): "the records",
    }.items():
        said = run("-m", "samarkand", *words, status=1)
        assert said.startswith(f"This samarkand was installed without the course's folder, and {missing} are")
        assert len(said.splitlines()) == 1
    assert run("-m", "samarkand", "data", "check") == "The tables are as their schema says.\n"
    code = (
        "from samarkand.practice.sets.desk import Desk\nfrom samarkand.ground.errors import CourseError\n"
        "try: Desk('ex03_the_sco').form\nexcept CourseError as error: print(error)"
    )
    assert run("-c", code).startswith(
        "What ex03_the_sco asks for is written in its notebook, and that is not here"
    )


@pytest.fixture
def used(installed: Path, environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Return ``used(*options)``: start the environment's server and ask which connection it gives kernels.

    Let it save ``day.ipynb``, too.
    """
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
                answer = str(ask(file, "witness")["used"])
                ask(file, "api/contents/day.ipynb", NOTEBOOK)
                return answer
            time.sleep(0.05)
        raise AssertionError((tmp_path / "log.txt").read_text(encoding="utf-8"))

    yield used
    for process in running:
        process.terminate()
        process.wait(20)


def ask(file: Path, path: str, body: Any = None) -> Any:
    """Ask the server that wrote this file, or tell it something."""
    end = time.monotonic() + 30
    while True:
        try:
            url = json.loads(file.read_text(encoding="utf-8"))["url"]
            told = None if body is None else json.dumps(body).encode()
            asked = urllib.request.Request(f"{url}{path}?token=t", told, method="PUT" if told else "GET")
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return json.load(answer)
        except (ValueError, urllib.error.URLError):  # being written; not listening yet
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_any_server_of_the_environment_hands_on_at_once_and_keeps_stills(
    used: Callable[..., str], tmp_path: Path
) -> None:
    assert used() == PROMPT
    (cell,) = json.loads((tmp_path / "day.ipynb").read_text(encoding="utf-8"))["cells"]
    assert [set(output["data"]) for output in cell["outputs"]] == [{"text/html"}, {VIEW, "text/html"}]


def test_a_connection_that_somebody_chose_stays(used: Callable[..., str]) -> None:
    assert used(f"--ServerApp.kernel_websocket_connection_class={USUAL}") == USUAL


def test_any_kernel_of_the_environment_says_errors_in_words(run: Callable[..., str]) -> None:
    code = """import nbformat, pathlib
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
for folder in ("my_work/lessons", "another"):
    pathlib.Path(folder).mkdir(parents=True)
    notebook = new_notebook(cells=[new_code_cell("len(tripp)")])
    resources = {"metadata": {"path": folder}}
    NotebookClient(notebook, allow_errors=True, kernel_name="python3", resources=resources).execute()
    print("shown:", notebook.cells[0].outputs[-1].traceback[-1].splitlines()[-1])
"""
    told, other = (line for line in run("-c", code).splitlines() if line.startswith("shown:"))
    assert told.startswith('shown: Line 1 of this cell: No name "tripp".')
    assert "NameError" in other and "Line 1" not in other


def test_nothing_else_is_imposed_on_the_environment(installed: Path, wheel: Path) -> None:
    data = [name.split(".data/data/")[1] for name in zipfile.ZipFile(wheel).namelist() if ".data/" in name]
    extension = "share/jupyter/labextensions/samarkand"
    own = ["package.json", "static/outputs.css", "static/remoteEntry.js", "static/text.css"]
    page = [
        f"share/jupyter/nbconvert/templates/{template}/{name}"
        for template, look in (("samarkand", "paper.css"), ("samarkand_slides", "slides.css"))
        for name in ("conf.json", "index.html.j2", look)
    ]
    server = "etc/jupyter/jupyter_server_config.d/samarkand.json"
    startup = "etc/ipython/startup/50-samarkand.py"
    assert sorted(data) == [startup, server, *(f"{extension}/{name}" for name in own), *page]
    placed = json.loads((installed.parent.parent / server).read_text(encoding="utf-8"))
    assert placed == {"ServerApp": {"jpserver_extensions": {"samarkand.jupyter": True}}}
