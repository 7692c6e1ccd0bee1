"""Say what depends on a file: modules, tests, lessons and sets.

Three things are followed. *Imports*: grimp's graph of our packages, in which a name that a package offers for
one of its modules (``maps.sco``) leads to that module and not to all of the package. *Mentions*: a file that
is no Python is read by the code whose strings name it, as a file, a path or a pattern. *Questions*: a lesson
asks those whose ids are in its code. Where one cannot tell, more is returned than is needed, never less.
"""

from __future__ import annotations

import ast
import fnmatch
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

import grimp

from samarkand.common import reading
from samarkand.common.home import ROOT
from tools.author import lessons, stubs, tied

PACKAGES = {"samarkand": ROOT, "samarkand_grading": ROOT / "packages" / "grading", "tools": ROOT}
COMMAND = "samarkand.cli"
#: What adds verbs to the command: whoever imports the command does not depend on it.
AUTHORS = "tools.author.commands"
PLUGINS = (AUTHORS, "samarkand_grading.cli")
#: The questions from memory: a lesson stores their words, and calculates nothing from their tables until a
#: student answers.
QUESTIONS_FROM_MEMORY = "samarkand.practice.memory.pool"
STARTED = {(COMMAND, plugin) for plugin in PLUGINS}
#: A string that is longer is a text and names no file.
LONGEST = 200
#: The ids of questions in code, ``"03.gdp"``, and their lessons.
QUESTION = re.compile(r'"((\d\d)\.\w[^"]*)"')
#: An f-string's gap, in which any text may stand, is a star; so much of a pattern has to be known.
KNOWN_LETTERS = 4


@dataclass(frozen=True)
class Source:
    """What Python code refers to: modules, and strings that may name a file, a table or a question."""

    modules: frozenset[str]
    strings: frozenset[str]

    @cached_property
    def files(self) -> list[str]:
        """The strings that may name a file."""
        return [text for text in self.strings if "." in text or "/" in text]


@dataclass
class Concerned:
    """What a change concerns, as paths from the root; ``known`` is false where no rule knows the file."""

    known: bool = False
    tests: set[str] = field(default_factory=set)
    lessons: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)

    def and_also(self, other: Concerned) -> Concerned:
        """Return what this and another change concern together."""
        return Concerned(
            self.known or other.known,
            self.tests | other.tests,
            self.lessons | other.lessons,
            self.sets | other.sets,
        )


