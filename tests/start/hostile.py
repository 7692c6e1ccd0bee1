"""A cell that looks for everything a student must not reach. `ASKED` comes before it; it prints JSON.

It walks the whole file system, and reads what lies beside the system and Python, and elsewhere what is no
older than the test, which has laid `markers` in many places. If asked, it reads `all`.
"""

import contextlib
import ctypes
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
# A socket of the machine's network, in any process of hers, is a way out: one by which somebody has come to
# her server she takes apart, and connects it to whatever listens on the machine.
kernel = ctypes.CDLL(None, use_errno=True)
listed = set()
for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "icmp", "icmp6", "unix", "netlink", "packet"):
    with contextlib.suppress(OSError):
        for words in map(str.split, Path(f"/proc/net/{table}").read_text().splitlines()):
            listed |= set(words)
seen["sockets of another network"] = []
for link in Path("/proc").glob("[0-9]*/fd/*"):
    target = ""
    with contextlib.suppress(OSError):
        target = str(link.readlink())
    if not target.startswith("socket:") or target.removeprefix("socket:[").removesuffix("]") in listed:
        continue
    seen["sockets of another network"].append(f"{link} {target}")
    watched = os.pidfd_open(int(link.parts[2]))
    taken = kernel.syscall(438, watched, int(link.name), 0)  # pidfd_getfd
    if taken < 0:
        continue
    with socket.socket(fileno=taken) as one, contextlib.suppress(OSError):
        if one.getpeername()[1] != ASKED["visitor"]:
            continue
        one.setblocking(True)
        for port in ASKED["ports"]:
            kernel.connect(one.fileno(), bytes(16), 16)  # to nobody, and then to whomever she likes
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
# What no list of files keeps: namespaces of her own, keys of whoever started the hub, memory of no process.
seen["calls"] = []
kernel.shmget.argtypes = (ctypes.c_int, ctypes.c_size_t, ctypes.c_int)
ring = [kernel.syscall(ASKED["keyctl"], 0, number, 0) for number in (-1, -2, -3, -4, -5)]
key = kernel.syscall(ASKED["keyctl"], 10, -3, b"user", b"samarkand-test", 0)
if key > 0 or max(ring) > 0:
    seen["calls"].append("keyctl")
with contextlib.suppress(OSError):
    seen["calls"] += [line for line in Path("/proc/keys").read_text().splitlines() if "samarkand" in line]
for flag in (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
    child = os.fork()
    if child == 0:
        os._exit(0 if kernel.unshare(flag | 0x10000000) == 0 else 1)
    if os.waitpid(child, 0)[1] == 0:
        seen["calls"].append(f"unshare {flag:x}")
with contextlib.suppress(OSError):
    os.close(os.memfd_create("hers"))
    seen["calls"].append("memfd_create")
if kernel.shmget(1, 1 << 20, 0o1600) >= 0:
    seen["calls"].append("shmget")
for family in (17, 38, 40):
    with contextlib.suppress(OSError):
        socket.socket(family, socket.SOCK_STREAM if family == 40 else socket.SOCK_DGRAM).close()
        seen["calls"].append(f"socket {family}")
seen["last to be ended"] = int(Path("/proc/self/oom_score_adj").read_text()) < 1000
# She keeps as many connections to the hub as it lets her.
kept = [socket.socket(socket.AF_UNIX) for _ in range(60)]
for one in kept:
    one.settimeout(1)
    with contextlib.suppress(OSError):
        one.connect("/run/hub/hub.sock")
time.sleep(0.5)
seen["connections"] = 0
for one in kept:
    with contextlib.suppress(TimeoutError, OSError):
        one.settimeout(0.05)
        try:
            one.recv(1)
        except TimeoutError:
            seen["connections"] += 1
for one in kept:
    one.close()

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
