"""The sandbox is made of layers: each holds something that the others do not, and would be missed."""

from __future__ import annotations

import os
import re
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from samarkand_grading.sandbox import box, launch, view
from samarkand_grading.sandbox.work import Cell, Limits

#: For each layer how it is taken away, and what only then works: code that sets ``out`` to something true.
LAYERS = {
    "file rights": ("    if not landlock(", "    if False and not landlock(", "out = os.listdir('/')"),
    "system calls": ("    seccomp()\n", "", "out = libc.inotify_init1(0) > 0"),
    "limits": (
        "    limit(limits, address_space)\n",
        "",
        "f = open('/tmp/work/f', 'wb'); out = f.truncate(40 << 20)",
    ),
    "private folders": (
        "    private_folders(kept)\n",
        "    globals().update(SCRATCH='/tmp/mine')\n    Path(SCRATCH).mkdir()\n",
        "out = os.path.exists('/proc/self')",
    ),
    "capabilities": (
        "    drop_privileges()\n",
        "",
        "held = (ctypes.c_uint32 * 6)()\n"
        "libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), held)\nout = any(held)",
    ),
    "processes": ("NEW_USERS | NEW_PROCESSES |", "NEW_USERS |", "out = os.getpid() != 1"),
    "network": (
        "NEW_IPC | NEW_NETWORK |",
        "NEW_IPC |",
        "s = socket.socket(socket.AF_UNIX); s.connect('\\0{name}'); out = True",
    ),
}

#: What a second layer holds too, by newer kernels, and has to let go of for the first to be seen.
BESIDE = {"network": ("3 if abi >= 6 else 0", "0")}


class Without(box.Sandbox):
    """A sandbox that lacks a layer."""

    text: str
    share_network = False

    def _view(self):
        seen = super()._view()
        seen.shown["/grader/confinement.py"] = self.text
        return seen

    def _command(self):
        *command, spec = super()._command()
        if self.share_network:
            spec = spec.replace('"--unshare-all"', '"--unshare-all", "--share-net"')
        return [*command, spec]


@contextmanager
def changed(sandbox: box.Sandbox, *changes: tuple[str, str], network: bool = False) -> Iterator[box.Sandbox]:
    source = (view.HERE / "confinement.py").read_text()
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        text = Path(folder, "confinement.py")
        text.write_text(source)
        made = Without(sandbox.data, warm=["numpy"])
        made.text, made.share_network = str(text), network
        with made:
            yield made


def without(layer: str, sandbox: box.Sandbox, *, lacking: bool):
    beside = [BESIDE[layer]] if layer in BESIDE else []
    taken = [LAYERS[layer][:2]] if lacking else []
    return changed(sandbox, *beside, *taken, network=lacking and layer == "network")


def works(probe: str, made: box.Sandbox) -> bool:
    start = "import ctypes, os, socket\nlibc = ctypes.CDLL(None)\n"
    outcome = made.run([Cell("cell", f"{start}{probe}\nout = bool(out)"), Cell("out", hold="out")])
    return outcome.held["out"].value is True


@pytest.mark.parametrize("layer", LAYERS)
def test_each_layer_alone_holds_something(layer, sandbox):
    name = f"samarkand-{id(layer)}"
    with socket.socket(socket.AF_UNIX) as ours:
        ours.bind(f"\0{name}")
        ours.listen()
        probe = LAYERS[layer][2].replace("{name}", name)
        if layer in BESIDE:
            with without(layer, sandbox, lacking=False) as whole:
                assert not works(probe, whole)
        else:  # what lacks nothing is the sandbox itself
            assert not works(probe, sandbox)
        with without(layer, sandbox, lacking=True) as less:
            assert works(probe, less)


def test_what_cannot_be_confined_is_not_run(sandbox):
    """Not even if all was given up but the last."""
    broken = ("    seccomp()\n", "    raise OSError('no filter')\n")
    with changed(sandbox, broken) as made, pytest.raises(box.NoSandbox, match=r"so it is not run.*no filter"):
        made.run([Cell("cell", "out = 1"), Cell("out", hold="out")])


#: What bubblewrap is told, but for the environment. Most of it a second layer holds too, so that nothing is
#: seen inside when it is missing.
WORDS = """
bwrap --unshare-all --die-with-parent --new-session --cap-drop ALL --uid 1000 --gid 1000 --clearenv
--tmpfs /tmp --dir /tmp/home --symlink usr/bin /bin --ro-bind /here /inside
--tmpfs /empty --proc /proc --dev /dev --dir /dev/shm
--dev-bind /dev/zero /dev/urandom --dev-bind /dev/zero /dev/random
--remount-ro /empty --remount-ro /dev --remount-ro /
--chdir / -- PYTHON -s -P -B /grader/server.py
"""


