"""Imports point downwards, a first import is light, all that is public is explained, and examples run."""

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


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("from samarkand import data, maps; data.load('trip')", HEAVY),
        ("from samarkand import maps; dir(maps)", {*HEAVY, "jinja2", "pandas"}),
        ("from samarkand import cite, places; places.find('KAZ'); cite['ART']", {*HEAVY, "pandas"}),
    ],
)
def test_a_first_import_loads_nothing_heavy(code: str, heavy: set[str]) -> None:
    code += f"; import sys; print({heavy} & {{*sys.modules}})"
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    assert subprocess.check_output([sys.executable, "-c", code], env=environment, text=True) == "set()\n"


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


@pytest.mark.parametrize("package", ["charts", "explore", "maps", "practice.predict"])
def test_what_a_package_offers_is_what_its_modules_list(package: str) -> None:
    loaded = importlib.import_module(f"samarkand.{package}")
    listed = set()
    for found in pkgutil.iter_modules(loaded.__path__):
        module = importlib.import_module(f"samarkand.{package}.{found.name}")
        listed.update(getattr(module, "__all__", ()))
        assert not callable(getattr(loaded, found.name)), f"{found.name} is a module and a function"
    assert set(loaded.__all__) == listed


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path))
    loaded = importlib.import_module(module)
    assert doctest.testmod(loaded, optionflags=doctest.ELLIPSIS).failed == 0