class Dependents:
    """The course's code as it lies there, and who depends on whom in it."""

    @cached_property
    def graph(self) -> grimp.ImportGraph:
        """The imports between our modules, those of offered names led to the module that has them."""
        found = grimp.build_graph(*PACKAGES, cache_dir=None)
        for module in sorted(found.modules):
            used = self.source_of(path_of(module)).modules
            for other in found.find_modules_directly_imported_by(module):
                if other not in used and is_offering(other):
                    found.remove_import(importer=module, imported=other)
            for other in used:
                if other in found.modules and other != module and (module, other) not in STARTED:
                    found.add_import(importer=module, imported=other)
        return found

    @cached_property
    def graph_of_tests(self) -> grimp.ImportGraph:
        """The same graph, in which a package that looks for its modules also imports all of them."""
        found = grimp.build_graph(*PACKAGES, cache_dir=None)
        for module in self.graph.modules:
            for other in self.graph.find_modules_directly_imported_by(module):
                found.add_import(importer=module, imported=other)
            for other in found.find_modules_directly_imported_by(module):
                if not self.graph.direct_import_exists(importer=module, imported=other):
                    found.remove_import(importer=module, imported=other)
        for module in found.modules:
            for package in self._looks_into(module):
                for child in found.find_children(package):
                    if child != module:
                        found.add_import(importer=module, imported=child)
        return found

    def _looks_into(self, module: str) -> set[str]:
        """Return the packages whose modules a module finds by itself, and does not import by name."""
        found = {module} if is_offering(module) else set()
        for text in self.source_of(path_of(module)).strings:  # f"samarkand.practice.tasks.{name}"
            if text.endswith(".*") and _is_ours(text.removesuffix(".*")):
                found.add(text.removesuffix(".*"))
        return found

    @cache  # noqa: B019 - one object serves a command
    def source_of(self, path: Path) -> Source:
        """Return what a Python file refers to, by itself or by a key of a TOML file beside it."""
        found = find_references(path.read_text(encoding="utf-8"))
        keys = set[str]()
        for name in found.strings:
            if name.endswith(".toml") and "/" not in name and path.with_name(name).is_file():
                keys |= _find_keys(reading.read_toml(path.with_name(name)))
        return Source(found.modules, found.strings | keys)

    @cached_property
    def running(self) -> set[str]:
        """The tests that run the command; `tests` finds them."""
        return set()

    @cached_property
    def verbs(self) -> dict[str, set[str]]:
        """The modules that each of the author's verbs uses, by verb."""
        tree = ast.parse(path_of(AUTHORS).read_text(encoding="utf-8"))
        functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        found: dict[str, set[str]] = {}
        for call in [node for node in ast.walk(tree) if isinstance(node, ast.Call)]:
            if isinstance(call.func, ast.Name) and call.func.id == "add_verb":
                verb, function = call.args[1], call.args[2]
                if isinstance(verb, ast.Constant) and isinstance(function, ast.Name):
                    found[str(verb.value)] = _modules_of_function(function.id, functions)
        found["new"] = _modules_of_function("new", functions)
        return found

    @cached_property
    def tests(self) -> dict[str, Source]:
        """What each test file refers to, with the helpers and ``conftest.py`` that it uses."""
        found = {}
        for path in sorted((ROOT / "tests").rglob("test_*.py")):
            parts = [path, *self._helpers(path)]
            sources = [self.source_of(part) for part in parts]
            modules = set[str]().union(*(source.modules for source in sources))
            strings = set[str]().union(*(source.strings for source in sources))
            if COMMAND in modules or {"-m", "samarkand"} <= strings:  # verbs of its plug-ins, too
                modules.add(COMMAND)
                self.running.add(path_from_root(path))
                if any(one.startswith("samarkand_grading") for one in modules):
                    modules.add("samarkand_grading.cli")
                for verb in strings & self.verbs.keys():
                    modules |= self.verbs[verb]
            found[path_from_root(path)] = Source(frozenset(modules), frozenset(strings))
        return found

    def _helpers(self, path: Path, seen: frozenset[Path] = frozenset()) -> list[Path]:
        """Return the files of ``tests/`` that a test file uses: its ``conftest.py``, and what it imports."""
        here = [ROOT / "tests" / "conftest.py", path.parent / "conftest.py"]
        names = _names_imported(path.read_text(encoding="utf-8"))
        for name in names:
            file = f"{name.partition('.')[0]}.py"
            here += [folder / file for folder in _roots_of(path)]
        found = [one for one in dict.fromkeys(here) if one.is_file() and one != path and one not in seen]
        for one in list(found):
            found += self._helpers(one, seen | {path, *found})
        return list(dict.fromkeys(found))

    @cached_property
    def helpers(self) -> dict[str, set[str]]:
        """The test files that use each other file of ``tests/``."""
        found: dict[str, set[str]] = {}
        for test in self.tests:
            for helper in self._helpers(ROOT / test):
                found.setdefault(path_from_root(helper), set()).add(test)
        return found

    @cached_property
    def python(self) -> dict[str, Source]:
        """What each Python file outside ``tests/`` refers to."""
        files = [path_of(module) for module in self.graph.modules]
        files += [ROOT / "start.py", *sorted((ROOT / "exercises" / "checks").glob("*.py"))]
        return {path_from_root(path): self.source_of(path) for path in files}

    @cached_property
    def lessons(self) -> dict[str, Source]:
        """What the code of each lesson, and of each source of a set, refers to; a set with its checks."""
        found = {}
        for path in [*lessons.find_lessons(), *sorted((ROOT / "exercises" / "source").glob("*/*.ipynb"))]:
            code = "\n".join(cell.source for cell in lessons.read_lesson(path).code)
            found[path_from_root(path)] = find_references(code)
        return found

    def of_module(self, module: str) -> Concerned:
        """Return what a change of a module concerns; whoever imports from a package runs its ``__init__``."""
        within = {one for one in self.graph.modules if one.startswith(f"{module}.")}
        return self.of_modules({module, *within})

    def of_modules(self, modules: Iterable[str]) -> Concerned:
        """Return what a change of any of these modules concerns."""
        modules = set(modules) & self.graph.modules
        below, below_in_tests = set[str](), set[str]()
        for module in modules:
            below |= {module, *self.graph.find_downstream_modules(module)}
            below_in_tests |= {module, *self.graph_of_tests.find_downstream_modules(module)}
        found = Concerned(known=True)
        found.tests = {test for test, source in self.tests.items() if source.modules & below_in_tests}
        if AUTHORS in modules:
            found.tests |= self.running
        for path, source in self.lessons.items():
            if source.modules & below:
                (found.sets if path.startswith("exercises/") else found.lessons).add(path)
        for path, source in self.python.items():
            if path.startswith("exercises/checks/") and source.modules & below:
                found.sets.add(source_of_set(PurePosixPath(path).stem))
        asked = set[str]().union(*(_find_lessons_asked(module) for module in below))
        found.lessons |= {path for path in self.lessons if PurePosixPath(path).name[:2] in asked}
        return found

    @cache  # noqa: B019
    def _below(self, module: str) -> frozenset[str]:
        """Return a module and all that import it, directly or not."""
        return frozenset({module, *self.graph.find_downstream_modules(module)})

    def of_table(self, name: str) -> Concerned:
        """Return what a change of a table concerns: whatever says its name."""
        named_by = {
            module for module in self.graph.modules if name in self.source_of(path_of(module)).strings
        }
        found = self.of_modules(named_by - {QUESTIONS_FROM_MEMORY})
        if QUESTIONS_FROM_MEMORY in named_by:
            found.tests |= self.of_modules({QUESTIONS_FROM_MEMORY}).tests
        found.tests |= {test for test, source in self.tests.items() if name in source.strings}
        for path, source in self.lessons.items():
            if name in source.strings:
                (found.sets if path.startswith("exercises/") else found.lessons).add(path)
        for path, source in self.python.items():
            if path.startswith("exercises/checks/") and name in source.strings:
                found.sets.add(source_of_set(PurePosixPath(path).stem))
        return found

    def find_users(self, tables: Iterable[str]) -> list[Path]:
        """Return the lessons and sets that read one of these tables, or tie a figure to it, in order."""
        tables = set(tables)
        found = {path for path in self.lessons if tied.find_tables(lessons.read_lesson(ROOT / path)) & tables}
        for table in tables:
            concerned = self.of_table(table)
            found |= concerned.lessons | concerned.sets
        return [ROOT / path for path in self.lessons if path in found]

    def of_file(self, path: str) -> Concerned:
        """Return what a change of a file concerns that code reads: its readers, and what depends on them."""
        readers = [
            reader for reader, source in self.python.items() if mentions_file(source.files, path, reader)
        ]
        tests = {test for test, source in self.tests.items() if mentions_file(source.files, path, test)}
        if not readers and not path.endswith(".py"):  # named by nobody: for the package in whose folder it is
            folder = PurePosixPath(path).parent
            readers = [reader for reader in self.python if PurePosixPath(reader).parent == folder]
        if not readers and not tests:
            return Concerned()
        found = self.of_modules(module_of(reader) for reader in readers if module_of(reader))
        found.tests |= tests
        for reader in readers:
            if reader.startswith("exercises/checks/"):
                found.sets.add(source_of_set(PurePosixPath(reader).stem))
        return found

    def asking(self, ids: Collection[str]) -> set[str]:
        """Return the lessons that ask one of these questions."""
        return {path for path, source in self.lessons.items() if source.strings & set(ids)}


