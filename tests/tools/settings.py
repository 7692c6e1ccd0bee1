"""Run in a kernel: what Python and the libraries of the lessons decided when they started, as JSON.

Each entry is compared between a stock kernel and a forked one.
"""

import asyncio
import decimal
import gc
import inspect
import json
import locale
import logging
import mimetypes
import os
import resource
import signal
import socket
import stat
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import altair as alt
import folium
import ipywidgets
import numpy as np
import pandas as pd
from pandas._config import config as pandas_config


def kind(descriptor: int) -> str:
    """Say what an open descriptor is, without its number or address."""
    target = str(Path(f"/proc/self/fd/{descriptor}").readlink())
    return target.partition(":")[0]


def depth(level: int = 0) -> int:
    """Return how deep Python lets a cell go: what an error about recursion states."""
    try:
        return depth(level + 1)
    except RecursionError:
        return level


def is_listening(one: socket.socket) -> bool:
    return bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


kinds, local = [], []  # of what is open, before anything below opens more
for link in list(Path("/proc/self/fd").iterdir()):
    if not link.exists():  # it was the listing's own
        continue
    number = int(link.name)
    kinds.append(kind(number))
    if kinds[-1] == "socket":
        with socket.socket(fileno=os.dup(number)) as copy:
            if copy.family == socket.AF_UNIX:
                ends = copy.getsockname(), copy.getpeername() if not is_listening(copy) else ""
                local.append(" ".join(map(os.fsdecode, ends)))
kernel = get_ipython().kernel  # noqa: F821
loggers = {name: logging.getLogger(name) for name in ["", *logging.root.manager.loggerDict]}
settings = {
    # pandas
    **{f"pandas {name}": repr(option.defval) for name, option in pandas_config._registered_options.items()},
    **{f"pandas {name} now": repr(pd.get_option(name)) for name in pandas_config._registered_options},
    # the other libraries
    "numpy print options": repr(np.get_printoptions()),
    "numpy errors": repr(np.geterr()),
    "altair renderer": [alt.renderers.active, repr(alt.renderers.options), sorted(alt.renderers.names())],
    "altair data": [alt.data_transformers.active, repr(alt.data_transformers.options)],
    "altair theme": alt.theme.active,
    "altair chart name": repr(alt.Chart().name),
    "folium version": folium.__version__,
    "widgets": ipywidgets.__version__,
    "comm targets": sorted(kernel.comm_manager.targets),
    "formatters": {
        mime: sorted(map(repr, formatter.type_printers)) + sorted(map(repr, formatter.deferred_printers))
        for mime, formatter in kernel.shell.display_formatter.formatters.items()
    },
    "hooks": sorted(f"{k} {len(v)}" for k, v in kernel.shell.events.callbacks.items()),
    "debugger": type(kernel.debugger).__name__,
    "debugger watches the parent": [type(kernel.parent.poller).__name__],
    "debugger's output": sys.modules["_pydev_bundle.pydev_log"]._LoggingGlobals._debug_stream_filename,
    # the process
    "environment": dict(os.environ),
    "directory": str(Path.cwd()),
    "umask": os.umask(os.umask(0)),
    "leads its session and group": [os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid()],
    "streams": [kind(number) for number in (0, 1, 2)],
    "stream's mode": [stat.S_IFMT(os.fstat(number).st_mode) for number in (0, 1, 2)],
    "at its end": sys.__stdin__.read(),
    # IPython's history comes and goes: a thread writes it.
    "files": sorted(
        k for k in kinds if k.startswith("/") and not k.startswith(kernel.shell.profile_dir.location)
    ),
    # A warm kernel's client reaches it by sockets of these names, a stock one's by ports.
    "pipes and local sockets": [
        kinds.count("pipe"),
        sum("\0kernel-" not in ends for ends in local),
    ],
    "threads": sorted(type(thread).__name__ for thread in threading.enumerate()),
    "main thread": threading.main_thread().name,
    "signals": {number.name: repr(signal.getsignal(number)).split(" at ")[0] for number in signal.Signals},
    "blocked signals": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "limits": [resource.getrlimit(number) for number in (resource.RLIMIT_NOFILE, resource.RLIMIT_STACK)],
    "started just now": time.process_time() < 30,
    # Python
    "arguments": [sys.argv[:1], len(sys.argv), sys.orig_argv[:4], len(sys.orig_argv)],
    "path": sys.path,
    "flags": repr(sys.flags),
    "main module": sys.modules["__main__"].__name__,
    "main module's file": getattr(sys.modules["__main__"], "__file__", None),
    "depth": [len(inspect.stack()), depth(), sys.getrecursionlimit()],
    "encodings": [
        sys.stdout.encoding,
        sys.__stdout__.encoding,
        sys.stdin.encoding,
        sys.getfilesystemencoding(),
    ],
    "displays": [type(sys.displayhook).__name__, sys.excepthook.__qualname__, type(sys.stdout).__name__],
    "locale": locale.setlocale(locale.LC_ALL),
    "time zone": time.tzname,
    "garbage": [gc.isenabled(), gc.get_threshold(), gc.get_debug()],
    "warnings": sorted(map(repr, warnings.filters)),  # imports come in another order; no two of these overlap
    "loggers": {
        name: [logger.level, [type(handler).__name__ for handler in logger.handlers], logger.propagate]
        for name, logger in loggers.items()
        if logger.handlers or logger.level
    },
    "logging": [logging.root.manager.disable, logging.raiseExceptions],
    "decimal": repr(decimal.getcontext()),
    "loop": [type(asyncio.get_event_loop_policy()).__name__, type(asyncio.get_running_loop()).__name__],
    "temporary files": tempfile.gettempdir(),
    "mime types": mimetypes.guess_type("a.geojson"),
    "trace": [repr(sys.gettrace()), repr(sys.getprofile())],
    "get_ipython outside": "get_ipython" in vars(__import__("builtins")),
    "names": sorted(name for name in get_ipython().user_ns_hidden),  # noqa: F821
    "history": [kernel.shell.history_manager.hist_file != ":memory:", kernel.execution_count],
    "samarkand": [name for name in sys.modules if name.split(".")[0] == "samarkand"],
}
print(json.dumps(settings, default=repr))
