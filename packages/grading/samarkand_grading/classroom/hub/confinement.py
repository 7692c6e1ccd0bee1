"""What a student's server on a hub can see and use: a list, and nothing beside it.

bubblewrap makes an empty root for each server and mounts into it what is listed here, read-only: the system's
programs and libraries, Python with its environment, the students' copy. The student's own folder is the only
place that stays. Processes, ``/tmp``, ``/dev/shm``, shared memory and the network are her own.

Who runs the hub decides how much more there is, and each case has a name:

- `Confinement` with ``own_user``: root runs the hub, and each student is a system user of her own.
- `Confinement` without ``own_user``: an ordinary user runs it, and all students' processes are hers.
- `NoConfinement`: nothing is kept apart. This is for one student alone, who is the instructor.
"""

import contextlib
import enum
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from samarkand.common.errors import CourseError
from samarkand_grading.classroom.hub import system_calls
from samarkand_grading.sandbox import engines

#: Of the system, what is there is shown: programs, libraries, fonts, languages, times, certificates. Nothing
#: else of ``/etc``, and nothing of ``/usr/local``, where machines keep files of their own.
SYSTEM = [
    "/usr/bin",
    "/usr/lib",
    "/usr/lib64",
    "/usr/libexec",
    "/bin",
    "/lib",
    "/lib64",
    "/usr/share/zoneinfo",
    "/usr/share/fonts",
    "/usr/share/fontconfig",
    "/usr/share/locale",
    "/usr/share/i18n",
    "/usr/share/mime",
    "/usr/share/ca-certificates",
    "/usr/share/terminfo",
    "/usr/share/python3",
    "/usr/share/jupyter",
    "/usr/local/share/fonts",
    "/etc/fonts",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/openssl.cnf",
    "/etc/pki/ca-trust/extracted",
    "/etc/crypto-policies/back-ends",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/mime.types",
    "/etc/locale.alias",
    "/etc/services",
]
#: Of the folder of a Python or of its environment: not whatever somebody keeps beside it.
PARTS = ("bin", "lib", "lib64", "pyvenv.cfg")
#: Of the environment alone: what JupyterLab has beside Python's packages.
JUPYTER_PARTS = ("share/jupyter", "etc/jupyter")
#: The variables of the environment that a student's server gets, beside those that begin with JUPYTERHUB_.
VARIABLES = (
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "PYTHONPATH",
    "JUPYTER_CONFIG_PATH",
    "SAMARKAND_STUDENT",
    "SAMARKAND_WORK",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MEM_LIMIT",
    "MEM_GUARANTEE",
    "CPU_LIMIT",
    "CPU_GUARANTEE",
)
#: The names of the sockets in a student's door (`door`), and where that folder is in her root.
SOCKET, BELL, ENTRANCE, DOOR = "hub.sock", "bell.sock", "entrance.sock", Path("/run/hub")
#: The address of the hub for a server without a network.
HUB_ADDRESS = f"http+unix://{str(DOOR / SOCKET).replace('/', '%2F')}"
#: The variable that names the folder with these sockets, by which a server without a network is reached.
DOOR_VARIABLE = "SAMARKAND_DOOR"
#: From this Linux on, a limit on processes counts those of a user namespace alone.
COUNTS_BY_NAMESPACE = (5, 14)
#: What a student's server imports when it starts: whatever the list lacks is missed here.
IMPORTED = "import jupyterhub.singleuser, jupyterlab.labapp, ipykernel, samarkand.lab.opening, sqlite3, ssl"


class Reason(enum.Enum):
    """Why students cannot be kept apart; the value is the sentence, or its beginning."""

    NO_LINUX = "Only Linux can do that: use the image."
    NO_BUBBLEWRAP = "bubblewrap is not installed (Debian, Ubuntu: apt install bubblewrap)."
    NO_TOOL = "A program of util-linux or coreutils is not installed:"
    NO_FILTER = "A library is missing:"
    OLD_KERNEL = "For an ordinary user that needs Linux 5.14 or newer; as root the hub runs here."
    SHOWS_SECRETS = "Students would see what they must not:"
    NO_NAMESPACES = "bubblewrap says:"
    NO_SERVER = "A student's server would not start:"


