#!/usr/bin/env python3
"""Set up the course and open it.

``python3 start.py`` makes the folder ``.venv``, installs the packages in ``requirements.lock``, checks each
file against its hash, and opens JupyterLab on the student's copy of the first lesson. ``python3 start.py
test`` runs every test.

It needs only the standard library and any Python from 3.11 on. Its syntax is that of Python 3.6 (newer
annotations are quoted), so that an old Python can say what is wrong.

1. ``.venv`` is made empty; pip, ensurepip or a uv of this machine puts the pinned uv into it.
2. uv installs the lock and, without network, the course's own package.
3. A stamp records the lock, the Python and the folder that ``.venv`` was made for; if it differs, ``.venv``
   is made again.
4. ``samarkand start`` replaces this process: it hands out copies of the lessons, and becomes JupyterLab,
   which listens on this machine only and contacts no other.
"""

import argparse
import contextlib
import difflib
import errno
import hashlib
import importlib
import importlib.util
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
UV = BIN / ("uv.exe" if WINDOWS else "uv")
LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"
STAMP = VENV / "samarkand.stamp"
SUITE = ROOT / "tools" / "suite.py"
#: Our own packages, by folder, and the file that says where each is.
OURS = {".": "_samarkand.pth", "packages/grading": "_samarkand_grading.pth"}
TEST_STAMP = VENV / "samarkand-test.stamp"
#: The course's command; what lies in the folder it is called from is not imported.
SAMARKAND = ("-P", "-m", "samarkand")
OLDEST = (3, 11)
NEEDED_MB = 500

#: What pip and uv print when they cannot reach the package index.
NO_NETWORK = (
    "error sending request",
    "dns error",
    "client error (Connect)",
    "tcp connect error",
    "NewConnectionError",
    "NameResolutionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "operation timed out",
)

#: JupyterLab's settings, above all not to contact other machines: file in settings/lab/ -> folder in .venv.
SETTINGS = {
    "jupyter_lab_config.json": "etc/jupyter",
    "overrides.json": "share/jupyter/lab/settings",
}


class StartError(Exception):
    """Something went wrong; the message is a sentence for the person at the keyboard."""


class OutsideError(StartError):
    """An error that no other installer could avoid: the network, the disk."""


def say(text: str) -> None:
    """Print a line at once, even into a pipe."""
    print(text, flush=True)


# ---------------------------------------------------------------------------------------------- this machine


def check_python() -> None:
    """Raise `StartError` if this Python is too old, and name one that is not."""
    if sys.version_info >= OLDEST:
        return
    newer = [name for name in ("python3.14", "python3.13", "python3.12", "python3.11") if runs(name)]
    if newer:
        advice = f"This machine has a newer one; type: {newer[0]} start.py"
    elif shutil.which("uv"):
        advice = "Type: uv run --no-project --python 3.13 start.py"
    elif WINDOWS:
        advice = "Type: winget install Python.Python.3.13"
    elif sys.platform == "darwin":
        advice = "Type: brew install python@3.13 && python3.13 start.py"
    else:
        advice = "Install a newer one from your system's packages, and start again with that."
    version = ".".join(map(str, sys.version_info[:3]))
    needed = ".".join(map(str, OLDEST))
    raise StartError(f"The course needs Python {needed} or newer, and this is Python {version}. {advice}")


def runs(python: str) -> bool:
    """Return whether a program exists and runs (version managers put names on PATH that do not)."""
    return bool(shutil.which(python)) and subprocess.call([python, "-c", ""], stderr=subprocess.DEVNULL) == 0


def has(module: str) -> bool:
    """Return whether this Python has a module, without importing it."""
    return importlib.util.find_spec(module) is not None


def conda_python() -> "Path | None":
    """Return the Python of a conda on PATH, if there is one and it is not this Python."""
    conda = shutil.which("conda") or shutil.which("mamba")
    if not conda:
        return None
    base = Path(conda).resolve().parent.parent
    python = base / ("python.exe" if WINDOWS else "bin/python")
    usable = python.exists() and python.resolve() != Path(sys.executable).resolve()
    return python if usable else None


