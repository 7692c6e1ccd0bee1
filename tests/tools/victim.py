"""Start a kernel and another process that starts one, print all process numbers, and wait to be killed."""

import os
import subprocess
import sys
import time
from pathlib import Path

from jupyter_client.manager import start_new_kernel

with Path(os.devnull).open("w") as nowhere:
    manager, _ = start_new_kernel(stdout=nowhere, stderr=nowhere)
if sys.argv[1:]:
    print(os.getpid(), manager.provisioner.pid, flush=True)
    sys.stdin.read()  # until its parent ends
else:
    worker = subprocess.Popen([sys.executable, __file__, "worker"], stdin=subprocess.PIPE)
    print(worker.pid, os.getpid(), manager.provisioner.pid, flush=True)
    time.sleep(60)
