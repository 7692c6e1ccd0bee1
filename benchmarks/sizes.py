"""How large the notebooks, the maps stored in them and the wheel are.

    python benchmarks/sizes.py

A map counts with everything it carries: Leaflet, geometry, the still picture. The wheel has package and
tables.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST_NOTEBOOK, LARGEST_MAP, LARGEST_WHEEL = 1_000_000, 300_000, 1_000_000


def maps_in(notebook: Path) -> dict[str, int]:
    """Return the bytes of each map a notebook stores, by cell id."""
    found = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            markup = "".join(output.get("data", {}).get("text/html", ""))
            if "<iframe" in markup:
                found[cell["id"]] = len(markup.encode())
    return found


def wheel() -> int:
    """Build the wheel with the installed hatchling; return its bytes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        return sum(path.stat().st_size for path in Path(folder).glob("*.whl"))


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a line for programs and some for people; return 1 if a limit is broken."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args(arguments)
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    sizes = {path.name: {"bytes": path.stat().st_size, "maps": maps_in(path)} for path in paths}
    largest = max((one["bytes"] for one in sizes.values()), default=0)
    map_ = max((size for one in sizes.values() for size in one["maps"].values()), default=0)
    built = wheel()
    within = largest <= LARGEST_NOTEBOOK and map_ <= LARGEST_MAP and built <= LARGEST_WHEEL
    print(json.dumps({"benchmark": "sizes", "notebooks": sizes, "wheel": built, "within": within}))
    for name, one in sizes.items():
        maps = ", ".join(f"{cell} {size / 1000:.0f} kB" for cell, size in one["maps"].items())
        print(f"{name}: {one['bytes'] / 1000:.0f} kB{'; maps: ' + maps if maps else ''}")
    print(f"wheel: {built / 1000:.0f} kB")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
