"""A search of the bundle for whatever marks: answers in any notation, code, reasons, in any wrapping."""

from __future__ import annotations

import base64
import binascii
import bisect
import collections
import contextlib
import functools
import gzip
import io
import json
import marshal
import py_compile
import re
import shutil
import sqlite3
import types
import zipfile
import zlib

import pytest
from test_bundle import bundle, course  # noqa: F401 - fixtures
from test_exercises import EXERCISES, NAMES, SETS, source, strip

from samarkand.ground import home

NUMBER = re.compile(r"(?:\d{1,3}(?:[,\u202f\u00a0_]\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?")
BASE64 = re.compile(rb"[A-Za-z0-9+/]{24,}={0,2}|[A-Za-z0-9_-]{24,}={0,2}")
WORD = re.compile(r"\w+")
SEVEN = 7  # digits that no two numbers share by chance


def unwrapped(body, depth=0):  # noqa: PLR0912 - one branch a wrapping
    """Yield whatever text is in some bytes, under as many wrappings as anyone would open."""
    if depth > 4:
        return
    if body[:2] == b"PK" and zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield name
                yield from unwrapped(archive.read(name), depth + 1)
        return
    if body[:2] == b"\x1f\x8b":
        yield from unwrapped(gzip.decompress(body), depth + 1)
        return
    if body[:1] == b"\x78" and len(body) > 8:
        try:
            yield from unwrapped(zlib.decompress(body), depth + 1)
            return
        except zlib.error:
            pass
    if body[:16] == b"SQLite format 3\0":
        base = sqlite3.connect(":memory:")
        base.deserialize(body)
        for (table,) in base.execute("select name from sqlite_master where type = 'table'").fetchall():
            yield from (str(value) for row in base.execute(f'select * from "{table}"') for value in row)
        base.close()
        return
    if body[2:4] == b"\r\n" and len(body) > 16:
        try:
            yield from constants(marshal.loads(body[16:]))
            return
        except (ValueError, EOFError, TypeError):
            pass
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    else:
        if text[:1] in "[{":
            with contextlib.suppress(ValueError):
                yield from strings(json.loads(text))
    yield text
    for found in BASE64.findall(body) if len(body) < 20_000_000 else ():
        for decode in (base64.b64decode, base64.urlsafe_b64decode):
            try:
                inner = decode(found + b"=" * (-len(found) % 4))
            except (binascii.Error, ValueError):
                continue
            if inner[:2] in (b"PK", b"\x1f\x8b") or inner[:1] == b"\x78" or inner.isascii():
                yield from unwrapped(inner, depth + 1)