def check_writable() -> None:
    """Raise `StartError` if this folder is not writable."""
    if not os.access(str(ROOT), os.W_OK):
        raise StartError(
            f"The folder {ROOT} cannot be written to, so neither the course nor your work can be kept in it. "
            "Copy it to a folder of your own and start it there."
        )


def environment() -> "dict[str, str]":
    """Return the environment for programs in ``.venv``, without variables that lead to another Python."""
    unwanted = ("PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "__PYVENV_LAUNCHER__")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    kept["VIRTUAL_ENV"] = str(VENV)
    kept["PATH"] = str(BIN) + os.pathsep + kept.get("PATH", os.defpath)
    return kept


def installer_environment() -> "dict[str, str]":
    """Return the environment for pip and uv: uv also gets the mirror, certificate or proxy set for pip."""
    kept = environment()
    for name in ("PIP_TARGET", "PIP_PREFIX", "UV_REQUIRE_HASHES"):
        kept.pop(name, None)
    kept.update(PIP_USER="0", PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_REQUIRE_VIRTUALENV="0")
    listed = ""
    if has("pip"):
        command = [sys.executable, "-m", "pip", "config", "list"]
        listed = subprocess.run(command, env=kept, capture_output=True, text=True, check=False).stdout
    set_for_pip = dict(re.findall(r"^(?:global|install)\.([a-z-]+)='(.*)'$", listed, re.MULTILINE))
    same = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE", "proxy": "ALL_PROXY"}
    for pip_name, uv_name in same.items():
        value = os.environ.get("PIP_" + pip_name.replace("-", "_").upper()) or set_for_pip.get(pip_name)
        if value:
            kept.setdefault(uv_name, value)
    return kept


@contextlib.contextmanager
def alone() -> "Iterator[None]":
    """Wait until no other start.py works on this folder, and make others wait in turn.

    This file itself is locked by the operating system, so nothing is left behind, however the process ends.
    """
    with (ROOT / "start.py").open("rb") as handle:
        said = False
        while not locked(handle):
            if not said:
                say("Another start.py is setting up this folder; waiting for it to end.")
                said = True
            time.sleep(0.2)
        yield


def locked(handle: BinaryIO) -> bool:
    """Try to lock an open file; return whether it is ours now (also if the file system has no locks)."""
    try:
        if sys.platform == "win32":
            handle.seek(1 << 30)  # far behind the text, which others must be able to read
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
    return True


# ---------------------------------------------------------------------------------------------- setting up


def mark(*files: Path) -> str:
    """Return what the stamp must say: the content of these files, the Python and the folder."""
    content = hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
    major, minor = sys.version_info[:2]
    return f"{content}\nPython {major}.{minor}\n{os.path.normcase(str(ROOT))}\n"


def fits(stamp: Path, *files: Path) -> bool:
    """Return whether a stamp says what it must; an unfinished ``.venv`` has none."""
    try:
        return PYTHON.exists() and stamp.read_text(encoding="utf-8") == mark(*files)
    except (OSError, UnicodeDecodeError):
        return False


def ready() -> bool:
    """Return whether ``.venv`` is complete, and made for this lock, this Python and this folder."""
    return fits(STAMP, *made_from())


def made_from() -> "list[Path]":
    """Return the files that ``.venv`` is made from."""
    return [
        LOCK,
        *(path for path in (ROOT / folder / "pyproject.toml" for folder in OURS) if path.is_file()),
        *sorted(p for p in (ROOT / "settings").rglob("*.*") if p.is_file()),
    ]


def explain(output: str) -> StartError:
    """Turn the output of an installer into a sentence."""
    if any(sign in output for sign in ("No space left", "not enough space", "os error 28", "os error 112")):
        return OutsideError(no_space())
    if any(sign in output for sign in ("CERTIFICATE_VERIFY_FAILED", "invalid peer certificate")):
        return OutsideError(
            "The package index shows a certificate unknown to this machine: a proxy may stand in between. "
            "Ask those who run the network for its certificate file, and set PIP_CERT to it."
        )
    if any(sign in output for sign in NO_NETWORK):
        return OutsideError(
            "The network cannot be reached, and the packages must be fetched once. "
            "Connect this machine and start again; later starts need no network. "
            "(Behind a proxy, set HTTPS_PROXY; for a mirror of the package index, UV_DEFAULT_INDEX.)"
        )
    version = sys.version.split()[0]
    last = "\n".join("  " + line for line in output.strip().splitlines()[-8:])
    return StartError(
        f"The packages could not be installed for Python {version}. The installer's last words:\n{last}"
    )


def no_space() -> str:
    """Return the sentence for a full disk, with the free space."""
    free = shutil.disk_usage(str(ROOT)).free / 1e6
    return f"The disk is full: {NEEDED_MB} MB are needed, {free:.0f} MB are free. Make room and start again."


def run(
    command: "list[str]", env: "dict[str, str]", shown: "Callable[[str], bool]" = lambda line: True
) -> "tuple[int, str]":
    """Run a command and print the lines that ``shown`` picks; return its exit status and all its output."""
    process = subprocess.Popen(
        command,
        cwd=str(ROOT),
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    lines = []
    try:
        for line in process.stdout or ():
            lines.append(line)
            if shown(line):
                say(line.rstrip())
        return process.wait(), "".join(lines)
    except BaseException:
        process.terminate()
        process.wait()
        raise


def install(command: "list[str]", env: "dict[str, str]") -> None:
    """Run an installer, show only what it downloads, and raise `StartError` if it fails."""
    status, output = run(command, env, lambda line: line.lstrip().startswith("Downloading "))
    if status:
        raise explain(output)


def uv_requirement() -> str:
    """Return the lock's lines for uv: its version and hashes."""
    found = re.search(r"^uv==(?:.*\\\r?\n)*.*$", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise StartError(f"{LOCK.name} is damaged: it names no uv. Get a fresh copy of the course.")
    return found.group() + "\n"


def ways(pin: Path) -> "list[list[list[str]]]":
    """Return this machine's ways to put the pinned uv into ``.venv``, best first, each a list of commands."""
    pinned = ["install", "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(pin)]
    pip = [*pinned, "--retries", "2"]
    python = str(PYTHON)
    found = []
    if has("pip"):  # no need for a pip in .venv, which takes longer to make than all of uv
        found.append([[sys.executable, "-m", "pip", "--python", python, *pip]])
    if has("ensurepip"):
        found.append([[python, "-m", "ensurepip"], [python, "-m", "pip", *pip]])
    if shutil.which("uv"):
        found.append([["uv", "pip", *pinned, "--color", "never", "--no-progress", "--python", python]])
    return found


def no_way() -> str:
    """Return the sentence for a Python that cannot install anything, with the command that repairs it."""
    mends = {
        "apt-get": "sudo apt install python3-venv",
        "dnf": "sudo dnf install python3-pip",
        "zypper": "sudo zypper install python3-pip",
        "pacman": "sudo pacman -S python-pip",
        "apk": "sudo apk add py3-pip",
        "brew": "brew install uv",
        "winget": "winget install astral-sh.uv",
    }
    mend = next(
        (command for tool, command in mends.items() if shutil.which(tool)), "python3 -m ensurepip --user"
    )
    return (
        f"This Python ({sys.executable}) cannot install packages, and there is no uv or conda. Type: {mend}"
    )


def make_venv(env: "dict[str, str]") -> None:
    """Make an empty ``.venv`` and put the pinned uv into it."""
    if not has("venv"):
        raise StartError(no_way())
    venv = importlib.import_module("venv")
    try:
        venv.create(str(VENV), symlinks=not WINDOWS, with_pip=False)
    except subprocess.CalledProcessError as error:
        raise StartError(f"Python {sys.version.split()[0]} could not make .venv: {error}") from error
    pin = VENV / "uv.txt"
    pin.write_text(uv_requirement(), encoding="utf-8")
    problems = []
    for commands in ways(pin):
        try:
            for command in commands:
                install(command, env)
        except OutsideError:
            raise
        except StartError as problem:
            problems.append(problem)
        else:
            return
    raise problems[0] if problems else StartError(no_way())


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with its content."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(str(path))
    else:
        path.unlink()


def set_up() -> None:
    """Make ``.venv``, unless it is complete and made for this lock, this Python and this folder."""
    if ready():
        return
    with alone():
        if ready():  # made by the start we waited for
            return
        began = time.monotonic()
        version = ".".join(map(str, sys.version_info[:3]))
        if os.path.lexists(str(VENV)):
            say("The .venv here is unfinished, or made for another lock, Python or folder: made again.")
            remove(VENV)
        say(f"Setting up the course with Python {version} in {VENV}. Once only; about 100 MB are fetched.")
        env = installer_environment()
        make_venv(env)
        uv(env, "sync", "--require-hashes", "--only-binary", ":all:", str(LOCK))
        site_packages = sysconfig.get_path("purelib", "venv", {"base": str(VENV)})
        for folder, name in OURS.items():
            if not (ROOT / folder / "pyproject.toml").is_file():
                continue  # a student's copy has no grader
            where = str(ROOT / folder)
            uv(env, "install", "--offline", "--no-build-isolation", "--no-deps", "--editable", where)
            # This wrote the full path; a relative one has no letters that some locale could not read.
            Path(site_packages, name).write_text(os.path.relpath(where, site_packages), encoding="ascii")
        for name, folder in SETTINGS.items():
            (VENV / folder).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(ROOT / "settings" / "lab" / name), str(VENV / folder / name))
        STAMP.write_text(mark(*made_from()), encoding="utf-8")
        say(f"Set up in {time.monotonic() - began:.0f} s.")


def set_up_tests() -> None:
    """Install what only the tests need, in addition."""
    if fits(TEST_STAMP, TEST_LOCK):
        return
    with alone():
        say("Adding what the tests need. This happens once, and fetches about 120 MB.")
        env = installer_environment()
        uv(env, "install", "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(TEST_LOCK))
        TEST_STAMP.write_text(mark(TEST_LOCK), encoding="utf-8")


def uv(env: "dict[str, str]", verb: str, *options: str) -> None:
    """Run ``uv pip`` of ``.venv`` on ``.venv``."""
    install(
        [str(UV), "pip", verb, "--color", "never", "--no-progress", "--python", str(PYTHON), *options], env
    )


# ---------------------------------------------------------------------------------------------- the verbs


def hand_over(arguments: "list[str]") -> int:
    """Replace this process by ``.venv``'s Python, so that it gets our signals; on Windows, wait for it."""
    sys.stdout.flush()
    command = [str(PYTHON), *arguments]
    if not WINDOWS:
        os.execve(command[0], command, environment())
    process = subprocess.Popen(command, env=environment())
    while True:
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C reaches both; JupyterLab decides
            return process.wait()


def open_course(arguments: "list[str]") -> int:
    """Open JupyterLab on the student's copy of the first lesson."""
    parser = argparse.ArgumentParser(
        prog="start.py",
        usage="start.py [--no-browser] [--port N] [any option of JupyterLab]\n"
        "       start.py fresh LESSON\n"
        "       start.py test [pytest's arguments]\n"
        "       start.py clean",
        description="Set up the course in .venv, and open your copies of the lessons in JupyterLab.",
        epilog="fresh: put a fresh copy of a lesson or set (03, ex03) in the place of yours, which is kept. "
        "test: run every test, or pytest alone with its arguments. "
        "clean: remove .venv and what tests left behind; never my_work.",
        allow_abbrev=False,
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    parser.add_argument(
        "--port", type=int, metavar="N", help="use port N (else the first free one from 8888 on)"
    )
    parser.add_argument("--version", action="store_true", help="set up, print the versions, and open nothing")
    options, others = parser.parse_known_args(arguments)
    if options.port is not None:
        check_port(options.port)
    set_up()
    if options.version:
        return print_versions()
    command = []
    if options.port is not None:
        command += [f"--ServerApp.port={options.port}", "--ServerApp.port_retries=0"]
    if options.no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        say("You are root (the administrator); JupyterLab is told to run all the same.")
    say("Opening JupyterLab. Ctrl-C in this window stops it.")
    return hand_over([*SAMARKAND, "start", *command, *others])


def fresh(arguments: "list[str]") -> int:
    """Put a fresh copy of a lesson in the place of the student's, which is kept."""
    set_up()
    return hand_over([*SAMARKAND, "fresh", *arguments])


def check_port(port: int) -> None:
    """Raise `StartError` if a port cannot be listened on."""
    if not 0 <= port <= 65535:
        raise StartError(f"There is no port {port}: a port is a number from 0 to 65535.")
    with socket.socket() as probe:
        if not WINDOWS:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StartError(
                f"Port {port} cannot be used ({error.strerror}): another program has it, or it is reserved. "
                "Choose another, or leave --port out and the first free one is taken."
            ) from error


def print_versions() -> int:
    """Print the versions of the course, of Python and of the main packages."""
    names = ["samarkand", "jupyterlab", "pandas", "altair", "folium", "ipywidgets", "nbval", "uv"]
    code = "import importlib.metadata as m, platform\nprint('Python', platform.python_version())\n"
    code += f"for name in {names}: print(name, m.version(name))"
    return subprocess.call([str(PYTHON), "-c", code], env=environment(), cwd=str(ROOT))


def test(arguments: "list[str]") -> int:
    """Run every step of the suite, or pytest alone with the arguments given; return 1 if anything failed."""
    if not SUITE.exists():
        raise StartError("This is a student's copy of the course: it holds no tests.")
    set_up()
    set_up_tests()
    return hand_over([str(SUITE), *arguments])


def clean(arguments: "list[str]") -> int:
    """Remove ``.venv`` and files that tests and Python left; never my_work, never a notebook."""
    if arguments:
        raise StartError("start.py clean takes no arguments.")
    with alone():
        made = [VENV, *(ROOT / name for name in (".pytest_cache", ".mypy_cache", ".ruff_cache"))]
        for folder in ("samarkand", "packages", "tests", "tools", "benchmarks"):
            made += (ROOT / folder).rglob("__pycache__")
        for path in made:
            if os.path.lexists(str(path)):
                remove(path)
                say(f"Removed {path.relative_to(ROOT)}")
    return 0


VERBS = {"fresh": fresh, "test": test, "clean": clean}


def main(arguments: "list[str]") -> int:
    """Do what the command line asks; return the exit status."""
    try:
        check_python()
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a path the terminal cannot show is no reason to stop
        verb = arguments[0] if arguments and not arguments[0].startswith("-") else ""
        if verb and verb not in VERBS:
            near = difflib.get_close_matches(verb, list(VERBS), n=1)
            hint = (
                f" Did you mean {near[0]}?" if near else " There are fresh, test and clean; --help says more."
            )
            raise StartError(f"start.py does not know {verb!r}.{hint}")
        if not {"-h", "--help"} & set(arguments):
            check_writable()
            if not (has("pip") or has("ensurepip") or shutil.which("uv")) and conda_python():
                return subprocess.call([str(conda_python()), str(ROOT / "start.py"), *arguments])
        return VERBS[verb](arguments[1:]) if verb else open_course(arguments)
    except StartError as problem:
        print(problem, file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("\nStopped. Start again at any time.", file=sys.stderr, flush=True)
        return 130
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        print(no_space() if full else f"The system says: {error}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
