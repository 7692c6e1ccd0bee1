"""Start bubblewrap with the folders a sandbox may read; as root, become nobody first.

Run as a script by :mod:`samarkand_grading.sandbox.box`. The kernel does not count root's processes, so a fork
bomb in a sandbox started by root has no limit; and what ran as root would still be root's if it ever got
out. Nobody, however, may not pass the folders above root's Python: so root first mounts what the sandbox may
read below a folder of its own, in a mount namespace of its own, and then gives itself up.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path

NOBODY = 65534


def stage(sources: list[str], folder: str) -> list[str]:
    """Mount each source below a folder where nobody can reach it; return the new paths."""
    libc = ctypes.CDLL(None, use_errno=True)

    def succeeded(result: int, what: str) -> None:
        if result:
            raise OSError(ctypes.get_errno(), what)

    new_mounts, private, recursive, bind = 0x20000, 1 << 18, 1 << 14, 1 << 12
    succeeded(libc.unshare(new_mounts), "unshare")
    succeeded(libc.mount(b"none", b"/", None, private | recursive, None), "private mounts")
    # A tmpfs of this namespace only: seen from outside, the folder stays empty.
    succeeded(libc.mount(b"tmpfs", folder.encode(), b"tmpfs", 0, b"mode=755"), "staging folder")
    staged = []
    for number, source in enumerate(sources):
        path = Path(folder, str(number))
        if Path(source).is_dir():
            path.mkdir()
        else:
            path.touch()
        succeeded(
            libc.mount(source.encode(), str(path).encode(), None, bind | recursive, None),
            f"mounting {source}",
        )
        staged.append(str(path))
    return staged


def main() -> None:
    """Build the command of bubblewrap and become it."""
    spec = json.loads(sys.argv[1])
    sources = [source for source, _ in spec["readable"]]
    if os.geteuid() == 0:
        sources = stage(sources, spec["stage"])
        os.chdir("/")
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    binds = []
    for source, (_, target) in zip(sources, spec["readable"], strict=True):
        binds += ["--ro-bind", source, target]
    os.execvp("bwrap", ["bwrap", *spec["before"], *binds, *spec["after"]])


if __name__ == "__main__":
    main()
