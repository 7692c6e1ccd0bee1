"""The student's own copies of lessons and sets: without outputs, and updated until somebody works in them.

A lesson as it is stored shows its results, below the questions that ask for them. A student works in a copy:
``my_work/lessons/03_the_sco.ipynb``, or ``my_work/sets/ex03_the_sco/ex03_the_sco.ipynb``. Links among lessons
and sets lead from copy to copy. Each copy carries a digest of what was handed out, in its metadata, so that
work can be told from an old edition: nobody's work is ever written over.

Nothing here needs JupyterLab: a hub or a build for the browser hands out copies with `hand_out` alone.
"""

import contextlib
import hashlib
import itertools
import json
import os
import platform
import re
import urllib.parse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samarkand.common import files, home, reading
from samarkand.common.errors import CourseError, make_unknown_name
from samarkand.common.words import join_in_words, tr, trn

#: The copy that JupyterLab opens first, below ``my_work``.
FIRST = "lessons/00_start_here.ipynb"
#: The page that lessons link to besides one another.
PAGE = Path("docs", "python.md")
#: Key of a copy's origin in the notebook metadata, under ``samarkand``.
COPY = "copy"
BESIDE = (
    "There is a new version of {copy}. You have worked in yours, so it is kept; the new one is next to it: "
    "{beside}."
)
#: Metadata that JupyterLab would otherwise add at opening, and then ask to save a lesson only looked at.
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": platform.python_version(),
}
_LINK = re.compile(r"""(?<=\]\()[^)\s]+|(?<=href=")[^"]+""")


class CopyError(CourseError):
    """Copies could not be written; existing ones are unchanged."""


@dataclass(frozen=True)
class Original:
    """A notebook of the course, and the place of its copy.

    Attributes
    ----------
    path : pathlib.Path
        The notebook as it is stored, with its outputs.
    place : pathlib.Path
        The copy, relative to ``my_work``.
    """

    path: Path
    place: Path

    @property
    def name(self) -> str:
        """The file's name without suffix, such as ``"03_the_sco"``."""
        return self.path.stem


def list_originals() -> list[Original]:
    """Return the notebooks to hand out: the lessons, then the released sets, in order."""
    lessons = sorted(home.LESSONS.glob("*.ipynb"))
    sets = sorted(home.SETS.glob("*/*.ipynb"))
    return [Original(path, Path("lessons", path.name)) for path in lessons] + [
        Original(path, Path("sets", path.stem, path.name)) for path in sets if path.stem == path.parent.name
    ]


