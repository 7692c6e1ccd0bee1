"""How long strict nbval takes over all notebooks, with the command that ``start.py test`` uses.

python benchmarks/nbval_time.py
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPLIT = ["-n", "2", "--dist", "loadscope"]
OPTIONS = ["--nbval", "notebooks", *SPLIT, "--nbval-cell-timeout", "60", "-q", "-p", "no:cacheprovider"]


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a line for programs and one for people; return 1 if a cell differs."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args(arguments)
    with tempfile.TemporaryDirectory() as work:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "SAMARKAND_WORK": work}
        command = [sys.executable, "-m", "pytest", *OPTIONS, "-c", os.devnull, "--rootdir", str(ROOT)]
        began = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - began
    passed = re.search(r"(\d+) passed", done.stdout)
    cells = int(passed[1]) if passed else 0
    within = done.returncode == 0
    figures = {"seconds": round(seconds, 1), "cells": cells, "within": within}
    print(json.dumps({"benchmark": "nbval_time", **figures}))
    print(f"Strict nbval compares {cells} cells in {seconds:.0f} s{'' if within else ', and some differ'}.")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
