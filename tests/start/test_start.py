"""Messages and actions of start.py without real installations (those are in test_first_start.py)."""

import ast
import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import start

SOURCE = Path(start.__file__)
SETTINGS = SOURCE.parent / "settings" / "lab"
Need = Callable[[object, str], None]
Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


def touch(folder: Path, *names: str) -> None:
    """Put empty files into a folder."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.fixture
def course(tmp_path: Path, monkeypatch: Patch) -> Path:
    """Return a temporary folder in place of the course's."""
    root = tmp_path / "course"
    root.mkdir()
    monkeypatch.setattr(start, "ROOT", root)
    for name in ("VENV", "BIN", "PYTHON", "UV", "LOCK", "TEST_LOCK", "STAMP", "TEST_STAMP", "SUITE"):
        monkeypatch.setattr(start, name, root / getattr(start, name).relative_to(SOURCE.parent))
    for name in ("start.py", "requirements.lock", "requirements-test.lock", "pyproject.toml"):
        shutil.copyfile(SOURCE.parent / name, root / name)
    shutil.copytree(SOURCE.parent / "settings", root / "settings")
    return root


@pytest.fixture
def handed_over(monkeypatch: Patch) -> list[str]:
    """Return the list that collects the arguments for JupyterLab, as if all was set up."""
    arguments: list[str] = []
    monkeypatch.setattr(start, "set_up", lambda: None)
    monkeypatch.setattr(start, "set_up_tests", lambda: None)
    monkeypatch.setattr(start, "hand_over", lambda given: arguments.extend(given) or 0)
    return arguments


def test_an_old_python_can_read_it() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 6))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


class Lack(NamedTuple):
    """What a machine lacks: a name in start.py, what it is there, the error's code and some of its fields."""

    what: str
    is_: object
    code: str
    fields: dict[str, object]


@pytest.mark.usefixtures("course")
@pytest.mark.parametrize(
    "lack",
    [
        Lack("sys.version_info", (3, 9, 18), "an old Python", {"version": "3.9.18", "newer": "python3.12"}),
        Lack("os.access", lambda path, mode: mode != os.W_OK, "not writable", {}),
    ],
    ids=lambda lack: lack.code,
)
def test_who_cannot_start_is_told_why(lack: Lack, monkeypatch: Patch) -> None:
    monkeypatch.setattr(start.shutil, "which", lambda name: name == "python3.12" and name)
    monkeypatch.setattr(f"start.{lack.what}", lack.is_)
    with pytest.raises(start.StartError) as error:
        start.check_machine()
    assert error.value.code == lack.code and lack.fields.items() <= error.value.fields.items()
    assert all(str(value) in str(error.value) for value in error.value.fields.values())


@pytest.mark.usefixtures("course")
def test_who_has_no_installer_is_told_what_to_type(monkeypatch: Patch) -> None:
    monkeypatch.setattr(start.shutil, "which", lambda name: name == "apt-get" and name)
    monkeypatch.setattr(start, "has", lambda module: module == "venv")
    with pytest.raises(start.StartError) as error:
        start.make_venv({})
    assert error.value.code == "no installer"
    assert error.value.fields["command"] == "sudo apt install python3-venv"


