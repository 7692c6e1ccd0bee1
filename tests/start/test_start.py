"""What start.py says and does, without setting anything up for real (that is in test_first_start.py)."""

from __future__ import annotations

import ast
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import start

SOURCE = Path(start.__file__)
SETTINGS = SOURCE.parent / "settings" / "lab"
Need = Callable[[object, str], None]
Capture = pytest.CaptureFixture[str]


def touch(folder: Path, *names: str) -> None:
    """Put programs that only exist into a folder."""
    for name in names:
        program = folder / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder on PATH, on a machine whose Python has neither pip nor ensurepip."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(start, "has", lambda module: module == "venv")
    return folder


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that start.py takes for the course's."""
    root = tmp_path / "course"
    root.mkdir()
    monkeypatch.setattr(start, "ROOT", root)
    for name in ("VENV", "BIN", "PYTHON", "UV", "LOCK", "TEST_LOCK", "STAMP", "TEST_STAMP", "SUITE"):
        monkeypatch.setattr(start, name, root / getattr(start, name).relative_to(SOURCE.parent))
    for name in ("start.py", "requirements.lock", "requirements-test.lock", "pyproject.toml"):
        (root / name).write_bytes((SOURCE.parent / name).read_bytes())
    shutil.copytree(SOURCE.parent / "settings", root / "settings")
    return root


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Collect what JupyterLab would be started with, with everything set up."""
    arguments: list[str] = []
    monkeypatch.setattr(start, "set_up", lambda: None)
    monkeypatch.setattr(start, "hand_over", lambda given: arguments.extend(given) or 0)
    yield arguments


# An old Python


def test_python_3_6_can_read_it() -> None:
    ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_only_the_library_is_imported() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("programs", "advice"),
    [
        (["python3.12", "uv"], "python3.12 start.py"),
        (["uv"], "uv run --no-project --python 3.13 start.py"),
    ],
)
def test_a_too_old_python_is_told_what_to_type(
    bare: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    programs: list[str],
    advice: str,
) -> None:
    touch(bare, *programs)
    monkeypatch.setattr(start.sys, "version_info", (3, 9, 18))
    assert start.main(["--version"]) == 1
    said = capsys.readouterr().err
    assert "needs Python 3.11 or newer, and this is Python 3.9.18" in said
    assert advice in said


# No way to install


@pytest.mark.parametrize(
    ("tool", "command"),
    [
        ("apt-get", "sudo apt install python3-venv"),
        ("dnf", "sudo dnf install python3-pip"),
        ("brew", "brew install uv"),
    ],
)
def test_without_pip_ensurepip_uv_and_conda_one_sentence_says_what_to_type(
    bare: Path, course: Path, capsys: Capture, tool: str, command: str
) -> None:
    touch(bare, tool)
    assert start.main(["--version"]) == 1
    said = capsys.readouterr().err
    assert command in said
    assert len(said.strip().splitlines()) == 1
    assert not start.ready()


def test_a_uv_on_path_will_do(bare: Path) -> None:
    touch(bare, "uv")
    ((command,),) = start.ways(Path("uv.txt"))
    assert command[:3] == ["uv", "pip", "install"]
    assert "--require-hashes" in command


def test_conda_s_own_python_takes_over(need: Need, bare: Path, tmp_path: Path, capfd: Capture) -> None:
    need(os.name == "posix", "the stand-in for conda is a shell script")
    touch(tmp_path, "conda/bin/conda", "conda/bin/python")
    (tmp_path / "conda/bin/python").write_text('#!/bin/sh\necho "conda runs" "$@"\n')
    (bare / "conda").symlink_to(tmp_path / "conda/bin/conda")
    assert start.main(["--version"]) == 0
    assert capfd.readouterr().out.strip() == f"conda runs {SOURCE} --version"


def test_pip_is_preferred_to_making_another_pip() -> None:
    first = start.ways(Path("uv.txt"))[0]
    assert start.has("pip") == (first[0][:3] == [sys.executable, "-m", "pip"])
    assert start.has("ensurepip")


def test_a_mirror_set_for_pip_holds_for_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = "global.index-url='https://mirror.example/simple'\nglobal.no-cache='x'\n"
    monkeypatch.setattr(start, "has", lambda module: True)
    monkeypatch.setattr(
        start.subprocess,
        "run",
        lambda command, **options: subprocess.CompletedProcess(command, 0, answer, ""),
    )
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("PIP_CERT", "/etc/proxy.pem")
    monkeypatch.setenv("PIP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://mine")
    env = start.installer_environment()
    assert env["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert env["SSL_CERT_FILE"] == "/etc/proxy.pem"
    assert env["ALL_PROXY"] == "http://mine"


def test_another_python_s_settings_stay_outside_and_all_else_is_handed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("CI", "SAMARKAND_FULL", "PYTEST_ADDOPTS"):
        monkeypatch.setenv(name, "as it was")
    others = {"PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "__PYVENV_LAUNCHER__"}
    ours = {"VIRTUAL_ENV": str(start.VENV), "PATH": f"{start.BIN}{os.pathsep}{os.environ['PATH']}"}
    handed_on = {name: value for name, value in os.environ.items() if name not in others} | ours
    for name in others:
        monkeypatch.setenv(name, "/opt/other")
    assert start.environment() == handed_on


def test_what_uv_is_to_check_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(start, "install", lambda command, env: given.extend(command))
    start.uv({}, "sync", "--require-hashes", "--only-binary", ":all:", "x.lock")
    assert given[:3] == [str(start.UV), "pip", "sync"]
    assert given[-4:] == ["--require-hashes", "--only-binary", ":all:", "x.lock"]


# What an installer's failure is called


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("error: Failed to fetch\n  cause: error sending request for url\n", "The network cannot be reached"),
        ("WARNING: Retrying after 'NewConnectionError('", "The network cannot be reached"),
        ("SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate", "set PIP_CERT to it"),
        ("  Max retries exceeded: invalid peer certificate: UnknownIssuer", "set PIP_CERT to it"),
        ("  cause: failed to write to file: No space left on device (os error 28)", "The disk is full"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("error: Hash mismatch for `six==1.17.0`", "Hash mismatch"),
    ],
)
def test_a_failure_is_told_in_words(output: str, sentence: str) -> None:
    problem = start.explain(output)
    assert sentence in str(problem)
    assert isinstance(problem, start.OutsideError) == (sentence != "Hash mismatch")


def test_a_full_disk_outside_the_installer_is_a_sentence_too(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(start, "set_up", full)
    assert start.main(["--version"]) == 1
    assert capsys.readouterr().err.startswith("The disk is full: 500 MB are needed, ")


# The stamp


def test_the_stamp_holds_lock_python_and_folder(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not start.ready()
    touch(course, str(start.PYTHON.relative_to(course)))
    assert not start.ready()  # half-made: no stamp yet
    was_made_from = start.made_from()
    mark = start.mark(*was_made_from)
    start.STAMP.write_text(mark, encoding="utf-8")
    assert start.ready()
    setting = course / "settings/lab/overrides.json"
    was = setting.read_bytes()
    setting.write_text("{}")
    assert not start.ready()  # a new setting reaches .venv
    setting.write_bytes(was)
    assert start.ready()
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(start, "ROOT", course.parent)
        assert start.mark(*was_made_from) != mark
    with monkeypatch.context() as newer:
        newer.setattr(start.sys, "version_info", (3, 99, 0))
        assert not start.ready()
    start.LOCK.write_text(start.LOCK.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert not start.ready()


def test_a_python_that_went_away_means_another_venv(need: Need, course: Path) -> None:
    need(os.name == "posix", "links stand for interpreters on POSIX only")
    start.BIN.mkdir(parents=True)
    start.STAMP.write_text(start.mark(*start.made_from()), encoding="utf-8")
    start.PYTHON.symlink_to(course / "gone")
    assert not start.ready()


# The command line


def test_what_opens_jupyterlab_is_the_course_s_own_command(handed_over: list[str]) -> None:
    assert start.main(["--no-browser", "--ServerApp.terminals_enabled=False"]) == 0
    assert handed_over == [
        *("-P", "-m", "samarkand", "start", "--no-browser", "--ServerApp.terminals_enabled=False")
    ]


def test_a_fresh_copy_is_made_by_the_course_s_own_command(handed_over: list[str]) -> None:
    assert start.main(["fresh", "03"]) == 0
    assert handed_over == ["-P", "-m", "samarkand", "fresh", "03"]


@pytest.mark.parametrize("user", [0, 1000])
def test_root_is_told(
    need: Need, handed_over: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Capture, user: int
) -> None:
    need(hasattr(os, "geteuid"), "there is no root on Windows")
    monkeypatch.setattr(start.os, "geteuid", lambda: user)
    assert start.main([]) == 0
    assert ("You are root" in capsys.readouterr().out) == (user == 0)


def test_a_port_that_is_taken_is_a_sentence(handed_over: list[str], capsys: Capture) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert start.main(["--port", str(port)]) == 1
    assert f"Port {port} cannot be used" in capsys.readouterr().err
    assert handed_over == []
    assert start.main(["--port", str(port)]) == 0
    assert {f"--ServerApp.port={port}", "--ServerApp.port_retries=0"} <= set(handed_over)


def test_a_port_that_cannot_be(handed_over: list[str], capsys: Capture) -> None:
    assert start.main(["--port=70000"]) == 1
    assert "There is no port 70000" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["tset"], "'tset'. Did you mean test?"),
        (["xyz"], "There are fresh, test and clean"),
        (["frehs", "03"], "Did you mean fresh?"),
        (["clean", "all"], "no arguments"),
    ],
)
def test_a_word_it_does_not_know(words: list[str], answer: str, capsys: Capture) -> None:
    assert start.main(words) == 1
    assert answer in capsys.readouterr().err


def test_what_it_hands_over_to_is_the_same_process(need: Need) -> None:
    """So that a signal to ``start.py`` ends JupyterLab or the suite."""
    need(os.name != "nt", "Windows cannot replace a process.")
    code = (
        "import os, sys, start; start.PYTHON = sys.executable; print(os.getpid(), flush=True); "
        "start.hand_over(['-c', 'import os; print(os.getpid())'])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=SOURCE.parent, capture_output=True, text=True, check=True
    )
    first, second = ran.stdout.split()
    assert first == second


def test_on_windows_the_status_of_what_it_hands_over_to_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "WINDOWS", True)
    monkeypatch.setattr(start, "PYTHON", sys.executable)
    assert start.hand_over(["-c", "exit(3)"]) == 3


def test_help_needs_no_set_up(course: Path, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ending:
        start.main(["--help"])
    assert ending.value.code == 0
    said = capsys.readouterr().out
    for word in ("--no-browser", "--port", "--version", "fresh", "test", "clean", "my_work"):
        assert word in said
    assert not start.VENV.exists()


# clean, test


def test_clean_removes_what_start_made_and_no_work(course: Path, capsys: Capture) -> None:
    made = [".venv/bin/python", ".pytest_cache/x", "samarkand/__pycache__/x.pyc"]
    kept = [
        "my_work/forecasts.jsonl",
        "notebooks/00.ipynb",
        "notebooks/.ipynb_checkpoints/00.ipynb",
        "samarkand/x.py",
    ]
    touch(course, *made, *kept)
    assert start.main(["clean"]) == 0
    assert not [name for name in made if (course / name).exists()]
    assert all((course / name).exists() for name in kept)
    assert "Removed .venv" in capsys.readouterr().out
    assert start.main(["clean"]) == 0


def test_a_link_in_venv_s_place_is_removed_and_not_followed(need: Need, course: Path) -> None:
    need(os.name == "posix", "links need rights on Windows")
    touch(course.parent, "elsewhere/precious")
    start.VENV.symlink_to(course.parent / "elsewhere")
    assert start.main(["clean"]) == 0
    assert (course.parent / "elsewhere/precious").exists()
    assert not os.path.lexists(start.VENV)


def test_test_hands_over_to_the_suite(
    course: Path, handed_over: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(start, "set_up_tests", lambda: None)
    assert start.main(["test"]) == 1
    assert capsys.readouterr().err == "This is a student's copy of the course: it holds no tests.\n"
    assert handed_over == []
    touch(course, "tools/suite.py")
    assert start.main(["test", "tests/data", "-k", "members"]) == 0
    assert handed_over == [str(course / "tools/suite.py"), "tests/data", "-k", "members"]
    handed_over.clear()
    assert start.main(["test"]) == 0
    assert handed_over == [str(course / "tools/suite.py")]


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


def test_each_setting_has_its_place_and_its_reason() -> None:
    reasons = (SETTINGS.parent / "README.md").read_text(encoding="utf-8")
    files = {path.name for path in SETTINGS.glob("*.*")}
    assert files == {*start.SETTINGS, "server_extension.json", "startup.py"}
    for file in files:
        assert f"| `{file}` |" in reasons
    for file in files - {"startup.py"}:
        for values in json.loads((SETTINGS / file).read_text(encoding="utf-8")).values():
            assert not [name for name in values if f"`{name}`" not in reasons]
