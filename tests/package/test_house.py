"""Imports point downwards, a first import is light, all that is public is explained, and examples run."""

import ast
import doctest
import importlib
import inspect
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import samarkand
from samarkand.ground import rooms

PACKAGE = Path(samarkand.__file__).parent
MODULES = [m.name for m in pkgutil.walk_packages([str(PACKAGE)], "samarkand.") if m.name[-8:] != "__main__"]
#: Modules that a first import must not load.
HEAVY = {"IPython", "altair", "branca", "folium", "frictionless", "ipywidgets", "jsonschema", "requests"}
#: Modules whose functions students call.
FOR_STUDENTS = (
    *("charts", "data", "explore", "geo", "maps", "measures", "places"),
    *("practice.forecasts", "practice.notes", "practice.predict", "practice.quiz"),
    "practice.tasks",
)


def test_imports_point_downwards(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(PACKAGE.parent)
    assert lint_imports(no_cache=True) == 0, capsys.readouterr().out


def test_a_first_import_loads_nothing_heavy() -> None:
    code = "import sys; from samarkand import data, maps; print(*sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    loaded = {name.partition(".")[0] for name in ran.stdout.decode().split()}
    assert "pandas" in loaded and not loaded & HEAVY


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_is_explained(module: str) -> None:
    path = PACKAGE.joinpath(*module.split(".")[1:])
    source = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")
    todo: list[ast.Module | ast.ClassDef | ast.FunctionDef] = [ast.parse(source)]
    for node in todo:
        assert ast.get_docstring(node), getattr(node, "name", module)
        if not isinstance(node, ast.FunctionDef):
            inner = [n for n in node.body if isinstance(n, ast.ClassDef | ast.FunctionDef)]
            todo += [n for n in inner if not n.name.startswith("_")]


@pytest.mark.parametrize("room", FOR_STUDENTS)
def test_what_students_call_lists_its_parameters(room: str) -> None:
    loaded = importlib.import_module(f"samarkand.{room}")
    names = getattr(loaded, "__all__", None) or [n for n in dir(loaded) if not n.startswith("_")]
    checked = 0
    for function in (getattr(loaded, name) for name in names):
        if inspect.isfunction(function) and function.__module__.startswith(f"samarkand.{room}"):
            explained = inspect.getdoc(function) or ""
            section = explained.partition("Parameters\n----------\n")[2]
            section = re.split(r"^\S+\n---", section, maxsplit=1, flags=re.MULTILINE)[0]
            listed = ",".join(re.findall(r"^(\S[^:\n]*?)(?: :.*)?$", section, re.MULTILINE))
            taken = {name for name in inspect.signature(function).parameters if not name.startswith("_")}
            assert {name.strip("* ") for name in listed.split(",") if name} == taken, function.__name__
            checked += 1
    assert checked


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path))
    loaded = importlib.import_module(module)
    parent, _, name = module.rpartition(".")
    if rooms.offers(parent).get(name) == module:  # loaded directly, it hides what it offers
        setattr(sys.modules[parent], name, getattr(loaded, name))
    assert doctest.testmod(loaded, optionflags=doctest.ELLIPSIS).failed == 0