class CannotConfine(CourseError):
    """Students cannot be kept apart on this machine, so that a hub for several does not start.

    Attributes
    ----------
    reason : Reason
        What is missing.
    details : str
        What a program said about it, and what helps; empty if there is no more to say.
    """

    def __init__(self, reason: Reason, details: str = "") -> None:
        self.reason, self.details = reason, details
        sentence = f"Students cannot be kept apart here, so the hub does not start. {reason.value} {details}"
        super().__init__(sentence.strip(), code=reason.name.lower().replace("_", " "))


class Missing(enum.Enum):
    """What students of this hub do not have; the value is the sentence that says so at each start."""

    OWN_USER = (
        "Students run with your user id, and only bubblewrap is between them and your files: "
        "a user for each needs root."
    )
    MEMORY_OF_ALL = (
        "Memory is limited for each process, not for all of a student's together: that needs systemd."
    )
    QUOTA = "The size of a folder is looked at once a minute, and not held by the disk."
    NETWORK = "Students reach the network, and what listens on this machine."


@dataclass(frozen=True)
class Limits:
    """What a student may use at once; sizes in bytes.

    Attributes
    ----------
    processes : int
        Her processes and threads together.
    open_files : int
        Open files of a process.
    memory : int
        Memory of a process; of all of them together where systemd can limit that.
    file : int
        Size of a file.
    tmp, shm : int
        Size of ``/tmp`` and of ``/dev/shm``, both of which lie in memory.
    home : int
        Size of all that lies in her folder.
    """

    processes: int = 128
    open_files: int = 1024
    memory: int = 2 << 30
    file: int = 512 << 20
    tmp: int = 64 << 20
    shm: int = 16 << 20
    home: int = 2 << 30


@dataclass(frozen=True)
class Prepared:
    """A command that starts a student's server.

    Attributes
    ----------
    words : list of str
        The command.
    descriptors : tuple of int
        The file descriptors that it inherits: files alone, and no socket.
    """

    words: list[str]
    descriptors: tuple[int, ...] = ()


@dataclass(frozen=True)
class NoConfinement:
    """One student, the instructor, whose server is an ordinary process of hers."""

    limits: Limits = field(default_factory=Limits)

    @contextlib.contextmanager
    def prepare(self, home: Path, program: Sequence[str]) -> Iterator[Prepared]:
        """Yield a program as it is."""
        yield Prepared(list(program))

    def environment_inside(self, outside: Mapping[str, str]) -> dict[str, str]:
        """Return the whole environment."""
        return dict(outside)

    def limit_this_process(self) -> None:
        """Lower the priority of this process below the hub's."""
        os.nice(5)

    def describe(self) -> str:
        """Return in a sentence that nothing is kept apart."""
        return "Nothing is kept apart: whoever signs in has all your rights. This is for yourself alone."

    def to_json(self) -> str:
        """Return what `read_boundary` reads."""
        return "null"


