"""Imports point downwards, a first import is light, all that is public is explained, and examples run.

No test names what the product keeps to itself, or holds the sentence of one of its errors, so that whoever
rewrites the inside, or says a thing better, need not rewrite a test.
"""

import ast
import builtins
import doctest
import importlib
import inspect
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import samarkand
from samarkand.common import home

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
#: Private names that Python, Jupyter and IPython ask for, so that they are as fixed as public ones.
ASKED_FOR = {
    "_exit",
    "_getframe",
    "_replace",
    "_load_jupyter_server_extension",
    "_base_executable",
    "_view_name",
}
OF_THE_PRODUCT = ("samarkand", "samarkand_grading", "tools", "start")


def is_private(name: str) -> bool:
    """Return whether a name is private: neither ``_repr_html_`` and its like, nor one that others ask for."""
    return name.startswith("_") and not name.endswith("_") and name not in ASKED_FOR


def find_private_names(tree: ast.Module) -> Iterator[str]:
    """Yield each private name of something else that a test's code reads, imports or replaces."""
    for part in ast.walk(tree):
        if isinstance(part, ast.Attribute) and is_private(part.attr):
            if not (isinstance(part.value, ast.Name) and part.value.id == "self"):
                yield part.attr
        elif isinstance(part, ast.ImportFrom) and (part.module or "").startswith(OF_THE_PRODUCT):
            names = [*str(part.module).split("."), *[one.name for one in part.names]]
            yield from filter(is_private, names)
        elif isinstance(part, ast.Import):
            for one in part.names:
                if one.name.startswith(OF_THE_PRODUCT):
                    yield from filter(is_private, one.name.split("."))
        elif isinstance(part, ast.Call) and ast.unparse(part.func).endswith(
            ("setattr", "getattr", "delattr")
        ):
            for given in part.args[:2]:
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield from filter(is_private, given.value.split("."))


def test_private_names_are_found() -> None:
    code = """
from samarkand.maps._base import find_contested
import samarkand.charts._look
from samarkand.practice.briefing import _items
form._fields["guess"].text
monkeypatch.setattr(changes, "_ask_git", None)
monkeypatch.setattr("samarkand.lab.opening._keep_quiet", None)
os._exit(0), chart._repr_html_(), self._box, value._replace(words="")
"""
    assert sorted(find_private_names(ast.parse(code))) == [
        *["_ask_git", "_base", "_fields", "_items", "_keep_quiet", "_look"]
    ]


def test_no_test_uses_a_private_name() -> None:
    tests = PACKAGE.parent / "tests"
    found = {}
    for path in sorted(tests.rglob("*.py")):
        names = list(find_private_names(ast.parse(path.read_text(encoding="utf-8"))))
        if names:
            found[path.relative_to(tests).as_posix()] = names
    assert found == {}


def find_modules(tree: ast.Module) -> dict[str, str]:
    """Return the modules of the product that a test's code imports, by the names that they have there."""
    modules = {}
    for part in ast.walk(tree):
        if isinstance(part, ast.ImportFrom) and (part.module or "").startswith(OF_THE_PRODUCT):
            for one in part.names:
                modules[one.asname or one.name] = f"{part.module}.{one.name}"
    return modules


def find_borrowed_names(tree: ast.Module) -> Iterator[str]:
    """Yield each name that a test's code replaces in a module which only imports it from another one.

    Such a test falls when a function moves to a module beside it, though nothing is done otherwise.
    """
    modules = find_modules(tree)
    for part in ast.walk(tree):
        if not isinstance(part, ast.Call) or not ast.unparse(part.func).endswith("setattr"):
            continue
        if len(part.args) < 2 or not isinstance(part.args[1], ast.Constant):
            continue
        place = ast.unparse(part.args[0])
        owner, _, rest = place.partition(".")
        path = find_source(modules.get(owner, ""))
        name = rest or str(part.args[1].value)
        if path is not None and name.split(".")[0] in list_imported(path):
            yield f"{place}.{part.args[1].value}"