def path_from_root(path: Path) -> str:
    """Return a path from the root, with slashes."""
    return path.relative_to(ROOT).as_posix()


def source_of_set(name: str) -> str:
    """Return the path of the source of a set."""
    return f"exercises/source/{name}/{name}.ipynb"


@cache
def path_of(module: str) -> Path:
    """Return the file of one of our modules."""
    folder = PACKAGES[module.partition(".")[0]].joinpath(*module.split("."))
    package = folder / "__init__.py"
    return package if package.is_file() else folder.with_name(f"{folder.name}.py")


def module_of(path: str) -> str:
    """Return the module in a file, given from the root; empty if it is in none of our packages.

    Examples
    --------
    >>> module_of("packages/grading/samarkand_grading/marking/__init__.py")
    'samarkand_grading.marking'
    >>> module_of("start.py")
    ''
    """
    name = path.removeprefix("packages/grading/").removesuffix(".py").removesuffix("/__init__")
    module = name.replace("/", ".")
    return module if path.endswith(".py") and module.partition(".")[0] in PACKAGES else ""


@cache
def _find_lessons_asked(module: str) -> frozenset[str]:
    """Return the numbers of the lessons to whose questions a module of the practice has the answers."""
    if not module.startswith("samarkand.practice."):
        return frozenset()
    ids = QUESTION.findall(path_of(module).read_text(encoding="utf-8"))
    return frozenset(number for _, number in ids)


@cache
def is_offering(module: str) -> bool:
    """Return whether a module is a package that offers names of its modules as its own."""
    return bool(_read_stub(module))


@cache
def _read_stub(module: str) -> dict[str, str]:
    """Return the module of each name that a package offers by its stub; empty without one."""
    within = module.partition(".")[2].replace(".", "/")
    if not module.startswith("samarkand.") or not stubs.stub_of(within).is_file():
        return {}
    return {name: f"{module}.{home}" for name, home in stubs.read_offered(within).items()}


