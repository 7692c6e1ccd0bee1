"""Put the exercises into the wheel, so that whoever installs the grader can mark without a checkout."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: What marking reads, below ``exercises/``. What a class adds there (``submitted``, the gradebook) stays out.
READ_BY_MARKING = ("checks/*.py", "release/*/*.ipynb", "source/*/*.ipynb")


class ExercisesInTheWheel(BuildHookInterface):
    """Add what marking reads to a wheel; an editable install reads it in the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name each file and its place in the wheel. `version` is "standard" or "editable"."""
        if version == "editable":
            return
        exercises = Path(self.root).resolve().parents[1] / "exercises"
        if not exercises.is_dir():
            raise RuntimeError(f"The wheel of the grader holds the exercises, and {exercises} is missing.")
        for pattern in READ_BY_MARKING:
            for path in sorted(exercises.glob(pattern)):
                place = path.relative_to(exercises).as_posix()
                build_data["force_include"][str(path)] = f"samarkand_grading/exercises/{place}"
