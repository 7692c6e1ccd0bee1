"""JupyterLab opens on the student's copies, where they were left, and reports changes to them."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from jupyter_server import serverapp
from jupyterlab import labapp
from nbformat.v4 import new_code_cell, new_notebook, new_output

from samarkand import cli
from samarkand.common import home
from samarkand.lab import copies, opening

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Set up a course of one lesson and one set; return the list that collects JupyterLab's options."""
    for name, folder in (("LESSONS", "notebooks"), ("SETS", "exercises/release")):
        monkeypatch.setattr(home, name, tmp_path / folder)
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "run"))
    write("notebooks/00_start_here.ipynb", "lesson", tmp_path)
    write("exercises/release/ex01/ex01.ipynb", "set", tmp_path)
    options: list[str] = []
    monkeypatch.setattr(labapp, "main", options.extend)
    monkeypatch.setattr(os, "_exit", sys.exit)
    monkeypatch.setattr(opening, "keep_quiet", lambda log: None)
    monkeypatch.chdir(tmp_path)
    return options


def start(*options: str) -> None:
    """Run ``samarkand start`` until JupyterLab ends."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["start", *options])
    assert ended.value.code == 0


def write(name: str, source: str, folder: Path) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    output = new_output("display_data", {"text/html": "<b>"})
    nbformat.write(new_notebook(cells=[new_code_cell(source, outputs=[output])]), path)
    return path


def test_it_opens_what_was_open_last_also_where_no_copy_can_be_written(
    opened: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def full(*_: object, **__: object) -> list[str]:
        raise copies.CopyError("The disk is full.", code="full")

    start()
    (folder,) = (option.split("=")[1] for option in opened if "workspaces_dir" in option)
    (tabs,) = Path(folder).iterdir()
    layout = json.loads(tabs.read_text(encoding="utf-8"))
    state = layout["data"]["layout-restorer:data"]
    assert state["left"]["current"] == "@jupyterlab/toc:plugin"
    for current, shown in (
        ("notebook:sets/ex01/ex01.ipynb", "sets/ex01/ex01.ipynb"),
        ("notebook:lessons/gone.ipynb", "lessons/00_start_here.ipynb"),
        ("launcher:1", "lessons/00_start_here.ipynb"),
    ):
        state["main"] = {"current": current}
        tabs.write_text(json.dumps(layout), encoding="utf-8")
        start()
        assert f"--LabApp.default_url=/lab/tree/{shown}" in opened
        assert ("Last open: ex01." in capsys.readouterr().out) == ("ex01" in shown)
        opened.clear()
    tabs.write_text("{", encoding="utf-8")
    monkeypatch.setattr(copies, "hand_out", full)
    start()
    assert "--LabApp.default_url=/lab/tree/lessons/00_start_here.ipynb" in opened
    assert capsys.readouterr().out == "The disk is full.\n"


@pytest.mark.parametrize(("shown", "waits"), [(".", True), ("my_work", True), ("notebooks", False)])
def test_what_may_be_open_is_not_renewed(
    opened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shown: str, waits: bool
) -> None:
    start()
    write("notebooks/00_start_here.ipynb", "changed", tmp_path)
    running = [{"root_dir": str(tmp_path / shown)}]
    monkeypatch.setattr(serverapp, "list_running_servers", lambda: iter(running))
    start()
    copy = (tmp_path / "my_work/lessons/00_start_here.ipynb").read_text(encoding="utf-8")
    assert ("changed" in copy) != waits


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
def test_ctrl_c_shows_no_traceback_of_the_server_or_a_kernel(tmp_path: Path) -> None:
    code = (
        "import os, subprocess, sys, time, signal, pathlib; from samarkand.lab import copies, opening\n"
        "signal.signal(signal.SIGTERM, lambda *_: print('in order', flush=True) or sys.exit())\n"
        f"opening.keep_quiet(pathlib.Path({str(tmp_path)!r}, '.lab', 'kernels.txt'))\n"
        "print('a warning of the server', file=sys.stderr)\n"
        "subprocess.run([sys.executable, '-c', '1 / 0'])\n"
        "try: os.kill(os.getpid(), signal.SIGINT); time.sleep(9)\n"
        "finally: raise KeyError"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stdout == "\nStopped.\nin order\n" and ran.stderr == "a warning of the server\n"
    assert "ZeroDivisionError" in (tmp_path / ".lab/kernels.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("token", ["", "chosen"])
def test_the_address_is_printed_into_a_file_whoever_made_the_token(tmp_path: Path, token: str) -> None:
    said = tmp_path / "said.txt"
    environment = {**os.environ, "SAMARKAND_WORK": str(tmp_path / "my_work"), "HOME": str(tmp_path)}
    environment.pop("JUPYTER_TOKEN", None)
    if token:
        environment["JUPYTER_TOKEN"] = token
    command = [sys.executable, "-P", "-m", "samarkand", "start", "--no-browser", "--ServerApp.port=0"]
    with said.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.DEVNULL, env=environment)
        try:
            address = re.compile(rf"http://127\.0\.0\.1:\d+/lab/tree/\S+\?token={token or '[0-9a-f]+'}\n")
            assert wait_until(lambda: address.search(said.read_text(encoding="utf-8")))
        finally:
            process.terminate()
            process.wait(30)


def wait_until(true: Callable[[], object], seconds: float = 90) -> bool:
    """Return whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True
