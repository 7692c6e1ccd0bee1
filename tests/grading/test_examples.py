"""The examples in docstrings of the grader and of the author's tools run and are right."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import samarkand_grading
import tools


def find_modules_with_examples():
    """Return the names of all modules of both packages in whose source an example stands."""
    found = []
    for package in (samarkand_grading, tools):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            path = Path(module.module_finder.path, f"{module.name.rpartition('.')[2]}.py")
            if path.is_file() and ">>> " in path.read_text(encoding="utf-8"):
                found.append(module.name)
    return found


@pytest.mark.parametrize("module", find_modules_with_examples())
def test_examples_run(module):
    result = doctest.testmod(importlib.import_module(module), optionflags=doctest.ELLIPSIS)
    assert result.attempted > 0 and result.failed == 0
