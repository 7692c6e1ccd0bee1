"""What a submission can see of the machine: a list of the few places that Python and the course need.

Whatever is not on the list is not there. A list of what to hide would have to know where each machine keeps
what is nobody's business: nbgrader's exchange alone lies below ``/usr/local/share``, in the middle of a
folder that many a Python calls its own.
"""

from __future__ import annotations

import os
import platform
import site
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from samarkand.ground import home

HERE = Path(__file__).resolve().parent

#: Rooms of the package that no student's copy has, and no submission finds: whole folders.
NOT_FOR_STUDENTS = ("course", "grading")

#: What is there for cells that begin with ``!`` or ``%%bash``.
PROGRAMS = (
    "awk", "bash", "cat", "cp", "cut", "date", "echo", "env", "false", "find", "grep", "head", "kill", "ls",
    "mkdir", "mv", "pwd", "rm", "sed", "sh", "sleep", "sort", "tail", "touch", "tr", "true", "uniq", "wc",
    "which",
)  # fmt: skip

#: Where the kernel looks for the loader of every program.
LOADERS = {"x86_64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}


@dataclass
class View:
    """What is in view.

    Attributes
    ----------
    shown : dict of str to str
        Folders and files: their place inside, and here.
    links : dict of str to str
        Symbolic links: their place inside, and what they lead to.
    emptied : list of str
        Folders inside one that is shown, and not shown themselves.
    """

    shown: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    emptied: list[str] = field(default_factory=list)

    def show(self, path: Path | str, inside: Path | str | None = None) -> None:
        """Show what is there; under another path if one is given."""
        target = Path(inside or path)
        if Path(path).exists() and not any(_within(target, Path(other)) for other in self.shown):
            self.shown[str(target)] = str(Path(path).resolve())

    def leaks(self, secret: Sequence[Path]) -> Iterator[tuple[str, str]]:
        """Yield each secret place that is in view, a home or another file system too, and where."""
        private = {path.resolve(): path for path in (*secret, Path.home(), Path("/home"), Path("/root"))}
        mounts = {path: path for path in _mounts() if path.is_dir()}
        for source in map(Path, dict.fromkeys(self.shown.values())):
            others = {path: path for path in mounts if path != source}
            for path, name in {**others, **private}.items():
                if _within(path, source):
                    yield str(name), str(source)


def view(data: Path) -> View:
    """List what submissions see on this machine, with this Python; `data` is the folder of the tables."""
    found = View()
    for name in ("/bin", "/lib", "/lib64"):
        if Path(name).is_symlink():
            found.links[name] = os.readlink(name)  # noqa: PTH115 - as it stands there
    for entry in sorted(home.PACKAGE.iterdir()):
        if entry.name not in (*NOT_FOR_STUDENTS, "__pycache__"):
            found.show(entry, f"/course/samarkand/{entry.name}")
    found.show(data, "/course/course_data")
    for name in ("server.py", "confinement.py"):
        found.show(HERE / name, f"/grader/{name}")
    _python(found)
    _system(found)
    return found


def _python(found: View) -> None:
    """Show the interpreter, its standard library, and the folders of what is installed for it."""
    binary = Path(sys.executable).resolve()
    if str(binary) != sys.executable:
        found.links[sys.executable] = str(binary)
    found.show(binary)
    found.show(Path(sys.prefix, "pyvenv.cfg"))
    library = Path(os.__file__).parent
    found.show(library)
    installed = [path for path in map(Path, sys.path) if path.name in {"site-packages", "dist-packages"}]
    installed = [path for path in installed if str(path) != site.getusersitepackages()]
    for path in (*(path for path in map(Path, sys.path) if path.name == "lib-dynload"), *installed):
        found.show(path)
    for name in ("site-packages", "dist-packages"):
        if (library / name).is_dir() and library / name not in installed:
            found.emptied.append(str(library / name))
    for prefix in dict.fromkeys((Path(sys.prefix), Path(sys.base_prefix), binary.parent.parent)):
        if prefix != Path("/usr"):
            for path in sorted((prefix / "lib").glob("*.so*")):
                found.show(path)


def _system(found: View) -> None:
    """Show the loader, the system's libraries, a few programs, and the world's time zones."""
    loader = Path(LOADERS.get(platform.machine(), "/lib/ld.so"))
    found.show(loader, loader.parent.resolve() / loader.name)
    for folder in _libraries():
        found.show(folder)
    for name in PROGRAMS:
        path = next((path for path in (Path("/usr/bin", name), Path("/bin", name)) if path.exists()), None)
        if path is not None:
            found.show(path)
    for name in ("/usr/share/zoneinfo", "/usr/lib/locale", "/etc/localtime", "/etc/ld.so.cache"):
        found.show(name)
    for link in sorted(Path("/etc/alternatives").glob("*.so*")):  # Debian's choice of a linear algebra
        found.links[str(link)] = str(link.resolve())


def _libraries() -> list[Path]:
    """Find the folders of the system's libraries: where the C library of this process lies."""
    with Path("/proc/self/maps").open(encoding="utf-8", errors="replace") as file:
        mapped = {Path(line.split(maxsplit=5)[5].strip()) for line in file if "/libc.so.6" in line}
    folders = {path.parent.resolve() for path in mapped}
    # Where /lib is no link to /usr/lib, half of the libraries lie in the other one.
    folders |= {Path("/", *folder.parts[2:]) for folder in folders if folder.parts[1] == "usr"}
    folders |= {Path("/usr", *folder.parts[1:]) for folder in folders if folder.parts[1] != "usr"}
    return sorted({folder.resolve() for folder in folders if folder.is_dir()})


def _mounts() -> list[Path]:
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [Path(line.split()[4].encode().decode("unicode_escape")) for line in lines]


def _within(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents
