"""Start the course as a user would, query its server as a browser would, and stop it with Ctrl-C.

``python visit.py COMMAND...``, where the command starts the course, prints its findings as a line of JSON.
"""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any


def listening() -> list[str]:
    """Return the local addresses of all listening TCP sockets, in Linux's hexadecimal notation."""
    found = set()
    tables = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
    for table in filter(Path.exists, tables):
        for line in table.read_text(encoding="ascii").splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            if state == "0A":
                found.add(local.split(":")[0])
    return sorted(found)


def visit(command: list[str]) -> dict[str, Any]:
    """Start the course, query its server and stop it; return the findings."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    try:
        url, said = address(process)
        page = answer(url)
        found = look_around(url) | {"url": url, "page": page}
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
        return found | {"said": said + rest, "status": process.returncode}
    finally:
        process.kill()


def address(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Return the address that a starting server prints, and all output up to it."""
    said = ""
    for line in process.stdout or ():
        said += line
        if url := re.search(r"http://127\.0\.0\.1:\S+", line):
            return url.group(), said
    raise SystemExit(said)


def answer(url: str) -> int:
    """Return the status of the first response; the server listens a moment after printing its address."""
    end = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=30) as page:
                page.read()
                return int(page.status)
        except urllib.error.URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def look_around(url: str) -> dict[str, Any]:
    """Query a running server for the facts that the tests need, and start a kernel on it."""
    base, token = re.split(r"/lab/.*token=", url)

    def ask(path: str, method: str = "GET", said: Any = None) -> Any:
        headers = {"Authorization": f"token {token}"}
        body = None if said is None else json.dumps(said).encode()
        with urllib.request.urlopen(
            urllib.request.Request(base + path, body, headers, method=method)
        ) as page:
            return json.loads(page.read() or "null")

    kernel = ask("/api/kernels", "POST")
    # What the page says when a tab is opened.
    ask("/lab/api/workspaces/default", "PUT", {"data": {}, "metadata": {"id": "default"}})
    files = [entry["path"] for entry in ask("/api/contents/lessons")["content"]]
    trusted = {}
    for path in files:
        if path.endswith(".ipynb"):
            cells = ask(f"/api/contents/{path}")["content"]["cells"]
            code = [cell["metadata"].get("trusted", False) for cell in cells if cell["cell_type"] == "code"]
            trusted[path] = all(code)
    return {
        "kernel": kernel["name"],
        "listening": listening(),
        "news": ask("/lab/api/news"),
        "update": ask("/lab/api/update"),
        "trusted": trusted,
    }


if __name__ == "__main__":
    print(json.dumps(visit(sys.argv[1:])))
