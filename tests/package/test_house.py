"""The house stands as its contracts say, its page shows it as it is, and all in it is explained."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import samarkand
from samarkand.ground import rooms
from tools import house

PACKAGE = Path(samarkand.__file__).parent
ROOT = PACKAGE.parent
Need = Callable[[object, str], None]

#: What a first import must not load.
HEAVY = {"IPython", "altair", "branca", "folium", "frictionless", "ipywidgets", "jsonschema", "requests"}
#: What a student calls by name; the other modules of the lesson wing serve these.
FOR_STUDENTS = (
    "charts",
    "check",
    "data",
    "explore",
    "forecasts",
    "geo",
    "maps",
    "measures",
    "notes",
    "places",
    "predict",
    "quiz",
    "sources",
)


def modules() -> list[str]:
    """Every module of the package by its full name."""
    found = [m.name for m in pkgutil.walk_packages([str(PACKAGE)], "samarkand.")]
    return [name for name in found if name != "samarkand.__main__"]


def source_of(name: str) -> Path:
    path = PACKAGE.joinpath(*name.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def kept(package_in: Path) -> str:
    """Hold the package in a folder to the contracts; return what import-linter says."""
    shutil.copyfile(ROOT / "pyproject.toml", package_in / "pyproject.toml")
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
    ]
    ran = subprocess.run(command, cwd=package_in, capture_output=True, text=True, check=False)
    assert ran.returncode == ("BROKEN" in ran.stdout), ran.stdout + ran.stderr
    return ran.stdout


def test_the_contracts_are_kept(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "samarkand", ignore=shutil.ignore_patterns("__pycache__", "assets"))
    assert "0 broken" in kept(tmp_path)


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("data.py", "def f(): from samarkand import maps", "Imports point downwards BROKEN"),
        ("quiz.py", "import samarkand.practice.tasks", "Imports point downwards BROKEN"),
        ("course/build.py", "from samarkand_grading import marking", "Imports point downwards BROKEN"),
        ("grading/sandbox/work.py", "from samarkand_grading import marking", "nothing of a class BROKEN"),
        ("grading/marking/inputs.py", "from samarkand import data", "exercise alone BROKEN"),
        ("attic.py", "", "Imports point downwards BROKEN"),
    ],
    ids=["upwards", "between neighbours", "between wings", "up a storey", "out of a door", "without a floor"],
)
def test_each_contract_is_broken_by_what_it_forbids(
    module: str, line: str, broken: str, tmp_path: Path
) -> None:
    shutil.copytree(PACKAGE, tmp_path / "samarkand", ignore=shutil.ignore_patterns("__pycache__", "assets"))
    with (tmp_path / "samarkand" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    assert broken in " ".join(kept(tmp_path).split()).replace("and exercise", "exercise")


def test_grading_is_kept_from_every_room_but_those_it_stands_on() -> None:
    """The contract has a list; a new room belongs into it."""
    others = {room for floor in house.floors() for room in floor}
    others -= {"answers", "exercise", "ground", "grading", "course", "cli"}  # the floors forbid the last two
    assert house.contract("doors")["forbidden_modules"] == [f"samarkand.{room}" for room in sorted(others)]


def test_the_page_shows_the_house_as_it_is() -> None:
    """If this fails, run ``python -m tools.house`` and look at what has changed."""
    assert house.PAGE.read_text(encoding="utf-8") == house.page()
    assert house.PICTURE.read_text(encoding="utf-8") == house.picture()


def test_the_page_names_every_room_and_storey() -> None:
    told = set(re.findall(r"^\| `([^`]+)` \|", house.page(), re.MULTILINE))
    rooms = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    storeys = {f"grading/{p.name}" for p in (PACKAGE / "grading").iterdir() if (p / "__init__.py").is_file()}
    assert told == (rooms - {"__init__", "__main__"}) | storeys


def test_a_first_import_loads_nothing_heavy() -> None:
    code = "import sys; from samarkand import data, maps; print(*sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    loaded = {name.split(".")[0] for name in ran.stdout.split()}
    assert "pandas" in loaded
    assert not loaded & HEAVY


# ------------------------------------------------------------------------------- explained


Explained = ast.Module | ast.ClassDef | ast.FunctionDef


def public(module: str) -> Iterator[tuple[str, Explained]]:
    """Yield a module, and the public functions, classes and methods that it defines, by full name."""
    tree = ast.parse(source_of(module).read_text(encoding="utf-8"))
    todo: list[tuple[str, Explained]] = [(module, tree)]
    while todo:
        name, node = todo.pop()
        yield name, node
        if not isinstance(node, ast.FunctionDef):
            inner = [n for n in node.body if isinstance(n, ast.ClassDef | ast.FunctionDef)]
            todo += [(f"{name}.{n.name}", n) for n in inner if not n.name.startswith("_")]


@pytest.mark.parametrize("module", modules())
def test_everything_public_is_explained(module: str) -> None:
    missing = [name for name, node in public(module) if not ast.get_docstring(node)]
    assert not missing


@pytest.mark.parametrize("module", modules())
def test_a_docstring_speaks_of_the_parameters_there_are(module: str) -> None:
    """Where a docstring lists parameters it lists each, and no other."""
    wrong = []
    for name, node in public(module):
        if isinstance(node, ast.FunctionDef):
            wrong += [f"{name}: {problem}" for problem in mismatch(node) if has_list(node)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("thing", FOR_STUDENTS)
def test_what_students_call_lists_its_parameters_and_what_it_returns(thing: str) -> None:
    loaded = importlib.import_module(f"samarkand.{thing}")
    names = getattr(loaded, "__all__", None) or [n for n in dir(loaded) if not n.startswith("_")]
    wrong = []
    for name in names:
        function = getattr(loaded, name)
        if not inspect.isfunction(function) or not function.__module__.startswith(f"samarkand.{thing}"):
            continue
        (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
        assert isinstance(node, ast.FunctionDef)
        wrong += [f"{name}: {problem}" for problem in mismatch(node)]
        if not re.search(r"^(Returns|Yields)\n---", ast.get_docstring(node) or "", re.MULTILINE):
            wrong.append(f"{name}: does not say what it returns")
    assert not wrong, "\n".join(wrong)


def has_list(node: ast.FunctionDef) -> bool:
    return "Parameters\n---" in (ast.get_docstring(node) or "")


def mismatch(node: ast.FunctionDef) -> list[str]:
    """Say which parameters a docstring's list leaves out, and which it has too many."""
    section = (ast.get_docstring(node) or "").partition("Parameters\n----------\n")[2]
    section = re.split(r"^\S+\n---", section, maxsplit=1, flags=re.MULTILINE)[0]
    listed = {
        name.strip("* ")
        for names in re.findall(r"^(\S[^:\n]*?)(?: :.*)?$", section, re.MULTILINE)
        for name in names.split(",")
    }
    given = node.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    names = {a.arg for a in every if a.arg not in ("self", "cls") and not a.arg.startswith("_")}
    return [f"does not explain {n}" for n in sorted(names - listed)] + [
        f"explains {n}" for n in sorted(listed - names)
    ]


@pytest.mark.parametrize("module", modules())
def test_examples_run(module: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, need: Need) -> None:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path))
    try:
        loaded = importlib.import_module(module)
    except ModuleNotFoundError as error:
        need(error.name != "nbgrader", "nbgrader is not installed")
        raise
    parent, _, name = module.rpartition(".")
    if rooms.offers(parent).get(name) == module:  # loaded directly, it stands where what it offers should
        setattr(sys.modules[parent], name, getattr(loaded, name))
    failed, _ = doctest.testmod(loaded, optionflags=doctest.ELLIPSIS)
    assert not failed


@pytest.mark.parametrize("room_", ["data", "forecasts", "geo", "measures", "places", "sources"])
def test_what_students_call_most_has_examples(room_: str) -> None:
    tests = doctest.DocTestFinder().find(importlib.import_module(f"samarkand.{room_}"))
    assert sum(bool(t.examples) for t in tests) >= 2
