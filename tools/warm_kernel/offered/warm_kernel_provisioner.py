"""The client's side: jupyter_client finds it as the provisioners ``warm-kernel`` and ``named-kernel``."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from warm_process import Refused, ask  # type: ignore[import-not-found]  # it lies beside this file

HERE = str(Path(__file__).resolve().parent)


class NamedProvisioner(LocalProvisioner):
    """Starts kernels as jupyter_client does, but reaches them by sockets with names."""

    def _finalize_env(self, env: dict[str, str]) -> None:
        """Take out what the command put in for this provisioner: a kernel sees what a stock one would."""
        super()._finalize_env(env)
        for name in ("WARM_KERNEL", "JUPYTER_DEFAULT_PROVISIONER_NAME"):
            env.pop(name, None)
        path = [entry for entry in env.pop("PYTHONPATH", "").split(os.pathsep) if entry != HERE]
        if any(path):
            env["PYTHONPATH"] = os.pathsep.join(path)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Connect by sockets with names: a port that is free now may be taken when a kernel binds it."""
        manager = self.parent
        if manager and manager.transport == "tcp":  # at a restart it is what it was
            manager.transport = "ipc"
            manager.ip = f"@kernel-{secrets.token_hex(8)}"  # abstract: no file that could be left behind
        self.ports_cached = True  # there are none to choose
        return await super().pre_launch(**kwargs)


class WarmProvisioner(NamedProvisioner):
    """Forks Python kernels from the warm process, and starts all others as jupyter_client does."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel, a stock one if it must be."""
        if cmd[1:3] != ["-m", "ipykernel_launcher"]:
            return await super().launch_kernel(cmd, **kwargs)
        try:
            # The first one waits for the imports; a server that asks has others to answer meanwhile.
            options = self._scrub_kwargs(kwargs)
            options["env"] |= {"JPY_PARENT_PID": str(os.getpid())}  # as jupyter_client's launch_kernel has it
            process = await asyncio.to_thread(ask, cmd, options)
        except Refused as why:
            print(f"A stock kernel instead of a warm one: {why}.", file=sys.stderr, flush=True)
            return await super().launch_kernel(cmd, **kwargs)
        self.process = process  # as much of a Popen as is asked of it
        self.pid = self.pgid = process.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info
