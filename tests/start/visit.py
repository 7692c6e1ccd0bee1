"""Start the course as a user would, query its server as a browser would, and stop it with Ctrl-C.

``python visit.py COMMAND...``, where the command starts the course, prints its findings as a line of JSON.
"""

import json
import re
import signal
import subprocess
import sys
from typing import Any

import psutil
import requests
from requests.adapters import HTTPAdapter, Retry


def visit(command: list[str]) -> dict[str, Any]:
    """Start the course, query its server and stop it; return the findings."""
    said = ""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    try:
        for line in process.stdout or ():
            said += line
            if url := re.search(r"http://127\.0\.0\.1:\S+", line):
                break
        else:
            raise SystemExit(said)
        found = look_around(url.group())
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
        return found | {"said": said + rest, "status": process.returncode}
    finally:
        process.kill()


def look_around(url: str) -> dict[str, Any]:
    """Query a running server for the facts that the tests need, and start a kernel on it."""
    base, token = re.split(r"/lab/.*token=", url)
    web = requests.Session()
    web.trust_env, web.headers["Authorization"] = False, f"token {token}"
    # The server listens a moment after printing its address.
    web.mount("http://", HTTPAdapter(max_retries=Retry(connect=9, backoff_factor=0.1)))

    def ask(path: str, method: str = "GET", said: Any = None) -> Any:
        answer = web.request(method, base + path, json=said, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    page = web.get(url, timeout=30).status_code
    kernel = ask("/api/kernels", "POST")
    # What the page says when a tab is opened.
    ask("/lab/api/workspaces/default", "PUT", {"data": {}, "metadata": {"id": "default"}})
    trusted = {}
    for path in (entry["path"] for entry in ask("/api/contents/lessons")["content"]):
        if path.endswith(".ipynb"):
            cells = ask(f"/api/contents/{path}")["content"]["cells"]
            code = [cell["metadata"].get("trusted", False) for cell in cells if cell["cell_type"] == "code"]
            trusted[path] = all(code)
    return {
        "url": url,
        "page": page,
        "kernel": kernel["name"],
        "listening": sorted({c.laddr.ip for c in psutil.net_connections("tcp") if c.status == "LISTEN"}),
        "news": ask("/lab/api/news"),
        "update": ask("/lab/api/update"),
        "trusted": trusted,
    }


if __name__ == "__main__":
    print(json.dumps(visit(sys.argv[1:])))
