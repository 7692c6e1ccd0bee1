"""What a lesson's first import costs, as a multiple of importing pandas.

    python benchmarks/import_ratio.py [--turns N]

Each import happens in a fresh Python, the two in turn, so that a busy moment of the machine affects both.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST_RATIO = 1.3
STATEMENTS = {"pandas": "import pandas", "samarkand": "from samarkand import data, maps"}


def seconds(statement: str) -> float:
    """Return the seconds of an import statement in a fresh Python."""
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    return float(done.stdout)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a line for programs and one for people; return 1 if the limit is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--turns", type=int, default=15, help="imports of each kind (15)")
    turns = parser.parse_args(arguments).turns
    for statement in STATEMENTS.values():  # the first import writes Python's compiled files
        seconds(statement)
    took = [{name: seconds(statement) for name, statement in STATEMENTS.items()} for _ in range(turns)]
    middle = {name: statistics.median(turn[name] for turn in took) for name in STATEMENTS}
    ratio = statistics.median(turn["samarkand"] / turn["pandas"] for turn in took)
    within = ratio <= LARGEST_RATIO
    figures = {"ratio": round(ratio, 3), **{f"{k}_s": round(v, 3) for k, v in middle.items()}}
    print(json.dumps({"benchmark": "import_ratio", "turns": turns, **figures, "within": within}))
    print(
        f"`{STATEMENTS['samarkand']}` takes {ratio:.2f} times what `import pandas` takes "
        f"({middle['samarkand']:.2f} s and {middle['pandas']:.2f} s)."
    )
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
