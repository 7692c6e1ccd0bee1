"""A cell that looks for everything a student must not reach. `ASKED` comes before it; it prints JSON.

It walks the whole file system, and reads what lies beside the system and Python, and elsewhere what is no
older than the test, which has laid `markers` in many places. If asked, it reads `all`.
"""

import contextlib
import errno
import json
import os
import resource
import socket
import stat
import sys
import time
from pathlib import Path

ASKED: dict = globals()["ASKED"]
markers = {name: bytes.fromhex(text) for name, text in ASKED["markers"].items()}
home = os.environ["HOME"]
own = (home, "/tmp", "/dev/shm", "/dev/pts")
old = ("/usr", "/bin", "/lib", sys.prefix, sys.base_prefix)
seen: dict = {"files": 0, "read": 0, "markers": [], "writable": [], "names": []}
for top, folders, names in os.walk("/"):
    if top == "/":
        folders.remove("proc")
    mine = any(Path(top).is_relative_to(place) for place in own)
    if not mine and os.access(top, os.W_OK):
        seen["writable"].append(top)
    paths = [f"{top}/{name}" for name in (*folders, *names)]
    seen["names"] += [path for path in paths if path.endswith(tuple(ASKED["names"]))]
    for name in names:
        path, kind = f"{top}/{name}", None
        with contextlib.suppress(OSError):
            kind = os.lstat(path)
        if kind is None or not stat.S_ISREG(kind.st_mode):
            continue
        seen["files"] += 1
        if not mine and os.access(path, os.W_OK):
            seen["writable"].append(path)
        if not ASKED["all"] and kind.st_ctime < ASKED["since"] and path.startswith(old):
            continue
        with contextlib.suppress(OSError):
            body = Path(path).read_bytes()
            seen["read"] += 1
            seen["markers"] += [[word, path] for word, text in markers.items() if text in body]

for path in ASKED["writes"]:
    with contextlib.suppress(OSError):
        Path(path).write_text("mine")
        seen["writable"].append(path)

numbers = [int(one.name) for one in Path("/proc").glob("[0-9]*")]
seen["programs"] = []
for number in numbers:
    with contextlib.suppress(OSError):
        seen["programs"].append(Path(f"/proc/{number}/cmdline").read_text().split("\0")[0])
for number in (*numbers, *ASKED["processes"]):
    with contextlib.suppress(OSError):
        body = Path(f"/proc/{number}/environ").read_bytes()
        seen["markers"] += [[word, number] for word, text in markers.items() if text in body]
seen["signals"] = []
for number in range(1, 70_000):
    with contextlib.suppress(OSError):
        os.kill(number, 0)
        seen["signals"].append(number)
threads = {int(one.name) for one in Path("/proc").glob("[0-9]*/task/[0-9]*")}
seen["signals"] = [number for number in seen["signals"] if number not in threads]

seen["ports"] = []
for port in ASKED["ports"]:
    with socket.socket() as one:
        one.settimeout(1)
        if one.connect_ex(("127.0.0.1", port)) == 0:
            seen["ports"].append(port)
seen["interfaces"] = [name for _, name in socket.if_nameindex()]
seen["abstract"] = []
for name in ASKED["abstract"]:
    with socket.socket(socket.AF_UNIX) as one, contextlib.suppress(OSError):
        one.connect(f"\0{name}")
        seen["abstract"].append(name)
seen["sockets of others"] = [line for line in Path("/proc/net/unix").read_text().splitlines() if "@" in line]
seen["runtime"] = os.environ["JUPYTER_RUNTIME_DIR"]

text = Path("/proc/self/status").read_text()
status = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
seen["rights"] = [int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")]
seen["no new rights"] = status["NoNewPrivs"].strip() == "1"
seen["suid"] = [line for line in Path("/proc/self/mounts").read_text().splitlines() if "nosuid" not in line]

seen["limits"] = {}
children = []
try:
    while len(children) < 1000:
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        children.append(child)
except OSError as error:
    seen["limits"]["processes"] = errno.errorcode[error.errno]
for child in children:
    os.kill(child, 9)
    os.waitpid(child, 0)
for name, path, size in (
    ("file", f"{home}/big", 1 << 30),
    ("tmp", "/tmp/big", 96 << 20),
    ("shm", "/dev/shm/big", 32 << 20),
):
    try:
        with Path(path).open("wb") as file:
            if name == "file":
                file.truncate(size)
            else:
                os.posix_fallocate(file.fileno(), 0, size)
    except OSError as error:
        seen["limits"][name] = errno.errorcode[error.errno]
    Path(path).unlink(missing_ok=True)
seen["limits"]["memory"] = resource.getrlimit(resource.RLIMIT_DATA)[1]
print(json.dumps(seen))