def find_source(module: str) -> Path | None:
    """Return the file of a module of the product; None if there is no such module."""
    root = PACKAGE.parent
    inside = Path(*module.split(".")).with_suffix(".py") if module else Path("none")
    for folder in (root, root / "packages" / "grading"):
        if (folder / inside).is_file():
            return folder / inside
    return None


def list_imported(path: Path) -> set[str]:
    """Return the names that a module takes out of other modules of the product."""
    names = set()
    for part in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(part, ast.ImportFrom) and (part.module or "").startswith(OF_THE_PRODUCT):
            for one in part.names:
                if find_source(f"{part.module}.{one.name}") is None:  # else it is a module
                    names.add(one.asname or one.name)
    return names


def test_borrowed_names_are_found() -> None:
    code = """
from samarkand_grading.classroom import batch, gradebook
monkeypatch.setattr(batch, "Sandbox", None)
monkeypatch.setattr(batch.Assessor, "assess_submission", None)
monkeypatch.setattr(batch, "grade", None), monkeypatch.setattr(gradebook, "WAIT", 0.1)
"""
    assert sorted(find_borrowed_names(ast.parse(code))) == [
        *["batch.Assessor.assess_submission", "batch.Sandbox"]
    ]


def test_no_test_replaces_a_name_where_it_is_only_imported() -> None:
    tests = PACKAGE.parent / "tests"
    found = {}
    for path in sorted(tests.rglob("*.py")):
        names = list(find_borrowed_names(ast.parse(path.read_text(encoding="utf-8"))))
        if names:
            found[path.relative_to(tests).as_posix()] = names
    assert found == {}


def is_of_python(error: ast.expr) -> bool:
    """Return whether an expression names an error of Python's own, or several of them."""
    if isinstance(error, ast.Tuple):
        return all(is_of_python(one) for one in error.elts)
    return isinstance(error, ast.Name) and hasattr(builtins, error.id)


def find_matched_sentences(tree: ast.Module) -> Iterator[int]:
    """Yield the line of each ``raises`` that matches the sentence of an error that is not Python's own.

    Errors of the course have a code and fields for that.
    """
    for part in ast.walk(tree):
        if isinstance(part, ast.Call) and ast.unparse(part.func) in ("pytest.raises", "raises"):
            matches = any(one.arg == "match" for one in part.keywords)
            if matches and not all(is_of_python(one) for one in part.args):
                yield part.lineno


def test_matched_sentences_are_found() -> None:
    code = """
with pytest.raises(CourseError, match="No table"): load("")
with pytest.raises(error, match=sentence), open(""): ask()
with raises((OSError, hub.NotATime), match="o"): read_time("")
with pytest.raises(ValueError, match="zip"): zip("a", "", strict=True)
with pytest.raises((OSError, KeyError), match="o"): load("")
with pytest.raises(CourseError) as error: load("")
re.fullmatch(pattern, text)
"""
    assert list(find_matched_sentences(ast.parse(code))) == [2, 3, 4]


def test_no_test_holds_the_sentence_of_an_error_where_it_could_hold_its_code() -> None:
    tests = PACKAGE.parent / "tests"
    found = []
    for path in sorted(tests.rglob("*.py")):
        for line in find_matched_sentences(ast.parse(path.read_text(encoding="utf-8"))):
            found.append(f"{path.relative_to(tests).as_posix()}, line {line}")
    assert found == []


COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
#: Maximum number of letters of a lambda.
LONG = 150


def has_within(tree: ast.AST, kinds: tuple[type[ast.AST], ...]) -> bool:
    """Return whether code holds a part of some kinds, other than itself."""
    return any(isinstance(part, kinds) for part in ast.walk(tree) if part is not tree)


def list_made(tree: ast.AST) -> list[ast.AST]:
    """Return what a comprehension makes of each round."""
    if isinstance(tree, ast.DictComp):
        return [tree.key, tree.value]
    return [tree.elt] if isinstance(tree, ast.ListComp | ast.SetComp | ast.GeneratorExp) else []


def makes_comprehensions(part: ast.AST) -> bool:
    """Return whether a comprehension makes another one in each round."""
    return any(isinstance(one, COMPREHENSIONS) or has_within(one, COMPREHENSIONS) for one in list_made(part))


