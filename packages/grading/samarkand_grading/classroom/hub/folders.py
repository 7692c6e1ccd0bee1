"""How much students' folders hold: a hub ends the server of whoever fills the disk for all."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

#: Files and folders that a student may have: a disk can run out of these, too.
MOST_FILES = 100_000
#: Seconds in which a folder must have been measured; so many files that it takes longer are too many.
PATIENCE = 50


@dataclass(frozen=True)
class Size:
    """What a student's folder holds.

    Attributes
    ----------
    size : int
        The bytes that it takes on the disk.
    files : int
        How many files and folders there are.
    whole : bool
        Whether all of it could be looked at.
    """

    size: int
    files: int
    whole: bool = True

    def is_more_than(self, most: int) -> bool:
        """Return whether it is too much, or more than can be known."""
        return self.size > most or self.files > MOST_FILES or not self.whole

    def describe(self, most: int) -> str:
        """Return in a sentence what is too much."""
        if not self.whole:
            return "Her folder holds something that cannot be looked at, or too many files to be counted."
        if self.files > MOST_FILES:
            return f"Her folder holds {self.files} files, and may hold {MOST_FILES}."
        return f"Her folder holds {self.size / 1e9:.1f} GB, and may hold {most / 1e9:.1f} GB."


def measure_folder(folder: Path) -> Size:
    """Return what a folder holds, however deep it is, and without following links."""
    numbers = list[int]()
    for what in (("--block-size=1",), ("--inodes",)):
        try:
            done = subprocess.run(
                ["du", "--summarize", "--one-file-system", *what, "--", str(folder)],
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=PATIENCE,
                env=os.environ | {"LC_ALL": "C"},
            )
        except subprocess.TimeoutExpired:
            return Size(0, 0, whole=False)
        for line in done.stderr.splitlines():
            if not line.endswith("No such file or directory"):  # that was removed meanwhile
                return Size(0, 0, whole=False)
        number = done.stdout.partition("\t")[0]
        numbers.append(int(number) if number.isdecimal() else 0)
    return Size(size=numbers[0], files=numbers[1])
