"""The house stands as designed: imports point downwards, no wing leans on another, all is explained."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import os
import pkgutil
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import samarkand

PACKAGE = Path(samarkand.__file__).parent
ROOT = PACKAGE.parent
Need = Callable[[object, str], None]

#: Each room with its floor. A room may import from its own floor or below; a new room gets its floor here.
LESSON = {
    "ground": 0,
    "answers": 1,
    "page": 1,
    "lab": 1,
    "places": 1,
    "sources": 2,
    "data": 2,
    "forecasts": 2,
    "geo": 2,
    "measures": 2,
    "charts": 3,
    "check": 3,
    "exercise": 3,
    "maps": 3,
    "quiz": 3,
    "explore": 4,
}
WINGS = ("course", "grading")
#: What all wings share.
GROUND = {"ground", "answers", "exercise"}
#: What a first import must not load.
HEAVY = {"IPython", "altair", "branca", "folium", "frictionless", "ipywidgets", "jsonschema", "requests"}
#: What a student calls by name; the other modules of the lesson wing serve these.
FOR_STUDENTS = (
    "charts",
    "check",
    "sources",
    "data",
    "explore",
    "forecasts",
    "geo",
    "maps",
    "measures",
    "places",
    "quiz",
)


def modules() -> list[str]:
    """Every module of the package by its full name (the folder course/asked holds none)."""
    found = [m.name for m in pkgutil.walk_packages([str(PACKAGE)], "samarkand.")]
    return [name for name in found if name != "samarkand.__main__"]


def source_of(name: str) -> Path:
    path = PACKAGE.joinpath(*name.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def room(name: str) -> str:
    return name.split(".")[1]


def imports(path: Path, package: str) -> Iterator[str]:
    """Yield what a file imports of samarkand, by full name, wherever in the file it does so."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("samarkand."))
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join(
                    [*package.split(".")[: len(package.split(".")) - node.level + 1], base]
                ).rstrip(".")
            if base == "samarkand":
                yield from (f"samarkand.{alias.name}" for alias in node.names if alias.name != "__version__")
            elif base.startswith("samarkand."):
                yield base


def edges() -> dict[str, set[str]]:
    """Return which rooms each room imports from."""
    found: dict[str, set[str]] = {}
    for name in modules():
        path = source_of(name)
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        used = {room(target) for target in imports(path, package)} - {room(name)}
        found.setdefault(room(name), set()).update(used)
    return found


def test_every_room_has_its_place() -> None:
    assert set(edges()) <= {*LESSON, *WINGS, "cli"}


def test_imports_point_downwards() -> None:
    wrong = [
        f"{one} (floor {LESSON[one]}) imports {other}"
        for one, others in edges().items()
        if one in LESSON
        for other in others
        if LESSON.get(other, 9) > LESSON[one]
    ]
    assert not wrong, "\n".join(wrong)


def test_no_two_rooms_import_each_other() -> None:
    try:
        TopologicalSorter(edges()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


@pytest.mark.parametrize("wing", WINGS)
def test_no_wing_imports_another(wing: str) -> None:
    assert edges().get(wing, set()) <= GROUND


def test_the_lesson_wing_knows_no_other() -> None:
    for one, others in edges().items():
        if one in LESSON:
            assert not others & {*WINGS, "cli"}, one


def test_imports_are_read_wherever_they_stand(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(
        "def f():\n    from samarkand import cite, data\n    import samarkand.maps.atlas\nfrom . import x\n"
    )
    assert set(imports(file, "samarkand.check")) == {
        "samarkand.cite",
        "samarkand.data",
        "samarkand.maps.atlas",
        "samarkand.check",
    }


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
    failed, _ = doctest.testmod(loaded, optionflags=doctest.ELLIPSIS)
    assert not failed


@pytest.mark.parametrize("room_", ["data", "forecasts", "geo", "measures", "places", "sources"])
def test_what_students_call_most_has_examples(room_: str) -> None:
    tests = doctest.DocTestFinder().find(importlib.import_module(f"samarkand.{room_}"))
    assert sum(bool(t.examples) for t in tests) >= 2
