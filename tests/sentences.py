"""What rules may say: a pattern for each sentence, so that tests can see that each is said of something."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from types import ModuleType


def patterns(module: ModuleType) -> Iterator[str]:
    """Yield a pattern for each sentence that a module yields, alone or as the last of a tuple."""
    for function in ast.parse(inspect.getsource(module)).body:
        told: dict[str, ast.expr] = {}
        for node in sorted(ast.walk(function), key=lambda node: getattr(node, "lineno", 0)):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                told[node.targets[0].id] = node.value
            elif isinstance(node, ast.Yield) and node.value is not None:
                text = node.value.elts[-1] if isinstance(node.value, ast.Tuple) else node.value
                text = told.get(text.id, text) if isinstance(text, ast.Name) else text
                parts = text.values if isinstance(text, ast.JoinedStr) else [text]
                yield "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".*" for part in parts
                )
