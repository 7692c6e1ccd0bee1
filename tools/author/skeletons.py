"""Skeletons for authors: a lesson with its modules, a set of exercises, a map, an explorer.

A skeleton runs unchanged, keeps every rule, and says in its own text what to write where. Its templates are
in ``templates/``: Python files, and notebooks as cells, each after a line ``=== kind id marks``; after
``=== tied id`` come the ties of the cell above, after ``=== shown_by id`` the tasks that show its aims.
"""

import contextlib
import json
import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from string import Template
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from samarkand.common import files, reading
from samarkand.common.errors import CourseError
from samarkand.common.home import ASSETS, PACKAGE, ROOT
from samarkand.practice import questions
from samarkand_grading.classroom import own_questions
from tools.author import lessons, normal_form, rules_of_sets, stubs

TEMPLATES = Path(__file__).resolve().parent / "templates"
EXERCISES = ROOT / "exercises"
CHECKS = EXERCISES / "checks"
#: The packages in which a subject has a module, and the template of each.
PACKAGES = {"practice/tasks": "tasks", "maps": "map", "explore": "explorer"}
#: What follows the subject in a module's name, so that the module is not called as the map that it draws.
ENDINGS = {"practice/tasks": "", "maps": "_map", "explore": "_explorer"}
#: The files that have a section with the texts of each map or explorer.
TEXTS = {"maps": ASSETS / "map" / "scenes.toml", "explore": ASSETS / "explorers.toml"}
#: The folder in which tests look for the class of a set.
CLASSES = ROOT / "tests" / "grading" / "classes"
_CELL = re.compile(r"^=== (markdown|code|tied|shown_by) ([a-z0-9-]+)(.*)\n", re.MULTILINE)

Plan = dict[Path, str]


def plan_lesson(subject: str, number: str, title: str, question: str) -> Plan:
    """Plan a lesson with questions, practice, map, explorer and set.

    The `subject` is one word that names the lesson's modules, notebook and set; the `number` has two digits.
    An existing module of the subject is kept. `CourseError` if a name or number is taken or invalid.
    """
    name = f"{number}_{_need_word(subject)}"
    if not re.fullmatch(r"\d\d", number):
        told = f"The number of a lesson has two digits, such as 06; got {number!r}."
        raise CourseError(told, code="no number", given=number)
    for taken in (*lessons.NOTEBOOKS.glob(f"{number}_*"), *(EXERCISES / "source").glob(f"ex{number}_*")):
        told = f"The number {number} is taken by {taken.relative_to(ROOT)}."
        raise CourseError(told, code="taken", given=number, by=taken)
    if not re.fullmatch(r"\w[^|\[\]`*\n]{0,79}", title.strip()):
        told = f"A title is one line of at most 80 letters, without | [ ] ` and *; got {title!r}."
        raise CourseError(told, code="no title", given=title)
    if not re.fullmatch(r"\w[^|.!?*\n]+\?", question.strip()):
        says = "The question is one sentence that ends with its only question mark"
        raise CourseError(f"{says}; got {question!r}.", code="no question", given=question)
    words = {"subject": subject, "number": number, "lesson": name}
    words |= {"title": title.strip(), "question": question.strip()}
    plan = {lessons.NOTEBOOKS / f"{name}.ipynb": _make_notebook(_fill_template("lesson", words))}
    for path, template in _list_modules(subject).items():
        if not path.exists():
            plan |= _plan_module(path, template, words)
    return plan | _plan_set(name, words, "2. Look at the rows first")


def find_kept(plan: Plan) -> list[Path]:
    """Return the existing files that a planned lesson uses."""
    subjects = [path.stem[3:] for path in plan if path.parent == lessons.NOTEBOOKS]
    kept: list[Path] = []
    for subject in subjects:
        kept += [path for path in _list_modules(subject) if path not in plan]
    return kept


def _list_modules(subject: str) -> dict[Path, str]:
    """Return the files of a subject that a lesson uses, each with its template."""
    found = {_module_path(package, subject): template for package, template in PACKAGES.items()}
    return {**found, questions.FOLDER / f"{subject}.toml": "questions"}


def _module_path(package: str, subject: str) -> Path:
    """Return where the module of a subject lies in a package."""
    return PACKAGE / package / f"{subject}{ENDINGS[package]}.py"


def plan_exercise(name: str) -> Plan:
    """Plan the set of a lesson, given by number or name, that has no set."""
    (path,) = lessons.find_lessons([name])
    found = lessons.read_lesson(path)
    sections = [words for _, level, words in found.headings if level == 2]
    taught = next((words for words in sections if re.match(r"\d", words)), None)
    if taught is None:
        told = f"{found.name} has no section yet, such as ## 1. What is claimed, to ask about."
        raise CourseError(told, code="no section", lesson=found.name)
    words = {"subject": found.name[3:], "number": found.number, "title": found.title}
    return _plan_set(found.name, words, taught)


