"""A course in nbgrader's layout: its paths, its secret, and its nbgrader settings."""

import codecs
import contextlib
import functools
import hashlib
import json
import os
import re
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from samarkand.common import files, home
from samarkand.common.errors import CourseError, DamagedData
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import own_questions, postgres
from samarkand_grading.classroom.postgres import Book
from samarkand_grading.marking import checks, inputs
from samarkand_grading.submission.reading import defuse_name
from samarkand_grading.submission.rebuilding import Released

#: The exercises as they were when the grader's wheel was built; in a checkout they are in its ``exercises/``.
_IN_THE_WHEEL = Path(__file__).resolve().parents[1] / "exercises"
EXERCISES = _IN_THE_WHEEL if _IN_THE_WHEEL.is_dir() else home.ROOT / "exercises"
#: nbgrader's default path of the exchange.
EXCHANGE = "/usr/local/share/nbgrader/exchange"
#: Files and folders that only the instructor may read.
PRIVATE = (
    "submitted",
    "autograded",
    "assessments",
    "marks",
    "feedback",
    "backups",
    "gradebook.db",
    "roster.csv",
    "secret_sign.txt",
    "own",
)


class Course:
    """An nbgrader course with checks: a folder with ``source/``, ``checks/`` and ``nbgrader_config.py``.

    Without a folder it is the repository's ``exercises/`` or, in a wheel, the one inside. `secret` is the
    file with the instructor's secret, which lies outside the repository and is readable by its owner only.
    """

    def __init__(self, root: Path | None = None, secret: Path | None = None) -> None:
        self.root = Path(root or EXERCISES).resolve()
        self.check_folder = self.root / "checks"
        named = os.environ.get("SAMARKAND_SECRET") or Path.home() / ".config" / "samarkand" / "secret"
        self.secret = Path(secret or named)
        if codecs.lookup(sys.getfilesystemencoding()).name != "utf-8":
            why = "cannot write names such as Zoë: unset PYTHONUTF8, or set LC_ALL to C.UTF-8."
            text = f"Python's setting for names of files ({sys.getfilesystemencoding()}) {why}"
            raise CourseError(text, code="no UTF-8", encoding=sys.getfilesystemencoding())
        if not self.check_folder.is_dir():
            hint = "Name the course's folder with --course."
            text = f"{self.root} is no course: it has no folder checks/. {hint}"
            raise CourseError(text, code="no course", folder=self.root)

    @contextlib.contextmanager
    def work_alone(self, say: Callable[[str], None] = print) -> Iterator[None]:
        """Lock the course against other commands, and its private files against other users."""
        with files.lock_course(self.root, say), postgres.hold_lock(self.gradebook, say):
            self._close()
            for half in (self.root / "backups").glob("*.part"):  # of a command that was killed
                half.unlink(missing_ok=True)
            try:
                yield
            finally:
                self._close()

    def _close(self) -> None:
        """Remove the permissions of group and others from the `PRIVATE` files and folders."""
        for path in filter(Path.exists, (self.root / name for name in PRIVATE)):
            path.chmod(0o700 if path.is_dir() else 0o600)

    def seed(self, *, create: bool = False) -> str:
        """Return the seed of the course's variants, 32 hexadecimal digits, made from the secret.

        If there is none yet, one is drawn (`create`), or it is the repository's demonstration seed.
        """
        if not self.secret.exists():
            if not create:
                return numbers.DEMONSTRATION
            self.secret.parent.mkdir(parents=True, exist_ok=True)
            self.secret.touch(0o600, exist_ok=False)
            self.secret.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
        return numbers.make_seed(self.secret.read_bytes().strip())

    def key(self) -> str:
        """Return the key for drawing the inputs of functions; unlike the seed, it is never given out.

        64 hexadecimal digits; the repository's demonstration key if there is no secret.
        """
        if not self.secret.exists():
            return inputs.DEMONSTRATION
        return numbers.derive_digits(self.secret.read_bytes().strip(), inputs.LABEL)

    @property
    def places_file(self) -> Path:
        """The file of the places by which numbers are dealt, beside the secret: both are kept together.

        Whoever serves a class need not be able to write into the course's folder.
        """
        return self.secret.with_name(f"{self.secret.name}.places.json")

    def read_places(self) -> dict[str, Any]:
        """Return what `dealing` has kept of the class that has this secret; empty if it has kept nothing."""
        return dict(self._read_all_places().get(self._sign(), {}))

    def write_places(self, places: dict[str, Any]) -> None:
        """Keep what `read_places` reads; the places of a class with another secret stay."""
        kept = self._read_all_places() | {self._sign(): places}
        files.write_if_changed(self.places_file, json.dumps(kept, indent=1).encode())
        self.places_file.chmod(0o600)
        self.__dict__.pop("places", None)

    def _read_all_places(self) -> dict[str, Any]:
        path = self.places_file
        if not path.is_file():
            return {}
        try:
            return dict(json.loads(path.read_text(encoding="utf-8")))
        except ValueError:
            text = f"{path} is damaged. It says whose numbers are whose: put back a copy of it."
            raise DamagedData(text, code="damaged", file=path) from None

    @functools.cached_property
    def places(self) -> dict[str, int | None]:
        """The places by which numbers were dealt, by the hash of each student's id."""
        return dict(self.read_places().get("by_hash", {}))

    def need_same_secret(self, *, remember: bool = False) -> None:
        """Raise `CourseError` if the sets were released with another secret, which would change all numbers.

        With `remember`, a secret is drawn if there is none, and from now on it must be this one.
        """
        path = self.root / "secret_sign.txt"
        if path.is_file() and path.read_text(encoding="utf-8").strip() != self._sign():
            what = "There is another secret" if self.secret.exists() else "There is no secret"
            raise CourseError(
                f"{what} in {self.secret}: the sets were released with one by which students have "
                "other numbers. Say where it is with --secret.",
                code="another secret" if self.secret.exists() else "no secret",
                file=self.secret,
            )
        if remember:
            self.seed(create=True)
            path.write_text(f"{self._sign()}\n", encoding="utf-8")

    def _sign(self) -> str:
        return hashlib.sha256(f"samarkand: sign of {self.seed()}".encode()).hexdigest()[:16]

    def exercise(self, name: str) -> checks.ExerciseSet:
        """Load the checks of a set by id or number, with the instructor's own questions."""
        found = checks.load_set(self.check_folder, name)
        more = own_questions.read_all(self.own(found.id), found)
        return replace(found, questions=(*found.questions, *(one.question for one in more)))

    def own(self, exercise: str) -> Path:
        """Return the folder of the instructor's own questions of a set; it may not exist."""
        return self.root / "own" / exercise.partition("_")[0]

    def marked_by(self, exercise: str) -> list[Path]:
        """Return the files that define the right answers of a set."""
        return [
            *sorted(self.check_folder.glob(f"{exercise}.[pt]*")),
            *own_questions.list_files(self.own(exercise)),
        ]

    def source(self, exercise: str) -> str:
        """Return the folder a set is released from: ``source``, or ``own/source`` with own questions."""
        return "own/source" if own_questions.list_files(self.own(exercise)) else "source"

    def list_named(self, exercise: checks.ExerciseSet, names: Iterable[str]) -> list[str]:
        """Return those names, of tables or libraries, that a set's notebook or checks mention; sorted."""
        places = (*self.marked_by(exercise.id), self.notebook("release", exercise.id))
        text = "".join(path.read_text(encoding="utf-8") for path in places)
        return sorted(name for name in names if name in text)

    def notebook(self, stage: str, exercise: str) -> Path:
        """Return the path of a set's notebook; `stage` is a `source` or ``"release"``. It may not exist."""
        return self.root / stage / exercise / f"{exercise}.ipynb"

    def released(self, exercise: checks.ExerciseSet) -> Released:
        """Return the released notebook of a set; `DamagedData` if it was not released."""
        path = self.notebook("release", exercise.id)
        if not path.is_file():
            text = f"{exercise.id} has not been released: run samarkand release first."
            raise DamagedData(text, code="not released", set=exercise.id)
        others = {*self.root.glob("release/*/*.ipynb"), *home.LESSONS.glob("*.ipynb")} - {path}
        return Released(path, {question.id: question.name for question in exercise.questions}, sorted(others))

    def submissions(self, exercise: str) -> tuple[dict[str, Path], dict[str, str]]:
        """Return the folder of each submission to a set by student, and a sentence on each misplaced path."""
        wanted = re.compile(rf"(^|[^a-z]){exercise.partition('_')[0]}(?!\d)", re.IGNORECASE)
        found: dict[str, Path] = {}
        misplaced: dict[str, str] = {}
        for place in sorted(self.root.glob("submitted/*")):
            if os.path.lexists(place / exercise):
                found[place.name] = place / exercise
                continue
            inside = sorted(place.glob("*"))  # nothing of a file, or of a folder that cannot be opened
            odd = [path for path in (place, *inside) if path.is_file() or wanted.search(path.name)]
            for path in [path for path in odd if not path.name.startswith(".")][:1]:
                name = path.relative_to(self.root).as_posix()
                where = f"submitted/<student>/{exercise}/"
                why = f"work on this set is looked for in {where}."
                misplaced[defuse_name(name)] = f"{defuse_name(name)} was not looked at: {why}"
        return found, misplaced

    @property
    def exchanges(self) -> list[Path]:
        """The exchange folders: nbgrader's default and the one in this course's settings."""
        named = self.settings().get("Exchange", {}).get("root", EXCHANGE)
        return list(dict.fromkeys((Path(EXCHANGE), Path(str(named)).absolute())))

    def settings(self) -> Any:
        """Read ``nbgrader_config.py``, the course's own settings of nbgrader."""
        config = self._read_settings()
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.db_url = make_database_url(self.gradebook)
        return config

    def _read_settings(self) -> Any:
        from traitlets.config import Config
        from traitlets.config.loader import PyFileConfigLoader

        # nbgrader calls alembic by name; it lies beside this Python, which may not be on the PATH.
        beside = str(Path(sys.executable).parent)
        if beside not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = os.pathsep.join((beside, os.environ.get("PATH", "")))
        if str(self.root) not in sys.path:
            sys.path.append(str(self.root))  # the settings may name a plugin that lies beside them
        path = self.root / "nbgrader_config.py"
        try:
            return PyFileConfigLoader(path.name, str(self.root)).load_config() if path.is_file() else Config()
        except Exception as error:
            text = f"{path} cannot be read: {type(error).__name__}: {error}"
            raise CourseError(text, code="unusable setting", file=path) from None

    @functools.cached_property
    def gradebook(self) -> Book:
        """The gradebook that the settings name: a file, or a database of PostgreSQL."""
        settings = self._read_settings().CourseDirectory
        url = str(settings.get("db_url", f"{_FILE}gradebook.db"))
        if url.startswith(_FILE):
            return self.root / unquote(url.removeprefix(_FILE))
        if not url.startswith("postgresql"):
            text = "db_url in nbgrader_config.py names neither sqlite:/// nor postgresql://."
            raise CourseError(text, code="unusable setting", setting="db_url")
        if not settings.get("course_id"):
            text = "A gradebook in PostgreSQL needs c.CourseDirectory.course_id, too."
            raise CourseError(text, code="unusable setting", setting="course_id")
        return url


_FILE = "sqlite:///"


def make_database_url(book: Book) -> str:
    """Return the database URL of a gradebook, with the path of a file percent-encoded."""
    return book if isinstance(book, str) else f"{_FILE}{quote(str(book))}"
