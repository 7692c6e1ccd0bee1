"""What is to be translated in the package: what goes through ``tr`` or ``trn``, and what questions say."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from samarkand import questions
from samarkand.ground import files
from samarkand.ground.home import PACKAGE, ROOT

#: Babel's name for which arguments are texts.
KEYWORDS = {"tr": None, "trn": (1, 2)}
TEMPLATE = ROOT / "build" / "samarkand.pot"


def store(path: Path = TEMPLATE, package: Path = PACKAGE) -> int:
    """Write the template of the catalogues of a package; return how many messages it has."""
    import io

    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_from_dir
    from babel.messages.pofile import write_po

    catalogue = Catalog(project="samarkand", charset="utf-8")
    for name, line, message, comments, context in extract_from_dir(package, keywords=KEYWORDS):
        catalogue.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    for file in questions.files(package / "questions"):
        source = file.read_text(encoding="utf-8")
        for text in questions.texts(file):
            line = source[: max(0, source.find(text.splitlines()[0]))].count("\n") + 1
            catalogue.add(text, locations=[(file.relative_to(package).as_posix(), line)])
    body = io.BytesIO()
    write_po(body, catalogue, width=100, sort_by_file=True, omit_header=True)
    files.write_whole(path, body.getvalue())
    return len(catalogue)


def faults(package: Path = PACKAGE) -> Iterator[str]:
    """Yield a sentence for each text that is no constant, and for each gap that is not filled."""
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                for sentence in _faults(node, node.func.id):
                    yield f"{path.relative_to(package)}, line {node.lineno}: {sentence}"


def _faults(call: ast.Call, name: str) -> Iterator[str]:
    texts = call.args[: len(KEYWORDS[name] or (1,))]
    given = {keyword.arg for keyword in call.keywords if keyword.arg} | ({"n"} if name == "trn" else set())
    for text in texts:
        if not isinstance(text, ast.Constant) or not isinstance(text.value, str):
            yield f"{ast.unparse(text)} is no constant, and is in no catalogue."
        elif given and None not in {keyword.arg for keyword in call.keywords}:
            gaps = {field for _, field, _, _ in Formatter().parse(text.value) if field is not None}
            for gap in sorted(gaps - given):
                yield f"the gap {{{gap}}} of {text.value!r} is not filled."
            for left in sorted(given - gaps - {"n"}):
                yield f"{left} is given to {text.value!r}, which has no such gap."
