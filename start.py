#!/usr/bin/env python3
"""Set up the course and open it.

``python3 start.py`` makes the folder ``.venv``, installs the packages in ``requirements.lock``, each checked
against its hash, and opens JupyterLab on the student's copies. ``python3 start.py test`` runs every test.

It needs only the standard library and any Python from 3.11 on. Its syntax is that of Python 3.6 (newer
annotations are quoted), so that an old Python can say what is wrong. A stamp records what ``.venv`` was made
from and for; if that changes, ``.venv`` is made again.
"""

import sys

if __name__ == "__main__" and not getattr(sys.flags, "safe_path", False):
    sys.path.pop(0)  # nothing that lies beside this file is taken for one of Python's own modules

import argparse
import contextlib
import errno
import functools
import hashlib
import importlib.util
import io
import os
import re
import shutil
import subprocess
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
UV = BIN / ("uv.exe" if WINDOWS else "uv")
LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"
STAMP = VENV / "samarkand.stamp"
TEST_STAMP = VENV / "samarkand-test.stamp"
SUITE = ROOT / "tests" / "suite.py"
#: Our own packages, by folder, and the file that tells Python where each is. A student's copy has no grader.
OURS = {".": "_samarkand.pth", "packages/grading": "_samarkand_grading.pth"}
#: The course's command; nothing that lies in the current folder is imported.
SAMARKAND = ("-P", "-m", "samarkand")
OLDEST = (3, 11)
NEEDED_MB = 500

#: Messages of pip and uv when they cannot reach the package index.
NO_NETWORK = ["error sending request", "dns error", "client error (Connect)", "operation timed out"]
NO_NETWORK += ["NewConnectionError", "NameResolutionError", "TimeoutError", "ProxyError"]

#: JupyterLab's settings, above all not to contact other machines: file in settings/lab/ -> folder in .venv.
SETTINGS = {"jupyter_lab_config.json": "etc/jupyter", "overrides.json": "share/jupyter/lab/settings"}


class StartError(Exception):
    """Something went wrong; the message is a sentence for the person at the keyboard.

    Attributes
    ----------
    code : str
        What is wrong, in two or three words that stay when the sentence changes.
    fields : dict
        What it is about, by name: the folder, the command to type.
    """

    def __init__(self, sentence: str, code: str, **fields: object) -> None:
        super().__init__(sentence)
        self.code = code
        self.fields = fields


def say(text: str) -> None:
    """Print a line at once, even into a pipe."""
    print(text, flush=True)


def check_machine() -> None:
    """Raise `StartError` if this Python is too old or this folder is not writable."""
    if sys.version_info < OLDEST:
        names = ("python3.14", "python3.13", "python3.12", "python3.11")
        newer = next((name for name in names if shutil.which(name)), None)
        advice = "Install a newer one from python.org, and start again with that."
        if newer:
            advice = f"This machine has a newer one; type: {newer} start.py"
        version = ".".join(map(str, sys.version_info[:3]))
        sentence = f"The course needs Python 3.11 or newer, and this is Python {version}. {advice}"
        raise StartError(sentence, "an old Python", version=version, newer=newer)
    if not os.access(str(ROOT), os.W_OK):
        raise StartError(
            f"The folder {ROOT} cannot be written to, so neither the course nor your work can be kept in it. "
            "Copy it to a folder of your own and start it there.",
            "not writable",
            folder=ROOT,
        )


def has(module: str) -> bool:
    """Return whether this Python has a module, without importing it."""
    return importlib.util.find_spec(module) is not None


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


def made_from() -> "list[Path]":
    """Return the files that ``.venv`` is made from."""
    projects = (ROOT / folder / "pyproject.toml" for folder in OURS)
    settings = sorted(path for path in (ROOT / "settings").rglob("*.*") if path.is_file())
    return [LOCK, *(path for path in projects if path.is_file()), *settings]


def mark(*files: Path) -> str:
    """Return the expected stamp: a digest of these files, the Python and the folder."""
    content = hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
    major, minor = sys.version_info[:2]
    return f"{content}\nPython {major}.{minor}\n{os.path.normcase(str(ROOT))}\n"


def fits(stamp: Path, *files: Path) -> bool:
    """Return whether ``.venv`` has the expected stamp; an unfinished one has none."""
    try:
        return PYTHON.exists() and stamp.read_text(encoding="utf-8") == mark(*files)
    except (OSError, UnicodeDecodeError):
        return False


