"""start.py in copies of the course, with real installations, with and without a network."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
# The Python that .venv was made from: a person's own, with its own pip or ensurepip.
PYTHON = getattr(sys, "_base_executable", sys.executable)
Need = Callable[[object, str], None]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
LEFT_OUT = (".git", ".venv", ".venv-*", "my_work", "__pycache__", ".*_cache", ".ipynb_checkpoints", "docs")


@pytest.fixture(autouse=True)
def posix(need: Need) -> None:
    need(os.name == "posix", "these tests use POSIX signals and namespaces")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return a user's environment variables: a new home, and no trace of the .venv that runs the tests."""
    home = tmp_path_factory.mktemp("home")
    unwanted = ("VIRTUAL_ENV", "PYTHONPATH", "JUPYTER_", "IPYTHON", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    cache = Path(os.environ.get("UV_CACHE_DIR") or Path.home() / ".cache/uv")
    return kept | {"HOME": str(home), "UV_CACHE_DIR": str(cache), "LC_ALL": "C"}


@pytest.fixture(scope="module")
def run(environment: dict[str, str]) -> Run:
    """Return ``run(folder, *arguments, before=[...], **environment)``: start.py run as a person would."""

    def run(
        folder: Path, *arguments: str, before: list[str] | None = None, **changed: str
    ) -> subprocess.CompletedProcess[str]:
        command = [*(before or []), PYTHON, str(folder / "start.py"), *arguments]
        done = subprocess.run(
            command, env=environment | changed, cwd="/", capture_output=True, timeout=300, check=False
        )
        said, complained = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
        assert "Traceback" not in said + complained
        return subprocess.CompletedProcess(command, done.returncode, said, complained)

    return run


def copy(folder: Path) -> Path:
    """Copy the course as a user has it, with a notebook in the course's folder and one in ``my_work``."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    output = nbformat.v4.new_output("display_data", {"text/html": "<iframe></iframe>"})
    cell = nbformat.v4.new_code_cell("1\n2", outputs=[output])
    for name in ("notebooks/98_a_lesson.ipynb", "my_work/lessons/somebodys.ipynb"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"title": name}), folder / name)
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh copy of the course in a folder with spaces and umlauts."""
    return copy(tmp_path_factory.mktemp("start") / "Übungen für Größen" / "ein Kurs")


@pytest.fixture(scope="module")
def installed(need: Need, course: Path, environment: dict[str, str], run: Run) -> Path:
    """Return the copy after its setup, which Ctrl-C stopped at first: a half-made .venv is made again."""
    process = subprocess.Popen(
        [PYTHON, str(course / "start.py"), "--version"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # What a shell starts in the background would pass over Ctrl-C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it takes no lock
    )
    end = time.monotonic() + 60
    while not (course / ".venv/pyvenv.cfg").exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # what a terminal sends
    _, complained = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped. Start again at any time." in complained and "Traceback" not in complained
    assert not list((course / ".venv").glob("lib/*/site-packages/pandas"))
    done = run(course, "--version")
    need("The network cannot be reached" not in done.stderr, "the package index cannot be reached")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Making it again" in done.stdout and "jupyterlab 4" in done.stdout
    return course


def git(*words: str, folder: Path) -> str:
    """Run git in a folder; return its output."""
    own = ["git", "-c", "user.name=A student", "-c", "user.email=student@example.org", *words]
    return subprocess.run(own, cwd=folder, capture_output=True, text=True, check=True).stdout


def without_network(need: Need) -> list[str]:
    """Return the command prefix that leaves a program only a loopback network of its own."""
    able = os.geteuid() == 0 and shutil.which("unshare") and shutil.which("ip")
    need(able, "only root can take the network away")
    return ["unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]


def test_a_setup_that_was_stopped_is_made_again_and_the_second_finds_everything(
    installed: Path, environment: dict[str, str], run: Run
) -> None:
    said = run(installed, "--version").stdout
    assert "Setting up" not in said
    for name in ("Python", "samarkand", "jupyterlab", "pandas", "uv"):
        assert re.search(rf"^{name} \d+\.\d+", said, re.MULTILINE), name
    python = installed / ".venv/bin/python"
    where = "import samarkand; print(samarkand.__file__)"
    imported = subprocess.run(
        [python, "-c", where], env=environment, cwd="/", capture_output=True, check=True
    )
    assert Path(imported.stdout.decode().strip()).parent.parent == installed
    command = [installed / ".venv/bin/jupyter-lab", "--version"]  # its first line names a path with spaces
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_a_later_start_opens_copies_without_any_network_and_leaves_the_course_as_it_is(
    need: Need, installed: Path, environment: dict[str, str]
) -> None:
    git("init", "--quiet", folder=installed)
    git("add", "--all", folder=installed)
    git("commit", "--quiet", "--message", "The course.", folder=installed)
    visitor = [sys.executable, str(Path(__file__).with_name("visit.py"))]
    command = [*without_network(need), *visitor, PYTHON, str(installed / "start.py"), "--no-browser"]
    done = subprocess.run(
        command, env=environment, cwd="/", capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["page"] == 200
    assert "/lab/tree/lessons/00_start_here.ipynb?token=" in found["url"]
    assert found["kernel"] == "python3"
    assert found["listening"] == ["127.0.0.1"], "something listens on more than 127.0.0.1"
    assert (found["news"], found["update"]) == ({"news": []}, {"notification": None})
    assert found["trusted"].pop("lessons/somebodys.ipynb") is False
    assert found["trusted"]["lessons/98_a_lesson.ipynb"] and all(found["trusted"].values())
    assert "notebooks are in" in found["said"]
    assert git("status", "--porcelain", folder=installed) == ""
    assert found["status"] == 0
    assert "\x1b" not in found["said"]
    assert list((installed / "my_work/.lab/tabs").glob("*.jupyterlab-workspace")), "its tabs are not kept"
    home = Path(environment["HOME"])
    assert not list(home.rglob("*.jupyterlab-workspace"))
    left = list((home / ".local/share/jupyter/runtime").glob("*.json"))
    assert left == [], "servers or kernels were left behind"


def test_without_network_the_first_start_says_so(tmp_path: Path, run: Run) -> None:
    folder = copy(tmp_path / "course")
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}
    done = run(folder, "--version", PIP_CACHE_DIR=str(tmp_path / "cache"), PIP_NO_INDEX="0", **nowhere)
    assert done.returncode == 1
    assert done.stderr.startswith("The network cannot be reached, and the packages must be downloaded once.")
    assert len(done.stderr.splitlines()) == 1


def test_what_is_outside_the_folder_is_what_the_page_on_removing_it_names(
    installed: Path, environment: dict[str, str]
) -> None:
    """It is the last here: everything above has been started in the same home."""
    home = Path(environment["HOME"])
    subprocess.run(
        [installed / ".venv/bin/jupyter", "execute", "--inplace", installed / "notebooks/98_a_lesson.ipynb"],
        env=environment,
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert (home / ".ipython").is_dir(), "a kernel writes there what it ran"
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    removing = page.partition("**To remove the course**")[2].partition("\n\n")[0]
    # Programs of this machine that JupyterLab asks for their version, and uv's downloads.
    others = {".npm", ".rustup", ".cache", ".config"}
    made = {path.name for path in home.iterdir()} - others
    assert made and all(f"~/{name}" in removing for name in made)
    assert "uv cache clean" in removing
