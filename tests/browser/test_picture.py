"""`tools/lab/picture.py` takes pictures of a lesson in a lab of its own, and leaves nothing behind."""

from __future__ import annotations

import importlib.util
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from samarkand.course import normal_form
from tools.lab import picture
from tools.lab.browser import installed

Need = Callable[[object, str], None]


def size(png: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", png.read_bytes()[16:24])
    return width, height


def test_a_whole_lesson_in_pictures(tmp_path: Path, need: Need, monkeypatch: pytest.MonkeyPatch) -> None:
    need(importlib.util.find_spec("playwright"), "playwright is not installed")
    need(installed(whole=True), "there is no chromium")
    (tmp_path / "labs").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "labs"))
    cells = [new_markdown_cell(f"# Heading {n}\n\n" + "A line.\n\n" * 8) for n in range(4)]
    notebook = normal_form.normalise(new_notebook(cells=[*cells, new_code_cell("1 + 1")]))
    lesson = tmp_path / "lesson.ipynb"
    lesson.write_text(normal_form.text(notebook), encoding="utf-8")
    stored = lesson.read_bytes()
    options = ["--all-cells", "--theme", "dark", "--width", "700", "--height", "600"]
    assert picture.main(["--lesson", str(lesson), *options, "--out", str(tmp_path / "out" / "x.png")]) == 0
    taken = sorted((tmp_path / "out").iterdir())
    assert len(taken) >= 3
    assert len({size(png) for png in taken}) == 1
    assert len({png.read_bytes() for png in taken}) == len(taken)
    assert lesson.read_bytes() == stored
    assert not list((tmp_path / "labs").iterdir())


def test_what_is_not_there_gets_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert picture.main(["--lesson", "33", "--out", str(tmp_path / "x.png")]) == 1
    assert capsys.readouterr().err.startswith('No lesson "33".')
