"""A course in nbgrader's layout: where everything lies, and nbgrader's settings for it."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import sys
from pathlib import Path
from typing import Any

from samarkand.ground import home
from samarkand.ground.errors import CourseError, DamagedData
from samarkand.practice.sets import numbers
from samarkand_grading.classroom import gradebook
from samarkand_grading.marking import checks, inputs
from samarkand_grading.submission.reading import shown
from samarkand_grading.submission.rebuilding import Released

#: nbgrader's own default.
EXCHANGE = "/usr/local/share/nbgrader/exchange"


class Course:
    """An nbgrader course with checks: a folder with ``source/``, ``checks/`` and ``nbgrader_config.py``.

    Without a folder it is the repository's ``exercises/``; for the file with the instructor's secret see
    :meth:`seed`.
    """

    def __init__(self, root: Path | None = None, secret: Path | None = None) -> None:
        self.root = Path(root or home.ROOT / "exercises").resolve()
        #: The folder of the sets' checks, and the file of nbgrader's database.
        self.check_folder, self.gradebook = self.root / "checks", self.root / "gradebook.db"
        self._secret = secret
        if not self.check_folder.is_dir():
            raise CourseError(
                f"{self.root} is no course: it has no folder checks/. Name the course's folder with --course."
            )

    @property
    def secret(self) -> Path:
        """The file with the instructor's secret: outside the repository, readable by its owner only."""
        if self._secret is not None:
            return self._secret
        named = os.environ.get("SAMARKAND_SECRET")
        return Path(named) if named else Path.home() / ".config" / "samarkand" / "secret"

    def seed(self, *, create: bool = False) -> str:
        """Return the seed of the course's variants, 32 hexadecimal digits, made from the secret.

        If there is none yet, one is drawn (`create`), or it is the repository's demonstration seed.
        """
        path = self.secret
        if not path.exists():
            if not create:
                return numbers.DEMONSTRATION
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        return numbers.seed(self._told())

    def key(self) -> str:
        """Return the key from which the inputs of functions are drawn; unlike the seed, it never leaves here.

        64 hexadecimal digits; the repository's demonstration key if there is no secret.
        """
        return inputs.key(self._told()) if self.secret.exists() else inputs.DEMONSTRATION

    @property
    def _sign(self) -> str:
        """A fingerprint of the secret, which does not reveal it."""
        return hashlib.sha256(f"samarkand: sign of {self.seed()}".encode()).hexdigest()[:16]

    def remember_secret(self) -> None:
        """Record which secret the sets are released with."""
        (self.root / "secret_sign.txt").write_text(f"{self._sign}\n", encoding="utf-8")

    def same_secret(self) -> None:
        """Raise if the sets were released with another secret: every student's numbers would change."""
        path = self.root / "secret_sign.txt"
        if path.is_file() and path.read_text(encoding="utf-8").strip() != self._sign:
            what = "There is another secret" if self.secret.exists() else "There is no secret"
            raise CourseError(
                f"{what} in {self.secret}: the sets were released with one by which students have "
                "other numbers. Say where it is with --secret."
            )

    def _told(self) -> bytes:
        return self.secret.read_bytes().strip()

    def exercise(self, name: str) -> checks.ExerciseSet:
        """Load the checks of a set by its id or its number."""
        return checks.load(self.check_folder, name)

    def tables(self, exercise: checks.ExerciseSet) -> list[str]:
        """List the tables that a set names in its notebook or in its checks."""
        places = (self.check_folder / f"{exercise.id}.py", self.notebook("release", exercise.id))
        text = "".join(path.read_text(encoding="utf-8") for path in places)
        return [path.stem for path in sorted(home.course_data().glob("*.csv")) if path.stem in text]

    def notebook(self, stage: str, exercise: str) -> Path:
        """Return where the notebook of a set lies, ``"source"`` or ``"release"``; it may not be there."""
        return self.root / stage / exercise / f"{exercise}.ipynb"

    def released(self, exercise: checks.ExerciseSet) -> Released:
        """Read the released notebook of a set."""
        path = self.notebook("release", exercise.id)
        if not path.is_file():
            raise DamagedData(f"{exercise.id} has not been released: run samarkand release first.")
        others = [p for p in (self.root / "release").glob("*/*.ipynb") if p.stem != exercise.id]
        others += (home.ROOT / "notebooks").glob("*.ipynb")
        return Released(path, {question.id: question.name for question in exercise.questions}, sorted(others))

    def submissions(self, exercise: str) -> dict[str, Path]:
        """Return the folder of each student who handed in work for a set, in the order of the ids."""
        submitted = self.root / "submitted"
        if not submitted.is_dir():
            return {}
        found = {}
        for student in sorted(path.name for path in submitted.iterdir()):
            folder = submitted / student / exercise
            try:
                there = folder.is_dir() or folder.is_symlink()
            except OSError:
                there = True  # it cannot be opened; reading it later reports why
            if there:
                found[student] = folder
        return found

    def misplaced(self, exercise: str) -> list[str]:
        """Return a sentence for each file that looks handed in for a set but lies in the wrong place."""
        submitted, number = self.root / "submitted", exercise.partition("_")[0]
        sentences = []
        for place in sorted(submitted.iterdir()) if submitted.is_dir() else []:
            try:
                names = sorted(path.name for path in place.iterdir()) if place.is_dir() else []
            except OSError:
                continue  # reading it later reports why
            if exercise in names:
                continue
            for path in (place.name, *(f"{place.name}/{name}" for name in names)):
                if re.search(rf"(^|[^a-z]){number}(?!\d)[^/]*$", path, re.IGNORECASE):
                    sentences.append(
                        f"submitted/{shown(path)} was not looked at: work on this set is looked for in "
                        f"submitted/<student>/{exercise}/."
                    )
                    break
        return sentences

    @property
    def exchanges(self) -> list[Path]:
        """The folder through which students hand in, as nbgrader has it and as this course's settings do."""
        named = self.nbgrader("")[0].get("Exchange", {}).get("root", EXCHANGE)
        return list(dict.fromkeys((Path(EXCHANGE), Path(str(named)).absolute())))

    def nbgrader(self, assignment: str, **directories: str) -> tuple[Any, Any]:
        """Return nbgrader's settings, from the course's own file, and its course directory."""
        gradebook.library()
        from nbgrader.coursedir import CourseDirectory
        from traitlets.config import Config
        from traitlets.config.loader import PyFileConfigLoader

        # nbgrader calls alembic by name; it lies beside this Python, which may not be on the PATH.
        beside = str(Path(sys.executable).parent)
        if beside not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = os.pathsep.join((beside, os.environ.get("PATH", "")))
        if str(self.root) not in sys.path:
            sys.path.append(str(self.root))  # the settings may name a plugin that lies beside them
        config = Config()
        if (self.root / "nbgrader_config.py").is_file():
            try:
                config = PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()
            except Exception as error:
                raise CourseError(
                    f"{self.root / 'nbgrader_config.py'} cannot be read: {type(error).__name__}: {error}"
                ) from None
        coursedir = CourseDirectory(config=config)
        coursedir.root = str(self.root)
        coursedir.assignment_id = assignment
        for name, folder in directories.items():
            setattr(coursedir, f"{name}_directory", folder)
        return config, coursedir


