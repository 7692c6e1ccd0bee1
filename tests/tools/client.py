"""A client of kernels, run once with stock ones and once with warm ones: what it sees, as JSON.

``python client.py FOLDER``: FOLDER is the kernels' directory.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager, start_new_kernel

DRAWS = """
import random, secrets, tempfile, uuid
import numpy as np
print([random.random(), np.random.random(), np.random.default_rng().random(), secrets.token_hex(),
       str(uuid.uuid1()), str(uuid.uuid4()), tempfile.mktemp()])
"""


class Client:
    """A kernel that just started, with what it is asked and answers."""

    def __init__(self, folder: str, **variables: str) -> None:
        # The variables' values are the client's, and may be others than those of whoever started the client.
        self.manager, self.client = start_new_kernel(cwd=folder, env=os.environ | variables)

    def run(self, code: str) -> str:
        """Return what a cell writes to standard output, or the name of its error."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            if content.get("name") == "stdout":
                said.append(content["text"])

        reply = self.client.execute_interactive(code, output_hook=hear, timeout=30)["content"]
        return "".join(said) if reply["status"] == "ok" else reply["ename"]

    def end(self, now: bool = True) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=now)


def status(manager: KernelManager) -> int | None:
    return manager.provisioner.process.wait()


def interrupted(kernel: Client) -> str:
    """Return what a cell ends with that is interrupted as soon as it runs."""
    message = kernel.client.execute(
        "print('on', flush=True)\nimport time\ntime.sleep(60)",
        stop_on_error=False,  # or the next cell may be dropped as well
    )
    while "on" not in kernel.client.get_iopub_msg(timeout=30)["content"].get("text", ""):
        pass
    kernel.manager.interrupt_kernel()
    while (reply := kernel.client.get_shell_msg(timeout=30))["parent_header"]["msg_id"] != message:
        pass
    return reply["content"]["ename"]


def main(folder: str) -> dict[str, Any]:
    here = Path(__file__).parent
    seen: dict[str, Any] = {}
    one = Client(folder, OF_THE_CLIENT="yes", TZ="Asia/Samarkand", TMPDIR=folder)
    two = Client(folder)
    settings = one.run((here / "settings.py").read_text())
    seen["settings"] = json.loads(settings)
    seen["own process"] = int(seen["settings"]["environment"].pop("JPY_PARENT_PID")) == os.getpid()
    seen["draws"] = [one.run(DRAWS), two.run(DRAWS)]
    seen["warm"] = two.run("import sys; print('server.py' in open('/proc/self/cmdline').read())")
    seen["interrupted"] = interrupted(one)
    seen["after it"] = one.run("print(kind(0))")
    before = one.run("print(os.getpid())")
    one.client.stop_channels()
    one.manager.restart_kernel(now=True)
    one.client = one.manager.client()
    one.client.start_channels()
    one.client.wait_for_ready(timeout=30)
    seen["restarted"] = [one.run("print(kind)"), one.run("import os; print(os.getpid())") != before]
    seen["reached by"] = one.manager.transport
    process = one.manager.provisioner.process
    one.end(now=False)
    seen["shut down"] = process.returncode
    two.client.execute("import os; os._exit(3)")
    seen["died"] = [status(two.manager), two.manager.is_alive()]
    two.end()
    three = Client(folder)
    process = three.manager.provisioner.process
    three.end()
    seen["killed"] = process.returncode
    # What a fork cannot give.
    seeded = Client(folder, PYTHONHASHSEED="7")
    seen["hash"] = seeded.run("print(hash('Samarkand'))")
    seeded.end()
    hiding = Path(folder) / "hiding"
    hiding.mkdir()
    (hiding / "folium.py").write_text("print('a file of the folder')")
    hidden = Client(str(hiding))
    seen["hidden"] = hidden.run("import folium")
    hidden.end()
    return seen


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