@dataclass(frozen=True)
class Confinement:
    """How each student's server is kept apart from everything else.

    Attributes
    ----------
    own_user : bool
        Whether each student is a system user of her own: the owner of her folder. Only root can do that.
    door : Path or None
        The folder with a folder for each student, and in it the sockets that are all a server without a
        network reaches; None if servers share the network of the machine.
    shown : tuple of Path
        What is shown beside the system and Python: the students' copy, Jupyter's settings.
    hidden : tuple of Path
        What lies in something that is shown, and is covered: the grader.
    cgroup : tuple of str
        The command that puts what follows it into a cgroup with limits; empty where there is none.
    limits : Limits
        What a student may use.
    """

    own_user: bool
    door: Path | None
    shown: tuple[Path, ...]
    hidden: tuple[Path, ...]
    cgroup: tuple[str, ...]
    limits: Limits

    @contextlib.contextmanager
    def prepare(self, home: Path, program: Sequence[str]) -> Iterator[Prepared]:
        """Yield the command that runs a program for the owner of a folder; close its descriptors at the end.

        Parameters
        ----------
        home : Path
            The student's folder, and the only one that she can write to.
        program : sequence of str
            The program and its arguments.
        """
        with contextlib.ExitStack() as opened:
            variables = [] if self.door is None else [f"{DOOR_VARIABLE}={DOOR}"]
            made = dict[str, int]()
            for path, text in write_accounts(home.stat().st_uid, home).items():
                number = opened.enter_context(contextlib.closing(_Descriptor(os.memfd_create("etc")))).number
                os.write(number, text.encode())
                os.lseek(number, 0, os.SEEK_SET)
                made[path] = number
            calls = opened.enter_context(contextlib.closing(_Descriptor(system_calls.write_filter()))).number
            mounted = [*self._mount(home, made), "--seccomp", str(calls)]
            words = [*self.cgroup, *mounted, "--", *self._become(home), *variables, *program]
            yield Prepared(words, (*made.values(), calls))

    def _mount(self, home: Path, made: Mapping[str, int]) -> list[str]:
        """Return bubblewrap's own words: what is the student's own, and what is seen.

        Parameters
        ----------
        home : Path
            The student's folder.
        made : mapping from str to int
            Files that are made for her: the path inside, and the descriptor that holds the text.
        """
        needed = list_needed(self.shown)
        if self.door is None:
            needed[Path("/etc/resolv.conf")] = Path("/etc/resolv.conf").resolve()
        else:
            needed[DOOR] = self.door / home.name
        links = list_links(needed)
        seen = [*needed, *links, *map(Path, made), home]
        # Where the course or Python lies in /tmp, students cannot write to what is between it and /tmp.
        tops = sorted({Path(*place.parts[:3]) for place in seen if place.is_relative_to("/tmp")})

        words = self._separate()
        for top in tops:
            words += ["--perms", "0755", "--size", str(1 << 20), "--tmpfs", str(top)]
        # bubblewrap would make missing folders for their owner alone, and a student is another user.
        for folder in list_folders_above(seen, {Path("/"), Path("/tmp"), Path("/dev"), *tops}):
            words += ["--perms", "0755", "--dir", str(folder)]
        for inside, outside in needed.items():
            words += ["--ro-bind", str(outside), str(inside)]
        for link, target in links.items():
            words += ["--symlink", target, str(link)]
        for place in self.hidden:
            if any(place.is_relative_to(inside) for inside in needed):
                words += ["--tmpfs", str(place), "--remount-ro", str(place)]
        for name, number in made.items():
            words += ["--perms", "0444", "--ro-bind-data", str(number), name]
        words += ["--bind", str(home), str(home)]
        for top in (*tops, Path("/dev"), Path("/")):
            words += ["--remount-ro", str(top)]
        return [*words, "--chdir", "/"]

    def _separate(self) -> list[str]:
        """Return the beginning of bubblewrap's words: processes, memory, network and rights of one's own."""
        words = [
            "bwrap",
            "--as-pid-1",
            "--unshare-pid",
            "--unshare-ipc",
            "--unshare-uts",
            "--unshare-cgroup-try",
        ]
        words += ["--hostname", "hub", "--cap-drop", "ALL"]
        if self.own_user:  # until `_become` gives them up: folders above Python may be closed to students
            words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
        else:
            words += ["--unshare-user", "--disable-userns"]
        if self.door is not None:
            words += ["--unshare-net"]
        words += ["--proc", "/proc", "--dev", "/dev"]
        if Path("/proc/keys").exists():  # the names of keys of whoever started the hub
            words += ["--ro-bind", "/dev/null", "/proc/keys"]
        words += f"--perms 1777 --size {self.limits.tmp} --tmpfs /tmp".split()
        words += f"--perms 1777 --size {self.limits.shm} --tmpfs /dev/shm".split()
        return words

    def _become(self, home: Path) -> list[str]:
        """Return the words between bubblewrap and the program, which end with ``env``.

        A shell is process 1: it collects what has ended, and when the program ends, the kernel ends all that
        is left. Outside, bubblewrap passes over the signals that the program gets (`limit_this_process`).
        """
        words = ["/bin/sh", "-c", '"$@"; exit $?', "sh"]
        if self.own_user:
            owner = home.stat()
            words += ["setpriv", f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"]
            words += ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--"]
        # Here, and not outside, where all processes of whoever runs the hub would count.
        words += ["prlimit", f"--nproc={self.limits.processes}:{self.limits.processes}", "--"]
        return [*words, "env", "--default-signal=INT,TERM"]

    def environment_inside(self, outside: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of a student's server, of that which JupyterHub would give to it."""
        inside = dict[str, str]()
        for name, value in outside.items():
            if name in VARIABLES or name.startswith("JUPYTERHUB_"):
                inside[name] = value
        for name in (
            "XDG_RUNTIME_DIR",
            "DBUS_SESSION_BUS_ADDRESS",
        ):  # for systemd-run; nothing is there inside
            if self.cgroup and name in os.environ:
                inside[name] = os.environ[name]
        programs = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        return inside | {"USER": "student", "SHELL": "/bin/sh", "TMPDIR": "/tmp", "PATH": programs}

    def limit_this_process(self) -> None:
        """Limit this process, which is about to become the command of `prepare`, and what comes of it."""
        import resource  # Windows has none

        os.nice(5)
        with contextlib.suppress(OSError):  # where memory is short, it ends her processes before all others
            Path("/proc/self/oom_score_adj").write_text("1000")
        for which, most in (
            (resource.RLIMIT_DATA, self.limits.memory),
            (resource.RLIMIT_FSIZE, self.limits.file),
            (resource.RLIMIT_NOFILE, self.limits.open_files),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(which, (most, most))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # bubblewrap ends when the server has ended, and not before

    def list_missing(self) -> tuple[Missing, ...]:
        """Return what students of this hub do not have."""
        missing = [] if self.own_user else [Missing.OWN_USER]
        if not self.cgroup:
            missing.append(Missing.MEMORY_OF_ALL)
        missing.append(Missing.QUOTA)
        if self.door is None:
            missing.append(Missing.NETWORK)
        return tuple(missing)

    def describe(self) -> str:
        """Return in a sentence what a student sees, and in one for each what she does not have."""
        network = "and no network" if self.door is not None else "and the network"
        sees = f"Each student sees the course, a folder of her own, {network}."
        return " ".join([sees, *(one.value for one in self.list_missing())])

    def to_json(self) -> str:
        """Return what `read_boundary` reads."""
        return json.dumps(asdict(self), default=str)


class _Descriptor:
    """A file descriptor that can be closed as files are."""

    def __init__(self, number: int) -> None:
        self.number = number

    def close(self) -> None:
        os.close(self.number)


def read_boundary(text: str) -> Confinement | NoConfinement:
    """Return what `Confinement.to_json` or `NoConfinement.to_json` has written."""
    values = json.loads(text)
    if values is None:
        return NoConfinement()
    return Confinement(
        own_user=values["own_user"],
        door=Path(values["door"]) if values["door"] else None,
        shown=tuple(map(Path, values["shown"])),
        hidden=tuple(map(Path, values["hidden"])),
        cgroup=tuple(values["cgroup"]),
        limits=Limits(**values["limits"]),
    )


def choose_confinement(shown: Iterable[Path], *, door: Path | None, limits: Limits) -> Confinement:
    """Return the strongest confinement that whoever runs this process can give; see `Confinement`."""
    return Confinement(
        own_user=os.geteuid() == 0,
        door=door,
        shown=tuple(path for path in shown if path.exists()),
        hidden=(engines.GRADER,),
        cgroup=tuple(engines.find_cgroup_command(limits.memory, limits.processes)),
        limits=limits,
    )


def list_needed(shown: Iterable[Path]) -> dict[Path, Path]:
    """Map each path in a student's root to the path outside: system, Python, its environment, `shown`."""
    places = [Path(place) for place in SYSTEM]
    for prefix in (Path(sys.base_prefix), Path(sys.prefix), Path(sys.executable).resolve().parent.parent):
        places += list_parts(prefix)
    if Path(sys.prefix) != Path("/usr"):
        places += [Path(sys.prefix, part) for part in JUPYTER_PARTS]
    needed = dict[Path, Path]()
    for place in (*places, *shown):
        inside_another = any(folder in needed for folder in (place, *place.parents))
        if place.exists() and not inside_another:
            needed[place] = place.resolve()
    return needed


def list_folders_above(places: Iterable[Path], there: Collection[Path]) -> list[Path]:
    """Return the folders in which some places lie, the highest first, without those that are `there`."""
    above = set[Path]()
    for place in places:
        above.update(place.parents)
    return sorted(above.difference(there))


def list_links(needed: Iterable[Path]) -> dict[Path, str]:
    """Map each link between the environment and its Python that no needed folder holds to where it leads.

    uv and pyenv lay such links into folders, as ``~/.local/bin``, that hold much else.
    """
    links = dict[Path, str]()
    link = Path(sys.executable)
    while link.is_symlink():
        target = str(link.readlink())
        if not any(link.is_relative_to(folder) for folder in needed):
            links[link] = target
        link = Path(os.path.normpath(link.parent / target))
    return links


def list_parts(prefix: Path) -> list[Path]:
    """Return what a Python needs of the folder that it is installed in."""
    if prefix == Path("/"):
        return []
    if prefix == Path("/usr"):  # programs and libraries are shown already
        return [Path("/usr/local/lib", f"python{sys.version_info[0]}.{sys.version_info[1]}")]
    return [prefix / part for part in PARTS]


def write_accounts(user: int, home: Path) -> dict[str, str]:
    """Return the files of ``/etc`` that name users and machines, with the student alone: path to text."""
    return {
        "/etc/passwd": f"root:x:0:0::/:/usr/sbin/nologin\nstudent:x:{user}:{user}::{home}:/bin/sh\n",
        "/etc/group": f"root:x:0:\nstudent:x:{user}:\n",
        "/etc/hosts": "127.0.0.1 localhost hub\n::1 localhost\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    }


def need_confinement(
    confinement: Confinement, probe: Path, secrets: Iterable[Path], paths: Sequence[Path]
) -> None:
    """Raise `CannotConfine` unless a student's server starts in its confinement and sees none of the secrets.

    Parameters
    ----------
    confinement : Confinement
        The confinement to be tried.
    probe : Path
        A student's folder, in whose place it is tried.
    secrets : iterable of Path
        Files and folders that must not lie in anything that is shown.
    paths : sequence of Path
        Folders from which Python imports in a student's server, the students' copy among them.
    """
    if sys.platform != "linux":
        raise CannotConfine(Reason.NO_LINUX)
    if shutil.which("bwrap") is None:
        raise CannotConfine(Reason.NO_BUBBLEWRAP)
    for tool in ("setpriv", "prlimit", "env", "du"):
        if shutil.which(tool) is None:
            raise CannotConfine(Reason.NO_TOOL, tool)
    if not confinement.own_user and read_kernel_version() < COUNTS_BY_NAMESPACE:
        raise CannotConfine(Reason.OLD_KERNEL)
    try:
        os.close(system_calls.write_filter())
    except system_calls.NoFilter as problem:
        raise CannotConfine(Reason.NO_FILTER, str(problem)) from None
    needed = list_needed(confinement.shown)
    for secret in secrets:
        for outside in needed.values():
            if secret.resolve().is_relative_to(outside):
                raise CannotConfine(Reason.SHOWS_SECRETS, f"{secret} lies in {outside}. Move one of them.")
    environment = confinement.environment_inside(
        {"HOME": str(probe), "PYTHONPATH": os.pathsep.join(map(str, paths))}
    )
    said = _try_program(confinement, probe, ["true"], environment)
    if said:
        raise CannotConfine(
            Reason.NO_NAMESPACES, f"{said}. {find_hint(said, as_root=confinement.own_user)}".strip()
        )
    said = _try_program(confinement, probe, [sys.executable, "-P", "-c", IMPORTED], environment)
    if said:
        raise CannotConfine(Reason.NO_SERVER, said)


def _try_program(
    confinement: Confinement, probe: Path, program: list[str], environment: dict[str, str]
) -> str:
    """Run a program as a student's server runs; return the last line that it says if it fails, else ''."""
    with confinement.prepare(probe, program) as prepared:
        done = subprocess.run(
            prepared.words,
            pass_fds=prepared.descriptors,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            preexec_fn=confinement.limit_this_process,
            stdin=subprocess.DEVNULL,
        )
    if done.returncode == 0:
        return ""
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"It ended with status {done.returncode}."


def find_hint(said: str, *, as_root: bool) -> str:
    """Return what helps against an error message of bubblewrap; empty if nothing is known."""
    if "Unknown option" in said:
        return "It needs bubblewrap 0.8 or newer."
    if as_root:  # whom nothing but a container keeps from it
        return "In a container it needs --cap-add SYS_ADMIN,NET_ADMIN --security-opt unmask=ALL."
    for part, setting in engines.HINTS.items():
        file = Path("/proc/sys", setting.partition("=")[0].replace(".", "/"))
        if part in said and file.is_file():
            return f"Programs may not make namespaces here; this lets them: sudo sysctl {setting}"
    return ""


def read_kernel_version() -> tuple[int, int]:
    """Return the first two numbers of the kernel's version."""
    numbers = re.findall(r"\d+", platform.release())
    return int(numbers[0]), int(numbers[1])