def worth(notebook: dict[str, Any]) -> dict[str, float]:
    """Return the points of each grade cell of a notebook."""
    marks = [cell["metadata"].get("nbgrader", {}) for cell in notebook["cells"]]
    return {str(m.get("grade_id")): float(m.get("points") or 0) for m in marks if m.get("grade")}


def differing(one: dict[str, float], here: str, other: dict[str, float], there: str) -> str:
    """Say which cells have other points `here` than `there`; empty if all are equal.

    Examples
    --------
    >>> differing({"q1": 2, "q2": 1}, "in the checks", {"q1": 3, "q2": 1}, "in the notebook")
    'q1 has 2 points in the checks and 3 in the notebook'
    """

    def has(points: float | None) -> str:
        return "no" if points is None else f"{points:g}"

    return "; ".join(
        f"{cell} has {has(one.get(cell))} points {here} and {has(other.get(cell))} {there}"
        for cell in sorted({*one, *other})
        if one.get(cell) != other.get(cell)
    )


class Heard(logging.Handler):
    """Collects the error messages of an nbgrader converter, so that they are not printed."""

    def __init__(self, converter: Any) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []
        log = logging.Logger("samarkand.nbgrader")
        log.addHandler(self)
        converter.log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the most telling part of a message: of a traceback, the line with the error."""
        lines = record.getMessage().strip().splitlines()
        if lines:
            errors = [line for line in lines if re.match(r"[\w.]+(Error|Exception)\b", line)]
            self.lines.append(errors[-1] if errors else lines[-1])

    @property
    def why(self) -> str:
        """The most telling message: the first that is an error's own line."""
        return next((line for line in self.lines if "Error" in line), self.lines[0] if self.lines else "")