def no_space() -> str:
    """Return the sentence for a full disk, with the free space."""
    free = shutil.disk_usage(str(ROOT)).free / 1e6
    return f"The disk is full: {NEEDED_MB} MB are needed, {free:.0f} MB are free. Make room and start again."


def explain(output: str) -> StartError:
    """Return the error that explains the output of a failed installer."""
    if any(sign in output for sign in ("No space left", "not enough space", "os error 28", "os error 112")):
        return StartError(no_space(), "disk full")
    if any(sign in output for sign in ("CERTIFICATE_VERIFY_FAILED", "invalid peer certificate")):
        return StartError(
            "This machine does not trust the certificate of the package index: a proxy may be in between. "
            "Ask those who run the network for its certificate file, and set PIP_CERT to it.",
            "unknown certificate",
        )
    if any(sign in output for sign in NO_NETWORK):
        return StartError(
            "The network cannot be reached, and the packages must be downloaded once. "
            "Connect this machine and start again; later starts need no network. "
            "(Behind a proxy, set HTTPS_PROXY; for a mirror of the package index, UV_DEFAULT_INDEX.)",
            "no network",
        )
    version = sys.version.split()[0]
    last = "\n".join("  " + line for line in output.strip().splitlines()[-8:])
    says = f"The packages could not be installed for Python {version}. The installer's last words:\n{last}"
    return StartError(says, "not installed", last=last)


def install(command: "list[str]", env: "dict[str, str]") -> None:
    """Run an installer and print only what it downloads; raise `StartError` if it fails."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    words = {"encoding": "utf-8", "errors": "replace"}
    process = subprocess.Popen(command, cwd=str(ROOT), env=env, **pipes, **words)
    lines = []
    try:
        for line in process.stdout or ():
            lines.append(line)
            if line.lstrip().startswith("Downloading "):
                say(line.rstrip())
        status = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if status:
        raise explain("".join(lines))


def uv(env: "dict[str, str]", verb: str, *options: str) -> None:
    """Run ``uv pip`` of ``.venv`` on ``.venv``."""
    fixed = ["--color", "never", "--no-progress", "--python", str(PYTHON)]
    install([str(UV), "pip", verb, *fixed, *options], env)


def make_venv(env: "dict[str, str]") -> None:
    """Make an empty ``.venv`` and put the pinned uv into it, by pip or by a uv of this machine."""
    pinned = re.search(r"^uv==(?:.*\\\r?\n)*.*$", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if not pinned:
        sentence = f"{LOCK.name} is damaged: it names no uv. Get a fresh copy of the course."
        raise StartError(sentence, "damaged", file=LOCK)
    if not has("venv") or not (has("pip") or has("ensurepip") or shutil.which("uv")):
        mend = "sudo apt install python3-venv" if shutil.which("apt-get") else "python3 -m ensurepip --user"
        sentence = f"This Python ({sys.executable}) cannot install packages. Type: {mend}"
        raise StartError(sentence, "no installer", command=mend)
    import venv

    venv.create(str(VENV), symlinks=not WINDOWS, with_pip=False)
    pin = VENV / "uv.txt"
    pin.write_text(pinned.group() + "\n", encoding="utf-8")
    options = ["install", "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(pin)]
    if has("pip"):  # no need for a pip in .venv, which takes longer to make than all of uv
        install([sys.executable, "-m", "pip", "--python", str(PYTHON), *options, "--retries", "2"], env)
    elif has("ensurepip"):
        install([str(PYTHON), "-m", "ensurepip"], env)
        install([str(PYTHON), "-m", "pip", *options, "--retries", "2"], env)
    else:
        install(["uv", "pip", *options, "--color", "never", "--python", str(PYTHON)], env)


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with its content."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(str(path))
    else:
        path.unlink()


def set_up() -> None:
    """Make ``.venv``, unless it is complete and made for this lock, this Python and this folder."""
    if fits(STAMP, *made_from()):
        return
    began = time.monotonic()
    version = ".".join(map(str, sys.version_info[:3]))
    if os.path.lexists(str(VENV)):
        say("The .venv here is incomplete, or was made for another lock, Python or folder. Making it again.")
        remove(VENV)
    say(f"Setting up the course with Python {version} in {VENV}.")
    say("This happens once and downloads about 100 MB.")
    env = installer_environment()
    make_venv(env)
    uv(env, "sync", "--require-hashes", "--only-binary", ":all:", str(LOCK))
    site_packages = sysconfig.get_path("purelib", "venv", {"base": str(VENV)})
    for folder, name in OURS.items():
        where = str(ROOT / folder)
        if Path(where, "pyproject.toml").is_file():
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
    say("Adding what the tests need. This happens once and downloads about 120 MB.")
    options = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(TEST_LOCK))
    uv(installer_environment(), "install", *options)
    TEST_STAMP.write_text(mark(TEST_LOCK), encoding="utf-8")


def hand_over(arguments: "list[str]") -> int:
    """Replace this process by ``.venv``'s Python, which then gets our signals; on Windows, wait for it."""
    sys.stdout.flush()
    command = [str(PYTHON), *arguments]
    if not WINDOWS:
        os.execve(command[0], command, environment())
    process = subprocess.Popen(command, env=environment())
    while True:
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C reaches both; JupyterLab decides
            return process.wait()