def plan_before_and_after() -> Plan:
    """Plan the twelve questions as two sets, one for the first week and one for the last."""
    from tools.author import twelve_questions

    plan = {}
    for when, name in twelve_questions.SETS.items():
        plan[EXERCISES / "source" / name / f"{name}.ipynb"] = _make_notebook(
            twelve_questions.write_source(when)
        )
        plan[CHECKS / f"{name}.py"] = twelve_questions.CHECKS.format(name=name)
    _need_new(plan)
    return plan


def plan_module(package: str, subject: str) -> Plan:
    """Plan the module of a subject in one of the packages `PACKAGES`.

    `CourseError` if the subject has a module there, or the package already exports that name.
    """
    path = _module_path(package, _need_word(subject))
    _need_new([path])
    return _plan_module(path, PACKAGES[package], {"subject": subject})


def _plan_module(path: Path, template: str, words: Mapping[str, str]) -> Plan:
    """Plan a subject's module, or its questions, and the section with the texts of a map or explorer."""
    plan = {path: _fill_template(template, words)}
    package = path.parent.name
    subject = words["subject"]
    texts = TEXTS.get(package)
    if texts:
        stub = stubs.add_offered(package, subject, path.stem)
        if subject in reading.read_toml(texts):
            told = f"The name {subject!r} is taken by a section of {texts.relative_to(ROOT)}."
            raise CourseError(told, code="taken", given=subject, by=texts)
        plan[texts] = texts.read_text(encoding="utf-8") + _fill_template(f"{template}.toml", words)
        plan[stubs.stub_of(package)] = stub
    return plan


#: What `samarkand new` makes, by kind.
KINDS: dict[str, Callable[..., Plan]] = {"lesson": plan_lesson, "exercise": plan_exercise}
KINDS |= {"map": partial(plan_module, "maps"), "explorer": partial(plan_module, "explore")}
KINDS |= {"before-after": plan_before_and_after}


@contextlib.contextmanager
def place_files(plan: Mapping[Path, str], *results: Path) -> Iterator[None]:
    """Write the planned files; if the block raises, delete them and `results`, or restore what was there."""
    was = {path: path.read_bytes() for path in plan if path.exists()}
    folders = [path.parent for path in (*plan, *results) if not path.parent.exists()]
    try:
        for path, text in plan.items():
            files.write_whole(path, text.encode())
        yield
    except BaseException:
        for path in (*plan, *results):
            if path in was:
                files.write_whole(path, was[path])
            else:
                path.unlink(missing_ok=True)
        for folder in folders:
            with contextlib.suppress(OSError):  # gone already, or something else has come into it
                folder.rmdir()
        raise


def _need_word(subject: str) -> str:
    """Return the subject; raise `CourseError` if it cannot name a module."""
    if re.fullmatch(r"[a-z][a-z0-9_]*", subject) and not keyword.iskeyword(subject):
        return subject
    says = "a subject is one word of small letters, such as roads"
    raise CourseError(f"{subject!r} cannot name a module: {says}.", code="no name", given=subject)


def _need_new(paths: Iterable[Path]) -> None:
    """Raise `CourseError` if one of the files exists."""
    for path in paths:
        if path.exists():
            told = f"{path.relative_to(ROOT)} is there already, and stays as it is."
            raise CourseError(told, code="there already", file=path)


def _plan_set(lesson_name: str, words: Mapping[str, str], section: str) -> Plan:
    name = f"ex{lesson_name}"
    link = f"../../../notebooks/{lesson_name}.ipynb#{section.replace(' ', '-')}"
    words = {**words, "set": name, "lesson": lesson_name, "section": section, "link": link}
    words["ramp"] = rules_of_sets.FUNCTIONS
    plan = {EXERCISES / "source" / name / f"{name}.ipynb": _make_notebook(_fill_template("exercise", words))}
    beside = {
        "checks": CHECKS / f"{name}.py",
        "class": CLASSES / f"{name}.toml",
    }
    plan |= {path: _fill_template(template, words) for template, path in beside.items()}
    _need_new(plan)
    return plan


def _fill_template(template: str, words: Mapping[str, str]) -> str:
    text = (TEMPLATES / f"{template}.tmpl").read_text(encoding="utf-8")
    return Template(text).substitute(words)


def _make_notebook(text: str) -> str:
    """Return the JSON text of an unrun notebook made from a template's cells."""
    _, *parts = _CELL.split(text)
    cells: list[Any] = []
    for kind, name, marks, source in zip(*(parts[n::4] for n in range(4)), strict=True):
        if kind in ("tied", "shown_by"):  # of the cell before it
            cells[-1].metadata["samarkand"] = nbformat.from_dict({kind: json.loads(source)})
            continue
        new: Any = new_code_cell if kind == "code" else new_markdown_cell
        points = re.search(r"points=(\d+)", marks)
        found = own_questions.make_marks(
            name, points=points and int(points[1]), solution="solution" in marks.split()
        )
        cells.append(new(source.strip("\n"), id=name, metadata=found if marks.split() else {}))
    made = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return normal_form.text_of_file(normal_form.normalise_notebook(nbformat.from_dict(made)))