def find_references(source: str) -> Source:
    r"""Return what Python code refers to.

    Examples
    --------
    >>> sorted(find_references("from samarkand import data, maps\nmaps.sco()").modules)
    ['samarkand.data', 'samarkand.maps.sco_map']
    """
    nodes = list(ast.walk(ast.parse(source)))
    modules = set[str]()
    names = dict[str, str]()
    strings = set[str]()
    documentation = _find_docstrings(nodes)
    inside = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                modules |= _find_our_module(alias.name)
                names[alias.asname or alias.name] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                modules |= _find_imported_module(node.module, alias.name)
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    packages = {name: full for name, full in names.items() if _is_ours(full) and is_offering(full)}
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in packages:
            modules |= _find_imported_module(packages[node.value.id], node.attr)
        elif isinstance(node, ast.Name) and node.id in packages and id(node) not in inside:
            modules.add(packages[node.id])
        elif isinstance(node, ast.JoinedStr):
            strings.add("".join(str(p.value) if isinstance(p, ast.Constant) else "*" for p in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            strings.add(node.value)
    for text in [one for one in strings if _is_ours(one)]:  # "-m", importlib, a patched name
        modules |= _find_our_module(text)
    return Source(frozenset(modules), frozenset(one for one in strings if len(one) < LONGEST))


def _find_keys(content: Mapping[str, object]) -> set[str]:
    """Return the keys of a TOML file, also those of its sections."""
    found = set(content)
    for section in content.values():
        if isinstance(section, dict):
            found |= _find_keys(section)
    return found


def mentions_file(strings: Iterable[str], path: str, reader: str) -> bool:
    """Return whether a string of a file `reader` names the file at `path`.

    Examples
    --------
    >>> mentions_file(["map/flows.css"], "samarkand/assets/map/flows.css", "samarkand/maps/_scene.py")
    True
    >>> mentions_file(["exercises/source/*/*.ipynb"], "exercises/source/ex1/ex1.ipynb", "start.py")
    True
    >>> mentions_file(["*.css"], "samarkand/assets/map/flows.css", "tests/start/test_start.py")
    False
    """
    file = PurePosixPath(path)
    same_place = PurePosixPath(reader).parent in file.parents
    for text in strings:
        if text in (path, file.name) or path.endswith(f"/{text}"):
            return True
        if text == file.stem and "." in text:  # a template's name without its ending
            return True
        if re.fullmatch(r"[\w./*-]*\*[\w./*-]*", text):
            known_letters = len(re.findall(r"\w", text.removesuffix(file.suffix)))
            of_a_kind = same_place and re.fullmatch(r"\*\.\w+", text)
            if not of_a_kind and known_letters < KNOWN_LETTERS:
                continue
            if fnmatch.fnmatch(f"/{path}", f"*/{text}") if "/" in text else fnmatch.fnmatch(file.name, text):
                return True
        elif "/" in text and " " in text and path in text.split():  # a command
            return True
    return False


def _is_ours(text: str) -> bool:
    return (
        re.fullmatch(r"(samarkand|samarkand_grading|tools)(\.\w+)+", text) is not None
        and path_of(text).is_file()
    )


def _find_our_module(name: str) -> set[str]:
    """Return our module of this name, or the one in which it is a name; empty if it is not ours."""
    while name.partition(".")[0] in PACKAGES:
        if path_of(name).is_file():
            return {name}
        if "." not in name:
            break
        name = name.rpartition(".")[0]
    return set()


def _find_imported_module(module: str, name: str) -> set[str]:
    """Return the module that ``from module import name`` leads to."""
    if module.partition(".")[0] not in PACKAGES:
        return set()
    if name in _read_stub(module):
        return {_read_stub(module)[name]}
    full = f"{module}.{name}"
    if _is_ours(full):
        return set() if is_offering(full) else {full}
    return _find_our_module(module)


def _modules_of_function(name: str, functions: dict[str, ast.FunctionDef]) -> set[str]:
    """Return the modules that a function refers to, itself or through others beside it."""
    found = set[str]()
    seen = set[str]()
    todo = [name]
    while todo:
        one = todo.pop()
        if one in seen or one not in functions:
            continue
        seen.add(one)
        found |= find_references(ast.unparse(functions[one])).modules
        todo += [node.id for node in ast.walk(functions[one]) if isinstance(node, ast.Name)]
    return found


def _find_docstrings(nodes: Iterable[ast.AST]) -> set[int]:
    """Return the ids of the nodes that are docstrings."""
    found = set()
    for node in nodes:
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found


def _names_imported(source: str) -> set[str]:
    """Return the names of all modules that Python code imports."""
    found = set[str]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _roots_of(path: Path) -> list[Path]:
    """Return the folders in which a test finds the helpers that it imports by name."""
    return [path.parent, ROOT / "tests"]
