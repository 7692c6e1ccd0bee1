"""The first cell of a notebook: tests type into it, and look for what somebody has typed."""

import json
from pathlib import Path


def change_first_cell(notebook: Path, text: str) -> None:
    """Type a text into the first cell of a notebook."""
    content = json.loads(notebook.read_bytes())
    content["cells"][0]["source"] = text
    notebook.write_text(json.dumps(content), encoding="utf-8")


def read_first_cell(notebook: Path) -> str:
    """Return what is in the first cell of a notebook."""
    return "".join(json.loads(notebook.read_bytes())["cells"][0]["source"])