def empty_notebook(original: Original, among: Sequence[Original]) -> dict[str, Any]:
    """Return a notebook as it is handed out: without outputs, and with links that fit the copy's place.

    `among` are all notebooks handed out, to which links may lead. The metadata name the original. A file
    of the course that holds no notebook raises `CopyError`.
    """
    places = {one.path: one.place for one in among}
    try:
        notebook: dict[str, Any] = json.loads(original.path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["execution_count"] = None
                if not _join_source(cell).startswith(
                    "cite.sources("
                ):  # footnotes lead there before it has run
                    cell["outputs"] = []
                for output in filter(lambda one: "execution_count" in one, cell["outputs"]):
                    output["execution_count"] = None
            elif cell["cell_type"] == "markdown":
                cell["source"] = _relink_source(_join_source(cell), original, places).splitlines(
                    keepends=True
                )
        handed_out = {"name": original.name, "digest": digest_notebook(notebook)}
        notebook["metadata"].setdefault("samarkand", {})[COPY] = handed_out
        notebook["metadata"]["language_info"] = LANGUAGE
    except (ValueError, LookupError, TypeError, AttributeError):
        text = tr(
            "{name} is damaged and is not handed out. Get a fresh copy of the course.", name=original.path
        )
        raise CopyError(text, code="damaged", file=original.path) from None
    return notebook


def digest_notebook(notebook: dict[str, Any]) -> str:
    """Return a digest (32 hex digits) that changes with a notebook's edition and with a student's work.

    It covers the cells and the course's metadata (a set's form), but neither outputs nor empty cells, such
    as JupyterLab adds when the last one has been run.
    """
    cells = [
        (cell["cell_type"], _join_source(cell)) for cell in notebook["cells"] if _join_source(cell).strip()
    ]
    about = notebook.get("metadata") or {}  # a program may have dropped it; the work is there all the same
    own = {key: value for key, value in (about.get("samarkand") or {}).items() if key != COPY}
    # A browser writes 5.0 as 5: all numbers are read alike.
    alike = json.loads(json.dumps([cells, own], sort_keys=True), parse_int=float)
    return hashlib.sha256(json.dumps(alike).encode()).hexdigest()[:32]


def hand_out(
    work: Path | None = None, *, renew: bool = True, say: Callable[[str], None] = print
) -> list[str]:
    """Hand out missing copies, update those that nobody has worked in, and keep the rest.

    `work` is the student's folder, `home.my_work` if not given. With `renew` False every copy that is there
    stays as it is: somebody may have it open. `say` takes a line if another program hands out copies at the
    same moment. Returns what was done, in sentences; raises `CopyError` if the folder cannot be written to,
    and then what is in it is whole.
    """
    work = work or home.my_work()
    done: dict[str, list[str]] = {"new": [], "renewed": [], "waiting": []}
    sentences: list[str] = []
    with _lock_folder(work, say):
        known = list_originals()
        for original in known:
            copy = work / original.place
            try:
                notebook = empty_notebook(original, known)
            except CopyError as damaged:
                sentences.append(str(damaged))
                continue
            if not os.path.lexists(copy):
                sentences += _tell_of_renamed(copy)
                _write_copy(copy, notebook)
                done["new"].append(copy.stem)
                continue
            state = find_state(copy)
            if state == "unreadable" or (state == "damaged" and not renew):
                place = _describe_place(copy, work)
                sentences.append(tr("{copy} cannot be read, and is left as it is.", copy=place))
                continue
            if state == "damaged":
                sentences.append(_mend_copy(copy, notebook, work))
                continue
            at = copy if state == "untouched" else _find_place_for_edition(copy, notebook)
            if at is None or _find_edition(_read_notebook(at)) == _find_edition(notebook):
                continue
            if not renew and at.exists():
                done["waiting"].append(at.stem)
                continue
            _write_copy(at, notebook)
            if at == copy:
                done["renewed"].append(at.stem)
            else:
                sentences.append(tr(BESIDE, copy=_describe_place(copy, work), beside=at.name))
        _lay_out_the_page(work)
    return [*_sum_up_copies(done, work), *sentences]


def _sum_up_copies(done: dict[str, list[str]], work: Path) -> list[str]:
    """Return a sentence each on copies handed out, updated, and waiting for an update, if there are any."""
    new = trn(
        "Your copy of {n} notebook is in {folder}: work in that one. The course's own stays as it is.",
        "Your copies of {n} notebooks are in {folder}: work in those. The course's own stay as they are.",
        len(done["new"]),
        folder=work,
    )
    renewed = tr(
        "The course has changed. You had not worked in these copies, so they were updated: {names}.",
        names=join_in_words(done["renewed"]),
    )
    waiting = tr(
        "The course has changed. JupyterLab is open in this folder, so {names} will be updated at the next "
        "start after it is closed.",
        names=join_in_words(done["waiting"]),
    )
    return [text for text, names in zip((new, renewed, waiting), done.values(), strict=True) if names]


def _tell_of_renamed(copy: Path) -> list[str]:
    """Return [sentence] on renamed copies of a missing one; [] if there are none."""
    others = [path.name for path in _list_relatives(copy)]
    sentence = tr(
        "{copy} was not there, and is handed out anew. You keep {others}, which began as a copy of it.",
        copy=copy.name,
        others=join_in_words(others),
    )
    return [sentence] if others else []


def _find_place_for_edition(copy: Path, notebook: dict[str, Any]) -> Path | None:
    """Return the path for a new edition beside a copy with work in it; None if the student has it already.

    `notebook` is the new edition. It goes to the first name where there is no file, or one nobody worked in.
    """
    edition = _find_edition(notebook)
    for path in (copy, *_list_relatives(copy)):
        if _find_edition(_read_notebook(path)) == edition:
            return None
    names = _list_names_beside(copy, "new")
    return next(path for path in names if find_state(path) in ("missing", "untouched"))


def replace_copy(name: str) -> str:
    """Replace your copy of a lesson or set (``"03"``, ``"ex03"``) by a fresh one; yours is kept.

    Returns a sentence that names both; raises `UnknownName`, or `CopyError` as `hand_out` does.
    """
    known = list_originals()
    fit = [one for one in known if one.name == name or one.name.startswith(f"{name}_")]
    if not fit:
        raise make_unknown_name(tr("lesson or set"), name, [one.name for one in known])
    work = home.my_work()
    copy = work / fit[0].place
    notebook = empty_notebook(fit[0], known)
    with _lock_folder(work, print):
        if not os.path.lexists(copy):
            _write_copy(copy, notebook)
            return tr("{copy} is handed out.", copy=_describe_place(copy, work))
        if copy.is_file() and copy.read_bytes() == _write_json(notebook):
            return tr("{copy} is fresh already: nobody has worked in it.", copy=_describe_place(copy, work))
        kept = _replace_copy(copy, notebook, "kept")
    return tr(
        "{copy} is fresh. Your old one is kept as {kept}. If the old one is open, close its tab.",
        copy=_describe_place(copy, work),
        kept=kept.name,
    )


def find_news(copy: Path) -> list[tuple[str, Path]]:
    """Return (sentence, file) of each new edition or damaged save that is beside an open copy."""
    beside = sorted(copy.parent.glob(f"{copy.stem}.*.ipynb"))
    new = tr("The course has changed this notebook. Yours is kept as it is, and the new one is beside it:")
    left = tr("This notebook was damaged when it was saved. What is left of that is kept beside it:")
    fresh = [(new, path) for path in beside if ".new" in path.stem and find_state(path) == "untouched"]
    return fresh + [(left, path) for path in beside if ".damaged" in path.stem]


def _lay_out_the_page(work: Path) -> None:
    """Copy the page on Python to the place that links in copies lead to; a wheel does not have it."""
    page, copy = home.LESSONS.parent / PAGE, work / PAGE
    if page.is_file():
        files.write_if_changed(copy, page.read_bytes().replace(b"](../notebooks/", b"](../lessons/"))


def _mend_copy(copy: Path, notebook: dict[str, Any], work: Path) -> str:
    """Replace a damaged copy, which is kept, by the save before it or a fresh one; return a sentence."""
    before = copy.with_name(f".~{copy.name}")  # JupyterLab puts it there while it saves, and takes it away
    if find_state(before) in ("touched", "untouched"):
        kept = _replace_copy(copy, _read_notebook(before), "damaged")
        before.unlink()
        sentence = tr(
            "{copy} was damaged, and is again as it was saved before. What is left of the last save is kept "
            "as {kept}."
        )
    else:
        kept = _replace_copy(copy, notebook, "damaged")
        sentence = tr("{copy} was damaged and is handed out anew. What is left of yours is kept as {kept}.")
    return sentence.format(copy=_describe_place(copy, work), kept=kept.name)


def find_state(copy: Path) -> str:
    """Return a copy's state: "missing", "unreadable", "damaged", "touched" or "untouched"."""
    if not os.path.lexists(copy):
        return "missing"
    try:
        copy.read_bytes()
    except OSError:
        return "unreadable"
    notebook = _read_notebook(copy)
    try:
        return "untouched" if _find_edition(notebook) == digest_notebook(notebook) else "touched"
    except (LookupError, TypeError, AttributeError):
        return "damaged"


def _list_relatives(copy: Path) -> Iterator[Path]:
    """Yield the notebooks in a copy's folder that were copied from the same original, under any name."""
    for path in sorted(copy.parent.glob("*.ipynb")):
        if _handed_out(_read_notebook(path)).get("name") == copy.stem:
            yield path


def _read_notebook(path: Path) -> dict[str, Any]:
    """Return the notebook in a file, or {} if there is none."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return notebook if isinstance(notebook, dict) else {}


def _handed_out(notebook: dict[str, Any]) -> dict[str, str]:
    """Return a copy's origin from its metadata (name and digest), or {} if there is none."""
    try:
        return dict(notebook["metadata"]["samarkand"][COPY])
    except (LookupError, TypeError, ValueError):
        return {}


def _find_edition(notebook: dict[str, Any]) -> str | None:
    """Return the digest that a copy was handed out with."""
    return _handed_out(notebook).get("digest")


def _list_names_beside(copy: Path, word: str) -> Iterator[Path]:
    """Yield names beside a copy: ``03_the_sco.new.ipynb``, ``03_the_sco.new-2.ipynb``, ..."""
    yield copy.with_name(f"{copy.stem}.{word}.ipynb")
    for number in itertools.count(2):
        yield copy.with_name(f"{copy.stem}.{word}-{number}.ipynb")


def _find_free_name(copy: Path, word: str) -> Path:
    """Return the first name beside a copy that nothing has."""
    return next(path for path in _list_names_beside(copy, word) if not os.path.lexists(path))


def _replace_copy(copy: Path, notebook: dict[str, Any], word: str) -> Path:
    """Put a notebook in a copy's place; rename the old file and return its new path."""
    kept = _find_free_name(copy, word)
    made = _find_free_name(copy, "fresh")
    _write_copy(made, notebook)  # first: if the disk is full, everything stays where it is
    copy.rename(kept)
    made.rename(copy)
    return kept


def _write_copy(copy: Path, notebook: dict[str, Any]) -> None:
    """Write a copy and sign it as trusted, since it holds the output of the course's list of sources."""
    files.write_whole(copy, _write_json(notebook))
    with contextlib.suppress(Exception):  # no nbformat, or no place for its signatures: the list is plainer
        import nbformat
        from nbformat.sign import NotebookNotary

        NotebookNotary().sign(nbformat.read(copy, as_version=4))


def _write_json(notebook: dict[str, Any]) -> bytes:
    """Return a notebook as JSON in JupyterLab's format, so that its first save changes little."""
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    try:
        return text.encode()
    except UnicodeEncodeError:  # half of a letter, as JavaScript may leave of an emoji
        return (json.dumps(notebook, indent=1, sort_keys=True) + "\n").encode()


@contextlib.contextmanager
def _lock_folder(work: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Lock the student's folder while writing; turn an `OSError` into a `CopyError`."""
    try:
        work.mkdir(parents=True, exist_ok=True)
        with files.lock_course(work, say):
            yield
    except OSError as error:
        text = tr(
            "Your copies cannot be written to {folder}: {reason}. What was saved there is whole. Make "
            "room, or move the course to a folder of your own, and start again.",
            folder=work,
            reason=error.strerror or error,
        )
        raise CopyError(text, code="not written", folder=work, why=error.errno) from error


def _describe_place(copy: Path, work: Path) -> str:
    """Return a copy's path as a student sees it in JupyterLab, beginning with ``my_work``."""
    return copy.relative_to(work.parent).as_posix()


def _join_source(cell: dict[str, Any]) -> str:
    """Return a cell's source as one text; the file may have a list of lines."""
    return "".join(cell["source"])


def _relink_source(source: str, original: Original, places: Mapping[Path, Path]) -> str:
    """Return a cell's source with its links changed to lead from copy to copy."""

    def moved(link: re.Match[str]) -> str:
        path, mark, heading = link[0].partition("#")
        target = Path(os.path.normpath(original.path.parent / urllib.parse.unquote(path)))
        if target not in places:
            return link[0]
        there = urllib.parse.quote(Path(os.path.relpath(places[target], original.place.parent)).as_posix())
        # JupyterLab goes to a cell of a notebook that it has just opened, and not to a heading.
        cell = _find_headings(target).get(urllib.parse.unquote(heading))
        return f"{there}#cell-id={cell}" if cell else there + mark + heading

    return _LINK.sub(moved, source)


@reading.cache_reader
def _find_headings(path: Path) -> dict[str, str]:
    """Return {anchor in links: cell} of a notebook's headings."""
    cells = {}
    for cell in _read_notebook(path).get("cells", ()):
        if cell["cell_type"] == "markdown" and "id" in cell:
            for words in re.findall(r"^#{1,6}\s+(.+?)\s*$", _join_source(cell), re.MULTILINE):
                cells[words.replace(" ", "-")] = cell["id"]
    return cells
