"""Find what this machine lacks for grading a class, and the commands that install it."""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from samarkand.common import home
from samarkand_grading.classroom.course import Course
from samarkand_grading.sandbox import engines
from samarkand_grading.sandbox.box import Sandbox

READY = "A class can be graded here. Next: samarkand release --students roster.csv --bundle samarkand-2022"


@dataclass(frozen=True)
class Need:
    """What a machine lacks, and the commands that install it, none if they are not known."""

    what: str
    commands: list[list[str]]


def prepare_machine(course: Course, yes: bool) -> list[str] | str:
    """Find what is missing and install it if `yes`; return sentences on what is left to do, or `READY`."""
    tried: list[Need] = []
    while True:
        need = find_missing(course)
        if need is None:
            return READY
        if not yes or not need.commands or need in tried:
            typed = " && ".join(map(shlex.join, need.commands))
            return [f"{need.what} Type: {typed}" if typed else need.what]
        tried.append(need)
        print(need.what)
        for command in need.commands:
            print(f"> {shlex.join(command)}")
            if subprocess.run(command, check=False).returncode:
                break
        importlib.invalidate_caches()


def find_missing(course: Course) -> Need | None:
    """Return the first missing requirement; None if a class can be graded."""
    if sys.platform == "win32":
        return Need(
            "Windows cannot confine student code, but a Linux inside Windows can: get the course there, too, "
            "and run this in it.",
            [["wsl", "--install"]],
        )
    if importlib.util.find_spec("nbgrader") is None:
        uv = str(Path(sys.executable).with_name("uv"))
        lock = str(home.ROOT / "requirements-grading.lock")
        packages = [uv, "pip", "install", "-q", "--python", sys.executable, "--require-hashes", "-r", lock]
        return Need("nbgrader, which keeps marks, is missing.", [packages])
    if sys.platform == "darwin":
        return _find_missing_on_mac() or _find_missing_engine(course)
    if sys.platform == "linux" and not _is_installed("bwrap", "podman", "docker"):
        return Need(
            "The packages bubblewrap and libseccomp are missing, which confine student code.",
            _list_apt_commands(),
        )
    return _find_missing_engine(course)


def _is_installed(*programs: str) -> bool:
    """Return whether one of these programs is."""
    return any(shutil.which(program) for program in programs)


def _find_missing_on_mac() -> Need | None:
    """Return what a Mac lacks, which runs containers in a virtual machine."""
    begin = [["podman", "machine", "init"], ["podman", "machine", "start"]]
    if not _is_installed("podman", "docker"):
        commands = [["brew", "install", "podman"], *begin] if _is_installed("brew") else []
        return Need("Podman (podman.io) is missing, which confines student code.", commands)
    if (
        _is_installed("podman")
        and subprocess.run(["podman", "info"], capture_output=True, check=False).returncode
    ):
        return Need(
            "Podman's machine does not run. If there is none, podman machine init makes it.", begin[1:]
        )
    return None


def _list_apt_commands() -> list[list[str]]:
    """Return what installs bubblewrap on Debian and its kin; empty elsewhere."""
    if not _is_installed("apt-get"):
        return []
    sudo = ["sudo"] if os.geteuid() else []
    return [[*sudo, "apt-get", "install", "-y", "bubblewrap", "libseccomp2"]]


def _find_missing_engine(course: Course) -> Need | None:
    """Return what an installed engine lacks to confine student code; None if a sandbox runs."""
    try:
        words = engines.find_engine()
        if words != ["bwrap"]:
            build_command = engines.plan_image(tuple(words)).build_command
            if build_command:
                image = f"The image in which {words[0]} runs student code is not made (900 MB)."
                return Need(image, [build_command])
        with Sandbox(secret=[course.root]):
            return None
    except engines.NoSandbox as problem:
        return Need(str(problem), _list_apt_commands() if "libseccomp2" in str(problem) else [])