def test_a_mirror_set_for_pip_holds_for_uv(monkeypatch: Patch) -> None:
    answer = "global.index-url='https://mirror.example/simple'\nglobal.no-cache='x'\n"
    told = subprocess.CompletedProcess([], 0, answer, "")
    monkeypatch.setattr(start, "has", lambda module: True)
    monkeypatch.setattr(start.subprocess, "run", lambda command, **options: told)
    for name in ("UV_DEFAULT_INDEX", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CERT", "/etc/proxy.pem")
    monkeypatch.setenv("PIP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://mine")
    env = start.installer_environment()
    assert env["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert (env["SSL_CERT_FILE"], env["ALL_PROXY"]) == ("/etc/proxy.pem", "http://mine")


def test_another_pythons_settings_stay_outside(monkeypatch: Patch) -> None:
    monkeypatch.setenv("CI", "as it was")
    for_pip = ("PIP_TARGET", "PIP_PREFIX", "UV_REQUIRE_HASHES")
    for name in ("PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "__PYVENV_LAUNCHER__", *for_pip):
        monkeypatch.setenv(name, "/opt/other")
    env = start.installer_environment()
    assert "/opt/other" not in env.values() and env["CI"] == "as it was"
    assert env["PATH"].split(os.pathsep)[0] == str(start.BIN)


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("error: Failed to fetch\n  cause: error sending request for url\n", "no network"),
        ("  Max retries exceeded: invalid peer certificate: UnknownIssuer", "unknown certificate"),
        ("OSError: [Errno 28] No space left on device", "disk full"),
        ("error: Hash mismatch for `six==1.17.0`", "not installed"),
    ],
)
def test_a_failure_of_the_installer_is_explained(output: str, code: str) -> None:
    error = start.explain(output)
    assert error.code == code
    assert "last" not in error.fields or output in str(error)


def test_a_venv_is_made_again_for_another_lock_setting_python_or_folder(
    course: Path, monkeypatch: Patch
) -> None:
    def ready() -> bool:
        return start.fits(start.STAMP, *start.made_from())

    touch(course, str(start.PYTHON.relative_to(course)))
    assert not ready()  # half-made: no stamp yet
    start.STAMP.write_text(start.mark(*start.made_from()), encoding="utf-8")
    assert ready()
    for path in (start.LOCK, course / "pyproject.toml", course / "settings/lab/overrides.json"):
        was = path.read_bytes()
        path.write_bytes(was + b"\n")
        assert not ready(), path
        path.write_bytes(was)
    with monkeypatch.context() as newer:
        newer.setattr(start.sys, "version_info", (3, 99, 0))
        assert not ready()
    start.PYTHON.unlink()
    assert not ready()


def test_the_courses_own_command_opens_it(handed_over: list[str], capsys: Capture) -> None:
    opens = ["-P", "-m", "samarkand", "start"]
    assert start.main(["--no-browser", "--port", "8901", "--ServerApp.terminals_enabled=False"]) == 0
    port = ["--ServerApp.port=8901", "--ServerApp.port_retries=0"]
    assert handed_over == [*opens, "--no-browser", *port, "--ServerApp.terminals_enabled=False"]
    handed_over.clear()
    assert start.main(["fresh", "03"]) == 0
    assert handed_over == ["-P", "-m", "samarkand", "fresh", "03"]


@pytest.mark.parametrize(
    ("given", "steps"),
    [
        ([], ["course", "-P -m samarkand start"]),
        (["--port", "8901"], [
            "course", "-P -m samarkand start --ServerApp.port=8901 --ServerApp.port_retries=0"
        ]),
        (["fresh", "03"], ["course", "-P -m samarkand fresh 03"]),
        (["setup", "--yes"], ["course", "-P -m samarkand setup --yes"]),
        (["test", "-k", "members"], ["course", "tests", "suite.py -k members"]),
        (["--version"], ["course", "versions"]),
    ],
    ids=lambda words: " ".join(words) or "nothing",
)  # fmt: skip
def test_each_way_installs_what_it_needs_and_no_more_before_it_begins(
    given: list[str], steps: list[str], course: Path, monkeypatch: Patch
) -> None:
    """Without a word the course opens in a browser; whoever opens it needs nothing that only tests need."""
    touch(course, "tests/suite.py")
    done: list[str] = []

    def begin(words: list[str]) -> int:
        done.append(" ".join(words).replace(str(start.SUITE), "suite.py"))
        return 0

    monkeypatch.setattr(start, "set_up", lambda: done.append("course"))
    monkeypatch.setattr(start, "set_up_tests", lambda: done.append("tests"))
    monkeypatch.setattr(start, "print_versions", lambda: done.append("versions") or 0)
    monkeypatch.setattr(start, "hand_over", begin)
    assert start.main(given) == 0
    assert done == steps


class Ending(NamedTuple):
    """What ends the setup, the exit status that follows, and what is said."""

    error: BaseException
    status: int
    says: str


@pytest.mark.usefixtures("course")
@pytest.mark.parametrize("given", [[], ["--version"], ["fresh", "03"], ["setup"]], ids=" ".join)
@pytest.mark.parametrize(
    "ending",
    [
        Ending(KeyboardInterrupt(), 130, "Stopped. Start again at any time."),
        Ending(OSError(errno.ENOSPC, "No space left"), 1, "The disk is full: 500 MB are needed"),
        Ending(PermissionError(errno.EACCES, "Permission denied"), 1, "The system says: "),
        Ending(start.StartError("Connect this machine.", "no network"), 1, "Connect this machine."),
    ],
    ids=["Ctrl-C", "no room", "no right", "no network"],
)
def test_whatever_ends_the_setup_is_told_in_a_sentence_and_opens_nothing(
    given: list[str], ending: Ending, monkeypatch: Patch, capsys: Capture, handed_over: list[str]
) -> None:
    def stop() -> None:
        raise ending.error

    monkeypatch.setattr(start, "set_up", stop)
    monkeypatch.setattr(start, "print_versions", lambda: handed_over.append("versions"))
    assert start.main(given) == ending.status
    said = capsys.readouterr()
    assert ending.says in said.err and "Traceback" not in said.err and handed_over == []


def test_a_word_it_does_not_know(capsys: Capture) -> None:
    assert start.main(["tset"]) == 1
    assert "There are fresh, setup" in capsys.readouterr().err


def test_on_windows_it_waits_for_what_it_hands_over_to(monkeypatch: Patch) -> None:
    monkeypatch.setattr(start, "PYTHON", sys.executable)
    monkeypatch.setattr(start, "WINDOWS", True)
    assert start.hand_over(["-c", "exit(3)"]) == 3


def test_clean_removes_what_start_made_and_no_work(need: Need, course: Path) -> None:
    made = [".venv/bin/python", ".pytest_cache/x", "samarkand/__pycache__/x.pyc"]
    kept = ["my_work/forecasts.jsonl", "notebooks/.ipynb_checkpoints/00.ipynb", "samarkand/x.py"]
    touch(course, *made, *kept)
    assert start.main(["clean"]) == 0
    assert not [name for name in made if (course / name).exists()]
    assert all((course / name).exists() for name in kept)
    need(os.name == "posix", "links need rights on Windows")
    touch(course.parent, "elsewhere/precious")
    start.VENV.symlink_to(course.parent / "elsewhere")
    assert start.main(["clean"]) == 0
    assert (course.parent / "elsewhere/precious").exists() and not os.path.lexists(start.VENV)


def test_test_hands_over_to_the_suite(course: Path, handed_over: list[str], capsys: Capture) -> None:
    assert start.main(["test"]) == 1
    assert capsys.readouterr().err == "This is a student's copy of the course: it has no tests.\n"
    touch(course, "tests/suite.py")
    assert start.main(["test", "tests/data", "-k", "members"]) == 0
    assert handed_over == [str(course / "tests/suite.py"), "tests/data", "-k", "members"]


def test_the_settings_name_what_jupyterlab_knows() -> None:
    from jupyter_client.manager import KernelManager
    from jupyter_server.serverapp import ServerApp
    from jupyterlab.labapp import LabApp

    told = json.loads((SETTINGS / "jupyter_lab_config.json").read_text(encoding="utf-8"))
    told |= json.loads((SETTINGS / "server_extension.json").read_text(encoding="utf-8"))
    for known in (LabApp, KernelManager, ServerApp):
        assert set(told.pop(known.__name__)) <= set(known.class_traits(config=True))
    assert told == {}
    share = Path(sys.prefix) / "share/jupyter/lab/schemas"
    for plugin, values in json.loads((SETTINGS / "overrides.json").read_text(encoding="utf-8")).items():
        package, name = plugin.rsplit(":", 1)
        schema = json.loads((share / package / f"{name}.json").read_text(encoding="utf-8"))
        assert set(values) <= set(schema["properties"]), plugin