def is_unpacked(part: ast.Assign) -> bool:
    """Return whether names are taken out of a comprehension over what is written there."""
    made = part.value
    return (
        isinstance(part.targets[0], ast.Tuple)
        and isinstance(made, COMPREHENSIONS)
        and isinstance(made.generators[0].iter, ast.Tuple)
    )


def judge_density(part: ast.AST) -> str:
    """Return why a part of code is too dense to be read once from left to right; "" if it is not."""
    why = ""
    if isinstance(part, COMPREHENSIONS) and len(part.generators) > 1:
        why = "two for"
    elif isinstance(part, COMPREHENSIONS) and makes_comprehensions(part):
        why = "a comprehension in each round"
    elif isinstance(part, ast.IfExp) and has_within(part, (ast.IfExp,)):
        why = "an if within an if"
    elif isinstance(part, ast.Lambda) and has_within(part, (*COMPREHENSIONS, ast.IfExp, ast.Lambda)):
        why = "a dense lambda"
    elif isinstance(part, ast.Lambda) and len(ast.unparse(part)) > LONG:
        why = "a long lambda"
    elif isinstance(part, ast.Expr) and isinstance(part.value, ast.BoolOp | ast.IfExp):
        why = "a choice that is a statement"
    elif isinstance(part, ast.Assign) and is_unpacked(part):
        why = "unpacked"
    return why


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("keys = [key for row in rows for key in row]", "two for"),
        ("table = [[f(cell) for cell in row] for row in rows]", "a comprehension in each round"),
        (
            "said = {row: ', '.join(f(c) for c in row) for row in rows}",
            "a comprehension in each round",
        ),
        ("look = 'a' if first else 'b' if second else 'c'", "an if within an if"),
        ("show(lambda rows: [row.name for row in rows])", "a dense lambda"),
        (f"show(lambda: {' + '.join('abcdefghijklmnopqrstuvwxyz' * 2)})", "a long lambda"),
        ("remove(path) if path.is_dir() else path.unlink()", "a choice that is a statement"),
        ("found or print('nothing')", "a choice that is a statement"),
        (
            "low, high = (f(end) for end in (a, b))",
            "unpacked",
        ),
        ("filled = [row for row in rows if any(cell for cell in row)]", ""),
        ("first, *others = [line for line in lines if line]", ""),
        ("look = 'a' if first else 'b'", ""),
        ("rows.sort(key=lambda row: row.day)", ""),
    ],
)
def test_dense_code_is_found(code: str, why: str) -> None:
    assert {judge_density(part) for part in ast.walk(ast.parse(code))} == {"", why}


@pytest.mark.parametrize("folder", ["samarkand", "packages/grading/samarkand_grading", "tools", "deploy"])
def test_code_is_read_once_from_left_to_right(folder: str) -> None:
    found = []
    for path in sorted((PACKAGE.parent / folder).rglob("*.py")):
        if "node_modules" in path.parts:
            continue
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            why = judge_density(part)
            if why:
                found.append(f"{path.relative_to(PACKAGE.parent)}, line {part.lineno}: {why}")
    assert found == []


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


#: Functions of one word: they are called some 800 times, and gettext's own have such names, too.
SHORT = {"tr", "trn"}


def find_one_word_functions(tree: ast.Module) -> list[str]:
    """Return the functions of a module whose names are one word."""
    functions = [one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [name for name in functions if "_" not in name.strip("_") and name not in SHORT]


def test_one_word_functions_are_found() -> None:
    assert find_one_word_functions(ast.parse("def read(): ...\ndef read_rows(): ...\ndef _say(): ...")) == [
        "read",
        "_say",
    ]


@pytest.mark.parametrize("room", ["answers", "common", "html", "lab", "widgets"])
def test_what_no_student_calls_is_named_by_verb_and_object(room: str) -> None:
    found = []
    for path in sorted((home.PACKAGE / room).rglob("*.py")):
        for name in find_one_word_functions(ast.parse(path.read_text(encoding="utf-8"))):
            found.append(f"{path.stem}.{name}")
    assert found == []
