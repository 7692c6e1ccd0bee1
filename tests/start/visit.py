"""Start the course as a person would, ask its server what a browser would ask, and stop it with Ctrl-C.

``python visit.py COMMAND...``, where the command starts the course, prints what it found as a line of JSON.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any


def listening() -> list[str]:
    """Return the addresses that anything here listens on, as the system writes them."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            if state == "0A":
                found.add(local.split(":")[0])
    return sorted(found)


def visit(command: list[str]) -> dict[str, Any]:
    began = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        address = re.search(r"http://127\.0\.0\.1:\S+", line)
        if address:
            break
    else:
        raise SystemExit("".join(said))
    url = address.group()
    base, token = url.split("/lab/")[0], url.split("token=")[1]

    def ask(path: str, method: str = "GET") -> Any:
        request = urllib.request.Request(
            base + path, method=method, headers={"Authorization": f"token {token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    with urllib.request.urlopen(url, timeout=30) as answer:
        page = answer.status
    seconds = time.monotonic() - began
    kernel = ask("/api/kernels", "POST")
    notification = ask("/lab/api/settings/@jupyterlab/apputils-extension:notification")
    found = {
        "page": page,
        "seconds": round(seconds, 2),
        "url": url,
        "kernel": kernel["name"],
        "listening": listening(),
        "news": ask("/lab/api/news"),
        "update": ask("/lab/api/update"),
        "notification": notification["schema"]["properties"],
        "trusted": {
            path["name"]: all(
                cell["metadata"].get("trusted")
                for cell in ask(f"/api/contents/{path['path']}")["content"]["cells"]
                if cell["cell_type"] == "code"
            )
            for folder in ("notebooks", "my_work")
            for path in ask(f"/api/contents/{folder}")["content"]
            if path["name"].endswith(".ipynb")
        },
    }
    process.send_signal(signal.SIGINT)
    found["said"] = "".join(said) + process.stdout.read()
    found["status"] = process.wait(timeout=30)
    return found


if __name__ == "__main__":
    print(json.dumps(visit(sys.argv[1:])))