def open_course(arguments: "list[str]") -> int:
    """Open JupyterLab on the student's copies."""
    parser = argparse.ArgumentParser(
        prog="start.py",
        usage="start.py [--no-browser] [--port N] [any option of JupyterLab]\n"
        "       start.py fresh LESSON    put a fresh copy (03, ex03) in the place of yours, which is kept\n"
        "       start.py setup [--yes]   say what is missing to grade a class, and with --yes get it\n"
        "       start.py test [...]      run every test, or pytest alone with its arguments\n"
        "       start.py clean           remove .venv and what tests left behind; never my_work",
        description="Set up the course in .venv, and open your copies of the lessons in JupyterLab.",
        allow_abbrev=False,
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    parser.add_argument("--port", type=int, metavar="N", help="use port N; none: the first free from 8888")
    parser.add_argument("--version", action="store_true", help="set up, print the versions, and open nothing")
    options, others = parser.parse_known_args(arguments)
    set_up()
    if options.version:
        return print_versions()
    command = ["--no-browser"] if options.no_browser else []
    if options.port is not None:
        command += [f"--ServerApp.port={options.port}", "--ServerApp.port_retries=0"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        say("You are root (the administrator); JupyterLab will run anyway.")
    say("Opening JupyterLab. Ctrl-C in this window stops it.")
    return hand_over([*SAMARKAND, "start", *command, *others])


def use_command(verb: str, arguments: "list[str]") -> int:
    """Run a verb of the course's own command."""
    set_up()
    return hand_over([*SAMARKAND, verb, *arguments])


def print_versions() -> int:
    """Print the versions of the course, of Python and of the main packages."""
    names = ["samarkand", "jupyterlab", "pandas", "altair", "folium", "ipywidgets", "nbval", "uv"]
    code = "import importlib.metadata as m, platform\nprint('Python', platform.python_version())\n"
    code += f"for name in {names}: print(name, m.version(name))"
    return subprocess.call([str(PYTHON), "-c", code], env=environment(), cwd=str(ROOT))


def test(arguments: "list[str]") -> int:
    """Run every step of the suite, or pytest alone with the arguments given."""
    if not SUITE.exists():
        raise StartError("This is a student's copy of the course: it has no tests.", "no tests")
    set_up()
    set_up_tests()
    return hand_over([str(SUITE), *arguments])


def clean(arguments: "list[str]") -> int:
    """Remove ``.venv`` and files that tests and Python left; never my_work, never a notebook."""
    if arguments:
        raise StartError("start.py clean takes no arguments.", "arguments", given=arguments)
    made = [VENV, *(ROOT / name for name in (".pytest_cache", ".mypy_cache", ".ruff_cache"))]
    for folder in ("samarkand", "packages", "tests", "tools"):
        made += (ROOT / folder).rglob("__pycache__")
    for path in made:
        if os.path.lexists(str(path)):
            remove(path)
            say(f"Removed {path.relative_to(ROOT)}")
    return 0


VERBS = {name: functools.partial(use_command, name) for name in ("fresh", "setup")}
VERBS.update(test=test, clean=clean)


def main(arguments: "list[str]") -> int:
    """Run the command line; return the exit status."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper) and sys.version_info >= (3, 7):
                stream.reconfigure(errors="replace")  # a path the terminal cannot show is no reason to stop
        verb = arguments[0] if arguments and not arguments[0].startswith("-") else ""
        if verb and verb not in VERBS:
            sentence = f"start.py has no {verb!r}. There are fresh, setup, test and clean; see --help."
            raise StartError(sentence, "unknown verb", given=verb)
        if not {"-h", "--help"} & set(arguments):
            check_machine()
        return VERBS[verb](arguments[1:]) if verb else open_course(arguments)
    except StartError as problem:
        print(problem, file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("\nStopped. Start again at any time.", file=sys.stderr, flush=True)
        return 130
    except OSError as error:
        full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
        print(no_space() if full else f"The system says: {error}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
