"""Find what this machine lacks for grading a class, and the commands that install it."""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from samarkand.common import home
from samarkand_grading.classroom.course import Course
from samarkand_grading.sandbox import engines
from samarkand_grading.sandbox.box import Sandbox

Need = tuple[str, list[list[str]]]
READY = "A class can be graded here. Next: samarkand release --students roster.csv --bundle samarkand-2022"


def prepare(course: Course, yes: bool) -> list[str] | str:
    """Find what is missing and install it if `yes`; return sentences on what is left to do, or `READY`."""
    tried: list[Need] = []
    while need := find_missing(course):
        what, commands = need
        if not yes or not commands or need in tried:
            typed = " && ".join(map(shlex.join, commands))
            return [f"{what} Type: {typed}" if typed else what]
        tried.append(need)
        print(what)
        for command in commands:
            print(f"> {shlex.join(command)}")
            if subprocess.run(command, check=False).returncode:
                break
        importlib.invalidate_caches()
    return READY


def find_missing(course: Course) -> Need | None:
    """Return the first missing requirement and its install commands; None if a class can be graded."""
    system, has = sys.platform, shutil.which
    uv, lock = str(Path(sys.executable).with_name("uv")), str(home.ROOT / "requirements-grading.lock")
    packages = [uv, "pip", "install", "-q", "--python", sys.executable, "--require-hashes", "-r", lock]
    brew = [["brew", "install", "podman"], ["podman", "machine", "init"], ["podman", "machine", "start"]]
    sudo = ["sudo"] if system != "win32" and os.geteuid() else []
    apt = [[*sudo, "apt-get", "install", "-y", "bubblewrap", "libseccomp2"]] if has("apt-get") else []
    containers = has("podman") or has("docker")
    mac = system == "darwin"
    podman = mac and has("podman")
    idle = podman and subprocess.run(["podman", "info"], capture_output=True, check=False).returncode
    for lacks, what, commands in (
        (system == "win32", "Windows cannot confine student code, but a Linux inside Windows can: get the "
         "course there, too, and run this in it.", [["wsl", "--install"]]),
        (not importlib.util.find_spec("nbgrader"), "nbgrader, which keeps marks, is missing.", [packages]),
        (mac and not containers, "Podman (podman.io) is missing, which confines student code.",
         brew if has("brew") else []),
        (idle, "Podman's machine does not run. If there is none, podman machine init makes it.", brew[2:]),
        (system == "linux" and not (has("bwrap") or containers),
         "The packages bubblewrap and libseccomp are missing, which confine student code.", apt),
    ):  # fmt: skip
        if lacks:
            return what, commands
    try:
        words = engines.find_engine()
        if words != ["bwrap"]:
            build_command = engines.plan_image(tuple(words)).build_command
            if build_command:
                image = f"The image in which {words[0]} runs student code is not made (900 MB)."
                return image, [build_command]
        with Sandbox(secret=[course.root]):
            return None
    except engines.NoSandbox as problem:
        return str(problem), apt if "libseccomp2" in str(problem) else []