@pytest.mark.parametrize("user", [0, 1000])
def test_bubblewrap_is_told_all_that_it_has_to_hold(user, sandbox, monkeypatch):
    """And root has given itself up before."""
    seen = view.View({"/inside": "/here"}, {"/bin": "usr/bin"}, ["/empty"])
    monkeypatch.setattr(sandbox, "_view", lambda: seen)
    python, *words = sandbox._command()
    done = []
    for name in ("chdir", "setgroups", "setresgid", "setresuid", "execvp"):
        monkeypatch.setattr(os, name, lambda *given, name=name: done.append((name, *given)))
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(launch, "stage", lambda sources, folder: sources)
    monkeypatch.setattr(launch.sys, "argv", words[1:])
    launch.main()
    *given_up, (_, _, heard) = done
    nobody = (launch.NOBODY,) * 3
    root = [("chdir", "/"), ("setgroups", []), ("setresgid", *nobody), ("setresuid", *nobody)]
    assert given_up == ([] if user else root)
    told = " ".join(heard[:-1]).replace(python, "PYTHON")
    assert re.sub(r"--setenv \S+ \S+ ", "", told) == " ".join(WORDS.split())


@pytest.fixture
def told(sandbox, monkeypatch):
    """What the machine tells of the process that a submission runs in, while it waits for its cells."""
    talk, found = box.Sandbox._talk, {}

    def look(self, *work):
        number = str(self._process.pid)
        while children := Path(f"/proc/{number}/task/{number}/children").read_text().split():
            number = children[-1]
        found.update({name: Path(f"/proc/{number}/{name}").read_text() for name in ("status", "limits")})
        talk(self, *work)

    monkeypatch.setattr(box.Sandbox, "_talk", look)
    sandbox.run([Cell("out", hold="out")])
    return found


def test_of_root_and_of_privileges_nothing_is_left(told):
    rows = (row.partition(":") for row in told["status"].splitlines())
    found = {name: values.split() for name, _, values in rows}
    assert len(found["NSpid"]) == 3
    assert found["Uid"] == [str(os.getuid() or launch.NOBODY)] * 4
    assert found["Gid"] == [str(os.getgid() if os.getuid() else launch.NOBODY)] * 4
    assert os.getuid() or not found["Groups"]
    assert [int(values[0], 16) for name, values in found.items() if name.startswith("Cap")] == [0] * 5
    assert found["NoNewPrivs"] + found["Seccomp"] == ["1", "2"]


def test_the_limits_of_the_kernel_are_those_that_are_promised(told, sandbox):
    """Each is as low as the machine's own, if that is lower."""

    def limits(text):
        rows = [re.split(r"  +", row) for row in text.replace("unlimited", "inf").splitlines()[1:]]
        return {name: (float(soft), float(hard)) for name, soft, hard, *_ in rows}

    found, ours = limits(told["limits"]), limits(Path("/proc/self/limits").read_text())
    for name, most in {
        "Max core file size": 1,
        "Max cpu time": Limits.cpu + 2,
        "Max file size": Limits.file,
        "Max locked memory": 0,
        "Max nice priority": 0,
        "Max open files": Limits.descriptors,
        "Max pending signals": 1024,
        "Max processes": Limits.processes,
        "Max realtime priority": 0,
    }.items():
        assert found[name] == (min(most, ours[name][1]),) * 2, name
    soft, hard = found["Max address space"]  # and what the process had before
    assert Limits.growth < soft == hard < Limits.growth + (4 << 30)
    scratch = "(64 << 20, 4096, os.ST_NOSUID | os.ST_NODEV)"
    place = "(s.f_blocks * s.f_frsize, s.f_files, s.f_flag & (os.ST_NOSUID | os.ST_NODEV))"
    assert works(f"s = os.statvfs('/tmp')\nout = {place} == {scratch}", sandbox)


@pytest.mark.parametrize("megabytes", [[9], [5, 5]])
def test_the_grader_never_holds_more_than_may_be_sent(megabytes, sandbox, monkeypatch):
    """Whoever writes on the grader's channel may announce any length, and send message after message."""
    exactly, held = box._Exchange._exactly, []
    monkeypatch.setattr(box._Exchange, "_exactly", lambda self, n: held.append(n) or exactly(self, n))
    code = f"""
import socket, struct
channel = socket.socket(fileno=3)
for size in {megabytes}:
    channel.sendall(struct.pack("!I", size << 20) + b'{{"cells": {{}}}}'.ljust(size << 20))
"""
    assert sandbox.run([Cell("cell", code)]).ended == "output"
    assert sum(held) <= Limits.output
