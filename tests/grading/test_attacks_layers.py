"""The sandbox is made of layers: each holds something that the others do not, and would be missed."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from samarkand.grading.sandbox import box, view
from samarkand.grading.sandbox.work import Cell

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
def without(layer: str, sandbox: box.Sandbox, *, lacking: bool) -> Iterator[box.Sandbox]:
    source = (view.HERE / "confinement.py").read_text()
    for old, new in [BESIDE.get(layer, ("", "")), LAYERS[layer][:2] if lacking else ("", "")]:
        assert old in source
        source = source.replace(old, new) if old else source
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        text = Path(folder, "confinement.py")
        text.write_text(source)
        made = Without(sandbox.data, warm=["numpy"])
        made.text, made.share_network = str(text), lacking and layer == "network"
        with made:
            yield made


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
