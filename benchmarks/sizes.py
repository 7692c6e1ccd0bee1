"""How large the notebooks and the maps stored in them are.

    python benchmarks/sizes.py

A map counts with all it carries: Leaflet, geometry, the still picture.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST_NOTEBOOK, LARGEST_MAP = 1_000_000, 300_000


def maps_in(notebook: Path) -> dict[str, int]:
    """Return the bytes of each map a notebook stores, by cell id."""
    found = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            markup = "".join(output.get("data", {}).get("text/html", ""))
            if "<iframe" in markup:
                found[cell["id"]] = len(markup.encode())
    return found


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a line for a machine and some for people; return 1 if a limit is broken."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args(arguments)
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    sizes = {path.name: {"bytes": path.stat().st_size, "maps": maps_in(path)} for path in paths}
    largest = max((one["bytes"] for one in sizes.values()), default=0)
    map_ = max((size for one in sizes.values() for size in one["maps"].values()), default=0)
    within = largest <= LARGEST_NOTEBOOK and map_ <= LARGEST_MAP
    print(json.dumps({"benchmark": "sizes", "notebooks": sizes, "within": within}))
    for name, one in sizes.items():
        maps = ", ".join(f"{cell} {size / 1000:.0f} kB" for cell, size in one["maps"].items())
        print(f"{name}: {one['bytes'] / 1000:.0f} kB{'; maps: ' + maps if maps else ''}")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
