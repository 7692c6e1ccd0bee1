"""What a package offers: the names in its ``__init__.pyi``, which lazy_loader looks up when first used.

A line there is ``from .sco_map import sco as sco``. Editors and mypy read the same file.
"""

import ast
from pathlib import Path

from samarkand.common.errors import CourseError
from samarkand.common.home import PACKAGE


def stub_of(package: str) -> Path:
    """Return the path of a package's stub; the package is named within the course: ``"maps"``."""
    return PACKAGE / package / "__init__.pyi"


def read_offered(package: str) -> dict[str, str]:
    """Return the module of each name that a package offers: ``{"sco": "sco_map", ...}``."""
    found = {}
    for statement in ast.parse(stub_of(package).read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.ImportFrom) and statement.module:
            for alias in statement.names:
                found[alias.name] = statement.module
    return found


def add_offered(package: str, name: str, module: str) -> str:
    """Return the text of a package's stub with one more name.

    Raises
    ------
    CourseError
        If the package already offers the name.
    """
    taken = read_offered(package).get(name)
    if taken:
        told = f"The name {name!r} is taken in samarkand.{package}: {taken} offers it."
        raise CourseError(told, code="taken", given=name, by=taken)
    lines = stub_of(package).read_text(encoding="utf-8").splitlines()
    lines.append(f"from .{module} import {name} as {name}")
    return "\n".join(sorted(lines)) + "\n"
