"""Run every benchmark of the course, one after the other, and say which limits hold.

    python benchmarks/run.py                    all: some minutes, the install alone two or three
    python benchmarks/run.py sizes nbval_time   some
    python benchmarks/run.py --json figures.json

A benchmark is a script in this folder. It prints one line of JSON with its figures and some lines for people,
and ends with 1 if a limit is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def known() -> dict[str, Path]:
    """Return the benchmarks by name, but for that of mutations, which takes hours."""
    return {path.stem: path for path in sorted(HERE.glob("*.py")) if path.stem not in ("run", "mutations")}


def run(script: Path) -> tuple[bool, dict[str, Any]]:
    """Run a benchmark and print its lines for people; return whether its limits hold, and its figures."""
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, str(script)]
    done = subprocess.run(
        command, cwd=HERE.parent, env=environment, capture_output=True, text=True, check=False
    )
    figures: dict[str, Any] = {}
    for line in done.stdout.splitlines():
        if line.startswith('{"benchmark"'):
            figures = json.loads(line)
        else:
            print(f"  {line}", flush=True)
    if not figures:
        print(f"  measured nothing: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    return done.returncode == 0 and bool(figures), figures


def main(arguments: list[str] | None = None) -> int:
    """Run the chosen benchmarks; return 1 if a limit is broken."""
    scripts = known()
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help=f"some of {', '.join(scripts)}; none: all")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args(arguments)
    wrong = sorted(set(options.names) - set(scripts))
    if wrong:
        parser.error(f"there is no benchmark {wrong[0]!r}; there are {', '.join(scripts)}")
    results, figures = {}, []
    for name in options.names or scripts:
        print(name, flush=True)
        results[name], found = run(scripts[name])
        figures.append(found)
    if options.json:
        machine = {
            "python": platform.python_version(),
            "system": platform.platform(),
            "cores": os.cpu_count(),
        }
        options.json.write_text(json.dumps({"machine": machine, "figures": figures}, indent=1) + "\n")
    broken = [name for name, held in results.items() if not held]
    print(
        f"Limits broken: {', '.join(broken)}." if broken else f"All limits hold ({len(results)} benchmarks)."
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