def strings(value):
    """Yield the strings of some JSON, lines of a cell put together."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        if value and all(isinstance(v, str) for v in value):
            yield "".join(value)
            if all(line.endswith("\n") for line in value[:-1]):
                return  # the lines of one text: each stands in it whole
        for inner in value:
            yield from strings(inner)


def constants(code):
    """Yield what compiled code holds."""
    if isinstance(code, types.CodeType):
        yield " ".join([code.co_name, *code.co_names, *code.co_varnames])
        for inner in code.co_consts:
            yield from constants(inner)
    elif isinstance(code, tuple | frozenset):
        for inner in code:
            yield from constants(inner)
    elif isinstance(code, bytes):
        yield from unwrapped(code, 1)
    else:
        yield repr(code) if not isinstance(code, str) else code


def numbers_of(answer):
    if isinstance(answer, dict):
        answer = tuple(answer.values())
    for value in answer if isinstance(answer, tuple | list) else (answer,):
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield value


def digits(written):
    """The digits that count of a number as written, without zeros before and behind, sign and point."""
    return re.sub(r"[^\d]", "", re.split("[eE]", written)[0]).strip("0")


@functools.cache
def answers():
    """Every answer of every variant of every question that is no function."""
    found = []
    for name, exercise in SETS.items():
        for question in exercise.questions:
            if question.cases is None:
                found += [(name, question.id, answer) for _, answer in exercise.elsewhere(question)]
    return found


@functools.cache
def telling_numbers():
    """Answers in all notations that nobody writes by chance: seven digits and more."""
    found = {}
    for name, key, answer in answers():
        for value in numbers_of(answer):
            value = float(f"{value:.12g}")  # noqa: PLW2901 - 0.65 is no secret, however it was computed
            for written in (
                repr(value),
                *(f"{value:.{n}f}" for n in range(8)),
                f"{value:.9e}",
                f"{value / 100!r}",
            ):
                if len(digits(written)) >= SEVEN:
                    found[digits(written)] = (name, key)
    return found


@functools.cache
def phrases():
    """Lines of solutions and checks, reasons and hints."""
    found = {}
    for name, exercise in SETS.items():
        notebook = source(name)
        # What a student is given, and the rubric, is no secret.
        given = "\n".join(cell["source"] for cell in strip(source(name), keep_solutions=False)["cells"])
        given += "\n".join(anchor for w in exercise.written for c in w.rubric for anchor in c.anchors)
        for cell in notebook["cells"]:
            for region in re.findall(r"(?s)### BEGIN SOLUTION\n(.*?)### END", "".join(cell["source"])):
                for line in region.splitlines():
                    if len(line.strip()) > 30 and line.strip() not in given:
                        found[line.strip()] = f"solution of {name}"
        for line in (EXERCISES / "checks" / f"{name}.py").read_text(encoding="utf-8").splitlines():
            if len(line.strip()) > 40 and line.strip(' ",') not in given:
                found[line.strip()] = f"checks of {name}"
        for question in exercise.questions:
            for reason in (question.hint, *(d.reason for d in question.diagnoses)):
                found[reason] = f"reason of {name}"
    ours = [
        p
        for p in home.PACKAGE.rglob("*.py")
        if p.relative_to(home.PACKAGE).parts[0] not in ("course", "grading")
    ]
    lessons = (home.ROOT / "notebooks").glob("*.ipynb")
    public = "\n".join(p.read_text(encoding="utf-8") for p in ours)
    public += "\n".join({t for p in lessons for t in unwrapped(p.read_bytes())})
    # A line that the lessons teach anyway is no secret.
    return {line: what for line, what in found.items() if line not in public}


@functools.cache
def telling_phrases():
    """Phrases, by their longest word between two others: a text without that word needs no search."""
    found = collections.defaultdict(list)
    for phrase, what in phrases().items():
        found[max(WORD.findall(phrase)[1:-1], key=len, default="")].append((phrase, what))
    return found


def hunt(folder):
    """Yield what marks in a folder, and in which file."""
    numbers = telling_numbers()
    checksum = re.compile(r"\b[0-9a-f]{32,}\b")
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        where = path.relative_to(folder).as_posix()
        seen = set()
        for text in unwrapped(path.read_bytes()):
            if text in seen:
                continue
            seen.add(text)
            for word in telling_phrases().keys() & {"", *WORD.findall(text)}:
                yield from ((where, what) for phrase, what in telling_phrases()[word] if phrase in text)
            for number in NUMBER.findall(checksum.sub("", text)):
                if len(number) >= SEVEN and digits(number) in numbers:
                    yield where, f"answer of {numbers[digits(number)]}: {number}"


def test_nothing_that_marks_is_in_the_bundle(bundle):  # noqa: F811
    assert len(telling_numbers()) > 3000
    assert len(phrases()) > 400
    assert sorted(set(hunt(bundle))) == []


def test_nothing_that_marks_is_in_the_zip_or_beside_it(bundle):  # noqa: F811
    with zipfile.ZipFile(bundle.with_suffix(".zip")) as archive:
        inside = {name.removeprefix(f"{bundle.name}/"): archive.read(name) for name in archive.namelist()}
        assert not archive.comment
        assert not any(entry.comment or entry.extra for entry in archive.infolist())
    assert inside == {
        p.relative_to(bundle).as_posix(): p.read_bytes() for p in bundle.rglob("*") if p.is_file()
    }


def planted():
    """A right answer, a line of a solution and a reason."""
    _, _, answer = next(a for a in answers() if a[:2] == ("ex01_the_trip", "q2"))
    line = next(p for p, what in phrases().items() if what == "solution of ex03_the_sco")
    reason = SETS["ex05_taking_sides"].question("q2").diagnoses[0].reason
    return f"{answer:,.4f}", line, reason


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize(
    "hide",
    ["text", "output", "metadata", "base64", "zip", "gzip in base64", "sqlite", "pyc", "unicode escapes"],
)
def test_the_search_finds_what_is_planted(tmp_path, hide, which):
    secret = planted()[which]
    folder = tmp_path / "bundle"
    folder.mkdir()
    name = NAMES[0]
    place = folder / f"{name}.ipynb"
    shutil.copy(EXERCISES / "release" / name / f"{name}.ipynb", place)
    assert list(hunt(folder)) == []
    notebook = json.loads(place.read_text(encoding="utf-8"))
    packed = base64.b64encode(secret.encode()).decode()
    if hide == "text":
        (folder / "notes.bak").write_text(f"see {secret}.", encoding="utf-8")
    elif hide == "output":
        notebook["cells"][1]["outputs"][0]["data"]["text/html"] = [f"<td>{secret}</td>"]
    elif hide == "metadata":
        notebook["metadata"]["cache"] = {"q2": [secret]}
    elif hide == "base64":
        notebook["metadata"]["cache"] = base64.b64encode(
            f"the answer is {secret}, is it not".encode()
        ).decode()
    elif hide == "zip":
        with zipfile.ZipFile(folder / "data.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner/x.txt", secret)
    elif hide == "gzip in base64":
        packed = base64.b64encode(gzip.compress(f"the answer is {secret}".encode())).decode()
        (folder / "x.svg").write_text(f'<image href="data:x;base64,{packed}"/>')
    elif hide == "sqlite":
        base = sqlite3.connect(folder / "history.db")
        base.execute("create table t (x)")
        base.execute("insert into t values (?)", (secret,))
        base.commit()
        base.close()
    elif hide == "pyc":
        (tmp_path / "x.py").write_text(f"def f():\n    return {secret!r}\n", encoding="utf-8")
        py_compile.compile(str(tmp_path / "x.py"), cfile=str(folder / "x.pyc"))
    else:
        (folder / "x.json").write_text('{"x": "' + "".join(f"\\u{ord(c):04x}" for c in secret) + '"}')
    place.write_text(json.dumps(notebook), encoding="utf-8")
    assert list(hunt(folder))


#: What the lesson has to show although a set asks for it, and why that gives nothing away.
ALLOWED = {
    ("ex04_china_and_russia", "q3"): "cells of a table that everybody has; the question is which one",
    ("ex05_taking_sides", "q2"): "halves, thirds and ones, as three votes make them; the question is whose",
}


def test_no_lesson_shows_the_answers_of_a_question():
    """An answer may stand somewhere by chance; a table that answers many students would be another matter."""
    every = [answer for name, key, answer in answers() if (name, key) == ("ex06_roads", "q1")]
    dense = [n / 30 for n in range(80)]  # some are always near enough
    answered = searched([[(abs(answer), 0.01)] for answer in every])
    assert not answered(dense)
    assert answered(sorted([*dense, *(abs(answer) for answer in every[::3])]))
    shown = []
    for path in sorted((home.ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            outputs = cell.get("outputs", ())
            texts = ["".join(cell["source"]), *("".join(o.get("text", "")) for o in outputs)]
            texts += [
                "".join(value)
                for o in outputs
                for kind, value in o.get("data", {}).items()
                if kind.startswith("text/")
            ]
            for text in texts:
                plain = re.sub(r"<[^>]*>", " ", text)
                numbers = {float(re.sub(r"[^\d.]", "", n)) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", plain)}
                if 0 < len(numbers) <= 120:
                    shown.append((f"{path.stem}: {cell['id']}", sorted(numbers)))
    assert len(shown) > 300
    found = []
    for name, exercise in SETS.items():
        for question in exercise.questions:
            if question.cases or (name, question.id) in ALLOWED:
                continue
            kinds = getattr(question.kind, "parts", None)
            every = exercise.elsewhere(question)
            answered = searched([sought(question.kind, kinds, answer) for _, answer in every])
            found += [(name, question.id, where) for where, numbers in shown if answered(numbers)]
    assert found == []


def searched(wanted):
    """Return what says whether many answers stand among numbers, and not since any number is near to one."""
    near = {
        moved: [[(value + moved * (t or 1), t) for value, t in values] for values in wanted if values]
        for moved in (0, -9, -5, 5, 9)
    }

    def share(moved, numbers):
        return sum(stand_in(numbers, values) for values in near[moved]) / len(wanted)

    def answered(numbers):
        found = share(0, numbers)
        return found > 0.15 and found - max(share(moved, numbers) for moved in near if moved) > 0.15

    return answered


def sought(kind, kinds, answer):
    """The numbers of an answer, each with its tolerance; none if all are small, and stand everywhere."""
    values = list(numbers_of(answer))
    tolerances = [getattr(k, "tolerance", 0) for k in kinds or [getattr(kind, "of", kind)] * len(values)]
    if isinstance(answer, tuple):
        tolerances = [t for t, v in zip(tolerances, answer, strict=True) if isinstance(v, int | float)]
    if not any(v != int(v) or abs(v) >= 100 for v in values):
        return []
    return [(abs(v), t) for v, t in zip(values, tolerances, strict=True)]


def stand_in(numbers, values):
    """Say whether each value stands among numbers, which are in their order."""
    for value, tolerance in values:
        place = bisect.bisect_left(numbers, value - tolerance - 1e-9)
        if place == len(numbers) or numbers[place] > value + tolerance + 1e-9:
            return False
    return True
