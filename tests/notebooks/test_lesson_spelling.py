"""The lessons' prose and comments are spelled right, as far as codespell knows (it cannot read notebooks)."""

import subprocess
import sys
from pathlib import Path

from samarkand.ground.home import ROOT
from tools.author import lessons


def test_spelling(tmp_path: Path) -> None:
    for lesson in lessons.every():
        text = "\n\n".join(f"{cell.source}" for cell in lesson.cells)
        (tmp_path / f"{lesson.name}.md").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "codespell_lib", "--toml", str(ROOT / "pyproject.toml"), "."]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
